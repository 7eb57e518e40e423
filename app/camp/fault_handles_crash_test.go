//go:build crash && linux

package main_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestFaultFewHandles: where the system gives the program 256 file handles, and
// another program of this computer opens every connection it gets, the host's
// browser and a member's are served, nothing that was said to be kept is lost,
// and there are handles left for the store all along.
func TestFaultFewHandles(t *testing.T) {
	const handles, most, crowd = 256, 128, 700
	c := buildCLI(t)
	dir, guest := filepath.Join(t.TempDir(), "host"), filepath.Join(t.TempDir(), "mara")
	s := c.limitedTo(handles).serve(dir, "--name", "The Orchard", "--host-user", "noor", "--tunnel", "127.0.0.1:0", "--lab-no-rate-limit")
	app := c.app(s, dir, "noor")
	code, _ := c.ok("ctl", "--data", dir, "invite", "new")["code"].(string)
	j := c.join(code, "--data", guest, "--name", "Mara")
	j.next()
	c.ok("ctl", "--data", dir, "member", "approve", "mara")
	j.next()
	member := signedIn(t, c.ok("ctl", "--data", guest, "link")["url"].(string))
	before := s.handles(t)

	// Silent ones, those who begin a request, and those who drip one in.
	at := strings.TrimPrefix(app.web, "http://")
	var open []net.Conn
	defer func() {
		for _, o := range open {
			_ = o.Close()
		}
	}()
	worst := 0
	posts := map[string]string{}
	for n := range crowd {
		o, err := net.Dial("tcp", at)
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, o)
		_, _ = io.WriteString(o, []string{"", "GET / HTTP/1.1\r\n", "POST /api/v1/apps HTTP/1.1\r\nHost: " + at + "\r\nContent-Length: 9000\r\n\r\nclient_"}[n%3])
		worst = max(worst, s.handles(t))
		if n%50 != 49 {
			continue
		}
		text := fmt.Sprintf("%d wanted to come in %s", n, strings.Repeat("and said nothing ", 200))
		id, status, answer := app.post(text)
		if status != http.StatusOK {
			t.Fatalf("a post beside %d connections: %d %s", n, status, answer)
		}
		posts[id] = text
		if page := member(t, "/"); !strings.Contains(page, fmt.Sprint(n, " wanted")) {
			t.Errorf("beside %d connections the member reads\n%.500s", n, page)
		}
	}
	t.Logf("%d connections; %d handles open before, %d at most", crowd, before, worst)
	if worst > most || worst < before+10 {
		t.Errorf("%d handles of %d were open, %d before", worst, handles, before)
	}
	for _, o := range open {
		_ = o.Close()
	}
	if status, _ := app.ask(http.MethodGet, "/api/v1/timelines/home", "", nil); status != http.StatusOK {
		t.Errorf("afterwards: %d", status)
	}

	_ = s.cmd.Process.Signal(syscall.SIGKILL)
	_ = s.cmd.Wait()
	app.web = c.serve(dir).ready["web"].(string)
	for id := range posts {
		if status, _ := app.ask(http.MethodGet, "/api/v1/statuses/"+id, "", nil); status != http.StatusOK {
			t.Errorf("post %s was acknowledged and is answered with %d", id, status)
		}
	}
}

// signedIn goes in by a one-time link and gives what reads a page there.
func signedIn(t *testing.T, link string) func(t *testing.T, path string) string {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar, Timeout: time.Minute, Transport: &http.Transport{DisableKeepAlives: true}}
	read := func(t *testing.T, url string) string {
		t.Helper()
		res, err := browser.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		raw, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d, %v", url, res.StatusCode, err)
		}
		return string(raw)
	}
	read(t, link)
	base := link[:strings.Index(link, "/in/")]
	return func(t *testing.T, path string) string { t.Helper(); return read(t, base+path) }
}
