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
		list, err := tx.Fire(within(m, p))
		if err != nil || len(list) == 0 {
			return err
		}
		v := newViewing(tx, m)
		if err := v.inOneRange(list[len(list)-1].ID, list[0].ID); err != nil {
			return err
		}
		views, err = v.all(list)
		return err
	})
	return views, err
}

// list is what the pages of posts have in common.
func (s *Service) list(ctx context.Context, by camp.Actor, p camp.Page, op string, read func(Tx, camp.Member, camp.Page) ([]camp.Post, error)) (views []camp.PostView, err error) {
	err = s.view(ctx, op, func(tx Tx) error {
		m, err := reader(tx, by)
		if err != nil {
			return err
		}
		list, err := read(tx, m, within(m, p))
		if err != nil {
			return err
		}
		views, err = newViewing(tx, m).all(list)
		return err
	})
	return views, err
}

// By gives a page of what somebody wrote, answers too.
func (s *Service) By(ctx context.Context, by camp.Actor, who camp.MemberID, p camp.Page) ([]camp.PostView, error) {
	return s.list(ctx, by, p, "read profile", func(tx Tx, _ camp.Member, p camp.Page) ([]camp.Post, error) {
		return tx.PostsBy(who, p)
	})
}

// Tagged gives a page of the posts with a tag, as somebody typed it.
func (s *Service) Tagged(ctx context.Context, by camp.Actor, tag string, p camp.Page) ([]camp.PostView, error) {
	return s.list(ctx, by, p, "read tag", func(tx Tx, _ camp.Member, p camp.Page) ([]camp.Post, error) {
		if tag = FoldTag(tag); tag == "" || len(tag) > maxTag {
			return nil, nil
		}
		return tx.PostsTagged(tag, p)
	})
}

// Favourites gives a page of the reader's favourites, newest post first.
func (s *Service) Favourites(ctx context.Context, by camp.Actor, p camp.Page) ([]camp.PostView, error) {
	return s.list(ctx, by, p, "read favourites", func(tx Tx, m camp.Member, p camp.Page) ([]camp.Post, error) {
		ids, err := tx.FavouritesBy(m.ID, p)
		return postsOf(tx, ids, err)
	})
}

// Kept gives a page of the posts that the reader kept, newest post first.
func (s *Service) Kept(ctx context.Context, by camp.Actor, p camp.Page) ([]camp.PostView, error) {
	return s.list(ctx, by, p, "read kept posts", func(tx Tx, m camp.Member, p camp.Page) ([]camp.Post, error) {
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
