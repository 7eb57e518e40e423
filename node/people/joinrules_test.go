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
			s.clock.add(59 * time.Second)
			want(s.t, "tidy", say(s.Tidy(s.t.Context())), "")
			want(s.t, "withdraw where the answer was lost", say(s.Withdraw(s.t.Context(), v.Device.Serial)), "")
			if seen, err := s.Visitor(s.t.Context(), v.Peer); err != nil || seen.Peer.Principal != camp.PrincipalDeclined || seen.Standing != camp.Withdrawn {
				s.t.Errorf("while the answer may be lost: %+v %v", seen, err)
			}
			s.clock.add(time.Second)
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
