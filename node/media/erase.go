package media

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

const (
	looseFor   = 24 * time.Hour // an upload without a post stays so long
	eraseEvery = 10 * time.Minute
	sweepEvery = 24 * time.Hour
	sweepAfter = time.Hour // files younger than this may belong to an upload going on
	eraseMost  = 100       // rows a transaction
)

// Run removes files whose last use is gone and uploads that never got a post,
// every ten minutes, and once a day files that no row knows of. It blocks until
// ctx ends.
func (m *Media) Run(ctx context.Context) error {
	var swept time.Time
	t := time.NewTimer(0)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
		}
		n, err := m.Erase(ctx)
		if err == nil {
			var k int
			k, err = m.EraseFar(ctx)
			n += k
		}
		if now := m.opt.Now(); err == nil && now.Sub(swept).Abs() >= sweepEvery {
			var k int
			k, err = m.sweep(ctx)
			n, swept = n+k, now
		}
		if err != nil && ctx.Err() == nil {
			m.opt.Log.Error("media could not be erased", "err", err)
		}
		if n > 0 {
			m.opt.Log.Info("media erased", "files", n)
		}
		t.Reset(eraseEvery)
	}
}

// Erase removes now what Run would remove next, and gives how many files went.
func (m *Media) Erase(ctx context.Context) (int, error) {
	if err := m.dropLoose(ctx); err != nil {
		return 0, fmt.Errorf("drop unused uploads: %w", err)
	}
	files := 0
	for {
		var list []string
		err := m.opt.Store.View(ctx, func(tx Tx) (err error) {
			list, err = tx.OrphanHashes(eraseMost)
			return err
		})
		if err != nil {
			return files, fmt.Errorf("list unused files: %w", err)
		}
		for _, h := range list {
			gone, err := m.dropFile(ctx, h)
			if err != nil {
				return files, fmt.Errorf("remove an unused file: %w", err)
			}
			if gone {
				files++
			}
		}
		if len(list) < eraseMost {
			return files, nil
		}
	}
}

func (m *Media) dropLoose(ctx context.Context) error {
	for {
		n := 0
		err := m.opt.Store.Update(ctx, func(tx Tx) error {
			list, err := tx.MediaLoose(tx.Now().Add(-looseFor), eraseMost)
			for _, f := range list {
				err = errors.Join(err, tx.DropMedia(f.ID))
			}
			n = len(list)
			return err
		})
		if err != nil || n < eraseMost {
			return err
		}
	}
}

// dropFile removes the file of a hash that no row names any more, and then
// forgets that it was to be removed; a crash between the two does no harm.
func (m *Media) dropFile(ctx context.Context, hash string) (gone bool, err error) {
	if err := m.wait(ctx); err != nil {
		return false, err
	}
	defer m.done()
	uses := 0
	err = m.opt.Store.View(ctx, func(tx Tx) (err error) {
		uses, err = tx.MediaUses(hash)
		return err
	})
	if err != nil {
		return false, err
	}
	if uses == 0 && isHash(hash) {
		err := os.Remove(m.path(hash))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return false, err
		}
		gone = err == nil
	}
	return gone, m.opt.Store.Update(ctx, func(tx Tx) error { return tx.DropOrphan(hash) })
}

// sweep removes files that no row knows of: what an upload left that a crash
// cut short.
func (m *Media) sweep(ctx context.Context) (int, error) {
	n := 0
	err := filepath.WalkDir(m.folder(), func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || d.IsDir() {
			return errors.Join(err, ctx.Err())
		}
		gone, err := m.sweepFile(ctx, path, d)
		if gone {
			n++
		}
		return err
	})
	if err != nil {
		return n, fmt.Errorf("sweep the media folder: %w", err)
	}
	return n, nil
}

func (m *Media) sweepFile(ctx context.Context, path string, d fs.DirEntry) (bool, error) {
	temp := strings.HasPrefix(d.Name(), strings.TrimSuffix(tempName, "*"))
	st, err := d.Info()
	if err != nil || !st.Mode().IsRegular() || !temp && !isHash(d.Name()) || m.opt.Now().Sub(st.ModTime()) < sweepAfter {
		return false, nil // not ours, too young, or just gone
	}
	if temp {
		return true, os.Remove(path)
	}
	uses := 0
	err = m.opt.Store.View(ctx, func(tx Tx) (err error) {
		uses, err = tx.MediaUses(d.Name())
		return err
	})
	if err != nil || uses > 0 {
		return false, err
	}
	return m.dropFile(ctx, d.Name())
}
