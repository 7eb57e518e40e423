package ui

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"camp/node/camp"
	"camp/node/camp/camptest"
)

// TestMain gives Fyne a language of the system that it can read.
func TestMain(m *testing.M) {
	for name, value := range map[string]string{"LC_ALL": "", "LC_MESSAGES": "", "LANGUAGE": "", "LANG": "en_US.UTF-8"} {
		if err := os.Setenv(name, value); err != nil {
			panic(err)
		}
	}
	os.Exit(camptest.Main(m))
}

// fakeDesk answers from a table and remembers what it was asked.
type fakeDesk struct {
	mu      sync.Mutex // guards what follows
	st      camp.State
	asked   []camp.Intent
	answers map[string]camp.Answer
	faults  map[string]error
	states  chan camp.State
}

func (d *fakeDesk) Do(_ context.Context, in camp.Intent) (camp.Answer, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.asked = append(d.asked, in)
	return d.answers[in.Do], d.faults[in.Do]
}

func (d *fakeDesk) State() camp.State {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.st
}

func (d *fakeDesk) Watch(context.Context) <-chan camp.State { return d.states }

func (d *fakeDesk) last() camp.Intent {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.asked) == 0 {
		return camp.Intent{}
	}
	return d.asked[len(d.asked)-1]
}

// fakeChooser picks at once what a test laid out.
type fakeChooser struct {
	path  string
	saved string
	err   error
}

func (c *fakeChooser) File(done func(string))             { done(c.path) }
func (c *fakeChooser) Folder(_ string, done func(string)) { done(c.path) }
func (c *fakeChooser) Save(name, text string, done func(string, error)) {
	c.saved = text
	done(c.path+"/"+name, c.err)
}

// The clock of all tests: a Sunday afternoon.
func testNow() time.Time { return time.Date(2026, 11, 22, 14, 5, 0, 0, time.Local) }

// bench is a window with a fake camp behind it.
type bench struct {
	t       testing.TB
	desk    *fakeDesk
	chooser *fakeChooser
	view    *View
	win     fyne.Window
	gone    bool
}

func newBench(t testing.TB, st camp.State, language string) *bench {
	t.Helper()
	return newBenchSized(t, st, language, fyne.NewSize(FirstWidth, FirstHeight))
}

func newBenchSized(t testing.TB, st camp.State, language string, size fyne.Size) *bench {
	t.Helper()
	a := test.NewTempApp(t)
	a.Settings().SetTheme(newTheme(look{lightPalette(), 100})) // the driver's own theme has no bold monospace type
	return benchIn(t, st, language, size)
}

// benchIn is a bench in the app that is there already: fonts are read once an app.
func benchIn(t testing.TB, st camp.State, language string, size fyne.Size) *bench {
	t.Helper()
	b := &bench{t: t, desk: &fakeDesk{st: st, answers: map[string]camp.Answer{}, faults: map[string]error{}, states: make(chan camp.State)}, chooser: &fakeChooser{path: "/disk"}}
	b.win = test.NewTempWindow(t, nil)
	if st.Settings.Theme == "" {
		st.Settings.Theme = "light"
		b.desk.st = st
	}
	b.view = New(Config{Desk: b.desk, Window: b.win, Now: testNow, Language: language, Chooser: b.chooser, Quit: func() { b.gone = true }})
	b.view.spawn = func(work func(context.Context) func()) { work(t.Context())() }
	b.win.Resize(size)
	b.view.apply(st)
	return b
}

// emptyState is a computer without a camp.
func emptyState() camp.State {
	return camp.State{Phase: camp.Off, Version: "0.1.0", Data: "/home/vera/.local/share/camp"}
}

// newState is a camp that was just started.
func newState() camp.State {
	return camp.State{
		Phase: camp.On, Exists: true, Name: "Camp of Vera", Address: "camp-of-vera-abcdefgh23456721.camp.internal", Web: "http://127.0.0.1:40123",
		Members: 1, Here: 1, Since: testNow().Add(-40 * time.Second), Version: "0.1.0", Data: "/home/vera/.local/share/camp",
		NoTunnel: "", People: []camp.Person{{Name: "vera", Display: "Vera", Role: camp.RoleHost, Standing: camp.Joined, Joined: testNow(), LastSeen: "2026-11-22"}},
		Rules:  camp.Rules{Version: 1, Date: testNow(), Texts: []string{"Be kind. Speak as you would around a fire.", "What is said here stays here."}},
		Backup: camp.Backup{Daily: 7, Weekly: 4},
		Space:  camp.Space{Free: 80e9, Total: 200e9, Used: 3e6, Level: "ok"},
	}
}

// fullState is a camp of some months, with things waiting.
func fullState() camp.State {
	st := newState()
	st.Name, st.Members, st.Here, st.FirstPost = "Pinewood", 23, 4, true
	st.Since = testNow().Add(-6*24*time.Hour - time.Hour)
	st.Skipped = []string{"name", "rules", "backups"}
	names := []string{"Mara", "Jonas Weber", "Ana María Fernández-Villanueva", "Tom", "Zoë", "Yusuf", "Li Wei", "Priya", "Olle", "Femke de Boer", "Noor"}
	for i, n := range names {
		p := camp.Person{Name: handleOf(n), Display: n, Role: camp.RoleMember, Standing: camp.Joined, Invites: camp.UsualInvites, Joined: testNow().AddDate(0, 0, -i*9-3), LastSeen: testNow().AddDate(0, 0, -i).Format(time.DateOnly)}
		if i == 1 {
			p.Role = camp.RoleHelper
		}
		if i == 10 {
			p.Role, p.LastSeen, p.Ends = camp.RoleGuest, "", testNow().AddDate(0, 0, 20)
		}
		st.People = append(st.People, p)
	}
	st.People[1].Devices = []camp.DeviceLine{{Serial: 3, Label: "laptop", LastSeen: "2026-11-22", Connected: true}, {Serial: 9, Phone: true, LastSeen: "2026-11-20"}}
	st.People = append(st.People, camp.Person{
		Name: "sam", Display: "Sam Okafor", Standing: camp.Waiting, Asked: testNow().Add(-3 * time.Hour), Message: "We met at the lake last summer, I sat beside Mara.",
		Note: "Mara's friend", By: "Mara", Words: "acorn zebra piano lemon",
	})
	st.Waiting = 1
	st.Invites = []camp.InviteLine{
		{ID: "00112233aabbccdd", Note: "the choir", Ends: testNow().AddDate(0, 0, 6), Uses: 5, Used: 2, State: camp.InviteAsked, Asked: []string{"Sam Okafor"}},
		{ID: "00112233aabbccde", Ends: testNow().AddDate(0, 0, -2), Uses: 1, State: camp.InviteOver, Phone: true},
	}
	st.Reach = camp.Reach{On: true, Asked: true, State: "open", How: "upnp", Outer: "9.9.9.9:41641", LastFrom: testNow().Add(-2 * time.Minute)}
	st.Blocks = []camp.Block{
		{Domain: "angry.example", Shown: "angry.example", Level: camp.LevelBlock, Reason: "Hate against people for whom they love.", By: "Vera", At: testNow().AddDate(0, -1, 0), Change: "000000000000000001"},
		{Domain: "xn--kche-0ra.example", Shown: "küche.example", Level: camp.LevelLimit, By: "Jonas Weber", At: testNow().AddDate(0, 0, -3), Change: "000000000000000002", Mixed: true},
		{Domain: "loud.example", Shown: "loud.example", Level: camp.LevelMedia, By: "Vera", At: testNow(), Lifted: true, Until: testNow().AddDate(0, 0, 29), Change: "000000000000000003"},
	}
	st.Memberships = testMemberships()[:2]
	st.Needs = []camp.Need{
		{Kind: "waiting", Say: "program.need.waiting", Args: map[string]string{"N": "1"}, Page: PagePeople},
		{Kind: "recovery", Say: "window.step.recovery.line", Deed: camp.DoRecovery, Page: PageRecovery},
		{Kind: "backup", Say: "window.backup.never", Deed: camp.DoBackup},
	}
	st.Backup = camp.Backup{Last: testNow().Add(-11 * time.Hour), File: "/media/blue/camp-2026-11-22.camp", Bytes: 84e6, Checked: true, Folder: "/media/vera/Blue disk/Camp backups", Daily: 7, Weekly: 4}
	for i := range 14 {
		deed := "window.remove.done"
		if i%3 == 1 {
			deed = "window.backup.where.done"
		}
		st.Log = append(st.Log, camp.LogLine{At: testNow().Add(-time.Duration(i*7) * time.Hour), Deed: deed, Args: map[string]string{"Who": names[i%len(names)], "Folder": "/media/vera/Blue disk/Camp backups"}})
	}
	st.Rules.Texts = append(st.Rules.Texts, "No advertising, no selling, no campaigning.", "Ask before you share a picture of somebody.",
		"If something hurts, say so to the host or a helper; they will listen, and they will tell you what they did about it.")
	for i, k := range []string{"window.help.screens", "window.help.tab", "window.help.esc"} {
		st.Kept = append(st.Kept, camp.Keeping{What: k, Why: "window.help.line", About: "window.role.member", Readers: "window.role.host", HowLong: "window.seen.never", Export: i == 0})
	}
	return st
}

// all lists what is on the canvas: the topmost question where there is one.
func (b *bench) all() []fyne.CanvasObject {
	c := b.win.Canvas()
	root := c.Content()
	if top := c.Overlays().Top(); top != nil {
		root = top
	}
	return test.LaidOutObjects(root)
}

// button finds what can be pressed by its id or its words.
func (b *bench) button(name string) *press {
	b.t.Helper()
	for _, o := range b.all() {
		if p, ok := o.(*press); ok && (p.id == name || p.label == name) {
			return p
		}
	}
	b.t.Fatalf("no button %q on screen; there are %q", name, b.buttons())
	return nil
}

func (b *bench) buttons() (ids []string) {
	for _, o := range b.all() {
		if p, ok := o.(*press); ok {
			ids = append(ids, p.id)
		}
	}
	return ids
}

func (b *bench) tap(name string) { b.t.Helper(); test.Tap(b.button(name)) }

// texts are the words on screen.
func (b *bench) texts() (texts []string) {
	for _, o := range b.all() {
		if p, ok := o.(*para); ok {
			texts = append(texts, p.text)
		}
	}
	return texts
}

func (b *bench) wantText(want string) {
	b.t.Helper()
	for _, t := range b.texts() {
		if t == want {
			return
		}
	}
	b.t.Errorf("screen does not say %q; it says %q", want, b.texts())
}

func (b *bench) say(key string, args ...any) string { return b.view.say(key, args...) }

func (b *bench) typeInto(id, text string) {
	b.t.Helper()
	f, ok := b.view.fields[id]
	if !ok {
		b.t.Fatalf("no field %q", id)
	}
	b.win.Canvas().Focus(f)
	test.Type(f, text)
}

func (b *bench) wantIntent(want camp.Intent) {
	b.t.Helper()
	want.Language = b.view.words.Language
	if got := fmt.Sprintf("%+v", b.desk.last()); got != fmt.Sprintf("%+v", want) {
		b.t.Errorf("asked\n%s, want\n%+v", got, want)
	}
}
