package ui

import (
	"slices"
	"testing"
	"time"

	"camp/node/camp"
)

// A guest's stay is prolonged and a member's invites are counted out on the
// person's screen; the host and helpers have neither.
func TestBounds(t *testing.T) {
	b := newBench(t, fullState(), "en")
	st := fullState()
	i := slices.IndexFunc(st.People, func(p camp.Person) bool { return p.Role == camp.RoleMember && p.Standing == camp.Joined })
	p := &st.People[i]
	p.Invites = 3
	b.view.person = p.Name
	b.view.visit(pagePerson)
	b.view.apply(st)
	b.wantText(b.say("window.allowance.line", "Who", shown(*p), "N", 3))
	b.tap("allowance")
	b.tap("allowance.20")
	b.wantIntent(camp.Intent{Do: camp.DoAllowance, Person: p.Name, Uses: 20})

	st = fullState()
	p = &st.People[i]
	p.Role, p.Ends = camp.RoleGuest, b.view.now().Add(5*24*time.Hour)
	b.view.apply(st)
	b.wantText(b.say("window.stay.line", "Who", shown(*p), "Day", b.view.day(p.Ends)))
	b.tap("window.stay.change")
	b.tap("stay.60")
	b.wantIntent(camp.Intent{Do: camp.DoGuestEnd, Person: p.Name, For: 60 * 24 * time.Hour})
	if slices.Contains(b.texts(), b.say("window.allowance")) {
		t.Error("a guest has an allowance")
	}
}
