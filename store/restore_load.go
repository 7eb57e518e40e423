package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Rows are brought into a new store in slices of this much.
const (
	loadRows  = 2000
	loadBytes = 1 << 20
)

// loader fills a new store with the rows of a backup. They do not go through
// the journal: until all are in and synced, the store is nobody's. Its journal
// then goes on after the sequence that the backup holds.
type loader struct {
	db   *DB
	head backupHead
	rows []row
	size int
}

func openLoader(ctx context.Context, opt Options) (*loader, error) {
	opt.filling = true
	db, err := Open(ctx, opt)
	if err != nil {
		return nil, err
	}
	return &loader{db: db}, nil
}

// begin takes what the backup says of itself.
func (l *loader) begin(h backupHead) error {
	if h.Schema > formatNow(migrations) {
		return errNewer
	}
	l.head = h
	return nil
}

// row takes a row. A kind that this program does not know comes from a newer one.
func (l *loader) row(key, value []byte) error {
	switch k := declaredKind(key); {
	case k == nil:
		return errNewer
	case k.unsaved:
		return errNoMember
	}
	if err := checkRow(key, value); err != nil {
		return fmt.Errorf("%w: %v", errDamaged, err)
	}
	l.rows = append(l.rows, row{key: bytes.Clone(key), value: bytes.Clone(value)})
	if l.size += len(key) + len(value); len(l.rows) < loadRows && l.size < loadBytes {
		return nil
	}
	return l.flush()
}

// flush applies what was gathered. Nothing else uses the store yet, so that the
// loader may do the committer's work.
func (l *loader) flush() error {
	err := l.db.apply(l.head.Sequence, acts{time: l.head.Time, lastID: l.head.LastID, rows: l.rows})
	l.rows, l.size = nil, 0
	return err
}

// close brings in the rest, closes the store and makes all of its files last.
// What belongs to the folder, and not to the camp in it, does not move.
func (l *loader) close(ctx context.Context) error {
	err := l.flush()
	if err == nil {
		err = l.db.filled(ctx, l.head.Schema, acts{time: l.head.Time, lastID: l.head.LastID})
	}
	if err := errors.Join(err, l.db.Close()); err != nil {
		return fmt.Errorf("fill a new store: %w", err)
	}
	return settle(l.db.opt.Dir)
}

// syncTree syncs every file and folder below dir.
func syncTree(dir string) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return osLayer{}.syncDir(path)
		}
		f, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			return err
		}
		return errors.Join(f.Sync(), f.Close())
	})
}
