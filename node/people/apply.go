package people

import (
	"context"
	"strings"
	"time"

	"camp/node/camp"
)

// Apply takes somebody's request to join, by an invite whose key they hold. The
// same key again gives the same answer; a used invite is a Conflict, one that is
// over NotFound, changed rules a Conflict, a full camp Full.
func (s *Service) Apply(ctx context.Context, id camp.InviteID, a camp.Application) (camp.Visitor, error) {
	return s.apply(ctx, a, func(tx Tx) (camp.Invite, error) {
		i, ok, err := tx.Invite(id)
		if err == nil && (!ok || i.Phone || i.For != 0) {
			err = refuse(camp.NotFound, "people.invite_none.say")
		}
		return i, err
	})
}

// ApplyPhone is Apply for a phone that holds a configuration; the serial is
// that of its lasting address. The key in a counts for nothing: it is the invite's.
func (s *Service) ApplyPhone(ctx context.Context, serial uint64, a camp.Application) (camp.Visitor, error) {
	return s.apply(ctx, a, func(tx Tx) (camp.Invite, error) { return phoneInvite(tx, serial) })
}

func phoneInvite(tx Tx, serial uint64) (camp.Invite, error) {
	all, err := tx.Invites()
	if err != nil {
		return camp.Invite{}, err
	}
	for _, i := range all {
		if i.Phone && i.Serial == serial {
			return i, nil
		}
	}
	return camp.Invite{}, refuse(camp.NotFound, "people.invite_none.say")
}

func (s *Service) apply(ctx context.Context, a camp.Application, by func(Tx) (camp.Invite, error)) (v camp.Visitor, err error) {
	if a, err = cleanApplication(a); err != nil {
		return v, err
	}
	err = s.reach(ctx, "ask to join", func(tx Tx) ([]camp.Event, error) {
		inv, err := by(tx)
		if err != nil {
			return nil, err
		}
		if inv.Phone {
			a.Key, a.Phone = inv.Key, true
		}
		done := false
		if v, done, err = answered(tx, inv, a.Key); err != nil || done {
			return nil, err
		}
		if err := mayApply(tx, inv, a); err != nil {
			return nil, err
		}
		m, err := enterWaiting(tx, inv, a)
		if err != nil {
			return nil, err
		}
		if err := use(tx, inv); err != nil {
			return nil, err
		}
		d, _, err := tx.DeviceByKey(a.Key)
		if err == nil {
			v, err = visitorOf(tx, d)
		}
		return []camp.Event{{Kind: camp.EventJoin, Member: m.ID}, {Kind: camp.EventMember, Member: m.ID}}, err
	})
	s.wakeSoon()
	return v, err
}

// answered gives the answer that a key had before by the same invite. By
// another it is none of the asker's business what became of a key; only where
// its request ended with a no, or with none, it may ask anew.
func answered(tx Tx, inv camp.Invite, key [32]byte) (v camp.Visitor, done bool, err error) {
	d, ok, err := tx.DeviceByKey(key)
	if err != nil || !ok {
		return v, false, err
	}
	was, err := visitorOf(tx, d)
	if err != nil {
		return v, false, err
	}
	a, _, err := tx.Asked(d.Member)
	if err != nil {
		return v, false, err
	}
	switch {
	case a.Invite == inv.ID:
		return was, true, nil
	case was.Standing.In() || was.Peer.Principal == camp.PrincipalWaiting:
		return v, false, refuse(camp.Conflict, "people.key_bad.say")
	}
	return v, false, tx.DropDevice(d.Serial)
}

// cleanApplication makes what a stranger sent safe to keep and to show.
func cleanApplication(a camp.Application) (camp.Application, error) {
	a.Name = camp.CleanLine(a.Name, maxDisplay)
	if a.Name == "" {
		return a, refuse(camp.Invalid, "people.display_empty.say")
	}
	text, err := shortText(a.Message, camp.MaxMessage)
	if err != nil {
		return a, err
	}
	a.Message, a.Device = text, camp.CleanLine(a.Device, camp.MaxDeviceLabel)
	return a, nil
}

func mayApply(tx Tx, inv camp.Invite, a camp.Application) error {
	now := tx.Now()
	if a.Key == ([32]byte{}) {
		return refuse(camp.Invalid, "people.key_bad.say")
	}
	if inv.State == camp.InviteUsed {
		return refuse(camp.Conflict, "people.invite_used.say")
	}
	if !inv.State.Open() || !now.Before(inv.Ends) {
		return refuse(camp.NotFound, "people.invite_over.say")
	}
	if buried, err := tx.Buried(a.Key); err != nil || buried {
		if err == nil {
			err = refuse(camp.NotAllowed, "people.key_over.say")
		}
		return err
	}
	if held, err := heldByPhone(tx, a.Key); err != nil || held && !inv.Phone {
		if err == nil {
			err = refuse(camp.Conflict, "people.key_bad.say")
		}
		return err
	}
	rules, _, err := tx.Rules(0)
	if err != nil {
		return err
	}
	if a.Version != rules.Version || a.Hash != rules.Hash {
		return refuse(camp.Conflict, "people.rules_newer.say")
	}
	if err := roomFor(tx, 0, camp.RoleMember); err != nil {
		return err
	}
	waiting, err := countWaiting(tx)
	if err == nil && waiting >= camp.MaxWaiting {
		err = refuse(camp.Full, "people.waiting_full.say")
	}
	return err
}

func countWaiting(tx Tx) (n int, err error) {
	all, err := tx.Members()
	for _, m := range all {
		if m.Standing == camp.Waiting {
			n++
		}
	}
	return n, err
}

// enterWaiting writes the person who asks, their device, agreement and words.
func enterWaiting(tx Tx, inv camp.Invite, a camp.Application) (camp.Member, error) {
	handle, err := freeHandle(tx, a.Name)
	if err != nil {
		return camp.Member{}, err
	}
	now := tx.Now()
	m := camp.Member{
		ID: camp.MemberID(tx.NextID()), Name: handle, Display: a.Name, Role: camp.RoleMember, Standing: camp.Waiting, Agreed: a.Version,
	}
	if err := tx.PutMember(m); err != nil {
		return m, err
	}
	if err := tx.PutAgreement(camp.Agreement{Member: m.ID, Version: a.Version, Hash: a.Hash, At: now, By: "self"}); err != nil {
		return m, err
	}
	d := camp.Device{Serial: inv.Serial, Member: m.ID, Key: a.Key, Preshared: inv.Preshared, Label: a.Device, Made: now, Phone: a.Phone}
	if !inv.Phone {
		d.Preshared = camp.Secret{}
		if d.Serial, err = tx.NextSerial(); err != nil {
			return m, err
		}
	}
	if err := tx.PutDevice(d); err != nil {
		return m, err
	}
	return m, tx.PutAsked(camp.Asked{Member: m.ID, Message: a.Message, Invite: inv.ID, Note: inv.Note, By: inv.By, At: now, Key: a.Key})
}

// freeHandle makes a handle of a shown name that nobody ever had.
func freeHandle(tx Tx, name string) (string, error) {
	base := HandleFrom(name)
	if base == "host" {
		base = "camper"
	}
	for n := 1; n < 1000; n++ {
		h := base
		if n > 1 {
			suffix := "_" + number(n)
			h = strings.TrimRight(base[:min(len(base), 30-len(suffix))], "_") + suffix
		}
		if _, taken, err := tx.MemberByName(h); err != nil || !taken {
			return h, err
		}
	}
	return "", refuse(camp.Conflict, "people.name_taken.say", "Name", base)
}

// Asked gives who waits, the oldest first, to host and helpers.
func (s *Service) Asked(ctx context.Context, by camp.Actor) (list []camp.Asked, err error) {
	err = s.view(ctx, "list who waits", func(tx Tx) error {
		if m, err := actor(tx, by); err != nil || !helps(m) {
			if err == nil {
				err = refuse(camp.NotAllowed, "people.only_helper.say")
			}
			return err
		}
		all, err := tx.AllAsked()
		for _, a := range all {
			if a.Decided.IsZero() {
				list = append(list, a)
			}
		}
		return err
	})
	return list, err
}

// overWaiting gives who decides, and whom about: somebody who waits, by the
// handle that lists show.
func overWaiting(tx Tx, by camp.Actor, name string) (who, m camp.Member, a camp.Asked, err error) {
	if who, err = helpingActor(tx, by); err != nil {
		return who, m, a, err
	}
	if m, err = named(tx, name); err != nil {
		return who, m, a, err
	}
	a, ok, err := tx.Asked(m.ID)
	if err == nil && (!ok || m.Standing != camp.Waiting) {
		err = refuse(camp.Conflict, "people.not_waiting.say", "Name", m.Name)
	}
	return who, m, a, err
}

// Approve lets somebody in who waits; it takes one of the camp's places.
func (s *Service) Approve(ctx context.Context, by camp.Actor, name string) error {
	return s.reach(ctx, "let in", func(tx Tx) ([]camp.Event, error) {
		who, m, a, err := overWaiting(tx, by, name)
		if err != nil {
			return nil, err
		}
		if err := roomFor(tx, m.ID, camp.RoleMember); err != nil {
			return nil, err
		}
		m.Standing, m.Joined, a.Decided = camp.Joined, tx.Now(), tx.Now()
		if err := tx.PutMember(m); err != nil {
			return nil, err
		}
		if err := tx.PutAsked(a); err != nil {
			return nil, err
		}
		return joined(m), note(tx, who.ID, "log.let_in", m.ID, nil)
	})
}

func joined(m camp.Member) []camp.Event {
	return []camp.Event{{Kind: camp.EventMember, Member: m.ID}, {Kind: camp.EventJoin, Member: m.ID}}
}

// Decline says no to somebody who waits; answer is what they read, or nothing.
func (s *Service) Decline(ctx context.Context, by camp.Actor, name, answer string) error {
	text, err := shortText(answer, camp.MaxAnswer)
	if err != nil {
		return err
	}
	return s.reach(ctx, "decline", func(tx Tx) ([]camp.Event, error) {
		who, m, a, err := overWaiting(tx, by, name)
		if err != nil {
			return nil, err
		}
		a.Answer = text
		if err := unseat(tx, m, a, camp.Declined); err != nil {
			return nil, err
		}
		return joined(m), note(tx, who.ID, "log.declined", m.ID, nil)
	})
}

// Withdraw takes a request back, by the device that made it.
func (s *Service) Withdraw(ctx context.Context, serial uint64) error {
	defer s.wakeSoon()
	return s.reach(ctx, "withdraw", func(tx Tx) ([]camp.Event, error) {
		m, a, err := askedBy(tx, serial)
		switch {
		case err != nil || m.ID == 0:
			return nil, err
		case m.Standing == camp.Withdrawn:
			return nil, nil // they did not get the answer, and ask again
		case m.Standing != camp.Waiting:
			return nil, refuse(camp.Conflict, "people.not_waiting.say", "Name", m.Name)
		}
		return joined(m), unseat(tx, m, wordless(a), camp.Withdrawn) // the device goes once the answer has arrived: dropTurnedAway
	})
}

// askedBy gives whose device it is and what they asked for: nobody where it is of
// nobody who is known, Conflict where they asked for nothing.
func askedBy(tx Tx, serial uint64) (m camp.Member, a camp.Asked, err error) {
	d, ok, err := tx.Device(serial)
	if err != nil || !ok {
		return m, a, err
	}
	if m, ok, err = tx.Member(d.Member); err != nil || !ok {
		return camp.Member{}, a, err
	}
	a, ok, err = tx.Asked(m.ID)
	if err == nil && !ok {
		err = refuse(camp.Conflict, "people.not_waiting.say", "Name", m.Name)
	}
	return m, a, err
}

// wordless is an application without what somebody wrote, and without their key.
func wordless(a camp.Asked) camp.Asked {
	a.Message, a.Note, a.Key, a.Question, a.Reply = "", "", [32]byte{}, "", ""
	return a
}

// dropTurnedAway forgets the devices of those who took their request back or
// were told no, when the answer was there for them long enough.
func (s *Service) dropTurnedAway(ctx context.Context) error {
	return inSlices(ctx, s.store, func(tx Tx) (list []camp.Device, err error) {
		all, err := tx.Devices()
		if err != nil {
			return nil, err
		}
		for _, d := range all {
			v, err := visitorOf(tx, d)
			if err != nil {
				return nil, err
			}
			if v.Peer.Principal != camp.PrincipalNone || v.Standing != camp.Withdrawn && v.Standing != camp.Declined {
				continue
			}
			list = append(list, d)
		}
		return list, nil
	}, func(tx Tx, d camp.Device) error { return tx.DropDevice(d.Serial) })
}

// unseat ends the waiting of somebody who does not come in. Their name is free again.
func unseat(tx Tx, m camp.Member, a camp.Asked, standing camp.Standing) error {
	a.Decided = tx.Now()
	if err := tx.PutAsked(a); err != nil {
		return err
	}
	m.Standing, m.Ended = standing, tx.Now()
	return tx.FreeName(m)
}

// tidyAsked ends requests that nobody answered, and forgets those that were
// answered long enough ago.
func (s *Service) tidyAsked(ctx context.Context) error {
	err := tidyJoining(ctx, s, func(tx Tx) (list []camp.Asked, err error) {
		all, err := tx.AllAsked()
		for _, a := range all {
			if _, due := askedDue(a, tx.Now()); due {
				list = append(list, a)
			}
		}
		return list, err
	}, tidyOneAsked)
	if err != nil {
		return err
	}
	return tidyJoining(ctx, s, func(tx Tx) (list []camp.Invite, err error) {
		all, err := tx.Invites()
		for _, i := range all {
			if oldInvite(i, tx.Now()) {
				list = append(list, i)
			}
		}
		return list, err
	}, func(tx Tx, i camp.Invite) error { return tx.DropInvite(i.ID) })
}

// oldInvite reports whether nothing is to be kept of an invite any more. Those
// for a member's own devices count for no allowance, so nothing is.
func oldInvite(i camp.Invite, now time.Time) bool {
	if i.For != 0 {
		return !known(i, now)
	}
	return !i.State.Open() && now.Sub(i.Ends) > inviteKept
}

// askedDue says until what an application was kept, and whether that is over.
func askedDue(a camp.Asked, now time.Time) (since time.Time, due bool) {
	if a.Decided.IsZero() {
		return a.At, now.Sub(a.At) > camp.WaitingLife
	}
	return a.Decided, now.Sub(a.Decided) > camp.ApplicationEnd
}

func tidyOneAsked(tx Tx, a camp.Asked) error {
	a, ok, err := tx.Asked(a.Member)
	if err != nil || !ok {
		return err
	}
	if _, due := askedDue(a, tx.Now()); !due { // decided since we looked
		return nil
	}
	m, ok, err := tx.Member(a.Member)
	if err != nil {
		return err
	}
	if ok && m.Standing == camp.Waiting {
		if err := dropDevices(tx, m.ID, false); err != nil {
			return err
		}
		return unseat(tx, m, wordless(a), camp.Expired)
	}
	if err := tx.DropAsked(a.Member); err != nil {
		return err
	}
	if !ok || m.Standing.In() || m.Name != "" { // they came in, once
		return nil
	}
	if err := dropDevices(tx, m.ID, false); err != nil {
		return err
	}
	if err := tx.DropAgreements(m.ID); err != nil {
		return err
	}
	return tx.DropMember(m.ID)
}
