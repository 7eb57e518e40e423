package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"
)

// Kinds for tests of the engine alone.
var (
	kTry      = declare(kind{prefix: "try/", key: "anything", writer: "engine_test.go", unsaved: true})
	kTryLoose = declare(kind{prefix: "tryloose/", key: "anything", writer: "engine_test.go", unsaved: true, loose: true})
)

func testOptions(t testing.TB, dir string) Options {
	return Options{Dir: dir, Now: time.Now, Rand: rand.Reader, Log: slog.New(slog.NewTextHandler(t.Output(), nil))}
}

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

func tryKey(s string) []byte { return kTry.at([]byte(s)) }

func putTry(ctx context.Context, db *DB, key, value string) error {
	return db.Update(ctx, func(tx *Tx) error { return tx.put(tryKey(key), []byte(value)) })
}

func getTry(t testing.TB, db *DB, key string) string {
	t.Helper()
	var out string
	err := db.View(t.Context(), func(tx *Tx) error {
		v, err := tx.get(tryKey(key))
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

func TestUpdateIsThereAfterReopening(t *testing.T) {
	dir := t.TempDir()
	db := openTest(t, testOptions(t, dir))
	begin := db.Seq()
	for i := range 10 {
		if err := putTry(t.Context(), db, fmt.Sprint(i), fmt.Sprint("value ", i)); err != nil {
			t.Fatal(err)
		}
	}
	if got := getTry(t, db, "3"); got != "value 3" {
		t.Errorf("got %q", got)
	}
	if db.Seq() != begin+10 {
		t.Errorf("sequence %d", db.Seq())
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	db = openTest(t, testOptions(t, dir))
	if got := getTry(t, db, "9"); got != "value 9" {
		t.Errorf("got %q", got)
	}
	if db.Seq() != begin+10 {
		t.Errorf("sequence %d after reopening", db.Seq())
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
	if db.Seq() >= writers*each {
		t.Errorf("%d records for %d acts: nothing was gathered", db.Seq(), writers*each)
	}
}
