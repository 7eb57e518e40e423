package tunnel

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"time"

	"golang.zx2c4.com/wireguard/wgctrl/wgtypes"

	"camp/node/camp"
	"camp/tunnel/invite"
)

// ErrNoPeer is returned for a device that the tunnel does not know.
var ErrNoPeer = errors.New("tunnel: no such device")

// errElsewhere is the cause where an invite's id was made by another key of the
// camp's (tunnel.md 3.3): its code leads there.
var errElsewhere = errors.New("tunnel: the invite leads to another key")

// connectedFor is how old the last handshake of somebody connected may be
// (WireGuard paper §6: a session ends after 180 s).
const connectedFor = 180 * time.Second

// SetPeers makes the tunnel know exactly these. What is gone is taken from the
// device and its connections are closed before SetPeers returns; who stays is
// not disturbed. The first time, it speaks to those whose place is remembered. A
// peer whose keys make no sense is left out, and told by the error; an invite that
// leads to another key of the camp's is left out without a word.
func (s *Server) SetPeers(ctx context.Context, peers []camp.Peer) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	next := make(map[wgtypes.Key]installed, len(peers))
	addrs := make(map[netip.Addr]camp.Peer, 2*len(peers))
	var wrong []error
	for _, p := range peers {
		key, in, err := s.install(p)
		if errors.Is(err, errElsewhere) {
			continue
		}
		if err != nil {
			wrong = append(wrong, err)
			continue
		}
		next[key] = in
		for _, a := range in.addrs {
			addrs[a] = p
		}
	}
	c := s.difference(next)
	gone := slices.ContainsFunc(c.Peers, func(p wgtypes.PeerConfig) bool { return p.Remove })
	if gone { // no word comes in by a key that is being taken away; what was said to it before still arrives
		s.table.part(addrs)
		s.table.set(addrs)
		rest(ctx, farewell)
		s.table.stay()
	}
	if c.ReplacePeers || len(c.Peers) > 0 {
		if err := s.dev.Configure(c); err != nil {
			return errors.Join(append(wrong, err)...)
		}
	}
	first := s.fresh
	s.known, s.fresh = next, false
	s.table.set(addrs)
	if first { // the camp was away
		s.greet()
	}
	return errors.Join(wrong...)
}

// farewell is how long the last words have to arrive before a key goes: time
// enough to say them once more where the first packet was lost.
const farewell = 250 * time.Millisecond

func rest(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// install works out a peer's keys and inner addresses.
func (s *Server) install(p camp.Peer) (wgtypes.Key, installed, error) {
	in := installed{peer: p}
	key := wgtypes.Key(p.Key)
	copy(in.psk[:], p.Preshared.Reveal())
	if p.Serial != 0 {
		six, four := s.plan.Device(p.Serial)
		in.addrs = []netip.Addr{six}
		if four.IsValid() {
			in.addrs = append(in.addrs, four)
		}
		if key == (wgtypes.Key{}) {
			return key, in, fmt.Errorf("device %d has no key", p.Serial)
		}
		return key, in, nil
	}
	var secret [16]byte
	if copy(secret[:], p.Secret.Reveal()) != len(secret) {
		return key, in, fmt.Errorf("invite %s has no secret", p.Invite)
	}
	k, err := invite.Derive(secret, s.public)
	if err != nil {
		return key, in, err
	}
	if k.ID != p.Invite.Bytes() {
		return key, in, errElsewhere
	}
	in.psk = wgtypes.Key(k.Preshared)
	in.addrs = []netip.Addr{s.plan.Invite(k.ID)}
	return wgtypes.Key(k.Public), in, nil
}

// difference is what changes the device from what it knows to next; what stays
// as it is keeps the time of its last renewal. The caller holds mu.
func (s *Server) difference(next map[wgtypes.Key]installed) wgtypes.Config {
	c := wgtypes.Config{ReplacePeers: s.fresh}
	for key, old := range s.known {
		if _, stays := next[key]; !stays {
			c.Peers = append(c.Peers, wgtypes.PeerConfig{PublicKey: key, Remove: true})
			if old.peer.Serial != 0 {
				s.places.forget(old.peer.Serial)
			}
		}
	}
	for key, in := range next {
		old, was := s.known[key]
		if was && old.psk == in.psk && slices.Equal(old.addrs, in.addrs) {
			in.renewed = old.renewed
			next[key] = in
			continue
		}
		in.renewed = s.opt.Now()
		next[key] = in
		c.Peers = append(c.Peers, s.config(key, in))
	}
	return c
}

// config adds or changes one peer.
func (s *Server) config(key wgtypes.Key, in installed) wgtypes.PeerConfig {
	p := wgtypes.PeerConfig{PublicKey: key, ReplaceAllowedIPs: true, PresharedKey: &in.psk}
	for _, a := range in.addrs {
		p.AllowedIPs = append(p.AllowedIPs, net.IPNet{IP: a.AsSlice(), Mask: net.CIDRMask(a.BitLen(), a.BitLen())})
	}
	if at, ok := s.places.at(in.peer.Serial); ok {
		p.Endpoint = net.UDPAddrFromAddrPort(at)
	}
	return p
}

// Renew takes a device's key out and puts it in again. That clears what
// WireGuard remembers of its clock, which would shut out one whose clock went back.
func (s *Server) Renew(serial uint64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, in := range s.known {
		if serial != 0 && in.peer.Serial == serial {
			s.see() // where it is now, so that the camp speaks first
			if err := s.renew(key, in); err != nil {
				return err
			}
			s.speak(key)
			return nil
		}
	}
	return ErrNoPeer
}

// renew is Renew for a key; the caller holds mu. A removal and an addition in
// one configuration would be taken as an update.
func (s *Server) renew(key wgtypes.Key, in installed) error {
	if err := s.dev.Configure(wgtypes.Config{Peers: []wgtypes.PeerConfig{{PublicKey: key, Remove: true}}}); err != nil {
		return err
	}
	in.renewed = s.opt.Now()
	s.known[key] = in
	return s.dev.Configure(wgtypes.Config{Peers: []wgtypes.PeerConfig{s.config(key, in)}})
}

// How long an invite for several people is left to whoever last used it: without
// a connection open, and with one, which may be that of somebody who is gone. One
// request takes less.
const (
	sharedRest = time.Second
	sharedHold = 15 * time.Second
)

// renewShared clears the memory of invites that several people use: WireGuard
// refuses a handshake that is dated before the last one of the same key, and
// their clocks differ.
func (s *Server) renewShared() {
	s.mu.Lock()
	defer s.mu.Unlock()
	shared := false
	for _, in := range s.known {
		shared = shared || in.peer.Uses > 1
	}
	if !shared {
		return
	}
	d, err := s.dev.Device()
	if err != nil {
		return
	}
	now := s.opt.Now()
	for _, p := range d.Peers {
		in, ok := s.known[p.PublicKey]
		if !ok || in.peer.Uses <= 1 || p.LastHandshakeTime.IsZero() || now.Sub(p.LastHandshakeTime) < sharedRest {
			continue
		}
		if now.Sub(p.LastHandshakeTime) < sharedHold && slices.ContainsFunc(in.addrs, s.table.busy) {
			continue
		}
		if err := s.renew(p.PublicKey, in); err != nil {
			s.opt.Log.Warn("invite not renewed", "err", err)
		}
	}
}

// Connected gives the devices with a handshake in the last three minutes, by
// serial, with its time.
func (s *Server) Connected() map[uint64]time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := map[uint64]time.Time{}
	d, err := s.dev.Device()
	if err != nil {
		return all
	}
	now := s.opt.Now()
	for _, p := range d.Peers {
		in, ok := s.known[p.PublicKey]
		if ok && in.peer.Serial != 0 && !p.LastHandshakeTime.IsZero() && now.Sub(p.LastHandshakeTime) < connectedFor {
			all[in.peer.Serial] = p.LastHandshakeTime
		}
	}
	return all
}

// LastOutside gives when somebody last came in from outside the home network,
// zero for never since the start.
func (s *Server) LastOutside() time.Time {
	s.look()
	return s.places.outside()
}
