package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"camp/node/camp"
)

// farPages are all pages of this part, for a camp that is busy.
var farPages = []string{
	"/elsewhere", "/elsewhere?who=%3Cb%3E@x", "/@ana@far.example", "/@eva@sub.angry.example", "/@news@far.example", "/@new@far.example", "/@mara", "/@tom",
	"/person/" + ana.String() + "/mute", "/person/" + ana.String() + "/block", "/person/" + tom.String() + "/mute", "/person/" + tom.String() + "/block",
	"/me", "/me/following", "/me/followers", "/me/away", "/me/elsewhere", "/me/lists", "/waiting-to-go", "/for-you", "/people", "/blocks",
	"/search?q=%40ana%40far.example", "/search?q=https%3A%2F%2Ffar.example%2Fposts%2F1", "/?said=follows",
}

func abroadFake(t *testing.T) (*fake, *abroad) {
	t.Helper()
	f, _, _ := withPost(t)
	f.abroad.busy(t)
	return f, f.abroad
}

func TestFarPages(t *testing.T) {
	for _, lang := range []string{"en", "nl"} {
		f, a := abroadFake(t)
		m := f.members[vera]
		m.Language = lang
		f.members[vera] = m
		b := f.browser(t, vera)
		for _, path := range farPages {
			t.Run(lang+path, func(t *testing.T) { checkPage(t, lang, b.get(path)) })
		}
		for what, w := range map[string]*httptest.ResponseRecorder{
			"nobody found":   b.post("/elsewhere", "who", "@zoe@far.example"),
			"no name":        b.post("/elsewhere", "who", "<script>"),
			"refused follow": b.post("/person/" + bot.String() + "/follow"),
			"move":           b.post("/me/elsewhere/to", "to", "@new@far.example"),
			"no move":        b.post("/me/elsewhere/to", "to", "@ana@far.example"),
			"no list":        b.send("/me/lists", "csrf", formToken(b.cookie), "what", "follows", "file1", "rubbish"),
			"preview":        b.post("/blocks/preview", "domain", "friends.example", "level", "block"),
			"cut":            b.post("/blocks", "domain", "friends.example", "level", "firewall"),
		} {
			t.Run(lang+" "+what, func(t *testing.T) { checkPage(t, lang, w) })
		}
		a.follows, a.apart, a.imports, a.backlog = map[[2]camp.MemberID]camp.Follow{}, map[[2]camp.MemberID]camp.Apart{}, nil, nil
		for _, path := range farPages {
			t.Run(lang+" empty"+path, func(t *testing.T) { checkPage(t, lang, b.get(path)) })
		}
	}
}

func TestFarLinksLeadSomewhere(t *testing.T) {
	f, _ := abroadFake(t)
	b := f.browser(t, vera)
	seen := map[string]bool{"/me/export": true, "/@new@far.example": true}
	for _, path := range farPages {
		for _, part := range strings.Split(b.get(path).Body.String(), ` href="`)[1:] {
			link, _, _ := strings.Cut(part, `"`)
			if !strings.HasPrefix(link, "/") || strings.Contains(link, "#") || seen[link] {
				continue
			}
			seen[link] = true
			if w := b.get(link); w.Code != 200 {
				t.Errorf("%s links to %s: %d", path, link, w.Code)
			}
		}
	}
	for _, must := range []string{"/elsewhere", "/me/following", "/me/followers", "/me/away", "/me/elsewhere", "/me/lists", "/waiting-to-go", "/@ana@far.example"} {
		if !seen[must] {
			t.Errorf("nothing leads to %s", must)
		}
	}
}

// TestSilentCamp: where the camp talks with nobody, there is nothing of it.
func TestSilentCamp(t *testing.T) {
	f, a := abroadFake(t)
	a.off = true
	b := f.browser(t, vera)
	for _, rt := range farRoutes() {
		method, path, _ := strings.Cut(rt.pattern, " ")
		path = strings.NewReplacer("{id}", ana.String(), "{file}", "following_accounts.csv").Replace(path)
		if strings.HasPrefix(path, "/me/away") || strings.HasPrefix(path, "/blocks") {
			continue // about the camp itself, too
		}
		w := b.get(path)
		if method == http.MethodPost {
			w = b.post(path, "who", "@ana@far.example", "to", "@ana@far.example", "from", "@ana@far.example", "what", "follows", "yes", "1", "on", "1")
		}
		if w.Code != http.StatusNotFound {
			t.Errorf("%s in a silent camp: %d", rt.pattern, w.Code)
		}
	}
	b.want(b.get("/@ana@far.example"), http.StatusNotFound)
	for _, path := range []string{"/", "/me", "/me/away", "/people", "/@mara", "/search?q=%40ana%40far.example"} {
		body := b.want(b.get(path), 200)
		for _, sign := range []string{"/elsewhere", "/me/following", "/me/lists", "far.example</", "/follow\"", "News"} {
			if strings.Contains(body, sign) {
				t.Errorf("%s shows %q in a silent camp", path, sign)
			}
		}
	}
	b.want(b.get("/blocks"), 200, "does not talk with other servers yet")
	if len(a.looked) != 0 || len(a.moved) != 0 || a.brought != "" {
		t.Error("somebody elsewhere was asked, or something was done")
	}
	b.want(b.get("/@mara"), 200, "/person/"+mara.String()+"/mute", "/person/"+mara.String()+"/block") // among members it stays
	b.want(b.post("/person/"+mara.String()+"/mute", "on", "1"), http.StatusSeeOther)
	b.want(b.get("/me/away"), 200, "Mara Lindqvist")
}

func TestFindSomebody(t *testing.T) {
	for _, row := range []struct {
		name, typed, to, looked string
		code                    int
	}{
		{"handle", "@ana@far.example", "/@ana@far.example", "ana@far.example", 303},
		{"without the first @", "  ana@far.example ", "/@ana@far.example", "ana@far.example", 303},
		{"unmet", "@new@far.example", "/@new@far.example", "new@far.example", 303},
		{"page", "https://far.example/@ana", "/@ana@far.example", "https://far.example/@ana", 303},
		{"post", "https://far.example/posts/1", "/post/000000000000000042", "https://far.example/posts/1", 303},
		{"of the camp", "@mara@pinewood-abcdefghijklmnop.camp.internal", "/@mara", "", 303},
		{"nobody", "@zoe@far.example", "", "zoe@far.example", 404},
		{"nowhere", "https://far.example/zzz", "", "https://far.example/zzz", 404},
		{"no server", "@ana", "", "", 422},
		{"words", "ana far example", "", "", 422},
		{"script", "javascript:alert(1)@x.example", "", "", 422},
		{"with a name", "https://me:secret@far.example/", "", "", 422},
		{"too long", strings.Repeat("a", 2000) + "@far.example", "", "", 422},
		{"nothing", "", "", "", 422},
	} {
		t.Run(row.name, func(t *testing.T) {
			f := newFake()
			b := f.browser(t, mara)
			w := b.post("/elsewhere", "who", row.typed)
			b.want(w, row.code)
			if got := w.Header().Get("Location"); got != row.to {
				t.Errorf("goes to %q, want %q", got, row.to)
			}
			if got := strings.Join(f.abroad.looked, " "); got != row.looked {
				t.Errorf("looked for %q, want %q", got, row.looked)
			}
		})
	}
}

// TestLookingIsAsked: nobody elsewhere is asked because a page was opened.
func TestLookingIsAsked(t *testing.T) {
	f, a := abroadFake(t)
	b := f.browser(t, vera)
	for _, path := range farPages {
		b.get(path)
	}
	if len(a.looked) != 0 {
		t.Errorf("opening pages asked for %q", a.looked)
	}
}

func TestFinderSaysWhy(t *testing.T) {
	f := newFake()
	f.abroad.fault = &camp.Fault{Kind: camp.Offline, Say: "fed.unreachable.say"}
	b := f.browser(t, mara)
	b.want(b.post("/elsewhere", "who", "@ana@far.example"), http.StatusServiceUnavailable, "It cannot be reached", `value="@ana@far.example"`)
}

func TestFarProfile(t *testing.T) {
	f, _ := abroadFake(t)
	b := f.browser(t, mara)
	page := b.want(b.get("/@ana@far.example"), 200,
		`Ana &lt;b&gt;&#34;&amp;&#39;&lt;/b&gt; :blob:`, "@ana@far.example", "on far.example", "you follow them", "asks to follow you", "Show what they pass on",
		`<a href="https://far.example/x?a=1&amp;b=2" rel="nofollow noopener noreferrer">yes</a>`, "&lt;i&gt;Site&lt;/i&gt;",
		`<a href="https://far.example/@ana" rel="nofollow noopener noreferrer">Open on far.example</a>`, "has come here yet",
	)
	for _, bad := range []string{"<script>alert", "onerror", "javascript:", "onclick", "<iframe", "<style", `class="u"`, "target=", "alert("} {
		if strings.Contains(page, bad) {
			t.Errorf("%q of a stranger stands on the page", bad)
		}
	}
	gone := b.want(b.get("/@news@far.example"), 200, "A program", "is no more", `href="/@ana@far.example"`, "blocked by you", `rel="nofollow noopener noreferrer">Open on far.example`)
	if strings.Contains(gone, "javascript:") || strings.Contains(gone, `/follow"`) {
		t.Error("a page of somebody who is gone leads nowhere good")
	}
	barred := b.want(b.get("/@eva@sub.angry.example"), 200, "Blocked by the camp", "hate &lt;speech&gt;", "Since ")
	for _, bad := range []string{"secret words", `/follow"`, `href="https://sub.angry.example`} {
		if strings.Contains(barred, bad) {
			t.Errorf("%q on the page of somebody whose server is blocked", bad)
		}
	}
	b.want(b.get("/@zoe@far.example"), http.StatusNotFound, "Look them up")
	home := b.get("/@mara@pinewood-abcdefghijklmnop.camp.internal")
	if b.want(home, http.StatusSeeOther); home.Header().Get("Location") != "/@mara" {
		t.Errorf("a member's full name leads to %q", home.Header().Get("Location"))
	}
	for _, path := range []string{"/@@", "/@ana@", "/@@far.example", "/@ana@far", "/@a@b@c.example", "/@ana@far.example:80", "/@ana@far.example%2Fx"} {
		b.want(b.get(path), http.StatusNotFound)
	}
}

func TestFollowMuteBlock(t *testing.T) {
	f := newFake()
	a := f.abroad
	b := f.browser(t, mara)
	at := "/person/" + ana.String()
	told := func(w *httptest.ResponseRecorder, say string) {
		t.Helper()
		b.want(w, http.StatusSeeOther)
		b.want(b.get(w.Header().Get("Location")), 200, say)
	}
	told(b.post(at+"/follow"), "You asked")
	b.want(b.get("/@ana@far.example"), 200, "Take the question back", "no answer yet")
	key := [2]camp.MemberID{mara, ana}
	yes := a.follows[key]
	yes.Accepted = true
	a.follows[key] = yes
	told(b.post(at+"/follow", "boosts", "no"), "Saved.")
	if !a.follows[key].NoBoosts {
		t.Error("what they pass on is not hidden")
	}
	b.want(b.get("/me/following"), 200, "only their own posts", `action="`+at+`/unfollow"`)
	told(b.post(at+"/unfollow", "back", "/me/following"), "no longer follow them")
	if len(a.follows) != 0 {
		t.Error("still followed")
	}
	b.want(b.get(at+"/mute"), 200, "They do not notice")
	if len(a.apart) != 0 {
		t.Error("asking was enough to mute")
	}
	told(b.post(at+"/mute", "on", "1"), "no more of them")
	b.want(b.get("/me/away"), 200, "Stop muting")
	told(b.post(at+"/mute", "on", "0"), "write again")
	b.want(b.get(at+"/block"), 200, "btn stop")
	told(b.post(at+"/block", "on", "1"), "keep away from each other")
	b.want(b.post(at+"/follow"), http.StatusForbidden, "Take the block back first")
	told(b.post(at+"/block", "on", "0", "back", "/me/away"), "see each other again")
	told(b.post("/person/"+vera.String()+"/block", "on", "1"), "keep away from each other")
	b.want(b.get("/@vera"), 200, "blocked by you", "Stop blocking")
}

func TestBackStaysInTheCamp(t *testing.T) {
	f := newFake()
	b := f.browser(t, mara)
	for _, back := range []string{"https://evil.example/", "//evil.example", `/\evil.example`, "", "javascript:alert(1)"} {
		w := b.post("/person/"+ana.String()+"/mute", "on", "1", "back", back)
		if got := w.Header().Get("Location"); got != "/@ana@far.example?said=muted" && got != "/%40ana%40far.example?said=muted" {
			t.Errorf("back %q leads to %q", back, got)
		}
	}
}

func TestAnswerWhoAsks(t *testing.T) {
	f, a := abroadFake(t)
	b := f.browser(t, mara)
	b.want(b.get("/me/followers"), 200, "1 person asks to follow you", `action="/person/`+ana.String()+`/answer"`, "Take away")
	b.want(b.get("/for-you"), 200, "asks to follow you", `action="/person/`+ana.String()+`/answer"`, "passed on what you wrote", "moved to another server", "the votes are in", "follows you")
	b.want(b.post("/person/"+ana.String()+"/answer", "yes", "maybe"), http.StatusUnprocessableEntity)
	b.want(b.post("/person/"+ana.String()+"/answer", "yes", "1", "back", "/me/followers"), http.StatusSeeOther)
	if !a.follows[[2]camp.MemberID{ana, mara}].Accepted || a.follows[[2]camp.MemberID{ana, vera}].Accepted {
		t.Error("a yes of one counts for another, or for nobody")
	}
	if body := b.want(b.get("/for-you"), 200); strings.Contains(body, "/answer") {
		t.Error("who was answered is asked about again")
	}
	b.want(b.post("/person/"+bot.String()+"/answer", "yes", "0"), http.StatusSeeOther)
	if _, still := a.follows[[2]camp.MemberID{bot, mara}]; still {
		t.Error("a follower could not be taken away")
	}
}

func TestManyFollowersPage(t *testing.T) {
	f := newFake()
	for i := range camp.MemberID(100) {
		id := 7000 + i
		f.abroad.known[id] = camp.Remote{ID: id, Name: "p" + id.String(), Domain: "far.example", At: "far.example", URI: "https://far.example/" + id.String()}
		f.abroad.follows[[2]camp.MemberID{mara, id}] = camp.Follow{From: mara, To: id, At: f.now, Accepted: true}
	}
	b := f.browser(t, mara)
	more := "/me/following?after=" + camp.MemberID(7079).String()
	first := b.want(b.get("/me/following"), 200, `href="`+more+`"`)
	second := b.want(b.get(more), 200)
	if n, m := strings.Count(first, "/unfollow"), strings.Count(second, "/unfollow"); n != 80 || m != 20 {
		t.Errorf("%d and %d people on the pages", n, m)
	}
	b.want(b.get("/me/following?after=x"), http.StatusNotFound)
}

// TestNotYoursElsewhere: what is about another, or about nobody, answers as what never was.
func TestNotYoursElsewhere(t *testing.T) {
	f, a := abroadFake(t)
	f.members[tom] = withAgreed(f.members[tom])
	b := f.browser(t, tom)
	bare := b.get("/nowhere").Body.String()
	nobody := camp.MemberID(4).String()
	for _, row := range []struct{ method, path string }{
		{"POST", "/person/" + nobody + "/follow"},
		{"POST", "/person/" + nobody + "/unfollow"},
		{"POST", "/person/" + nobody + "/mute"},
		{"POST", "/person/" + nobody + "/block"},
		{"GET", "/person/" + nobody + "/mute"},
		{"GET", "/person/" + nobody + "/block"},
		{"POST", "/person/" + tom.String() + "/follow"},
		{"POST", "/person/" + tom.String() + "/block"},
		{"GET", "/person/" + tom.String() + "/mute"},
		{"POST", "/person/x/follow"},
		{"GET", "/person/0/mute"},
		{"GET", "/waiting-to-go"},
		{"POST", "/blocks/preview"},
		{"GET", "/me/lists/other.csv"},
		{"GET", "/me/lists/..%2Fcamp.json"},
	} {
		w := b.get(row.path)
		if row.method == http.MethodPost {
			w = b.post(row.path, "on", "1", "yes", "1", "domain", "x.example")
		}
		if w.Code != http.StatusNotFound || row.method == http.MethodGet && w.Body.String() != bare {
			t.Errorf("%s %s = %d, not as what never was", row.method, row.path, w.Code)
		}
	}
	b.want(b.post("/person/"+ana.String()+"/answer", "yes", "1"), http.StatusNotFound) // she asks Mara and Vera, not Tom
	b.want(b.post("/me/lists/end", "id", "7"), http.StatusNotFound, "no such list")
	b.want(b.post("/me/elsewhere/from/remove", "address", "https://far.example/users/ana"), http.StatusNotFound)
	if len(a.imports[mara]) != 2 || len(f.members[mara].Also) != 2 || a.follows[[2]camp.MemberID{ana, mara}].Accepted {
		t.Error("something was done to another's things")
	}
	got := b.want(b.get("/me/lists/blocked_accounts.csv"), 200)
	if got != "list of "+tom.String()+" blocks\n" {
		t.Errorf("the list of another: %q", got)
	}
}

func TestListsOfPeople(t *testing.T) {
	f := newFake()
	b := f.browser(t, mara)
	w := b.get("/me/lists/muted_accounts.csv")
	if b.want(w, 200); w.Header().Get("Content-Type") != "text/csv; charset=utf-8" || w.Header().Get("Content-Disposition") != `attachment; filename="muted_accounts.csv"` {
		t.Errorf("headers %v", w.Header())
	}
	token := formToken(b.cookie)
	list := "Account address,Show boosts\nana@far.example,false\n"
	b.want(b.send("/me/lists", "csrf", "wrong", "what", "follows", "filelist", list), http.StatusConflict)
	b.want(b.send("/me/lists", "what", "follows", "filelist", list, "csrf", token), http.StatusUnprocessableEntity) // the token comes first, or the file is not read
	if f.abroad.brought != "" {
		t.Fatal("a list was read before the token")
	}
	b.want(b.send("/me/lists", "csrf", token, "what", "all", "filelist", list), http.StatusUnprocessableEntity)
	b.want(b.send("/me/lists", "csrf", token, "what", "mutes"), http.StatusUnprocessableEntity, "Choose a file first", `value="mutes" checked`)
	b.want(b.send("/me/lists", "csrf", token, "what", "follows", "filelist", strings.Repeat("a@b.example\n", 100_000)), http.StatusUnprocessableEntity, "too large")
	b.want(b.send("/me/lists", "csrf", token, "what", "follows", "filelist", list), http.StatusSeeOther)
	if f.abroad.brought != list {
		t.Errorf("brought %q", f.abroad.brought)
	}
	b.want(b.get("/me/lists"), 200, "0 of 1 taken in", "1 is still to do", "<progress", "Stop it")
	b.want(b.post("/me/lists/end", "id", "7"), http.StatusSeeOther)
	if len(f.files) != 0 {
		t.Error("a list was taken for a picture")
	}
}

func TestBadRowsAreEscaped(t *testing.T) {
	f, _ := abroadFake(t)
	b := f.browser(t, mara)
	page := b.want(b.get("/me/lists"), 200, "&lt;script&gt;@far.example", "no address of a person", "tried again from 14:39")
	if strings.Contains(page, "<script>@") || strings.Contains(page, "no.such.key") {
		t.Error("a row of a stranger's list stands on the page as it is")
	}
}

func TestSeenFromElsewhere(t *testing.T) {
	f := newFake()
	b := f.browser(t, mara)
	b.want(b.post("/me/elsewhere", "locked", "yes", "searched", "yes"), http.StatusSeeOther)
	if m := f.members[mara]; !m.Locked || m.Shy || m.Discoverable || !m.Indexable {
		t.Errorf("set %+v", m)
	}
	b.want(b.get("/me/elsewhere"), 200, `name="locked" value="yes" checked`, `name="shy" value="yes">`)
	b.want(b.post("/me/elsewhere"), http.StatusSeeOther)
	if f.members[mara].Locked {
		t.Error("cannot be taken back")
	}
	b.want(b.post("/me/elsewhere/from", "from", "nonsense<"), http.StatusUnprocessableEntity, `value="nonsense&lt;"`)
	b.want(b.post("/me/elsewhere/from", "from", "@ana@far.example"), http.StatusSeeOther)
	b.want(b.get("/me/elsewhere"), 200, `href="/@ana@far.example"`, "Take it out")
	b.want(b.post("/me/elsewhere/from/remove", "address", "https://far.example/users/ana"), http.StatusSeeOther)
	if len(f.members[mara].Also) != 0 {
		t.Error("still on the list")
	}
}

func TestMovingAsksFirst(t *testing.T) {
	f := newFake()
	b := f.browser(t, mara)
	b.want(b.post("/me/elsewhere/to", "to", "@ana@far.example"), http.StatusConflict, "does not say yet", "https://home.example/ap/mara", `value="@ana@far.example"`)
	b.want(b.post("/me/elsewhere/to", "to", "@new@far.example"), 200, "cannot be undone", `name="sure" value="yes"`)
	if len(f.abroad.moved) != 0 {
		t.Fatal("moved without a yes")
	}
	b.want(b.post("/me/elsewhere/to", "to", "@new@far.example", "sure", "yes"), http.StatusSeeOther)
	if len(f.abroad.moved) != 1 {
		t.Error("not moved")
	}
	if f.abroad.anew != 3 {
		t.Errorf("asked the other server %d times what it says now, want each time", f.abroad.anew)
	}
	b.want(b.get("/me/elsewhere"), 200, "are sent to", "@new@far.example")
	if n := len(f.abroad.looked); n != 3 {
		t.Errorf("looked %d times: the account has to be seen afresh each time", n)
	}
}

func TestWaitingToGo(t *testing.T) {
	f, _ := abroadFake(t)
	b := f.browser(t, vera)
	b.want(b.get("/waiting-to-go"), 200, "far.example", "3 letters", "1 letter<", "It cannot be reached", "Next try: 23 Nov, 10:30", "as soon as there is room", "once a day")
	b.want(b.get("/me"), 200, "/waiting-to-go")
	m := f.browser(t, mara)
	m.want(m.get("/waiting-to-go"), http.StatusNotFound)
	if strings.Contains(m.want(m.get("/me"), 200), "/waiting-to-go") {
		t.Error("a member is led to what they may not see")
	}
}

func TestBlockShowsFirstWhatItCuts(t *testing.T) {
	f := newFake()
	b := f.browser(t, vera)
	pre := b.want(b.post("/blocks/preview", "domain", "friends.example", "level", "block", "reason", "<why>"), 200,
		"lose 7 people", "1 person there no longer follows", "96 posts", "wide.example", `value="&lt;why&gt;"`, "at a distance instead")
	if f.guests.done() != "" {
		t.Fatal("a look decided")
	}
	b.want(b.post("/blocks", "domain", "friends.example", "level", "block"), http.StatusConflict, "lose 7 people")
	b.want(b.post("/blocks", "domain", "friends.example", "level", "block", "seen", "friends.example block 6 1 96"), http.StatusConflict)
	if f.guests.done() != "" {
		t.Fatal("decided before it was seen as it is")
	}
	_, rest, _ := strings.Cut(pre, `name="seen" value="`)
	seen, _, _ := strings.Cut(rest, `"`)
	b.want(b.post("/blocks", "domain", "friends.example", "level", "block", "seen", seen), http.StatusSeeOther)
	b.want(b.post("/blocks", "domain", "friends.example", "level", "limit"), http.StatusSeeOther) // cuts nobody off
	b.want(b.post("/blocks", "domain", "strangers.example", "level", "firewall"), http.StatusSeeOther)
	if got, want := f.guests.done(), "block friends.example block ; block friends.example limit ; block strangers.example firewall "; got != want {
		t.Errorf("done: %q", got)
	}
	b.want(b.get("/blocks"), 200, "Nothing comes from there", "Words come, pictures", "hard for them to find")
}

func TestForeignHTML(t *testing.T) {
	deep := strings.Repeat("<blockquote>", 50) + "deep"
	for _, row := range []struct{ name, in, want string }{
		{"plain", "a & b < c", "a &amp; b &lt; c"},
		{"kept", "<p>a<br>b <strong>c</strong></p><ul><li>d</li></ul>", "<p>a<br>b <strong>c</strong></p><ul><li>d</li></ul>"},
		{"link", `<a href="https://a.example/?x=1&amp;y" class="x" rel="me">t</a>`, `<a href="https://a.example/?x=1&amp;y" rel="nofollow noopener noreferrer">t</a>`},
		{"script link", `<a href=" JaVaScript:alert(1)">t</a>`, "t"},
		{"data link", `<a href="data:text/html,x">t</a>`, "t"},
		{"password link", `<a href="https://bank.example@evil.example/">t</a>`, "t"},
		{"link in link", `<a href="https://a.example/"><a href="https://b.example/">t</a></a>`, `<a href="https://a.example/" rel="nofollow noopener noreferrer"></a><a href="https://b.example/" rel="nofollow noopener noreferrer">t</a>`},
		{"unknown", `<marquee onstart=x>t</marquee><img src=x onerror=y><h1>h</h1>`, "th"},
		{"gone", `<script>a</script><style>b</style><svg><script>c</script></svg><math><mi>d</mi></math><template>e</template><textarea>f</textarea>g`, "g"},
		{"comment", "a<!-- b --><!doctype html>c", "ac"},
		{"quotes", `<a href="https://a.example/&quot; onclick=&quot;x">t</a>`, `<a href="https://a.example/%22%20onclick=%22x" rel="nofollow noopener noreferrer">t</a>`},
		{"unclosed", "<p><b>x", "<p><b>x</b></p>"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := string(foreignHTML(row.in)); got != row.want {
				t.Errorf("got  %s\nwant %s", got, row.want)
			}
		})
	}
	if got := string(foreignHTML(deep)); strings.Count(got, "<blockquote>") > farDepth+1 || strings.Contains(got, "deep") {
		t.Errorf("too deep: %s", got)
	}
}

func FuzzForeignHTML(f *testing.F) {
	for _, s := range []string{hostile, "<a href=\"https://x.example/\">", "<svg><style><img src=x onerror=1>", "<table><a href=javascript:1>", "\x00<p>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		out := string(foreignHTML(s))
		if again := string(foreignHTML(out)); again != out && string(foreignHTML(again)) != again {
			t.Errorf("not stable: %q, %q", out, again)
		}
		for _, part := range strings.Split(out, "<")[1:] {
			tag, _, _ := strings.Cut(strings.TrimPrefix(part, "/"), ">")
			if name, rest, some := strings.Cut(tag, " "); some {
				href, ok := strings.CutPrefix(rest, `href="`)
				addr, tail, _ := strings.Cut(href, `"`)
				if u, err := url.Parse(addr); name != "a" || !ok || tail != ` rel="nofollow noopener noreferrer"` || err != nil || u.Scheme != "http" && u.Scheme != "https" {
					t.Errorf("%q came out of %q", part, s)
				}
			}
		}
	})
}
