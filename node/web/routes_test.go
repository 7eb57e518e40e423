package web

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"camp/node/camp"
)

// address fills the pattern of a route with something that exists.
func address(f *fake, pattern string, id camp.PostID, pic camp.MediaID) (method, path string) {
	method, path, ok := strings.Cut(pattern, " ")
	if !ok {
		method, path = http.MethodGet, "/nowhere/at/all"
	}
	for from, to := range map[string]string{
		"{$}": "", "{file}": "style.css", "{secret}": f.link(mara), "{name}": "mara", "{at}": "@mara", "{tag}": "lakes",
	} {
		path = strings.ReplaceAll(path, from, to)
	}
	path = strings.ReplaceAll(path, "{n}", "0")
	if strings.HasPrefix(path, "/media/{id}") {
		return method, strings.ReplaceAll(path, "{id}", string(pic))
	}
	return method, strings.ReplaceAll(path, "{id}", id.String())
}

// withPost gives a camp with one post of Mara's with a picture.
func withPost(t *testing.T) (*fake, camp.PostID, camp.MediaID) {
	t.Helper()
	f := newFake()
	pic, err := (*fakeMedia)(f).Take(t.Context(), camp.Actor{Member: mara}, strings.NewReader("\x89PNG"), false)
	if err != nil {
		t.Fatal(err)
	}
	id, err := (*fakePosts)(f).Write(t.Context(), camp.Actor{Member: mara}, camp.Draft{
		Text: "canary-lake #lakes", Pictures: []camp.DraftPicture{{ID: pic.ID, Alt: "the lake"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return f, id, pic.ID
}

func eachRoute(t *testing.T, check func(t *testing.T, f *fake, rt route, method, path string)) {
	t.Helper()
	f, id, pic := withPost(t)
	for _, rt := range newSite(t, f).routes {
		t.Run(rt.pattern, func(t *testing.T) {
			f, id, pic = withPost(t)
			method, path := address(f, rt.pattern, id, pic)
			check(t, f, rt, method, path)
		})
	}
}

func TestNobodySeesNothing(t *testing.T) {
	eachRoute(t, func(t *testing.T, f *fake, rt route, method, path string) {
		if rt.pattern == "GET /in/{secret}" {
			return // the way in; see session_test.go
		}
		b := f.browser(t, 0)
		bare := b.get("/nowhere").Body.String()
		for _, cookie := range []string{"", "not-a-session"} {
			b.cookie = cookie
			w := b.do(b.request(method, path, nil, "application/x-www-form-urlencoded"))
			if w.Code != http.StatusUnauthorized || w.Body.String() != bare {
				t.Errorf("cookie %q: %s %s = %d, want the same closed door as everywhere\n%s", cookie, method, path, w.Code, w.Body)
			}
			if strings.Contains(w.Body.String(), "canary") || strings.Contains(w.Body.String(), "Mara") || strings.Contains(w.Body.String(), "Pinewood") {
				t.Error("the door tells something of the camp")
			}
		}
		if len(f.asked) != 0 || len(f.posts) != 1 {
			t.Error("something was done for nobody")
		}
	})
}

// CVE-2022-41924 (Tailscale): a page elsewhere drives the pages on loopback, by a name
// that leads there.
func TestCVE202241924WrongHost(t *testing.T) {
	eachRoute(t, func(t *testing.T, f *fake, _ route, method, path string) {
		b := f.browser(t, vera)
		for _, host := range []string{"evil.example", "localhost:4123", "127.0.0.1", "127.0.0.1:4124", "127.0.0.1:4123.", ""} {
			r := b.request(method, path, nil, "")
			r.Host = host
			if w := b.do(r); w.Code != http.StatusMisdirectedRequest || w.Body.Len() != 0 {
				t.Errorf("host %q: %d and %d bytes, want 421 and none", host, w.Code, w.Body.Len())
			}
		}
		if len(f.asked) != 0 || len(f.posts) != 1 {
			t.Error("something was done for a wrong host")
		}
	})
}

// CVE-2022-41925 (Tailscale): the same, by a form or script of its own.
func TestCVE202241925PostFromElsewhere(t *testing.T) {
	eachRoute(t, func(t *testing.T, f *fake, rt route, method, path string) {
		if method != http.MethodPost {
			return
		}
		b := f.browser(t, vera)
		good := url.Values{"csrf": {formToken(b.cookie)}, "text": {"planted"}, "name": {"planted"}, "posts": {"erase"}, "on": {"1"}, "role": {"member"}}
		for what, h := range map[string]http.Header{
			"another site":   {"Sec-Fetch-Site": {"cross-site"}, "Origin": {"https://evil.example"}},
			"a sibling":      {"Sec-Fetch-Site": {"same-site"}},
			"typed":          {"Sec-Fetch-Site": {"none"}},
			"old, elsewhere": {"Origin": {"http://127.0.0.1:9999"}},
			"old, hidden":    {"Origin": {"null"}},
			"nothing said":   {},
		} {
			r := b.request(method, path, strings.NewReader(good.Encode()), "application/x-www-form-urlencoded")
			r.Header.Del("Sec-Fetch-Site")
			for k, v := range h {
				r.Header[k] = v
			}
			if w := b.do(r); w.Code != http.StatusForbidden {
				t.Errorf("%s: %d, want 403", what, w.Code)
			}
		}
		bad := url.Values{"csrf": {formToken("another cookie")}, "text": {"planted"}, "posts": {"erase"}, "name": {"planted"}}
		w := b.do(b.request(method, path, strings.NewReader(bad.Encode()), "application/x-www-form-urlencoded"))
		if w.Code != http.StatusConflict && w.Code != http.StatusNotFound {
			t.Errorf("wrong token: %d, want 409 (or 404 for a page of no form)", w.Code)
		}
		if len(f.asked) != 0 || len(f.posts) != 1 || len(f.liked) != 0 {
			t.Error("something was done for a page elsewhere")
		}
		_ = rt
	})
}

func TestOldBrowserMayPost(t *testing.T) {
	f := newFake()
	b := f.browser(t, mara)
	r := b.request("POST", "/post", strings.NewReader(url.Values{"csrf": {formToken(b.cookie)}, "text": {"hello"}}.Encode()), "application/x-www-form-urlencoded")
	r.Header.Del("Sec-Fetch-Site")
	r.Header.Set("Origin", "http://127.0.0.1:4123")
	b.want(b.do(r), http.StatusSeeOther)
}

// TestNotYoursIsNowhere compares bytes: what is another's answers as what never was.
func TestNotYoursIsNowhere(t *testing.T) {
	f, id, _ := withPost(t)
	f.members[tom] = withAgreed(f.members[tom])
	b := f.browser(t, tom)
	nowhere := func(method, path string) *httptest.ResponseRecorder {
		if method == http.MethodPost {
			return b.post(path, "text", "mine now", "on", "1", "name", "x", "posts", "erase", "role", "member")
		}
		return b.get(path)
	}
	loose, err := (*fakeMedia)(f).Take(t.Context(), camp.Actor{Member: mara}, strings.NewReader("\x89PNG"), false)
	if err != nil {
		t.Fatal(err)
	}
	gone := "/post/000000000000000001"
	for _, row := range []struct{ method, path, never string }{
		{"GET", "/post/" + id.String() + "/edit", gone + "/edit"},
		{"GET", "/post/" + id.String() + "/delete", gone + "/delete"},
		{"POST", "/post/" + id.String() + "/delete", gone + "/delete"},
		{"POST", "/post/" + id.String() + "/edit", gone + "/edit"},
		{"GET", "/media/" + string(loose.ID), "/media/" + strings.Repeat("a", 26)},
		{"GET", "/media/" + string(loose.ID) + "/small", "/media/" + strings.Repeat("a", 26) + "/small"},
		{"GET", "/host", "/hosts"},
		{"GET", "/host/people", "/nowhere"},
		{"GET", "/host/people/mara", "/nowhere"},
		{"GET", "/host/backups", "/nowhere"},
		{"GET", "/host/recovery", "/nowhere"},
		{"GET", "/host/recovery/code.png", "/nowhere"},
		{"GET", "/host/log", "/nowhere"},
		{"GET", "/host/settings", "/nowhere"},
		{"POST", "/me/end", "/nowhere"},
		{"POST", "/host/people", "/nowhere"},
		{"POST", "/host/people/mara/remove", "/nowhere"},
		{"POST", "/host/people/mara/role", "/nowhere"},
		{"POST", "/host/people/mara/link", "/nowhere"},
		{"POST", "/host/recovery", "/nowhere"},
		{"POST", "/host/backups/now", "/nowhere"},
		{"GET", "/@nobody", "/@nobody2"},
		{"GET", "/post/1", "/nowhere"},
		{"GET", "/post/..", "/nowhere"},
		{"GET", "/media/../etc", "/nowhere"},
		{"GET", "/?before=x", "/nowhere"},
		{"GET", "/live?thread=x", "/nowhere"},
		{"GET", "/part/posts?ids=x", "/nowhere"},
	} {
		a, n := nowhere(row.method, row.path), nowhere(row.method, row.never)
		if a.Code == http.StatusTemporaryRedirect {
			continue // the path was cleaned by the mux, before anything was looked up
		}
		if a.Code != http.StatusNotFound || n.Code != http.StatusNotFound {
			t.Errorf("%s %s = %d and %s = %d, want 404 twice", row.method, row.path, a.Code, row.never, n.Code)
		}
		if got, want := a.Body.String(), n.Body.String(); got != want {
			t.Errorf("%s %s differs from what never was:\n%s\n---\n%s", row.method, row.path, got, want)
		}
		if got, want := a.Header().Clone(), n.Header(); got.Get("Content-Type") != want.Get("Content-Type") || len(got) != len(want) {
			t.Errorf("%s %s: other headers than for what never was: %v, %v", row.method, row.path, got, want)
		}
	}
	if len(f.asked) != 0 || len(f.posts) != 1 || f.posts[id].Text != "canary-lake #lakes" {
		t.Error("something was done to another's things")
	}
}

func withAgreed(m camp.Member) camp.Member { m.Agreed = 1; return m }

func TestNoDeskNoHostPages(t *testing.T) {
	f := newFake()
	o := f.options()
	o.Desk, o.Kept = nil, func() []camp.Keeping { return nil }
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	b := &browser{t: t, site: s, cookie: f.signIn(vera), lang: "en"}
	b.want(b.get("/host"), http.StatusNotFound)
	if body := b.want(b.get("/"), 200); strings.Contains(body, `"/host"`) {
		t.Error("a link to pages that are not there")
	}
}

// TestHeaders holds the exact headers of each kind of answer.
func TestHeaders(t *testing.T) {
	f, id, pic := withPost(t)
	b := f.browser(t, mara)
	want := map[string]string{
		"Content-Security-Policy": "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'self'; script-src 'self'; " +
			"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
		"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "private, no-store",
		"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
		"Permissions-Policy": "camera=(), geolocation=(), microphone=()",
	}
	style := b.site.files.path("style.css")
	for _, path := range []string{"/", "/post/" + id.String(), "/media/" + string(pic), "/nowhere", "/part/posts?ids=" + id.String(), style} {
		h := b.get(path).Header()
		for k, v := range want {
			if path == style && k == "Cache-Control" {
				v = "public, max-age=31536000, immutable"
			}
			if h.Get(k) != v {
				t.Errorf("%s: %s = %q, want %q", path, k, h.Get(k), v)
			}
		}
	}
	r := b.request("GET", "/", nil, "")
	r.Host = "evil.example"
	if h := b.do(r).Header(); h.Get("Content-Security-Policy") != want["Content-Security-Policy"] {
		t.Error("421 without the headers")
	}
}

func TestMediaNeverRuns(t *testing.T) {
	f, _, pic := withPost(t)
	m := f.files[pic]
	m.Type = "image/svg+xml"
	f.files[pic] = m
	b := f.browser(t, mara)
	h := b.get("/media/" + string(pic)).Header()
	if h.Get("Content-Type") != "application/octet-stream" || h.Get("Content-Disposition") != "attachment" {
		t.Errorf("svg is served as %q, %q", h.Get("Content-Type"), h.Get("Content-Disposition"))
	}
}

func TestPanicEndsOneRequest(t *testing.T) {
	f := newFake()
	o := f.options()
	o.Posts = panicking{(*fakePosts)(f)}
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	b := &browser{t: t, site: s, cookie: f.signIn(mara), lang: "en"}
	b.want(b.get("/liked"), http.StatusInternalServerError)
	b.want(b.get("/"), 200)
}

type panicking struct{ *fakePosts }

func (panicking) Favourites(context.Context, camp.Actor, camp.Page) ([]camp.PostView, error) {
	panic("planted")
}
