//go:build netns

package main_test

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// lasting is for how long a test goes on: what the environment says, for a long
// run, or as long as it takes in every run.
func lasting(t *testing.T, name string, usual time.Duration) time.Duration {
	t.Helper()
	v := os.Getenv(name)
	if v == "" {
		return usual
	}
	d, err := time.ParseDuration(v)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return d
}

// watch counts packets in a space: those of a hook that fit a rule, by name.
func (s *space) watch(hook string, rules map[string]string) {
	s.t.Helper()
	s.run("nft", "add table inet watch")
	s.run("nft", "add chain inet watch seen { type filter hook "+hook+" priority 0 ; }")
	for name, rule := range rules {
		s.run("nft", "add counter inet watch "+name)
		s.run("nft", "add rule inet watch seen "+rule+" counter name "+name)
	}
}

var packetsOf = regexp.MustCompile(`packets (\d+)`)

func (s *space) counted(name string) int {
	s.t.Helper()
	out := s.run("nft", "list counter inet watch "+name)
	m := packetsOf.FindStringSubmatch(out)
	if m == nil {
		s.t.Fatalf("no counter: %s", out)
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}

// uncount sets the counters back.
func (s *space) uncount() {
	s.t.Helper()
	s.run("nft", "reset counters table inet watch")
}

// A camp without a name of its own is silent: no way in for other servers at any
// of its listeners, and not one packet of it leaves, whatever members do.
func TestLabSilentCamp(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "camp1.test", "peer1.test")
	s, other := w.spots["camp1.test"], w.spots["peer1.test"]
	// Whatever it looked up or called would have a way out: questions about names
	// and packets to anywhere go to the other.
	if err := os.WriteFile(filepath.Join("/etc/netns", s.ns, "resolv.conf"), []byte("nameserver 10.77.0.12\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	s.run("ip", "route", "add", "default", "via", "10.77.0.12")
	// What the kernel says by itself about its addresses is not the camp's.
	kernel := "icmpv6 type { nd-router-solicit, nd-neighbor-solicit, nd-neighbor-advert, mld-listener-report, mld2-listener-report } accept"
	s.run("nft", "add table inet watch")
	s.run("nft", "add counter inet watch out")
	s.run("nft", "add chain inet watch seen { type filter hook output priority 0 ; }")
	for _, rule := range []string{"oifname lo accept", kernel, "counter name out"} {
		s.run("nft", "add rule inet watch seen "+rule)
	}
	r := s.camp(filepath.Join(t.TempDir(), "data"), "serve", "--name", "Quiet", "--host-user", "ana", "--lan", "off")
	c := &camped{running: r, w: w, name: "camp1.test", web: r.line("ready", true)["web"].(string), token: r.ctl("token", "ana")["token"].(string)}
	c.http = &http.Client{Timeout: patience, Transport: &http.Transport{DialContext: s.dial, DisableKeepAlives: true}}

	noWayIn(t, c)
	end := time.Now().Add(lasting(t, "CAMP_SILENT", time.Minute))
	for n := 0; n == 0 || time.Now().Before(end); n++ {
		liveQuietly(t, c, n)
		time.Sleep(min(5*time.Second, max(0, time.Until(end)))) // what is only tried later leaves later
	}
	if n := s.counted("out"); n != 0 {
		t.Errorf("%d packets left a camp that has no name", n)
	}
	// The count counts: a question about a name is seen.
	if out, err := s.command("getent", "hosts", "elsewhere.example").CombinedOutput(); err == nil {
		t.Fatalf("a name was found: %s", out)
	}
	if s.counted("out") == 0 {
		t.Errorf("the counter does not count; %s has %v", s.ns, other.ns)
	}
}

// liveQuietly is what a member does, with every word that could make a program call out.
func liveQuietly(t *testing.T, c *camped, n int) {
	t.Helper()
	for _, form := range []url.Values{
		{"status": {"round " + strconv.Itoa(n) + ": good morning @bea@peer1.test, see https://peer1.test/page"}, "visibility": {"public"}},
		{"status": {"for @bea@peer1.test alone https://peer1.test/u/bea"}, "visibility": {"direct"}},
		{"status": {"to those who follow me https://elsewhere.example/picture.png"}, "visibility": {"private"}},
		{"status": {"in the camp https://peer1.test/u/bea/n/1"}, "visibility": {"public"}, "local_only": {"true"}},
	} {
		c.ask("POST", "/api/v1/statuses", form) // refused or not: nothing leaves
	}
	for _, q := range []string{"@bea@peer1.test", "https://peer1.test/u/bea", "https://elsewhere.example/@x", "bea@elsewhere.example"} {
		if status, v := c.ask("GET", "/api/v2/search?resolve=true&q="+url.QueryEscape(q), nil); status == http.StatusOK {
			if found := v.(map[string]any)["accounts"].([]any); len(found) > 0 {
				t.Errorf("%s was found by a camp that has no name", q)
			}
		}
	}
	me := c.signIn()
	me.write("on a page: @bea@peer1.test https://peer1.test/page")
	for _, at := range []string{"/", "/@bea@peer1.test", "/search?q=" + url.QueryEscape("@bea@peer1.test"), "/elsewhere?q=" + url.QueryEscape("https://peer1.test/u/bea")} {
		if _, _, err := me.try("GET", at, nil); err != nil {
			t.Fatal(err)
		}
	}
}

// fedRoutes are the ways by which servers talk with each other.
var fedRoutes = []struct{ method, path string }{
	{"GET", "/.well-known/webfinger?resource=acct:ana@camp1.test"},
	{"GET", "/.well-known/webfinger?resource=acct:ana@127.0.0.1"},
	{"GET", "/.well-known/host-meta"},
	{"GET", "/.well-known/host-meta.json"},
	{"GET", "/.well-known/nodeinfo"},
	{"GET", "/nodeinfo/2.0"},
	{"GET", "/nodeinfo/2.1"},
	{"GET", "/ap/ana"},
	{"GET", "/ap/-"},
	{"GET", "/ap/ana/outbox"},
	{"GET", "/ap/ana/followers"},
	{"POST", "/ap/inbox"},
	{"POST", "/ap/-/inbox"},
	{"POST", "/ap/ana/inbox"},
	{"POST", "/inbox"},
	{"POST", "/users/ana/inbox"},
	{"GET", "/users/ana"},
	{"GET", "/actor"},
}

// noWayIn asks at every listener of the camp for what other servers ask for. Each
// answer is the one for a way that never was.
func noWayIn(t *testing.T, c *camped) {
	t.Helper()
	var places []string
	for _, line := range strings.Split(strings.TrimSpace(c.s.run("ss", "-Htln")), "\n") {
		if f := strings.Fields(line); len(f) > 3 {
			places = append(places, f[3])
			if !strings.HasPrefix(f[3], "127.") && !strings.HasPrefix(f[3], "[::1]") {
				t.Errorf("a camp without a name listens at %s", f[3])
			}
		}
	}
	if len(places) == 0 {
		t.Fatal("the camp listens nowhere")
	}
	for _, place := range places {
		for _, host := range []string{place, "camp1.test"} {
			for _, r := range fedRoutes {
				status, kind := c.knock(t, place, host, r.method, r.path)
				never, neverKind := c.knock(t, place, host, r.method, "/never/was")
				if status != never || kind != neverKind || strings.Contains(kind, "activity") || strings.Contains(kind, "jrd") {
					t.Errorf("%s %s at %s as %s: %d %s, want what a way that never was gives: %d %s", r.method, r.path, place, host, status, kind, never, neverKind)
				}
			}
		}
	}
}

func (c *camped) knock(t *testing.T, place, host, method, path string) (status int, kind string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, "http://"+place+path, strings.NewReader(""))
	if err != nil {
		t.Fatal(err)
	}
	r.Host = host
	r.Header.Set("Accept", "application/activity+json, application/jrd+json")
	r.Header.Set("Content-Type", "application/activity+json")
	res, err := (&http.Client{Transport: c.http.Transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(r)
	if err != nil {
		return 0, "" // closed without a word
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, res.Body)
	return res.StatusCode, res.Header.Get("Content-Type")
}
