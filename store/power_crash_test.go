//go:build crash && linux

package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"camp/node/camp/camptest"
)

// cutPower lets a process write on a mounted image, copies the image while the
// process is frozen, as the disk is at that moment, and looks at the copy.
// It gives how many acts were acknowledged and how many of them are missing.
func cutPower(t *testing.T, acts int, env ...string) (total, lost int) {
	t.Helper()
	folder := t.TempDir()
	image := filepath.Join(folder, "disk")
	dir := camptest.MountImage(t, image, 1024)
	w := startWriter(t, filepath.Join(dir, "camp"), env...)
	var l acked
	l.follow(t, w, "ack", acts)
	if err := w.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	copied := image + "-cut"
	camptest.Command(t, "cp", "--sparse=always", image, copied)
	l.kill(t, w)
	camptest.Unmount(dir)

	dir = camptest.MountImage(t, copied, 0)
	db, err := Open(t.Context(), crashOptions(filepath.Join(dir, "camp")))
	if err != nil {
		if len(env) > 0 {
			t.Logf("without the sync the store does not even open: %v", err)
			return l.total, l.total
		}
		t.Fatalf("after the power cut: %v", err)
	}
	found := findActs(t, db)
	for i, n := range found {
		lost += max(0, l.next[i]-n)
	}
	for _, n := range db.Needs() {
		if len(env) == 0 {
			t.Errorf("after the power cut: %s", n.Say)
		}
	}
	closeTest(t, db)
	camptest.Unmount(dir)
	return l.total, lost
}

// TestPowerCut first takes the journal's sync out: then acts must be lost, or
// the test could not see a loss. With the sync none may be.
func TestPowerCut(t *testing.T) {
	cuts := envCount("CAMP_CUTS", 3)
	total, lost := 0, 0
	for i := range cuts {
		n, gone := cutPower(t, 300+i*200, crashNoSync+"=1")
		total, lost = total+n, lost+gone
	}
	t.Logf("without the journal's sync: %d cuts, %d acts acknowledged, %d lost", cuts, total, lost)
	if lost == 0 {
		t.Fatal("without the sync nothing was lost: this test cannot see a loss")
	}
	total, lost = 0, 0
	for i := range cuts {
		n, gone := cutPower(t, 300+i*200)
		total, lost = total+n, lost+gone
	}
	t.Logf("with it: %d cuts, %d acts acknowledged, %d lost", cuts, total, lost)
	if lost != 0 {
		t.Errorf("%d acknowledged acts lost", lost)
	}
}

// TestSmallDiskIsDeclined: a disk of 64 MB is too small for the marks.
func TestSmallDiskIsDeclined(t *testing.T) {
	dir := camptest.MountImage(t, filepath.Join(t.TempDir(), "disk"), 64)
	_, err := Open(t.Context(), crashOptions(filepath.Join(dir, "camp")))
	if _, say := faultOf(err); say != "store.too_small.say" {
		t.Errorf("%v", err)
	}
}

// TestFullDisk fills a disk with posts, under the real marks, then lets another
// program fill it to the last byte: the store goes on reading, survives a stop
// and a start, and takes writes again by itself when there is room.
func TestFullDisk(t *testing.T) {
	dir := camptest.MountImage(t, filepath.Join(t.TempDir(), "disk"), envCount("CAMP_FULL_MB", 700))
	home := filepath.Join(dir, "camp")
	c := startClerk(t, home)
	c.want("started")
	posts := c.ask("fill", "full ")
	t.Logf("posts written before the disk was called full: %s; free now %d MB", posts, freeMB(t, dir))
	c.ask("read", "read "+posts)

	filler := filepath.Join(dir, "filler")
	camptest.FillFile(t, filler)
	t.Logf("after another program: %d MB free", freeMB(t, dir))
	c.ask("read", "read "+posts)
	c.ask("write", "refused store.disk_full.say")
	c.ask("read", "read "+posts)

	// A kill, and a start on the full disk: it gives up its ballast and reads.
	c.kill()
	c = startClerk(t, home)
	c.want("started")
	c.ask("read", "read "+posts)
	c.ask("write", "refused store.disk_full.say")

	// Another one: what the ballast left may be too little now. Then it declines,
	// in words.
	c.kill()
	camptest.FillFile(t, filler+"2")
	c = startClerk(t, home)
	c.want("declined store.full_start.say")
	c.kill()
	for _, f := range []string{filler, filler + "2"} {
		if err := os.Remove(f); err != nil {
			t.Fatal(err)
		}
	}
	c = startClerk(t, home)
	c.want("started")
	// Posts alone took all of the disk but the mark: room for more is made.
	if err := os.Truncate(filepath.Join(dir, "spare"), 0); err != nil {
		t.Fatal(err)
	}
	c.ask("write until it works", "ok")
	c.ask("read", "read ")
	c.ask("close", "closed")
	c.kill()
	db := openTest(t, crashOptions(home))
	n, err := strconvAtoi(posts)
	if err != nil {
		t.Fatal(err)
	}
	if got := countPosts(t, db); got < n {
		t.Errorf("%d posts were acknowledged, %d are there", n, got)
	}
	closeTest(t, db)
}

// TestRoomTakenInTheSwap has another program take the last byte of a disk at the
// moment when Badger is closed.
func TestRoomTakenInTheSwap(t *testing.T) {
	dir := camptest.MountImage(t, filepath.Join(t.TempDir(), "disk"), 700)
	db := openTest(t, crashOptions(filepath.Join(dir, "camp")))
	for n := range 30 {
		if err := clerkPost(db, n); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.makeBallast(); err != nil {
		t.Fatal(err)
	}
	filler := filepath.Join(dir, "filler")
	fill := func(db *DB, path string) {
		err := db.errandFor(func() error {
			return db.reopenBy(true, func() error { camptest.FillFile(t, path); return nil })
		})
		if err != nil {
			t.Error(err)
		}
	}
	fill(db, filler) // the ballast makes up for it
	if n := countPosts(t, db); n != 30 {
		t.Errorf("%d posts after the first time", n)
	}
	if _, say := faultOf(clerkPost(db, 30)); say != "store.disk_full.say" {
		t.Errorf("a post: %q", say)
	}
	fill(db, filler+"2") // nothing does
	if n := countPosts(t, db); n != 30 {
		t.Errorf("%d posts after the second time", n)
	}
	if _, say := faultOf(clerkPost(db, 30)); say != "store.disk_full.say" {
		t.Errorf("a post: %q", say)
	}
	t.Logf("%d MB free, to be read only: %v", freeMB(t, dir), db.stuck.Load())
	for _, f := range []string{filler, filler + "2"} {
		if err := os.Remove(f); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(tickNow(db), clerkPost(db, 30)); err != nil {
		t.Errorf("with room again: %v", err)
	}
	if n := countPosts(t, db); n != 31 {
		t.Errorf("%d posts with room again", n)
	}
	closeTest(t, db)
}

func freeMB(t *testing.T, dir string) int64 {
	t.Helper()
	d, err := askDisk(dir)
	if err != nil {
		t.Fatal(err)
	}
	return d.free / mb
}

func strconvAtoi(s string) (n int, err error) { _, err = fmt.Sscan(s, &n); return n, err }
