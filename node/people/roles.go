package people

import (
	"context"
	"time"

	"camp/node/camp"
)

// SetRole changes somebody's role; host only. The host's own role stays as it
// is, and nobody else becomes host. Who is to be a helper is asked, and is one
// from the moment they say yes (community.md 1); any other role takes the
// question back. Who becomes a guest invites nobody any more.
func (s *Service) SetRole(ctx context.Context, by camp.Actor, name string, role camp.Role) error {
	return s.reach(ctx, "set role", func(tx Tx) ([]camp.Event, error) {
		who, err := hostActor(tx, by)
		if err != nil {
			return nil, err
		}
		m, err := joinedNamed(tx, name)
		if err != nil {
			return nil, err
		}
		if m.Role == camp.RoleHost {
			return nil, refuse(camp.NotAllowed, "people.host_stays.say")
		}
		if err := mayGive(who, role); err != nil {
			return nil, err
		}
		if role == camp.RoleHelper {
			return offer(tx, who, m)
		}
		if m.Role == role && !m.Offered {
			return nil, nil
		}
		deed := "log.role_" + string(role)
		if m.Role == role {
			deed = "log.helper_not_asked"
		} else if err := roomFor(tx, m.ID, role); err != nil {
			return nil, err
		}
		m.Role, m.Offered, m.Ends = role, false, time.Time{}
		if role == camp.RoleGuest {
			m.Ends = tx.Now().Add(guestStay)
			if err := cancelInvitesOf(tx, m.ID); err != nil {
				return nil, err
			}
		}
		if err := tx.PutMember(m); err != nil {
			return nil, err
		}
		return joined(m), note(tx, who.ID, deed, m.ID, nil)
	})
}

// offer asks somebody to be a helper.
func offer(tx Tx, who, m camp.Member) ([]camp.Event, error) {
	if m.Role == camp.RoleHelper || m.Offered {
		return nil, nil
	}
	if err := roomFor(tx, m.ID, camp.RoleHelper); err != nil {
		return nil, err
	}
	m.Offered = true
	if err := tx.PutMember(m); err != nil {
		return nil, err
	}
	return joined(m), note(tx, who.ID, "log.helper_asked", m.ID, nil)
}

// AnswerOffer is by's own answer to the question whether they will be a helper.
func (s *Service) AnswerOffer(ctx context.Context, by camp.Actor, yes bool) error {
	return s.reach(ctx, "answer offer", func(tx Tx) ([]camp.Event, error) {
		m, err := actor(tx, by)
		if err != nil {
			return nil, err
		}
		if !m.Offered {
			return nil, refuse(camp.Conflict, "people.not_offered.say")
		}
		m.Offered = false
		if !yes { // nobody else's business than the host's, whose list shows it
			return joined(m), tx.PutMember(m)
		}
		if err := roomFor(tx, m.ID, camp.RoleHelper); err != nil {
			return nil, err
		}
		m.Role, m.Ends = camp.RoleHelper, time.Time{}
		if err := tx.PutMember(m); err != nil {
			return nil, err
		}
		return joined(m), note(tx, m.ID, "log.helper_accepted", 0, nil)
	})
}

// LayDown ends by's own role of helper, at once and without a reason.
func (s *Service) LayDown(ctx context.Context, by camp.Actor) error {
	return s.reach(ctx, "lay down role", func(tx Tx) ([]camp.Event, error) {
		m, err := actor(tx, by)
		if err != nil {
			return nil, err
		}
		if m.Role != camp.RoleHelper {
			return nil, refuse(camp.Conflict, "people.no_helper.say")
		}
		m.Role = camp.RoleMember
		if err := tx.PutMember(m); err != nil {
			return nil, err
		}
		return joined(m), note(tx, m.ID, "log.helper_laid_down", 0, nil)
	})
}
