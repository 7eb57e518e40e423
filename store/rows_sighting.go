package store

import (
	"time"

	"camp/node/camp"
)

// From where servers made requests that were proven to be theirs.

type sightingV1 struct {
	At int64 `cbor:"1,keyasint,omitempty"`
}

// PutSighting keeps when a server was last seen at an address; loose.
func (tx *Tx) PutSighting(s camp.Sighting) error {
	return tx.save(kSighting.at(word(string(s.Host)), s.Addr[:]), sightingV1{At: millis(s.At)})
}

// Sightings gives all of them, by server.
func (tx *Tx) Sightings() ([]camp.Sighting, error) {
	var list []camp.Sighting
	err := tx.all(kSighting.at(), 0, func(key, value []byte) error {
		var v sightingV1
		if err := decode(value, &v); err != nil {
			return err
		}
		at := len(key) - 16
		list = append(list, camp.Sighting{
			Host: camp.Domain(key[len(kSighting.prefix) : at-1]), Addr: [16]byte(key[at:]), At: moment(v.At),
		})
		return nil
	})
	return list, err
}

// DropSightingsBefore forgets those from before a time; loose.
func (tx *Tx) DropSightingsBefore(t time.Time) error {
	list, err := tx.Sightings()
	if err != nil {
		return err
	}
	for _, s := range list {
		if !s.At.Before(t) {
			continue
		}
		if err := tx.del(kSighting.at(word(string(s.Host)), s.Addr[:])); err != nil {
			return err
		}
	}
	return nil
}
