package store

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"sync"

	"camp/node/camp"
)

// Badger writes through memory maps, and a full disk then kills the process.
// These marks keep it from getting there (bytes; reliability.md 2, "Disk full").
const (
	spaceWarn   = 1_000_000_000 // less: the host is told
	spaceShare  = 50            // less than a fiftieth of the disk: the same
	spaceSmall  = 600_000_000   // less: Badger runs without compaction
	spaceMedia  = 300_000_000   // less: no pictures
	spaceWrites = 150_000_000   // less: nothing is written
	spaceResume = 100_000_000   // so much above a mark it is allowed again
	spaceSwap   = 64_000_000    // Badger is closed and opened anew with no less
	spaceOpen   = 32_000_000    // an old store is opened with no less
	spaceClose  = 24_000_000    // Badger's last rows are written to a table with no less
	ballastSize = 64 << 20
)

// The levels of camp.Space.
const (
	levelOK      = "ok"
	levelWarn    = "warn"
	levelNoMedia = "no media"
	levelRead    = "read only"
)

// disk is what the system says about the disk under a folder.
type disk struct {
	free    int64 // bytes that this program may still write
	total   int64
	network bool // it is another computer's
}

// guard watches the free space. Safe for concurrent use.
type guard struct {
	mu    sync.Mutex // guards what follows
	now   disk
	used  int64
	level string
}

// nextLevel says what is allowed with so much room, given what was allowed.
func nextLevel(was string, d disk) string {
	margin := func(levels ...string) int64 {
		for _, l := range levels {
			if l == was {
				return spaceResume
			}
		}
		return 0
	}
	switch {
	case d.free < spaceWrites+margin(levelRead):
		return levelRead
	case d.free < spaceMedia+margin(levelRead, levelNoMedia):
		return levelNoMedia
	case d.free < spaceWarn || d.free < d.total/spaceShare:
		return levelWarn
	}
	return levelOK
}

// crowded says whether Badger should run without compaction, given whether it
// does. What another program writes is not bounded by these marks: this one is so
// far above the others that compaction has ended before the last byte is taken.
func crowded(is bool, d disk) bool {
	if is {
		return d.free < spaceSmall+spaceResume
	}
	return d.free < spaceSmall
}

// askSpace asks the system how much room there is. Where it does not answer,
// what was known stands.
func (db *DB) askSpace() string {
	d, err := db.opt.disk(db.opt.Dir)
	g := &db.guard
	g.mu.Lock()
	defer g.mu.Unlock()
	if err != nil {
		db.opt.Log.Warn("no answer about free space", "err", err)
		return g.level
	}
	was := g.level
	g.now, g.level = d, nextLevel(g.level, d)
	if was != g.level {
		db.opt.Log.Info("space on the disk", "level", g.level, "free", d.free)
	}
	return g.level
}

func (g *guard) get() (disk, int64, string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.now, g.used, g.level
}

// Space says how the disk under the store stands, as of the last five seconds.
func (db *DB) Space() camp.Space {
	d, used, level := db.guard.get()
	return camp.Space{Free: d.free, Total: d.total, Used: used, Level: level}
}

// MediaAllowed gives a fault of kind full while there is no room for pictures. It
// asks the system each time: a second of pictures may fill what was free before it.
func (db *DB) MediaAllowed() error {
	switch db.askSpace() {
	case levelNoMedia, levelRead:
		return camp.NewFault(camp.Full, "store.no_media.say", nil)
	}
	return nil
}

func fullFault(err error) *camp.Fault {
	return camp.NewFault(camp.Full, "store.disk_full.say", err)
}

// checkRoom looks at the disk before anything is opened.
func (db *DB) checkRoom() error {
	d, err := db.opt.disk(db.opt.Dir)
	if err != nil {
		return fmt.Errorf("ask for free space: %w", err)
	}
	if d.network {
		return camp.NewFault(camp.NotAllowed, "store.network.say", nil)
	}
	fresh := !exists(db.badgerDir()) && !exists(db.journalDir())
	switch {
	case fresh && d.free < spaceWrites+spaceResume:
		return &camp.Fault{Kind: camp.Full, Say: "store.too_small.say", Args: map[string]string{
			"Free": megabytes(d.free), "Need": megabytes(spaceWrites + spaceResume),
		}}
	case !fresh && d.free < spaceOpen:
		if err := db.MakeRoom(); err != nil {
			return err
		}
		if d, err = db.opt.disk(db.opt.Dir); err != nil {
			return fmt.Errorf("ask for free space: %w", err)
		}
		if d.free < spaceOpen {
			return &camp.Fault{Kind: camp.Full, Say: "store.full_start.say", Args: map[string]string{
				"Need": megabytes(spaceWrites + spaceResume - d.free),
			}}
		}
	}
	db.guard.now, db.guard.level = d, nextLevel(levelOK, d)
	return nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

// megabytes writes bytes as whole megabytes, rounded up.
func megabytes(n int64) string { return strconv.FormatInt((n+999_999)/1_000_000, 10) + " MB" }

// roomToHeal asks for room to build the rows anew beside the damaged ones.
func (db *DB) roomToHeal(firsts []uint64) error {
	need := int64(spaceWrites)
	for _, first := range firsts {
		fi, err := os.Stat(filepath.Join(db.journalDir(), segmentName(first)))
		if err != nil {
			return fmt.Errorf("size of journal: %w", err)
		}
		need += fi.Size()
	}
	d, err := db.opt.disk(db.opt.Dir)
	if err != nil {
		return fmt.Errorf("ask for free space: %w", err)
	}
	if d.free < need {
		return errors.New("store: no room to heal")
	}
	return nil
}

// roomToClose reports whether Badger can be closed, which writes what is not in
// tables yet; the ballast is given up for it.
func (db *DB) roomToClose() bool {
	enough := func() bool {
		d, err := db.opt.disk(db.opt.Dir)
		return err != nil || d.free >= spaceClose // no answer: nothing says that it is full
	}
	return !db.unflushed || enough() || db.MakeRoom() == nil && enough()
}

// MakeRoom gives up the ballast, a file that only takes up room for the day
// when there is none. It is made again when there is.
func (db *DB) MakeRoom() error {
	err := os.Remove(db.path(ballastFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove the ballast: %w", err)
	}
	return nil
}

// makeBallast makes the ballast where there is room for it and none yet. Its
// bytes are random, so that no file system can store them smaller.
func (db *DB) makeBallast() error {
	if d, _, _ := db.guard.get(); d.free < spaceMedia+2*ballastSize || exists(db.path(ballastFile)) {
		return nil
	}
	f, err := os.OpenFile(db.path(ballastFile+".new"), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("make the ballast: %w", err)
	}
	if _, err = io.CopyN(f, db.opt.Rand, ballastSize); err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(db.path(ballastFile+".new"), db.path(ballastFile))
	}
	if err != nil {
		return errors.Join(fmt.Errorf("make the ballast: %w", err), os.Remove(db.path(ballastFile+".new")))
	}
	return nil
}

// measure adds up what the data folder takes on the disk.
func (db *DB) measure() {
	var sum int64
	err := filepath.WalkDir(db.opt.Dir, func(_ string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return nil // gone meanwhile
		}
		fi, err := e.Info()
		if err == nil {
			sum += onDisk(fi)
		}
		return nil
	})
	if err != nil {
		return
	}
	db.guard.mu.Lock()
	db.guard.used = sum
	db.guard.mu.Unlock()
}
