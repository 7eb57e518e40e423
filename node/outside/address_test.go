package outside

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"net/netip"
	"testing"
)

// inside4 has addresses of every block that strangers may not send us to, with
// its first, its last and one between.
var inside4 = []string{
	"0.0.0.0", "0.1.2.3", "0.255.255.255", "10.0.0.0", "10.1.2.3", "10.255.255.255", "100.64.0.0", "100.100.100.100", "100.127.255.255",
	"127.0.0.0", "127.0.0.1", "127.255.255.255", "169.254.0.0", "169.254.169.254", "169.254.255.255", "172.16.0.0", "172.20.1.1", "172.31.255.255",
	"192.0.0.0", "192.0.0.170", "192.0.2.1", "192.88.99.1", "192.168.0.0", "192.168.1.1", "192.168.255.255", "198.18.0.1", "198.19.255.255",
	"198.51.100.7", "203.0.113.7", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.254", "255.255.255.255",
}

var outside4 = []string{
	"1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0", "169.253.255.255", "169.255.0.0",
	"172.15.255.255", "172.32.0.0", "192.0.1.0", "192.0.3.0", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255",
}

// spellings are the ways in which an IPv6 address carries an IPv4 one.
func spellings(four netip.Addr) map[string]netip.Addr {
	b := four.As4()
	put := func(prefix string, at int, flip byte) netip.Addr {
		a := netip.MustParseAddr(prefix).As16()
		for i, c := range b {
			a[at+i] = c ^ flip
		}
		return netip.AddrFrom16(a)
	}
	six := map[string]netip.Addr{
		"mapped": put("::ffff:0:0", 12, 0), "compatible": put("::", 12, 0), "translated": put("::ffff:0:0:0", 12, 0),
		"nat64": put("64:ff9b::", 12, 0), "local nat64": put("64:ff9b:1::", 12, 0), "local nat64, short": put("64:ff9b:1::", 6, 0),
		"6to4": put("2002::", 2, 0), "6to4, host": put("2002::1", 2, 0), "teredo": put("2001::", 12, 0xff), "teredo server": put("2001::", 4, 0),
		"isatap": put("2a00:1450:1:1:0:5efe::", 12, 0), "isatap, unique": put("2a00:1450:1:1:200:5efe::", 12, 0),
	}
	return six
}

// CVE-2026-22245, GHSA-crr4-7rm4-8gpw, GHSA-vwhj-3g83-v276, CVE-2026-27477,
// CVE-2025-25194, CVE-2026-33693: one spelling after the other was forgotten.
func TestNoSpellingOfAnInnerAddressIsReached(t *testing.T) {
	for _, s := range inside4 {
		four := netip.MustParseAddr(s)
		if judge(four, nil, nil) {
			t.Errorf("%s is reached", s)
		}
		for name, six := range spellings(four) {
			for _, text := range []string{six.String(), six.StringExpanded()} {
				if a := netip.MustParseAddr(text); judge(a, nil, nil) {
					t.Errorf("%s as %s (%s) is reached", s, text, name)
				}
			}
		}
	}
	for _, s := range []string{
		"::", "::1", "fe80::1", "fe80::1%eth0", "febf::1", "fec0::1", "fc00::1", "fd12:3456::1", "fdff:ffff::1", "ff02::1", "ff0e::1", "100::1", "2001:db8::1",
		"2001:db8:ffff::1", "3fff::1", "3fff:fff::1", "2001:2::1", "2001:10::1", "2001:20::1", "5f00::1", "4000::1", "1fff::1", "64:ff9b:1::1", "2a00:1450::1%1",
	} {
		if judge(netip.MustParseAddr(s), nil, nil) {
			t.Errorf("%s is reached", s)
		}
	}
	if judge(netip.Addr{}, []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")}, nil) {
		t.Error("no address is reached")
	}
}

func TestPublicAddressesAreReached(t *testing.T) {
	for _, s := range outside4 {
		four := netip.MustParseAddr(s)
		six := spellings(four)
		for _, a := range []netip.Addr{four, six["mapped"], six["nat64"], six["6to4"]} {
			if !judge(a, nil, nil) {
				t.Errorf("%s is not reached", a)
			}
		}
	}
	for _, s := range []string{"2a00:1450:4001:82a::200e", "2606:4700::6810:84e5", "2001:4860:4860::8888", "2400:cb00:2048:1::", "3ffe::1", "2003:0:1::1", "2001:200::1"} {
		if !judge(netip.MustParseAddr(s), nil, nil) {
			t.Errorf("%s is not reached", s)
		}
	}
}

// IPv4 through and through, and both sides of each border, against the list of
// what is special, written here as ranges of numbers.
func TestIPv4ByNumbers(t *testing.T) {
	ranges := [][2]uint32{
		{0x00000000, 0x00ffffff},
		{0x0a000000, 0x0affffff},
		{0x64400000, 0x647fffff},
		{0x7f000000, 0x7fffffff},
		{0xa9fe0000, 0xa9feffff},
		{0xac100000, 0xac1fffff},
		{0xc0000000, 0xc00000ff},
		{0xc0000200, 0xc00002ff},
		{0xc0586300, 0xc05863ff},
		{0xc0a80000, 0xc0a8ffff},
		{0xc6120000, 0xc613ffff},
		{0xc6336400, 0xc63364ff},
		{0xcb007100, 0xcb0071ff},
		{0xe0000000, 0xffffffff},
	}
	check := func(n uint32) {
		want := true
		for _, r := range ranges {
			if n >= r[0] && n <= r[1] {
				want = false
			}
		}
		var b [4]byte
		binary.BigEndian.PutUint32(b[:], n)
		if got := public(netip.AddrFrom4(b)); got != want {
			t.Fatalf("%s: public %v", netip.AddrFrom4(b), got)
		}
	}
	for _, r := range ranges {
		for _, n := range []uint32{r[0] - 1, r[0], r[0] + 1, r[1] - 1, r[1], r[1] + 1} {
			check(n)
		}
	}
	for n := uint64(0); n < 1<<32; n += 9973 { // a prime
		check(uint32(n))
	}
}

func TestOwnAddressesAndNeighbours(t *testing.T) {
	own := []netip.Addr{netip.MustParseAddr("93.184.216.34"), netip.MustParseAddr("2a02:a450:1:2::5"), netip.MustParseAddr("fe80::1%eth0"), netip.MustParseAddr("10.77.0.1")}
	lab := []netip.Prefix{netip.MustParsePrefix("10.77.0.0/24")}
	for _, c := range []struct {
		addr string
		want bool
	}{
		{"93.184.216.34", false},
		{"93.184.216.35", true},
		{"::ffff:93.184.216.34", false},
		{"64:ff9b::93.184.216.34", false},
		{"2002:5db8:d822::1", false},
		{"2a02:a450:1:2::5", false},
		{"2a02:a450:1:2::1", false},
		{"2a02:a450:1:2:ffff::9", false},
		{"2a02:a450:1:3::1", true},
		{"10.77.0.1", false},
		{"10.77.0.2", true},
		{"::ffff:10.77.0.2", true},
		{"::10.77.0.2", false},
		{"10.77.1.2", false},
		{"64:ff9b::10.77.0.2", false},
	} {
		if got := judge(netip.MustParseAddr(c.addr), lab, own); got != c.want {
			t.Errorf("%s: %v", c.addr, got)
		}
	}
}

// FuzzJudge: whatever an address says in 16 bytes, if it is let through it is
// global unicast, and no IPv4 address that can be found in it by any of the
// spellings is special.
func FuzzJudge(f *testing.F) {
	for _, s := range append(inside4, outside4...) {
		a := netip.MustParseAddr(s)
		for _, six := range spellings(a) {
			b := six.As16()
			f.Add(binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:]))
		}
	}
	f.Fuzz(func(t *testing.T, hi, lo uint64) {
		var b [16]byte
		binary.BigEndian.PutUint64(b[:8], hi)
		binary.BigEndian.PutUint64(b[8:], lo)
		a := netip.AddrFrom16(b)
		if !judge(a, nil, nil) {
			return
		}
		u := a.Unmap()
		if u.IsPrivate() || u.IsLoopback() || u.IsLinkLocalUnicast() || u.IsMulticast() || u.IsUnspecified() || !u.IsGlobalUnicast() {
			t.Errorf("%s is reached", a)
		}
		low := netip.AddrFrom4([4]byte(b[12:]))
		if hi == 0 && bits.Len64(lo>>32) <= 16 && u.Is6() || hi>>32 == 0x64ff9b && !public(low) {
			t.Errorf("%s carries %s", a, low)
		}
		if hi>>48 == 0x2002 && !public(netip.AddrFrom4([4]byte(b[2:6]))) || hi>>32 == 0x20010000 {
			t.Errorf("%s carries an inner address", a)
		}
		if got := judge(netip.MustParseAddr(a.StringExpanded()), nil, nil); !got {
			t.Error(fmt.Sprint(a, " depends on its spelling"))
		}
	})
}
