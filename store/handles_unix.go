//go:build unix

package store

import (
	"os"

	"golang.org/x/sys/unix"
)

// askHandles reports whether n more files could be opened now. open is a file that is open.
func askHandles(open *os.File, n int) bool {
	var most unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &most); err == nil && most.Cur > handlesMany {
		return true
	}
	got := make([]int, 0, n)
	defer func() {
		for _, fd := range got {
			_ = unix.Close(fd) // a copy
		}
	}()
	for range n {
		fd, err := unix.FcntlInt(open.Fd(), unix.F_DUPFD_CLOEXEC, 0)
		if isTooManyFiles(err) {
			return false
		}
		if err != nil { // not this system's way: nothing is known
			return true
		}
		got = append(got, fd)
	}
	return true
}
