package desk

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"camp/app/desk/certs"
	"camp/node/camp"
	"camp/tunnel/reach"
)

// How often and how long the camp looks at itself from outside.
const (
	lookEvery = time.Hour
	lookRest  = time.Second // between two looks, however much changes
	lookTime  = 10 * time.Second
)

// watch looks now, when something changed, and now and then.
func (w *wide) watch(ctx context.Context) error {
	t := time.NewTimer(0)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
		case <-w.again:
		}
		w.look(ctx)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(lookRest):
		}
		t.Reset(lookEvery)
	}
}

// look goes the way that others come, as far as this computer can see it, and
// keeps what it found.
func (w *wide) look(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	l := looking{w: w, name: string(w.plan.domain)}
	l.all(ctx)
	if errors.Is(ctx.Err(), context.Canceled) {
		return // the camp ends
	}
	w.mu.Lock()
	w.problems, w.ready, w.checked = l.found, l.hinders == 0, w.s.d.opt.Now().UTC()
	w.mu.Unlock()
	w.s.stale()
}

// looking is one look.
type looking struct {
	w       *wide
	name    string
	found   []camp.Problem
	hinders int // of what was found: what surely keeps others away
}

func (l *looking) say(p camp.Problem, args ...string) {
	p.Args = map[string]string{"Name": l.name}
	for i := 0; i+1 < len(args); i += 2 {
		p.Args[args[i]] = args[i+1]
	}
	l.found = append(l.found, p)
	if p.Say != "world.check.unsure" && p.Say != "world.check.partly" {
		l.hinders++
	}
}

func (l *looking) all(ctx context.Context) {
	w := l.w
	if w.address == "" && w.open == "" {
		l.say(camp.Problem{Say: "world.check.no_door"})
		return
	}
	if w.cert != nil {
		l.certificate(ctx)
	}
	addrs := l.addresses(ctx)
	if len(addrs) == 0 || w.address == "" {
		return // where a proxy stands, the name leads to the proxy
	}
	l.way(addrs)
}

// certificate looks at what the door shows, and shakes hands with it.
func (l *looking) certificate(ctx context.Context) {
	st := l.w.cert.Status()
	if st.Say != "" {
		l.found = append(l.found, camp.Problem{Say: st.Say, Args: st.Args, Detail: st.Detail})
		if !st.Good {
			l.hinders++
		}
	}
	if !st.Good {
		return
	}
	at := certs.Local(l.w.address)
	if at.Addr().IsUnspecified() {
		at = netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), at.Port())
	}
	d := tls.Dialer{Config: &tls.Config{ServerName: l.name, RootCAs: l.w.s.d.opt.Roots, MinVersion: tls.VersionTLS12}}
	c, err := d.DialContext(ctx, "tcp", at.String())
	if err == nil {
		_ = c.Close()
		return
	}
	var unknown x509.UnknownAuthorityError
	switch {
	case errors.As(err, &unknown):
		l.say(camp.Problem{Say: "world.check.unknown", Detail: err.Error()})
	default:
		l.say(camp.Problem{Say: "world.check.closed", Detail: err.Error()}, "Address", at.String())
	}
}

// addresses gives where the name leads.
func (l *looking) addresses(ctx context.Context) []netip.Addr {
	lookup := l.w.s.d.opt.Lookup
	if lookup == nil {
		lookup = func(ctx context.Context, host string) ([]netip.Addr, error) {
			return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
		}
	}
	list, err := lookup(ctx, l.name)
	if err != nil || len(list) == 0 {
		p := camp.Problem{Say: "world.check.nowhere"}
		if err != nil {
			p.Detail = err.Error()
		}
		l.say(p)
		return nil
	}
	for i := range list {
		list[i] = list[i].Unmap()
	}
	return list
}

// way compares where the name leads with where the door is: this computer, or
// the router in front of it.
func (l *looking) way(addrs []netip.Addr) {
	outer := l.outer()
	here, router, astray := false, false, []netip.Addr{}
	for _, a := range addrs {
		switch {
		case slices.Contains(outer, a):
			router = true
		case l.ours(a):
			here = true
		default:
			astray = append(astray, a)
		}
	}
	switch {
	case !here && !router && len(outer) == 0 && !l.public() && reach.Public(astray[0]):
		l.say(camp.Problem{Say: "world.check.unsure", Deed: camp.DoReach}, "Address", astray[0].String())
	case !here && !router:
		l.say(camp.Problem{Say: "world.check.elsewhere"}, "Address", astray[0].String())
	case len(astray) > 0:
		l.say(camp.Problem{Say: "world.check.partly"}, "Address", astray[0].String())
	}
	if port := certs.Local(l.w.address).Port(); here && port != 0 && port != publicHTTPS {
		l.say(camp.Problem{Say: "world.check.number"}, "Number", strconv.Itoa(int(port)))
	}
	if !here {
		l.routersDoor()
	}
}

// routersDoor tells what keeps the router from leading others here.
func (l *looking) routersDoor() {
	if l.w.mapper == nil {
		return
	}
	switch st := l.w.mapper.Status(); st.State {
	case reach.Open, reach.Asking:
	case reach.Off:
		l.say(camp.Problem{Say: "world.door.off", Deed: camp.DoReach})
	default:
		l.say(camp.Problem{Say: "world.door." + st.State})
	}
}

// outer gives the router's own addresses, as its doors tell them.
func (l *looking) outer() []netip.Addr {
	list := l.w.s.ways.doors()
	if a := l.w.door(); a.IsValid() {
		list = append(list, a.Addr())
	}
	return list
}

// ours reports whether an address is this computer's, at which the door listens.
func (l *looking) ours(a netip.Addr) bool {
	at := certs.Local(l.w.address).Addr()
	if !at.IsUnspecified() {
		return a == at
	}
	return a.IsLoopback() || slices.Contains(reach.Local(), a)
}

// public reports whether this computer itself has an address that the world can reach.
func (l *looking) public() bool { return slices.ContainsFunc(reach.Local(), reach.Public) }

// checkWorld looks again and tells. With a name that the camp does not have yet
// it tells whether that one leads here.
func (s *session) checkWorld(ctx context.Context, in camp.Intent) (camp.Answer, error) {
	house, err := s.node.People.House(ctx)
	if err != nil {
		return camp.Answer{}, err
	}
	typed := first(in.Domain, house.Domain)
	if typed == "" {
		return camp.Answer{}, camp.NewFault(camp.Invalid, "world.no_name.say", nil)
	}
	name, err := OwnDomain(typed)
	if err != nil {
		return camp.Answer{}, err
	}
	if house.Domain != "" && house.Domain != string(name) {
		return camp.Answer{}, &camp.Fault{Kind: camp.Conflict, Say: "world.other_name.say", Args: map[string]string{"Name": house.Domain, "Other": string(name)}}
	}
	if s.wide.plan.on {
		s.wide.look(ctx)
		st := s.wide.state(house.Domain)
		return camp.Answer{World: &st}, nil
	}
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	// As if the door were open at every address, at the number others look for.
	l := looking{w: &wide{s: s, plan: worldPlan{domain: name}, address: net.JoinHostPort("::", strconv.Itoa(publicHTTPS))}, name: string(name)}
	if addrs := l.addresses(ctx); len(addrs) > 0 {
		l.way(addrs)
	}
	return camp.Answer{World: &camp.World{Domain: string(name), Ready: l.hinders == 0, Door: reach.Off, Checked: s.d.opt.Now().UTC(), Problems: append([]camp.Problem{}, l.found...)}}, nil
}
