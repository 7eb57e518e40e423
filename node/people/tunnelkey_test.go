package people_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"slices"
	"testing"
	"time"

	"camp/node/camp"
	"camp/node/people"
	"camp/store"
)

func anyKey(camp.Secret, camp.Secret) bool { return true }

// keyed is a house whose invites are derived with its tunnel key, as the tunnel does.
func keyed(t *testing.T) *house {
	t.Helper()
	h := newHouse(t)
	log := slog.New(slog.DiscardHandler)
	h.Service = people.New(people.Options{Store: store.As[people.Tx](h.db), Publish: h.ear, Rand: rand.Reader, Log: log, Derive: func(s camp.Secret) (camp.InviteID, error) {
		k, err := h.Keys(t.Context())
		sum := sha256.Sum256(append(slices.Clone(k.Tunnel.Reveal()), s.Reveal()...))
		return camp.InviteID(hex.EncodeToString(sum[:8])), err
	}})
	return h
}

func (h *house) keys() camp.Keys {
	h.t.Helper()
	k, err := h.Keys(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	return k
}

func (h *house) logged() (deeds []string) {
	h.t.Helper()
	list, err := h.Log(h.t.Context(), camp.Page{Limit: 20})
	if err != nil {
		h.t.Fatal(err)
	}
	for _, e := range list {
		deeds = append(deeds, e.Deed)
	}
	return deeds
}

// The camp has two tunnel keys for thirty days, and then one; the one before is
// wiped from the store.
func TestTunnelKeyEndsByTheClock(t *testing.T) {
	h := keyed(t)
	ctx := t.Context()
	was := h.keys()
	if was.Two(h.clock.now()) || !was.Renewed.IsZero() {
		t.Fatalf("a new camp has %v", was.Renewed)
	}
	wantFault(t, "by somebody else", h.RenewTunnelKey(ctx, h.add("bo", camp.RoleHelper), anyKey), camp.NotAllowed, "people.only_host.say")
	tries := 0
	if err := h.RenewTunnelKey(ctx, h.host, func(now, _ camp.Secret) bool {
		tries++
		return bytes.Equal(now.Reveal(), was.Tunnel.Reveal()) && tries == 3
	}); err != nil {
		t.Fatal(err)
	}
	k := h.keys()
	if tries != 3 || bytes.Equal(k.Tunnel.Reveal(), was.Tunnel.Reveal()) || !bytes.Equal(k.Former.Reveal(), was.Tunnel.Reveal()) || !k.Two(h.clock.now()) || k.Ends.Sub(h.clock.now()) != camp.FormerLife {
		t.Errorf("after %d draws: ends %s", tries, k.Ends)
	}
	if b := k.Tunnel.Reveal(); len(b) != 32 || b[0]&7 != 0 || b[31]&192 != 64 {
		t.Errorf("the new key is no X25519 key: %x", b)
	}
	if !bytes.Equal(k.Identity.Reveal(), was.Identity.Reveal()) || !bytes.Equal(k.Phrase.Reveal(), was.Phrase.Reveal()) {
		t.Error("the other keys changed, too")
	}
	wantFault(t, "a third key", h.RenewTunnelKey(ctx, h.host, anyKey), camp.Conflict, "people.tunnel_key_two.say")
	h.clock.add(camp.FormerLife - time.Second)
	if err := h.Tidy(ctx); err != nil {
		t.Fatal(err)
	}
	if !h.keys().Two(h.clock.now()) {
		t.Error("the key of before ended early")
	}
	h.clock.add(time.Second)
	if h.keys().Two(h.clock.now()) {
		t.Error("the key of before works after its time")
	}
	if err := h.Tidy(ctx); err != nil {
		t.Fatal(err)
	}
	if k := h.keys(); len(k.Former.Reveal()) != 0 || !k.Ends.IsZero() || k.Renewed.IsZero() {
		t.Errorf("the key of before is still kept: %d bytes", len(k.Former.Reveal()))
	}
	if got := h.logged(); got[0] != "log.tunnel_key_over" || !slices.Contains(got, "log.tunnel_key_renewed") {
		t.Errorf("the log says %v", got)
	}
	wantFault(t, "ending none", h.EndTunnelKey(ctx, h.host, 0), camp.NotFound, "people.tunnel_key_one.say")
	if err := h.RenewTunnelKey(ctx, h.host, anyKey); err != nil {
		t.Errorf("another one afterwards: %v", err)
	}
}

// A key whose time was over while nobody tidied is no hindrance.
func TestTunnelKeyAfterALongTimeOff(t *testing.T) {
	h := keyed(t)
	if err := h.RenewTunnelKey(t.Context(), h.host, anyKey); err != nil {
		t.Fatal(err)
	}
	second := h.keys().Tunnel
	h.clock.add(90 * day)
	if err := h.RenewTunnelKey(t.Context(), h.host, anyKey); err != nil {
		t.Fatal(err)
	}
	if k := h.keys(); !bytes.Equal(k.Former.Reveal(), second.Reveal()) || !k.Two(h.clock.now()) {
		t.Error("the key of before is not the second")
	}
}

// lateOnes gives the serials of somebody's devices that still come by the old key.
func (h *house) lateOnes(name string) (list []uint64) {
	h.t.Helper()
	all, err := h.Devices(h.t.Context(), h.host, name)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, d := range all {
		if d.Late {
			list = append(list, d.Serial)
		}
	}
	return list
}

// Devices are late until they were heard by the new key; ending the old one asks
// for their number, and ends the invites that lead to it, and no others.
func TestWhoStillComesByTheOldKey(t *testing.T) {
	h := keyed(t)
	ctx := t.Context()
	v := h.ask("Mara", 1)
	if err := h.Approve(ctx, h.host, "mara"); err != nil {
		t.Fatal(err)
	}
	mara := camp.Actor{Member: v.Member.ID, Role: camp.RoleMember}
	phone, err := h.AddDevice(ctx, mara, camp.Device{Key: key(2), Phone: true})
	if err != nil {
		t.Fatal(err)
	}
	if late := h.lateOnes("mara"); len(late) != 0 {
		t.Errorf("with one key, late are %v", late)
	}
	before := h.invite(camp.InviteWish{})
	conf := h.invite(camp.InviteWish{Phone: true, Key: key(9)})
	h.clock.add(time.Minute)
	if err := h.RenewTunnelKey(ctx, h.host, anyKey); err != nil {
		t.Fatal(err)
	}
	h.clock.add(time.Minute)
	after := h.invite(camp.InviteWish{})
	fresh, err := h.AddDevice(ctx, mara, camp.Device{Key: key(3)})
	if err != nil {
		t.Fatal(err)
	}
	if late := h.lateOnes("mara"); !slices.Equal(late, []uint64{v.Device.Serial, phone.Serial}) {
		t.Errorf("late are %v", late)
	}
	for range 2 {
		if err := h.CameOver(ctx, v.Device.Serial); err != nil {
			t.Fatal(err)
		}
	}
	if late := h.lateOnes("mara"); !slices.Equal(late, []uint64{phone.Serial}) {
		t.Errorf("after one came over, late are %v", late)
	}
	if err := h.SeenDevice(ctx, fresh.Serial); err != nil { // it came, and not by the new key
		t.Fatal(err)
	}
	if late := h.lateOnes("mara"); !slices.Equal(late, []uint64{phone.Serial, fresh.Serial}) {
		t.Errorf("with one that came by an old code, late are %v", late)
	}
	p, err := h.Persons(ctx)
	if err != nil || p[1].Devices[0].Former || !p[1].Devices[1].Former {
		t.Errorf("the list of people: %+v, %v", p[1].Devices, err)
	}
	err = h.EndTunnelKey(ctx, h.host, 1)
	wantFault(t, "with fewer than there are", err, camp.Conflict, "people.tunnel_key_late.say")
	if n := camp.AsFault(err).Args["N"]; n != "2" {
		t.Errorf("told that %s are late", n)
	}
	wantFault(t, "by a member", h.EndTunnelKey(ctx, mara, 9), camp.NotAllowed, "people.only_host.say")
	if err := h.EndTunnelKey(ctx, h.host, 2); err != nil {
		t.Fatal(err)
	}
	if k := h.keys(); len(k.Former.Reveal()) != 0 {
		t.Error("the key of before is still kept")
	}
	for what, row := range map[string]struct {
		id   camp.InviteID
		open bool
	}{"from before": {before.ID, false}, "a phone's from before": {conf.ID, false}, "from after": {after.ID, true}} {
		i, err := h.Invite(ctx, h.host, row.id)
		if err != nil || i.State.Open() != row.open {
			t.Errorf("a code %s: %s, %v", what, i.State, err)
		}
	}
	if late := h.lateOnes("mara"); len(late) != 0 {
		t.Errorf("afterwards late are %v", late)
	}
	if h.logged()[0] != "log.tunnel_key_ended" {
		t.Errorf("the log says %v", h.logged())
	}
}

// An older state of the camp that comes back has the newer key: members' programs
// know that one, and the one before may be in wrong hands.
func TestReapplyKeepsTheNewerTunnelKey(t *testing.T) {
	h := keyed(t)
	ctx := context.Background()
	was := h.keys()
	if err := h.RenewTunnelKey(ctx, h.host, anyKey); err != nil {
		t.Fatal(err)
	}
	now := h.keys()
	older := empty(t)
	if _, _, err := older.Found(ctx, founding()); err != nil {
		t.Fatal(err)
	}
	older.clock = h.clock
	if err := older.db.Update(ctx, func(tx *store.Tx) error { return tx.PutKeys(was) }); err != nil {
		t.Fatal(err)
	}
	same, _, err := people.Reapply(ctx, store.As[people.Tx](h.db), store.As[people.Tx](older.db))
	if err != nil || !same {
		t.Fatalf("the same camp: %v, %v", same, err)
	}
	if k := older.keys(); !bytes.Equal(k.Tunnel.Reveal(), now.Tunnel.Reveal()) || !bytes.Equal(k.Former.Reveal(), was.Tunnel.Reveal()) || !k.Ends.Equal(now.Ends) {
		t.Error("the older state came back with its key")
	}
}
