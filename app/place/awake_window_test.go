//go:build window && unix && !darwin

package place

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

func bus(t *testing.T, variable string) *dbus.Conn {
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
	t.Setenv(variable, strings.TrimSpace(address))
	c, err := dbus.Connect(strings.TrimSpace(address))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// logind gives out inhibitor locks: the writing end of a pipe, whose reading end
// tells when it is given back.
type logind struct {
	asked chan string
	held  chan *os.File // the reading end
	ours  chan *os.File // our copy of the writing end
}

func (l logind) Inhibit(what, who, why, mode string) (dbus.UnixFD, *dbus.Error) {
	r, w, err := os.Pipe()
	if err != nil {
		return 0, dbus.MakeFailedError(err)
	}
	l.asked <- strings.Join([]string{what, who, why, mode}, "|")
	fd := dbus.UnixFD(w.Fd())
	l.held <- r
	l.ours <- w
	return fd, nil
}

func TestAwakeByLoginService(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
	system := bus(t, "DBUS_SYSTEM_BUS_ADDRESS")
	l := logind{asked: make(chan string, 4), held: make(chan *os.File, 4), ours: make(chan *os.File, 4)}
	if err := system.Export(l, "/org/freedesktop/login1", "org.freedesktop.login1.Manager"); err != nil {
		t.Fatal(err)
	}
	if _, err := system.RequestName("org.freedesktop.login1", 0); err != nil {
		t.Fatal(err)
	}
	var a Awake
	for range 2 { // the second wish changes nothing
		if err := a.Set(t.Context(), true, "People are here"); err != nil {
			t.Fatal(err)
		}
	}
	if got := <-l.asked; got != "sleep:idle|Camp|People are here|block" || len(l.asked) != 0 {
		t.Errorf("asked for %q and %d more", got, len(l.asked))
	}
	r := <-l.held
	if err := (<-l.ours).Close(); err != nil { // the camp has its copy by now
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	if err := r.SetReadDeadline(time.Now().Add(500 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the lock is not held: %v", err)
	}
	if err := a.Set(t.Context(), false, ""); err != nil {
		t.Fatal(err)
	}
	if err := r.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("the lock was not given back: %v", err)
	}
	a.Release() // nothing held
}

// inhibitPortal notes who asks, and the bus tells when they leave.
type inhibitPortal struct{ asked chan string }

func (p inhibitPortal) Inhibit(sender dbus.Sender, _ string, flags uint32, options map[string]dbus.Variant) (dbus.ObjectPath, *dbus.Error) {
	if flags != 12 || options["reason"].Value() != "People are here" {
		return "/", dbus.MakeFailedError(errors.New("odd wish"))
	}
	p.asked <- string(sender)
	return "/request", nil
}

func TestAwakeByPortal(t *testing.T) {
	t.Setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent")
	session := bus(t, "DBUS_SESSION_BUS_ADDRESS")
	p := inhibitPortal{asked: make(chan string, 1)}
	if err := session.Export(p, "/org/freedesktop/portal/desktop", "org.freedesktop.portal.Inhibit"); err != nil {
		t.Fatal(err)
	}
	if _, err := session.RequestName("org.freedesktop.portal.Desktop", 0); err != nil {
		t.Fatal(err)
	}
	var a Awake
	if err := a.Set(t.Context(), true, "People are here"); err != nil {
		t.Fatal(err)
	}
	who := <-p.asked
	there := func() bool {
		var has bool
		if err := session.BusObject().Call("org.freedesktop.DBus.NameHasOwner", 0, who).Store(&has); err != nil {
			t.Fatal(err)
		}
		return has
	}
	if !there() {
		t.Error("the wish was given up at once")
	}
	a.Release()
	for late := time.Now().Add(10 * time.Second); there(); {
		if time.Now().After(late) {
			t.Fatal("the wish was not given up")
		}
	}
}

func TestAwakeWithoutAnyService(t *testing.T) {
	t.Setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent")
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
	var a Awake
	if err := a.Set(context.Background(), true, "People are here"); !errors.Is(err, ErrNoAwake) {
		t.Errorf("got %v, want ErrNoAwake", err)
	}
	a.Release()
}
