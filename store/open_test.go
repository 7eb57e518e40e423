package store

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"camp/node/camp"
)

const damageRows = 400

// damageText is what row i holds.
func damageText(i int) string { return noiseOf(i%(damageRows/4), 100) }

// fillForDamage makes a store with rows in several tables, in the write-ahead
// file and in the journal.
func fillForDamage(t *testing.T, opt Options) {
	t.Helper()
	for part := range 4 { // each close makes a table
		db := openTest(t, opt)
		for i := range damageRows / 4 {
			mustPut(t, db, fmt.Sprintf("d/%04d", part*damageRows/4+i), damageText(i))
		}
		closeTest(t, db)
	}
}

// readAllRows gives how many of the rows can be read, with their values right.
func readAllRows(t *testing.T, db *DB) (int, error) {
	n := 0
	err := db.View(t.Context(), func(tx *Tx) error {
		return tx.scan(tryKey("d/"), nil, false, func(k, v []byte) bool {
			i, err := strconv.Atoi(string(k[len("try/d/"):]))
			if err != nil || string(v) != damageText(i) {
				t.Errorf("row %s is not what it was", k)
			}
			n++
			return true
		})
	})
	return n, err
}

// spoilings are what can happen to a file.
var spoilings = map[string]func([]byte) []byte{
	"flipped at the start":   func(b []byte) []byte { return flipAt(b, 0) },
	"flipped early":          func(b []byte) []byte { return flipAt(b, len(b)/10) },
	"flipped in the middle":  func(b []byte) []byte { return flipAt(b, len(b)/2) },
	"flipped near the end":   func(b []byte) []byte { return flipAt(b, len(b)-9) },
	"cut in half":            func(b []byte) []byte { return b[:len(b)/2] },
	"cut by five bytes":      func(b []byte) []byte { return b[:max(0, len(b)-5)] },
	"emptied":                func([]byte) []byte { return []byte{} },
	"deleted":                func([]byte) []byte { return nil },
	"overwritten with zeros": func(b []byte) []byte { return make([]byte, len(b)) },
}

func flipAt(b []byte, at int) []byte {
	if len(b) == 0 {
		return b
	}
	b = bytes.Clone(b)
	b[max(0, min(at, len(b)-1))] ^= 0x10
	return b
}

func spoilFile(t *testing.T, path string, fn func([]byte) []byte) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if b = fn(b); b == nil {
		err = os.Remove(path)
	} else {
		err = os.WriteFile(path, b, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestDamageOfEachFile spoils each file of a store in turn, in each way, with
// the journal going back to the beginning (it heals) and without (rescue), after
// a clean stop and after a crash. Whatever happens, no row may be missing from a
// store that opens, and a store that is refused has kept every byte.
func TestDamageOfEachFile(t *testing.T) {
	whole := t.TempDir()
	opt := testOptions(t, whole)
	opt.segmentBytes = 64 << 10
	fillForDamage(t, opt)
	pruned := t.TempDir()
	copyTree(t, whole, pruned)
	pruneForTest(t, pruned)

	ways := spoilings
	if !longTests {
		ways = maps.Clone(spoilings)
		for _, w := range []string{"flipped at the start", "flipped near the end", "emptied", "overwritten with zeros"} {
			delete(ways, w)
		}
	}
	for base, dir := range map[string]string{"whole journal": whole, "pruned journal": pruned} {
		for _, clean := range []bool{true, false} {
			if !longTests && clean == (base == "pruned journal") {
				continue
			}
			outcomes := map[string]int{}
			files := slices.Sorted(maps.Keys(fingerprint(t, dir)))
			for _, file := range files {
				for how, fn := range ways {
					name := fmt.Sprintf("%s/clean %v/%s/%s", base, clean, file, how)
					outcomes[damageOnce(t, name, dir, file, fn, clean)]++
				}
			}
			t.Logf("%s, clean %v: %d files: %v", base, clean, len(files), outcomes)
			if outcomes["rescue"] == 0 && base == "pruned journal" || outcomes["healed"] == 0 && base == "whole journal" {
				t.Errorf("%s: damage was never noticed: %v", base, outcomes)
			}
		}
	}
}

// pruneForTest takes the first segments away, as after a backup.
func pruneForTest(t *testing.T, dir string) {
	t.Helper()
	firsts, err := segments(osLayer{}, filepath.Join(dir, "journal"))
	if err != nil || len(firsts) < 2 {
		t.Fatal(firsts, err)
	}
	if err := os.Remove(filepath.Join(dir, "journal", segmentName(firsts[0]))); err != nil {
		t.Fatal(err)
	}
	n := readNote(dir)
	n.Segments = n.Segments[1:]
	manifest, err := os.ReadFile(filepath.Join(dir, manifestCopy))
	if err != nil {
		t.Fatal(err)
	}
	if err := n.write(dir, manifest); err != nil {
		t.Fatal(err)
	}
}

func damageOnce(t *testing.T, name, from, file string, fn func([]byte) []byte, clean bool) string {
	t.Helper()
	dir := t.TempDir()
	copyTree(t, from, dir)
	if !clean {
		if err := removeAll(dir, cleanFile); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, file)); err != nil {
		return "not there"
	}
	spoilFile(t, filepath.Join(dir, file), fn)
	before := fingerprint(t, dir)
	opt := testOptions(t, dir)
	opt.segmentBytes = 64 << 10
	opt.Log = slog.New(slog.DiscardHandler)
	db, err := Open(t.Context(), opt)
	if err != nil {
		if !NeedsRescue(err) {
			t.Errorf("%s: refused as %v", name, err)
		}
		if _, say := faultOf(err); !strings.HasPrefix(say, "store.rescue") {
			t.Errorf("%s: said %q", name, say)
		}
		unchanged(t, name, before, fingerprint(t, dir))
		return "rescue"
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Errorf("%s: close: %v", name, err)
		}
	}()
	n, err := readAllRows(t, db)
	if err == nil && n != damageRows {
		t.Errorf("%s: %d of %d rows, and nobody said so", name, n, damageRows)
	}
	if err != nil {
		return "noticed when read"
	}
	if err := putTry(t.Context(), db, "after", "x"); err != nil {
		t.Errorf("%s: takes no writes: %v", name, err)
	}
	if len(db.Needs()) > 0 {
		return "healed"
	}
	return "harmless"
}

// unchanged wants every file of the camp as it was; the lock and the marker of
// starts are the program's own, and the value log holds nothing.
func unchanged(t *testing.T, name string, before, after map[string]string) {
	t.Helper()
	for file, content := range before {
		if file == startingFile || file == lockName || strings.HasSuffix(file, "LOCK") || strings.HasSuffix(file, ".vlog") {
			continue
		}
		if got, ok := after[file]; !ok || got != content {
			t.Errorf("%s: refused, but %s was changed", name, file)
		}
	}
}

// TestDamageOfTheWriteAheadFile damages what Badger has not put into tables yet.
func TestDamageOfTheWriteAheadFile(t *testing.T) {
	dir := t.TempDir()
	opt := testOptions(t, dir)
	db := openTest(t, opt)
	for i := range damageRows {
		mustPut(t, db, fmt.Sprintf("d/%04d", i), damageText(i))
	}
	running := t.TempDir()
	copyTree(t, dir, running) // as a kill leaves it
	closeTest(t, db)
	mems, err := filepath.Glob(filepath.Join(running, "db", "*.mem"))
	if err != nil || len(mems) != 1 {
		t.Fatal(mems, err)
	}
	rel, _ := filepath.Rel(running, mems[0])
	for how, fn := range spoilings {
		if got := damageOnce(t, "mem/"+how, running, rel, fn, false); got == "noticed when read" {
			t.Errorf("%s: %s", how, got)
		}
	}
}

func TestManifestNeverLetsBadgerDelete(t *testing.T) {
	base := t.TempDir()
	opt := testOptions(t, base)
	opt.segmentBytes = 64 << 10
	fillForDamage(t, opt)
	pruneForTest(t, base)
	for how, fn := range spoilings {
		dir := t.TempDir()
		copyTree(t, base, dir)
		spoilFile(t, filepath.Join(dir, "db", "MANIFEST"), fn)
		before := fingerprint(t, dir)
		o := testOptions(t, dir)
		o.Log = slog.New(slog.DiscardHandler)
		_, err := Open(t.Context(), o)
		if !NeedsRescue(err) {
			t.Errorf("%s: %v", how, err)
		}
		unchanged(t, how, before, fingerprint(t, dir))
	}
}

func TestNewerFormatIsRefusedUntouched(t *testing.T) {
	dir := t.TempDir()
	closeTest(t, openTest(t, testOptions(t, dir)))
	if err := writeFormat(dir, formatNow(migrations)+1); err != nil {
		t.Fatal(err)
	}
	before := fingerprint(t, dir)
	_, err := Open(t.Context(), testOptions(t, dir))
	if kind, say := faultOf(err); kind != camp.Conflict || say != "store.newer.say" {
		t.Errorf("%v", err)
	}
	if after := fingerprint(t, dir); !maps.Equal(before, after) {
		t.Error("something was written")
	}
	// The number in the rows counts where the file is gone.
	if err := os.Remove(filepath.Join(dir, formatFile)); err != nil {
		t.Fatal(err)
	}
	db := openTest(t, testOptions(t, dir))
	if err := db.Update(t.Context(), func(tx *Tx) error { return tx.putSchema(formatNow(migrations) + 1) }); err != nil {
		t.Fatal(err)
	}
	closeTest(t, db)
	if err := os.Remove(filepath.Join(dir, formatFile)); err != nil {
		t.Fatal(err)
	}
	_, err = Open(t.Context(), testOptions(t, dir))
	if _, say := faultOf(err); say != "store.newer.say" {
		t.Errorf("%v", err)
	}
}

func TestSecondOpenIsRefused(t *testing.T) {
	dir := t.TempDir()
	db := openTest(t, testOptions(t, dir))
	mustPut(t, db, "a", "1")
	_, err := Open(t.Context(), testOptions(t, dir))
	if kind, say := faultOf(err); kind != camp.Conflict || say != "store.in_use.say" {
		t.Errorf("%v", err)
	}
	mustPut(t, db, "a", "2")
	closeTest(t, db)
	db = openTest(t, testOptions(t, dir))
	if got := getTry(t, db, "a"); got != "2" {
		t.Errorf("got %q", got)
	}
}

func TestRestoreOverAnOpenStoreIsRefused(t *testing.T) {
	dir := t.TempDir()
	db := openTest(t, testOptions(t, dir))
	phrase := house(t, db, 20)
	file := filepath.Join(t.TempDir(), "a.campbackup")
	backupTo(t, db, file)
	write(t, db, 5) // since then
	before, there := sumOf(t, db), names(t, dir)
	_, err := restoreTo(t, file, phrase, dir, true)
	if kind, say := faultOf(err); kind != camp.Conflict || say != "store.in_use.say" {
		t.Errorf("%v", err)
	}
	if after := names(t, dir); sumOf(t, db) != before || !slices.Equal(after, there) {
		t.Errorf("the camp that is open has changed: %q", after)
	}
	write(t, db, 1)
	closeTest(t, db)
	if _, err := restoreTo(t, file, phrase, dir, true); err != nil {
		t.Errorf("refused after it was closed: %v", err)
	}
}

func TestTwoStartsThatCameToNothing(t *testing.T) {
	dir := t.TempDir()
	opt := testOptions(t, dir)
	closeTest(t, openTest(t, opt))
	crash := func() { // a start that ends before Started
		t.Helper()
		saved := t.TempDir()
		db := openTest(t, opt)
		copyTree(t, dir, saved)
		closeTest(t, db)
		putBack(t, saved, dir)
	}
	crash()
	db := openTest(t, opt) // one is no reason
	if err := db.Started(); err != nil {
		t.Fatal(err)
	}
	closeTest(t, db)
	crash()
	crash()
	before := fingerprint(t, dir)
	_, err := Open(t.Context(), opt)
	if _, say := faultOf(err); say != "store.rescue_starts.say" || !NeedsRescue(err) {
		t.Errorf("%v", err)
	}
	unchanged(t, "two starts", before, fingerprint(t, dir))
	if err := TryAgain(dir); err != nil {
		t.Fatal(err)
	}
	closeTest(t, openTest(t, opt))
	closeTest(t, openTest(t, opt)) // a clean stop is no crash
	closeTest(t, openTest(t, opt))
}

func TestEmptyFilesOfACrashAreMovedAside(t *testing.T) {
	dir := t.TempDir()
	opt := testOptions(t, dir)
	fillForDamage(t, opt)
	for _, n := range []string{"00042.mem", "000042.vlog"} {
		if err := os.WriteFile(filepath.Join(dir, "db", n), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	db := openTest(t, opt)
	if n, err := readAllRows(t, db); n != damageRows || err != nil {
		t.Errorf("%d rows, %v", n, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "db", "00042.mem.empty")); err != nil {
		t.Error(err)
	}
}

// TestFewerRowsThanNoted: a store that opens well but counts less than the note
// of the last stop is not served.
func TestFewerRowsThanNoted(t *testing.T) {
	base := t.TempDir()
	opt := testOptions(t, base)
	opt.segmentBytes = 64 << 10
	fillForDamage(t, opt)
	pruneForTest(t, base)
	for name, change := range map[string]func(*note){
		"count":    func(n *note) { n.Counts["try/all"] = tally{Added: damageRows + 1} },
		"sequence": func(n *note) { n.Seq += 3 },
		"removed":  func(n *note) { n.Counts["try/all"] = tally{Added: damageRows, Removed: 1} },
	} {
		dir := t.TempDir()
		copyTree(t, base, dir)
		n := readNote(dir)
		change(&n)
		manifest, err := os.ReadFile(filepath.Join(dir, manifestCopy))
		if err != nil {
			t.Fatal(err)
		}
		if err := n.write(dir, manifest); err != nil {
			t.Fatal(err)
		}
		o := testOptions(t, dir)
		o.Log = slog.New(slog.DiscardHandler)
		_, err = Open(t.Context(), o)
		if _, say := faultOf(err); say != "store.rescue_fewer.say" || !NeedsRescue(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestHealingFromTheJournal: the folder of rows is deleted or damaged; the
// journal goes back to the beginning, so all comes back, and the host is told.
func TestHealingFromTheJournal(t *testing.T) {
	dir := t.TempDir()
	opt := testOptions(t, dir)
	opt.Log = slog.New(slog.DiscardHandler)
	fillForDamage(t, opt)
	if err := os.RemoveAll(filepath.Join(dir, "db")); err != nil {
		t.Fatal(err)
	}
	// A healing that was cut short by a crash is begun anew.
	if err := os.MkdirAll(filepath.Join(dir, freshDir, "rubbish"), 0o700); err != nil {
		t.Fatal(err)
	}
	db := openTest(t, opt)
	if n, err := readAllRows(t, db); n != damageRows || err != nil {
		t.Errorf("%d rows, %v", n, err)
	}
	if n := db.Needs(); len(n) != 1 || n[0].Say != "store.healed.say" || n[0].Deed != camp.DoBackup {
		t.Errorf("needs %v", n)
	}
	closeTest(t, db)
	closeTest(t, openTest(t, opt))

	tabs, err := filepath.Glob(filepath.Join(dir, "db", "*.sst"))
	if err != nil || len(tabs) == 0 {
		t.Fatal(tabs, err)
	}
	spoilFile(t, tabs[0], func(b []byte) []byte { return flipAt(b, len(b)/3) })
	damaged := fingerprint(t, filepath.Join(dir, "db"))
	db = openTest(t, opt)
	if n, err := readAllRows(t, db); n != damageRows || err != nil {
		t.Errorf("%d rows, %v", n, err)
	}
	aside, err := filepath.Glob(filepath.Join(dir, damagedDir+"*"))
	if err != nil || len(aside) != 1 {
		t.Fatal(aside, err)
	}
	unchanged(t, "put aside", damaged, fingerprint(t, aside[0]))
	if err := forgetDamaged(dir, time.Now().Add(keepDamaged/2)); err != nil || !exists(aside[0]) {
		t.Error("forgotten too early", err)
	}
	if err := forgetDamaged(dir, time.Now().Add(keepDamaged+time.Hour)); err != nil || exists(aside[0]) {
		t.Error("kept for too long", err)
	}
}

// TestRowsThatFellBackAreReplayed: Badger lost its newest files in a power cut.
func TestRowsThatFellBackAreReplayed(t *testing.T) {
	dir := t.TempDir()
	opt := testOptions(t, dir)
	db := openTest(t, opt)
	mustPut(t, db, "d/0000", damageText(0))
	closeTest(t, db)
	early := t.TempDir()
	copyTree(t, dir, early)
	fillForDamage(t, opt)
	putBack(t, filepath.Join(early, "db"), filepath.Join(dir, "db"))
	for _, n := range []string{noteFile, manifestCopy} {
		if err := os.Remove(filepath.Join(dir, n)); err != nil {
			t.Fatal(err)
		}
	}
	db = openTest(t, opt)
	if n, err := readAllRows(t, db); n != damageRows || err != nil {
		t.Errorf("%d rows, %v", n, err)
	}
}

// TestCatchBringsBackWhatWasDoneSinceABackup plays the rescue: a store that was
// filled from an old state takes what came later from the old journal.
func TestCatchBringsBackWhatWasDoneSinceABackup(t *testing.T) {
	dir := t.TempDir()
	opt := testOptions(t, dir)
	opt.segmentBytes = 16 << 10
	db := openTest(t, opt)
	for i := range damageRows / 2 {
		mustPut(t, db, fmt.Sprintf("d/%04d", i), damageText(i))
	}
	var rows []row
	seq := db.Seq()
	err := db.View(t.Context(), func(tx *Tx) error {
		return tx.scan(tryKey(""), nil, false, func(k, v []byte) bool {
			rows = append(rows, row{key: bytes.Clone(k), value: bytes.Clone(v)})
			return true
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := damageRows / 2; i < damageRows; i++ {
		mustPut(t, db, fmt.Sprintf("d/%04d", i), damageText(i))
	}
	closeTest(t, db)

	fresh := testOptions(t, t.TempDir())
	fresh.filling = true
	db = openTest(t, fresh)
	if err := db.apply(seq, acts{rows: rows}); err != nil {
		t.Fatal(err)
	}
	if err := db.filled(t.Context(), 1, acts{}); err != nil {
		t.Fatal(err)
	}
	closeTest(t, db)
	fresh.filling = false
	db = openTest(t, fresh)
	base, err := db.Base(t.Context())
	if err != nil || base != seq || db.Seq() != seq {
		t.Errorf("base %d, sequence %d, want %d, %v", base, db.Seq(), seq, err)
	}
	if len(db.Needs()) != 0 {
		t.Errorf("needs %v", db.Needs())
	}
	n, whole, err := db.Catch(t.Context(), dir, base)
	if err != nil || !whole || n != damageRows/2 {
		t.Errorf("caught %d, whole %v, %v", n, whole, err)
	}
	if n, err := readAllRows(t, db); n != damageRows || err != nil {
		t.Errorf("%d rows, %v", n, err)
	}
	err = db.View(t.Context(), func(tx *Tx) error {
		got, err := tx.tallies()
		if got["try/all"].Added != damageRows {
			t.Errorf("counted %v", got)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	closeTest(t, db)
	db = openTest(t, fresh)
	if n, err := readAllRows(t, db); n != damageRows || err != nil {
		t.Errorf("%d rows after reopening, %v", n, err)
	}
}

// TestScrubFindsDamageWhileOpen: what goes bad while the camp is on is found,
// told, and healed by the next start, also after a clean stop.
func TestScrubFindsDamageWhileOpen(t *testing.T) {
	dir := t.TempDir()
	opt := testOptions(t, dir)
	opt.Log = slog.New(slog.DiscardHandler)
	opt.segmentBytes = 16 << 10
	fillForDamage(t, opt)
	db := openTest(t, opt)
	if err := db.scrub(t.Context()); err != nil || len(db.Needs()) != 0 {
		t.Fatalf("found damage where there is none: %v %v", db.Needs(), err)
	}
	tabs, err := filepath.Glob(filepath.Join(dir, "db", "*.sst"))
	if err != nil || len(tabs) == 0 {
		t.Fatal(tabs, err)
	}
	for _, tab := range tabs {
		spoilFile(t, tab, func(b []byte) []byte { return flipAt(b, len(b)/3) })
	}
	if err := db.scrub(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := db.Needs(); len(n) != 1 || n[0].Say != "store.damage_found.say" {
		t.Errorf("needs %v", n)
	}
	_ = db.Close() // Badger may trip over its table
	db = openTest(t, opt)
	if n, err := readAllRows(t, db); n != damageRows || err != nil {
		t.Errorf("%d rows, %v", n, err)
	}
	firsts, err := segments(osLayer{}, db.journalDir())
	if err != nil || len(firsts) < 3 {
		t.Fatal(firsts, err)
	}
	spoilFile(t, filepath.Join(db.journalDir(), segmentName(firsts[1])), func(b []byte) []byte { return flipAt(b, len(b)/2) })
	if err := db.scrub(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(db.Needs(), func(n camp.Need) bool { return n.Say == "store.journal_damaged.say" }) {
		t.Errorf("needs %v", db.Needs())
	}
}

func TestHousekeeping(t *testing.T) {
	dir := t.TempDir()
	now := time.Now()
	opt := testOptions(t, dir)
	opt.Now = func() time.Time { return now }
	db := openTest(t, opt)
	mustPut(t, db, "canary", "erase-me-7d1c")
	if err := db.Loose(t.Context(), func(tx *Tx) error { return tx.put(looseKey("a"), []byte("1")) }); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(tickNow(db), hourNow(db)); err != nil {
		t.Fatal(err)
	}
	if n := readNote(dir); n.Seq != db.Seq() || n.Counts["try/all"].Added != 1 {
		t.Errorf("note %+v", n)
	}
	if err := db.Update(t.Context(), func(tx *Tx) error { return tx.del(tryKey("canary")) }); err != nil {
		t.Fatal(err)
	}
	if rowsHolding(t, db, "erase-me-7d1c") == 0 {
		t.Fatal("what was just erased is gone from the files: the test is blind")
	}
	now = now.Add(keepTidy + time.Hour)
	if err := hourNow(db); err != nil {
		t.Fatal(err)
	}
	if n := rowsHolding(t, db, "erase-me-7d1c"); n != 0 {
		t.Errorf("%d rows of the files still hold what was erased a day ago", n)
	}
	mustPut(t, db, "after", "x")
	if got := getKey(t, db, looseKey("a")); got != "1" {
		t.Errorf("after tidying: %q", got)
	}
}

// TestNothingRunsOnAfterClose counts goroutines.
func TestNothingRunsOnAfterClose(t *testing.T) {
	opt := testOptions(t, t.TempDir())
	closeTest(t, openTest(t, opt)) // libraries start theirs once
	before := runtime.NumGoroutine()
	for range 3 {
		db := openTest(t, opt)
		mustPut(t, db, "a", "b")
		closeTest(t, db)
	}
	deadline := time.Now().Add(10 * time.Second)
	for runtime.NumGoroutine() > before && time.Now().Before(deadline) {
		runtime.Gosched()
	}
	if after := runtime.NumGoroutine(); after > before {
		buf := make([]byte, 1<<20)
		t.Errorf("%d goroutines before, %d after\n%s", before, after, buf[:runtime.Stack(buf, true)])
	}
}

func TestNoTextInLogs(t *testing.T) {
	var log bytes.Buffer
	dir := t.TempDir()
	opt := testOptions(t, dir)
	opt.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	db := openTest(t, opt)
	mustPut(t, db, "canary-in-a-key", "canary-in-a-value")
	closeTest(t, db)
	tabs, _ := filepath.Glob(filepath.Join(dir, "db", "*.sst"))
	spoilFile(t, tabs[0], func(b []byte) []byte { return flipAt(b, len(b)/3) })
	closeTest(t, openTest(t, opt))
	if s := log.String(); strings.Contains(s, "canary") || !strings.Contains(s, "damaged") {
		t.Errorf("log: %s", s)
	}
}
