package people_test

import (
	"testing"

	"camp/node/camp"
)

func TestRules(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ada := h.add("ada", camp.RoleMember)
	_, err := h.PublishRules(ctx, ada, camp.RulesDraft{Texts: []string{"x"}})
	want(t, "by a member", say(err), "people.only_host.say")
	first, err := h.Rules(ctx)
	want(t, "reading", say(err), "")
	two := h.voted("Be kinder.")
	three := h.small("Be kinder!")
	want(t, "asks still for", three.Asks, two.Asks)
	for _, c := range []struct {
		name    string
		version int
		hash    string
		want    string
	}{
		{"an old version", first.Version, first.Hash, "people.rules_newer.say"},
		{"another's hash", three.Version, first.Hash, "people.rules_newer.say"},
		{"no hash", three.Version, "", "people.rules_newer.say"},
		{"a future version", 9, three.Hash, "people.rules_newer.say"},
		{"the newest", three.Version, three.Hash, ""},
	} {
		want(t, c.name, say(h.Agree(ctx, ada, c.version, c.hash)), c.want)
	}
	m, err := h.Member(ctx, ada.Member)
	want(t, "reading", say(err), "")
	want(t, "agreed", m.Agreed, 3)
	want(t, "by word no more", m.ByWord, false)
	agreed, err := h.Agreements(ctx, ada)
	want(t, "reading", say(err), "")
	want(t, "records", len(agreed), 2)
	want(t, "last record", agreed[1].By+agreed[1].Hash, "self"+three.Hash)
	all, err := h.AllRules(ctx)
	want(t, "reading", say(err), "")
	want(t, "versions", len(all), 3)
	want(t, "newest first", all[0].Version, 3)
	want(t, "immutable", all[2].Texts[0], "Be kind.")
}

func TestAgreeIsAsked(t *testing.T) {
	h := newHouse(t)
	ada := h.add("ada", camp.RoleMember)
	r, err := h.Rules(t.Context())
	want(t, "reading", say(err), "")
	want(t, "agree to what the host agreed to", say(h.Agree(t.Context(), ada, r.Version, r.Hash)), "")
	list, err := h.Agreements(t.Context(), ada)
	want(t, "reading", say(err), "")
	want(t, "the record says so", list[0].By, "self")
	want(t, "nobody", say(h.Agree(t.Context(), camp.Actor{}, 1, r.Hash)), "people.not_member.say")
}
