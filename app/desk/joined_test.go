package desk

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"camp/node/camp"
	"camp/tunnel"
	"camp/tunnel/guest"
)

// hosting is a desk that hosts a camp whose tunnel is on loopback.
func hosting(t *testing.T, dir string) *kept {
	t.Helper()
	k := keep(t, dir, func(o *Options) { o.AtOnce, o.Wishes.Tunnel, o.Wishes.LAN = true, "127.0.0.1:0", "off" })
	k.until("on", func(st camp.State) bool { return st.Phase == camp.On && st.Tunnel != "" })
	return k
}

// visiting is the desk of somebody who hosts nothing.
func visiting(t *testing.T, dir string) *kept {
	t.Helper()
	return keep(t, dir, func(o *Options) { o.Hold = true })
}

// ask pastes a code and asks to join by it.
func (k *kept) ask(code, name string) camp.Membership {
	k.t.Helper()
	j := k.do(camp.Intent{Do: camp.DoJoinLook, Code: code}).Joining
	if j.Info == nil || len(j.Info.Rules.Texts) == 0 || len(j.Info.Kept) == 0 {
		k.t.Fatalf("looked at %+v", j)
	}
	return *k.do(camp.Intent{Do: camp.DoJoin, Name: name, Message: "From the choir.", Hash: j.Info.Rules.Hash}).Membership
}

func standingIs(s camp.Standing) func(camp.State) bool {
	return func(st camp.State) bool { return len(st.Memberships) == 1 && st.Memberships[0].State == s }
}

func connected(st camp.State) bool {
	return len(st.Memberships) == 1 && st.Memberships[0].Link == "connected" && st.Memberships[0].Web != ""
}

func waiting(n int) func(camp.State) bool { return func(st camp.State) bool { return st.Waiting == n } }

// A friend pastes a code, is seen waiting, is let in, reads and writes through
// the tunnel, and is cut off at once when they are removed.
func TestFriendGetsIn(t *testing.T) {
	h, dir := hosting(t, t.TempDir()), t.TempDir()
	code := h.do(camp.Intent{Do: camp.DoInvite, Name: "Mara"}).Invite.Code
	m := visiting(t, dir)
	if got := m.ask("  "+strings.ToLower(code)+"\n", "Mara de Vries"); got.State != camp.Waiting || got.Words == "" {
		t.Fatalf("asked: %+v", got)
	}
	st := h.until("somebody waits", waiting(1))
	p := st.People[len(st.People)-1]
	if p.Message != "From the choir." || p.Note != "Mara" || p.Words != m.State().Memberships[0].Words || len(p.Devices) != 1 {
		t.Errorf("the host sees %+v", p)
	}
	if st.Needs[len(st.Needs)-1].Kind != "waiting" && st.Needs[0].Kind != "waiting" {
		t.Errorf("what waits for the host: %+v", st.Needs)
	}
	m.refused(camp.Intent{Do: camp.DoJoinLook, Code: code}, "join.twice.say")
	h.do(camp.Intent{Do: camp.DoApprove, Person: p.Name})
	m.until("a member", standingIs(camp.Joined))
	m.until("connected", connected)

	b := surf(t, m.State().Memberships[0].Web)
	if body := b.get("/"); !strings.Contains(body, `action="/confirm"`) || strings.Contains(body, "csrf") {
		t.Errorf("a browser without a session sees\n%s", body)
	}
	url := m.do(camp.Intent{Do: camp.DoJoinLink}).URL
	if body := b.get(strings.TrimPrefix(url, b.base)); !strings.Contains(body, "Mara de Vries") && !strings.Contains(body, "composer") {
		t.Errorf("signed in, the browser sees\n%s", body)
	}
	if body := b.get("/host"); strings.Contains(body, "backups") {
		t.Error("a member sees the host's pages")
	}
	// A second browser confirms by a click.
	c := surf(t, m.State().Memberships[0].Web)
	if body := c.post("/confirm", nil); !strings.Contains(body, "composer") {
		t.Errorf("after the click the browser sees\n%s", body)
	}
	stream := b.open("/live?fire=1")
	h.do(camp.Intent{Do: camp.DoMemberRemove, Person: p.Name})
	ended := make(chan struct{})
	go func() { defer close(ended); _, _ = io.Copy(io.Discard, stream) }()
	select {
	case <-ended:
	case <-time.After(long):
		t.Error("the open stream of somebody removed goes on")
	}
	if s := h.on.Load().ways.server(); len(s.Connected()) != 0 {
		t.Error("the tunnel still knows the device of somebody removed")
	}
	if v := m.until("told of the removal", standingIs(camp.Removed)).Memberships[0]; v.Shut || v.Camp == "" || v.Says() != "window.others.removed" {
		t.Errorf("told of the removal: %+v", v)
	}
	if body := b.get("/"); !strings.Contains(body, "You were removed") {
		t.Errorf("the browser of somebody removed sees\n%s", body)
	}
}

// What is wrong with a code is said in words.
func TestCodesThatDoNotWork(t *testing.T) {
	t.Parallel() // it mostly waits
	h, m := hosting(t, t.TempDir()), visiting(t, t.TempDir())
	inv := h.do(camp.Intent{Do: camp.DoInvite}).Invite
	h.refused(camp.Intent{Do: camp.DoJoinLook, Code: inv.Code}, "join.itself.say")
	m.refused(camp.Intent{Do: camp.DoJoinLook, Code: "hello"}, "join.no_code.say")
	m.refused(camp.Intent{Do: camp.DoJoinLook, Code: inv.Code[:80]}, "join.piece.say")
	wrong := []byte(inv.Code)
	wrong[20] = map[bool]byte{true: '7', false: '8'}[wrong[20] == '8']
	m.refused(camp.Intent{Do: camp.DoJoinLook, Code: string(wrong)}, "join.character.say")
	h.do(camp.Intent{Do: camp.DoInviteCancel, ID: string(inv.ID)})
	m.refused(camp.Intent{Do: camp.DoJoinLook, Code: inv.Code}, "join.silent.say")
	m.until("the window shows why", func(st camp.State) bool {
		return st.Joining.Stage == "failed" && st.Joining.Say == "join.silent.say" && st.Joining.Args["Day"] != ""
	})
}

func TestDeclinedAndTakenBack(t *testing.T) {
	t.Parallel()
	h, m := hosting(t, t.TempDir()), visiting(t, t.TempDir())
	m.ask(h.do(camp.Intent{Do: camp.DoInvite}).Invite.Code, "Tom")
	h.until("somebody waits", waiting(1))
	h.do(camp.Intent{Do: camp.DoDecline, Person: "tom", Reason: "Not this year."})
	if st := m.until("declined", standingIs(camp.Declined)); st.Memberships[0].Answer != "Not this year." {
		t.Errorf("the answer is %q", st.Memberships[0].Answer)
	}
	m.ask(h.do(camp.Intent{Do: camp.DoInvite}).Invite.Code, "Tom") // a new try takes the place of the old
	h.until("somebody waits again", waiting(1))
	m.until("connected", func(st camp.State) bool { return connected(st) && st.Memberships[0].State == camp.Waiting })
	m.do(camp.Intent{Do: camp.DoJoinWithdraw})
	h.until("nobody waits", waiting(0))
	if st := m.State(); len(st.Memberships) != 0 {
		m.until("forgotten", func(st camp.State) bool { return len(st.Memberships) == 0 })
	}
}

// The camp's computer is off for a while, and comes back at the same door; the
// member's program was ended and started in between, too.
func TestTheyFindEachOtherAgain(t *testing.T) {
	t.Parallel() // it mostly waits
	hdir, mdir := t.TempDir(), t.TempDir()
	h, m := hosting(t, hdir), visiting(t, mdir)
	m.ask(h.do(camp.Intent{Do: camp.DoInvite}).Invite.Code, "Ana")
	h.until("somebody waits", waiting(1))
	h.do(camp.Intent{Do: camp.DoApprove, Person: "ana"})
	m.until("connected", func(st camp.State) bool { return connected(st) && standingIs(camp.Joined)(st) })
	web := m.State().Memberships[0].Web
	if err := h.end(); err != nil {
		t.Fatal(err)
	}
	h = hosting(t, hdir)
	for body := ""; !strings.Contains(body, "Ana"); body = surf(t, web).get("/") {
		if t.Context().Err() != nil {
			t.Fatalf("after the camp came back the browser sees\n%s", body)
		}
	}
	m.until("connected again", connected)
	if err := m.end(); err != nil {
		t.Fatal(err)
	}
	m = visiting(t, mdir)
	if st := m.until("connected after own start", connected); st.Memberships[0].Web != web || st.Memberships[0].State != camp.Joined {
		t.Errorf("after its own start: %+v", st.Memberships[0])
	}
	_ = h
}

// One code for five people, pasted at the same time.
func TestFiveAtOneCode(t *testing.T) {
	t.Parallel()
	h := hosting(t, t.TempDir())
	code := h.do(camp.Intent{Do: camp.DoInvite, Uses: 5}).Invite.Code
	errs := make(chan error, 5)
	names := []string{"Ada", "Bo", "Cas", "Dirk", "Eva"}
	for _, n := range names {
		m := visiting(t, t.TempDir())
		go func() {
			ans, err := m.Do(t.Context(), camp.Intent{Do: camp.DoJoinLook, Code: code})
			if err == nil {
				_, err = m.Do(t.Context(), camp.Intent{Do: camp.DoJoin, Name: n, Hash: ans.Joining.Info.Rules.Hash})
			}
			errs <- err
		}()
	}
	for range names {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	h.until("five wait", waiting(5))
	visiting(t, t.TempDir()).refused(camp.Intent{Do: camp.DoJoinLook, Code: code}, "join.used.say")
}

// A further computer, and a phone, of the same person.
func TestFurtherDevices(t *testing.T) {
	t.Parallel()
	h, m := hosting(t, t.TempDir()), visiting(t, t.TempDir())
	m.ask(h.do(camp.Intent{Do: camp.DoInvite}).Invite.Code, "Ana")
	h.until("somebody waits", waiting(1))
	h.do(camp.Intent{Do: camp.DoApprove, Person: "ana"})
	m.until("connected", func(st camp.State) bool { return connected(st) && standingIs(camp.Joined)(st) })
	second := visiting(t, t.TempDir())
	j := second.do(camp.Intent{Do: camp.DoJoinLook, Code: m.do(camp.Intent{Do: camp.DoJoinComputer}).Invite.Code}).Joining
	if j.Info.Device != "Ana" {
		t.Fatalf("the second computer sees %+v", j.Info)
	}
	if got := second.do(camp.Intent{Do: camp.DoJoin}).Membership; got.State != camp.Joined {
		t.Fatalf("the second computer is %+v", got)
	}
	second.until("connected", connected)
	phone := m.do(camp.Intent{Do: camp.DoJoinPhone}).Invite
	if !strings.Contains(phone.Code, "PrivateKey") || !strings.Contains(phone.Code, "Endpoint = 127.0.0.1:") || phone.Web == "" {
		t.Errorf("the phone gets %s", phone.Code)
	}
	st := h.until("three devices", func(st camp.State) bool {
		for _, p := range st.People {
			if p.Name == "ana" {
				return len(p.Devices) == 3
			}
		}
		return false
	})
	for _, p := range st.People {
		for _, d := range p.Devices {
			if d.Phone {
				h.do(camp.Intent{Do: camp.DoDeviceRemove, Person: p.Name, Serial: d.Serial})
			}
		}
	}
	m.do(camp.Intent{Do: camp.DoJoinDevices})
	for _, d := range m.State().Memberships[0].Devices {
		if !d.This && !d.Phone {
			m.do(camp.Intent{Do: camp.DoJoinDeviceGone, Serial: d.Serial})
		}
	}
	if v := second.until("told that it was shut out", standingIs(camp.Removed)).Memberships[0]; !v.Shut {
		t.Errorf("the second computer is told %+v", v)
	}
}

// client is a browser of the test's own.
type client struct {
	t    *testing.T
	base string
	http *http.Client
}

func surf(t *testing.T, base string) *client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &client{t: t, base: base, http: &http.Client{Jar: jar}}
}

func (c *client) do(r *http.Request) *http.Response {
	c.t.Helper()
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	res, err := c.http.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() { _ = res.Body.Close() })
	return res
}

func (c *client) open(path string) io.Reader {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), http.MethodGet, c.base+path, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	return c.do(r).Body
}

func (c *client) get(path string) string {
	c.t.Helper()
	raw, err := io.ReadAll(c.open(path))
	if err != nil {
		c.t.Fatal(err)
	}
	return string(raw)
}

func (c *client) post(path string, form url.Values) string {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, c.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	raw, err := io.ReadAll(c.do(r).Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return string(raw)
}

// Somebody who lost every device comes back as who they are, by a code that the
// host alone can make; the old device stays outside.
func TestWayBack(t *testing.T) {
	t.Parallel() // it mostly waits
	h, m := hosting(t, t.TempDir()), visiting(t, t.TempDir())
	m.ask(h.do(camp.Intent{Do: camp.DoInvite}).Invite.Code, "Ana")
	h.until("somebody waits", waiting(1))
	h.do(camp.Intent{Do: camp.DoApprove, Person: "ana"})
	st := h.until("a member with a device", func(st camp.State) bool {
		return slices.ContainsFunc(st.People, func(p camp.Person) bool { return p.Name == "ana" && p.Standing == camp.Joined && len(p.Devices) == 1 })
	})
	if err := m.end(); err != nil {
		t.Fatal(err)
	}
	for _, p := range st.People {
		if p.Name == "ana" {
			h.do(camp.Intent{Do: camp.DoDeviceRemove, Person: "ana", Serial: p.Devices[0].Serial})
		}
	}
	h.refused(camp.Intent{Do: camp.DoInvite, Person: "nobody"}, "people.nobody.say")
	h.refused(camp.Intent{Do: camp.DoInvite, Person: "ana", Uses: 2}, "people.invite_uses.say")
	first := h.do(camp.Intent{Do: camp.DoInvite, Person: "ana"}).Invite
	back := h.do(camp.Intent{Do: camp.DoInvite, Person: "ana"}).Invite
	fresh := visiting(t, t.TempDir())
	fresh.refused(camp.Intent{Do: camp.DoJoinLook, Code: first.Code}, "join.silent.say") // the second took its place
	j := fresh.do(camp.Intent{Do: camp.DoJoinLook, Code: back.Code}).Joining
	if j.Info.Device != "Ana" {
		t.Fatalf("the code is for %+v", j.Info)
	}
	if got := fresh.do(camp.Intent{Do: camp.DoJoin, Hash: j.Info.Rules.Hash}).Membership; got.State != camp.Joined || got.Name != "ana" {
		t.Errorf("came back as %+v", got)
	}
	visiting(t, t.TempDir()).refused(camp.Intent{Do: camp.DoJoinLook, Code: back.Code}, "join.used.say")
	st = h.until("one Ana", func(st camp.State) bool { return st.Members == 2 })
	if !slices.ContainsFunc(st.Log, func(l camp.LogLine) bool { return l.Deed == "log.way_back" && l.Args["Whom"] == "Ana" }) {
		t.Errorf("the log does not tell: %+v", st.Log)
	}
	if len(st.Invites) != 1 {
		t.Errorf("the code is listed among those for newcomers: %+v", st.Invites)
	}
}

// Somebody gives their computer a new key: nothing else changes for them, also
// after a start, and the old key opens nothing.
func TestNewKeyForAComputer(t *testing.T) {
	t.Parallel() // it mostly waits
	h, dir := hosting(t, t.TempDir()), t.TempDir()
	m := visiting(t, dir)
	m.ask(h.do(camp.Intent{Do: camp.DoInvite}).Invite.Code, "Ana")
	m.refused(camp.Intent{Do: camp.DoJoinRekey}, "join.asleep.say")
	h.until("somebody waits", waiting(1))
	h.do(camp.Intent{Do: camp.DoApprove, Person: "ana"})
	m.until("connected", func(st camp.State) bool { return connected(st) && standingIs(camp.Joined)(st) })
	at := h.State().Tunnel
	before := keyFile(t, dir)
	b := surf(t, m.State().Memberships[0].Web)
	b.get(strings.TrimPrefix(m.do(camp.Intent{Do: camp.DoJoinLink}).URL, b.base))
	for range 2 {
		m.do(camp.Intent{Do: camp.DoJoinRekey})
	}
	after := keyFile(t, dir)
	if after.Serial == before.Serial || bytes.Equal(after.Private, before.Private) {
		t.Fatalf("the key is as it was: serial %d", after.Serial)
	}
	v := m.until("connected by the new key", connected).Memberships[0]
	if v.State != camp.Joined || len(v.Devices) != 1 || v.Devices[0].Serial != after.Serial || !v.Devices[0].This {
		t.Errorf("afterwards they see %+v", v)
	}
	if body := b.get("/"); !strings.Contains(body, "composer") {
		t.Errorf("their browser sees\n%s", body)
	}
	h.until("the host sees one device", func(st camp.State) bool {
		p := st.People[len(st.People)-1]
		return p.Name == "ana" && len(p.Devices) == 1 && p.Devices[0].Serial == after.Serial
	})
	l, err := guest.Open(guest.Key{Camp: [32]byte(before.Camp), Private: [32]byte(before.Private), Inner: before.inner()}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	if err := l.Try(guest.ParseWays([]string{at})); err != nil {
		t.Fatal(err)
	}
	var out camp.JoinAnswer
	if err := l.Ask(t.Context(), http.MethodGet, "/v1/me", "en", nil, &out); !errors.Is(err, guest.ErrSilent) {
		t.Errorf("the old key is answered: %+v, %v", out, err)
	}
	if err := m.end(); err != nil {
		t.Fatal(err)
	}
	visiting(t, dir).until("connected after a start", connected)
}

// keyed is what a test reads of a membership's file.
type keyed struct {
	Camp    []byte `json:"camp_key"`
	Private []byte `json:"private"`
	Serial  uint64 `json:"serial"`
}

func (k keyed) inner() []netip.Addr {
	six, _ := tunnel.NewPlan([32]byte(k.Camp)).Device(k.Serial)
	return []netip.Addr{six}
}

func keyFile(t *testing.T, dir string) (k keyed) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "keys", "*.json"))
	if err != nil || len(files) != 1 {
		t.Fatalf("files of keys: %v, %v", files, err)
	}
	raw, err := os.ReadFile(files[0])
	if err != nil || json.Unmarshal(raw, &k) != nil {
		t.Fatalf("file of a key: %v", err)
	}
	return k
}
