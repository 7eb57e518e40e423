package outside

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"camp/node/camp"
)

const activity = "application/activity+json"

var both = []string{activity, `application/ld+json; profile="https://www.w3.org/ns/activitystreams"`}

func wantKind(t *testing.T, err error, kind Kind) {
	t.Helper()
	if KindOf(err) != kind {
		t.Errorf("got %v, want the kind %q", err, kind)
	}
}

func TestFetch(t *testing.T) {
	l := newLab(t)
	at := l.serve("far.example", func(w http.ResponseWriter, r *http.Request) {
		if r.Host != "far.example:"+port(r) || r.TLS.ServerName != "far.example" || r.ProtoMajor != 2 {
			t.Errorf("host %q, name %q, %s", r.Host, r.TLS.ServerName, r.Proto)
		}
		if r.Header.Get("User-Agent") != "Camp/1 (+https://camp.example/)" || r.Header.Get("Accept") != strings.Join(both, ", ") || r.Header.Get("Signature") != "GET /u/a%2Fb?x=%3A" {
			t.Errorf("headers %v", r.Header)
		}
		w.Header().Set("Content-Type", activity+"; charset=utf-8")
		w.Header().Set("Date", noon.Add(90*time.Second).Format(http.TimeFormat))
		_, _ = io.WriteString(w, `{"id":"x"}`)
	})
	c := l.client()
	a, err := c.Do(t.Context(), Request{URL: at + "/u/a%2Fb?x=%3A#key", Types: both, Sign: func(r *http.Request) error {
		r.Header.Set("Signature", r.Method+" "+r.URL.RequestURI())
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	if a.Status != 200 || string(a.Body) != `{"id":"x"}` || a.URL != at+"/u/a%2Fb?x=%3A" || !a.Date.Equal(noon.Add(90*time.Second)) {
		t.Errorf("%+v", a)
	}
	if ahead, n := c.Skew(); ahead != 90*time.Second || n != 1 {
		t.Errorf("skew %v of %d", ahead, n)
	}
}

func port(r *http.Request) string {
	_, p, _ := net.SplitHostPort(r.Context().Value(http.LocalAddrContextKey).(net.Addr).String())
	return p
}

func TestDeliver(t *testing.T) {
	l := newLab(t)
	var away atomic.Int32
	at := l.serve("far.example", func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/moved":
			http.Redirect(w, r, "/inbox", http.StatusPermanentRedirect)
		case "/inbox":
			away.Add(1)
			b, _ := io.ReadAll(r.Body)
			if string(b) != "letter" || r.ContentLength != 6 || r.Header.Get("Content-Type") != activity || len(r.Header["Idempotency-Key"]) != 0 {
				t.Errorf("%q %v", b, r.Header)
			}
			w.WriteHeader(http.StatusAccepted)
			_, _ = io.WriteString(w, "thank you")
		}
	})
	c := l.client()
	letter := Request{Method: http.MethodPost, URL: at + "/inbox", Body: []byte("letter"), Header: http.Header{"Content-Type": {activity}}}
	a, err := c.Do(t.Context(), letter)
	if err != nil || a.Status != 202 || len(a.Body) != 0 {
		t.Errorf("%+v %v", a, err)
	}
	letter.URL = at + "/moved"
	a, err = c.Do(t.Context(), letter)
	if err != nil || a.Status != 308 || away.Load() != 1 {
		t.Errorf("a letter followed a redirect: %+v %v", a, err)
	}
}

// CVE-2026-29178, GHSA-p9cg-vqcc-grcx, CVE-2026-50131, CVE-2024-52579: each
// redirect is judged like the first address, and signed anew.
func TestRedirects(t *testing.T) {
	l := newLab(t)
	var inside atomic.Int32
	evil := l.serve("evil.example", func(http.ResponseWriter, *http.Request) { inside.Add(1) })
	router := l.serve("router.example", func(http.ResponseWriter, *http.Request) { inside.Add(1) })
	l.point("router.example", "192.168.1.1")
	l.block("evil.example")
	var signed []string
	end := l.serve("end.example", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", activity)
		_, _ = io.WriteString(w, r.Header.Get("Signature"))
	})
	at := l.serve("far.example", func(w http.ResponseWriter, r *http.Request) {
		to := map[string]string{
			"/1": "/2", "/2": "3", "/3": end + "/x", "/0": "/1", "/evil": evil + "/x", "/router": router + "/x", "/http": "http://far.example/", "/literal": "https://127.0.0.2/",
			"/metadata": "https://169.254.169.254/latest", "/file": "file:///etc/passwd", "/user": "https://a:b@end.example/", "/short": "//" + strings.TrimPrefix(end, "https://") + "/y",
			"/two": "https://end.example%2f@evil.example/", "/port": "https://end.example:22/", "/loop": "/loop", "/local": "https://printer.local/",
		}[r.URL.Path]
		w.Header().Set("Location", to)
		w.WriteHeader(http.StatusFound)
	})
	c := l.client()
	get := func(path string, hops int) (Answer, error) {
		signed = nil
		return c.Do(t.Context(), Request{URL: at + path, Hops: hops, Sign: func(r *http.Request) error {
			if r.Header.Get("Signature") != "" {
				t.Error("the signature of another request goes along")
			}
			signed = append(signed, r.URL.Host+r.URL.Path)
			r.Header.Set("Signature", r.URL.Hostname()+r.URL.Path)
			return nil
		}})
	}
	a, err := get("/1", 0)
	if err != nil || string(a.Body) != "end.example/x" || a.URL != end+"/x" || len(signed) != 4 {
		t.Errorf("%+v %v %v", a, err, signed)
	}
	if a, err := get("/short", 1); err != nil || a.URL != end+"/y" {
		t.Errorf("%+v %v", a, err)
	}
	for path, kind := range map[string]Kind{
		"/0": Hops, "/loop": Hops, "/evil": Blocked, "/router": Address, "/http": Rule, "/literal": Rule, "/metadata": Rule, "/file": Rule, "/user": Rule,
		"/two": Rule, "/port": Rule, "/local": Rule, "/empty": Broken,
	} {
		_, err := get(path, 0)
		if KindOf(err) != kind {
			t.Errorf("%s: %v, want %s", path, err, kind)
		}
	}
	_, err = get("/1", -1)
	wantKind(t, err, Hops)
	if inside.Load() != 0 {
		t.Error("a redirect led inside")
	}
}

// CVE-2023-42450, CVE-2026-62857, GHSA-f59r-8gcj-68f2: a name that leads inside,
// for fetches and for letters.
func TestInnerNetworkFetch(t *testing.T) {
	l := newLab(t)
	var reached atomic.Int32
	at := l.serve("far.example", func(http.ResponseWriter, *http.Request) { reached.Add(1) })
	good := l.names["far.example"][0].String()
	c := l.client()
	for _, addrs := range [][]string{
		{"10.0.0.1"}, {"169.254.169.254"}, {"::1"}, {"::ffff:192.168.0.1"}, {"fd00::1"}, {"0.0.0.0"}, {"::"}, {"127.0.0.1"}, // the last is this machine
		{good, "10.0.0.1"}, {"10.0.0.1", good}, {"64:ff9b::a00:1"}, {"100.64.0.1"},
	} {
		l.point("far.example", addrs...)
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost} {
			_, err := c.Do(t.Context(), Request{Method: method, URL: at})
			wantKind(t, err, Address)
		}
	}
	if reached.Load() != 0 {
		t.Error("somebody was reached")
	}
}

// A name that is good when judged and bad a moment later: what was judged is
// dialled, and the name is not looked up again.
func TestRebinding(t *testing.T) {
	l := newLab(t)
	at := l.serve("far.example", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	good := l.names["far.example"]
	l.opts.Lookup = func(ctx context.Context, host string) ([]netip.Addr, error) {
		if _, err := l.lookup(ctx, host); err != nil {
			return nil, err
		}
		l.point("far.example", "10.0.0.1")
		return good, nil
	}
	c := l.client()
	for range 3 {
		if _, err := c.Do(t.Context(), Request{URL: at}); err != nil {
			t.Fatal(err)
		}
	}
	if l.lookups() != 1 {
		t.Errorf("looked up %d times for one connection", l.lookups())
	}
	c.Drop()
	l.opts.Lookup = nil
	if _, err := c.Do(t.Context(), Request{URL: at}); err != nil || l.lookups() != 2 {
		t.Errorf("%v, %d look-ups", err, l.lookups())
	}
}

// The second judgement, at the moment of connecting, stands by itself.
func TestJudgedAgainAtTheLastMoment(t *testing.T) {
	l := newLab(t)
	at := l.serve("far.example", func(http.ResponseWriter, *http.Request) { t.Error("reached") })
	there := l.names["far.example"][0]
	asked := 0
	l.opts.Own = func() []netip.Addr {
		if asked++; asked == 1 {
			return nil
		}
		return []netip.Addr{there} // this machine was given the address meanwhile
	}
	_, err := l.client().Do(t.Context(), Request{URL: at})
	wantKind(t, err, Address)
}

func TestTheBorderIsAskedFirst(t *testing.T) {
	l := newLab(t)
	at := l.serve("far.example", func(http.ResponseWriter, *http.Request) { t.Error("reached") })
	l.block("far.example")
	c := l.client()
	for _, url := range []string{at, strings.Replace(at, "far", "FAR", 1), strings.Replace(at, "far", "ｆａｒ", 1)} {
		_, err := c.Do(t.Context(), Request{URL: url})
		wantKind(t, err, Blocked)
	}
	if l.lookups() != 0 {
		t.Error("the resolver heard of a blocked server")
	}
	l.alias["other.example"] = "CDN.evil.example."
	l.block("cdn.evil.example")
	l.point("other.example", "127.0.0.2")
	_, err := c.Do(t.Context(), Request{URL: "https://other.example/"})
	wantKind(t, err, Blocked)
}

// What may be asked of a server for one thing alone is asked at each redirect too.
func TestOneRequestsOwnBorder(t *testing.T) {
	l := newLab(t)
	shy := l.serve("shy.example", func(http.ResponseWriter, *http.Request) { t.Error("reached") })
	at := l.serve("far.example", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", shy+"/x")
		w.WriteHeader(http.StatusFound)
	})
	var asked []camp.Domain
	may := func(d camp.Domain) error {
		if asked = append(asked, d); d == "shy.example" {
			return errors.New("not for this")
		}
		return nil
	}
	for _, url := range []string{shy, at} {
		_, err := l.client().Do(t.Context(), Request{URL: url, May: may})
		wantKind(t, err, Blocked)
	}
	if want := []camp.Domain{"shy.example", "far.example", "shy.example"}; !slices.Equal(asked, want) {
		t.Errorf("asked about %v, want %v", asked, want)
	}
}

func TestWhatFails(t *testing.T) {
	l := newLab(t)
	at := l.serve("far.example", func(http.ResponseWriter, *http.Request) {})
	where := l.names["far.example"][0].String()
	l.point("other.example", where)
	l.point("closed.example", "127.0.0.250")
	plain, addr, plainPort := l.listen()
	l.point("plain.example", addr)
	go func() {
		c, err := plain.Accept()
		if err == nil {
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\n")
			_ = c.Close()
		}
	}()
	ends := l.raw("ends.example", func(c net.Conn) { _, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf") })
	c := l.client()
	p := at[strings.LastIndex(at, ":"):]
	for url, kind := range map[string]Kind{
		"https://none.example/": DNS, "https://other.example" + p: TLS, "https://closed.example" + p: Connect,
		fmt.Sprintf("https://plain.example:%d/", plainPort): TLS, ends: Broken, "https://far.example:1/": Rule,
	} {
		_, err := c.Do(t.Context(), Request{URL: url})
		if KindOf(err) != kind {
			t.Errorf("%s: %v, want %s", url, err, kind)
		}
		if strings.Contains(fmt.Sprint(err), "secret") {
			t.Errorf("says too much: %v", err)
		}
	}
	_, err := c.Do(t.Context(), Request{URL: at, Method: http.MethodDelete})
	wantKind(t, err, Rule)
	_, err = c.Do(t.Context(), Request{URL: at, Sign: func(*http.Request) error { return errors.New("no key") }})
	wantKind(t, err, Unsigned)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = c.Do(ctx, Request{URL: at})
	wantKind(t, err, Stopped)
}

// CVE-2023-36461: the time is for all of it, however it is spent.
func TestSlowAnswers(t *testing.T) {
	l := newLab(t)
	drip := func(head string) func(net.Conn) {
		return func(c net.Conn) {
			for i := 0; ; i++ {
				b := []byte{'x'}
				if i < len(head) {
					b = []byte{head[i]}
				}
				if _, err := c.Write(b); err != nil {
					return
				}
				select {
				case <-t.Context().Done():
					return
				case <-time.After(5 * time.Millisecond):
				}
			}
		}
	}
	head := l.raw("head.example", drip("HTTP/1.1 200 OK\r\nX: "))
	l.raw("body.example", nil)
	bodyAt := l.raw("body.example", func(c net.Conn) {
		_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")
		drip("")(c)
	})
	silent := l.raw("silent.example", func(net.Conn) { <-t.Context().Done() })
	var hop string
	hop = l.serve("hop.example", func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-time.After(100 * time.Millisecond):
		case <-r.Context().Done():
		}
		http.Redirect(w, r, hop+"/x", http.StatusFound)
	})
	ln, addr, p := l.listen() // takes connections, never shakes hands
	l.point("mute.example", addr)
	defer ln.Close()
	c := l.client()
	for _, url := range []string{head, bodyAt, silent, hop, fmt.Sprintf("https://mute.example:%d/", p)} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			if method == http.MethodPost && (url == hop || url == bodyAt) {
				continue // its answer came
			}
			_, err := c.Do(t.Context(), Request{URL: url, Method: method, Time: 250 * time.Millisecond})
			if KindOf(err) != Timeout {
				t.Errorf("%s %s: %v", method, url, err)
			}
		}
	}
}

// GHSA-mc44-6cfg-2v6w: a little that unpacks to much.
func TestTooMuch(t *testing.T) {
	l := newLab(t)
	at := l.serve("far.example", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", activity)
		switch r.URL.Path {
		case "/bomb":
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			zeros := make([]byte, 1<<20)
			for range 64 {
				if _, err := z.Write(zeros); err != nil {
					return
				}
			}
			_ = z.Close()
		case "/packed":
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			_, _ = z.Write(make([]byte, 1000))
			_ = z.Close()
		case "/twice":
			w.Header().Set("Content-Encoding", "br")
			_, _ = w.Write(make([]byte, 10))
		case "/says":
			w.Header().Set("Content-Length", "1001")
			_, _ = w.Write(make([]byte, 1001))
		case "/exact":
			_, _ = w.Write(make([]byte, 1000))
		case "/endless":
			for {
				if _, err := w.Write(make([]byte, 1<<12)); err != nil {
					return
				}
			}
		case "/lines":
			for i := range 101 {
				w.Header().Set(fmt.Sprint("X-", i), "x")
			}
		case "/headers":
			w.Header().Set("X", strings.Repeat("x", 40<<10))
		}
	})
	c := l.client()
	for path, kind := range map[string]Kind{
		"/bomb": Big, "/says": Big, "/endless": Big, "/twice": Type, "/lines": Big, "/headers": Broken,
	} {
		_, err := c.Do(t.Context(), Request{URL: at + path, Most: 1000})
		if KindOf(err) != kind {
			t.Errorf("%s: %v, want %s", path, err, kind)
		}
	}
	for _, path := range []string{"/exact", "/packed"} {
		if a, err := c.Do(t.Context(), Request{URL: at + path, Most: 1000}); err != nil || len(a.Body) != 1000 {
			t.Errorf("%s: %d bytes, %v", path, len(a.Body), err)
		}
	}
	old := l.raw("old.example", func(c net.Conn) {
		_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nX: "+strings.Repeat("x", 40<<10)+"\r\n\r\n")
	})
	_, err := l.client().Do(t.Context(), Request{URL: old})
	wantKind(t, err, Broken)
}

func TestTypes(t *testing.T) {
	for _, c := range []struct {
		said []string
		want bool
	}{
		{[]string{"application/activity+json"}, true},
		{[]string{"Application/Activity+JSON; charset=utf-8"}, true},
		{[]string{`application/ld+json; profile="https://www.w3.org/ns/activitystreams"`}, true},
		{[]string{`application/ld+json; profile="https://other.example/ https://www.w3.org/ns/activitystreams"; charset=utf-8`}, true},
		{[]string{"application/ld+json"}, false},
		{[]string{`application/ld+json; profile="https://www.w3.org/ns/activitystreams.evil"`}, false},
		{[]string{"application/json"}, false},
		{[]string{"text/html"}, false},
		{[]string{"application/octet-stream"}, false}, // CVE-2024-25623: an upload
		{[]string{""}, false},
		{nil, false},
		{[]string{"application/activity+json", "text/html"}, false},
		{[]string{"text/html, application/activity+json"}, false},
	} {
		types, err := readTypes(both)
		if err != nil {
			t.Fatal(err)
		}
		if got := taken(c.said, types); got != c.want {
			t.Errorf("%q: %v", c.said, got)
		}
	}
	pictures, err := readTypes([]string{"image/*"})
	if err != nil || !taken([]string{"image/png"}, pictures) || taken([]string{"imagex/png"}, pictures) || taken([]string{"image"}, pictures) {
		t.Error("pictures", err)
	}
	if _, err := readTypes([]string{"///"}); KindOf(err) != Rule {
		t.Error(err)
	}
	l := newLab(t)
	at := l.serve("far.example", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(map[string]int{"/": 200, "/gone": 410}[r.URL.Path])
		_, _ = io.WriteString(w, "<p>")
	})
	c := l.client()
	_, err = c.Do(t.Context(), Request{URL: at + "/", Types: both})
	wantKind(t, err, Type)
	if a, err := c.Do(t.Context(), Request{URL: at + "/gone", Types: both}); err != nil || a.Status != 410 || a.Body != nil {
		t.Errorf("%+v %v", a, err)
	}
}

func TestMayOfNobody(t *testing.T) {
	l := newLab(t)
	at := l.serve("far.example", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	l.opts.May, l.opts.Alias = nil, nil
	if a, err := l.client().Do(t.Context(), Request{URL: at}); err != nil || a.Status != 204 {
		t.Errorf("%+v %v", a, err)
	}
}
