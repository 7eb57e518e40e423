package porch

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"camp/node/camp"
)

// settle waits until nothing is under way.
func (v *visitor) settle() {
	v.t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); {
		v.p.mu.Lock()
		busy := v.p.joining.busy != nil
		v.p.mu.Unlock()
		if !busy {
			return
		}
		v.get(v.base + "/static/tent.svg") // a moment, without looking at the join
	}
	v.t.Fatal("it never ended")
}

// held does something while no camp answers, and then lets it answer: what is
// shown first is that it goes on.
func (v *visitor) held(do func()) {
	hold := make(chan struct{})
	v.f.mu.Lock()
	v.f.hold = hold
	v.f.mu.Unlock()
	do()
	v.f.mu.Lock()
	v.f.hold = nil
	v.f.mu.Unlock()
	close(hold)
	v.settle()
}

func (f *fake) set(fn func(*camp.State)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	fn(&f.st)
}

func readJoining() camp.Joining {
	return camp.Joining{Stage: "read", Info: &camp.JoinInfo{
		Camp: "Pine<wood", Host: "Vera", Kept: []camp.Keeping{{What: "Your name", Why: "To be called", Readers: "Members", HowLong: "As long as you stay"}},
		Rules: camp.JoinRules{Version: 2, Hash: "h2", Texts: []string{"Be kind.", "What is said here stays here."}},
	}}
}

func TestJoinByCode(t *testing.T) {
	v := open(t, camp.State{Phase: camp.Off})
	if _, _, body := v.get(v.base + "/join"); !strings.Contains(body, "Paste the code here") || strings.Contains(body, "<script") {
		t.Errorf("the first page\n%s", body)
	}
	if status, _, body := v.post("/join/look", url.Values{"code": {"  "}}); status != http.StatusUnprocessableEntity || !strings.Contains(body, "CAMP1") {
		t.Errorf("nothing pasted: %d\n%s", status, body)
	}
	if status, _, _ := v.post("/join/look", url.Values{"code": {strings.Repeat("A", maxCode+1)}}); status != http.StatusUnprocessableEntity || len(v.f.asked) != 0 {
		t.Errorf("far too much pasted: %d, asked %+v", status, v.f.asked)
	}
	hold := make(chan struct{})
	v.f.hold = hold
	v.f.then = func(st *camp.State, in camp.Intent) {
		switch in.Do {
		case camp.DoJoinLook:
			st.Joining = readJoining()
		case camp.DoJoin:
			st.Joining = camp.Joining{}
			st.Memberships = []camp.Membership{{ID: "aa", Camp: "Pine<wood", Host: "Vera", State: camp.Waiting, Link: "connected", Since: *v.now, Words: "acorn zebra piano lemon"}}
		}
	}
	code := " camp1-abc\n def "
	status, h, body := v.post("/join/look", url.Values{"code": {code}})
	if status != http.StatusOK || h.Get("Refresh") != "1; url=/join" || !strings.Contains(body, "Looking for the camp") {
		t.Errorf("while it looks: %d %q\n%s", status, h.Get("Refresh"), body)
	}
	v.post("/join/look", url.Values{"code": {"another"}}) // impatient: nothing
	v.f.mu.Lock()
	v.f.hold = nil
	v.f.mu.Unlock()
	close(hold)
	v.settle()
	if in := v.f.last(); in.Do != camp.DoJoinLook || in.Code != strings.TrimSpace(code) || in.Language != "en" || len(v.f.asked) != 1 {
		t.Errorf("asked %+v", v.f.asked)
	}
	_, _, body = v.get(v.base + "/join")
	rules, name := strings.Index(body, "Be kind."), strings.Index(body, `name="name"`)
	if rules < 0 || name < rules || strings.Contains(body, "Pine<wood") || strings.Contains(body, "checked") || !strings.Contains(body, "As long as you stay") {
		t.Errorf("the rules do not come first, unticked:\n%s", body)
	}
	for what, form := range map[string]url.Values{
		"no rule ticked":   {"hash": {"h2"}, "name": {"Mara"}},
		"one of two":       {"hash": {"h2"}, "name": {"Mara"}, "rule": {"1", "1"}},
		"of other rules":   {"hash": {"h1"}, "name": {"Mara"}, "rule": {"1", "2"}},
		"without a name":   {"hash": {"h2"}, "name": {" \u200b "}, "rule": {"1", "2"}},
		"a rule of no one": {"hash": {"h2"}, "name": {"Mara"}, "rule": {"1", "3"}},
	} {
		if status, _, body := v.post("/join/ask", form); status != http.StatusUnprocessableEntity || !strings.Contains(body, `role="alert"`) {
			t.Errorf("%s: %d\n%s", what, status, body)
		}
	}
	_, _, body = v.post("/join/ask", url.Values{"hash": {"h2"}, "name": {"Mara"}, "message": {"From the choir."}, "rule": {"2"}})
	if !strings.Contains(body, `value="Mara"`) || !strings.Contains(body, "From the choir.") || strings.Count(body, "checked") != 1 {
		t.Errorf("what was written is lost:\n%s", body)
	}
	if len(v.f.asked) != 1 {
		t.Fatalf("asked %+v", v.f.asked)
	}
	v.held(func() {
		v.post("/join/ask", url.Values{"hash": {"h2"}, "name": {" Mara "}, "message": {"From the choir."}, "rule": {"1", "2"}})
	})
	if in := v.f.last(); in.Do != camp.DoJoin || in.Name != "Mara" || in.Message != "From the choir." || in.Hash != "h2" {
		t.Errorf("asked %+v", in)
	}
	_, h, body = v.get(v.base + "/join") // leads to the list of camps
	if !strings.Contains(body, "Waiting for Vera") || !strings.Contains(body, "acorn zebra piano lemon") || h.Get("Refresh") == "" {
		t.Errorf("then %q\n%s", h.Get("Refresh"), body)
	}
	v.f.set(func(st *camp.State) {
		st.Memberships = slices.Clone(st.Memberships)
		st.Memberships[0].Question = "Who of <us> do you know?"
	})
	if _, h, body = v.get(v.base + "/"); !strings.Contains(body, "Who of &lt;us&gt;") || !strings.Contains(body, "/camp/reply") || h.Get("Refresh") != "" {
		t.Errorf("asked back: %q\n%s", h.Get("Refresh"), body)
	}
	v.post("/camp/reply", url.Values{"id": {"aa"}, "reply": {"Vera."}})
	if in := v.f.last(); in.Do != camp.DoJoinReply || in.ID != "aa" || in.Message != "Vera." {
		t.Errorf("asked %+v", in)
	}
	v.f.set(func(st *camp.State) {
		st.Memberships = slices.Clone(st.Memberships)
		st.Memberships[0].Reply = "Vera."
	})
	if _, h, body = v.get(v.base + "/"); strings.Contains(body, "/camp/reply") || h.Get("Refresh") == "" {
		t.Errorf("answered: %q\n%s", h.Get("Refresh"), body)
	}
	v.post("/camp/withdraw", url.Values{"id": {"aa"}})
	if in := v.f.last(); in.Do != camp.DoJoinWithdraw || in.ID != "aa" {
		t.Errorf("asked %+v", in)
	}
}

func TestJoinGoesWrong(t *testing.T) {
	v := open(t, camp.State{Phase: camp.Off})
	v.f.fail[camp.DoJoinLook] = camp.NewFault(camp.Invalid, "join.piece.say", nil)
	v.held(func() { v.post("/join/look", url.Values{"code": {"CAMP1-ABC"}}) })
	if _, _, body := v.get(v.base + "/join"); !strings.Contains(body, "A piece of the code is missing") {
		t.Errorf("a piece is missing\n%s", body)
	}
	v.f.set(func(st *camp.State) {
		st.Joining = camp.Joining{Stage: "failed", Say: "join.silent.say", Args: camp.Args{"Day": "3 May"}}
	})
	if status, _, body := v.get(v.base + "/join"); status != http.StatusServiceUnavailable || !strings.Contains(body, "made to end on 3 May") {
		t.Errorf("a silent camp: %d\n%s", status, body)
	}
	j := readJoining()
	j.Say = "join.used.say"
	v.f.set(func(st *camp.State) { st.Joining = j })
	if status, _, body := v.get(v.base + "/join"); status != http.StatusConflict || !strings.Contains(body, "already used this code") {
		t.Errorf("a used code: %d\n%s", status, body)
	}
	v.f.set(func(st *camp.State) { st.Joining = camp.Joining{} })
	v.f.hold = make(chan struct{})
	delete(v.f.fail, camp.DoJoinLook)
	v.post("/join/look", url.Values{"code": {"CAMP1-ABC"}})
	_, _, body := v.post("/join/stop", url.Values{})
	if !strings.Contains(body, "Start camp") {
		t.Errorf("after giving up\n%s", body)
	}
	v.f.mu.Lock()
	if in := v.f.asked[len(v.f.asked)-1]; in.Do != camp.DoJoinStop {
		t.Errorf("asked %+v", v.f.asked)
	}
	v.f.mu.Unlock()
	if _, _, body := v.get(v.base + "/join"); !strings.Contains(body, "Paste the code here") {
		t.Errorf("the next one cannot begin\n%s", body)
	}
	if status, _, _ := v.post("/join/ask", url.Values{"hash": {"h2"}, "name": {"Mara"}, "rule": {"1", "2"}}); status != http.StatusOK || v.f.last().Do == camp.DoJoin {
		t.Errorf("asked without a camp: %d, %+v", status, v.f.last())
	}
}

func TestJoinNearby(t *testing.T) {
	v := open(t, camp.State{Phase: camp.Off})
	v.f.then = func(st *camp.State, in camp.Intent) {
		if in.Do == camp.DoJoinAround {
			st.Joining = camp.Joining{Stage: "around", Around: []camp.NearbyCamp{{Key: "10.0.0.7:5000", Name: "Pine<wood"}}}
		}
	}
	v.post("/join/around", url.Values{})
	v.settle()
	if _, _, body := v.get(v.base + "/join"); !strings.Contains(body, `value="10.0.0.7:5000"`) || strings.Contains(body, "Pine<wood") {
		t.Errorf("nearby\n%s", body)
	}
	v.post("/join/near", url.Values{"key": {"10.0.0.7:5000"}})
	v.settle()
	if in := v.f.last(); in.Do != camp.DoJoinNearby || in.Name != "10.0.0.7:5000" {
		t.Errorf("asked %+v", in)
	}
	v.f.set(func(st *camp.State) {
		st.Joining = camp.Joining{Stage: "compare", Check: "417382", Words: "acorn zebra piano lemon"}
	})
	if _, h, body := v.get(v.base + "/join"); !strings.Contains(body, "417382") || !strings.Contains(body, "acorn zebra piano lemon") || h.Get("Refresh") == "" {
		t.Errorf("comparing\n%s", body)
	}
	v.f.set(func(st *camp.State) { st.Joining = camp.Joining{Stage: "around", Say: "join.nobody_near.say"} })
	if _, _, body := v.get(v.base + "/join"); !strings.Contains(body, "No camp nearby") {
		t.Errorf("nobody\n%s", body)
	}
}

func TestCampsOfOthers(t *testing.T) {
	v := open(t, camp.State{Phase: camp.Off, Memberships: []camp.Membership{
		{ID: "aa", Camp: "Willow", Host: "Noor", State: camp.Joined, Link: "connected", Path: "home", Unread: 3},
		{ID: "cc", Camp: "Harbour", Host: "Tom", State: camp.Joined, Link: "asleep"},
		{ID: "dd", Camp: "Hill", Host: "Priya", State: camp.Declined, Answer: "We are <very> few."},
		{ID: "ee", Camp: "Moor", Host: "Olle", State: camp.Removed},
		{ID: "ff", Camp: "Fen", Host: "Ana", State: camp.Suspended, Link: "connected"},
	}})
	_, _, body := v.get(v.base + "/")
	for _, want := range []string{"3 new", "Its computer may be off", "Priya did not let you in", "We are &lt;very&gt; few.", "You were removed from this camp", "Ana gave you a break", "Start camp", "Join a camp"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q on\n%s", want, body)
		}
	}
	if n := strings.Count(body, `action="/camp/open"`); n != 3 {
		t.Errorf("%d camps have a way in, want 3", n)
	}
	status, h, body := v.post("/camp/open", url.Values{"id": {"aa"}})
	if in := v.f.last(); in.Do != camp.DoJoinLink || in.ID != "aa" {
		t.Errorf("asked %+v", in)
	}
	if status != http.StatusOK || h.Get("Refresh") != "0; url=http://127.0.0.1:4123/in/abc" {
		t.Errorf("%d %q\n%s", status, h.Get("Refresh"), body)
	}
	v.f.fail[camp.DoJoinLink] = camp.NewFault(camp.Offline, "join.asleep.say", nil)
	if status, _, body := v.post("/camp/open", url.Values{"id": {"aa"}}); status != http.StatusServiceUnavailable || !strings.Contains(body, "does not answer now") {
		t.Errorf("asleep: %d\n%s", status, body)
	}
	for path, want := range map[string]int{`action="/camp/leave"`: 2, `action="/camp/key"`: 2, `action="/camp/forget"`: 5} {
		if _, _, body := v.get(v.base + "/"); strings.Count(body, path) != want {
			t.Errorf("%s stands there %d times, want %d", path, strings.Count(body, path), want)
		}
	}
	asked := v.f.last()
	if status, _, _ := v.post("/camp/leave", url.Values{"id": {"aa"}, "posts": {"burn"}}); status != http.StatusUnprocessableEntity || v.f.last().Do != asked.Do {
		t.Errorf("leaving without a choice: %d, %+v", status, v.f.last())
	}
	v.post("/camp/leave", url.Values{"id": {"aa"}, "posts": {"erase"}})
	if in := v.f.last(); in.Do != camp.DoJoinLeave || in.ID != "aa" || !in.Erase {
		t.Errorf("asked %+v", in)
	}
	v.post("/camp/leave", url.Values{"id": {"aa"}, "posts": {"keep"}})
	if in := v.f.last(); in.Do != camp.DoJoinLeave || in.ID != "aa" || in.Erase {
		t.Errorf("asked %+v", in)
	}
	if _, _, body := v.post("/camp/key", url.Values{"id": {"ff"}}); v.f.last().Do != camp.DoJoinRekey || v.f.last().ID != "ff" || !strings.Contains(body, "has a new key") {
		t.Errorf("asked %+v, shown\n%s", v.f.last(), body)
	}
	v.post("/camp/forget", url.Values{"id": {"dd"}})
	if in := v.f.last(); in.Do != camp.DoJoinForget || in.ID != "dd" {
		t.Errorf("asked %+v", in)
	}
	v.f.set(func(st *camp.State) { st.Phase, st.Exists, st.Name = camp.On, true, "Orchard" })
	if _, _, body := v.get(v.base + "/"); !strings.Contains(body, "Orchard") || !strings.Contains(body, "Willow") {
		t.Errorf("with a camp of one's own\n%s", body)
	}
	for _, p := range []camp.Phase{camp.Off, camp.Trouble} {
		v.f.set(func(st *camp.State) { st.Phase = p })
		if _, _, body := v.get(v.base + "/"); !strings.Contains(body, "Willow") || !strings.Contains(body, `action="/start"`) {
			t.Errorf("with a camp of one's own that is %s\n%s", p, body)
		}
	}
}
