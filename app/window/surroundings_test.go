//go:build window

package main

import (
	"context"
	"image"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"camp/app/place"
	"camp/assets"
)

// say gives a sentence as people read it.
func say(t *testing.T, key string) string {
	t.Helper()
	w, err := assets.LoadWords("en")
	if err != nil {
		t.Fatal(err)
	}
	return w.Say(key)
}

func (s *scene) windowProgram(args ...string) *program {
	s.t.Helper()
	return s.start(filepath.Join(programs, "camp-window"), args...)
}

// end asks a program to end, as the system does at the end of a session.
func (p *program) end() {
	p.s.t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		p.s.t.Fatal(err)
	}
	if status := p.wait(endMark); status != 0 {
		p.s.t.Errorf("%s ended with %d", p.name, status)
	}
}

// on reports whether the camp of the scene's usual folder is on.
func (s *scene) on() bool {
	out, err := s.ctl("status", "--data", s.path("data", "camp"))
	return err == nil && field(s.t, out, "state") == "on"
}

// TestNoDisplay: both programs say one sentence and end.
func TestNoDisplay(t *testing.T) {
	s := newScene(t, bus)
	for name, c := range map[string]struct {
		p      *program
		key    string
		status int
	}{
		"camp":        {s.camp(), "program.no_display.say", 1},
		"camp-window": {s.windowProgram(), "window.none.display", exitNoDisplay},
	} {
		if got := c.p.wait(patience); got != c.status {
			t.Errorf("%s ended with %d, want %d", name, got, c.status)
		}
		if got, want := withoutLocale(c.p.err.String()), say(t, c.key)+"\n"; got != want {
			t.Errorf("%s said %q, want %q", name, got, want)
		}
	}
	if place.Locked(s.path("data", "camp")) {
		t.Error("something still holds the data folder")
	}
}

// withoutLocale drops what Fyne says where the system's language is none that it knows.
func withoutLocale(text string) string {
	var kept []string
	for line := range strings.SplitAfterSeq(text, "\n") {
		if !strings.Contains(line, "Fyne error:") && !strings.Contains(line, "  Cause: ") && !strings.Contains(line, "  At: ") {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "")
}

// TestSilentDisplay: a display that nobody serves, and one that never answers.
// The window says so and ends; the camp stays, and a terminal can still start it.
func TestSilentDisplay(t *testing.T) {
	for name, display := range map[string]func(*scene) string{
		"nobody there": func(*scene) string { return ":4711" },
		"never answers": func(s *scene) string {
			l, err := net.Listen("unix", s.path("silent"))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = l.Close() })
			return s.path("silent") + ":0"
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			s.set("DISPLAY", display(s))
			s.set("BROWSER", "/bin/false")
			w := s.windowProgram()
			if got := w.wait(patience); got != exitNoDisplay {
				t.Errorf("camp-window ended with %d, want %d", got, exitNoDisplay)
			}
			if got, want := withoutLocale(w.err.String()), say(t, "window.none.display")+"\n"; got != want {
				t.Errorf("camp-window said %q, want %q", got, want)
			}
			c := s.camp()
			s.until("the camp says what to do", func() bool { return strings.Contains(c.err.String(), say(t, "program.no_browser.say")) })
			if !c.alive() {
				t.Fatal("the camp has ended with its window")
			}
			c.end()
		})
	}
}

// TestNoGraphics: without OpenGL the window says so and ends; the camp opens the
// first choices in the browser, and one click there starts it.
func TestNoGraphics(t *testing.T) {
	s := newScene(t, bus, display, noGLX, panel)
	s.usualBrowser()
	c := s.camp()
	page := s.usualPage("http://127.0.0.1:")
	s.until("the three choices are shown", func() bool { return truth(page, "document.querySelectorAll('form button').length >= 1") })
	s.shot("choices")
	if said := c.err.String(); !strings.Contains(said, say(t, "window.none.graphics")) {
		t.Errorf("the window said %q", said)
	}
	s.until("start camp is clicked", func() bool { // what is found may be gone with the page that it was on
		ctx, cancel := context.WithTimeout(page, 5*time.Second)
		defer cancel()
		_, err := ask(ctx, chromedp.Click(chromedp.CSS("form button")))
		return err == nil || s.on()
	})
	s.until("the camp is on", s.on)
	s.until("the page lets the host write", func() bool { return truth(page, "!!document.querySelector('form.composer textarea')") })
	s.shot("on")
	c.end()
}

// TestNoBus: no session bus at all. The window works; there is no icon.
func TestNoBus(t *testing.T) {
	s := newScene(t, display)
	c := s.camp()
	s.until("a window is visible", func() bool { return s.window() != "" })
	for _, child := range []string{"dbus-launch", "dbus-daemon"} {
		if strings.Contains(c.err.String(), child) {
			t.Errorf("a bus of our own was started: %s", c.err)
		}
	}
	c.end()
	if said := c.err.String(); strings.Contains(said, "systray") {
		t.Errorf("the camp said %q", said)
	}
}

// TestTrayThatComesLater: a bus without a tray. The window works, and when a
// panel comes up, the icon is there and can be clicked.
func TestTrayThatComesLater(t *testing.T) {
	s := newScene(t, display, bus)
	c := s.camp()
	s.until("a window is visible", func() bool { return s.window() != "" })
	s.startPanel()
	var tent blob
	s.until("the tent is on the panel", func() bool {
		var ok bool
		tent, ok = find(s.look(), image.Rect(0, 0, 1280, 28), softPanel, isTent)
		return ok
	})
	pid := s.windowPID()
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	s.until("the window is gone", func() bool { return s.window() == "" })
	s.click(tent.middle(), 1)
	s.until("the window is back", func() bool { return s.window() != "" })
	c.end()
	if said := c.err.String(); strings.Contains(said, "systray") {
		t.Errorf("the camp said %q", said)
	}
}

// TestKilledSession: the display goes away under the window, as when somebody
// signs out. The camp stays on.
func TestKilledSession(t *testing.T) {
	s := newScene(t, display, bus)
	c := s.camp()
	s.until("a window is visible", func() bool { return s.window() != "" })
	s.endDisplay()
	s.until("the window has ended", func() bool { return len(children(t, c.cmd.Process.Pid)) == 0 })
	if !c.alive() {
		t.Fatal("the camp has ended with the display")
	}
	c.end()
}

// children gives the processes that a process started and that still run.
func children(t *testing.T, pid int) []string {
	t.Helper()
	all, err := filepath.Glob("/proc/" + strconv.Itoa(pid) + "/task/*/children")
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, f := range all {
		raw, err := os.ReadFile(f)
		if err == nil {
			list = append(list, strings.Fields(string(raw))...)
		}
	}
	return list
}
