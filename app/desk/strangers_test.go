package desk

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"camp/node/camp"
	"camp/tunnel"
	"camp/tunnel/guest"
	"camp/tunnel/invite"
)

// stranger stands behind an invite's key in the tunnel.
func stranger(t *testing.T, code string) *guest.Link {
	t.Helper()
	inv, err := invite.Decode(code)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := invite.Derive(inv.Secret, inv.CampKey)
	if err != nil {
		t.Fatal(err)
	}
	l, err := guest.Open(guest.Key{
		Camp: inv.CampKey, Private: keys.Private, Preshared: keys.Preshared, Inner: []netip.Addr{tunnel.NewPlan(inv.CampKey).Invite(keys.ID)},
	}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	if err := l.Try(inv.Direct); err != nil {
		t.Fatal(err)
	}
	return l
}

// Somebody with a code sees the name of the camp, its host and its rules, and
// nothing else: no other path answers with a byte, and nothing of the camp's
// inside stands on what does.
func TestStrangersSeeNothing(t *testing.T) {
	h := hosting(t, t.TempDir())
	h.do(camp.Intent{Do: camp.DoMemberAdd, Person: "canarymember"})
	ctx := t.Context()
	if _, err := h.on.Load().node.Posts.Write(ctx, h.on.Load().node.Host(), camp.Draft{Text: "canarypost"}); err != nil {
		t.Fatal(err)
	}
	l := stranger(t, h.do(camp.Intent{Do: camp.DoInvite, Uses: 5, Name: "canarynote"}).Invite.Code)
	client := &http.Client{Transport: l.Transport(), CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	ask := func(method, path, host string) (string, error) {
		ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
		defer cancel()
		r, err := http.NewRequestWithContext(ctx, method, "http://["+l.Host().String()+"]"+path, strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		if host != "" {
			r.Host = host
		}
		res, err := client.Do(r)
		if err != nil {
			return "", err
		}
		defer func() { _ = res.Body.Close() }()
		raw, err := io.ReadAll(res.Body)
		return string(raw), err
	}
	for _, path := range []string{"/", "/v1/join"} { // the control: these do answer
		body, err := ask(http.MethodGet, path, "")
		if err != nil || !strings.Contains(body, "Orchard") || strings.Contains(body, "canary") {
			t.Errorf("%s: %v\n%s", path, err, body)
		}
	}
	for _, path := range []string{
		"/people", "/@canarymember", "/host", "/live", "/live?fire=1", "/search?q=canarypost", "/me", "/invites", "/blocks", "/log", "/kept", "/rules",
		"/in/secret", "/media/aaaaaaaaaaaaaaaaaaaaaaaaaa", "/post/000000000000000001", "/v1/me", "/v1/devices", "/v1/nothing", "/nowhere",
	} {
		if body, err := ask(http.MethodGet, path, ""); err == nil {
			t.Errorf("%s answers\n%s", path, body)
		}
	}
	for _, path := range []string{"/v1/link", "/v1/withdraw", "/v1/devices", "/v1/devices/invite", "/confirm", "/post", "/host/people", "/waiting/x/in"} {
		if body, err := ask(http.MethodPost, path, ""); err == nil {
			t.Errorf("POST %s answers\n%s", path, body)
		}
	}
	if body, err := ask(http.MethodGet, "/v1/join", "127.0.0.1"); err == nil {
		t.Errorf("another name answers\n%s", body)
	}
	// No other door of this computer can be reached through the tunnel.
	web := netip.MustParseAddrPort(strings.TrimPrefix(h.State().Web, "http://"))
	for _, at := range []netip.AddrPort{web, netip.AddrPortFrom(l.Host(), web.Port())} {
		dial, cancel := context.WithTimeout(ctx, 700*time.Millisecond)
		if c, err := l.Dial(dial, at); err == nil {
			_ = c.Close()
			t.Errorf("%s can be reached from inside the tunnel", at)
		}
		cancel()
	}
}
