package node

import (
	"net/http"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// What strangers may ask for at the public door (reliability.md 9). What other
// servers bring has limits of its own, by who signed it.
const (
	pagesMinute = 60 // of one address
	pagesBurst  = 60
	placeSecond = 10 // of a /24, or of a /56 of IPv6
	placeBurst  = 120
	namesSecond = 1 // WebFinger, of one address
	namesBurst  = 20
	mostMeters  = 8192
)

// meters count what each address asked for. Safe for concurrent use.
type meters struct {
	now func() time.Time

	mu    sync.Mutex // guards what follows
	pages map[netip.Prefix]*rate.Limiter
	names map[netip.Prefix]*rate.Limiter
}

func newMeters(now func() time.Time) *meters {
	return &meters{now: now, pages: map[netip.Prefix]*rate.Limiter{}, names: map[netip.Prefix]*rate.Limiter{}}
}

// page reports whether an address may have one page more.
func (m *meters) page(from netip.Addr) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	one := m.meter(m.pages, exact(from), pagesMinute/60., pagesBurst)
	all := m.meter(m.pages, around(from), placeSecond, placeBurst)
	return one.AllowN(now, 1) && all.AllowN(now, 1)
}

// mayAsk reports whether page would say yes; it counts nothing.
func (m *meters) mayAsk(from netip.Addr) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	for _, of := range []netip.Prefix{exact(from), around(from)} {
		if l, known := m.pages[of]; known && l.TokensAt(now) < 1 {
			return false
		}
	}
	return true
}

// name reports whether an address may look one name more up.
func (m *meters) name(from netip.Addr) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.meter(m.names, exact(from), namesSecond, namesBurst).AllowN(m.now(), 1)
}

// meter finds or makes one. Where there are too many, those that stand at the
// full go, else all; the caller has the mutex.
func (m *meters) meter(list map[netip.Prefix]*rate.Limiter, of netip.Prefix, perSecond rate.Limit, burst int) *rate.Limiter {
	l, ok := list[of]
	if ok {
		return l
	}
	if len(list) >= mostMeters {
		now := m.now()
		for k, l := range list {
			if l.TokensAt(now) >= float64(l.Burst()) {
				delete(list, k)
			}
		}
		if len(list) >= mostMeters {
			clear(list)
		}
	}
	l = rate.NewLimiter(perSecond, burst)
	list[of] = l
	return l
}

// exact is one address of IPv4, or the /64 that one household has of IPv6.
func exact(a netip.Addr) netip.Prefix { return cutOff(a, 32, 64) }

// around is what lies beside it.
func around(a netip.Addr) netip.Prefix { return cutOff(a, 24, 56) }

func cutOff(a netip.Addr, four, six int) netip.Prefix {
	a = a.Unmap().WithZone("")
	bits := six
	if a.Is4() {
		bits = four
	}
	p, err := a.Prefix(bits)
	if err != nil { // no address at all: they share one meter
		return netip.Prefix{}
	}
	return p
}

// tooFast answers somebody who asks too often.
func tooFast(w http.ResponseWriter, seconds int) {
	h := w.Header()
	h.Set("Retry-After", strconv.Itoa(seconds))
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusTooManyRequests)
}
