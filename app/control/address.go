package control

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

const (
	socketName = "control.sock"
	pointerTo  = "control.path"
	maxPath    = 100 // bytes; systems allow 104 to 108 with the ending zero
	shortDir   = "camp-control-"
)

// address gives where the socket of the data folder lies.
func address(dir string) (string, error) {
	direct := filepath.Join(dir, socketName)
	if len(direct) <= maxPath {
		return direct, nil
	}
	raw, err := os.ReadFile(filepath.Join(dir, pointerTo))
	if errors.Is(err, fs.ErrNotExist) {
		return "", ErrNobody
	}
	if err != nil {
		return "", fmt.Errorf("read where the control socket lies: %w", err)
	}
	p := strings.TrimSpace(string(raw))
	if !ours(p) {
		return "", ErrNobody
	}
	return p, nil
}

// ours reports whether a path read from the pointer file is one that place made.
func ours(p string) bool {
	parent := filepath.Dir(p)
	return filepath.Base(p) == socketName && strings.HasPrefix(filepath.Base(parent), shortDir) && len(p) <= maxPath
}

// settle clears what a killed process left and gives the path to listen on and
// the deed that removes it. Only the holder of the data folder's lock calls it.
func settle(dir string) (path string, clean func(), err error) {
	direct := filepath.Join(dir, socketName)
	if err := removeStale(dir); err != nil {
		return "", nil, err
	}
	if len(direct) <= maxPath {
		return direct, func() { _ = os.Remove(direct) }, nil
	}
	short, err := os.MkdirTemp(shortTemp(), shortDir)
	if err != nil {
		return "", nil, fmt.Errorf("make a folder for the control socket: %w", err)
	}
	path = filepath.Join(short, socketName)
	pointer := filepath.Join(dir, pointerTo)
	if err := os.WriteFile(pointer, []byte(path+"\n"), 0o600); err != nil {
		return "", nil, fmt.Errorf("note where the control socket lies: %w", err)
	}
	return path, func() { _ = os.Remove(pointer); _ = os.RemoveAll(short) }, nil
}

func removeStale(dir string) error {
	if raw, err := os.ReadFile(filepath.Join(dir, pointerTo)); err == nil {
		if p := strings.TrimSpace(string(raw)); ours(p) {
			_ = os.Remove(p)
			_ = os.Remove(filepath.Dir(p))
		}
		_ = os.Remove(filepath.Join(dir, pointerTo))
	}
	err := os.Remove(filepath.Join(dir, socketName))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove the control socket of an ended camp: %w", err)
	}
	return nil
}

// shortTemp is the temporary folder, or /tmp where that one's name is too long.
func shortTemp() string {
	t := os.TempDir()
	if len(t)+len(shortDir)+len(socketName)+12 > maxPath {
		return "/tmp"
	}
	return t
}
