package tunnel

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"sync/atomic"
	"testing"
	"time"

	"golang.zx2c4.com/wireguard/wgctrl/wgtypes"

	"camp/node/camp"
)

// clock is the test's own, ahead of the system's by as much as it was put on.
type clock struct{ ahead atomic.Int64 }

func (c *clock) now() time.Time         { return time.Now().Add(time.Duration(c.ahead.Load())) }
func (c *clock) putOn(by time.Duration) { c.ahead.Add(int64(by)) }

var loopback = netip.MustParseAddr("127.0.0.1")

func startServer(t *testing.T, opt ServerOptions) (*Server, *clock) {
	t.Helper()
	c := &clock{}
	if opt.Key.Reveal() == nil {
		key := newKey(t)
		opt.Key = camp.NewSecret(key[:])
	}
	if !opt.Listen.IsValid() {
		opt.Listen = netip.AddrPortFrom(loopback, 0)
	}
	opt.Now, opt.Log = c.now, slog.New(slog.DiscardHandler)
	s, err := NewServer(opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s, c
}

func setPeers(t *testing.T, s *Server, peers ...camp.Peer) {
	t.Helper()
	if err := s.SetPeers(t.Context(), peers); err != nil {
		t.Fatal(err)
	}
}

// deviceOf is one that may reach the camp.
func deviceOf(serial uint64, key wgtypes.Key) camp.Peer {
	return camp.Peer{Principal: camp.PrincipalDevice, Serial: serial, Key: key.PublicKey()}
}

// visitor opens a device of somebody with a key at an inner address.
func visitor(t *testing.T, s *Server, key, psk wgtypes.Key, inner netip.Addr) *Embedded {
	t.Helper()
	e := startEmbedded(t, inner, key)
	p := wgtypes.PeerConfig{
		PublicKey: s.CampKey(), PresharedKey: &psk, ReplaceAllowedIPs: true, Endpoint: net.UDPAddrFromAddrPort(s.Addr()),
		AllowedIPs: []net.IPNet{{IP: s.Inner()[0].AsSlice(), Mask: net.CIDRMask(128, 128)}},
	}
	if err := e.Configure(wgtypes.Config{Peers: []wgtypes.PeerConfig{p}}); err != nil {
		t.Fatal(err)
	}
	return e
}

// echo answers what it is told, on port 80 of the camp's inner addresses.
func echo(t *testing.T, s *Server) {
	t.Helper()
	listeners, err := s.Listen(80)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range listeners {
		t.Cleanup(func() { _ = l.Close() })
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				go func() { _, _ = io.Copy(c, c); _ = c.Close() }()
			}
		}()
	}
}

const reached = 10 * time.Second // for what is to come

// call connects and has a word echoed.
func call(t *testing.T, s *Server, e *Embedded) (net.Conn, error) {
	t.Helper()
	return callAt(t, e, s.Inner()[0])
}

func callAt(t *testing.T, e *Embedded, at netip.Addr) (net.Conn, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), reached)
	defer cancel()
	c, err := e.Dial(ctx, netip.AddrPortFrom(at, 80))
	if err != nil {
		return nil, err
	}
	t.Cleanup(func() { _ = c.Close() })
	return c, say(c)
}

func say(c net.Conn) error {
	if err := c.SetDeadline(time.Now().Add(reached)); err != nil {
		return err
	}
	if _, err := io.WriteString(c, "hello"); err != nil {
		return err
	}
	got := make([]byte, 5)
	if _, err := io.ReadFull(c, got); err != nil {
		return err
	}
	if string(got) != "hello" {
		return errors.New("the echo is " + string(got))
	}
	return nil
}

// silent reports whether nothing is answered for a short while.
func silent(t *testing.T, s *Server, e *Embedded) bool {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 700*time.Millisecond)
	defer cancel()
	c, err := e.Dial(ctx, netip.AddrPortFrom(s.Inner()[0], 80))
	if err == nil {
		_ = c.Close()
	}
	return err != nil
}

func TestServerAnswersWhomItKnows(t *testing.T) {
	s, _ := startServer(t, ServerOptions{})
	echo(t, s)
	key, other := newKey(t), newKey(t)
	six, four := s.plan.Device(3)
	e := visitor(t, s, key, wgtypes.Key{}, six)
	if !silent(t, s, e) {
		t.Fatal("a camp that knows nobody answers")
	}
	setPeers(t, s, deviceOf(3, key))
	e = visitor(t, s, key, wgtypes.Key{}, six)
	if _, err := call(t, s, e); err != nil {
		t.Fatalf("a device that is known gets no answer: %v", err)
	}
	for _, a := range []netip.Addr{six, four} {
		if p, ok := s.Behind(a); !ok || p.Serial != 3 {
			t.Errorf("behind %s is %v, %v", a, p, ok)
		}
	}
	if at, ok := s.Connected()[3]; !ok || time.Since(at) > time.Minute || len(s.Connected()) != 1 {
		t.Errorf("connected: %v", s.Connected())
	}
	if !silent(t, s, visitor(t, s, other, wgtypes.Key{}, six)) {
		t.Error("another key at a known address is answered")
	}
	if !silent(t, s, visitor(t, s, key, newKey(t), six)) {
		t.Error("a wrong preshared key is answered")
	}
}

// Who goes is cut off before SetPeers returns; who stays does not notice.
func TestServerTakesOutAndLeavesTheRest(t *testing.T) {
	s, _ := startServer(t, ServerOptions{})
	echo(t, s)
	stays, goes := newKey(t), newKey(t)
	sixA, _ := s.plan.Device(1)
	sixB, _ := s.plan.Device(2)
	setPeers(t, s, deviceOf(1, stays), deviceOf(2, goes))
	eA, eB := visitor(t, s, stays, wgtypes.Key{}, sixA), visitor(t, s, goes, wgtypes.Key{}, sixB)
	cA, err := call(t, s, eA)
	if err != nil {
		t.Fatal(err)
	}
	cB, err := call(t, s, eB)
	if err != nil {
		t.Fatal(err)
	}
	setPeers(t, s, deviceOf(1, stays))
	if s.table.busy(sixB) {
		t.Error("a connection of somebody gone is open after SetPeers")
	}
	if _, ok := s.Behind(sixB); ok {
		t.Error("somebody gone stands in the table")
	}
	if err := say(cB); err == nil {
		t.Error("somebody gone is answered")
	}
	if err := say(cA); err != nil {
		t.Errorf("who stays was disturbed: %v", err)
	}
	d, err := s.dev.Device()
	if err != nil || len(d.Peers) != 1 || d.Peers[0].PublicKey != stays.PublicKey() {
		t.Errorf("the device knows %v, %v", d, err)
	}
	next := newKey(t)
	setPeers(t, s, deviceOf(1, next))
	if !silent(t, s, visitor(t, s, stays, wgtypes.Key{}, sixA)) {
		t.Error("the key before goes on")
	}
	if _, err := call(t, s, visitor(t, s, next, wgtypes.Key{}, sixA)); err != nil {
		t.Errorf("the new key: %v", err)
	}
}

// One peer that makes no sense is told of, and keeps no other out.
func TestServerLeavesOutNonsense(t *testing.T) {
	s, _ := startServer(t, ServerOptions{})
	echo(t, s)
	key := newKey(t)
	six, _ := s.plan.Device(1)
	err := s.SetPeers(t.Context(), []camp.Peer{
		{Principal: camp.PrincipalDevice, Serial: 9},
		{Principal: camp.PrincipalInvite, Invite: "0102030405060708", Uses: 1},
		{Principal: camp.PrincipalInvite, Invite: "0102030405060709", Uses: 1, Secret: camp.NewSecret([]byte("short"))},
		deviceOf(1, key),
	})
	if err == nil {
		t.Error("nonsense is not told of")
	}
	if d, err := s.dev.Device(); err != nil || len(d.Peers) != 1 {
		t.Errorf("the device knows %v, %v", d, err)
	}
	if _, err := call(t, s, visitor(t, s, key, wgtypes.Key{}, six)); err != nil {
		t.Errorf("who makes sense gets no answer: %v", err)
	}
}

func waitUntil(t *testing.T, what string, good func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), reached)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !good() {
		select {
		case <-ctx.Done():
			t.Fatalf("never: %s", what)
		case <-tick.C:
		}
	}
}

// A camp that comes back speaks first, to where its devices were.
func TestServerComesBack(t *testing.T) {
	secret := newKey(t)
	opt := ServerOptions{Key: camp.NewSecret(secret[:])}
	var kept []byte
	opt.Remember = func(raw []byte) { kept = raw }
	s, _ := startServer(t, opt)
	echo(t, s)
	key := newKey(t)
	six, _ := s.plan.Device(4)
	setPeers(t, s, deviceOf(4, key))
	e := visitor(t, s, key, wgtypes.Key{}, six)
	if _, err := call(t, s, e); err != nil {
		t.Fatal(err)
	}
	if !s.LastOutside().IsZero() {
		t.Error("loopback is called outside")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if kept == nil {
		t.Fatal("nothing was remembered")
	}
	opt.Remembered, opt.Listen = kept, s.Addr()
	again, _ := startServer(t, opt)
	if again.CampKey() != s.CampKey() || again.Addr() != s.Addr() {
		t.Fatal("it came back elsewhere")
	}
	setPeers(t, again, deviceOf(4, key))
	waitUntil(t, "a handshake that the camp began", func() bool { return len(again.Connected()) == 1 })

	nobody, _ := startServer(t, ServerOptions{Key: opt.Key, Remembered: []byte(`{"4":{"at":"127.0.0.1:9","seen":"2001-01-01T00:00:00Z"}}`)})
	if _, ok := nobody.places.at(4); ok {
		t.Error("a place of long ago is remembered")
	}
}

// A camp that moved greets anew: also a device that looks for it already, and
// has dropped what was agreed before, hears it.
func TestServerGreetsAnew(t *testing.T) {
	s, _ := startServer(t, ServerOptions{})
	echo(t, s)
	key := newKey(t)
	six, _ := s.plan.Device(4)
	setPeers(t, s, deviceOf(4, key))
	e := visitor(t, s, key, wgtypes.Key{}, six)
	if _, err := call(t, s, e); err != nil {
		t.Fatal(err)
	}
	d, err := e.Device()
	if err != nil || len(d.Peers) != 1 {
		t.Fatal(d, err)
	}
	camp := wgtypes.PeerConfig{PublicKey: d.Peers[0].PublicKey, AllowedIPs: d.Peers[0].AllowedIPs}
	for _, p := range []wgtypes.PeerConfig{{PublicKey: camp.PublicKey, Remove: true}, camp} {
		if err := e.Configure(wgtypes.Config{Peers: []wgtypes.PeerConfig{p}}); err != nil {
			t.Fatal(err)
		}
	}
	s.greetAnew()
	waitUntil(t, "a handshake that the camp began", func() bool {
		d, err := e.Device()
		return err == nil && len(d.Peers) == 1 && !d.Peers[0].LastHandshakeTime.IsZero()
	})
}

// Closing ends what is open, and says so to those who listen.
func TestServerClose(t *testing.T) {
	s, _ := startServer(t, ServerOptions{})
	listeners, err := s.Listen(80)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, len(listeners))
	for _, l := range listeners {
		go func() { _, err := l.Accept(); ended <- err }()
	}
	if _, err := s.Listen(80); err == nil {
		t.Error("the same port twice")
	}
	for _, l := range listeners {
		_ = l.Close()
		if err := <-ended; err == nil {
			t.Error("a closed door let somebody in")
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := NewServer(ServerOptions{Key: camp.NewSecret([]byte("short")), Now: time.Now, Log: slog.New(slog.DiscardHandler)}); err == nil {
		t.Error("a key that is none is taken")
	}
	if _, err := NewServer(ServerOptions{Key: s.opt.Key, Device: "no-such-device", Now: time.Now, Log: slog.New(slog.DiscardHandler)}); err == nil {
		t.Error("a device that is not there is driven")
	}
}

// A member's device has an address of each family, and reaches the camp by both.
func TestServerServesBothFamilies(t *testing.T) {
	s, _ := startServer(t, ServerOptions{})
	echo(t, s)
	key := newKey(t)
	six, four := s.plan.Device(lastFour)
	setPeers(t, s, deviceOf(lastFour, key))
	e, err := NewEmbedded([]netip.Addr{six, four}, nil, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	port := 0
	peer := wgtypes.PeerConfig{PublicKey: s.CampKey(), Endpoint: net.UDPAddrFromAddrPort(s.Addr())}
	for _, a := range s.Inner() {
		peer.AllowedIPs = append(peer.AllowedIPs, net.IPNet{IP: a.AsSlice(), Mask: net.CIDRMask(a.BitLen(), a.BitLen())})
	}
	if err := e.Configure(wgtypes.Config{PrivateKey: &key, ListenPort: &port, Peers: []wgtypes.PeerConfig{peer}}); err != nil {
		t.Fatal(err)
	}
	if err := e.Up(); err != nil {
		t.Fatal(err)
	}
	for n, inner := range []netip.Addr{six, four} {
		c, err := callAt(t, e, s.Inner()[n])
		if err != nil {
			t.Fatalf("%s is not answered at %s: %v", inner, s.Inner()[n], err)
		}
		if !s.table.busy(inner) {
			t.Errorf("the connection of %s is not known as its own", inner)
		}
		_ = c.Close()
	}
	beyond := newKey(t)
	setPeers(t, s, deviceOf(lastFour+1, beyond))
	six, four = s.plan.Device(lastFour + 1)
	if four.IsValid() {
		t.Fatal("a serial beyond the range of IPv4 has an address of it")
	}
	if _, err := call(t, s, visitor(t, s, beyond, wgtypes.Key{}, six)); err != nil {
		t.Errorf("a device that has IPv6 alone: %v", err)
	}
}

// What a key stands for can change under it: a phone's configuration becomes a
// member's device and goes on; an address that comes to mean another invite is cut.
func TestServerChangesWhoSomebodyIs(t *testing.T) {
	s, _ := startServer(t, ServerOptions{})
	echo(t, s)
	key := newKey(t)
	six, _ := s.plan.Device(6)
	asks := deviceOf(6, key)
	asks.Principal, asks.Invite, asks.Uses = camp.PrincipalInvite, "0102030405060708", 1
	setPeers(t, s, asks)
	c, err := call(t, s, visitor(t, s, key, wgtypes.Key{}, six))
	if err != nil {
		t.Fatal(err)
	}
	for _, principal := range []camp.Principal{camp.PrincipalWaiting, camp.PrincipalDevice} {
		p := deviceOf(6, key)
		p.Principal = principal
		setPeers(t, s, p)
		if err := say(c); err != nil {
			t.Fatalf("the connection of a phone that became %q: %v", principal, err)
		}
		if got, ok := s.Behind(six); !ok || got.Principal != principal {
			t.Errorf("behind %s is %v, %v; want %q", six, got.Principal, ok, principal)
		}
	}

	peer, keys := inviteFor(t, s, 1)
	setPeers(t, s, peer)
	c, err = call(t, s, visitor(t, s, keys.Private, keys.Preshared, s.plan.Invite(keys.ID)))
	if err != nil {
		t.Fatal(err)
	}
	peer.Invite = "1112131415161718"
	setPeers(t, s, peer)
	if err := say(c); err == nil {
		t.Error("a connection made by one invite goes on under another")
	}
}
