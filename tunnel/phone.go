package tunnel

import (
	"encoding/base64"
	"net/netip"
	"strings"
)

// Phone is what a stock WireGuard app needs to reach one camp and nothing else.
type Phone struct {
	Private   [32]byte
	Preshared [32]byte // zero for none
	Inner     []netip.Addr
	CampKey   [32]byte
	Camp      []netip.Addr   // the camp's own inner addresses: all that goes through the tunnel
	Endpoint  netip.AddrPort // the one way to the camp
}

// String hides the keys.
func (Phone) String() string { return "[phone]" }

// GoString hides the keys from %#v.
func (Phone) GoString() string { return "[phone]" }

// Config writes the configuration file of WireGuard (wg-quick(8), wg(8)). There
// is no DNS line, so that the phone's own names keep working.
func (p Phone) Config() string {
	var b strings.Builder
	line := func(parts ...string) { b.WriteString(strings.Join(parts, "") + "\n") }
	key := func(k [32]byte) string { return base64.StdEncoding.EncodeToString(k[:]) }
	line("[Interface]")
	line("PrivateKey = ", key(p.Private))
	line("Address = ", single(p.Inner))
	line("MTU = 1280")
	line("")
	line("[Peer]")
	line("PublicKey = ", key(p.CampKey))
	if p.Preshared != ([32]byte{}) {
		line("PresharedKey = ", key(p.Preshared))
	}
	line("AllowedIPs = ", single(p.Camp))
	line("Endpoint = ", p.Endpoint.String())
	line("PersistentKeepalive = 25")
	return b.String()
}

// OnlySix is the same phone without IPv4 inside the tunnel: mobile networks and
// other tunnels use the range of those addresses, too (tunnel.md 3.2).
func (p Phone) OnlySix() Phone {
	six := func(all []netip.Addr) (list []netip.Addr) {
		for _, a := range all {
			if a.Is6() {
				list = append(list, a)
			}
		}
		return list
	}
	p.Inner, p.Camp = six(p.Inner), six(p.Camp)
	return p
}

// single writes addresses as routes to one address each.
func single(addrs []netip.Addr) string {
	var all []string
	for _, a := range addrs {
		if a.IsValid() {
			all = append(all, netip.PrefixFrom(a, a.BitLen()).String())
		}
	}
	return strings.Join(all, ", ")
}
