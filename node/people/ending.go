package people

import (
	"context"
	"time"

	"camp/node/camp"
)

// undoFor is how long the host can undo a removal (desktop.md B5).
const undoFor = 30 * 24 * time.Hour

// Remove ends somebody's membership, by the host, or by a helper for people who
// are neither host nor helper. Their devices, links, sessions, tokens and open
// invites end in the same act; their keys are refused and the name stays taken
// for ever. With erase what they wrote goes too: a job that node/posts works
// off. The host can undo the rest for 30 days (TakeBack); then it is final, what
// only they used is erased, and others elsewhere are told.
func (s *Service) Remove(ctx context.Context, by camp.Actor, name string, erase bool) error {
	return s.reach(ctx, "remove member", func(tx Tx) ([]camp.Event, error) {
		who, m, err := over(tx, by, name)
		if err != nil {
			return nil, err
		}
		deed := "log.member_removed"
		if erase {
			deed = "log.member_erased"
		}
		events, err := putOut(tx, m, erase)
		if err != nil {
			return nil, err
		}
		return events, note(tx, who.ID, deed, m.ID, nil)
	})
}

// putOut shuts somebody out in a way that can be undone until it is final.
func putOut(tx Tx, m camp.Member, erase bool) ([]camp.Event, error) {
	m.Final, m.Erase = tx.Now().Add(undoFor), erase
	if err := dropRights(tx, m, camp.Removed); err != nil || !erase {
		return gone(m), err
	}
	return gone(m), tx.PutErasing(camp.Erasing{Member: m.ID, Posts: true, Only: true})
}

// finish makes a removal final.
func (s *Service) finish(ctx context.Context, id camp.MemberID) error {
	return s.update(ctx, "finish removal", func(tx Tx) ([]camp.Event, error) {
		m, ok, err := tx.Member(id)
		if err != nil || !ok || m.Standing != camp.Removed || m.Final.IsZero() || tx.Now().Before(m.Final) {
			return nil, err
		}
		m.Final = time.Time{}
		if err := tx.PutMember(m); err != nil {
			return nil, err
		}
		return s.letGo(tx, m)
	})
}

// end takes every right from a person in one act, leaves the job of erasing, and
// word for those elsewhere who knew them.
func (s *Service) end(tx Tx, m camp.Member, standing camp.Standing, erase bool) ([]camp.Event, error) {
	m.Final, m.Erase = time.Time{}, erase
	if err := dropRights(tx, m, standing); err != nil {
		return nil, err
	}
	told, err := s.letGo(tx, m)
	return append(gone(m), told...), err
}

// letGo is what follows once an end is final.
func (s *Service) letGo(tx Tx, m camp.Member) ([]camp.Event, error) {
	if err := dropNear(tx, m.ID); err != nil {
		return nil, err
	}
	if err := tx.PutErasing(camp.Erasing{Member: m.ID, Posts: m.Erase}); err != nil {
		return nil, err
	}
	told, err := s.farewell(tx, m)
	return append(told, camp.Event{Kind: camp.EventJoin, Member: m.ID}), err
}

// farewell leaves word that an account is no more, for all servers that had
// anything of it. Of a guest they know only where the guest was a member before.
func (s *Service) farewell(tx Tx, m camp.Member) ([]camp.Event, error) {
	if !s.outside() {
		return nil, nil
	}
	if m.Role == camp.RoleGuest {
		if _, had, err := tx.ActorKey(m.ID); err != nil || !had {
			return nil, err
		}
	}
	return []camp.Event{{Kind: camp.EventErrand}}, tx.PutErrand(camp.Errand{ID: tx.NextID(), At: tx.Now(), By: m.ID, Do: camp.ErrandGone})
}

// dropNear ends the follows between somebody and people of the camp. Those of
// people elsewhere last until these were told (posts.Service.Resume).
func dropNear(tx Tx, m camp.MemberID) error {
	out, err := tx.FollowsOf(m, 0, 0)
	if err != nil {
		return err
	}
	in, err := tx.FollowersOf(m, 0, 0)
	if err != nil {
		return err
	}
	for _, f := range append(out, in...) {
		other := f.To
		if other == m {
			other = f.From
		}
		if _, near, err := tx.Member(other); err != nil || !near {
			if err != nil {
				return err
			}
			continue
		}
		if err := tx.DropFollow(f.From, f.To); err != nil {
			return err
		}
	}
	return nil
}

func dropRights(tx Tx, m camp.Member, standing camp.Standing) error {
	m.Standing, m.Ended = standing, tx.Now()
	if err := tx.PutMember(m); err != nil {
		return err
	}
	if err := dropDevices(tx, m.ID, true); err != nil {
		return err
	}
	if err := cancelInvitesOf(tx, m.ID); err != nil {
		return err
	}
	if err := tx.DropLinksOf(m.ID); err != nil {
		return err
	}
	sessions, err := tx.SessionsOf(m.ID)
	if err != nil {
		return err
	}
	for _, s := range sessions {
		if err := tx.DropSession(s.Hash); err != nil {
			return err
		}
	}
	tokens, err := tx.TokensOf(m.ID)
	if err != nil {
		return err
	}
	for _, t := range tokens {
		if err := tx.DropToken(t.Hash); err != nil {
			return err
		}
	}
	return nil
}

func gone(m camp.Member) []camp.Event {
	return []camp.Event{{Kind: camp.EventMemberGone, Member: m.ID, To: m.ID}, {Kind: camp.EventMember, Member: m.ID}, {Kind: camp.EventJoin, Member: m.ID}}
}
