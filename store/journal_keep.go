package store

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"time"

	"camp/node/camp"
)

// keepSegments is how long a closed segment stays at least.
const keepSegments = 7 * 24 * time.Hour

var keyCovered = kSys.at([]byte("covered")) // how far a verified backup reaches, 8 bytes

// covered is how far a verified backup reaches.
type covered struct{ seq atomic.Uint64 }

// Covered tells the store that a backup which was read back and found whole
// holds everything up to and with the sequence. Journal segments up to there may
// go once they are a week old. Safe for concurrent use; a smaller number than
// before changes nothing.
func (db *DB) Covered(seq uint64) {
	for {
		old := db.covered.seq.Load()
		if seq <= old || db.covered.seq.CompareAndSwap(old, seq) {
			return
		}
	}
}

func (db *DB) readCovered() error {
	return db.View(db.life, func(tx *Tx) error {
		b, err := tx.get(keyCovered)
		if errors.Is(err, ErrNone) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read how far backups reach: %w", err)
		}
		if len(b) == 8 {
			db.Covered(binary.BigEndian.Uint64(b))
		}
		return nil
	})
}

// prune removes the segments that a verified backup covers and that were closed
// more than a week ago. A quiet camp's open segment is closed when it is a day
// old, so that it can go as well.
func (db *DB) prune(ctx context.Context) error {
	reach := db.covered.seq.Load()
	if reach == 0 {
		return nil
	}
	err := db.Update(ctx, func(tx *Tx) error {
		was, err := tx.get(keyCovered)
		if err == nil && len(was) == 8 && binary.BigEndian.Uint64(was) >= reach {
			return nil
		}
		if err != nil && !errors.Is(err, ErrNone) {
			return err
		}
		return tx.put(keyCovered, binary.BigEndian.AppendUint64(nil, reach))
	})
	if err != nil {
		return fmt.Errorf("note how far backups reach: %w", err)
	}
	firsts, err := segments(db.opt.files, db.journalDir())
	if err != nil {
		return fmt.Errorf("list journal: %w", err)
	}
	var old []uint64
	for i, first := range firsts[:max(0, len(firsts)-1)] {
		closed, err := db.segmentMade(firsts[i+1])
		if err != nil {
			return err
		}
		if firsts[i+1]-1 > reach || db.opt.Now().Sub(closed) < keepSegments {
			break
		}
		old = append(old, first)
	}
	return db.dropSegments(firsts, old)
}

// segmentMade says when a segment was begun: when the one before was closed.
func (db *DB) segmentMade(first uint64) (time.Time, error) {
	f, err := db.opt.files.open(filepath.Join(db.journalDir(), segmentName(first)))
	if err != nil {
		return time.Time{}, fmt.Errorf("open journal: %w", err)
	}
	head := make([]byte, segmentHead)
	_, err = f.ReadAt(head, 0)
	if err = errors.Join(err, f.Close()); err != nil {
		return time.Time{}, fmt.Errorf("read journal: %w", err)
	}
	s, err := parseSegmentHead(segmentName(first), head)
	return s.made, err
}

// dropSegments removes segments, after the note has forgotten them.
func (db *DB) dropSegments(all, old []uint64) error {
	if len(old) == 0 {
		return nil
	}
	if err := db.writeNoteOf(all[len(old):]); err != nil {
		return err
	}
	for _, first := range old {
		if err := db.opt.files.remove(filepath.Join(db.journalDir(), segmentName(first))); err != nil {
			return fmt.Errorf("prune journal: %w", err)
		}
	}
	db.opt.Log.Info("pruned the journal", "segments", len(old))
	return db.opt.files.syncDir(db.journalDir())
}

// JournalBytes is how much of the journal's files is used.
func (db *DB) JournalBytes() (int64, error) {
	firsts, err := segments(db.opt.files, db.journalDir())
	if err != nil {
		return 0, fmt.Errorf("list journal: %w", err)
	}
	at := db.checkpoint()
	var sum int64
	for _, first := range firsts {
		if first == at.First {
			sum += at.Offset
			continue
		}
		f, err := db.opt.files.open(filepath.Join(db.journalDir(), segmentName(first)))
		if err != nil {
			return 0, fmt.Errorf("open journal: %w", err)
		}
		n, err := f.Size()
		if err = errors.Join(err, f.Close()); err != nil {
			return 0, fmt.Errorf("size of journal: %w", err)
		}
		sum += n
	}
	return sum, nil
}

// scrub reads all files through, slowly, and tells the host where one is not
// what it was. What it finds, the next start looks at again and heals.
func (db *DB) scrub(ctx context.Context) error {
	for name, want := range db.note.Tables {
		if err := ctx.Err(); err != nil {
			return err
		}
		live, _, err := liveTables(db.badgerDir())
		if err != nil {
			return fmt.Errorf("read MANIFEST: %w", err)
		}
		if _, ok := live[name]; !ok {
			continue
		}
		same, err := want.sameAs(filepath.Join(db.badgerDir(), name), true)
		if still, _, lerr := liveTables(db.badgerDir()); lerr == nil {
			if _, ok := still[name]; !ok {
				continue // compacted meanwhile
			}
		}
		if err != nil || !same {
			db.opt.Log.Error("a table has changed on disk", "table", name)
			db.suspect.Store(true)
			db.needs.add(camp.Need{Kind: "damage", Say: "store.damage_found.say", Deed: camp.DoBackup})
		}
	}
	return db.scrubJournal(ctx)
}

// scrubJournal reads the closed segments.
func (db *DB) scrubJournal(ctx context.Context) error {
	firsts, err := segments(db.opt.files, db.journalDir())
	if err != nil {
		return fmt.Errorf("list journal: %w", err)
	}
	if len(firsts) < 2 {
		return nil
	}
	r := &reading{dir: db.journalDir(), fs: db.opt.files}
	err = r.walk(ctx, firsts[:len(firsts)-1], checkpoint{})
	if r.end != nil {
		err = errors.Join(err, r.end.file.Close())
	}
	if errors.Is(err, errGap) || err == nil && (r.hurt || r.seq+1 != firsts[len(firsts)-1]) {
		db.opt.Log.Error("an old part of the journal is damaged", "after", r.seq)
		db.needs.add(camp.Need{Kind: "damage", Say: "store.journal_damaged.say", Deed: camp.DoBackup})
		return nil
	}
	return err
}
