package node

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"camp/node/ration"
)

func TestStrangersAreCounted(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	m := newMeters(func() time.Time { return now })
	one, other := netip.MustParseAddr("198.51.100.7"), netip.MustParseAddr("203.0.113.9")
	for i := range pagesBurst {
		if !m.page(one) {
			t.Fatalf("page %d was refused", i+1)
		}
	}
	if m.page(one) {
		t.Error("one more than a minute's worth was given")
	}
	if !m.page(other) {
		t.Error("somebody else is refused too")
	}
	if now = now.Add(time.Second); !m.page(one) || m.page(one) {
		t.Error("a second later it is not one more")
	}
	for i := range namesBurst {
		if !m.name(one) {
			t.Fatalf("name %d was refused", i+1)
		}
	}
	if m.name(one) {
		t.Error("names are not counted")
	}
}

func TestStrangersOfOnePlaceAreCountedTogether(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	for _, block := range []string{"198.51.100.%d", "2001:db8:1:%x::1"} {
		m, given := newMeters(func() time.Time { return now }), 0
		for i := range 200 {
			if m.page(netip.MustParseAddr(fmt.Sprintf(block, i))) {
				given++
			}
		}
		if given != placeBurst {
			t.Errorf("%s: %d pages were given, want %d", block, given, placeBurst)
		}
	}
}

func TestMetersAreBounded(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	m := newMeters(func() time.Time { return now })
	for i := range 3 * ration.Kept {
		m.name(netip.AddrFrom4([4]byte{20, byte(i >> 16), byte(i >> 8), byte(i)}))
	}
	if n := m.names.Known(); n > ration.Kept {
		t.Errorf("%d meters are kept, at most %d", n, ration.Kept)
	}
}
