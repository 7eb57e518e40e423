package store

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"camp/node/camp"
)

// carryInto restores over a camp, with a carry of its own.
func carryInto(t *testing.T, file string, phrase camp.Secret, dir string, carry func(context.Context, *DB, *DB) error) error {
	t.Helper()
	o := testOptions(t, dir)
	_, err := Restore(t.Context(), RestoreOptions{File: file, Phrase: phrase, Dir: dir, Replace: true, Carry: carry, Now: o.Now, Rand: o.Rand, Log: o.Log})
	return err
}

// carried is a camp with a backup of an earlier state, closed.
func carried(t *testing.T) (dir, file string, phrase camp.Secret) {
	t.Helper()
	dir = t.TempDir()
	db := openTest(t, testOptions(t, dir))
	phrase = house(t, db, 3)
	file = filepath.Join(t.TempDir(), "a.campbackup")
	backupTo(t, db, file)
	rowsUpdate(t, db, func(tx *Tx) error { return tx.BuryKey([32]byte{7}, tx.Now()) })
	closeTest(t, db)
	return dir, file, phrase
}

// What the camp that is replaced knows can be taken over, and lasts.
func TestCarry(t *testing.T) {
	dir, file, phrase := carried(t)
	var seen []camp.BuriedKey
	err := carryInto(t, file, phrase, dir, func(ctx context.Context, old, fresh *DB) error {
		if err := old.View(ctx, func(tx *Tx) (err error) { seen, err = tx.AllBuried(); return err }); err != nil {
			return err
		}
		return fresh.Update(ctx, func(tx *Tx) error { return tx.BuryKey(seen[0].Key, seen[0].At) })
	})
	if err != nil || len(seen) != 1 || seen[0].Key != ([32]byte{7}) || seen[0].At.IsZero() {
		t.Fatalf("saw %v, %v", seen, err)
	}
	for range 2 { // also after opening again
		back := openTest(t, testOptions(t, dir))
		rowsSee(t, back, func(tx *Tx) error {
			ok, err := tx.Buried([32]byte{7})
			if !ok {
				t.Error("what was taken over is not there")
			}
			return err
		})
		if err := back.Started(); err != nil {
			t.Fatal(err)
		}
		closeTest(t, back)
	}
}

// A carry that fails changes nothing; one that finds the old camp unreadable is
// told so, and the camp comes back all the same.
func TestCarryThatFails(t *testing.T) {
	dir, file, phrase := carried(t)
	before := names(t, dir)
	stop := errors.New("stop")
	if err := carryInto(t, file, phrase, dir, func(context.Context, *DB, *DB) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("got %v", err)
	}
	if after := names(t, dir); len(after) != len(before) {
		t.Errorf("the folder held %q and holds %q", before, after)
	}
	old := openTest(t, testOptions(t, dir))
	rowsSee(t, old, func(tx *Tx) error {
		ok, err := tx.Buried([32]byte{7})
		if !ok {
			t.Error("the camp that was to be replaced lost something")
		}
		return err
	})
	closeTest(t, old)
	if err := os.Remove(filepath.Join(dir, "db", "MANIFEST")); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(dir, "journal")); err != nil {
		t.Fatal(err)
	}
	called := false
	err := carryInto(t, file, phrase, dir, func(_ context.Context, old, fresh *DB) error {
		called = true
		if old != nil || fresh == nil {
			t.Error("a camp that cannot be read was read")
		}
		return nil
	})
	if err != nil || !called {
		t.Fatalf("called %v, %v", called, err)
	}
	closeTest(t, openTest(t, testOptions(t, dir)))
}

// Where no camp was there is nothing to take over.
func TestCarryIntoAnEmptyFolder(t *testing.T) {
	_, file, phrase := carried(t)
	err := carryInto(t, file, phrase, filepath.Join(t.TempDir(), "new"), func(context.Context, *DB, *DB) error {
		t.Error("something was taken over from nowhere")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func rowsSee(t *testing.T, db *DB, fn func(*Tx) error) {
	t.Helper()
	if err := db.View(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}
