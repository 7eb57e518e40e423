//go:build netns

package main_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// listen opens a listener inside the space.
func (s *space) listen(addr string) net.Listener {
	s.t.Helper()
	type result struct {
		l   net.Listener
		err error
	}
	out := make(chan result, 1)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread goes with the goroutine
		f, err := os.Open("/run/netns/" + s.ns)
		if err == nil {
			defer f.Close()
			err = unix.Setns(int(f.Fd()), unix.CLONE_NEWNET)
		}
		if err != nil {
			out <- result{nil, err}
			return
		}
		l, err := net.Listen("tcp4", addr)
		out <- result{l, err}
	}()
	r := <-out
	if r.err != nil {
		s.t.Fatal(r.err)
	}
	return r.l
}

// site is a web server of nobody's: /to/… leads on to another server, anything
// else is a small picture.
func (w *world) site(name string) (asked chan string) {
	w.t.Helper()
	cert, err := tls.LoadX509KeyPair(w.file(name+".pem"), w.file(name+".key"))
	if err != nil {
		w.t.Fatal(err)
	}
	asked = make(chan string, 1000)
	srv := &http.Server{Handler: http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		asked <- r.URL.Path
		if to, ok := strings.CutPrefix(r.URL.Path, "/to/"); ok {
			http.Redirect(rw, r, "https://"+to, http.StatusFound)
			return
		}
		rw.Header().Set("Content-Type", "image/png")
		_, _ = rw.Write(dot)
	})}
	l := tls.NewListener(w.spots[name].listen("0.0.0.0:443"), &tls.Config{Certificates: []tls.Certificate{cert}})
	done := make(chan struct{})
	go func() { defer close(done); _ = srv.Serve(l) }()
	w.t.Cleanup(func() { _ = srv.Close(); <-done })
	return asked
}

// dot is a picture of one point.
var dot = []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82")

func (w *world) roots() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(w.ca)
	raw, err := os.ReadFile(w.file("ca.pem"))
	if err != nil || !pool.AppendCertsFromPEM(raw) {
		w.t.Fatalf("no authority: %v", err)
	}
	return pool
}

// say sends bytes to a server from a place and gives every byte that comes back.
func (w *world) say(from *space, server, text string) (string, error) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), patience)
	defer cancel()
	raw, err := from.dial(ctx, "tcp", w.address(server)+":443")
	if err != nil {
		return "", err
	}
	defer raw.Close()
	_ = raw.SetDeadline(time.Now().Add(patience))
	c := tls.Client(raw, &tls.Config{RootCAs: w.roots(), ServerName: server})
	if err := c.HandshakeContext(ctx); err != nil {
		return "", err
	}
	go func() { _, _ = c.Write([]byte(text)) }() // the answer may come before all is said
	got, err := io.ReadAll(c)
	return string(got), err
}

// address is where a server of the world lies.
func (w *world) address(name string) string {
	w.t.Helper()
	out := w.spots[name].run("ip", "-4", "-o", "addr", "show", "dev", "eth0")
	_, rest, _ := strings.Cut(out, "inet ")
	addr, _, ok := strings.Cut(rest, "/")
	if !ok {
		w.t.Fatalf("no address: %s", out)
	}
	return addr
}

// request writes a request, with what else stands in its head.
func request(method, target, host string, head map[string]any, body string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\n", method, target, host)
	for k, v := range head {
		if k != "host" {
			fmt.Fprintf(&b, "%s: %v\r\n", k, v)
		}
	}
	if method == http.MethodPost {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(body))
	}
	return b.String() + "Connection: close\r\n\r\n" + body
}

// dateless takes out what a clock puts in.
func dateless(answer string) string {
	var out []string
	for _, line := range strings.SplitAfter(answer, "\r\n") {
		if !strings.HasPrefix(line, "Date: ") {
			out = append(out, line)
		}
	}
	return strings.Join(out, "")
}

// hood is the neighbourhood of the tests below: a camp, a server that it decides
// about, and a third that talks of that one all the time.
type hood struct {
	*world
	t        *testing.T
	ana      *camped
	bea, cal *peer   // of the server decided about; of the third
	mia      *camped // follows nobody of the server decided about
	there    *space
	old      string      // a post of bea's from before
	mine     string      // a post of ana's
	rounds   [][3]string // posts of bea's that the camp has not heard of: to boost, to answer and to quote in each round
	asked    chan string // of the site that leads on
	n        int
	begun    int // what bea's server had been asked when the round began
}

func newHood(t *testing.T) *hood {
	t.Helper()
	w := newWorld(t, "camp1.test", "peer1.test", "peer2.test", "files.test")
	h := &hood{world: w, asked: w.site("files.test"), t: t, ana: w.serve("camp1.test", "ana"), bea: w.peer("peer1.test"), cal: w.peer("peer2.test"), there: w.spots["peer1.test"]}
	camp1 := "ip saddr " + w.address("camp1.test")
	h.there.watch("input", map[string]string{
		"calls": camp1 + " tcp dport 443", // connections that the camp makes
		"data":  camp1 + " tcp sport 443 tcp flags & psh == psh",
		"large": camp1 + " tcp sport 443 ip length gt 80", // more than any segment without data
		"other": camp1 + " meta l4proto != tcp",
	})
	h.ana.follow("@bea@peer1.test")
	h.ana.follow("@bea@peer2.test")
	h.bea.do("follow", map[string]any{"who": "@ana@camp1.test"})
	h.ana.notice("follow", "bea@peer1.test")
	h.old = h.bea.do("post", map[string]any{"text": "<p>before all this</p>"})["id"].(string)
	h.ana.seen("before all this")
	for range 5 {
		var fresh [3]string
		for i := range fresh {
			fresh[i] = h.bea.do("post", map[string]any{"text": "<p>to another alone</p>", "audience": "letter", "named": []string{"@bea@peer2.test"}})["id"].(string)
		}
		h.rounds = append(h.rounds, fresh)
	}
	_, h.mine = h.ana.post("ana speaks before", "public", nil)
	h.bea.act(0, "Create", "ana speaks before")
	return h
}

func (h *hood) decide(level string) {
	h.t.Helper()
	h.ana.ctl("block", "add", "peer1.test", "--level", level, "--reason", "a try")
}

var picturesAt = regexp.MustCompile(`/media/(?:far|face|emoji)/[^"' ]+`)

// look opens the pages as a member does, with every picture on them.
func (h *hood) look() {
	h.t.Helper()
	me := h.ana.signIn()
	asked := map[string]bool{}
	for _, at := range []string{"/", "/home", "/for-you", "/@bea@peer1.test", "/search?q=" + url.QueryEscape("@bea@peer1.test"), "/search?q=" + url.QueryEscape(h.redirect("u/bea"))} {
		_, page, err := me.try("GET", at, nil)
		if err != nil {
			h.t.Fatal(err)
		}
		for _, pic := range picturesAt.FindAllString(page, -1) {
			if !asked[pic] {
				asked[pic] = true
				_, _, _ = me.try("GET", pic, nil)
			}
		}
	}
}

// redirect is an address of nobody's that leads to the server decided about,
// another one in each round.
func (h *hood) redirect(to string) string {
	return fmt.Sprintf("https://files.test/to/peer1.test/%s?%d", to, h.n)
}

// led tells whether the site that leads on was asked for both since the last time.
func (h *hood) led() bool {
	person, picture := false, false
	for len(h.asked) > 0 {
		at := <-h.asked
		person, picture = person || strings.HasSuffix(at, "/u/bea"), picture || strings.HasSuffix(at, ".png")
	}
	return person && picture
}

// byThird is every way in which a third server leads to another: boosts, answers,
// quotes, pictures, mentions, redirects. It returns when the camp has seen all.
func (h *hood) byThird() {
	h.t.Helper()
	h.n++
	h.begun = h.bea.mark()
	fresh := h.rounds[h.n-1] // what is known already is not asked for again
	pic := func(at string) []map[string]any {
		return []map[string]any{{"url": at, "type": "image/png", "alt": "a picture"}}
	}
	for _, id := range []string{h.old, fresh[0]} {
		h.cal.do("boost", map[string]any{"id": id})
	}
	for what, more := range map[string]map[string]any{
		"answers": {"answers": fresh[1]}, "quotes": {"quotes": fresh[2]}, "names": {"named": []string{"@bea@peer1.test"}},
		"shows": {"files": pic(fmt.Sprintf("https://peer1.test/pictures/%d.png", h.n))}, "shows by another": {"files": pic(h.redirect(fmt.Sprintf("pictures/by-%d.png", h.n)))},
		"links": {},
	} {
		more["text"] = fmt.Sprintf("<p>third %d %s <a href=\"https://peer1.test/page\">https://peer1.test/page</a></p>", h.n, what)
		h.cal.do("post", more)
	}
	end := fmt.Sprintf("third %d ends", h.n)
	h.cal.do("post", map[string]any{"text": "<p>" + end + "</p>"})
	h.ana.seen(end)
	for _, st := range h.ana.list("/api/v1/timelines/home?limit=40") {
		h.ana.ask("GET", "/api/v1/statuses/"+st["id"].(string)+"/context", nil)
	}
	h.look()
	for _, q := range []string{"@bea@peer1.test", fresh[0], fresh[1], fresh[2], h.redirect("u/bea"), "@x@sub.peer1.test"} {
		h.ana.ask("GET", "/api/v2/search?resolve=true&q="+url.QueryEscape(q), nil)
	}
	h.ana.post(fmt.Sprintf("ana speaks %d @bea@peer1.test https://peer1.test/page", h.n), "public", nil)
	h.cal.act(0, "Create", fmt.Sprintf("ana speaks %d", h.n)) // what was to go has gone
}

// signed is what the server decided about sends by itself; nothing of it may come in.
func (h *hood) signed() {
	h.t.Helper()
	id := "https://peer1.test/made/" + strconv.Itoa(h.n)
	for _, form := range []string{"new", "old"} {
		h.bea.do("raw", map[string]any{"url": "https://camp1.test/ap/ana/inbox", "form": form, "body": map[string]any{
			"@context": "https://www.w3.org/ns/activitystreams", "id": id + form, "type": "Create", "actor": h.bea.actor, "to": []string{"https://www.w3.org/ns/activitystreams#Public"},
			"object": map[string]any{
				"id": id + "/note" + form, "type": "Note", "attributedTo": h.bea.actor, "content": "<p>let me in</p>", "to": []string{"https://www.w3.org/ns/activitystreams#Public"},
				"tag": []map[string]any{{"type": "Mention", "href": "https://camp1.test/ap/ana", "name": "@ana@camp1.test"}},
			},
		}})
	}
}

// shut tells whether nothing of the camp's went to the server since the count began.
func (h *hood) shut(level string) {
	h.t.Helper()
	for _, name := range []string{"calls", "other"} {
		if n := h.there.counted(name); n != 0 {
			h.t.Errorf("%s: %d packets (%s) went to the server", level, n, name)
		}
	}
	for _, st := range h.ana.list("/api/v1/timelines/home?limit=40") {
		raw := fmt.Sprint(st)
		if strings.Contains(raw, "before all this") || strings.Contains(raw, "let me in") {
			h.t.Errorf("%s: a post of theirs is shown", level)
		}
	}
}

// A decision about a server acts on everything that comes from it and goes to it,
// by itself and by way of others; taken back, all is as before.
func TestLabBorder(t *testing.T) {
	t.Parallel()
	h := newHood(t)
	ana := h.ana
	h.cal.do("follow", map[string]any{"who": "@ana@camp1.test"})
	ana.notice("follow", "bea@peer2.test")
	h.strangers()

	// The control: without a decision each of these ways leads there.
	h.byThird()
	if h.there.counted("calls") == 0 {
		t.Fatal("nothing went there before any decision: what follows would show nothing")
	}
	if !h.led() {
		t.Fatal("no redirect was followed: what follows would show nothing")
	}
	h.came("no decision", allWays...)

	h.limited(t)
	h.withoutMedia(t)
	h.blocked(t)
	h.firewalled(t)

	// Taken back.
	ana.ctl("block", "remove", "peer1.test")
	h.until("the door is open again", func() bool {
		_, err := h.say(h.there, "camp1.test", request("GET", "/", "camp1.test", nil, ""))
		return err == nil
	})
	id := ana.follow("@bea@peer1.test")
	h.until("what was hidden is shown", func() bool {
		return strings.Contains(fmt.Sprint(ana.list("/api/v1/accounts/"+id+"/statuses")), "before all this")
	})
	h.bea.do("post", map[string]any{"text": "<p>back again</p>"})
	ana.seen("back again")
}

func (h *hood) blocked(t *testing.T) {
	t.Helper()
	h.decide("block")
	h.there.uncount()
	h.byThird()
	h.signed()
	if !h.led() {
		t.Error("block: no redirect led there that could be refused")
	}
	h.shut("block")
	h.came("block")

	// To what they sign there is nobody, at any way and whatever they send.
	inbox := "https://camp1.test/ap/ana/inbox"
	act := map[string]any{"@context": "https://www.w3.org/ns/activitystreams", "id": "https://peer1.test/x/1", "type": "Like", "actor": h.bea.actor, "object": h.mine}
	nobody := func(method, target string, body string) string {
		return h.answer(t, method, target, "other.test", nil, body)
	}
	for _, form := range []string{"new", "old"} {
		for _, row := range []struct {
			name, url string
			q         map[string]any
		}{
			{"an act", inbox, map[string]any{"body": act}},
			{"an act with another body", inbox, map[string]any{"body": act, "spoil": "body"}},
			{"an act without a digest", inbox, map[string]any{"body": act, "spoil": "digest"}},
			{"an act of yesterday", inbox, map[string]any{"body": act, "later": -86400}},
			{"a large act", inbox, map[string]any{"body": map[string]any{"id": strings.Repeat("x", 300<<10)}}},
			{"a huge act", inbox, map[string]any{"body": map[string]any{"id": strings.Repeat("x", 2<<20)}}},
			{"the inbox", inbox, nil},
			{"a person", "https://camp1.test/ap/ana", nil},
			{"a post", h.mine, nil},
			{"a name", "https://camp1.test/.well-known/webfinger?resource=acct:ana@camp1.test", nil},
			{"a page", "https://camp1.test/@ana", nil},
			{"a program's way", "https://camp1.test/api/v1/instance", nil},
			{"nothing", "https://camp1.test/never/was", nil},
		} {
			q := map[string]any{"url": row.url, "dry": true, "form": form}
			for k, v := range row.q {
				q[k] = v
			}
			made := h.bea.do("raw", q)
			u, err := url.Parse(row.url)
			if err != nil {
				t.Fatal(err)
			}
			method := http.MethodGet
			if row.q != nil {
				method = http.MethodPost
			}
			body := made["body"].(string)
			got := h.answer(t, method, u.RequestURI(), "camp1.test", made["headers"].(map[string]any), body)
			if want := nobody(method, u.RequestURI(), body); got != want {
				t.Errorf("%s, signed in the %s form: they get\n%.600s\nand not what a name that is not ours gets:\n%s", row.name, form, got, want)
			}
		}
	}
	h.shut("block, after they asked")
}

// answer is what comes back of one request, but for the hour.
func (h *hood) answer(t *testing.T, method, target, host string, head map[string]any, body string) string {
	t.Helper()
	got, err := h.say(h.there, "camp1.test", request(method, target, host, head, body))
	if got == "" {
		t.Errorf("%s %s: %v", method, target, err)
	}
	return dateless(got)
}

// refused brings, over TLS and signed in both forms, what they would send, and
// gets neither a certificate nor a byte.
func (h *hood) refused(t *testing.T) {
	t.Helper()
	for _, form := range []string{"new", "old"} {
		made := h.bea.do("raw", map[string]any{"url": "https://camp1.test/ap/ana/inbox", "form": form, "dry": true, "body": map[string]any{
			"@context": "https://www.w3.org/ns/activitystreams", "id": "https://peer1.test/x/" + form, "type": "Like", "actor": h.bea.actor, "object": h.mine,
		}})
		ask := request(http.MethodPost, "/ap/ana/inbox", "camp1.test", made["headers"].(map[string]any), made["body"].(string))
		if got, err := h.say(h.there, "camp1.test", ask); err == nil || got != "" {
			t.Errorf("firewall: signed in the %s form they get %q", form, got)
		}
	}
}

func (h *hood) firewalled(t *testing.T) {
	t.Helper()
	h.decide("firewall")
	ask := request("GET", "/", "camp1.test", nil, "")
	h.until("the door closes to them", func() bool { got, err := h.say(h.there, "camp1.test", ask); return err != nil && got == "" })
	h.there.uncount()
	h.byThird()
	if !h.led() {
		t.Error("firewall: no redirect led there that could be refused")
	}
	for range 20 {
		h.zero(t)
	}
	h.refused(t)
	h.shut("firewall")
	h.came("firewall")
	for _, name := range []string{"data", "large"} {
		if n := h.there.counted(name); n != 0 {
			t.Errorf("firewall: %d packets (%s) with bytes in them went to the server", n, name)
		}
	}
	for _, st := range h.ana.list("/api/v1/timelines/home?limit=40") {
		if text := strings.ReplaceAll(fmt.Sprint(st["content"]), "files.test/to/peer1.test", ""); strings.Contains(text, fmt.Sprintf("third %d", h.n)) && strings.Contains(text, "peer1.test") {
			t.Errorf("firewall: a post names the server: %s", text)
		}
	}
	if _, err := h.say(h.spots["peer2.test"], "camp1.test", ask); err != nil {
		t.Errorf("others are closed out too: %v", err)
	}
}

// zero connects as they do, says hello, and gets not a byte.
func (h *hood) zero(t *testing.T) {
	t.Helper()
	c, err := h.there.dial(t.Context(), "tcp", h.address("camp1.test")+":443")
	if err != nil {
		return // closed before it was open
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(patience))
	_, _ = c.Write([]byte("\x16\x03\x01"))
	if got, err := io.ReadAll(c); len(got) != 0 {
		t.Errorf("firewall: %q came back, %v", got, err)
	}
}
