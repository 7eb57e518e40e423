//go:build window

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/remote"
)

// chromium finds the browser of these tests.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "google-chrome", "google-chrome-stable", "chromium-browser"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("no chromium here")
	return ""
}

// chromiumFlags keep it from asking, calling home and wanting a sandbox that a test machine lacks.
var chromiumFlags = []string{
	"--no-sandbox", "--no-first-run", "--no-default-browser-check", "--password-store=basic", "--disable-gpu", "--disable-dev-shm-usage",
	"--disable-background-networking", "--disable-component-update", "--disable-sync", "--remote-debugging-port=0",
}

// usualBrowser makes Chromium the browser of the scene's desktop, as a person
// has one: a desktop entry that xdg-open finds.
func (s *scene) usualBrowser() {
	s.t.Helper()
	script := "#!/bin/sh\nexec " + chromium(s.t) + " --user-data-dir=" + s.path("chromium") + " " + strings.Join(chromiumFlags, " ") + " \"$@\"\n"
	entry := "[Desktop Entry]\nType=Application\nName=Browser\nExec=" + s.path("browser") + " %u\nMimeType=x-scheme-handler/http;text/html;\n"
	apps := s.path("data", "applications")
	err := errors.Join(
		os.MkdirAll(apps, 0o700),
		os.WriteFile(s.path("browser"), []byte(script), 0o700),
		os.WriteFile(filepath.Join(apps, "browser.desktop"), []byte(entry), 0o600),
		os.WriteFile(s.path("config", "mimeapps.list"), []byte("[Default Applications]\nx-scheme-handler/http=browser.desktop\ntext/html=browser.desktop\n"), 0o600),
	)
	if err != nil {
		s.t.Fatal(err)
	}
	s.set("BROWSER", s.path("browser"))
}

// usualPage waits until the scene's browser shows a page of the camp, and takes hold of it.
func (s *scene) usualPage(web string) context.Context {
	s.t.Helper()
	var address string
	s.until("the browser is open", func() bool {
		raw, err := os.ReadFile(s.path("chromium", "DevToolsActivePort"))
		port, path, ok := strings.Cut(strings.TrimSpace(string(raw)), "\n")
		address = "ws://127.0.0.1:" + port + path
		return err == nil && ok
	})
	all, stop := remote.NewAllocator(context.Background(), address, remote.NoModifyURL)
	s.t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(all)
	s.t.Cleanup(cancel)
	var id target.ID
	s.until("the browser shows the camp", func() bool {
		list, err := chromedp.Targets(ctx)
		for _, t := range list {
			if t.Type == "page" && strings.HasPrefix(t.URL, web) {
				id = t.TargetID
			}
		}
		return err == nil && id != ""
	})
	page, leave := chromedp.NewContext(ctx, chromedp.WithTargetID(id))
	s.t.Cleanup(leave)
	return page
}

// otherBrowser is the browser of somebody else: another profile, without a
// screen. All it asks of the camp goes through the door, which can be shut.
func (s *scene) otherBrowser(d *door) context.Context {
	s.t.Helper()
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chromium(s.t)), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.UserDataDir(s.path("other")), chromedp.WindowSize(390, 844),
		chromedp.Flag("host-resolver-rules", fmt.Sprintf("MAP %s %s", d.camp, d.listener.Addr())))
	all, stop := chromedp.NewExecAllocator(context.Background(), opts...)
	s.t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(all)
	s.t.Cleanup(cancel)
	return ctx
}

// do runs steps in a browser, within patience.
func (s *scene) do(ctx context.Context, what string, steps ...chromedp.Action[chromedp.Void]) {
	s.t.Helper()
	if _, err := ask(ctx, chromedp.Steps(steps...)); err != nil {
		s.t.Fatalf("%s: %v", what, err)
	}
}

// ask runs one action in a browser, within patience.
func ask[T any](ctx context.Context, a chromedp.Action[T]) (T, error) {
	if chromedp.FromContext(ctx).Target == nil { // a deadline on the first run would end the browser with it
		if err := chromedp.Do(ctx); err != nil {
			var zero T
			return zero, err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return chromedp.Run(ctx, a)
}

// truth evaluates a condition in a page.
func truth(ctx context.Context, js string) bool {
	yes, err := ask(ctx, chromedp.Evaluate[bool](js))
	return err == nil && yes
}

// door stands between a browser and the camp and can be shut: then every
// connection is cut, and new ones are refused until it is opened.
type door struct {
	camp     string // host:port of the camp
	listener net.Listener
	all      sync.WaitGroup

	mu      sync.Mutex // guards what follows
	shut    bool
	conns   map[net.Conn]bool
	streams int // live streams asked for
}

func newDoor(t *testing.T, campAddr string) *door {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d := &door{camp: campAddr, listener: l, conns: map[net.Conn]bool{}}
	d.all.Go(d.run)
	t.Cleanup(func() { _ = l.Close(); d.set(true); d.all.Wait() })
	return d
}

func (d *door) run() {
	for {
		c, err := d.listener.Accept()
		if err != nil {
			return
		}
		up, err := net.Dial("tcp", d.camp)
		if err != nil || !d.let(c, up) {
			_ = c.Close()
			if up != nil {
				_ = up.Close()
			}
			continue
		}
		d.all.Go(func() { d.pass(up, c, true) })
		d.all.Go(func() { d.pass(c, up, false) })
	}
}

// let takes two connections in, unless the door is shut.
func (d *door) let(c, up net.Conn) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.shut {
		return false
	}
	d.conns[c], d.conns[up] = true, true
	return true
}

func (d *door) pass(to, from net.Conn, asks bool) {
	defer func() { _ = to.Close(); _ = from.Close() }()
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		if asks && bytes.HasPrefix(buf[:n], []byte("GET /live")) {
			d.mu.Lock()
			d.streams++
			d.mu.Unlock()
		}
		if n > 0 {
			if _, err := to.Write(buf[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// set shuts the door, cutting what goes through it, or opens it.
func (d *door) set(shut bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.shut = shut
	if shut {
		for c := range d.conns {
			_ = c.Close()
		}
		d.conns = map[net.Conn]bool{}
	}
}

// opened gives how many live streams were asked for so far.
func (d *door) opened() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.streams
}

// arrives waits for a text on a page and gives how long it took.
func (s *scene) arrives(page context.Context, text string, limit time.Duration) time.Duration {
	s.t.Helper()
	return s.within(limit, "“"+text+"” is on the page", func() bool {
		return truth(page, fmt.Sprintf("document.querySelector('#fire').innerText.includes(%q)", text))
	})
}
