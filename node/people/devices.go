package people

import (
	"context"
	"encoding/hex"
	"time"

	"camp/node/camp"
)

func hexOf(b []byte) string { return hex.EncodeToString(b) }

func roomForDevice(tx Tx, m camp.MemberID) error {
	list, err := tx.DevicesOf(m)
	if err == nil && len(settled(list)) >= camp.MaxDevices {
		err = refuse(camp.Full, "people.devices_full.say", "Most", number(camp.MaxDevices))
	}
	return err
}

// AddDeviceBy lets a further device of a member in, by an invite that they made
// for it on another of theirs. The same key again gives the same answer.
func (s *Service) AddDeviceBy(ctx context.Context, id camp.InviteID, key [32]byte, label string) (v camp.Visitor, err error) {
	err = s.reach(ctx, "add device", func(tx Tx) ([]camp.Event, error) {
		i, ok, err := tx.Invite(id)
		if err != nil {
			return nil, err
		}
		if !ok || i.For == 0 {
			return nil, refuse(camp.NotFound, "people.invite_none.say")
		}
		if d, ok, err := tx.DeviceByKey(key); err != nil || ok && d.Member == i.For {
			if err == nil {
				v, err = visitorOf(tx, d)
			}
			return nil, err
		}
		if i.State == camp.InviteUsed {
			return nil, refuse(camp.Conflict, "people.invite_used.say")
		}
		if !i.State.Open() || !tx.Now().Before(i.Ends) {
			return nil, refuse(camp.NotFound, "people.invite_over.say")
		}
		d, err := s.putDevice(tx, camp.Device{Member: i.For, Key: key, Label: label})
		if err != nil {
			return nil, err
		}
		if err := use(tx, i); err != nil {
			return nil, err
		}
		v, err = visitorOf(tx, d)
		return joined(camp.Member{ID: i.For}), err
	})
	s.wakeSoon()
	return v, err
}

// AddDevice adds a device of by's own whose key was made elsewhere.
func (s *Service) AddDevice(ctx context.Context, by camp.Actor, d camp.Device) (camp.Device, error) {
	err := s.reach(ctx, "add device", func(tx Tx) ([]camp.Event, error) {
		m, err := actor(tx, by)
		if err != nil {
			return nil, err
		}
		d.Member = m.ID
		if d, err = s.putDevice(tx, d); err != nil {
			return nil, err
		}
		return joined(m), nil
	})
	return d, err
}

// keysDay is how many keys a day the devices of one person may have: each takes a
// serial and inner addresses, which nobody gets again.
const keysDay = 20

// putDevice adds a device where its person has room for one.
func (s *Service) putDevice(tx Tx, d camp.Device) (camp.Device, error) {
	if err := roomForDevice(tx, d.Member); err != nil {
		return d, err
	}
	return s.placeDevice(tx, d)
}

// placeDevice gives a new device its serial and writes it.
func (s *Service) placeDevice(tx Tx, d camp.Device) (camp.Device, error) {
	if d.Key == ([32]byte{}) {
		return d, refuse(camp.Invalid, "people.key_bad.say")
	}
	if _, taken, err := tx.DeviceByKey(d.Key); err != nil || taken {
		if err == nil {
			err = refuse(camp.Conflict, "people.key_bad.say")
		}
		return d, err
	}
	if held, err := heldByPhone(tx, d.Key); err != nil || held {
		if err == nil {
			err = refuse(camp.Conflict, "people.key_bad.say")
		}
		return d, err
	}
	if buried, err := tx.Buried(d.Key); err != nil || buried {
		if err == nil {
			err = refuse(camp.NotAllowed, "people.key_over.say")
		}
		return d, err
	}
	m, ok, err := tx.Member(d.Member)
	if err != nil {
		return d, err
	}
	if !ok || !here(tx, m) {
		return d, refuse(camp.NotAllowed, "people.not_member.say")
	}
	if !s.keys.Take(d.Member, tx.Now()) {
		return d, refuse(camp.Full, "people.devices_day.say", "Most", number(keysDay))
	}
	if d.Serial, err = tx.NextSerial(); err != nil {
		return d, err
	}
	d.Label, d.Made = camp.CleanLine(d.Label, camp.MaxDeviceLabel), tx.Now()
	return d, tx.PutDevice(d)
}

// Devices gives somebody's devices: to themselves, host and helpers.
func (s *Service) Devices(ctx context.Context, by camp.Actor, name string) (list []camp.Device, err error) {
	err = s.view(ctx, "list devices", func(tx Tx) error {
		who, err := actor(tx, by)
		if err != nil {
			return err
		}
		m, err := named(tx, name)
		if err != nil {
			return err
		}
		if m.ID != who.ID && !helps(who) {
			return refuse(camp.NotAllowed, "people.only_helper.say")
		}
		list, err = devicesOf(tx, m.ID)
		return err
	})
	return list, err
}

func devicesOf(tx Tx, m camp.MemberID) ([]camp.Device, error) {
	list, err := tx.DevicesOf(m)
	if err != nil {
		return nil, err
	}
	k, _, err := tx.Keys()
	list = settled(list)
	for i := range list {
		if err == nil {
			list[i].LastSeen, err = seenShown(tx, list[i].Serial)
			list[i].Late = late(list[i], k, tx.Now())
		}
	}
	return list, err
}

func seenShown(tx Tx, serial uint64) (string, error) {
	seen, err := tx.DeviceSeen(serial)
	if t, bad := time.Parse(day, seen); bad == nil && tx.Now().Sub(t) > seenKept {
		seen = camp.LastSeenLong
	}
	return seen, err
}

// RemoveDevice ends a device: a member's own by themselves, anybody's by the
// host. Its key is refused for ever.
func (s *Service) RemoveDevice(ctx context.Context, by camp.Actor, serial uint64) error {
	return s.reach(ctx, "remove device", func(tx Tx) ([]camp.Event, error) {
		who, err := actor(tx, by)
		if err != nil {
			return nil, err
		}
		d, ok, err := tx.Device(serial)
		if err != nil {
			return nil, err
		}
		if !ok || d.Member != who.ID && who.Role != camp.RoleHost {
			return nil, refuse(camp.NotFound, "people.device_none.say")
		}
		m, ok, err := tx.Member(d.Member)
		if err != nil {
			return nil, err
		}
		if !ok || !m.Standing.In() { // somebody who waits is declined, not cut off
			return nil, refuse(camp.Conflict, "people.device_none.say")
		}
		if err := buryBoth(tx, d); err != nil {
			return nil, err
		}
		if d.Member == who.ID {
			return joined(m), nil
		}
		return joined(m), note(tx, who.ID, "log.device_removed", m.ID, nil)
	})
}

// buryBoth is bury for a device that may be about to change its key.
func buryBoth(tx Tx, d camp.Device) error {
	heir, ok, err := heirOf(tx, d)
	if err != nil {
		return err
	}
	if ok {
		if err := bury(tx, heir); err != nil {
			return err
		}
	}
	return bury(tx, d)
}

func bury(tx Tx, d camp.Device) error {
	if err := tx.BuryKey(d.Key, tx.Now()); err != nil {
		return err
	}
	return tx.DropDevice(d.Serial)
}

// dropDevices ends all devices of a person; with forever their keys are refused from now on.
func dropDevices(tx Tx, m camp.MemberID, forever bool) error {
	list, err := tx.DevicesOf(m)
	if err != nil {
		return err
	}
	for _, d := range list {
		end := func(tx Tx, d camp.Device) error { return tx.DropDevice(d.Serial) }
		if forever {
			end = bury
		}
		if err := end(tx, d); err != nil {
			return err
		}
	}
	return nil
}

// Peers gives every key that the tunnel is to know now.
func (s *Service) Peers(ctx context.Context) (list []camp.Peer, err error) {
	err = s.view(ctx, "list keys", func(tx Tx) error {
		now := tx.Now()
		invites, err := tx.Invites()
		if err != nil {
			return err
		}
		for _, i := range invites {
			if !known(i, now) {
				continue
			}
			if p := (camp.Peer{Principal: camp.PrincipalInvite, Invite: i.ID}); i.Phone {
				p.Serial, p.Key, p.Preshared = i.Serial, i.Key, i.Preshared
				list = append(list, p)
			} else {
				p.Secret, p.Uses = i.Secret, i.Uses
				list = append(list, p)
			}
		}
		devices, err := tx.Devices()
		if err != nil {
			return err
		}
		for _, d := range devices {
			v, err := visitorOf(tx, d)
			if err != nil {
				return err
			}
			if v.Peer.Principal != camp.PrincipalNone {
				list = append(list, v.Peer)
			}
		}
		return nil
	})
	return list, err
}

// visitorOf says who is behind a device and what they may reach now.
func visitorOf(tx Tx, d camp.Device) (camp.Visitor, error) {
	v := camp.Visitor{Device: d, Peer: camp.Peer{Serial: d.Serial, Key: d.Key, Preshared: d.Preshared}}
	m, ok, err := tx.Member(d.Member)
	if err != nil || !ok {
		return v, err
	}
	m = afterBreak(tx, m)
	v.Member, v.Standing, v.Since = m, m.Standing, m.Joined
	if m.Standing != camp.Joined && m.Standing != camp.Suspended {
		a, _, err := tx.Asked(m.ID)
		if err != nil {
			return v, err
		}
		v.Since, v.Answer = a.At, a.Answer
		if m.Standing == camp.Waiting {
			v.Question, v.Put, v.Reply = a.Question, a.Put, a.Reply
		}
		switch {
		case m.Standing == camp.Waiting && tx.Now().Sub(a.At) <= camp.WaitingLife:
			v.Peer.Principal = camp.PrincipalWaiting
		case m.Standing == camp.Declined && tx.Now().Sub(a.Decided) < camp.DeclinedLife,
			m.Standing == camp.Withdrawn && tx.Now().Sub(a.Decided) < withdrawnTime: // so that the answer arrives, at the second asking too
			v.Peer.Principal = camp.PrincipalDeclined
		}
		return v, nil
	}
	if here(tx, m) {
		v.Peer.Principal = camp.PrincipalDevice
	}
	return v, nil
}

// Visitor says who stands behind a peer of the tunnel now. A device that is
// known no more has principal none.
func (s *Service) Visitor(ctx context.Context, p camp.Peer) (v camp.Visitor, err error) {
	err = s.view(ctx, "look who is there", func(tx Tx) error {
		v = camp.Visitor{Peer: p}
		if p.Serial != 0 {
			d, ok, err := tx.Device(p.Serial)
			if err != nil {
				return err
			}
			if ok {
				v, err = visitorOf(tx, d)
				return err
			}
		}
		if p.Principal != camp.PrincipalInvite {
			v.Peer.Principal = camp.PrincipalNone
			return nil
		}
		i, ok, err := tx.Invite(p.Invite)
		if err != nil {
			return err
		}
		if !ok || !known(i, tx.Now()) {
			v.Peer.Principal = camp.PrincipalNone
			return nil
		}
		v.Spent = !i.State.Open()
		if i.For != 0 {
			v.Member, _, err = tx.Member(i.For)
		}
		return err
	})
	return v, err
}

// DeviceSession signs a browser on a member's device in: the click on the
// camp's own page. It gives the cookie's value; label says which browser it is.
func (s *Service) DeviceSession(ctx context.Context, serial uint64, label string) (cookie string, m camp.Member, err error) {
	if cookie, err = s.secret(); err != nil {
		return "", camp.Member{}, err
	}
	handle, err := s.handle()
	if err != nil {
		return "", camp.Member{}, err
	}
	err = s.update(ctx, "sign device in", func(tx Tx) ([]camp.Event, error) {
		m, err = deviceMember(tx, serial)
		if err != nil {
			return nil, err
		}
		return nil, putSession(tx, m, cookie, handle, label)
	})
	if err != nil {
		return "", camp.Member{}, err
	}
	return cookie, m, nil
}

// DeviceLink makes a one-time sign-in link for a browser on a member's device.
func (s *Service) DeviceLink(ctx context.Context, serial uint64) (string, error) {
	return s.newLink(ctx, func(tx Tx) (camp.Member, error) { return deviceMember(tx, serial) })
}

func deviceMember(tx Tx, serial uint64) (camp.Member, error) {
	d, ok, err := tx.Device(serial)
	if err != nil {
		return camp.Member{}, err
	}
	m, there, err := tx.Member(d.Member)
	if err == nil && (!ok || !there || !here(tx, m)) {
		err = refuse(camp.NotFound, "people.device_none.say")
	}
	return m, err
}

// SeenDevice keeps the day a device was here; where that cannot be written it goes on.
func (s *Service) SeenDevice(ctx context.Context, serial uint64) error {
	var today, seen string
	err := s.store.View(ctx, func(tx Tx) (err error) {
		today = tx.Now().Format(day)
		seen, err = tx.DeviceSeen(serial)
		return err
	})
	if err != nil || seen == today {
		return err
	}
	return s.putDeviceSeen(ctx, serial, today)
}

// putDeviceSeen keeps a day of a device that is still there: of one that was
// removed a moment ago nothing may be left.
func (s *Service) putDeviceSeen(ctx context.Context, serial uint64, day string) error {
	return s.store.Loose(ctx, func(tx Tx) error {
		if _, ok, err := tx.Device(serial); err != nil || !ok {
			return err
		}
		return tx.PutDeviceSeen(serial, day)
	})
}

// tidyDeviceDays makes the days on which devices were last here fade.
func (s *Service) tidyDeviceDays(ctx context.Context) error {
	var faded []uint64
	err := s.store.View(ctx, func(tx Tx) error {
		all, err := tx.Devices()
		if err != nil {
			return err
		}
		for _, d := range all {
			kept, err := tx.DeviceSeen(d.Serial)
			if err != nil {
				return err
			}
			shown, err := seenShown(tx, d.Serial)
			if err != nil {
				return err
			}
			if shown != kept {
				faded = append(faded, d.Serial)
			}
		}
		return nil
	})
	for _, serial := range faded {
		if err == nil {
			err = s.putDeviceSeen(ctx, serial, camp.LastSeenLong)
		}
	}
	return err
}
