package guest

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// hostileCamp answers every request, and notes what it was sent.
type hostileCamp struct {
	asked []*http.Request
	sets  []string
}

func (h *hostileCamp) RoundTrip(r *http.Request) (*http.Response, error) {
	h.asked = append(h.asked, r)
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Set-Cookie": h.sets, "Clear-Site-Data": {`"cookies"`}}, Body: io.NopCloser(strings.NewReader("hello")), Request: r,
	}, nil
}

// What a browser keeps for other camps, on other ports of this computer, is not
// shown to this one, and this one cannot change it.
func TestProxyKeepsCookiesApart(t *testing.T) {
	h := &hostileCamp{sets: []string{"camp-1=mine; Path=/; HttpOnly; SameSite=Strict; Max-Age=60", "camp-other=stolen; Domain=127.0.0.1", "broken"}}
	p := &Proxy{Log: slog.New(slog.DiscardHandler)}
	via := p.handOn(h, "[fd00::1]", "abc.")
	r := httptest.NewRequest(http.MethodGet, "http://127.0.0.1:4000/", nil)
	r.Header.Set("Cookie", "camp-other=secret; abc.camp-1=mine; abcd.camp-1=theirs; porch-1=secret")
	r.Header.Set("X-Forwarded-For", "192.168.1.7")
	w := httptest.NewRecorder()
	via.ServeHTTP(w, r)
	got := h.asked[0]
	if c := got.Header.Values("Cookie"); len(c) != 1 || c[0] != "camp-1=mine" {
		t.Errorf("the camp is shown %q", c)
	}
	if got.Host != "[fd00::1]" || got.Header.Get("X-Forwarded-For") != "" {
		t.Errorf("the camp is told host %q, forwarded %q", got.Host, got.Header.Get("X-Forwarded-For"))
	}
	list := w.Result().Cookies()
	if len(list) != 2 || list[0].Name != "abc.camp-1" || list[1].Name != "abc.camp-other" || list[1].Domain != "" {
		t.Errorf("the browser is handed %v", list)
	}
	if c := list[0]; !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.MaxAge != 60 || c.Path != "/" {
		t.Errorf("the session became %+v", c)
	}
	if w.Header().Get("Clear-Site-Data") != "" {
		t.Error("the camp can empty the jar for all")
	}
}

// What the program asks without a session is no browser's business; nor is
// another name that leads here.
func TestProxyHandsOnPagesAlone(t *testing.T) {
	p := &Proxy{
		Link: func() *Link { return nil }, Log: slog.New(slog.DiscardHandler), hosts: []string{"127.0.0.1:4000"},
		Asleep: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) },
	}
	for target, want := range map[string]int{
		"http://127.0.0.1:4000/":            http.StatusServiceUnavailable,
		"http://127.0.0.1:4000/v1x":         http.StatusServiceUnavailable,
		"http://127.0.0.1:4000/v1/link":     http.StatusNotFound,
		"http://127.0.0.1:4000//v1/link":    http.StatusNotFound,
		"http://127.0.0.1:4000/x/../v1/me":  http.StatusNotFound,
		"http://127.0.0.1:4000/%76%31/link": http.StatusNotFound,
		"http://rebound.example:4000/":      http.StatusMisdirectedRequest,
		"http://127.0.0.1:4001/":            http.StatusMisdirectedRequest,
	} {
		w := httptest.NewRecorder()
		p.ServeHTTP(w, httptest.NewRequest(http.MethodPost, target, nil))
		if w.Code != want {
			t.Errorf("%s: %d, want %d", target, w.Code, want)
		}
	}
}
