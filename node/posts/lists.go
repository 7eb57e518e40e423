package posts

import (
	"context"

	"camp/node/camp"
)

// Post gives one post as the reader sees it.
func (s *Service) Post(ctx context.Context, by camp.Actor, id camp.PostID) (pv camp.PostView, err error) {
	err = s.view(ctx, "read post", func(tx Tx) error {
		m, err := reader(tx, by)
		if err != nil {
			return err
		}
		p, err := visible(tx, m, id)
		if err != nil {
			return err
		}
		pv, err = newViewing(tx, m).one(p)
		return err
	})
	return pv, err
}

// Fire gives a page of the home of the camp: posts that start a thread.
func (s *Service) Fire(ctx context.Context, by camp.Actor, p camp.Page) (views []camp.PostView, err error) {
	err = s.view(ctx, "read home", func(tx Tx) error {
		m, err := reader(tx, by)
		if err != nil {
			return err
		}
		v := newViewing(tx, m)
		v.withoutMuted()
		views, err = v.fill(within(m, p), true, tx.Fire)
		return err
	})
	return views, err
}

// Home gives a page of what somebody follows: what is written in the camp for
// all, and what came to them from elsewhere, by age.
func (s *Service) Home(ctx context.Context, by camp.Actor, p camp.Page) (views []camp.PostView, err error) {
	err = s.view(ctx, "read home timeline", func(tx Tx) error {
		m, err := reader(tx, by)
		if err != nil {
			return err
		}
		v := newViewing(tx, m)
		v.withoutMuted()
		rows := takeRows()
		defer rows.giveBack()
		views, err = v.fill(within(m, p), true, func(p camp.Page) ([]camp.Post, error) { return homeOf(tx, m.ID, p, rows) })
		return err
	})
	return views, err
}

// homeOf gives a page of the home line; it holds until the next is read into rows.
func homeOf(tx Tx, m camp.MemberID, p camp.Page, rows *rows) ([]camp.Post, error) {
	ids, err := tx.HomeIDs(m, p)
	if err != nil {
		return nil, err
	}
	here, err := tx.Fire(p)
	if err != nil {
		return nil, err
	}
	if !p.Climb {
		return rows.merge(tx, here, ids, p.Size())
	}
	list, err := rows.merge(tx, here, ids, len(here)+len(ids))
	return list[max(len(list)-p.Size(), 0):], err
}

// fillRounds is how many pages are read, at most, to give the reader a whole one.
const fillRounds = 25

// fill gives a page of what the viewer can see. Where some of it is not for them
// it reads on, so that a short page means the end of the list. near says that
// the posts lie close together.
func (v *viewing) fill(p camp.Page, near bool, read func(camp.Page) ([]camp.Post, error)) ([]camp.PostView, error) {
	var views []camp.PostView
	size := p.Size()
	for range fillRounds {
		list, err := read(p)
		if err != nil || len(list) == 0 {
			return views, err
		}
		oldest, newest := list[len(list)-1].ID, list[0].ID
		if near {
			if err := v.inOneRange(oldest, newest); err != nil {
				return nil, err
			}
		}
		more, err := v.all(list)
		if err != nil {
			return nil, err
		}
		switch {
		case p.Climb:
			views, p.After = append(more, views...), uint64(newest)
			views = views[max(len(views)-size, 0):]
		case views == nil: // most pages are whole at once, and views are large
			views, p.Before = more, uint64(oldest)
		default:
			views, p.Before = append(views, more...), uint64(oldest)
			views = views[:min(len(views), size)]
		}
		if len(views) == size || len(list) < size {
			break
		}
	}
	return views, nil
}

// merge puts two lists, both newest first, into one of at most size.
func (r *rows) merge(tx Tx, here []camp.Post, ids []camp.PostID, size int) ([]camp.Post, error) {
	list := r.list[:0]
	defer func() { r.list = list }()
	for len(list) < size && len(here)+len(ids) > 0 {
		if len(ids) == 0 || len(here) > 0 && here[0].ID >= ids[0] {
			if len(ids) > 0 && here[0].ID == ids[0] {
				ids = ids[1:]
			}
			list, here = append(list, here[0]), here[1:]
			continue
		}
		p, ok, err := tx.Post(ids[0])
		if err != nil {
			return nil, err
		}
		if ok {
			list = append(list, p)
		}
		ids = ids[1:]
	}
	return list, nil
}

// list is what the pages of posts have in common; quiet leaves out whom the
// reader muted.
func (s *Service) list(ctx context.Context, by camp.Actor, p camp.Page, op string, quiet bool, read func(Tx, camp.Member, camp.Page) ([]camp.Post, error)) (views []camp.PostView, err error) {
	err = s.view(ctx, op, func(tx Tx) error {
		m, err := reader(tx, by)
		if err != nil {
			return err
		}
		v := newViewing(tx, m)
		if quiet {
			v.withoutMuted()
		}
		views, err = v.fill(within(m, p), false, func(p camp.Page) ([]camp.Post, error) { return read(tx, m, p) })
		return err
	})
	return views, err
}

// By gives a page of what somebody wrote, answers too.
func (s *Service) By(ctx context.Context, by camp.Actor, who camp.MemberID, p camp.Page) ([]camp.PostView, error) {
	return s.list(ctx, by, p, "read profile", false, func(tx Tx, _ camp.Member, p camp.Page) ([]camp.Post, error) {
		return tx.PostsBy(who, p)
	})
}

// Tagged gives a page of the posts with a tag, as somebody typed it.
func (s *Service) Tagged(ctx context.Context, by camp.Actor, tag string, p camp.Page) ([]camp.PostView, error) {
	return s.list(ctx, by, p, "read tag", true, func(tx Tx, _ camp.Member, p camp.Page) ([]camp.Post, error) {
		if tag = FoldTag(tag); tag == "" || len(tag) > maxTag {
			return nil, nil
		}
		return tx.PostsTagged(tag, p)
	})
}

// Favourites gives a page of the reader's favourites, newest post first.
func (s *Service) Favourites(ctx context.Context, by camp.Actor, p camp.Page) ([]camp.PostView, error) {
	return s.list(ctx, by, p, "read favourites", false, func(tx Tx, m camp.Member, p camp.Page) ([]camp.Post, error) {
		ids, err := tx.FavouritesBy(m.ID, p)
		return postsOf(tx, ids, err)
	})
}

// Kept gives a page of the posts that the reader kept, newest post first.
func (s *Service) Kept(ctx context.Context, by camp.Actor, p camp.Page) ([]camp.PostView, error) {
	return s.list(ctx, by, p, "read kept posts", false, func(tx Tx, m camp.Member, p camp.Page) ([]camp.Post, error) {
		ids, err := tx.KeptBy(m.ID, p)
		return postsOf(tx, ids, err)
	})
}

func postsOf(tx Tx, ids []camp.PostID, err error) ([]camp.Post, error) {
	if err != nil {
		return nil, err
	}
	list := make([]camp.Post, 0, len(ids))
	for _, id := range ids {
		p, ok, err := tx.Post(id)
		if err != nil {
			return nil, err
		}
		if ok {
			list = append(list, p)
		}
	}
	return list, nil
}
