package node

import (
	"net/http"
	"net/netip"
	"strconv"
	"time"

	"camp/node/ration"
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
)

// meters count what each address asked for. Safe for concurrent use.
type meters struct {
	now           func() time.Time
	pages, places *ration.Ration[netip.Prefix] // of one address; of all beside it
	names         *ration.Ration[netip.Prefix]
}

func newMeters(now func() time.Time) *meters {
	return &meters{
		now: now, pages: ration.New[netip.Prefix](pagesMinute/60., pagesBurst), places: ration.New[netip.Prefix](placeSecond, placeBurst),
		names: ration.New[netip.Prefix](namesSecond, namesBurst),
	}
}

// page reports whether an address may have one page more.
func (m *meters) page(from netip.Addr) bool {
	now := m.now()
	return m.pages.Take(exact(from), now) && m.places.Take(around(from), now)
}

// mayAsk reports whether page would say yes; it counts nothing.
func (m *meters) mayAsk(from netip.Addr) bool {
	now := m.now()
	return m.pages.Has(exact(from), now) && m.places.Has(around(from), now)
}

// name reports whether an address may look one name more up.
func (m *meters) name(from netip.Addr) bool { return m.names.Take(exact(from), m.now()) }

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
