//go:build browser

package main_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"camp/node/camp/camptest"
)

// The rig of the browser tests: the real program, served from a folder of its
// own, and a real Chromium that reaches it through a wire which can be cut.

// bin is the program under test; chrome the one browser that all tests share.
var (
	bin    string
	chrome context.Context
)

func TestMain(m *testing.M) { os.Exit(withRig(m)) }

func withRig(m *testing.M) int {
	dir, err := os.MkdirTemp("", "camp-browser")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	bin = filepath.Join(dir, "camp")
	build := exec.Command("go", "build", "-o", bin, "camp/app/camp")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "the program does not build: %v\n%s", err, out)
		return 1
	}
	stop := func() {}
	if path := findBrowser(); path != "" {
		stop = startBrowser(path, filepath.Join(dir, "profile"))
	}
	status := m.Run()
	stop()
	return camptest.After(status, authority)
}

func startBrowser(path, profile string) func() {
	// What remains of its own requests leads nowhere.
	opts := append(browserOptions(path, profile), chromedp.Flag("proxy-server", "http://127.0.0.1:9"))
	ctx, stop := chromedp.NewExecAllocator(context.Background(), opts...)
	first, stopFirst := chromedp.NewContext(ctx)
	if err := chromedp.Do(first); err != nil {
		fmt.Fprintln(os.Stderr, "the browser does not start:", err)
		stop()
		return func() {}
	}
	chrome = first
	return func() { stopFirst(); stop() }
}

// served is a camp that runs in a process of its own.
type served struct {
	t   *testing.T
	dir string
	web string // "http://127.0.0.1:PORT"
	cmd *exec.Cmd
}

// serveCamp starts a camp with a host called noor and waits until it is ready.
func serveCamp(t *testing.T, name string) *served {
	t.Helper()
	if chrome == nil {
		t.Skip("no browser here")
	}
	s := &served{t: t, dir: t.TempDir()}
	s.start("--name", name, "--host-user", "noor")
	t.Cleanup(s.end)
	return s
}

func (s *served) start(args ...string) {
	s.t.Helper()
	s.cmd = exec.Command(bin, append([]string{"serve", "--data", s.dir, "--json"}, args...)...)
	s.cmd.Env = append(os.Environ(), "LANG=C.UTF-8", "LANGUAGE=", "LC_ALL=")
	var words bytes.Buffer
	s.cmd.Stderr = &words
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	var ready struct {
		Ready bool
		Web   string
	}
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &ready)
	}
	if err != nil || !ready.Ready || ready.Web == "" {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
		s.t.Fatalf("the camp is not ready: %v %q\n%s", err, line, words.String())
	}
	s.web = ready.Web
}

func (s *served) end() {
	if s.cmd.ProcessState != nil {
		return
	}
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	late := time.AfterFunc(12*time.Second, func() { _ = s.cmd.Process.Kill() })
	err := s.cmd.Wait()
	if !late.Stop() {
		s.t.Error("the camp did not end within twelve seconds")
	} else if err != nil {
		s.t.Errorf("the camp ended badly: %v", err)
	}
}

// ctl runs a command and gives what it printed.
func (s *served) ctl(args ...string) map[string]any {
	s.t.Helper()
	cmd := exec.Command(bin, append([]string{"ctl", "--data", s.dir, "--json"}, args...)...)
	var words bytes.Buffer
	cmd.Stderr = &words
	out, err := cmd.Output()
	if err != nil {
		s.t.Fatalf("ctl %s: %v\n%s", strings.Join(args, " "), err, words.String())
	}
	var ans map[string]any
	if len(bytes.TrimSpace(out)) > 0 {
		if err := json.Unmarshal(out, &ans); err != nil {
			s.t.Fatalf("ctl %s printed %q: %v", strings.Join(args, " "), out, err)
		}
	}
	return ans
}

// link gives a one-time sign-in link: the host's for "noor", a member's for
// anybody else, who is added where they are new.
func (s *served) link(who string) string {
	s.t.Helper()
	if who == "noor" {
		return s.url(s.ctl("link"))
	}
	list, _ := s.ctl("member", "list")["members"].([]any)
	for _, m := range list {
		if m.(map[string]any)["name"] == who {
			return s.url(s.ctl("member", "link", who))
		}
	}
	return s.url(s.ctl("member", "add", who))
}

func (s *served) url(ans map[string]any) string {
	s.t.Helper()
	u, _ := ans["url"].(string)
	if !strings.HasPrefix(u, s.web+"/") {
		s.t.Fatalf("a link that does not lead to %s: %v", s.web, ans)
	}
	return u
}

func newWire(t *testing.T) *wire {
	t.Helper()
	w := &wire{live: map[*context.CancelFunc]struct{}{}}
	srv := &http.Server{Handler: w, ReadHeaderTimeout: time.Minute}
	l := listenLoopback(t)
	w.url = "http://" + l.Addr().String()
	done := make(chan struct{})
	go func() { defer close(done); _ = srv.Serve(l) }()
	t.Cleanup(func() { w.cutAll(); _ = srv.Close(); <-done })
	return w
}

func (w *wire) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodConnect || !strings.HasPrefix(r.Host, "127.0.0.1:") {
		w.mu.Lock()
		w.strange = append(w.strange, r.Host)
		w.mu.Unlock()
		http.Error(rw, "nowhere", http.StatusBadGateway)
		return
	}
	if w.cut.Load() {
		panic(http.ErrAbortHandler)
	}
	ctx, cancel := context.WithCancel(r.Context())
	w.mu.Lock()
	w.live[&cancel] = struct{}{}
	w.mu.Unlock()
	defer func() {
		w.mu.Lock()
		delete(w.live, &cancel)
		w.mu.Unlock()
		cancel()
	}()
	out := r.Clone(ctx)
	out.RequestURI = ""
	out.Header.Del("Proxy-Connection")
	if r.URL.Path == "/live" {
		w.opened.Add(1)
		w.streams.Add(1)
		defer w.streams.Add(-1)
	}
	resp, err := http.DefaultTransport.RoundTrip(out)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	defer resp.Body.Close()
	for k, v := range resp.Header {
		rw.Header()[k] = v
	}
	rw.WriteHeader(resp.StatusCode)
	if !carry(rw, resp.Body) {
		panic(http.ErrAbortHandler) // as a cut cable would end it, not as an end
	}
}

// carry hands on bytes as they come; false if they stopped short.
func carry(rw http.ResponseWriter, body io.Reader) bool {
	flush := http.NewResponseController(rw)
	buf := make([]byte, 16<<10)
	for {
		n, err := body.Read(buf)
		if _, werr := rw.Write(buf[:n]); werr != nil {
			return false
		}
		_ = flush.Flush()
		if err != nil {
			return errors.Is(err, io.EOF)
		}
	}
}

// cutAll ends everything that is under way.
func (w *wire) cutAll() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for c := range w.live {
		(*c)()
	}
}

// newTab opens a browser of its own: another person, or another computer.
func newTab(t *testing.T, l look) *tab {
	t.Helper()
	w := newWire(t)
	own := chromedp.WithNewBrowserContext(func(p *target.CreateBrowserContextParams) {
		p.ProxyServer, p.ProxyBypassList = w.url, "<-loopback>"
	})
	return openTab(t, chrome, w, l, own)
}

// beside opens another tab in the same browser.
func (b *tab) beside(l look) *tab {
	b.t.Helper()
	c := chromedp.FromContext(b.ctx)
	return openTab(b.t, chrome, b.wire, l, chromedp.WithExistingBrowserContext(c.BrowserContextID))
}
