package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// process is a running `camp serve`.
type process struct {
	cmd   *exec.Cmd
	web   string
	ready time.Duration // from its start to the line that says so
}

func start(o options, dir string, args ...string) (*process, error) {
	cmd := exec.Command(o.camp, append([]string{"serve", "--data", dir, "--json"}, args...)...)
	var words bytes.Buffer
	cmd.Stderr = &words
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(out).ReadBytes('\n')
	p := &process{cmd: cmd, ready: time.Since(began)}
	var said struct {
		Ready bool
		Web   string
	}
	if err == nil {
		err = json.Unmarshal(line, &said)
	}
	if err != nil || !said.Ready {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		return nil, fmt.Errorf("the camp is not ready: %w %s%s", err, line, words.Bytes())
	}
	p.web = said.Web
	return p, nil
}

// stop ends it as a person would.
func (p *process) stop() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	late := time.AfterFunc(20*time.Second, func() { _ = p.cmd.Process.Kill() })
	err := p.cmd.Wait()
	if !late.Stop() {
		return errors.New("the camp did not end within 20 seconds")
	}
	return err
}

// found makes the camp.
func found(o options, dir string) error {
	p, err := start(o, dir, "--name", "Measured", "--host-user", "noor")
	if err != nil {
		return err
	}
	return p.stop()
}

// startAndServe measures starts after clean stops, memory at rest, and pages.
func startAndServe(ctx context.Context, o options, dir string) ([]figure, error) {
	var ready spread
	var p *process
	for i := range o.starts + 1 {
		var err error
		if p, err = start(o, dir); err != nil {
			return nil, err
		}
		if i > 0 { // the first brings the program into memory
			ready = append(ready, p.ready)
		}
		if i < o.starts {
			if err := p.stop(); err != nil {
				return nil, err
			}
		}
	}
	comeToRest(o, p)
	pages, err := readPages(o, dir, p)
	if err != nil {
		return nil, errors.Join(err, p.stop())
	}
	comeToRest(o, p)
	all, own := memory(p.cmd.Process.Pid)
	if err := p.stop(); err != nil {
		return nil, err
	}
	goal, limit := "100 ms at 10,000", 3*time.Second
	rss := "40 MiB new"
	if o.posts >= 1_000_000 {
		goal, limit, rss = "1,500 ms", 15*time.Second, "60 MiB"
	}
	return []figure{
		{what: fmt.Sprintf("start to ready after a clean stop, median of %d (slowest)", o.starts), got: ms(ready.at(.5)) + " (" + ms(ready.at(1)) + ")", goal: goal, bad: ready.at(.5) > limit},
		{what: "home page, made and served, p50 (p95)", got: ms(pages.at(.5)) + " (" + ms(pages.at(.95)) + ")", goal: "2 ms", bad: pages.at(.5) > 60*time.Millisecond},
		{what: "memory at rest, without tray (of it not files)", got: mib(all) + " (" + mib(own) + ")", goal: rss, bad: all > 300<<10},
	}, ctx.Err()
}

// comeToRest waits until the camp has done what it does in its first minutes, or
// after much was asked of it: for more than a minute, until it takes less than
// three hundredths of a core for fifteen seconds, at most ten minutes. A mere
// check does not wait.
func comeToRest(o options, p *process) {
	const look, calm = 5 * time.Second, 3
	if o.check {
		time.Sleep(look)
		return
	}
	quiet := 0
	for began, was := time.Now(), used(p.cmd.Process.Pid); time.Since(began) < 10*time.Minute; {
		time.Sleep(look)
		now := used(p.cmd.Process.Pid)
		quiet++
		if now-was > look*3/100 {
			quiet = 0
		}
		was = now
		if quiet >= calm && time.Since(began) > 80*time.Second {
			return
		}
	}
}

// used gives the time that a process has had of the processors.
func used(pid int) time.Duration {
	raw, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(raw), ") ") // the name may hold blanks
	f := strings.Fields(rest)
	if len(f) < 13 {
		return 0
	}
	user, _ := strconv.ParseInt(f[11], 10, 64)
	system, _ := strconv.ParseInt(f[12], 10, 64)
	return time.Duration(user+system) * 10 * time.Millisecond
}

// readPages fetches the home page as the host's browser would.
func readPages(o options, dir string, p *process) (spread, error) {
	out, err := exec.Command(o.camp, "ctl", "--data", dir, "--json", "link").Output()
	if err != nil {
		return nil, fmt.Errorf("ctl link: %w", err)
	}
	var link struct{ URL string }
	if err := json.Unmarshal(out, &link); err != nil {
		return nil, err
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	client := &http.Client{Jar: jar, Timeout: 10 * time.Second}
	if _, err := get(client, link.URL); err != nil {
		return nil, err
	}
	var all spread
	for range 500 {
		began := time.Now()
		body, err := get(client, p.web+"/")
		if err != nil {
			return nil, err
		}
		all = append(all, time.Since(began))
		if !bytes.Contains(body, []byte("data-post")) {
			return nil, errors.New("the home page shows no post")
		}
	}
	return all, nil
}

func get(c *http.Client, url string) ([]byte, error) {
	resp, err := c.Get(url)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("GET: %s", resp.Status)
	}
	return body, err
}

// memory gives what a process has resident, in KiB, and what of it is no file
// that the system could take back.
func memory(pid int) (all, own int64) {
	raw, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "status"))
	if err != nil {
		return 0, 0
	}
	for line := range strings.Lines(string(raw)) {
		f := strings.Fields(line)
		if len(f) < 2 {
			continue
		}
		n, _ := strconv.ParseInt(f[1], 10, 64)
		switch f[0] {
		case "VmRSS:":
			all = n
		case "RssAnon:":
			own = n
		}
	}
	return all, own
}
