package store

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"camp/node/camp"
)

// pretend is a disk whose room a test sets.
type pretend struct {
	mu  sync.Mutex
	now disk
	err error
}

func (p *pretend) ask(string) (disk, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.now, p.err
}

func (p *pretend) set(free int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now = disk{free: free, total: 20_000_000_000}
}

const mb = 1_000_000

func TestSpaceLevels(t *testing.T) {
	total := int64(10_000 * mb)
	for _, c := range []struct {
		was  string
		free int64
		want string
	}{
		{levelOK, 5000 * mb, levelOK},
		{levelOK, 1000 * mb, levelOK},
		{levelOK, 999 * mb, levelWarn},
		{levelWarn, 1000 * mb, levelOK},
		{levelWarn, 300 * mb, levelWarn},
		{levelWarn, 299 * mb, levelNoMedia},
		{levelNoMedia, 399 * mb, levelNoMedia},
		{levelNoMedia, 400 * mb, levelWarn},
		{levelOK, 150 * mb, levelNoMedia},
		{levelOK, 149 * mb, levelRead},
		{levelRead, 249 * mb, levelRead},
		{levelRead, 250 * mb, levelNoMedia},
		{levelRead, 401 * mb, levelWarn},
		{levelRead, 0, levelRead},
	} {
		if got := nextLevel(c.was, disk{free: c.free, total: total}); got != c.want {
			t.Errorf("%q with %d MB: %q, want %q", c.was, c.free/mb, got, c.want)
		}
	}
	if got := nextLevel(levelOK, disk{free: 1999 * mb, total: 100_000 * mb}); got != levelWarn {
		t.Errorf("under two in a hundred: %q", got)
	}
}

func TestFullDiskRefusesReadsAndResumes(t *testing.T) {
	p := &pretend{}
	p.set(10_000 * mb)
	opt := testOptions(t, t.TempDir())
	opt.disk = p.ask
	db := openTest(t, opt)
	mustPut(t, db, "a", "1")

	p.set(590 * mb) // before anything is refused
	mustPut(t, db, "a", "2")
	if !db.small {
		t.Error("compaction goes on")
	}
	p.set(280 * mb)
	mustPut(t, db, "a", "2")
	if kind, say := faultOf(db.MediaAllowed()); kind != camp.Full || say != "store.no_media.say" {
		t.Errorf("media: %s %s", kind, say)
	}

	p.set(149 * mb) // seen by the very next group, not only by the tick
	if kind, say := faultOf(putTry(t.Context(), db, "a", "3")); kind != camp.Full || say != "store.disk_full.say" {
		t.Errorf("write: %s %s", kind, say)
	}
	if kind, _ := faultOf(db.Loose(t.Context(), func(tx *Tx) error { return tx.put(looseKey("a"), nil) })); kind != camp.Full {
		t.Errorf("loose: %s", kind)
	}
	if err := tickNow(db); err != nil {
		t.Fatal(err)
	}
	if !db.small {
		t.Error("compaction goes on")
	}
	if got := getTry(t, db, "a"); got != "2" {
		t.Errorf("reads %q", got)
	}
	if s := db.Space(); s.Level != levelRead || s.Free != 149*mb {
		t.Errorf("space %+v", s)
	}
	p.set(249 * mb)
	if err := tickNow(db); err != nil {
		t.Fatal(err)
	}
	if putTry(t.Context(), db, "a", "3") == nil {
		t.Error("resumed too early")
	}
	p.set(251 * mb)
	if err := tickNow(db); err != nil {
		t.Fatal(err)
	}
	mustPut(t, db, "a", "4")
	p.set(450 * mb)
	if err := tickNow(db); err != nil {
		t.Fatal(err)
	}
	if !db.small {
		t.Error("compaction goes on too early")
	}
	p.set(701 * mb)
	if err := tickNow(db); err != nil {
		t.Fatal(err)
	}
	if db.small {
		t.Error("compaction does not go on")
	}
	if got := getTry(t, db, "a"); got != "4" {
		t.Errorf("after resuming: %q", got)
	}
}

func TestCompactionIsNotTouchedWhileSomebodyReads(t *testing.T) {
	p := &pretend{}
	p.set(10_000 * mb)
	opt := testOptions(t, t.TempDir())
	opt.disk = p.ask
	db := openTest(t, opt)
	mustPut(t, db, "a", "1")
	p.set(100 * mb)
	err := db.View(t.Context(), func(tx *Tx) error {
		if err := tickNow(db); err != nil {
			t.Error(err)
		}
		if db.small {
			t.Error("Badger was closed under a reader")
		}
		_, err := tx.get(tryKey("a"))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := tickNow(db); err != nil || !db.small {
		t.Errorf("not done later: %v", err)
	}
}

func TestTooSmallADisk(t *testing.T) {
	p := &pretend{}
	p.set(64 * mb)
	dir := filepath.Join(t.TempDir(), "new")
	opt := testOptions(t, dir)
	opt.disk = p.ask
	_, err := Open(t.Context(), opt)
	var f *camp.Fault
	if !errors.As(err, &f) || f.Kind != camp.Full || f.Say != "store.too_small.say" || f.Args["Need"] != "250 MB" || f.Args["Free"] != "64 MB" {
		t.Errorf("%v", err)
	}
	for name := range fingerprint(t, dir) {
		if name != lockName {
			t.Errorf("left %s behind", name)
		}
	}
	p.mu.Lock()
	p.now = disk{free: 1 << 40, total: 1 << 41, network: true}
	p.mu.Unlock()
	if _, say := faultOf(openErr(t, opt)); say != "store.network.say" {
		t.Errorf("on a network: %q", say)
	}
}

func openErr(t *testing.T, opt Options) error {
	t.Helper()
	db, err := Open(t.Context(), opt)
	if err == nil {
		closeTest(t, db)
	}
	return err
}

func TestStartOnAFullDisk(t *testing.T) {
	p := &pretend{}
	p.set(10_000 * mb)
	dir := t.TempDir()
	opt := testOptions(t, dir)
	opt.disk = p.ask
	db := openTest(t, opt)
	mustPut(t, db, "a", "1")
	closeTest(t, db)

	// Something is left: it opens, reads, and takes nothing.
	p.set(40 * mb)
	db = openTest(t, opt)
	if got := getTry(t, db, "a"); got != "1" {
		t.Errorf("read %q", got)
	}
	if kind, _ := faultOf(putTry(t.Context(), db, "b", "2")); kind != camp.Full {
		t.Errorf("wrote: %s", kind)
	}
	p.set(10_000 * mb)
	if err := tickNow(db); err != nil {
		t.Fatal(err)
	}
	mustPut(t, db, "b", "2")
	closeTest(t, db)

	// Nothing is left: the ballast goes; only without it the start is declined.
	full := &ballastDisk{dir: dir, free: 1 * mb}
	opt.disk = full.ask
	if err := os.WriteFile(filepath.Join(dir, ballastFile), make([]byte, 1), 0o600); err != nil {
		t.Fatal(err)
	}
	db = openTest(t, opt)
	if got := getTry(t, db, "b"); got != "2" {
		t.Errorf("read %q", got)
	}
	if exists(filepath.Join(dir, ballastFile)) {
		t.Error("the ballast is still there")
	}
	closeTest(t, db)
	full.gone = true
	var f *camp.Fault
	if err := openErr(t, opt); !errors.As(err, &f) || f.Kind != camp.Full || f.Say != "store.full_start.say" || f.Args["Need"] != "249 MB" {
		t.Errorf("%v", err)
	}
}

// ballastDisk is full but for the ballast.
type ballastDisk struct {
	dir  string
	free int64
	gone bool
}

func (d *ballastDisk) ask(string) (disk, error) {
	free := d.free
	if !d.gone && !exists(filepath.Join(d.dir, ballastFile)) {
		free += ballastSize
	}
	return disk{free: free, total: 1000 * mb}, nil
}

// TestCloseOnAFullDisk: closing Badger would write a table. Without room for it
// the rows stay in the journal, and the next start has them all.
func TestCloseOnAFullDisk(t *testing.T) {
	p := &pretend{}
	p.set(10_000 * mb)
	dir := t.TempDir()
	opt := testOptions(t, dir)
	opt.disk = p.ask
	db, err := Open(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	mustPut(t, db, "a", "1")
	p.set(1 * mb)
	badgerDB := db.badger
	if err := db.Close(); !errors.Is(err, errNotClosed) {
		t.Errorf("close: %v", err)
	}
	if _, say := faultOf(openErr(t, opt)); say != "store.in_use.say" {
		t.Errorf("opened again in the same process: %q", say)
	}
	// As after the end of the process:
	copied := t.TempDir()
	copyTree(t, dir, copied)
	if err := errors.Join(badgerDB.Close(), db.lock.Close()); err != nil {
		t.Fatal(err)
	}
	opt.Dir = copied
	p.set(10_000 * mb)
	db = openTest(t, opt)
	if got := getTry(t, db, "a"); got != "1" {
		t.Errorf("read %q", got)
	}
}

func TestBallast(t *testing.T) {
	p := &pretend{}
	p.set(400 * mb)
	dir := t.TempDir()
	opt := testOptions(t, dir)
	opt.disk = p.ask
	opt.Rand = rand.Reader
	db := openTest(t, opt)
	if err := db.makeBallast(); err != nil || exists(db.path(ballastFile)) {
		t.Errorf("made where room is short: %v", err)
	}
	p.set(10_000 * mb)
	db.askSpace()
	if err := db.makeBallast(); err != nil {
		t.Fatal(err)
	}
	fi, err := os.Stat(db.path(ballastFile))
	if err != nil || fi.Size() != ballastSize {
		t.Errorf("%v %v", fi, err)
	}
	db.measure()
	if s := db.Space(); s.Used < ballastSize {
		t.Errorf("used %d", s.Used)
	}
	if err := errors.Join(db.MakeRoom(), db.MakeRoom()); err != nil || exists(db.path(ballastFile)) {
		t.Errorf("%v", err)
	}
}

func TestNoAnswerAboutSpaceChangesNothing(t *testing.T) {
	p := &pretend{}
	p.set(10_000 * mb)
	opt := testOptions(t, t.TempDir())
	opt.disk = p.ask
	db := openTest(t, opt)
	p.mu.Lock()
	p.err = errors.New("no answer")
	p.mu.Unlock()
	mustPut(t, db, "a", "1")
}

func TestThisDisk(t *testing.T) {
	d, err := askDisk(filepath.Join(t.TempDir(), "not", "there", "yet"))
	if err != nil || d.free <= 0 || d.total < d.free {
		t.Errorf("%+v %v", d, err)
	}
}

func TestWritersWaitingOnAFullDiskAllHear(t *testing.T) {
	p := &pretend{}
	p.set(10_000 * mb)
	opt := testOptions(t, t.TempDir())
	opt.disk = p.ask
	db := openTest(t, opt)
	p.set(10 * mb)
	var wg sync.WaitGroup
	for range 32 {
		wg.Go(func() {
			if kind, _ := faultOf(putTry(context.Background(), db, "a", noise(1000))); kind != camp.Full {
				t.Errorf("heard %q", kind)
			}
		})
	}
	wg.Wait()
	p.set(10_000 * mb)
	db.askSpace()
	mustPut(t, db, "a", "x")
}
