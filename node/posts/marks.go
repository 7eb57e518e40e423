package posts

import (
	"context"

	"camp/node/camp"
)

// Favourite sets or takes away by's favourite mark; twice is as once. The
// author is told of a new one.
func (s *Service) Favourite(ctx context.Context, by camp.Actor, id camp.PostID, on bool) error {
	return s.update(ctx, "favourite", func(tx Tx) ([]camp.Event, error) {
		m, err := reader(tx, by)
		if err != nil {
			return nil, err
		}
		if on {
			if err := noBreak(tx, m); err != nil { // the author would be told
				return nil, err
			}
		}
		p, err := visible(tx, m, id)
		if err != nil {
			return nil, err
		}
		has, err := tx.Favourite(m.ID, id)
		if err != nil || has == on {
			return nil, err
		}
		if on {
			if err := heeds(tx, m.ID, p, camp.DeedLike); err != nil {
				return nil, err
			}
		}
		e, mark := camp.Errand{Do: camp.ErrandLike, By: m.ID}, like
		if !on {
			e.Do, mark = camp.ErrandUnlike, unlike
			if e.Done, err = tx.FavouriteAt(m.ID, id); err != nil {
				return nil, err
			}
		}
		events, err := mark(tx, m.ID, p)
		if err != nil {
			return nil, err
		}
		return toldAbroad(tx, e, p, events)
	})
}

func like(tx Tx, m camp.MemberID, p camp.Post) ([]camp.Event, error) {
	if err := tx.PutFavourite(m, p.ID, tx.Now()); err != nil {
		return nil, err
	}
	events, err := countLike(tx, m, p, +1)
	if err != nil {
		return nil, err
	}
	err = tell(tx, p.Author, camp.Notice{Kind: camp.NoticeFavourite, From: m, Post: p.ID}, p, &events)
	return events, err
}

// toldAbroad leaves word of a mark on a post that came from elsewhere.
func toldAbroad(tx Tx, e camp.Errand, p camp.Post, events []camp.Event) ([]camp.Event, error) {
	if p.Here() || !reaches(tx) {
		return events, nil
	}
	e.Post, e.Whom, e.URI = p.ID, p.Author, p.URI
	more, err := errand(tx, e)
	return append(events, more...), err
}

// unlike also takes the notice back.
func unlike(tx Tx, m camp.MemberID, p camp.Post) ([]camp.Event, error) {
	if err := tx.DropFavourite(m, p.ID); err != nil {
		return nil, err
	}
	if err := dropNotice(tx, p.ID, camp.NoticeFavourite, m); err != nil {
		return nil, err
	}
	return countLike(tx, m, p, -1)
}

func countLike(tx Tx, m camp.MemberID, p camp.Post, by int) ([]camp.Event, error) {
	was := p
	p.Favourites = max(p.Favourites+by, 0)
	return []camp.Event{{Kind: camp.EventCounts, Post: p.ID, Root: p.Root, Member: m}}, tx.PutPost(p, &was)
}

// Keep sets or takes away by's own bookmark, which nobody else sees; twice is
// as once.
func (s *Service) Keep(ctx context.Context, by camp.Actor, id camp.PostID, on bool) error {
	return s.update(ctx, "keep", func(tx Tx) ([]camp.Event, error) {
		m, err := reader(tx, by)
		if err != nil {
			return nil, err
		}
		if !on {
			return nil, tx.DropKept(m.ID, id)
		}
		if _, err := visible(tx, m, id); err != nil {
			return nil, err
		}
		has, err := tx.KeptMark(m.ID, id)
		if err != nil || has {
			return nil, err
		}
		return nil, tx.PutKept(m.ID, id, tx.Now())
	})
}

// FavouritedBy gives who likes a post, at most a camp full.
func (s *Service) FavouritedBy(ctx context.Context, by camp.Actor, id camp.PostID) (list []camp.Member, err error) {
	err = s.view(ctx, "list favourites", func(tx Tx) error {
		m, err := reader(tx, by)
		if err != nil {
			return err
		}
		if _, err := visible(tx, m, id); err != nil {
			return err
		}
		ids, err := tx.FavouritedBy(id, camp.MaxMembers)
		if err != nil {
			return err
		}
		for _, id := range ids {
			who, ok, err := tx.Member(id)
			if err != nil {
				return err
			}
			if ok && who.Standing.In() {
				list = append(list, who)
			}
		}
		return nil
	})
	return list, err
}
