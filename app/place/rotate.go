package place

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
)

// The log is kept in files of at most logBytes, the newest logFiles of them.
const (
	logName  = "camp.log"
	logBytes = 10 << 20
	logFiles = 3
)

// LogFile is a log that goes round: camp.log is written, camp.log.1 is the one
// before it. Safe for concurrent use.
type LogFile struct {
	dir   string
	limit int64

	mu   sync.Mutex // guards what follows
	f    *os.File
	size int64
}

// OpenLog opens the log in the folder of logs, which must exist.
func (h Home) OpenLog() (*LogFile, error) { return openLog(h.Logs, logBytes) }

func openLog(dir string, limit int64) (*LogFile, error) {
	l := &LogFile{dir: dir, limit: limit}
	if err := l.open(); err != nil {
		return nil, err
	}
	return l, nil
}

func (l *LogFile) open() error {
	f, err := os.OpenFile(filepath.Join(l.dir, logName), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("open the log: %w", err)
	}
	st, err := f.Stat()
	if err != nil {
		_ = f.Close()
		return fmt.Errorf("open the log: %w", err)
	}
	l.f, l.size = f, st.Size()
	return nil
}

// Write appends one line. Where the log cannot be written the line is lost and
// the program goes on: a full disk must not end a camp by its log.
func (l *LogFile) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.f == nil || l.size > 0 && l.size+int64(len(line)) > l.limit {
		if err := l.turn(); err != nil {
			return len(line), nil
		}
	}
	n, _ := l.f.Write(line)
	l.size += int64(n)
	return len(line), nil
}

// turn moves each file one on; the oldest goes. The caller holds mu.
func (l *LogFile) turn() error {
	if l.f != nil {
		_ = l.f.Close()
		l.f = nil
	}
	name := func(n int) string {
		if n == 0 {
			return filepath.Join(l.dir, logName)
		}
		return filepath.Join(l.dir, logName+"."+strconv.Itoa(n))
	}
	_ = os.Remove(name(logFiles - 1))
	for n := logFiles - 1; n > 0; n-- {
		_ = os.Rename(name(n-1), name(n))
	}
	return l.open()
}

// Close ends the log.
func (l *LogFile) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.f == nil {
		return nil
	}
	err := l.f.Close()
	l.f = nil
	return err
}
