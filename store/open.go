package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"camp/node/camp"
)

// formatNow is the data format that this program writes: the newest step of the
// table in migrate.go. formatLine is what DIR/format says.
const formatLine = "camp data format "

// tooManyStarts is how many starts in a row may end before Started is called.
const tooManyStarts = 2

var errBusy = errors.New("store: the folder is in use")

// Open opens the store in opt.Dir, making it where there is none, and brings it
// up to what the journal says. In this order (reliability.md 2): the format, the
// lock, free space, the marker of starts, a look at Badger's files before Badger
// touches them, Badger, the journal, the counts, migrations. What the journal
// alone can heal is healed and told by Needs.
//
// Every error for people is a *camp.Fault: conflict where the folder is in use
// or was made by a newer version, full where the disk is too small or full,
// offline where the system gives too few file handles,
// internal where files are damaged (then NeedsRescue is true and no file was
// changed) or the system failed. Open starts two goroutines; Close waits for them.
func Open(ctx context.Context, opt Options) (*DB, error) {
	db := newDB(ctx, opt)
	if err := db.open(ctx); err != nil {
		db.end()
		return nil, db.startFault(err)
	}
	go db.commit()
	go db.keep()
	db.leave()
	return db, nil
}

func newDB(ctx context.Context, opt Options) *DB {
	if opt.files == nil {
		opt.files = osLayer{}
	}
	if opt.disk == nil {
		opt.disk = askDisk
	}
	if opt.handles == nil {
		opt.handles = askHandles
	}
	life, end := context.WithCancel(context.WithoutCancel(ctx)) // Open's own may end when it returns
	return &DB{
		life: life, end: end,
		opt: opt, clock: &clock{now: opt.Now, rand: opt.Rand},
		turn: make(chan struct{}, 1), gather: newGroup(),
		kick: make(chan struct{}, 1), quit: make(chan struct{}),
		done: make(chan struct{}), kept: make(chan struct{}), errand: make(chan func()), chores: make(chan func()),
	}
}

func (db *DB) open(ctx context.Context) (err error) {
	if err := db.checkFormat(); err != nil {
		return err
	}
	if err := os.MkdirAll(db.opt.Dir, 0o700); err != nil {
		return fmt.Errorf("make the data folder: %w", err)
	}
	if !db.opt.held {
		if db.lock, err = lockFile(db.path(lockName)); err != nil {
			return fmt.Errorf("lock the data folder: %w", err)
		}
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, db.unlock())
		}
	}()
	if err := db.checkRoom(); err != nil {
		return err
	}
	if err := db.checkHandles(); err != nil {
		return err
	}
	if err := db.countStart(); err != nil {
		return err
	}
	db.note = readNote(db.opt.Dir)
	db.tidied = db.note.Tidied
	db.erased.Store(db.note.Erased)
	_, err = os.Stat(db.path(cleanFile))
	db.clean = err == nil
	if err := db.openRows(ctx); err != nil {
		return err
	}
	if err := db.prepare(ctx); err != nil {
		return errors.Join(err, db.shutRows())
	}
	return nil
}

// openRows opens Badger and brings it up to the journal, healing once.
func (db *DB) openRows(ctx context.Context) error {
	err := db.tryRows(ctx)
	var d *damage
	if err == nil || isTooManyFiles(err) || !errors.As(err, &d) {
		return err
	}
	db.opt.Log.Error("store is damaged", "err", err)
	if herr := db.heal(ctx); herr != nil {
		return errors.Join(err, herr)
	}
	return db.tryRows(ctx)
}

func (db *DB) tryRows(ctx context.Context) error {
	if err := db.look(db.note, db.clean); err != nil {
		return err
	}
	if err := clearFolder(db.badgerDir()); err != nil {
		return err
	}
	if err := db.openBadger(); err != nil {
		return err
	}
	err := db.replay(ctx)
	if err == nil {
		err = db.checkCounts(ctx)
	}
	if err != nil {
		return errors.Join(err, db.shutRows())
	}
	return nil
}

// prepare is what is left to do once the rows are there.
func (db *DB) prepare(ctx context.Context) error {
	if err := os.Remove(db.path(cleanFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("begin: %w", err)
	}
	if db.opt.filling {
		return writeFormat(db.opt.Dir, formatNow(db.opt.migrations()))
	}
	if err := db.migrate(ctx, db.opt.migrations()); err != nil {
		return err
	}
	if err := db.recount(ctx); err != nil {
		return err
	}
	if err := db.indexTalks(ctx); err != nil {
		return err
	}
	if err := db.readCovered(); err != nil {
		return err
	}
	return nil
}

func (db *DB) path(name string) string { return filepath.Join(db.opt.Dir, name) }
func (db *DB) journalDir() string      { return db.path("journal") }
func (db *DB) badgerDir() string       { return db.path("db") }

// checkFormat refuses a folder that a newer program wrote, before anything is
// written to it. A missing or unreadable number is looked up in the rows later.
func (db *DB) checkFormat() error {
	n, err := readFormat(db.opt.Dir)
	if err == nil && n > formatNow(db.opt.migrations()) {
		return newerFault(n)
	}
	return nil
}

func newerFault(n int) *camp.Fault {
	return camp.NewFault(camp.Conflict, "store.newer.say", fmt.Errorf("data format %d", n))
}

func readFormat(dir string) (int, error) {
	b, err := os.ReadFile(filepath.Join(dir, formatFile))
	if err != nil {
		return 0, err
	}
	digits, ok := strings.CutPrefix(strings.TrimSpace(string(b)), formatLine)
	if !ok {
		return 0, errors.New("store: unreadable format")
	}
	return strconv.Atoi(digits)
}

func writeFormat(dir string, n int) error {
	if was, err := readFormat(dir); err == nil && was == n {
		return nil
	}
	return replaceFile(filepath.Join(dir, formatFile), fmt.Appendf(nil, "%s%d\n", formatLine, n))
}

// countStart notes that a start was begun; Started and Close take it back. It
// is no longer a start to be tried when two in a row came to nothing.
func (db *DB) countStart() error {
	b, err := os.ReadFile(db.path(startingFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read the marker of starts: %w", err)
	}
	n := 0
	if err == nil {
		n, _ = strconv.Atoi(string(bytes.TrimSpace(b))) // cut by a crash: counts as none
	}
	if n >= tooManyStarts {
		return &damage{err: errStarts}
	}
	if err := os.WriteFile(db.path(startingFile), fmt.Appendf(nil, "%d\n", n+1), 0o600); err != nil {
		return fmt.Errorf("write the marker of starts: %w", err)
	}
	return nil
}

var errStarts = errors.New("store: two starts in a row came to nothing")

// Started tells the store that the camp serves: this start went well.
func (db *DB) Started() error { return forgetStarts(db.opt.Dir) }

// TryAgain lets the next start be tried although the ones before came to nothing.
func TryAgain(dir string) error { return forgetStarts(dir) }

func forgetStarts(dir string) error {
	err := os.Remove(filepath.Join(dir, startingFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("clear the marker of starts: %w", err)
	}
	return nil
}

// lockFolder keeps every store of the data folder shut until unlock is called;
// a folder that never had one needs no lock. Where one is open it gives a fault.
func lockFolder(dir string) (unlock func() error, err error) {
	if !exists(filepath.Join(dir, lockName)) {
		return func() error { return nil }, nil
	}
	f, err := lockFile(filepath.Join(dir, lockName))
	if errors.Is(err, errBusy) {
		return nil, camp.NewFault(camp.Conflict, "store.in_use.say", err)
	}
	if err != nil {
		return nil, fmt.Errorf("lock the data folder: %w", err)
	}
	return f.Close, nil
}

// NeedsRescue reports whether Open refused because it cannot be sure of what
// the files hold. Nothing was changed then; a backup with the journal on top
// (Catch) brings everything back.
func NeedsRescue(err error) bool {
	var d *damage
	return errors.As(err, &d)
}

// startFault gives the words for what kept the store from opening.
func (db *DB) startFault(err error) error {
	var f *camp.Fault
	switch {
	case errors.As(err, &f):
		return f
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case isTooManyFiles(err):
		return handlesFault(fmt.Errorf("%w: %v", errHandles, err)) // whatever was taken for damage is none
	case errors.Is(err, errBusy):
		return camp.NewFault(camp.Conflict, "store.in_use.say", err)
	case errors.Is(err, errStarts):
		return camp.NewFault(camp.Internal, "store.rescue_starts.say", err)
	case errors.Is(err, errFewer):
		return camp.NewFault(camp.Internal, "store.rescue_fewer.say", err)
	case NeedsRescue(err):
		return camp.NewFault(camp.Internal, "store.rescue.say", err)
	case errors.Is(err, fs.ErrPermission):
		return camp.NewFault(camp.NotAllowed, "store.denied.say", err)
	}
	return camp.NewFault(camp.Internal, "store.cannot_open.say", err)
}

// Close waits for running transactions, brings everything to disk and ends the
// store. Later calls give ErrClosed.
func (db *DB) Close() error {
	<-db.turn
	if db.closed {
		db.leave()
		return ErrClosed
	}
	db.closed = true
	db.leave()
	close(db.quit)
	db.end()
	<-db.done
	<-db.kept
	err := db.View(context.WithoutCancel(db.life), func(tx *Tx) (err error) {
		db.lastCounts, err = tx.tallies()
		return err
	})
	db.views.shut()
	whole := err == nil && db.fault == nil
	if db.shut.Load() { // for want of room: the rows were closed well
		err = nil
	}
	err = errors.Join(err, db.shutRows())
	if errors.Is(err, errNotClosed) {
		return err // and keep the lock
	}
	if whole && err == nil {
		err = db.writeClean()
	}
	if ferr := forgetStarts(db.opt.Dir); err == nil {
		err = ferr
	}
	return errors.Join(err, db.unlock())
}

// unlock lets others open the folder; whoever held it already goes on to.
func (db *DB) unlock() error {
	if db.lock == nil {
		return nil
	}
	return db.lock.Close()
}

// replay applies what the journal holds and Badger does not, and leaves the
// journal ready for the next record.
func (db *DB) replay(ctx context.Context) error {
	if err := os.MkdirAll(db.journalDir(), 0o700); err != nil {
		return fmt.Errorf("make the journal's folder: %w", err)
	}
	db.journal = &journal{dir: db.journalDir(), fs: db.opt.files, now: db.opt.Now, rand: db.opt.Rand, size: db.opt.segment()}
	hurt, err := db.journal.open(ctx, db.seq.Load(), db.note.Journal, db.clean, db.redo)
	if errors.Is(err, errGap) || errors.Is(err, errPayload) {
		return &damage{err: err}
	}
	if err != nil {
		return fmt.Errorf("replay the journal: %w", err)
	}
	db.views.moved(db.ts)
	db.opened, db.looked = db.clock.ahead(), db.opt.Now()
	if db.seq.Load() < db.note.Seq {
		return &damage{err: fmt.Errorf("%w: the files end at %d, a note says %d", errFewer, db.seq.Load(), db.note.Seq)}
	}
	if missing, err := db.missingSegments(); err != nil {
		return err
	} else if hurt || missing {
		say := "store.journal_aside.say"
		if !db.clean {
			say = "store.journal_lost.say"
		}
		db.needs.add(camp.Need{Kind: "healed", Say: say, Deed: camp.DoBackup})
	}
	return nil
}

func (db *DB) redo(r record) error {
	a, err := decodeActs(r.payload)
	if err != nil {
		return fmt.Errorf("sequence %d: %w", r.seq, err)
	}
	db.clock.restore(a.time, a.lastID)
	return db.apply(r.seq, a)
}

// missingSegments reports whether a segment is gone that the note knew and that
// was not pruned.
func (db *DB) missingSegments() (bool, error) {
	firsts, err := segments(db.opt.files, db.journalDir())
	if err != nil {
		return false, fmt.Errorf("list journal: %w", err)
	}
	have := map[uint64]bool{}
	for _, f := range firsts {
		have[f] = true
	}
	for _, f := range db.note.Segments {
		if !have[f] {
			return true, nil
		}
	}
	return false, nil
}
