package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"camp/node/camp"
)

// TestTakingBack: the host takes somebody back and gets their code, once.
func TestTakingBack(t *testing.T) {
	f := newFake()
	b := f.browser(t, vera)
	b.want(b.get("/host/people"), 200, "/host/gone")
	b.want(b.get("/host/gone"), 200, "Nobody who could be taken back.")
	f.answers = map[string]camp.Answer{
		camp.DoMemberUndo: {Invite: &camp.InviteLine{Code: "CAMP1-CCCCC"}},
	}
	f.state.Gone = []camp.Person{{Name: "mara", Display: "<Mara>", Standing: camp.Removed, Ended: f.now, Final: f.now.Add(30 * 24 * time.Hour), Erase: true}}
	page := b.want(b.get("/host/gone"), 200, "&lt;Mara&gt;", "What they wrote was deleted.", `action="/host/gone/mara/undo"`)
	if strings.Contains(page, "<Mara>") {
		t.Error("a name is not escaped")
	}
	n := len(f.since(0))
	if page := b.want(b.post("/host/gone/mara/undo"), 200, "CAMP1-CCCCC", "to nobody else", "/host/people/mara"); strings.Contains(page, "/host/gone/mara/undo") {
		t.Error("who was just taken back can be taken back")
	}
	if got := f.since(n); len(got) == 0 || got[0].Do != camp.DoMemberUndo || got[0].Person != "mara" {
		t.Errorf("asked %+v", got)
	}
	f.answers[camp.DoMemberUndo] = camp.Answer{Say: "program.taken_back.say"}
	b.want(b.post("/host/gone/mara/undo"), 200, "make one on their page")
	m := f.browser(t, mara)
	n = len(f.since(0))
	if m.get("/host/gone").Code != 404 || m.post("/host/gone/mara/undo").Code == 200 || len(f.since(n)) != 0 {
		t.Error("a member takes people back")
	}
}

// TestLeavingPages: a member leaves, changes their mind about their posts, and stays.
func TestLeavingPages(t *testing.T) {
	f := newFake()
	b, host := f.browser(t, mara), f.browser(t, vera)
	b.want(b.get("/me"), 200, `href="/me/leave"`, "seven days to think better of it")
	b.want(b.get("/me/leave"), 200, "In seven days", `action="/me/leave"`)
	b.want(b.post("/me/leave"), http.StatusUnprocessableEntity)
	if !f.members[mara].Final.IsZero() {
		t.Fatal("leaves without having chosen")
	}
	b.want(b.post("/me/leave", "posts", "erase"), http.StatusSeeOther)
	if m := f.members[mara]; m.Final.IsZero() || !m.Erase {
		t.Errorf("leaves as %+v", m)
	}
	b.want(b.get("/me/leave"), 200, "What you wrote is deleted then.", `value="erase" checked`, `action="/me/stay"`)
	b.want(b.get("/me"), 200, "You leave: ")
	host.want(host.get("/host/people"), 200, "Leaves the camp, by their own wish")
	host.want(host.get("/host/people/mara"), 200, "Leaves the camp, by their own wish")
	if page := host.want(host.get("/people"), 200); strings.Contains(page, "by their own wish") {
		t.Error("all others are told, too")
	}
	b.want(b.post("/me/stay"), http.StatusSeeOther)
	if !f.members[mara].Final.IsZero() {
		t.Error("does not stay")
	}
	host.want(host.get("/me/leave"), 200, "so you cannot leave it", `<a class="btn quiet" href="/me">Back</a>`)
	if page := host.want(host.get("/me"), 200); strings.Contains(page, "/me/leave") {
		t.Error("the host is offered to leave")
	}
	host.want(host.post("/me/leave", "posts", "stay"), http.StatusForbidden, "so you cannot leave it")
}
