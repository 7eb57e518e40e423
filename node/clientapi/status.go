package clientapi

import (
	"strconv"
	"time"

	"camp/node/camp"
)

// statuses writes a list of posts.
func (c *call) statuses(list []camp.PostView) error {
	if err := c.tallyOf(list); err != nil {
		return err
	}
	c.out.open('[')
	for i := range list {
		c.status("", &list[i])
	}
	c.out.close(']')
	return nil
}

// tallyOf reads the tallies of all whom a list of posts shows.
func (c *call) tallyOf(list []camp.PostView) error {
	ids := make([]camp.MemberID, 0, len(list)+2)
	for i := range list {
		pv := &list[i]
		ids = append(ids, pv.By.ID)
		if pv.PassedBy != nil {
			ids = append(ids, pv.PassedBy.ID)
		}
		if pv.Inside != nil {
			ids = append(ids, pv.Inside.By.ID)
		}
	}
	return c.tally(ids...)
}

// answer writes one post as the whole answer.
func (c *call) answer(pv *camp.PostView) error {
	if err := c.tallyOf([]camp.PostView{*pv}); err != nil {
		return err
	}
	c.status("", pv)
	return nil
}

// status writes a post; where somebody passed it on, wrapped in that.
func (c *call) status(k string, pv *camp.PostView) {
	if k != "" {
		c.out.key(k)
	}
	o := c.out
	o.open('{')
	if pv.PassedBy == nil {
		c.head(pv)
		c.account("account", person{m: pv.By, far: pv.From})
		c.body(pv)
		o.null("reblog")
		o.close('}')
		return
	}
	c.wrapping(pv)
	c.account("account", person{m: *pv.PassedBy, far: abroad(pv, pv.PassedBy.ID)})
	c.body(pv)
	inner := *pv
	inner.PassedBy = nil
	c.status("reblog", &inner)
	o.close('}')
}

// head writes what says which post it is, and where.
func (c *call) head(pv *camp.PostView) {
	o := c.out
	o.id("id", uint64(pv.ID))
	o.time("created_at", pv.Written)
	o.time("edited_at", pv.Edited)
	uri, page := c.addresses(&pv.Post)
	o.str("uri", uri)
	o.str("url", page)
	if pv.ReplyByID == 0 { // none, gone, or not for this reader
		o.null("in_reply_to_id")
		o.null("in_reply_to_account_id")
		return
	}
	o.id("in_reply_to_id", uint64(pv.ReplyTo))
	o.id("in_reply_to_account_id", uint64(pv.ReplyByID))
}

// wrapping is head for a post that passes another on. Its time is in its id.
func (c *call) wrapping(pv *camp.PostView) {
	o := c.out
	o.id("id", uint64(pv.Passing))
	o.time("created_at", time.UnixMilli(int64(pv.Passing>>16)))
	o.null("edited_at")
	page := c.base + "/post/" + pv.Passing.String()
	o.str("uri", page)
	o.str("url", page)
	o.null("in_reply_to_id")
	o.null("in_reply_to_account_id")
}

// addresses gives the id of a post as the world knows it, and its page.
func (c *call) addresses(p *camp.Post) (uri, page string) {
	if !p.Here() {
		if p.Page != "" {
			return p.URI, p.Page
		}
		return p.URI, p.URI
	}
	page = c.base + "/post/" + p.ID.String()
	if p.Audience != camp.AudienceCamp && c.a.o.PostURI != nil {
		return c.a.o.PostURI(p.ID), page
	}
	return page, page
}

// body writes the rest: what is the same for everybody, and what is the reader's own.
func (c *call) body(pv *camp.PostView) {
	o := c.out
	v := postLook{p: &pv.Post, named: namedOf(pv)}
	o.comma()
	o.b = append(o.b, c.a.kept.post(c.base, v, func(o *out) { writeStatus(o, c.base, v) })...)
	c.emojisOf(&pv.Post)
	c.attachments("media_attachments", &pv.Post)
	if pv.Poll == nil {
		o.null("poll")
	} else {
		c.poll("poll", pv)
	}
	c.quote(pv)
	c.policies(pv)
	if pv.ID == c.typed {
		o.str("text", pv.Text)
	} else {
		o.null("text")
	}
	o.yes("favourited", pv.Favourited)
	o.yes("reblogged", pv.Boosted)
	o.yes("bookmarked", pv.Kept)
	o.yes("muted", false)
	o.yes("pinned", pv.Pinned)
	o.empty("filtered")
}

// namedOf gives those whom a post names and who can be shown.
func namedOf(pv *camp.PostView) []namedLook {
	if len(pv.Named) == 0 {
		return nil
	}
	out := make([]namedLook, 0, len(pv.Named))
	for _, m := range pv.Named {
		n := namedLook{id: m.ID, name: m.Name}
		if m.Standing == camp.Elsewhere {
			if r := abroad(pv, m.ID); r != nil {
				if n.url = r.Page; n.url == "" {
					n.url = r.URI
				}
			}
		}
		out = append(out, n)
	}
	return out
}

// abroad gives somebody elsewhere who has to do with a post.
func abroad(pv *camp.PostView, id camp.MemberID) *camp.Remote {
	for _, r := range pv.Abroad {
		if r.ID == id {
			return r
		}
	}
	return nil
}

// writeStatus writes what of a post is the same for every reader.
func writeStatus(o *out, base string, v postLook) {
	p := v.p
	word, local := shownAs(p, v.named)
	o.str("content", contentHTML(base, p, v.named))
	o.str("spoiler_text", p.Note)
	o.yes("sensitive", p.Sensitive || p.Note != "")
	o.str("visibility", word)
	o.yes("local_only", local)
	o.strOr("language", p.Language)
	o.num("replies_count", p.Replies)
	o.num("reblogs_count", p.Boosts)
	o.num("favourites_count", p.Favourites)
	o.num("quotes_count", 0)
	o.null("application")
	o.null("card")
	o.empty("tagged_collections")
	o.list("mentions")
	for _, n := range v.named {
		o.open('{')
		o.id("id", uint64(n.id))
		o.str("username", beforeAt(n.name))
		o.str("acct", n.name)
		o.str("url", n.page(base))
		o.close('}')
	}
	o.close(']')
	o.list("tags")
	for _, t := range p.Tags {
		o.open('{')
		o.str("name", t)
		o.str("url", tagURL(base, t))
		o.close('}')
	}
	o.close(']')
}

// quote writes the post that this one shows within itself.
func (c *call) quote(pv *camp.PostView) {
	o := c.out
	if pv.Quote == 0 && pv.Quoted == "" {
		o.null("quote")
		return
	}
	o.object("quote")
	if pv.Inside == nil {
		o.str("state", "unauthorized")
		o.null("quoted_status")
	} else {
		inside := *pv.Inside
		inside.Quote, inside.Quoted = 0, "" // one level
		o.str("state", "accepted")
		c.status("quoted_status", &inside)
	}
	o.close('}')
}

// poll writes a poll; a post has at most one, under its own id.
func (c *call) poll(k string, pv *camp.PostView) {
	o, p := c.out, pv.Poll
	if k != "" {
		o.key(k)
	}
	o.open('{')
	o.id("id", uint64(pv.ID))
	o.time("expires_at", p.Ends)
	o.yes("expired", p.Over(c.a.o.Now()))
	o.yes("multiple", p.Multiple)
	votes := 0
	for _, x := range p.Choices {
		votes += x.Votes
	}
	o.num("votes_count", votes)
	o.num("voters_count", p.Voters)
	o.list("options")
	for _, x := range p.Choices {
		o.open('{')
		o.str("title", x.Text)
		o.num("votes_count", x.Votes)
		o.close('}')
	}
	o.close(']')
	c.emojisOf(&pv.Post)
	o.yes("voted", pv.Voted || pv.Mine)
	o.list("own_votes")
	for _, n := range pv.Votes {
		o.comma()
		o.b = strconv.AppendInt(o.b, int64(n), 10)
	}
	o.close(']')
	o.close('}')
}
