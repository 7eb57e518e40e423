package main

import (
	"bytes"
	"context"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"camp/app/control"
	"camp/assets"
)

// TestMetadataIsThatOfThePackage: a binary of "go build" says who it is in code.
func TestMetadataIsThatOfThePackage(t *testing.T) {
	raw, err := os.ReadFile("../../FyneApp.toml")
	if err != nil {
		t.Fatal(err)
	}
	m := metadata()
	for key, want := range map[string]string{"ID": m.ID, "Name": m.Name, "Version": m.Version} {
		found := regexp.MustCompile(`(?m)^\s*` + key + `\s*=\s*"([^"]*)"`).FindSubmatch(raw)
		if found == nil || string(found[1]) != want {
			t.Errorf("FyneApp.toml has %s %q, the code %q", key, found, want)
		}
	}
	if !regexp.MustCompile(`(?m)^\s*Build\s*=\s*1\s*$`).Match(raw) || m.Build != 1 {
		t.Error("the build numbers differ")
	}
}

func TestFlags(t *testing.T) {
	var out bytes.Buffer
	f, err := parse([]string{"--data", "/d", "--lang", "nl", "--page", "people", "--no-tray"}, &out)
	if err != nil || f != (flags{data: "/d", language: "nl", page: "people", noTray: true}) {
		t.Errorf("parsed %+v, %v", f, err)
	}
	f, err = parse([]string{"--data", "/d", "camp:CAMP1-ABC"}, &out)
	if err != nil || f != (flags{data: "/d", page: "join", link: "camp:CAMP1-ABC"}) {
		t.Errorf("parsed %+v, %v", f, err)
	}
	for _, args := range [][]string{{"--no-such"}, {"word"}, {"camp:"}, {"camp:CAMP1-ABC", "word"}} {
		if got := run(args, &out); got != exitUsage {
			t.Errorf("%q ends with %d, want %d", args, got, exitUsage)
		}
	}
	if got := run([]string{"--help"}, &out); got != exitFine {
		t.Errorf("--help ends with %d", got)
	}
}

func TestXAddresses(t *testing.T) {
	for name, want := range map[string][]string{
		":0":           {"unix", "/tmp/.X11-unix/X0", "@/tmp/.X11-unix/X0"},
		":7.1":         {"unix", "/tmp/.X11-unix/X7", "@/tmp/.X11-unix/X7"},
		"unix:3":       {"unix", "/tmp/.X11-unix/X3", "@/tmp/.X11-unix/X3"},
		"localhost:10": {"tcp", "localhost:6010"},
		"[::1]:1":      {"tcp", "[::1]:6001"},
	} {
		network, addresses, err := xAddresses(name)
		if got := append([]string{network}, addresses...); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q leads to %q, %v; want %q", name, got, err, want)
		}
	}
	for _, name := range []string{"", "nonsense", ":x", ":99999999"} {
		if _, _, err := xAddresses(name); err == nil {
			t.Errorf("%q was taken for a display", name)
		}
	}
}

// answers listens at a path as an X server does; says is what it writes back.
func answers(t *testing.T, path string, says []byte) {
	t.Helper()
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	t.Cleanup(func() { _ = l.Close(); <-done })
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = c.Read(make([]byte, 12))
			_, _ = c.Write(says)
			_ = c.Close()
		}
	}()
}

func TestDisplayAnswers(t *testing.T) {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		t.Skip("this system has a display of its own kind")
	}
	dir, err := os.MkdirTemp("", "w")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	answers(t, filepath.Join(dir, "x:0"), []byte{0, 2, 11, 0, 0, 0, 1, 0, 'n', 'o', 0, 0})
	answers(t, filepath.Join(dir, "mute:0"), nil)
	answers(t, filepath.Join(dir, "wayland-9"), nil)
	for name, c := range map[string]struct {
		env map[string]string
		ok  bool
	}{
		"none":                     {nil, false},
		"X answers":                {map[string]string{"DISPLAY": filepath.Join(dir, "x:0")}, true},
		"X closes without a word":  {map[string]string{"DISPLAY": filepath.Join(dir, "mute:0")}, false},
		"X is not there":           {map[string]string{"DISPLAY": filepath.Join(dir, "gone:0")}, false},
		"Wayland":                  {map[string]string{"WAYLAND_DISPLAY": "wayland-9", "XDG_RUNTIME_DIR": dir}, true},
		"Wayland by its path":      {map[string]string{"WAYLAND_DISPLAY": filepath.Join(dir, "wayland-9")}, true},
		"Wayland gone, X answers":  {map[string]string{"WAYLAND_DISPLAY": "wayland-8", "XDG_RUNTIME_DIR": dir, "DISPLAY": filepath.Join(dir, "x:0")}, true},
		"Wayland gone, X is not X": {map[string]string{"WAYLAND_DISPLAY": "wayland-8", "XDG_RUNTIME_DIR": dir, "DISPLAY": "x"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			err := displayAnswers(t.Context(), func(k string) string { return c.env[k] })
			if (err == nil) != c.ok {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestNoDisplayIsSaidInOneSentence(t *testing.T) {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		t.Skip("this system has a display of its own kind")
	}
	t.Setenv("DISPLAY", "")
	t.Setenv("WAYLAND_DISPLAY", "")
	for _, language := range assets.Languages {
		var out bytes.Buffer
		if got := run([]string{"--data", t.TempDir(), "--lang", language}, &out); got != exitNoDisplay {
			t.Errorf("status %d, want %d", got, exitNoDisplay)
		}
		w, err := assets.LoadWords(language)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.TrimSpace(out.String()); got != w.Say("window.none.display") {
			t.Errorf("said %q", got)
		}
	}
}

// TestNoCampIsSaid: without `camp` beside it the window cannot begin.
func TestNoCampIsSaid(t *testing.T) {
	if _, there := besideUs(); there {
		t.Skip("a camp lies beside the test")
	}
	if _, err := control.Dial(context.Background(), t.TempDir()); err == nil {
		t.Fatal("somebody answers in an empty folder")
	}
	var out bytes.Buffer
	if got := startCamp(flags{}, &out, speaker("nl")); got != exitNoCamp {
		t.Errorf("status %d, want %d", got, exitNoCamp)
	}
	if got := out.String(); !strings.HasPrefix(got, "Camp draait niet.") {
		t.Errorf("said %q", got)
	}
}
