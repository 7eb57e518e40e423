//go:build window && unix && !darwin

package tray

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/google/go-cmp/cmp"

	"camp/node/camp/camptest"
)

// privateBus starts a session bus for this test and points the environment at it.
func privateBus(t *testing.T) *dbus.Conn {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "dbus-daemon", "--session", "--nofork", "--print-address=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", strings.TrimSpace(address))
	t.Setenv("XDG_CURRENT_DESKTOP", "")
	c, err := dbus.Connect(strings.TrimSpace(address))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func own(t *testing.T, c *dbus.Conn, name string) {
	t.Helper()
	if r, err := c.RequestName(name, dbus.NameFlagDoNotQueue); err != nil || r != dbus.RequestNameReplyPrimaryOwner {
		t.Fatalf("own %s: %v, %v", name, r, err)
	}
}

// properties answers org.freedesktop.DBus.Properties.Get with one value.
type properties struct{ value any }

func (p properties) Get(string, string) (dbus.Variant, *dbus.Error) {
	return dbus.MakeVariant(p.value), nil
}

func TestAvailable(t *testing.T) {
	bus := privateBus(t)
	if Available(t.Context()) {
		t.Error("a tray is there, on a bus without any")
	}
	if err := bus.Export(properties{false}, watcherPath, "org.freedesktop.DBus.Properties"); err != nil {
		t.Fatal(err)
	}
	own(t, bus, watcherName)
	if Available(t.Context()) {
		t.Error("a tray is there, but no panel shows it")
	}
	if err := bus.Export(properties{true}, watcherPath, "org.freedesktop.DBus.Properties"); err != nil {
		t.Fatal(err)
	}
	if !Available(t.Context()) {
		t.Error("the tray is not seen")
	}
}

func TestAvailableWithoutBus(t *testing.T) {
	for name, address := range map[string]string{
		"nobody listens": "unix:path=" + t.TempDir() + "/nothing",
		"unreadable":     "nonsense",
	} {
		t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
		if Available(t.Context()) {
			t.Errorf("%s: a tray is there", name)
		}
	}
}

// TestAvailableOnASilentBus: a bus that never answers is given up.
func TestAvailableOnASilentBus(t *testing.T) {
	bus := privateBus(t)
	if err := bus.Export(silent{over: t.Context()}, watcherPath, "org.freedesktop.DBus.Properties"); err != nil {
		t.Fatal(err)
	}
	own(t, bus, watcherName)
	start := time.Now()
	if Available(t.Context()) {
		t.Error("a tray is there")
	}
	if took := time.Since(start); took > busTime+2*time.Second {
		t.Errorf("took %v", took)
	}
}

// silent answers nobody before the test is over.
type silent struct{ over context.Context }

func (s silent) Get(string, string) (dbus.Variant, *dbus.Error) {
	<-s.over.Done()
	return dbus.Variant{}, &dbus.Error{Name: "over"}
}

// fakeNoticeServer is a desktop's notifications.
type fakeNoticeServer struct {
	mu    sync.Mutex // guards what follows
	next  uint32
	shown []string // "id replaces text"
	gone  []uint32
}

func (f *fakeNoticeServer) Notify(app string, replaces uint32, _, summary, body string, actions []string, hints map[string]dbus.Variant, timeout int32) (uint32, *dbus.Error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	id := replaces
	if id == 0 {
		f.next++
		id = f.next
	}
	line := []string{app, summary, body, strings.Join(actions, "/")}
	if replaces != 0 {
		line = append(line, "replaced")
	}
	if timeout != -1 {
		line = append(line, "odd timeout")
	}
	if _, ok := hints["image-data"]; !ok {
		line = append(line, "no icon")
	}
	f.shown = append(f.shown, strings.Join(line, "|"))
	return id, nil
}

func (f *fakeNoticeServer) CloseNotification(id uint32) *dbus.Error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.gone = append(f.gone, id)
	return nil
}

func (f *fakeNoticeServer) until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	eventually(t, what, func() bool {
		f.mu.Lock()
		defer f.mu.Unlock()
		return ok()
	})
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	late := time.After(10 * time.Second)
	for !ok() {
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("never: %s", what)
		}
	}
}

// served opens a session and serves it until the test ends.
func served(t *testing.T) *session {
	t.Helper()
	s, err := openSession(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	all.Go(func() { s.serve(ctx) })
	t.Cleanup(func() { cancel(); all.Wait(); s.close() })
	return s
}

func TestNotices(t *testing.T) {
	bus := privateBus(t)
	f := &fakeNoticeServer{}
	if err := bus.Export(f, noticePath, noticeName); err != nil {
		t.Fatal(err)
	}
	own(t, bus, noticeName)
	s := served(t)
	s.notices.say("backup", "No backup <for> 9 days", "Show", "backups")
	f.until(t, "shown", func() bool { return len(f.shown) == 1 })
	s.notices.say("backup", "No backup for 10 days", "Show", "backups")
	s.notices.say("space", "Nearly full", "Show", "home")
	f.until(t, "all shown", func() bool { return len(f.shown) == 3 })
	want := []string{
		"Camp|Camp|No backup &lt;for&gt; 9 days|default/Show",
		"Camp|Camp|No backup for 10 days|default/Show|replaced",
		"Camp|Camp|Nearly full|default/Show",
	}
	if diff := cmp.Diff(want, f.shown); diff != "" {
		t.Error(diff)
	}
	emit := func(name string, args ...any) {
		t.Helper()
		if err := bus.Emit(noticePath, noticeName+"."+name, args...); err != nil {
			t.Fatal(err)
		}
	}
	emit("ActionInvoked", uint32(77), "default") // somebody else's
	emit("ActionInvoked", uint32(1), "default")
	if page := <-s.notices.clicked(); page != "backups" {
		t.Errorf("the click leads to %q, want backups", page)
	}
	emit("NotificationClosed", uint32(1), uint32(2))
	emit("ActionInvoked", uint32(2), "default")
	if page := <-s.notices.clicked(); page != "home" {
		t.Errorf("the click leads to %q, want home", page)
	}
	s.notices.drop("backup") // closed already: nothing to take away
	s.notices.drop("space")
	f.until(t, "taken away", func() bool { return len(f.gone) == 1 })
	if diff := cmp.Diff([]uint32{2}, f.gone); diff != "" {
		t.Error(diff)
	}
}

func TestPanelThatComesLater(t *testing.T) {
	bus := privateBus(t)
	s := served(t)
	eventually(t, "asked for news", func() bool { return s.hasOwner(t.Context(), "org.freedesktop.DBus") })
	select {
	case <-s.panel:
		t.Fatal("a panel, before there is one")
	default:
	}
	own(t, bus, watcherName)
	select {
	case <-s.panel:
	case <-time.After(10 * time.Second):
		t.Fatal("the panel was not seen")
	}
}

// portal is the desktop's setting for light and dark, wrapped as portals do.
type portal struct {
	mu     sync.Mutex // guards scheme
	scheme uint32
}

func (p *portal) Read(string, string) (dbus.Variant, *dbus.Error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return dbus.MakeVariant(dbus.MakeVariant(p.scheme)), nil
}

func TestShadeFollowsTheDesktop(t *testing.T) {
	bus := privateBus(t)
	p := &portal{scheme: 2}
	if err := bus.Export(p, portalPath, portalFace); err != nil {
		t.Fatal(err)
	}
	own(t, bus, portalName)
	s := served(t)
	next := func() bool {
		t.Helper()
		select {
		case dark := <-s.shade:
			return dark
		case <-time.After(10 * time.Second):
			t.Fatal("no answer")
			return false
		}
	}
	if next() {
		t.Error("dark, where light is preferred")
	}
	p.mu.Lock()
	p.scheme = 1
	p.mu.Unlock()
	if err := bus.Emit(portalPath, portalFace+".SettingChanged", "org.freedesktop.appearance", "color-scheme", dbus.MakeVariant(uint32(1))); err != nil {
		t.Fatal(err)
	}
	if !next() {
		t.Error("light, where dark is preferred")
	}
}

func TestMain(m *testing.M) {
	// A test without a bus of its own must not find the one of the person who runs it.
	_ = os.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
	os.Exit(camptest.Main(m))
}
