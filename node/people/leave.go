package people

import (
	"context"
	"time"

	"camp/node/camp"
)

// leaveTime is how long somebody who leaves can think better of it (community.md 10).
const leaveTime = 7 * 24 * time.Hour

// Leave begins the end of by's own membership: in seven days their devices are
// forgotten, and with erase what they wrote goes too; till then they can Stay.
// The host cannot leave: the camp lives on their computer. Who leaves already
// may choose anew what becomes of their posts; the day stays.
func (s *Service) Leave(ctx context.Context, by camp.Actor, erase bool) (m camp.Member, err error) {
	err = s.update(ctx, "leave", func(tx Tx) ([]camp.Event, error) {
		if m, err = actor(tx, by); err != nil {
			return nil, err
		}
		if m.Role == camp.RoleHost {
			return nil, refuse(camp.NotAllowed, "people.host_leaves.say")
		}
		if m.Final.IsZero() {
			m.Final = tx.Now().Add(leaveTime)
		}
		m.Erase = erase
		return joined(m), tx.PutMember(m)
	})
	return m, err
}

// Stay takes leaving back; who does not leave stays as they are.
func (s *Service) Stay(ctx context.Context, by camp.Actor) error {
	return s.update(ctx, "stay", func(tx Tx) ([]camp.Event, error) {
		m, err := actor(tx, by)
		if err != nil || m.Final.IsZero() {
			return nil, err
		}
		m.Final, m.Erase = time.Time{}, false
		return joined(m), tx.PutMember(m)
	})
}

// goes ends the membership of somebody whose time to think is over. Whoever
// became the host meanwhile stays.
func (s *Service) goes(ctx context.Context, id camp.MemberID) error {
	return s.reach(ctx, "end membership", func(tx Tx) ([]camp.Event, error) {
		m, ok, err := tx.Member(id)
		if err != nil || !ok || !m.Standing.In() || m.Final.IsZero() || tx.Now().Before(m.Final) || m.Role == camp.RoleHost {
			return nil, err
		}
		deed := "log.left"
		if m.Erase {
			deed = "log.left_erased"
		}
		events, err := s.end(tx, m, camp.Left, m.Erase)
		if err != nil {
			return nil, err
		}
		return events, note(tx, 0, deed, m.ID, nil)
	})
}
