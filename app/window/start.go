package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

// startCamp starts `camp` beside this program, which opens a window of its own;
// or it says that there is none.
func startCamp(f flags, stderr io.Writer, say func(string, ...any) string) int {
	path, ok := besideUs()
	if !ok {
		fmt.Fprintln(stderr, say("window.none.camp"))
		return exitNoCamp
	}
	var args []string
	if f.data != "" {
		args = append(args, "--data", f.data)
	}
	if f.link != "" {
		args = append(args, f.link)
	}
	cmd := exec.Command(path, args...)
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		fmt.Fprintln(stderr, say("window.none.camp"))
		return exitNoCamp
	}
	return exitFine // camp lives on by itself
}

// besideUs looks for `camp` in the folder of this program.
func besideUs() (string, bool) {
	self, err := os.Executable()
	if err != nil {
		return "", false
	}
	if real, err := filepath.EvalSymlinks(self); err == nil {
		self = real
	}
	name := "camp"
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	path := filepath.Join(filepath.Dir(self), name)
	info, err := os.Stat(path)
	return path, err == nil && !info.IsDir()
}
