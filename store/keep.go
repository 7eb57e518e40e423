package store

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"github.com/dgraph-io/badger/v4"
)

// What the store does by itself while it is open.
const (
	keepEvery  = 5 * time.Second        // free space; loose rows to disk; new tables noted
	keepBusy   = time.Second            // the same, while there are writes
	keepNear   = 250 * time.Millisecond // the same, while the disk is nearly full
	reopenWait = 200 * time.Millisecond // for readers to end
	keepWarm   = time.Minute            // decoded rows that nobody asked for go
	keepHour   = time.Hour              // note, copy of MANIFEST, journal pruned
	keepBegin  = time.Minute            // after opening: ballast, files read through
	keepTidy   = 20 * time.Hour         // after something was deleted: compaction
	keepTidied = 7 * 24 * time.Hour
)

// keep runs until the store is closed.
func (db *DB) keep() {
	defer close(db.kept)
	ctx := db.life
	tick := time.NewTimer(keepEvery)
	defer tick.Stop()
	begin := time.NewTimer(keepBegin)
	defer begin.Stop()
	cool := time.NewTicker(keepWarm)
	defer cool.Stop()
	hour := time.NewTicker(keepHour)
	defer hour.Stop()
	for seq := uint64(0); ; {
		var err error
		select {
		case <-db.quit:
			return
		case <-tick.C:
			before := db.Seq()
			err = db.keepTick()
			tick.Reset(db.keepNext(before != seq))
			seq = before
		case <-begin.C:
			err = errors.Join(db.makeBallast(), db.scrub(ctx), db.letGo(manyTables))
			db.measure()
		case <-cool.C:
			db.warm.cool()
		case <-hour.C:
			err = db.keepHourly(ctx)
		case job := <-db.chores:
			job()
		}
		if err != nil && ctx.Err() == nil {
			db.opt.Log.Warn("the store's housekeeping failed", "err", err)
		}
	}
}

// keepNext is the time to the next tick. Another program can fill the last of a
// disk within a second; looking costs the system some microseconds.
func (db *DB) keepNext(busy bool) time.Duration {
	d, _, _ := db.guard.get()
	switch {
	case d.free < spaceWarn:
		return keepNear
	case busy:
		return keepBusy
	}
	return keepEvery
}

// keepTick is done every five seconds, or more often.
func (db *DB) keepTick() error {
	level := db.askSpace()
	err := db.errandFor(func() error {
		db.roomTried = false
		return db.matchRoom()
	})
	if err != nil {
		return err
	}
	if level == levelRead || db.stuck.Load() {
		return nil // nothing may be written
	}
	if db.looseDirty.Swap(false) {
		if err := db.errandFor(func() error { return db.badger.Sync() }); err != nil {
			return fmt.Errorf("sync loose rows: %w", err)
		}
	}
	live, _, err := liveTables(db.badgerDir())
	if err != nil {
		return fmt.Errorf("read MANIFEST: %w", err)
	}
	if maps.EqualFunc(live, db.note.Tables, func(fileSum, fileSum) bool { return true }) {
		return nil
	}
	return db.writeNote()
}

// keepHourly is done every hour.
func (db *DB) keepHourly(ctx context.Context) error {
	err := db.prune(ctx)
	if db.Space().Level != levelRead {
		err = errors.Join(err, db.makeBallast(), db.tidyIfDue(), db.writeNote())
	}
	db.measure()
	return errors.Join(err, forgetDamaged(db.opt.Dir, db.opt.Now()))
}

// errandFor has the committer do a job between two groups.
func (db *DB) errandFor(job func() error) error {
	out := make(chan error, 1)
	select {
	case db.errand <- func() { out <- job() }:
		return <-out
	case <-db.quit:
		return nil
	}
}

// manyTables is how much the tables hold before it is worth opening them anew to
// let go of what was read of them.
const manyTables = 32 << 20

// letGo forgets what a reading of all rows left in memory: the pages of the
// tables and cached blocks, where the tables hold at least that many bytes, and
// what the program itself no longer needs. Where somebody reads, less goes.
func (db *DB) letGo(least int64) error {
	err := db.errandFor(func() error {
		size := int64(0)
		for _, l := range db.badger.Levels() {
			size += l.Size
		}
		if size < least {
			return nil
		}
		return db.reopen(db.small)
	})
	debug.FreeOSMemory()
	return err
}

// tidyIfDue compacts the store a while after something was deleted, so that it
// is gone from the disk within a day, and once a week otherwise.
func (db *DB) tidyIfDue() error {
	since := db.opt.Now().Sub(db.tidied)
	if since < keepTidy || !db.erased.Load() && since < keepTidied {
		return nil
	}
	return db.Tidy()
}

// flatten compacts, where there is room; nobody closes Badger meanwhile.
func (db *DB) flatten() error {
	db.held.Lock()
	defer db.held.Unlock()
	if !db.roomToSink() {
		return nil
	}
	return db.badger.Flatten(1)
}

// roomToSink reports whether there is room to write the tables a second time.
func (db *DB) roomToSink() bool {
	_, _, level := db.guard.get()
	return (level == levelOK || level == levelWarn) && !db.stuck.Load()
}

// sink brings the tables of the first level below it, which is where what was
// deleted is left out. The rows are closed; the caller has the committer's turn.
func (db *DB) sink() error {
	b, err := tryBadger(db.badgerOptions().WithCompactL0OnClose(true))
	if err != nil {
		return err
	}
	b.SetDiscardTs(db.ts)
	return b.Close()
}

// sinkMost is how often Tidy sinks: once takes all tables that overlap.
const sinkMost = 3

// Tidy brings all rows into tables and compacts them, so that what was deleted
// is gone from Badger's files. It takes seconds where there is much. Where
// somebody reads on, or the disk is too full for it, a later time does the rest.
func (db *DB) Tidy() error {
	erased := db.erased.Swap(false)
	gaveWay := false
	err := db.errandFor(func() error {
		was := db.badger
		err := db.reopen(db.small)
		gaveWay = db.badger == was
		return err
	})
	if err == nil {
		err = db.flatten()
	}
	// Flatten leaves one or two young tables alone where there is nothing below
	// them, as in every young camp, with all that was deleted in them.
	left := true
	for n := 0; err == nil && left && n <= sinkMost; n++ {
		err = db.errandFor(func() error {
			left = db.badger.Levels()[0].NumTables > 0
			if !left || !db.roomToSink() || n == sinkMost {
				return nil
			}
			return db.reopenBy(db.small, db.sink)
		})
	}
	if erased && (gaveWay || left) {
		db.erased.Store(true)
	}
	if err != nil {
		if erased {
			db.erased.Store(true)
		}
		return fmt.Errorf("tidy: %w", err)
	}
	db.tidied = db.opt.Now().UTC()
	debug.FreeOSMemory()
	return nil
}

// writeNote notes how the files stand while the store is open.
func (db *DB) writeNote() error { return db.writeNoteOf(nil) }

// writeNoteOf is writeNote with the journal's segments given; nil for those there are.
func (db *DB) writeNoteOf(firsts []uint64) error {
	n, manifest, err := db.makeNote(db.checkpoint())
	if err != nil {
		return err
	}
	if firsts != nil {
		n.Segments = firsts
	}
	err = db.View(db.life, func(tx *Tx) error {
		n.Counts, err = tx.tallies()
		return err
	})
	if err != nil {
		return fmt.Errorf("read the counts: %w", err)
	}
	db.note = n
	return n.write(db.opt.Dir, manifest)
}

// makeNote looks at Badger's files and the journal's.
func (db *DB) makeNote(at checkpoint) (note, []byte, error) {
	n := note{Seq: db.Seq(), Time: db.opt.Now().UTC(), Counts: db.note.Counts, Journal: at, Erased: db.erased.Load(), Tidied: db.tidied}
	manifest, err := os.ReadFile(filepath.Join(db.badgerDir(), badger.ManifestFilename))
	if err != nil {
		return n, nil, fmt.Errorf("read MANIFEST: %w", err)
	}
	n.Manifest = sumBytes(manifest)
	live, _, err := liveTables(db.badgerDir())
	if err != nil {
		return n, nil, fmt.Errorf("read MANIFEST: %w", err)
	}
	if n.Tables, err = sumTables(db.badgerDir(), live, db.note.Tables); err != nil {
		return n, nil, err
	}
	n.Segments, err = segments(db.opt.files, db.journalDir())
	return n, manifest, err
}

// writeClean notes, once everything is closed, that it was closed well.
func (db *DB) writeClean() error {
	n, manifest, err := db.makeNote(db.mark)
	if err != nil {
		return err
	}
	n.Counts = db.lastCounts
	if err := n.write(db.opt.Dir, manifest); err != nil {
		return err
	}
	if db.suspect.Load() {
		return nil
	}
	return os.WriteFile(db.path(cleanFile), nil, 0o600)
}

// checkpoint asks the committer how far the journal is.
func (db *DB) checkpoint() (at checkpoint) {
	_ = db.errandFor(func() error { at = db.journal.checkpoint(); return nil })
	return at
}

func (j *journal) checkpoint() checkpoint {
	if j.file == nil {
		return checkpoint{}
	}
	return checkpoint{First: j.seg.first, Offset: j.used, Seq: j.seq, Hash: hex.EncodeToString(j.last[:])}
}
