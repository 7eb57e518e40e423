package place

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func fakeHome(t *testing.T, goos string, env map[string]string) (surroundings, string) {
	t.Helper()
	home := t.TempDir()
	return surroundings{goos: goos, env: func(k string) string { return env[k] }, home: func() (string, error) { return home, nil }}, home
}

func TestLoginFiles(t *testing.T) {
	for _, c := range []struct{ goos, want string }{
		{"linux", ".config/autostart/camp.desktop.Camp.desktop"},
		{"darwin", "Library/LaunchAgents/camp.desktop.Camp.plist"},
	} {
		t.Run(c.goos, func(t *testing.T) {
			s, home := fakeHome(t, c.goos, nil)
			f, err := s.fileEntry()
			if err != nil {
				t.Fatal(err)
			}
			if want := filepath.Join(home, filepath.FromSlash(c.want)); f.path != want {
				t.Errorf("entry at %s, want %s", f.path, want)
			}
			if _, on, err := f.read(); on || err != nil {
				t.Errorf("before: on %v, %v", on, err)
			}
			l := Login{Program: "/opt/camp/camp", Args: []string{"--hidden"}}
			if err := f.write(l); err != nil {
				t.Fatal(err)
			}
			if got, on, err := f.read(); !on || err != nil || got != f.text(l) {
				t.Errorf("after: on %v, %v, %q", on, err, got)
			}
			if err := errors.Join(f.remove(), f.remove()); err != nil { // twice: nothing there is no error
				t.Error(err)
			}
			if _, on, err := f.read(); on || err != nil {
				t.Errorf("after removing: on %v, %v", on, err)
			}
		})
	}
}

func TestLoginFollowsConfigHome(t *testing.T) {
	s, _ := fakeHome(t, "linux", map[string]string{"XDG_CONFIG_HOME": "/somewhere/config"})
	if f, err := s.fileEntry(); err != nil || f.path != filepath.FromSlash("/somewhere/config/autostart/camp.desktop.Camp.desktop") {
		t.Errorf("entry at %s (%v)", f.path, err)
	}
	s.home = func() (string, error) { return "", errors.New("nobody lives here") }
	if _, err := s.fileEntry(); !errors.Is(err, ErrNoHome) {
		t.Errorf("without a home: %v, want ErrNoHome", err)
	}
}

func TestExecWord(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain", "/usr/bin/camp", `"/usr/bin/camp"`},
		{"blank", "/my files/camp", `"/my files/camp"`},
		{"percent", "/50%/camp", `"/50%%/camp"`},
		{"dollar", "/a$b/camp", `"/a\\$b/camp"`},
		{"quote", `/a"b`, `"/a\\"b"`},
		{"backslash", `/a\b`, `"/a\\\\b"`},
		{"line break", "/a\nKey=b", `"/a\nKey=b"`},
	} {
		if got := execWord(c.in); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestLaunchAgentIsXML(t *testing.T) {
	text := launchAgent(Login{Program: "/Applications/A & B <C>.app/camp", Args: []string{"--hidden"}})
	d := xml.NewDecoder(strings.NewReader(text))
	var words []string
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if chars, ok := tok.(xml.CharData); ok && strings.TrimSpace(string(chars)) != "" {
			words = append(words, string(chars))
		}
	}
	if got := strings.Join(words, "|"); !strings.Contains(got, "ProgramArguments|/Applications/A & B <C>.app/camp|--hidden|RunAtLoad") {
		t.Errorf("the list reads %s", got)
	}
}

func TestLoginMeansTheImage(t *testing.T) {
	image := filepath.Join(t.TempDir(), "Camp.AppImage")
	t.Setenv("APPIMAGE", image)
	if l, err := thisLogin([]string{"--hidden"}); err != nil || l.Program != image {
		t.Errorf("program %s (%v), want %s", l.Program, err, image)
	}
	t.Setenv("APPIMAGE", "")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if l, err := thisLogin([]string{"--hidden"}); err != nil || l.Program != self || len(l.Args) != 1 {
		t.Errorf("entry %+v (%v), want %s --hidden", l, err, self)
	}
}
