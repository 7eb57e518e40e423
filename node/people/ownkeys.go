package people

import (
	"context"

	"camp/node/camp"
)

// SignsAs tells the host whose signing key they mean by a name: a member's whom
// other servers know. "" is the camp itself, 0. Nothing is changed.
func (s *Service) SignsAs(ctx context.Context, by camp.Actor, name string) (id camp.MemberID, err error) {
	err = s.view(ctx, "look up whose key", func(tx Tx) error {
		if _, err := hostActor(tx, by); err != nil || name == "" {
			return err
		}
		m, err := joinedNamed(tx, name)
		if err == nil && m.Role == camp.RoleGuest {
			err = refuse(camp.NotFound, "fed.no_key.say")
		}
		id = m.ID
		return err
	})
	return id, err
}

// NoteNewKey writes into the host's log that somebody signs with another key from
// now on; 0 is the camp itself.
func (s *Service) NoteNewKey(ctx context.Context, by camp.Actor, whose camp.MemberID) error {
	return s.update(ctx, "note a new key", func(tx Tx) ([]camp.Event, error) {
		who, err := hostActor(tx, by)
		if err != nil {
			return nil, err
		}
		deed := "log.key_renewed"
		if whose == 0 {
			deed = "log.camp_key_renewed"
		}
		return []camp.Event{{Kind: camp.EventHouse}}, note(tx, who.ID, deed, whose, nil)
	})
}
