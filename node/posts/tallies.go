package posts

import (
	"context"
	"time"

	"camp/node/camp"
)

// Tally is how many posts somebody has, as far as the camp knows, and followers.
type Tally struct {
	Of        camp.MemberID
	Posts     int // at most tallyMost
	Followers int
	Following int
	Asking    int       // who asks to follow them
	Last      time.Time // of the newest post; zero for none
}

const tallyMost = 10_000

// Tallies counts for some people at once.
func (s *Service) Tallies(ctx context.Context, by camp.Actor, of []camp.MemberID) (list []Tally, err error) {
	err = s.view(ctx, "count posts and followers", func(tx Tx) error {
		if _, err := reader(tx, by); err != nil {
			return err
		}
		for _, id := range of {
			t, err := tallyOf(tx, id)
			if err != nil {
				return err
			}
			list = append(list, t)
		}
		return nil
	})
	return list, err
}

func tallyOf(tx Tx, id camp.MemberID) (t Tally, err error) {
	t.Of = id
	if t.Posts, err = tx.CountBy(id, tallyMost); err != nil {
		return t, err
	}
	if t.Posts > 0 {
		newest, err := tx.PostsBy(id, camp.Page{Limit: 1})
		if err != nil {
			return t, err
		}
		if len(newest) > 0 {
			t.Last = newest[0].Written
		}
	}
	back, err := tx.FollowersOf(id, 0, 0)
	if err != nil {
		return t, err
	}
	for _, f := range back {
		if f.Accepted {
			t.Followers++
		} else {
			t.Asking++
		}
	}
	out, err := tx.FollowsOf(id, 0, 0)
	for _, f := range out {
		if f.Accepted {
			t.Following++
		}
	}
	return t, err
}

// FollowingOf gives whom somebody follows, after an id, at most 80. Of by's own
// it also gives whom they asked to follow. Somebody who does not show it, and is
// not by, follows nobody.
func (s *Service) FollowingOf(ctx context.Context, by camp.Actor, of, after camp.MemberID) ([]Tie, error) {
	return s.tiesOf(ctx, by, of, func(tx Tx) ([]camp.Follow, error) { return tx.FollowsOf(of, after, tiesMost) },
		func(f camp.Follow) camp.MemberID { return f.To })
}

// FollowersOf gives who follows somebody, in the same way.
func (s *Service) FollowersOf(ctx context.Context, by camp.Actor, of, after camp.MemberID) ([]Tie, error) {
	return s.tiesOf(ctx, by, of, func(tx Tx) ([]camp.Follow, error) { return tx.FollowersOf(of, after, tiesMost) },
		func(f camp.Follow) camp.MemberID { return f.From })
}

const tiesMost = 80

func (s *Service) tiesOf(ctx context.Context, by camp.Actor, of camp.MemberID, read func(Tx) ([]camp.Follow, error), other func(camp.Follow) camp.MemberID) ([]Tie, error) {
	list, err := s.ties(ctx, by, func(tx Tx, m camp.MemberID) ([]camp.Follow, error) {
		if of != m {
			who, here, err := tx.Member(of)
			if err != nil || here && (who.Shy || !who.Standing.In()) {
				return nil, err
			}
		}
		return read(tx)
	}, other)
	if by.Member == of {
		return list, err
	}
	shown := list[:0]
	for _, t := range list {
		if t.Accepted && (t.Who.Standing.In() || t.Who.Standing == camp.Elsewhere) {
			shown = append(shown, t)
		}
	}
	return shown, err
}

// DropNotices takes a line under "For you" away, or all of them for id 0. One
// that is gone already is no error.
func (s *Service) DropNotices(ctx context.Context, by camp.Actor, id camp.NoticeID) error {
	var to camp.MemberID
	drop := func(tx Tx) (more bool, events []camp.Event, err error) {
		m, err := reader(tx, by)
		if err != nil {
			return false, nil, err
		}
		to = m.ID
		before := id + 1
		if id == 0 {
			before = 0
		}
		list, err := tx.NoticesBefore(m.ID, before, tidySlice)
		if err != nil {
			return false, nil, err
		}
		for _, n := range list {
			if id != 0 && n.ID != id {
				break
			}
			if err := tx.DropNotice(m.ID, n); err != nil {
				return false, nil, err
			}
		}
		return id == 0 && len(list) == tidySlice, nil, nil
	}
	if err := s.inSlices(ctx, "drop notices", drop); err != nil {
		return err
	}
	s.publish.Publish(camp.Event{Kind: camp.EventRead, Member: to, To: to})
	return nil
}
