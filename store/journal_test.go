package store

import (
	"bytes"
	crand "crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/klauspost/compress/s2"
)

// newJournal opens a journal in dir that has small segments, giving what it
// replays after a sequence.
func newJournal(t testing.TB, dir string, after uint64) (*journal, []record, bool, error) {
	t.Helper()
	j := &journal{dir: dir, fs: osLayer{}, now: time.Now, rand: crand.Reader, size: 4 << 10}
	var got []record
	hurt, err := j.open(t.Context(), after, checkpoint{}, false, func(r record) error {
		r.payload = bytes.Clone(r.payload)
		got = append(got, r)
		return nil
	})
	return j, got, hurt, err
}

func mustAppend(t testing.TB, j *journal, from, to int) {
	t.Helper()
	for i := from; i <= to; i++ {
		seq, err := j.append(journalPayload(i))
		if err != nil || seq != uint64(i) {
			t.Fatalf("append %d: sequence %d, %v", i, seq, err)
		}
	}
}

// noise is text that cannot be written shorter than half of it.
func noise(n int) string { return noiseOf(1, n) }

// noiseOf is another one for each seed.
func noiseOf(seed, n int) string {
	b := make([]byte, (n+1)/2)
	_, _ = rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8)}).Read(b)
	return hex.EncodeToString(b)[:n]
}

func journalPayload(i int) []byte { return bytes.Repeat([]byte{byte(i)}, 1+i*37%500) }

func wantRecords(t testing.TB, got []record, from, to int) {
	t.Helper()
	if len(got) != to-from+1 {
		t.Fatalf("%d records, want %d to %d", len(got), from, to)
	}
	for i, r := range got {
		if r.seq != uint64(from+i) || !bytes.Equal(r.payload, journalPayload(from+i)) {
			t.Fatalf("record %d is %d", from+i, r.seq)
		}
	}
}

func TestJournalGivesBackWhatWasAppended(t *testing.T) {
	dir := t.TempDir()
	j, _, _, err := newJournal(t, dir, 0)
	if err != nil {
		t.Fatal(err)
	}
	mustAppend(t, j, 1, 100)
	if err := j.close(); err != nil {
		t.Fatal(err)
	}
	firsts, err := segments(osLayer{}, dir)
	if err != nil || len(firsts) < 5 {
		t.Fatalf("%d segments, %v", len(firsts), err)
	}
	for _, after := range []int{0, 1, 50, 99, 100} {
		j, got, hurt, err := newJournal(t, dir, uint64(after))
		if err != nil || hurt {
			t.Fatalf("after %d: hurt %v, %v", after, hurt, err)
		}
		wantRecords(t, got, after+1, 100)
		if j.seq != 100 {
			t.Errorf("goes on after %d", j.seq)
		}
		if err := j.close(); err != nil {
			t.Fatal(err)
		}
	}
	j, _, _, err = newJournal(t, dir, 100)
	if err != nil {
		t.Fatal(err)
	}
	mustAppend(t, j, 101, 140)
	if err := j.close(); err != nil {
		t.Fatal(err)
	}
	_, got, _, err := newJournal(t, dir, 0)
	if err != nil {
		t.Fatal(err)
	}
	wantRecords(t, got, 1, 140)
}

func TestJournalSegmentsOfADay(t *testing.T) {
	dir, now := t.TempDir(), time.Now()
	j := &journal{dir: dir, fs: osLayer{}, now: func() time.Time { return now }, rand: crand.Reader, size: segmentSize}
	mustAppend(t, j, 1, 3)
	now = now.Add(segmentAge)
	mustAppend(t, j, 4, 5)
	if err := j.close(); err != nil {
		t.Fatal(err)
	}
	firsts, err := segments(osLayer{}, dir)
	if err != nil || fmt.Sprint(firsts) != "[1 4]" {
		t.Errorf("%v %v", firsts, err)
	}
	fi, err := os.Stat(filepath.Join(dir, segmentName(1)))
	if err != nil || fi.Size() > 1<<10 {
		t.Errorf("a closed segment keeps its spare room: %d %v", fi.Size(), err)
	}
}

// TestJournalDamage damages the last segment and one before in every way, at
// every record, and wants each damage to be torn away where nobody was answered,
// stepped over where the rows have it, and refused otherwise.
func TestJournalDamage(t *testing.T) {
	whole := t.TempDir()
	j, _, _, err := newJournal(t, whole, 0)
	if err != nil {
		t.Fatal(err)
	}
	const end = 30
	mustAppend(t, j, 1, end)
	if err := j.close(); err != nil {
		t.Fatal(err)
	}
	firsts, err := segments(osLayer{}, whole)
	if err != nil || len(firsts) < 3 {
		t.Fatal(firsts, err)
	}
	lastFirst := firsts[len(firsts)-1]
	spoil := func(t *testing.T, first uint64, fn func(b []byte) []byte) string {
		dir := t.TempDir()
		copyTree(t, whole, dir)
		path := filepath.Join(dir, segmentName(first))
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
		return dir
	}
	flip := func(at int) func([]byte) []byte {
		return func(b []byte) []byte { b[at] ^= 4; return b }
	}
	cut := func(at int) func([]byte) []byte { return func(b []byte) []byte { return b[:at] } }

	t.Run("an old segment", func(t *testing.T) {
		for name, fn := range map[string]func([]byte) []byte{
			"head": flip(20), "record": flip(segmentHead + 40), "length": flip(segmentHead), "cut": cut(segmentHead + 100),
			"empty": cut(0), "gone": func([]byte) []byte { return nil },
		} {
			dir := spoil(t, firsts[1], fn)
			if _, _, _, err := newJournal(t, dir, 0); !errors.Is(err, errGap) {
				t.Errorf("%s: needed and not refused: %v", name, err)
			}
			j, got, _, err := newJournal(t, dir, end-1)
			if err != nil || len(got) != 1 || j.seq != end {
				t.Errorf("%s: not needed and refused: %v", name, err)
			}
			if j.file != nil {
				_ = j.close()
			}
		}
	})
	t.Run("a record that others follow", func(t *testing.T) {
		dir := spoil(t, lastFirst, flip(segmentHead+recordHead))
		if _, _, _, err := newJournal(t, dir, lastFirst-1); !errors.Is(err, errGap) {
			t.Errorf("needed and not refused: %v", err)
		}
		j, got, hurt, err := newJournal(t, dir, lastFirst)
		if err != nil || !hurt || j.seq != end {
			t.Fatalf("not needed: hurt %v, %v", hurt, err)
		}
		wantRecords(t, got, int(lastFirst)+1, end)
		_ = j.close()
	})
	t.Run("the last record", func(t *testing.T) {
		at := lastRecordAt(t, whole, lastFirst)
		for name, fn := range map[string]func([]byte) []byte{
			"flip": flip(at + recordHead), "length": flip(at), "sequence": flip(at + 15), "cut": cut(at + 10),
		} {
			j, got, hurt, err := newJournal(t, spoil(t, lastFirst, fn), 0)
			if err != nil || hurt {
				t.Fatalf("%s: hurt %v, %v", name, hurt, err)
			}
			wantRecords(t, got, 1, end-1)
			b, err := os.ReadFile(filepath.Join(j.dir, j.seg.name))
			if err != nil || len(bytes.Trim(b[j.used:], "\x00")) != 0 {
				t.Errorf("%s: the torn end was not wiped: %v", name, err)
			}
			mustAppend(t, j, end, end+3)
			_ = j.close()
			_, got, _, err = newJournal(t, j.dir, 0)
			if err != nil {
				t.Fatalf("%s: after it was wiped: %v", name, err)
			}
			wantRecords(t, got, 1, end+3)

			// The rows have it: it was answered, so this is damage.
			j, _, hurt, err = newJournal(t, spoil(t, lastFirst, fn), end)
			if err != nil || !hurt || j.seq != end {
				t.Fatalf("%s: the rows are ahead: hurt %v at %d, %v", name, hurt, j.seq, err)
			}
			mustAppend(t, j, end+1, end+2)
			_ = j.close()
			_, got, _, err = newJournal(t, j.dir, end)
			if err != nil {
				t.Fatalf("%s: goes on in a new segment: %v", name, err)
			}
			wantRecords(t, got, end+1, end+2)
		}
	})
	t.Run("the journal begins too late", func(t *testing.T) {
		dir := spoil(t, 1, func([]byte) []byte { return nil })
		if _, _, _, err := newJournal(t, dir, 0); !errors.Is(err, errGap) {
			t.Errorf("%v", err)
		}
	})
	t.Run("a segment that was begun and never used", func(t *testing.T) {
		for _, b := range [][]byte{{}, make([]byte, 1000)} {
			dir := spoil(t, lastFirst, func(b []byte) []byte { return b })
			if err := os.WriteFile(filepath.Join(dir, segmentName(end+1)), b, 0o600); err != nil {
				t.Fatal(err)
			}
			j, _, hurt, err := newJournal(t, dir, end)
			if err != nil || hurt {
				t.Fatalf("hurt %v, %v", hurt, err)
			}
			mustAppend(t, j, end+1, end+1)
			_ = j.close()
		}
	})
}

func lastRecordAt(t *testing.T, dir string, first uint64) int {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, segmentName(first)))
	if err != nil {
		t.Fatal(err)
	}
	s, err := parseSegmentHead(segmentName(first), b)
	if err != nil {
		t.Fatal(err)
	}
	at := 0
	for off := segmentHead; ; {
		r, err := parseRecord(b[off:], s.salt)
		if errors.Is(err, io.EOF) {
			return at
		}
		if err != nil {
			t.Fatal(err)
		}
		at, off = off, off+r.size
	}
}

// TestAPostCannotForgeARecord: what members write may be anything, also the
// bytes of a record; without the segment's salt it never reads as one.
func TestAPostCannotForgeARecord(t *testing.T) {
	dir := t.TempDir()
	j, _, _, err := newJournal(t, dir, 0)
	if err != nil {
		t.Fatal(err)
	}
	mustAppend(t, j, 1, 1)
	forged := frame([]byte("forged"), 3, recordHash{}, [8]byte{})
	if _, err := j.append(append(make([]byte, 8), forged...)); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, j.seg.name)
	at := j.used - int64(recordHead+padded(8+len(forged)))
	if err := j.close(); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	raw[at+4] ^= 0xff // the carrier is torn
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	_, got, _, err := newJournal(t, dir, 0)
	if err != nil || len(got) != 1 {
		t.Errorf("%d records, %v", len(got), err)
	}
}

func TestActsAreBounded(t *testing.T) {
	good := acts{time: 7, lastID: 9, rows: []row{{key: []byte("try/a"), value: []byte("v")}, {key: []byte("try/b"), del: true}, {key: []byte("try/c"), value: []byte{}}}}
	b := good.encode()
	got, err := decodeActs(b)
	if err != nil || got.time != 7 || got.lastID != 9 || len(got.rows) != 3 || !got.rows[1].del {
		t.Fatalf("%+v %v", got, err)
	}
	for i := range b {
		if _, err := decodeActs(b[:i]); err == nil {
			t.Errorf("cut at %d: accepted", i)
		}
	}
	// What is said often is kept short, and comes back whole.
	long := acts{time: 7, rows: []row{{key: []byte("try/a"), value: bytes.Repeat([]byte("the same again "), 1000)}}}
	short := long.encode()
	if got, err = decodeActs(short); err != nil || len(short) > 2000 || got.time != 7 || !bytes.Equal(got.rows[0].value, long.rows[0].value) {
		t.Errorf("%d bytes for %d, %v", len(short), len(long.rows[0].value), err)
	}
	bomb := append([]byte{actsPacked}, s2.Encode(nil, make([]byte, maxPayload+1))...)
	huge := acts{}.encode()
	huge = append(huge[:actsHead], 0xff, 0xff, 0xff, 0xff, 0x0f)
	for name, b := range map[string][]byte{
		"count beyond the end": huge,
		"more than it says":    append(bytes.Clone(b), 1),
		"another version":      append([]byte{3}, b[1:]...),
		"packed, but not so":   append([]byte{actsPacked}, b[1:]...),
		"packed, cut":          short[:len(short)-1],
		"packed twice":         append([]byte{actsPacked}, s2.Encode(nil, short)...),
		"packed, too much":     bomb,
		"packed, nothing":      {actsPacked},
		"long key":             acts{rows: []row{{key: make([]byte, maxKey+1)}}}.encode(),
		"long value":           acts{rows: []row{{key: []byte("k"), value: make([]byte, maxValue+1)}}}.encode(),
		"no key":               acts{rows: []row{{}}}.encode(),
	} {
		if _, err := decodeActs(b); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// FuzzSegment feeds the reader a segment: it must not panic, and what it takes
// must read the same once more.
func FuzzSegment(f *testing.F) {
	s := segmentInfo{name: segmentName(1), first: 1, made: time.UnixMilli(0), salt: [8]byte{1, 2, 3}}
	first := frame(acts{rows: []row{{key: []byte("try/a"), value: []byte("v")}}}.encode(), 1, recordHash{}, s.salt)
	second := frame([]byte("x"), 2, hashRecord(first), s.salt)
	f.Add(append(append(append(s.head(), first...), second...), make([]byte, 256)...))
	f.Add(append(s.head(), first[:20]...))
	f.Add(s.head())
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 1<<20 {
			return
		}
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, segmentName(1)), b, 0o600); err != nil {
			t.Fatal(err)
		}
		j, got, _, err := newJournal(t, dir, 0)
		if err != nil {
			return
		}
		if j.file != nil {
			_ = j.close()
		}
		_, again, _, err := newJournal(t, dir, 0)
		if err != nil || len(again) != len(got) {
			t.Errorf("%d records, then %d, %v", len(got), len(again), err)
		}
	})
}

// FuzzActs: decoding never panics, and what it takes is encoded to the same.
func FuzzActs(f *testing.F) {
	f.Add(acts{time: math.MaxUint64, lastID: 1, rows: []row{{key: []byte("try/a"), value: []byte("v")}, {key: []byte("b/"), del: true}}}.encode())
	f.Add([]byte{actsVersion})
	f.Add(acts{rows: []row{{key: []byte("try/a"), value: bytes.Repeat([]byte("again "), 100)}}}.encode())
	f.Fuzz(func(t *testing.T, b []byte) {
		a, err := decodeActs(b)
		if err != nil {
			return
		}
		again, err := decodeActs(a.encode())
		if err != nil || len(again.rows) != len(a.rows) {
			t.Errorf("%v", err)
		}
	})
}

func TestPruneKeepsWhatNoBackupHolds(t *testing.T) {
	dir, now := t.TempDir(), time.Now()
	opt := testOptions(t, dir)
	opt.Now = func() time.Time { return now }
	opt.segmentBytes = 8 << 10
	db := openTest(t, opt)
	for i := range 100 {
		mustPut(t, db, fmt.Sprint(i), noise(300))
	}
	half := db.Seq()
	for i := range 100 {
		mustPut(t, db, fmt.Sprint("more", i), noise(300))
	}
	count := func() int {
		t.Helper()
		if err := hourNow(db); err != nil {
			t.Fatal(err)
		}
		firsts, err := segments(osLayer{}, db.journalDir())
		if err != nil {
			t.Fatal(err)
		}
		return len(firsts)
	}
	all := count()
	now = now.Add(30 * 24 * time.Hour)
	if n := count(); n < all {
		t.Errorf("pruned without a backup: %d of %d", n, all)
	}
	now = now.Add(-30 * 24 * time.Hour)
	db.Covered(half)
	if n := count(); n < all {
		t.Errorf("pruned before a week was over: %d of %d", n, all)
	}
	now = now.Add(keepSegments + time.Hour)
	left := count()
	if left >= all || left < all/2-1 {
		t.Errorf("%d of %d left, with half covered", left, all)
	}
	firsts, _ := segments(osLayer{}, db.journalDir())
	if firsts[0] > half+1 {
		t.Errorf("begins at %d, the backup ends at %d", firsts[0], half)
	}
	if n, err := db.JournalBytes(); err != nil || n < 30_000 || n > 70_000 {
		t.Errorf("journal uses %d, %v", n, err)
	}
	closeTest(t, db)
	db = openTest(t, opt)
	if len(db.Needs()) != 0 {
		t.Errorf("pruning was taken for damage: %v", db.Needs())
	}
	if db.covered.seq.Load() != half {
		t.Errorf("covered up to %d", db.covered.seq.Load())
	}
}
