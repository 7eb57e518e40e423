package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/options"
)

// Open opens the store in opt.Dir, making it where there is none, and brings it
// up to what the journal says.
func Open(ctx context.Context, opt Options) (*DB, error) {
	if opt.files == nil {
		opt.files = osLayer{}
	}
	db := &DB{
		opt: opt, clock: &clock{now: opt.Now, rand: opt.Rand},
		turn: make(chan struct{}, 1), gather: newGroup(),
		kick: make(chan struct{}, 1), quit: make(chan struct{}), done: make(chan struct{}),
	}
	if err := os.MkdirAll(db.journalDir(), 0o700); err != nil {
		return nil, fmt.Errorf("make journal folder: %w", err)
	}
	if err := db.openBadger(); err != nil {
		return nil, err
	}
	if err := db.replay(ctx); err != nil {
		return nil, errors.Join(err, db.badger.Close())
	}
	go db.commit()
	db.leave()
	return db, nil
}

// Close waits for running transactions and ends the store. Later calls give ErrClosed.
func (db *DB) Close() error {
	<-db.turn
	if db.closed {
		db.leave()
		return ErrClosed
	}
	db.closed = true
	db.leave()
	close(db.quit)
	<-db.done
	db.views.shut()
	return errors.Join(db.journal.close(), db.badger.Close())
}

func (db *DB) journalDir() string { return filepath.Join(db.opt.Dir, "journal") }
func (db *DB) badgerDir() string  { return filepath.Join(db.opt.Dir, "db") }

// badgerOptions are small: they bound the peaks of memory, and keep values in
// tables, which are checked. One writer means that there are no conflicts to
// detect.
func badgerOptions(dir string) badger.Options {
	return badger.DefaultOptions(dir).
		WithSyncWrites(false).
		WithMemTableSize(8 << 20).
		WithNumMemtables(2).
		WithNumLevelZeroTables(2).
		WithNumLevelZeroTablesStall(6).
		WithBaseTableSize(2 << 20).
		WithNumCompactors(2).
		WithBlockCacheSize(16 << 20).
		WithIndexCacheSize(16 << 20).
		WithCompression(options.ZSTD).
		WithZSTDCompressionLevel(1).
		WithValueLogFileSize(64 << 20).
		WithDetectConflicts(false).
		WithNumVersionsToKeep(1).
		WithCompactL0OnClose(false).
		WithMetricsEnabled(false).
		WithLogger(nil)
}

func (db *DB) openBadger() error {
	b, err := badger.OpenManaged(badgerOptions(db.badgerDir()))
	if err != nil {
		return fmt.Errorf("open badger: %w", err)
	}
	db.badger = b
	st, err := readState(b)
	if err != nil {
		return errors.Join(err, b.Close())
	}
	db.seq.Store(st.seq)
	db.ts = max(st.ts, b.MaxVersion(), 1)
	db.clock.restore(st.time, st.lastID)
	db.views.init(db.ts)
	b.SetDiscardTs(db.ts)
	return nil
}

func readState(b *badger.DB) (state, error) {
	txn := b.NewTransactionAt(^uint64(0), false)
	defer txn.Discard()
	it, err := txn.Get(keyState)
	if errors.Is(err, badger.ErrKeyNotFound) {
		return state{}, nil
	}
	if err != nil {
		return state{}, readFault(keyState, err)
	}
	v, err := it.ValueCopy(nil)
	if err != nil {
		return state{}, readFault(keyState, err)
	}
	return decodeState(v)
}

// replay applies what the journal holds and Badger does not, and leaves the
// journal ready for the next record.
func (db *DB) replay(ctx context.Context) error {
	j := &journal{dir: db.journalDir(), fs: db.opt.files, now: db.opt.Now, rand: db.opt.Rand, size: segmentSize}
	db.journal = j
	err := j.read(ctx, db.seq.Load(), func(r record) error {
		a, err := decodeActs(r.payload)
		if err != nil {
			return fmt.Errorf("sequence %d: %w", r.seq, err)
		}
		db.clock.restore(a.time, a.lastID)
		return db.apply(r.seq, a)
	})
	if err != nil {
		return fmt.Errorf("replay: %w", err)
	}
	db.views.moved(db.ts)
	return nil
}
