package store

import (
	"camp/node/camp"
)

// Polls that are not over, so that their end is noticed.

type pollingV1 struct {
	Told  int64 `cbor:"1,keyasint,omitempty"`
	Fresh bool  `cbor:"2,keyasint,omitempty"`
}

// PutPolling keeps a poll in sight.
func (tx *Tx) PutPolling(w camp.Polling) error {
	return tx.save(kPolling.at(up(w.Post)), pollingV1{Told: millis(w.Told), Fresh: w.Fresh})
}

// Polling gives what is known of one that is in sight.
func (tx *Tx) Polling(p camp.PostID) (w camp.Polling, ok bool, err error) {
	var v pollingV1
	ok, err = tx.load(kPolling.at(up(p)), &v)
	return camp.Polling{Post: p, Told: moment(v.Told), Fresh: v.Fresh}, ok, err
}

// Pollings gives all of them, oldest first.
func (tx *Tx) Pollings() ([]camp.Polling, error) {
	var list []camp.Polling
	err := tx.all(kPolling.at(), 0, func(key, value []byte) error {
		var v pollingV1
		if err := decode(value, &v); err != nil {
			return err
		}
		list = append(list, camp.Polling{Post: lastID[camp.PostID](key), Told: moment(v.Told), Fresh: v.Fresh})
		return nil
	})
	return list, err
}

// DropPolling takes one out of sight; none is no error.
func (tx *Tx) DropPolling(p camp.PostID) error { return tx.del(kPolling.at(up(p))) }

// VotersOf gives who voted in a poll, from here and from elsewhere, by id.
func (tx *Tx) VotersOf(p camp.PostID) (list []camp.MemberID, err error) {
	keys, err := tx.keysBelow(kVote.at(up(p)), 0)
	for _, key := range keys {
		list = append(list, lastID[camp.MemberID](key))
	}
	return list, err
}
