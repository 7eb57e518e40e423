package desk

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"camp/app/place"
	"camp/node/camp"
	"camp/tunnel"
	"camp/tunnel/lan"
	"camp/tunnel/reach"
)

// newMapper makes what asks the router. A tunnel that listens on one address of
// this computer alone has no use for a door.
func (w *ways) newMapper(srv *tunnel.Server) *reach.Mapper {
	d := w.s.d
	r := d.reach()
	m := reach.New(reach.Options{
		Inner: srv.Addr().Port(), Wish: r.Port, Changed: w.s.stale, Now: d.opt.Now, Rand: d.opt.Rand, Log: d.opt.Log.With("component", "reach"),
		Kept: func(port uint16) { d.keepReach(func(r *place.Reach) { r.Port = port }) },
	})
	m.Set(r.On && doorable(srv.Addr()))
	return m
}

// doorable reports whether a router's door could lead to the address.
func doorable(at netip.AddrPort) bool { return at.Addr().IsUnspecified() || at.Addr().IsPrivate() }

// reach gives the choices about the router, as they are kept.
func (d *Desk) reach() place.Reach {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.settings.Reach
}

func (d *Desk) keepReach(fn func(*place.Reach)) {
	if err := d.setting(func(s *place.Settings) { fn(&s.Reach) }); err != nil {
		d.opt.Log.Warn("choice about the router not kept", "err", err)
	}
}

// firstInvite has the router asked from the first invite on, unless the host
// said that they do not want that; the code then carries the way from outside.
func (w *ways) firstInvite(ctx context.Context) {
	d := w.s.d
	if r := d.reach(); !r.Asked {
		d.keepReach(func(r *place.Reach) { r.Asked, r.On = true, true })
	}
	w.mu.Lock()
	m, srv := w.mapper, w.srv
	w.mu.Unlock()
	if m == nil || !d.reach().On || !doorable(srv.Addr()) {
		return
	}
	m.Set(true)
	w.s.wide.setReach(true)
	ctx, cancel := context.WithTimeout(ctx, reachWait)
	defer cancel()
	m.Settled(ctx)
}

// askAnew has something done again when the computer woke up or its addresses
// changed: the router asked, for timers stand still in sleep, while the router's do
// not, and another network has another router (tunnel.md 3.7); other servers tried.
func askAnew(ctx context.Context, now func() time.Time, renew func()) error {
	tunnel.Shifts(ctx, now, func(tunnel.Shift) { renew() })
	return nil
}

// setReach switches the asking of the router on or off.
func (s *session) setReach(ctx context.Context, in camp.Intent) (camp.Answer, error) {
	s.d.keepReach(func(r *place.Reach) { r.Asked, r.On = true, in.On })
	if in.On {
		if err := s.ways.open(ctx); err != nil {
			return camp.Answer{}, err
		}
	}
	s.ways.mu.Lock()
	m, srv := s.ways.mapper, s.ways.srv
	s.ways.mu.Unlock()
	if m != nil {
		m.Set(in.On && doorable(srv.Addr()))
		wait, cancel := context.WithTimeout(ctx, 2*reachWait)
		defer cancel()
		m.Settled(wait)
	}
	s.wide.setReach(in.On)
	s.stale()
	r := s.ways.reached()
	return camp.Answer{Reach: &r}, nil
}

// lookReach asks the router anew and tells.
func (s *session) lookReach(ctx context.Context, _ camp.Intent) (camp.Answer, error) {
	s.ways.mu.Lock()
	m := s.ways.mapper
	s.ways.mu.Unlock()
	if m != nil && m.Status().On {
		m.Renew()
		wait, cancel := context.WithTimeout(ctx, 2*reachWait)
		defer cancel()
		m.Settled(wait)
	}
	if m := s.wide.mapper; m != nil && m.Status().On {
		m.Renew()
		wait, cancel := context.WithTimeout(ctx, 2*reachWait)
		defer cancel()
		m.Settled(wait)
	}
	r, ans := s.ways.reached(), camp.Answer{}
	if s.wide.plan.on {
		var err error
		if ans, err = s.checkWorld(ctx, camp.Intent{}); err != nil {
			return ans, err
		}
	}
	ans.Reach = &r
	return ans, nil
}

// setLAN switches the announcing on the home network on or off.
func (s *session) setLAN(ctx context.Context, in camp.Intent) (camp.Answer, error) {
	s.d.keepReach(func(r *place.Reach) { r.LAN = in.On })
	return camp.Answer{}, s.ways.apply(ctx)
}

// lanOn reports whether the camp may be announced on the home network.
func (d *Desk) lanOn() bool {
	switch d.opt.Wishes.LAN {
	case "on":
		return true
	case "off":
		return false
	}
	return d.reach().LAN
}

// announce tells the home network that the camp is here, while that is wanted
// and there is somebody who could come. The caller holds applying.
func (w *ways) announce(somebody bool) {
	srv := w.server()
	want := somebody && w.s.d.lanOn() && srv != nil && (srv.Addr().Addr().IsUnspecified() || srv.Addr().Addr().IsPrivate())
	if want == (w.telling != nil) {
		return
	}
	if !want {
		w.telling()
		w.telling = nil
		return
	}
	key, err := lan.DiscoveryKey(w.public)
	if err != nil {
		return
	}
	ctx, stop := context.WithCancel(w.s.ctx)
	w.telling = stop
	w.s.work.Go(func() error {
		defer stop()
		if err := lan.Announce(ctx, lan.Announcement{Key: key, Port: srv.Addr().Port(), Rand: w.s.d.opt.Rand, Log: w.s.d.opt.Log.With("component", "lan")}); err != nil {
			w.s.d.opt.Log.Warn("home network not told", "err", err)
		}
		return nil
	})
}

// candidates gives the ways into the camp, as they stand in a code.
func (w *ways) candidates() []netip.AddrPort { return w.into(w.local) }

// local gives this computer's addresses; the system is asked.
func (w *ways) local() []netip.Addr {
	all := reach.Local()
	w.near.Store(&all)
	return all
}

// lately is local as it was at most refreshEvery ago: it goes into every answer to
// every device, and asking the system costs more than the rest of the answer.
func (w *ways) lately() []netip.Addr {
	if all := w.near.Load(); all != nil {
		return *all
	}
	return w.local()
}

// into gives the ways into the tunnel by these addresses of the computer.
func (w *ways) into(local func() []netip.Addr) []netip.AddrPort {
	w.mu.Lock()
	srv, m := w.srv, w.mapper
	w.mu.Unlock()
	if srv == nil {
		return nil
	}
	door := netip.AddrPort{}
	if m != nil {
		door = m.Door()
	}
	return reach.Ways(srv.Addr(), door, local)
}

// lasting gives the one way that a phone is told: from outside where there is
// one, else the first at home.
func (w *ways) lasting() (netip.AddrPort, bool) {
	all := w.candidates()
	if i := slices.IndexFunc(all, func(a netip.AddrPort) bool { return reach.Public(a.Addr()) }); i >= 0 {
		return all[i], true
	}
	if len(all) == 0 {
		return netip.AddrPort{}, false
	}
	return all[0], true
}

// narrow says what keeps a code, or a phone's configuration, from working
// everywhere and for good; "" for nothing.
func (w *ways) narrow(phone bool) string {
	outside := slices.ContainsFunc(w.candidates(), func(a netip.AddrPort) bool { return reach.Public(a.Addr()) })
	switch {
	case phone && outside:
		return "program.phone_until_moved"
	case phone:
		return "program.phone_home_only"
	case !outside:
		return "program.code_home_only"
	}
	return ""
}

// reached is how the camp can be reached, for the snapshot.
func (w *ways) reached() camp.Reach {
	w.mu.Lock()
	m, srv := w.mapper, w.srv
	w.mu.Unlock()
	r := camp.Reach{State: reach.Off}
	if m != nil {
		r = m.Status()
	}
	kept := w.s.d.reach()
	r.On, r.Asked, r.LAN, r.Ways = kept.On, kept.Asked, w.s.d.lanOn(), []string{}
	for _, a := range w.candidates() {
		r.Ways = append(r.Ways, a.String())
	}
	if srv != nil {
		r.LastFrom = srv.LastOutside()
	}
	return r
}

// outer is the tunnel's own address, for people: the one it listens on, or the
// first of this computer.
func (w *ways) outer() string {
	srv := w.server()
	if srv == nil {
		return ""
	}
	if a := srv.Addr(); !a.Addr().IsUnspecified() {
		return a.String()
	}
	if all := reach.Ways(srv.Addr(), netip.AddrPort{}, w.local); len(all) > 0 {
		return all[0].String()
	}
	return srv.Addr().String()
}

// print is a short text that changes when what the tunnel alone knows does.
func (w *ways) print() string {
	srv := w.server()
	if srv == nil {
		return ""
	}
	var b strings.Builder
	on := srv.Connected()
	serials := make([]uint64, 0, len(on))
	for serial := range on {
		serials = append(serials, serial)
	}
	slices.Sort(serials)
	fmt.Fprint(&b, serials, w.candidates())
	return b.String()
}

// innerText gives addresses as text.
func innerText(list []netip.Addr) []string {
	all := []string{}
	for _, a := range list {
		all = append(all, a.String())
	}
	return all
}
