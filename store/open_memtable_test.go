package store

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A camp of an earlier version, whose tables in memory were twice as large, may
// end by a crash; what it left is read all the same, also where another crash came
// after it was read once.
func TestOpenAfterLargerMemTable(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	old, err := tryBadger(badgerOptions(dir).WithMemTableSize(memTableOnce))
	if err != nil {
		t.Fatal(err)
	}
	const rows = 70
	value := func(i int) []byte { return bytes.Repeat([]byte{byte(i)}, 100<<10) } // 7 MiB in all
	for i := range rows {
		txn := old.NewTransactionAt(uint64(i+1), true)
		if err := txn.Set(fmt.Appendf(nil, "row/%03d", i), value(i)); err != nil {
			t.Fatal(err)
		}
		if err := txn.CommitAt(uint64(i+1), nil); err != nil {
			t.Fatal(err)
		}
	}
	whole, cut := crash(t, dir), crash(t, dir)
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}
	cutToUse(t, cut)
	for name, dir := range map[string]string{"whole": whole, "cut": cut} {
		b, err := tryBadger(badgerOptions(dir))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		txn := b.NewTransactionAt(rows, false)
		for i := range rows {
			item, err := txn.Get(fmt.Appendf(nil, "row/%03d", i))
			if err != nil {
				t.Fatalf("%s: row %d: %v", name, i, err)
			}
			if got, err := item.ValueCopy(nil); err != nil || !bytes.Equal(got, value(i)) {
				t.Errorf("%s: row %d: %d bytes, %v", name, i, len(got), err)
			}
		}
		txn.Discard()
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// cutToUse leaves of the tables in memory what Badger leaves of them when it has
// read them again: what is in use.
func cutToUse(t *testing.T, dir string) {
	t.Helper()
	list, err := filepath.Glob(filepath.Join(dir, "*.mem"))
	if err != nil || len(list) != 1 {
		t.Fatalf("tables in memory: %v, %v", list, err)
	}
	raw, err := os.ReadFile(list[0])
	if err == nil {
		err = os.Truncate(list[0], int64(len(bytes.TrimRight(raw, "\x00")))+64)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// crash gives the folder of an open store as a killed process leaves it. Values
// beside the tables are left out: there are none.
func crash(t *testing.T, dir string) string {
	t.Helper()
	to := t.TempDir()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		if e.Name() == "LOCK" || strings.HasSuffix(e.Name(), ".vlog") {
			continue
		}
		raw, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err == nil {
			err = os.WriteFile(filepath.Join(to, e.Name()), raw, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return to
}

// A folder without anything of an earlier version gets ours.
func TestMemTable(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct{ size, want int64 }{
		"none": {-1, memTableSize}, "ours": {2 * memTableSize, memTableSize}, "ours, cut": {memTableSize - 1, memTableSize},
		"an earlier one": {2 * memTableOnce, memTableOnce}, "an earlier one, cut": {7 << 20, memTableOnce},
	} {
		dir := t.TempDir()
		if row.size >= 0 {
			f, err := os.Create(filepath.Join(dir, "00001.mem"))
			if err == nil {
				err = f.Truncate(row.size)
			}
			if err != nil {
				t.Fatal(err)
			}
			_ = f.Close()
		}
		if got := memTable(dir); got != row.want {
			t.Errorf("%s: %d, want %d", name, got, row.want)
		}
	}
}
