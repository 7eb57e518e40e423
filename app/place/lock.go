package place

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// ErrLocked is returned where another program holds the data folder.
var ErrLocked = errors.New("place: the folder is in use")

// Lock is a held lock of a data folder. The system gives it back by itself when
// the process ends, however it ends.
type Lock struct{ f *os.File }

// Take locks the folder for this process, or returns ErrLocked. The lock file
// says which process holds it and since when, for people who look.
func Take(dir string, now time.Time) (*Lock, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the lock: %w", err)
	}
	if err := lockFile(f); err != nil {
		_ = f.Close()
		if errors.Is(err, errHeld) {
			return nil, ErrLocked
		}
		return nil, fmt.Errorf("lock the folder: %w", err)
	}
	if err := f.Truncate(0); err == nil {
		_, _ = f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"+now.UTC().Format(time.RFC3339)+"\n"), 0)
	}
	return &Lock{f: f}, nil
}

// Release gives the folder back. The file stays: removing it would let two
// programs hold two files of one name.
func (l *Lock) Release() error { return l.f.Close() }

// Locked reports whether a program holds the folder now. A folder that does not
// exist is held by nobody.
func Locked(dir string) bool {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR, 0o600)
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }()
	return errors.Is(lockFile(f), errHeld)
}

// Holder gives the process id written into the lock, 0 where none is readable.
func Holder(dir string) int {
	raw, err := os.ReadFile(filepath.Join(dir, "lock"))
	if err != nil {
		return 0
	}
	line, _, _ := strings.Cut(string(raw), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		return 0
	}
	return pid
}
