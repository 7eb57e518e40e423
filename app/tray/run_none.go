//go:build darwin && !cgo

package tray

import "context"

// Run waits until ctx ends or the camp's program does: without C there is no
// tray on macOS.
func Run(ctx context.Context, d Desk, opt Options) error {
	t, err := newTray(d, opt)
	if err != nil {
		return err
	}
	t.bar, t.notices = blind{}, mute{}
	t.loop(ctx)
	return nil
}

// Available reports whether the desktop has a place for the icon: not in this build.
func Available(context.Context) bool { return false }
