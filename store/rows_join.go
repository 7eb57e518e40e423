package store

import (
	"encoding/binary"
	"errors"
	"time"

	"camp/node/camp"
)

// Invites, devices and applications.

type inviteV1 struct {
	By      camp.MemberID    `cbor:"1,keyasint,omitempty"`
	Note    string           `cbor:"2,keyasint,omitempty"`
	Secret  []byte           `cbor:"3,keyasint,omitempty"`
	Made    int64            `cbor:"4,keyasint,omitempty"`
	Ends    int64            `cbor:"5,keyasint,omitempty"`
	Uses    int              `cbor:"6,keyasint,omitempty"`
	Used    int              `cbor:"7,keyasint,omitempty"`
	State   camp.InviteState `cbor:"8,keyasint,omitempty"`
	Nearby  bool             `cbor:"9,keyasint,omitempty"`
	For     camp.MemberID    `cbor:"10,keyasint,omitempty"`
	Phone   bool             `cbor:"11,keyasint,omitempty"`
	Serial  uint64           `cbor:"12,keyasint,omitempty"`
	Key     []byte           `cbor:"13,keyasint,omitempty"`
	PSK     []byte           `cbor:"14,keyasint,omitempty"`
	LastUse int64            `cbor:"15,keyasint,omitempty"`
}

func (v *inviteV1) invite(id camp.InviteID) camp.Invite {
	i := camp.Invite{
		ID: id, By: v.By, Note: v.Note, Made: moment(v.Made), Ends: moment(v.Ends), Uses: v.Uses, Used: v.Used, State: v.State,
		Nearby: v.Nearby, For: v.For, Phone: v.Phone, Serial: v.Serial, Secret: secretOf(v.Secret), Preshared: secretOf(v.PSK), LastUse: moment(v.LastUse),
	}
	copy(i.Key[:], v.Key)
	return i
}

// secretOf is a secret read from a row, the zero one for nothing.
func secretOf(b []byte) camp.Secret {
	if len(b) == 0 {
		return camp.Secret{}
	}
	return camp.NewSecret(b)
}

// keyBytes leaves a key of zeros out of a row.
func keyBytes(k [32]byte) []byte {
	if k == [32]byte{} {
		return nil
	}
	return k[:]
}

// PutInvite keeps an invite, open or over.
func (tx *Tx) PutInvite(i camp.Invite) error {
	return tx.save(kInvite.at(word(string(i.ID))), inviteV1{
		By: i.By, Note: i.Note, Secret: i.Secret.Reveal(), Made: millis(i.Made), Ends: millis(i.Ends), Uses: i.Uses, Used: i.Used, State: i.State,
		Nearby: i.Nearby, For: i.For, Phone: i.Phone, Serial: i.Serial, Key: keyBytes(i.Key), PSK: i.Preshared.Reveal(), LastUse: millis(i.LastUse),
	})
}

// Invite gives the invite of this id, open or over.
func (tx *Tx) Invite(id camp.InviteID) (i camp.Invite, ok bool, err error) {
	var v inviteV1
	if ok, err = tx.load(kInvite.at(word(string(id))), &v); !ok || err != nil {
		return camp.Invite{}, false, err
	}
	return v.invite(id), true, nil
}

// Invites gives all invites, in the order of their ids, which is none.
func (tx *Tx) Invites() ([]camp.Invite, error) {
	var list []camp.Invite
	err := tx.all(kInvite.at(), 0, func(key, value []byte) error {
		var v inviteV1
		if err := decode(value, &v); err != nil {
			return err
		}
		id := kInvite.tail(key, 0)
		list = append(list, v.invite(camp.InviteID(id[:len(id)-1])))
		return nil
	})
	return list, err
}

// DropInvite forgets it; none is no error.
func (tx *Tx) DropInvite(id camp.InviteID) error { return tx.del(kInvite.at(word(string(id)))) }

type deviceV1 struct {
	Member   camp.MemberID `cbor:"1,keyasint,omitempty"`
	Key      []byte        `cbor:"2,keyasint,omitempty"`
	PSK      []byte        `cbor:"3,keyasint,omitempty"`
	Label    string        `cbor:"4,keyasint,omitempty"`
	Made     int64         `cbor:"5,keyasint,omitempty"`
	Phone    bool          `cbor:"6,keyasint,omitempty"`
	Replaces uint64        `cbor:"7,keyasint,omitempty"` // serial of the device whose place it takes
	Over     int64         `cbor:"8,keyasint,omitempty"` // of when the camp's newest tunnel key is that it came by
}

func (v *deviceV1) device(serial uint64) camp.Device {
	d := camp.Device{Serial: serial, Member: v.Member, Preshared: secretOf(v.PSK), Label: v.Label, Made: moment(v.Made), Phone: v.Phone, Replaces: v.Replaces, Over: moment(v.Over)}
	copy(d.Key[:], v.Key)
	return d
}

type serialV1 struct {
	Serial uint64 `cbor:"1,keyasint,omitempty"`
}

// NextSerial gives a serial that no device ever had, also where the camp was
// brought back from a backup and others were given since (serialLeap).
func (tx *Tx) NextSerial() (uint64, error) {
	var v serialV1
	if _, err := tx.load(kSerial.at(), &v); err != nil {
		return 0, err
	}
	b, err := tx.get(keySerials)
	if err != nil && !errors.Is(err, ErrNone) {
		return 0, err
	}
	if len(b) == 8 {
		v.Serial = max(v.Serial, binary.BigEndian.Uint64(b))
	}
	v.Serial++
	return v.Serial, tx.save(kSerial.at(), v)
}

// PutDevice keeps a device and the indexes of its member and key.
func (tx *Tx) PutDevice(d camp.Device) error {
	v := deviceV1{Member: d.Member, Key: keyBytes(d.Key), PSK: d.Preshared.Reveal(), Label: d.Label, Made: millis(d.Made), Phone: d.Phone, Replaces: d.Replaces, Over: millis(d.Over)}
	return errors.Join(
		tx.put(kDeviceOf.at(up(d.Member), up(d.Serial)), nil),
		tx.save(kDeviceKey.at(d.Key[:]), serialV1{Serial: d.Serial}),
		tx.save(kDevice.at(up(d.Serial)), v),
	)
}

// Device gives the device of this serial, without the day it was last seen.
func (tx *Tx) Device(serial uint64) (d camp.Device, ok bool, err error) {
	var v deviceV1
	if ok, err = tx.load(kDevice.at(up(serial)), &v); !ok || err != nil {
		return camp.Device{}, false, err
	}
	return v.device(serial), true, nil
}

// DeviceByKey gives the device of this public key.
func (tx *Tx) DeviceByKey(key [32]byte) (d camp.Device, ok bool, err error) {
	var v serialV1
	if ok, err = tx.load(kDeviceKey.at(key[:]), &v); !ok || err != nil {
		return camp.Device{}, false, err
	}
	return tx.Device(v.Serial)
}

// Devices gives all devices, by serial.
func (tx *Tx) Devices() ([]camp.Device, error) {
	var list []camp.Device
	err := tx.all(kDevice.at(), 0, func(key, value []byte) error {
		var v deviceV1
		if err := decode(value, &v); err != nil {
			return err
		}
		list = append(list, v.device(lastID[uint64](key)))
		return nil
	})
	return list, err
}

// DevicesOf gives a person's devices, by serial.
func (tx *Tx) DevicesOf(m camp.MemberID) ([]camp.Device, error) {
	keys, err := tx.keysBelow(kDeviceOf.at(up(m)), 0)
	if err != nil {
		return nil, err
	}
	var list []camp.Device
	for _, k := range keys {
		d, ok, err := tx.Device(lastID[uint64](k))
		if err != nil {
			return nil, err
		}
		if ok {
			list = append(list, d)
		}
	}
	return list, nil
}

// DropDevice forgets a device and when it was seen; none is no error.
func (tx *Tx) DropDevice(serial uint64) error {
	d, ok, err := tx.Device(serial)
	if err != nil || !ok {
		return err
	}
	return errors.Join(
		tx.del(kDeviceOf.at(up(d.Member), up(serial))), tx.del(kDeviceKey.at(d.Key[:])),
		tx.del(kDevice.at(up(serial))), tx.del(kDeviceSeen.at(up(serial))),
	)
}

// PutDeviceSeen keeps the day a device was last connected; loose.
func (tx *Tx) PutDeviceSeen(serial uint64, day string) error {
	return tx.save(kDeviceSeen.at(up(serial)), seenV1{Day: day})
}

// DeviceSeen gives that day, "" for never.
func (tx *Tx) DeviceSeen(serial uint64) (string, error) {
	var v seenV1
	_, err := tx.load(kDeviceSeen.at(up(serial)), &v)
	return v.Day, err
}

type buriedV1 struct {
	At int64 `cbor:"1,keyasint,omitempty"`
}

// BuryKey refuses a device's key for ever.
func (tx *Tx) BuryKey(key [32]byte, at time.Time) error {
	return tx.save(kBuried.at(key[:]), buriedV1{At: millis(at)})
}

// Buried reports whether the key was refused for ever.
func (tx *Tx) Buried(key [32]byte) (bool, error) { return tx.exists(kBuried.at(key[:])) }

// AllBuried gives all keys that were refused for ever.
func (tx *Tx) AllBuried() ([]camp.BuriedKey, error) {
	var list []camp.BuriedKey
	err := tx.all(kBuried.at(), 0, func(key, value []byte) error {
		var v buriedV1
		if err := decode(value, &v); err != nil {
			return err
		}
		b := camp.BuriedKey{At: moment(v.At)}
		copy(b.Key[:], key[len(key)-len(b.Key):])
		list = append(list, b)
		return nil
	})
	return list, err
}

type askedV1 struct {
	Message string        `cbor:"1,keyasint,omitempty"`
	Invite  string        `cbor:"2,keyasint,omitempty"`
	Note    string        `cbor:"3,keyasint,omitempty"`
	By      camp.MemberID `cbor:"4,keyasint,omitempty"`
	At      int64         `cbor:"5,keyasint,omitempty"`
	Key     []byte        `cbor:"6,keyasint,omitempty"`
	Answer  string        `cbor:"7,keyasint,omitempty"`
	Decided int64         `cbor:"8,keyasint,omitempty"`

	Question string `cbor:"9,keyasint,omitempty"`
	Put      uint64 `cbor:"10,keyasint,omitempty"`
	Reply    string `cbor:"11,keyasint,omitempty"`
}

func (v *askedV1) asked(m camp.MemberID) camp.Asked {
	a := camp.Asked{
		Member: m, Message: v.Message, Invite: camp.InviteID(v.Invite), Note: v.Note, By: v.By, At: moment(v.At), Answer: v.Answer, Decided: moment(v.Decided),
		Question: v.Question, Put: v.Put, Reply: v.Reply,
	}
	copy(a.Key[:], v.Key)
	return a
}

// PutAsked keeps an application.
func (tx *Tx) PutAsked(a camp.Asked) error {
	return tx.save(kAsked.at(up(a.Member)), askedV1{
		Message: a.Message, Invite: string(a.Invite), Note: a.Note, By: a.By, At: millis(a.At), Key: keyBytes(a.Key), Answer: a.Answer, Decided: millis(a.Decided),
		Question: a.Question, Put: a.Put, Reply: a.Reply,
	})
}

// Asked gives a person's application.
func (tx *Tx) Asked(m camp.MemberID) (a camp.Asked, ok bool, err error) {
	var v askedV1
	if ok, err = tx.load(kAsked.at(up(m)), &v); !ok || err != nil {
		return camp.Asked{}, false, err
	}
	return v.asked(m), true, nil
}

// AllAsked gives all applications that are still kept, in the order they came.
func (tx *Tx) AllAsked() ([]camp.Asked, error) {
	var list []camp.Asked
	err := tx.all(kAsked.at(), 0, func(key, value []byte) error {
		var v askedV1
		if err := decode(value, &v); err != nil {
			return err
		}
		list = append(list, v.asked(camp.MemberID(binary.BigEndian.Uint64(key[len(key)-8:]))))
		return nil
	})
	return list, err
}

// DropAsked forgets an application; none is no error.
func (tx *Tx) DropAsked(m camp.MemberID) error { return tx.del(kAsked.at(up(m))) }

// FreeName takes the handle from somebody who never was a member, so that
// others can have it.
func (tx *Tx) FreeName(m camp.Member) error {
	if m.Name == "" {
		return nil
	}
	if err := tx.del(kName.at(word(m.Name))); err != nil {
		return err
	}
	m.Name = ""
	return tx.PutMember(m)
}

// DropMember forgets somebody who never was a member.
func (tx *Tx) DropMember(m camp.MemberID) error { return tx.del(kMember.at(up(m))) }
