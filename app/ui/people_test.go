package ui

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"camp/node/camp"
)

func TestWaiting(t *testing.T) {
	b := newBench(t, fullState(), "en")
	b.wantText("Sam Okafor asks to join")
	st := fullState()
	for _, name := range []string{"ida", "bo"} {
		st.People = append(st.People, camp.Person{Name: name, Standing: camp.Waiting})
	}
	st.Needs[0].Args = map[string]string{"N": "3"}
	b.view.apply(st)
	b.wantText(b.say("program.need.waiting", "N", 3))
	b.view.apply(fullState())
	b.tap("asks.sam")
	if b.view.page != PagePeople {
		t.Errorf("Look leads to %q", b.view.page)
	}
	b.wantText("We met at the lake last summer, I sat beside Mara.")
	b.tap("in.sam")
	b.wantIntent(camp.Intent{Do: camp.DoApprove, Person: "sam"})
	b.tap("no.sam")
	b.tap("window.no.do")
	if in := b.desk.last(); in.Do != camp.DoDecline || in.Person != "sam" || !strings.Contains(in.Reason, "Sam Okafor") {
		t.Errorf("asked %+v", in)
	}
	b.tap("really.sam")
	b.wantText("acorn zebra piano lemon")
	b.tap("window.really.differ")
	b.wantText(b.say("window.really.differ.what"))
	asked := len(b.desk.asked)
	b.tap("later.sam")
	if len(b.desk.asked) != asked || len(b.desk.st.People) == 0 {
		t.Error("“not now” decides something")
	}
	b.tap("cancel.00112233aabbccdd")
	b.wantIntent(camp.Intent{Do: camp.DoInviteCancel, ID: "00112233aabbccdd"})
	b.view.person = "mara"
	b.view.visit(pagePerson)
	b.desk.answers[camp.DoInvite] = camp.Answer{Invite: testCode()}
	b.tap("window.person.back.make")
	b.wantIntent(camp.Intent{Do: camp.DoInvite, Person: "mara"})
	b.wantText(b.say("window.person.back.code", "Who", "Mara"))
	b.tap("again.9")
	b.wantIntent(camp.Intent{Do: camp.DoReconnect, Person: "mara", Serial: 9})
	b.tap("gone.9")
	b.tap("window.device.gone.do")
	b.wantIntent(camp.Intent{Do: camp.DoDeviceRemove, Person: "mara", Serial: 9})
	b.tap("window.break.give")
	b.tap("window.break.week")
	b.wantIntent(camp.Intent{Do: camp.DoSuspend, Person: "mara", For: 7 * 24 * time.Hour})
}

func TestInvite(t *testing.T) {
	b := newBench(t, newState(), "en")
	b.tap("window.invite.somebody")
	b.wantText(b.say("window.first_invite.sleep"))
	b.tap("window.first_invite.router.no")
	b.wantIntent(camp.Intent{Do: camp.DoReach})
	b.tap("window.first_invite.home")
	b.wantIntent(camp.Intent{Do: camp.DoLAN, On: true})
	b.typeInto("invite.note", "the choir")
	b.tap("uses.5")
	b.tap("days.30")
	b.desk.answers[camp.DoInvite] = camp.Answer{Invite: testCode()}
	b.tap("window.invite.make")
	b.wantIntent(camp.Intent{Do: camp.DoInvite, Name: "the choir", Uses: 5, For: 30 * 24 * time.Hour})
	b.tap("window.invite.copy")
	if got := fyne.CurrentApp().Clipboard().Content(); got != testCode().Code {
		t.Errorf("clipboard holds %q", got)
	}
	b.tap("window.invite.copy_letter")
	if got := fyne.CurrentApp().Clipboard().Content(); !strings.Contains(got, testCode().Code) || !strings.Contains(got, "Camp of Vera") {
		t.Errorf("clipboard holds %q", got)
	}
	b.desk.answers[camp.DoFriendSystems] = camp.Answer{Systems: []string{"windows/amd64"}}
	b.desk.answers[camp.DoFriendCopy] = camp.Answer{Args: camp.Args{"File": "/disk/camp.zip"}}
	b.tap("window.friend.look")
	b.tap("friend.windows/amd64")
	if in := b.desk.last(); in.Do != camp.DoFriendCopy || in.Page != "windows/amd64" || !strings.HasSuffix(in.File, "windows-amd64") {
		t.Errorf("asked %+v", in)
	}
	b.wantText(b.say("window.friend.done", "File", "/disk/camp.zip"))
	b.tap("window.invite.done")
	b.view.visit(PageInvite)
	b.tap("window.invite.nearby.do")
	b.wantIntent(camp.Intent{Do: camp.DoNearby})
	st := newState()
	st.Nearby = camp.Nearby{State: "compare", Check: "417382", Words: "acorn zebra piano lemon"}
	b.view.apply(st)
	b.wantText("417382")
	b.tap("window.nearby.same")
	b.wantIntent(camp.Intent{Do: camp.DoNearbySame, Same: true})
	b.tap("window.nearby.differ")
	b.wantIntent(camp.Intent{Do: camp.DoNearbySame})
}
