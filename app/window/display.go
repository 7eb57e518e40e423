package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// errNoDisplay is returned where no display answers.
var errNoDisplay = errors.New("no display answers")

// answerTime is how long a display may take to answer.
const answerTime = 3 * time.Second

// displayAnswers asks the Wayland or X display for a sign of life before Fyne
// is asked for a window: Fyne would end the program. Systems with a display of
// their own kind are taken at their word.
func displayAnswers(ctx context.Context, env func(string) string) error {
	switch runtime.GOOS {
	case "windows", "darwin":
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	errs := []error{errNoDisplay}
	if name := env("WAYLAND_DISPLAY"); name != "" {
		err := waylandAnswers(ctx, name, env("XDG_RUNTIME_DIR"))
		if err == nil {
			return nil
		}
		errs = append(errs, err)
	}
	if name := env("DISPLAY"); name != "" {
		err := xAnswers(ctx, name)
		if err == nil {
			return nil
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

func waylandAnswers(ctx context.Context, name, runtimeDir string) error {
	if !filepath.IsAbs(name) {
		name = filepath.Join(runtimeDir, name)
	}
	var d net.Dialer
	c, err := d.DialContext(ctx, "unix", name)
	if err != nil {
		return fmt.Errorf("reach the Wayland display: %w", err)
	}
	return c.Close()
}

// xAnswers connects to ":0", "host:0.0" or "/path:0" and asks for a connection:
// whatever the answer is, somebody gave it. (X protocol, connection setup.)
func xAnswers(ctx context.Context, name string) error {
	network, addresses, err := xAddresses(name)
	if err != nil {
		return err
	}
	var d net.Dialer
	var c net.Conn
	for _, a := range addresses {
		if c, err = d.DialContext(ctx, network, a); err == nil {
			break
		}
	}
	if err != nil {
		return fmt.Errorf("reach the X display: %w", err)
	}
	defer func() { _ = c.Close() }() // nothing was written that matters
	if at, ok := ctx.Deadline(); ok {
		if err := c.SetDeadline(at); err != nil {
			return fmt.Errorf("ask the X display: %w", err)
		}
	}
	hello := []byte{'l', 0, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0} // little-endian, protocol 11.0, no authorisation
	if _, err := c.Write(hello); err != nil {
		return fmt.Errorf("ask the X display: %w", err)
	}
	if _, err := c.Read(make([]byte, 8)); err != nil {
		return fmt.Errorf("ask the X display: %w", err)
	}
	return nil
}

// xAddresses says where a display's name leads.
func xAddresses(name string) (network string, addresses []string, err error) {
	i := strings.LastIndexByte(name, ':')
	if i < 0 {
		return "", nil, fmt.Errorf("the display's name %q has no number", name)
	}
	host := name[:i]
	number, _, _ := strings.Cut(name[i+1:], ".")
	n, err := strconv.ParseUint(number, 10, 15)
	if err != nil {
		return "", nil, fmt.Errorf("the display's name %q has no number", name)
	}
	switch {
	case strings.HasPrefix(host, "/"):
		return "unix", []string{name, host}, nil
	case host == "", host == "unix":
		path := "/tmp/.X11-unix/X" + number // fixed by every X server
		return "unix", []string{path, "@" + path}, nil
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	return "tcp", []string{net.JoinHostPort(host, strconv.FormatUint(6000+n, 10))}, nil
}
