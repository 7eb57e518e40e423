//go:build netns

package main_test

import (
	"context"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// browser starts a real browser in the space; it ends with the test. It is
// driven through a pipe, which knows no network.
func (s *space) browser() context.Context {
	s.t.Helper()
	path := findBrowser()
	if path == "" {
		s.t.Skip("no browser here")
	}
	opts := append(browserOptions(path, filepath.Join(s.t.TempDir(), "profile")), chromedp.ModifyCmdFunc(func(c *exec.Cmd) {
		in := s.command(append([]string{c.Path}, c.Args[1:]...)...)
		c.Path, c.Args = in.Path, in.Args
	}))
	ctx, stop := chromedp.NewExecAllocator(context.Background(), opts...)
	first, stopFirst := chromedp.NewContext(ctx)
	s.t.Cleanup(func() { stopFirst(); stop() })
	if err := chromedp.Do(first); err != nil {
		s.t.Fatalf("the browser does not start: %v", err)
	}
	return first
}

// approved joins a member by a code and lets them in.
func (s *space) approved(h *running, name, handle string) *running {
	s.t.Helper()
	m := s.camp(filepath.Join(s.t.TempDir(), "data"), "join", h.ctl("invite", "new")["code"].(string), "--name", name)
	m.line("state", "waiting")
	h.waiting(handle)
	h.ctl("member", "approve", handle)
	m.line("state", "member")
	return m
}

// Behind another router a member's own browser, on the page that their program
// opens at home, sees a post arrive without reload, and keeps what was half
// written; the host's browser page sees the answer.
func TestLabBrowserSeesPostsArrive(t *testing.T) {
	l, host, router, member := twoHomes(t)
	router.miniupnpd(true, true)
	h := host.camp(filepath.Join(t.TempDir(), "data"), "serve", "--name", "Orchard", "--host-user", "noor")
	h.line("ready", true)
	m := member.approved(h, "Mara", "mara")
	own := h.signIn()

	b := openTab(t, member.browser(), nil, look{})
	b.open(m.ctl("link")["url"].(string))
	b.until("home", `document.querySelector("[data-list=fire]")`, patience)
	const half = "I was just about to say that"
	b.keys(`.composer textarea[name=text]`, half)
	eval[chromedp.Void](b, `window.since = "the beginning"`)
	l.until("the member's stream", func() bool { return h.ctl("status")["here"].(float64) >= 1 })
	for _, text := range []string{"the first basket", "the second basket"} {
		own.write(text)
		t.Logf("seen %s after it was posted", b.until(text, shows(text), patience).Round(time.Millisecond))
	}
	if got := eval[string](b, `(window.since ?? "loaded anew") + ": " + document.querySelector(".composer textarea[name=text]").value`); got != "the beginning: "+half {
		t.Errorf("the page was %s", got)
	}
	b.shot("lab-live")
	b.click(`.composer .row button.btn`)
	l.until("the host reads it", func() bool { return strings.Contains(own.do("GET", "/", nil), half) })
}
