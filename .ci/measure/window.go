package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

const windowStarts = 10

// showWindow measures, on a screen without a screen, from the start of camp to
// the moment its window can be seen, and what camp then needs with its tray.
func showWindow(ctx context.Context, o options, dir string) ([]figure, error) {
	if o.window == "" {
		return nil, nil
	}
	display, end, err := screen()
	if err != nil {
		return nil, err
	}
	defer end()
	env := append(os.Environ(), "DISPLAY="+display, "LIBGL_ALWAYS_SOFTWARE=1", "WAYLAND_DISPLAY=")
	var seen spread
	var all, own []int64
	for range windowStarts {
		began := time.Now()
		cmd := exec.Command(o.camp, "--data", dir)
		cmd.Env = env
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		if err := cmd.Start(); err != nil {
			return nil, err
		}
		took, err := visible(env, began)
		time.Sleep(8 * time.Second)
		a, o := memory(cmd.Process.Pid)
		all, own = append(all, a), append(own, o)
		_ = cmd.Process.Signal(syscall.SIGTERM)
		late := time.AfterFunc(20*time.Second, func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) })
		_ = cmd.Wait()
		late.Stop()
		if err != nil {
			return nil, err
		}
		seen = append(seen, took)
	}
	slices.Sort(all)
	slices.Sort(own)
	return []figure{
		{what: "start to a visible window, software GL, median of 10 (slowest)", got: ms(seen.at(.5)) + " (" + ms(seen.at(1)) + ")", goal: "2,500 ms", bad: seen.at(.5) > 10*time.Second},
		{what: "memory of the core with tray beside its window, median of 10 (of it not files)", got: mib(all[len(all)/2]) + " (" + mib(own[len(own)/2]) + ")", goal: "", bad: all[len(all)/2] > 300<<10},
	}, ctx.Err()
}

// visible waits for a mapped window called Camp.
func visible(env []string, began time.Time) (time.Duration, error) {
	for time.Since(began) < 20*time.Second {
		cmd := exec.Command("xdotool", "search", "--onlyvisible", "--name", "Camp")
		cmd.Env = env
		if out, err := cmd.Output(); err == nil && strings.TrimSpace(string(out)) != "" {
			return time.Since(began), nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	return 0, fmt.Errorf("no window within 20 seconds")
}

// screen starts an X server in memory and gives its name.
func screen() (display string, end func(), err error) {
	r, w, err := os.Pipe()
	if err != nil {
		return "", nil, err
	}
	cmd := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "1280x900x24", "-nolisten", "tcp", "-noreset", "+extension", "GLX")
	cmd.ExtraFiles = []*os.File{w}
	if err := cmd.Start(); err != nil {
		return "", nil, fmt.Errorf("start %s: %w", filepath.Base(cmd.Path), err)
	}
	_ = w.Close()
	buf := make([]byte, 16)
	n, err := r.Read(buf)
	end = func() { _ = cmd.Process.Signal(syscall.SIGTERM); _ = cmd.Wait(); _ = r.Close() }
	if err != nil {
		end()
		return "", nil, fmt.Errorf("no screen: %w", err)
	}
	return ":" + strings.TrimSpace(string(buf[:n])), end, nil
}
