//go:build unix

package store

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"
)

// askDisk asks the system about the disk under dir, or under the nearest folder
// above it that exists.
func askDisk(dir string) (disk, error) {
	var st unix.Statfs_t
	for {
		err := unix.Statfs(dir, &st)
		if err == nil {
			break
		}
		up := filepath.Dir(dir)
		if !errors.Is(err, unix.ENOENT) || up == dir {
			return disk{}, fmt.Errorf("free space: %w", err)
		}
		dir = up
	}
	size := int64(st.Bsize)
	return disk{free: int64(st.Bavail) * size, total: int64(st.Blocks) * size, network: onNetwork(&st)}, nil
}

// onDisk is how many bytes a file takes; files with holes take less than their size.
func onDisk(fi fs.FileInfo) int64 {
	if st, ok := fi.Sys().(*syscall.Stat_t); ok {
		return int64(st.Blocks) * 512
	}
	return fi.Size()
}

func isNoSpace(err error) bool {
	return errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EDQUOT)
}

func isTooManyFiles(err error) bool {
	return errors.Is(err, unix.EMFILE) || errors.Is(err, unix.ENFILE)
}
