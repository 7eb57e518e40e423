package certs

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/caddyserver/certmagic"

	"camp/app/place"
)

// folder is where the library keeps its account: files below one folder, each
// replaced as a whole. Its locks are in memory, since a data folder has one program.
type folder struct {
	dir string

	mu   sync.Mutex // guards held
	held map[string]chan struct{}
}

func newFolder(dir string) *folder { return &folder{dir: dir, held: map[string]chan struct{}{}} }

// fileName makes a name that every system takes of any text.
func fileName(text string) string {
	return strings.Trim(strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '_' || r == '.' {
			return r
		}
		if r >= 'A' && r <= 'Z' {
			return r - 'A' + 'a'
		}
		return '-'
	}, text), ".-")
}

// path gives where a key lies: its parts are folders, the last one a file.
func (f *folder) path(key string) string {
	parts := []string{f.dir}
	for p := range strings.SplitSeq(key, "/") {
		if p = fileName(p); p != "" {
			parts = append(parts, p)
		}
	}
	return filepath.Join(parts...)
}

// Store keeps a value.
func (f *folder) Store(_ context.Context, key string, value []byte) error {
	p := f.path(key)
	if err := os.MkdirAll(filepath.Dir(p), 0o700); err != nil {
		return err
	}
	return place.Write(p, value)
}

// Load gives it back; fs.ErrNotExist where there is none.
func (f *folder) Load(_ context.Context, key string) ([]byte, error) { return readSmall(f.path(key)) }

// Delete removes a value, or all below a folder.
func (f *folder) Delete(_ context.Context, key string) error {
	p := f.path(key)
	if p == f.dir {
		return errors.New("certs: the folder itself stays")
	}
	return os.RemoveAll(p)
}

// Exists reports whether something lies there.
func (f *folder) Exists(_ context.Context, key string) bool {
	_, err := os.Stat(f.path(key))
	return err == nil
}

// List gives the keys below one.
func (f *folder) List(_ context.Context, key string, recursive bool) ([]string, error) {
	var keys []string
	top := f.path(key)
	err := filepath.WalkDir(top, func(p string, d fs.DirEntry, err error) error {
		if err != nil || p == top {
			return err
		}
		rel, err := filepath.Rel(f.dir, p)
		if err != nil {
			return err
		}
		keys = append(keys, filepath.ToSlash(rel))
		if d.IsDir() && !recursive {
			return fs.SkipDir
		}
		return nil
	})
	return keys, err
}

// Stat tells of a key.
func (f *folder) Stat(_ context.Context, key string) (certmagic.KeyInfo, error) {
	st, err := os.Stat(f.path(key))
	if err != nil {
		return certmagic.KeyInfo{}, err
	}
	return certmagic.KeyInfo{Key: key, Modified: st.ModTime(), Size: st.Size(), IsTerminal: !st.IsDir()}, nil
}

// Lock waits until a name is free, and takes it.
func (f *folder) Lock(ctx context.Context, name string) error {
	f.mu.Lock()
	l, ok := f.held[name]
	if !ok {
		l = make(chan struct{}, 1)
		f.held[name] = l
	}
	f.mu.Unlock()
	select {
	case l <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Unlock lets it go.
func (f *folder) Unlock(_ context.Context, name string) error {
	f.mu.Lock()
	l := f.held[name]
	f.mu.Unlock()
	select {
	case <-l:
		return nil
	default:
		return errors.New("certs: this is not held")
	}
}
