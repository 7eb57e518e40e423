package posts

import (
	"context"
	"time"

	"camp/node/camp"
)

// What a decision cut comes back when it is undone: what is read by itself, as
// the level is asked when it is read; follows by those who made them, as nobody
// there was told of anything, and nobody here speaks for a member.

// askAgain tells those whose follows were cut that they can follow again.
func askAgain(tx Tx, who camp.MemberID) ([]camp.Event, error) {
	list, err := tx.SeveredTo(who)
	if err != nil {
		return nil, err
	}
	var events []camp.Event
	for _, s := range list {
		events = append(events, tied(s.From))
	}
	return events, nil
}

// Again gives whom by followed until a decision cut it, and could follow again
// now that it was taken back.
func (s *Service) Again(ctx context.Context, by camp.Actor) (list []Tie, err error) {
	err = s.view(ctx, "list follows that were cut", func(tx Tx) error {
		m, err := reader(tx, by)
		if err != nil {
			return err
		}
		cut, err := open(tx, m.ID)
		if err != nil {
			return err
		}
		v := newViewing(tx, m)
		for _, c := range cut {
			who, err := v.member(c.To)
			if err != nil {
				return err
			}
			list = append(list, Tie{Follow: c.Follow, Who: who, From: v.remotes[c.To]})
		}
		return nil
	})
	return list, err
}

// open gives the cut follows of a member about which they can be asked.
func open(tx Tx, m camp.MemberID) ([]camp.Severed, error) {
	all, err := tx.SeveredFrom(m)
	if err != nil {
		return nil, err
	}
	var list []camp.Severed
	for _, c := range all {
		ok, err := back(tx, c, c.To)
		if err != nil {
			return nil, err
		}
		if ok && !c.Asked {
			list = append(list, c)
		}
	}
	return list, nil
}

// back reports whether a cut follow could stand again, and does not yet.
func back(tx Tx, c camp.Severed, far camp.MemberID) (bool, error) {
	level, err := levelOfPerson(tx, far)
	if err != nil || shutOut(level) {
		return false, err
	}
	r, ok, err := tx.Remote(far)
	if err != nil || !ok || !r.Gone.IsZero() {
		return false, err
	}
	_, has, err := tx.Follow(c.From, c.To)
	return !has, err
}

// FollowAgain answers for all of them at once: with yes the other side is asked,
// with no they are forgotten. It gives how many there were.
func (s *Service) FollowAgain(ctx context.Context, by camp.Actor, yes bool) (n int, err error) {
	err = s.update(ctx, "follow again", func(tx Tx) ([]camp.Event, error) {
		m, err := active(tx, by)
		if err != nil {
			return nil, err
		}
		cut, err := open(tx, m.ID)
		if err != nil {
			return nil, err
		}
		n = len(cut)
		events := []camp.Event{tied(m.ID)}
		for _, c := range cut {
			if !yes {
				if err := forgetSevered(tx, c.From, c.To); err != nil {
					return nil, err
				}
				continue
			}
			more, err := followAgain(tx, c)
			if err != nil {
				return nil, err
			}
			events = append(events, more...)
		}
		return events, nil
	})
	return n, err
}

func followAgain(tx Tx, c camp.Severed) ([]camp.Event, error) {
	a, err := apart(tx, c.From, c.To)
	if err != nil {
		return nil, err
	}
	if a {
		return nil, forgetSevered(tx, c.From, c.To)
	}
	f := camp.Follow{From: c.From, To: c.To, At: tx.Now(), NoBoosts: c.NoBoosts}
	events, err := follow(tx, &f)
	if err != nil {
		return nil, err
	}
	c.Asked = true
	return events, tx.PutSevered(c)
}

// forgetSevered forgets a cut follow, and takes what it brought out of the home
// timeline.
func forgetSevered(tx Tx, from, to camp.MemberID) error {
	_, ok, err := tx.Severed(from, to)
	if err != nil || !ok {
		return err
	}
	if err := tx.DropSevered(from, to); err != nil {
		return err
	}
	return clearHome(tx, from, to)
}

// Lost is a follower whom a decision cut off, and who must come back by themself.
type Lost struct {
	Who  camp.Remote
	Whom camp.Member
	Cut  time.Time
}

// FollowersLost gives the followers that a decision cut off which was taken back
// since; to host and helpers those of everybody, to others their own.
func (s *Service) FollowersLost(ctx context.Context, by camp.Actor) (list []Lost, err error) {
	err = s.view(ctx, "list followers that were lost", func(tx Tx) error {
		m, err := reader(tx, by)
		if err != nil {
			return err
		}
		people := []camp.Member{m}
		if m.Role == camp.RoleHost || m.Role == camp.RoleHelper {
			if people, err = tx.Members(); err != nil {
				return err
			}
		}
		for _, whom := range people {
			cut, err := tx.SeveredTo(whom.ID)
			if err != nil {
				return err
			}
			for _, c := range cut {
				ok, err := back(tx, c, c.From)
				if err != nil {
					return err
				}
				if !ok {
					continue
				}
				r, _, err := tx.Remote(c.From)
				if err != nil {
					return err
				}
				list = append(list, Lost{Who: r, Whom: whom, Cut: c.Cut})
			}
		}
		return nil
	})
	return list, err
}

// Ties counts what binds the camp to a name and all below it (border.Ties).
func (s *Service) Ties(ctx context.Context, d camp.Domain, falls func(camp.Domain) bool) (follows, followers, posts int, err error) {
	err = s.view(ctx, "count ties", func(tx Tx) error {
		list, err := tx.Residents(d, camp.Resident{}, 0)
		if err != nil {
			return err
		}
		counted := map[camp.MemberID]bool{}
		for _, r := range list {
			if counted[r.Person] || !falls(r.Host) {
				continue
			}
			counted[r.Person] = true
			ours, theirs, err := tiesOf(tx, r.Person)
			if err != nil {
				return err
			}
			wrote, err := tx.CountPostsBy(r.Person)
			if err != nil {
				return err
			}
			follows, followers, posts = follows+len(ours), followers+len(theirs), posts+wrote
		}
		return nil
	})
	return follows, followers, posts, err
}
