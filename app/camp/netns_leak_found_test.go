//go:build netns

package main_test

import (
	"net/http"
	"net/url"
	"strings"
)

// places are the surfaces of what stands in a post; before each marker stands its
// place. (What is taken back is told, and then not shown.)
var places = []string{"text ", "note ", "alt ", "choice ", "reply ", "edit ", "emoji :"}

// named lets somebody write whose shown name alone has the marker: a guest, of whom
// other servers know nothing, or a member.
func (l *leak) named(marker, audience string, write func(c *camped, text string, more ...string) string) {
	t := l.w.t
	t.Helper()
	who, role := "gus", "guest"
	if audience != "camp" {
		who, role = "ned", "member"
	}
	added := l.ana.ctl("member", "add", who, "--role", role)
	u, err := url.Parse(added["url"].(string))
	if err != nil {
		t.Fatal(err)
	}
	page := l.ana.s.surf("http://" + u.Host)
	page.do("GET", u.Path, nil)
	m := csrf.FindStringSubmatch(page.do("GET", "/me", nil))
	if m == nil {
		t.Fatal("the page about oneself has no form")
	}
	page.do("POST", "/me", url.Values{"csrf": {m[1]}, "display": {"shown " + marker}})
	if !strings.Contains(page.do("GET", "/me", nil), "shown "+marker) {
		t.Fatal("the shown name is not kept")
	}
	first := write(l.ana, "asked of all")
	c := *l.ana
	c.token = l.ana.ctl("token", who)["token"].(string)
	write(&c, "by somebody with a name", "in_reply_to_id", first)
}

// finds walks the addresses of ask for what is for everybody, and must find each
// place at each kind of them: so what ask does not find it would have seen.
func (l *leak) finds(marker string) {
	t := l.w.t
	t.Helper()
	strange, file := l.stranger(), l.openFiles[0]
	for _, w := range []struct {
		who, accept string
		get         func(path, accept string) seenAnswer
		each        []string // addresses of one post
		lists       []string // must show the marker, each of them
		want        []string
	}{
		{
			"a stranger", "text/html", strange,
			[]string{"/@ana/%s", "/@mia/%s", "/@ned/%s"},
			[]string{"/@ana", "/@mia", "/@ned"},
			append(places, "shown "),
		},
		{
			"their server", "application/activity+json", l.signed,
			[]string{"/ap/-/p/%s"},
			[]string{"/ap/ana/outbox?page=true", "/ap/mia/outbox?page=true", "/ap/ned"},
			append(places, "shown "),
		},
		{
			"an app of a member", "application/json", l.app,
			[]string{"/api/v1/statuses/%s", "/api/v1/statuses/%s/context"},
			[]string{"/api/v1/timelines/home?limit=40", "/api/v1/timelines/public", "/api/v1/timelines/tag/" + marker, "/api/v2/search?q=" + marker},
			append(places, "shown "),
		},
	} {
		found := map[string]bool{}
		look := func(path string) bool {
			a := w.get(path, w.accept)
			for _, place := range w.want {
				if a.status == http.StatusOK && strings.Contains(a.body, place+marker) {
					found[place] = true
				}
			}
			return a.status == http.StatusOK && strings.Contains(a.body, marker)
		}
		for _, path := range w.lists {
			if !look(path) {
				t.Errorf("%s does not find the marker at %s: %.600s", w.who, path, w.get(path, w.accept).fixed(""))
			}
		}
		for _, pattern := range w.each {
			some := false
			for _, id := range l.openPosts {
				some = look(strings.ReplaceAll(pattern, "%s", id)) || some
			}
			if !some {
				t.Errorf("%s does not find the marker at any %s", w.who, pattern)
			}
		}
		if len(found) != len(w.want) {
			t.Errorf("%s finds the marker only in %v, want %q", w.who, found, w.want)
		}
	}
	if a := strange("/ap/-/m/"+file, "*/*"); a.status != http.StatusOK || !strings.HasPrefix(a.header.Get("Content-Type"), "image/") {
		t.Errorf("a stranger does not get the picture for everybody: %d", a.status)
	}
}

// app asks the client API as a member does.
func (l *leak) app(path, accept string) seenAnswer {
	t := l.w.t
	t.Helper()
	r, err := http.NewRequest("GET", l.ana.web+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+l.ana.token)
	r.Header.Set("Accept", accept)
	return answered(t, l.ana.http, r)
}
