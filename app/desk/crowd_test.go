package desk

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"camp/node/camp"
)

// TestCrowdOfTheSilent: connections of this computer that say nothing take the
// places there are and no more; meanwhile members read on through the tunnel, and
// the host's own browser gets in before the silent (reliability.md 11).
func TestCrowdOfTheSilent(t *testing.T) {
	const places, many = 512, 600 // node.maxConns
	h, m := hosting(t, t.TempDir()), visiting(t, t.TempDir())
	m.ask(h.do(camp.Intent{Do: camp.DoInvite}).Invite.Code, "Ana")
	h.until("somebody waits", waiting(1))
	h.do(camp.Intent{Do: camp.DoApprove, Person: "ana"})
	m.until("connected", func(st camp.State) bool { return connected(st) && standingIs(camp.Joined)(st) })
	member := surf(t, m.State().Memberships[0].Web)
	if body := member.post("/confirm", nil); !strings.Contains(body, "composer") {
		t.Fatalf("the member sees\n%s", body)
	}

	ctx, cancel := context.WithTimeout(t.Context(), long)
	defer cancel()
	at := strings.TrimPrefix(h.State().Web, "http://")
	var crowd []net.Conn
	defer func() {
		for _, c := range crowd {
			_ = c.Close()
		}
	}()
	for range many {
		c, err := (&net.Dialer{}).DialContext(ctx, "tcp", at)
		if err != nil {
			t.Fatal(err)
		}
		crowd = append(crowd, c)
	}
	held := many
	for held > places && ctx.Err() == nil { // those too many are closed without a byte
		held = 0
		for _, c := range crowd {
			if err := c.SetReadDeadline(time.Now().Add(time.Millisecond)); err != nil {
				t.Fatal(err)
			}
			if _, err := c.Read(make([]byte, 1)); errors.Is(err, os.ErrDeadlineExceeded) {
				held++
			}
		}
	}
	if held > places || held < places/2 {
		t.Errorf("%d silent connections are held, want %d", held, places)
	}
	if body := member.get("/"); !strings.Contains(body, "composer") {
		t.Errorf("beside the crowd the member sees\n%s", body)
	}
	host := func() (status int) {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, h.State().Web+"/", nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(r)
		if err != nil {
			return 0
		}
		defer func() { _ = res.Body.Close() }()
		return res.StatusCode
	}
	if got := host(); got != http.StatusUnauthorized { // the page for who is not signed in
		t.Errorf("beside the crowd the host's browser gets %d", got)
	}
	for _, c := range crowd {
		_ = c.Close()
	}
	for got := host(); got != http.StatusUnauthorized; got = host() {
		if ctx.Err() != nil {
			t.Fatalf("after the crowd the host gets no page: %d", got)
		}
	}
}
