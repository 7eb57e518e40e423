package reach

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"time"

	natpmp "github.com/jackpal/go-nat-pmp"
)

// natPMP asks by NAT-PMP (RFC 6886) at the gateway. It answers at once or never.
type natPMP struct{}

// Result codes (RFC 6886 §3.5).
const (
	pmpRefused = 2
	pmpNetwork = 3 // the router has no address of its own
)

func (natPMP) Find(context.Context) (opener, error) {
	return func(_ context.Context, a asking) (mapping, error) {
		for _, gw := range gateways() {
			got, err := mapPMP(natpmp.NewClientWithTimeout(net.IP(gw.AsSlice()), askTime), a)
			if err != errNone { //nolint:errorlint // our own sentinel, not wrapped
				return got, err
			}
		}
		return mapping{}, errNone
	}, nil
}

// pmp is the part of the library's client that is used.
type pmp interface {
	GetExternalAddress() (*natpmp.GetExternalAddressResult, error)
	AddPortMapping(protocol string, internalPort, requestedExternalPort, lifetime int) (*natpmp.AddPortMappingResult, error)
}

func mapPMP(c pmp, a asking) (mapping, error) {
	ext, err := c.GetExternalAddress()
	if err != nil {
		switch code(err) {
		case pmpNetwork:
			return mapping{}, errShared
		case pmpRefused:
			return mapping{}, errRefused
		}
		return mapping{}, errNone
	}
	addr := netip.AddrFrom4(ext.ExternalIPAddress)
	if !Public(addr) {
		return mapping{}, errShared
	}
	proto := "udp"
	if a.tcp {
		proto = "tcp"
	}
	res, err := c.AddPortMapping(proto, int(a.inner), int(a.wish), int(a.lease/time.Second))
	if err != nil || res.MappedExternalPort == 0 {
		return mapping{}, errRefused
	}
	m := mapping{how: "nat-pmp", outer: netip.AddrPortFrom(addr, res.MappedExternalPort)}
	m.close = func(context.Context) error {
		if _, err := c.AddPortMapping(proto, int(a.inner), 0, 0); err != nil { // RFC 6886 §3.4
			return fmt.Errorf("give back: %w", err)
		}
		return nil
	}
	if a.exact && res.MappedExternalPort != a.wish { // RFC 6886 §3.3: another one, where that is taken
		_, _ = c.AddPortMapping(proto, int(a.inner), 0, 0)
		return mapping{}, errTaken
	}
	return m, nil
}

// code reads the result code out of the library's error, 0 for none: it has no
// other form than "Non-zero result code: N".
func code(err error) (n int) {
	if _, bad := fmt.Sscanf(err.Error(), "Non-zero result code: %d", &n); bad != nil {
		return 0
	}
	return n
}
