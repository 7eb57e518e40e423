package clientapi

import (
	"strings"

	"camp/node/camp"
)

const (
	accountsUsual = 40
	accountsMost  = 80
	idsMost       = 80
)

// verify is the first call of every app after its sign-in.
func (c *call) verify() error {
	if err := c.tally(c.me.ID); err != nil {
		return err
	}
	c.own()
	return nil
}

func (c *call) accountByID() error {
	p, err := c.find(camp.MemberID(c.id(0)))
	if err != nil {
		return err
	}
	return c.one(p)
}

func (c *call) accounts() error {
	var list []person
	for _, id := range c.in.ids("id", idsMost) {
		p, err := c.find(camp.MemberID(id))
		if missing(err) {
			continue
		}
		if err != nil {
			return err
		}
		list = append(list, p)
	}
	return c.people(list)
}

func (c *call) lookup() error {
	p, err := c.called(c.in.get("acct"))
	if err != nil {
		return err
	}
	return c.one(p)
}

// called finds somebody by handle, "mia", "mia@camp.example" or "ana@far.example".
func (c *call) called(acct string) (person, error) {
	acct = strings.ToLower(strings.TrimPrefix(strings.TrimSpace(acct), "@"))
	if len(acct) == 0 || len(acct) > 400 {
		return person{}, errNoRecord
	}
	name, at, far := strings.Cut(acct, "@")
	if far {
		ours, err := c.ours(at)
		if err != nil {
			return person{}, err
		}
		if !ours {
			r, err := c.a.o.Posts.PersonCalled(c.ctx(), c.by, acct)
			if err != nil {
				return person{}, err
			}
			return c.stranger(r)
		}
	}
	m, err := c.a.o.People.ByName(c.ctx(), name)
	if err != nil {
		return person{}, err
	}
	if !m.Standing.In() {
		return person{}, errNoRecord
	}
	return person{m: m}, nil
}

// ours reports whether what stands behind an @ is this camp.
func (c *call) ours(at string) (bool, error) {
	h, err := c.a.o.People.House(c.ctx())
	return at == strings.ToLower(h.Address()) || at == hostIn(c.base), err
}

// hostIn gives the host of an address, with its port.
func hostIn(base string) string {
	_, host, _ := strings.Cut(base, "://")
	return strings.ToLower(host)
}

// statusesOf is what somebody wrote, or keeps on top of their page.
func (c *call) statusesOf() error {
	p, err := c.find(camp.MemberID(c.id(0)))
	if err != nil {
		return err
	}
	if c.in.yes("pinned", false) {
		list, err := c.a.o.Posts.PinnedBy(c.ctx(), c.by, p.m.ID)
		if err != nil {
			return err
		}
		return c.statuses(list)
	}
	noReplies, noBoosts := c.in.yes("exclude_replies", false), c.in.yes("exclude_reblogs", false)
	media, tag := c.in.yes("only_media", false), foldTag(c.in.get("tagged"))
	var keep func(*camp.PostView) bool
	if noReplies || noBoosts || media || tag != "" {
		keep = func(v *camp.PostView) bool {
			own := v.ReplyTo == 0 && v.Answers == "" || v.PassedBy != nil || v.ReplyByID == v.Author // a thread of their own is no reply
			return (!noReplies || own) && (!noBoosts || v.PassedBy == nil) && (!media || len(v.Pictures)+len(v.Files) > 0) && (tag == "" || hasTag(v, tag))
		}
	}
	return c.timeline(func(page camp.Page) ([]camp.PostView, error) {
		return c.a.o.Posts.By(c.ctx(), c.by, p.m.ID, page)
	}, keep)
}

func (c *call) followers() error { return c.ties(true) }
func (c *call) following() error { return c.ties(false) }

// ties lists who follows somebody, or whom they follow. The cursor is an id of
// the list's own order.
func (c *call) ties(back bool) error {
	p, err := c.find(camp.MemberID(c.id(0)))
	if err != nil {
		return err
	}
	read := c.a.o.Posts.FollowingOf
	if back {
		read = c.a.o.Posts.FollowersOf
	}
	limit := c.in.page(accountsMost, accountsUsual).Limit
	list, err := read(c.ctx(), c.by, p.m.ID, camp.MemberID(c.in.idIn("max_id")))
	if err != nil {
		return err
	}
	var shown []person
	for i, t := range list {
		if i == limit {
			break
		}
		if t.Accepted {
			shown = append(shown, person{m: t.Who, far: t.From})
		}
	}
	if n := min(len(list), limit); len(list) >= limit && n > 0 {
		c.link(list[n-1].Who.ID.String(), "")
	}
	return c.people(shown)
}
