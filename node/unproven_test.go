package node

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"camp/node/camp"
	"camp/node/clientapi"
)

// tokens are people of whom only one token is known.
type tokens struct{ clientapi.People }

func (tokens) ByToken(_ context.Context, secret string) (camp.Token, camp.Member, error) {
	if secret != "good" {
		return camp.Token{}, camp.Member{}, camp.NewFault(camp.NotFound, "people.no_token.say", nil)
	}
	return camp.Token{Scopes: []string{"read"}}, camp.Member{ID: 7, Standing: camp.Joined}, nil
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
	}{
		"a bad token":       {"/api/v1/announcements", "bad", http.StatusUnauthorized, true},
		"no token":          {"/api/v1/announcements", "", http.StatusUnauthorized, true},
		"what is open":      {"/health", "", http.StatusOK, true},
		"what is not there": {"/api/v9/x", "", http.StatusNotFound, true},
		"a member":          {"/api/v1/announcements", "good", http.StatusOK, false},
		"pictures":          {"/api/camp/face/1", "", http.StatusOK, false},
	} {
		f := &front{n: &Node{API: api}, meters: newMeters(clock)}
		ask := func(from string) *httptest.ResponseRecorder {
			r, w := httptest.NewRequest(http.MethodGet, row.path, nil), httptest.NewRecorder()
			if row.token != "" {
				r.Header.Set("Authorization", "Bearer "+row.token)
			}
			f.program(w, r, netip.MustParseAddr(from))
			return w
		}
		for range pagesBurst {
			if w := ask("9.9.9.9"); w.Code != row.want {
				t.Fatalf("%s: %d %s", name, w.Code, w.Body)
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
