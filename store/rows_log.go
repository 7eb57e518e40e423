package store

import "camp/node/camp"

type entryV1 struct {
	At   int64             `cbor:"1,keyasint,omitempty"`
	By   camp.MemberID     `cbor:"2,keyasint,omitempty"`
	Deed string            `cbor:"3,keyasint,omitempty"`
	Whom camp.MemberID     `cbor:"4,keyasint,omitempty"`
	Args map[string]string `cbor:"5,keyasint,omitempty"`
}

func (v entryV1) entry(id camp.EntryID) camp.Entry {
	return camp.Entry{ID: id, At: moment(v.At), By: v.By, Deed: v.Deed, Whom: v.Whom, Args: v.Args}
}

// PutEntry writes a line of the host's log. A line that names nobody leaves the
// index of those whose names are still to be taken out.
func (tx *Tx) PutEntry(e camp.Entry) error {
	v := entryV1{At: millis(e.At), By: e.By, Deed: e.Deed, Whom: e.Whom, Args: e.Args}
	if err := tx.save(kEntry.at(down(e.ID)), v); err != nil {
		return err
	}
	named := kEntryNamed.at(up(e.ID))
	if e.By == 0 && e.Whom == 0 {
		return tx.del(named)
	}
	return tx.put(named, nil)
}

// Entries gives a page of the host's log, newest first.
func (tx *Tx) Entries(p camp.Page) ([]camp.Entry, error) {
	var list []camp.Entry
	err := tx.newest(kEntry.at(), p, false, func(id uint64, value []byte) (bool, error) {
		var v entryV1
		if err := decode(value, &v); err != nil {
			return false, err
		}
		list = append(list, v.entry(camp.EntryID(id)))
		return len(list) < p.Size(), nil
	})
	return list, err
}

// EntriesBefore gives lines older than the id that still name somebody, oldest
// first, at most limit.
func (tx *Tx) EntriesBefore(before camp.EntryID, limit int) ([]camp.Entry, error) {
	keys, err := tx.keysBelow(kEntryNamed.at(), limit)
	if err != nil {
		return nil, err
	}
	var list []camp.Entry
	for _, key := range keys {
		id := lastID[camp.EntryID](key)
		if id >= before {
			break
		}
		var v entryV1
		ok, err := tx.load(kEntry.at(down(id)), &v)
		if err != nil {
			return nil, err
		}
		if ok {
			list = append(list, v.entry(id))
		}
	}
	return list, nil
}
