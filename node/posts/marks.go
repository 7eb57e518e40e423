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

// React is Favourite with a sign beside it, a single emoji; another one takes the
// place of the one before. Elsewhere it is told as a like that bears the sign
// (FEP-c0e0), and as nothing of a post that never left.
func (s *Service) React(ctx context.Context, by camp.Actor, id camp.PostID, sign string) error {
	if !camp.LoneEmoji(sign) {
		return refuse(camp.Invalid, "posts.no_sign.say")
	}
	return s.update(ctx, "react", func(tx Tx) ([]camp.Event, error) {
		m, err := active(tx, by)
		if err != nil {
			return nil, err
		}
		p, err := visible(tx, m, id)
		if err != nil {
			return nil, err
		}
		events, same, err := withoutSign(tx, m.ID, p, sign)
		if err != nil || same {
			return nil, err
		}
		if p, _, err = tx.Post(id); err != nil { // its count may have changed just now
			return nil, err
		}
		more, err := like(tx, m.ID, p)
		if err != nil {
			return nil, err
		}
		if err := tx.PutReaction(m.ID, id, camp.Reaction{Sign: sign}); err != nil {
			return nil, err
		}
		return toldAbroad(tx, camp.Errand{Do: camp.ErrandLike, By: m.ID, Text: sign}, p, append(events, more...))
	})
}

// withoutSign takes back a like that is there, unless it bears this sign already.
func withoutSign(tx Tx, m camp.MemberID, p camp.Post, sign string) (events []camp.Event, same bool, err error) {
	has, err := tx.Favourite(m, p.ID)
	if err != nil || !has {
		return nil, false, err
	}
	r, err := tx.Reaction(m, p.ID)
	if err != nil || r.Sign == sign {
		return nil, err == nil, err
	}
	e := camp.Errand{Do: camp.ErrandUnlike, By: m}
	if e.Done, err = tx.FavouriteAt(m, p.ID); err != nil {
		return nil, false, err
	}
	if events, err = unlike(tx, m, p); err != nil {
		return nil, false, err
	}
	events, err = toldAbroad(tx, e, p, events)
	return events, false, err
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
