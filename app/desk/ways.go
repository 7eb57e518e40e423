package desk

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"camp/app/place"
	"camp/node/camp"
	"camp/node/web"
	"camp/tunnel/lan"
)

// ways are how people on other computers come into a camp that is on: the
// tunnel, the router's door, the home network. Nothing of it is open before
// there is somebody to let in, or the command line asks for it.
//
//	people.Peers ─▶ apply ─▶ tunnel.Server ─▶ listeners ─▶ node.ServeTunnel
//	                            │ outer address
//	               reach.Mapper ┴ lan.Announcer
type ways struct {
	s *session

	applying sync.Mutex // one set of peers at a time, the newest last

	near atomic.Pointer[[]netip.Addr] // this computer's addresses as looked at last

	opening sync.Mutex // one change of what follows at a time; taken before mu, and held over I/O

	mu      sync.Mutex // guards what follows; a snapshot is made with it, so nothing of the desk is asked for while it is held
	now     *wayIn     // by the tunnel key of now; nil before it was read
	former  *wayIn     // by the one before, while it lets people in; nil otherwise
	renewed time.Time  // when there were two
	ends    time.Time  // when former is over
	door    *door
	gone    int64 // bytes that left by ways that are closed
	ended   bool
}

// read takes in the camp's tunnel keys; it opens nothing.
func (w *ways) read(ctx context.Context) error {
	k, err := w.s.node.People.Keys(ctx)
	if err != nil {
		return err
	}
	_, err = w.hold(k)
	return err
}

// derive gives the id of an invite's secret (tunnel.md 3.3).
func (w *ways) derive(secret camp.Secret) (camp.InviteID, error) { return w.present().derive(secret) }

// bound reports whether somebody who asks to join holds the secret of the
// invite behind whose address they stand.
func (w *ways) bound(ctx context.Context, id camp.InviteID, text, mac []byte) bool {
	secret, err := w.s.node.People.Proof(ctx, id)
	if err != nil {
		return false
	}
	i, ok := w.leading(id, secret)
	if !ok {
		return false
	}
	k, err := i.inviteKeys(secret)
	return err == nil && k.Bound(text, mac)
}

// leading gives the way in to which an invite leads: its id was made by that key.
func (w *ways) leading(id camp.InviteID, secret camp.Secret) (*wayIn, bool) {
	for _, i := range w.all() {
		if of, err := i.derive(secret); err == nil && of == id {
			return i, true
		}
	}
	return nil, false
}

// words are the four words by which host and newcomer can compare.
func (w *ways) words(key [32]byte) string { return lan.CompareWords(w.present().public, key) }

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
	if err := w.keyed(ctx); err != nil {
		return err
	}
	peers, err := w.s.node.People.Peers(ctx)
	if err != nil {
		return fmt.Errorf("read who may come in: %w", err)
	}
	var shut error // a way in that does not open keeps nobody at another
	if len(peers) > 0 || w.server() != nil {
		shut = w.open(ctx)
	}
	if w.server() == nil {
		return shut
	}
	stays := make(map[uint64]bool, len(peers))
	for _, p := range peers {
		stays[p.Serial] = true
	}
	w.s.node.Part(ctx, func(serial uint64) bool { return stays[serial] })
	var all errgroup.Group
	for _, srv := range w.servers() {
		all.Go(func() error { return srv.SetPeers(ctx, peers) })
	}
	if err := all.Wait(); err != nil {
		return fmt.Errorf("tell the tunnel who may come in: %w", err)
	}
	w.announce(len(peers) > 0)
	return shut
}

// open starts the tunnel where it does not run yet.
func (w *ways) open(context.Context) error {
	w.opening.Lock()
	defer w.opening.Unlock()
	w.mu.Lock()
	ended, list := w.ended, w.both()
	w.mu.Unlock()
	if ended {
		return nil
	}
	slices.Reverse(list) // the one before first: its port is known to people
	var errs []error
	for _, i := range list {
		if i.srv == nil {
			errs = append(errs, w.openOne(i))
		}
	}
	if w.door == nil && w.server() != nil {
		w.mu.Lock()
		w.door = newDoor(w)
		w.mu.Unlock()
		w.s.work.Go(func() error { return w.s.part(w.refresh(w.s.ctx)) })
	}
	return errors.Join(errs...)
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
	w.opening.Lock()
	defer w.opening.Unlock()
	w.mu.Lock()
	w.ended = true
	w.mu.Unlock()
	for _, srv := range w.servers() {
		_ = srv.Close()
	}
}

// remembered gives where devices were last seen, from a file that is in no
// backup; remember keeps it.
func (d *Desk) remembered(file string) []byte {
	raw, err := os.ReadFile(filepath.Join(d.opt.Home.Data, file))
	if err != nil || len(raw) > maxEndpoints {
		return nil
	}
	return raw
}

func (d *Desk) remember(file string, raw []byte) {
	if err := place.Write(filepath.Join(d.opt.Home.Data, file), raw); err != nil {
		d.opt.Log.Debug("last addresses not kept", "err", err)
	}
}

const (
	endpointsFile = "endpoints"
	formerFile    = "endpoints.former" // by the tunnel key of before
	maxEndpoints  = 256 << 10          // bytes
)

// behind says whose inner address it is; nobody's while no tunnel runs.
func (w *ways) behind(a netip.Addr) (camp.Peer, bool) {
	for _, srv := range w.servers() {
		if p, ok := srv.Behind(a); ok {
			return p, true
		}
	}
	return camp.Peer{}, false
}

// forNode is what the camp's door asks of the tunnel.
func (w *ways) forNode() web.Ways {
	return web.Ways{
		Bound: w.bound, Words: w.words, Code: w.pageCode, Next: w.next, Key: w.told, Since: w.since,
		Paths: func(from netip.Addr) []string { return waysText(w.into(w.at(from), w.lately)) },
		Inner: func(serial uint64, from netip.Addr) []string {
			six, four := w.at(from).plan.Device(serial)
			return innerText([]netip.Addr{six, four})
		},
		Phone: func(from netip.Addr) string {
			if at, ok := w.lasting(w.at(from)); ok {
				return at.String()
			}
			return ""
		},
	}
}
