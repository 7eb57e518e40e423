package ui

import (
	"fmt"
	"image/color"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/theme"

	"camp/node/camp"
)

func ctrl(k fyne.KeyName) *desktop.CustomShortcut {
	return &desktop.CustomShortcut{KeyName: k, Modifier: fyne.KeyModifierShortcutDefault}
}

// contrast is that of WCAG 2.1, 1.4.3.
func contrast(a, b color.NRGBA) float64 {
	light := func(c color.NRGBA) float64 {
		f := func(v uint8) float64 {
			s := float64(v) / 255
			if s <= 0.03928 {
				return s / 12.92
			}
			return math.Pow((s+0.055)/1.055, 2.4)
		}
		return 0.2126*f(c.R) + 0.7152*f(c.G) + 0.0722*f(c.B)
	}
	x, y := light(a), light(b)
	return (math.Max(x, y) + 0.05) / (math.Min(x, y) + 0.05)
}

func TestColoursCanBeRead(t *testing.T) {
	for _, p := range []*palette{lightPalette(), darkPalette()} {
		for name, c := range map[string][2]color.NRGBA{
			"ink on paper": {p.ink, p.paper}, "ink on card": {p.ink, p.card}, "ink on sunk": {p.ink, p.sunk},
			"soft on paper": {p.soft, p.paper}, "soft on card": {p.soft, p.card}, "soft on sunk": {p.soft, p.sunk},
			"moss on card": {p.moss, p.card}, "moss on its wash": {p.moss, p.mossWash}, "words on moss": {p.mossInk, p.moss},
			"ember on its wash": {p.ember, p.emberWash}, "words on ember": {p.emberInk, p.ember}, "ink on ember's wash": {p.ink, p.emberWash},
			"lake on its wash": {p.lake, p.lakeWash}, "lake on paper": {p.lake, p.paper}, "stop on card": {p.stop, p.card},
			"lake on ember's wash": {p.lake, p.emberWash}, "lake on moss's wash": {p.lake, p.mossWash},
		} {
			if got := contrast(c[0], c[1]); got < 4.5 {
				t.Errorf("%s, %s: %.2f, want 4.5", p.name, name, got)
			}
		}
	}
}

func TestThemeScalesAndAnswersAll(t *testing.T) {
	newBench(t, emptyState(), "en")
	small, large := newTheme(look{lightPalette(), 100}), newTheme(look{darkPalette(), 200})
	for _, n := range []fyne.ThemeSizeName{theme.SizeNameText, theme.SizeNameHeadingText, theme.SizeNameCaptionText} {
		if 2*small.Size(n) != large.Size(n) {
			t.Errorf("%s: %v and %v", n, small.Size(n), large.Size(n))
		}
	}
	if small.Color(theme.ColorNameBackground, theme.VariantDark) != color.Color(lightPalette().paper) {
		t.Error("the system's variant overrules the choice")
	}
}

func TestFyneSpeaksDutch(t *testing.T) {
	b := newBench(t, emptyState(), "nl")
	for word, want := range map[string]string{"Quit": "Afsluiten", "Open": "Openen", "Cancel": "Annuleren"} {
		if got := lang.L(word); got != want {
			t.Errorf("%q is %q in Dutch, want %q", word, got, want)
		}
	}
	if got := lang.X("file.name", "Name"); got != "Naam" {
		t.Errorf("file.name is %q", got)
	}
	n := 0
	for _, k := range b.view.words.Keys() {
		if strings.HasPrefix(k, "fyne.") {
			n++
		}
	}
	if n != 39 {
		t.Errorf("%d words of Fyne, want 39", n)
	}
	b.view.setLanguage("en")
	if got := lang.L("Quit"); got != "Quit" {
		t.Errorf("Quit is %q in English", got)
	}
}

func TestSpeaks(t *testing.T) {
	for system, want := range map[string]string{"nl": "nl", "nl-BE": "nl", "nl_NL": "nl", "en-GB": "en", "de": "en", "": "en", "nld": "en"} {
		if got := Speaks(system); got != want {
			t.Errorf("Speaks(%q) = %q, want %q", system, got, want)
		}
	}
}

func TestHandleOf(t *testing.T) {
	for shown, want := range map[string]string{
		"Mara": "mara", " Mara de  Vries ": "mara_de_vries", "Zoë": "zoe", "Jürgen-Peter": "jurgen_peter", "李": "", "": "", "42": "42",
		strings.Repeat("ab ", 20): "ab_ab_ab_ab_ab_ab_ab_ab_ab_ab",
	} {
		if got := handleOf(shown); got != want {
			t.Errorf("handleOf(%q) = %q, want %q", shown, got, want)
		}
	}
}

func TestTimesAndSizes(t *testing.T) {
	b := newBench(t, newState(), "nl")
	v := b.view
	for got, want := range map[string]string{
		v.bytes(0): "0 kB", v.bytes(999_400): "999 kB", v.bytes(1_240_000): "1,2 MB", v.bytes(84_000_000): "84 MB", v.bytes(2_500_000_000): "2,5 GB",
		v.moment(testNow()):                                                "vandaag 14:05",
		v.moment(testNow().AddDate(0, 0, -1)):                              "gisteren 14:05",
		v.moment(testNow().AddDate(0, -1, 0)):                              "22 oktober 14:05",
		v.day(testNow().AddDate(-1, 0, 0)):                                 "22 november 2025",
		v.long(testNow()):                                                  "een ogenblik",
		v.long(testNow().Add(-time.Minute)):                                "1 minuut",
		v.long(testNow().Add(-25 * time.Hour)):                             "1 dag",
		v.ahead(testNow().Add(time.Hour)):                                  "15:05",
		v.ahead(testNow().AddDate(0, 0, 1)):                                "morgen 14:05",
		v.seen(camp.Person{LastSeen: camp.LastSeenLong}):                   "meer dan een maand niet geweest",
		v.seen(camp.Person{LastSeen: "nonsense"}):                          "nog niet geweest",
		v.seen(camp.Person{Devices: []camp.DeviceLine{{Connected: true}}}): "vandaag hier",
		v.seen(camp.Person{LastSeen: "2026-11-21"}):                        "gisteren hier",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestParaWraps(t *testing.T) {
	b := newBench(t, newState(), "en")
	p := b.view.body("one two three")
	wide := p.wantWidth()
	for _, c := range []struct {
		width float32
		lines int
	}{{wide, 1}, {wide - 4, 2}, {p.MinSize().Width, 3}} {
		if got := len(p.wrapAt(c.width)); got != c.lines {
			t.Errorf("at %v: %d lines %q, want %d", c.width, got, p.lines, c.lines)
		}
	}
	long := b.view.body(strings.Repeat("x", 300)).cut()
	for _, l := range long.wrapAt(200) {
		if w := long.measure(l); w > 200 {
			t.Errorf("a line is %v wide", w)
		}
	}
	if got := strings.Join(long.wrapAt(200), ""); got != long.text {
		t.Error("letters got lost where a word was cut")
	}
}

func TestChooser(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"b.campbackup", "A.txt", ".hidden"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "Disk"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("HOME", dir)
	t.Setenv("USERPROFILE", dir)
	b := newBench(t, fullState(), "en")
	c := &ownChooser{b.view}
	var got string
	c.File(func(path string) { got = path })
	b.tap("choose.b.campbackup")
	if want := filepath.Join(dir, "b.campbackup"); got != want {
		t.Errorf("chose %q, want %q", got, want)
	}
	c.Folder("", func(path string) { got = path })
	for _, id := range b.buttons() {
		if id == "choose.A.txt" || id == "choose..hidden" {
			t.Errorf("%s is offered as a folder", id)
		}
	}
	b.tap("choose.Disk")
	b.tap("window.choose.this_folder")
	if want := filepath.Join(dir, "Disk"); got != want {
		t.Errorf("chose %q, want %q", got, want)
	}
	got = ""
	c.Folder(filepath.Join(dir, "gone"), func(path string) { got = path })
	b.tap("choose.up")
	b.view.escape()
	if got != "" || b.view.choosing != nil {
		t.Error("Escape is no choice")
	}
}

func TestSaveOverwritesNothing(t *testing.T) {
	dir := t.TempDir()
	for i, want := range []string{"sheet.txt", "sheet 2.txt", "sheet 3.txt"} {
		path, err := saveNew(dir, "sheet.txt", fmt.Sprint(i))
		if err != nil || path != filepath.Join(dir, want) {
			t.Fatalf("saved as %q, %v; want %q", path, err, want)
		}
	}
	raw, err := os.ReadFile(filepath.Join(dir, "sheet.txt"))
	if err != nil || string(raw) != "0" {
		t.Errorf("the first sheet holds %q, %v", raw, err)
	}
	if _, err := saveNew(filepath.Join(dir, "gone"), "sheet.txt", ""); err == nil {
		t.Error("saved into a folder that is not there")
	}
}

// hundred is a camp with so many members.
func hundred(n int) camp.State {
	st := fullState()
	for i := range st.People {
		if st.People[i].Standing.Counts() {
			n--
		}
	}
	for i := range n {
		st.People = append(st.People, camp.Person{Name: fmt.Sprintf("m%d", i), Display: fmt.Sprintf("Member %d", i), Role: camp.RoleMember, Standing: camp.Joined})
	}
	return st
}

// BenchmarkPeople draws the people of a full camp.
func BenchmarkPeople(b *testing.B) {
	v := newBench(b, hundred(camp.MaxMembers), "en")
	v.view.visit(PagePeople)
	for b.Loop() {
		v.view.draw()
	}
}

// A camp that grows full says what a sister camp is, before it is full.
func TestPeopleOfAFullCamp(t *testing.T) {
	for n, want := range map[int]bool{camp.NearlyFull - 1: false, camp.NearlyFull: true, camp.MaxMembers: true} {
		b := newBench(t, hundred(n), "en")
		b.view.visit(PagePeople)
		if got := slices.Contains(b.texts(), b.say("window.people.sister")); got != want {
			t.Errorf("%d people: says it %v", n, got)
		}
	}
}
