package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"camp/node/camp"

	"github.com/dgraph-io/badger/v4"
)

// errFewer means that rows are missing which nobody deleted.
var errFewer = errors.New("store: fewer rows than there were")

const (
	freshDir    = "db.new"
	damagedDir  = "db.damaged-" // and when it was put aside
	keepDamaged = 7 * 24 * time.Hour
)

// heal makes Badger's folder anew from the journal, where the journal goes back
// to the very beginning and is whole, and puts the damaged folder aside. It
// changes nothing where it cannot. A healed store lacks only loose rows.
func (db *DB) heal(ctx context.Context) error {
	firsts, err := segments(db.opt.files, db.journalDir())
	if err != nil {
		return fmt.Errorf("list journal: %w", err)
	}
	if len(firsts) == 0 || firsts[0] != 1 {
		return errors.New("store: the journal does not go back to the beginning")
	}
	if err := db.roomToHeal(firsts); err != nil {
		return err
	}
	fresh := db.path(freshDir)
	if err := os.RemoveAll(fresh); err != nil {
		return fmt.Errorf("make room to heal: %w", err)
	}
	seq, err := db.rebuild(ctx, fresh, firsts)
	if err == nil && seq < db.note.Seq {
		err = fmt.Errorf("%w: the journal ends at %d, a note says %d", errFewer, seq, db.note.Seq)
	}
	if err != nil {
		return errors.Join(err, os.RemoveAll(fresh))
	}
	aside := db.path(damagedDir + db.opt.Now().UTC().Format("20060102-150405"))
	if err := os.Rename(db.badgerDir(), aside); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("put the damaged part aside: %w", err)
	}
	if err := os.Rename(fresh, db.badgerDir()); err != nil {
		return fmt.Errorf("put the healed part in place: %w", err)
	}
	// What the note says of tables is about the old ones.
	db.note.Tables, db.note.Manifest = nil, fileSum{}
	db.needs.add(camp.Need{
		Kind: "healed", Say: "store.healed.say",
		Args: map[string]string{"Folder": filepath.Base(aside)}, Deed: camp.DoBackup,
	})
	return osLayer{}.syncDir(db.opt.Dir)
}

// rebuild applies the whole journal to a new Badger in dir and gives the last
// sequence.
func (db *DB) rebuild(ctx context.Context, dir string, firsts []uint64) (seq uint64, err error) {
	b, err := badger.OpenManaged(badgerOptions(dir))
	if err != nil {
		return 0, fmt.Errorf("open new rows: %w", err)
	}
	fresh := newDB(ctx, db.opt)
	defer fresh.end()
	fresh.badger, fresh.ts = b, 1
	fresh.views.init(1)
	r := &reading{dir: db.journalDir(), fs: db.opt.files, fn: fresh.redo}
	err = r.walk(ctx, firsts, checkpoint{})
	if r.end != nil {
		err = errors.Join(err, r.end.file.Close())
	}
	if cerr := b.Close(); err == nil {
		err = cerr
	}
	return r.seq, err
}

// Catch takes the acts after a sequence out of the journal of another data
// folder, and does them here: what was done after the backup that this store was
// restored from. It gives how many records it did. A torn or damaged end ends it
// quietly; whole says whether it was read to its end.
func (db *DB) Catch(ctx context.Context, dir string, after uint64) (n int, whole bool, err error) {
	from := filepath.Join(dir, "journal")
	firsts, err := segments(db.opt.files, from)
	if err != nil {
		return 0, false, fmt.Errorf("list journal: %w", err)
	}
	for len(firsts) > 1 && firsts[1] <= after+1 {
		firsts = firsts[1:]
	}
	if len(firsts) == 0 || firsts[0] > after+1 {
		return 0, false, nil
	}
	var failed error
	r := &reading{dir: from, fs: db.opt.files, needed: after + 1, fn: func(rec record) error {
		if rec.seq <= after {
			return nil
		}
		if failed = db.redoHere(ctx, rec); failed == nil {
			n++
		}
		return failed
	}}
	err = r.walk(ctx, firsts, checkpoint{})
	if r.end != nil {
		err = errors.Join(err, r.end.file.Close())
	}
	switch {
	case failed != nil:
		return n, false, fmt.Errorf("catch up: %w", failed)
	case errors.Is(err, errGap):
		return n, false, nil
	case err != nil:
		return n, false, fmt.Errorf("catch up: %w", err)
	}
	return n, true, nil
}

// redoHere does what a record of another journal says, as an act of our own.
func (db *DB) redoHere(ctx context.Context, r record) error {
	a, err := decodeActs(r.payload)
	if err != nil {
		return err
	}
	return db.Update(ctx, func(tx *Tx) error {
		db.clock.restore(a.time, a.lastID)
		for _, row := range a.rows {
			k := declaredKind(row.key)
			if k == nil || k.unsaved {
				continue
			}
			if err := tx.write(row.key, written{value: row.value, del: row.del}); err != nil {
				return err
			}
		}
		return nil
	})
}

// forgetDamaged removes folders that were put aside more than a week ago: what
// people erase must not live on in them.
func forgetDamaged(dir string, now time.Time) error {
	list, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("look for folders put aside: %w", err)
	}
	for _, e := range list {
		when, ok := strings.CutPrefix(e.Name(), damagedDir)
		if !ok {
			continue
		}
		at, err := time.Parse("20060102-150405", when)
		if err != nil || now.Sub(at) < keepDamaged {
			continue
		}
		if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
			return fmt.Errorf("remove a folder put aside: %w", err)
		}
	}
	return nil
}
