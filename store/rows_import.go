package store

import (
	"encoding/binary"
	"errors"

	"camp/node/camp"
)

// Lists of people that members bring, and the people of them who are still to
// be taken in, or could not be.

type importV1 struct {
	What camp.ListKind `cbor:"1,keyasint,omitempty"`
	At   int64         `cbor:"2,keyasint,omitempty"`
	Rows int           `cbor:"3,keyasint,omitempty"`
	Done int           `cbor:"4,keyasint,omitempty"`
	Bad  int           `cbor:"5,keyasint,omitempty"`
	Pass int           `cbor:"6,keyasint,omitempty"`
	Next int64         `cbor:"7,keyasint,omitempty"`
}

// PutImport keeps an import, without its rows.
func (tx *Tx) PutImport(i camp.Import) error {
	return tx.save(kImport.at(up(i.Member), up(i.ID)), importV1{
		What: i.What, At: millis(i.At), Rows: i.Rows, Done: i.Done, Bad: i.Bad, Pass: i.Pass, Next: millis(i.Next),
	})
}

func (v *importV1) imported(key []byte) camp.Import {
	return camp.Import{
		Member: idAt[camp.MemberID](key, len(key)-16), ID: lastID[uint64](key),
		What: v.What, At: moment(v.At), Rows: v.Rows, Done: v.Done, Bad: v.Bad, Pass: v.Pass, Next: moment(v.Next),
	}
}

// Import gives one of a member's.
func (tx *Tx) Import(m camp.MemberID, id uint64) (i camp.Import, ok bool, err error) {
	var v importV1
	key := kImport.at(up(m), up(id))
	if ok, err = tx.load(key, &v); !ok || err != nil {
		return camp.Import{}, false, err
	}
	return v.imported(key), true, nil
}

// Imports gives those of a member, oldest first; 0 for everybody's.
func (tx *Tx) Imports(m camp.MemberID) ([]camp.Import, error) {
	prefix := kImport.at()
	if m != 0 {
		prefix = kImport.at(up(m))
	}
	var list []camp.Import
	err := tx.all(prefix, 0, func(key, value []byte) error {
		var v importV1
		if err := decode(value, &v); err != nil {
			return err
		}
		list = append(list, v.imported(key))
		return nil
	})
	return list, err
}

// DropImport forgets an import with all its rows; none is no error.
func (tx *Tx) DropImport(i camp.Import) error {
	keys, err := tx.keysBelow(kImportRow.at(up(i.ID)), 0)
	return errors.Join(tx.delAll(keys, err), tx.del(kImport.at(up(i.Member), up(i.ID))))
}

type importRowV1 struct {
	Handle   string            `cbor:"1,keyasint,omitempty"`
	NoBoosts bool              `cbor:"2,keyasint,omitempty"`
	Why      string            `cbor:"3,keyasint,omitempty"`
	Args     map[string]string `cbor:"4,keyasint,omitempty"`
}

// importRowKey sorts by tries and then by line, so that what waits longest for
// its next try comes last, and what came to nothing after all else.
func importRowKey(r camp.ImportRow) []byte {
	return kImportRow.at(up(r.Import), []byte{byte(r.Tries)}, up(uint64(r.Line)))
}

// PutImportRow keeps somebody of an import who is not taken in.
func (tx *Tx) PutImportRow(r camp.ImportRow) error {
	return tx.save(importRowKey(r), importRowV1{Handle: r.Handle, NoBoosts: r.NoBoosts, Why: r.Why, Args: r.Args})
}

// DropImportRow forgets them; none is no error.
func (tx *Tx) DropImportRow(r camp.ImportRow) error { return tx.del(importRowKey(r)) }

// ImportRows gives at most limit people of an import who were tried so often or
// more; 0 is no bound.
func (tx *Tx) ImportRows(id uint64, tries, limit int) ([]camp.ImportRow, error) {
	var list []camp.ImportRow
	var inner error
	prefix := kImportRow.at(up(id))
	err := tx.scan(prefix, kImportRow.at(up(id), []byte{byte(tries)}), false, func(key, value []byte) bool {
		var v importRowV1
		if inner = decode(value, &v); inner != nil {
			return false
		}
		list = append(list, camp.ImportRow{
			Import: id, Tries: int(key[len(prefix)]), Line: int(binary.BigEndian.Uint64(key[len(prefix)+1:])),
			Handle: v.Handle, NoBoosts: v.NoBoosts, Why: v.Why, Args: v.Args,
		})
		return limit == 0 || len(list) < limit
	})
	return list, errors.Join(err, inner)
}
