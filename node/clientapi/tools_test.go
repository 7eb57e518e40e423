package clientapi

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"camp/node/camp"
	"camp/store"
)

// appToken gives a token as an app of a member's would have it: not of the
// host's making.
func (g *rig) appToken(m camp.MemberID) string {
	g.t.Helper()
	tool := g.token("mia")
	var row camp.TokenRow
	sum := sha256.Sum256([]byte(tool))
	err := g.db.Update(g.t.Context(), func(tx *store.Tx) error {
		had, ok, err := tx.Token(hex.EncodeToString(sum[:]))
		if err != nil || !ok {
			g.t.Fatalf("the token is not there: %v", err)
		}
		row = had
		row.Tool, row.Member = false, m
		return tx.PutToken(row)
	})
	if err != nil {
		g.t.Fatal(err)
	}
	return tool
}

// Where the host lets no apps in, only what the host's own tools ask for is
// answered; the rest is as what never was, without a header of ours.
func TestServeTools(t *testing.T) {
	t.Parallel()
	g := newRig(t)
	app := g.appToken(g.host.Member)
	pic := str(g.ask(g.mia, "POST", "/api/v2/media", newParts().file("file", aPond(t))).object(), "id")
	id := g.write(g.mia, "a pond", "media_ids[]", pic)
	place := func(token string) string {
		v := g.get(token, "/api/v1/statuses/"+id).object()
		return strings.TrimPrefix(str(things(v["media_attachments"])[0], "url"), base)
	}
	ofTool, ofApp := place(g.mia), place(app)
	for _, tt := range []struct {
		name, method, path, token string
		want                      int // 0: nothing
	}{
		{"a tool", "GET", "/api/v1/timelines/home", g.mia, 200},
		{"a tool, in the address", "GET", "/api/v1/timelines/home?access_token=" + g.mia, "", 200},
		{"a tool, what is not there", "GET", "/api/v1/statuses/1", g.mia, 404},
		{"a tool, an address that is not there", "GET", "/api/v9/x", g.mia, 404},
		{"a tool's picture", "GET", ofTool, "", 200},
		{"a plain face", "GET", facePath + "3", "", 200},
		{"an app", "GET", "/api/v1/timelines/home", app, 0},
		{"an app writes", "POST", "/api/v1/statuses", app, 0},
		{"an app's picture", "GET", ofApp, "", 0},
		{"no token", "GET", "/api/v1/timelines/home", "", 0},
		{"a bad token", "GET", "/api/v1/timelines/home", "x", 0},
		{"a bad token in the address", "GET", "/api/v1/timelines/home?access_token=%ff", "", 0},
		{"a long token", "GET", "/api/v1/timelines/home", strings.Repeat("x", 5000), 0},
		{"what is open to all", "GET", "/api/v1/instance", "", 0},
		{"health", "GET", "/health", "", 0},
		{"a browser's question", "OPTIONS", "/api/v1/statuses", "", 0},
		{"a forged picture", "GET", filePath + "x/y/full", "", 0},
	} {
		r, w := httptest.NewRequest(tt.method, base+tt.path, nil), httptest.NewRecorder()
		if tt.token != "" {
			r.Header.Set("Authorization", "Bearer "+tt.token)
		}
		nothing := false
		g.api.ServeTools(w, r, func(w http.ResponseWriter, _ *http.Request) { nothing = true })
		switch {
		case nothing != (tt.want == 0):
			t.Errorf("%s: nothing %v, status %d", tt.name, nothing, w.Code)
		case nothing && (len(w.Header()) > 0 || w.Body.Len() > 0):
			t.Errorf("%s: headers %v, %d bytes", tt.name, w.Header(), w.Body.Len())
		case !nothing && w.Code != tt.want:
			t.Errorf("%s: status %d, want %d", tt.name, w.Code, tt.want)
		}
	}
	// Scopes and the end of a token hold there too.
	g.get(g.token("mia", "read"), "/api/v1/timelines/home").want(200)
	narrow := g.token("mia", "read:accounts")
	r, w := httptest.NewRequest("GET", base+"/api/v1/timelines/home", nil), httptest.NewRecorder()
	r.Header.Set("Authorization", "Bearer "+narrow)
	g.api.ServeTools(w, r, func(http.ResponseWriter, *http.Request) { t.Error("nothing") })
	want(t, "a narrow token", w.Code, 403)
	// The bit in a ticket is under its MAC.
	g.get("", ofTool).want(200)
	g.get("", ofApp).want(200)
}
