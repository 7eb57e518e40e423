package reach

import (
	"encoding/binary"
	"encoding/hex"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
)

// maxRoutes bounds how much of a table of routes is looked at, in lines.
const maxRoutes = 512

// gateways gives the routers of this computer's networks: what the system
// calls its default route, where it tells; else the first address of each home
// network, which is where routers usually are.
func gateways() []netip.Addr {
	if raw, err := os.ReadFile("/proc/net/route"); err == nil {
		if list := parseRoutes(string(raw)); len(list) > 0 {
			return list
		}
		return nil // the system told that there is none
	}
	var list []netip.Addr
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		return nil
	}
	for _, a := range addrs {
		p, err := netip.ParsePrefix(a.String())
		if err != nil || !p.Addr().Is4() || !p.Addr().IsPrivate() || p.Bits() > 30 {
			continue
		}
		if gw := p.Masked().Addr().Next(); !slices.Contains(list, gw) && gw != p.Addr() {
			list = append(list, gw)
		}
	}
	return list[:min(len(list), 4)]
}

// parseRoutes reads the default routes of /proc/net/route: addresses stand there
// in hex, in the byte order of the machine, which is little-endian on all that we
// build for.
func parseRoutes(text string) []netip.Addr {
	var list []netip.Addr
	for i, line := range strings.Split(text, "\n") {
		f := strings.Fields(line)
		if i == 0 || i > maxRoutes || len(f) < 8 || f[1] != "00000000" || f[7] != "00000000" {
			continue
		}
		raw, err := hex.DecodeString(f[2])
		if err != nil || len(raw) != 4 {
			continue
		}
		var b [4]byte
		binary.BigEndian.PutUint32(b[:], binary.LittleEndian.Uint32(raw))
		if a := netip.AddrFrom4(b); !a.IsUnspecified() && !slices.Contains(list, a) {
			list = append(list, a)
		}
	}
	return list
}
