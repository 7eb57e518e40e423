//go:build windows || (darwin && cgo)

package tray

import "context"

// Run shows the icon until ctx ends or the camp's program does. It must be
// called from the main goroutine, once in a process.
func Run(ctx context.Context, d Desk, opt Options) error {
	t, err := newTray(d, opt)
	if err != nil {
		return err
	}
	t.notices, t.dark = mute{}, darkPanel()
	return t.runSystray(ctx)
}

// Available reports whether the desktop has a place for the icon: always, here.
func Available(context.Context) bool { return true }
