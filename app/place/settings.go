package place

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"

	"camp/node/camp"
)

// SettingsVersion is the format of settings.json.
const SettingsVersion = 1

// Settings are the choices about the program on this computer. What a member
// may care about lies in the store. A field of a newer version stays in the file.
type Settings struct {
	Version  int           `json:"version"`
	Web      string        `json:"web"`      // address that was chosen for the pages, tried first
	Program  camp.Settings `json:"program"`  //
	Recovery bool          `json:"recovery"` // the recovery sheet was printed or saved
	Skipped  []string      `json:"skipped"`  // first steps done or skipped
	Folder   string        `json:"folder"`   // for backups; "" for the data folder's own
	Daily    int           `json:"daily"`    // backups to keep; 0: the standard
	Weekly   int           `json:"weekly"`
	Name     string        `json:"name"` // the camp's, as last seen, to be shown while it is off
	Wishes   Wishes        `json:"wishes"`
	Tunnel   uint16        `json:"tunnel"` // the tunnel's port that was chosen, tried first
	Reach    Reach         `json:"reach"`
	World    World         `json:"world"`

	Former *FormerWay `json:"former,omitempty"` // the camp has two tunnel keys: ports of the one before

	other map[string]json.RawMessage // fields this version does not know
}

// Reach is what the host chose about being found.
type Reach struct {
	Asked bool   `json:"asked"` // the host was told that the router is asked, and chose
	On    bool   `json:"on"`    // the router may be asked
	Port  uint16 `json:"port"`  // the router's outer port of last time
	LAN   bool   `json:"lan"`   // announced on the home network
}

// FormerOuter is the router's port of the tunnel's key of before, 0 for none.
func (s Settings) FormerOuter() uint16 {
	if s.Former == nil {
		return 0
	}
	return s.Former.Outer
}

// FormerWay are the ports of the tunnel's key of before, while it lets people in.
type FormerWay struct {
	Tunnel uint16 `json:"tunnel"` // on this computer
	Outer  uint16 `json:"outer"`  // the router's
}

// World is what the host chose about the wider world in the window.
type World struct {
	On     bool   `json:"on"`
	Domain string `json:"domain,omitempty"` // that the camp had when it was switched on
	Port   uint16 `json:"port,omitempty"`   // of the public door that was chosen, tried first
	Plain  uint16 `json:"plain,omitempty"`  // of the one for a proxy
}

// Wishes are flags of the command line; they hold for the run they were given for.
type Wishes struct {
	Tunnel        string `json:"tunnel,omitempty"`
	LAN           string `json:"lan,omitempty"`
	Domain        string `json:"domain,omitempty"`
	HTTPS         string `json:"https,omitempty"`
	TLSCert       string `json:"tls_cert,omitempty"`
	TLSKey        string `json:"tls_key,omitempty"`
	ACMEDirectory string `json:"acme_directory,omitempty"`
	ACMECA        string `json:"acme_ca,omitempty"`
	ACMEHTTP      string `json:"acme_http,omitempty"`
	HTTP          string `json:"http,omitempty"`
	BehindProxy   string `json:"behind_proxy,omitempty"`
}

// ErrSettings is returned for a settings file that cannot be read as one.
var ErrSettings = errors.New("place: the settings file is not readable")

// LoadSettings reads settings.json; where there is none it gives the standard.
func (h Home) LoadSettings() (Settings, error) {
	raw, err := os.ReadFile(h.settings())
	if errors.Is(err, fs.ErrNotExist) {
		return Settings{Version: SettingsVersion}, nil
	}
	if err != nil {
		return Settings{}, fmt.Errorf("read the settings: %w", err)
	}
	return parseSettings(raw)
}

func parseSettings(raw []byte) (Settings, error) {
	s := Settings{Version: SettingsVersion}
	if err := json.Unmarshal(raw, &s.other); err != nil {
		return Settings{}, fmt.Errorf("%w: %w", ErrSettings, err)
	}
	if err := json.Unmarshal(raw, &s); err != nil {
		return Settings{}, fmt.Errorf("%w: %w", ErrSettings, err)
	}
	return s, nil
}

// SaveSettings replaces settings.json. Fields it does not know stay as they were.
func (h Home) SaveSettings(s Settings) error {
	raw, err := s.bytes()
	if err != nil {
		return fmt.Errorf("encode the settings: %w", err)
	}
	return Write(h.settings(), raw)
}

// SetAside renames a settings file that cannot be read, so that the program can
// start with the standard and nothing is lost.
func (h Home) SetAside() error { return os.Rename(h.settings(), h.settings()+".unreadable") }

func (s Settings) bytes() ([]byte, error) {
	raw, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	known := map[string]json.RawMessage{}
	if err := json.Unmarshal(raw, &known); err != nil {
		return nil, err
	}
	all := maps.Clone(s.other)
	if all == nil {
		all = map[string]json.RawMessage{}
	}
	maps.Copy(all, known)
	out, err := json.MarshalIndent(all, "", "  ")
	return append(out, '\n'), err
}

func (h Home) settings() string { return filepath.Join(h.Config, "settings.json") }
