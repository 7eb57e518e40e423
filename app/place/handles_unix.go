//go:build unix

package place

import (
	"math"

	"golang.org/x/sys/unix"
)

// Handles gives how many files and connections the system lets this program have
// open; 0 where no bound is known. Go has asked for all it can get at the start.
func Handles() int {
	var most unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &most); err != nil || uint64(most.Cur) > math.MaxInt32 {
		return 0
	}
	return int(most.Cur)
}
