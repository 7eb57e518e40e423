package place

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
)

// keepAwake starts caffeinate(8), which watches this process and ends with it.
func keepAwake(context.Context, string) (func(), error) {
	cmd := exec.Command("/usr/bin/caffeinate", "-i", "-w", strconv.Itoa(os.Getpid()))
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("%w (%w)", ErrNoAwake, err)
	}
	return func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }, nil
}
