//go:build unix && !darwin

package tray

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/godbus/dbus/v5"
)

// Names on the session bus (StatusNotifierItem and Desktop Notifications
// specifications, the desktop portal's settings, the settings of Xfce).
const (
	watcherName = "org.kde.StatusNotifierWatcher"
	watcherPath = "/StatusNotifierWatcher"
	noticeName  = "org.freedesktop.Notifications"
	noticePath  = "/org/freedesktop/Notifications"
	portalName  = "org.freedesktop.portal.Desktop"
	portalPath  = "/org/freedesktop/portal/desktop"
	portalFace  = "org.freedesktop.portal.Settings"
	xfconfName  = "org.xfce.Xfconf"
	xfconfPath  = "/org/xfce/Xfconf"
)

// busTime bounds every question to the bus.
const busTime = 2 * time.Second

// session is a connection of our own to the session bus.
type session struct {
	conn    *dbus.Conn
	signals chan *dbus.Signal
	notices *busNotices
	panel   chan struct{} // holds a value once a tray is there
	shade   chan bool     // the panel became dark or light
	xfce    bool
}

// openSession connects to the bus of this desktop session. It never starts one:
// a bus that only we know has no panel on it.
func openSession(ctx context.Context) (*session, error) {
	ctx, cancel := context.WithTimeout(ctx, busTime)
	defer cancel()
	conn, err := dbus.SessionBusPrivateNoAutoStartup()
	if err != nil {
		return nil, fmt.Errorf("reach the session bus: %w", err)
	}
	greeted := make(chan error, 1)
	go func() { // ends at the latest when conn is closed
		if err := conn.Auth(nil); err != nil {
			greeted <- err
			return
		}
		greeted <- conn.Hello()
	}()
	select {
	case err = <-greeted:
	case <-ctx.Done():
		err = ctx.Err()
		_ = conn.Close()
		<-greeted
	}
	if err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("greet the session bus: %w", err)
	}
	s := &session{
		conn: conn, signals: make(chan *dbus.Signal, 32), panel: make(chan struct{}, 1), shade: make(chan bool, 1),
		notices: newBusNotices(conn), xfce: isDesktop(os.Getenv("XDG_CURRENT_DESKTOP"), "XFCE"),
	}
	return s, nil
}

func (s *session) close() { _ = s.conn.Close() }

// serve hands on what the bus tells until ctx ends.
func (s *session) serve(ctx context.Context) {
	s.conn.Signal(s.signals)
	s.listen(ctx)
	if s.hasOwner(ctx, watcherName) {
		s.panelUp()
	}
	s.askShade(ctx)
	for {
		select {
		case <-ctx.Done():
			return
		case sig, ok := <-s.signals:
			if !ok {
				return // the bus has gone
			}
			s.heard(ctx, sig)
		case n := <-s.notices.queue:
			s.notices.send(ctx, n)
		}
	}
}

func (s *session) listen(ctx context.Context) {
	rules := [][]dbus.MatchOption{
		{dbus.WithMatchSender("org.freedesktop.DBus"), dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, watcherName)},
		{dbus.WithMatchSender(noticeName), dbus.WithMatchInterface(noticeName), dbus.WithMatchObjectPath(noticePath)},
		{dbus.WithMatchSender(portalName), dbus.WithMatchInterface(portalFace), dbus.WithMatchMember("SettingChanged")},
	}
	if s.xfce {
		rules = append(rules, []dbus.MatchOption{dbus.WithMatchSender(xfconfName), dbus.WithMatchMember("PropertyChanged"), dbus.WithMatchArg(0, "xfce4-panel")})
	}
	for _, r := range rules {
		ctx, cancel := context.WithTimeout(ctx, busTime)
		_ = s.conn.AddMatchSignalContext(ctx, r...) // without the rule there is one comfort less
		cancel()
	}
}

func (s *session) heard(ctx context.Context, sig *dbus.Signal) {
	switch sig.Name {
	case "org.freedesktop.DBus.NameOwnerChanged":
		var name, before, after string
		if dbus.Store(sig.Body, &name, &before, &after) == nil && name == watcherName && after != "" {
			s.panelUp()
		}
	case noticeName + ".ActionInvoked":
		var id uint32
		var action string
		if dbus.Store(sig.Body, &id, &action) == nil {
			s.notices.invoked(id)
		}
	case noticeName + ".NotificationClosed":
		var id, reason uint32
		if dbus.Store(sig.Body, &id, &reason) == nil {
			s.notices.closed(id)
		}
	case portalFace + ".SettingChanged", xfconfName + ".PropertyChanged":
		s.askShade(ctx)
	}
}

func (s *session) panelUp() {
	select {
	case s.panel <- struct{}{}:
	default:
	}
}

func (s *session) hasOwner(ctx context.Context, name string) bool {
	ctx, cancel := context.WithTimeout(ctx, busTime)
	defer cancel()
	var has bool
	err := s.conn.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.NameHasOwner", 0, name).Store(&has)
	return err == nil && has
}

func (s *session) hasHost(ctx context.Context) bool {
	if !s.hasOwner(ctx, watcherName) {
		return false
	}
	var v dbus.Variant
	err := s.ask(ctx, watcherName, watcherPath, "org.freedesktop.DBus.Properties.Get", watcherName, "IsStatusNotifierHostRegistered").Store(&v)
	has, _ := v.Value().(bool)
	return err == nil && has
}

// ask calls a method within busTime and starts no service for it.
func (s *session) ask(ctx context.Context, name string, path dbus.ObjectPath, method string, args ...any) *dbus.Call {
	ctx, cancel := context.WithTimeout(ctx, busTime)
	defer cancel()
	return s.conn.Object(name, path).CallWithContext(ctx, method, dbus.FlagNoAutoStart, args...)
}

// usualShade says whether panels of this desktop are dark where nobody is asked:
// nearly all are.
func (s *session) usualShade(desktop string) bool { return !isDesktop(desktop, "KDE") }

// askShade asks whether the panel is dark and tells the loop. GNOME's bar is
// dark in every theme; Xfce has a setting of its own for panels; others follow
// the desktop's preference.
func (s *session) askShade(ctx context.Context) {
	var v dbus.Variant
	desktop := os.Getenv("XDG_CURRENT_DESKTOP")
	switch {
	case isDesktop(desktop, "GNOME"), isDesktop(desktop, "Unity"):
		return
	case s.xfce:
		err := s.ask(ctx, xfconfName, xfconfPath, "org.xfce.Xfconf.GetProperty", "xfce4-panel", "/panels/dark-mode").Store(&v)
		var refused dbus.Error
		if errors.As(err, &refused) && strings.HasSuffix(refused.Name, ".PropertyNotFound") {
			s.setShade(false) // never set: the panel wears the theme's usual colours
		} else if dark, ok := v.Value().(bool); ok {
			s.setShade(dark)
		}
	default:
		if s.ask(ctx, portalName, portalPath, portalFace+".Read", "org.freedesktop.appearance", "color-scheme").Store(&v) == nil {
			if scheme, ok := innermost(v).(uint32); ok && scheme != 0 {
				s.setShade(scheme == 1)
			}
		}
	}
}

// setShade leaves the newest answer for the loop; serve alone calls it.
func (s *session) setShade(dark bool) {
	select {
	case <-s.shade:
	default:
	}
	s.shade <- dark
}

// innermost unwraps the variant in a variant that portals answer with.
func innermost(v dbus.Variant) any {
	for {
		inner, ok := v.Value().(dbus.Variant)
		if !ok {
			return v.Value()
		}
		v = inner
	}
}

// isDesktop looks for a name in XDG_CURRENT_DESKTOP, which is a list with colons.
func isDesktop(list, name string) bool {
	for part := range strings.SplitSeq(list, ":") {
		if strings.EqualFold(part, name) {
			return true
		}
	}
	return false
}
