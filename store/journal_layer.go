package store

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// layer is the part of a file system that the journal uses; tests put one in
// its place that fails, tears records and forgets what was not synced.
type layer interface {
	create(path string) (layerFile, error) // must not exist
	open(path string) (layerFile, error)   // to read and write
	remove(path string) error
	rename(from, to string) error
	names(dir string) ([]string, error)
	syncDir(dir string) error
}

type layerFile interface {
	io.ReaderAt
	io.WriterAt
	Sync() error
	Truncate(size int64) error
	Size() (int64, error)
	Close() error
}

// osLayer is the real file system.
type osLayer struct{}

type osFile struct{ *os.File }

func (f osFile) Size() (int64, error) {
	fi, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return fi.Size(), nil
}

func (osLayer) create(path string) (layerFile, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	return osFile{f}, nil
}

func (osLayer) open(path string) (layerFile, error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	return osFile{f}, nil
}

func (osLayer) remove(path string) error { return os.Remove(path) }

func (osLayer) rename(from, to string) error { return os.Rename(from, to) }

func (osLayer) names(dir string) ([]string, error) {
	list, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	out := make([]string, 0, len(list))
	for _, e := range list {
		out = append(out, e.Name())
	}
	return out, nil
}

// syncDir makes new and removed names in dir last. Windows has no such call; there the
// file's own flush covers its name.
func (osLayer) syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(filepath.Clean(dir))
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
