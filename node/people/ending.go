package people

import (
	"context"

	"camp/node/camp"
)

// Remove ends somebody's membership, by the host, or by a helper for people who
// are neither host nor helper. Their devices, links, sessions, tokens and open
// invites end in the same act; their keys are refused and the name stays taken
// for ever. What only they used is erased afterwards, and with erase what they
// wrote too: a job that node/posts works off.
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
		if err := end(tx, m, camp.Removed, erase); err != nil {
			return nil, err
		}
		return gone(m), note(tx, who.ID, deed, m.ID, nil)
	})
}

// end takes every right from a person in one act and leaves the job of erasing.
func end(tx Tx, m camp.Member, standing camp.Standing, erase bool) error {
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
	return tx.PutErasing(camp.Erasing{Member: m.ID, Posts: erase})
}

func gone(m camp.Member) []camp.Event {
	return []camp.Event{{Kind: camp.EventMemberGone, Member: m.ID, To: m.ID}, {Kind: camp.EventMember, Member: m.ID}, {Kind: camp.EventJoin, Member: m.ID}}
}
