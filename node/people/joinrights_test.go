package people_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"camp/node/camp"
	"camp/node/people"
	"camp/store"
)

// TestHelperOnABreak: the rights of a helper rest while the helper does.
func TestHelperOnABreak(t *testing.T) {
	s := newStanding(t)
	ctx := t.Context()
	hal := s.add("hal", camp.RoleHelper)
	s.add("ada", camp.RoleMember)
	s.ask("Ann", 1)
	other := s.invite(camp.InviteWish{})
	want(t, "a break", say(s.Suspend(ctx, s.host, "hal", day)), "")
	_, _, added := s.AddMember(ctx, hal, "eve", camp.RoleMember)
	for what, err := range map[string]error{
		"approve": s.Approve(ctx, hal, "ann"), "decline": s.Decline(ctx, hal, "ann", ""), "remove": s.Remove(ctx, hal, "ada", false),
		"a break for others": s.Suspend(ctx, hal, "ada", day), "return": s.Return(ctx, hal, "ada"),
		"cancel another's code": s.CancelInvite(ctx, hal, other.ID), "add": added,
	} {
		wantFault(t, what, err, camp.NotAllowed, "people.on_break.say")
	}
	wantFault(t, "end one's own break", s.Return(ctx, hal, "hal"), camp.NotAllowed, "people.on_break.say")
	if _, err := s.Asked(ctx, hal); err != nil {
		t.Errorf("reading on a break: %v", err)
	}
	if p, err := s.Persons(ctx); err != nil || !slices.ContainsFunc(p, func(p camp.Person) bool { return p.Name == "hal" && !p.Until.IsZero() }) {
		t.Errorf("the host does not see until when: %+v, %v", p, err)
	}
	s.clock.add(day)
	want(t, "the break is over", say(s.Approve(ctx, hal, "ann")), "")
}

// TestInvitingNeedsTheRules: who has not agreed to the present rules invites nobody.
func TestInvitingNeedsTheRules(t *testing.T) {
	s := newStanding(t)
	ctx := t.Context()
	noor := s.add("noor", camp.RoleMember)
	s.clock.add(15 * day)
	r := s.voted("Be kind, always.")
	_, err := s.NewInvite(ctx, noor, camp.InviteWish{})
	wantFault(t, "before agreeing", err, camp.NotAllowed, "people.agree.say")
	if _, err := s.NewInvite(ctx, noor, camp.InviteWish{Device: true}); err != nil {
		t.Errorf("a computer of one's own needs no agreement: %v", err)
	}
	want(t, "agree", say(s.Agree(ctx, noor, r.Version, r.Hash)), "")
	_, err = s.NewInvite(ctx, noor, camp.InviteWish{})
	want(t, "after agreeing", say(err), "")
}

// TestDeviceInvitesAreBounded: a code for a computer of one's own takes the
// place of the one before, so that nobody fills the tunnel with keys.
func TestDeviceInvitesAreBounded(t *testing.T) {
	s := newStanding(t)
	ctx := t.Context()
	noor := s.add("noor", camp.RoleMember)
	var last camp.Invite
	for range 20 {
		var err error
		if last, err = s.NewInvite(ctx, noor, camp.InviteWish{Device: true}); err != nil {
			t.Fatal(err)
		}
	}
	if p := s.principals(); len(p) != 1 || p[string(last.ID)] != camp.PrincipalInvite {
		t.Errorf("after twenty codes the tunnel knows %v", p)
	}
	s.rows(func(tx *store.Tx) error {
		list, err := tx.Invites()
		if len(list) != 1 {
			t.Errorf("%d invites are kept", len(list))
		}
		return err
	})
	s.clock.add(camp.DeviceLife)
	_, err := s.AddDeviceBy(ctx, last.ID, key(1), "laptop")
	wantFault(t, "after 15 minutes", err, camp.NotFound, "people.invite_over.say")
	if p := s.principals(); len(p) != 0 {
		t.Errorf("after 15 minutes the tunnel knows %v", p)
	}
}

// TestOddInvites: what would go round a rule is refused.
func TestOddInvites(t *testing.T) {
	s := newStanding(t)
	ctx := t.Context()
	noor := s.add("noor", camp.RoleMember)
	_, err := s.NewInvite(ctx, noor, camp.InviteWish{Phone: true, Device: true, Key: key(1)})
	wantFault(t, "a newcomer's phone by a device's right", err, camp.Invalid, "people.invite_uses.say")
	s.invite(camp.InviteWish{Phone: true, Key: key(1)})
	_, err = s.NewInvite(ctx, s.host, camp.InviteWish{Phone: true, Key: key(1)})
	wantFault(t, "the same phone twice", err, camp.Invalid, "people.key_bad.say")
	_, err = s.Apply(ctx, s.invite(camp.InviteWish{}).ID, s.application("Eve", 1))
	wantFault(t, "a code's newcomer with the key of a phone", err, camp.Conflict, "people.key_bad.say")
	_, err = s.AddDevice(ctx, noor, camp.Device{Key: key(1)})
	wantFault(t, "a member's device with the key of a phone", err, camp.Conflict, "people.key_bad.say")
	s.ask("Ann", 2)
	_, err = s.NewInvite(ctx, s.host, camp.InviteWish{Phone: true, Key: key(2)})
	wantFault(t, "a phone with a device's key", err, camp.Invalid, "people.key_bad.say")
	want(t, "approve", say(s.Approve(ctx, s.host, "ann")), "")
	want(t, "remove", say(s.Remove(ctx, s.host, "ann", false)), "")
	_, err = s.NewInvite(ctx, s.host, camp.InviteWish{Phone: true, Key: key(2)})
	wantFault(t, "a phone with a removed key", err, camp.Invalid, "people.key_bad.say")

	bare := people.New(people.Options{Store: store.As[people.Tx](s.db), Rand: rand.Reader, Log: slog.New(slog.DiscardHandler)})
	_, err = bare.NewInvite(ctx, s.host, camp.InviteWish{})
	if f := camp.AsFault(err); f == nil || f.Kind != camp.Internal {
		t.Errorf("without derivation: %v", err)
	}
}

// TestAnothersKey: who has a code does not learn about others by their keys.
func TestAnothersKey(t *testing.T) {
	s := newStanding(t)
	ctx := t.Context()
	s.ask("Ann", 1)
	for _, step := range []string{"while she waits", "after she was let in"} {
		v, err := s.Apply(ctx, s.invite(camp.InviteWish{}).ID, s.application("Eve", 1))
		wantFault(t, step, err, camp.Conflict, "people.key_bad.say")
		if v.Member.ID != 0 || v.Device.Serial != 0 {
			t.Errorf("%s: told about %+v", step, v)
		}
		if step == "while she waits" {
			want(t, "approve", say(s.Approve(ctx, s.host, "ann")), "")
		}
	}
	noor := s.add("noor", camp.RoleMember)
	inv, err := s.NewInvite(ctx, noor, camp.InviteWish{Device: true})
	want(t, "a device's code", say(err), "")
	v, err := s.AddDeviceBy(ctx, inv.ID, key(1), "x")
	wantFault(t, "by a device's code", err, camp.Conflict, "people.key_bad.say")
	if v.Member.ID != 0 {
		t.Errorf("told about %+v", v)
	}
}

// TestAskAgainWithTheSameKey: a no is not for ever; by a new code the same
// computer may ask once more, when the answer was there long enough.
func TestAskAgainWithTheSameKey(t *testing.T) {
	s := newStanding(t)
	ctx := t.Context()
	s.ask("Tom", 1)
	want(t, "decline", say(s.Decline(ctx, s.host, "tom", "later")), "")
	s.clock.add(camp.DeclinedLife)
	v := s.ask("Tom", 1)
	if v.Standing != camp.Waiting || v.Member.Name != "tom" || v.Peer.Principal != camp.PrincipalWaiting {
		t.Errorf("asked again: %+v", v)
	}
	s.clock.add(camp.WaitingLife - time.Hour)
	want(t, "tidy", say(s.Tidy(ctx)), "")
	if p := s.principals(); p[fmt.Sprint(v.Device.Serial)] != camp.PrincipalWaiting {
		t.Errorf("the earlier request's end took the later one along: %v", p)
	}
}

// TestNamesWhileWaiting: a waiting person's name is reserved, is said to be
// taken, and a second of the same name gets a number.
func TestNamesWhileWaiting(t *testing.T) {
	s := newStanding(t)
	ctx := t.Context()
	for n, w := range []struct{ name, handle string }{
		{"Ann", "ann"}, {"ANN", "ann_2"}, {"\u202eAnn\u0000", "ann_3"}, {"host", "camper"}, {"Mia", "mia_2"}, {strings.Repeat("y", 500), ""},
	} {
		v := s.ask(w.name, n+1)
		if w.handle != "" && v.Member.Name != w.handle {
			t.Errorf("%q becomes %q, want %q", w.name, v.Member.Name, w.handle)
		}
		if h, ok := camp.ParseName(v.Member.Name); !ok || h != v.Member.Name || len([]rune(v.Member.Display)) > 60 {
			t.Errorf("%q becomes %q, shown as %q", w.name, v.Member.Name, v.Member.Display)
		}
	}
	_, _, err := s.AddMember(ctx, s.host, "ann", camp.RoleMember)
	wantFault(t, "adding somebody of a waiting name", err, camp.Conflict, "people.name_taken.say")
	if _, err := s.LinkFor(ctx, s.host, "ann"); camp.AsFault(err) == nil {
		t.Error("a link for somebody who waits")
	}
	wantFault(t, "a role for somebody who waits", s.SetRole(ctx, s.host, "ann", camp.RoleHelper), camp.NotFound, "people.not_here.say")
	wantFault(t, "a break for somebody who waits", s.Suspend(ctx, s.host, "ann", day), camp.NotFound, "people.not_here.say")
	wantFault(t, "removing somebody who waits", s.Remove(ctx, s.host, "ann", false), camp.NotFound, "people.not_here.say")
}

// TestGuestsInviteNobody: whoever becomes a guest keeps no open codes.
func TestGuestsInviteNobody(t *testing.T) {
	s := newStanding(t)
	ctx := t.Context()
	noor := s.add("noor", camp.RoleMember)
	s.clock.add(15 * day)
	inv, err := s.NewInvite(ctx, noor, camp.InviteWish{})
	want(t, "invite", say(err), "")
	want(t, "becomes a guest", say(s.SetRole(ctx, s.host, "noor", camp.RoleGuest)), "")
	_, err = s.Apply(ctx, inv.ID, s.application("Eve", 1))
	wantFault(t, "by a guest's code", err, camp.NotFound, "people.invite_over.say")
	if list := s.told.knows(); len(list) != 0 {
		t.Errorf("the tunnel knows %v", list)
	}
	_, err = s.NewInvite(ctx, noor, camp.InviteWish{})
	wantFault(t, "a guest's new code", err, camp.NotAllowed, "people.guest_invites.say")
}

// TestYearOfInvites: ten in a year, also where each was cancelled at once.
func TestYearOfInvites(t *testing.T) {
	s := newStanding(t)
	ctx := t.Context()
	noor := s.add("noor", camp.RoleMember)
	s.clock.add(14*day - time.Second)
	_, err := s.NewInvite(ctx, noor, camp.InviteWish{})
	wantFault(t, "a second before the 14th day is over", err, camp.NotAllowed, "people.invite_early.say")
	s.clock.add(time.Second)
	for range 10 {
		inv, err := s.NewInvite(ctx, noor, camp.InviteWish{})
		if err != nil {
			t.Fatal(err)
		}
		if inv.Uses != 1 || inv.Ends.Sub(inv.Made) != camp.InviteLife {
			t.Errorf("the usual invite: %d uses, %v", inv.Uses, inv.Ends.Sub(inv.Made))
		}
		want(t, "cancel", say(s.CancelInvite(ctx, noor, inv.ID)), "")
	}
	_, err = s.NewInvite(ctx, noor, camp.InviteWish{})
	wantFault(t, "the eleventh", err, camp.Full, "people.invite_allowance.say")
	s.clock.add(365 * day)
	want(t, "tidy", say(s.Tidy(ctx)), "")
	_, err = s.NewInvite(ctx, noor, camp.InviteWish{})
	want(t, "a year later", say(err), "")
}

// TestSharedInvite: five ask by one code; the sixth is told that it was used.
func TestSharedInvite(t *testing.T) {
	s := newStanding(t)
	ctx := t.Context()
	inv := s.invite(camp.InviteWish{Uses: 5})
	var all sync.WaitGroup
	errs := make([]error, 20)
	for n := range errs {
		a := s.application(fmt.Sprint("Ann ", n), n)
		all.Go(func() { _, errs[n] = s.Apply(context.WithoutCancel(ctx), inv.ID, a) })
	}
	all.Wait()
	in := 0
	for n, err := range errs {
		if err == nil {
			in++
			continue
		}
		wantFault(t, fmt.Sprint("number ", n), err, camp.Conflict, "people.invite_used.say")
	}
	want(t, "how many ask", in, 5)
	s.clock.add(time.Minute)
	if p := s.principals(); len(p) != 5 {
		t.Errorf("the tunnel knows %v", p)
	}
}

// TestDeviceDays: the day a device was here fades after 30 days, and leaves no
// row of a device that is gone.
func TestDeviceDays(t *testing.T) {
	s := newStanding(t)
	ctx := t.Context()
	noor := s.add("noor", camp.RoleMember)
	d, err := s.AddDevice(ctx, noor, camp.Device{Key: key(1)})
	want(t, "device", say(err), "")
	day0 := s.clock.now().Format("2006-01-02")
	want(t, "seen", say(s.SeenDevice(ctx, d.Serial)), "")
	kept := func() (day string) {
		s.rows(func(tx *store.Tx) (err error) { day, err = tx.DeviceSeen(d.Serial); return err })
		return day
	}
	want(t, "the day", kept(), day0)
	s.clock.add(31 * day)
	want(t, "tidy", say(s.Tidy(ctx)), "")
	want(t, "the day, a month later", kept(), camp.LastSeenLong)
	want(t, "seen again", say(s.SeenDevice(ctx, d.Serial)), "")
	want(t, "remove", say(s.RemoveDevice(ctx, noor, d.Serial)), "")
	want(t, "seen by a connection that was still open", say(s.SeenDevice(ctx, d.Serial)), "")
	want(t, "the day of a device that is gone", kept(), "")
}

// TestRemovedLosesAll: each thing that let somebody in ends with them.
func TestRemovedLosesAll(t *testing.T) {
	s := newStanding(t)
	ctx := t.Context()
	v := s.ask("Ann", 1)
	want(t, "approve", say(s.Approve(ctx, s.host, "ann")), "")
	ann := camp.Actor{Member: v.Member.ID, Role: camp.RoleMember}
	cookie, _, err := s.DeviceSession(ctx, v.Device.Serial, "Firefox")
	want(t, "session", say(err), "")
	link, err := s.DeviceLink(ctx, v.Device.Serial)
	want(t, "link", say(err), "")
	further, err := s.NewInvite(ctx, ann, camp.InviteWish{Device: true})
	want(t, "a further device's code", say(err), "")
	want(t, "remove", say(s.Remove(ctx, s.host, "ann", false)), "")
	_, _, err = s.SignedIn(ctx, cookie)
	wantFault(t, "session", err, camp.NotFound, "people.signed_out.say")
	_, _, err = s.UseLink(ctx, link, "x")
	wantFault(t, "link", err, camp.NotFound, "people.link_over.say")
	_, _, err = s.DeviceSession(ctx, v.Device.Serial, "x")
	wantFault(t, "a new session", err, camp.NotFound, "people.device_none.say")
	_, err = s.AddDeviceBy(ctx, further.ID, key(2), "x")
	wantFault(t, "a further device", err, camp.NotFound, "people.invite_over.say")
	if list := s.told.knows(); len(list) != 1 {
		t.Errorf("the tunnel knows %v", list)
	}
}

// TestWayBackIsTheHosts: whoever holds such a code is that member, so no helper
// and no member makes one, also not for themselves.
func TestWayBackIsTheHosts(t *testing.T) {
	h := newHouse(t)
	helper, ada := h.add("hal", camp.RoleHelper), h.add("ada", camp.RoleMember)
	for name, by := range map[string]camp.Actor{"a helper": helper, "they themselves": ada} {
		_, err := h.NewInvite(t.Context(), by, camp.InviteWish{Back: "ada"})
		wantFault(t, name, err, camp.NotAllowed, "people.only_host.say")
	}
	inv, err := h.NewInvite(t.Context(), h.host, camp.InviteWish{Back: "ada"})
	if err != nil || inv.For != ada.Member {
		t.Fatalf("by the host: %+v, %v", inv, err)
	}
	if err := h.Remove(t.Context(), h.host, "ada", false); err != nil {
		t.Fatal(err)
	}
	_, err = h.AddDeviceBy(t.Context(), inv.ID, key(7), "thief")
	if err == nil {
		t.Error("somebody removed came back by an older code")
	}
	_, err = h.NewInvite(t.Context(), h.host, camp.InviteWish{Back: "ada"})
	wantFault(t, "somebody removed", err, camp.NotFound, "people.not_here.say")
}
