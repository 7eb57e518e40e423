package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// carry lets opt.Carry take over into the camp in fresh what the camp in opt.Dir
// knows and the backup does not, before anything is moved. That the old one
// cannot be read is told to it by a nil store.
func (opt RestoreOptions) carry(ctx context.Context, fresh string) (err error) {
	if opt.Carry == nil || !holdsCamp(opt.Dir) {
		return nil
	}
	made, err := Open(ctx, Options{Dir: fresh, Now: opt.Now, Rand: opt.Rand, Log: opt.Log})
	if err != nil {
		return fmt.Errorf("open what was brought back: %w", err)
	}
	old, err := Open(ctx, Options{Dir: opt.Dir, Now: opt.Now, Rand: opt.Rand, Log: opt.Log, held: true})
	if err != nil {
		opt.Log.Warn("the camp that is replaced cannot be read", "err", err)
		old = nil
	}
	err = opt.Carry(ctx, old, made)
	if old != nil {
		if cerr := old.Close(); cerr != nil { // it is put aside as it is
			opt.Log.Warn("the camp that is replaced did not close well", "err", cerr)
		}
	}
	if err := errors.Join(err, made.Close()); err != nil {
		return err
	}
	return settle(fresh)
}

// settle takes from a folder what belongs to the folder and not to the camp in
// it, and makes all that stays last.
func settle(dir string) error {
	for _, name := range []string{lockName, startingFile, ballastFile} {
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			return fmt.Errorf("fill a new store: %w", err)
		}
	}
	return syncTree(dir)
}
