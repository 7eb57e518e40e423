package tunnel

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.zx2c4.com/wireguard/conn"
	"golang.zx2c4.com/wireguard/wgctrl/wgtypes"
)

var (
	hostInner   = netip.MustParseAddr("fd00::1")
	memberInner = netip.MustParseAddr("fd00::1:1")
)

func newKey(t testing.TB) wgtypes.Key {
	t.Helper()
	k, err := wgtypes.GeneratePrivateKey()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func startEmbedded(t testing.TB, inner netip.Addr, key wgtypes.Key) *Embedded {
	t.Helper()
	return startOver(t, inner, key, nil)
}

func startOver(t testing.TB, inner netip.Addr, key wgtypes.Key, bind conn.Bind) *Embedded {
	t.Helper()
	return startBehind(t, inner, key, bind, func(d tunDevice) tunDevice { return d })
}

// startBehind starts a device with something between it and its network stack.
func startBehind(t testing.TB, inner netip.Addr, key wgtypes.Key, bind conn.Bind, between func(tunDevice) tunDevice) *Embedded {
	t.Helper()
	e, err := newEmbedded([]netip.Addr{inner}, bind, slog.New(slog.DiscardHandler), between)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	port := 0
	if err := e.Configure(wgtypes.Config{PrivateKey: &key, ListenPort: &port, ReplacePeers: true}); err != nil {
		t.Fatal(err)
	}
	if err := e.Up(); err != nil {
		t.Fatal(err)
	}
	return e
}

func outerPort(t testing.TB, e *Embedded) int {
	t.Helper()
	d, err := e.Device()
	if err != nil {
		t.Fatal(err)
	}
	return d.ListenPort
}

func allow(t testing.TB, e *Embedded, peer wgtypes.Key, inner netip.Addr, port int) {
	t.Helper()
	p := wgtypes.PeerConfig{
		PublicKey: peer.PublicKey(), ReplaceAllowedIPs: true,
		AllowedIPs: []net.IPNet{{IP: inner.AsSlice(), Mask: net.CIDRMask(128, 128)}},
	}
	if port != 0 {
		p.Endpoint = &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port}
	}
	if err := e.Configure(wgtypes.Config{Peers: []wgtypes.PeerConfig{p}}); err != nil {
		t.Fatal(err)
	}
}

// pair gives two devices that know each other, the second knowing where the first is.
func pair(t testing.TB) (host, member *Embedded, memberKey wgtypes.Key) {
	t.Helper()
	return pairOver(t, newBind)
}

func pairOver(t testing.TB, bind func() conn.Bind) (host, member *Embedded, memberKey wgtypes.Key) {
	t.Helper()
	hostKey, memberKey := newKey(t), newKey(t)
	host, member = startOver(t, hostInner, hostKey, bind()), startOver(t, memberInner, memberKey, bind())
	allow(t, host, memberKey, memberInner, 0)
	allow(t, member, hostKey, hostInner, outerPort(t, host))
	return host, member, memberKey
}

func TestTwoDevicesTalk(t *testing.T) {
	host, member, _ := pair(t)
	at := netip.AddrPortFrom(hostInner, 80)
	l, err := host.Listen(at)
	if err != nil {
		t.Fatal(err)
	}
	from := make(chan string, 1)
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		from <- c.RemoteAddr().String()
		_, _ = io.WriteString(c, "hello")
		_ = c.Close()
	}()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	c, err := member.Dial(ctx, at)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(c)
	if err != nil || string(got) != "hello" {
		t.Fatalf("read %q, %v", got, err)
	}
	if who := <-from; !strings.HasPrefix(who, "["+memberInner.String()+"]:") {
		t.Errorf("the host sees %s, want the member's inner address", who)
	}
}

func TestConfigurationReadsBack(t *testing.T) {
	e := startEmbedded(t, hostInner, newKey(t))
	psk, every := newKey(t), 25*time.Second
	peer := newKey(t).PublicKey()
	_, four, _ := net.ParseCIDR("100.64.0.7/32")
	_, six, _ := net.ParseCIDR("fd00::7/128")
	want := wgtypes.PeerConfig{
		PublicKey: peer, PresharedKey: &psk, PersistentKeepaliveInterval: &every,
		Endpoint: &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 4711}, AllowedIPs: []net.IPNet{*four, *six}, ReplaceAllowedIPs: true,
	}
	if err := e.Configure(wgtypes.Config{Peers: []wgtypes.PeerConfig{want}}); err != nil {
		t.Fatal(err)
	}
	d, err := e.Device()
	if err != nil || len(d.Peers) != 1 {
		t.Fatalf("peers: %v, %v", d, err)
	}
	p := d.Peers[0]
	allowed := []string{p.AllowedIPs[0].String(), p.AllowedIPs[1].String()}
	if p.PublicKey != peer || p.PresharedKey != psk || p.PersistentKeepaliveInterval != every || p.Endpoint.String() != "127.0.0.1:4711" {
		t.Errorf("read back %+v", p)
	}
	if d := cmp.Diff([]string{"100.64.0.7/32", "fd00::7/128"}, allowed); d != "" {
		t.Error(d)
	}
	if !p.LastHandshakeTime.IsZero() {
		t.Errorf("a handshake at %v, none took place", p.LastHandshakeTime)
	}
	if err := e.Configure(wgtypes.Config{Peers: []wgtypes.PeerConfig{{PublicKey: peer, Remove: true}}}); err != nil {
		t.Fatal(err)
	}
	if d, err := e.Device(); err != nil || len(d.Peers) != 0 {
		t.Errorf("after removal: %v, %v", d, err)
	}
}

// A member who uses an inner address that is not theirs is not heard: the
// control is TestTwoDevicesTalk, which differs in this address alone.
func TestForeignInnerAddressIsDropped(t *testing.T) {
	hostKey, memberKey := newKey(t), newKey(t)
	host := startEmbedded(t, hostInner, hostKey)
	thief := startEmbedded(t, netip.MustParseAddr("fd00::1:2"), memberKey)
	allow(t, host, memberKey, memberInner, 0)
	allow(t, thief, hostKey, hostInner, outerPort(t, host))
	at := netip.AddrPortFrom(hostInner, 80)
	l, err := host.Listen(at)
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		if c, err := l.Accept(); err == nil {
			_ = c.Close()
		}
	}()
	ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
	defer cancel()
	if c, err := thief.Dial(ctx, at); err == nil {
		_ = c.Close()
		t.Fatal("a connection from a foreign inner address was answered")
	}
	d, err := host.Device()
	if err != nil || d.Peers[0].LastHandshakeTime.IsZero() {
		t.Errorf("the handshake itself must have worked, else this proves nothing: %v", err)
	}
}

func TestStrangersGetNoAnswer(t *testing.T) {
	host, _, _ := pair(t)
	c, err := net.Dial("udp", (&net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: outerPort(t, host)}).String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	knock := append([]byte{1, 0, 0, 0}, bytes.Repeat([]byte{7}, 144)...) // the size and type of a first handshake message
	for _, b := range [][]byte{knock, []byte("hello"), bytes.Repeat([]byte{0}, 1400)} {
		if _, err := c.Write(b); err != nil {
			t.Fatal(err)
		}
	}
	_ = c.SetReadDeadline(time.Now().Add(500 * time.Millisecond))
	if n, err := c.Read(make([]byte, 1500)); err == nil {
		t.Errorf("%d bytes came back to a stranger", n)
	}
}

func FuzzParseUAPI(f *testing.F) {
	f.Add("private_key=" + strings.Repeat("ab", 32) + "\nlisten_port=5\npublic_key=" + strings.Repeat("cd", 32) + "\nallowed_ip=10.0.0.1/32\nendpoint=[::1]:7\nlast_handshake_time_sec=5\n")
	f.Add("public_key=zz\n")
	f.Add("=\n\n===")
	f.Fuzz(func(t *testing.T, s string) {
		d, err := parseUAPI(strings.NewReader(s))
		if err == nil && d == nil {
			t.Fatal("neither a device nor an error")
		}
	})
}
