package clientapi

import (
	"context"

	"camp/node/camp"
	"camp/node/posts"
)

func (c *call) relationships() error {
	ids := c.in.ids("id", idsMost)
	whom := make([]camp.MemberID, len(ids))
	for i, id := range ids {
		whom[i] = camp.MemberID(id)
	}
	list, err := c.a.o.Posts.Relations(c.ctx(), c.by, whom)
	if err != nil {
		return err
	}
	c.out.open('[')
	for _, r := range list {
		c.relation(r)
	}
	c.out.close(']')
	return nil
}

func (c *call) relation(r posts.Relation) {
	o := c.out
	follows := r.Follows != nil && r.Follows.Accepted
	asked := r.Follows != nil && !r.Follows.Accepted
	o.open('{')
	o.id("id", uint64(r.Whom))
	o.yes("following", follows)
	o.yes("requested", asked)
	o.yes("showing_reblogs", follows && !r.Follows.NoBoosts)
	o.yes("notifying", false)
	o.null("languages")
	o.yes("followed_by", r.Followed != nil && r.Followed.Accepted)
	o.yes("requested_by", r.Followed != nil && !r.Followed.Accepted)
	o.yes("blocking", r.Apart.Blocked)
	o.yes("blocked_by", r.BlockedBy)
	o.yes("muting", r.Apart.Muted)
	o.yes("muting_notifications", r.Apart.Muted)
	o.null("muting_expires_at")
	o.yes("domain_blocking", false)
	o.yes("endorsed", false)
	o.str("note", "")
	o.close('}')
}

// related does something about the person of the address and answers with how
// the two stand then.
func (c *call) related(do func(whom camp.MemberID) error) error {
	p, err := c.find(camp.MemberID(c.id(0)))
	if err != nil {
		return err
	}
	if err := do(p.m.ID); err != nil {
		return err
	}
	c.a.tallies.forget(c.me.ID, p.m.ID)
	list, err := c.a.o.Posts.Relations(c.ctx(), c.by, []camp.MemberID{p.m.ID})
	if err != nil {
		return err
	}
	c.relation(list[0])
	return nil
}

// follow keeps what was said about boosts before, where nothing is said now.
func (c *call) follow() error {
	return c.related(func(whom camp.MemberID) error {
		boosts, said := c.in.flag("reblogs")
		if !said {
			had, err := c.a.o.Posts.Relations(c.ctx(), c.by, []camp.MemberID{whom})
			if err != nil {
				return err
			}
			boosts = had[0].Follows == nil || !had[0].Follows.NoBoosts
		}
		_, err := c.a.o.Posts.Follow(c.ctx(), c.by, whom, !boosts)
		return err
	})
}

func (c *call) unfollow() error {
	return c.related(func(whom camp.MemberID) error { return c.a.o.Posts.Unfollow(c.ctx(), c.by, whom) })
}

// apart is one of the services' ways to keep two people apart.
type apart func(ctx context.Context, by camp.Actor, whom camp.MemberID, on bool) error

func (c *call) keepApart(do apart, on bool) error {
	return c.related(func(whom camp.MemberID) error { return do(c.ctx(), c.by, whom, on) })
}

func (c *call) block() error   { return c.keepApart(c.a.o.Posts.Block, true) }
func (c *call) unblock() error { return c.keepApart(c.a.o.Posts.Block, false) }
func (c *call) mute() error    { return c.keepApart(c.a.o.Posts.Mute, true) }
func (c *call) unmute() error  { return c.keepApart(c.a.o.Posts.Mute, false) }

func (c *call) authorize() error { return c.keepApart(c.a.o.Posts.AnswerFollow, true) }
func (c *call) reject() error    { return c.keepApart(c.a.o.Posts.AnswerFollow, false) }

func (c *call) blocks() error {
	return c.away(func(a posts.Away) bool { return a.Blocked }, false)
}

func (c *call) mutes() error {
	return c.away(func(a posts.Away) bool { return a.Muted }, true)
}

// away lists whom the reader keeps away from. An account in the list of mutes
// also says until when.
func (c *call) away(is func(posts.Away) bool, until bool) error {
	list, err := c.a.o.Posts.AwayFrom(c.ctx(), c.by)
	if err != nil {
		return err
	}
	after, limit := camp.MemberID(c.in.idIn("max_id")), c.in.page(accountsMost, accountsUsual).Limit
	var shown []person
	more := false
	for _, a := range list {
		if !is(a) || a.Whom <= after {
			continue
		}
		if more = len(shown) == limit; more {
			break
		}
		shown = append(shown, person{m: a.Who, far: a.From})
	}
	if more {
		c.link(shown[len(shown)-1].m.ID.String(), "")
	}
	if !until {
		return c.people(shown)
	}
	return c.mutedPeople(shown)
}

func (c *call) mutedPeople(list []person) error {
	ids := make([]camp.MemberID, len(list))
	for i := range list {
		ids[i] = list[i].m.ID
	}
	if err := c.tally(ids...); err != nil {
		return err
	}
	c.out.open('[')
	for _, p := range list {
		c.out.open('{')
		c.accountMembers(p)
		c.out.null("mute_expires_at")
		c.out.close('}')
	}
	c.out.close(']')
	return nil
}

// followRequests lists who asks to follow the reader.
func (c *call) followRequests() error {
	after, limit := camp.MemberID(c.in.idIn("max_id")), c.in.page(accountsMost, accountsUsual).Limit
	var shown []person
	for {
		list, err := c.a.o.Posts.FollowersOf(c.ctx(), c.by, c.me.ID, after)
		if err != nil {
			return err
		}
		for _, t := range list {
			after = t.Who.ID
			if t.Accepted {
				continue
			}
			if shown = append(shown, person{m: t.Who, far: t.From}); len(shown) == limit {
				c.link(after.String(), "")
				return c.people(shown)
			}
		}
		if len(list) == 0 || c.ctx().Err() != nil {
			return c.people(shown)
		}
	}
}
