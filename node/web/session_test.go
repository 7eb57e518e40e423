package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"camp/node/camp"
)

func TestLinkSignsIn(t *testing.T) {
	f := newFake()
	b := f.browser(t, 0)
	secret := f.link(mara)
	for what, h := range map[string][2]string{
		"prefetch": {"Sec-Purpose", "prefetch;prerender"}, "old prefetch": {"Purpose", "prefetch"}, "older": {"X-Moz", "prefetch"},
		"picture": {"Sec-Fetch-Dest", "image"}, "frame": {"Sec-Fetch-Dest", "iframe"}, "script": {"Sec-Fetch-Dest", "empty"},
	} {
		r := b.request("GET", "/in/"+secret, nil, "")
		r.Header.Set(h[0], h[1])
		if w := b.do(r); len(w.Result().Cookies()) != 0 || w.Code != http.StatusNoContent {
			t.Errorf("%s: %d and %v", what, w.Code, w.Result().Cookies())
		}
	}
	b.do(b.request("HEAD", "/in/"+secret, nil, ""))
	r := b.request("GET", "/in/"+secret, nil, "")
	r.Header.Set("Sec-Fetch-Dest", "document")
	r.Header.Set("Sec-Fetch-Site", "none")
	r.Header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
	w := b.do(r)
	b.want(w, http.StatusSeeOther)
	c := w.Result().Cookies()
	if len(c) != 1 || !c[0].HttpOnly || c[0].SameSite != http.SameSiteStrictMode || c[0].Domain != "" || c[0].Path != "/" || c[0].Secure {
		t.Fatalf("cookie = %+v", c)
	}
	if w.Header().Get("Location") != "/" {
		t.Errorf("Location = %q", w.Header().Get("Location"))
	}
	b.cookie = c[0].Value
	b.want(b.get("/me"), 200, "Firefox · Linux", "Mara Lindqvist")
	again := f.browser(t, 0)
	again.want(again.get("/in/"+secret), http.StatusNotFound, "used already")
}

func TestLinkLandsOnAPageOfTheHost(t *testing.T) {
	f := newFake()
	for to, want := range map[string]string{
		"": "/", "recovery": "/host/recovery", "backups": "/host/backups", "//evil.example": "/", "https://evil.example/": "/", "../me": "/",
	} {
		b := f.browser(t, 0)
		r := b.request("GET", "/in/"+f.link(mara)+"?to="+url.QueryEscape(to), nil, "")
		r.Header.Set("Sec-Fetch-Dest", "document")
		r.Header.Set("Sec-Fetch-Site", "none")
		w := b.do(r)
		b.want(w, http.StatusSeeOther)
		if got := w.Header().Get("Location"); got != want {
			t.Errorf("to %q lands on %q, want %q", to, got, want)
		}
	}
}

func TestLinkFromAnotherSite(t *testing.T) {
	f := newFake()
	b := f.browser(t, 0)
	r := b.request("GET", "/in/"+f.link(mara), nil, "")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	r.Header.Set("Sec-Fetch-Dest", "document")
	w := b.do(r)
	b.want(w, 200, "You are in", `content="0;url=/"`)
	if len(w.Result().Cookies()) != 1 {
		t.Error("no cookie")
	}
	r = b.request("GET", "/", nil, "")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	b.want(b.do(r), http.StatusUnauthorized, "I am signed in here")
}

func TestSigningInAnewEndsTheOldSession(t *testing.T) {
	f := newFake()
	b := f.browser(t, mara)
	w := b.get("/in/" + f.link(mara))
	b.want(w, http.StatusSeeOther)
	b.want(b.get("/"), http.StatusUnauthorized)
	if n := len(f.sessions); n != 1 {
		t.Errorf("%d sessions, want the new one alone", n)
	}
}

func TestBrowsersSignedIn(t *testing.T) {
	f := newFake()
	b := f.browser(t, mara)
	other := f.signIn(mara)
	link := b.want(b.post("/me/link"), 200, "http://127.0.0.1:4123/in/")
	at := strings.Index(link, "/in/")
	secret := link[at+4 : at+4+strings.IndexByte(link[at+4:], '"')]
	third := f.browser(t, 0)
	third.want(third.get("/in/"+secret), http.StatusSeeOther)

	b.want(b.post("/me/end", "id", f.sessions[other].ID), http.StatusSeeOther)
	if _, ok := f.sessions[other]; ok {
		t.Error("the other browser is still signed in")
	}
	b.want(b.post("/me/end", "id", "not-mine"), http.StatusNotFound)
	w := b.post("/me/out")
	b.want(w, http.StatusSeeOther)
	if c := w.Result().Cookies(); len(c) != 1 || c[0].MaxAge >= 0 {
		t.Errorf("cookie after signing out = %+v", c)
	}
	b.want(b.get("/"), http.StatusUnauthorized)
}

func TestRulesComeFirst(t *testing.T) {
	f := newFake()
	b := f.browser(t, tom)
	b.want(b.get("/"), 200, "Before you write here", `href="/rules"`)
	hash := f.rules[0].Hash
	b.want(b.get("/rules"), 200, "Please tick each rule", `value="`+hash+`"`)
	b.want(b.post("/rules", "hash", hash, "rule", "1"), http.StatusUnprocessableEntity, `value="1" checked`, "not ticked yet")
	b.want(b.post("/rules", "hash", "old", "rule", "1", "rule", "2"), http.StatusConflict, "rules have changed")
	if f.members[tom].Agreed != 0 {
		t.Fatal("agreed without agreeing")
	}
	b.want(b.post("/rules", "hash", hash, "rule", "1", "rule", "2"), http.StatusSeeOther)
	if body := b.want(b.get("/?said=agreed"), 200, "the fire is yours too"); strings.Contains(body, "Before you write here") {
		t.Error("asked again after agreeing")
	}
}

// TestWordsWaitForTheRules posts before agreeing: nothing is posted, the words
// go along to the rules, and from there to the fire.
func TestWordsWaitForTheRules(t *testing.T) {
	f := newFake()
	b := f.browser(t, tom)
	m := f.members[tom]
	m.Agreed, m.ByWord = 1, true // the host's word counts as agreement elsewhere; the pages ask
	f.members[tom] = m
	token := formToken(b.cookie)
	w := b.send("/post", "csrf", token, "key", "k", "text", "my \"first\"\nwords", "note", "careful", "file1", aPicture, "alt1", "a tent")
	b.want(w, http.StatusForbidden, "Please tick each rule", "my &#34;first&#34;", `value="careful"`, `name="picture1"`, `value="a tent"`)
	if len(f.posts) != 0 {
		t.Fatal("posted before agreeing")
	}
	page := w.Body.String()
	at := strings.Index(page, `name="picture1" value="`) + len(`name="picture1" value="`)
	form := []string{"hash", f.rules[0].Hash, "rule", "1", "text", "my \"first\"\nwords", "note", "careful", "key", "k", "picture1", page[at : at+26], "alt1", "a tent"}
	b.want(b.post("/rules", form...), http.StatusUnprocessableEntity, "not ticked yet", `value="careful"`)
	w = b.post("/rules", append(form, "rule", "2")...)
	b.want(w, http.StatusSeeOther)
	if !strings.HasPrefix(w.Header().Get("Location"), "/#post-") || len(f.posts) != 1 {
		t.Fatalf("Location = %q, %d posts", w.Header().Get("Location"), len(f.posts))
	}
	b.want(b.get("/"), 200, "my &#34;first&#34;<br>words", "careful", `alt="a tent"`)
}

func TestLanguage(t *testing.T) {
	f := newFake()
	b := f.browser(t, mara)
	for _, row := range []struct{ member, asks, house, want string }{
		{"nl", "en", "en", "Rond het vuur"},
		{"", "nl-BE,en;q=0.5", "en", "Rond het vuur"},
		{"", "de, nl;q=0.2, en;q=0.7", "nl", "Around the fire"},
		{"", "de", "nl", "Rond het vuur"},
		{"", "", "fr", "Around the fire"},
		{"", "nl;q=0", "en", "Around the fire"},
		{"", strings.Repeat("xx,", 5000) + "nl", "en", "Around the fire"},
	} {
		m := f.members[mara]
		m.Language, f.house.Language, b.lang = row.member, row.house, row.asks
		f.members[mara] = m
		b.want(b.get("/"), 200, row.want)
	}
}

func TestLimiter(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	l := newLimiter(30, false)
	for i := range 30 {
		if !l.take(mara, now) {
			t.Fatalf("the %d. of 30 was refused", i+1)
		}
	}
	if l.take(mara, now) || !l.take(vera, now) {
		t.Error("the 31st must be refused, and only hers")
	}
	if !l.take(mara, now.Add(2*time.Second)) {
		t.Error("two seconds give one more")
	}
	if l.take(mara, now.Add(2*time.Second)) {
		t.Error("two seconds do not give two")
	}
	if l.take(mara, now.Add(-time.Hour)) {
		t.Error("a clock set back gives nothing")
	}
	off := newLimiter(1, true)
	for range 3 {
		if !off.take(mara, now) {
			t.Error("lifted rates must not refuse")
		}
	}
}

func TestTooFast(t *testing.T) {
	f := newFake()
	b := f.browser(t, mara)
	for range writesPerMinute {
		b.want(b.post("/post", "text", "quick"), http.StatusSeeOther)
	}
	w := b.post("/post", "text", "one more")
	b.want(w, http.StatusTooManyRequests, "one more", "Wait a little")
	if w.Header().Get("Retry-After") == "" || len(f.posts) != writesPerMinute {
		t.Error("the 31st post went through")
	}
	f.later(time.Minute)
	b.want(b.post("/post", "text", "later"), http.StatusSeeOther)
}

// Who is asked to help finds the question on the pages that are theirs, and nobody else does.
func TestHelperOffer(t *testing.T) {
	f := newFake()
	b := f.browser(t, mara)
	const question = "Will you be a helper?"
	offered := func(on bool) {
		m := f.members[mara]
		m.Offered = on
		f.members[mara] = m
	}
	for _, path := range []string{"/", "/me"} {
		if strings.Contains(b.want(b.get(path), 200), question) {
			t.Errorf("%s asks who is not asked", path)
		}
	}
	b.want(b.post("/me/help", "help", "yes"), http.StatusConflict, "Nobody asks you", `name="display" value="Mara Lindqvist"`) // the form beside it keeps what it had
	offered(true)
	for _, path := range []string{"/", "/me"} {
		b.want(b.get(path), 200, question)
	}
	h := f.browser(t, vera)
	h.want(h.get("/host/people/mara"), 200, "has not answered yet")
	if strings.Contains(h.want(h.get("/"), 200)+h.want(h.get("/people"), 200), question) {
		t.Error("the host is asked")
	}
	b.want(b.post("/me/help"), http.StatusUnprocessableEntity)
	b.want(b.post("/me/help", "help", "no"), http.StatusSeeOther)
	if m := f.members[mara]; m.Offered || m.Role != camp.RoleMember {
		t.Errorf("after no: %+v", m)
	}
	offered(true)
	b.want(b.post("/me/help", "help", "yes"), http.StatusSeeOther)
	if m := f.members[mara]; m.Offered || m.Role != camp.RoleHelper {
		t.Errorf("after yes: %+v", m)
	}
	b.want(b.get("/me"), 200, "You are a helper")
	b.want(b.post("/me/help", "help", "end"), http.StatusSeeOther)
	if m := f.members[mara]; m.Role != camp.RoleMember {
		t.Errorf("after the end: %+v", m)
	}
}

// A camp that grows full says so to everybody, and what a sister camp is.
func TestGrowsFull(t *testing.T) {
	f := newFake()
	b := f.browser(t, mara)
	fill := func(n int) {
		for i := len(f.members); i < n; i++ {
			id := camp.MemberID(5000 + i)
			f.members[id] = camp.Member{ID: id, Name: fmt.Sprint("m", i), Display: fmt.Sprint("M", i), Role: camp.RoleMember, Standing: camp.Joined}
		}
	}
	fill(camp.NearlyFull - 1)
	if strings.Contains(b.want(b.get("/people"), 200, `href="/small"`), "grows full") {
		t.Error("it says so too early")
	}
	fill(camp.NearlyFull)
	b.want(b.get("/people"), 200, "grows full")
	b.want(b.get("/small"), 200, "A sister camp", "at most 100 people")
}

func TestHostDoes(t *testing.T) {
	f := newFake()
	b := f.browser(t, vera)
	f.answer = camp.Answer{URL: "http://127.0.0.1:4123/in/secret", Phrase: "one two three"}
	b.want(b.post("/host/people", "name", "Joost", "role", "helper"), 200, "/in/secret", "@joost")
	b.want(b.post("/host/people/mara/role", "role", "guest"), http.StatusSeeOther)
	b.want(b.post("/host/people/mara/remove"), http.StatusUnprocessableEntity, "Choose what happens")
	b.want(b.post("/host/people/mara/remove", "posts", "erase"), http.StatusSeeOther)
	b.want(b.post("/host/people/mara/link"), 200, "/in/secret")
	b.want(b.post("/host/backups/now"), http.StatusSeeOther)
	b.want(b.post("/host/backups/plan", "folder", "/disk", "daily", "5", "weekly", "2"), http.StatusSeeOther)
	b.want(b.post("/host/settings/name", "name", "Oakwood"), http.StatusSeeOther)
	b.want(b.post("/host/settings", "language", "nl", "theme", "dark", "size", "130"), http.StatusSeeOther)
	b.want(b.get("/host/recovery"), 200, "<b>two</b>")
	if w := b.get("/host/recovery/code.png"); !strings.HasPrefix(w.Body.String(), "\x89PNG") {
		t.Error("no code on the sheet")
	}
	b.want(b.post("/host/recovery"), http.StatusSeeOther)
	b.want(b.post("/host/room"), http.StatusSeeOther)
	want := []camp.Intent{
		{Do: camp.DoMemberAdd, Person: "Joost", Role: camp.RoleHelper},
		{Do: camp.DoMemberRole, Person: "mara", Role: camp.RoleGuest},
		{Do: camp.DoMemberRemove, Person: "mara", Erase: true},
		{Do: camp.DoMemberLink, Person: "mara"},
		{Do: camp.DoBackup},
		{Do: camp.DoBackupPlan, Folder: "/disk", Daily: 5, Weekly: 2},
		{Do: camp.DoName, Name: "Oakwood"},
		{Do: camp.DoSkip},
		{Do: camp.DoSettings},
		{Do: camp.DoRecovery},
		{Do: camp.DoRecovery},
		{Do: camp.DoRecoveryDone},
		{Do: camp.DoMakeRoom},
	}
	if len(f.asked) != len(want) {
		t.Fatalf("asked %d things, want %d: %+v", len(f.asked), len(want), f.asked)
	}
	for i, w := range want {
		g := f.asked[i]
		if g.Do != w.Do || g.Person != w.Person || g.Role != w.Role || g.Erase != w.Erase || g.Folder != w.Folder || g.Daily != w.Daily || g.Name != w.Name || g.Language != "en" {
			t.Errorf("asked %+v, want %+v", g, w)
		}
	}
	if s := f.asked[8].Settings; s.Language != "nl" || s.Theme != "dark" || s.TextSize != 130 {
		t.Errorf("settings = %+v", s)
	}
}

// TestHostFollowsBrowser: the host of a new camp chose no language, so that the
// pages go after their browser, whatever language the camp was made in.
func TestHostFollowsBrowser(t *testing.T) {
	w := newWhole(t)
	link, err := w.people.NewLinkFor(t.Context(), w.host)
	if err != nil {
		t.Fatal(err)
	}
	b := w.enter(t, link)
	for lang, want := range map[string]string{"nl": `<html lang="nl"`, "en": `<html lang="en"`, "fr": `<html lang="en"`} {
		b.lang = lang
		b.want(b.get("/"), http.StatusOK, want)
	}
	b.want(b.post("/me", "display", "Mia", "language", "nl"), http.StatusSeeOther)
	b.lang = "en"
	b.want(b.get("/"), http.StatusOK, `<html lang="nl"`)
}
