//go:build unix

package place

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

// browseTime is how long an opener may take to fail. One that still runs then is
// the browser itself, or waits for it.
const browseTime = 2 * time.Second

// opener is a program that opens pages, with the words before the link.
type opener []string

// openers are tried in this order (freedesktop.org xdg-utils, GLib, Debian policy §11.11.4).
func openers(goos string) []opener {
	if goos == "darwin" {
		return []opener{{"open"}}
	}
	return []opener{{"xdg-open"}, {"gio", "open"}, {"sensible-browser"}, {"x-www-browser"}}
}

// HasBrowser reports whether Browse has a chance: there is a display and a
// program that opens pages on it.
func HasBrowser() bool {
	if runtime.GOOS != "darwin" && os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
		return false
	}
	for _, o := range openers(runtime.GOOS) {
		if _, err := exec.LookPath(o[0]); err == nil {
			return true
		}
	}
	return false
}

func browse(ctx context.Context, link string) error {
	failed := ErrNoBrowser
	for _, o := range openers(runtime.GOOS) {
		if _, err := exec.LookPath(o[0]); err != nil {
			continue
		}
		err := o.open(ctx, link, browseTime)
		if err == nil {
			return nil
		}
		failed = errors.Join(failed, err)
	}
	return failed
}

// open starts the opener in a session of its own, so that the browser outlives
// Camp and the terminal. What still runs after patience is left alone.
func (o opener) open(ctx context.Context, link string, patience time.Duration) error {
	cmd := exec.Command(o[0], append(o[1:len(o):len(o)], link)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start %s: %w", o[0], err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }() // ends with the browser, which is not ours to end
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case err := <-ended:
		if err != nil {
			return fmt.Errorf("open a page by %s: %w", o[0], err)
		}
	case <-timer.C:
	case <-ctx.Done():
	}
	return nil
}
