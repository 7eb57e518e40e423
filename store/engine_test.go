package store

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"camp/node/camp"
)

// Kinds for tests of the engine alone.
var (
	kTry      = declare(kind{prefix: "try/", key: "anything", writer: "engine_test.go", index: true, counted: countAll})
	kTryLoose = declare(kind{prefix: "tryloose/", key: "anything", writer: "engine_test.go", unsaved: true, loose: true})
)

func testOptions(t testing.TB, dir string) Options {
	return Options{
		Dir: dir, Now: time.Now, Rand: rand.Reader,
		Log:  slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})),
		disk: plenty, segmentBytes: 256 << 10,
	}
}

// plenty is a disk with room for all.
func plenty(string) (disk, error) { return disk{free: 1 << 40, total: 2 << 40}, nil }

func openTest(t testing.TB, opt Options) *DB {
	t.Helper()
	db, err := Open(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil && !errors.Is(err, ErrClosed) {
			t.Error(err)
		}
	})
	return db
}

func closeTest(t testing.TB, db *DB) {
	t.Helper()
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func tryKey(s string) []byte { return kTry.at([]byte(s)) }

func putTry(ctx context.Context, db *DB, key, value string) error {
	return db.Update(ctx, func(tx *Tx) error { return tx.put(tryKey(key), []byte(value)) })
}

func mustPut(t testing.TB, db *DB, key, value string) {
	t.Helper()
	if err := putTry(t.Context(), db, key, value); err != nil {
		t.Fatal(err)
	}
}

func getKey(t testing.TB, db *DB, key []byte) string {
	t.Helper()
	var out string
	err := db.View(t.Context(), func(tx *Tx) error {
		v, err := tx.get(key)
		out = string(v)
		if errors.Is(err, ErrNone) {
			out, err = "(none)", nil
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func getTry(t testing.TB, db *DB, key string) string {
	t.Helper()
	return getKey(t, db, tryKey(key))
}

// listTry gives the keys and values below try/ as "key=value".
func listTry(t testing.TB, tx *Tx, prefix, from string, keysOnly bool) []string {
	t.Helper()
	var out []string
	var start []byte
	if from != "" {
		start = tryKey(from)
	}
	err := tx.scan(tryKey(prefix), start, keysOnly, func(k, v []byte) bool {
		if keysOnly && v != nil {
			t.Errorf("keysOnly gave a value")
		}
		out = append(out, string(k[len("try/"):])+"="+string(v))
		return true
	})
	if err != nil {
		t.Error(err)
	}
	return out
}

func faultOf(err error) (camp.Kind, string) {
	var f *camp.Fault
	if errors.As(err, &f) {
		return f.Kind, f.Say
	}
	return "", ""
}

func TestUpdateIsThereAfterReopening(t *testing.T) {
	dir := t.TempDir()
	db := openTest(t, testOptions(t, dir))
	begin := db.Seq()
	for i := range 10 {
		mustPut(t, db, fmt.Sprint(i), fmt.Sprint("value ", i))
	}
	if got := getTry(t, db, "3"); got != "value 3" {
		t.Errorf("got %q", got)
	}
	closeTest(t, db)
	db = openTest(t, testOptions(t, dir))
	if got := getTry(t, db, "9"); got != "value 9" {
		t.Errorf("got %q", got)
	}
	if db.Seq() != begin+10 {
		t.Errorf("sequence %d after reopening", db.Seq())
	}
	if n := db.Needs(); len(n) != 0 {
		t.Errorf("a clean stop was taken for damage: %v", n)
	}
}

func TestManyWritersSeeEachOther(t *testing.T) {
	db := openTest(t, testOptions(t, t.TempDir()))
	const writers, each = 16, 25
	var wg sync.WaitGroup
	for range writers {
		wg.Go(func() {
			for range each {
				err := db.Update(t.Context(), func(tx *Tx) error {
					v, err := tx.get(tryKey("count"))
					if err != nil && !errors.Is(err, ErrNone) {
						return err
					}
					return tx.put(tryKey("count"), append(v, 'x'))
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if got := len(getTry(t, db, "count")); got != writers*each {
		t.Errorf("counted %d, want %d", got, writers*each)
	}
}

// held lets a test stop the committer in its sync.
type held struct {
	in      chan struct{} // one for each sync that has begun
	release chan error
	once    sync.Once
}

func holdSyncs(t *testing.T, b *brittle) *held {
	t.Helper()
	h := &held{in: make(chan struct{}, 100), release: make(chan error, 100)}
	b.set(func() {
		b.sync = func(string) error {
			h.in <- struct{}{}
			return <-h.release
		}
	})
	t.Cleanup(func() { h.end(b) }) // before the store is closed
	return h
}

func (h *held) end(b *brittle) {
	b.set(func() { b.sync = nil })
	h.once.Do(func() { close(h.release) })
}

func openBrittle(t *testing.T) (*DB, *brittle, string) {
	t.Helper()
	dir, b := t.TempDir(), newBrittle()
	opt := testOptions(t, dir)
	opt.files = b
	db := openTest(t, opt)
	mustPut(t, db, "first", "1") // so that the segment is there
	return db, b, dir
}

func TestNobodySeesOrHearsWhatIsNotSynced(t *testing.T) {
	db, b, _ := openBrittle(t)
	h := holdSyncs(t, b)
	answers := make(chan string, 4)
	go func() {
		_ = putTry(context.Background(), db, "a", "new")
		answers <- "writer"
	}()
	<-h.in // the group is in its sync
	go func() {
		// Reads the unsynced row and writes nothing: its answer tells of the row too.
		_ = db.Update(context.Background(), func(tx *Tx) error {
			v, err := tx.get(tryKey("a"))
			if string(v) != "new" {
				t.Errorf("the next act saw %q", v)
			}
			return err
		})
		answers <- "reader"
	}()
	go func() {
		err := db.Update(context.Background(), func(tx *Tx) error {
			if _, err := tx.get(tryKey("a")); err == nil {
				return errors.New("name taken")
			}
			return nil
		})
		if err == nil || err.Error() != "name taken" {
			t.Errorf("got %v", err)
		}
		answers <- "refused"
	}()
	for range 50 {
		if got := getTry(t, db, "a"); got != "(none)" {
			t.Fatalf("a view saw an unsynced row: %q", got)
		}
		runtime.Gosched()
	}
	select {
	case who := <-answers:
		t.Fatalf("%s was answered before the sync", who)
	default:
	}
	h.end(b)
	for range 3 {
		<-answers
	}
	if got := getTry(t, db, "a"); got != "new" {
		t.Errorf("after the sync: %q", got)
	}
}

func TestAFailedFunctionLeavesNothing(t *testing.T) {
	db := openTest(t, testOptions(t, t.TempDir()))
	oops := errors.New("oops")
	err := db.Update(t.Context(), func(tx *Tx) error {
		if err := tx.put(tryKey("a"), []byte("x")); err != nil {
			return err
		}
		return oops
	})
	if err != oops {
		t.Errorf("got %v", err)
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		_ = db.Update(t.Context(), func(tx *Tx) error {
			_ = tx.put(tryKey("a"), []byte("x"))
			panic("mistake")
		})
	}()
	var wg sync.WaitGroup
	wg.Go(func() {
		_ = db.Update(t.Context(), func(tx *Tx) error {
			_ = tx.put(tryKey("a"), []byte("x"))
			runtime.Goexit()
			return nil
		})
	})
	wg.Wait()
	mustPut(t, db, "b", "fine")
	if got := getTry(t, db, "a"); got != "(none)" {
		t.Errorf("got %q", got)
	}
}

func TestScanSeesOwnWritesAndThoseBefore(t *testing.T) {
	db, b, _ := openBrittle(t)
	for _, k := range []string{"s/a", "s/c", "s/e", "t"} {
		mustPut(t, db, k, "old")
	}
	h := holdSyncs(t, b)
	done := make(chan error, 2)
	go func() {
		done <- db.Update(context.Background(), func(tx *Tx) error {
			return errors.Join(tx.put(tryKey("s/b"), []byte("flight")), tx.del(tryKey("s/c")), tx.put(tryKey("s/d"), []byte("flight")))
		})
	}()
	<-h.in
	go func() {
		done <- db.Update(context.Background(), func(tx *Tx) error {
			err := errors.Join(tx.put(tryKey("s/a"), []byte("own")), tx.del(tryKey("s/d")), tx.put(tryKey("s/f"), []byte("own")))
			for _, c := range []struct {
				prefix, from string
				keysOnly     bool
				want         string
			}{
				{"s/", "", false, "s/a=own s/b=flight s/e=old s/f=own"},
				{"s/", "", true, "s/a= s/b= s/e= s/f="},
				{"s/", "s/b", false, "s/b=flight s/e=old s/f=own"},
				{"s/", "s/c", false, "s/e=old s/f=own"},
				{"s/", "s/g", false, ""},
				{"s/", "a", false, "s/a=own s/b=flight s/e=old s/f=own"},
			} {
				if got := strings.Join(listTry(t, tx, c.prefix, c.from, c.keysOnly), " "); got != c.want {
					t.Errorf("scan %q from %q: %s, want %s", c.prefix, c.from, got, c.want)
				}
			}
			// Writing while scanning is allowed and not seen by that scan.
			n := 0
			serr := tx.scan(tryKey("s/"), nil, false, func(k, _ []byte) bool {
				n++
				if err := tx.del(slices.Clone(k)); err != nil {
					t.Error(err)
				}
				return true
			})
			if n != 4 || len(listTry(t, tx, "s/", "", false)) != 0 {
				t.Errorf("deleted %d, left %v", n, listTry(t, tx, "s/", "", false))
			}
			return errors.Join(err, serr)
		})
	}()
	h.end(b)
	for range 2 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	err := db.View(t.Context(), func(tx *Tx) error {
		if got := listTry(t, tx, "s/", "", false); len(got) != 0 {
			t.Errorf("left %v", got)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// TestScanAgainstAMap lets chance write, delete and scan, in Badger, in the
// group in flight and in the act itself, and compares with a map.
func TestScanAgainstAMap(t *testing.T) {
	db := openTest(t, testOptions(t, t.TempDir()))
	model := map[string]string{}
	var seed atomic.Uint32
	next := func(n int) int { return int(seed.Add(2654435761)>>8) % n }
	for range 150 {
		err := db.Update(t.Context(), func(tx *Tx) error {
			for range 1 + next(6) {
				k := fmt.Sprintf("m/%02d", next(40))
				if next(3) == 0 {
					delete(model, k)
					if err := tx.del(tryKey(k)); err != nil {
						return err
					}
					continue
				}
				model[k] = fmt.Sprint(next(1000))
				if err := tx.put(tryKey(k), []byte(model[k])); err != nil {
					return err
				}
			}
			from := fmt.Sprintf("m/%02d", next(40))
			var want []string
			for k, v := range model {
				if k >= from {
					want = append(want, k+"="+v)
				}
			}
			slices.Sort(want)
			if got := listTry(t, tx, "m/", from, false); !slices.Equal(got, want) {
				t.Fatalf("from %s: %v, want %v", from, got, want)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestWhatMayNotBeWritten(t *testing.T) {
	db := openTest(t, testOptions(t, t.TempDir()))
	for name, fn := range map[string]func(*Tx) error{
		"undeclared prefix": func(tx *Tx) error { return tx.put([]byte("nobody/x"), nil) },
		"no prefix":         func(tx *Tx) error { return tx.put([]byte("nobody"), nil) },
		"empty key":         func(tx *Tx) error { return tx.put(nil, nil) },
		"long key":          func(tx *Tx) error { return tx.put(tryKey(strings.Repeat("x", maxKey)), nil) },
		"long value":        func(tx *Tx) error { return tx.put(tryKey("x"), make([]byte, maxValue+1)) },
		"delete undeclared": func(tx *Tx) error { return tx.del([]byte("nobody/x")) },
	} {
		if err := db.Update(t.Context(), fn); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	err := db.View(t.Context(), func(tx *Tx) error { return tx.put(tryKey("x"), nil) })
	if !errors.Is(err, errReadOnly) {
		t.Errorf("a view wrote: %v", err)
	}
	err = db.Loose(t.Context(), func(tx *Tx) error { return tx.put(tryKey("x"), nil) })
	if !errors.Is(err, errNotLoose) {
		t.Errorf("Loose wrote another kind: %v", err)
	}
	if err := putTry(t.Context(), db, "x", strings.Repeat("v", maxValue)); err != nil {
		t.Errorf("the largest value: %v", err)
	}
}

func looseKey(s string) []byte { return kTryLoose.at([]byte(s)) }

func TestLooseIsNotJournalled(t *testing.T) {
	db := openTest(t, testOptions(t, t.TempDir()))
	seq := db.Seq()
	err := db.Loose(t.Context(), func(tx *Tx) error { return tx.put(looseKey("a"), []byte("1")) })
	if err != nil || db.Seq() != seq {
		t.Errorf("err %v, sequence %d to %d", err, seq, db.Seq())
	}
	if got := getKey(t, db, looseKey("a")); got != "1" {
		t.Errorf("got %q", got)
	}
}

// TestUpdateOfLooseRowsReplays: Update may write loose kinds. However far Badger
// fell back, a replay leaves such a row as the last Update left it, or as a
// later Loose did, never as something before that Update.
func TestUpdateOfLooseRowsReplays(t *testing.T) {
	dir := t.TempDir()
	opt := testOptions(t, dir)
	db := openTest(t, opt)
	mustPut(t, db, "x", "0")
	closeTest(t, db)
	early := t.TempDir()
	putBack(t, dir+"/db", early)

	db = openTest(t, opt)
	loose := func(v string) {
		if err := db.Loose(t.Context(), func(tx *Tx) error { return tx.put(looseKey("a"), []byte(v)) }); err != nil {
			t.Fatal(err)
		}
	}
	update := func(fn func(tx *Tx) error) {
		if err := db.Update(t.Context(), fn); err != nil {
			t.Fatal(err)
		}
	}
	loose("loose 1")
	update(func(tx *Tx) error {
		return errors.Join(tx.put(looseKey("a"), []byte("kept")), tx.put(looseKey("b"), []byte("kept")))
	})
	loose("loose 2")
	update(func(tx *Tx) error { return tx.del(looseKey("b")) })
	if got := getKey(t, db, looseKey("a")); got != "loose 2" {
		t.Errorf("before: %q", got)
	}
	closeTest(t, db)

	putBack(t, early, dir+"/db") // Badger lost all since
	if err := removeAll(dir, noteFile, manifestCopy, cleanFile); err != nil {
		t.Fatal(err)
	}
	db = openTest(t, opt)
	if got := getKey(t, db, looseKey("a")); got != "kept" {
		t.Errorf("after replay: %q", got)
	}
	if got := getKey(t, db, looseKey("b")); got != "(none)" {
		t.Errorf("a deleted row came back: %q", got)
	}
}

func TestAnActLargerThanBadgersTransactionIsWhole(t *testing.T) {
	dir := t.TempDir()
	opt := testOptions(t, dir)
	opt.segmentBytes = 0
	db := openTest(t, opt)
	const rows = 3000
	value := bytes.Repeat([]byte("v"), 1000)
	stop, seen := make(chan struct{}), make(chan struct{})
	var half atomic.Int64
	go func() {
		defer close(seen)
		for {
			select {
			case <-stop:
				return
			default:
			}
			_ = db.View(context.Background(), func(tx *Tx) error {
				if n := len(listTry(t, tx, "big/", "", true)); n != 0 && n != rows {
					half.Store(int64(n))
				}
				return nil
			})
		}
	}()
	err := db.Update(t.Context(), func(tx *Tx) error {
		for i := range rows {
			if err := tx.put(tryKey(fmt.Sprintf("big/%05d", i)), value); err != nil {
				return err
			}
		}
		return nil
	})
	close(stop)
	<-seen
	if err != nil {
		t.Fatal(err)
	}
	if half.Load() != 0 {
		t.Errorf("a view saw %d of %d rows of one act", half.Load(), rows)
	}
	err = db.Update(t.Context(), func(tx *Tx) error {
		for i := range 40 {
			if err := tx.put(tryKey(fmt.Sprintf("huge/%05d", i)), make([]byte, maxValue)); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		t.Error("an act of ten megabytes was taken")
	}
	closeTest(t, db)
	db = openTest(t, opt)
	err = db.View(t.Context(), func(tx *Tx) error {
		if n := len(listTry(t, tx, "big/", "", true)); n != rows {
			t.Errorf("%d rows after reopening", n)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestCancelledBeforeItsTurn(t *testing.T) {
	db, b, _ := openBrittle(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	ran := false
	// With the turn taken, the ended context is all that is left to answer.
	<-db.turn
	err := db.Update(ctx, func(*Tx) error { ran = true; return nil })
	db.leave()
	if !errors.Is(err, context.Canceled) || ran {
		t.Errorf("err %v, ran %v", err, ran)
	}
	// Once fn ran, the outcome counts, whatever the context says.
	h := holdSyncs(t, b)
	ctx, cancel = context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- putTry(ctx, db, "late", "x") }()
	<-h.in
	cancel()
	h.end(b)
	if err := <-done; err != nil || getTry(t, db, "late") != "x" {
		t.Errorf("err %v, value %q", err, getTry(t, db, "late"))
	}
}

func TestAfterCloseNothingWorks(t *testing.T) {
	db := openTest(t, testOptions(t, t.TempDir()))
	closeTest(t, db)
	for name, err := range map[string]error{
		"update": putTry(t.Context(), db, "a", "b"),
		"loose":  db.Loose(t.Context(), func(*Tx) error { return nil }),
		"view":   db.View(t.Context(), func(*Tx) error { return nil }),
		"close":  db.Close(),
	} {
		if !errors.Is(err, ErrClosed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCloseWaitsForWritersAndReaders(t *testing.T) {
	dir := t.TempDir()
	db := openTest(t, testOptions(t, dir))
	var acked atomic.Int64
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for i := 0; ; i++ {
				if putTry(context.Background(), db, fmt.Sprintf("w/%d/%06d", w, i), "x") != nil {
					return
				}
				acked.Add(1)
			}
		})
	}
	for acked.Load() < 50 {
		runtime.Gosched()
	}
	closeTest(t, db)
	wg.Wait()
	db = openTest(t, testOptions(t, dir))
	err := db.View(t.Context(), func(tx *Tx) error {
		if n := int64(len(listTry(t, tx, "w/", "", true))); n != acked.Load() {
			t.Errorf("%d acknowledged, %d there", acked.Load(), n)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
