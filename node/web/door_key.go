package web

import (
	"net/http"
	"net/netip"

	"camp/node/camp"
)

// The camp may have two tunnel keys for some time (tunnel.md 3.9). Whoever comes
// by the one before is told the new one, and their program comes over.

// from is the inner address by which a request came.
func (c *call) from() netip.Addr {
	at, err := netip.ParseAddrPort(c.r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return at.Addr().Unmap().WithZone("")
}

// next is the key that somebody is to come by; nil where they do, or where they
// are to come no more.
func (c *call) next(v camp.Visitor) *camp.TunnelKey {
	if c.d.o.Ways.Next == nil || v.Peer.Principal != camp.PrincipalDevice && v.Peer.Principal != camp.PrincipalWaiting {
		return nil
	}
	return c.d.o.Ways.Next(c.from())
}

// paths is GET /v1/paths: by which key the camp is to be found, and where.
func (c *call) paths() error {
	c.send(http.StatusOK, c.d.o.Ways.Key())
	return nil
}

// known names the keys of the devices that the person has for whom an invite is:
// a program that was here by one of them comes back in its place.
func (c *call) known() (tags []string, err error) {
	list, err := c.d.o.People.Devices(c.ctx(), c.actor(), c.who.Member.Name)
	for _, d := range list {
		tags = append(tags, camp.DeviceTag(d.Key[:]))
	}
	return tags, err
}
