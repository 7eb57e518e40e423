package border

import (
	"net/netip"
	"time"

	"camp/node/camp"
)

// What closes and what does not is decided here, without a clock or a resolver of
// its own (community.md 4.3).

// Bounds of what is remembered of addresses.
const (
	addressKept   = 30 * 24 * time.Hour // after it was last seen
	mostEach      = 64                  // addresses of one server
	mostAddresses = 20_000
	mostNames     = 3 // known servers that one address may serve before it is a shared one
)

// shared4 is the space that providers share among customers (RFC 6598).
var shared4 = netip.MustParsePrefix("100.64.0.0/10")

// closable reports whether an address may be closed at all: not one of this
// machine or its networks, nor any that is not of the wide net. A lab's networks
// count as the wide net.
func closable(a netip.Addr, lab, never []netip.Prefix) bool {
	for _, p := range never {
		if p.Contains(a) {
			return false
		}
	}
	for _, p := range lab {
		if p.Contains(a) {
			return true
		}
	}
	return a.IsGlobalUnicast() && !a.IsPrivate() && !shared4.Contains(a)
}

// keyOf is what stands for an address: IPv4 itself, IPv6 its network of 64 bits.
// The zero Prefix is no address.
func keyOf(a netip.Addr) netip.Prefix {
	a = a.Unmap().WithZone("")
	if !a.IsValid() {
		return netip.Prefix{}
	}
	bits := 32
	if a.Is6() {
		bits = 64
	}
	p, err := a.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return p
}

// book holds the addresses at which servers were seen, and when last.
type book map[camp.Domain]map[netip.Prefix]time.Time

// put notes that a server was seen at an address; it gives false where nothing
// new can be kept.
func (b book) put(d camp.Domain, k netip.Prefix, at time.Time) bool {
	each := b[d]
	if each == nil {
		if b.size() >= mostAddresses {
			return false
		}
		each = map[netip.Prefix]time.Time{}
		b[d] = each
	}
	if _, known := each[k]; !known {
		if len(each) >= mostEach {
			var oldest netip.Prefix
			for o, seen := range each {
				if !oldest.IsValid() || seen.Before(each[oldest]) {
					oldest = o
				}
			}
			delete(each, oldest)
		} else if b.size() >= mostAddresses {
			return false
		}
	}
	if at.After(each[k]) {
		each[k] = at
	}
	return true
}

func (b book) size() (n int) {
	for _, each := range b {
		n += len(each)
	}
	return n
}

// forget drops what was not seen for thirty days.
func (b book) forget(now time.Time) {
	for d, each := range b {
		for k, seen := range each {
			if now.Sub(seen) > addressKept {
				delete(each, k)
			}
		}
		if len(each) == 0 {
			delete(b, d)
		}
	}
}

// shutters says what is closed, and which servers that are to find nobody here
// have an address that others share, so that it stays open.
type shutters struct {
	closed map[netip.Prefix]bool
	shared map[camp.Domain]bool
}

// shutters makes them of the book: the addresses of servers that firewalled says,
// but none that another server has too, or that serves many.
func (b book) shutters(firewalled func(camp.Domain) bool, may func(netip.Addr) bool) *shutters {
	names, open := map[netip.Prefix]int{}, map[netip.Prefix]bool{}
	for d, each := range b {
		for k := range each {
			names[k]++
			if !firewalled(d) {
				open[k] = true
			}
		}
	}
	s := &shutters{closed: map[netip.Prefix]bool{}, shared: map[camp.Domain]bool{}}
	for d, each := range b {
		if !firewalled(d) {
			continue
		}
		for k := range each {
			switch {
			case open[k] || names[k] > mostNames:
				s.shared[d] = true
			case may(k.Addr()):
				s.closed[k] = true
			}
		}
	}
	return s
}
