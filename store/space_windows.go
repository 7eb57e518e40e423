package store

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"golang.org/x/sys/windows"
)

// askDisk asks the system about the disk under dir, or under the nearest folder
// above it that exists.
func askDisk(dir string) (disk, error) {
	var d disk
	for {
		p, err := windows.UTF16PtrFromString(dir)
		if err != nil {
			return d, fmt.Errorf("free space: %w", err)
		}
		var free, total uint64
		err = windows.GetDiskFreeSpaceEx(p, &free, &total, nil)
		if err == nil {
			d.free, d.total = int64(free), int64(total)
			break
		}
		up := filepath.Dir(dir)
		if up == dir {
			return d, fmt.Errorf("free space: %w", err)
		}
		dir = up
	}
	root, err := windows.UTF16PtrFromString(filepath.VolumeName(dir) + `\`)
	if err != nil {
		return d, fmt.Errorf("free space: %w", err)
	}
	d.network = windows.GetDriveType(root) == windows.DRIVE_REMOTE
	return d, nil
}

func onDisk(fi fs.FileInfo) int64 { return fi.Size() }

func isNoSpace(err error) bool {
	return errors.Is(err, windows.ERROR_DISK_FULL) || errors.Is(err, windows.ERROR_HANDLE_DISK_FULL)
}

func isTooManyFiles(err error) bool { return errors.Is(err, windows.ERROR_TOO_MANY_OPEN_FILES) }
