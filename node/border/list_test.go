package border_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"camp/node/border"
	"camp/node/camp"
)

const lists = "testdata/lists"

// wantedList is what a file of testdata/lists must give.
type wantedList struct {
	Format      string
	Error       string
	Entries     []wantedRow
	Confirm     []wantedRow
	Retractions []wantedRow
	Digests     []struct{ Index int } `json:"digest_entries"`
	Skipped     []camp.ListSkip
}

type wantedRow struct {
	Domain  camp.Domain
	Level   camp.Level
	Reason  string
	Reports bool `json:"reject_reports"`
}

func wantedLists(t testing.TB) map[string]wantedList {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(lists, "expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	want := map[string]wantedList{}
	for name, raw := range all {
		var w wantedList
		if name[0] != '_' {
			if err := json.Unmarshal(raw, &w); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			want[name] = w
		}
	}
	return want
}

func rowsOf(list []border.ListRow) (rows []wantedRow) {
	for _, r := range list {
		rows = append(rows, wantedRow{r.Domain, r.Level, r.Reason, r.NoReports})
	}
	return rows
}

// Every layout and every kind of bad row gives what was written down for it.
func TestParseList(t *testing.T) {
	want := wantedLists(t)
	if len(want) != 14 {
		t.Errorf("%d files, want 14", len(want))
	}
	for name, w := range want {
		t.Run(name, func(t *testing.T) {
			raw, err := os.ReadFile(filepath.Join(lists, name))
			if err != nil {
				t.Fatal(err)
			}
			got, err := border.ParseList(raw, "camp.example")
			if w.Error != "" {
				if f := camp.AsFault(err); f == nil || f.Say != "border.not_list.say" || len(got.Rows) > 0 {
					t.Errorf("read as %+v, %v", got, err)
				}
				return
			}
			for _, d := range w.Digests {
				w.Skipped = append(w.Skipped, camp.ListSkip{Line: d.Index, Raw: "be**.example", Why: "digest"})
			}
			byName := cmpopts.SortSlices(func(a, b wantedRow) bool { return a.Domain < b.Domain })
			byLine := cmpopts.SortSlices(func(a, b camp.ListSkip) bool { return a.Line < b.Line })
			for _, part := range []struct {
				what string
				diff string
			}{
				{"layout", cmp.Diff(w.Format, got.Layout)},
				{"rows", cmp.Diff(w.Entries, rowsOf(got.Rows), cmpopts.EquateEmpty(), byName)},
				{"shared", cmp.Diff(w.Confirm, rowsOf(got.Shared), cmpopts.EquateEmpty())},
				{"withdrawn", cmp.Diff(w.Retractions, rowsOf(got.Withdrawn), cmpopts.EquateEmpty())},
				{"skipped", cmp.Diff(w.Skipped, got.Skipped, cmpopts.EquateEmpty(), byLine)},
			} {
				if err != nil || part.diff != "" {
					t.Errorf("%s, %v:\n%s", part.what, err, part.diff)
				}
			}
		})
	}
}

// Published lists, where they lie beside the checkout; nothing of them is ours.
func TestParseRealLists(t *testing.T) {
	beside := filepath.Join("..", "..", "..", "shared", "fixtures", "blocklists")
	raw, err := os.ReadFile(filepath.Join(beside, "expected-counts.json"))
	if err != nil {
		t.Skip("no published lists beside the checkout")
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	for name, raw := range all {
		var w struct {
			Entries map[string]int
			Confirm int
			Skipped map[string]int
		}
		if name[0] == '_' {
			continue
		}
		if err := json.Unmarshal(raw, &w); err != nil {
			t.Fatal(err)
		}
		raw, err := os.ReadFile(filepath.Join(beside, "real", name))
		if err != nil {
			t.Fatal(err)
		}
		list, err := border.ParseList(raw, "camp.example")
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		levels, whys := map[string]int{}, map[string]int{}
		for _, r := range list.Rows {
			levels[string(r.Level)]++
		}
		for _, s := range list.Skipped {
			whys[s.Why]++
		}
		if d := cmp.Diff(w.Entries, levels, cmpopts.EquateEmpty()) + cmp.Diff(w.Skipped, whys, cmpopts.EquateEmpty()) + cmp.Diff(w.Confirm, len(list.Shared)); d != "" {
			t.Errorf("%s:\n%s", name, d)
		}
	}
}

func TestListsAreBounded(t *testing.T) {
	for name, raw := range map[string]string{
		"bytes": strings.Repeat("#", border.MaxListBytes+1),
		"rows":  "domain\n" + strings.Repeat("a.example\n", 20001),
		"json":  "[" + strings.Repeat(`{"domain":"a.example","severity":"suspend"},`, 20001) + `{}]`,
	} {
		if _, err := border.ParseList([]byte(raw), ""); camp.AsFault(err) == nil || camp.AsFault(err).Say != "border.list_long.say" {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, raw := range []string{"", "[]", "[1]", `[{"domain":"a.example"}]`, `[{"domain":"a.example","severity":"suspend"}] x`, `[{"domain":"a.example","severity":"suspend"}`, "Dear all,\nlook at a.example\nand think.", "#"} {
		if l, err := border.ParseList([]byte(raw), ""); camp.AsFault(err) == nil || camp.AsFault(err).Say != "border.not_list.say" {
			t.Errorf("%q reads as %+v, %v", raw, l, err)
		}
	}
	long, err := border.ParseList([]byte("domain,public_comment\na.example,"+strings.Repeat("x", 5000)+"\x00\u202e\n"), "")
	if err != nil || len(long.Rows) != 1 || len(long.Rows[0].Reason) > 503 || strings.ContainsAny(long.Rows[0].Reason, "\x00\u202e") {
		t.Errorf("a long reason: %v, %v", long, err)
	}
}

// Whatever is read is a name to decide about, never at the hardest level, never
// the camp's own; and it reads the same once it was written.
func FuzzParseList(f *testing.F) {
	for name := range wantedLists(f) {
		raw, err := os.ReadFile(filepath.Join(lists, name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Add([]byte("domain\n\"a.example"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		l, err := border.ParseList(raw, "camp.example")
		if err != nil {
			return
		}
		var blocks []camp.Block
		for _, r := range l.Rows {
			if d, err := border.ParseDomain(string(r.Domain)); err != nil || d != r.Domain || d.Within("camp.example") || border.Shared(d) {
				t.Errorf("%q is taken", r.Domain)
			}
			if r.Level.Rank() == 0 || r.Level.Rank() > camp.LevelBlock.Rank() {
				t.Errorf("%q at %q", r.Domain, r.Level)
			}
			blocks = append(blocks, camp.Block{Domain: r.Domain, Level: r.Level, Source: "own", NoReports: r.NoReports})
		}
		file, n, back, err := border.Share(blocks)
		again, err2 := border.ParseList(file, "camp.example")
		if err != nil || err2 != nil || n != len(l.Rows) || back != 0 || len(again.Rows) != n {
			t.Fatalf("%d rows written as %d, read as %d: %v, %v", len(l.Rows), n, len(again.Rows), err, err2)
		}
		for i, r := range again.Rows {
			if o := l.Rows[i]; r.Domain != o.Domain || r.Level != o.Level || r.NoReports != o.NoReports {
				t.Errorf("%+v reads as %+v", o, r)
			}
		}
	})
}
