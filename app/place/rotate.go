package place

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

// The log is kept in files of at most logBytes and logTurn, the newest logFiles
// of them. One whose last line is older than logOld goes: together no line is
// older than LogLife once something new was written.
const (
	logName  = "camp.log"
	logBytes = 10 << 20
	logFiles = 3
	logTurn  = 2 * 24 * time.Hour
	logOld   = LogLife - logTurn
)

// LogLife is how long what the program writes about itself is kept (reliability.md 9).
const LogLife = 7 * 24 * time.Hour

// LogFile is a log that goes round: camp.log is written, camp.log.1 is the one
// before it. Safe for concurrent use.
type LogFile struct {
	dir   string
	limit int64
	now   func() time.Time

	mu    sync.Mutex // guards what follows
	f     *os.File
	size  int64
	began time.Time // when the first line of the file was written
}

// OpenLog opens the log in the folder of logs, which must exist.
func (h Home) OpenLog(now func() time.Time) (*LogFile, error) { return openLog(h.Logs, logBytes, now) }

func openLog(dir string, limit int64, now func() time.Time) (*LogFile, error) {
	l := &LogFile{dir: dir, limit: limit, now: now}
	if err := l.open(); err != nil {
		return nil, err
	}
	l.sweep()
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
	l.f, l.size, l.began = f, st.Size(), l.now()
	if l.size > 0 {
		l.began = firstTime(f.Name(), st.ModTime())
	}
	return nil
}

// firstTime reads when the first line of a log was written, as slog's text
// begins it ("time=2026-11-30T09:47:03.000Z …"); without that it is when.
func firstTime(path string, when time.Time) time.Time {
	f, err := os.Open(path)
	if err != nil {
		return when
	}
	defer func() { _ = f.Close() }()
	var head [64]byte
	n, _ := f.Read(head[:])
	word, _, _ := strings.Cut(string(head[:n]), " ")
	if at, err := time.Parse(time.RFC3339, strings.TrimPrefix(word, "time=")); err == nil {
		return at
	}
	return when
}

// sweep removes files whose last line is too old; the one that is written stays.
func (l *LogFile) sweep() {
	for n := 1; n < logFiles; n++ {
		path := filepath.Join(l.dir, logName+"."+strconv.Itoa(n))
		if st, err := os.Stat(path); err == nil && l.now().Sub(st.ModTime()) > logOld {
			_ = os.Remove(path)
		}
	}
}

// Write appends one line. Where the log cannot be written the line is lost and
// the program goes on: a full disk must not end a camp by its log.
func (l *LogFile) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.f == nil || l.size > 0 && (l.size+int64(len(line)) > l.limit || l.now().Sub(l.began) > logTurn) {
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
	l.sweep()
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
