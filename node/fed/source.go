package fed

import "net/netip"

// sourceOf gives whom the address of a request stands for: a single one, or the
// network that one household has (IPv6). "" where there is none to tell.
func sourceOf(addr string) string {
	at, err := netip.ParseAddrPort(addr)
	if err != nil {
		return ""
	}
	ip, bits := at.Addr().Unmap().WithZone(""), 32
	if ip.Is6() {
		bits = 64
	}
	p, err := ip.Prefix(bits)
	if err != nil {
		return ""
	}
	return p.String()
}
