package web

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	qrcode "github.com/skip2/go-qrcode"

	"camp/node/camp"
)

// one gives the single intent asked for since n.
func (f *fake) one(t *testing.T, n int) camp.Intent {
	t.Helper()
	got := f.since(n)
	if len(got) != 1 {
		t.Fatalf("asked %+v, want one thing", got)
	}
	return got[0]
}

// TestNearbyPage: the door is opened, the numbers compared and the door shut, all
// by the intents of the window; the page looks again by itself only where
// nothing is to be read with care.
func TestNearbyPage(t *testing.T) {
	f := newFake()
	b := f.browser(t, vera)
	b.want(b.get("/invites"), 200, `href="/host/nearby"`, `href="/host/phone"`, `href="/host/friend"`)
	if own := f.browser(t, mara).get("/invites").Body.String(); strings.Contains(own, "/host/nearby") {
		t.Error("a member is offered the host's door")
	}
	for _, row := range []struct {
		do, asked string
		same      bool
	}{{"open", camp.DoNearby, false}, {"same", camp.DoNearbySame, true}, {"differ", camp.DoNearbySame, false}, {"close", camp.DoNearbyClose, false}} {
		n := len(f.since(0))
		b.want(b.post("/host/nearby", "do", row.do), http.StatusSeeOther)
		if in := f.one(t, n); in.Do != row.asked || in.Same != row.same {
			t.Errorf("%s asked %+v", row.do, in)
		}
	}
	b.want(b.post("/host/nearby", "do", "dance"), http.StatusUnprocessableEntity)
	until := f.now.Add(10 * time.Minute)
	for _, row := range []struct {
		path    string
		state   camp.Nearby
		refresh string
		parts   []string
	}{
		{"", camp.Nearby{}, "", []string{`value="open"`}},
		{"?asked=open", camp.Nearby{}, "1; url=/host/nearby", []string{"One moment"}},
		{"?asked=open", camp.Nearby{State: "open", Until: until}, lookAgain, []string{"14:40", `value="close"`}},
		{"", camp.Nearby{State: "compare", Until: until, Check: "123456", Words: "acorn zebra piano lemon"}, "", []string{"123456", "acorn zebra piano lemon", `value="same"`, `value="differ"`}},
		{"?asked=same", camp.Nearby{State: "compare", Until: until, Check: "123456"}, "1; url=/host/nearby", []string{"123456", "You said they are the same."}},
		{"?asked=same", camp.Nearby{State: "sent"}, "", []string{"They can ask now.", `value="open"`}},
		{"?asked=differ", camp.Nearby{State: "differ", Say: "program.nearby_differ.say"}, "", []string{`value="open"`, `class="warn"`}},
	} {
		f.state.Nearby = row.state
		w := b.get("/host/nearby" + row.path)
		b.want(w, 200, row.parts...)
		if got := w.Header().Get("Refresh"); got != row.refresh {
			t.Errorf("%s in %q looks again %q, want %q", row.path, row.state.State, got, row.refresh)
		}
		if row.state.State == "compare" && row.path != "" && strings.Contains(w.Body.String(), `value="same"`) {
			t.Error("asks again while it waits")
		}
	}
}

// TestPhonePage: a phone's way in is shown once, drawn in the page itself.
func TestPhonePage(t *testing.T) {
	f := newFake()
	b := f.browser(t, vera)
	b.want(b.get("/host/phone"), 200, "Somebody with a phone only")
	f.answer = camp.Answer{Invite: &camp.InviteLine{Code: "[Interface]\nPrivateKey = canary-key", Six: "[Interface]\nAddress = fd00::2", Web: "http://[fd00::1]", Narrow: "program.no_way.say"}}
	n := len(f.since(0))
	page := b.want(b.post("/host/phone", "note", "Oma"), 200, "canary-key", "http://[fd00::1]", "My network clashes", "<path", "Shown this once.")
	if in := f.one(t, n); in.Do != camp.DoInvite || !in.Phone || in.Name != "Oma" {
		t.Errorf("asked %+v", in)
	}
	if got := strings.Count(page, `<svg class="qr"`); got != 3 {
		t.Errorf("%d pictures, want 3", got)
	}
	if strings.Contains(b.get("/host/phone").Body.String(), "canary-key") {
		t.Error("the key is shown again")
	}
	f.fault = &camp.Fault{Kind: camp.Offline, Say: "program.no_way.say"}
	b.want(b.post("/host/phone", "note", "Oma & Opa"), http.StatusServiceUnavailable, `value="Oma &amp; Opa"`, `role="alert"`)
}

// TestDrawnCode: the picture in the page says what it should, dot for dot.
func TestDrawnCode(t *testing.T) {
	c, err := codeOf("http://[fd00::1]", `the "way"`)
	if err != nil {
		t.Fatal(err)
	}
	svg := string(c.Code)
	if !strings.Contains(svg, `aria-label="the &#34;way&#34;"`) || strings.Contains(svg, "style=") {
		t.Errorf("the picture: %s", svg[:200])
	}
	q, err := qrcode.New("http://[fd00::1]", qrcode.Low)
	if err != nil {
		t.Fatal(err)
	}
	want := q.Bitmap()
	got := make([][]bool, len(want))
	for i := range got {
		got[i] = make([]bool, len(want))
	}
	for _, m := range regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1h-\d+z`).FindAllStringSubmatch(svg, -1) {
		x, _ := strconv.Atoi(m[1])
		y, _ := strconv.Atoi(m[2])
		n, _ := strconv.Atoi(m[3])
		for i := range n {
			got[y][x+i] = true
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("the picture is another (-want +got):\n%s", d)
	}
	if _, err := codeOf(strings.Repeat("x", 5000), ""); err == nil {
		t.Error("drew more than a code can hold")
	}
}

// TestHandedOut: files come by the same intents that write them to a disk.
func TestHandedOut(t *testing.T) {
	f := newFake()
	b := f.browser(t, vera)
	f.answer = camp.Answer{Systems: []string{"windows/amd64", "plan9/386"}}
	b.want(b.get("/host/friend"), 200, "Windows", "plan9/386", `href="/host/friend/program?for=windows%2famd64"`)
	for _, row := range []struct {
		method, path, file, body string
		want                     camp.Intent
	}{
		{"GET", "/host/friend/program?for=windows/amd64", `"camp-of windows/amd64.zip"`, "archive of windows/amd64", camp.Intent{Do: camp.DoFriendCopy, Page: "windows/amd64"}},
		{"POST", "/host/people/mara/export", `"camp-of mara.zip"`, "archive of mara", camp.Intent{Do: camp.DoExport, Person: "mara"}},
	} {
		n := len(f.since(0))
		w := b.get(row.path)
		if row.method == http.MethodPost { // the host's log says so: no link and no browser that looks ahead may do it
			b.want(w, http.StatusNotFound)
			w = b.post(row.path)
		}
		b.want(w, 200, row.body)
		if got := w.Header().Get("Content-Disposition"); got != "attachment; filename="+row.file {
			t.Errorf("%s is saved as %q", row.path, got)
		}
		if in := f.one(t, n); in.Do != row.want.Do || in.Person != row.want.Person || in.Page != row.want.Page {
			t.Errorf("%s asked %+v", row.path, in)
		}
	}
	b.want(b.post("/host/people/nobody/export"), 404)
	f.fault = &camp.Fault{Kind: camp.NotFound, Say: "join.no_program.say"}
	if w := b.get("/host/friend/program?for=x"); w.Code != 404 || w.Header().Get("Content-Disposition") != "" {
		t.Errorf("no such program: %d, %v", w.Code, w.Header())
	}
	m := f.browser(t, mara)
	n := len(f.since(0))
	m.want(m.post("/host/people/vera/export"), 404)
	m.want(m.get("/host/friend/program?for=linux/amd64"), 404)
	if len(f.since(n)) != 0 {
		t.Error("a member got the host's files")
	}
}

// TestWayBack: who lost every device comes back by a code of the host's.
func TestWayBack(t *testing.T) {
	f := newFake()
	b := f.browser(t, vera)
	b.want(b.get("/host/people/mara"), 200, "A code to come back with", `method="post" action="/host/people/mara/export"`)
	f.answer = camp.Answer{Invite: &camp.InviteLine{Code: "CAMP1-BACK", Ends: f.now.Add(24 * time.Hour)}}
	n := len(f.since(0))
	b.want(b.post("/host/people/mara/back"), 200, "CAMP1-BACK", "Mara Lindqvist and to nobody else", "23 November")
	if in := f.one(t, n); in.Do != camp.DoInvite || in.Person != "mara" || in.Phone {
		t.Errorf("asked %+v", in)
	}
}

// TestProgramSettings: what the window sets about the program, the page sets, and
// leaves alone what stands on no form of it.
func TestProgramSettings(t *testing.T) {
	f := newFake()
	b := f.browser(t, vera)
	f.state.Settings = camp.Settings{Language: "nl", KeepAwake: true, QuietFrom: 21*60 + 30, QuietTo: 6 * 60}
	b.want(b.get("/host/settings"), 200, `value="21:30-6" selected`, "21:30 – 6:00", "Where the data lie", "/data", `href="/host/world"`)
	b.want(b.post("/host/settings/program", "quiet", "22-7", "login", "on", "close", "end"), http.StatusSeeOther)
	want := camp.Settings{Language: "nl", KeepAwake: true, QuietFrom: 22 * 60, QuietTo: 7 * 60, StartAtLogin: true, NoNotices: true, Close: "end"}
	if in := f.one(t, 0); in.Do != camp.DoSettings || *in.Settings != want {
		t.Errorf("asked for %+v, want %+v", in.Settings, want)
	}
	for _, quiet := range []string{"7-7", "25-7", "22", "22-7-8", "x-y", "22:60-7", "-1-5"} {
		b.want(b.post("/host/settings/program", "quiet", quiet), http.StatusUnprocessableEntity)
	}
	if len(f.since(1)) != 0 {
		t.Error("nonsense was asked")
	}
	b.want(b.post("/host/end"), http.StatusUnprocessableEntity, "Tick the box first")
	if len(f.since(1)) != 0 {
		t.Error("ended without a yes")
	}
	b.want(b.post("/host/end", "sure", "yes"), 200, "Camp ends", "Nothing is lost.")
	if in := f.one(t, 1); in.Do != camp.DoStop {
		t.Errorf("asked %+v", in)
	}
}

// TestWorldPage: nothing is opened before it was read what that opens; a switch
// is carried out after the page has answered.
func TestWorldPage(t *testing.T) {
	f := newFake()
	b := f.browser(t, vera)
	b.want(b.get("/host/world"), 200, "@vera@oak.example", "What is written for the camp never leaves it.", `value="try"`)
	f.answer = camp.Answer{World: &camp.World{Domain: "oak.example", Problems: []camp.Problem{{Say: "world.door.off", Deed: camp.DoReach, Detail: "<technical>"}}}}
	page := b.want(b.post("/host/world", "do", "try", "name", "oak.example"), 200, "oak.example: what is missing", "The router is not asked", `value="router"`, "&lt;technical&gt;", "Switch on for good")
	if in := f.one(t, 0); in.Do != camp.DoWorldCheck || in.Domain != "oak.example" || !strings.Contains(page, `name="sure" value="yes" required`) {
		t.Errorf("asked %+v", in)
	}
	b.want(b.post("/host/world", "do", "on", "name", "oak.example"), http.StatusUnprocessableEntity, "tick the box first")
	w := b.post("/host/world", "do", "on", "name", "oak.example", "sure", "yes")
	b.want(w, 200, "The camp starts anew")
	if got := w.Header().Get("Refresh"); got != "6; url=/host/world" {
		t.Errorf("the page looks again %q", got)
	}
	if len(f.late) != 1 || f.late[0].Do != camp.DoWorldOn || f.late[0].Domain != "oak.example" {
		t.Fatalf("later: %+v", f.late)
	}
	f.state.World = camp.World{On: true, Domain: "oak.example", Ready: true, Checked: f.now, Address: "[::]:443", Door: "open", Outer: "9.9.9.9:443", Until: f.now.AddDate(0, 2, 0), Problems: []camp.Problem{}}
	f.state.Backlog, f.state.Letters = []camp.Backlog{{Host: "far.example", Count: 3, Since: f.now.Add(-time.Hour)}}, 5
	b.want(b.get("/host/world"), 200, "Others find the camp", "Open, at 9.9.9.9:443.", "far.example", "22 Jan 2027", `value="off"`)
	b.want(b.get("/host/world"), 200, `value="keys"`, "somebody else has a copy of this computer")
	asked := len(f.asked)
	b.want(b.post("/host/world", "do", "keys"), http.StatusUnprocessableEntity, "tick the box first")
	if len(f.asked) != asked {
		t.Error("new signatures without a yes")
	}
	b.want(b.post("/host/world", "do", "keys", "sure", "yes"), 200, "sign anew from now on")
	if in := f.asked[len(f.asked)-1]; in.Do != camp.DoKeysRenewAll {
		t.Errorf("asked %+v", in)
	}
	b.want(b.post("/host/world", "do", "off", "sure", "yes"), 200, "The camp starts anew")
	if len(f.late) != 2 || f.late[1].Do != camp.DoWorldOff {
		t.Fatalf("later: %+v", f.late)
	}
	f.state.World.Fixed = true
	if page := b.want(b.get("/host/world"), 200, "command line"); strings.Contains(page, `value="off"`) {
		t.Error("offers a switch that does nothing")
	}
	b.want(b.post("/host/world", "do", "off", "sure", "yes"), http.StatusForbidden)
	if len(f.late) != 2 {
		t.Error("switched what the command line holds")
	}
	b.want(b.post("/host/world", "do", "sing"), http.StatusUnprocessableEntity)
	b.want(b.get("/host"), 200)
	f.state.Needs = []camp.Need{{Kind: "world", Say: "world.no_name.say", Deed: camp.DoWorldCheck, Page: "world"}, {Kind: "waiting", Say: "program.need.waiting", Args: map[string]string{"N": "2"}, Page: "people"}}
	b.want(b.get("/host"), 200, `href="/host/world"`, `href="/invites">Look`)
}

// TestBounds: until when a guest stays and how many invites a member may have open
// stand on their page, and are changed there by the host.
func TestBounds(t *testing.T) {
	f := newFake()
	b := f.browser(t, vera)
	b.want(b.get("/host/people/mara"), 200, "may have 3 invites open at once", `action="/host/people/mara/invites"`, `max="20"`)
	n := len(f.since(0))
	b.want(b.post("/host/people/mara/invites", "most", "0"), http.StatusSeeOther)
	if in := f.one(t, n); in.Do != camp.DoAllowance || in.Person != "mara" || in.Uses != 0 {
		t.Errorf("asked %+v", in)
	}
	b.want(b.post("/host/people/mara/invites", "most", "many"), http.StatusUnprocessableEntity, "0 to 20 invites")
	m := f.members[mara]
	m.Role, m.Ends = camp.RoleGuest, f.now.Add(10*24*time.Hour)
	f.members[mara] = m
	now := f.now.Local()
	last := now.Add(camp.GuestLongest).Format(time.DateOnly)
	if page := b.want(b.get("/host/people/mara"), 200, "is a guest until", `min="`+now.Format(time.DateOnly)+`" max="`+last+`"`); strings.Contains(page, "mara/invites") {
		t.Error("a guest has an allowance")
	}
	for day, low := range map[string]time.Duration{now.Format(time.DateOnly): time.Second, now.AddDate(0, 0, 7).Format(time.DateOnly): 6 * 24 * time.Hour, last: 89 * 24 * time.Hour} {
		n = len(f.since(0))
		b.want(b.post("/host/people/mara/ends", "day", day), http.StatusSeeOther)
		if in := f.one(t, n); in.Do != camp.DoGuestEnd || in.Person != "mara" || in.For < low || in.For > low+2*24*time.Hour || in.For > camp.GuestLongest {
			t.Errorf("%s: asked %+v", day, in)
		}
	}
	n = len(f.since(0))
	b.want(b.post("/host/people/mara/ends", "day", "soon"), http.StatusUnprocessableEntity, "at most 90 days from now")
	v := f.browser(t, mara)
	v.want(v.post("/host/people/mara/ends", "day", last), http.StatusNotFound)
	if len(f.since(n)) != 0 {
		t.Error("asked for something after all")
	}
}

// TestClockAsked: the host says by a button that the computer's date is right.
func TestClockAsked(t *testing.T) {
	f := newFake()
	b := f.browser(t, vera)
	f.state.Needs = []camp.Need{{Kind: "clock", Say: "store.clock_far.say", Args: map[string]string{"Day": "2026-11-22", "N": "3"}, Deed: camp.DoClockRight}}
	b.want(b.get("/host"), 200, "22 November 2026, 3 days after", `action="/host/clock"`, "The date is right")
	n := len(f.since(0))
	w := b.post("/host/clock")
	b.want(w, http.StatusSeeOther)
	if in := f.one(t, n); in.Do != camp.DoClockRight {
		t.Errorf("asked %+v", in)
	}
	b.want(b.get(w.Header().Get("Location")), 200, "goes by this computer")
	m := f.browser(t, mara)
	m.want(m.post("/host/clock"), http.StatusNotFound)
	if len(f.since(n)) != 1 {
		t.Error("a member spoke for the host")
	}
}

// TestOutsidePage: whom the camp's computer talked with is told to its host alone.
func TestOutsidePage(t *testing.T) {
	f := newFake()
	b := f.browser(t, vera)
	f.state.SentToday = 12_300_000
	b.want(b.get("/host"), 200, "Sent today: 12 MB.", `href="/host/outside"`)
	f.answer = camp.Answer{Contacts: &camp.Contacts{Since: f.now.Add(-time.Hour), Tunnel: 5_000_000, Servers: 1_000, List: []camp.Contact{
		{Kind: "router"}, {Kind: "authority", Name: "acme.example"}, {Kind: "server", Name: "far.example", Sent: 1_000, Last: f.now.Add(-5 * time.Minute)},
	}}}
	b.want(b.get("/host/outside"), 200, "Your router, for a door", "acme.example, for the camp", "far.example", "1 kB sent, last: 5 min", "5.0 MB")
	if in := f.one(t, 0); in.Do != camp.DoContacts {
		t.Errorf("asked %+v", in)
	}
	f.answer = camp.Answer{Contacts: &camp.Contacts{}}
	b.want(b.get("/host/outside"), 200, "With nobody.")
}

// TestHostSteps: the first steps of the window stand on the host's page, and are
// taken or skipped there.
func TestHostSteps(t *testing.T) {
	f := newFake()
	b := f.browser(t, vera)
	b.want(b.get("/host"), 200, "First steps, if you like", "Invite the first person", "Skip: Read the rules")
	f.state.Settings.Theme = "dark"
	for _, row := range []struct {
		step, do, to string
		want         camp.Intent
	}{
		{"invite", "take", "/invites", camp.Intent{}},
		{"name", "take", "/host/settings", camp.Intent{}},
		{"rules", "take", "/rules", camp.Intent{Do: camp.DoSkip, Page: "rules"}},
		{"recovery", "skip", "/host", camp.Intent{Do: camp.DoSkip, Page: "recovery"}},
		{"stay", "take", "/host?said=saved", camp.Intent{Do: camp.DoSettings}},
	} {
		n := len(f.since(0))
		w := b.post("/host/step", "step", row.step, "do", row.do)
		b.want(w, http.StatusSeeOther)
		if got := w.Header().Get("Location"); got != row.to {
			t.Errorf("%s leads to %s", row.step, got)
		}
		if row.want.Do == "" {
			if got := f.since(n); len(got) != 0 {
				t.Errorf("%s asked %+v", row.step, got)
			}
			continue
		}
		in := f.one(t, n)
		if in.Do != row.want.Do || in.Page != row.want.Page {
			t.Errorf("%s asked %+v", row.step, in)
		}
		if in.Settings != nil && (!in.Settings.StartAtLogin || !in.Settings.KeepAwake || in.Settings.Theme != "dark") {
			t.Errorf("to stay on asked %+v", in.Settings)
		}
	}
	b.want(b.post("/host/step", "step", "dance"), http.StatusNotFound)
	n := len(f.since(0))
	b.want(b.post("/host/settings/name", "name", "Oakwood"), http.StatusSeeOther)
	if got := f.since(n); len(got) != 2 || got[0].Do != camp.DoName || got[1].Do != camp.DoSkip || got[1].Page != "name" {
		t.Errorf("a name asked %+v", got)
	}
	f.state.Skipped = []string{"name", "invite", "rules", "backups", "recovery"}
	if page := b.get("/host").Body.String(); strings.Contains(page, "First steps") {
		t.Error("offers steps that were skipped")
	}
}

// TestTestReach: the router is asked anew where it is asked at all.
func TestTestReach(t *testing.T) {
	f := newFake()
	b := f.browser(t, vera)
	if page := b.get("/host").Body.String(); strings.Contains(page, "/host/reach/test") {
		t.Error("offers to ask a router that may not be asked")
	}
	f.state.Reach.On = true
	b.want(b.get("/host"), 200, `action="/host/reach/test"`)
	b.want(b.post("/host/reach/test"), http.StatusSeeOther)
	if in := f.one(t, 0); in.Do != camp.DoReachStatus {
		t.Errorf("asked %+v", in)
	}
	f.answer = camp.Answer{Reach: &camp.Reach{State: "open"}}
	if got := b.post("/host/reach/test").Header().Get("Location"); got != "/host?said=open" {
		t.Errorf("leads to %s", got)
	}
}

// TestCheckAnotherBackup: a file that lies elsewhere is read through, too.
func TestCheckAnotherBackup(t *testing.T) {
	f := newFake()
	b := f.browser(t, vera)
	f.answer = camp.Answer{Backup: &camp.BackupBox{Camp: "Pinewood", Whole: true, Made: f.now}}
	b.want(b.post("/host/backups/check", "file", " /disk/old.camp "), 200, "Pinewood")
	if in := f.one(t, 0); in.Do != camp.DoCheck || in.File != "/disk/old.camp" {
		t.Errorf("asked %+v", in)
	}
	b.want(b.post("/host/backups/check"), 200)
	if in := f.one(t, 1); in.File != "/b/x.camp" {
		t.Errorf("asked %+v", in)
	}
	f.fault = &camp.Fault{Kind: camp.Invalid, Say: "program.path.say"}
	b.want(b.post("/host/backups/check", "file", "old.camp"), http.StatusUnprocessableEntity, `value="old.camp"`, `role="alert"`)
}

// TestDeskPagesAreTheHosts: no page of these is anybody's but the host's, and
// none does anything for another.
func TestDeskPagesAreTheHosts(t *testing.T) {
	f, id, pic := withPost(t)
	b := f.browser(t, mara)
	for _, rt := range deskRoutes() {
		method, path := address(f, rt.pattern, id, pic)
		w := b.get(path)
		if method == http.MethodPost {
			w = b.post(path, "do", "open", "sure", "yes", "name", "oak.example", "step", "stay")
		}
		if w.Code != http.StatusNotFound {
			t.Errorf("%s answers a member with %d", rt.pattern, w.Code)
		}
	}
	if len(f.since(0)) != 0 || len(f.late) != 0 {
		t.Errorf("done for a member: %+v %+v", f.since(0), f.late)
	}
}

// TestBringPage: a backup is opened and read before it takes the camp's place,
// and that is done once the page has answered.
func TestBringPage(t *testing.T) {
	f := newFake()
	b := f.browser(t, vera)
	b.want(b.get("/host/backups"), 200, `href="/host/bring"`)
	if page := b.want(b.get("/host/bring"), 200, `name="phrase"`); strings.Contains(page, `value="bring"`) {
		t.Error("offers to bring back what was not looked at")
	}
	b.want(b.post("/host/bring", "file", "/disk/old.camp", "do", "look"), http.StatusUnprocessableEntity, `value="/disk/old.camp"`)
	f.answer = camp.Answer{Backup: &camp.BackupBox{Camp: "Old <wood>", Whole: false}}
	b.want(b.post("/host/bring", "file", "/disk/old.camp", "phrase", "AAAA", "do", "look"), http.StatusUnprocessableEntity, "not whole")
	f.answer.Backup.Whole, f.answer.Backup.Made = true, f.now
	b.want(b.post("/host/bring", "file", "/disk/old.camp", "phrase", "AAAA", "do", "look"), 200, "Old &lt;wood&gt;", `value="bring"`, `value="AAAA"`, "are members again")
	b.want(b.post("/host/bring", "file", "/disk/old.camp", "phrase", "AAAA", "do", "bring"), 200, "tick the box first")
	for _, in := range f.since(0) {
		if in.Do != camp.DoCheck || in.File != "/disk/old.camp" || in.Phrase != "AAAA" {
			t.Errorf("asked %+v", in)
		}
	}
	if len(f.late) != 0 {
		t.Fatalf("brought back without a yes: %+v", f.late)
	}
	w := b.post("/host/bring", "file", "/disk/old.camp", "phrase", "AAAA", "do", "bring", "sure", "yes")
	if b.want(w, 200, "being brought back"); w.Header().Get("Refresh") != "10; url=/host" {
		t.Errorf("looks again %q", w.Header().Get("Refresh"))
	}
	if len(f.late) != 1 || f.late[0].Do != camp.DoRestore || !f.late[0].Replace || f.late[0].File != "/disk/old.camp" {
		t.Errorf("later: %+v", f.late)
	}
}
