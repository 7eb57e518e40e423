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
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
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
	if path := findBrowser(); path != "" {
		stop := startBrowser(path, filepath.Join(dir, "profile"))
		defer stop()
	}
	return m.Run()
}

func findBrowser() string {
	for _, name := range []string{os.Getenv("CAMP_BROWSER"), "chromium", "google-chrome", "google-chrome-stable", "chromium-browser"} {
		path, err := exec.LookPath(name)
		if name == "" || err != nil {
			continue
		}
		// A package that only stands in for a snap cannot be driven.
		if real, err := filepath.EvalSymlinks(path); err == nil && strings.Contains(real, "snap") {
			continue
		}
		if exec.Command(path, "--version").Run() == nil {
			return path
		}
	}
	return ""
}

func startBrowser(path, profile string) func() {
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.UserDataDir(profile), chromedp.DisableGPU,
		chromedp.Flag("disable-component-update", true), chromedp.Flag("no-pings", true),
		chromedp.Flag("force-prefers-reduced-motion", true),
		chromedp.Flag("disable-features", "Translate,BlinkGenPropertyTrees,AutofillServerCommunication,OptimizationHints,MediaRouter"),
		// What remains of its own requests leads nowhere.
		chromedp.Flag("proxy-server", "http://127.0.0.1:9"),
	)
	if os.Geteuid() == 0 {
		opts = append(opts, chromedp.NoSandbox)
	}
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

// wire is the way between one browser and the camp: a proxy that counts streams
// and can be cut.
type wire struct {
	url     string
	cut     atomic.Bool
	streams atomic.Int64 // open now
	opened  atomic.Int64 // in all
	mu      sync.Mutex   // guards live and strange
	live    map[*context.CancelFunc]struct{}
	strange []string // hosts asked for that are no camp
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

// look says how a browser is set.
type look struct {
	language      string // "en" if empty
	dark          bool
	width, height int64 // 1280 × 900 if 0
	noScript      bool
}

// tab is one page of one browser: cookies are its own, unless it was opened by beside.
type tab struct {
	t    *testing.T
	ctx  context.Context
	wire *wire
	mu   sync.Mutex // guards bad and fine
	bad  []string   // what the browser complained of
	fine []string   // complaints that a test expects
}

// newTab opens a browser of its own: another person, or another computer.
func newTab(t *testing.T, l look) *tab {
	t.Helper()
	w := newWire(t)
	own := chromedp.WithNewBrowserContext(func(p *target.CreateBrowserContextParams) {
		p.ProxyServer, p.ProxyBypassList = w.url, "<-loopback>"
	})
	return openTab(t, w, l, own)
}

// beside opens another tab in the same browser.
func (b *tab) beside(l look) *tab {
	b.t.Helper()
	c := chromedp.FromContext(b.ctx)
	return openTab(b.t, b.wire, l, chromedp.WithExistingBrowserContext(c.BrowserContextID))
}

func openTab(t *testing.T, w *wire, l look, how chromedp.ContextOption) *tab {
	t.Helper()
	b := &tab{t: t, wire: w}
	ctx, stop := chromedp.NewContext(chrome, how, chromedp.WithListener(b.hear))
	b.ctx = ctx
	if err := chromedp.Do(ctx); err != nil { // makes the tab; must not be bound to a time
		t.Fatal(err)
	}
	if l.language == "" {
		l.language = "en"
	}
	if l.width == 0 {
		l.width, l.height = 1280, 900
	}
	scheme := "light"
	if l.dark {
		scheme = "dark"
	}
	b.run(
		call(log.Enable, cdp.Empty{}), call(runtime.Enable, cdp.Empty{}),
		call(emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{
			UserAgent: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36", AcceptLanguage: l.language,
		}),
		call(emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: l.width, Height: l.height, DeviceScaleFactor: 1, Mobile: l.width < 500}),
		call(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}}),
		call(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: l.noScript}),
	)
	t.Cleanup(func() {
		stop()
		b.wire.mu.Lock()
		defer b.wire.mu.Unlock()
		for _, host := range b.wire.strange {
			t.Errorf("the page asked for %s", host)
		}
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, line := range b.bad {
			t.Errorf("the browser complains: %s", line)
		}
	})
	return b
}

// hear gathers what a person would see in the console: errors, exceptions,
// breaches of the content policy.
func (b *tab) hear(ev any) {
	var line string
	switch ev := ev.(type) {
	case *runtime.EventExceptionThrown:
		line = "exception: " + (&chromedp.ExceptionError{ExceptionDetails: ev.ExceptionDetails}).Error()
	case *runtime.EventConsoleAPICalled:
		if ev.Type == runtime.ConsoleAPICalledTypeError || ev.Type == runtime.ConsoleAPICalledTypeWarning {
			line = fmt.Sprintf("console: %s", ev.Args[0].Value)
		}
	case *log.EventEntryAdded:
		if ev.Entry.Level == log.EntryLevelError || ev.Entry.Level == log.EntryLevelWarning {
			line = string(ev.Entry.Source) + ": " + ev.Entry.Text + " " + ev.Entry.URL
		}
	}
	if line == "" {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, f := range b.fine {
		if strings.Contains(line, f) {
			return
		}
	}
	b.bad = append(b.bad, line)
}

// expect lets complaints that hold these words pass from now on.
func (b *tab) expect(words ...string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fine = append(b.fine, words...)
}

// call is one command of the browser's own protocol.
func call[P any](cmd cdp.Command[P, cdp.Empty], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, cmd, params)
		return err
	})
}

const slow = 20 * time.Second // for one step of a test

func (b *tab) run(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, stop := context.WithTimeout(b.ctx, slow)
	defer stop()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.shot("broken-" + strings.ReplaceAll(b.t.Name(), "/", "-"))
		b.t.Fatalf("browser: %v", err)
	}
}

func (b *tab) click(css string) { b.t.Helper(); b.run(chromedp.Click(chromedp.CSS(css))) }

// keys types into a field what a person would; set puts text in place of what is there.
func (b *tab) keys(css, text string) { b.t.Helper(); b.run(chromedp.SendKeys(chromedp.CSS(css), text)) }

func (b *tab) set(css, text string) { b.t.Helper(); b.run(chromedp.SetValue(chromedp.CSS(css), text)) }

func (b *tab) open(url string) { b.t.Helper(); b.run(chromedp.Navigate(url)) }

// eval gives the value of an expression; it also works where the page's own scripts are off.
func eval[T any](b *tab, expr string, how ...chromedp.EvaluateOption) T {
	b.t.Helper()
	ctx, stop := context.WithTimeout(b.ctx, slow)
	defer stop()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expr, how...))
	if err != nil {
		b.t.Fatalf("browser: %s: %v", expr, err)
	}
	return v
}

// until waits until an expression is true and gives how long that took.
func (b *tab) until(what, expr string, within time.Duration) time.Duration {
	b.t.Helper()
	began := time.Now()
	for {
		ctx, stop := context.WithTimeout(b.ctx, 5*time.Second)
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("!!("+expr+")"))
		stop()
		if ok && err == nil {
			return time.Since(began)
		}
		if time.Since(began) > within {
			b.shot("late-" + strings.ReplaceAll(b.t.Name(), "/", "-"))
			b.t.Fatalf("%s: not within %v (%v)\n%s", what, within, err, b.text())
		}
		pause(b.ctx, 15*time.Millisecond)
	}
}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

func (b *tab) text() string { b.t.Helper(); return eval[string](b, `document.body.innerText`) }

// js writes a Go string as one of the script's.
func js(s string) string { q, _ := json.Marshal(s); return string(q) }

// shows reports whether a post with this text is on the page.
func shows(text string) string {
	return `[...document.querySelectorAll("[data-post] .say")].some(e => e.textContent.includes(` + js(text) + `))`
}

// write posts as a person would: type, press the button, see it.
func (b *tab) write(text string) {
	b.t.Helper()
	b.keys(`.composer textarea[name=text]`, text)
	b.click(`.composer .row button.btn`)
	b.until("own post", shows(text), 5*time.Second)
}

// shot keeps a picture of the whole page where CAMP_SHOTS names a folder; view
// of what is in sight.
func (b *tab) shot(name string) { b.keep(name, chromedp.FullScreenshot(100)) }

func (b *tab) view(name string) { b.keep(name, chromedp.CaptureScreenshot()) }

func (b *tab) keep(name string, how chromedp.Action[[]byte]) {
	dir := os.Getenv("CAMP_SHOTS")
	if dir == "" {
		return
	}
	ctx, stop := context.WithTimeout(b.ctx, 10*time.Second)
	defer stop()
	png, err := chromedp.Run(ctx, how)
	if err != nil {
		b.t.Logf("no picture of %s: %v", name, err)
		return
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644); err != nil {
		b.t.Fatal(err)
	}
}

// post finds the id of the post with this text on the page.
func (b *tab) post(text string) string {
	b.t.Helper()
	id := eval[string](b, `[...document.querySelectorAll("[data-post]")].find(e => e.querySelector(".say")?.textContent.includes(`+js(text)+`))?.dataset.post ?? ""`)
	if id == "" {
		b.t.Fatalf("no post with %q on the page:\n%s", text, b.text())
	}
	return id
}
