package tunnel

import (
	"fmt"
	"net/netip"
	"sync/atomic"

	"golang.zx2c4.com/wireguard/conn"
)

// Fan is a bind that sends each first handshake message to every address where
// the other side may be. WireGuard itself keeps one endpoint for a peer and
// drops a second first message within five seconds, so trying one address after
// another would be slow; the first answer that proves itself sets the endpoint.
// It is for a device with one peer.
type Fan struct {
	conn.Bind
	others atomic.Pointer[[]conn.Endpoint]
}

// NewFan wraps a bind (nil: an ordinary UDP socket).
func NewFan(b conn.Bind) *Fan {
	if b == nil {
		b = newBind()
	}
	return &Fan{Bind: b}
}

// Try sets the addresses to try, at most 32; the next first message goes to
// all of them. An empty list leaves the peer's endpoint alone.
func (f *Fan) Try(candidates []netip.AddrPort) error {
	list := make([]conn.Endpoint, 0, len(candidates))
	for _, c := range candidates[:min(len(candidates), maxCandidates)] {
		e, err := f.ParseEndpoint(netip.AddrPortFrom(c.Addr().Unmap(), c.Port()).String())
		if err != nil {
			return fmt.Errorf("candidate address: %w", err)
		}
		list = append(list, e)
	}
	f.others.Store(&list)
	return nil
}

const maxCandidates = 32

// First handshake message: type 1, 148 bytes (WireGuard paper §5.4.2).
const (
	initiationType = 1
	initiationSize = 148
)

// Send sends to the endpoint and, where it is a first handshake message, to
// every other candidate. A candidate that cannot be reached is no error.
func (f *Fan) Send(bufs [][]byte, to conn.Endpoint) error {
	err := f.Bind.Send(bufs, to)
	others := f.others.Load()
	if others == nil || len(bufs) != 1 || len(bufs[0]) != initiationSize || bufs[0][0] != initiationType {
		return err
	}
	for _, o := range *others {
		if o.DstToString() == to.DstToString() {
			continue
		}
		if f.Bind.Send(bufs, o) == nil {
			err = nil
		}
	}
	return err
}
