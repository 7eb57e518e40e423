package desk

import (
	"slices"
	"strings"
	"testing"

	"camp/node/camp"
)

// joinedAs lets somebody in and waits until their program is connected.
func (k *kept) joinedAs(m *kept, name, handle string) {
	k.t.Helper()
	m.ask(k.do(camp.Intent{Do: camp.DoInvite}).Invite.Code, name)
	k.until("somebody waits", waiting(1))
	k.do(camp.Intent{Do: camp.DoApprove, Person: handle})
	m.until("connected", func(st camp.State) bool { return connected(st) && standingIs(camp.Joined)(st) })
}

// Somebody who was removed by mistake is taken back, and comes in on the
// computer they had, by the code that was made for them.
func TestRemovedAndTakenBack(t *testing.T) {
	h, m := hosting(t, t.TempDir()), visiting(t, t.TempDir())
	h.joinedAs(m, "Ana", "ana")
	h.do(camp.Intent{Do: camp.DoMemberRemove, Person: "ana"})
	st := h.until("removed", func(st camp.State) bool { return len(st.Gone) == 1 && st.Members == 1 })
	if p := st.Gone[0]; p.Name != "ana" || p.Standing != camp.Removed || !p.Final.After(p.Ended) {
		t.Errorf("can be taken back: %+v", p)
	}
	if got := h.do(camp.Intent{Do: camp.DoMemberGone}).People; len(got) != 1 || got[0].Name != "ana" {
		t.Errorf("listed: %+v", got)
	}
	h.refused(camp.Intent{Do: camp.DoMemberUndo, Person: "noor"}, "people.no_way_back.say")
	newcomer := h.do(camp.Intent{Do: camp.DoInvite}).Invite.Code
	m.refused(camp.Intent{Do: camp.DoJoinLook, Code: newcomer}, "join.twice.say")
	back := h.do(camp.Intent{Do: camp.DoMemberUndo, Person: "ana"}).Invite
	if back == nil || back.Code == "" {
		t.Fatalf("no code to come back by: %+v", back)
	}
	j := m.do(camp.Intent{Do: camp.DoJoinLook, Code: back.Code}).Joining
	if j.Info == nil || j.Info.Device != "Ana" {
		t.Fatalf("the code is for %+v", j.Info)
	}
	if got := m.do(camp.Intent{Do: camp.DoJoin}).Membership; got.State != camp.Joined || got.Name != "ana" {
		t.Errorf("came back as %+v", got)
	}
	m.until("connected again", connected)
	st = h.until("one Ana", func(st camp.State) bool { return st.Members == 2 && len(st.Gone) == 0 })
	if !slices.ContainsFunc(st.Log, func(l camp.LogLine) bool { return l.Deed == "log.taken_back" && l.Args["Whom"] == "Ana" }) {
		t.Errorf("the log does not tell: %+v", st.Log)
	}
	m.refused(camp.Intent{Do: camp.DoJoinLook, Code: strings.ToLower(h.do(camp.Intent{Do: camp.DoInvite, Person: "ana"}).Invite.Code)}, "join.twice.say")
}
