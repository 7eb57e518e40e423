package node

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"camp/node/camp"
	"camp/node/clientapi"
	"camp/node/fed"
)

// tokens are people of whom only one token is known.
type tokens struct{ clientapi.People }

func (tokens) ByToken(_ context.Context, secret string) (camp.Token, camp.Member, error) {
	if secret != "good" && secret != "tool" {
		return camp.Token{}, camp.Member{}, camp.NewFault(camp.NotFound, "people.no_token.say", nil)
	}
	return camp.Token{Scopes: []string{"read"}, Tool: secret == "tool"}, camp.Member{ID: 7, Standing: camp.Joined}, nil
}

// sameAsNothing compares an answer with that for what never was, header by header.
func sameAsNothing(t *testing.T, name string, got *httptest.ResponseRecorder) {
	t.Helper()
	want := httptest.NewRecorder()
	fed.Nothing(want)
	if !reflect.DeepEqual(got.Header(), want.Header()) || got.Body.String() != want.Body.String() {
		t.Errorf("%s: %v %q, want %v %q", name, got.Header(), got.Body, want.Header(), want.Body)
	}
}

// Whoever has no good token asks as often as any stranger, and no more; a member
// elsewhere is not kept out by it, and has a rate of their own.
func TestProgramsOfNobodyAreCounted(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	api, err := clientapi.New(clientapi.Options{
		People: tokens{}, Posts: struct{ clientapi.Posts }{}, Media: struct{ clientapi.Media }{}, Now: clock, Rand: rand.Reader,
		Log: slog.New(slog.DiscardHandler), Base: func(*http.Request) string { return "https://oak.example" },
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, row := range map[string]struct {
		path, token string
		want        int  // as long as it is answered
		counted     bool // as a stranger's
		shut        bool // apps of members are not let in
	}{
		"a bad token":       {"/api/v1/announcements", "bad", http.StatusUnauthorized, true, false},
		"no token":          {"/api/v1/announcements", "", http.StatusUnauthorized, true, false},
		"what is open":      {"/health", "", http.StatusOK, true, false},
		"what is not there": {"/api/v9/x", "", http.StatusNotFound, true, false},
		"a member":          {"/api/v1/announcements", "good", http.StatusOK, false, false},
		"pictures":          {"/api/camp/face/1", "", http.StatusOK, false, false},

		"shut, a bad token":  {"/api/v1/announcements", "bad", http.StatusNotFound, true, true},
		"shut, a long token": {"/api/v1/announcements", strings.Repeat("x", 300), http.StatusNotFound, true, true},
		"shut, no token":     {"/api/v1/announcements", "", http.StatusNotFound, true, true},
		"shut, what is open": {"/health", "", http.StatusNotFound, true, true},
		"shut, a member":     {"/api/v1/announcements", "good", http.StatusNotFound, true, true},
		"shut, a tool":       {"/api/v1/announcements", "tool", http.StatusOK, false, true},
		"shut, pictures":     {"/api/camp/face/1", "", http.StatusOK, false, true},
	} {
		f := &front{n: &Node{API: api, opt: Options{Apps: func() bool { return !row.shut }}}, meters: newMeters(clock)}
		ask := func(from string) *httptest.ResponseRecorder {
			r, w := httptest.NewRequest(http.MethodGet, row.path, nil), httptest.NewRecorder()
			if row.token != "" {
				r.Header.Set("Authorization", "Bearer "+row.token)
			}
			f.program(w, r, netip.MustParseAddr(from))
			return w
		}
		for range pagesBurst {
			w := ask("9.9.9.9")
			if w.Code != row.want {
				t.Fatalf("%s: %d %s", name, w.Code, w.Body)
			}
			if row.shut && row.want == http.StatusNotFound {
				sameAsNothing(t, name, w)
			}
		}
		want := row.want
		if row.counted {
			want = http.StatusTooManyRequests
		}
		if w := ask("9.9.9.9"); w.Code != want {
			t.Errorf("%s, once more: %d, want %d", name, w.Code, want)
		}
		if w := ask("8.8.8.8"); w.Code != row.want {
			t.Errorf("%s, somebody else: %d", name, w.Code)
		}
	}
}
