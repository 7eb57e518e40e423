//go:build unix && !darwin

package place

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// fakePath makes PATH hold the given scripts and nothing else of use.
func fakePath(t *testing.T, scripts map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range scripts {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir)
	t.Setenv("DISPLAY", ":nowhere")
	return dir
}

func TestBrowseTriesTheNextOpener(t *testing.T) {
	dir := fakePath(t, map[string]string{
		"xdg-open":         "exit 3",
		"sensible-browser": `echo "$1" > "${0%/*}/opened"`,
	})
	const link = "http://127.0.0.1:8080/in?k=1"
	if err := Browse(t.Context(), link); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(filepath.Join(dir, "opened")); err != nil || string(got) != link+"\n" {
		t.Errorf("opened %q (%v), want %q", got, err, link)
	}
}

func TestBrowseSaysThatNothingOpens(t *testing.T) {
	fakePath(t, map[string]string{"xdg-open": "exit 3", "x-www-browser": "exit 1"})
	if err := Browse(t.Context(), "http://127.0.0.1:8080/"); !errors.Is(err, ErrNoBrowser) {
		t.Errorf("got %v, want ErrNoBrowser", err)
	}
}

func TestBrowseDoesNotWaitForTheBrowser(t *testing.T) {
	dir := fakePath(t, nil)
	slow, started := filepath.Join(dir, "slow"), filepath.Join(dir, "started")
	// It runs for as long as its file is there: the end of the test is its end.
	if err := os.WriteFile(slow, []byte("#!/bin/sh\n: >"+started+"\nwhile [ -e \"$0\" ]; do /bin/sleep 0.05; done\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := (opener{slow}).open(t.Context(), "http://127.0.0.1:1/", 300*time.Millisecond); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(started); err != nil {
		t.Errorf("the opener did not run: %v", err)
	}
}

func TestHasBrowser(t *testing.T) {
	fakePath(t, nil)
	if HasBrowser() {
		t.Error("there is one, without any opener")
	}
	fakePath(t, map[string]string{"gio": ""})
	if !HasBrowser() {
		t.Error("gio is not seen")
	}
	t.Setenv("DISPLAY", "")
	t.Setenv("WAYLAND_DISPLAY", "")
	if HasBrowser() {
		t.Error("there is one, without any display")
	}
	if err := Browse(t.Context(), "http://127.0.0.1:8080/"); !errors.Is(err, ErrNoBrowser) {
		t.Errorf("without a display: %v, want ErrNoBrowser", err)
	}
}
