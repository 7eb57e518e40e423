//go:build netns

package main_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

const (
	hostileRate = 500       // requests each second
	hostileMost = 200 << 20 // bytes of memory that the program may take meanwhile
)

// storm is hostile traffic at the public door of a camp, of every kind at once.
type storm struct {
	w    *world
	from []*space
	http []*http.Client // one for each place

	sent, answered, failed atomic.Int64
	mu                     sync.Mutex // guards kinds
	kinds                  map[int]int
}

func (w *world) storm(names ...string) *storm {
	s := &storm{w: w, kinds: map[int]int{}}
	at := w.address("camp1.test") + ":443"
	for _, name := range names {
		from := w.spots[name]
		s.from = append(s.from, from)
		s.http = append(s.http, &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{
			DialContext:     func(ctx context.Context, network, _ string) (net.Conn, error) { return from.dial(ctx, network, at) },
			TLSClientConfig: &tls.Config{RootCAs: w.roots()}, MaxConnsPerHost: 40, MaxIdleConnsPerHost: 40,
		}})
	}
	return s
}

// blow sends at the rate, from as many hands as it takes, until the time is over.
func (s *storm) blow(ctx context.Context, seed uint64) {
	const hands = 100
	turns := make(chan uint64, hands)
	var all sync.WaitGroup
	for range hands {
		all.Go(func() {
			for n := range turns {
				s.one(ctx, rand.New(rand.NewPCG(seed, n)))
			}
		})
	}
	for _, from := range s.from {
		all.Go(func() { s.slow(ctx, from) })
	}
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for n := uint64(0); ; {
		select {
		case <-ctx.Done():
			close(turns)
			all.Wait()
			return
		case <-tick.C:
		}
		for range hostileRate / 100 {
			n++
			select {
			case turns <- n:
			default: // all hands are full: the door is what holds them
			}
		}
	}
}

// slow holds connections open and sends a byte now and then.
func (s *storm) slow(ctx context.Context, from *space) {
	var open []net.Conn
	defer func() {
		for _, c := range open {
			_ = c.Close()
		}
	}()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if len(open) < 20 {
			if c, err := from.dial(ctx, "tcp", s.w.address("camp1.test")+":443"); err == nil {
				t := tls.Client(c, &tls.Config{RootCAs: s.w.roots(), ServerName: "camp1.test"})
				_ = t.SetDeadline(time.Now().Add(time.Minute))
				if t.HandshakeContext(ctx) != nil {
					_ = c.Close()
					continue
				}
				_, _ = t.Write([]byte("POST /ap/ana/inbox HTTP/1.1\r\nHost: camp1.test\r\nContent-Type: application/activity+json\r\nContent-Length: 1000000\r\n\r\n{"))
				open = append(open, t)
			}
		}
		for _, c := range open {
			_, _ = c.Write([]byte(" "))
		}
	}
}

// one is one request of a kind drawn at random.
func (s *storm) one(ctx context.Context, r *rand.Rand) {
	const base = "https://camp1.test"
	word := strconv.FormatUint(r.Uint64(), 36)
	head := http.Header{"Content-Type": {"application/activity+json"}, "Accept": {"application/activity+json"}}
	method, at, body := http.MethodPost, base+"/ap/ana/inbox", `{"type":"Like","id":"https://x.example/`+word+`","actor":"https://x.example/u/`+word+`","object":"`+base+`/ap/ana"}`
	sign := func(key string) {
		head.Set("Date", time.Now().UTC().Format(http.TimeFormat))
		head.Set("Digest", "SHA-256="+strings.Repeat("A", 43)+"=")
		head.Set("Signature", `keyId="`+key+`",algorithm="rsa-sha256",headers="(request-target) host date digest",signature="`+strings.Repeat("A", 342)+`=="`)
	}
	switch r.IntN(10) {
	case 0: // not signed
	case 1: // by somebody's real key
		sign("https://peer1.test/u/bea#main-key")
	case 2: // by keys that lead to places that are not, never the same
		sign("https://" + word + ".peer1.test/u#key")
	case 3:
		body = `{"content":"` + strings.Repeat("x", 2<<20) + `"}`
	case 4:
		body = strings.Repeat(`{"a":[`, 20_000)
	case 5:
		method, at = http.MethodGet, base+"/"+word+"/"+word
	case 6:
		method, at = http.MethodGet, base+"/.well-known/webfinger?resource="+url.QueryEscape("acct:"+word+"@camp1.test")
	case 7:
		method, at = http.MethodGet, base+"/ap/"+word
	case 8:
		method, at = http.MethodGet, base+"/@ana?"+word
	case 9:
		method, at = http.MethodGet, base+"/api/v1/timelines/home?limit="+word
		head.Set("Authorization", "Bearer "+word)
	}
	var send io.Reader
	if method == http.MethodPost {
		send = strings.NewReader(body)
	}
	q, err := http.NewRequestWithContext(ctx, method, at, send)
	if err != nil {
		return
	}
	q.Header = head
	s.sent.Add(1)
	res, err := s.http[r.IntN(len(s.http))].Do(q)
	if err != nil {
		s.failed.Add(1) // closed unread, as is anybody's right
		return
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 1<<20))
	s.answered.Add(1)
	s.mu.Lock()
	s.kinds[res.StatusCode]++
	s.mu.Unlock()
}

// memory is what the program of a folder takes now, in bytes; 0 when it is gone.
func (r *running) memory(t *testing.T) int64 {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(r.pid(t)), "status"))
	if err != nil {
		return 0
	}
	for line := range strings.SplitSeq(string(raw), "\n") {
		if f := strings.Fields(line); len(f) == 3 && f[0] == "VmRSS:" {
			n, err := strconv.ParseInt(f[1], 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			return n << 10
		}
	}
	return 0
}

// pid is that of the program: `ip netns exec` becomes it.
func (r *running) pid(t *testing.T) int {
	t.Helper()
	return r.cmd.Process.Pid
}

// While strangers send whatever they can think of, members are served, memory
// stays bounded, also by the system where it can be told to, and what a real server brings gets in.
func TestLabHostile(t *testing.T) {
	w := newWorld(t, "camp1.test", "peer1.test", "storm1.test", "storm2.test", "storm3.test", "storm4.test")
	limit, limited := w.spots["camp1.test"].allow(hostileCap)
	ana := w.serveLimited("camp1.test", "ana")
	bea := w.peer("peer1.test")
	ana.follow("@bea@peer1.test")
	ana.post("what members read", "public", nil)
	me := ana.signIn()
	quiet := ana.memory(t)
	if quiet == 0 {
		t.Fatal("the program's memory cannot be read")
	}

	ctx, stop := context.WithTimeout(t.Context(), lasting(t, "CAMP_HOSTILE", 10*time.Second))
	defer stop()
	s := w.storm("storm1.test", "storm2.test", "storm3.test", "storm4.test")
	var over sync.WaitGroup
	over.Go(func() { s.blow(ctx, 7) })
	var took []time.Duration
	var most int64
	w.until("it storms", func() bool { return s.sent.Load() > hostileRate })
	bea.do("post", map[string]any{"text": "<p>through the storm</p>"})
	arrived := false
	for ctx.Err() == nil {
		began := time.Now()
		status, page, err := me.try("GET", "/", nil)
		if err != nil || status != http.StatusOK || !strings.Contains(page, "what members read") {
			t.Fatalf("a member's page: %d, %v", status, err)
		}
		took = append(took, time.Since(began))
		most = max(most, ana.memory(t))
		arrived = arrived || strings.Contains(fmt.Sprint(ana.list("/api/v1/timelines/home?limit=5")), "through the storm")
	}
	over.Wait()

	s.table(t, took, quiet, most)
	if limited {
		limit.held(t, ana.running)
	} else {
		t.Log("this machine lets nobody set a limit of memory")
	}
	if most > hostileMost {
		t.Errorf("the program took %d MiB", most>>20)
	}
	if now := ana.memory(t); now == 0 || now > hostileMost {
		t.Errorf("afterwards it takes %d MiB", now>>20)
	}
	for status := range s.kinds {
		if status < 300 && status != http.StatusOK || status >= 500 {
			t.Errorf("hostile requests were answered with %d, %d times", status, s.kinds[status])
		}
	}
	if s.answered.Load() == 0 {
		t.Error("not one was answered: it was no storm")
	}
	if !arrived {
		t.Error("what a real server brought did not get in meanwhile")
	}
	ana.post("after the storm", "public", nil)
	bea.do("post", map[string]any{"text": "<p>good to hear from you</p>"})
	ana.seen("good to hear from you")
	got, err := w.say(w.spots["peer1.test"], "camp1.test", request("GET", "/.well-known/nodeinfo", "camp1.test", nil, ""))
	if err != nil || !strings.HasPrefix(got, "HTTP/1.1 200") {
		t.Errorf("afterwards others get %.100q, %v", got, err)
	}
}

// table prints what was seen as rows for the page of figures (.ci/soak puts them
// there); times are told and never judged.
func (s *storm) table(t *testing.T, took []time.Duration, quiet, most int64) {
	t.Helper()
	slices.Sort(took)
	ms := func(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000) }
	part := func(n int) string { return ms(took[min(len(took)*n/100, len(took)-1)]) }
	for _, row := range [][3]string{
		{"requests sent, of them answered; closed unread", fmt.Sprintf("%d, %d; %d", s.sent.Load(), s.answered.Load(), s.failed.Load()), ""},
		{fmt.Sprintf("a member's page, asked for %d times meanwhile: p50, p95, slowest", len(took)), part(50) + ", " + part(95) + ", " + ms(took[len(took)-1]), "p95 500 ms"},
		{"memory before, at most", fmt.Sprintf("%d MiB, %d MiB", quiet>>20, most>>20), fmt.Sprintf("%d MiB (the test fails above)", hostileMost>>20)},
	} {
		t.Logf("| %s | %s | %s |", row[0], row[1], row[2])
	}
	t.Logf("answers by status: %v", s.kinds)
}

// serveLimited is serve with the limits on what others may ask for.
func (w *world) serveLimited(name, host string) *camped {
	w.t.Helper()
	s := w.spots[name]
	c := &camped{w: w, name: name, running: s.camp(filepath.Join(w.t.TempDir(), "data"),
		"serve", "--name", "Camp "+host, "--host-user", host, "--domain", name, "--https", "0.0.0.0:443", "--tls-cert", w.file(name+".pem"),
		"--tls-key", w.file(name+".key"), "--lab-ca", w.file("ca.pem"), "--lab-allow-net", labNet)}
	c.web = c.line("ready", true)["web"].(string)
	c.token = c.ctl("token", host)["token"].(string)
	c.http = &http.Client{Timeout: 40 * time.Second, Transport: &http.Transport{DialContext: s.dial, DisableKeepAlives: true}}
	return c
}

// A server that is off gets later what was written meanwhile, and the host sees
// what waits and why.
func TestLabWaitsForOffline(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "camp1.test", "peer1.test")
	ana := w.serve("camp1.test", "ana")
	bea := w.peer("peer1.test")
	bea.do("follow", map[string]any{"who": "@ana@camp1.test"})
	ana.notice("follow", "bea@peer1.test")
	me := ana.signIn()
	waits := func() string { return me.do("GET", "/waiting-to-go", nil) }
	ana.until("nothing waits", func() bool { return !strings.Contains(waits(), "peer1.test") })

	there := w.spots["peer1.test"]
	there.run("ip", "link", "set", "eth0", "down")
	mark := bea.mark()
	_, uri := ana.post("nobody is there now", "public", nil)
	ana.until("the host sees what waits and why", func() bool {
		page := waits()
		return strings.Contains(page, "peer1.test") && (strings.Contains(page, "It cannot be reached") || strings.Contains(page, "It did not answer in time"))
	})
	ana.post("nor now", "public", nil)

	there.run("ip", "link", "set", "eth0", "up")
	bea.do("raw", map[string]any{"url": "https://camp1.test/ap/ana/inbox", "body": map[string]any{ // a sign of life
		"@context": "https://www.w3.org/ns/activitystreams", "id": "https://peer1.test/life/1", "type": "Like", "actor": bea.actor, "object": uri,
	}})
	for _, text := range []string{"nobody is there now", "nor now"} {
		bea.act(mark, "Create", text)
		if n := bea.count(mark, func(e map[string]any) bool {
			return e["type"] == "Create" && strings.Contains(fmt.Sprint(e["json"]), text)
		}); n != 1 {
			t.Errorf("%q arrived %d times", text, n)
		}
	}
	ana.until("nothing waits any more", func() bool { return !strings.Contains(waits(), "peer1.test") })
}
