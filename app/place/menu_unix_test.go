//go:build unix && !darwin

package place

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// testMenu is an entry in a home of its own, on a desktop that is told by a
// program which writes down what it was told.
func testMenu(t *testing.T, program string) (m Menu, data string, told func() string) {
	t.Helper()
	data, bin := t.TempDir(), t.TempDir()
	t.Setenv("XDG_DATA_HOME", data)
	log := filepath.Join(bin, "told")
	for _, name := range []string{"update-desktop-database", "xdg-mime"} {
		script := "#!/bin/sh\necho " + name + " \"$@\" >>" + log + "\n"
		if err := os.WriteFile(filepath.Join(bin, name), []byte(script), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	m = Menu{Program: program, Lines: map[string]string{"en": "A small social network", "nl": "Een klein netwerk"}, Icon: []byte("<svg/>")}
	return m, data, func() string { raw, _ := os.ReadFile(log); return string(raw) }
}

func TestMenu(t *testing.T) {
	m, data, told := testMenu(t, "/my files/camp")
	entry := filepath.Join(data, "applications", "camp.desktop.Camp.desktop")
	if _, on, err := m.read(); on || err != nil {
		t.Fatalf("before: %v, %v", on, err)
	}
	if err := m.Set(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(entry)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"Exec=\"/my files/camp\" -- %u\n", "MimeType=x-scheme-handler/camp;\n", "StartupWMClass=Camp\n", "Comment=A small social network\n",
		"Comment[nl]=Een klein netwerk\n", "Icon=camp.desktop.Camp\n", "Terminal=false\n",
	} {
		if !strings.Contains(string(raw), want) {
			t.Errorf("the entry has no %q:\n%s", want, raw)
		}
	}
	if icon, err := os.ReadFile(filepath.Join(data, "icons/hicolor/scalable/apps/camp.desktop.Camp.svg")); err != nil || string(icon) != "<svg/>" {
		t.Errorf("the icon is %q, %v", icon, err)
	}
	for _, want := range []string{"update-desktop-database " + filepath.Dir(entry), "xdg-mime default camp.desktop.Camp.desktop x-scheme-handler/camp"} {
		if !strings.Contains(told(), want) {
			t.Errorf("the desktop was told %q, want %q", told(), want)
		}
	}
	for range 2 { // twice: nothing there is no error
		if err := m.Set(t.Context(), false); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(entry); err == nil {
		t.Error("the entry stays")
	}
}

func TestMenuWord(t *testing.T) {
	for in, want := range map[string]string{
		"/home/vera/.local/bin/camp": "/home/vera/.local/bin/camp", "/my files/camp": `"/my files/camp"`, "/50%/camp": `"/50%%/camp"`, "/a;b": `"/a;b"`,
	} {
		if got := menuWord(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

// TestMenuRepairs moves the program and finds the entry mended, and leaves a
// missing entry missing.
func TestMenuRepairs(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	m, _, _ := testMenu(t, self)
	if on, err := m.Repair(t.Context()); on || err != nil {
		t.Errorf("repaired what is not there: %v, %v", on, err)
	}
	old := m
	old.Program = "/old/camp"
	if err := old.Set(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	if on, err := m.Repair(t.Context()); !on || err != nil {
		t.Errorf("repair: %v, %v", on, err)
	}
	if text, _, err := m.read(); err != nil || text != m.text() {
		t.Errorf("the entry reads %q, %v", text, err)
	}
}
