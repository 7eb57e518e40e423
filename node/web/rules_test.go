package web

import (
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"camp/node/camp"
)

// ruling is how the rules of the fake stand, and who objected.
type ruling struct {
	stand    camp.RulesStand
	objected []camp.MemberID
	refuses  error
}

func (r *ruling) RulesStand(_ context.Context, by camp.Actor) (camp.RulesStand, error) {
	st := r.stand
	st.Mine = slices.Contains(r.objected, by.Member)
	return st, nil
}

func (r *ruling) Object(_ context.Context, by camp.Actor, _ int, on bool) error {
	if r.refuses != nil {
		return r.refuses
	}
	r.objected = slices.DeleteFunc(r.objected, func(m camp.MemberID) bool { return m == by.Member })
	if on {
		r.objected = append(r.objected, by.Member)
	}
	return nil
}

// version adds a version of the rules to the fake.
func (f *fake) version(r camp.Rules) camp.Rules {
	r.Version, r.Date = len(f.rules)+1, f.now
	r.Hash = camp.RulesHash(r.Version, r.Texts)
	f.rules = append(f.rules, r)
	return r
}

func none(t *testing.T, what, body string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if strings.Contains(body, p) {
			t.Errorf("%s shows %q", what, p)
		}
	}
}

// TestRulesPairs: what differs between two versions stands side by side.
func TestRulesPairs(t *testing.T) {
	for name, c := range map[string]struct {
		old, now []string
		want     []rulePair
	}{
		"the same":            {[]string{"a", "b"}, []string{"a", "b"}, nil},
		"a word":              {[]string{"a", "b", "c"}, []string{"a", "B", "c"}, []rulePair{{"2. b", "2. B"}}},
		"two words":           {[]string{"a", "b", "c"}, []string{"a", "B", "C"}, []rulePair{{"2. b", "2. B"}, {"3. c", "3. C"}}},
		"one more, in front":  {[]string{"a", "b"}, []string{"x", "a", "b"}, []rulePair{{"", "1. x"}}},
		"one less":            {[]string{"a", "b", "c"}, []string{"a", "c"}, []rulePair{{"2. b", ""}}},
		"changed places":      {[]string{"a", "b"}, []string{"b", "a"}, []rulePair{{"1. a", ""}, {"", "2. a"}}},
		"nothing before":      {nil, []string{"a"}, []rulePair{{"", "1. a"}}},
		"nothing in common":   {[]string{"a", "b"}, []string{"c"}, []rulePair{{"1. a", "1. c"}, {"2. b", ""}}},
		"the same one thrice": {[]string{"a", "a"}, []string{"a", "a", "a"}, []rulePair{{"", "3. a"}}},
	} {
		if got := pairsOf(c.old, c.now); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// TestSmallChangeOfPages: members read old and new side by side, and can object.
func TestSmallChangeOfPages(t *testing.T) {
	f := newFake()
	r := f.version(camp.Rules{Texts: []string{"Be kind!", "What is said here stays here."}, Asks: 1, Bar: 2})
	f.stand = camp.RulesStand{Open: true, May: true}
	b := f.browser(t, mara)
	page := b.want(b.get("/rules"), 200, "Vera says that only spelling", "1. Be kind.", "1. Be kind!", "With 2 objections", "of 22 Nov", "25 November 2026", "You agreed to version 1.", `value="object"`)
	none(t, "the page of somebody who need not agree", page, "Please tick each rule", "/host/rules", `<b>Now</b><p dir="auto">2.`)
	b.want(b.post("/rules/object", "version", "2", "do", "object"), http.StatusSeeOther)
	if !slices.Equal(f.objected, []camp.MemberID{mara}) {
		t.Errorf("objected: %v", f.objected)
	}
	b.want(b.get("/rules?said=objected"), 200, "Your objection counts", "You objected.", `value="back"`)
	f.browser(t, tom).want(f.browser(t, tom).get("/rules"), 200, `value="object"`) // tom did not
	b.want(b.post("/rules/object", "version", "2", "do", "back"), http.StatusSeeOther)
	if len(f.objected) != 0 {
		t.Errorf("objected: %v", f.objected)
	}
	b.want(b.post("/rules/object", "version", "x"), http.StatusNotFound)
	f.refuses = &camp.Fault{Kind: camp.Conflict, Say: "people.object_over.say"}
	b.want(b.post("/rules/object", "version", "2"), http.StatusConflict, "nothing left to object to", "Be kind!")

	f.stand = camp.RulesStand{Open: true}
	host := f.browser(t, vera)
	none(t, "the host's page", host.want(host.get("/rules"), 200, "Vera says", "/host/rules"), `action="/rules/object"`)

	f.stand = camp.RulesStand{}
	page = b.want(b.get("/rules"), 200, "What changed from version 1 to version 2", "A small change, by the host")
	none(t, "the page after 72 hours", page, `action="/rules/object"`)

	f.version(camp.Rules{Texts: f.rules[0].Texts, Asks: 1, Back: r.Version})
	page = b.want(b.get("/rules"), 200, "A change was taken back", "version 2 changed more than words", "no votes yet", "Version 2 of", "Version 1 of")
	if strings.Count(page, "version 2 changed more than words") != 1 {
		t.Error("it is said twice")
	}
}

// TestRulesAskedAnew: who must agree again sees what is new since what they agreed to.
func TestRulesAskedAnew(t *testing.T) {
	f := newFake()
	f.version(camp.Rules{Texts: []string{"Be kind!", "What is said here stays here."}, Asks: 1, Bar: 2})
	f.version(camp.Rules{Texts: []string{"Be kind!", "What is said here stays here.", "No adverts."}, Asks: 3})
	b := f.browser(t, mara)
	b.want(b.get("/rules"), 200, "Please tick each rule", "What changed from version 1 to version 3", "1. Be kind.", "3. No adverts.", "Was not there", "<details class=\"card\" open>")
	fresh := f.browser(t, tom) // by the host's word, to nothing in particular
	none(t, "the page of somebody new", fresh.want(fresh.get("/rules"), 200, "Please tick each rule"), "from version 0")
}

// TestHostRulesPage: the form fits who is in the camp, and what was typed stays.
func TestHostRulesPage(t *testing.T) {
	f := newFake()
	b := f.browser(t, vera)
	hash := f.rules[0].Hash
	f.stand = camp.RulesStand{Alone: true}
	b.want(b.get("/host/settings"), 200, `href="/host/rules"`)
	b.want(b.get("/rules"), 200, `href="/host/rules"`, "You are alone in the camp")
	page := b.want(b.get("/host/rules"), 200, "Be kind.\n\nWhat is said here stays here.\n\n</textarea>", hash)
	none(t, "the form of a host alone", page, `name="small"`)
	b.want(b.post("/host/rules", "hash", hash, "rules", "1. Be kind.\r\n\r\n2. No adverts."), http.StatusSeeOther)
	got := f.since(0)
	if len(got) != 1 || got[0].Do != camp.DoRulesChange || got[0].Small || got[0].Hash != hash || !slices.Equal(got[0].Texts, []string{"Be kind.", "No adverts."}) {
		t.Fatalf("asked %+v", got)
	}

	f.stand = camp.RulesStand{}
	page = b.want(b.get("/host/rules"), 200, "Others belong to this camp", `name="small" value="yes" required>`, "1. Be kind.")
	none(t, "the form with others", page, `name="rules"`)
	f.fault = &camp.Fault{Kind: camp.NotAllowed, Say: "people.rules_vote.say"}
	b.want(b.post("/host/rules", "hash", hash, "rules", "Be kind.\nWhat is said here.\n"), http.StatusForbidden, "everybody&#39;s vote", ">What is said here.</textarea>")
	b.want(b.post("/host/rules", "hash", hash, "small", "yes", "text", "Be kind!", "text", ""), http.StatusForbidden, ">Be kind!</textarea>", "checked")
	f.fault = nil
	f.answer = camp.Answer{Rules: &camp.Rules{Version: 2, Bar: 1}}
	w := b.post("/host/rules", "hash", hash, "small", "yes", "text", "Be kind!", "text", "Two.")
	b.want(w, http.StatusSeeOther)
	if got := f.since(3); w.Header().Get("Location") != "/rules?said=rules_small" || len(got) != 1 || !got[0].Small || !slices.Equal(got[0].Texts, []string{"Be kind!", "Two."}) {
		t.Errorf("asked %+v, on to %s", got, w.Header().Get("Location"))
	}

	f.version(camp.Rules{Texts: []string{"Be kind!", "Two."}, Asks: 1, Bar: 1})
	f.stand = camp.RulesStand{Open: true}
	none(t, "while one can object", b.want(b.get("/host/rules"), 200, "Members can object to it until", "25 November 2026"), "<textarea")

	m := f.browser(t, mara)
	m.want(m.get("/host/rules"), http.StatusNotFound)
	m.want(m.post("/host/rules", "rules", "Mine."), http.StatusNotFound)
	if got := f.since(4); len(got) != 0 {
		t.Errorf("a member asked for %+v", got)
	}
}

// TestRulesPagesSpeak: each state of the pages, in both languages.
func TestRulesPagesSpeak(t *testing.T) {
	for _, lang := range []string{"en", "nl"} {
		for name, st := range map[string]camp.RulesStand{"alone": {Alone: true}, "open": {Open: true, May: true}, "still": {}} {
			f := newFake()
			f.version(camp.Rules{Texts: []string{"Be kind!", "What is said here stays here."}, Asks: 1, Bar: 1})
			f.stand = st
			f.notices[mara] = []camp.NoticeView{{ID: 2, Kind: camp.NoticeRulesBack, At: f.now}, {ID: 1, Kind: camp.NoticeRules, From: f.members[vera], At: f.now}}
			for _, who := range []camp.MemberID{vera, mara} {
				m := f.members[who]
				m.Language = lang
				f.members[who] = m
				b := f.browser(t, who)
				for _, path := range []string{"/rules", "/for-you"} {
					t.Run(lang+name+path, func(t *testing.T) { checkPage(t, lang, b.get(path)) })
				}
				if who == vera {
					t.Run(lang+name+"/host/rules", func(t *testing.T) { checkPage(t, lang, b.get("/host/rules")) })
				}
			}
			f.version(camp.Rules{Texts: f.rules[0].Texts, Asks: 1, Back: 2})
			t.Run(lang+name+" back", func(t *testing.T) { checkPage(t, lang, f.browser(t, mara).get("/rules")) })
		}
	}
}

// rulesDesk is a desk that changes the rules and nothing else.
type rulesDesk struct {
	Desk
	w *whole
}

func (d rulesDesk) Do(ctx context.Context, in camp.Intent) (camp.Answer, error) {
	r, err := d.w.people.PublishRules(ctx, d.w.host, camp.RulesDraft{Texts: in.Texts, Small: in.Small, Hash: in.Hash})
	return camp.Answer{Rules: &r}, err
}

func (rulesDesk) State() camp.State { return camp.State{Phase: camp.On, Exists: true} }

// TestRulesOfAWholeCamp: the rules change while the host is alone; then a small
// change comes, is told, objected to and taken back, through the real rooms.
func TestRulesOfAWholeCamp(t *testing.T) {
	w := newWhole(t)
	ctx := t.Context()
	var err error
	w.site, err = New(Options{
		People: w.people, Posts: w.posts, Media: w.media, Live: &w.ring, Now: time.Now, Rand: rand.Reader, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Hosts: func() []string { return []string{"127.0.0.1:4123"} }, Cookie: "camp_test", NoRate: true, Desk: rulesDesk{w: w},
	})
	if err != nil {
		t.Fatal(err)
	}
	secret, err := w.people.NewLinkFor(ctx, w.host)
	if err != nil {
		t.Fatal(err)
	}
	mia := w.enter(t, secret)
	hash := func() string {
		r, err := w.people.Rules(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return r.Hash
	}
	mia.want(mia.post("/host/rules", "hash", hash(), "rules", "Ask first.\nBe kind.\nNo adverts."), http.StatusSeeOther)
	mia.want(mia.get("/rules?said=rules"), 200, "Version 2 of", "The new rules hold", "<li dir=\"auto\">No adverts.</li>", "You agreed to these rules.")
	mia.want(mia.post("/host/rules", "hash", camp.RulesHash(1, []string{"Be kind.", "Ask first."}), "rules", "Stale."), http.StatusConflict, "have changed since you opened", "Stale.")

	_, link, err := w.people.AddMember(ctx, w.host, "joost", camp.RoleMember)
	if err != nil {
		t.Fatal(err)
	}
	joost := w.enter(t, link)
	joost.want(joost.get("/rules"), 200, "No adverts.", "Please tick each rule")
	joost.want(joost.post("/rules", "hash", hash(), "rule", "1", "rule", "2", "rule", "3"), http.StatusSeeOther)
	mia.want(mia.post("/host/rules", "hash", hash(), "rules", "One rule."), http.StatusForbidden, "votes yet", "Others belong to this camp")
	mia.want(mia.post("/host/rules", "hash", hash(), "text", "Ask first!", "text", "Be kind.", "text", "No adverts."), http.StatusForbidden, "so only a small change")
	mia.want(mia.post("/host/rules", "hash", hash(), "small", "yes", "text", "Ask first!", "text", "Be kind.", "text", "No adverts."), http.StatusSeeOther)
	joost.want(joost.get("/for-you"), 200, "published a small change of the rules", `href="/rules"`)
	joost.want(joost.post("/post", "text", "I write on"), http.StatusSeeOther)
	joost.want(joost.get("/rules"), 200, "1. Ask first.", "1. Ask first!", "One objection is enough")
	mia.want(mia.post("/rules/object", "version", "3"), http.StatusForbidden)
	joost.want(joost.post("/rules/object", "version", "3"), http.StatusSeeOther)
	joost.want(joost.get("/rules"), 200, "Version 4 of", "A change was taken back", `<li dir="auto">Ask first.</li>`)
	mia.want(mia.get("/for-you"), 200, "needs everybody&#39;s vote, which this version of Camp does not have yet")
	mia.want(mia.get("/log"), 200, "Members objected to version 3", "published a small change of the rules: version 3")
	joost.want(joost.post("/post", "text", "and on"), http.StatusSeeOther)
}
