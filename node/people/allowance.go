package people

import (
	"context"
	"time"

	"camp/node/camp"
)

// SetGuestEnd chooses how long a guest still stays, at most ninety days from now
// (community.md 1); by the host, as often as they like.
func (s *Service) SetGuestEnd(ctx context.Context, by camp.Actor, name string, long time.Duration) error {
	return s.reach(ctx, "set the end of a stay", func(tx Tx) ([]camp.Event, error) {
		who, m, err := underHost(tx, by, name)
		if err != nil {
			return nil, err
		}
		if m.Role != camp.RoleGuest {
			return nil, refuse(camp.Invalid, "people.no_guest.say")
		}
		if long <= 0 || long > camp.GuestLongest {
			return nil, refuse(camp.Invalid, "people.guest_end.say", "Most", number(int(camp.GuestLongest.Hours()/24)))
		}
		ends := tx.Now().Add(long).Truncate(time.Millisecond)
		if m.Ends.Equal(ends) {
			return nil, nil
		}
		m.Ends = ends
		if err := tx.PutMember(m); err != nil {
			return nil, err
		}
		return joined(m), note(tx, who.ID, "log.guest_until", m.ID, map[string]string{"Day": ends.Format(time.DateOnly)})
	})
}

// SetInvites chooses how many invites a member may have open at once, 0 to 20; by
// the host (community.md 2). Those that are open stay so.
func (s *Service) SetInvites(ctx context.Context, by camp.Actor, name string, most int) error {
	return s.update(ctx, "set an allowance", func(tx Tx) ([]camp.Event, error) {
		who, m, err := underHost(tx, by, name)
		if err != nil {
			return nil, err
		}
		if m.Role != camp.RoleMember {
			return nil, refuse(camp.Invalid, "people.no_allowance.say")
		}
		if most < 0 || most > camp.MostInvites {
			return nil, refuse(camp.Invalid, "people.invites_most.say", "Most", number(camp.MostInvites))
		}
		if most == m.MayHaveOpen() {
			return nil, nil
		}
		switch m.Invites = most; most {
		case 0:
			m.Invites = camp.NoInvites
		case camp.UsualInvites:
			m.Invites = 0
		}
		if err := tx.PutMember(m); err != nil {
			return nil, err
		}
		return joined(m), note(tx, who.ID, "log.allowance", m.ID, map[string]string{"N": number(most)})
	})
}

// underHost gives the host and somebody in the camp who is not.
func underHost(tx Tx, by camp.Actor, name string) (who, m camp.Member, err error) {
	if who, err = hostActor(tx, by); err != nil {
		return who, m, err
	}
	if m, err = joinedNamed(tx, name); err == nil && m.Role == camp.RoleHost {
		err = refuse(camp.NotAllowed, "people.host_stays.say")
	}
	return who, m, err
}
