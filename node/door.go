package node

import (
	"net"
	"net/netip"
)

// door is a listener that strangers reach. Whoever is to find nobody here is
// closed at accept: without a byte, without TLS, so that no certificate names the
// camp (community.md 4.3). Behind a proxy or relay, whose address is then all that
// is seen, it closes nobody.
type door struct {
	net.Listener
	closed func(netip.Addr) bool
}

// newDoor puts a door before a listener; closed is border.Addresses.Closed.
func newDoor(l net.Listener, closed func(netip.Addr) bool) net.Listener {
	return &door{Listener: l, closed: closed}
}

// Accept waits for a connection of somebody who may come in.
func (d *door) Accept() (net.Conn, error) {
	for {
		c, err := d.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if at, err := netip.ParseAddrPort(c.RemoteAddr().String()); err == nil && d.closed(at.Addr()) {
			_ = c.Close()
			continue
		}
		return c, nil
	}
}
