package posts

import (
	"context"

	"camp/node/camp"
)

// Boost passes a post on to those who follow by, or takes that back; twice is
// as once. What is for the camp or for named people cannot be passed on
// (community.md 3.1, 6), and what is for followers only by its author.
func (s *Service) Boost(ctx context.Context, by camp.Actor, id camp.PostID, on bool) (boost camp.PostID, err error) {
	err = s.update(ctx, "boost", func(tx Tx) ([]camp.Event, error) {
		m, err := reader(tx, by)
		if err != nil {
			return nil, err
		}
		p, err := visible(tx, m, id)
		if err != nil {
			return nil, err
		}
		had, has, err := tx.Boost(p.ID, m.ID)
		if err != nil {
			return nil, err
		}
		if boost = had; has == on {
			return nil, nil
		}
		if !on {
			return unboost(tx, had)
		}
		if _, err := writer(tx, by); err != nil {
			return nil, err
		}
		if err := mayBoost(tx, m, p); err != nil {
			return nil, err
		}
		if err := heeds(tx, m.ID, p, camp.DeedBoost); err != nil {
			return nil, err
		}
		b := camp.Post{ID: camp.PostID(tx.NextID()), Author: m.ID, Audience: p.Audience, BoostOf: p.ID, Written: tx.Now()}
		b.Root = b.ID
		boost = b.ID
		return passOn(tx, b, p)
	})
	return boost, err
}

func mayBoost(tx Tx, m camp.Member, p camp.Post) error {
	switch {
	case m.Role == camp.RoleGuest:
		return refuse(camp.NotAllowed, "posts.guest.say")
	case !passable(m, p):
		return refuse(camp.NotAllowed, "posts.no_boost.say")
	case !reaches(tx):
		return refuse(camp.NotAllowed, "posts.audience.say")
	}
	return nil
}

// passable reports whether a post is for being passed on by m.
func passable(m camp.Member, p camp.Post) bool {
	return p.BoostOf == 0 && p.Audience.Leaves() && (p.Audience != camp.AudienceFollowers || p.Author == m.ID)
}

// passOn keeps a boost, from here or from elsewhere.
func passOn(tx Tx, b, of camp.Post) ([]camp.Event, error) {
	if err := tx.PutPost(b, nil); err != nil {
		return nil, err
	}
	was := of
	of.Boosts++
	if err := tx.PutPost(of, &was); err != nil {
		return nil, err
	}
	events := []camp.Event{{Kind: camp.EventCounts, Post: of.ID, Root: of.Root, Member: b.Author}}
	err := tell(tx, of.Author, camp.Notice{Kind: camp.NoticeBoost, From: b.Author, Post: of.ID}, of, &events)
	if err != nil {
		return nil, err
	}
	if b.Here() {
		more, err := goesOut(tx, b)
		return append(events, more...), err
	}
	more, err := fanOut(tx, b, nil)
	return append(events, more...), err
}

// unboost takes a boost back and leaves word of it.
func unboost(tx Tx, id camp.PostID) ([]camp.Event, error) {
	b, ok, err := tx.Post(id)
	if err != nil || !ok || b.BoostOf == 0 {
		return nil, err
	}
	if err := tx.DropPost(b); err != nil {
		return nil, err
	}
	events := []camp.Event{{Kind: camp.EventPostGone, Post: b.ID, Root: b.Root, Member: b.Author}}
	of, ok, err := tx.Post(b.BoostOf)
	if err != nil {
		return nil, err
	}
	if ok {
		was := of
		of.Boosts = max(of.Boosts-1, 0)
		if err := tx.PutPost(of, &was); err != nil {
			return nil, err
		}
		if err := dropNotice(tx, of.ID, camp.NoticeBoost, b.Author); err != nil {
			return nil, err
		}
		events = append(events, camp.Event{Kind: camp.EventCounts, Post: of.ID, Root: of.Root, Member: b.Author})
	}
	if out, err := leaves(tx, b); err != nil || !out {
		return events, err
	}
	more, err := errand(tx, camp.Errand{Do: camp.ErrandUnboost, By: b.Author, Post: b.ID, Old: b.Audience, Whom: of.Author, URI: idOf(of)})
	return append(events, more...), err
}

// idOf gives the id of a post elsewhere, or what stands for one of this camp
// (LocalScheme).
func idOf(p camp.Post) string {
	if p.Here() {
		return LocalScheme + p.ID.String()
	}
	return p.URI
}

// dropNotice takes back what somebody's mark on a post told its author.
func dropNotice(tx Tx, p camp.PostID, kind camp.NoticeKind, from camp.MemberID) error {
	about, err := tx.NoticesAbout(p)
	if err != nil {
		return err
	}
	for _, n := range about {
		if n.Kind == kind && n.From == from {
			if err := tx.DropNotice(n.To, n.Notice); err != nil {
				return err
			}
		}
	}
	return nil
}
