package outside

import "net/netip"

// What the whole internet can reach, judged by allow: an IPv4 address outside
// the special blocks, an IPv6 address of global unicast outside them. Sources:
// the IANA registries of special-purpose addresses.
var (
	special4 = prefixes(
		"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
		"192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
	)
	global6   = netip.MustParsePrefix("2000::/3")
	special6  = prefixes("2001::/23", "2001:db8::/32", "3fff::/20") // Teredo lies in the first
	nat64     = netip.MustParsePrefix("64:ff9b::/96")               // RFC 6052 §2.1
	sixToFour = netip.MustParsePrefix("2002::/16")                  // RFC 3056
)

func prefixes(list ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(list))
	for i, s := range list {
		out[i] = netip.MustParsePrefix(s)
	}
	return out
}

// public reports whether an address belongs to the whole internet. An IPv6
// address that carries an IPv4 one is as public as that: the other end of a
// translator may be this very network. Those that nobody serves from any more
// (IPv4-compatible, Teredo) and those whose meaning is up to the network
// (64:ff9b:1::/48) are not.
func public(a netip.Addr) bool {
	if !a.IsValid() || a.Zone() != "" {
		return false
	}
	a = a.Unmap()
	if a.Is4() {
		return !within(a, special4)
	}
	b := a.As16()
	switch {
	case nat64.Contains(a):
		return public(netip.AddrFrom4([4]byte(b[12:])))
	case !global6.Contains(a) || within(a, special6):
		return false
	case sixToFour.Contains(a) && !public(netip.AddrFrom4([4]byte(b[2:6]))):
		return false
	case b[8]&^0x02 == 0 && b[9] == 0 && b[10] == 0x5e && b[11] == 0xfe: // ISATAP, RFC 5214 §6.1
		return public(netip.AddrFrom4([4]byte(b[12:])))
	}
	return true
}

func within(a netip.Addr, list []netip.Prefix) bool {
	for _, p := range list {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// judge says whether an address may be reached: it is public or of a lab's
// network, and neither this machine nor, by IPv6, a neighbour on its network. A
// home's printer and router have public IPv6 addresses too.
func judge(a netip.Addr, nets []netip.Prefix, own []netip.Addr) bool {
	if !a.IsValid() || a.Zone() != "" {
		return false
	}
	a = a.Unmap()
	lab := within(a, nets)
	if !lab && !public(a) {
		return false
	}
	for _, o := range own {
		o = o.WithZone("").Unmap()
		if o == a || carried(a) == o {
			return false
		}
		if !lab && a.Is6() && o.Is6() && global6.Contains(o) && netip.PrefixFrom(o, 64).Contains(a) {
			return false
		}
	}
	return true
}

// carried gives the IPv4 address within an IPv6 one, the zero Addr for none.
func carried(a netip.Addr) netip.Addr {
	if !a.Is6() {
		return netip.Addr{}
	}
	b := a.As16()
	switch {
	case nat64.Contains(a), b[8]&^0x02 == 0 && b[9] == 0 && b[10] == 0x5e && b[11] == 0xfe:
		return netip.AddrFrom4([4]byte(b[12:]))
	case sixToFour.Contains(a):
		return netip.AddrFrom4([4]byte(b[2:6]))
	}
	return netip.Addr{}
}
