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

// Signers gives the host all who may have a key to sign with for other servers:
// members who are in, and first the camp itself, 0.
func (s *Service) Signers(ctx context.Context, by camp.Actor) (list []camp.MemberID, err error) {
	err = s.view(ctx, "look up who signs", func(tx Tx) error {
		if _, err := hostActor(tx, by); err != nil {
			return err
		}
		all, err := tx.Members()
		list = []camp.MemberID{0}
		for _, m := range all {
			if m.Standing.In() && m.Role != camp.RoleGuest {
				list = append(list, m.ID)
			}
		}
		return err
	})
	return list, err
}

// NoteNewKeys writes into the host's log that the camp itself and everybody in it
// sign with other keys from now on.
func (s *Service) NoteNewKeys(ctx context.Context, by camp.Actor) error {
	return s.update(ctx, "note new keys", func(tx Tx) ([]camp.Event, error) {
		who, err := hostActor(tx, by)
		if err != nil {
			return nil, err
		}
		return []camp.Event{{Kind: camp.EventHouse}}, note(tx, who.ID, "log.all_keys_renewed", 0, nil)
	})
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
