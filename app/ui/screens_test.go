package ui

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	"github.com/google/go-cmp/cmp"

	"camp/node/camp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// eachScreen opens every screen in both languages.
func eachScreen(t *testing.T, percent int, size fyne.Size, see func(t *testing.T, name string, b *bench)) {
	t.Helper()
	test.NewTempApp(t).Settings().SetTheme(newTheme(look{lightPalette(), percent}))
	for _, language := range []string{"en", "nl"} {
		open := func(name string, st camp.State, do func(*bench)) {
			t.Run(name+"-"+language, func(t *testing.T) {
				st.Settings = camp.Settings{Theme: "light", TextSize: percent}
				b := benchIn(t, st, language, size)
				do(b)
				see(t, name, b)
			})
		}
		for _, name := range slices.Sorted(maps.Keys(shots())) {
			open(name, fullState(), shots()[name])
		}
		for _, name := range slices.Sorted(maps.Keys(firstShots())) {
			open(name, emptyState(), firstShots()[name])
		}
		open("home-new", newState(), func(*bench) {})
		open("people-new", newState(), func(b *bench) { b.view.visit(PagePeople) })
		open("invite-new", newState(), func(b *bench) { b.view.visit(PageInvite) })
		open("log-new", newState(), func(b *bench) { b.view.visit(PageLog) })
	}
}

// TestScreensReadAsWritten keeps every screen as text: words, buttons and
// their order, in both languages.
func TestScreensReadAsWritten(t *testing.T) {
	eachScreen(t, 100, fyne.NewSize(FirstWidth, FirstHeight), func(t *testing.T, name string, b *bench) {
		got := outline(b)
		file := filepath.Join("testdata", name+"."+b.view.words.Language+".golden")
		if *update {
			if err := os.MkdirAll("testdata", 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
			return
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatalf("%v (write it with -update, then read it)", err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("the screen reads differently (-want +got):\n%s", diff)
		}
	})
}

// outline writes what is on screen, in the order of the drawing.
func outline(b *bench) string {
	var w strings.Builder
	inside := 0 // words that belong to the button before them
	for _, o := range b.all() {
		switch o := o.(type) {
		case *press:
			off := ""
			if o.off {
				off = " (off)"
			}
			fmt.Fprintf(&w, "[%s]%s %s\n", o.label, off, o.id)
			inside = countParas(o)
		case *para:
			if inside > 0 {
				inside--
				if o.text != "" {
					fmt.Fprintf(&w, "    %s\n", o.text)
				}
				continue
			}
			fmt.Fprintln(&w, o.text)
		case *field:
			fmt.Fprintf(&w, "<%s> %s\n", o.PlaceHolder, o.Text)
		case *canvas.Image:
			switch {
			case o.Resource != nil:
				fmt.Fprintf(&w, "  (%s)\n", strings.SplitN(o.Resource.Name(), "-", 2)[0])
			case o.Image != nil:
				fmt.Fprintln(&w, "  (QR code)")
			}
		}
	}
	return w.String()
}

func countParas(p *press) (n int) {
	walk(p.content, func(o fyne.CanvasObject) bool {
		if _, ok := o.(*para); ok {
			n++
		}
		return false
	})
	return n
}

// TestScreensFit: at 100 % in the smallest window, and at twice the type in
// 1024 by 768, no word is wider than its place and nothing sticks out.
func TestScreensFit(t *testing.T) {
	for _, c := range []struct {
		percent int
		size    fyne.Size
	}{{100, fyne.NewSize(minWidth, minHeight)}, {200, fyne.NewSize(1024, 768)}, {90, fyne.NewSize(minWidth, minHeight)}} {
		eachScreen(t, c.percent, c.size, func(t *testing.T, _ string, b *bench) {
			if min := b.win.Canvas().Content().MinSize(); min.Width > c.size.Width || min.Height > c.size.Height {
				t.Errorf("at %d %% the screen needs %v of %v", c.percent, min, c.size)
			}
			d := fyne.CurrentApp().Driver()
			for _, o := range b.all() {
				var what string
				switch o := o.(type) {
				case *para:
					what = o.text
				case *press:
					what = o.label
				case *field:
					what = o.PlaceHolder
				default:
					continue
				}
				if o.Size().Width+0.5 < o.MinSize().Width {
					t.Errorf("at %d %% %q needs %.0f and gets %.0f", c.percent, what, o.MinSize().Width, o.Size().Width)
				}
				at := d.AbsolutePositionForObject(o)
				if at.X < 0 || at.X+o.Size().Width > c.size.Width+0.5 {
					t.Errorf("at %d %% %q lies from %.0f to %.0f of %.0f", c.percent, what, at.X, at.X+o.Size().Width, c.size.Width)
				}
			}
		})
	}
}

// TestNothingOverlaps: no two texts or buttons of a screen lie over each other.
func TestNothingOverlaps(t *testing.T) {
	eachScreen(t, 150, fyne.NewSize(1000, 700), func(t *testing.T, _ string, b *bench) {
		d := fyne.CurrentApp().Driver()
		type box struct {
			what     string
			from, to fyne.Position
		}
		var boxes []box
		for _, o := range b.all() {
			p, ok := o.(*para)
			if !ok || p.text == "" {
				continue
			}
			at := d.AbsolutePositionForObject(o)
			boxes = append(boxes, box{p.text, at, at.AddXY(o.Size().Width, o.Size().Height)})
		}
		for i, a := range boxes {
			for _, c := range boxes[i+1:] {
				if a.from.X+1 < c.to.X && c.from.X+1 < a.to.X && a.from.Y+1 < c.to.Y && c.from.Y+1 < a.to.Y {
					t.Errorf("%q lies over %q", a.what, c.what)
				}
			}
		}
	})
}

var rawKey = regexp.MustCompile(`^[a-z]+(\.[a-z_0-9]+)+$|\{\{`)

// Words that are never on a screen of the window.
var bannedWords = regexp.MustCompile(`(?i)\b(peers?|nodes?|instances?|ports?|federat\w*|activitypub|wireguard|socket|daemon|error|invalid|failed|handle)\b`)

// appName is the name under which the app is found; there is no other.
var appName = regexp.MustCompile(`WireGuard[ -]app`)

func TestScreensSpeakPlainly(t *testing.T) {
	eachScreen(t, 100, fyne.NewSize(FirstWidth, FirstHeight), func(t *testing.T, name string, b *bench) {
		for _, text := range b.texts() {
			if rawKey.MatchString(text) && !strings.HasSuffix(text, ".example") {
				t.Errorf("a key instead of words: %q", text)
			}
			if m := bannedWords.FindString(appName.ReplaceAllString(text, "")); m != "" && name != "failed" && name != "trouble" {
				t.Errorf("%q stands on the screen: %q", m, text)
			}
		}
	})
	b := newBench(t, emptyState(), "en")
	for _, l := range []string{"en", "nl"} {
		b.view.cfg.Language = l
		b.view.dress()
		for _, k := range b.view.words.Keys() {
			if strings.HasPrefix(k, "window.") {
				if m := bannedWords.FindString(appName.ReplaceAllString(b.view.say(k), "")); m != "" {
					t.Errorf("%s %s says %q", l, k, m)
				}
			}
		}
	}
}

// TestKeyboardReachesEverything walks every screen by Tab.
func TestKeyboardReachesEverything(t *testing.T) {
	eachScreen(t, 100, fyne.NewSize(FirstWidth, FirstHeight), func(t *testing.T, name string, b *bench) {
		want := map[fyne.CanvasObject]string{}
		for _, o := range b.all() {
			switch o := o.(type) {
			case *press:
				if !o.off {
					want[o] = o.id
				}
			case *field:
				want[o] = o.PlaceHolder
			}
		}
		if len(want) == 0 {
			if name == "starting" {
				return // nothing to press while it starts
			}
			t.Fatal("nothing to press")
		}
		c := b.win.Canvas()
		for range 2 * len(want) {
			c.FocusNext()
			if o, ok := c.Focused().(fyne.CanvasObject); ok {
				delete(want, o)
			}
		}
		if len(want) > 0 {
			t.Errorf("Tab never reaches %v", slices.Collect(maps.Values(want)))
		}
	})
}

func TestKeys(t *testing.T) {
	b := newBench(t, fullState(), "en")
	press := func(name fyne.KeyName) { b.view.shortcut(ctrl(name)) }
	for i, page := range sidePages {
		press(numberKeys[i])
		if b.view.page != page {
			t.Errorf("Ctrl+%d shows %q, want %q", i+1, b.view.page, page)
		}
	}
	alone := fullState()
	alone.Memberships = nil
	b.view.apply(alone)
	press(numberKeys[2])
	if b.view.page != PageBlocks {
		t.Errorf("without other camps Ctrl+3 shows %q", b.view.page)
	}
	b.view.apply(fullState())
	b.view.key(&fyne.KeyEvent{Name: fyne.KeyF1})
	if b.view.page != PageHelp {
		t.Errorf("F1 shows %q", b.view.page)
	}
	press(fyne.KeyI)
	if b.view.page != PageInvite {
		t.Errorf("Ctrl+I shows %q", b.view.page)
	}
	b.view.key(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if b.view.page != PagePeople {
		t.Errorf("Escape leads to %q", b.view.page)
	}
	press(fyne.KeyF)
	f := b.view.fields["people.search"]
	if b.win.Canvas().Focused() != fyne.Focusable(f) {
		t.Error("Ctrl+F does not find the search")
	}
	f.TypedShortcut(ctrl(fyne.Key5)) // a field must not swallow the window's keys
	if b.view.page != PageRules {
		t.Errorf("Ctrl+5 from a field shows %q", b.view.page)
	}
	press(fyne.KeyQ)
	if b.view.asking == nil {
		t.Error("Ctrl+Q does not ask")
	}
	press(fyne.Key1)
	if b.view.page != PageRules {
		t.Error("a question on screen lets the screen change below it")
	}
	b.view.key(&fyne.KeyEvent{Name: fyne.KeyEscape})
	press(fyne.KeyW)
	b.tap("window.close.keep")
	if !b.gone {
		t.Error("Ctrl+W does not close the window")
	}
	sp := b.button("side.home")
	sp.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	if b.view.page != PageHome {
		t.Error("Space does not press")
	}
}

// TestAFieldIsNoTrap: Tab leads out of every field, and Enter is done.
func TestAFieldIsNoTrap(t *testing.T) {
	b := newBench(t, emptyState(), "en")
	b.tap("window.first.restore")
	b.tap("window.bring.file.choose")
	f := b.view.fields["bring.phrase"]
	if f.AcceptsTab() {
		t.Error("Tab stays in the field")
	}
	f.SetText("abc")
	f.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	b.wantIntent(camp.Intent{Do: camp.DoCheck, File: "/disk", Phrase: "abc"})
	f.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	b.button("window.first.start")
}

// TestKeyboardScrolls: what gets the keyboard comes into view.
func TestKeyboardScrolls(t *testing.T) {
	b := newBenchSized(t, fullState(), "en", fyne.NewSize(minWidth, minHeight))
	b.view.visit(PageSettings)
	b.win.Canvas().Focus(b.button("window.settings.end.do"))
	d := fyne.CurrentApp().Driver()
	p := b.button("window.settings.end.do")
	at := d.AbsolutePositionForObject(p)
	if at.Y < 0 || at.Y+p.Size().Height > minHeight {
		t.Errorf("the button lies at %v of %d", at.Y, minHeight)
	}
	b.view.key(&fyne.KeyEvent{Name: fyne.KeyHome})
	if b.view.scroll.Offset.Y != 0 {
		t.Error("Home does not scroll to the top")
	}
	b.view.key(&fyne.KeyEvent{Name: fyne.KeyEnd})
	if got, want := b.view.scroll.Offset.Y, b.view.scroll.Content.Size().Height-b.view.scroll.Size().Height; got != want {
		t.Errorf("End scrolls to %v, want %v", got, want)
	}
}
