package node

import (
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"sync"
	"testing"
	"time"
)

func TestSource(t *testing.T) {
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	for name, row := range map[string]struct {
		remote    string
		forwarded []string
		behind    []netip.Prefix
		want      string // "" for none
	}{
		"nobody is believed":       {"9.9.9.9:1", []string{"8.8.8.8"}, nil, "9.9.9.9"},
		"not from elsewhere":       {"9.9.9.9:1", []string{"8.8.8.8"}, proxies, "9.9.9.9"},
		"the proxy is believed":    {"10.0.0.1:1", []string{"8.8.8.8"}, proxies, "8.8.8.8"},
		"what it was told is not":  {"10.0.0.1:1", []string{"1.1.1.1, 8.8.8.8"}, proxies, "8.8.8.8"},
		"in two lines":             {"10.0.0.1:1", []string{"1.1.1.1", "8.8.8.8"}, proxies, "8.8.8.8"},
		"through two proxies":      {"10.0.0.1:1", []string{"8.8.8.8, 10.9.9.9"}, proxies, "8.8.8.8"},
		"mapped":                   {"[::ffff:10.0.0.1]:1", []string{"::ffff:8.8.8.8"}, proxies, "8.8.8.8"},
		"by IPv6":                  {"[fd00::1]:1", []string{"2001:db8::7"}, proxies, "2001:db8::7"},
		"the proxy asks itself":    {"10.0.0.1:1", []string{"10.0.0.7"}, proxies, "10.0.0.1"},
		"it names nobody":          {"10.0.0.1:1", nil, proxies, "10.0.0.1"},
		"it names nonsense":        {"10.0.0.1:1", []string{"8.8.8.8, unknown"}, proxies, "10.0.0.1"},
		"nonsense before it":       {"10.0.0.1:1", []string{"unknown, 8.8.8.8"}, proxies, "8.8.8.8"},
		"no address at the socket": {"pipe", nil, proxies, ""},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = row.remote
		r.Header["X-Forwarded-For"] = row.forwarded
		got, ok := source(r, row.behind)
		if ok != (row.want != "") || ok && got.String() != row.want {
			t.Errorf("%s: %s, %v, want %q", name, got, ok, row.want)
		}
	}
}

// visitors is a listener to which the test's own addresses connect.
type visitors struct {
	conns chan net.Conn
	once  sync.Once
	ended chan struct{}
}

func newVisitors() *visitors {
	return &visitors{conns: make(chan net.Conn), ended: make(chan struct{})}
}

func (v *visitors) Accept() (net.Conn, error) {
	select {
	case c := <-v.conns:
		return c, nil
	case <-v.ended:
		return nil, net.ErrClosed
	}
}

func (v *visitors) Close() error   { v.once.Do(func() { close(v.ended) }); return nil }
func (v *visitors) Addr() net.Addr { return &net.TCPAddr{} }

// visit connects from an address.
func (v *visitors) visit(from string) net.Conn {
	ours, theirs := net.Pipe()
	v.conns <- &visitor{Conn: theirs, from: net.TCPAddrFromAddrPort(netip.AddrPortFrom(netip.MustParseAddr(from), 4711))}
	return ours
}

type visitor struct {
	net.Conn
	from net.Addr
}

func (c *visitor) RemoteAddr() net.Addr { return c.from }

func newPublic(rates bool, behind ...netip.Prefix) *public {
	n := &Node{opt: Options{Log: slog.New(slog.DiscardHandler), NoRate: !rates}}
	return &public{n: n, behind: behind, each: maxPerSource, open: map[netip.Addr]int{}, asking: map[netip.Addr]int{}}
}

// One source has so many connections and no more; others are not kept out by
// it, and a place that was left is free again.
func TestConnectionsPerSource(t *testing.T) {
	p, v := newPublic(true), newVisitors()
	l := &outer{Listener: v, p: p}
	taken := make(chan net.Conn, 1024)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				close(taken)
				return
			}
			taken <- c
		}
	}()
	refused := func(from string) bool {
		c := v.visit(from)
		_ = c.SetReadDeadline(time.Now().Add(5 * time.Second)) // only where it was let in is there anything to wait for
		_, err := c.Read(make([]byte, 1))
		return err == io.EOF
	}
	for range maxPerSource {
		v.visit("9.9.9.9")
		v.visit("2001:db8:1:2::" + "7")
	}
	if !refused("9.9.9.9") || !refused("2001:db8:1:2:ffff::1") {
		t.Error("one more of the same household is let in")
	}
	v.visit("9.9.9.8")
	v.visit("2001:db8:1:3::7")
	var first net.Conn
	for range 2*maxPerSource + 2 {
		c := <-taken
		if at := c.RemoteAddr().String(); first == nil && at == "9.9.9.9:4711" {
			first = c
		}
	}
	_ = first.Close()
	_ = first.Close() // twice is once
	v.visit("9.9.9.9")
	<-taken
	if !refused("9.9.9.9") {
		t.Error("a place was left twice")
	}
	p.n.paused.Store(true)
	if !refused("9.9.9.7") {
		t.Error("a connection is taken while the camp is paused")
	}
	_ = v.Close()
	for range taken {
	}
	lab := newPublic(false)
	for i := range 10 * maxPerSource {
		if !lab.enter(netip.MustParseAddr("9.9.9.9")) {
			t.Fatalf("a lab without rates is cut off after %d", i)
		}
	}
}

// Behind a proxy connections are the proxy's, and requests are counted by whom
// it names.
func TestRequestsPerForwardedSource(t *testing.T) {
	p := newPublic(true, netip.MustParsePrefix("10.0.0.0/8"))
	hold, inside := make(chan struct{}), make(chan struct{})
	p.next = http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			inside <- struct{}{}
			<-hold
		}
	})
	ask := func(path, forwarded string) int {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.RemoteAddr = "10.0.0.1:4711"
		r.Header.Set("X-Forwarded-For", forwarded)
		w := httptest.NewRecorder()
		p.ServeHTTP(w, r)
		return w.Code
	}
	var all sync.WaitGroup
	for range maxPerSource {
		all.Go(func() { ask("/slow", "9.9.9.9") })
		<-inside
	}
	for name, row := range map[string]struct {
		forwarded string
		want      int
	}{
		"one more": {"9.9.9.9", http.StatusTooManyRequests}, "one more that lies about where it began": {"8.8.8.8, 9.9.9.9", http.StatusTooManyRequests},
		"another": {"9.9.9.8", http.StatusOK}, "nobody": {"", http.StatusOK},
	} {
		if got := ask("/", row.forwarded); got != row.want {
			t.Errorf("%s: %d, want %d", name, got, row.want)
		}
	}
	close(hold)
	all.Wait()
	if got := ask("/", "9.9.9.9"); got != http.StatusOK || len(p.asking) != 0 || p.asked != 0 {
		t.Errorf("afterwards: %d, still counted %v", got, p.asking)
	}
	if _, ok := p.admit(&visitor{from: &net.TCPAddr{IP: net.ParseIP("9.9.9.9"), Port: 1}}); ok {
		t.Error("somebody who is not the proxy is let in")
	}
}

// One connection of HTTP/2 carries many requests: those that are answered at the
// same time are bounded, of one source and of all.
func TestRequestsAtTheSameTime(t *testing.T) {
	p := newPublic(true)
	hold, inside := make(chan struct{}), make(chan struct{})
	p.next = http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			inside <- struct{}{}
			<-hold
		}
	})
	ask := func(path, from string) int {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.RemoteAddr = net.JoinHostPort(from, "4711")
		w := httptest.NewRecorder()
		p.ServeHTTP(w, r)
		return w.Code
	}
	var all sync.WaitGroup
	for n := range maxAsked {
		if n == maxPerSource {
			if got := ask("/", "9.9.9.0"); got != http.StatusTooManyRequests {
				t.Errorf("one more of the same: %d", got)
			}
			if got := ask("/", "9.9.9.200"); got != http.StatusOK {
				t.Errorf("one of somebody else: %d", got)
			}
		}
		all.Go(func() { ask("/slow", netip.AddrFrom4([4]byte{9, 9, 9, byte(n / maxPerSource)}).String()) })
		<-inside
	}
	if got := ask("/", "9.9.9.200"); got != http.StatusTooManyRequests {
		t.Errorf("one more than all: %d", got)
	}
	close(hold)
	all.Wait()
	if got := ask("/", "9.9.9.0"); got != http.StatusOK || len(p.asking) != 0 || p.asked != 0 {
		t.Errorf("afterwards: %d, still counted %v", got, p.asking)
	}
}

// A camp without a name serves nobody in the wider world.
func TestASilentNodeServesNobody(t *testing.T) {
	n := &Node{opt: Options{Log: slog.New(slog.DiscardHandler)}}
	l := newVisitors()
	if err := n.ServePublic(t.Context(), nil, l); err == nil {
		t.Error("it does")
	}
	if _, err := l.Accept(); err == nil {
		t.Error("the listener is open")
	}
}
