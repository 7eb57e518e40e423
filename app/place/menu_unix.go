//go:build unix && !darwin

package place

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// menuTime bounds each program that is told of a changed entry.
const menuTime = 3 * time.Second

// windowClass is the class of the window, by which a desktop knows that it
// belongs to the entry (app/window holds the same word).
const windowClass = "Camp"

// menuFiles says where the entry and its icon lie (XDG Base Directory and
// freedesktop.org's Icon Theme Specification).
func (s surroundings) menuFiles() (entry, icon string, err error) {
	home, err := s.home()
	if err != nil {
		return "", "", errors.Join(ErrNoHome, err)
	}
	data := filepath.Dir(s.xdg("XDG_DATA_HOME", home, ".local", "share"))
	return filepath.Join(data, "applications", loginName+".desktop"),
		filepath.Join(data, "icons", "hicolor", "scalable", "apps", loginName+".svg"), nil
}

// text is the entry after the Desktop Entry Specification 1.5. What stands after
// "--" is never read as a flag, whatever a link says.
func (m Menu) text() string {
	var b strings.Builder
	b.WriteString("[Desktop Entry]\nType=Application\nName=Camp\n")
	for _, l := range slices.Sorted(maps.Keys(m.Lines)) {
		key := "Comment"
		if l != "en" {
			key += "[" + l + "]"
		}
		b.WriteString(key + "=" + strings.NewReplacer(`\`, `\\`, "\n", " ", "\r", " ").Replace(m.Lines[l]) + "\n")
	}
	b.WriteString("Icon=" + loginName + "\nExec=" + menuWord(m.Program) + " -- %u\nTerminal=false\nCategories=Network;Chat;\n" +
		"MimeType=x-scheme-handler/" + linkScheme + ";\nStartupWMClass=" + windowClass + "\n")
	return b.String()
}

// menuWord is execWord for what needs it: xdg-open (1.1.3, seen 2026-11) starts
// no program whose name is quoted, on desktops that have no opener of their own.
func menuWord(w string) string {
	for _, r := range w {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("/._-+", r) {
			return execWord(w)
		}
	}
	return w
}

func (m Menu) read() (string, bool, error) {
	entry, _, err := system().menuFiles()
	if err != nil {
		return "", false, err
	}
	raw, err := os.ReadFile(entry)
	if errors.Is(err, fs.ErrNotExist) {
		return "", false, nil
	}
	return string(raw), err == nil, err
}

func (m Menu) write(ctx context.Context) error {
	entry, icon, err := system().menuFiles()
	if err != nil {
		return err
	}
	for _, f := range []struct {
		path string
		raw  []byte
	}{{icon, m.Icon}, {entry, []byte(m.text())}} {
		if err := os.MkdirAll(filepath.Dir(f.path), 0o755); err != nil {
			return err
		}
		if err := Write(f.path, f.raw); err != nil {
			return err
		}
	}
	tellDesktop(ctx, "update-desktop-database", filepath.Dir(entry))
	tellDesktop(ctx, "xdg-mime", "default", filepath.Base(entry), "x-scheme-handler/"+linkScheme)
	return nil
}

func (m Menu) remove(ctx context.Context) error {
	entry, icon, err := system().menuFiles()
	if err != nil {
		return err
	}
	for _, f := range []string{entry, icon} {
		if err := os.Remove(f); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	tellDesktop(ctx, "update-desktop-database", filepath.Dir(entry))
	return nil
}

// tellDesktop runs a program that has desktops read entries anew. Where it is
// missing or fails they find out by themselves, sooner or later.
func tellDesktop(ctx context.Context, program string, args ...string) {
	if _, err := exec.LookPath(program); err != nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, menuTime)
	defer cancel()
	_ = exec.CommandContext(ctx, program, args...).Run()
}
