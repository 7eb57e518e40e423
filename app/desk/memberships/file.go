package memberships

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"camp/app/place"
	"camp/node/camp"
	"camp/tunnel/guest"
)

// formatNow is the version of a membership's file.
const formatNow = 1

// maxFile bounds what is read, in bytes; maxLists is how many lists of the
// camp's ways are kept.
const (
	maxFile  = 64 << 10
	maxLists = 3
	maxOwn   = 50 // memberships of one computer
)

var errFile = errors.New("memberships: the file makes no sense")

// saved is one membership as it lies in the folder: the device's own key is in it.
type saved struct {
	Version int        `json:"version"`
	ID      string     `json:"id"`
	CampKey []byte     `json:"camp_key"`
	Private []byte     `json:"private"`
	Serial  uint64     `json:"serial"`
	Camp    string     `json:"camp"`
	Host    string     `json:"host"`
	Name    string     `json:"name"`
	State   string     `json:"state"` // "asking", or a camp.Standing
	Since   time.Time  `json:"since"`
	Ends    time.Time  `json:"ends"`
	Answer  string     `json:"answer,omitempty"`
	Words   string     `json:"words,omitempty"`
	Leaves  time.Time  `json:"leaves,omitzero"`     // the day one leaves, by one's own wish
	Shut    bool       `json:"shut,omitempty"`      // removed: this computer alone was shut out
	Port    string     `json:"port,omitempty"`      // of the browser's door
	Ways    [][]string `json:"ways"`                // newest list first
	Code    string     `json:"code,omitempty"`      // until the camp has answered
	First   []byte     `json:"first_key,omitempty"` // the camp's key that ID is made of, where it has another now
	Next    *nextKey   `json:"next,omitempty"`      // the camp's new key, until it has answered by that

	other map[string]json.RawMessage // fields of a newer version
}

// nextKey is a key of the camp's by which it is to be reached from now on.
type nextKey struct {
	Key  []byte   `json:"key"`
	Ways []string `json:"ways"`
}

const asking = "asking"

// read takes a file apart and checks every field.
func readSaved(raw []byte) (saved, error) {
	var s saved
	if len(raw) > maxFile || json.Unmarshal(raw, &s) != nil || json.Unmarshal(raw, &s.other) != nil {
		return s, errFile
	}
	switch {
	case s.Version < 1 || s.Version > formatNow:
		return s, fmt.Errorf("%w: version %d", errFile, s.Version)
	case len(s.CampKey) != 32 || len(s.Private) != 32 || len(s.First) != 0 && len(s.First) != 32 || s.ID != idOf([32]byte(s.origin())) || len(s.Ways) > maxLists:
		return s, errFile
	case s.Next != nil && len(s.Next.Key) != 32:
		return s, errFile
	}
	switch camp.Standing(s.State) {
	case asking, camp.Waiting, camp.Joined, camp.Suspended, camp.Declined, camp.Withdrawn, camp.Expired, camp.Left, camp.Removed:
	default:
		return s, fmt.Errorf("%w: state", errFile)
	}
	if s.State != asking && s.Serial == 0 {
		return s, fmt.Errorf("%w: serial", errFile)
	}
	return s, nil
}

// origin is the key of the camp's that the membership is named after.
func (s saved) origin() []byte {
	if len(s.First) > 0 {
		return s.First
	}
	return s.CampKey
}

// of reports whether a key is one of this camp's.
func (s saved) of(key [32]byte) bool {
	return bytes.Equal(s.CampKey, key[:]) || bytes.Equal(s.origin(), key[:]) || s.Next != nil && bytes.Equal(s.Next.Key, key[:])
}

func (s saved) campKey() (k [32]byte) { copy(k[:], s.CampKey); return k }
func (s saved) private() (k [32]byte) { copy(k[:], s.Private); return k }

// ways gives where the camp may be, the newest first, each once.
func (s saved) ways() []netip.AddrPort {
	var all []netip.AddrPort
	seen := map[netip.AddrPort]bool{}
	for _, list := range s.Ways {
		for _, w := range guest.ParseWays(list) {
			if !seen[w] {
				seen[w] = true
				all = append(all, w)
			}
		}
	}
	return all
}

// withWays remembers a list; the same as the newest changes nothing.
func (s *saved) withWays(list []string) bool {
	if len(list) == 0 || len(s.Ways) > 0 && strings.Join(s.Ways[0], " ") == strings.Join(list, " ") {
		return false
	}
	s.Ways = append([][]string{list}, s.Ways[:min(len(s.Ways), maxLists-1)]...)
	return true
}

// text is a membership's file; fields of a newer version stay in it.
func (s saved) text() ([]byte, error) {
	s.Version = formatNow
	raw, err := json.Marshal(s)
	if err != nil || len(s.other) == 0 {
		return raw, err
	}
	var own map[string]json.RawMessage
	if err := json.Unmarshal(raw, &own); err != nil {
		return nil, err
	}
	for name, value := range s.other {
		if !slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) }) {
			own[name] = value
		}
	}
	return json.Marshal(own)
}

// names are the fields of this version. The standard library reads a name in
// any case, so that none of them may come back as a field of another version.
var names = []string{
	"version", "id", "camp_key", "private", "serial", "camp", "host", "name", "state", "since", "ends", "answer", "words", "leaves", "shut", "port", "ways", "code", "first_key", "next",
}

// write keeps a membership.
func (k *Keeper) write(s saved) error {
	raw, err := s.text()
	if err != nil {
		return fmt.Errorf("keep a membership: %w", err)
	}
	if err := os.MkdirAll(k.opt.Dir, 0o700); err != nil {
		return fmt.Errorf("keep a membership: %w", err)
	}
	return place.Write(k.path(s.ID), raw)
}

func (k *Keeper) path(id string) string { return filepath.Join(k.opt.Dir, id+".json") }

// load reads every membership of the folder. A file that makes no sense is put
// aside, so that the others work.
func (k *Keeper) load() ([]saved, error) {
	entries, err := os.ReadDir(k.opt.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read memberships: %w", err)
	}
	var list []saved
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".json") || len(list) >= maxOwn {
			continue
		}
		p := filepath.Join(k.opt.Dir, e.Name())
		s, err := readFile(p)
		if err != nil || k.path(s.ID) != p {
			k.opt.Log.Warn("membership put aside", "err", err)
			if err := os.Rename(p, p+".aside"); err != nil {
				k.opt.Log.Warn("membership not put aside", "err", err)
			}
			continue
		}
		list = append(list, s)
	}
	return list, nil
}

func readFile(p string) (saved, error) {
	st, err := os.Lstat(p)
	if err != nil || !st.Mode().IsRegular() || st.Size() > maxFile {
		return saved{}, errors.Join(errFile, err)
	}
	raw, err := os.ReadFile(p)
	if err != nil {
		return saved{}, err
	}
	return readSaved(raw)
}
