// Package place knows where Camp's files lie on each system, and nothing else
// of Camp does. It has the lock that keeps a second program out of a data
// folder, the one way to replace a file, and the program's settings.
//
//	           Linux                       Windows                      macOS
//	settings   $XDG_CONFIG_HOME/camp       %LocalAppData%\Camp\config   ~/Library/Application Support/Camp
//	data       $XDG_DATA_HOME/camp         %LocalAppData%\Camp\data     ~/Library/Application Support/Camp/data
//	logs       $XDG_STATE_HOME/camp        %LocalAppData%\Camp\log      ~/Library/Logs/Camp
//
// With a folder given (--data, CAMP_HOME) everything lies in it: settings.json
// and the data in the folder itself, logs in "log" below it.
package place

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// Home says where the files of one camp lie.
type Home struct {
	Data   string // db/, journal/, media/, keys/, certs/, backup/, lock, control socket
	Config string // settings.json
	Logs   string
}

// ErrNoHome is returned where the system does not say whose files these are.
var ErrNoHome = errors.New("place: no home folder is known")

// surroundings are what Find asks the system; a test gives its own.
type surroundings struct {
	goos string
	env  func(string) string
	home func() (string, error)
}

func system() surroundings {
	return surroundings{goos: runtime.GOOS, env: os.Getenv, home: os.UserHomeDir}
}

// Find gives the places below dir, or below CAMP_HOME where dir is "", or else
// those that the system has for such files. It makes nothing.
func Find(dir string) (Home, error) { return find(system(), dir) }

func find(s surroundings, dir string) (Home, error) {
	usual, uerr := s.usual()
	if dir == "" {
		dir = s.env("CAMP_HOME")
	}
	if dir == "" {
		return usual, uerr
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return Home{}, fmt.Errorf("find the folder %q: %w", dir, err)
	}
	if uerr == nil && abs == usual.Data {
		return usual, nil // the usual folder by its name is still the usual place
	}
	return Home{Data: abs, Config: abs, Logs: filepath.Join(abs, "log")}, nil
}

func (s surroundings) usual() (Home, error) {
	home, err := s.home()
	if err != nil && s.goos != "windows" {
		return Home{}, fmt.Errorf("%w (%w)", ErrNoHome, err)
	}
	switch s.goos {
	case "windows":
		local := s.env("LocalAppData")
		if local == "" {
			return Home{}, ErrNoHome
		}
		root := filepath.Join(local, "Camp")
		return Home{Data: filepath.Join(root, "data"), Config: filepath.Join(root, "config"), Logs: filepath.Join(root, "log")}, nil
	case "darwin":
		root := filepath.Join(home, "Library", "Application Support", "Camp")
		return Home{Data: filepath.Join(root, "data"), Config: root, Logs: filepath.Join(home, "Library", "Logs", "Camp")}, nil
	}
	return Home{
		Data:   s.xdg("XDG_DATA_HOME", home, ".local", "share"),
		Config: s.xdg("XDG_CONFIG_HOME", home, ".config"),
		Logs:   s.xdg("XDG_STATE_HOME", home, ".local", "state"),
	}, nil
}

// xdg gives a folder of the XDG base directory specification: a relative value
// is to be ignored.
func (s surroundings) xdg(name, home string, standard ...string) string {
	base := s.env(name)
	if !filepath.IsAbs(base) {
		base = filepath.Join(append([]string{home}, standard...)...)
	}
	return filepath.Join(base, "camp")
}

// Make makes the folders, readable by their owner alone.
func (h Home) Make() error {
	for _, dir := range []string{h.Data, h.Config, h.Logs} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return fmt.Errorf("make a folder of Camp: %w", err)
		}
	}
	return nil
}
