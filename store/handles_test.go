package store

import (
	"errors"
	"log/slog"
	"os"
	"sync/atomic"
	"syscall"
	"testing"

	"camp/node/camp"
)

// TestTooFewHandlesRefusesAndGoesOn: nothing is begun while the system would give
// Badger no file; nothing has to be started anew once it does.
func TestTooFewHandlesRefusesAndGoesOn(t *testing.T) {
	var few atomic.Bool
	dir := t.TempDir()
	opt := testOptions(t, dir)
	opt.handles = func(_ *os.File, n int) bool { return n > 0 && !few.Load() }
	db := openTest(t, opt)
	mustPut(t, db, "a", "1")
	few.Store(true)
	if kind, say := faultOf(putTry(t.Context(), db, "a", "2")); kind != camp.Offline || say != "store.handles.say" {
		t.Errorf("write: %s %s", kind, say)
	}
	if kind, say := faultOf(db.Loose(t.Context(), func(tx *Tx) error { return tx.put(looseKey("a"), nil) })); kind != camp.Offline {
		t.Errorf("loose: %s %s", kind, say)
	}
	if got := getTry(t, db, "a"); got != "1" {
		t.Errorf("reads %q", got)
	}
	few.Store(false)
	mustPut(t, db, "b", "3")
	closeTest(t, db)

	few.Store(true)
	before := fingerprint(t, dir)
	err := openErr(t, opt)
	if kind, say := faultOf(err); kind != camp.Offline || say != "store.handles.say" || NeedsRescue(err) {
		t.Errorf("start: %v", err)
	}
	unchanged(t, "too few handles", before, fingerprint(t, dir))
	few.Store(false)
	db = openTest(t, opt)
	if a, b := getTry(t, db, "a"), getTry(t, db, "b"); a != "1" || b != "3" {
		t.Errorf("afterwards: %q %q", a, b)
	}
}

// TestNoHandleForASegmentRefusesAndGoesOn: the journal begins a new file, and the
// system gives none.
func TestNoHandleForASegmentRefusesAndGoesOn(t *testing.T) {
	db, b, dir := openBrittle(t)
	b.set(func() { b.make = func(string) error { return syscall.EMFILE } })
	var err error
	acknowledged := 0
	for range 4000 {
		if err = putTry(t.Context(), db, "a", noise(400)); err != nil {
			break
		}
		acknowledged++
	}
	if kind, say := faultOf(err); kind != camp.Offline || say != "store.handles.say" {
		t.Fatalf("after %d: %v", acknowledged, err)
	}
	if got := getTry(t, db, "first"); got != "1" {
		t.Errorf("reads %q", got)
	}
	b.set(func() { b.make = nil })
	mustPut(t, db, "b", "again")
	closeTest(t, db)
	opt := testOptions(t, dir)
	opt.files = b
	db = openTest(t, opt)
	if got := getTry(t, db, "b"); got != "again" {
		t.Errorf("after a restart: %q", got)
	}
}

// TestAskHandles takes the system's word: what is open counts.
func TestAskHandles(t *testing.T) {
	f, err := os.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if !askHandles(f, 3) {
		t.Error("this program may open nothing")
	}
}

// TestNoHandleIsNoDamage: a store that cannot be opened for want of handles is not
// put aside for a damaged one.
func TestNoHandleIsNoDamage(t *testing.T) {
	dir := t.TempDir()
	opt := testOptions(t, dir)
	opt.Log = slog.New(slog.DiscardHandler)
	fillForDamage(t, opt)
	b := newBrittle()
	opt.files = noOpen{brittle: b}
	err := openErr(t, opt)
	if kind, say := faultOf(err); kind != camp.Offline || say != "store.handles.say" || NeedsRescue(err) {
		t.Errorf("%v", err)
	}
	opt.files = nil
	db := openTest(t, opt)
	if n, err := readAllRows(t, db); n != damageRows || err != nil {
		t.Errorf("%d rows, %v", n, err)
	}
	if len(db.Needs()) != 0 {
		t.Errorf("needs %v", db.Needs())
	}
}

// noOpen is a file system that opens nothing.
type noOpen struct{ *brittle }

func (noOpen) open(path string) (layerFile, error) {
	return nil, errors.Join(errors.New(path), syscall.EMFILE)
}
