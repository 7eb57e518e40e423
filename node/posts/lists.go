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
		views, err = filled(tx, m, p, tx.Fire)
		return err
	})
	return views, err
}

// fillRounds is how often a page is read on where the reader cannot see some of
// what was read.
const fillRounds = 10

// filled gives a page of what the viewer can see and wants to: where some of what
// was read is left out, more is read, so that a page that is not full is the last.
func filled(tx Tx, m camp.Member, p camp.Page, read func(camp.Page) ([]camp.Post, error)) (views []camp.PostView, err error) {
	p = within(m, p)
	v := newViewing(tx, m)
	v.withoutMuted()
	for range fillRounds {
		list, err := read(p)
		if err != nil || len(list) == 0 {
			return views, err
		}
		if err := v.inOneRange(list[len(list)-1].ID, list[0].ID); err != nil {
			return nil, err
		}
		more, err := v.all(list)
		if err != nil {
			return nil, err
		}
		if views == nil {
			views = more
		} else {
			views = append(views, more...)
		}
		if len(list) < p.Size() || len(views) >= p.Size() {
			break
		}
		p.Before = uint64(list[len(list)-1].ID)
	}
	return views[:min(len(views), p.Size())], nil
}

// Home gives a page of what somebody follows: what is written in the camp for
// all, and what came to them from elsewhere, by age.
func (s *Service) Home(ctx context.Context, by camp.Actor, p camp.Page) (views []camp.PostView, err error) {
	err = s.view(ctx, "read home timeline", func(tx Tx) error {
		m, err := reader(tx, by)
		if err != nil {
			return err
		}
		views, err = filled(tx, m, p, func(p camp.Page) ([]camp.Post, error) {
			ids, err := tx.HomeIDs(m.ID, p)
			if err != nil {
				return nil, err
			}
			here, err := tx.Fire(p)
			if err != nil {
				return nil, err
			}
			return merge(tx, here, ids, p.Size())
		})
		return err
	})
	return views, err
}

// merge puts two lists, both newest first, into one of at most size.
func merge(tx Tx, here []camp.Post, ids []camp.PostID, size int) ([]camp.Post, error) {
	list := make([]camp.Post, 0, size)
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
		list, err := read(tx, m, within(m, p))
		if err != nil {
			return err
		}
		v := newViewing(tx, m)
		if quiet {
			v.withoutMuted()
		}
		views, err = v.all(list)
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
