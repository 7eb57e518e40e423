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
func (w *ways) newMapper(i *wayIn, srv *tunnel.Server) *reach.Mapper {
	d := w.s.d
	m := reach.New(reach.Options{
		Inner: srv.Addr().Port(), Wish: d.outerOf(i.before.Load()), Changed: w.s.stale, Now: d.opt.Now, Rand: d.opt.Rand, Log: d.opt.Log.With("component", "reach"),
		Kept: func(port uint16) { d.keepOuter(i.before.Load(), port) },
	})
	m.Set(d.reach().On && doorable(srv.Addr()))
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
	m, srv := w.mapped()
	if m == nil || !d.reach().On || !doorable(srv.Addr()) {
		return
	}
	w.setReach(true)
	w.s.wide.setReach(true)
	ctx, cancel := context.WithTimeout(ctx, reachWait)
	defer cancel()
	m.Settled(ctx)
}

// setReach has the router asked for every way in, or not.
func (w *ways) setReach(on bool) {
	for _, i := range w.all() {
		if m, srv := w.mapperOf(i); m != nil {
			m.Set(on && doorable(srv.Addr()))
		}
	}
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
	s.ways.setReach(in.On)
	if m, _ := s.ways.mapped(); m != nil {
		wait, cancel := context.WithTimeout(ctx, 2*reachWait)
		defer cancel()
		m.Settled(wait)
	}
	s.wide.setReach(in.On)
	s.stale()
	return s.reachNow(ctx)
}

// reachNow answers with how the camp is reached.
func (s *session) reachNow(ctx context.Context) (camp.Answer, error) {
	people, err := s.persons(ctx)
	r := s.ways.reached(people)
	return camp.Answer{Reach: &r}, err
}

// lookReach asks the router anew and tells.
func (s *session) lookReach(ctx context.Context, _ camp.Intent) (camp.Answer, error) {
	if m, _ := s.ways.mapped(); m != nil && m.Status().On {
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
	ans, err := s.reachNow(ctx)
	if err == nil && s.wide.plan.on {
		r := ans.Reach
		ans, err = s.checkWorld(ctx, camp.Intent{})
		ans.Reach = r
	}
	return ans, err
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
	for _, i := range w.all() {
		_, srv := w.mapperOf(i)
		want := somebody && w.s.d.lanOn() && srv != nil && (srv.Addr().Addr().IsUnspecified() || srv.Addr().Addr().IsPrivate())
		if want == (i.telling != nil) {
			continue
		}
		if !want {
			i.hush()
			continue
		}
		key, err := lan.DiscoveryKey(i.public)
		if err != nil {
			continue
		}
		ctx, stop := context.WithCancel(i.ctx)
		i.telling = stop
		w.s.work.Go(func() error {
			defer stop()
			if err := lan.Announce(ctx, lan.Announcement{Key: key, Port: srv.Addr().Port(), Rand: w.s.d.opt.Rand, Log: w.s.d.opt.Log.With("component", "lan")}); err != nil {
				w.s.d.opt.Log.Warn("home network not told", "err", err)
			}
			return nil
		})
	}
}

// candidates gives the ways into the camp, as they stand in a code.
func (w *ways) candidates() []netip.AddrPort { return w.into(w.present(), w.local) }

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

// into gives the ways in by these addresses of the computer.
func (w *ways) into(i *wayIn, local func() []netip.Addr) []netip.AddrPort {
	m, srv := w.mapperOf(i)
	if srv == nil {
		return nil
	}
	door := netip.AddrPort{}
	if m != nil {
		door = m.Door()
	}
	list := reach.Ways(srv.Addr(), door, local)
	if at, ok := w.toCome(i, srv.Addr()); ok {
		for _, a := range reach.Ways(at, netip.AddrPort{}, local) {
			if len(list) < reach.MaxWays {
				list = append(list, a)
			}
		}
	}
	return list
}

// lasting gives the one way that a phone is told: from outside where there is
// one, else the first at home.
func (w *ways) lasting(in *wayIn) (netip.AddrPort, bool) {
	all := w.into(in, w.local)
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

// reached is how the camp can be reached, for the snapshot; people are those of the lists.
func (w *ways) reached(people []camp.Person) camp.Reach {
	m, _ := w.mapped()
	r := camp.Reach{State: reach.Off}
	if m != nil {
		r = m.Status()
	}
	kept := w.s.d.reach()
	r.On, r.Asked, r.LAN, r.Ways = kept.On, kept.Asked, w.s.d.lanOn(), waysText(w.candidates())
	for _, srv := range w.servers() {
		if at := srv.LastOutside(); at.After(r.LastFrom) {
			r.LastFrom = at
		}
	}
	r.Former = w.formerEnds()
	for _, p := range people {
		for _, d := range p.Devices {
			if d.Former {
				r.Late++
			}
		}
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
	on := w.connected()
	serials := make([]uint64, 0, len(on))
	for serial := range on {
		serials = append(serials, serial)
	}
	slices.Sort(serials)
	fmt.Fprint(&b, serials, w.candidates())
	return b.String()
}

// waysText gives ways as text; never nil.
func waysText(list []netip.AddrPort) []string {
	all := []string{}
	for _, a := range list {
		all = append(all, a.String())
	}
	return all
}

// innerText gives addresses as text.
func innerText(list []netip.Addr) []string {
	all := []string{}
	for _, a := range list {
		all = append(all, a.String())
	}
	return all
}
