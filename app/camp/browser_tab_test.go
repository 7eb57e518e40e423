//go:build browser || netns

package main_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// A page of a real browser, driven as a person would.

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

// browserOptions are how every test starts the browser.
func browserOptions(path, profile string) []chromedp.ExecAllocatorOption {
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.UserDataDir(profile), chromedp.DisableGPU,
		chromedp.Flag("disable-component-update", true), chromedp.Flag("no-pings", true),
		chromedp.Flag("force-prefers-reduced-motion", true),
		chromedp.Flag("disable-features", "Translate,BlinkGenPropertyTrees,AutofillServerCommunication,OptimizationHints,MediaRouter"),
	)
	if os.Geteuid() == 0 {
		opts = append(opts, chromedp.NoSandbox)
	}
	return opts
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

// strangers gives the hosts asked for that are no camp.
func (w *wire) strangers() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.strange)
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

// openTab opens a page of a browser; w is nil where it goes straight to the camp.
func openTab(t *testing.T, browser context.Context, w *wire, l look, how ...chromedp.ContextOption) *tab {
	t.Helper()
	b := &tab{t: t, wire: w}
	ctx, stop := chromedp.NewContext(browser, append(how, chromedp.WithListener(b.hear))...)
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
		if b.wire != nil {
			for _, host := range b.wire.strangers() {
				t.Errorf("the page asked for %s", host)
			}
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
