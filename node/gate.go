package node

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"

	"camp/node/camp"
	"camp/node/ration"
	"camp/node/web"
)

// What comes through the tunnel passes a gate. The source address of a
// connection says which key is behind it, and the table below what that key may
// reach; the rest is closed without a byte.
//
//	connection ─▶ Behind(address) ─▶ principal ─▶ access ─▶ web.Door, or the camp's pages

// access says, for each pattern of the door, who may ask for it. A pattern that
// is not here is closed to all (tested). What members reach of the camp's own
// pages is their session's business: pages names who may ask for any.
var access = map[string][]camp.Principal{
	"GET /v1/join":                   {camp.PrincipalInvite, camp.PrincipalWaiting},
	"POST /v1/join":                  {camp.PrincipalInvite},
	"GET /v1/me":                     {camp.PrincipalWaiting, camp.PrincipalDeclined, camp.PrincipalDevice},
	"GET /v1/paths":                  {camp.PrincipalWaiting, camp.PrincipalDevice},
	"POST /v1/withdraw":              {camp.PrincipalWaiting, camp.PrincipalDeclined},
	"POST /v1/reply":                 {camp.PrincipalWaiting},
	"POST /v1/leave":                 {camp.PrincipalDevice},
	"POST /v1/stay":                  {camp.PrincipalDevice},
	"POST /v1/link":                  {camp.PrincipalDevice},
	"GET /v1/devices":                {camp.PrincipalDevice},
	"POST /v1/devices":               {camp.PrincipalDevice},
	"POST /v1/devices/invite":        {camp.PrincipalDevice},
	"POST /v1/devices/key":           {camp.PrincipalDevice},
	"POST /v1/devices/{serial}/gone": {camp.PrincipalDevice},
	"GET /{$}":                       {camp.PrincipalInvite, camp.PrincipalWaiting, camp.PrincipalDeclined},
	"POST /join":                     {camp.PrincipalInvite},
	"POST /withdraw":                 {camp.PrincipalWaiting},
	"POST /reply":                    {camp.PrincipalWaiting},
	"POST /confirm":                  {camp.PrincipalDevice},
	"GET /static/{file}":             {camp.PrincipalInvite, camp.PrincipalWaiting, camp.PrincipalDeclined},
}

// pages are those who may reach the camp's own pages.
var pages = []camp.Principal{camp.PrincipalDevice}

// Limits of one address (tunnel.md 3.4 and 3.11).
const (
	strangerConns = 6  // a browser opens some at once; our own program one
	deviceConns   = 32 //
	strangerHour  = 30 // requests an hour for each use of an invite, files of the look not counted
	devicePerSec  = 20 // requests a second of a member's device, over a minute
	deviceBurst   = 200
)

// gate lets through what its principal may reach.
type gate struct {
	n     *Node
	door  *web.Door
	match *http.ServeMux // finds the pattern of the door that a request fits

	asked *ration.Ration[netip.Addr]
}

func newGate(n *Node, door *web.Door) *gate {
	g := &gate{n: n, door: door, match: http.NewServeMux(), asked: ration.New[netip.Addr](devicePerSec, deviceBurst)}
	for _, p := range web.DoorPatterns() {
		g.match.Handle(p, http.NotFoundHandler())
	}
	return g
}

// closeUnread ends a connection without a byte.
func closeUnread() { panic(http.ErrAbortHandler) }

// ServeHTTP answers one request that came through the tunnel.
func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		closeUnread()
	}
	addr := from.Addr().Unmap().WithZone("")
	peer, known := g.n.opt.Behind(addr)
	if !known || !slices.Contains(*g.n.inner.Load(), r.Host) {
		closeUnread()
	}
	who, err := g.n.People.Visitor(r.Context(), peer)
	if err != nil {
		closeUnread()
	}
	if who.Peer.Principal == camp.PrincipalNone {
		g.lastWord(w, r, addr, who)
		return
	}
	if g.n.paused.Load() && (who.Peer.Principal != camp.PrincipalDevice || who.Member.Role != camp.RoleHost) {
		closeUnread() // as if the computer were off
	}
	if !g.take(addr, who.Peer, r) {
		closeUnread()
	}
	if who.Device.Replaces != 0 { // the key is new, and works: the old one is over
		if err := g.n.People.Heard(r.Context(), who.Peer.Serial); err != nil {
			g.n.opt.Log.DebugContext(r.Context(), "old key of a device not retired yet", "err", err) // the disk may be full: that shuts nobody out
		}
	}
	if g.n.opt.Ways.Since != nil && who.Device.Serial != 0 && who.Device.Over.Before(g.n.opt.Ways.Since(addr)) { // the first word by the camp's new key
		if err := g.n.People.CameOver(r.Context(), who.Device.Serial); err != nil {
			g.n.opt.Log.DebugContext(r.Context(), "not noted that a device came over", "err", err)
		}
	}
	g.pass(w, r.WithContext(web.WithVisitor(r.Context(), who)), who)
}

// lastWord lets a device whose right is over, but whose key is not taken away yet,
// ask how it stands, and for nothing else.
func (g *gate) lastWord(w http.ResponseWriter, r *http.Request, addr netip.Addr, who camp.Visitor) {
	_, pattern := g.match.Handler(r)
	if pattern != "GET /v1/me" || who.Peer.Serial == 0 || g.n.paused.Load() || !g.take(addr, who.Peer, r) {
		closeUnread()
	}
	g.door.ServeHTTP(w, r.WithContext(web.WithVisitor(r.Context(), who)))
}

// pass hands a request to the door or to the camp's pages.
func (g *gate) pass(w http.ResponseWriter, r *http.Request, who camp.Visitor) {
	_, pattern := g.match.Handler(r)
	if who.Peer.Principal == camp.PrincipalInvite && who.Peer.Uses > 1 {
		// Whoever asked may be gone without a word; the code waits for the next.
		w.Header().Set("Connection", "close")
	}
	if slices.Contains(access[pattern], who.Peer.Principal) {
		g.door.ServeHTTP(w, r)
		return
	}
	if !slices.Contains(pages, who.Peer.Principal) || strings.HasPrefix(r.URL.Path, "/v1/") {
		closeUnread()
	}
	if err := g.n.People.SeenDevice(r.Context(), who.Peer.Serial); err != nil {
		g.n.opt.Log.DebugContext(r.Context(), "day of a device not kept", "err", err)
	}
	if g.n.API.Owns(r.URL.Path) { // by a token alone
		g.n.API.ServeHTTP(w, r)
		return
	}
	if free(r) || g.signedIn(r, who.Member) {
		g.n.Site.ServeHTTP(w, r)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	g.door.Confirm(w, r)
}

// free reports whether a path needs no session: the look, and a one-time link.
func free(r *http.Request) bool {
	return strings.HasPrefix(r.URL.Path, "/static/") || strings.HasPrefix(r.URL.Path, "/in/")
}

// signedIn reports whether the browser has a session of the very member whose
// device this is: a cookie that came from elsewhere opens nothing here.
func (g *gate) signedIn(r *http.Request, m camp.Member) bool {
	c, err := r.Cookie(g.n.cookie)
	if err != nil || c.Value == "" || len(c.Value) > 200 {
		return false
	}
	_, who, err := g.n.People.SignedIn(r.Context(), c.Value)
	return err == nil && who.ID == m.ID
}

// take reports whether the address may ask once more now.
func (g *gate) take(addr netip.Addr, p camp.Peer, r *http.Request) bool {
	if g.n.opt.NoRate || strings.HasPrefix(r.URL.Path, "/static/") {
		return true
	}
	if p.Principal != camp.PrincipalInvite {
		return g.asked.Take(addr, g.n.opt.Now())
	}
	most := float64(strangerHour * max(p.Uses, 1))
	return g.asked.TakeOf(addr, ration.Share{PerSecond: most / 3600, Most: most}, g.n.opt.Now())
}

// narrow is a listener on which one address has only so many connections.
type narrow struct {
	net.Listener
	behind func(netip.Addr) (camp.Peer, bool)

	mu   *sync.Mutex // guards open; shared by the listeners of one tunnel
	open map[netip.Addr]int
}

// Accept waits for a connection of somebody who has a place left; others are
// closed unread.
func (l *narrow) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		at, err := netip.ParseAddrPort(c.RemoteAddr().String())
		if err != nil {
			_ = c.Close()
			continue
		}
		addr := at.Addr().Unmap().WithZone("")
		peer, known := l.behind(addr)
		most := strangerConns * max(peer.Uses, 1)
		if peer.Principal == camp.PrincipalDevice {
			most = deviceConns
		}
		l.mu.Lock()
		full := !known || l.open[addr] >= most
		if !full {
			l.open[addr]++
		}
		l.mu.Unlock()
		if full {
			_ = c.Close()
			continue
		}
		return &placed{Conn: c, leave: func() {
			l.mu.Lock()
			defer l.mu.Unlock()
			if l.open[addr]--; l.open[addr] <= 0 {
				delete(l.open, addr)
			}
		}}, nil
	}
}
