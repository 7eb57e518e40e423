package store

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"

	"camp/node/camp"
)

func TestFailingSyncStopsWriting(t *testing.T) {
	db, b, dir := openBrittle(t)
	h := holdSyncs(t, b)
	first, second := make(chan error, 1), make(chan error, 1)
	go func() { first <- putTry(context.Background(), db, "a", "unsure") }()
	<-h.in
	go func() { second <- putTry(context.Background(), db, "b", "on top") }()
	for gathered := 0; gathered == 0; runtime.Gosched() { // until the second builds on the first
		<-db.turn
		gathered = db.gather.acts
		db.leave()
	}
	h.release <- syscall.EIO
	for name, c := range map[string]chan error{"the one in the sync": first, "the one on top of it": second} {
		if kind, say := faultOf(<-c); kind != camp.Internal || say != "store.stopped.say" {
			t.Errorf("%s: %s %s", name, kind, say)
		}
	}
	if n := db.Needs(); len(n) != 1 || n[0].Say != "store.stopped.say" {
		t.Errorf("the host is told %v", n)
	}
	b.set(func() { b.sync = nil })
	if _, say := faultOf(putTry(t.Context(), db, "c", "later")); say != "store.stopped.say" {
		t.Errorf("writes go on after a failed sync: %q", say)
	}
	if _, say := faultOf(db.Loose(t.Context(), func(tx *Tx) error { return tx.put(looseKey("c"), nil) })); say != "store.stopped.say" {
		t.Errorf("loose writes go on after a failed sync: %q", say)
	}
	if got := getTry(t, db, "first"); got != "1" {
		t.Errorf("reading ended: %q", got)
	}
	for _, k := range []string{"a", "b", "c"} {
		if got := getTry(t, db, k); got != "(none)" {
			t.Errorf("%s is shown though nobody knows whether it is safe: %q", k, got)
		}
	}
	closeTest(t, db)
	// A restart finds out: the record is whole, so it counts now; what was on
	// top of it was never written.
	syncs := 0
	b.set(func() { b.sync = func(string) error { syncs++; return nil } })
	opt := testOptions(t, dir)
	opt.files = b
	db = openTest(t, opt)
	if syncs == 0 {
		t.Error("the last record was not synced again")
	}
	if a, b := getTry(t, db, "a"), getTry(t, db, "b"); a != "unsure" || b != "(none)" {
		t.Errorf("after the restart: %q %q", a, b)
	}
	mustPut(t, db, "c", "again")
}

func TestShortWriteStopsWriting(t *testing.T) {
	db, b, dir := openBrittle(t)
	b.set(func() { b.short, b.write = true, func(string, int) error { return syscall.EIO } })
	if _, say := faultOf(putTry(t.Context(), db, "a", strings.Repeat("half", 100))); say != "store.stopped.say" {
		t.Errorf("said %q", say)
	}
	b.set(func() { b.write = nil })
	closeTest(t, db)
	opt := testOptions(t, dir)
	opt.files = b
	db = openTest(t, opt)
	if got := getTry(t, db, "a"); got != "(none)" {
		t.Errorf("half a record counted: %q", got)
	}
	mustPut(t, db, "b", "fine")
	closeTest(t, db)
	db = openTest(t, opt)
	if got := getTry(t, db, "b"); got != "fine" {
		t.Errorf("after the torn record was wiped: %q", got)
	}
}

// TestNoRoomForASegmentRefusesAndGoesOn: nothing was begun, so nobody has to
// stop; but what was gathered on top of the refused group falls with it.
func TestNoRoomForASegmentRefusesAndGoesOn(t *testing.T) {
	db, b, _ := openBrittle(t)
	b.set(func() {
		b.make = func(string) error { return errNoRoom }
		b.write = func(_ string, n int) error {
			if n >= 4<<10 {
				return errNoRoom // the zeros of a longer file
			}
			return nil
		}
	})
	refused := 0
	for i := range 2000 {
		err := putTry(t.Context(), db, fmt.Sprintf("fill/%04d", i), noise(200))
		if err == nil {
			continue
		}
		if kind, say := faultOf(err); kind != camp.Full || say != "store.disk_full.say" {
			t.Fatalf("%v", err)
		}
		refused = i
		break
	}
	if refused == 0 {
		t.Fatal("the segment never filled")
	}
	b.set(func() { b.make, b.write = nil, nil })
	mustPut(t, db, "fill/9999", "again")
	err := db.View(t.Context(), func(tx *Tx) error {
		if n := len(listTry(t, tx, "fill/", "", true)); n != refused+1 {
			t.Errorf("%d rows, want %d", n, refused+1)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// TestRefusedGroupTakesDownWhatBuiltOnIt: the second act read a row of the first,
// which was then refused for want of room; it must not be written either.
func TestRefusedGroupTakesDownWhatBuiltOnIt(t *testing.T) {
	dir, b := t.TempDir(), newBrittle()
	opt := testOptions(t, dir)
	opt.files, opt.segmentBytes = b, 4<<10
	db := openTest(t, opt)
	in, release := make(chan struct{}), make(chan struct{})
	b.set(func() {
		b.make = func(string) error {
			in <- struct{}{}
			<-release
			return errNoRoom
		}
	})
	first, second := make(chan error, 1), make(chan error, 1)
	go func() { first <- putTry(context.Background(), db, "a", noise(8<<10)) }()
	<-in
	go func() {
		second <- db.Update(context.Background(), func(tx *Tx) error {
			v, err := tx.get(tryKey("a"))
			return errors.Join(err, tx.put(tryKey("b"), v[:1]))
		})
	}()
	for gathered := 0; gathered == 0; runtime.Gosched() {
		<-db.turn
		gathered = db.gather.acts
		db.leave()
	}
	b.set(func() { b.make = nil })
	close(release)
	for name, c := range map[string]chan error{"first": first, "second": second} {
		if kind, say := faultOf(<-c); kind != camp.Full || say != "store.disk_full.say" {
			t.Errorf("%s: %s %s", name, kind, say)
		}
	}
	if a, b := getTry(t, db, "a"), getTry(t, db, "b"); a != "(none)" || b != "(none)" {
		t.Errorf("written all the same: %.20q %q", a, b)
	}
	mustPut(t, db, "c", "x")
}

func TestPowerCutKeepsWhatWasAnswered(t *testing.T) {
	for _, torn := range []int{0, 1, 40, 200, 1 << 20} {
		t.Run(fmt.Sprint(torn), func(t *testing.T) {
			dir, b := t.TempDir(), newBrittle()
			opt := testOptions(t, dir)
			opt.files, opt.segmentBytes = b, 16<<10
			db := openTest(t, opt)
			mustPut(t, db, "p/0", "0")
			closeTest(t, db)
			early := t.TempDir()
			putBack(t, dir+"/db", early)
			db = openTest(t, opt)
			const acts = 300
			for i := range acts {
				mustPut(t, db, fmt.Sprintf("p/%04d", i), noise(100))
			}
			// One more is written, and the power goes before its sync.
			b.set(func() { b.sync = func(string) error { return syscall.EIO } })
			if putTry(t.Context(), db, "p/last", "unsure") == nil {
				t.Error("acknowledged without a sync")
			}
			b.set(func() { b.sync = nil })
			closeTest(t, db)
			b.cut(t, torn)
			putBack(t, early, dir+"/db") // Badger's files are as the disk has them
			if err := removeAll(dir, noteFile, manifestCopy, cleanFile); err != nil {
				t.Fatal(err)
			}
			db = openTest(t, opt)
			err := db.View(t.Context(), func(tx *Tx) error {
				rows := listTry(t, tx, "p/", "", true)
				last := slices.Contains(rows, "p/last=")
				if want := acts + 1 + map[bool]int{true: 1}[last]; len(rows) != want {
					t.Errorf("%d rows, want %d", len(rows), want)
				}
				if torn == 0 && last {
					t.Error("a record came back that was never synced")
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
			mustPut(t, db, "p/after", "fine")
		})
	}
}
