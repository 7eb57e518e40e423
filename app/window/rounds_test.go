//go:build window

package main

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestWindowAgainAndAgain opens the window time after time: it is there quickly,
// and the camp does not grow by it. CAMP_ROUNDS sets how often.
func TestWindowAgainAndAgain(t *testing.T) {
	rounds, err := strconv.Atoi(os.Getenv("CAMP_ROUNDS"))
	if err != nil || rounds < 2 {
		rounds = 7
	}
	s := newScene(t, bus, display, panel)
	a := &act{scene: s, data: s.path("data", "camp")}
	a.firstStart()
	a.startCamp()
	var took []time.Duration
	var size []int
	for range rounds {
		pid := a.windowPID()
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		a.until("the window is gone", func() bool { return a.window() == "" })
		began := time.Now()
		second := s.camp()
		a.until("the window is back", func() bool { return a.window() != "" })
		took = append(took, time.Since(began))
		if status := second.wait(patience); status != 0 {
			t.Fatalf("a second start ends with %d", status)
		}
		a.until("it has the keyboard", a.active)
		size = append(size, a.camp.rss())
	}
	slices.Sort(took)
	median := took[len(took)/2]
	t.Logf("second start to visible window, %d times: median %v, longest %v (mark %v)",
		rounds, median.Round(10*time.Millisecond), took[len(took)-1].Round(10*time.Millisecond), windowMark)
	first, last := size[0], size[len(size)-1]
	// At rest, that is: what the start needed is given back some seconds after it.
	a.until("the camp takes no more than it may", func() bool { last = a.camp.rss(); return last <= rssMark })
	t.Logf("resident memory of a new camp with tray and window open: %.1f MiB after the first round, %.1f MiB after the last (mark %d MiB)",
		float64(first)/1024, float64(last)/1024, rssMark>>10)
	if last > first*11/10+1024 {
		t.Errorf("the camp has grown from %d to %d KiB", first, last)
	}
	a.camp.end()
}

// TestTraySpeaksDutch: where the system does, and nothing else is set.
func TestTraySpeaksDutch(t *testing.T) {
	s := newScene(t, bus, display, panel, languages)
	c := s.camp()
	item := "org.kde.StatusNotifierItem-" + strconv.Itoa(c.cmd.Process.Pid) + "-1"
	var title string
	s.until("the icon has a name", func() bool {
		var err error
		title, err = s.run("gdbus", "call", "--session", "--dest", item, "--object-path", "/StatusNotifierItem",
			"--method", "org.freedesktop.DBus.Properties.Get", "org.kde.StatusNotifierItem", "Title")
		return err == nil && !strings.Contains(title, "'Camp'")
	})
	if want := "Er is hier nog geen kamp"; !strings.Contains(title, want) {
		t.Errorf("the icon is called %s, want %s", title, want)
	}
	c.end()
}
