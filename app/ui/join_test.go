package ui

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"github.com/skip2/go-qrcode"

	"camp/node/camp"
)

func TestJoin(t *testing.T) {
	b := newBench(t, emptyState(), "en")
	b.tap("window.first.join")
	b.tap("window.join.look") // nothing was pasted
	if len(b.desk.asked) != 0 {
		t.Fatalf("asked %+v", b.desk.asked)
	}
	b.typeInto("join.code", " camp1-abc ")
	b.tap("window.join.look")
	b.wantIntent(camp.Intent{Do: camp.DoJoinLook, Code: "camp1-abc"})
	st := emptyState()
	st.Joining = camp.Joining{Stage: "failed", Say: "window.no.hint"}
	b.view.apply(st)
	b.wantText(b.say("window.no.hint"))
	st.Joining = camp.Joining{Stage: "read", Info: &camp.JoinInfo{Camp: "Pinewood", Host: "Vera", Rules: camp.JoinRules{Hash: "h", Texts: []string{"Be kind.", "Ask first."}}}}
	b.view.apply(st)
	if !b.button("window.join.ask").off {
		t.Error("one can ask before every rule is ticked")
	}
	b.tap("rule.0")
	b.typeInto("join.name", "Mara")
	if !b.button("window.join.ask").off {
		t.Error("one can ask with one rule of two ticked")
	}
	b.tap("rule.1")
	b.typeInto("join.message", "From the choir.")
	b.tap("window.join.ask")
	b.wantIntent(camp.Intent{Do: camp.DoJoin, Name: "Mara", Message: "From the choir.", Hash: "h"})
	st.Joining, st.Memberships = camp.Joining{}, testMemberships()
	b.view.apply(st)
	b.tap("open.aa")
	b.wantIntent(camp.Intent{Do: camp.DoJoinOpen, ID: "aa"})
	b.tap("withdraw.bb")
	b.wantIntent(camp.Intent{Do: camp.DoJoinWithdraw, ID: "bb"})
	if !b.button("open.cc").off {
		t.Error("a camp that sleeps can be opened")
	}
	b.desk.answers[camp.DoJoinPhone] = camp.Answer{Invite: &camp.InviteLine{Code: testPhone, Six: testPhone, Phone: true, Web: "http://[fd00::1]", Narrow: "window.no.hint"}}
	b.tap("devices.aa")
	b.wantIntent(camp.Intent{Do: camp.DoJoinDevices, ID: "aa"})
	b.tap("phone.aa")
	b.wantText(b.say("window.phone.second.line"))
	b.wantText(b.say("window.phone.clash.line"))
	b.tap("window.phone.clash")
	b.wantText(b.say("window.phone.clash.six"))
	b.tap("forget.dd")
	b.tap("window.forget.do")
	b.wantIntent(camp.Intent{Do: camp.DoJoinForget, ID: "dd"})
}

// A code from a link is filled in, and nothing is done by it.
func TestCodeFromALink(t *testing.T) {
	b := newBench(t, emptyState(), "en")
	st := emptyState()
	st.Show, st.ShowPage, st.ShowCode = 1, PageJoin, "camp:CAMP1-AAAAA"
	b.view.apply(st)
	b.wantText(b.say("window.join.linked"))
	if got := b.view.typed("join.code"); got != "camp:CAMP1-AAAAA" || len(b.desk.asked) != 0 {
		t.Errorf("the field holds %q, asked %+v", got, b.desk.asked)
	}
	st.Show, st.ShowCode = 2, "camp:CAMP1-BBBBB" // another one, while the first is shown
	b.view.apply(st)
	if got := b.view.typed("join.code"); got != "camp:CAMP1-BBBBB" || len(b.desk.asked) != 0 {
		t.Errorf("the field holds %q, asked %+v", got, b.desk.asked)
	}
	b.tap("window.join.look")
	b.wantIntent(camp.Intent{Do: camp.DoJoinLook, Code: "camp:CAMP1-BBBBB"})

	own := newBench(t, newState(), "en") // with a camp of one's own, and opened by a flag
	own.view.cfg.Code = "camp:CAMP1-CCCCC"
	own.view.visit(PageJoin)
	if got := own.view.typed("join.code"); got != "camp:CAMP1-CCCCC" || len(own.desk.asked) != 0 {
		t.Errorf("the field holds %q, asked %+v", got, own.desk.asked)
	}
}

// A refusal stands once on the screen, with the way out of it.
func TestJoinFails(t *testing.T) {
	b := newBench(t, emptyState(), "en")
	b.tap("window.first.join")
	b.typeInto("join.code", "CAMP1-AAAAA")
	fault := &camp.Fault{Kind: camp.Offline, Say: "join.silent.say", Args: camp.Args{"Day": "2027-05-03"}}
	b.desk.faults[camp.DoJoinLook] = fault
	b.tap("window.join.look")
	st := emptyState()
	st.Joining = camp.Joining{Stage: "failed", Say: fault.Say, Args: fault.Args}
	b.view.apply(st)
	want, n := b.say(fault.Say, "Day", "3 May 2027"), 0
	for _, text := range b.texts() {
		if text == want {
			n++
		}
	}
	if n != 1 {
		t.Errorf("said %d times: %q", n, b.texts())
	}
	b.tap("window.again")
	b.wantIntent(camp.Intent{Do: camp.DoJoinLook, Code: "CAMP1-AAAAA"})
	b.view.strip = strip{} // another window, or the same one later
	b.view.draw()
	b.wantText(want)
	b.tap("window.again")
	b.wantIntent(camp.Intent{Do: camp.DoJoinLook, Code: "CAMP1-AAAAA"})

	b.desk.faults[camp.DoJoinLook] = camp.NewFault(camp.Full, "join.full.say", nil)
	b.tap("window.again")
	b.wantText(b.say("join.full.say"))
	for _, id := range b.buttons() {
		if id == "window.deed.room" {
			t.Error("a full camp is taken for a full disk")
		}
	}
}

// Who gives up is not told afterwards how it ended.
func TestGivingUpAJoin(t *testing.T) {
	b := newBench(t, emptyState(), "en")
	b.tap("window.first.join")
	b.typeInto("join.code", "CAMP1-AAAAA")
	var late []func()
	b.view.spawn = func(work func(context.Context) func()) { late = append(late, work(t.Context())) }
	b.desk.faults[camp.DoJoinLook] = camp.NewFault(camp.Offline, "join.asleep.say", nil)
	b.tap("window.join.look")
	st := emptyState()
	st.Joining = camp.Joining{Stage: "looking"}
	b.view.apply(st)
	b.wantText(b.say("window.join.looking"))
	b.tap("window.cancel")
	b.wantIntent(camp.Intent{Do: camp.DoJoinStop})
	b.view.apply(emptyState())
	for _, end := range late {
		end()
	}
	if b.view.strip.trouble != nil {
		t.Errorf("said %+v", b.view.strip.trouble)
	}
	if b.button("window.join.look").off {
		t.Error("the next code cannot be opened")
	}
}

func TestJoinNearby(t *testing.T) {
	b := newBench(t, emptyState(), "en")
	b.tap("window.first.join")
	b.tap("window.join.around.do")
	b.wantIntent(camp.Intent{Do: camp.DoJoinAround})
	st := emptyState()
	st.Joining = camp.Joining{Stage: "around", Around: []camp.NearbyCamp{{Key: "10.0.0.7:5000", Name: "Willow Lane"}}}
	b.view.apply(st)
	b.wantText("Willow Lane")
	b.tap("near.10.0.0.7:5000")
	b.wantIntent(camp.Intent{Do: camp.DoJoinNearby, Name: "10.0.0.7:5000"})
	st.Joining = camp.Joining{Stage: "compare", Check: "417382", Words: "acorn zebra piano lemon"}
	b.view.apply(st)
	b.wantText("417382")
	b.wantText("acorn zebra piano lemon")
	for _, id := range b.buttons() {
		if strings.Contains(id, "same") {
			t.Error("only the host says that it is the same")
		}
	}
	b.tap("window.cancel")
	b.wantIntent(camp.Intent{Do: camp.DoJoinStop})
	st.Joining = camp.Joining{Stage: "around", Say: "join.nobody_near.say"}
	b.view.apply(st)
	b.wantText(b.say("join.nobody_near.say"))
}

func TestJoinByPicture(t *testing.T) {
	dir := t.TempDir()
	b := newBench(t, emptyState(), "en")
	b.tap("window.first.join")
	b.chooser.path = filepath.Join(dir, "holiday.png")
	if err := os.WriteFile(b.chooser.path, []byte("no picture"), 0o600); err != nil {
		t.Fatal(err)
	}
	b.tap("window.join.picture")
	b.wantText(b.say("window.join.no_qr"))
	if len(b.desk.asked) != 0 {
		t.Fatalf("asked %+v", b.desk.asked)
	}
	png, err := qrcode.Encode(testCode().Code, qrcode.Medium, 480)
	if err == nil {
		err = os.WriteFile(b.chooser.path, png, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	b.tap("window.join.picture")
	b.wantIntent(camp.Intent{Do: camp.DoJoinLook, Code: testCode().Code})
}

func TestAMembersDevices(t *testing.T) {
	st := emptyState()
	st.Memberships = testMemberships()
	st.Memberships[0].Devices = []camp.DeviceLine{{Serial: 3, Label: "laptop", This: true}, {Serial: 9, Phone: true, LastSeen: "2026-11-20"}}
	b := newBench(t, st, "en")
	b.tap("devices.aa")
	b.wantText(b.say("window.others.this"))
	for _, id := range b.buttons() {
		if id == "gone.aa.3" {
			t.Error("this computer can be shut out from itself")
		}
	}
	b.tap("gone.aa.9")
	b.view.key(&fyne.KeyEvent{Name: fyne.KeyEscape})
	b.wantIntent(camp.Intent{Do: camp.DoJoinDevices, ID: "aa"})
	b.tap("gone.aa.9")
	b.tap("window.device.gone.do")
	b.wantIntent(camp.Intent{Do: camp.DoJoinDeviceGone, ID: "aa", Serial: 9})
	b.tap("rekey.aa")
	b.view.key(&fyne.KeyEvent{Name: fyne.KeyEscape})
	b.tap("rekey.aa")
	b.wantText(b.say("window.rekey.line", "Camp", "Willow Lane"))
	b.tap("window.rekey.do")
	b.wantIntent(camp.Intent{Do: camp.DoJoinRekey, ID: "aa"})
	b.wantText(b.say("window.rekey.done"))
	b.desk.answers[camp.DoJoinComputer] = camp.Answer{Invite: testCode()}
	b.tap("computer.aa")
	b.wantIntent(camp.Intent{Do: camp.DoJoinComputer, ID: "aa"})
	b.wantText(testCode().Code)
	b.tap("window.invite.copy")
	if got := fyne.CurrentApp().Clipboard().Content(); got != testCode().Code {
		t.Errorf("clipboard holds %q", got)
	}
	b.tap("window.invite.done")
	for _, text := range b.texts() {
		if text == testCode().Code {
			t.Error("the code outlives its moment")
		}
	}
	if b.button("devices.cc"); !b.button("devices.cc").off {
		t.Error("a camp that sleeps can be asked for devices")
	}
}

func TestHowItStandsWithACamp(t *testing.T) {
	m := camp.Membership{ID: "aa", Camp: "Willow", Host: "Noor", Since: testNow(), Link: "connected", Path: "direct"}
	b := newBench(t, emptyState(), "en")
	for _, c := range []struct {
		state  camp.Standing
		link   string
		unread int
		phase  camp.Phase
		want   string
	}{
		{camp.Joined, "connected", 0, camp.On, "Connected, directly"},
		{camp.Joined, "connected", 2, camp.On, "2 new lines for you · connected, directly"},
		{camp.Joined, "looking", 0, camp.Starting, "Looking for the camp"},
		{camp.Joined, "asleep", 0, camp.Off, b.say("window.others.asleep")},
		{camp.Suspended, "connected", 0, camp.On, "Noor gave you a break. You can read, and take your things along."},
		{camp.Waiting, "asleep", 0, camp.Starting, "Waiting for Noor, since today 14:05"},
		{camp.Declined, "connected", 0, camp.Off, "Noor did not let you in."},
		{camp.Left, "looking", 0, camp.Off, "You left this camp."},
		{camp.Removed, "looking", 0, camp.Off, b.say("window.others.removed", "Host", "Noor")},
		{camp.Expired, "looking", 0, camp.Off, "You do not belong to this camp any more. Noor can tell you why."},
	} {
		m.State, m.Link, m.Unread = c.state, c.link, c.unread
		if got := b.view.standing(m); got != c.want || membershipPhase(m) != c.phase {
			t.Errorf("%s, %s: %q with a tent of %q, want %q with %q", c.state, c.link, got, membershipPhase(m), c.want, c.phase)
		}
	}
	m.State, m.Replies = camp.Joined, 1
	if got := membershipPhase(m); got != "news" {
		t.Errorf("an answer shows a tent of %q", got)
	}
}

func TestAMemberHasSettings(t *testing.T) {
	st := emptyState()
	st.Memberships = testMemberships()
	b := newBench(t, st, "en")
	b.tap("window.side.settings")
	b.tap("quiet.22-7")
	if got := b.desk.last(); got.Do != camp.DoSettings || got.Settings.QuietFrom != 22*60 || got.Settings.QuietTo != 7*60 {
		t.Errorf("asked %+v", got.Settings)
	}
	b.tap("window.settings.notices")
	if got := b.desk.last(); got.Do != camp.DoSettings || !got.Settings.NoNotices {
		t.Errorf("asked %+v", got.Settings)
	}
	for _, id := range b.buttons() {
		if strings.Contains(id, "router") || strings.Contains(id, "awake") {
			t.Errorf("a member is asked about %s", id)
		}
	}
	b.view.key(&fyne.KeyEvent{Name: fyne.KeyEscape})
	b.wantText("Willow Lane")
}

// The window of a member closes; Camp goes on, or their camps would not reach them.
func TestAMembersWindowClosesAlone(t *testing.T) {
	st := emptyState()
	st.Memberships = testMemberships()
	st.Settings.Close = "keep"
	b := newBench(t, st, "en")
	b.view.closeAsked()
	if len(b.desk.asked) != 0 || !b.gone {
		t.Errorf("asked %+v, window gone: %v", b.desk.asked, b.gone)
	}
}
