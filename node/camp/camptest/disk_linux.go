package camptest

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
	"testing"
)

// MountImage makes an ext4 file system of so many MB in a file (0: one that was
// made before) and mounts it until the test ends. Where the computer cannot do
// that, the test is skipped with the reason.
func MountImage(t *testing.T, image string, megabytes int) (dir string) {
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
		makeImage(t, image, megabytes)
	}
	dir = image + ".d"
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("mount", "-o", "loop", image, dir).CombinedOutput(); err != nil {
		t.Skipf("this computer mounts no images: %s", out)
	}
	t.Cleanup(func() { Unmount(dir) })
	return dir
}

func makeImage(t *testing.T, image string, megabytes int) {
	t.Helper()
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
	Command(t, "mkfs.ext4", "-q", "-F", "-m", "0", image)
}

// Unmount takes a mounted image away before the test ends.
func Unmount(dir string) { _ = exec.Command("umount", dir).Run() }

// Command runs a tool that must succeed.
func Command(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v: %s", name, args, err, out)
	}
}

// FillFile writes until the disk has not a byte left.
func FillFile(t *testing.T, path string) {
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
	if err := f.Close(); err != nil && !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
}
