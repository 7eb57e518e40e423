package store

import (
	"math"
	"strings"
	"testing"

	"github.com/dgraph-io/badger/v4"

	"camp/node/camp"
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

// TestLetGo: what a backup read is let go of without losing a row, and not while
// somebody reads.
func TestLetGo(t *testing.T) {
	db := rowsDB(t)
	rowsUpdate(t, db, func(tx *Tx) error {
		for i := range 500 {
			if err := tx.PutPost(camp.Post{ID: camp.PostID(i + 1), Author: 7, Audience: camp.AudienceCamp, Text: "kept"}, nil); err != nil {
				return err
			}
		}
		return nil
	})
	posts := func(tx *Tx) int {
		keys, err := tx.keysBelow(kPost.at(), 0)
		if err != nil {
			t.Error(err)
		}
		return len(keys)
	}
	was := db.badger
	if err := db.letGo(1 << 40); err != nil || db.badger != was {
		t.Errorf("a small store was opened anew: %v", err)
	}
	err := db.View(t.Context(), func(tx *Tx) error {
		if err := db.letGo(0); err != nil || db.badger != was {
			t.Errorf("opened anew under a reader: %v", err)
		}
		if n := posts(tx); n != 500 {
			t.Errorf("the reader sees %d posts", n)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.letGo(0); err != nil || db.badger == was {
		t.Fatalf("not opened anew: %v", err)
	}
	err = db.View(t.Context(), func(tx *Tx) error {
		if n := posts(tx); n != 500 {
			t.Errorf("%d posts are left", n)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
