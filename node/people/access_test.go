package people_test

import (
	"encoding/base64"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"camp/node/camp"
	"camp/store"
)

// CVE-2026-57574 (Misskey): a code that was used is good once more.
func TestCVE202657574LinksAreGoodOnce(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ada := h.add("ada", camp.RoleMember)
	link := func() string {
		s, err := h.NewLinkFor(ctx, ada)
		want(t, "making a link", say(err), "")
		return s
	}
	one := link()
	raw, err := base64.RawURLEncoding.DecodeString(one)
	want(t, "bits", len(raw)*8, 256)
	want(t, "base64url", err, nil)
	var in atomic.Int32
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if _, _, err := h.UseLink(ctx, one, "x"); err == nil {
				in.Add(1)
			} else if say(err) != "people.link_over.say" {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	want(t, "uses of one link", in.Load(), 1)
	two, three := link(), link()
	h.clock.add(10*time.Minute - time.Millisecond)
	_, _, err = h.UseLink(ctx, two, "x")
	want(t, "just in time", say(err), "")
	h.clock.add(time.Millisecond)
	_, _, err = h.UseLink(ctx, three, "x")
	want(t, "too late", say(err), "people.link_over.say")
	_, _, err = h.UseLink(ctx, "", "x")
	want(t, "empty", say(err), "people.link_over.say")
	want(t, "tidy", say(h.Tidy(ctx)), "")
	err = h.db.View(ctx, func(tx *store.Tx) error {
		left, err := tx.LinksOver(h.clock.now().Add(day), 10)
		want(t, "links left", len(left), 0) // AddMember's and the three
		return err
	})
	want(t, "reading", say(err), "")
}

func TestSecretsAreNotStored(t *testing.T) {
	h := newHouse(t)
	ada := h.add("ada", camp.RoleMember)
	cookie := h.signIn(ada)
	sessions, err := h.Sessions(t.Context(), ada)
	want(t, "listing", say(err), "")
	if len(sessions) != 1 || strings.Contains(sessions[0].ID, cookie[:8]) || sessions[0].ID == "" {
		t.Errorf("sessions: %v", sessions)
	}
	err = h.db.View(t.Context(), func(tx *store.Tx) error {
		_, plain, err := tx.Session(cookie)
		want(t, "found under the cookie itself", plain, false)
		return err
	})
	want(t, "reading", say(err), "")
}

// CVE-2025-24896 (Misskey): a session goes on after its end.
func TestCVE202524896SessionsEnd(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ada, ben := h.add("ada", camp.RoleMember), h.add("ben", camp.RoleMember)
	cookie := h.signIn(ada)
	s, m, err := h.SignedIn(ctx, cookie)
	want(t, "signed in", say(err), "")
	want(t, "who", m.ID, ada.Member)
	want(t, "label", s.Label, "Firefox on Linux")
	want(t, "last seen", m.LastSeen, "2026-11-22")
	seen, err := h.Member(ctx, ada.Member)
	want(t, "reading", say(err), "")
	want(t, "last seen, kept", seen.LastSeen, "2026-11-22")

	for range 14 { // visits every 29 days move the end
		h.clock.add(29 * day)
		if _, _, err := h.SignedIn(ctx, cookie); say(err) != "" {
			break
		}
	}
	_, _, err = h.SignedIn(ctx, cookie)
	want(t, "after 400 days, in spite of visits", say(err), "people.signed_out.say")
	cookie = h.signIn(ada)
	h.clock.add(30*day - time.Millisecond)
	_, _, err = h.SignedIn(ctx, cookie)
	want(t, "after 30 days, just in time", say(err), "")
	h.clock.add(30 * day)
	_, _, err = h.SignedIn(ctx, cookie)
	want(t, "30 days without a visit", say(err), "people.signed_out.say")

	one, two := h.signIn(ada), h.signIn(ada)
	list, err := h.Sessions(ctx, ada)
	want(t, "listing", say(err), "")
	want(t, "sessions that hold", len(list), 2)
	s, _, err = h.SignedIn(ctx, one)
	want(t, "signed in", say(err), "")
	want(t, "ending another's", say(h.EndSession(ctx, ben, s.ID)), "")
	_, _, err = h.SignedIn(ctx, one)
	want(t, "still signed in", say(err), "")
	want(t, "ending", say(h.EndSession(ctx, ada, s.ID)), "")
	want(t, "event", h.ear.has(camp.EventSessionEnd, ada.Member), true)
	_, _, err = h.SignedIn(ctx, one)
	want(t, "ended", say(err), "people.signed_out.say")
	_, _, err = h.SignedIn(ctx, two)
	want(t, "the other browser", say(err), "")
	for range 55 {
		h.signIn(ada)
	}
	list, err = h.Sessions(ctx, ada)
	want(t, "listing", say(err), "")
	want(t, "most sessions", len(list), 50)
}

func TestTokens(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ada := h.add("ada", camp.RoleMember)
	for scopes, w := range map[string]string{"": "", "read write:statuses": "", "admin": "people.scope_bad.say", "read, write": "people.scope_bad.say"} {
		var list []string
		if scopes != "" {
			list = []string{scopes}
		}
		_, err := h.NewToken(ctx, h.host, "ada", list)
		want(t, "scopes "+scopes, say(err), w)
	}
	list, err := h.Tokens(ctx, ada)
	want(t, "listing", say(err), "")
	want(t, "tokens", len(list), 2)
	secret, err := h.NewToken(ctx, h.host, "mia", nil)
	want(t, "for the host", say(err), "")
	tk, m, err := h.ByToken(ctx, secret)
	want(t, "by token", say(err), "")
	want(t, "whose", m.ID, h.host.Member)
	want(t, "all rights", strings.Join(tk.Scopes, " "), "read write follow push")
	want(t, "another ending it", say(h.EndToken(ctx, ada, tk.ID)), "")
	_, _, err = h.ByToken(ctx, secret)
	want(t, "still good", say(err), "")
	want(t, "ending it", say(h.EndToken(ctx, h.host, tk.ID)), "")
	_, _, err = h.ByToken(ctx, secret)
	want(t, "ended", say(err), "people.signed_out.say")
}
