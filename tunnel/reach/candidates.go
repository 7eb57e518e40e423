// Package reach finds the ways by which a camp at home can be reached: the
// addresses of this computer, and a door in the router (NAT-PMP, RFC 6886; UPnP
// Internet Gateway Device 1 and 2). What a router says is a stranger's word:
// bounded, judged, and believed only about itself.
package reach

import (
	"net"
	"net/netip"
	"slices"
)

// MaxWays is how many ways a code holds at most.
const MaxWays = 8

// Local gives the addresses of this computer at which others may find it:
// private IPv4 and IPv6 first, then global IPv6, then global IPv4. Loopback,
// link-local and ranges of tunnels (100.64.0.0/10) are left out.
func Local() []netip.Addr {
	faces, err := net.Interfaces()
	if err != nil {
		return nil
	}
	var all []netip.Addr
	for _, f := range faces {
		if f.Flags&net.FlagUp == 0 || f.Flags&net.FlagLoopback != 0 {
			continue
		}
		addrs, err := f.Addrs()
		if err != nil {
			continue
		}
		for _, a := range addrs {
			if p, err := netip.ParsePrefix(a.String()); err == nil {
				all = append(all, p.Addr().Unmap().WithZone(""))
			}
		}
	}
	return sorted(all)
}

var shared = netip.MustParsePrefix("100.64.0.0/10") // RFC 6598

// sorted keeps what others can reach, in the order in which it is best tried.
func sorted(all []netip.Addr) []netip.Addr {
	var list []netip.Addr
	for _, a := range all {
		if a.IsGlobalUnicast() && !shared.Contains(a) && !slices.Contains(list, a) {
			list = append(list, a)
		}
	}
	slices.SortStableFunc(list, func(a, b netip.Addr) int { return rank(a) - rank(b) })
	return list
}

func rank(a netip.Addr) int {
	switch {
	case a.Is4() && a.IsPrivate():
		return 0
	case a.IsPrivate():
		return 1
	case a.Is6():
		return 2
	}
	return 3
}

// Ways gives the ways into a tunnel that listens at outer, at most MaxWays:
// the one address where it listens on one, else those of this computer, which
// local gives, and the router's door, if there is one.
func Ways(outer netip.AddrPort, door netip.AddrPort, local func() []netip.Addr) []netip.AddrPort {
	var ways []netip.AddrPort
	if a := outer.Addr(); a.IsValid() && !a.IsUnspecified() {
		ways = append(ways, outer)
	} else {
		for _, a := range local() {
			ways = append(ways, netip.AddrPortFrom(a, outer.Port()))
		}
	}
	if door.IsValid() {
		ways = append(ways[:min(len(ways), MaxWays-1)], door)
	}
	return ways[:min(len(ways), MaxWays)]
}

// Public reports whether an address that a router calls its own is one that the
// world can reach.
func Public(a netip.Addr) bool {
	a = a.Unmap()
	if !a.IsGlobalUnicast() || a.IsPrivate() {
		return false
	}
	for _, p := range notPublic {
		if p.Contains(a) {
			return false
		}
	}
	return true
}

// notPublic are ranges that only look global (RFC 6598, 6890, 5737, 2544, 1112).
var notPublic = []netip.Prefix{
	shared, netip.MustParsePrefix("192.0.0.0/24"), netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("198.51.100.0/24"), netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("240.0.0.0/4"), netip.MustParsePrefix("0.0.0.0/8"),
}
