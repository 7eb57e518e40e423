package store

import (
	"math"
	"strings"
	"testing"

	"github.com/dgraph-io/badger/v4"
)

// tickNow and hourNow have the store's own housekeeper do its rounds at once,
// so that a test never does them beside it.
func tickNow(db *DB) error { return chore(db, db.keepTick) }

func hourNow(db *DB) error {
	return chore(db, func() error { return db.keepHourly(db.life) })
}

func chore(db *DB, job func() error) error {
	out := make(chan error, 1)
	db.chores <- func() { out <- job() }
	return <-out
}

// rowsHolding counts what the rows' files hold of a word, in rows that were
// written over or dropped too. The files are compressed, so that looking through
// their bytes would find nothing, whatever they hold.
func rowsHolding(t *testing.T, db *DB, word string) (n int) {
	t.Helper()
	err := chore(db, func() error {
		txn := db.badger.NewTransactionAt(math.MaxUint64, false)
		defer txn.Discard()
		opt := badger.DefaultIteratorOptions
		opt.AllVersions = true
		it := txn.NewIterator(opt)
		defer it.Close()
		for it.Rewind(); it.Valid(); it.Next() {
			value, err := it.Item().ValueCopy(nil)
			if err != nil {
				return err
			}
			if strings.Contains(string(it.Item().Key())+string(value), word) {
				n++
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}
