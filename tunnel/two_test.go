package tunnel

import (
	"testing"

	"golang.zx2c4.com/wireguard/wgctrl/wgtypes"
)

// A camp with two keys: the same people at both, each key with addresses of its
// own, an invite at the one that its code was made for; who is taken away is cut
// off at both.
func TestTwoServersOneSetOfPeers(t *testing.T) {
	old, _ := startServer(t, ServerOptions{})
	now, _ := startServer(t, ServerOptions{})
	if !old.plan.Apart(now.plan) || old.plan.Apart(old.plan) || !old.plan.Has(old.Inner()[0]) || !old.plan.Has(old.Inner()[1]) || old.plan.Has(now.Inner()[0]) {
		t.Fatalf("the ranges are %v and %v", old.plan, now.plan)
	}
	device := newKey(t)
	before, beforeKeys := inviteFor(t, old, 1)
	after, afterKeys := inviteFor(t, now, 1)
	for _, s := range []*Server{old, now} {
		echo(t, s)
		setPeers(t, s, deviceOf(4, device), before, after)
	}
	if a, b := old.known[beforeKeys.Public].peer.Invite, now.known[afterKeys.Public].peer.Invite; a != before.Invite || b != after.Invite {
		t.Errorf("each knows its invite: %q, %q", a, b)
	}
	if n, m := len(old.known), len(now.known); n != 2 || m != 2 {
		t.Errorf("they know %d and %d keys, want 2 each", n, m)
	}
	for _, s := range []*Server{old, now} {
		six, _ := s.plan.Device(4)
		c, err := call(t, s, visitor(t, s, device, wgtypes.Key{}, six))
		if err != nil {
			t.Fatal(err)
		}
		setPeers(t, s, before, after)
		if err := say(c); err == nil {
			t.Error("the connection of a device that was taken away goes on")
		}
		if _, known := s.Behind(six); known {
			t.Error("a device that was taken away is known")
		}
	}
}
