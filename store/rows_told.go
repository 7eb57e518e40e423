package store

import (
	"crypto/sha256"
	"slices"
	"time"

	"camp/node/camp"
)

// What was told elsewhere and must be known later: where something went, and who
// said farewell; and what of a member's is open to others.

type reachedV1 struct {
	Host   string `cbor:"1,keyasint,omitempty"`
	Inbox  string `cbor:"2,keyasint,omitempty"`
	Shared bool   `cbor:"3,keyasint,omitempty"`
	Open   int64  `cbor:"4,keyasint,omitempty"`
	Inner  int64  `cbor:"5,keyasint,omitempty"`
}

// PutReached keeps that something went to an inbox. Its times are cut to days; a
// later one that is kept stands, and what changes nothing is not written.
func (tx *Tx) PutReached(r camp.Reached) error {
	sum := sha256.Sum256([]byte(r.Inbox))
	key := kReached.at(up(r.Member), sum[:16])
	var was reachedV1
	if _, err := tx.load(key, &was); err != nil {
		return err
	}
	v := reachedV1{Host: string(r.Host), Inbox: r.Inbox, Shared: r.Shared, Open: max(was.Open, dayOf(r.Open)), Inner: max(was.Inner, dayOf(r.Inner))}
	if v == was {
		return nil
	}
	return tx.save(key, v)
}

func dayOf(t time.Time) int64 { return millis(t.UTC().Truncate(24 * time.Hour)) }

// ReachedBy gives where things of a member's went.
func (tx *Tx) ReachedBy(m camp.MemberID) ([]camp.Reached, error) {
	var list []camp.Reached
	err := tx.all(kReached.at(up(m)), 0, func(_, value []byte) error {
		var v reachedV1
		if err := decode(value, &v); err != nil {
			return err
		}
		list = append(list, camp.Reached{Member: m, Host: camp.Domain(v.Host), Inbox: v.Inbox, Shared: v.Shared, Open: moment(v.Open), Inner: moment(v.Inner)})
		return nil
	})
	return list, err
}

// DropReachedBy forgets that for a member.
func (tx *Tx) DropReachedBy(m camp.MemberID) error {
	return tx.delAll(tx.keysBelow(kReached.at(up(m)), 0))
}

type farewellV1 struct {
	At int64 `cbor:"1,keyasint,omitempty"`
}

// PutFarewell keeps that others were told that a member is no more.
func (tx *Tx) PutFarewell(f camp.Farewell) error {
	return tx.save(kFarewell.at(up(f.Member)), farewellV1{At: millis(f.At)})
}

// Farewell gives it.
func (tx *Tx) Farewell(m camp.MemberID) (f camp.Farewell, ok bool, err error) {
	var v farewellV1
	if ok, err = tx.load(kFarewell.at(up(m)), &v); !ok || err != nil {
		return camp.Farewell{}, false, err
	}
	return camp.Farewell{Member: m, At: moment(v.At)}, true, nil
}

// Farewells gives all of them.
func (tx *Tx) Farewells() ([]camp.Farewell, error) {
	var list []camp.Farewell
	err := tx.all(kFarewell.at(), 0, func(key, value []byte) error {
		var v farewellV1
		if err := decode(value, &v); err != nil {
			return err
		}
		list = append(list, camp.Farewell{Member: lastID[camp.MemberID](key), At: moment(v.At)})
		return nil
	})
	return list, err
}

// openKey is the row by which a post of this camp that may leave is found, also
// one that only passes on another; nil for any other post.
func openKey(p *camp.Post) []byte {
	if p.URI != "" || !p.Audience.Leaves() {
		return nil
	}
	return kOpen.at(up(p.Author), down(p.ID))
}

// OpenBy gives a page of what a member let out, for the audiences named. What is
// for the camp is never looked at, so that it cannot be told by the time it takes.
func (tx *Tx) OpenBy(m camp.MemberID, p camp.Page, audiences ...camp.Audience) ([]camp.Post, error) {
	list := make([]camp.Post, 0, p.Size())
	var ids []camp.PostID
	err := tx.newest(kOpen.at(up(m)), p, false, func(id uint64, value []byte) (bool, error) {
		if len(value) == 1 && slices.Contains(audiences, camp.Audience(value[0])) {
			ids = append(ids, camp.PostID(id))
		}
		return len(ids) < p.Size(), nil
	})
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		post, ok, err := tx.Post(id)
		if err != nil {
			return nil, err
		}
		if ok {
			list = append(list, post)
		}
	}
	return list, nil
}

// OpenCount counts them.
func (tx *Tx) OpenCount(m camp.MemberID, audience camp.Audience) (n int, err error) {
	err = tx.all(kOpen.at(up(m)), 0, func(_, value []byte) error {
		if len(value) == 1 && camp.Audience(value[0]) == audience {
			n++
		}
		return nil
	})
	return n, err
}
