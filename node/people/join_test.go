package people_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"camp/node/camp"
)

// derived stands for the tunnel's derivation: any fixed function of the secret.
func derived(secret camp.Secret) (camp.InviteID, error) {
	sum := sha256.Sum256(secret.Reveal())
	return camp.InviteID(hex.EncodeToString(sum[:8])), nil
}

func key(n int) [32]byte { return sha256.Sum256(fmt.Append(nil, "device", n)) }

// application is one that the camp takes now.
func (h *house) application(name string, n int) camp.Application {
	h.t.Helper()
	r, err := h.Rules(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	return camp.Application{Key: key(n), Name: name, Message: "We met at the lake.", Device: "laptop", Version: r.Version, Hash: r.Hash}
}

func (h *house) invite(w camp.InviteWish) camp.Invite {
	h.t.Helper()
	inv, err := h.NewInvite(h.t.Context(), h.host, w)
	if err != nil {
		h.t.Fatalf("make invite: %v", err)
	}
	return inv
}

// ask has somebody ask to join by an invite of their own.
func (h *house) ask(name string, n int) camp.Visitor {
	h.t.Helper()
	v, err := h.Apply(h.t.Context(), h.invite(camp.InviteWish{}).ID, h.application(name, n))
	if err != nil {
		h.t.Fatalf("ask to join: %v", err)
	}
	return v
}

// principals gives what the tunnel is told, by serial or invite.
func (h *house) principals() map[string]camp.Principal {
	h.t.Helper()
	peers, err := h.Peers(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	m := map[string]camp.Principal{}
	for _, p := range peers {
		if p.Serial != 0 {
			m[fmt.Sprint(p.Serial)] = p.Principal
		} else {
			m[string(p.Invite)] = p.Principal
		}
	}
	return m
}

func wantFault(t *testing.T, what string, err error, kind camp.Kind, say string) {
	t.Helper()
	if f := camp.AsFault(err); f == nil || f.Kind != kind || f.Say != say {
		t.Errorf("%s: %v, want %s (%s)", what, err, kind, say)
	}
}

func TestAskedAndLetIn(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	inv := h.invite(camp.InviteWish{Note: "Mara from choir"})
	if p := h.principals(); p[string(inv.ID)] != camp.PrincipalInvite || len(p) != 1 {
		t.Fatalf("the tunnel knows %v", p)
	}
	v, err := h.Apply(ctx, inv.ID, h.application("Mara de Vries", 1))
	if err != nil {
		t.Fatal(err)
	}
	if v.Member.Name != "mara_de_vries" || v.Standing != camp.Waiting || v.Peer.Principal != camp.PrincipalWaiting || v.Device.Serial == 0 {
		t.Fatalf("got %+v", v)
	}
	again, err := h.Apply(ctx, inv.ID, h.application("Mara de Vries", 1))
	if err != nil || again.Device.Serial != v.Device.Serial || again.Member.ID != v.Member.ID {
		t.Errorf("the same key again: %+v, %v", again, err)
	}
	_, err = h.Apply(ctx, inv.ID, h.application("Eve", 2))
	wantFault(t, "a second key", err, camp.Conflict, "people.invite_used.say")
	if p := h.principals(); p[string(inv.ID)] != camp.PrincipalInvite {
		t.Error("the invite's key went before the answer could arrive")
	}
	h.clock.add(6 * time.Second)
	if p := h.principals(); len(p) != 1 || p["1"] != camp.PrincipalWaiting {
		t.Errorf("six seconds later the tunnel knows %v", p)
	}
	list, err := h.Persons(ctx)
	if err != nil || len(list) != 2 || list[1].Standing != camp.Waiting || list[1].Note != "Mara from choir" || list[1].By != "Mia" || list[1].Message == "" {
		t.Fatalf("the host sees %+v, %v", list, err)
	}
	if all, _ := h.Members(ctx); len(all) != 1 {
		t.Errorf("members see %d people, one of them waits", len(all))
	}
	if _, _, err := h.DeviceSession(ctx, v.Device.Serial, "x"); err == nil {
		t.Error("somebody who waits was signed in")
	}
	if err := h.Approve(ctx, h.host, "mara_de_vries"); err != nil {
		t.Fatal(err)
	}
	if p := h.principals(); p["1"] != camp.PrincipalDevice {
		t.Errorf("let in: %v", p)
	}
	cookie, m, err := h.DeviceSession(ctx, v.Device.Serial, "Firefox")
	if err != nil || m.Name != "mara_de_vries" {
		t.Fatalf("sign in by device: %v, %v", m, err)
	}
	if _, who, err := h.SignedIn(ctx, cookie); err != nil || who.ID != m.ID {
		t.Errorf("session: %v, %v", who, err)
	}
	wantFault(t, "let in twice", h.Approve(ctx, h.host, "mara_de_vries"), camp.Conflict, "people.not_waiting.say")
}

func TestDeclinedAndWithdrawn(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	v := h.ask("Tom", 1)
	if err := h.Decline(ctx, h.host, "tom", "Not this year."); err != nil {
		t.Fatal(err)
	}
	seen, err := h.Visitor(ctx, v.Peer)
	if err != nil || seen.Standing != camp.Declined || seen.Answer != "Not this year." || seen.Peer.Principal != camp.PrincipalDeclined {
		t.Errorf("declined sees %+v, %v", seen, err)
	}
	w := h.ask("Tom", 2)
	if w.Member.Name != "tom" {
		t.Errorf("the name of somebody declined is not free: %s", w.Member.Name)
	}
	if err := h.Withdraw(ctx, w.Device.Serial); err != nil {
		t.Fatal(err)
	}
	h.clock.add(25 * time.Hour)
	if p := h.principals(); len(p) != 0 {
		t.Errorf("a day later the tunnel knows %v", p)
	}
	h.clock.add(31 * day)
	if err := h.Tidy(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Member(ctx, v.Member.ID); camp.AsFault(err) == nil {
		t.Error("somebody declined is still kept after 31 days")
	}
}

func TestNobodyDecides(t *testing.T) {
	h := newHouse(t)
	v := h.ask("Ana", 1)
	h.clock.add(30*day + time.Second)
	if p := h.principals(); len(p) != 0 {
		t.Errorf("after 30 days, before tidying: %v", p)
	}
	if err := h.Tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	m, err := h.Member(t.Context(), v.Member.ID)
	if err != nil || m.Standing != camp.Expired || m.Name != "" {
		t.Errorf("after 30 days: %+v, %v", m, err)
	}
}

func TestInviteRules(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	for name, row := range map[string]struct {
		wish camp.InviteWish
		say  string
	}{
		"six uses":             {camp.InviteWish{Uses: 6}, "people.invite_uses.say"},
		"31 days":              {camp.InviteWish{Life: 31 * day}, "people.invite_life.say"},
		"no time":              {camp.InviteWish{Life: -time.Hour}, "people.invite_life.say"},
		"a phone without key":  {camp.InviteWish{Phone: true}, "people.key_bad.say"},
		"a phone for two":      {camp.InviteWish{Phone: true, Uses: 2, Key: key(1)}, "people.invite_uses.say"},
		"two further machines": {camp.InviteWish{Device: true, Uses: 2}, "people.invite_uses.say"},
	} {
		_, err := h.NewInvite(ctx, h.host, row.wish)
		wantFault(t, name, err, camp.Invalid, row.say)
	}
	inv := h.invite(camp.InviteWish{Life: time.Hour})
	h.clock.add(-2 * time.Hour) // the computer's clock is set back: time does not run back for an invite
	h.clock.add(3*time.Hour + time.Second)
	_, err := h.Apply(ctx, inv.ID, h.application("Late", 1))
	wantFault(t, "over", err, camp.NotFound, "people.invite_over.say")
	if err := h.CancelInvite(ctx, h.host, inv.ID); err != nil {
		t.Errorf("cancel one that is over: %v", err)
	}
	live := h.invite(camp.InviteWish{})
	if err := h.CancelInvite(ctx, h.host, live.ID); err != nil {
		t.Fatal(err)
	}
	_, err = h.Apply(ctx, live.ID, h.application("Late", 1))
	wantFault(t, "cancelled", err, camp.NotFound, "people.invite_over.say")
	_, err = h.Apply(ctx, "0000000000000000", h.application("Late", 1))
	wantFault(t, "unknown", err, camp.NotFound, "people.invite_none.say")
	old := h.application("Late", 1)
	old.Hash = strings.Repeat("0", 64)
	_, err = h.Apply(ctx, h.invite(camp.InviteWish{}).ID, old)
	wantFault(t, "other rules", err, camp.Conflict, "people.rules_newer.say")
	for range camp.MaxInvites {
		if _, err = h.NewInvite(ctx, h.host, camp.InviteWish{}); err != nil {
			break
		}
	}
	wantFault(t, "one more than fifty", err, camp.Full, "people.invites_full.say")
}

func TestMembersInvite(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	m, _, err := h.AddMember(ctx, h.host, "noor", camp.RoleMember)
	if err != nil {
		t.Fatal(err)
	}
	noor := camp.Actor{Member: m.ID, Role: m.Role}
	_, err = h.NewInvite(ctx, noor, camp.InviteWish{})
	wantFault(t, "on the first day", err, camp.NotAllowed, "people.invite_early.say")
	h.clock.add(15 * day)
	var mine camp.Invite
	for range 3 {
		if mine, err = h.NewInvite(ctx, noor, camp.InviteWish{}); err != nil {
			t.Fatal(err)
		}
	}
	_, err = h.NewInvite(ctx, noor, camp.InviteWish{})
	wantFault(t, "a fourth", err, camp.Full, "people.invite_allowance.say")
	theirs := h.invite(camp.InviteWish{})
	if _, err := h.Invite(ctx, noor, theirs.ID); camp.AsFault(err) == nil {
		t.Error("a member reads the host's invite")
	}
	if list, _ := h.Invites(ctx, noor); len(list) != 3 {
		t.Errorf("noor sees %d invites", len(list))
	}
	if err := h.Remove(ctx, h.host, "noor", false); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Apply(ctx, mine.ID, h.application("Friend", 3)); camp.AsFault(err) == nil {
		t.Error("an invite of somebody removed still lets people ask")
	}
}

// One hundred ask for the one free place: one gets it.
func TestOneFreePlace(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	for i := range camp.MaxMembers - 2 {
		if _, _, err := h.AddMember(ctx, h.host, fmt.Sprintf("m%d", i), camp.RoleMember); err != nil {
			t.Fatal(err)
		}
	}
	var names []string
	for i := 0; i < camp.MaxWaiting; i += camp.MaxInviteUses {
		inv := h.invite(camp.InviteWish{Uses: camp.MaxInviteUses})
		for j := range camp.MaxInviteUses {
			v, err := h.Apply(ctx, inv.ID, h.application("Ada", i+j))
			if err != nil {
				t.Fatal(err)
			}
			names = append(names, v.Member.Name)
		}
	}
	_, err := h.Apply(ctx, h.invite(camp.InviteWish{}).ID, h.application("One more", 5000))
	wantFault(t, "the 101st who waits", err, camp.Full, "people.waiting_full.say")
	var in, full atomic.Int32
	var all sync.WaitGroup
	for _, n := range names {
		all.Go(func() {
			switch f := camp.AsFault(h.Approve(context.WithoutCancel(ctx), h.host, n)); {
			case f == nil:
				in.Add(1)
			case f.Say == "people.camp_full.say":
				full.Add(1)
			}
		})
	}
	all.Wait()
	if in.Load() != 1 || int(full.Load()) != len(names)-1 {
		t.Errorf("%d got in, %d were told that the camp is full", in.Load(), full.Load())
	}
	_, err = h.Apply(ctx, h.invite(camp.InviteWish{}).ID, h.application("Too late", 6000))
	wantFault(t, "asking at a full camp", err, camp.Full, "people.camp_full.say")
}

func TestDevices(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	v := h.ask("Mara", 1)
	if err := h.Approve(ctx, h.host, "mara"); err != nil {
		t.Fatal(err)
	}
	mara := camp.Actor{Member: v.Member.ID, Role: camp.RoleMember}
	phone, err := h.AddDevice(ctx, mara, camp.Device{Key: key(2), Label: "phone", Phone: true})
	if err != nil {
		t.Fatal(err)
	}
	inv, err := h.NewInvite(ctx, mara, camp.InviteWish{Device: true})
	if err != nil || inv.For != mara.Member {
		t.Fatalf("an invite for a further computer: %+v, %v", inv, err)
	}
	if list, _ := h.Invites(ctx, h.host); len(list) != 1 {
		t.Errorf("the host sees %d invites, one of them is for a member's own computer", len(list))
	}
	_, err = h.Apply(ctx, inv.ID, h.application("Eve", 9))
	wantFault(t, "a newcomer by a device's invite", err, camp.NotFound, "people.invite_none.say")
	w, err := h.AddDeviceBy(ctx, inv.ID, key(3), "desktop")
	if err != nil || w.Member.ID != mara.Member || w.Peer.Principal != camp.PrincipalDevice {
		t.Fatalf("further computer: %+v, %v", w, err)
	}
	if again, err := h.AddDeviceBy(ctx, inv.ID, key(3), "desktop"); err != nil || again.Device.Serial != w.Device.Serial {
		t.Errorf("the same key again: %+v, %v", again, err)
	}
	for n := 4; n < 6; n++ {
		if _, err := h.AddDevice(ctx, mara, camp.Device{Key: key(n)}); err != nil {
			t.Fatal(err)
		}
	}
	_, err = h.AddDevice(ctx, mara, camp.Device{Key: key(6)})
	wantFault(t, "a sixth", err, camp.Full, "people.devices_full.say")
	other, _, err := h.AddMember(ctx, h.host, "noor", camp.RoleMember)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.RemoveDevice(ctx, camp.Actor{Member: other.ID, Role: camp.RoleMember}, phone.Serial); camp.AsFault(err) == nil {
		t.Error("a member ended another's device")
	}
	if err := h.RemoveDevice(ctx, mara, phone.Serial); err != nil {
		t.Fatal(err)
	}
	_, err = h.AddDevice(ctx, mara, camp.Device{Key: key(2)})
	wantFault(t, "a lost device's key", err, camp.NotAllowed, "people.key_over.say")
	if _, there := h.principals()[fmt.Sprint(phone.Serial)]; there {
		t.Error("the tunnel still knows a lost device")
	}
	if err := h.Remove(ctx, h.host, "mara", false); err != nil {
		t.Fatal(err)
	}
	h.clock.add(6 * time.Second)
	if p := h.principals(); len(p) != 0 {
		t.Errorf("after removal the tunnel knows %v", p)
	}
	_, err = h.Apply(ctx, h.invite(camp.InviteWish{}).ID, h.application("Mara again", 1))
	wantFault(t, "a removed person's key", err, camp.NotAllowed, "people.key_over.say")
}

func TestPhoneOnly(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	inv := h.invite(camp.InviteWish{Phone: true, Key: key(1), Shared: camp.NewSecret(make([]byte, 32))})
	serial := fmt.Sprint(inv.Serial)
	if p := h.principals(); p[serial] != camp.PrincipalInvite {
		t.Fatalf("the tunnel knows %v", p)
	}
	a := h.application("Opa Jan", 7) // another key in the form counts for nothing
	v, err := h.ApplyPhone(ctx, inv.Serial, a)
	if err != nil || v.Device.Key != key(1) || v.Device.Serial != inv.Serial || !v.Device.Phone || len(v.Device.Preshared.Reveal()) != 32 {
		t.Fatalf("got %+v, %v", v, err)
	}
	if err := h.Approve(ctx, h.host, v.Member.Name); err != nil {
		t.Fatal(err)
	}
	if p := h.principals(); p[serial] != camp.PrincipalDevice || len(p) != 1 {
		t.Errorf("let in: %v", p)
	}
}

func TestBreaks(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	m, _, err := h.AddMember(ctx, h.host, "noor", camp.RoleMember)
	if err != nil {
		t.Fatal(err)
	}
	noor := camp.Actor{Member: m.ID, Role: m.Role}
	if err := h.Suspend(ctx, h.host, "noor", day); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Sessions(ctx, noor); err != nil {
		t.Errorf("on a break one cannot read: %v", err)
	}
	wantFault(t, "a profile on a break", h.SetProfile(ctx, noor, camp.Member{Display: "N"}), camp.NotAllowed, "people.on_break.say")
	h.clock.add(day + time.Second)
	if err := h.SetProfile(ctx, noor, camp.Member{Display: "N"}); err != nil {
		t.Errorf("the break is over: %v", err)
	}
	if err := h.Tidy(ctx); err != nil {
		t.Fatal(err)
	}
	if m, _ := h.ByName(ctx, "noor"); m.Standing != camp.Joined {
		t.Errorf("after the break: %s", m.Standing)
	}
	if err := h.Suspend(ctx, h.host, "noor", 0); err != nil {
		t.Fatal(err)
	}
	if err := h.Return(ctx, h.host, "noor"); err != nil {
		t.Fatal(err)
	}
	if m, _ := h.ByName(ctx, "noor"); m.Standing != camp.Joined {
		t.Errorf("returned: %s", m.Standing)
	}
	if err := h.Suspend(ctx, noor, "mia", day); camp.AsFault(err) == nil {
		t.Error("a member gave the host a break")
	}
}

// What a stranger writes is cleaned and bounded; the tunnel hears of each
// change before the caller does.
func TestStrangersWords(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	a := h.application(" Ma\u202era\n\x00 ", 1)
	a.Message = "hi\x07\u200b there"
	v, err := h.Apply(ctx, h.invite(camp.InviteWish{}).ID, a)
	if err != nil || v.Member.Display != "Mara" {
		t.Errorf("shown name %q, %v", v.Member.Display, err)
	}
	list, err := h.Asked(ctx, h.host)
	if err != nil || list[0].Message != "hi there" {
		t.Errorf("message %q, %v", list[0].Message, err)
	}
	long := h.application("Long", 2)
	long.Message = strings.Repeat("ä", camp.MaxMessage+1)
	_, err = h.Apply(ctx, h.invite(camp.InviteWish{}).ID, long)
	wantFault(t, "a long message", err, camp.Invalid, "people.message_long.say")
	_, err = h.Apply(ctx, h.invite(camp.InviteWish{}).ID, h.application(" \u200b ", 3))
	wantFault(t, "no name", err, camp.Invalid, "people.display_empty.say")
}

func TestSecretsGo(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	inv := h.invite(camp.InviteWish{})
	if _, err := h.Apply(ctx, inv.ID, h.application("Mara", 1)); err != nil {
		t.Fatal(err)
	}
	h.clock.add(time.Minute)
	over := h.invite(camp.InviteWish{Life: time.Hour})
	h.clock.add(2 * time.Hour)
	if err := h.Tidy(ctx); err != nil {
		t.Fatal(err)
	}
	for _, id := range []camp.InviteID{inv.ID, over.ID} {
		if s, err := h.Proof(ctx, id); err != nil || len(s.Reveal()) != 0 {
			t.Errorf("the secret of %s is still kept, %v", id, err)
		}
	}
	list, err := h.Invites(ctx, h.host)
	if err != nil || len(list) != 2 || list[0].State != camp.InviteOver || list[1].State != camp.InviteUsed {
		t.Errorf("tombstones: %+v, %v", list, err)
	}
}
