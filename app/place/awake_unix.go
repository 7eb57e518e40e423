//go:build unix && !darwin

package place

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/godbus/dbus/v5"
)

// awakeTime bounds every question to a bus.
const awakeTime = 2 * time.Second

// keepAwake asks the login service of the system, then the desktop's portal.
func keepAwake(ctx context.Context, why string) (func(), error) {
	release, err := awakeByLogin(ctx, why)
	if err == nil {
		return release, nil
	}
	release, second := awakeByPortal(ctx, why)
	if second == nil {
		return release, nil
	}
	return nil, errors.Join(ErrNoAwake, err, second)
}

// awakeByLogin takes an inhibitor lock: a file that holds while it is open
// (org.freedesktop.login1, "Inhibit").
func awakeByLogin(ctx context.Context, why string) (func(), error) {
	conn, err := dbus.ConnectSystemBus()
	if err != nil {
		return nil, fmt.Errorf("reach the system bus: %w", err)
	}
	defer func() { _ = conn.Close() }()
	ctx, cancel := context.WithTimeout(ctx, awakeTime)
	defer cancel()
	var fd dbus.UnixFD
	err = conn.Object("org.freedesktop.login1", "/org/freedesktop/login1").
		CallWithContext(ctx, "org.freedesktop.login1.Manager.Inhibit", 0, "sleep:idle", "Camp", why, "block").Store(&fd)
	if err != nil {
		return nil, fmt.Errorf("ask the login service: %w", err)
	}
	lock := os.NewFile(uintptr(fd), "inhibitor")
	return func() { _ = lock.Close() }, nil
}

// awakeByPortal holds a request of the desktop portal, which lasts as long as
// its connection (org.freedesktop.portal.Inhibit: 4 is sleep, 8 is idling).
func awakeByPortal(ctx context.Context, why string) (func(), error) {
	conn, err := dbus.SessionBusPrivateNoAutoStartup()
	if err != nil {
		return nil, fmt.Errorf("reach the session bus: %w", err)
	}
	if err = conn.Auth(nil); err == nil {
		err = conn.Hello()
	}
	if err == nil {
		ctx, cancel := context.WithTimeout(ctx, awakeTime)
		defer cancel()
		options := map[string]dbus.Variant{"reason": dbus.MakeVariant(why)}
		err = conn.Object("org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop").
			CallWithContext(ctx, "org.freedesktop.portal.Inhibit.Inhibit", 0, "", uint32(4|8), options).Err
	}
	if err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("ask the desktop: %w", err)
	}
	return func() { _ = conn.Close() }, nil
}
