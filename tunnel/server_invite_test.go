package tunnel

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"golang.zx2c4.com/wireguard/wgctrl/wgtypes"

	"camp/node/camp"
	"camp/tunnel/invite"
)

// inviteFor gives an invite's peer and the keys that its code carries.
func inviteFor(t *testing.T, s *Server, uses int) (camp.Peer, invite.Keys) {
	t.Helper()
	drawn := newKey(t)
	secret := [16]byte(drawn[:16])
	keys, err := invite.Derive(secret, s.CampKey())
	if err != nil {
		t.Fatal(err)
	}
	return camp.Peer{Principal: camp.PrincipalInvite, Invite: camp.InviteID(fmt.Sprintf("%x", keys.ID)), Uses: uses, Secret: camp.NewSecret(secret[:])}, keys
}

// shaken reports whether the device remembers a handshake of a key.
func shaken(t *testing.T, s *Server, key wgtypes.Key) bool {
	t.Helper()
	return !shakenAt(t, s, key).IsZero()
}

// shakenAt gives when the device last saw a handshake by a key.
func shakenAt(t *testing.T, s *Server, key wgtypes.Key) time.Time {
	t.Helper()
	d, err := s.dev.Device()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range d.Peers {
		if p.PublicKey == key {
			return p.LastHandshakeTime
		}
	}
	t.Fatal("the key is not known")
	return time.Time{}
}

// An invite for several people is cleared of the clock of whoever used it last:
// at once when they are done, and also where they left a connection behind.
func TestServerClearsAnInviteOfSeveral(t *testing.T) {
	for _, row := range []struct {
		name  string
		uses  int
		close bool
		ahead time.Duration
		clear bool
	}{
		{"just come", 5, true, 0, false},
		{"done", 5, true, sharedRest + time.Second, true},
		{"still there", 5, false, sharedHold - 5*time.Second, false},
		{"gone without a word", 5, false, sharedHold + time.Second, true},
		{"for one", 1, true, time.Hour, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			s, clock := startServer(t, ServerOptions{})
			echo(t, s)
			peer, keys := inviteFor(t, s, row.uses)
			bystander := newKey(t)
			setPeers(t, s, peer, deviceOf(8, bystander))
			six, _ := s.plan.Device(8)
			if _, err := call(t, s, visitor(t, s, bystander, wgtypes.Key{}, six)); err != nil {
				t.Fatal(err)
			}
			inner := s.plan.Invite(keys.ID)
			c, err := call(t, s, visitor(t, s, keys.Private, keys.Preshared, inner))
			if err != nil {
				t.Fatal(err)
			}
			if row.close {
				_ = c.Close()
				waitUntil(t, "the end of the connection", func() bool { return !s.table.busy(inner) })
			}
			if !shaken(t, s, keys.Public) {
				t.Fatal("no handshake is seen: this test is blind")
			}
			clock.putOn(row.ahead)
			s.renewShared()
			if got := !shaken(t, s, keys.Public); got != row.clear {
				t.Errorf("cleared: %v, want %v", got, row.clear)
			}
			if !shaken(t, s, bystander.PublicKey()) {
				t.Error("a member's device was cleared with it")
			}
		})
	}
}

// A computer whose clock went back is shut out by WireGuard until the camp
// forgets the old time.
func TestServerRenew(t *testing.T) {
	s, _ := startServer(t, ServerOptions{})
	echo(t, s)
	key := newKey(t)
	six, _ := s.plan.Device(4)
	setPeers(t, s, deviceOf(4, key))
	before := visitor(t, s, key, wgtypes.Key{}, six)
	if _, err := call(t, s, before); err != nil {
		t.Fatal(err)
	}
	for _, serial := range []uint64{0, 5} {
		if err := s.Renew(serial); !errors.Is(err, ErrNoPeer) {
			t.Errorf("renewing %d: %v", serial, err)
		}
	}
	at := shakenAt(t, s, key.PublicKey())
	if at.IsZero() {
		t.Fatal("no handshake is seen: this test is blind")
	}
	if err := s.Renew(4); err != nil {
		t.Fatal(err)
	}
	if shakenAt(t, s, key.PublicKey()).Equal(at) {
		t.Error("the old time is remembered")
	}
	if _, err := call(t, s, before); err != nil { // by itself it would notice after 15 s
		t.Errorf("the camp did not speak first: %v", err)
	}
	if _, err := call(t, s, visitor(t, s, key, wgtypes.Key{}, six)); err != nil {
		t.Errorf("after the renewal: %v", err)
	}
}
