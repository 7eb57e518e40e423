package posts

import (
	"context"

	"camp/node/camp"
)

// Away is somebody whom a member muted or blocked.
type Away struct {
	camp.Apart
	Who  camp.Member
	From *camp.Remote // where they live elsewhere
}

// AwayFrom gives whom by muted or blocked, by id. Who blocked by is not told.
func (s *Service) AwayFrom(ctx context.Context, by camp.Actor) (list []Away, err error) {
	err = s.view(ctx, "list who is kept away", func(tx Tx) error {
		m, err := reader(tx, by)
		if err != nil {
			return err
		}
		all, err := tx.ApartOf(m.ID)
		if err != nil {
			return err
		}
		v := newViewing(tx, m)
		for _, a := range all {
			if !a.Muted && !a.Blocked {
				continue
			}
			who, err := v.member(a.Whom)
			if err != nil {
				return err
			}
			a.Theirs = false
			list = append(list, Away{Apart: a, Who: who, From: v.remotes[who.ID]})
		}
		return nil
	})
	return list, err
}

// Asking gives who asks to follow by and waits for an answer, by id.
func (s *Service) Asking(ctx context.Context, by camp.Actor) ([]Tie, error) {
	return s.ties(ctx, by, func(tx Tx, m camp.MemberID) (waiting []camp.Follow, err error) {
		all, err := tx.FollowersOf(m, 0, 0)
		for _, f := range all {
			if !f.Accepted {
				waiting = append(waiting, f)
			}
		}
		return waiting, err
	}, func(f camp.Follow) camp.MemberID { return f.From })
}

// PersonAt gives somebody elsewhere by the id of their account there.
func (s *Service) PersonAt(ctx context.Context, by camp.Actor, uri string) (r camp.Remote, err error) {
	return r, s.person(ctx, by, &r, func(tx Tx) (camp.Remote, bool, error) { return tx.RemoteByURI(uri) })
}
