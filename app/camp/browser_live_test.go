//go:build browser

package main_test

import (
	"fmt"
	"net"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

func listenLoopback(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// A post appears in another member's browser within a second, by one open
// stream, without reload, and leaves what they were writing alone. So it is
// after the way was cut.
func TestBrowserSeesPostsArrive(t *testing.T) {
	s := serveCamp(t, "The Orchard")
	host, friend := newTab(t, look{}), newTab(t, look{})
	friend.expect("ERR_", "net::") // the cut is ours
	host.open(s.link("noor"))
	friend.open(s.link("joost"))
	friend.until("home", `document.querySelector("[data-list=fire]")`, 5*time.Second)
	agree(friend, s)
	friend.open(s.web + "/")

	const half = "I was just about to say that"
	friend.keys(`.composer textarea[name=text]`, half)
	eval[chromedp.Void](friend, `window.since = "the beginning"`)
	friend.until("the stream", `true`, time.Second)
	waitFor(t, "one stream", func() bool { return friend.wire.streams.Load() == 1 })

	for i := range 3 {
		text := fmt.Sprintf("apples, basket %d", i)
		host.write(text)
		if took := friend.until("the post", shows(text), 3*time.Second); took > time.Second {
			t.Errorf("%q took %v to appear", text, took)
		}
	}
	if n := friend.wire.opened.Load(); n != 2 { // one before, one after the agreement's reload
		t.Logf("streams opened so far: %d", n)
	}
	opened := friend.wire.opened.Load()
	host.write("the last of them")
	friend.until("one more", shows("the last of them"), time.Second)
	if n := friend.wire.opened.Load(); n != opened || friend.wire.streams.Load() != 1 {
		t.Errorf("%d more streams for one more post, %d open", n-opened, friend.wire.streams.Load())
	}
	untouched(friend, half)

	friend.wire.cut.Store(true)
	friend.wire.cutAll()
	waitFor(t, "the cut", func() bool { return friend.wire.streams.Load() == 0 })
	host.write("said while the way was cut")
	host.write("and another one")
	if eval[bool](friend, shows("said while the way was cut")) {
		t.Fatal("the post came through a cut wire: this test is blind")
	}
	friend.wire.cut.Store(false)
	friend.until("what was missed", shows("said while the way was cut")+"&&"+shows("and another one"), 10*time.Second)
	host.write("after the cut")
	if took := friend.until("a post after the cut", shows("after the cut"), 3*time.Second); took > time.Second {
		t.Errorf("after the cut a post took %v to appear", took)
	}
	untouched(friend, half)
	if twice := eval[int](friend, `[...document.querySelectorAll("[data-post]")].length - new Set([...document.querySelectorAll("[data-post]")].map(e => e.dataset.post)).size`); twice != 0 {
		t.Errorf("%d posts stand twice", twice)
	}
	order := eval[[]string](friend, `[...document.querySelectorAll("#fire [data-post]")].map(e => e.dataset.post)`)
	for i := 1; i < len(order); i++ {
		if order[i] >= order[i-1] {
			t.Errorf("posts are out of order: %v", order)
			break
		}
	}
	friend.shot("live")
}

// untouched: the page was not loaded anew, and the half-written text is there.
func untouched(b *tab, half string) {
	b.t.Helper()
	if got := eval[string](b, `window.since ?? "loaded anew"`); got != "the beginning" {
		b.t.Errorf("the page was %s", got)
	}
	if got := eval[string](b, `document.querySelector(".composer textarea[name=text]").value`); got != half {
		b.t.Errorf("half-written text became %q", got)
	}
}

func waitFor(t *testing.T, what string, ok func() bool) time.Duration {
	t.Helper()
	began := time.Now()
	for !ok() {
		if time.Since(began) > 5*time.Second {
			t.Fatalf("%s: not within five seconds", what)
		}
		pause(t.Context(), 5*time.Millisecond)
	}
	return time.Since(began)
}

// agree ticks every rule and agrees, as a member made by the host's word is
// asked at the first visit.
func agree(b *tab, s *served) {
	b.t.Helper()
	b.open(s.web + "/rules")
	if !eval[bool](b, `!!document.querySelector("form input[name=rule]")`) {
		return
	}
	n := eval[int](b, `document.querySelectorAll("form input[name=rule]").length`)
	for i := range n {
		b.click(fmt.Sprintf(`.rules li:nth-child(%d) input[name=rule]`, i+1))
	}
	b.click(`form.card button.btn`)
	b.until("agreed", `!document.querySelector("form input[name=rule]")`, 5*time.Second)
}

// A person who is removed is out at once: their stream ends, and nothing more is shown.
func TestBrowserOfARemovedMemberIsCut(t *testing.T) {
	s := serveCamp(t, "The Orchard")
	host, gone := newTab(t, look{}), newTab(t, look{})
	gone.expect("401", "ERR_")
	host.open(s.link("noor"))
	gone.open(s.link("joost"))
	waitFor(t, "a stream", func() bool { return gone.wire.streams.Load() == 1 })

	s.ctl("member", "remove", "joost")
	if took := waitFor(t, "the end of the stream", func() bool { return gone.wire.streams.Load() == 0 }); took > time.Second {
		t.Errorf("the stream lived on for %v", took)
	}
	host.write("only for those who are here")
	pause(t.Context(), 300*time.Millisecond)
	if eval[bool](gone, shows("only for those who are here")) {
		t.Error("somebody removed reads on")
	}
	for _, path := range []string{"/", "/people", "/for-you", "/me", "/host", "/live"} {
		gone.open(s.web + path)
		if text := gone.text(); strings.Contains(text, "only for those who are here") || strings.Contains(text, "Noor") {
			t.Errorf("%s still shows the camp to somebody removed:\n%s", path, text)
		}
	}
	gone.open(s.web + "/")
	gone.shot("signedout-removed")
	if got := gone.wire.streams.Load(); got != 0 {
		t.Errorf("%d streams are open again", got)
	}
}

// Cookies of 127.0.0.1 do not know ports: two camps on one computer must not
// push each other's sign-in out.
func TestBrowserInTwoCamps(t *testing.T) {
	one, two := serveCamp(t, "The Orchard"), serveCamp(t, "The Harbour")
	a := newTab(t, look{})
	a.open(one.link("noor"))
	a.write("in the orchard")
	b := a.beside(look{})
	b.open(two.link("noor"))
	b.write("in the harbour")
	a.open(one.web + "/")
	if !eval[bool](a, shows("in the orchard")) || eval[bool](a, shows("in the harbour")) {
		t.Errorf("after signing in to the second camp the first shows:\n%s", a.text())
	}
	a.write("still in the orchard")
	b.open(two.web + "/")
	if !eval[bool](b, shows("in the harbour")) {
		t.Errorf("the second camp shows:\n%s", b.text())
	}
	b.write("still in the harbour")
}

// A link works once, for one browser.
func TestBrowserLinkWorksOnce(t *testing.T) {
	s := serveCamp(t, "The Orchard")
	link := s.link("joost")
	first, second := newTab(t, look{}), newTab(t, look{})
	second.expect("404", "401")
	first.open(link)
	first.until("home", `document.querySelector("[data-list=fire]")`, 5*time.Second)
	second.open(link)
	if eval[bool](second, `!!document.querySelector("[data-list=fire]")`) {
		t.Error("a used link let a second browser in")
	}
	second.shot("link-used")
	second.open(s.web + "/")
	if text := second.text(); strings.Contains(text, "The Orchard") {
		t.Errorf("somebody without a session is told the camp's name:\n%s", text)
	}
	// The address bar keeps no secret that still works, and none is handed on.
	if u := eval[string](first, `location.href`); u != s.web+"/" {
		t.Errorf("after signing in the address is %s", u)
	}
}

// Whoever walks by keyboard sees where they are, and can reach everything.
func TestBrowserKeyboard(t *testing.T) {
	s := serveCamp(t, "The Orchard")
	b := newTab(t, look{})
	b.open(s.link("noor"))
	b.write("something to walk to")
	for _, page := range []string{"/", "/me", "/host/people", "/search"} {
		b.open(s.web + page)
		eval[chromedp.Void](b, `document.activeElement.blur(); window.scrollTo(0,0)`)
		var walked []string
		for range 60 {
			b.run(chromedp.KeyEvent(kb.Tab))
			at := eval[string](b, `(() => {
				const e = document.activeElement;
				if (!e || e === document.body) return "";
				const s = getComputedStyle(e), r = e.getBoundingClientRect();
				let ring = s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0;
				const around = e.closest(".composer"); // the frame around a text shows it for the text
				if (!ring && around && e.matches("textarea")) {
					const edge = () => { const s = getComputedStyle(around); return s.outline + s.boxShadow + s.borderColor; };
					const on = edge();
					e.blur();
					ring = edge() !== on;
					e.focus();
				}
				const name = e.tagName.toLowerCase() + (e.getAttribute("href") || e.name || e.textContent.trim().slice(0, 20));
				if (!ring) return "!no ring: " + name;
				if (r.width < 1 || r.height < 1 || r.bottom < 0 || r.top > innerHeight) return "!out of sight: " + name;
				return name;
			})()`)
			if at == "" {
				break
			}
			if strings.HasPrefix(at, "!") {
				t.Errorf("%s: %s", page, at[1:])
			}
			walked = append(walked, at)
		}
		if len(walked) < 8 {
			t.Errorf("%s: the keyboard reaches only %v", page, walked)
		}
		if !strings.Contains(strings.ToLower(walked[0]), "#main") {
			t.Errorf("%s: the first stop is %q, not the way past the menu", page, walked[0])
		}
	}
}

// path gives where a tab is, below the camp's address.
func (b *tab) path() string {
	u, err := url.Parse(eval[string](b, `location.href`))
	if err != nil {
		b.t.Fatal(err)
	}
	return u.Path
}
