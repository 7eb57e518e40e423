package store

import (
	"camp/node/camp"
)

type errandV1 struct {
	Do   camp.ErrandKind `cbor:"1,keyasint,omitempty"`
	By   camp.MemberID   `cbor:"2,keyasint,omitempty"`
	Post camp.PostID     `cbor:"3,keyasint,omitempty"`
	Whom camp.MemberID   `cbor:"4,keyasint,omitempty"`
	URI  string          `cbor:"5,keyasint,omitempty"`
	Text string          `cbor:"6,keyasint,omitempty"`
	At   int64           `cbor:"7,keyasint,omitempty"`
	More []string        `cbor:"8,keyasint,omitempty"`
	Old  camp.Audience   `cbor:"9,keyasint,omitempty"`
	Done int64           `cbor:"10,keyasint,omitempty"`
}

// PutErrand keeps what is to be told elsewhere, until it was turned into orders.
func (tx *Tx) PutErrand(e camp.Errand) error {
	return tx.save(kErrand.at(up(e.ID)), errandV1{
		Do: e.Do, By: e.By, Post: e.Post, Whom: e.Whom, URI: e.URI, Text: e.Text, At: millis(e.At), More: e.More, Old: e.Old,
		Done: millis(e.Done),
	})
}

// Errands gives the oldest ones, at most limit.
func (tx *Tx) Errands(limit int) ([]camp.Errand, error) {
	var list []camp.Errand
	err := tx.all(kErrand.at(), limit, func(key, value []byte) error {
		var v errandV1
		if err := decode(value, &v); err != nil {
			return err
		}
		list = append(list, camp.Errand{
			ID: lastID[uint64](key), Do: v.Do, By: v.By, Post: v.Post, Whom: v.Whom, URI: v.URI, Text: v.Text, At: moment(v.At), More: v.More, Old: v.Old,
			Done: moment(v.Done),
		})
		return nil
	})
	return list, err
}

// DropErrand ends one.
func (tx *Tx) DropErrand(id uint64) error { return tx.del(kErrand.at(up(id))) }

type actorKeyV1 struct {
	Private []byte `cbor:"1,keyasint,omitempty"`
	Since   int64  `cbor:"2,keyasint,omitempty"`
}

// ActorKey gives the key by which a member's acts are signed, 0 for the camp's own.
func (tx *Tx) ActorKey(m camp.MemberID) (k camp.ActorKey, ok bool, err error) {
	var v actorKeyV1
	if ok, err = tx.load(kActorKey.at(up(m)), &v); !ok || err != nil {
		return camp.ActorKey{}, false, err
	}
	return camp.ActorKey{Member: m, Private: camp.NewSecret(v.Private), Since: moment(v.Since)}, true, nil
}

// PutActorKey writes it.
func (tx *Tx) PutActorKey(k camp.ActorKey) error {
	return tx.save(kActorKey.at(up(k.Member)), actorKeyV1{Private: k.Private.Reveal(), Since: millis(k.Since)})
}

// DropActorKey forgets it.
func (tx *Tx) DropActorKey(m camp.MemberID) error { return tx.del(kActorKey.at(up(m))) }
