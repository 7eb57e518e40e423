package desk

import (
	"bytes"
	"encoding/base64"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"camp/node/camp"
	"camp/tunnel/guest"
)

// stock is an app that knows one way and one key.
type stock struct {
	*guest.Link
	at []netip.AddrPort
}

// phoneOf is one that was given a configuration.
func phoneOf(t *testing.T, conf string) *stock {
	t.Helper()
	value := func(name string) string {
		m := regexp.MustCompile(`(?m)^` + name + ` = (.*)$`).FindStringSubmatch(conf)
		if m == nil {
			t.Fatalf("no %s in %s", name, conf)
		}
		return m[1]
	}
	key := func(name string) (k [32]byte) {
		raw, err := base64.StdEncoding.DecodeString(value(name))
		if err != nil || copy(k[:], raw) != len(k) {
			t.Fatalf("%s: %v", name, err)
		}
		return k
	}
	inner, _, _ := strings.Cut(value("Address"), ",")
	l, err := guest.Open(guest.Key{
		Camp: key("PublicKey"), Private: key("PrivateKey"), Preshared: key("PresharedKey"), Inner: []netip.Addr{netip.MustParsePrefix(inner).Addr()},
	}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	phone := &stock{Link: l, at: guest.ParseWays([]string{value("Endpoint")})}
	phone.reconnect(t)
	return phone
}

// reconnect is what the app does by itself some seconds after the camp was away.
func (p *stock) reconnect(t *testing.T) {
	t.Helper()
	if err := p.Try(p.at); err != nil {
		t.Fatal(err)
	}
}

// whereStands asks the camp where the phone stands.
func whereStands(t *testing.T, l *stock) (a camp.JoinAnswer, err error) {
	t.Helper()
	err = l.Ask(t.Context(), http.MethodGet, "/v1/me", "en", nil, &a)
	return a, err
}

// friend is somebody who joined, and is connected.
func (k *kept) friend(t *testing.T, dir, name string) *kept {
	t.Helper()
	m := visiting(t, dir)
	m.ask(k.do(camp.Intent{Do: camp.DoInvite}).Invite.Code, name)
	k.until("somebody waits", waiting(1))
	k.do(camp.Intent{Do: camp.DoApprove, Person: strings.ToLower(name)})
	m.until("connected", func(st camp.State) bool { return connected(st) && standingIs(camp.Joined)(st) })
	return m
}

func late(n int) func(camp.State) bool {
	return func(st camp.State) bool { return !st.Reach.Former.IsZero() && st.Reach.Late == n }
}

// ports are those that are kept for the key of now and the one before.
func (k *kept) ports() (now, old uint16) { return k.keptTunnel(false), k.keptTunnel(true) }

func portOf(t *testing.T, addr string) uint16 {
	t.Helper()
	at, err := netip.ParseAddrPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	return at.Port()
}

// The host gives the camp a new key: members' computers come over by themselves,
// codes and phones from before go on by the old one at its port, also after a
// start, until that is ended.
func TestNewTunnelKey(t *testing.T) {
	t.Parallel() // it mostly waits
	hdir, mdir := t.TempDir(), t.TempDir()
	h := hosting(t, hdir)
	m := h.friend(t, mdir, "Ana")
	phone := phoneOf(t, m.do(camp.Intent{Do: camp.DoJoinPhone}).Invite.Code)
	if _, err := whereStands(t, phone); err != nil {
		t.Fatal(err)
	}
	before, was, web := keyFile(t, mdir), h.State(), m.State().Memberships[0]
	b := surf(t, web.Web)
	b.get(strings.TrimPrefix(m.do(camp.Intent{Do: camp.DoJoinLink}).URL, b.base))
	old := h.do(camp.Intent{Do: camp.DoInvite}).Invite
	h.refused(camp.Intent{Do: camp.DoTunnelKeyEnd}, "people.tunnel_key_one.say")

	r := h.do(camp.Intent{Do: camp.DoTunnelKey}).Reach
	if left := time.Until(r.Former); left > camp.FormerLife || left < camp.FormerLife-time.Hour {
		t.Errorf("the old key ends at %s", r.Former)
	}
	h.refused(camp.Intent{Do: camp.DoTunnelKey}, "people.tunnel_key_two.say")
	st := h.until("the computer came over", late(1))
	m.until("connected", connected)
	after := keyFile(t, mdir)
	if bytes.Equal(after.Camp, before.Camp) || after.Serial != before.Serial || !bytes.Equal(after.Private, before.Private) {
		t.Errorf("their file: serial %d", after.Serial)
	}
	if v := m.State().Memberships[0]; v.ID != web.ID || v.Web != web.Web || v.State != camp.Joined {
		t.Errorf("they see %+v", v)
	}
	if body := b.get("/"); !strings.Contains(body, "composer") {
		t.Errorf("their browser sees\n%s", body)
	}
	if now, old := h.ports(); now == old || old != portOf(t, was.Tunnel) || now != portOf(t, st.Tunnel) {
		t.Errorf("ports: was %s, is %s, kept %d and %d", was.Tunnel, st.Tunnel, now, old)
	}
	if !slices.ContainsFunc(st.People[len(st.People)-1].Devices, func(d camp.DeviceLine) bool { return d.Former && d.Phone }) {
		t.Errorf("the list of people: %+v", st.People)
	}
	if a, err := whereStands(t, phone); err != nil || a.Next == nil || !bytes.Equal(a.Next.Key, after.Camp) || !slices.Equal(a.Paths, []string{was.Tunnel}) || !slices.Equal(a.Next.Paths, []string{st.Tunnel}) {
		t.Errorf("the phone is answered %+v, %v", a.Next, err)
	}
	shown := h.do(camp.Intent{Do: camp.DoInviteShow, ID: string(old.ID)}).Invite
	if inv, err := guest.Decode(shown.Code); err != nil || !bytes.Equal(inv.CampKey[:], before.Camp) {
		t.Errorf("a code from before leads to another key: %v", err)
	}
	if inv, err := guest.Decode(h.do(camp.Intent{Do: camp.DoInvite}).Invite.Code); err != nil || !bytes.Equal(inv.CampKey[:], after.Camp) {
		t.Errorf("a code from after leads to another key: %v", err)
	}

	if err := h.end(); err != nil {
		t.Fatal(err)
	}
	h = hosting(t, hdir)
	if again := h.State(); again.Tunnel != st.Tunnel {
		t.Errorf("after a start: at %s, was %s", again.Tunnel, st.Tunnel)
	}
	phone.reconnect(t)
	if _, err := whereStands(t, phone); err != nil {
		t.Errorf("after a start the phone: %v", err)
	}
	m.until("connected", connected)
	bdir := t.TempDir()
	bo := visiting(t, bdir)
	bo.ask(shown.Code, "Bo")
	h.until("somebody waits", waiting(1))
	bo.until("connected", connected)
	h.do(camp.Intent{Do: camp.DoApprove, Person: "bo"})
	bo.until("a member", standingIs(camp.Joined))
	h.until("who came by an old code came over", func(st camp.State) bool {
		return late(1)(st) && bytes.Equal(keyFile(t, bdir).Camp, after.Camp)
	})

	h.refused(camp.Intent{Do: camp.DoTunnelKeyEnd}, "people.tunnel_key_late.say")
	if r := h.do(camp.Intent{Do: camp.DoTunnelKeyEnd, Uses: 1}).Reach; !r.Former.IsZero() || r.Late != 0 {
		t.Errorf("afterwards: %+v", r)
	}
	if _, err := whereStands(t, phone); !errors.Is(err, guest.ErrSilent) {
		t.Errorf("the phone is answered: %v", err)
	}
	if _, old := h.ports(); old != 0 || len(h.on.Load().ways.servers()) != 1 {
		t.Errorf("kept %d", old)
	}
	if v := visiting(t, t.TempDir()).ask(h.do(camp.Intent{Do: camp.DoInvite}).Invite.Code, "Cas"); v.State != camp.Waiting {
		t.Errorf("by a code of the new key: %+v", v)
	}
	if body := b.get("/"); !strings.Contains(body, "composer") {
		t.Errorf("their browser sees\n%s", body)
	}
}

// Who is removed is cut off at both keys.
func TestRemovedAtBothKeys(t *testing.T) {
	t.Parallel()
	h := hosting(t, t.TempDir())
	m := h.friend(t, t.TempDir(), "Ana")
	phone := phoneOf(t, m.do(camp.Intent{Do: camp.DoJoinPhone}).Invite.Code)
	h.do(camp.Intent{Do: camp.DoTunnelKey})
	h.until("the computer came over", late(1))
	m.until("connected", connected)
	if _, err := whereStands(t, phone); err != nil {
		t.Fatal(err)
	}
	h.do(camp.Intent{Do: camp.DoMemberRemove, Person: "ana"})
	if on := h.on.Load().ways.connected(); len(on) != 0 {
		t.Errorf("the tunnel still knows %v", on)
	}
	if _, err := whereStands(t, phone); !errors.Is(err, guest.ErrSilent) {
		t.Errorf("the phone is answered: %v", err)
	}
	m.until("told of the removal", standingIs(camp.Removed))
}

// A computer that was off while the old key ended is not lost, if it had heard of
// the new one; and the camp that was off for long begins with one key.
func TestOldKeyIsOverAfterALongTimeOff(t *testing.T) {
	t.Parallel()
	hdir, mdir := t.TempDir(), t.TempDir()
	h := hosting(t, hdir)
	m := h.friend(t, mdir, "Ana")
	phone := phoneOf(t, m.do(camp.Intent{Do: camp.DoJoinPhone}).Invite.Code)
	h.do(camp.Intent{Do: camp.DoTunnelKey})
	h.until("the computer came over", late(1))
	at := h.State().Tunnel
	if err := h.end(); err != nil {
		t.Fatal(err)
	}
	h = keep(t, hdir, func(o *Options) {
		o.AtOnce, o.Wishes.Tunnel, o.Wishes.LAN = true, "127.0.0.1:0", "off"
		o.Now = func() time.Time { return time.Now().Add(camp.FormerLife + time.Hour) }
	})
	st := h.until("on", func(st camp.State) bool { return st.Phase == camp.On && st.Tunnel != "" })
	if _, old := h.ports(); st.Tunnel != at || !st.Reach.Former.IsZero() || st.Reach.Late != 0 || old != 0 {
		t.Errorf("at %s, was %s: %+v", st.Tunnel, at, st.Reach)
	}
	if _, err := whereStands(t, phone); !errors.Is(err, guest.ErrSilent) {
		t.Errorf("the phone is answered: %v", err)
	}
	h.until("the log tells", func(st camp.State) bool {
		return slices.ContainsFunc(st.Log, func(l camp.LogLine) bool { return l.Deed == "log.tunnel_key_over" })
	})
	m.until("connected", connected)
}

// The port that the command line asks for stays with the old key as long as there
// is one; members are told beforehand that the new one goes there afterwards.
func TestAskedPortStaysWithTheOldKey(t *testing.T) {
	t.Parallel()
	hdir := t.TempDir()
	h := hosting(t, hdir)
	asked := h.State().Tunnel
	if err := h.end(); err != nil {
		t.Fatal(err)
	}
	at := func() *kept {
		k := keep(t, hdir, func(o *Options) { o.AtOnce, o.Wishes.Tunnel, o.Wishes.LAN = true, asked, "off" })
		k.until("on", func(st camp.State) bool { return st.Phase == camp.On && st.Tunnel != "" })
		return k
	}
	h = at()
	m := h.friend(t, t.TempDir(), "Ana")
	h.do(camp.Intent{Do: camp.DoTunnelKey})
	h.until("the computer came over", late(0))
	own := h.State().Tunnel
	ways := h.on.Load().ways
	if own == asked || !slices.Equal(ways.told().Paths, []string{own, asked}) {
		t.Errorf("the new key is at %s, told %v", own, ways.told().Paths)
	}
	if err := h.end(); err != nil {
		t.Fatal(err)
	}
	h = at()
	if st := h.State(); st.Tunnel != own || h.on.Load().ways.servers()[1].Addr().String() != asked {
		t.Errorf("after a start the new key is at %s", st.Tunnel)
	}
	h.do(camp.Intent{Do: camp.DoTunnelKeyEnd})
	if err := h.end(); err != nil {
		t.Fatal(err)
	}
	h = at()
	if st := h.State(); st.Tunnel != asked {
		t.Errorf("afterwards it is at %s", st.Tunnel)
	}
	m.until("connected", connected)
	h.until("seen by the host", func(st camp.State) bool {
		p := st.People[len(st.People)-1]
		return p.Name == "ana" && p.Devices[0].Connected
	})
}

func TestOldKeyNeed(t *testing.T) {
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	d := &Desk{opt: Options{Now: func() time.Time { return now }}}
	for _, row := range []struct {
		what string
		r    camp.Reach
		days string // "" for no need
	}{
		{"one key", camp.Reach{Late: 3}, ""},
		{"far off", camp.Reach{Late: 3, Former: now.Add(8 * 24 * time.Hour)}, ""},
		{"nobody late", camp.Reach{Former: now.Add(time.Hour)}, ""},
		{"a week", camp.Reach{Late: 3, Former: now.Add(7 * 24 * time.Hour)}, "7"},
		{"an hour", camp.Reach{Late: 1, Former: now.Add(time.Hour)}, "1"},
		{"over", camp.Reach{Late: 1, Former: now.Add(-time.Hour)}, "0"},
	} {
		n, ok := d.oldKeyNeed(row.r)
		if ok != (row.days != "") || ok && n.Args["Days"] != row.days {
			t.Errorf("%s: %v, %v", row.what, ok, n.Args)
		}
	}
}

// Somebody whose computer was off all the time needs a code by which they come
// back. It puts them where they were, and leaves no dead camp in their list.
func TestComesBackWhenTheOldKeyIsOver(t *testing.T) {
	t.Parallel()
	h, mdir := hosting(t, t.TempDir()), t.TempDir()
	m := h.friend(t, mdir, "Ana")
	was := m.State().Memberships[0]
	if err := m.end(); err != nil {
		t.Fatal(err)
	}
	h.do(camp.Intent{Do: camp.DoTunnelKey})
	h.until("one is late", late(1))
	h.do(camp.Intent{Do: camp.DoTunnelKeyEnd, Uses: 1})
	m = visiting(t, mdir)
	st := m.until("the camp is silent", func(st camp.State) bool { return len(st.Memberships) == 1 && st.Memberships[0].Link == "looking" })
	if v := st.Memberships[0]; v.ID != was.ID || v.State != camp.Joined {
		t.Errorf("before the code: %+v", v)
	}
	j := m.do(camp.Intent{Do: camp.DoJoinLook, Code: h.do(camp.Intent{Do: camp.DoInvite, Person: "ana"}).Invite.Code}).Joining
	if j.Info.Device != "Ana" {
		t.Fatalf("the code is for %+v", j.Info)
	}
	if v := m.do(camp.Intent{Do: camp.DoJoin}).Membership; v.State != camp.Joined || v.ID != was.ID {
		t.Errorf("came back as %+v", v)
	}
	m.until("connected", connected)
	if err := m.end(); err != nil {
		t.Fatal(err)
	}
	keyFile(t, mdir) // there is one
	visiting(t, mdir).until("connected after a start", connected)
}
