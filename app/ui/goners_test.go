package ui

import (
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"camp/node/camp"
)

// What was removed by mistake comes back from the screen of people, with a code.
func TestTakeBackInTheWindow(t *testing.T) {
	st := fullState()
	st.Gone = []camp.Person{{Name: "bo", Display: "Bo", Standing: camp.Removed, Ended: testNow().Add(-48 * time.Hour), Final: testNow().Add(28 * 24 * time.Hour)}}
	b := newBench(t, st, "en")
	b.view.visit(PagePeople)
	b.wantText(b.say("window.gone", "N", 1))
	b.tap("undo.bo")
	b.view.key(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if n := len(b.desk.asked); n != 0 {
		t.Fatalf("asked %+v", b.desk.asked)
	}
	b.desk.answers[camp.DoMemberUndo] = camp.Answer{Invite: testCode()}
	b.tap("undo.bo")
	b.desk.mu.Lock()
	b.desk.st.People = append(b.desk.st.People, camp.Person{Name: "bo", Display: "Bo", Standing: camp.Joined, Role: camp.RoleMember})
	b.desk.st.Gone = nil
	b.desk.mu.Unlock()
	b.tap("window.gone.do")
	b.wantIntent(camp.Intent{Do: camp.DoMemberUndo, Person: "bo"})
	b.view.apply(b.desk.State())
	b.wantText(testCode().Code)
	b.wantText(b.say("window.gone.done", "Who", "Bo"))
	b.view.visit(PagePeople)
	for _, id := range b.buttons() {
		if id == "undo.bo" {
			t.Error("somebody who is back can be taken back")
		}
	}
}

// The host asks; the question and the answer stand beside the request.
func TestAskBackInTheWindow(t *testing.T) {
	b := newBench(t, fullState(), "en")
	b.view.visit(PagePeople)
	b.tap("ask.sam")
	b.typeInto("askback.text", "Who of us do you know?")
	b.tap("window.askback.send")
	b.wantIntent(camp.Intent{Do: camp.DoAskBack, Person: "sam", Message: "Who of us do you know?"})
	st := fullState()
	for i := range st.People {
		if st.People[i].Name == "sam" {
			st.People[i].Question = "Who of us do you know?"
		}
	}
	b.view.apply(st)
	b.wantText("Who of us do you know?")
	b.wantText(b.say("window.askback.open"))
	st.People = slices.Clone(st.People)
	for i := range st.People {
		if st.People[i].Name == "sam" {
			st.People[i].Reply = "Mara, from the lake."
		}
	}
	b.view.apply(st)
	b.wantText("Mara, from the lake.")
}

// Who waits answers the host's question in their window.
func TestReplyInTheWindow(t *testing.T) {
	st := emptyState()
	m := camp.Membership{ID: "aa", Camp: "Willow Lane", Host: "Noor", State: camp.Waiting, Since: testNow(), Link: "connected", Question: "Who do you know?"}
	st.Memberships = []camp.Membership{m}
	b := newBench(t, st, "en")
	b.wantText("Who do you know?")
	b.typeInto("reply.aa", "Mara.")
	b.tap("reply.do.aa")
	b.wantIntent(camp.Intent{Do: camp.DoJoinReply, ID: "aa", Message: "Mara."})
	st.Memberships = slices.Clone(st.Memberships)
	st.Memberships[0].Reply = "Mara."
	b.view.apply(st)
	b.wantText(b.say("window.reply.yours"))
	for _, id := range b.buttons() {
		if id == "reply.do.aa" {
			t.Error("an answer can be given twice")
		}
	}
}

// A member leaves by their window, and stays after all.
func TestLeaveInTheWindow(t *testing.T) {
	st := emptyState()
	st.Memberships = []camp.Membership{{ID: "aa", Camp: "Willow Lane", Host: "Noor", State: camp.Joined, Since: testNow(), Link: "connected", Path: "home", Devices: []camp.DeviceLine{}}}
	b := newBench(t, st, "en")
	b.tap("leave.aa")
	b.tap("window.leave.not")
	if len(b.desk.asked) != 0 {
		t.Fatalf("the safe answer asked %+v", b.desk.asked)
	}
	b.tap("leave.aa")
	b.tap("window.leave.erase")
	b.wantIntent(camp.Intent{Do: camp.DoJoinLeave, ID: "aa", Erase: true})
	st.Memberships = slices.Clone(st.Memberships)
	st.Memberships[0].Leaves = testNow().Add(7 * 24 * time.Hour)
	b.view.apply(st)
	b.tap("stay.aa")
	b.wantIntent(camp.Intent{Do: camp.DoJoinStay, ID: "aa"})
	for _, id := range b.buttons() {
		if id == "leave.aa" {
			t.Error("who leaves can leave again")
		}
	}
	st.Memberships = slices.Clone(st.Memberships)
	st.Memberships[0].State, st.Memberships[0].Link = camp.Left, "looking"
	b.view.apply(st)
	b.wantText(b.say("window.others.left"))
	b.tap("forget.aa")
	b.tap("window.forget.do")
	b.wantIntent(camp.Intent{Do: camp.DoJoinForget, ID: "aa"})
}

// The host sees who leaves, and when.
func TestWhoLeavesInTheWindow(t *testing.T) {
	st := fullState()
	for i := range st.People {
		if st.People[i].Name == "mara" {
			st.People[i].Final = testNow().Add(3 * 24 * time.Hour)
		}
	}
	b := newBench(t, st, "en")
	line := b.say("window.people.leaves", "Day", b.view.ahead(testNow().Add(3*24*time.Hour)))
	b.view.visit(PagePeople)
	b.wantText(line)
	b.view.person = "mara"
	b.view.visit(pagePerson)
	b.wantText(line)
}
