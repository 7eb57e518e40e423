package lan

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"

	"github.com/grandcat/zeroconf"

	"camp/node/camp"
)

// strings255 cuts the data of a TXT record into its strings (RFC 1035 §3.3.14).
func strings255(data []byte) (list []string) {
	for len(data) > 0 {
		n := min(int(data[0]), len(data)-1)
		list = append(list, string(data[1:1+n]))
		data = data[1+n:]
	}
	return list
}

func txt(list ...string) (data []byte) {
	for _, s := range list {
		data = append(append(data, byte(len(s))), s...)
	}
	return data
}

// Whatever is announced on the home network: what is taken of it is bounded, near,
// and can be shown; and nobody without the camp's key is taken for the camp.
func FuzzAnnouncement(f *testing.F) {
	key, err := DiscoveryKey([32]byte{1})
	if err != nil {
		f.Fatal(err)
	}
	name := "camp-" + letters([5]byte{1, 2, 3, 4, 5})
	near4, near6 := []byte{192, 168, 1, 4}, netip.MustParseAddr("fd00::1").AsSlice()
	f.Add(name, 4242, txt("v=1", "t="+tag(key, name)), near4)
	f.Add(name, 4242, txt("v=1", "n="+hex.EncodeToString([]byte("The Orchard"))), append(near6, near4...))
	f.Add(name, 65536, txt("v=1", "v=2", "n=zz", "=", ""), []byte{127, 0, 0, 1})
	f.Add("camp-ABCDEFGH", -1, []byte{255, 'v', '='}, near6[:7])
	f.Add(name, 1, txt("v=1", "n="+hex.EncodeToString([]byte("\u202e\x00\xff  \n"))), near4)
	f.Add(name, 1, txt("v=1", "n="+strings.Repeat("4d", 126)), bytes.Repeat(near4, 40))
	f.Fuzz(func(t *testing.T, instance string, port int, data, addrs []byte) {
		e := zeroconf.NewServiceEntry(instance, serviceJoin, domain)
		e.Port, e.Text = port, strings255(data)
		for at := addrs; len(at) >= 4; at = at[4:] {
			e.AddrIPv4 = append(e.AddrIPv4, net.IP(at[:4]))
			if len(at) >= 16 {
				e.AddrIPv6 = append(e.AddrIPv6, net.IP(at[:16]))
			}
		}
		h, ok := judge(e)
		if !ok {
			return
		}
		if !plain(h.instance) || len(h.text) > maxText || len(h.ways) == 0 || len(h.ways) > maxAddrs {
			t.Fatalf("took %+v", h)
		}
		for _, w := range h.ways {
			if w.Port() == 0 || w.Addr().IsLoopback() || w.Addr().IsMulticast() || w.Addr().IsUnspecified() || w.Addr().Zone() != "" {
				t.Fatalf("a way to %s", w)
			}
		}
		for _, o := range opens([]heard{h, h}) {
			if o.Name == "" || o.Name != camp.CleanLine(o.Name, maxName) || len(o.Ways) > maxAddrs {
				t.Fatalf("shows %+q, %v", o.Name, o.Ways)
			}
		}
		if got := opens([]heard{h, h}); len(got) > 1 {
			t.Fatalf("one camp is shown as %v", got)
		}
	})
}

// Whatever a stranger offers at the open door: it is refused, or both ends share a
// channel that neither chose alone.
func FuzzOffer(f *testing.F) {
	j, err := NewJoiner(&counting{100}, make([]byte, CommitmentSize))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(j.Offer())
	f.Add(make([]byte, OfferSize))
	f.Add(append([]byte{1}, make([]byte, OfferSize-1)...)) // of low order (RFC 7748 §6.1)
	f.Add([]byte("GET / HTTP/1.1\r\nHost: camp\r\n\r\n"))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, offer []byte) {
		h, err := NewHost(&counting{0})
		if err != nil {
			t.Fatal(err)
		}
		reveal, c, err := h.Answer(offer)
		if err != nil {
			return
		}
		if len(offer) != OfferSize || len(reveal) != RevealSize || !bytes.Equal(commitment(reveal), h.Commitment()) || len(c.Check()) != 6 {
			t.Fatalf("%d bytes were answered with %d, %q", len(offer), len(reveal), c.Check())
		}
		other := bytes.Clone(offer)
		other[OfferSize-1] ^= 1
		if _, d, err := h.Answer(other); err != nil || bytes.Equal(c.key, d.key) {
			t.Fatalf("another nonce gives the same key, %v", err)
		}
	})
}

// said is a connection on which an end says this and goes.
type said struct {
	net.Conn
	io.Reader
}

func (s said) Read(p []byte) (int, error) { return s.Reader.Read(p) }

// CVE-2021-21404 (Syncthing's relay): a length from the wire is believed.
func TestCVE202121404Lengths(t *testing.T) {
	for _, c := range []struct {
		size, sent int
		want       error
	}{{0, 100, ErrSealed}, {maxSealed + 1, maxSealed + 1, ErrSealed}, {0x7fff, 10, ErrSealed}, {0xffff, 0xffff, ErrSealed}, {100, 99, ErrNoAnswer}, {100, 100, ErrSealed}} {
		_, _, hc, _ := meet(t)
		last := append(binary.BigEndian.AppendUint16(nil, uint16(c.size)), make([]byte, c.sent)...)
		if code, err := receive(said{Reader: bytes.NewReader(last)}, hc); !errors.Is(err, c.want) || code != "" {
			t.Errorf("%d of %d bytes: %q, %v, want %v", c.sent, c.size, code, err, c.want)
		}
	}
}

// Whatever a stranger who plays the host says: no code comes of it but one that was
// sealed for this joiner.
func FuzzHostSays(f *testing.F) {
	h, err := NewHost(&counting{0})
	if err != nil {
		f.Fatal(err)
	}
	j, err := NewJoiner(&counting{100}, h.Commitment())
	if err != nil {
		f.Fatal(err)
	}
	reveal, c, err := h.Answer(j.Offer())
	if err != nil {
		f.Fatal(err)
	}
	sealed, err := c.Seal([]byte("CAMP1-TEST"))
	if err != nil {
		f.Fatal(err)
	}
	sized := func(n int, b []byte) []byte { return append(binary.BigEndian.AppendUint16(nil, uint16(n)), b...) }
	f.Add(h.Commitment(), reveal, sized(len(sealed), sealed))
	f.Add(h.Commitment(), reveal, sized(len(sealed)-1, sealed))
	f.Add(h.Commitment(), reveal, sized(65535, sealed))
	f.Add(h.Commitment(), reveal, sized(0, nil))
	f.Add(h.Commitment(), make([]byte, RevealSize), []byte{})
	f.Add(commitment(make([]byte, RevealSize)), make([]byte, RevealSize), []byte{0, 1, 2})
	f.Add([]byte{1}, reveal[:5], []byte{0})
	f.Fuzz(func(t *testing.T, first, third, last []byte) {
		j, err := NewJoiner(&counting{100}, first)
		if err != nil {
			return
		}
		ch, err := j.Finish(third)
		if err != nil {
			return
		}
		if !bytes.Equal(commitment(third), first) {
			t.Fatal("the host changed its mind")
		}
		code, err := receive(said{Reader: bytes.NewReader(last)}, ch)
		if err != nil {
			return
		}
		again, err := ch.Seal([]byte(code))
		if err != nil || len(again) > maxSealed || !bytes.HasPrefix(last, sized(len(again), again)) {
			t.Fatalf("took %q of %x, %v", code, last, err)
		}
	})
}
