// Package store keeps what a camp keeps.
package store

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/dgraph-io/badger/v4"
)

// ErrNone is returned where a row does not exist.
var ErrNone = errors.New("store: no such row")

// Options say where and how to open a store. Now, Rand and Log must be set.
type Options struct {
	Dir  string // the camp's data folder
	Now  func() time.Time
	Rand io.Reader
	Log  *slog.Logger
}

// DB is an open store; safe for concurrent use.
type DB struct {
	opt    Options
	badger *badger.DB
	mu     sync.Mutex // serialises Update
	lastID uint64
}

// Open opens the store in opt.Dir, making it where there is none.
func Open(ctx context.Context, opt Options) (*DB, error) {
	b, err := badger.Open(badger.DefaultOptions(opt.Dir + "/db").WithLogger(nil).WithMemTableSize(8 << 20).WithValueLogFileSize(64 << 20))
	if err != nil {
		return nil, err
	}
	return &DB{opt: opt, badger: b}, nil
}

// Close ends the store.
func (db *DB) Close() error { return db.badger.Close() }

// Update runs fn in a transaction that is on disk, journalled and synced, when
// Update returns nil. One Update runs at a time and sees all earlier ones, so
// there are no conflicts; fn must be quick, do no I/O and not keep tx. If fn
// returns an error nothing is written and Update returns that error.
func (db *DB) Update(ctx context.Context, fn func(*Tx) error) error {
	db.mu.Lock()
	defer db.mu.Unlock()
	return db.badger.Update(func(t *badger.Txn) error { return fn(&Tx{db: db, txn: t, write: true}) })
}

// Loose is Update for rows that may be lost for the last five seconds before a
// power cut (counters, read marks, caches): not journalled, not synced. It may
// write only kinds that the catalogue marks as loose.
func (db *DB) Loose(ctx context.Context, fn func(*Tx) error) error { return db.Update(ctx, fn) }

// View runs fn on a consistent state of the store, beside everything else.
func (db *DB) View(ctx context.Context, fn func(*Tx) error) error {
	return db.badger.View(func(t *badger.Txn) error { return fn(&Tx{db: db, txn: t}) })
}

// Tx is one transaction. It is good only inside the function it was given to
// and for one goroutine.
type Tx struct {
	db    *DB
	txn   *badger.Txn
	write bool
}

// Now is the store's time, UTC: the clock's, but never before a time that an
// earlier Update saw, also across restarts.
func (tx *Tx) Now() time.Time { return tx.db.opt.Now().UTC() }

// NextID draws a new id, larger than all before it, also across restarts and
// clocks set back. Only inside Update.
func (tx *Tx) NextID() uint64 {
	id := uint64(tx.Now().UnixMilli()) << 16
	if id <= tx.db.lastID {
		id = tx.db.lastID + 1
	}
	tx.db.lastID = id
	return id
}

func (tx *Tx) get(key []byte) ([]byte, error) {
	it, err := tx.txn.Get(key)
	if errors.Is(err, badger.ErrKeyNotFound) {
		return nil, ErrNone
	}
	if err != nil {
		return nil, err
	}
	return it.ValueCopy(nil)
}

func (tx *Tx) put(key, value []byte) error { return tx.txn.Set(key, value) }

func (tx *Tx) del(key []byte) error { return tx.txn.Delete(key) }

// scan walks the keys that begin with prefix in ascending order, starting at
// the first key >= from (from nil: at the prefix), and calls fn until it
// returns false. key and value are good only during the call; with keysOnly,
// value is nil. Inside Update it sees the transaction's own writes.
func (tx *Tx) scan(prefix, from []byte, keysOnly bool, fn func(key, value []byte) bool) error {
	o := badger.DefaultIteratorOptions
	o.Prefix = prefix
	o.PrefetchValues = !keysOnly
	o.PrefetchSize = 40
	it := tx.txn.NewIterator(o)
	defer it.Close()
	if from == nil {
		from = prefix
	}
	for it.Seek(from); it.ValidForPrefix(prefix); it.Next() {
		var v []byte
		if !keysOnly {
			var err error
			if v, err = it.Item().ValueCopy(nil); err != nil {
				return err
			}
		}
		if !fn(it.Item().Key(), v) {
			return nil
		}
	}
	return nil
}
