package people

import (
	"context"
	"time"

	"camp/node/camp"
)

// maxBreak is the longest break with an end (community.md 7).
const maxBreak = 30 * 24 * time.Hour

// Suspend gives somebody a break: they can read and take their things with
// them, but not write, until it ends by itself after long, or, with 0, until
// Return. By the host, or by a helper for people who are neither.
func (s *Service) Suspend(ctx context.Context, by camp.Actor, name string, long time.Duration) error {
	if long < 0 || long > maxBreak {
		return refuse(camp.Invalid, "people.break_long.say", "Most", number(int(maxBreak.Hours()/24)))
	}
	return s.update(ctx, "suspend", func(tx Tx) ([]camp.Event, error) {
		who, m, err := over(tx, by, name)
		if err != nil {
			return nil, err
		}
		m.Standing, m.Until = camp.Suspended, time.Time{}
		if long > 0 {
			m.Until = tx.Now().Add(long)
		}
		if err := tx.PutMember(m); err != nil {
			return nil, err
		}
		return joined(m), note(tx, who.ID, "log.suspended", m.ID, nil)
	})
}

// Return ends somebody's break before its time. Who has none stays as they are.
func (s *Service) Return(ctx context.Context, by camp.Actor, name string) error {
	return s.update(ctx, "end break", func(tx Tx) ([]camp.Event, error) {
		who, m, err := over(tx, by, name)
		if err != nil || m.Standing != camp.Suspended {
			return nil, err
		}
		m.Standing, m.Until = camp.Joined, time.Time{}
		if err := tx.PutMember(m); err != nil {
			return nil, err
		}
		return joined(m), note(tx, who.ID, "log.returned", m.ID, nil)
	})
}

// over gives the actor and somebody of the camp over whom they have the right.
func over(tx Tx, by camp.Actor, name string) (who, m camp.Member, err error) {
	if who, err = helpingActor(tx, by); err != nil {
		return who, m, err
	}
	if m, err = named(tx, name); err != nil {
		return who, m, err
	}
	switch {
	case !m.Standing.In():
		err = refuse(camp.NotFound, "people.not_here.say", "Name", m.Name)
	case m.Role == camp.RoleHost:
		err = refuse(camp.NotAllowed, "people.host_stays.say")
	case m.Role == camp.RoleHelper && who.Role != camp.RoleHost:
		err = refuse(camp.NotAllowed, "people.only_host.say")
	}
	return who, m, err
}

// onBreak reports whether somebody may not write now.
func onBreak(tx Tx, m camp.Member) bool {
	return m.Standing == camp.Suspended && (m.Until.IsZero() || tx.Now().Before(m.Until))
}

// afterBreak is somebody as they stand now: whose break is over is a member
// again, whether tidying was here or not.
func afterBreak(tx Tx, m camp.Member) camp.Member {
	if m.Standing == camp.Suspended && !onBreak(tx, m) {
		m.Standing, m.Until = camp.Joined, time.Time{}
	}
	return m
}

// writing is actor for what a break keeps somebody from.
func writing(tx Tx, by camp.Actor) (camp.Member, error) {
	m, err := actor(tx, by)
	if err == nil && onBreak(tx, m) {
		err = refuse(camp.NotAllowed, "people.on_break.say")
	}
	return m, err
}

// endBreak makes somebody whose break is over a member again.
func (s *Service) endBreak(ctx context.Context, id camp.MemberID) error {
	return s.update(ctx, "end break", func(tx Tx) ([]camp.Event, error) {
		m, ok, err := tx.Member(id)
		if err != nil || !ok || m.Standing != camp.Suspended || onBreak(tx, m) {
			return nil, err
		}
		m.Standing, m.Until = camp.Joined, time.Time{}
		return joined(m), tx.PutMember(m)
	})
}
