package place

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Login is the entry by which the desktop starts Camp when its owner signs in:
//
//	Linux    $XDG_CONFIG_HOME/autostart/camp.desktop.Camp.desktop
//	Windows  HKCU\Software\Microsoft\Windows\CurrentVersion\Run, value "Camp"
//	macOS    ~/Library/LaunchAgents/camp.desktop.Camp.plist
type Login struct {
	Program string   // absolute path of what is started
	Args    []string // what stands after it
}

// loginName is the program's id, as packages have it too.
const loginName = "camp.desktop.Camp"

// StartAtLogin makes or removes the entry that starts this very program with
// the given words when its owner signs in.
func StartAtLogin(on bool, args ...string) error {
	l, err := thisLogin(args)
	if err != nil {
		return err
	}
	return l.Set(on)
}

// RepairLogin mends an entry that names another place than this program's, as
// after a move or an update, and reports whether there is an entry. It makes none.
func RepairLogin(args ...string) (on bool, err error) {
	l, err := thisLogin(args)
	if err != nil {
		return false, err
	}
	return l.Repair()
}

// thisLogin is the entry for this program. Where it was started from an
// AppImage, the image is meant: the program inside has a new path each time.
func thisLogin(args []string) (Login, error) {
	if image := os.Getenv("APPIMAGE"); filepath.IsAbs(image) {
		return Login{Program: image, Args: args}, nil
	}
	exe, err := os.Executable()
	if err != nil {
		return Login{}, fmt.Errorf("find this program: %w", err)
	}
	return Login{Program: exe, Args: args}, nil
}

// Set makes or removes the entry.
func (l Login) Set(on bool) error {
	e, err := l.entry()
	if err != nil {
		return fmt.Errorf("start at login: %w", err)
	}
	if on {
		err = e.write(l)
	} else {
		err = e.remove()
	}
	if err != nil {
		return fmt.Errorf("start at login: %w", err)
	}
	return nil
}

// Repair writes an entry that exists, but not as Set would write it: the program
// was moved, or is newer. It reports whether there is an entry.
func (l Login) Repair() (on bool, err error) {
	e, err := l.entry()
	if err != nil {
		return false, fmt.Errorf("start at login: %w", err)
	}
	have, on, err := e.read()
	if err != nil || !on {
		return false, err
	}
	if have == e.text(l) {
		return true, nil
	}
	return true, l.Set(true)
}

// loginEntry is where and how a system keeps the entry.
type loginEntry interface {
	text(Login) string
	read() (text string, there bool, err error)
	write(Login) error
	remove() error
}

// loginFile is an entry that is a file.
type loginFile struct {
	path string
	form func(Login) string
}

func (f loginFile) text(l Login) string { return f.form(l) }

func (f loginFile) read() (string, bool, error) {
	raw, err := os.ReadFile(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", false, nil
	}
	if err != nil {
		return "", false, fmt.Errorf("read the entry: %w", err)
	}
	return string(raw), true, nil
}

func (f loginFile) write(l Login) error {
	if err := os.MkdirAll(filepath.Dir(f.path), 0o700); err != nil {
		return fmt.Errorf("make the folder of the entry: %w", err)
	}
	return Write(f.path, []byte(f.form(l)))
}

func (f loginFile) remove() error {
	if err := os.Remove(f.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove the entry: %w", err)
	}
	return nil
}

// fileEntry gives the entry of a system that keeps it in a file.
func (s surroundings) fileEntry() (loginFile, error) {
	home, err := s.home()
	if err != nil {
		return loginFile{}, fmt.Errorf("%w (%w)", ErrNoHome, err)
	}
	if s.goos == "darwin" {
		return loginFile{path: filepath.Join(home, "Library", "LaunchAgents", loginName+".plist"), form: launchAgent}, nil
	}
	config := filepath.Dir(s.xdg("XDG_CONFIG_HOME", home, ".config"))
	return loginFile{path: filepath.Join(config, "autostart", loginName+".desktop"), form: desktopEntry}, nil
}

// desktopEntry is an entry after the Desktop Entry and Autostart specifications of freedesktop.org.
func desktopEntry(l Login) string {
	words := []string{execWord(l.Program)}
	for _, a := range l.Args {
		words = append(words, execWord(a))
	}
	return "[Desktop Entry]\nType=Application\nName=Camp\nIcon=" + loginName + "\nExec=" + strings.Join(words, " ") +
		"\nTerminal=false\nX-GNOME-Autostart-enabled=true\n"
}

// execWord quotes one word of an Exec line, then escapes it as a string of the
// file (Desktop Entry Specification 1.5, "The Exec key").
func execWord(w string) string {
	quoted := `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "`", "\\`", "$", `\$`, "%", "%%").Replace(w) + `"`
	return strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\r", `\r`, "\t", `\t`).Replace(quoted)
}

// launchAgent is a property list after launchd.plist(5).
func launchAgent(l Login) string {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict>
<key>Label</key><string>` + loginName + `</string>
<key>ProgramArguments</key><array>
`)
	for _, w := range append([]string{l.Program}, l.Args...) {
		b.WriteString("<string>" + strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(w) + "</string>\n")
	}
	b.WriteString("</array>\n<key>RunAtLoad</key><true/>\n<key>ProcessType</key><string>Interactive</string>\n</dict></plist>\n")
	return b.String()
}
