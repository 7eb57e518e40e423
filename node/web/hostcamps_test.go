package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"camp/node/camp"
)

func othersOf(now time.Time) []camp.Membership {
	return []camp.Membership{
		{ID: "aa", Camp: "Willow <Lane>", Host: "Noor", State: camp.Joined, Link: "connected", Path: "home", Unread: 3},
		{ID: "bb", Camp: "Choir", Host: "Ana", State: camp.Waiting, Link: "connected", Since: now.Add(-2 * time.Hour), Words: "acorn zebra piano lemon"},
		{ID: "cc", Camp: "Harbour", Host: "Tom", State: camp.Joined, Link: "asleep"},
		{ID: "dd", Camp: "Hill", Host: "Priya", State: camp.Declined, Answer: "We are <very> few."},
		{ID: "ee", Camp: "Moor", Host: "Olle", State: camp.Removed},
		{ID: "ff", Camp: "Fen", Host: "Ida", State: camp.Joined, Link: "connected", Leaves: now.AddDate(0, 0, 5)},
	}
}

// TestHostCampsPage: the camps of others stand on the host's pages with what the
// window offers for each, and nothing that cannot be done now.
func TestHostCampsPage(t *testing.T) {
	f := newFake()
	b := f.browser(t, vera)
	b.want(b.get("/host/camps"), 200, "You belong to no other camp", `action="/host/camps"`)
	f.state.Memberships = othersOf(f.now)
	b.want(b.get("/host"), 200, "Willow &lt;Lane&gt;", `href="/host/camps"`)
	w := b.get("/host/camps")
	page := b.want(w, 200, "Willow &lt;Lane&gt;", "3 new", "Waiting for Ana", "acorn zebra piano lemon", "Its computer may be off", "We are &lt;very&gt; few.", "You were removed from this camp")
	for value, want := range map[string]int{"open": 2, "withdraw": 1, "reply": 0, "stay": 1, "key": 2, "keep": 1, "erase": 1, "forget": 5} {
		if got := strings.Count(page, `name="do" value="`+value+`"`); got != want {
			t.Errorf("%q is offered %d times, want %d", value, got, want)
		}
	}
	if w.Header().Get("Refresh") != campsAgain {
		t.Errorf("looks again %q", w.Header().Get("Refresh"))
	}
	f.state.Memberships[1].Question = "Who of us do you know?"
	w = b.get("/host/camps")
	b.want(w, 200, "Who of us do you know?", `value="reply"`)
	if w.Header().Get("Refresh") != "" {
		t.Error("looks again while somebody writes")
	}
	if got := landing("reports"); got != "/reports" {
		t.Errorf("reports land on %s", got)
	}
	if got := landing("others"); got != "/host/camps" {
		t.Errorf("the window's name for it leads to %q", got)
	}
	if own := f.browser(t, mara).get("/host/camps"); own.Code != http.StatusNotFound || strings.Contains(own.Body.String(), "Willow") {
		t.Errorf("a member is shown the host's other camps: %d", own.Code)
	}
}

// TestHostCampsDeeds: each button asks what the window's asks.
func TestHostCampsDeeds(t *testing.T) {
	f := newFake()
	f.state.Memberships = othersOf(f.now)
	b := f.browser(t, vera)
	for _, row := range []struct {
		do   string
		want camp.Intent
	}{
		{"withdraw", camp.Intent{Do: camp.DoJoinWithdraw}},
		{"reply", camp.Intent{Do: camp.DoJoinReply, Message: "Hetty."}},
		{"keep", camp.Intent{Do: camp.DoJoinLeave}},
		{"erase", camp.Intent{Do: camp.DoJoinLeave, Erase: true}},
		{"stay", camp.Intent{Do: camp.DoJoinStay}},
		{"key", camp.Intent{Do: camp.DoJoinRekey}},
		{"forget", camp.Intent{Do: camp.DoJoinForget}},
	} {
		n := len(f.since(0))
		b.want(b.post("/host/camps/aa", "do", row.do, "reply", "Hetty."), http.StatusSeeOther)
		if in := f.one(t, n); in.Do != row.want.Do || in.ID != "aa" || in.Erase != row.want.Erase || in.Message != row.want.Message {
			t.Errorf("%s asked %+v", row.do, in)
		}
	}
	n := len(f.since(0))
	b.want(b.post("/host/camps/aa", "do", "dance"), http.StatusUnprocessableEntity)
	if got := f.since(n); len(got) != 0 {
		t.Errorf("asked %+v", got)
	}
	b.want(b.get("/host/camps?said=rekeyed"), 200, "has a new key")
	f.fault = &camp.Fault{Kind: camp.Offline, Say: "join.asleep.say"}
	b.want(b.post("/host/camps/aa", "do", "key"), http.StatusServiceUnavailable, `role="alert"`, "does not answer now", "Willow")
}

// TestHostCampsLead: what opens another address of this computer is a page that
// goes on, and never leads anywhere else.
func TestHostCampsLead(t *testing.T) {
	f := newFake()
	f.state.Memberships = othersOf(f.now)
	b := f.browser(t, vera)
	for _, row := range []struct {
		path string
		form []string
		want string
	}{{"/host/camps/aa", []string{"do", "open"}, camp.DoJoinLink}, {"/host/camps", nil, camp.DoPages}} {
		f.answer = camp.Answer{URL: "http://127.0.0.1:4123/in/abc"}
		n := len(f.since(0))
		w := b.post(row.path, row.form...)
		b.want(w, 200, `href="http://127.0.0.1:4123/in/abc"`)
		if in := f.one(t, n); in.Do != row.want || w.Header().Get("Refresh") != "0; url=http://127.0.0.1:4123/in/abc" {
			t.Errorf("asked %+v, goes on to %q", in, w.Header().Get("Refresh"))
		}
		for _, bad := range []string{"http://127.0.0.1.evil.example/", "javascript:alert(1)", "https://[fd00::1]/", ""} {
			f.answer = camp.Answer{URL: bad}
			w := b.post(row.path, row.form...)
			b.want(w, http.StatusInternalServerError)
			if w.Header().Get("Refresh") != "" {
				t.Errorf("goes on to %q", bad)
			}
		}
	}
}
