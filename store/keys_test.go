package store

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestKeys(t *testing.T) {
	t.Logf("%-12s %-38s %-12s %-18s %s", "prefix", "then", "value", "written by", "remarks")
	for _, k := range kinds {
		t.Logf("%-12s %-38s %-12s %-18s %s", k.prefix, k.key, k.value, k.writer, k.remarks())
	}
}

func (k *kind) remarks() string {
	var out []string
	for word, is := range map[string]bool{
		"loose": k.loose, "can be made again": k.rebuilt, "index": k.index,
		"machine's own": k.unsaved, "counted": k.counted != nil, "in exports": k.export,
	} {
		if is {
			out = append(out, word)
		}
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

func TestKeysArePrefixFree(t *testing.T) {
	for i, a := range kinds {
		if !strings.HasSuffix(a.prefix, "/") || strings.Trim(a.prefix, "abcdefghijklmnopqrstuvwxyz0123456789/") != "" || len(a.prefix) < 2 {
			t.Errorf("prefix %q is no word ending in /", a.prefix)
		}
		for j, b := range kinds {
			if i != j && strings.HasPrefix(b.prefix, a.prefix) {
				t.Errorf("prefix %q begins %q", a.prefix, b.prefix)
			}
		}
		if declaredKind(append([]byte(a.prefix), 0, '/', 1)) != a {
			t.Errorf("a key of %q is not found", a.prefix)
		}
	}
}

func TestKeysAreDocumented(t *testing.T) {
	for _, k := range kinds {
		about := []string{k.what, k.why, k.about, k.readers, k.howLong}
		entry := !slices.Contains(about, "")
		if !entry && !k.index && !k.unsaved {
			t.Errorf("%s: the page of what a camp keeps needs what, why, about, readers, howLong", k.prefix)
		}
		for _, key := range about {
			if key != "" && !strings.HasPrefix(key, "kept.") {
				t.Errorf("%s: %q is no key below kept.", k.prefix, key)
			}
		}
		if k.writer == "" {
			t.Errorf("%s: who writes it?", k.prefix)
		} else if _, err := os.Stat(k.writer); err != nil {
			t.Errorf("%s is written by %s, which is not there", k.prefix, k.writer)
		}
		if k.loose && k.counted != nil {
			t.Errorf("%s: loose rows cannot be counted", k.prefix)
		}
		if k.loose && k.unsaved && k != kTryLoose {
			t.Errorf("%s: a loose row of the machine's own", k.prefix)
		}
	}
}

func TestCatalogueLeavesOutIndexes(t *testing.T) {
	got := Catalogue()
	want := 0
	for _, k := range kinds {
		if !k.index && !k.unsaved {
			want++
		}
	}
	if len(got) != want || want == 0 {
		t.Fatalf("%d entries, want %d", len(got), want)
	}
	for _, k := range got {
		if k.What == "" || k.Why == "" || k.About == "" || k.Readers == "" || k.HowLong == "" {
			t.Errorf("empty: %+v", k)
		}
	}
}

func TestRowsAreStrict(t *testing.T) {
	type tryV1 struct {
		A int       `cbor:"1,keyasint"`
		B []string  `cbor:"2,keyasint,omitempty"`
		C time.Time `cbor:"3,keyasint,omitempty"`
	}
	type tryV2 struct {
		A int    `cbor:"1,keyasint"`
		D string `cbor:"9,keyasint"`
	}
	in := tryV1{A: 7, B: []string{"x"}, C: time.Date(2026, 11, 22, 1, 2, 3, 456000, time.UTC)}
	b, err := encode(in)
	if err != nil {
		t.Fatal(err)
	}
	var out tryV1
	if err := decode(b, &out); err != nil || cmp.Diff(in, out, cmp.Comparer(time.Time.Equal)) != "" {
		t.Errorf("%v %s", err, cmp.Diff(in, out))
	}
	newer, err := encode(tryV2{A: 1, D: "new"})
	if err != nil {
		t.Fatal(err)
	}
	deep := append(slices.Repeat([]byte{0x81}, 40), 0)
	for name, b := range map[string][]byte{
		"unknown field":     newer,
		"cut":               b[:len(b)-1],
		"more than a value": append(slices.Clone(b), 0),
		"twice the key":     {0xa2, 1, 1, 1, 2},
		"endless":           {0xbf, 1, 1, 0xff},
		"deep":              append([]byte{0xa1, 2}, deep...),
		"long array":        {0xa1, 2, 0x9a, 0xff, 0xff, 0xff, 0xff},
		"nothing":           {},
	} {
		if err := decode(b, &tryV1{}); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestCountsFollowTheRows(t *testing.T) {
	dir := t.TempDir()
	db := openTest(t, testOptions(t, dir))
	tallyOf := func() string {
		var out map[string]tally
		err := db.View(t.Context(), func(tx *Tx) (err error) { out, err = tx.tallies(); return err })
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(out["try/all"])
	}
	for i := range 5 {
		mustPut(t, db, fmt.Sprint(i), "x")
	}
	mustPut(t, db, "3", "changed")
	err := db.Update(t.Context(), func(tx *Tx) error {
		for _, k := range []string{"1", "never", "1"} {
			if err := tx.del(tryKey(k)); err != nil {
				return err
			}
		}
		return tx.put(tryKey("1"), nil)
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := tallyOf(); got != "{6 1}" {
		t.Errorf("counted %s", got)
	}
	closeTest(t, db)
	db = openTest(t, testOptions(t, dir))
	if got := tallyOf(); got != "{6 1}" {
		t.Errorf("after reopening: %s", got)
	}
}

func TestMonths(t *testing.T) {
	id := uint64(time.Date(2026, 11, 30, 23, 59, 59, 0, time.UTC).UnixMilli()) << 16
	if got := countMonths(kTry.at(up(id))); got != "2026-11" {
		t.Error(got)
	}
	if got := countMonthsDown(kTry.at(down(id))); got != "2026-11" {
		t.Error(got)
	}
	if got := countMonths([]byte("x")); got != "?" {
		t.Error(got)
	}
}

// FuzzDecodeRow: no bytes make the decoder panic, and what it takes for a post
// encodes to something it takes again.
func FuzzDecodeRow(f *testing.F) {
	for _, v := range []any{postV1{}, memberV1{}, mediaV1{}, inviteV1{}, deviceV1{}, askedV1{}} {
		b, err := encode(v)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte{0xbf, 0xff})
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, v := range []any{new(postV1), new(memberV1), new(mediaV1), new(sieveV1), new(inviteV1), new(deviceV1), new(askedV1)} {
			if decode(b, v) != nil {
				continue
			}
			again, err := encode(v)
			if err != nil {
				t.Fatal(err)
			}
			if err := decode(again, v); err != nil {
				t.Errorf("%T: %v", v, err)
			}
		}
	})
}
