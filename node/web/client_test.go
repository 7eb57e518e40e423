package web

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"camp/node/camp"
)

// browser asks a site as a browser with one session would.
type browser struct {
	t      *testing.T
	site   *Site
	cookie string
	lang   string
}

func newSite(t *testing.T, f *fake) *Site {
	t.Helper()
	s, err := New(f.options())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (f *fake) browser(t *testing.T, m camp.MemberID) *browser {
	t.Helper()
	b := &browser{t: t, site: newSite(t, f), lang: "en"}
	if m != 0 {
		b.cookie = f.signIn(m)
	}
	return b
}

func (b *browser) request(method, path string, body *strings.Reader, kind string) *http.Request {
	if body == nil {
		body = strings.NewReader("")
	}
	r := httptest.NewRequest(method, "http://127.0.0.1:4123"+path, body)
	ctx, cancel := context.WithTimeout(b.t.Context(), 5*time.Second) // should a stream open where none may
	b.t.Cleanup(cancel)
	r = r.WithContext(ctx)
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	r.Header.Set("Accept-Language", b.lang)
	if b.cookie != "" {
		r.AddCookie(&http.Cookie{Name: b.site.o.Cookie, Value: b.cookie})
	}
	if method == http.MethodPost {
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	return r
}

func (b *browser) do(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	b.site.ServeHTTP(w, r)
	return w
}

func (b *browser) get(path string) *httptest.ResponseRecorder {
	return b.do(b.request(http.MethodGet, path, nil, ""))
}

// post sends a form with the right token.
func (b *browser) post(path string, pairs ...string) *httptest.ResponseRecorder {
	q := url.Values{"csrf": {formToken(b.cookie)}}
	for i := 0; i+1 < len(pairs); i += 2 {
		q.Add(pairs[i], pairs[i+1])
	}
	return b.do(b.request(http.MethodPost, path, strings.NewReader(q.Encode()), "application/x-www-form-urlencoded"))
}

func (b *browser) want(w *httptest.ResponseRecorder, status int, parts ...string) string {
	b.t.Helper()
	body := w.Body.String()
	if w.Code != status {
		b.t.Fatalf("status = %d, want %d\n%s", w.Code, status, body)
	}
	for _, p := range parts {
		if !strings.Contains(body, p) {
			b.t.Errorf("%q is missing in\n%s", p, body)
		}
	}
	return body
}

var postID = regexp.MustCompile(`post-(\d{18})`)
