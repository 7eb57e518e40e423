package desk

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/curve25519"

	"camp/app/place"
	"camp/node/camp"
	"camp/tunnel"
	"camp/tunnel/invite"
	"camp/tunnel/reach"
)

// wayIn is the way in by one tunnel key of the camp. It has a port, inner
// addresses and a door in the router of its own. There is one, and for some time
// after the key was renewed (tunnelkey.go) a second.
type wayIn struct {
	key    camp.Secret // 32 bytes
	public [32]byte
	plan   tunnel.Plan
	before atomic.Bool // it is by the key of before; once it is, it stays so

	telling func() // ends the announcing; nil while there is none; guarded by ways.applying

	// What follows is set with ways.opening and ways.mu held, and read with either.
	srv    *tunnel.Server // nil while it is not open
	mapper *reach.Mapper
	ctx    context.Context // of its work
	end    func()          // ends that, and its pages
}

func newWayIn(key camp.Secret) (*wayIn, error) {
	i := &wayIn{key: key}
	pub, err := curve25519.X25519(key.Reveal(), curve25519.Basepoint)
	if err != nil {
		return nil, fmt.Errorf("read the camp's tunnel key: %w", err)
	}
	copy(i.public[:], pub)
	i.plan = tunnel.NewPlan(i.public)
	return i, nil
}

// derive gives the id that an invite's secret has by this key (tunnel.md 3.3).
func (i *wayIn) derive(secret camp.Secret) (camp.InviteID, error) {
	k, err := i.inviteKeys(secret)
	if err != nil {
		return "", err
	}
	return camp.InviteID(fmt.Sprintf("%x", k.ID)), nil
}

func (i *wayIn) inviteKeys(secret camp.Secret) (invite.Keys, error) {
	var raw [16]byte
	if copy(raw[:], secret.Reveal()) != len(raw) {
		return invite.Keys{}, errors.New("an invite's secret has 16 bytes")
	}
	return invite.Derive(raw, i.public)
}

// hush ends the announcing; called with ways.applying held.
func (i *wayIn) hush() {
	if i.telling != nil {
		i.telling()
		i.telling = nil
	}
}

// present is the way in by the tunnel key of now.
func (w *ways) present() *wayIn {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

// all are the ways in, the present one first.
func (w *ways) all() []*wayIn {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.both()
}

// both is all; the caller holds mu.
func (w *ways) both() (list []*wayIn) {
	for _, i := range []*wayIn{w.now, w.former} {
		if i != nil {
			list = append(list, i)
		}
	}
	return list
}

// at gives the way in by which an inner address comes; the present one for any other.
func (w *ways) at(from netip.Addr) *wayIn {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.former != nil && w.former.plan.Has(from) {
		return w.former
	}
	return w.now
}

// server is that of the present key, or where that does not run, of the one before.
func (w *ways) server() *tunnel.Server {
	if list := w.servers(); len(list) > 0 {
		return list[0]
	}
	return nil
}

// servers are those that run.
func (w *ways) servers() (list []*tunnel.Server) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, i := range w.both() {
		if i.srv != nil {
			list = append(list, i.srv)
		}
	}
	return list
}

// mapperOf gives what asks the router for a way in, and its server; nil while it is
// not open, or there is none yet.
func (w *ways) mapperOf(i *wayIn) (*reach.Mapper, *tunnel.Server) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if i == nil {
		return nil, nil
	}
	return i.mapper, i.srv
}

// mapped is mapperOf for the present way in.
func (w *ways) mapped() (*reach.Mapper, *tunnel.Server) { return w.mapperOf(w.present()) }

// connected gives the devices that are here, by either key.
func (w *ways) connected() map[uint64]time.Time {
	on := map[uint64]time.Time{}
	for _, srv := range w.servers() {
		for serial, at := range srv.Connected() {
			on[serial] = at
		}
	}
	return on
}

// sent gives how many bytes went out since the camp came on.
func (w *ways) sent() int64 {
	w.mu.Lock()
	sum := w.gone
	w.mu.Unlock()
	for _, srv := range w.servers() {
		sum += srv.Sent()
	}
	return sum
}

// openOne opens a way in; the caller holds opening.
func (w *ways) openOne(i *wayIn) error {
	srv, err := w.listen(i)
	if err != nil {
		return err
	}
	inner, err := srv.Listen(80)
	if err != nil {
		_ = srv.Close()
		return fmt.Errorf("listen in the tunnel: %w", err)
	}
	s, m := w.s, w.newMapper(i, srv)
	ctx, end := context.WithCancel(s.ctx)
	w.mu.Lock()
	i.srv, i.mapper, i.ctx = srv, m, ctx
	w.nameHosts()
	w.mu.Unlock()
	i.end = s.serveTunnel(ctx, inner, end)
	anew := func(ctx context.Context) error { return askAnew(ctx, s.d.opt.Now, m.Renew) }
	for _, run := range []func(context.Context) error{srv.Run, m.Run, anew} {
		s.work.Go(func() error { return s.partOf(ctx, run(ctx)) })
	}
	return nil
}

// partOf is part for what may end while the camp goes on, by its own ctx.
func (s *session) partOf(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return s.part(err)
}

// serveTunnel lets those in whom the tunnel knows. What it gives ends that.
func (s *session) serveTunnel(ctx context.Context, listeners []net.Listener, end func()) func() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		for _, l := range listeners {
			_ = l.Close()
		}
		return end
	}
	pages, noPage := context.WithCancel(s.pagesCtx)
	s.pages.Go(func() error {
		defer noPage()
		return s.partOf(ctx, s.node.ServeTunnel(pages, listeners...))
	})
	return func() { end(); noPage() }
}

// nameHosts says by which Host values browsers come through the tunnel; the caller holds mu.
func (w *ways) nameHosts() {
	var hosts []string
	for _, i := range w.both() {
		if i.srv != nil {
			hosts = append(hosts, hostsInside(i.srv.Inner())...)
		}
	}
	w.s.node.SetTunnelHosts(hosts)
}

// close ends a way in: whoever is connected by it is cut off, and the router's
// door is given back. The caller holds applying.
func (w *ways) close(ctx context.Context, i *wayIn) {
	i.hush()
	if _, srv := w.mapperOf(i); srv != nil {
		sent := srv.Sent()
		w.opening.Lock()
		w.mu.Lock()
		end := i.end
		i.srv, i.mapper = nil, nil
		w.gone += sent
		w.nameHosts()
		w.mu.Unlock()
		w.opening.Unlock()
		if err := srv.SetPeers(ctx, nil); err != nil {
			w.s.d.opt.Log.WarnContext(ctx, "way in not emptied", "err", err)
		}
		end()
		_ = srv.Close()
	}
	if err := os.Remove(filepath.Join(w.s.d.opt.Home.Data, formerFile)); err != nil && !errors.Is(err, os.ErrNotExist) {
		w.s.d.opt.Log.Debug("last addresses not forgotten", "err", err)
	}
}

// listen opens the outer door of a way in: the address that was asked for, else
// the port that was chosen before, else one of the system's choice. The caller holds
// opening.
func (w *ways) listen(i *wayIn) (*tunnel.Server, error) {
	d, kept := w.s.d, w.s.d.keptTunnel(i.before.Load())
	asked, err := tunnelAddress(d.opt.Wishes.Tunnel)
	if err != nil {
		return nil, err
	}
	asked = w.askedOf(i, asked, kept)
	opt := tunnel.ServerOptions{
		Key: i.key, Listen: asked, Device: d.opt.Device, Now: d.opt.Now, Rand: d.opt.Rand, Log: d.opt.Log.With("component", "tunnel"),
		Remembered: d.remembered(i.endpoints()), Remember: func(raw []byte) { d.remember(i.endpoints(), raw) },
	}
	if asked.Port() == 0 && kept != 0 {
		opt.Listen = netip.AddrPortFrom(asked.Addr(), kept)
	}
	srv, err := tunnel.NewServer(opt)
	if err != nil && asked.Port() == 0 && kept != 0 {
		d.opt.Log.Warn("kept door of the tunnel is taken", "err", err)
		opt.Listen = asked
		if srv, err = tunnel.NewServer(opt); err == nil {
			d.note(camp.Need{Kind: "door", Say: "program.door_taken.say"})
		}
	}
	if err != nil {
		if asked.Port() != 0 {
			return nil, &camp.Fault{Kind: camp.Conflict, Say: "program.tunnel_taken.say", Args: map[string]string{"Address": asked.String()}, Err: err}
		}
		return nil, camp.NewFault(camp.Internal, "program.no_tunnel.say", err)
	}
	if asked.Port() == 0 && d.opt.Device == "" {
		d.keepTunnel(i.before.Load(), srv.Addr().Port())
	}
	return srv, nil
}

// endpoints names the file of where devices were last seen by this key.
func (i *wayIn) endpoints() string {
	if i.before.Load() {
		return formerFile
	}
	return endpointsFile
}

// askedOf is the address that was asked for, as far as it is for this way in:
// while there are two, the one before has the port that it always had, whatever
// is asked for now, and the other one of its own. The caller holds opening.
func (w *ways) askedOf(i *wayIn, asked netip.AddrPort, kept uint16) netip.AddrPort {
	switch {
	case i.before.Load():
		if kept == 0 {
			return asked
		}
	case w.former == nil || asked.Port() != w.formerPort():
		return asked
	}
	return netip.AddrPortFrom(asked.Addr(), 0)
}

// formerPort is the port of the key of before; the caller holds opening.
func (w *ways) formerPort() uint16 {
	if w.former.srv != nil {
		return w.former.srv.Addr().Port()
	}
	return w.s.d.keptTunnel(true)
}

// toCome gives where the way in by the present key is to be found once the one
// before is over and its port free again: that was asked for on the command line.
func (w *ways) toCome(i *wayIn, outer netip.AddrPort) (netip.AddrPort, bool) {
	asked, err := tunnelAddress(w.s.d.opt.Wishes.Tunnel)
	return asked, err == nil && asked.Port() != 0 && !i.before.Load() && asked.Port() != outer.Port()
}

// keptTunnel is the port that was chosen before for the present key, or the
// former; 0 for none.
func (d *Desk) keptTunnel(former bool) uint16 {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case !former:
		return d.settings.Tunnel
	case d.settings.Former != nil:
		return d.settings.Former.Tunnel
	}
	return 0
}

func (d *Desk) keepTunnel(former bool, port uint16) {
	if d.keptTunnel(former) == port {
		return
	}
	err := d.setting(func(s *place.Settings) {
		if former {
			s.Former = &place.FormerWay{Tunnel: port, Outer: s.FormerOuter()}
			return
		}
		s.Tunnel = port
	})
	if err != nil {
		d.opt.Log.Warn("door of the tunnel not kept", "err", err)
	}
}

// outerOf is keptTunnel for the router's port.
func (d *Desk) outerOf(former bool) uint16 {
	d.mu.Lock()
	defer d.mu.Unlock()
	if former {
		return d.settings.FormerOuter()
	}
	return d.settings.Reach.Port
}

func (d *Desk) keepOuter(former bool, port uint16) {
	if !former {
		d.keepReach(func(r *place.Reach) { r.Port = port })
		return
	}
	err := d.setting(func(s *place.Settings) {
		next := place.FormerWay{Outer: port}
		if s.Former != nil {
			next.Tunnel = s.Former.Tunnel
		}
		s.Former = &next
	})
	if err != nil {
		d.opt.Log.Warn("router's door of before not kept", "err", err)
	}
}
