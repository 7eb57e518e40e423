package desk

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

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
	t.Parallel()
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
	m.until("told of the removal", standingIs(camp.Removed))
	newcomer := h.do(camp.Intent{Do: camp.DoInvite}).Invite.Code // like anybody, they may ask anew: it is for the host to say
	if j := m.do(camp.Intent{Do: camp.DoJoinLook, Code: newcomer}).Joining; j.Info == nil || j.Info.Device != "" {
		t.Errorf("somebody removed looks at a code: %+v", j)
	}
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

// Somebody who waits is asked a question, sees it where they wait, and answers
// by their program; and, by another question, in a browser.
func TestAskedBack(t *testing.T) {
	t.Parallel()
	h, m := hosting(t, t.TempDir()), visiting(t, t.TempDir())
	m.ask(h.do(camp.Intent{Do: camp.DoInvite}).Invite.Code, "Tom")
	h.until("somebody waits", waiting(1))
	m.until("connected", connected)
	h.do(camp.Intent{Do: camp.DoAskBack, Person: "tom", Message: "Who of <us> do you know?"})
	st := m.until("the question", func(st camp.State) bool { return len(st.Memberships) == 1 && st.Memberships[0].Question != "" })
	if q := st.Memberships[0].Question; q != "Who of <us> do you know?" {
		t.Errorf("they read %q", q)
	}
	b := surf(t, st.Memberships[0].Web)
	if page := b.get("/"); !strings.Contains(page, "Who of &lt;us&gt;") || !strings.Contains(page, `action="/reply"`) || strings.Contains(page, `http-equiv="refresh"`) {
		t.Errorf("the browser shows\n%s", page)
	}
	m.refused(camp.Intent{Do: camp.DoJoinReply}, "join.refused.say")
	if got := m.do(camp.Intent{Do: camp.DoJoinReply, Message: "Mia."}).Membership; got.Reply != "Mia." {
		t.Errorf("answered: %+v", got)
	}
	replied := func(text string) func(camp.State) bool {
		return func(st camp.State) bool {
			return slices.ContainsFunc(st.People, func(p camp.Person) bool { return p.Name == "tom" && p.Reply == text })
		}
	}
	h.until("the answer", replied("Mia."))
	if page := b.get("/"); strings.Contains(page, `action="/reply"`) || !strings.Contains(page, `http-equiv="refresh"`) {
		t.Errorf("after the answer the browser shows\n%s", page)
	}
	h.do(camp.Intent{Do: camp.DoAskBack, Person: "tom", Message: "Which Mia?"})
	m.until("the second question", func(st camp.State) bool {
		return st.Memberships[0].Question == "Which Mia?" && st.Memberships[0].Reply == ""
	})
	if page := b.post("/reply", url.Values{"reply": {strings.Repeat("x", camp.MaxMessage+1)}}); !strings.Contains(page, "xxxxxx") || !strings.Contains(page, `role="alert"`) {
		t.Errorf("too long an answer gets\n%s", page)
	}
	if page := b.post("/reply", url.Values{"reply": {"The one with the dog."}}); !strings.Contains(page, "The one with the dog.") {
		t.Errorf("answered in the browser:\n%s", page)
	}
	h.until("the second answer", replied("The one with the dog."))
}

// A member leaves by their own program, thinks better of it, and leaves again;
// the host sees the day, and once it is there their computer says that they left.
func TestLeavingACamp(t *testing.T) {
	t.Parallel()
	h := hosting(t, t.TempDir())
	dir := t.TempDir()
	m := visiting(t, dir)
	h.joinedAs(m, "Ana", "ana")
	h.refused(camp.Intent{Do: camp.DoJoinLeave}, "join.none.say")
	got := m.do(camp.Intent{Do: camp.DoJoinLeave, Erase: true}).Membership
	if got.Leaves.IsZero() || got.State != camp.Joined {
		t.Fatalf("leaving: %+v", got)
	}
	leaves := func(on bool) func(camp.State) bool {
		return func(st camp.State) bool {
			return slices.ContainsFunc(st.People, func(p camp.Person) bool { return p.Name == "ana" && p.Final.IsZero() != on && p.Erase == on })
		}
	}
	h.until("the host sees it", leaves(true))
	if got := m.do(camp.Intent{Do: camp.DoJoinStay}).Membership; !got.Leaves.IsZero() {
		t.Errorf("staying: %+v", got)
	}
	h.until("and that they stay", leaves(false))
	m.do(camp.Intent{Do: camp.DoJoinLeave})
	h.do(camp.Intent{Do: camp.DoMemberRemove, Person: "ana"}) // shuts the device out as the end of the week does
	if err := m.end(); err != nil {
		t.Fatal(err)
	}
	m = keep(t, dir, func(o *Options) {
		o.Hold, o.Now = true, func() time.Time { return time.Now().Add(8 * 24 * time.Hour) }
	})
	st := m.until("left", standingIs(camp.Left))
	m.do(camp.Intent{Do: camp.DoJoinForget, ID: st.Memberships[0].ID})
	m.until("forgotten", func(st camp.State) bool { return len(st.Memberships) == 0 })
}
