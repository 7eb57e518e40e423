//go:build netns

package main_test

import (
	"context"
	"fmt"
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

	// A new key changes nothing for them but the key; whoever is removed reads so on the page that is open.
	b.expect("ERR_INCOMPLETE_CHUNKED_ENCODING", "410 (Gone)") // of the stream that is cut, and of the page that says why
	m.ctl("camps", "renew")
	own.write("a third basket")
	b.until("after a new key", shows("a third basket"), patience)
	l.until("the member's stream again", func() bool { return h.ctl("status")["here"].(float64) >= 1 })
	h.ctl("member", "remove", "mara")
	t.Logf("their page says so %s after the removal", b.until("told", `document.body.innerText.includes("You were removed")`, patience).Round(time.Millisecond))
	b.shot("lab-removed")
}

// Somebody with a phone alone goes the whole way in its browser, by the address
// that stands beside the configuration.
func TestLabBrowserOnAPhone(t *testing.T) {
	l, host, others := home(t, 1)
	h := serveAt(t, host)
	inv, phone := h.ctl("invite", "new", "--phone"), others[0]
	phone.stock(inv["code"].(string), "")
	b := openTab(t, phone.browser(), nil, look{width: 390, height: 844})
	b.expect("Cross-Origin-Opener-Policy header has been ignored") // the address is no name that a browser trusts; the tunnel is the lock
	step := func(name string) {
		t.Helper()
		b.shot("phone-" + name)
		if wide := eval[int](b, `document.documentElement.scrollWidth`); wide > 390 {
			t.Errorf("%s is %d pixels wide on a screen of 390", name, wide)
		}
	}
	b.open(inv["web"].(string) + "/")
	step("1-rules")
	for _, text := range eval[[]string](b, `[...document.querySelectorAll(".rules li")].map(e => e.innerText)`) {
		if strings.TrimSpace(text) == "" {
			t.Error("a rule without words")
		}
	}
	n := eval[int](b, `document.querySelectorAll("input[name=rule]").length`)
	if n == 0 {
		t.Fatalf("no rules are shown:\n%s", b.text())
	}
	for i := range n {
		b.click(fmt.Sprintf(`.rules li:nth-child(%d) input[name=rule]`, i+1))
	}
	b.keys("#name", "Opa Jan")
	b.keys("#message", "Your grandfather.")
	step("2-filled")
	b.click("form button.btn")
	b.until("waiting", `document.querySelector("form[action='/withdraw']")`, patience)
	step("3-waiting")
	h.waiting("opa_jan")
	h.ctl("member", "approve", "opa_jan")
	b.until("let in, by itself", `document.querySelector("form[action='/confirm']")`, patience)
	step("4-let-in")
	b.click("form button.btn")
	b.until("home", `document.querySelector("[data-list=fire]")`, patience)
	step("5-home")
	b.write("hello from my phone")
	own := h.signIn()
	l.until("the host reads it", func() bool { return strings.Contains(own.do("GET", "/", nil), "hello from my phone") })
	own.write("welcome, Opa")
	b.until("the answer, live", shows("welcome, Opa"), patience)
	step("6-in")

	// The next visit goes straight in; who is removed is shown nothing at all.
	b.open(inv["web"].(string) + "/")
	b.until("home again", shows("welcome, Opa"), patience)
	b.expect("net::ERR_") // the stream is cut
	h.ctl("member", "remove", "opa_jan")
	other := phone.surf(inv["web"].(string))
	other.http.Timeout = 5 * time.Second // silence is what is waited for
	if status, body, err := other.try("GET", "/", nil); err == nil {
		t.Errorf("somebody removed is answered: %d\n%.300s", status, body)
	}
}
