package desk

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"net/netip"
	"os"
	"strings"

	"camp/app/place"
	"camp/node"
	"camp/node/border"
	"camp/node/camp"
	"camp/node/fed"
	"camp/node/fed/queue"
	"camp/store"
	"camp/tunnel/reach"
)

// worldPlan is what the wider world is to be in one run of the camp. Flags of
// the command line decide for the run they were given for; without them, the
// host's switch does.
type worldPlan struct {
	on     bool
	fixed  bool // by the command line
	domain camp.Domain

	https, plain, challenge string // where to listen, "" for nowhere
	behind                  []netip.Prefix
	certFile, keyFile       string // "" both: an authority is asked
	directory               string // of that authority, "" for Let's Encrypt
	authority               *x509.CertPool
}

// worldDoor is where the public door listens by the host's switch: anywhere the
// router may lead to.
const worldDoor = ":0"

// OwnDomain reads the name that a camp is to have in the wider world. It refuses
// what can be no camp's name.
func OwnDomain(typed string) (camp.Domain, error) {
	d, err := border.ParseDomain(typed)
	if err == nil && (strings.HasPrefix(strings.TrimSpace(typed), "*") || camp.Domain("camp.internal") == d || d.Within("camp.internal")) {
		err = &camp.Fault{Kind: camp.Invalid, Say: "border.only_name.say", Args: map[string]string{"Name": camp.CleanLine(typed, 80)}}
	}
	return d, err
}

// planWorld puts together what the wider world is to be; it opens nothing.
func (d *Desk) planWorld() (worldPlan, error) {
	w, kept := d.opt.Wishes, d.keptWorld()
	p := worldPlan{on: true, directory: w.ACMEDirectory}
	name := w.Domain
	switch {
	case name != "":
		p.fixed, p.https, p.plain, p.challenge, p.certFile, p.keyFile = true, w.HTTPS, w.HTTP, w.ACMEHTTP, w.TLSCert, w.TLSKey
	case kept.On:
		name, p.https = kept.Domain, worldDoor
	default:
		return worldPlan{}, nil
	}
	var err error
	if p.domain, err = OwnDomain(name); err != nil {
		return worldPlan{}, err
	}
	if p.behind, err = networks(w.BehindProxy); err != nil {
		return worldPlan{}, err
	}
	if w.ACMECA != "" {
		p.authority, err = certificates(w.ACMECA)
	}
	return p, err
}

// networks reads CIDRs with commas between.
func networks(text string) (list []netip.Prefix, err error) {
	for one := range strings.SplitSeq(text, ",") {
		if one == "" {
			continue
		}
		p, err := netip.ParsePrefix(one)
		if err != nil {
			return nil, &camp.Fault{Kind: camp.Invalid, Say: "world.network.say", Args: map[string]string{"Value": one}, Err: err}
		}
		list = append(list, p.Masked())
	}
	return list, nil
}

// maxPEM bounds a file of certificates, in bytes.
const maxPEM = 1 << 20

// certificates reads whom to believe from a file.
func certificates(file string) (*x509.CertPool, error) {
	refuse := func(err error) (*x509.CertPool, error) {
		return nil, &camp.Fault{Kind: camp.Invalid, Say: "world.authority_file.say", Args: map[string]string{"File": file}, Err: err}
	}
	f, err := os.Open(file)
	if err != nil {
		return refuse(err)
	}
	defer func() { _ = f.Close() }()
	raw, err := io.ReadAll(io.LimitReader(f, maxPEM))
	if err != nil {
		return refuse(err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(raw) {
		return refuse(errors.New("no certificate in it"))
	}
	return pool, nil
}

// keptWorld gives the choice about the wider world, as it is kept.
func (d *Desk) keptWorld() place.World {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.settings.World
}

func (d *Desk) keepWorld(fn func(*place.World)) error {
	return d.setting(func(s *place.Settings) { fn(&s.World) })
}

// forWorld is what a camp needs to talk with the wider world; nil where it does not.
func (s *session) forWorld() *node.World {
	if !s.wide.plan.on {
		return nil
	}
	d := s.d
	return &node.World{
		Domain: s.wide.plan.domain, Version: d.opt.Version, Roots: d.opt.Roots, Nets: d.opt.Nets, Own: s.own, Never: s.never, Online: s.online, Alarm: s.wide.leak, Sent: d.ledger.server,
		Stores: node.WorldStores{
			Keys: store.As[fed.KeyTx](s.db), Directory: store.As[fed.Tx](s.db), Witness: store.As[fed.WitnessTx](s.db),
			Take: store.As[fed.TakeTx](s.db), Objects: store.As[fed.ObjectsTx](s.db), Tell: store.As[fed.TellTx](s.db), Check: store.As[fed.CheckTx](s.db),
			Queue: store.As[queue.Tx](s.db), Sightings: store.As[border.AddressTx](s.db),
		},
	}
}

// own gives the addresses of this computer that it cannot see itself: the
// router's, and those in the tunnel.
func (s *session) own() []netip.Addr {
	list := s.ways.doors()
	if a := s.wide.door(); a.IsValid() {
		list = append(list, a.Addr())
	}
	for _, srv := range s.ways.servers() {
		list = append(list, srv.Inner()...)
	}
	return list
}

// never gives the networks from where nobody is turned away by address: a server
// that is to find nobody here may say of any address that it is its own.
func (s *session) never() []netip.Prefix { return networksOf(append(s.own(), reach.Local()...)) }

// online reports whether this computer has a network at all. A lab's may be
// within the computer.
func (s *session) online() bool { return len(s.d.opt.Nets) > 0 || len(reach.Local()) > 0 }

// networksOf gives what stands for addresses at the border: IPv4 itself, IPv6 the
// network that one household has.
func networksOf(addrs []netip.Addr) (list []netip.Prefix) {
	for _, a := range addrs {
		a = a.Unmap().WithZone("")
		bits := 32
		if a.Is6() {
			bits = 64
		}
		if p, err := a.Prefix(bits); err == nil && p.IsValid() {
			list = append(list, p)
		}
	}
	return list
}

// doors gives the router's address, where its door for the tunnel tells it.
func (w *ways) doors() []netip.Addr {
	m, _ := w.mapped()
	if m == nil || !m.Door().IsValid() {
		return nil
	}
	return []netip.Addr{m.Door().Addr()}
}

// nameIt gives the camp its name for good, before anybody else hears of it.
func (s *session) nameIt(ctx context.Context) error {
	if !s.wide.plan.on {
		return nil
	}
	host, err := s.node.People.HostActor(ctx)
	if err != nil {
		return err
	}
	return s.node.People.SetDomain(ctx, host, s.wide.plan.domain)
}

// world switches the wider world on or off. The camp starts anew, so that there
// is one way in which it comes up.
func (r *runner) world(ctx context.Context, in camp.Intent) (camp.Answer, error) {
	d := r.d
	switch {
	case r.s == nil:
		return camp.Answer{}, d.notOn()
	case r.s.wide.plan.fixed:
		return camp.Answer{}, camp.NewFault(camp.NotAllowed, "world.fixed.say", nil)
	case d.State().Phase == camp.Paused:
		return camp.Answer{}, camp.NewFault(camp.Conflict, "world.paused.say", nil)
	}
	had := d.keptWorld()
	want := had
	want.On = in.Do == camp.DoWorldOn
	if want.On {
		name, err := r.s.settle(ctx, in.Domain)
		if err != nil {
			return camp.Answer{}, err
		}
		want.Domain = string(name)
	}
	if want != had {
		if err := r.anew(ctx, had, want); err != nil {
			return camp.Answer{}, err
		}
	}
	st := d.State()
	return camp.Answer{World: &st.World, State: &st}, nil
}

// settle gives the name that the camp is to have: the one it has, else the one
// that was typed, which is its name from now on.
func (s *session) settle(ctx context.Context, typed string) (camp.Domain, error) {
	house, err := s.node.People.House(ctx)
	if err != nil {
		return "", err
	}
	if typed = first(typed, house.Domain); typed == "" {
		return "", camp.NewFault(camp.Invalid, "world.no_name.say", nil)
	}
	name, err := OwnDomain(typed)
	if err != nil {
		return "", err
	}
	return name, s.node.People.SetDomain(ctx, s.node.Host(), name)
}

// anew keeps the choice and starts the camp with it. Where it does not come up,
// it comes up as before.
func (r *runner) anew(ctx context.Context, had, want place.World) error {
	d := r.d
	if err := d.keepWorld(func(w *place.World) { w.On, w.Domain = want.On, want.Domain }); err != nil {
		return err
	}
	if err := r.again(ctx); err != nil && want.On {
		d.opt.Log.Warn("the wider world does not come up", "err", err)
		if kerr := d.keepWorld(func(w *place.World) { w.On, w.Domain = had.On, had.Domain }); kerr != nil {
			return kerr
		}
		return errors.Join(err, r.again(ctx))
	} else if err != nil {
		return err
	}
	return nil
}

// again takes the camp down and brings it up.
func (r *runner) again(ctx context.Context) error {
	d := r.d
	if r.s != nil {
		d.change(func(st *camp.State) { st.Phase = camp.Stopping })
		d.on.Store(nil)
		err := r.s.close(stopTime)
		r.s = nil
		if err != nil {
			d.opt.Log.Error("camp did not end cleanly", "err", err)
		}
	}
	return r.start(context.WithoutCancel(ctx), camp.Intent{}) // whoever asked may go; the camp comes up
}
