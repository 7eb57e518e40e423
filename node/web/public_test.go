package web

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"camp/node/camp"
)

// strangers is what the pages for strangers read.
type strangers struct {
	house  camp.House
	people map[string]camp.Member
	posts  map[camp.PostID]camp.PostView
}

func (s *strangers) House(context.Context) (camp.House, error) { return s.house, nil }

func (s *strangers) ByName(_ context.Context, name string) (camp.Member, error) {
	if m, ok := s.people[name]; ok {
		return m, nil
	}
	return camp.Member{}, camp.NewFault(camp.NotFound, "posts.nobody.say", nil)
}

func (s *strangers) OpenPost(_ context.Context, id camp.PostID) (camp.PostView, error) {
	if p, ok := s.posts[id]; ok {
		return p, nil
	}
	return camp.PostView{}, camp.NewFault(camp.NotFound, "posts.gone.say", nil)
}

func (s *strangers) OpenBy(_ context.Context, who camp.MemberID, _ int) (list []camp.PostView, err error) {
	for _, p := range s.posts {
		if p.Author == who {
			list = append(list, p)
		}
	}
	return list, nil
}

func publicPages(t *testing.T) (*Public, *strangers) {
	t.Helper()
	site := newSite(t, newFake())
	ana := camp.Member{ID: 1, Name: "ana", Display: `Ana <b>`, About: "I keep goats. #goats https://goats.example/a", Standing: camp.Joined, Role: camp.RoleMember, Picture: "0123456789abcdef0123456789abcdef"}
	s := &strangers{house: camp.House{Name: "Orchard & Co", Language: "en"}, people: map[string]camp.Member{
		"ana":  ana,
		"kees": {ID: 2, Name: "kees", Standing: camp.Joined, Role: camp.RoleGuest},
		"lia":  {ID: 3, Name: "lia", Standing: camp.Left, Role: camp.RoleMember},
	}}
	p := camp.PostView{By: ana, Named: []camp.Member{ana}}
	p.ID, p.Author, p.Written, p.Text, p.Language = 712345678901234567, 1, time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC), "Look: <script>alert(1)</script> @ana #goats", "nl"
	p.Pictures = []camp.Picture{{ID: "abcdef0123456789abcdef0123456789", Alt: `a "goat"`, Width: 640, Height: 480}}
	s.posts = map[camp.PostID]camp.PostView{p.ID: p}
	return NewPublic(PublicOptions{
		Site: site, People: s, Posts: s, Domain: "orchard.example", Picture: func(id camp.MediaID) string { return "https://orchard.example/m/" + string(id) },
		Actor: func(name string) string { return "https://orchard.example/ap/" + name },
		Post:  func(id camp.PostID) string { return "https://orchard.example/ap/-/p/" + id.String() },
	}), s
}

func seenByStranger(p *Public, path, language string) (int, http.Header, string) {
	r := httptest.NewRequest("GET", "https://orchard.example"+path, nil)
	r.Header.Set("Accept-Language", language)
	w := httptest.NewRecorder()
	if !p.Find(w, r) {
		if w.Body.Len() > 0 || len(w.Result().Header) > 0 {
			return -1, w.Header(), w.Body.String()
		}
		return http.StatusNotFound, w.Header(), ""
	}
	return w.Code, w.Header(), w.Body.String()
}

func TestPagesForStrangers(t *testing.T) {
	t.Parallel()
	p, _ := publicPages(t)
	for _, c := range []struct {
		path, language string
		want           []string
	}{
		{"/", "en", []string{"Orchard &amp; Co", "small social network"}},
		{"/", "nl", []string{"klein sociaal netwerk", `lang="nl"`}},
		{"/@ana", "en", []string{
			"Ana &lt;b&gt;", "@ana@orchard.example", `href="https://orchard.example/ap/ana"`, `src="https://orchard.example/m/0123456789abcdef0123456789abcdef"`,
			"712345678901234567", `rel="nofollow noopener noreferrer"`,
		}},
		{"/@ana/712345678901234567", "en", []string{
			"&lt;script&gt;", `href="/@ana"`, `alt="a &#34;goat&#34;"`, `href="https://orchard.example/ap/-/p/712345678901234567"`, `lang="nl"`,
		}},
		{"/tag/Goats", "en", []string{"A word with #", "search for the word in the place where you write yourself"}},
		{"/tag/caf%C3%A9", "nl", []string{"Een woord met #", "Dit kamp toont geen lijsten"}},
	} {
		status, h, body := seenByStranger(p, c.path, c.language)
		if status != http.StatusOK {
			t.Errorf("%s: %d", c.path, status)
			continue
		}
		for _, part := range c.want {
			if !strings.Contains(body, part) {
				t.Errorf("%s lacks %q:\n%s", c.path, part, body)
			}
		}
		for _, not := range []string{"<script", "/tag/", "/post/", "csrf"} {
			if strings.Contains(body, not) {
				t.Errorf("%s has %q", c.path, not)
			}
		}
		if csp := h.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || h.Get("X-Robots-Tag") == "" {
			t.Errorf("%s is sent with %v", c.path, h)
		}
	}
}

func TestStrangersFindNothingElse(t *testing.T) {
	t.Parallel()
	p, s := publicPages(t)
	other := s.posts[712345678901234567]
	other.ID, other.Author, other.By = 712345678901234568, 9, camp.Member{ID: 9, Name: "noor"}
	s.posts[other.ID] = other
	for _, path := range []string{
		"/@kees", "/@lia", "/@nobody", "/ana", "/@Ana", "/@ana/1", "/@ana/712345678901234599", "/@ana/712345678901234568", "/@ana/x",
		"/people", "/post/712345678901234567", "/me", "/search", "/host", "/media/abc", "/tag/", "/tag/%23", "/tag/two%20words", "/tag/%3Cb%3E", "/tag/" + strings.Repeat("g", 300), "/tag/goats/1", "/@ana/712345678901234567/edit", "/static/none.css", "/in/x",
	} {
		if status, _, body := seenByStranger(p, path, "en"); status != http.StatusNotFound {
			t.Errorf("%s: %d %.200s", path, status, body)
		}
	}
}

// The page of a word with # looks nothing up: it is the same whether the camp
// uses the word or not.
func TestTagPageTellsNothing(t *testing.T) {
	t.Parallel()
	p, s := publicPages(t)
	page := func(tag string) string {
		status, _, body := seenByStranger(p, "/tag/"+tag, "en")
		if status != http.StatusOK {
			t.Fatalf("%s: %d", tag, status)
		}
		if strings.Contains(body, tag) {
			t.Errorf("the page bears the word %s", tag)
		}
		return body
	}
	if page("goats") != page("nobodysaidthis") {
		t.Error("the page of a word in use differs from that of one that is not")
	}
	s.posts = nil
	if page("goats") != page("nobodysaidthis") {
		t.Error("it is made of posts")
	}
}
