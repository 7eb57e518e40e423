package store

import (
	"camp/node/camp"
)

type stampV1 struct {
	Post camp.PostID   `cbor:"1,keyasint,omitempty"`
	By   camp.MemberID `cbor:"2,keyasint,omitempty"`
	URI  string        `cbor:"3,keyasint,omitempty"`
	At   int64         `cbor:"4,keyasint,omitempty"`
}

// PutStamp keeps a yes to a quote.
func (tx *Tx) PutStamp(s camp.Stamp) error {
	if err := tx.put(kStampOf.at(up(s.Post), up(s.ID)), nil); err != nil {
		return err
	}
	return tx.save(kStamp.at(up(s.ID)), stampV1{Post: s.Post, By: s.By, URI: s.URI, At: millis(s.At)})
}

// Stamp gives it.
func (tx *Tx) Stamp(id uint64) (s camp.Stamp, ok bool, err error) {
	var v stampV1
	if ok, err = tx.load(kStamp.at(up(id)), &v); !ok || err != nil {
		return camp.Stamp{}, false, err
	}
	return camp.Stamp{ID: id, Post: v.Post, By: v.By, URI: v.URI, At: moment(v.At)}, true, nil
}

// stampKeys gives the rows of every yes about a post.
func (tx *Tx) stampKeys(p camp.PostID) ([][]byte, error) {
	keys, err := tx.keysBelow(kStampOf.at(up(p)), 0)
	for _, key := range keys {
		keys = append(keys, kStamp.at(up(lastID[uint64](key))))
	}
	return keys, err
}
