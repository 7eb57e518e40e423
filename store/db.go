// Package store keeps what a camp keeps: rows in Badger, behind a journal of
// our own.
//
//	DIR/format          the number of the data format, see open.go
//	DIR/journal/*.jrn   what was done, synced before it is answered, see journal.go
//	DIR/db/             Badger: what the journal says, applied; may lag behind it
//	DIR/db.note         sums and counts by which a start notices damage, see open_note.go
//	DIR/db.manifest     the copy of Badger's MANIFEST that belongs to it
//	DIR/db.clean        there after a clean stop
//	DIR/db.damaged-…    rows that were found damaged and healed from the journal; a week
//	DIR/starting        how many starts in a row came to nothing
//	DIR/ballast         64 MiB to give up when the disk is full, see space.go
//	DIR/store.lock      held while the store is open
//
// Update runs one function after another, each in the goroutine that called it,
// on top of what the ones before it wrote. What they wrote is gathered into a
// group; one goroutine, begun by Open and awaited by Close, writes the group as
// one record into the journal, syncs it, applies it to Badger in one step and
// lets the callers of Update go. While it does so the next group gathers.
// Badger runs with time stamps of ours, so that a View sees whole groups only,
// and only synced ones.
//
// The package knows nothing of HTTP, of windows or of who may do what.
package store

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"time"
)

// ErrNone is returned where a row does not exist.
var ErrNone = errors.New("store: no such row")

// ErrClosed is returned by a store that was closed.
var ErrClosed = errors.New("store: closed")

// Options say where and how to open a store. Now, Rand and Log must be set.
type Options struct {
	Dir  string // the camp's data folder
	Now  func() time.Time
	Rand io.Reader
	Log  *slog.Logger

	// BeforeUpgrade is called before the rows of an older format are touched, on
	// a store that can be read (and backed up) only. An error ends Open. nil is left out.
	BeforeUpgrade func(context.Context, *DB) error

	// For tests; nil and 0 for the real ones.
	files        layer // of the journal
	disk         func(dir string) (disk, error)
	handles      func(open *os.File, n int) bool
	segmentBytes int64

	testOnlyMigrations []migration

	held    bool // the caller holds the folder's lock
	filling bool // the store is being filled from a backup: see fill.go
}

func (o Options) migrations() []migration {
	if o.testOnlyMigrations != nil {
		return o.testOnlyMigrations
	}
	return migrations
}

func (o Options) segment() int64 {
	if o.segmentBytes > 0 {
		return o.segmentBytes
	}
	return segmentSize
}

// Update runs fn in a transaction that is on disk, journalled and synced, when
// Update returns nil. One Update runs at a time and sees all earlier ones, so
// there are no conflicts; fn must be quick, do no I/O and not keep tx. If fn
// returns an error nothing is written and Update returns that error. ctx is
// listened to until fn begins; from then on Update waits for the outcome. A
// *camp.Fault says that the store does not take writes (any more).
func (db *DB) Update(ctx context.Context, fn func(*Tx) error) error {
	return db.act(ctx, false, fn)
}

// Loose is Update for rows that may be lost for the last five seconds before a
// power cut (counters, read marks, caches): not journalled, not synced. It may
// write only kinds that the catalogue marks as loose. Update may write loose
// kinds too; after a power cut such a row is as the last Update left it, or newer.
func (db *DB) Loose(ctx context.Context, fn func(*Tx) error) error {
	return db.act(ctx, true, fn)
}

// View runs fn on a consistent state of the store, beside everything else. It
// never sees what is not synced yet.
func (db *DB) View(ctx context.Context, fn func(*Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	ts, err := db.begin()
	if err != nil {
		return err
	}
	defer db.views.end(ts)
	txn := db.badger.NewTransactionAt(ts, false)
	defer txn.Discard()
	return fn(&Tx{db: db, txn: txn, now: db.clock.time(), at: ts})
}

// Seq is the sequence of the last group that is journalled, synced and applied;
// 0 for a store that was never written to.
func (db *DB) Seq() uint64 { return db.seq.Load() }
