package store

import "camp/node/camp"

// PutObjection keeps that somebody objects to a version of the rules.
func (tx *Tx) PutObjection(o camp.Objection) error {
	return tx.put(kObjection.at(up(uint64(o.Version)), up(o.Member)), nil)
}

// DropObjection takes it back.
func (tx *Tx) DropObjection(o camp.Objection) error {
	return tx.del(kObjection.at(up(uint64(o.Version)), up(o.Member)))
}

// Objections gives those to all versions, the oldest version first.
func (tx *Tx) Objections() ([]camp.Objection, error) {
	keys, err := tx.keysBelow(kObjection.at(), 0)
	list := make([]camp.Objection, 0, len(keys))
	for _, key := range keys {
		list = append(list, camp.Objection{Version: int(idAt[uint64](key, len(key)-16)), Member: lastID[camp.MemberID](key)})
	}
	return list, err
}
