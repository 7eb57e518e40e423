package posts

import (
	"context"

	"camp/node/camp"
)

// openPages bounds how many posts are looked through for those that are for everybody.
const openPages = 5

// OpenPost gives a post that was written here for everybody, or for everybody
// who has its address, as a stranger sees it: without marks and counts, which
// hold what members did among themselves. Anything else is NotFound, alike.
func (s *Service) OpenPost(ctx context.Context, id camp.PostID) (pv camp.PostView, err error) {
	err = s.view(ctx, "show a post to strangers", func(tx Tx) error {
		p, ok, err := tx.Post(id)
		if err != nil {
			return err
		}
		if ok = ok && isOpen(p); ok {
			pv, ok, err = strange(tx, p)
		}
		if err == nil && !ok {
			err = refuse(camp.NotFound, "posts.gone.say")
		}
		return err
	})
	return pv, err
}

// OpenBy gives what a member wrote for everybody, newest first. Posts for those
// who have the address are not among them (community.md 3).
func (s *Service) OpenBy(ctx context.Context, who camp.MemberID, limit int) (list []camp.PostView, err error) {
	err = s.view(ctx, "show posts to strangers", func(tx Tx) error {
		page := camp.Page{Limit: 40}
		for range openPages {
			read, err := tx.PostsBy(who, page)
			if err != nil {
				return err
			}
			for _, p := range read {
				if !isOpen(p) || p.Audience != camp.AudiencePublic {
					continue
				}
				pv, ok, err := strange(tx, p)
				if err != nil {
					return err
				}
				if ok {
					list = append(list, pv)
				}
				if len(list) == limit {
					return nil
				}
			}
			if len(read) < page.Size() {
				return nil
			}
			page.Before = uint64(read[len(read)-1].ID)
		}
		return nil
	})
	return list, err
}

// isOpen reports whether a post of ours may be shown to anybody who asks.
func isOpen(p camp.Post) bool {
	return p.Here() && p.BoostOf == 0 && (p.Audience == camp.AudiencePublic || p.Audience == camp.AudienceQuiet)
}

// strange is a post as a stranger sees it; not ok where its author is not to be seen.
func strange(tx Tx, p camp.Post) (pv camp.PostView, ok bool, err error) {
	m, ok, err := tx.Member(p.Author)
	if err != nil || !ok || !m.Standing.In() || m.Role == camp.RoleGuest {
		return pv, false, err
	}
	named := []camp.Member{}
	for _, id := range p.Mentions {
		n, ok, err := tx.Member(id)
		if err != nil {
			return pv, false, err
		}
		if ok && n.Standing.In() && n.Role != camp.RoleGuest {
			named = append(named, n)
		}
	}
	p.Replies, p.Favourites, p.Boosts, p.Quote, p.Quoted = 0, 0, 0, 0, ""
	return camp.PostView{Post: p, By: m, Named: named}, true, nil
}

// There reports whether a post is kept here.
func (s *Service) There(ctx context.Context, id camp.PostID) (there bool, err error) {
	err = s.view(ctx, "look whether a post is there", func(tx Tx) (err error) {
		_, there, err = tx.Post(id)
		return err
	})
	return there, err
}
