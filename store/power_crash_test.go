//go:build crash && linux

package store

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// mount makes an ext4 file system of so many MB in a file and mounts it. Where
// the computer cannot do that, the test is skipped with the reason.
func mountImage(t *testing.T, image string, megabytes int) (dir string) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("mounting an image needs root")
	}
	for _, tool := range []string{"mkfs.ext4", "losetup", "mount", "umount"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip("there is no " + tool)
		}
	}
	if megabytes > 0 {
		f, err := os.Create(image)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Truncate(int64(megabytes) << 20); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		command(t, "mkfs.ext4", "-q", "-F", "-m", "0", image)
	}
	dir = image + ".d"
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("mount", "-o", "loop", image, dir).CombinedOutput(); err != nil {
		t.Skipf("this computer mounts no images: %s", out)
	}
	t.Cleanup(func() { unmount(dir) })
	return dir
}

func unmount(dir string) { _ = exec.Command("umount", dir).Run() }

func command(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v: %s", name, args, err, out)
	}
}

// cutPower lets a process write on a mounted image, copies the image while the
// process is frozen, as the disk is at that moment, and looks at the copy.
// It gives how many acts were acknowledged and how many of them are missing.
func cutPower(t *testing.T, acts int, env ...string) (total, lost int) {
	t.Helper()
	folder := t.TempDir()
	image := filepath.Join(folder, "disk")
	dir := mountImage(t, image, 1024)
	w := startWriter(t, filepath.Join(dir, "camp"), env...)
	var l acked
	l.follow(t, w, "ack", acts)
	if err := w.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	copied := image + "-cut"
	command(t, "cp", "--sparse=always", image, copied)
	l.kill(t, w)
	unmount(dir)

	dir = mountImage(t, copied, 0)
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
	unmount(dir)
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
	dir := mountImage(t, filepath.Join(t.TempDir(), "disk"), 64)
	_, err := Open(t.Context(), crashOptions(filepath.Join(dir, "camp")))
	if _, say := faultOf(err); say != "store.too_small.say" {
		t.Errorf("%v", err)
	}
}

// TestFullDisk fills a disk with posts, under the real marks, then lets another
// program fill it to the last byte: the store goes on reading, survives a stop
// and a start, and takes writes again by itself when there is room.
func TestFullDisk(t *testing.T) {
	dir := mountImage(t, filepath.Join(t.TempDir(), "disk"), envCount("CAMP_FULL_MB", 700))
	home := filepath.Join(dir, "camp")
	c := startClerk(t, home)
	c.want("started")
	posts := c.ask("fill", "full ")
	t.Logf("posts written before the disk was called full: %s; free now %d MB", posts, freeMB(t, dir))
	c.ask("read", "read "+posts)

	filler := filepath.Join(dir, "filler")
	fillFile(t, filler)
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
	fillFile(t, filler+"2")
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

func freeMB(t *testing.T, dir string) int64 {
	t.Helper()
	d, err := askDisk(dir)
	if err != nil {
		t.Fatal(err)
	}
	return d.free / mb
}

// fillFile writes until the disk has not a byte left.
func fillFile(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	for size := 1 << 20; size > 0; {
		if _, err := f.Write(make([]byte, size)); err != nil {
			size /= 2
		}
	}
	_ = f.Sync()
	if err := f.Close(); err != nil && !strings.Contains(err.Error(), "no space") {
		t.Fatal(err)
	}
}

func strconvAtoi(s string) (n int, err error) { _, err = fmt.Sscan(s, &n); return n, err }
