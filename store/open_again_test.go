package store

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/dgraph-io/badger/v4"

	"camp/node/camp"
)

// TestRoomTakenWhileRowsAreSwapped: between closing and opening Badger another
// program takes the room. Reading goes on, at least as soon as it can, writing is
// refused in words, and with room again everything goes on by itself.
func TestRoomTakenWhileRowsAreSwapped(t *testing.T) {
	for _, c := range []struct {
		name     string
		readable bool // there is no room, and Badger cannot even be read for a while
	}{{"read on", true}, {"shut", false}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := &pretend{}
			p.set(10_000 * mb)
			opt := testOptions(t, t.TempDir())
			opt.disk = p.ask
			db := openTest(t, opt)
			mustPut(t, db, "a", "1")
			if err := db.makeBallast(); err != nil {
				t.Fatal(err)
			}
			var other *badger.DB // keeps ours from opening
			err := db.errandFor(func() error {
				return db.reopenBy(true, func() (err error) {
					if !c.readable {
						other, err = tryBadger(db.badgerOptions())
					}
					p.set(0)
					return err
				})
			})
			if err != nil {
				t.Fatal(err)
			}
			for range 2 { // also after a tick on the full disk
				if kind, say := faultOf(putTry(t.Context(), db, "a", "2")); kind != camp.Full || say != "store.disk_full.say" {
					t.Errorf("write: %s %s", kind, say)
				}
				if c.readable {
					if got := getTry(t, db, "a"); got != "1" {
						t.Errorf("read %q", got)
					}
				} else if kind, say := faultOf(db.View(t.Context(), func(*Tx) error { return nil })); kind != camp.Full || say != "store.disk_full.say" {
					t.Errorf("view: %s %s", kind, say)
				}
				if err := tickNow(db); err != nil {
					t.Error(err)
				}
			}
			if there(filepath.Join(opt.Dir, ballastFile)) {
				t.Error("the ballast was kept")
			}
			if err := db.Tidy(); err != nil {
				t.Errorf("tidy: %v", err)
			}
			if other != nil {
				if err := other.Close(); err != nil {
					t.Fatal(err)
				}
			}
			p.set(10_000 * mb)
			if err := tickNow(db); err != nil {
				t.Fatal(err)
			}
			mustPut(t, db, "b", "3")
			if db.small || db.stuck.Load() || db.shut.Load() {
				t.Error("it does not go on as before")
			}
			closeTest(t, db)
			if !there(filepath.Join(opt.Dir, cleanFile)) {
				t.Error("not a clean stop")
			}
			db = openTest(t, opt)
			if a, b := getTry(t, db, "a"), getTry(t, db, "b"); a != "1" || b != "3" {
				t.Errorf("afterwards %q, %q", a, b)
			}
		})
	}
}

// TestStopWhileThereIsNoRoom stops a store whose rows could not be opened again.
func TestStopWhileThereIsNoRoom(t *testing.T) {
	p := &pretend{}
	p.set(10_000 * mb)
	opt := testOptions(t, t.TempDir())
	opt.disk = p.ask
	db := openTest(t, opt)
	mustPut(t, db, "a", "1")
	err := db.errandFor(func() error {
		return db.reopenBy(true, func() error {
			other, err := tryBadger(db.badgerOptions())
			t.Cleanup(func() { _ = other.Close() })
			p.set(0)
			return err
		})
	})
	if err = errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}
