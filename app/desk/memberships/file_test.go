package memberships

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"camp/node/camp"
)

// kept is a membership as a good file holds it.
func kept(campKey [32]byte) saved {
	return saved{
		Version: formatNow, ID: idOf(campKey), CampKey: campKey[:], Private: bytes.Repeat([]byte{7}, 32), Serial: 3, Camp: "Orchard", Host: "Noor",
		Name: "mara", State: string(camp.Joined), Since: time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC), Port: "40123", Ways: [][]string{{"192.168.1.2:500"}},
	}
}

func textOf(t testing.TB, s saved) []byte {
	t.Helper()
	raw, err := s.text()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestReadSaved(t *testing.T) {
	good := kept([32]byte{1})
	if _, err := readSaved(textOf(t, good)); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*saved){
		"the key of another camp":  func(s *saved) { s.CampKey[5] ^= 1 },
		"a camp's key too long":    func(s *saved) { s.CampKey = append(s.CampKey, 0) },
		"no key of its own":        func(s *saved) { s.Private = nil },
		"a path for an id":         func(s *saved) { s.ID = "../" + s.ID[3:] },
		"no such state":            func(s *saved) { s.State = "king" },
		"no state":                 func(s *saved) { s.State = "" },
		"let in without a serial":  func(s *saved) { s.Serial = 0 },
		"more lists than are kept": func(s *saved) { s.Ways = make([][]string, maxLists+1) },
		"too long":                 func(s *saved) { s.Words = strings.Repeat("x", maxFile) },
	} {
		s := kept([32]byte{1})
		change(&s)
		if _, err := readSaved(textOf(t, s)); !errors.Is(err, errFile) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, raw := range map[string]string{
		"nothing": "", "null": "null", "a list": "[]", "cut off": string(textOf(t, good)[:90]), "more behind it": string(textOf(t, good)) + "{}",
		"no version": `{}`, "a later version": strings.Replace(string(textOf(t, good)), `"version":1`, `"version":2`, 1),
		"a number for a name": strings.Replace(string(textOf(t, good)), `"mara"`, `7`, 1),
	} {
		if _, err := readSaved([]byte(raw)); !errors.Is(err, errFile) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Every field of this version is told from those of a later one.
func TestNamesAreAll(t *testing.T) {
	var all []string
	for f := range reflect.TypeFor[saved]().Fields() {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" {
			all = append(all, name)
		}
	}
	if d := cmp.Diff(all, names); d != "" {
		t.Error(d)
	}
}

// What a later version added stays; what this one emptied does not come back.
func TestSavedKeepsWhatIsNew(t *testing.T) {
	s := kept([32]byte{1})
	s.State, s.Serial, s.Code = asking, 0, "camp-code"
	raw := strings.Replace(string(textOf(t, s)), `"version"`, `"CODE":"camp-code","colour":{"roof":"green"},"version"`, 1)
	s, err := readSaved([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	s.State, s.Serial, s.Code = string(camp.Waiting), 3, ""
	again, err := readSaved(textOf(t, s))
	if err != nil || again.Code != "" || string(again.other["colour"]) != `{"roof":"green"}` {
		t.Errorf("code %q, colour %s, %v", again.Code, again.other["colour"], err)
	}
}

func TestWithWays(t *testing.T) {
	s := kept([32]byte{1})
	for _, row := range []struct {
		list []string
		news bool
		kept int
	}{{nil, false, 1}, {[]string{"192.168.1.2:500"}, false, 1}, {[]string{"10.0.0.1:1"}, true, 2}, {[]string{"10.0.0.2:1"}, true, 3}, {[]string{"10.0.0.3:1"}, true, 3}} {
		if got := s.withWays(row.list); got != row.news || len(s.Ways) != row.kept {
			t.Errorf("%v: news %v, %v", row.list, got, s.Ways)
		}
	}
	var first []string
	for _, w := range s.ways() {
		first = append(first, w.String())
	}
	if d := cmp.Diff([]string{"10.0.0.3:1", "10.0.0.2:1", "10.0.0.1:1"}, first); d != "" {
		t.Error(d)
	}
}

// One file that makes no sense keeps no other out, and is not lost either.
func TestLoadPutsAside(t *testing.T) {
	dir := t.TempDir()
	k := &Keeper{opt: Options{Dir: dir, Log: slog.New(slog.DiscardHandler)}}
	good, other := kept([32]byte{1}), kept([32]byte{2})
	if err := k.write(good); err != nil {
		t.Fatal(err)
	}
	elsewhere := textOf(t, other)
	for name, raw := range map[string][]byte{"broken.json": []byte("{"), "0123456789ab.json": elsewhere, "note.txt": []byte("not ours")} {
		if err := os.WriteFile(filepath.Join(dir, name), raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("/etc/passwd", filepath.Join(dir, "link.json")); err != nil {
		t.Logf("no link: %v", err)
	}
	list, err := k.load()
	if err != nil || len(list) != 1 || list[0].ID != good.ID {
		t.Fatalf("%v, %v", list, err)
	}
	var names []string
	left, err := os.ReadDir(dir)
	for _, e := range left {
		names = append(names, strings.TrimSuffix(e.Name(), ".aside"))
	}
	if err != nil || !slices.Contains(names, "broken.json") || !slices.Contains(names, "0123456789ab.json") || !slices.Contains(names, "note.txt") {
		t.Errorf("left: %v, %v", names, err)
	}
	if again, err := k.load(); err != nil || len(again) != 1 {
		t.Errorf("the second time: %v, %v", again, err)
	}
}

func FuzzReadSaved(f *testing.F) {
	good := string(textOf(f, kept([32]byte{1})))
	f.Add([]byte(good))
	f.Add([]byte(strings.Replace(good, `"version"`, `"new":[1],"STATE":"waiting","version"`, 1)))
	f.Add([]byte(strings.Replace(good, `"version"`, `"\u017ferial":9,"Code":"x","version"`, 1)))
	f.Add([]byte(`{"version":1,"ways":[["x"],null]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		s, err := readSaved(raw)
		if err != nil {
			return
		}
		_ = s.ways()
		_ = newMember(&Keeper{}, s).view.Says()
		once := textOf(t, s)
		if len(once) > maxFile {
			return // written larger than it was, by escapes: read as what it is, put aside
		}
		again, err := readSaved(once)
		if err != nil {
			t.Fatalf("%s is written as %s: %v", raw, once, err)
		}
		if twice := textOf(t, again); !bytes.Equal(once, twice) {
			t.Errorf("%s, then %s", once, twice)
		}
		s.other, again.other = nil, nil
		if one, two := marshal(t, s), marshal(t, again); one != two {
			t.Errorf("read as %s, then as %s", one, two)
		}
	})
}

func marshal(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}
