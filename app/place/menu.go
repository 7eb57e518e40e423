package place

import (
	"context"
	"errors"
	"fmt"
)

// ErrNoMenu is returned where a program cannot enter itself by hand: on macOS
// that is its package's business.
var ErrNoMenu = errors.New("place: this system takes no such entry")

// linkScheme is that of links which hold an invite code: "camp:CAMP1-…".
const linkScheme = "camp"

// Menu is the entry by which the desktop lists Camp among its programs and opens
// "camp:" links with it:
//
//	Linux    $XDG_DATA_HOME/applications/camp.desktop.Camp.desktop, and an icon below icons/hicolor
//	Windows  HKCU\Software\Classes\camp, for links alone
type Menu struct {
	Program string            // absolute path of what is started
	Lines   map[string]string // by language, what Camp is, in one line; "en" is for all the others
	Icon    []byte            // an SVG
}

// ThisMenu is the entry for this very program.
func ThisMenu(lines map[string]string, icon []byte) (Menu, error) {
	l, err := thisLogin(nil)
	return Menu{Program: l.Program, Lines: lines, Icon: icon}, err
}

// Set makes or removes the entry, or ErrNoMenu.
func (m Menu) Set(ctx context.Context, on bool) error {
	if on {
		if err := m.write(ctx); err != nil {
			return fmt.Errorf("enter the programs of the desktop: %w", err)
		}
		return nil
	}
	if err := m.remove(ctx); err != nil {
		return fmt.Errorf("leave the programs of the desktop: %w", err)
	}
	return nil
}

// Repair writes an entry that exists, but not as Set would write it: the program
// was moved, or is newer. It reports whether there is an entry, and makes none.
func (m Menu) Repair(ctx context.Context) (on bool, err error) {
	have, on, err := m.read()
	if err != nil || !on || have == m.text() {
		return on, err
	}
	return true, m.Set(ctx, true)
}
