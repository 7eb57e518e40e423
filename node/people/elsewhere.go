package people

import (
	"context"
	"slices"
	"time"

	"camp/node/camp"
)

const (
	maxAlso   = 10 // accounts elsewhere of one member
	moveEvery = 7 * 24 * time.Hour
)

// tell writes a member's row and leaves word of the change for other servers,
// where the camp talks with any. They do not know of guests (community.md 1).
func (s *Service) tell(tx Tx, m camp.Member, e camp.Errand) ([]camp.Event, error) {
	events := []camp.Event{{Kind: camp.EventMember, Member: m.ID}}
	if err := tx.PutMember(m); err != nil || !s.outside() || m.Role == camp.RoleGuest {
		return events, err
	}
	e.ID, e.At, e.By = tx.NextID(), tx.Now(), m.ID
	return append(events, camp.Event{Kind: camp.EventErrand}), tx.PutErrand(e)
}

// abroad gives the row of somebody who changes how other servers see them.
func (s *Service) abroad(tx Tx, by camp.Actor) (camp.Member, error) {
	m, err := writing(tx, by)
	if err == nil && !s.outside() {
		err = refuse(camp.NotAllowed, "people.no_outside.say")
	}
	if err == nil && m.Role == camp.RoleGuest {
		err = refuse(camp.NotAllowed, "people.guest_outside.say")
	}
	return m, err
}

// SetReach says how by can be found and followed from elsewhere: Locked, Shy,
// Discoverable and Indexable of w; the rest of it is not read.
func (s *Service) SetReach(ctx context.Context, by camp.Actor, w camp.Member) error {
	return s.update(ctx, "set reach", func(tx Tx) ([]camp.Event, error) {
		m, err := s.abroad(tx, by)
		if err != nil {
			return nil, err
		}
		if m.Locked == w.Locked && m.Shy == w.Shy && m.Discoverable == w.Discoverable && m.Indexable == w.Indexable {
			return nil, nil
		}
		m.Locked, m.Shy, m.Discoverable, m.Indexable = w.Locked, w.Shy, w.Discoverable, w.Indexable
		return s.tell(tx, m, camp.Errand{Do: camp.ErrandProfile})
	})
}

// AddAlso says that an account elsewhere is by's too, so that its followers can
// be sent here (FEP-7628). Twice is as once.
func (s *Service) AddAlso(ctx context.Context, by camp.Actor, from camp.Remote) error {
	return s.update(ctx, "name another account", func(tx Tx) ([]camp.Event, error) {
		m, err := s.abroad(tx, by)
		if err != nil || from.URI == "" || slices.Contains(m.Also, from.URI) {
			return nil, err
		}
		if len(m.Also) >= maxAlso {
			return nil, refuse(camp.Full, "people.also_full.say", "Most", number(maxAlso))
		}
		m.Also = append(slices.Clone(m.Also), from.URI)
		return s.tell(tx, m, camp.Errand{Do: camp.ErrandProfile})
	})
}

// DropAlso takes that back; one that is not there is NotFound.
func (s *Service) DropAlso(ctx context.Context, by camp.Actor, uri string) error {
	return s.update(ctx, "take another account back", func(tx Tx) ([]camp.Event, error) {
		m, err := s.abroad(tx, by)
		if err != nil {
			return nil, err
		}
		at := slices.Index(m.Also, uri)
		if at < 0 {
			return nil, refuse(camp.NotFound, "people.also_none.say")
		}
		m.Also = slices.Delete(slices.Clone(m.Also), at, at+1)
		return s.tell(tx, m, camp.Errand{Do: camp.ErrandProfile})
	})
}

// MayMove says why by cannot send their followers to an account elsewhere, nil
// for nothing. to is as its own server says now.
func (s *Service) MayMove(ctx context.Context, by camp.Actor, to camp.Remote) error {
	return s.view(ctx, "look at a move", func(tx Tx) error {
		_, err := s.mover(tx, by, to)
		return err
	})
}

// Move sends by's followers elsewhere to another account of theirs. It cannot
// be undone; they stay a member of the camp.
func (s *Service) Move(ctx context.Context, by camp.Actor, to camp.Remote) error {
	return s.update(ctx, "move elsewhere", func(tx Tx) ([]camp.Event, error) {
		m, err := s.mover(tx, by, to)
		if err != nil {
			return nil, err
		}
		m.Moved, m.MovedAt = to.URI, tx.Now()
		return s.tell(tx, m, camp.Errand{Do: camp.ErrandMove, Whom: to.ID, URI: to.URI})
	})
}

// mover gives the row of somebody who may move there: it is an account that
// stands, it says that it is theirs, and the last move was a week ago or more
// (federation.md 6).
func (s *Service) mover(tx Tx, by camp.Actor, to camp.Remote) (camp.Member, error) {
	m, err := s.abroad(tx, by)
	if err != nil {
		return m, err
	}
	mine := s.account(m.Name)
	switch free := m.MovedAt.Add(moveEvery); {
	case to.URI == "" || to.ID == 0 || !to.Gone.IsZero():
		err = refuse(camp.NotFound, "people.move_gone.say", "Name", to.Handle())
	case to.URI == m.Moved:
		err = refuse(camp.Conflict, "people.move_again.say", "Name", to.Handle())
	case to.Moved != "":
		err = refuse(camp.Conflict, "people.move_moved.say", "Name", to.Handle())
	case !slices.Contains(to.Also, mine):
		err = refuse(camp.Conflict, "people.move_unknown.say", "Name", to.Handle(), "Mine", mine)
	case !m.MovedAt.IsZero() && tx.Now().Before(free):
		err = refuse(camp.Conflict, "people.move_soon.say", "Day", free.Format(time.DateOnly))
	}
	return m, err
}
