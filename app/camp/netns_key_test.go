//go:build netns

package main_test

import (
	"context"
	"fmt"
	"net/netip"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// phoneIn has somebody with a phone alone join and be let in.
func (s *space) phoneIn(h *running, name, handle string) *surfer {
	s.t.Helper()
	inv := h.ctl("invite", "new", "--phone")
	s.stock(inv["code"].(string), "")
	b := s.surf(inv["web"].(string))
	page := b.do("GET", "/", nil)
	form := url.Values{"name": {name}}
	for _, key := range []string{"version", "hash"} {
		form.Set(key, regexp.MustCompile(`name="` + key + `" value="([^"]+)"`).FindStringSubmatch(page)[1])
	}
	for _, r := range regexp.MustCompile(`name="rule" value="(\d+)"`).FindAllStringSubmatch(page, -1) {
		form.Add("rule", r[1])
	}
	b.do("POST", "/join", form)
	h.waiting(handle)
	h.ctl("member", "approve", handle)
	b.do("POST", "/confirm", url.Values{})
	return b
}

// The host gives the camp a new key for the way in. A member's computer is seen
// on it without anybody doing anything, its browser notices nothing; who is
// removed is cut off at both keys; another build of WireGuard goes on by the old
// one, also after the camp's restart, until that is ended, and is silent then.
func TestLabNewTunnelKey(t *testing.T) {
	l, host, others := home(t, 4)
	others[3].needs("wireguard-go", "wg")
	dir := filepath.Join(t.TempDir(), "data")
	serve := func() *running {
		h := host.camp(dir, "serve", "--name", "Orchard", "--host-user", "noor")
		h.line("ready", true)
		return h
	}
	h := serve()
	mara, tom := others[0].approved(h, "Mara", "mara"), others[1].approved(h, "Tom", "tom")
	phone := others[3].phoneIn(h, "Opa Jan", "opa_jan")
	b, c := mara.signIn(), tom.signIn()
	was := netip.MustParseAddrPort(h.ctl("status")["tunnel"].(string)).Port()
	code := h.ctl("invite", "new")["code"].(string)

	st := h.ctl("reach", "renew")
	if st["former"] == "" {
		t.Fatalf("after the change: %v", st)
	}
	l.until("the computers came over, the phone did not", func() bool { return h.ctl("reach", "status")["late"].(float64) == 1 })
	now := netip.MustParseAddrPort(h.ctl("status")["tunnel"].(string)).Port()
	if now == was {
		t.Errorf("both keys at one port: %d", now)
	}
	b.write("greetings by the new key")
	l.until("another member reads it", func() bool { return strings.Contains(c.do("GET", "/", nil), "greetings by the new key") })
	phone.write("greetings by the old key")
	l.until("a member reads that", func() bool { return strings.Contains(b.do("GET", "/", nil), "greetings by the old key") })
	if _, err := h.tryCtl("reach", "renew"); err == nil || !strings.Contains(err.Error(), "people.tunnel_key_two.say") {
		t.Errorf("a third key: %v", err)
	}

	h.end()
	h = serve()
	if at := netip.MustParseAddrPort(h.ctl("status")["tunnel"].(string)).Port(); at != now {
		t.Errorf("after a restart at %d, was %d", at, now)
	}
	l.until("the member is back", func() bool {
		status, body, err := b.try("GET", "/", nil)
		return err == nil && status == 200 && strings.Contains(body, "greetings by the new key")
	})
	l.until("the phone is back", func() bool {
		status, body, err := phone.try("GET", "/", nil)
		return err == nil && status == 200 && strings.Contains(body, "greetings by the new key")
	})
	eva := others[2].camp(filepath.Join(t.TempDir(), "data"), "join", code, "--name", "Eva") // by a code from before
	h.waiting("eva")
	h.ctl("member", "approve", "eva")
	eva.line("state", "member")
	l.until("who came by an old code came over", func() bool { return h.ctl("reach", "status")["late"].(float64) == 1 })

	h.ctl("member", "remove", "tom")
	tom.line("state", "removed")
	if status, body, err := c.try("GET", "/", nil); err == nil && status == 200 {
		t.Errorf("a removed member still reads:\n%.300s", body)
	}
	if _, err := h.tryCtl("reach", "end"); err == nil || !strings.Contains(err.Error(), "people.tunnel_key_late.say") {
		t.Errorf("ended without saying whom it shuts out: %v", err)
	}
	if st := h.ctl("reach", "end", "1"); st["former"] != "" || st["late"] != 0. {
		t.Errorf("afterwards: %v", st)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if _, err := others[3].dial(ctx, "tcp", strings.TrimPrefix(phone.base, "http://")+":80"); err == nil {
		t.Error("the phone is answered by the old key")
	}
	if out := host.run("ss", "-uln"); strings.Contains(out, fmt.Sprintf(":%d ", was)) {
		t.Errorf("the port of the old key is open:\n%s", out)
	}
	b.write("and on it goes")
	if own := h.signIn().do("GET", "/", nil); !strings.Contains(own, "and on it goes") {
		t.Error("the host does not read what the member wrote")
	}
}

// Behind routers each key has a door of its own: a member from outside comes over
// by the new one's, and the old one's is given back when it ends.
func TestLabNewTunnelKeyThroughRouters(t *testing.T) {
	l, host, router, member := twoHomes(t)
	router.miniupnpd(true, false)
	h := host.camp(filepath.Join(t.TempDir(), "data"), "serve", "--name", "Orchard", "--host-user", "noor")
	h.line("ready", true)
	m := member.approved(h, "Mara", "mara")
	doors := func(n int) func() bool {
		return func() bool { return strings.Count(router.run("nft", "list ruleset"), "dnat") == n }
	}
	l.until("the first door", doors(1))
	h.ctl("reach", "renew")
	l.until("a door for each key", doors(2))
	l.until("the member came over", func() bool { return h.ctl("reach", "status")["late"].(float64) == 0 })
	b := m.signIn()
	b.write("from outside by the new key")
	h.ctl("reach", "end")
	l.until("the old key's door is closed", doors(1))
	l.until("the member still reads", func() bool {
		status, body, err := b.try("GET", "/", nil)
		return err == nil && status == 200 && strings.Contains(body, "from outside by the new key")
	})
	h.end()
	l.until("no door is open", doors(0))
}
