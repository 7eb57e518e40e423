package tunnel

import (
	"net"
	"net/netip"
	"sync"
	"sync/atomic"

	"camp/node/camp"
)

// table says who is behind which inner address. It is read for every packet and
// replaced as a whole.
type table struct {
	now     atomic.Pointer[map[netip.Addr]camp.Peer]
	leaving atomic.Pointer[map[netip.Addr]camp.Peer] // who may still acknowledge what was sent to them, and nothing else

	mu    sync.Mutex // guards conns
	conns map[netip.Addr]map[*tracked]struct{}
}

func newTable() *table {
	t := &table{conns: map[netip.Addr]map[*tracked]struct{}{}}
	t.now.Store(&map[netip.Addr]camp.Peer{})
	t.stay()
	return t
}

// part remembers whoever is in the table and not in next, until stay.
func (t *table) part(next map[netip.Addr]camp.Peer) {
	gone := map[netip.Addr]camp.Peer{}
	for a, p := range *t.now.Load() {
		if _, stays := next[a]; !stays {
			gone[a] = p
		}
	}
	t.leaving.Store(&gone)
}

// stay forgets whoever was leaving.
func (t *table) stay() { t.leaving.Store(&map[netip.Addr]camp.Peer{}) }

// parting reports whether the address is of somebody who is leaving just now.
func (t *table) parting(a netip.Addr) bool {
	_, ok := (*t.leaving.Load())[a.Unmap().WithZone("")]
	return ok
}

func (t *table) behind(a netip.Addr) (camp.Peer, bool) {
	p, ok := (*t.now.Load())[a.Unmap().WithZone("")]
	return p, ok
}

// set replaces the table and closes every connection from an address that is
// in it no more, or stands for another device or invite. A phone's configuration
// that became a member's device is the same device.
func (t *table) set(next map[netip.Addr]camp.Peer) {
	t.now.Store(&next)
	t.mu.Lock()
	var gone []*tracked
	for a, list := range t.conns {
		for c := range list {
			if p, ok := next[a]; !ok || p.Serial != c.serial || p.Serial == 0 && p.Invite != c.invite {
				gone = append(gone, c)
			}
		}
	}
	t.mu.Unlock()
	for _, c := range gone {
		_ = c.Close()
	}
}

// busy reports whether somebody has a connection open from the address.
func (t *table) busy(a netip.Addr) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.conns[a]) > 0
}

// gated accepts connections from addresses of the table alone.
type gated struct {
	net.Listener
	t *table
}

// Accept waits for a connection from somebody the table knows; others are
// closed unread.
func (g *gated) Accept() (net.Conn, error) {
	for {
		c, err := g.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if k := g.t.track(c); k != nil {
			return k, nil
		}
		_ = c.Close()
	}
}

// tracked is a connection that is closed when its peer loses the right.
type tracked struct {
	net.Conn
	t      *table
	from   netip.Addr
	serial uint64
	invite camp.InviteID
	once   sync.Once
	err    error
}

func (t *table) track(c net.Conn) *tracked {
	at, err := netip.ParseAddrPort(c.RemoteAddr().String())
	if err != nil {
		return nil
	}
	a := at.Addr().Unmap().WithZone("")
	t.mu.Lock()
	defer t.mu.Unlock()
	p, ok := t.behind(a) // under mu: set closes what was tracked before, and refuses what comes after
	if !ok {
		return nil
	}
	k := &tracked{Conn: c, t: t, from: a, serial: p.Serial, invite: p.Invite}
	if t.conns[a] == nil {
		t.conns[a] = map[*tracked]struct{}{}
	}
	t.conns[a][k] = struct{}{}
	return k
}

// Close closes the connection, once.
func (k *tracked) Close() error {
	k.once.Do(func() {
		k.t.mu.Lock()
		delete(k.t.conns[k.from], k)
		if len(k.t.conns[k.from]) == 0 {
			delete(k.t.conns, k.from)
		}
		k.t.mu.Unlock()
		k.err = k.Conn.Close()
	})
	return k.err
}
