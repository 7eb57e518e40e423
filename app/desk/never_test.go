package desk

import (
	"errors"
	"net/netip"
	"slices"
	"testing"

	"camp/tunnel/reach"
)

func TestNetworksOf(t *testing.T) {
	t.Parallel()
	var in []netip.Addr
	for _, s := range []string{"93.184.216.34", "::ffff:93.184.216.35", "2a02:a450:1:2::5", "fe80::1%eth0"} {
		in = append(in, netip.MustParseAddr(s))
	}
	want := []netip.Prefix{
		netip.MustParsePrefix("93.184.216.34/32"), netip.MustParsePrefix("93.184.216.35/32"), netip.MustParsePrefix("2a02:a450:1:2::/64"), netip.MustParsePrefix("fe80::/64"),
	}
	if got := networksOf(append(in, netip.Addr{})); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// A letter that may not leave, and was stopped at the last moment, is a red note
// for the host.
func TestTheHostHearsOfALeak(t *testing.T) {
	t.Parallel()
	s := &session{d: &Desk{}, ways: &ways{}, dirty: make(chan struct{}, 1)}
	s.wide = &wide{s: s, plan: worldPlan{on: true, domain: "oak.example"}, ready: true}
	w := s.forWorld()
	if got := s.wide.state("oak.example"); w.Alarm == nil || w.Online == nil || len(got.Problems) != 0 {
		t.Fatalf("before: %v", got.Problems)
	}
	w.Alarm(errors.New("a letter that may not leave"))
	got := says(s.wide.state("oak.example").Problems)
	if !slices.Equal(got, []string{"world.leak.say"}) || len(s.dirty) != 1 {
		t.Errorf("the host sees %v", got)
	}
}

// Nobody closes the door of a home to itself, whatever a name is made to lead to.
func TestTheWorldKnowsTheHostsOwnNetwork(t *testing.T) {
	t.Parallel()
	s := &session{d: &Desk{}, ways: &ways{}}
	s.wide = &wide{s: s, plan: worldPlan{on: true, domain: "oak.example"}}
	w := s.forWorld()
	if w.Never == nil {
		t.Fatal("no network is kept open")
	}
	for _, a := range reach.Local() {
		if !slices.ContainsFunc(w.Never(), func(p netip.Prefix) bool { return p.Contains(a) }) {
			t.Errorf("%s may be closed", a)
		}
	}
}
