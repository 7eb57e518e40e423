package tunnel

import (
	"bytes"
	"io"
	"net"
	"net/netip"
	"testing"
	"time"

	"golang.zx2c4.com/wireguard/wgctrl/wgtypes"

	"camp/node/camp"
)

// What was said to somebody just before they are cut off arrives whole, though
// it is more than goes without an answer; what they say then is heard by nobody.
func TestLastWordsArrive(t *testing.T) {
	s, _ := startServer(t, ServerOptions{})
	listeners, err := s.Listen(80)
	if err != nil {
		t.Fatal(err)
	}
	key := newKey(t)
	six, _ := s.plan.Device(1)
	setPeers(t, s, deviceOf(1, key))
	there := make(chan net.Conn, 1)
	go func() {
		if c, err := listeners[0].Accept(); err == nil {
			there <- c
		}
	}()
	words := bytes.Repeat([]byte("farewell "), 5000)
	here, err := visitor(t, s, key, wgtypes.Key{}, six).Dial(t.Context(), netip.AddrPortFrom(s.Inner()[0], 80))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = here.Close() }()
	c := <-there
	if _, err := c.Write(words); err != nil {
		t.Fatal(err)
	}
	if err := here.SetDeadline(time.Now().Add(reached)); err != nil {
		t.Fatal(err)
	}
	got := make(chan []byte, 1)
	go func() {
		all, _ := io.ReadAll(here)
		got <- all
	}()
	setPeers(t, s)
	if all := <-got; !bytes.Equal(all, words) {
		t.Errorf("%d bytes of %d arrived", len(all), len(words))
	}
	if s.table.parting(six) {
		t.Error("somebody gone may still say something")
	}
}

// tcpOf makes a packet of no words but what is given, from one address to another.
func tcpOf(from, to netip.Addr, flags byte, words string) []byte {
	p := make([]byte, 60, 60+len(words))
	p[0], p[6] = 6<<4, protoTCP
	copy(p[8:], from.AsSlice())
	copy(p[24:], to.AsSlice())
	p[40+12], p[40+13] = 5<<4, flags
	return append(p, words...)
}

// Somebody who is just being cut off can acknowledge, and nothing else.
func TestWhoIsLeavingOnlyAcknowledges(t *testing.T) {
	host, six := netip.MustParseAddr("fd00::1"), netip.MustParseAddr("fd00::1:1")
	tab := newTable()
	s := &sieve{t: tab, host: map[netip.Addr]bool{host: true}}
	const ack, syn, fin, rst, psh = tcpAck, tcpSyn, 0x01, 0x04, 0x08
	for name, tt := range map[string]struct {
		packet         []byte
		known, parting bool
	}{
		"an acknowledgement": {tcpOf(six, host, ack, ""), true, true},
		"an end":             {tcpOf(six, host, ack|fin, ""), true, true},
		"a word":             {tcpOf(six, host, ack|psh, "x"), true, false},
		"a beginning":        {tcpOf(six, host, syn, ""), true, false},
		"both":               {tcpOf(six, host, syn|ack, ""), true, false},
		"a bare reset":       {tcpOf(six, host, rst, ""), true, false},
		"too short":          {tcpOf(six, host, ack, "")[:59], true, false},
		"to somebody else":   {tcpOf(six, six, ack, ""), false, false},
	} {
		tab.set(map[netip.Addr]camp.Peer{six: {Principal: camp.PrincipalDevice, Serial: 1}})
		if got := s.pass(tt.packet); got != tt.known {
			t.Errorf("%s of a member: %v", name, got)
		}
		tab.part(nil)
		tab.set(nil)
		if got := s.pass(tt.packet); got != tt.parting {
			t.Errorf("%s of somebody leaving: %v", name, got)
		}
		tab.stay()
		if s.pass(tt.packet) {
			t.Errorf("%s of somebody gone is heard", name)
		}
	}
}
