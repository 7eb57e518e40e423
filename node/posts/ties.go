package posts

import (
	"context"
	"strconv"

	"camp/node/camp"
)

// Follow makes by see what somebody writes: at once, where both live here and
// whom does not decide about each; else once they say yes. Twice is as once.
func (s *Service) Follow(ctx context.Context, by camp.Actor, whom camp.MemberID, noBoosts bool) (f camp.Follow, err error) {
	err = s.update(ctx, "follow", func(tx Tx) ([]camp.Event, error) {
		m, err := writer(tx, by) // after new rules, agreement comes first (community.md 2)
		if err != nil {
			return nil, err
		}
		if whom == m.ID {
			return nil, refuse(camp.Invalid, "posts.follow_self.say")
		}
		had, ok, err := tx.Follow(m.ID, whom)
		if err != nil {
			return nil, err
		}
		if ok {
			had.NoBoosts = noBoosts
			f = had
			return nil, tx.PutFollow(had)
		}
		a, err := apart(tx, m.ID, whom)
		if err != nil {
			return nil, err
		}
		if a {
			return nil, refuse(camp.NotAllowed, "posts.follow_apart.say")
		}
		f = camp.Follow{From: m.ID, To: whom, At: tx.Now(), NoBoosts: noBoosts}
		return follow(tx, &f)
	})
	return f, err
}

// apart reports whether one of two keeps away from the other.
func apart(tx Tx, a, b camp.MemberID) (bool, error) {
	x, err := tx.Apart(a, b)
	if err != nil {
		return false, err
	}
	y, err := tx.Apart(b, a)
	return x.Blocked || x.Theirs || y.Blocked, err
}

func follow(tx Tx, f *camp.Follow) ([]camp.Event, error) {
	to, here, err := tx.Member(f.To)
	if err != nil {
		return nil, err
	}
	if here {
		if !to.Standing.In() {
			return nil, refuse(camp.NotFound, "posts.nobody.say")
		}
		f.Accepted = !to.Locked
		return asked(tx, *f)
	}
	r, ok, err := tx.Remote(f.To)
	if err != nil {
		return nil, err
	}
	switch {
	case !ok || !r.Gone.IsZero():
		return nil, refuse(camp.NotFound, "posts.nobody.say")
	case !reaches(tx):
		return nil, refuse(camp.NotAllowed, "posts.no_outside.say")
	}
	if level, err := levelOfPerson(tx, r.ID); err != nil || shutOut(level) {
		return nil, orElse(err, refuse(camp.NotAllowed, "border.shut.say", "Name", r.Handle()))
	}
	f.URI = strconv.FormatUint(tx.NextID(), 10)
	if err := tx.PutFollow(*f); err != nil {
		return nil, err
	}
	events, err := errand(tx, camp.Errand{Do: camp.ErrandFollow, By: f.From, Whom: f.To, URI: f.URI})
	return append(events, tied(f.From)), err
}

func tied(m camp.MemberID) camp.Event { return camp.Event{Kind: camp.EventFollow, To: m} }

// asked keeps a follow of somebody here and tells them.
func asked(tx Tx, f camp.Follow) ([]camp.Event, error) {
	if err := tx.PutFollow(f); err != nil {
		return nil, err
	}
	kind := camp.NoticeFollow
	if !f.Accepted {
		kind = camp.NoticeAsk
	}
	events := []camp.Event{tied(f.From), tied(f.To)}
	if muted, err := tx.Apart(f.To, f.From); err != nil || muted.Any() {
		return events, err
	}
	n := camp.Notice{ID: camp.NoticeID(tx.NextID()), At: tx.Now(), Kind: kind, From: f.From}
	if err := tx.PutNotice(f.To, n); err != nil {
		return nil, err
	}
	return append(events, camp.Event{Kind: camp.EventNotice, Member: f.From, To: f.To}), nil
}

// Unfollow ends it; what they wrote leaves the home timeline.
func (s *Service) Unfollow(ctx context.Context, by camp.Actor, whom camp.MemberID) error {
	return s.update(ctx, "unfollow", func(tx Tx) ([]camp.Event, error) {
		m, err := reader(tx, by)
		if err != nil {
			return nil, err
		}
		return unfollow(tx, m.ID, whom, true)
	})
}

// unfollow ends a follow of somebody here. With told whom it was hears of it.
func unfollow(tx Tx, from, to camp.MemberID, told bool) ([]camp.Event, error) {
	if err := forgetSevered(tx, from, to); err != nil {
		return nil, err
	}
	f, ok, err := tx.Follow(from, to)
	if err != nil || !ok {
		return nil, err
	}
	if err := tx.DropFollow(from, to); err != nil {
		return nil, err
	}
	if err := clearHome(tx, from, to); err != nil {
		return nil, err
	}
	events := []camp.Event{tied(from), tied(to)}
	if _, here, err := tx.Member(to); err != nil || here || !told || !reaches(tx) {
		return events, err
	}
	more, err := errand(tx, camp.Errand{Do: camp.ErrandUnfollow, By: from, Whom: to, URI: f.URI})
	return append(events, more...), err
}

// clearHome takes the newest of what somebody wrote out of a home timeline;
// what lies deeper nobody comes to any more.
func clearHome(tx Tx, m, author camp.MemberID) error {
	list, err := tx.PostsBy(author, camp.Page{Limit: 40})
	if err != nil {
		return err
	}
	for _, p := range list {
		if err := tx.DropHome(m, p.ID); err != nil {
			return err
		}
	}
	return nil
}

// fillHome puts the newest of what somebody wrote into a home timeline.
func fillHome(tx Tx, m, author camp.MemberID) error {
	list, err := tx.PostsBy(author, camp.Page{Limit: 20})
	if err != nil {
		return err
	}
	for _, p := range list {
		if p.Here() && p.BoostOf == 0 || p.ReplyTo != 0 || p.Answers != "" || p.Audience == camp.AudienceLetter {
			continue
		}
		if err := tx.PutHome(m, p.ID); err != nil {
			return err
		}
	}
	return nil
}

// AnswerFollow says yes or no to somebody who asks to follow by, or takes a
// follower away again.
func (s *Service) AnswerFollow(ctx context.Context, by camp.Actor, who camp.MemberID, yes bool) error {
	return s.update(ctx, "answer a follower", func(tx Tx) ([]camp.Event, error) {
		m, err := reader(tx, by)
		if err != nil {
			return nil, err
		}
		f, ok, err := tx.Follow(who, m.ID)
		if err != nil {
			return nil, err
		}
		if !ok {
			return nil, refuse(camp.NotFound, "posts.no_asking.say")
		}
		if yes && f.Accepted {
			return nil, nil
		}
		if level, err := levelOfPerson(tx, who); err != nil || shutOut(level) {
			return nil, orElse(err, refuse(camp.NotFound, "posts.no_asking.say"))
		}
		f.Accepted = true
		do := camp.ErrandAccept
		if yes {
			err = tx.PutFollow(f)
		} else {
			do = camp.ErrandReject
			err = tx.DropFollow(who, m.ID)
		}
		if err != nil {
			return nil, err
		}
		if err := dropAsk(tx, m.ID, who); err != nil {
			return nil, err
		}
		events := []camp.Event{tied(who), tied(m.ID)}
		if _, here, err := tx.Member(who); err != nil || here || !reaches(tx) {
			return events, err
		}
		more, err := errand(tx, camp.Errand{Do: do, By: m.ID, Whom: who, URI: f.URI})
		return append(events, more...), err
	})
}

// Mute keeps what somebody writes out of by's lists, or lets it in again.
func (s *Service) Mute(ctx context.Context, by camp.Actor, whom camp.MemberID, on bool) error {
	return s.update(ctx, "mute", func(tx Tx) ([]camp.Event, error) {
		m, a, err := apartFrom(tx, by, whom)
		if err != nil {
			return nil, err
		}
		a.Muted = on
		if !a.Blocked { // the time of a block stands: it is told by it
			a.At = tx.Now()
		}
		return []camp.Event{tied(m.ID)}, tx.PutApart(a)
	})
}

// Block keeps by and somebody from seeing each other, and ends their follows;
// whom it is, is not told. Off, they may follow again.
func (s *Service) Block(ctx context.Context, by camp.Actor, whom camp.MemberID, on bool) error {
	return s.update(ctx, "block a person", func(tx Tx) ([]camp.Event, error) {
		m, a, err := apartFrom(tx, by, whom)
		if err != nil || a.Blocked == on {
			return nil, err
		}
		e := camp.Errand{Do: camp.ErrandBlock, By: m.ID, Whom: whom}
		if !on {
			e.Do, e.Done = camp.ErrandUnblock, a.At
		}
		a.Blocked, a.At = on, tx.Now()
		if err := tx.PutApart(a); err != nil {
			return nil, err
		}
		events := []camp.Event{tied(m.ID)}
		if on {
			one, err := unfollow(tx, m.ID, whom, true)
			if err != nil {
				return nil, err
			}
			two, err := unfollow(tx, whom, m.ID, false)
			if err != nil {
				return nil, err
			}
			events = append(append(events, one...), two...)
		}
		if _, here, err := tx.Member(whom); err != nil || here || !reaches(tx) {
			return events, err
		}
		more, err := errand(tx, e)
		return append(events, more...), err
	})
}

func apartFrom(tx Tx, by camp.Actor, whom camp.MemberID) (m camp.Member, a camp.Apart, err error) {
	if m, err = reader(tx, by); err != nil {
		return m, a, err
	}
	if whom == m.ID {
		return m, a, refuse(camp.Invalid, "posts.apart_self.say")
	}
	if ok, err := known(tx, whom); err != nil || !ok {
		return m, a, orElse(err, refuse(camp.NotFound, "posts.nobody.say"))
	}
	if a, err = tx.Apart(m.ID, whom); err != nil {
		return m, a, err
	}
	a.Who, a.Whom = m.ID, whom
	return m, a, nil
}

func known(tx Tx, id camp.MemberID) (bool, error) {
	if _, ok, err := tx.Member(id); err != nil || ok {
		return ok, err
	}
	_, ok, err := tx.Remote(id)
	return ok, err
}

// Relation is how somebody stands with somebody else.
type Relation struct {
	Whom      camp.MemberID
	Follows   *camp.Follow // nil: does not
	Followed  *camp.Follow // the other way round
	Apart     camp.Apart
	BlockedBy bool
}

// Relations says how by stands with others, in their order.
func (s *Service) Relations(ctx context.Context, by camp.Actor, whom []camp.MemberID) (list []Relation, err error) {
	err = s.view(ctx, "read relations", func(tx Tx) error {
		m, err := reader(tx, by)
		if err != nil {
			return err
		}
		for _, id := range whom {
			r := Relation{Whom: id}
			f, ok, err := tx.Follow(m.ID, id)
			if err != nil {
				return err
			}
			if ok {
				r.Follows = &f
			}
			back, ok, err := tx.Follow(id, m.ID)
			if err != nil {
				return err
			}
			if ok {
				r.Followed = &back
			}
			if r.Apart, err = tx.Apart(m.ID, id); err != nil {
				return err
			}
			other, err := tx.Apart(id, m.ID)
			if err != nil {
				return err
			}
			r.BlockedBy = r.Apart.Theirs || other.Blocked
			list = append(list, r)
		}
		return nil
	})
	return list, err
}

// Tie is a follow with the other person as they are shown.
type Tie struct {
	camp.Follow
	Who  camp.Member
	From *camp.Remote // where they live elsewhere
}

// Following gives whom by follows or asked to, after an id, at most 80.
func (s *Service) Following(ctx context.Context, by camp.Actor, after camp.MemberID) ([]Tie, error) {
	return s.ties(ctx, by, func(tx Tx, m camp.MemberID) ([]camp.Follow, error) { return tx.FollowsOf(m, after, 80) },
		func(f camp.Follow) camp.MemberID { return f.To })
}

// Followers gives who follows by or asked to.
func (s *Service) Followers(ctx context.Context, by camp.Actor, after camp.MemberID) ([]Tie, error) {
	return s.ties(ctx, by, func(tx Tx, m camp.MemberID) ([]camp.Follow, error) { return tx.FollowersOf(m, after, 80) },
		func(f camp.Follow) camp.MemberID { return f.From })
}

func (s *Service) ties(ctx context.Context, by camp.Actor, read func(Tx, camp.MemberID) ([]camp.Follow, error), other func(camp.Follow) camp.MemberID) (list []Tie, err error) {
	err = s.view(ctx, "list follows", func(tx Tx) error {
		m, err := reader(tx, by)
		if err != nil {
			return err
		}
		follows, err := read(tx, m.ID)
		if err != nil {
			return err
		}
		v := newViewing(tx, m)
		for _, f := range follows {
			if level, err := levelOfPerson(tx, other(f)); err != nil {
				return err
			} else if shutOut(level) {
				continue
			}
			who, err := v.member(other(f))
			if err != nil {
				return err
			}
			list = append(list, Tie{Follow: f, Who: who, From: v.remotes[who.ID]})
		}
		return nil
	})
	return list, err
}

// Person gives somebody elsewhere, by id.
func (s *Service) Person(ctx context.Context, by camp.Actor, id camp.MemberID) (r camp.Remote, err error) {
	return r, s.person(ctx, by, &r, func(tx Tx) (camp.Remote, bool, error) { return tx.Remote(id) })
}

// PersonCalled gives somebody elsewhere by handle, "ana@far.example".
func (s *Service) PersonCalled(ctx context.Context, by camp.Actor, handle string) (r camp.Remote, err error) {
	return r, s.person(ctx, by, &r, func(tx Tx) (camp.Remote, bool, error) { return tx.RemoteByHandle(handle) })
}

func (s *Service) person(ctx context.Context, by camp.Actor, r *camp.Remote, read func(Tx) (camp.Remote, bool, error)) error {
	return s.view(ctx, "read person", func(tx Tx) error {
		if _, err := reader(tx, by); err != nil {
			return err
		}
		got, ok, err := read(tx)
		if err != nil {
			return err
		}
		if !ok {
			return refuse(camp.NotFound, "posts.nobody.say")
		}
		level, err := levelOfPerson(tx, got.ID)
		if err != nil {
			return err
		}
		*r = personShown(tx, level, got)
		return nil
	})
}
