package people

import (
	"bytes"
	"context"
	"time"

	"camp/node/camp"
)

// The camp's tunnel key is renewed by the host (tunnel.md 3.9), where a copy of
// it may be in somebody's hands. Both keys let people in for some time, each at
// addresses of its own; members' programs come over by themselves.
//
//	RenewTunnelKey ─▶ two keys ─30 days, or EndTunnelKey─▶ the one before is wiped
//	                     └─ CameOver: a device was heard by the new one

// newTunnelKey draws an X25519 key.
func (s *Service) newTunnelKey() (camp.Secret, error) {
	b, err := s.draw(seedBytes)
	if err != nil {
		return camp.Secret{}, err
	}
	b[0] &= 248 // RFC 7748 §5
	b[31] = b[31]&127 | 64
	return camp.NewSecret(b), nil
}

// maxDraws bounds how often a key is drawn until one fits.
const maxDraws = 16

// RenewTunnelKey gives the camp a new tunnel key; host only. fits says whether a
// key can stand beside the one of now: their inner addresses must differ. While
// two keys are there already it is a Conflict.
func (s *Service) RenewTunnelKey(ctx context.Context, by camp.Actor, fits func(now, next camp.Secret) bool) error {
	return s.reach(ctx, "renew the tunnel key", func(tx Tx) ([]camp.Event, error) {
		who, err := hostActor(tx, by)
		if err != nil {
			return nil, err
		}
		k, _, err := tx.Keys()
		if err != nil {
			return nil, err
		}
		if len(k.Former.Reveal()) > 0 {
			if k.Two(tx.Now()) {
				return nil, refuse(camp.Conflict, "people.tunnel_key_two.say")
			}
			if err := s.dropFormer(tx, &k); err != nil { // over, and not tidied yet
				return nil, err
			}
		}
		next, err := s.newTunnelKey()
		for n := 1; err == nil && !fits(k.Tunnel, next) && n < maxDraws; n++ {
			next, err = s.newTunnelKey()
		}
		if err != nil {
			return nil, err
		}
		k.Former, k.Tunnel, k.Renewed, k.Ends = k.Tunnel, next, tx.Now(), tx.Now().Add(camp.FormerLife)
		if err := tx.PutKeys(k); err != nil {
			return nil, err
		}
		return tunnelKeyChanged, note(tx, who.ID, "log.tunnel_key_renewed", 0, nil)
	})
}

var tunnelKeyChanged = []camp.Event{{Kind: camp.EventHouse}, {Kind: camp.EventJoin}}

// EndTunnelKey ends the tunnel key of before at once; host only. Who still comes
// by it is shut out, and invites that carry it are over. most is how many such
// devices the host was told of: where there are more it is a Conflict.
func (s *Service) EndTunnelKey(ctx context.Context, by camp.Actor, most int) error {
	return s.reach(ctx, "end the tunnel key of before", func(tx Tx) ([]camp.Event, error) {
		who, err := hostActor(tx, by)
		if err != nil {
			return nil, err
		}
		k, _, err := tx.Keys()
		if err != nil {
			return nil, err
		}
		if !k.Two(tx.Now()) {
			return nil, refuse(camp.NotFound, "people.tunnel_key_one.say")
		}
		n, err := countLate(tx, k)
		if err != nil {
			return nil, err
		}
		if n > most {
			return nil, refuse(camp.Conflict, "people.tunnel_key_late.say", "N", number(n))
		}
		if err := s.dropFormer(tx, &k); err != nil {
			return nil, err
		}
		return tunnelKeyChanged, note(tx, who.ID, "log.tunnel_key_ended", 0, nil)
	})
}

// tidyTunnelKey wipes a key whose time is over.
func (s *Service) tidyTunnelKey(ctx context.Context) error {
	due := func(tx Tx) (Keys, bool, error) {
		k, _, err := tx.Keys()
		return k, len(k.Former.Reveal()) > 0 && !k.Two(tx.Now()), err
	}
	over := false
	err := s.store.View(ctx, func(tx Tx) (err error) {
		_, over, err = due(tx)
		return err
	})
	if err != nil || !over {
		return err
	}
	return s.update(ctx, "wipe the tunnel key of before", func(tx Tx) ([]camp.Event, error) {
		k, over, err := due(tx)
		if err != nil || !over {
			return nil, err
		}
		if err := s.dropFormer(tx, &k); err != nil {
			return nil, err
		}
		return tunnelKeyChanged, note(tx, 0, "log.tunnel_key_over", 0, nil)
	})
}

// dropFormer wipes the key of before, and ends the invites that lead to it.
func (s *Service) dropFormer(tx Tx, k *Keys) error {
	all, err := tx.Invites()
	if err != nil {
		return err
	}
	for _, i := range all {
		stranded, err := s.stranded(i, *k)
		if err == nil && stranded {
			err = tx.PutInvite(closed(i, camp.InviteOver))
		}
		if err != nil {
			return err
		}
	}
	k.Former, k.Ends = camp.Secret{}, time.Time{}
	return tx.PutKeys(*k)
}

// stranded reports whether an open invite leads to the key of before: that is what
// its id was made from. A phone's id tells nothing, its day does.
func (s *Service) stranded(i camp.Invite, k Keys) (bool, error) {
	if !i.State.Open() || s.derive == nil {
		return false, nil
	}
	if i.Phone {
		return i.Made.Before(k.Renewed), nil
	}
	id, err := s.derive(i.Secret)
	return id != i.ID, err
}

// CameOver is told that a device was heard by the camp's tunnel key of now.
func (s *Service) CameOver(ctx context.Context, serial uint64) error {
	return s.update(ctx, "note that a device came over", func(tx Tx) ([]camp.Event, error) {
		k, _, err := tx.Keys()
		if err != nil || !k.Two(tx.Now()) {
			return nil, err
		}
		d, ok, err := tx.Device(serial)
		if err != nil || !ok || !d.Over.Before(k.Renewed) {
			return nil, err
		}
		d.Over = k.Renewed // nobody needs to know when they were here
		return joined(camp.Member{ID: d.Member}), tx.PutDevice(d)
	})
}

// late reports whether a device, with the day it was last seen, still comes by
// the key of before. One that was made since may never have known that.
func late(d camp.Device, k Keys, now time.Time) bool {
	return k.Two(now) && d.Over.Before(k.Renewed) && (d.Made.Before(k.Renewed) || d.LastSeen != "")
}

// countLate counts the devices that would be shut out with the key of before.
func countLate(tx Tx, k Keys) (n int, err error) {
	all, err := tx.Devices()
	if err != nil {
		return 0, err
	}
	for _, d := range settled(all) {
		v, err := visitorOf(tx, d)
		if err != nil {
			return 0, err
		}
		if d.LastSeen, err = tx.DeviceSeen(d.Serial); err != nil {
			return 0, err
		}
		if p := v.Peer.Principal; (p == camp.PrincipalDevice || p == camp.PrincipalWaiting) && late(d, k, tx.Now()) {
			n++
		}
	}
	return n, nil
}

// keyAgain keeps a newer tunnel key where an older state of the camp comes back:
// members' programs know it, and the one before may be in wrong hands.
func (p *past) keyAgain(tx Tx) error {
	k, _, err := tx.Keys()
	if err != nil || !p.keys.Renewed.After(k.Renewed) || bytes.Equal(p.keys.Tunnel.Reveal(), k.Tunnel.Reveal()) {
		return err
	}
	k.Tunnel, k.Former, k.Renewed, k.Ends = p.keys.Tunnel, p.keys.Former, p.keys.Renewed, p.keys.Ends
	return tx.PutKeys(k)
}
