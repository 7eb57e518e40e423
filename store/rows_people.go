package store

import (
	"time"

	"camp/node/camp"
)

type memberV1 struct {
	Name     string        `cbor:"1,keyasint,omitempty"`
	Display  string        `cbor:"2,keyasint,omitempty"`
	About    string        `cbor:"3,keyasint,omitempty"`
	Picture  camp.MediaID  `cbor:"4,keyasint,omitempty"`
	Role     camp.Role     `cbor:"5,keyasint,omitempty"`
	Standing camp.Standing `cbor:"6,keyasint,omitempty"`
	Joined   int64         `cbor:"7,keyasint,omitempty"`
	Language string        `cbor:"8,keyasint,omitempty"`
	Agreed   int           `cbor:"9,keyasint,omitempty"`
	ByWord   bool          `cbor:"10,keyasint,omitempty"`
	Ends     int64         `cbor:"11,keyasint,omitempty"`
	Ended    int64         `cbor:"12,keyasint,omitempty"`
	Until    int64         `cbor:"13,keyasint,omitempty"`
	Locked   bool          `cbor:"14,keyasint,omitempty"`
	Shy      bool          `cbor:"15,keyasint,omitempty"`
	Also     []string      `cbor:"16,keyasint,omitempty"`
	Moved    string        `cbor:"17,keyasint,omitempty"`
	Offered  bool          `cbor:"18,keyasint,omitempty"`
	Usual    camp.Audience `cbor:"19,keyasint,omitempty"`
	MovedAt  int64         `cbor:"22,keyasint,omitempty"`
	Final    int64         `cbor:"23,keyasint,omitempty"`
	Erase    bool          `cbor:"24,keyasint,omitempty"`
	Discover bool          `cbor:"20,keyasint,omitempty"`
	Index    bool          `cbor:"21,keyasint,omitempty"`
	Willing  bool          `cbor:"25,keyasint,omitempty"`
	Invites  int           `cbor:"26,keyasint,omitempty"`
}

func (v *memberV1) member(id camp.MemberID) camp.Member {
	return camp.Member{
		ID: id, Name: v.Name, Display: v.Display, About: v.About, Picture: v.Picture,
		Role: v.Role, Standing: v.Standing, Joined: moment(v.Joined), Language: v.Language,
		Agreed: v.Agreed, ByWord: v.ByWord, Ends: moment(v.Ends), Ended: moment(v.Ended), Until: moment(v.Until),
		Locked: v.Locked, Shy: v.Shy, Also: v.Also, Moved: v.Moved, Offered: v.Offered, Usual: v.Usual,
		MovedAt: moment(v.MovedAt), Discoverable: v.Discover, Indexable: v.Index, Final: moment(v.Final), Erase: v.Erase, Willing: v.Willing, Invites: v.Invites,
	}
}

// Member gives a person of any standing, without LastSeen.
func (tx *Tx) Member(id camp.MemberID) (m camp.Member, ok bool, err error) {
	var v memberV1
	if ok, err = tx.load(kMember.at(up(id)), &v); !ok || err != nil {
		return camp.Member{}, false, err
	}
	return v.member(id), true, nil
}

type nameV1 struct {
	Member camp.MemberID `cbor:"1,keyasint"`
}

// MemberByName gives the person who has, or had, the handle.
func (tx *Tx) MemberByName(name string) (m camp.Member, ok bool, err error) {
	var v nameV1
	if ok, err = tx.load(kName.at(word(name)), &v); !ok || err != nil {
		return camp.Member{}, false, err
	}
	return tx.Member(v.Member)
}

// PutMember writes a person and the index of their handle; LastSeen is not written.
func (tx *Tx) PutMember(m camp.Member) error {
	v := memberV1{
		Name: m.Name, Display: m.Display, About: m.About, Picture: m.Picture,
		Role: m.Role, Standing: m.Standing, Joined: millis(m.Joined), Language: m.Language,
		Agreed: m.Agreed, ByWord: m.ByWord, Ends: millis(m.Ends), Ended: millis(m.Ended), Until: millis(m.Until),
		Locked: m.Locked, Shy: m.Shy, Also: m.Also, Moved: m.Moved, Offered: m.Offered, Usual: m.Usual,
		MovedAt: millis(m.MovedAt), Discover: m.Discoverable, Index: m.Indexable, Final: millis(m.Final), Erase: m.Erase, Willing: m.Willing, Invites: m.Invites,
	}
	if err := tx.save(kMember.at(up(m.ID)), v); err != nil {
		return err
	}
	if m.Name == "" { // who asked and never came has none any more
		return nil
	}
	return tx.save(kName.at(word(m.Name)), nameV1{Member: m.ID})
}

// Members gives all people of all standings, in the order they came.
func (tx *Tx) Members() ([]camp.Member, error) {
	var list []camp.Member
	err := tx.all(kMember.at(), 0, func(key, value []byte) error {
		var v memberV1
		if err := decode(value, &v); err != nil {
			return err
		}
		list = append(list, v.member(lastID[camp.MemberID](key)))
		return nil
	})
	return list, err
}

type agreementV1 struct {
	Hash string `cbor:"1,keyasint,omitempty"`
	At   int64  `cbor:"2,keyasint,omitempty"`
	By   string `cbor:"3,keyasint,omitempty"`
}

// PutAgreement records that somebody agreed to a version.
func (tx *Tx) PutAgreement(a camp.Agreement) error {
	return tx.save(kAgreed.at(up(a.Member), up(uint64(a.Version))), agreementV1{Hash: a.Hash, At: millis(a.At), By: a.By})
}

// Agreements gives what somebody agreed to, oldest version first.
func (tx *Tx) Agreements(m camp.MemberID) ([]camp.Agreement, error) {
	var list []camp.Agreement
	err := tx.all(kAgreed.at(up(m)), 0, func(key, value []byte) error {
		var v agreementV1
		if err := decode(value, &v); err != nil {
			return err
		}
		list = append(list, camp.Agreement{
			Member: m, Version: int(lastID[uint64](key)), Hash: v.Hash, At: moment(v.At), By: v.By,
		})
		return nil
	})
	return list, err
}

// DropAgreements forgets them.
func (tx *Tx) DropAgreements(m camp.MemberID) error {
	keys, err := tx.keysBelow(kAgreed.at(up(m)), 0)
	return tx.delAll(keys, err)
}

func (tx *Tx) delAll(keys [][]byte, err error) error {
	if err != nil {
		return err
	}
	for _, k := range keys {
		if err := tx.del(k); err != nil {
			return err
		}
	}
	return nil
}

type seenV1 struct {
	Day string `cbor:"1,keyasint,omitempty"`
}

// PutSeen keeps the day somebody was last here; loose.
func (tx *Tx) PutSeen(m camp.MemberID, day string) error {
	return tx.save(kSeen.at(up(m)), seenV1{Day: day})
}

// Seen gives that day, "" for never.
func (tx *Tx) Seen(m camp.MemberID) (string, error) {
	var v seenV1
	_, err := tx.load(kSeen.at(up(m)), &v)
	return v.Day, err
}

// over reports whether a row that ends at the time is over.
func over(ends int64, now time.Time) bool { return !moment(ends).After(now) }
