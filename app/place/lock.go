package place

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/user"
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
// says which process holds it, since when and whose it is, for people who look.
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
		_, _ = f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"+now.UTC().Format(time.RFC3339)+"\n"+account()+"\n"), 0)
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

// Holding is what a lock says of the program that holds it.
type Holding struct {
	Process int       // its number, 0 where none is readable
	Since   time.Time // zero where none is readable
	Person  string    // by whose account it runs; "" where none is readable
}

// Holder gives what is written into the lock.
func Holder(dir string) (h Holding) {
	f, err := os.Open(filepath.Join(dir, "lock"))
	if err != nil {
		return h
	}
	defer func() { _ = f.Close() }()
	raw, err := io.ReadAll(io.LimitReader(f, 1<<10))
	if err != nil {
		return h
	}
	lines := append(strings.Split(string(raw), "\n"), "", "", "")
	if h.Process, err = strconv.Atoi(strings.TrimSpace(lines[0])); err != nil || h.Process < 0 {
		return Holding{}
	}
	if h.Since, err = time.Parse(time.RFC3339, strings.TrimSpace(lines[1])); err != nil {
		h.Since = time.Time{}
	}
	h.Person = strings.TrimSpace(lines[2])
	return h
}

// account names whose program this is, for the line of a lock.
func account() string {
	u, err := user.Current()
	if err != nil {
		return ""
	}
	return strings.Join(strings.Fields(u.Username), " ")
}
