package desk

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/curve25519"

	"camp/app/place"
	"camp/node/camp"
	"camp/node/web"
	"camp/tunnel"
	"camp/tunnel/invite"
	"camp/tunnel/lan"
	"camp/tunnel/reach"
)

// ways are how people on other computers come into a camp that is on: the
// tunnel, the router's door, the home network. Nothing of it is open before
// there is somebody to let in, or the command line asks for it.
//
//	people.Peers ─▶ apply ─▶ tunnel.Server ─▶ listeners ─▶ node.ServeTunnel
//	                            │ outer address
//	               reach.Mapper ┴ lan.Announcer
type ways struct {
	s      *session
	key    camp.Secret // the camp's tunnel key, 32 bytes
	public [32]byte

	applying sync.Mutex // one set of peers at a time, the newest last
	telling  func()     // ends the announcing; nil while there is none; guarded by applying

	near atomic.Pointer[[]netip.Addr] // this computer's addresses as looked at last

	mu     sync.Mutex // guards what follows
	srv    *tunnel.Server
	mapper *reach.Mapper
	door   *door
	ended  bool
}

// read takes in the camp's tunnel key; it opens nothing.
func (w *ways) read(ctx context.Context) error {
	k, err := w.s.node.People.Keys(ctx)
	if err != nil {
		return err
	}
	w.key = k.Tunnel
	pub, err := curve25519.X25519(k.Tunnel.Reveal(), curve25519.Basepoint)
	if err != nil {
		return fmt.Errorf("read the camp's tunnel key: %w", err)
	}
	copy(w.public[:], pub)
	return nil
}

// derive gives the id of an invite's secret (tunnel.md 3.3).
func (w *ways) derive(secret camp.Secret) (camp.InviteID, error) {
	k, err := w.inviteKeys(secret)
	if err != nil {
		return "", err
	}
	return camp.InviteID(fmt.Sprintf("%x", k.ID)), nil
}

func (w *ways) inviteKeys(secret camp.Secret) (invite.Keys, error) {
	var raw [16]byte
	if copy(raw[:], secret.Reveal()) != len(raw) {
		return invite.Keys{}, errors.New("an invite's secret has 16 bytes")
	}
	return invite.Derive(raw, w.public)
}

// bound reports whether somebody who asks to join holds the secret of the
// invite behind whose address they stand.
func (w *ways) bound(ctx context.Context, id camp.InviteID, text, mac []byte) bool {
	secret, err := w.s.node.People.Proof(ctx, id)
	if err != nil {
		return false
	}
	k, err := w.inviteKeys(secret)
	return err == nil && k.Bound(text, mac)
}

// words are the four words by which host and newcomer can compare.
func (w *ways) words(key [32]byte) string { return lan.CompareWords(w.public, key) }

// wanted says whether the way in is to be open before anybody was invited.
func (d *Desk) tunnelAsked() bool { return d.opt.Wishes.Tunnel != "" || d.opt.AtOnce }

// begin opens the way in where it is needed at once.
func (w *ways) begin(ctx context.Context) error {
	if w.s.d.tunnelAsked() {
		if err := w.open(ctx); err != nil {
			return err
		}
	}
	return w.apply(ctx)
}

// apply makes the tunnel know exactly the keys that the camp knows now.
// Whoever is gone from it is cut off before apply returns.
func (w *ways) apply(ctx context.Context) error {
	err := w.set(ctx)
	if err == nil {
		w.s.stale()
	}
	return err
}

func (w *ways) set(ctx context.Context) error {
	w.applying.Lock()
	defer w.applying.Unlock()
	peers, err := w.s.node.People.Peers(ctx)
	if err != nil {
		return fmt.Errorf("read who may come in: %w", err)
	}
	if len(peers) > 0 {
		if err := w.open(ctx); err != nil {
			return err
		}
	}
	srv := w.server()
	if srv == nil {
		return nil
	}
	stays := make(map[uint64]bool, len(peers))
	for _, p := range peers {
		stays[p.Serial] = true
	}
	w.s.node.Part(ctx, func(serial uint64) bool { return stays[serial] })
	if err := srv.SetPeers(ctx, peers); err != nil {
		return fmt.Errorf("tell the tunnel who may come in: %w", err)
	}
	w.announce(len(peers) > 0)
	return nil
}

func (w *ways) server() *tunnel.Server {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.srv
}

// open starts the tunnel where it does not run yet.
func (w *ways) open(ctx context.Context) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.srv != nil || w.ended {
		return nil
	}
	srv, err := w.listen()
	if err != nil {
		return err
	}
	inner, err := srv.Listen(80)
	if err != nil {
		_ = srv.Close()
		return fmt.Errorf("listen in the tunnel: %w", err)
	}
	w.srv = srv
	w.s.node.SetTunnelHosts(hostsInside(srv.Inner()))
	w.mapper = w.newMapper(srv)
	w.door = newDoor(w)
	w.s.serveTunnel(inner)
	anew := func(ctx context.Context) error { return askAnew(ctx, w.s.d.opt.Now, w.mapper.Renew) }
	for _, run := range []func(context.Context) error{srv.Run, w.mapper.Run, w.refresh, anew} {
		w.s.work.Go(func() error { return w.s.part(run(w.s.ctx)) })
	}
	return nil
}

// listen opens the outer door: the address that was asked for, else one that
// was chosen before, else one of the system's choice.
func (w *ways) listen() (*tunnel.Server, error) {
	d := w.s.d
	asked, err := tunnelAddress(d.opt.Wishes.Tunnel)
	if err != nil {
		return nil, err
	}
	opt := tunnel.ServerOptions{
		Key: w.key, Listen: asked, Device: d.opt.Device, Now: d.opt.Now, Rand: d.opt.Rand, Log: d.opt.Log.With("component", "tunnel"),
		Remembered: d.remembered(), Remember: d.remember,
	}
	kept := d.keptTunnel()
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
		d.keepTunnel(srv.Addr().Port())
	}
	return srv, nil
}

// tunnelAddress reads --tunnel; "" means every address, port of the system's choice.
func tunnelAddress(asked string) (netip.AddrPort, error) {
	if asked == "" {
		return netip.AddrPortFrom(netip.IPv4Unspecified(), 0), nil
	}
	host, port, err := net.SplitHostPort(asked)
	if err != nil {
		return netip.AddrPort{}, camp.NewFault(camp.Invalid, "program.tunnel_address.say", err)
	}
	switch host {
	case "":
		host = "0.0.0.0"
	case "localhost":
		host = "127.0.0.1"
	}
	addr, err := netip.ParseAddrPort(net.JoinHostPort(host, port))
	if err != nil {
		return netip.AddrPort{}, camp.NewFault(camp.Invalid, "program.tunnel_address.say", err)
	}
	return addr, nil
}

// hostsInside gives the exact Host values by which a browser reaches the camp
// in the tunnel.
func hostsInside(inner []netip.Addr) []string {
	var hosts []string
	for _, a := range inner {
		if a.Is6() {
			hosts = append(hosts, "["+a.String()+"]")
		} else {
			hosts = append(hosts, a.String())
		}
	}
	return hosts
}

// serveTunnel lets those in whom the tunnel knows.
func (s *session) serveTunnel(listeners []net.Listener) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		for _, l := range listeners {
			_ = l.Close()
		}
		return
	}
	s.pages.Go(func() error { return s.part(s.node.ServeTunnel(s.pagesCtx, listeners...)) })
}

// How often what the tunnel alone knows (who is connected, the router's lease) is
// looked at for the snapshot; and the snapshot is made anew whether or not that
// has changed, since some of it changes by its time alone.
const (
	refreshEvery = 10 * time.Second
	wholeEvery   = 6 // of those
)

// refresh renews the snapshot where the tunnel's side of it has changed, and
// takes away keys whose time is over.
func (w *ways) refresh(ctx context.Context) error {
	t := time.NewTicker(refreshEvery)
	defer t.Stop()
	last := ""
	for n := 1; ; n++ {
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
		}
		if err := w.set(ctx); err != nil && ctx.Err() == nil {
			w.s.d.opt.Log.WarnContext(ctx, "tunnel not renewed", "err", err)
		}
		if now := w.print(); now != last || n%wholeEvery == 0 {
			last = now
			w.s.stale()
		}
	}
}

// shut closes what stays open to the outside when the camp ends.
func (w *ways) shut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ended = true
	if w.srv != nil {
		_ = w.srv.Close()
	}
}

// remembered gives where devices were last seen, from a file that is in no
// backup; remember keeps it.
func (d *Desk) remembered() []byte {
	raw, err := os.ReadFile(filepath.Join(d.opt.Home.Data, endpointsFile))
	if err != nil || len(raw) > maxEndpoints {
		return nil
	}
	return raw
}

func (d *Desk) remember(raw []byte) {
	if err := place.Write(filepath.Join(d.opt.Home.Data, endpointsFile), raw); err != nil {
		d.opt.Log.Debug("last addresses not kept", "err", err)
	}
}

const (
	endpointsFile = "endpoints"
	maxEndpoints  = 256 << 10 // bytes
)

// behind says whose inner address it is; nobody's while no tunnel runs.
func (w *ways) behind(a netip.Addr) (camp.Peer, bool) {
	if srv := w.server(); srv != nil {
		return srv.Behind(a)
	}
	return camp.Peer{}, false
}

// forNode is what the camp's door asks of the tunnel.
func (w *ways) forNode() web.Ways {
	return web.Ways{
		Bound: w.bound, Words: w.words, Code: w.pageCode,
		Paths: func() []string {
			all := []string{}
			for _, a := range w.into(w.lately) {
				all = append(all, a.String())
			}
			return all
		},
		Inner: func(serial uint64) []string {
			six, four := tunnel.NewPlan(w.public).Device(serial)
			return innerText([]netip.Addr{six, four})
		},
		Camp: func() ([32]byte, []string) {
			six, four := tunnel.NewPlan(w.public).Host()
			return w.public, innerText([]netip.Addr{six, four})
		},
		Phone: func() string {
			if at, ok := w.lasting(); ok {
				return at.String()
			}
			return ""
		},
	}
}

// keptTunnel is the port that was chosen before, 0 for none.
func (d *Desk) keptTunnel() uint16 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.settings.Tunnel
}

func (d *Desk) keepTunnel(port uint16) {
	if d.keptTunnel() == port {
		return
	}
	if err := d.setting(func(s *place.Settings) { s.Tunnel = port }); err != nil {
		d.opt.Log.Warn("door of the tunnel not kept", "err", err)
	}
}
