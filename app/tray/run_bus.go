//go:build unix && !darwin

package tray

import (
	"context"
	"os"
	"sync"
)

// Run shows the icon until ctx ends or the camp's program does. It must be
// called from the main goroutine, once in a process. Where the desktop has no
// tray yet it waits for one; where there is no session bus it only waits.
func Run(ctx context.Context, d Desk, opt Options) error {
	t, err := newTray(d, opt)
	if err != nil {
		return err
	}
	t.bar, t.notices = blind{}, mute{}
	s, err := openSession(ctx)
	if err != nil {
		opt.Log.Info("no session bus, so no tray icon and no notifications", "err", err)
		t.loop(ctx)
		return nil
	}
	defer s.close()
	ctx, cancel := context.WithCancel(ctx)
	var served sync.WaitGroup
	served.Go(func() { s.serve(ctx) })
	defer served.Wait()
	defer cancel()
	t.notices, t.shade, t.dark = s.notices, s.shade, s.usualShade(os.Getenv("XDG_CURRENT_DESKTOP"))
	if !t.waitForPanel(ctx, s) {
		return nil
	}
	return t.runSystray(ctx)
}

// waitForPanel follows the camp without an icon until there is a panel to show
// it; false where the camp ended first.
func (t *tray) waitForPanel(ctx context.Context, s *session) bool {
	select {
	case <-s.panel:
		return true
	default:
	}
	wait, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan struct{})
	go func() { defer close(ended); t.loop(wait) }()
	select {
	case <-s.panel:
		stop()
		<-ended
		return ctx.Err() == nil
	case <-ended:
		return false
	}
}

// Available reports whether the desktop shows tray icons: whether the watcher
// of such icons is on the session bus and knows a panel. It answers within two
// seconds, and without a bus at once.
func Available(ctx context.Context) bool {
	s, err := openSession(ctx)
	if err != nil {
		return false
	}
	defer s.close()
	return s.hasHost(ctx)
}
