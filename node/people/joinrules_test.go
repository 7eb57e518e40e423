package people_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
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

// standing is a camp that can be closed and opened again, with a log and with
// a tunnel that notes what it was told.
type standing struct {
	*house
	dir  string
	log  *paper
	told *tunnel
}

// paper is what the log is written on.
type paper struct {
	mu sync.Mutex
	b  bytes.Buffer // guarded by mu
}

func (p *paper) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.b.Write(b)
}

func (p *paper) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.b.String()
}

// tunnel keeps the keys that it was last told.
type tunnel struct {
	mu    sync.Mutex
	peers func(context.Context) ([]camp.Peer, error)
	last  []string // guarded by mu
	calls int      // guarded by mu
	fail  error    // guarded by mu
}

func (u *tunnel) apply(ctx context.Context) error {
	list, err := u.peers(ctx)
	u.mu.Lock()
	defer u.mu.Unlock()
	u.calls++
	if u.fail != nil {
		return u.fail
	}
	if err == nil {
		u.last = prints(list)
	}
	return err
}

func (u *tunnel) knows() []string {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.last
}

func (u *tunnel) count() int {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.calls
}

// prints names each peer by what it is and where.
func prints(list []camp.Peer) (out []string) {
	for _, p := range list {
		where := string(p.Invite)
		if p.Serial != 0 {
			where = fmt.Sprint(p.Serial)
		}
		out = append(out, string(p.Principal)+" "+where)
	}
	slices.Sort(out)
	return out
}

func newStanding(t *testing.T) *standing {
	t.Helper()
	s := &standing{dir: t.TempDir(), log: &paper{}, told: &tunnel{}}
	s.house = &house{t: t, ear: &ear{}, clock: &clock{t: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)}}
	s.open()
	t.Cleanup(func() {
		if err := s.db.Close(); err != nil {
			t.Errorf("close store: %v", err)
		}
	})
	_, host, err := s.Found(t.Context(), founding())
	if err != nil {
		t.Fatalf("found: %v", err)
	}
	s.host = camp.Actor{Member: host.ID, Role: camp.RoleHost}
	return s
}

func (s *standing) open() {
	s.t.Helper()
	log := slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	db, err := store.Open(context.WithoutCancel(s.t.Context()), store.Options{Dir: s.dir, Now: s.clock.now, Rand: rand.Reader, Log: log})
	if err != nil {
		s.t.Fatalf("open store: %v", err)
	}
	s.db = db
	s.Service = people.New(people.Options{
		Store: store.As[people.Tx](db), Publish: s.ear, Rand: rand.Reader, Log: log, Derive: derived, Applied: s.told.apply,
	})
	s.told.peers = s.Peers
}

func (s *standing) again() {
	s.t.Helper()
	if err := s.db.Close(); err != nil {
		s.t.Fatal(err)
	}
	s.open()
}

// rows reads what the store holds.
func (s *standing) rows(fn func(*store.Tx) error) {
	s.t.Helper()
	if err := s.db.View(s.t.Context(), fn); err != nil {
		s.t.Fatal(err)
	}
}

// TestTunnelIsTold: whatever changes who may come in is told to the tunnel
// before the act returns, also where time alone did it.
func TestTunnelIsTold(t *testing.T) {
	s := newStanding(t)
	ctx := t.Context()
	same := func(what string, moved bool) {
		t.Helper()
		list, err := s.Peers(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := s.told.knows(), prints(list); !slices.Equal(got, want) {
			t.Errorf("%s: the tunnel knows %v, it should know %v", what, got, want)
		}
		if calls := s.told.count(); moved && calls == 0 {
			t.Errorf("%s: the tunnel was not told", what)
		}
		s.told.mu.Lock()
		s.told.calls = 0
		s.told.mu.Unlock()
	}
	inv := s.invite(camp.InviteWish{Uses: 5})
	same("an invite made", true)
	ask := func(name string, n int) camp.Visitor {
		t.Helper()
		v, err := s.Apply(ctx, inv.ID, s.application(name, n))
		if err != nil {
			t.Fatal(err)
		}
		same(name+" asked", true)
		return v
	}
	v := ask("Ann", 1)
	want(t, "approve", say(s.Approve(ctx, s.host, "ann")), "")
	same("let in", true)
	ask("Ben", 2)
	want(t, "decline", say(s.Decline(ctx, s.host, "ben", "")), "")
	same("declined", true)
	w := ask("Cas", 3)
	want(t, "withdraw", say(s.Withdraw(ctx, w.Device.Serial)), "")
	same("withdrawn", true)
	ann := camp.Actor{Member: v.Member.ID, Role: camp.RoleMember}
	d, err := s.AddDevice(ctx, ann, camp.Device{Key: key(4)})
	want(t, "add a device", say(err), "")
	same("device added", true)
	want(t, "remove a device", say(s.RemoveDevice(ctx, ann, d.Serial)), "")
	same("device removed", true)
	ask("Dee", 5)
	want(t, "cancel", say(s.CancelInvite(ctx, s.host, inv.ID)), "")
	same("cancelled", true)
	s.clock.add(camp.WaitingLife + time.Hour) // Dee was never answered
	want(t, "tidy", say(s.Tidy(ctx)), "")
	same("nobody answered for 30 days", true)
	want(t, "remove", say(s.Remove(ctx, s.host, "ann", false)), "")
	same("removed", true)

	gus := s.add("gus", camp.RoleGuest)
	_, err = s.AddDevice(ctx, gus, camp.Device{Key: key(6)})
	want(t, "a guest's device", say(err), "")
	s.clock.add(31 * day)
	want(t, "tidy", say(s.Tidy(ctx)), "")
	same("a stay that is over", true)
	if list := s.told.knows(); len(list) != 0 {
		t.Errorf("in the end the tunnel knows %v", list)
	}

	// That the tunnel cannot be told is logged; the act is done all the same.
	s.told.mu.Lock()
	s.told.fail = errors.New("no socket")
	s.told.mu.Unlock()
	s.invite(camp.InviteWish{})
	if !strings.Contains(s.log.String(), "no socket") {
		t.Error("the log does not say that the tunnel was not told")
	}
}

// TestTunnelIsToldWhoeverLeaves: whoever asked for a removal and went away does
// not keep the tunnel from cutting the removed one off.
func TestTunnelIsToldWhoeverLeaves(t *testing.T) {
	s := newStanding(t)
	v := s.ask("Ann", 1)
	want(t, "approve", say(s.Approve(t.Context(), s.host, "ann")), "")
	ctx, leave := context.WithCancel(t.Context())
	s.told.peers = func(ctx context.Context) ([]camp.Peer, error) {
		leave()
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return s.Peers(ctx)
	}
	want(t, "remove", say(s.Remove(ctx, s.host, "ann", false)), "")
	if list := s.told.knows(); slices.Contains(list, fmt.Sprint("device ", v.Device.Serial)) {
		t.Errorf("the tunnel still knows %v", list)
	}
}

// TestWatchersOfJoining: what host and helpers see of joining tells that it changed.
func TestWatchersOfJoining(t *testing.T) {
	s := newStanding(t)
	ctx := t.Context()
	heard := func(what string) {
		t.Helper()
		if !s.ear.has(camp.EventJoin, 0) {
			t.Errorf("%s: nobody was told", what)
		}
		s.ear.mu.Lock()
		s.ear.events = nil
		s.ear.mu.Unlock()
	}
	inv := s.invite(camp.InviteWish{Life: time.Hour})
	heard("an invite made")
	s.clock.add(2 * time.Hour)
	want(t, "tidy", say(s.Tidy(ctx)), "")
	heard("an invite is over")
	if list, _ := s.Invites(ctx, s.host); len(list) != 1 || list[0].ID != inv.ID || list[0].State != camp.InviteOver {
		t.Errorf("invites: %+v", list)
	}
	s.ask("Ann", 1)
	heard("asked")
	s.clock.add(camp.WaitingLife + time.Hour)
	want(t, "tidy", say(s.Tidy(ctx)), "")
	heard("nobody answered")
	if list, _ := s.Persons(ctx); len(list) != 1 {
		t.Errorf("people: %+v", list)
	}
}

// TestStoreTimeHolds: with the computer's clock set back what is over stays
// over, also across a restart.
func TestStoreTimeHolds(t *testing.T) {
	s := newStanding(t)
	ctx := t.Context()
	inv := s.invite(camp.InviteWish{Life: time.Hour})
	v := s.ask("Ann", 1)
	want(t, "decline", say(s.Decline(ctx, s.host, "ann", "no")), "")
	s.clock.add(camp.DeclinedLife)
	if p := s.principals(); len(p) != 0 {
		t.Fatalf("a day later the tunnel knows %v", p)
	}
	s.add("noor", camp.RoleMember) // an act, so that the time is on the disk
	for _, again := range []bool{false, true} {
		s.clock.add(-camp.DeclinedLife)
		if again {
			s.again()
		}
		if p := s.principals(); len(p) != 0 {
			t.Errorf("clock set back, opened again %v: the tunnel knows %v", again, p)
		}
		_, err := s.Apply(ctx, inv.ID, s.application("Late", 2))
		wantFault(t, "an invite that was over", err, camp.NotFound, "people.invite_over.say")
		seen, err := s.Visitor(ctx, v.Peer)
		if err != nil || seen.Peer.Principal != camp.PrincipalNone {
			t.Errorf("the declined one: %v, %v", seen.Peer.Principal, err)
		}
		s.clock.add(camp.DeclinedLife)
	}
}

// TestJoiningAcrossARestart: each stage of joining outlives the program.
func TestJoiningAcrossARestart(t *testing.T) {
	s := newStanding(t)
	ctx := t.Context()
	inv := s.invite(camp.InviteWish{})
	s.again()
	shown, err := s.Invite(ctx, s.host, inv.ID)
	if err != nil || string(shown.Secret.Reveal()) != string(inv.Secret.Reveal()) {
		t.Errorf("the code cannot be shown again: %v", err)
	}
	v, err := s.Apply(ctx, inv.ID, s.application("Ann", 1))
	want(t, "ask", say(err), "")
	s.again()
	if p := s.principals(); p[string(inv.ID)] != camp.PrincipalInvite {
		t.Errorf("within five seconds, restarted, the answer has no way back: %v", p)
	}
	again, err := s.Apply(ctx, inv.ID, s.application("Ann", 1))
	if err != nil || again.Device.Serial != v.Device.Serial {
		t.Errorf("asked again after a restart: %+v, %v", again, err)
	}
	s.clock.add(5 * time.Second)
	if p := s.principals(); len(p) != 1 || p["1"] != camp.PrincipalWaiting {
		t.Errorf("after five seconds: %v", p)
	}
	want(t, "approve", say(s.Approve(ctx, s.host, "ann")), "")
	s.again()
	if p := s.principals(); len(p) != 1 || p["1"] != camp.PrincipalDevice {
		t.Errorf("let in, then restarted: %v", p)
	}
	want(t, "remove", say(s.Remove(ctx, s.host, "ann", false)), "")
	s.again()
	_, err = s.Apply(ctx, s.invite(camp.InviteWish{}).ID, s.application("Ann", 1))
	wantFault(t, "a removed key after a restart", err, camp.NotAllowed, "people.key_over.say")
}

// TestWithdrawnIsForgotten: of a request taken back neither the words nor the
// key are kept, and the name is free.
func TestWithdrawnIsForgotten(t *testing.T) {
	for name, end := range map[string]func(*standing, camp.Visitor){
		"taken back": func(s *standing, v camp.Visitor) {
			want(s.t, "withdraw", say(s.Withdraw(s.t.Context(), v.Device.Serial)), "")
			s.clock.add(5 * time.Second)
		},
		"never answered": func(s *standing, _ camp.Visitor) { s.clock.add(camp.WaitingLife + time.Second) },
	} {
		t.Run(name, func(t *testing.T) {
			s := newStanding(t)
			inv := s.invite(camp.InviteWish{Note: "from choir"})
			v, err := s.Apply(t.Context(), inv.ID, s.application("Ann", 1))
			want(t, "ask", say(err), "")
			end(s, v)
			want(t, "tidy", say(s.Tidy(t.Context())), "")
			s.rows(func(tx *store.Tx) error {
				a, ok, err := tx.Asked(v.Member.ID)
				if err != nil {
					return err
				}
				if ok && (a.Key != ([32]byte{}) || a.Message != "" || a.Note != "") {
					t.Errorf("kept: %+v", a)
				}
				if _, ok, err := tx.DeviceByKey(key(1)); ok || err != nil {
					t.Errorf("the device is kept: %v", err)
				}
				if _, ok, err := tx.MemberByName("ann"); ok || err != nil {
					t.Errorf("the name is taken: %v", err)
				}
				return nil
			})
		})
	}
}

// TestLogOfSomebodyForgotten: a line about somebody who is not kept any more
// names nobody, and does not say so oddly.
func TestLogOfSomebodyForgotten(t *testing.T) {
	s := newStanding(t)
	ctx := t.Context()
	s.ask("Tom", 1)
	want(t, "decline", say(s.Decline(ctx, s.host, "tom", "")), "")
	line := func() camp.LogLine {
		t.Helper()
		list, err := s.LogFor(ctx, s.host, camp.Page{Limit: 1})
		if err != nil || len(list) != 1 {
			t.Fatalf("log: %v, %v", list, err)
		}
		return list[0]
	}
	if l := line(); l.Deed != "log.declined" || l.Args["Whom"] != "Tom" {
		t.Errorf("at once: %+v", l)
	}
	s.clock.add(camp.ApplicationEnd + time.Hour)
	want(t, "tidy", say(s.Tidy(ctx)), "")
	if l := line(); l.Deed != "log.declined.unnamed" || l.Args["Whom"] != "" {
		t.Errorf("after a month: %+v", l)
	}
}

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
	r, err := s.PublishRules(ctx, s.host, []string{"Be kind, always."}, false)
	want(t, "rules", say(err), "")
	_, err = s.NewInvite(ctx, noor, camp.InviteWish{})
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

// TestLogOfJoining: what host and helpers do by their right stands in the log,
// what people do for themselves does not.
func TestLogOfJoining(t *testing.T) {
	s := newStanding(t)
	ctx := t.Context()
	noor := s.add("noor", camp.RoleMember)
	inv := s.invite(camp.InviteWish{})
	s.ask("Ann", 1)
	s.ask("Ben", 2)
	want(t, "approve", say(s.Approve(ctx, s.host, "ann")), "")
	want(t, "decline", say(s.Decline(ctx, s.host, "ben", "words for Ben")), "")
	want(t, "cancel", say(s.CancelInvite(ctx, s.host, inv.ID)), "")
	want(t, "a break", say(s.Suspend(ctx, s.host, "ann", day)), "")
	want(t, "return", say(s.Return(ctx, s.host, "ann")), "")
	d, err := s.AddDevice(ctx, noor, camp.Device{Key: key(3)})
	want(t, "device", say(err), "")
	want(t, "own device", say(s.RemoveDevice(ctx, noor, d.Serial)), "")
	d, err = s.AddDevice(ctx, noor, camp.Device{Key: key(4)})
	want(t, "device", say(err), "")
	want(t, "another's device", say(s.RemoveDevice(ctx, s.host, d.Serial)), "")
	list, err := s.LogFor(ctx, noor, camp.Page{Limit: 40})
	want(t, "log", say(err), "")
	var deeds []string
	for _, l := range list {
		deeds = append(deeds, l.Deed)
		for _, a := range l.Args {
			if strings.Contains(a, "words for Ben") || strings.Contains(a, string(inv.ID)) {
				t.Errorf("the log says too much: %+v", l)
			}
		}
	}
	slices.Reverse(deeds)
	wanted := []string{
		"log.invite_made", "log.invite_made", "log.invite_made", "log.let_in.unnamed", "log.declined.unnamed", "log.invite_cancelled",
		"log.suspended.unnamed", "log.returned.unnamed", "log.device_removed",
	}
	if got := deeds[len(deeds)-min(len(deeds), len(wanted)):]; !slices.Equal(got, wanted) {
		t.Errorf("the log: %v", got)
	}
}

// TestLogKeepsNoWords sends a marker through everything that a stranger types
// and every secret of joining, and looks for them in the program's own log.
func TestLogKeepsNoWords(t *testing.T) {
	s := newStanding(t)
	ctx := t.Context()
	const canary = "quetzalcoatl"
	s.told.mu.Lock()
	s.told.fail = errors.New("no socket") // so that each act logs
	s.told.mu.Unlock()
	inv := s.invite(camp.InviteWish{Note: canary, Uses: 5})
	a := s.application(canary, 1)
	a.Message, a.Device = canary, canary
	v, err := s.Apply(ctx, inv.ID, a)
	want(t, "ask", say(err), "")
	bad := a
	bad.Key, bad.Hash = key(2), canary
	_, _ = s.Apply(ctx, inv.ID, bad)
	_, _ = s.Apply(ctx, canary, a)
	_, _ = s.AddDeviceBy(ctx, canary, key(9), canary)
	want(t, "decline", say(s.Decline(ctx, s.host, v.Member.Name, canary)), "")
	_ = s.Approve(ctx, s.host, canary)
	b := s.application(canary+"er", 3)
	b.Message = canary
	w, err := s.Apply(ctx, inv.ID, b)
	want(t, "ask", say(err), "")
	want(t, "withdraw", say(s.Withdraw(ctx, w.Device.Serial)), "")
	s.clock.add(camp.WaitingLife + 31*day)
	want(t, "tidy", say(s.Tidy(ctx)), "")
	log := s.log.String()
	if !strings.Contains(log, "no socket") || !strings.Contains(log, "camp founded") {
		t.Fatalf("the log does not hold what it should: the test is blind\n%s", log)
	}
	k := key(1)
	for _, secret := range []string{canary, string(inv.Secret.Reveal()), fmt.Sprintf("%x", inv.Secret.Reveal()), fmt.Sprintf("%x", k[:])} {
		if strings.Contains(log, secret) {
			t.Errorf("the log holds %q:\n%s", secret, log)
		}
	}
}
