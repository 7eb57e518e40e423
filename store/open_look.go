package store

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/dgraph-io/badger/v4"
)

// damage says that files of the store are not what they were. It stands inside
// the fault that Open returns where it could not be healed.
type damage struct{ err error }

func (d *damage) Error() string { return "damaged store: " + d.err.Error() }
func (d *damage) Unwrap() error { return d.err }

func damaged(format string, args ...any) error { return &damage{err: fmt.Errorf(format, args...)} }

// lookBudget is how many bytes of tables are read before the store is opened
// after a clean stop; after any other end all of them are.
const lookBudget = 16 << 20

// look examines Badger's folder before Badger does, because Badger deletes the
// tables that its MANIFEST does not name, drops what follows a damaged entry,
// and may end the process over a damaged table. It changes nothing.
func (db *DB) look(n note, clean bool) error {
	dir := db.badgerDir()
	list, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("look at the store: %w", err)
	}
	if len(list) == 0 {
		if n.Seq > 0 {
			return damaged("the folder db is gone")
		}
		return nil
	}
	manifest, err := os.ReadFile(filepath.Join(dir, badger.ManifestFilename))
	if errors.Is(err, fs.ErrNotExist) {
		if stored(list) {
			return damaged("MANIFEST is gone")
		}
		return nil
	}
	if err != nil {
		return fmt.Errorf("read MANIFEST: %w", err)
	}
	live, whole, err := liveTables(dir)
	if err != nil {
		return damaged("MANIFEST: %w", err)
	}
	if err := compareManifest(db.opt.Dir, n, manifest, whole); err != nil {
		return err
	}
	return compareTables(dir, n, live, clean)
}

// stored reports whether Badger has kept anything in the folder.
func stored(list []fs.DirEntry) bool {
	for _, e := range list {
		if strings.HasSuffix(e.Name(), ".sst") || strings.HasSuffix(e.Name(), ".mem") || strings.HasSuffix(e.Name(), ".vlog") {
			return true
		}
	}
	return false
}

// liveTables reads which tables the MANIFEST names, and how many of its bytes
// are whole entries.
func liveTables(dir string) (map[string]fileSum, int64, error) {
	f, err := os.Open(filepath.Join(dir, badger.ManifestFilename))
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	m, whole, err := badger.ReplayManifestFile(f, 0, badgerOptions(dir))
	if err != nil {
		return nil, 0, err
	}
	out := make(map[string]fileSum, len(m.Tables))
	for id := range m.Tables {
		out[fmt.Sprintf("%06d.sst", id)] = fileSum{}
	}
	return out, whole, nil
}

// compareManifest wants the MANIFEST to have grown out of the copy, or to be one
// that Badger wrote anew: that begins otherwise, and is whole to its last byte.
func compareManifest(dir string, n note, manifest []byte, whole int64) error {
	perfect := whole == int64(len(manifest))
	copied, err := os.ReadFile(filepath.Join(dir, manifestCopy))
	switch {
	case err != nil || n.Manifest.Hash == "" || sumBytes(copied) != n.Manifest: // no copy to compare with
		if !perfect {
			return damaged("MANIFEST ends in a torn entry")
		}
	case bytes.HasPrefix(manifest, copied):
		if whole < int64(len(copied)) {
			return damaged("MANIFEST ends in a torn entry")
		}
	case bytes.HasPrefix(copied, manifest) || !perfect:
		return damaged("MANIFEST has changed from %d to %d bytes", len(copied), len(manifest))
	}
	return nil
}

func compareTables(dir string, n note, live map[string]fileSum, clean bool) error {
	budget := int64(lookBudget)
	for name := range live {
		path := filepath.Join(dir, name)
		fi, err := os.Stat(path)
		if errors.Is(err, fs.ErrNotExist) {
			return damaged("table %s is gone", name)
		}
		if err != nil {
			return fmt.Errorf("look at a table: %w", err)
		}
		if fi.Size() == 0 {
			return damaged("table %s is empty", name)
		}
		want, known := n.Tables[name]
		if !known {
			continue
		}
		budget -= fi.Size()
		same, err := want.sameAs(path, !clean || budget >= 0)
		if err != nil {
			return fmt.Errorf("look at a table: %w", err)
		}
		if !same {
			return damaged("table %s has changed", name)
		}
	}
	return nil
}

// clearFolder takes out of Badger's folder what a crash while starting leaves behind
// and Badger trips over: write-ahead files without a byte are put aside. The
// value log is removed: it never holds anything, since no value of ours is large
// enough, and a damaged one keeps Badger from opening.
func clearFolder(dir string) error {
	list, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look for empty files: %w", err)
	}
	for _, e := range list {
		path := filepath.Join(dir, e.Name())
		fi, err := e.Info()
		switch {
		case err != nil:
		case strings.HasSuffix(e.Name(), ".vlog"):
			err = os.Remove(path)
		case strings.HasSuffix(e.Name(), ".mem") && fi.Size() == 0:
			err = os.Rename(path, path+".empty")
		}
		if err != nil {
			return fmt.Errorf("clear the store's folder: %w", err)
		}
	}
	return nil
}
