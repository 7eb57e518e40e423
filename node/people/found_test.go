package people_test

import (
	"bytes"
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base32"
	"log/slog"
	"strings"
	"testing"
	"testing/iotest"

	"camp/node/camp"
	"camp/node/people"
	"camp/store"
)

func TestFound(t *testing.T) {
	h := empty(t)
	_, err := h.House(t.Context())
	want(t, "before", say(err), "people.no_camp.say")
	ok, err := h.Founded(t.Context())
	want(t, "founded before", ok, false)
	want(t, "asking", say(err), "")
	house, host, err := h.Found(t.Context(), founding())
	if err != nil {
		t.Fatal(err)
	}
	want(t, "name", house.Name, "Willow Lane")
	want(t, "slug", house.Slug, "willow-lane")
	want(t, "host", house.Host, host.ID)
	want(t, "made", house.Made, h.clock.now())
	want(t, "handle", host.Name, "mia")
	want(t, "language of the camp", house.Language, "nl")
	want(t, "language of the host, who chose none", host.Language, "")
	want(t, "role", host.Role, camp.RoleHost)
	want(t, "agreed", host.Agreed, 1)
	want(t, "by word", host.ByWord, false)
	keys, err := h.Keys(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want(t, "phrase", string(keys.Phrase.Reveal()), "one two three")
	public := ed25519.NewKeyFromSeed(keys.Identity.Reveal()).Public().(ed25519.PublicKey)
	sum := sha256.Sum256(public)
	want(t, "fingerprint", house.Fingerprint, strings.ToLower(base32.StdEncoding.EncodeToString(sum[:]))[:16])
	tunnel := keys.Tunnel.Reveal()
	want(t, "clamped", tunnel[0]&7 == 0 && tunnel[31]&128 == 0 && tunnel[31]&64 == 64, true)
	if _, err := ecdh.X25519().NewPrivateKey(tunnel); err != nil {
		t.Error(err)
	}
	if bytes.Equal(tunnel, keys.Identity.Reveal()) {
		t.Error("both keys are the same")
	}
	r, err := h.Rules(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want(t, "rules", strings.Join(r.Texts, "|"), "Be kind.|Ask first.")
	want(t, "hash", r.Hash, camp.RulesHash(1, r.Texts))
	agreed, err := h.Agreements(t.Context(), camp.Actor{Member: host.ID})
	if err != nil || len(agreed) != 1 {
		t.Fatalf("agreements: %v, %v", agreed, err)
	}
	want(t, "agreement", agreed[0], camp.Agreement{Member: host.ID, Version: 1, Hash: r.Hash, At: h.clock.now(), By: "self"})
	_, _, err = h.Found(t.Context(), founding())
	want(t, "again", say(err), "people.founded.say")
}

// TestTypedNames: where nothing but a handle was typed, it is shown as it was typed.
func TestTypedNames(t *testing.T) {
	for typed, want := range map[string][2]string{"Ana": {"ana", "Ana"}, " @McKay_2 ": {"mckay_2", "McKay_2"}, "bo": {"bo", "bo"}} {
		f := founding()
		f.Host, f.Display = typed, ""
		_, host, err := empty(t).Found(t.Context(), f)
		if err != nil || host.Name != want[0] || host.Display != want[1] {
			t.Errorf("host %q: %q shown as %q, %v", typed, host.Name, host.Display, err)
		}
		h := newHouse(t)
		m, _, err := h.AddMember(t.Context(), h.host, typed, camp.RoleMember)
		if err != nil || m.Name != want[0] || m.Display != want[1] {
			t.Errorf("member %q: %q shown as %q, %v", typed, m.Name, m.Display, err)
		}
	}
}

func TestFoundRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*people.Founding)
		want   string
	}{
		"no name":    {func(f *people.Founding) { f.Name = " \u200b " }, "people.camp_name.say"},
		"bad handle": {func(f *people.Founding) { f.Host = "12" }, "people.name_bad.say"},
		"no rules":   {func(f *people.Founding) { f.Rules = nil }, "people.rules_number.say"},
		"long rule":  {func(f *people.Founding) { f.Rules = []string{strings.Repeat("x", 501)} }, "people.rule_long.say"},
	} {
		t.Run(name, func(t *testing.T) {
			h := empty(t)
			f := founding()
			c.change(&f)
			_, _, err := h.Found(t.Context(), f)
			want(t, "fault", say(err), c.want)
			ok, err := h.Founded(t.Context())
			want(t, "founded", ok, false)
			want(t, "asking", say(err), "")
		})
	}
}

// TestFoundWithoutChance: where no randomness comes, nothing is made.
func TestFoundWithoutChance(t *testing.T) {
	h := empty(t)
	broken := people.New(people.Options{
		Store: store.As[people.Tx](h.db), Rand: iotest.ErrReader(iotest.ErrTimeout), Log: slog.New(slog.DiscardHandler),
	})
	if _, _, err := broken.Found(t.Context(), founding()); err == nil {
		t.Error("a camp was founded without randomness")
	}
	short := people.New(people.Options{
		Store: store.As[people.Tx](h.db), Rand: bytes.NewReader(make([]byte, 40)), Log: slog.New(slog.DiscardHandler),
	})
	if _, _, err := short.Found(t.Context(), founding()); err == nil {
		t.Error("a camp was founded with half its randomness")
	}
}

func TestNames(t *testing.T) {
	for _, c := range []struct{ in, slug, handle string }{
		{"Willow Lane", "willow-lane", "willow_lane"},
		{"  --Café  Über!--", "cafe-uber", "cafe_uber"},
		{"Mia's", "mias", "mias"},
		{"日本", "camp", "host"},
		{"42", "42", "host"},
		{"", "camp", "host"},
		{strings.Repeat("ab ", 40), "ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-a", "ab_ab_ab_ab_ab_ab_ab_ab_ab_ab"},
	} {
		want(t, "slug of "+c.in, people.Slug(c.in), c.slug)
		want(t, "handle of "+c.in, people.HandleFrom(c.in), c.handle)
	}
}

func TestCampName(t *testing.T) {
	h := newHouse(t)
	ada := h.add("ada", camp.RoleHelper)
	want(t, "by a helper", say(h.SetCampName(t.Context(), ada, "x")), "people.only_host.say")
	want(t, "empty", say(h.SetCampName(t.Context(), h.host, " ")), "people.camp_name.say")
	want(t, "by the host", say(h.SetCampName(t.Context(), h.host, "Oak Lane")), "")
	house, err := h.House(t.Context())
	want(t, "reading", say(err), "")
	want(t, "name", house.Name, "Oak Lane")
	want(t, "slug stays", house.Slug, "willow-lane")
}
