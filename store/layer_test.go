package store

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"testing"
)

// brittle is a file system for the journal that fails on request, and that can
// forget what was not synced.
type brittle struct {
	osLayer
	mu     sync.Mutex
	synced map[string][]byte              // what a power cut leaves of each file
	sync   func(path string) error        // before a sync; nil: fine
	write  func(path string, n int) error // before a write; nil: fine
	short  bool                           // a failing write writes half of its bytes
	make   func(path string) error        // before a file is made
}

func newBrittle() *brittle { return &brittle{synced: map[string][]byte{}} }

type brittleFile struct {
	layerFile
	b    *brittle
	path string
}

func (b *brittle) hooks() (s func(string) error, w func(string, int) error, m func(string) error, short bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.sync, b.write, b.make, b.short
}

func (b *brittle) set(fn func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	fn()
}

func (b *brittle) create(path string) (layerFile, error) {
	if _, _, m, _ := b.hooks(); m != nil {
		if err := m(path); err != nil {
			return nil, err
		}
	}
	f, err := b.osLayer.create(path)
	return brittleFile{layerFile: f, b: b, path: path}, err
}

func (b *brittle) open(path string) (layerFile, error) {
	f, err := b.osLayer.open(path)
	if err != nil {
		return nil, err
	}
	content, err := os.ReadFile(path)
	b.set(func() {
		if _, known := b.synced[path]; !known {
			b.synced[path] = content
		}
	})
	return brittleFile{layerFile: f, b: b, path: path}, err
}

func (b *brittle) remove(path string) error {
	b.set(func() { delete(b.synced, path) })
	return b.osLayer.remove(path)
}

func (f brittleFile) WriteAt(p []byte, off int64) (int, error) {
	if _, w, _, short := f.b.hooks(); w != nil {
		if err := w(f.path, len(p)); err != nil {
			if short {
				_, _ = f.layerFile.WriteAt(p[:len(p)/2], off)
			}
			return len(p) / 2, err
		}
	}
	return f.layerFile.WriteAt(p, off)
}

func (f brittleFile) Sync() error {
	if s, _, _, _ := f.b.hooks(); s != nil {
		if err := s(f.path); err != nil {
			return err
		}
	}
	if err := f.layerFile.Sync(); err != nil {
		return err
	}
	content, err := os.ReadFile(f.path)
	f.b.set(func() { f.b.synced[f.path] = content })
	return err
}

// cut does to dir what a power cut does: each file is what it was when last
// synced, and torn bytes of what was written after that are there as well.
func (b *brittle) cut(t *testing.T, torn int) {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, path := range slices.Sorted(maps.Keys(b.synced)) {
		old := bytes.Clone(b.synced[path])
		now, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for i, left := 0, torn; i < len(now) && left > 0; i++ {
			if i >= len(old) {
				old = append(old, 0)
			}
			if old[i] != now[i] {
				old[i] = now[i]
				left--
			}
		}
		if err := os.WriteFile(path, old, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

var errNoRoom = &os.PathError{Op: "write", Path: "journal", Err: syscall.ENOSPC}

// copyTree copies a folder.
func copyTree(t testing.TB, from, to string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}

// putBack makes the folder to what from is.
func putBack(t testing.TB, from, to string) {
	t.Helper()
	if err := os.RemoveAll(to); err != nil {
		t.Fatal(err)
	}
	copyTree(t, from, to)
}

// fingerprint gives the content of all files below dir, by name.
func fingerprint(t testing.TB, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		rel, _ := filepath.Rel(dir, path)
		out[rel] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// stamps gives the size and the time of each file: what was written shows.
func stamps(t testing.TB, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		st, err := d.Info()
		if err == nil {
			out[path] = fmt.Sprint(st.Size(), st.ModTime())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func removeAll(dir string, names ...string) error {
	for _, n := range names {
		if err := os.RemoveAll(filepath.Join(dir, n)); err != nil {
			return err
		}
	}
	return nil
}
