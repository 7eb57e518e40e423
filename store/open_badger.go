package store

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/options"
)

// shutRows closes Badger and the journal.
func (db *DB) shutRows() error {
	var err error
	if db.journal != nil {
		db.mark = db.journal.checkpoint()
		err = db.journal.close()
	}
	if db.badger == nil {
		return err
	}
	if !db.roomToClose() {
		// Badger would write its last rows to a table, and a full disk kills it
		// there. The journal has them all.
		db.opt.Log.Warn("disk is full: rows stay in the journal until there is room")
		db.badger = nil
		return errors.Join(err, errNotClosed)
	}
	err = errors.Join(err, db.badger.Close())
	db.badger = nil
	return err
}

// errNotClosed means that Badger was left as it was: the process must end
// before the folder can be opened again.
var errNotClosed = errors.New("store: no room to close the rows; they are safe in the journal")

// badgerOptions are small: they bound the peaks of memory, and keep values in
// tables, which are checked. One writer means that there are no conflicts to
// detect.
func (db *DB) badgerOptions() badger.Options {
	o := badgerOptions(db.badgerDir()).WithLogger(&badgerLog{log: db.opt.Log})
	if db.small {
		o = o.WithNumCompactors(0).WithNumLevelZeroTablesStall(100)
	}
	return o
}

// What Badger keeps in memory before it writes a table; that is built in memory as
// well. Tables on disk stay at 2 MiB: of each some pages are in memory from the
// start, so that many small ones take more than they save.
const (
	memTableSize = 4 << 20
	memTableOnce = 8 << 20 // as it was in camps of earlier versions
)

// memTable gives the size for a folder. What is left of a crash of an earlier
// version may be more than ours would hold. Ours are made with room for two, and
// cut to what is in them when they are read again.
func memTable(dir string) int64 {
	left, _ := filepath.Glob(filepath.Join(dir, "*.mem")) // the pattern is good
	for _, f := range left {
		if st, err := os.Stat(f); err == nil && st.Size() > memTableSize && st.Size() != 2*memTableSize {
			return memTableOnce
		}
	}
	return memTableSize
}

func badgerOptions(dir string) badger.Options {
	return badger.DefaultOptions(dir).
		WithSyncWrites(false).
		WithMemTableSize(memTable(dir)).
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
		WithValueThreshold(2 * maxValue). // so that no value lies beside the tables
		WithDetectConflicts(false).
		WithNumVersionsToKeep(1).
		WithCompactL0OnClose(false).
		WithMetricsEnabled(false).
		WithChecksumVerificationMode(options.OnBlockRead).
		WithLogger(nil)
}

func (db *DB) openBadger() error {
	db.small = db.readOnly()
	b, err := tryBadger(db.badgerOptions())
	if err != nil && strings.Contains(err.Error(), "Create a new file") {
		// Left behind by a crash while starting; the second try works (measured).
		b, err = tryBadger(db.badgerOptions())
	}
	if err != nil {
		return openDamage(err)
	}
	st, err := readState(b)
	if err != nil {
		return errors.Join(openDamage(err), b.Close())
	}
	db.badger = b
	db.seq.Store(st.seq)
	db.ts = max(st.ts, b.MaxVersion(), 1)
	db.clock.restore(st.time, st.lastID)
	db.views.init(db.ts)
	b.SetDiscardTs(db.ts)
	return nil
}

// badgerLog hands on what Badger complains about, without what it was about:
// that may be keys, which hold names.
type badgerLog struct{ log *slog.Logger }

func (l *badgerLog) Errorf(form string, _ ...any) {
	l.log.Error("badger", "form", strings.TrimSpace(form))
}

func (l *badgerLog) Warningf(form string, _ ...any) {
	l.log.Debug("badger", "form", strings.TrimSpace(form))
}
func (l *badgerLog) Infof(string, ...any)  {}
func (l *badgerLog) Debugf(string, ...any) {}

// openDamage takes what Badger says for damage, unless it is the system's word.
func openDamage(err error) error {
	if strings.Contains(err.Error(), "Cannot acquire directory lock") {
		return fmt.Errorf("%w: %w", errBusy, err)
	}
	if errors.Is(err, fs.ErrPermission) || isNoSpace(err) || isTooManyFiles(err) {
		return fmt.Errorf("open the rows: %w", err)
	}
	return damaged("open the rows: %w", err)
}

// tryBadger opens Badger; a panic in it becomes an error.
func tryBadger(o badger.Options) (b *badger.DB, err error) {
	defer func() {
		if p := recover(); p != nil {
			b, err = nil, fmt.Errorf("panic: %v", p)
		}
	}()
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	return badger.OpenManaged(o)
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
