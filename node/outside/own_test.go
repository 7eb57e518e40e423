package outside

import (
	"net/netip"
	"testing"
)

// What the camp knows of itself comes beside what the system tells, not in its
// place: else the neighbours on a home's network, which have public IPv6
// addresses, could be reached on a stranger's word.
func TestOwnComesBesideTheSystems(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.opts.Own = func() []netip.Addr { return []netip.Addr{netip.MustParseAddr("93.184.216.34")} }
	l.opts.System = func() []netip.Addr { return []netip.Addr{netip.MustParseAddr("2a02:a450:1:2::5")} }
	c := l.client()
	for _, row := range []struct {
		addr string
		want bool
	}{
		{"93.184.216.34", false},
		{"2a02:a450:1:2::5", false},
		{"2a02:a450:1:2::1", false},
		{"2a02:a450:1:3::1", true},
		{"93.184.216.35", true},
	} {
		if got := c.may(netip.MustParseAddr(row.addr)); got != row.want {
			t.Errorf("%s: reached %v, want %v", row.addr, got, row.want)
		}
	}
	l.opts.System = nil
	if l.client().may(netip.MustParseAddr("127.0.0.1")) {
		t.Error("this machine is reached, because a network of the lab holds it")
	}
}
