package tunnel

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"testing"
	"time"

	"golang.zx2c4.com/wireguard/conn"
	"golang.zx2c4.com/wireguard/device"
	"golang.zx2c4.com/wireguard/tun/netstack"
	"golang.zx2c4.com/wireguard/wgctrl/wgtypes"

	"camp/node/camp"
)

// What the library gives is handed on whole, in order, each packet with its
// sender, however many or few there are; errors pass.
func TestFewHandsOnEverything(t *testing.T) {
	gone := errors.New("gone")
	rounds := []int{1, 128, 3, 8, 9, 0, 127}
	from := func(bufs [][]byte, sizes []int, eps []conn.Endpoint) (int, error) {
		if len(rounds) == 0 {
			return 0, gone
		}
		n := rounds[0]
		for i := range n {
			sizes[i] = copy(bufs[i], fmt.Sprint(len(rounds), "/", i))
			eps[i] = &conn.StdNetEndpoint{AddrPort: netip.AddrPortFrom(netip.IPv4Unspecified(), uint16(i+1))}
		}
		rounds = rounds[1:]
		return n, nil
	}
	var want []string
	for k, n := range rounds {
		for i := range n {
			want = append(want, fmt.Sprint(len(rounds)-k, "/", i, " from ", i+1))
		}
	}
	f := newFew(from, 128)
	packets := make([][]byte, fewAtOnce)
	for i := range packets {
		packets[i] = make([]byte, 100)
	}
	sizes, eps := make([]int, fewAtOnce), make([]conn.Endpoint, fewAtOnce)
	var got []string
	for {
		n, err := f.receive(packets, sizes, eps)
		if err != nil {
			if !errors.Is(err, gone) {
				t.Fatal(err)
			}
			break
		}
		for i := range n {
			got = append(got, fmt.Sprint(string(packets[i][:sizes[i]]), " from ", eps[i].(*conn.StdNetEndpoint).Port()))
		}
	}
	if len(got) != len(want) {
		t.Fatalf("%d packets handed on, want %d", len(got), len(want))
	}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("packet %d is %q, want %q", i, got[i], want[i])
		}
	}
}

// The sizes of the buffers are the library's business: packets that the system
// joined must fit where the library reads them. A stream through two devices is
// the same at its end.
func TestLargeStreamThroughFew(t *testing.T) {
	host, member, _ := pair(t)
	body := make([]byte, 8<<20)
	_, _ = rand.Read(body)
	got := fetch(t, host, member, body)
	if sha256.Sum256(got) != sha256.Sum256(body) {
		t.Error("what came is not what was sent")
	}
}

// fetch has member read body from host.
func fetch(t testing.TB, host, member *Embedded, body []byte) []byte {
	t.Helper()
	l, err := host.Listen(netip.AddrPortFrom(hostInner, 0))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		_, _ = io.Copy(c, bytes.NewReader(body))
		_ = c.Close()
	}()
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	c, err := member.Dial(ctx, netip.MustParseAddrPort(l.Addr().String()))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	got, err := io.ReadAll(c)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// BenchmarkStream is a download of 64 MiB through two devices on one computer:
// as the library makes them, with our bind, and as a camp and its member have them.
func BenchmarkStream(b *testing.B) {
	for _, row := range []struct {
		name string
		pair func() (host, member *Embedded)
	}{
		{"library", func() (*Embedded, *Embedded) {
			hostKey, memberKey := newKey(b), newKey(b)
			host, member := libraryEnd(b, hostInner, hostKey), libraryEnd(b, memberInner, memberKey)
			allow(b, host, memberKey, memberInner, 0)
			allow(b, member, hostKey, hostInner, outerPort(b, host))
			return host, member
		}},
		{"few", func() (*Embedded, *Embedded) {
			host, member, _ := pairOver(b, newBind)
			return host, member
		}},
		{"camp", func() (*Embedded, *Embedded) { return campPair(b) }},
	} {
		b.Run(row.name, func(b *testing.B) {
			host, member := row.pair()
			body := make([]byte, 64<<20)
			b.SetBytes(int64(len(body)))
			for b.Loop() {
				if got := fetch(b, host, member, body); len(got) != len(body) {
					b.Fatalf("%d bytes came", len(got))
				}
			}
		})
	}
}

// libraryEnd is a device with nothing of ours: the library's socket, and the
// library's adapter of the network stack.
func libraryEnd(t testing.TB, inner netip.Addr, key wgtypes.Key) *Embedded {
	t.Helper()
	d, stack, err := netstack.CreateNetTUN([]netip.Addr{inner}, nil, MTU)
	if err != nil {
		t.Fatal(err)
	}
	e := &Embedded{dev: device.NewDevice(d, conn.NewDefaultBind(), device.NewLogger(device.LogLevelSilent, "")), stack: libraryNet{stack}}
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

type libraryNet struct{ *netstack.Net }

func (n libraryNet) listen(at netip.AddrPort) (net.Listener, error) { return n.ListenTCPAddrPort(at) }

func (n libraryNet) dial(ctx context.Context, to netip.AddrPort) (net.Conn, error) {
	return n.DialContextTCPAddrPort(ctx, to)
}

// campPair is a camp's device behind its sieve and a member's with its fan.
func campPair(t testing.TB) (host, member *Embedded) {
	t.Helper()
	known := newTable()
	known.set(map[netip.Addr]camp.Peer{memberInner: {Principal: camp.PrincipalDevice}})
	hostKey, memberKey := newKey(t), newKey(t)
	host = startBehind(t, hostInner, hostKey, nil, func(d tunDevice) tunDevice {
		return &sieve{Device: d, t: known, host: map[netip.Addr]bool{hostInner: true}}
	})
	member = startOver(t, memberInner, memberKey, NewFan(nil))
	allow(t, host, memberKey, memberInner, 0)
	allow(t, member, hostKey, hostInner, outerPort(t, host))
	return host, member
}
