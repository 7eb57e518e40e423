package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"camp/app/desk"
)

// cannotOpen is the exit status of camp-window where this computer cannot show
// a window (no display, no OpenGL).
const cannotOpen = 3

// windowEnd is how long the window may take to close once the camp has ended.
const windowEnd = 3 * time.Second

// window starts camp-window when somebody wants to see it. The program may end
// at any time; it is started again at the next wish, not by itself.
type window struct {
	desk    *desk.Desk
	data    string
	log     *slog.Logger
	pages   func(ctx context.Context) // what is opened where no window can be
	find    func() (string, error)
	hasTray func(ctx context.Context) bool

	cmd   *exec.Cmd
	ended chan error // of cmd; nil while none runs

	wished time.Time // when somebody last wanted to see a window that ran; zero: never
	page   string    // which they wanted to see
}

// A wish that comes while the window is ending is not lost: a window that broke
// off, or closed, that soon after it has not shown it.
const (
	brokeSoon  = 2 * time.Second
	closedSoon = 1500 * time.Millisecond // its program takes a while to end; nobody looks and closes so fast
)

// run opens the window, at once unless hidden and at each wish, until ctx ends.
func (w *window) run(ctx context.Context, hidden bool) error {
	defer w.finish()
	states := w.desk.Watch(ctx)
	shown := w.desk.State().Show
	if !hidden {
		w.open(ctx, "")
	}
	for {
		select {
		case st, ok := <-states:
			if !ok {
				return nil
			}
			if st.Show != shown {
				shown = st.Show
				w.open(ctx, st.ShowPage)
			}
		case err := <-w.ended:
			w.cmd, w.ended = nil, nil
			var exit *exec.ExitError
			if errors.As(err, &exit) && exit.ExitCode() == cannotOpen {
				w.log.Warn("no window can be opened here")
				w.pages(ctx)
				continue
			}
			if w.missed(err) {
				w.open(ctx, w.page)
			}
		}
	}
}

// missed reports whether the window that just ended can have missed a wish.
func (w *window) missed(err error) bool {
	since, soon := time.Since(w.wished), closedSoon
	if err != nil {
		soon = brokeSoon
	}
	missed := !w.wished.IsZero() && since < soon
	w.wished = time.Time{}
	return missed
}

// open starts the window's program. One that runs sees the wish by itself.
func (w *window) open(ctx context.Context, page string) {
	if w.cmd != nil {
		w.wished, w.page = time.Now(), page
		return
	}
	path, err := w.find()
	if err != nil {
		w.log.Info("no window program", "err", err)
		w.pages(ctx)
		return
	}
	args := []string{"--data", w.data}
	if !w.hasTray(ctx) {
		args = append(args, "--no-tray")
	}
	if page != "" {
		args = append(args, "--page", page)
	}
	cmd := exec.Command(path, args...)
	cmd.Env = append(os.Environ(), noLanguage(os.Getenv)...)
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		w.log.Warn("window program does not start", "err", err)
		w.pages(ctx)
		return
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }() // finish waits for it
	w.cmd, w.ended = cmd, ended
}

// noLanguage is what the window's program is told where the system says "C.UTF-8",
// which names no language: its toolkit takes "C" for none, and complains of that.
func noLanguage(getenv func(string) string) []string {
	if all := getenv("LC_ALL"); strings.HasPrefix(all, "C.") {
		return []string{"LC_ALL=", "LANG=" + all, "LC_MESSAGES=C"}
	}
	if getenv("LC_ALL") == "" && getenv("LC_MESSAGES") == "" && strings.HasPrefix(getenv("LANG"), "C.") {
		return []string{"LC_MESSAGES=C"}
	}
	return nil
}

// finish waits until the window has closed by itself, and closes it if it does not.
func (w *window) finish() {
	if w.cmd == nil {
		return
	}
	late := time.NewTimer(windowEnd)
	defer late.Stop()
	select {
	case <-w.ended:
	case <-late.C:
		_ = w.cmd.Process.Kill()
		<-w.ended
	}
}

// findWindow looks for camp-window beside this program, then in PATH.
func findWindow() (string, error) {
	name := "camp-window"
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	if own, err := os.Executable(); err == nil {
		beside := filepath.Join(filepath.Dir(own), name)
		if st, err := os.Stat(beside); err == nil && st.Mode().IsRegular() {
			return beside, nil
		}
	}
	return exec.LookPath(name)
}

// hasDisplay reports whether this computer can show anything at all.
func hasDisplay(goos string, getenv func(string) string) bool {
	switch goos {
	case "windows", "darwin":
		return true
	}
	return getenv("DISPLAY") != "" || getenv("WAYLAND_DISPLAY") != ""
}
