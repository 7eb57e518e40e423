package tunnel

import (
	"context"
	"log/slog"
	"net"
	"net/netip"
	"testing"
	"time"

	"golang.zx2c4.com/wireguard/wgctrl/wgtypes"
)

// The peer's endpoint is a socket that never answers; only the fan can find the
// camp within the time of one handshake message (WireGuard's own retry is 5 s).
func TestFanFindsTheOneThatAnswers(t *testing.T) {
	silent, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	silentPort := silent.LocalAddr().(*net.UDPAddr).Port
	hostKey, memberKey := newKey(t), newKey(t)
	host := startEmbedded(t, hostInner, hostKey)
	allow(t, host, memberKey, memberInner, 0)

	fan := NewFan(nil)
	member, err := NewEmbedded([]netip.Addr{memberInner}, fan, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer member.Close()
	if err := member.Configure(wgtypes.Config{PrivateKey: &memberKey}); err != nil {
		t.Fatal(err)
	}
	if err := member.Up(); err != nil {
		t.Fatal(err)
	}
	allow(t, member, hostKey, hostInner, silentPort)
	local := netip.MustParseAddr("127.0.0.1")
	right := netip.AddrPortFrom(local, uint16(outerPort(t, host)))
	if err := fan.Try([]netip.AddrPort{netip.AddrPortFrom(local, uint16(silentPort)), right, netip.MustParseAddrPort("127.0.0.1:9")}); err != nil {
		t.Fatal(err)
	}

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
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Second)
	defer cancel()
	c, err := member.Dial(ctx, at)
	if err != nil {
		t.Fatalf("not found: %v", err)
	}
	_ = c.Close()
	d, err := member.Device()
	if err != nil {
		t.Fatal(err)
	}
	if got := d.Peers[0].Endpoint.AddrPort().Port(); got != right.Port() {
		t.Errorf("the endpoint is at %d, want %d, where the answer came from", got, right.Port())
	}
}
