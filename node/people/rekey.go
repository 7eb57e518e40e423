package people

import (
	"context"

	"camp/node/camp"
)

// A device changes its key by its own program (tunnel.md 3.9): the new key is
// registered as a device of its own beside the old one, with a serial and inner
// addresses of its own, and the first word that comes by it retires the old one.
//
//	Rekey ─▶ old and new may come in ─▶ Heard ─▶ old is refused for ever

// Rekey registers a new key for a device, which must be a member's computer. The
// same key again gives the same answer; another one takes the place of one that
// was never heard.
func (s *Service) Rekey(ctx context.Context, serial uint64, key [32]byte) (next camp.Device, err error) {
	err = s.reach(ctx, "change key of device", func(tx Tx) ([]camp.Event, error) {
		old, ok, err := tx.Device(serial)
		if err != nil {
			return nil, err
		}
		if !ok || old.Phone || old.Replaces != 0 {
			return nil, refuse(camp.NotFound, "people.device_none.say")
		}
		heir, ok, err := heirOf(tx, old)
		if err != nil {
			return nil, err
		}
		if ok && heir.Key == key {
			next = heir
			return nil, nil
		}
		if ok {
			if err := tx.DropDevice(heir.Serial); err != nil {
				return nil, err
			}
		}
		next, err = s.placeDevice(tx, camp.Device{Member: old.Member, Key: key, Label: old.Label, Replaces: old.Serial})
		return nil, err
	})
	return next, err
}

// Heard is told that a device whose key is new was heard: the one it replaces is
// over, its key refused for ever.
func (s *Service) Heard(ctx context.Context, serial uint64) error {
	return s.reach(ctx, "retire key of device", func(tx Tx) ([]camp.Event, error) {
		d, ok, err := tx.Device(serial)
		if err != nil || !ok || d.Replaces == 0 {
			return nil, err
		}
		old, ok, err := tx.Device(d.Replaces)
		if err != nil {
			return nil, err
		}
		if ok {
			seen, err := tx.DeviceSeen(old.Serial)
			if err != nil {
				return nil, err
			}
			if err := bury(tx, old); err != nil {
				return nil, err
			}
			if seen != "" {
				if err := tx.PutDeviceSeen(d.Serial, seen); err != nil {
					return nil, err
				}
			}
		}
		d.Replaces = 0
		return joined(camp.Member{ID: d.Member}), tx.PutDevice(d)
	})
}

// heirOf gives the device that is about to take the place of another.
func heirOf(tx Tx, old camp.Device) (camp.Device, bool, error) {
	list, err := tx.DevicesOf(old.Member)
	if err != nil {
		return camp.Device{}, false, err
	}
	for _, d := range list {
		if d.Replaces == old.Serial {
			return d, true, nil
		}
	}
	return camp.Device{}, false, nil
}

// settled leaves out devices that are about to take the place of another: people
// see one device where there is one.
func settled(list []camp.Device) []camp.Device {
	all := list[:0:0]
	for _, d := range list {
		if d.Replaces == 0 {
			all = append(all, d)
		}
	}
	return all
}
