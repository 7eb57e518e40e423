package store

import (
	"context"
	"encoding/binary"
	"errors"
)

// A store that is brought back from a backup is filled without the journal:
// until all rows are in and synced it is nobody's, and its journal goes on after
// the sequence that the backup holds. It is opened with Options.filling, filled
// by apply, ended by filled, and closed.

var (
	keyBase    = kSys.at([]byte("base"))    // sequence of the backup that the store was filled from, 8 bytes
	keySerials = kSys.at([]byte("serials")) // serials up to here may have been given after that backup, 8 bytes
)

// serialLeap is how many serials a camp may have given after the backup that it
// was brought back from, which nothing tells any more: two and a half for
// everybody in a full camp. It is this small because only the first 1,021
// serials have an IPv4 address; later ones have IPv6 alone.
const serialLeap = 256

// filled ends the filling: it notes the format of the rows, counts them, and
// notes the sequence they were filled with and from where on serials are new.
func (db *DB) filled(ctx context.Context, schema int, a acts) error {
	seq := db.Seq()
	counts, err := db.countRows(ctx)
	if err != nil {
		return err
	}
	var given serialV1
	err = db.View(ctx, func(tx *Tx) error {
		_, err := tx.load(kSerial.at(), &given)
		return err
	})
	if err != nil {
		return err
	}
	a.rows = append(counts,
		row{key: keySerials, value: binary.BigEndian.AppendUint64(nil, given.Serial+serialLeap)},
		row{key: keySchema, value: binary.BigEndian.AppendUint64(nil, uint64(schema))},
		row{key: keyBase, value: binary.BigEndian.AppendUint64(nil, seq)})
	inOrder, err := db.talksInOrder(ctx)
	if err != nil {
		return err
	}
	if inOrder {
		a.rows = append(a.rows, row{key: keyTalks, value: []byte{1}})
	}
	return db.apply(seq, a)
}

// Base is the sequence of the backup that this store was filled from, 0 for
// none: what was done after it is in the journal of the camp that was (Catch).
func (db *DB) Base(ctx context.Context) (seq uint64, err error) {
	err = db.View(ctx, func(tx *Tx) error {
		b, err := tx.get(keyBase)
		if err == nil && len(b) == 8 {
			seq = binary.BigEndian.Uint64(b)
		}
		if errors.Is(err, ErrNone) {
			return nil
		}
		return err
	})
	return seq, err
}
