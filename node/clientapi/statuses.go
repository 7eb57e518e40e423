package clientapi

import (
	"context"

	"camp/node/camp"
)

// view gives the post of an address. Under the id of a boost it is what the
// boost passes on, with who did.
func (c *call) view(id camp.PostID) (camp.PostView, error) {
	if id == 0 {
		return camp.PostView{}, errNoRecord
	}
	pv, err := c.a.o.Posts.Post(c.ctx(), c.by, id)
	if err != nil || pv.BoostOf == 0 {
		return pv, err
	}
	of, err := c.a.o.Posts.Post(c.ctx(), c.by, pv.BoostOf)
	if err != nil {
		return of, err
	}
	by := pv.By
	of.PassedBy, of.Passing = &by, pv.ID
	if pv.From != nil {
		of.Abroad = append(of.Abroad, pv.From)
	}
	return of, nil
}

// shown answers with a post as it is now.
func (c *call) shown(id camp.PostID) error {
	pv, err := c.view(id)
	if err != nil {
		return err
	}
	return c.answer(&pv)
}

func (c *call) statusByID() error { return c.shown(camp.PostID(c.id(0))) }

func (c *call) statusesByID() error {
	var list []camp.PostView
	for _, id := range c.in.ids("id", postsMost) {
		pv, err := c.view(camp.PostID(id))
		if missing(err) {
			continue
		}
		if err != nil {
			return err
		}
		list = append(list, pv)
	}
	return c.statuses(list)
}

// context is the conversation around a post.
func (c *call) context() error {
	pv, err := c.view(camp.PostID(c.id(0)))
	if err != nil {
		return err
	}
	t, err := c.a.o.Posts.Thread(c.ctx(), c.by, pv.ID)
	if err != nil {
		return err
	}
	if err := c.tallyOf(t.Above); err != nil {
		return err
	}
	if err := c.tallyOf(t.Below); err != nil {
		return err
	}
	c.out.open('{')
	c.statusList("ancestors", t.Above)
	c.statusList("descendants", t.Below)
	c.out.close('}')
	return nil
}

func (c *call) statusList(k string, list []camp.PostView) {
	c.out.list(k)
	for i := range list {
		c.status("", &list[i])
	}
	c.out.close(']')
}

// mine gives a post of the reader's own; others' are as if they were not there
// (client-api.md 1).
func (c *call) mine() (camp.PostView, error) {
	pv, err := c.view(camp.PostID(c.id(0)))
	if err != nil {
		return pv, err
	}
	if own := pv.PassedBy != nil && pv.PassedBy.ID == c.me.ID; !own && (!pv.Mine || pv.PassedBy != nil) {
		return pv, errNoRecord
	}
	return pv, nil
}

// source is what was typed, for changing it.
func (c *call) source() error {
	pv, err := c.mine()
	if err != nil {
		return err
	}
	o := c.out
	o.open('{')
	o.id("id", uint64(pv.ID))
	o.str("text", pv.Text)
	o.str("spoiler_text", pv.Note)
	o.close('}')
	return nil
}

// history gives all states of a post, the first one first.
func (c *call) history() error {
	pv, err := c.view(camp.PostID(c.id(0)))
	if err != nil {
		return err
	}
	list, err := c.a.o.Posts.History(c.ctx(), c.by, pv.ID)
	if err != nil {
		return err
	}
	if err := c.tallyOf([]camp.PostView{pv}); err != nil {
		return err
	}
	at := pv.Edited
	if at.IsZero() {
		at = pv.Written
	}
	c.out.open('[')
	for _, r := range append(list, camp.Revision{At: at, Text: pv.Text, Note: pv.Note, Pictures: pv.Pictures, Body: pv.Body}) {
		c.revision(&pv, r)
	}
	c.out.close(']')
	return nil
}

func (c *call) revision(pv *camp.PostView, r camp.Revision) {
	was := pv.Post
	was.Text, was.Note, was.Body, was.Files, was.Title, was.Event, was.Links = r.Text, r.Note, r.Body, nil, "", nil, nil
	o := c.out
	o.open('{')
	o.str("content", contentHTML(c.base, &was, namedOf(pv)))
	o.str("spoiler_text", r.Note)
	o.yes("sensitive", pv.Sensitive || r.Note != "")
	o.time("created_at", r.At)
	c.account("account", person{m: pv.By, far: pv.From})
	o.null("poll")
	o.null("quote")
	was.Pictures = r.Pictures
	c.attachments("media_attachments", &was)
	c.emojisOf(&was)
	o.close('}')
}

func (c *call) favouritedBy() error {
	pv, err := c.view(camp.PostID(c.id(0)))
	if err != nil {
		return err
	}
	list, err := c.a.o.Posts.FavouritedBy(c.ctx(), c.by, pv.ID)
	if err != nil {
		return err
	}
	people := make([]person, len(list))
	for i, m := range list {
		people[i] = person{m: m}
		if m.Standing != camp.Elsewhere {
			continue
		}
		if people[i], err = c.find(m.ID); err != nil {
			return err
		}
	}
	return c.people(people)
}

// rebloggedBy is not told: the camp keeps who passed a post on, but nobody asked
// to be on a list of it.
//
// todo(spec): client-api.md 6 wants those who may be shown.
func (c *call) rebloggedBy() error {
	if _, err := c.view(camp.PostID(c.id(0))); err != nil {
		return err
	}
	return c.emptyList()
}

// mark is one of the services' marks on a post.
type mark func(ctx context.Context, by camp.Actor, id camp.PostID, on bool) error

func (c *call) mark(set mark, on bool) error {
	pv, err := c.view(camp.PostID(c.id(0)))
	if err != nil {
		return err
	}
	if err := set(c.ctx(), c.by, pv.ID, on); err != nil {
		return err
	}
	return c.shown(pv.ID)
}

func (c *call) favourite() error   { return c.mark(c.a.o.Posts.Favourite, true) }
func (c *call) unfavourite() error { return c.mark(c.a.o.Posts.Favourite, false) }
func (c *call) bookmark() error    { return c.mark(c.a.o.Posts.Keep, true) }
func (c *call) unbookmark() error  { return c.mark(c.a.o.Posts.Keep, false) }

// pin keeps an own public post on top of the page.
func (c *call) pin() error   { return c.mark(c.a.o.Posts.Pin, true) }
func (c *call) unpin() error { return c.mark(c.a.o.Posts.Pin, false) }

// reblog answers with the new post that wraps the one passed on; unreblog with
// the latter (client-api.md 6).
func (c *call) reblog() error {
	pv, err := c.view(camp.PostID(c.id(0)))
	if err != nil {
		return err
	}
	id, err := c.a.o.Posts.Boost(c.ctx(), c.by, pv.ID, true)
	if err != nil {
		return err
	}
	c.a.tallies.forget(c.me.ID)
	return c.shown(id)
}

func (c *call) unreblog() error {
	pv, err := c.view(camp.PostID(c.id(0)))
	if err != nil {
		return err
	}
	if _, err := c.a.o.Posts.Boost(c.ctx(), c.by, pv.ID, false); err != nil {
		return err
	}
	c.a.tallies.forget(c.me.ID)
	return c.shown(pv.ID)
}

func (c *call) pollByID() error {
	pv, err := c.view(camp.PostID(c.id(0)))
	if err != nil {
		return err
	}
	if pv.Poll == nil {
		return errNoRecord
	}
	c.poll("", &pv)
	return nil
}

func (c *call) vote() error {
	pv, err := c.view(camp.PostID(c.id(0)))
	if err != nil {
		return err
	}
	if pv.Poll == nil {
		return errNoRecord
	}
	if pv.Voted {
		return invalid("You have already voted on this poll")
	}
	var choices []int
	for _, s := range c.in.all("choices") {
		n := small(s)
		if n < 0 {
			return invalid("The chosen vote option does not exist")
		}
		choices = append(choices, n)
	}
	if len(choices) == 0 {
		return invalid("A vote needs a choice")
	}
	if err := c.a.o.Posts.Vote(c.ctx(), c.by, pv.ID, choices); err != nil {
		return err
	}
	return c.pollByID()
}

// small reads the place of a choice, -1 for anything else.
func small(s string) int {
	if len(s) == 0 || len(s) > 2 {
		return -1
	}
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return -1
		}
		n = n*10 + int(s[i]-'0')
	}
	return n
}
