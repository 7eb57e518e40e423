package people

import (
	"context"
	"slices"
	"strings"
	"time"

	"camp/node/camp"
)

// Back lists, for the host, whom they removed and can still take back, the
// newest removal first.
func (s *Service) Back(ctx context.Context, by camp.Actor) (list []camp.Person, err error) {
	err = s.view(ctx, "list who was removed", func(tx Tx) error {
		if _, err := hostActor(tx, by); err != nil {
			return err
		}
		all, err := tx.Members()
		for _, m := range all {
			if canReturn(tx, m) {
				list = append(list, camp.Person{
					Name: m.Name, Display: m.Display, Role: m.Role, Standing: m.Standing, Joined: m.Joined, Ended: m.Ended, Final: m.Final, Erase: m.Erase,
				})
			}
		}
		return err
	})
	slices.SortFunc(list, func(a, b camp.Person) int {
		if c := b.Ended.Compare(a.Ended); c != 0 {
			return c
		}
		return strings.Compare(a.Name, b.Name)
	})
	return list, err
}

// canReturn reports whether a removal can still be undone.
func canReturn(tx Tx, m camp.Member) bool {
	return m.Standing == camp.Removed && tx.Now().Before(m.Final) && (m.Ends.IsZero() || tx.Now().Before(m.Ends))
}

// TakeBack undoes a removal, by the host, within 30 days of it: the person has
// their name, profile, role and ties again, and what they wrote where that was
// not erased. Their devices stay shut out for ever; they come in by a code made
// for them (InviteWish.Back).
func (s *Service) TakeBack(ctx context.Context, by camp.Actor, name string) error {
	return s.reach(ctx, "undo removal", func(tx Tx) ([]camp.Event, error) {
		who, err := hostActor(tx, by)
		if err != nil {
			return nil, err
		}
		m, err := named(tx, name)
		if err != nil {
			return nil, err
		}
		if !canReturn(tx, m) {
			return nil, refuse(camp.Conflict, "people.no_way_back.say", "Name", m.Name)
		}
		busy, err := tx.Erasings()
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(busy, func(e camp.Erasing) bool { return e.Member == m.ID }) {
			return nil, refuse(camp.Conflict, "people.still_erasing.say", "Name", m.Name) // what they write next would go with it
		}
		if err := roomFor(tx, m.ID, m.Role); err != nil {
			return nil, err
		}
		m.Standing, m.Ended, m.Final, m.Erase = camp.Joined, time.Time{}, time.Time{}, false
		if m.Until.After(tx.Now()) { // a break that is not over goes on
			m.Standing = camp.Suspended
		}
		if err := tx.PutMember(m); err != nil {
			return nil, err
		}
		return joined(m), note(tx, who.ID, "log.taken_back", m.ID, nil)
	})
}
