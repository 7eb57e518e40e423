//go:build crash

package store

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	mathrand "math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// The writer process is this test binary, run again with CAMP_CRASH_DIR set. It
// opens the store there, says what it finds, and writes until it is killed, one
// line on stdout for each acknowledged act. Act n of writer w writes the row a/n
// and the row b/n and deletes b/n-1, so that half an act shows.
const (
	crashDir     = "CAMP_CRASH_DIR"
	crashNoSync  = "CAMP_CRASH_NOSYNC" // the journal's sync does nothing
	crashWriters = 8
)

// envCount reads how often a test is to be done.
func envCount(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil && n > 0 {
		return n
	}
	return otherwise
}

// idle is a file system for the journal on which Sync does nothing.
type idle struct{ osLayer }

type idleFile struct{ layerFile }

func (idleFile) Sync() error { return nil }

func (l idle) create(path string) (layerFile, error) {
	f, err := l.osLayer.create(path)
	return idleFile{f}, err
}

func (l idle) open(path string) (layerFile, error) {
	f, err := l.osLayer.open(path)
	return idleFile{f}, err
}

func crashOptions(dir string) Options {
	opt := Options{Dir: dir, Now: time.Now, Rand: rand.Reader, Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))}
	if os.Getenv(crashNoSync) != "" {
		opt.files = idle{}
	}
	return opt
}

func actKeys(w, n int) (a, b []byte) {
	return tryKey(fmt.Sprintf("act/%d/a/%08d", w, n)), tryKey(fmt.Sprintf("act/%d/b/%08d", w, n))
}

// TestWriterProcess is the writer process; run by itself it does nothing.
func TestWriterProcess(t *testing.T) {
	dir := os.Getenv(crashDir)
	if dir == "" {
		return
	}
	fmt.Println("opening")
	db, err := Open(t.Context(), crashOptions(dir))
	if err != nil {
		fmt.Println("refused", err)
		return
	}
	found := findActs(t, db)
	for w, n := range found {
		fmt.Println("have", w, n)
	}
	for _, n := range db.Needs() {
		fmt.Println("needs", n.Say)
	}
	if err := db.Started(); err != nil {
		fmt.Println("refused", err)
		return
	}
	fmt.Println("ready")
	var wg sync.WaitGroup
	for w := range crashWriters {
		wg.Go(func() { writeActs(db, w, found[w]) })
	}
	wg.Wait()
}

// findActs counts the acts of each writer, and says where one is half or missing.
func findActs(t testing.TB, db *DB) [crashWriters]int {
	var found [crashWriters]int
	err := db.View(t.Context(), func(tx *Tx) error {
		for w := range crashWriters {
			next, fault := 0, ""
			err := tx.scan(tryKey(fmt.Sprintf("act/%d/a/", w)), nil, true, func(k, _ []byte) bool {
				if a, _ := actKeys(w, next); string(a) != string(k) {
					fault = fmt.Sprintln("hole", w, next)
				}
				next++
				return fault == ""
			})
			if err != nil {
				return err
			}
			found[w] = next
			last := 0
			err = tx.scan(tryKey(fmt.Sprintf("act/%d/b/", w)), nil, true, func(k, _ []byte) bool {
				if _, b := actKeys(w, next-1); string(b) != string(k) {
					fault = fmt.Sprintln("half", w, next-1)
				}
				last++
				return true
			})
			if err != nil {
				return err
			}
			if fault == "" && next > 0 && last != 1 {
				fault = fmt.Sprintln("half", w, next-1, "with", last)
			}
			fmt.Print(fault)
		}
		return nil
	})
	if err != nil {
		fmt.Println("refused", err)
	}
	return found
}

func writeActs(db *DB, w, from int) {
	ctx := context.Background()
	value := []byte(strings.Repeat("what somebody wrote ", 1+w*10))
	for n := from; ; n++ {
		err := db.Update(ctx, func(tx *Tx) error {
			a, b := actKeys(w, n)
			errs := []error{tx.put(a, value), tx.put(b, nil)}
			if n > 0 {
				_, old := actKeys(w, n-1)
				errs = append(errs, tx.del(old))
			}
			return errors.Join(errs...)
		})
		if err != nil {
			fmt.Println("refused", err)
			return
		}
		// One write for the line, so that a kill cannot cut it.
		if _, err := os.Stdout.WriteString(fmt.Sprintf("ack %d %d\n", w, n)); err != nil {
			return
		}
		if n%7 == 0 {
			if err := db.Loose(ctx, func(tx *Tx) error { return tx.put(looseKey(fmt.Sprint(w)), value) }); err != nil {
				fmt.Println("refused", err)
				return
			}
		}
	}
}

// writer is a running writer process as its parent sees it.
type writer struct {
	cmd   *exec.Cmd
	lines *bufio.Scanner
	out   io.Closer
}

func startWriter(t *testing.T, dir string, env ...string) *writer {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, "-test.run", "^TestWriterProcess$")
	cmd.Env = append(os.Environ(), append(env, crashDir+"="+dir)...)
	cmd.Stderr = os.Stderr
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout = w
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return &writer{cmd: cmd, lines: bufio.NewScanner(r), out: r}
}

// log is what the parent knows of all writers.
type acked struct {
	next   [crashWriters]int // acts that were acknowledged: all before this one
	starts int
	total  int
}

// follow reads lines until there are so many acts more, or the process ends.
// It checks what a starting process says it has.
func (l *acked) follow(t *testing.T, w *writer, stopAt string, acts int) {
	t.Helper()
	for w.lines.Scan() {
		line := w.lines.Text()
		var who, n int
		switch word, rest, _ := strings.Cut(line, " "); word {
		case "ack":
			if _, err := fmt.Sscan(rest, &who, &n); err != nil {
				t.Fatalf("line %q", line)
			}
			l.next[who] = max(l.next[who], n+1)
			l.total++
			if acts--; acts <= 0 && stopAt == "ack" {
				return
			}
		case "have":
			if _, err := fmt.Sscan(rest, &who, &n); err != nil {
				t.Fatalf("line %q", line)
			}
			if n < l.next[who] {
				t.Errorf("writer %d: %d acts were acknowledged, %d are there", who, l.next[who], n)
			}
		case "hole", "half", "refused", "needs":
			t.Errorf("the store says: %s", line)
		case "ready":
			l.starts++
		}
		if line == stopAt {
			return
		}
	}
}

// kill ends the process the hard way and takes in what it said before.
func (l *acked) kill(t *testing.T, w *writer) {
	t.Helper()
	if err := w.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	l.follow(t, w, "", 0)
	_ = w.cmd.Wait()
	_ = w.out.Close()
}

// TestKill kills a writing process again and again, at chance moments, and lets
// the next one go on by itself. Every fifth time one more is killed while it starts.
func TestKill(t *testing.T) {
	kills := envCount("CAMP_KILLS", 10)
	dir := t.TempDir()
	var l acked
	early := 0
	for i := range kills {
		if i%5 == 4 {
			w := startWriter(t, dir)
			l.follow(t, w, "opening", 0)
			l.kill(t, w)
			early++
		}
		w := startWriter(t, dir)
		l.follow(t, w, "ack", 1+mathrand.IntN(800))
		l.kill(t, w)
		if t.Failed() {
			t.Fatalf("after %d kills", i+1)
		}
	}
	w := startWriter(t, dir)
	l.follow(t, w, "ready", 0)
	l.kill(t, w)
	if l.starts < kills+1 {
		t.Errorf("%d starts served, want %d", l.starts, kills+1)
	}
	t.Logf("%d kills under load, %d while starting; %d unattended starts that served; %d acts acknowledged", kills, early, l.starts, l.total)
}
