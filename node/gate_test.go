package node

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"testing"
	"time"

	"camp/node/camp"
	"camp/node/web"
)

// Every path of the door has a row, and every row a path: what was forgotten is
// closed to all, and found here.
func TestAccessIsComplete(t *testing.T) {
	known := web.DoorPatterns()
	for _, p := range known {
		if _, ok := access[p]; !ok {
			t.Errorf("%s has no row: say who may", p)
		}
	}
	for p, who := range access {
		if !slices.Contains(known, p) {
			t.Errorf("%s is no path of the door", p)
		}
		for _, nobody := range []camp.Principal{camp.PrincipalNone, camp.PrincipalNeighbour, camp.PrincipalRelay} {
			if slices.Contains(who, nobody) {
				t.Errorf("%s is open to %q", p, nobody)
			}
		}
	}
	if !slices.Equal(pages, []camp.Principal{camp.PrincipalDevice}) {
		t.Errorf("the camp's pages are open to %v", pages)
	}
}

// What each principal may ask for, written out: a change of the table is a
// change of this list.
func TestAccessByPrincipal(t *testing.T) {
	want := map[camp.Principal][]string{
		camp.PrincipalInvite:   {"GET /static/{file}", "GET /v1/join", "GET /{$}", "POST /join", "POST /v1/join"},
		camp.PrincipalWaiting:  {"GET /static/{file}", "GET /v1/join", "GET /v1/me", "GET /v1/paths", "GET /{$}", "POST /reply", "POST /v1/reply", "POST /v1/withdraw", "POST /withdraw"},
		camp.PrincipalDeclined: {"GET /static/{file}", "GET /v1/me", "GET /{$}", "POST /v1/withdraw"},
		camp.PrincipalDevice:   {"GET /v1/devices", "GET /v1/me", "GET /v1/paths", "POST /confirm", "POST /v1/devices", "POST /v1/devices/invite", "POST /v1/devices/key", "POST /v1/devices/{serial}/gone", "POST /v1/leave", "POST /v1/link", "POST /v1/stay"},
	}
	for who, paths := range want {
		var got []string
		for p, list := range access {
			if slices.Contains(list, who) {
				got = append(got, p)
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, paths) {
			t.Errorf("%s may ask for %q, want %q", who, got, paths)
		}
	}
}

// TestSharedCodesAreLetGo: whoever asked by a code for several people does not
// hold it by a connection that nobody ends.
func TestSharedCodesAreLetGo(t *testing.T) {
	for uses, want := range map[int]string{1: "", 5: "close"} {
		g := newGate(&Node{}, nil)
		w := httptest.NewRecorder()
		who := camp.Visitor{Peer: camp.Peer{Principal: camp.PrincipalInvite, Uses: uses}}
		func() {
			defer func() { _ = recover() }() // nothing is behind this gate
			g.pass(w, httptest.NewRequest(http.MethodGet, "/v1/join", nil), who)
		}()
		if got := w.Header().Get("Connection"); got != want {
			t.Errorf("a code of %d uses: Connection is %q, want %q", uses, got, want)
		}
	}
}

// Whose right is over asks how they stand, and for nothing else; not while the
// camp is paused, and not without end.
func TestTheLastWordIsBounded(t *testing.T) {
	n := &Node{opt: Options{Now: time.Now}}
	g := newGate(n, nil)
	addr := netip.MustParseAddr("fd00::1")
	who := camp.Visitor{Peer: camp.Peer{Serial: 7}}
	shut := func(method, path string, who camp.Visitor) (closed bool) {
		defer func() { closed = recover() == http.ErrAbortHandler }() // nothing is behind this gate: who comes through meets another panic
		g.lastWord(httptest.NewRecorder(), httptest.NewRequest(method, path, nil), addr, who)
		return false
	}
	if shut(http.MethodGet, "/v1/me", who) {
		t.Error("it is not heard")
	}
	for _, row := range []struct {
		method, path string
		who          camp.Visitor
	}{
		{http.MethodGet, "/v1/devices", who}, {http.MethodPost, "/v1/leave", who}, {http.MethodGet, "/", who}, {http.MethodGet, "/v1/me", camp.Visitor{}},
	} {
		if !shut(row.method, row.path, row.who) {
			t.Errorf("%s %s of %d comes through", row.method, row.path, row.who.Peer.Serial)
		}
	}
	n.paused.Store(true)
	if !shut(http.MethodGet, "/v1/me", who) {
		t.Error("a paused camp answers")
	}
	n.paused.Store(false)
	asked := 0
	for ; asked < 2*deviceBurst && !shut(http.MethodGet, "/v1/me", who); asked++ {
	}
	if asked >= 2*deviceBurst {
		t.Error("it can be asked without end")
	}
}
