package people_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"camp/assets"
	"camp/node/camp"
)

func TestLog(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	helper, ada, ben := h.add("hal", camp.RoleHelper), h.add("ada", camp.RoleMember), h.add("ben", camp.RoleMember)
	want(t, "role", say(h.SetRole(ctx, h.host, "ada", camp.RoleGuest)), "")
	_, err := h.NewToken(ctx, h.host, "ada", nil)
	want(t, "token", say(err), "")
	lines := func(by camp.Actor) []camp.LogLine {
		list, err := h.LogFor(ctx, by, camp.Page{Limit: 40})
		want(t, "reading", say(err), "")
		return list
	}
	for name, c := range map[string]struct {
		by         camp.Actor
		deed, whom string
	}{
		"the host":                {h.host, "log.token_made", "ada"},
		"a helper":                {helper, "log.token_made", "ada"},
		"the one it concerns":     {ada, "log.token_made", "ada"},
		"everybody else, no name": {ben, "log.token_made.unnamed", ""},
	} {
		line := lines(c.by)[0]
		want(t, name, line.Deed, c.deed)
		want(t, name, line.Args["Whom"], c.whom)
		want(t, name, line.Args["By"], "Mia")
	}
	want(t, "lines", len(lines(h.host)), 7)
	_, err = h.LogFor(ctx, camp.Actor{}, camp.Page{})
	want(t, "nobody", say(err), "people.not_member.say")

	h.clock.add(366 * day)
	h.add("new", camp.RoleMember)
	want(t, "tidy", say(h.Tidy(ctx)), "")
	list, err := h.Log(ctx, camp.Page{Limit: 40})
	want(t, "reading", say(err), "")
	for i, e := range list {
		fresh := strings.HasPrefix(e.Deed, "log.stay_over") || i == 0 || e.Deed == "log.member_added"
		if !fresh && (e.By != 0 || e.Whom != 0 || !strings.HasSuffix(e.Deed, ".old")) {
			t.Errorf("line %d still names somebody: %v", i, e)
		}
	}
	want(t, "the fresh line", list[1].Deed+list[0].Deed, "log.member_addedlog.stay_over")
	want(t, "lines", len(list), 9)
}

// TestSentences finds every fault and deed in the sources and looks for its
// sentence in both languages.
func TestSentences(t *testing.T) {
	keys := regexp.MustCompile(`"((?:people|posts)\.[a-z_]+\.say|log\.[a-z_]+)"`)
	found := map[string]bool{"log.role_helper": true, "log.role_member": true, "log.role_guest": true}
	for _, pattern := range []string{"*.go", "../posts/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) < 5 {
			t.Fatalf("sources: %v, %v", files, err)
		}
		for _, f := range files {
			if strings.HasSuffix(f, "_test.go") {
				continue
			}
			src, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range keys.FindAllStringSubmatch(string(src), -1) {
				found[m[1]] = true
			}
		}
	}
	delete(found, "log.role_")
	if len(found) < 50 {
		t.Fatalf("only %d keys found: the test is blind", len(found))
	}
	for _, language := range assets.Languages {
		w, err := assets.LoadWords(language)
		if err != nil {
			t.Fatal(err)
		}
		for k := range found {
			if !w.Has(k) {
				t.Errorf("%s: no sentence %s", language, k)
			}
			if !strings.HasPrefix(k, "log.") {
				continue
			}
			if !w.Has(k + ".old") {
				t.Errorf("%s: no sentence %s.old", language, k)
			}
			if strings.Contains(w.Say(k), "{{.Whom}}") != w.Has(k+".unnamed") {
				t.Errorf("%s: %s.unnamed must be there exactly if %s names whom", language, k, k)
			}
			if s := w.Say(k+".old") + w.Say(k+".unnamed"); strings.Contains(s, "{{.Whom}}") || strings.Contains(w.Say(k+".old"), "{{.By}}") {
				t.Errorf("%s: %s names somebody where it should not", language, k)
			}
		}
		for _, k := range w.Keys() {
			area := strings.HasPrefix(k, "people.") && strings.HasSuffix(k, ".say") || strings.HasPrefix(k, "posts.") && strings.HasSuffix(k, ".say")
			if area && !found[k] {
				t.Errorf("%s: nothing says %s", language, k)
			}
		}
	}
}
