package node

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"

	"camp/node/seats"
)

// maxPerSource is how many connections one source has at the public door
// (reliability.md 9), and how many requests at the same time: one connection of
// HTTP/2 carries many. maxAsked is how many of all sources are answered at once.
const (
	maxPerSource = 64
	maxAsked     = 1024
)

// Secure gives a listener whose connections speak TLS once they have found a
// place: what is turned away costs no handshake, and is shown no certificate.
func Secure(l net.Listener, cfg *tls.Config) net.Listener { return &secured{Listener: l, cfg: cfg} }

type secured struct {
	net.Listener
	cfg *tls.Config
}

// beneath wraps a listener, below TLS where it speaks it.
func beneath(l net.Listener, wrap func(net.Listener) net.Listener) net.Listener {
	if s, ok := l.(*secured); ok {
		return &secured{Listener: wrap(s.Listener), cfg: s.cfg}
	}
	return wrap(l)
}

// ServePublic is Serve for the listeners that strangers reach. behind are the
// networks of a proxy: where any is named, nobody from elsewhere is let in, and
// their X-Forwarded-For is believed; without them nobody's is.
func (n *Node) ServePublic(ctx context.Context, behind []netip.Prefix, listeners ...net.Listener) error {
	if n.front == nil {
		for _, l := range listeners {
			_ = l.Close()
		}
		return errSilent
	}
	most := placesOf(n.opt.Handles)
	p := &public{n: n, behind: behind, each: min(maxPerSource, most/2), open: map[netip.Addr]int{}, asking: map[netip.Addr]int{}, next: n.front.behind(behind)}
	all := make([]net.Listener, 0, len(listeners))
	for _, l := range listeners {
		all = append(all, beneath(l, func(raw net.Listener) net.Listener {
			if len(behind) == 0 {
				raw = newDoor(raw, n.front.addresses.Closed)
			}
			return &outer{Listener: raw, p: p}
		}))
	}
	return n.serve(ctx, p, func() {}, seats.New(most), all)
}

// public is what stands between strangers and the front: who may connect, and
// how often at a time.
type public struct {
	n      *Node
	behind []netip.Prefix
	next   http.Handler
	each   int // connections of one source

	mu     sync.Mutex // guards what follows
	open   map[netip.Addr]int
	asking map[netip.Addr]int
	asked  int
}

// ServeHTTP answers one request. While the camp is paused it is as if the
// computer were off.
func (p *public) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if p.n.paused.Load() {
		closeUnread()
	}
	from, ok := source(r, p.behind)
	if !ok || !p.ask(from) {
		tooFast(w, 1)
		return
	}
	defer p.answered(from)
	if r.ProtoMajor > 1 {
		w = impatient{w}
	}
	p.next.ServeHTTP(w, r)
}

// admit reports whether a connection is taken, and what ends its counting.
func (p *public) admit(c net.Conn) (leave func(), ok bool) {
	at, err := netip.ParseAddrPort(c.RemoteAddr().String())
	if err != nil || p.n.paused.Load() {
		return nil, false
	}
	from := at.Addr().Unmap().WithZone("")
	if len(p.behind) > 0 {
		return func() {}, within(from, p.behind)
	}
	if !p.enter(from) {
		return nil, false
	}
	return func() { p.leave(from) }, true
}

// enter counts a source in, where it has a place left.
func (p *public) enter(from netip.Addr) bool {
	from = household(from)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.open[from] >= p.each && !p.n.opt.NoRate {
		return false
	}
	p.open[from]++
	return true
}

func (p *public) leave(from netip.Addr) {
	from = household(from)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.open[from]--; p.open[from] <= 0 {
		delete(p.open, from)
	}
}

// ask counts a request in, where there is room for one more at the same time.
func (p *public) ask(from netip.Addr) bool {
	from = household(from)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.asked >= maxAsked || p.asking[from] >= maxPerSource && !p.n.opt.NoRate {
		return false
	}
	p.asked++
	p.asking[from]++
	return true
}

func (p *public) answered(from netip.Addr) {
	from = household(from)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked--
	if p.asking[from]--; p.asking[from] <= 0 {
		delete(p.asking, from)
	}
}

// household gives what counts as one source: an IPv4 address, or the /64 that
// one household has of IPv6.
func household(a netip.Addr) netip.Addr { return exact(a).Addr() }

// outer is a listener at the public door.
type outer struct {
	net.Listener
	p *public
}

// Accept waits for a connection that is let in; others are closed unread.
func (l *outer) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if leave, ok := l.p.admit(c); ok {
			return &placed{Conn: c, leave: leave}, nil
		}
		_ = c.Close()
	}
}

// maxForwarded bounds how many stations of a request are looked at.
const maxForwarded = 32

// source gives the address that a request came from. Behind a proxy that is the
// last station in X-Forwarded-For that is none of the proxy's own, and the proxy
// itself where it names none. ok is false where the connection has no address.
func source(r *http.Request, behind []netip.Prefix) (from netip.Addr, ok bool) {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}, false
	}
	from = at.Addr().Unmap().WithZone("")
	if !within(from, behind) {
		return from, true
	}
	stations := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(stations) - 1; i >= max(0, len(stations)-maxForwarded); i-- {
		a, err := netip.ParseAddr(strings.TrimSpace(stations[i]))
		if err != nil {
			break
		}
		if a = a.Unmap().WithZone(""); !within(a, behind) {
			return a, true
		}
	}
	return from, true
}

func within(a netip.Addr, list []netip.Prefix) bool {
	for _, p := range list {
		if p.Contains(a) {
			return true
		}
	}
	return false
}
