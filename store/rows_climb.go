package store

import (
	"errors"
	"fmt"

	"github.com/dgraph-io/badger/v4"

	"camp/node/camp"
)

var errClimb = errors.New("store: only a View can climb")

// oldest walks the rows that newest walks, from the oldest one after p.After on.
// Only in View, where there is nothing unwritten to be put between.
func (tx *Tx) oldest(prefix []byte, p camp.Page, keysOnly bool, fn func(id uint64, value []byte) (more bool, err error)) error {
	if tx.own != nil {
		return errClimb
	}
	o := badger.DefaultIteratorOptions
	o.Prefix, o.Reverse, o.PrefetchValues = prefix, true, false
	it := tx.txn.NewIterator(o)
	defer it.Close()
	// Keys hold the id upside down: the next newer row lies right before this one.
	for it.Seek(append(append([]byte(nil), prefix...), down(p.After+1)...)); it.ValidForPrefix(prefix); it.Next() {
		item := it.Item()
		id := lastDownID[uint64](item.Key())
		if p.Before > 0 && id >= p.Before {
			return nil
		}
		var value []byte
		if !keysOnly {
			var err error
			if value, err = item.ValueCopy(nil); err != nil {
				return readFault(item.KeyCopy(nil), err)
			}
		}
		if more, err := fn(id, value); err != nil || !more {
			if err != nil {
				return fmt.Errorf("climb: %w", err)
			}
			return nil
		}
	}
	return nil
}
