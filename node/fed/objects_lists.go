package fed

import (
	"net/http"
	"net/url"
	"slices"

	"camp/node/ap"
	"camp/node/camp"
	"camp/node/posts"
)

const (
	pageSize   = 20   // of an outbox, where each entry is a whole activity
	pageIDs    = 40   // of lists of ids
	mostInTree = 2000 // answers looked at for one page
)

// cursor is where a page begins: "page=true", and below or above which id.
type cursor struct {
	page          bool
	before, after uint64
}

// cursor reads it; what is no cursor of ours leads to nothing.
func (a *asking) cursor() (c cursor, err error) {
	q, err := url.ParseQuery(a.r.URL.RawQuery)
	if err != nil || len(q) > 2 {
		return c, errNothing
	}
	if q.Has("before") && q.Has("after") {
		return c, errNothing
	}
	for name, values := range q {
		if len(values) != 1 {
			return c, errNothing
		}
		if name == "page" && values[0] == "true" {
			c.page = true
			continue
		}
		id, err := camp.ParsePostID(values[0])
		switch {
		case err != nil || id == 0:
			return c, errNothing
		case name == "before":
			c.before = uint64(id)
		case name == "after":
			c.after = uint64(id)
		default:
			return c, errNothing
		}
	}
	if !c.page && len(q) > 0 {
		return c, errNothing
	}
	return c, nil
}

func firstPage(list string) string { return list + "?page=true" }

func pageBefore(list string, id camp.PostID) string {
	return firstPage(list) + "&before=" + id.String()
}

func pageAfter(list string, id camp.PostID) string { return firstPage(list) + "&after=" + id.String() }

// of is the address of the page that the cursor means.
func (c cursor) of(list string) string {
	switch {
	case c.before != 0:
		return pageBefore(list, camp.PostID(c.before))
	case c.after != 0:
		return pageAfter(list, camp.PostID(c.after))
	}
	return firstPage(list)
}

// list shows a collection of a member's.
func (a *asking) list() error {
	show := map[string]func(*asking, camp.Member, Signer, cursor) error{
		"outbox": (*asking).outbox, "featured": (*asking).featured, "tags": (*asking).featuredTags, "followers": (*asking).ties, "following": (*asking).ties,
	}[a.r.PathValue("what")]
	if show == nil {
		return errNothing
	}
	c, err := a.cursor()
	if err != nil {
		return err
	}
	m, gone, err := a.named()
	if err != nil || gone {
		return orNothing(err)
	}
	if a.page {
		return a.sendOn(a.n.Page(m.Name))
	}
	who, err := a.signer()
	if err != nil {
		return err
	}
	if err := a.view(func(tx ObjectsTx) error { return sees(tx, m.ID, who) }); err != nil {
		return err
	}
	return show(a, m, who, c)
}

// outbox shows what a member said and passed on, that the asker may see. It
// counts what stands on public lists alone (community.md 3.1, 3).
func (a *asking) outbox(m camp.Member, who Signer, c cursor) error {
	list := ap.Collection{Type: "OrderedCollection", ID: a.n.Of(m.Name, "outbox"), First: firstPage(a.n.Of(m.Name, "outbox"))}
	err := a.view(func(tx ObjectsTx) (err error) {
		if !c.page {
			list.Total, err = tx.OpenCount(m.ID, camp.AudiencePublic)
			return err
		}
		list, err = a.outboxPage(tx, m, who, c)
		return err
	})
	if err != nil {
		return err
	}
	return a.give(http.StatusOK, list.JSON())
}

func (a *asking) outboxPage(tx ObjectsTx, m camp.Member, who Signer, c cursor) (ap.Collection, error) {
	all := a.n.Of(m.Name, "outbox")
	page := ap.Collection{Type: "OrderedCollectionPage", ID: c.of(all), Part: all, Total: -1}
	audiences := []camp.Audience{camp.AudiencePublic, camp.AudienceQuiet}
	f, follows, err := tx.Follow(who.Remote.ID, m.ID)
	if err != nil {
		return page, err
	}
	if follows && f.Accepted {
		audiences = append(audiences, camp.AudienceFollowers)
	}
	list, err := tx.OpenBy(m.ID, camp.Page{Before: c.before, After: c.after, Limit: pageSize}, audiences...)
	if err != nil {
		return page, err
	}
	for _, p := range list {
		said, err := a.said(tx, m, p)
		if err != nil {
			return page, err
		}
		if said != nil {
			page.Items = append(page.Items, ap.Object{ID: said.ID, Type: said.Type, Activity: said})
		}
	}
	if len(list) == pageSize {
		page.Next = pageBefore(all, list[len(list)-1].ID)
	}
	if len(list) > 0 && c.before != 0 {
		page.Prev = pageAfter(all, list[0].ID)
	}
	return page, nil
}

// said is the activity by which a member told of a post, or passed one on; nil
// where others may not know what it is about.
func (a *asking) said(tx ObjectsTx, m camp.Member, p camp.Post) (*ap.Activity, error) {
	if p.BoostOf == 0 {
		r, err := a.Objects.shaper.post(tx, p, m, camp.ErrandPost)
		if err != nil {
			if settled(err) {
				err = nil
			}
			return nil, err
		}
		return ap.Created(a.n.Act(uint64(p.ID)), r.post), nil
	}
	of, ok, err := tx.Post(p.BoostOf)
	if err != nil || !ok || !open(of.Audience) {
		return nil, err
	}
	id, author, _, err := a.authored(tx, of)
	if err != nil {
		if settled(err) {
			err = nil
		}
		return nil, err
	}
	to, cc, err := ap.Address(p.Audience, a.n.Of(m.Name, "followers"), []string{author})
	if err != nil {
		return nil, err
	}
	act := ap.Act("Announce", a.n.Act(uint64(p.ID)), a.n.Actor(m.Name), id, "", to, cc)
	act.Published = p.Written
	return act, nil
}

// featured shows what stands at the top of a profile, by id: each is asked for
// at its own address.
func (a *asking) featured(m camp.Member, _ Signer, _ cursor) error {
	list := ap.Collection{Type: "OrderedCollection", ID: a.n.Of(m.Name, "featured")}
	pins, err := a.pinned(m)
	if err != nil {
		return err
	}
	for _, p := range pins {
		list.Items = append(list.Items, ap.Object{ID: a.n.Post(p.ID)})
	}
	list.Total = len(list.Items)
	return a.give(http.StatusOK, list.JSON())
}

// featuredTags shows the tags of those posts.
func (a *asking) featuredTags(m camp.Member, _ Signer, _ cursor) error {
	list := ap.Collection{Type: "Collection", ID: a.n.Of(m.Name, "tags")}
	pins, err := a.pinned(m)
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, p := range pins {
		for _, tag := range p.Tags {
			if !seen[tag] {
				seen[tag] = true
				list.Tags = append(list.Tags, ap.Hashtag{Name: tag, Href: a.n.TagPage(tag)})
			}
		}
	}
	list.Total = len(list.Tags)
	return a.give(http.StatusOK, list.JSON())
}

// pinned gives what stands at the top of a profile for everybody, the newest first.
func (a *asking) pinned(m camp.Member) (list []camp.Post, err error) {
	err = a.view(func(tx ObjectsTx) error {
		ids, err := tx.Pins(m.ID, camp.MostPins)
		if err != nil {
			return err
		}
		list = nil
		for _, id := range slices.Backward(ids) {
			p, ok, err := tx.Post(id)
			if err != nil {
				return err
			}
			if ok && p.Here() && p.Author == m.ID && p.BoostOf == 0 && p.Audience == camp.AudiencePublic {
				list = append(list, p)
			}
		}
		return nil
	})
	return list, err
}

// ties counts followers or follows beyond the camp, unless the member keeps that
// to themself; who they are is shown to nobody, and who follows whom within the
// camp is nobody's business.
func (a *asking) ties(m camp.Member, _ Signer, _ cursor) error {
	what := a.r.PathValue("what")
	list := ap.Collection{Type: "OrderedCollection", ID: a.n.Of(m.Name, what), Total: -1}
	err := a.view(func(tx ObjectsTx) error {
		if m.Shy {
			return nil
		}
		read, other := tx.FollowersOf, func(f camp.Follow) camp.MemberID { return f.From }
		if what == "following" {
			read, other = tx.FollowsOf, func(f camp.Follow) camp.MemberID { return f.To }
		}
		all, err := read(m.ID, 0, 0)
		list.Total = 0
		for _, f := range all {
			if _, here, err := tx.Member(other(f)); err != nil || here || !f.Accepted {
				if err != nil {
					return err
				}
				continue
			}
			list.Total++
		}
		return err
	})
	if err != nil {
		return err
	}
	return a.give(http.StatusOK, list.JSON())
}

// around shows what hangs on a post: answers, the whole conversation, or how many
// like it and pass it on.
func (a *asking) around() error {
	what := a.r.PathValue("what")
	switch what {
	case "replies", "likes", "shares", "context":
	default:
		return errNothing
	}
	c, err := a.cursor()
	if err != nil {
		return err
	}
	s, who, err := a.find()
	switch {
	case err != nil:
		return err
	case !s.Audience.Leaves():
		return errNothing
	case a.page:
		return a.sendOn(a.n.PostPage(s.by.Name, s.ID))
	}
	list := ap.Collection{Type: "Collection", ID: a.n.Below(s.ID, what), Total: -1}
	switch what {
	case "likes":
		list.Total = s.Favourites
	case "shares":
		list.Total = s.Boosts
	default:
		err = a.view(func(tx ObjectsTx) (err error) {
			list, err = a.below(tx, s, who, what, c)
			return err
		})
	}
	if err != nil {
		return err
	}
	return a.give(http.StatusOK, list.JSON())
}

// below gives the answers to a post, its author's own first, or the conversation
// that it began, in its order: the first page within the list, or one further on.
// Whoever counts them counts only what all may know.
func (a *asking) below(tx ObjectsTx, s shown, who Signer, what string, c cursor) (ap.Collection, error) {
	all := a.n.Below(s.ID, what)
	list := ap.Collection{Type: "Collection", ID: all, Total: -1}
	page := &ap.Collection{Type: "CollectionPage", ID: firstPage(all), Part: all, Total: -1}
	if what == "context" {
		if s.Root != s.ID {
			return list, errNothing
		}
		list.Type, page.Type = "OrderedCollection", "OrderedCollectionPage"
	}
	ids, next, err := a.answers(tx, s, who, what == "context", c.after)
	if err != nil {
		return list, err
	}
	if what == "context" && c.after == 0 {
		ids = append([]string{a.n.Post(s.ID)}, ids...)
	}
	for _, id := range ids {
		page.Items = append(page.Items, ap.Object{ID: id})
	}
	if next != 0 {
		page.Next = pageAfter(all, next)
	}
	if c.page {
		page.ID = c.of(all)
		return *page, nil
	}
	list.Page = page
	return list, nil
}

// answers gives the ids of a page of answers that the asker may see, and the last
// of them where there may be more.
func (a *asking) answers(tx ObjectsTx, s shown, who Signer, deep bool, after uint64) (ids []string, next camp.PostID, err error) {
	tree, err := tx.ReplyTree(s.Root, mostInTree)
	if err != nil {
		return nil, 0, err
	}
	var first, then []string
	for _, ref := range tree {
		if uint64(ref.ID) <= after || !deep && ref.Parent != s.ID {
			continue
		}
		if len(first)+len(then) == pageIDs {
			return append(first, then...), next, nil
		}
		p, ok, err := tx.Post(ref.ID)
		if err != nil {
			return nil, 0, err
		}
		id, err := a.showable(tx, p, ok, who)
		if err != nil {
			return nil, 0, err
		}
		if id == "" {
			continue
		}
		next = p.ID // never that of a post which the asker may not know
		if !deep && p.Author == s.Author {
			first = append(first, id)
		} else {
			then = append(then, id)
		}
	}
	return append(first, then...), 0, nil
}

// showable gives the id of a post in a thread, "" where the asker may not know it.
func (a *asking) showable(tx ObjectsTx, p camp.Post, ok bool, who Signer) (string, error) {
	if !ok || !p.Audience.Leaves() || !p.Here() && !open(p.Audience) {
		return "", nil
	}
	id, _, _, err := a.authored(tx, p)
	if err != nil {
		if settled(err) {
			err = nil
		}
		return "", err
	}
	if !p.Here() {
		return id, nil
	}
	sees, err := posts.FarSees(tx, who.Remote.ID, p)
	if err != nil || !sees {
		return "", err
	}
	return id, nil
}
