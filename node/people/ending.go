package people

import (
	"context"

	"camp/node/camp"
)

// Remove ends somebody's membership, by the host, or by a helper for people who
// are neither host nor helper. Their links, sessions and tokens end in the same
// act; the name stays taken for ever. What only they used is erased afterwards,
// and with erase what they wrote too: a job that node/posts works off.
func (s *Service) Remove(ctx context.Context, by camp.Actor, name string, erase bool) error {
	return s.update(ctx, "remove member", func(tx Tx) ([]camp.Event, error) {
		who, err := helpingActor(tx, by)
		if err != nil {
			return nil, err
		}
		m, err := named(tx, name)
		if err != nil {
			return nil, err
		}
		switch {
		case !m.Standing.Counts():
			return nil, refuse(camp.NotFound, "people.not_here.say", "Name", m.Name)
		case m.Role == camp.RoleHost:
			return nil, refuse(camp.NotAllowed, "people.host_stays.say")
		case m.Role == camp.RoleHelper && who.Role != camp.RoleHost:
			return nil, refuse(camp.NotAllowed, "people.only_host.say")
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
	return []camp.Event{{Kind: camp.EventMemberGone, Member: m.ID, To: m.ID}, {Kind: camp.EventMember, Member: m.ID}}
}
