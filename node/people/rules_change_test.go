package people_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"camp/node/camp"
	"camp/store"
)

// voted writes rules as a vote would: a real change.
func (h *house) voted(texts ...string) camp.Rules {
	h.t.Helper()
	now, err := h.Rules(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	r := camp.Rules{Version: now.Version + 1, Date: h.clock.now(), Texts: texts, Asks: now.Version + 1}
	r.Hash = camp.RulesHash(r.Version, texts)
	if err := h.db.Update(h.t.Context(), func(tx *store.Tx) error { return tx.PutRules(r) }); err != nil {
		h.t.Fatal(err)
	}
	return r
}

// small publishes a small change of the founding rules.
func (h *house) small(texts ...string) camp.Rules {
	h.t.Helper()
	r, err := h.PublishRules(h.t.Context(), h.host, camp.RulesDraft{Texts: texts, Small: true})
	if err != nil {
		h.t.Fatalf("publish %v: %v", texts, err)
	}
	return r
}

func (h *house) objections() (n int) {
	h.t.Helper()
	err := h.db.View(h.t.Context(), func(tx *store.Tx) error {
		list, err := tx.Objections()
		n = len(list)
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return n
}

// heard gives the kinds of notices that somebody has, newest first.
func (h *house) heard(m camp.MemberID) (kinds []camp.NoticeKind) {
	h.t.Helper()
	for _, n := range h.told(camp.Actor{Member: m}) {
		kinds = append(kinds, n.Kind)
	}
	return kinds
}

func (h *house) deeds() (list []string) {
	h.t.Helper()
	lines, err := h.LogFor(h.t.Context(), h.host, camp.Page{Limit: 40})
	if err != nil {
		h.t.Fatal(err)
	}
	for _, l := range lines {
		list = append(list, l.Deed)
	}
	return list
}

// TestRulesAlone: while nobody else is there the host changes the rules as they
// like, each time a version of its own that stays as it was.
func TestRulesAlone(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	first, err := h.Rules(ctx)
	want(t, "read", say(err), "")
	for i, texts := range [][]string{
		{"Be kind.", "Ask first.", "No adverts."}, {"Ask first.", "Be kind.", "No adverts."}, {"Only one."}, {"Be kind.", "Ask first."},
	} {
		r, err := h.PublishRules(ctx, h.host, camp.RulesDraft{Texts: texts})
		want(t, "publish", say(err), "")
		want(t, "version", r.Version, i+2)
		want(t, "asks", r.Asks, i+2)
		want(t, "small", r.Small(), false)
		want(t, "hash", r.Hash, camp.RulesHash(i+2, texts))
		want(t, "date", r.Date.Equal(h.clock.now()), true)
		h.clock.add(time.Minute)
	}
	all, err := h.AllRules(ctx)
	want(t, "read", say(err), "")
	want(t, "versions", len(all), 5)
	if got := all[4]; got.Hash != first.Hash || !slices.Equal(got.Texts, first.Texts) {
		t.Errorf("the first version changed: %+v", got)
	}
	agreed, err := h.Agreements(ctx, h.host)
	want(t, "read", say(err), "")
	want(t, "the host agrees to each", len(agreed), 5)
	want(t, "hash agreed to", agreed[4].Hash, all[0].Hash)
	want(t, "log", h.deeds()[0], "log.rules_changed")
	for name, c := range map[string]struct {
		d    camp.RulesDraft
		want string
	}{
		"the same":            {camp.RulesDraft{Texts: []string{"Be kind.", " Ask  first. "}}, "people.rules_same.say"},
		"none":                {camp.RulesDraft{Texts: []string{" ", ""}}, "people.rules_number.say"},
		"too many":            {camp.RulesDraft{Texts: make31()}, "people.rules_number.say"},
		"too long":            {camp.RulesDraft{Texts: []string{strings.Repeat("x", camp.MaxRule+1)}}, "people.rule_long.say"},
		"of an older version": {camp.RulesDraft{Texts: []string{"x"}, Hash: first.Hash}, "people.rules_stale.say"},
	} {
		_, err := h.PublishRules(ctx, h.host, c.d)
		want(t, name, say(err), c.want)
	}
	_, err = h.PublishRules(ctx, camp.Actor{}, camp.RulesDraft{Texts: []string{"x"}})
	want(t, "nobody", say(err), "people.not_member.say")
}

func make31() (list []string) {
	for i := range 31 {
		list = append(list, strconv.Itoa(i))
	}
	return list
}

// TestRulesWithOthers: what the host may and may not publish once somebody else
// is in the camp.
func TestRulesWithOthers(t *testing.T) {
	for name, c := range map[string]struct {
		texts []string
		small bool
		want  string
	}{
		"other words, as small":     {[]string{"Be kind!", "Ask first."}, true, ""},
		"other words, not so said":  {[]string{"Be kind!", "Ask first."}, false, "people.rules_small.say"},
		"one more":                  {[]string{"Be kind.", "Ask first.", "No adverts."}, true, "people.rules_vote.say"},
		"one less":                  {[]string{"Be kind."}, true, "people.rules_vote.say"},
		"another order":             {[]string{"Ask first.", "Be kind."}, true, "people.rules_vote.say"},
		"one said twice":            {[]string{"Be kind.", "Be kind."}, true, "people.rules_vote.say"},
		"one more, not said small":  {[]string{"Be kind.", "Ask first.", "No adverts."}, false, "people.rules_vote.say"},
		"the same, as small":        {[]string{"Be kind.", "Ask first."}, true, "people.rules_same.say"},
		"an empty one in the midst": {[]string{"Be kind.", "", "Ask first!"}, true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			h.add("ada", camp.RoleGuest)
			_, err := h.PublishRules(t.Context(), h.host, camp.RulesDraft{Texts: c.texts, Small: c.small})
			want(t, "publish", say(err), c.want)
			r, err := h.Rules(t.Context())
			want(t, "read", say(err), "")
			if c.want != "" && r.Version != 1 {
				t.Errorf("refused, and yet version %d holds", r.Version)
			}
		})
	}
}

// TestRulesWhoIsOthers: who counts as somebody else, and when the host is alone again.
func TestRulesWhoIsOthers(t *testing.T) {
	s := newStanding(t)
	ctx := t.Context()
	n := 0
	free := func(what string, yes bool) {
		t.Helper()
		st, err := s.RulesStand(ctx, s.host)
		want(t, what, say(err), "")
		want(t, what+": alone", st.Alone, yes)
		n++
		_, err = s.PublishRules(ctx, s.host, camp.RulesDraft{Texts: []string{"Rule " + strconv.Itoa(n), "And", "more"}[:1+n%2]})
		if say(err) != "" != !yes {
			t.Errorf("%s: %v", what, err)
		}
	}
	free("at first", true)
	s.invite(camp.InviteWish{})
	free("with a code open", true)
	s.ask("Ann", 1)
	free("somebody waits", false)
	want(t, "approve", say(s.Approve(ctx, s.host, "ann")), "")
	free("let in", false)
	want(t, "a break", say(s.Suspend(ctx, s.host, "ann", day)), "")
	free("on a break", false)
	want(t, "remove", say(s.Remove(ctx, s.host, "ann", false)), "")
	free("removed", true)
	s.ask("Ben", 2)
	want(t, "decline", say(s.Decline(ctx, s.host, "ben", "")), "")
	free("declined", true)
}

// TestSmallChange: everybody is told, nobody's writing stops, nobody is asked
// again; three objections take it back, and everybody is told of that.
func TestSmallChange(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	var who []camp.Actor
	for i := range 7 {
		who = append(who, h.add("m"+strconv.Itoa(i), camp.RoleMember))
	}
	guest := h.add("gus", camp.RoleGuest)
	old, err := h.Rules(ctx)
	want(t, "read", say(err), "")
	r := h.small("Be kind!", "Ask first.")
	want(t, "asks nobody", r.Asks, old.Asks)
	want(t, "bar", r.Bar, 3)
	want(t, "log", h.deeds()[0], "log.rules_small")
	for _, a := range append(slices.Clone(who), guest) {
		if got := h.heard(a.Member); !slices.Equal(got, []camp.NoticeKind{camp.NoticeRules}) || !h.ear.has(camp.EventNotice, a.Member) {
			t.Errorf("%d was told %v", a.Member, got)
		}
	}
	want(t, "notices of the host", len(h.heard(h.host.Member)), 0)
	_, err = h.PublishRules(ctx, h.host, camp.RulesDraft{Texts: []string{"Be kind, please.", "Ask first."}, Small: true})
	want(t, "a second one meanwhile", say(err), "people.rules_open.say")

	late := h.addLater("late")
	for name, c := range map[string]struct {
		by      camp.Actor
		version int
		want    string
	}{
		"the host":      {h.host, 2, "people.object_not.say"},
		"a guest":       {guest, 2, "people.object_not.say"},
		"who came late": {late, 2, "people.object_not.say"},
		"nobody":        {camp.Actor{}, 2, "people.not_member.say"},
		"an old one":    {who[0], 1, "people.object_over.say"},
		"one to come":   {who[0], 3, "people.object_over.say"},
	} {
		want(t, name, say(h.Object(ctx, c.by, c.version, true)), c.want)
	}
	want(t, "objections", h.objections(), 0)

	for range 3 {
		want(t, "the same person thrice", say(h.Object(ctx, who[0], 2, true)), "")
	}
	want(t, "a second", say(h.Object(ctx, who[1], 2, true)), "")
	want(t, "who takes it back", say(h.Object(ctx, who[1], 2, false)), "")
	want(t, "a third", say(h.Object(ctx, who[2], 2, true)), "")
	st, err := h.RulesStand(ctx, who[0])
	want(t, "read", say(err), "")
	want(t, "stands", st, camp.RulesStand{Open: true, May: true, Mine: true})
	st, _ = h.RulesStand(ctx, who[1])
	want(t, "stands", st, camp.RulesStand{Open: true, May: true})
	if now, _ := h.Rules(ctx); now.Version != 2 {
		t.Fatalf("two objections made version %d", now.Version)
	}
	want(t, "objecting on a break", say(h.Suspend(ctx, h.host, "m3", day)), "")
	want(t, "the last one needed", say(h.Object(ctx, who[3], 2, true)), "")

	back, err := h.Rules(ctx)
	want(t, "read", say(err), "")
	if back.Version != 3 || back.Back != 2 || back.Small() || back.Asks != old.Asks || !slices.Equal(back.Texts, old.Texts) || back.Hash != camp.RulesHash(3, old.Texts) {
		t.Errorf("taken back: %+v", back)
	}
	want(t, "log", h.deeds()[0], "log.rules_back")
	want(t, "who objected is kept", h.objections(), 0)
	for _, a := range append(slices.Clone(who), guest, h.host) {
		if got := h.heard(a.Member); len(got) == 0 || got[0] != camp.NoticeRulesBack {
			t.Errorf("%d was told %v", a.Member, got)
		}
	}
	want(t, "object to what was taken back", say(h.Object(ctx, who[4], 2, true)), "people.object_over.say")
	want(t, "object to the old words", say(h.Object(ctx, who[4], 3, true)), "people.object_over.say")
	_, err = h.PublishRules(ctx, h.host, camp.RulesDraft{Texts: []string{"Be kind!", "Ask first."}, Small: true})
	want(t, "the very same again", say(err), "people.rules_refused.say")
	r = h.small("Be kind…", "Ask first.")
	want(t, "other words", r.Version, 4)
	m, err := h.Member(ctx, who[5].Member)
	want(t, "read", say(err), "")
	if m.Agreed < r.Asks {
		t.Errorf("asked again: agreed to %d, asks %d", m.Agreed, r.Asks)
	}
}

// addLater adds somebody a minute from now.
func (h *house) addLater(name string) camp.Actor {
	h.t.Helper()
	h.clock.add(time.Minute)
	return h.add(name, camp.RoleMember)
}

// TestObjectingTime: up to 72 hours, and not at them; then who objected is erased.
func TestObjectingTime(t *testing.T) {
	for name, c := range map[string]struct {
		after time.Duration
		want  string
		kept  int
	}{
		"at once":                   {0, "", 2},
		"a second before the end":   {camp.ObjectTime - time.Second, "", 2},
		"at the end":                {camp.ObjectTime, "people.object_over.say", 0},
		"a week later":              {7 * day, "people.object_over.say", 0},
		"after the clock went back": {-time.Hour, "", 2},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			ctx := t.Context()
			var who []camp.Actor
			for i := range 6 {
				who = append(who, h.add("m"+strconv.Itoa(i), camp.RoleMember))
			}
			h.small("Be kind!", "Ask first.")
			want(t, "at once", say(h.Object(ctx, who[0], 2, true)), "")
			h.clock.add(c.after)
			want(t, "object", say(h.Object(ctx, who[1], 2, true)), c.want)
			want(t, "tidy", say(h.Tidy(ctx)), "")
			want(t, "objections kept", h.objections(), c.kept)
			st, err := h.RulesStand(ctx, who[0])
			want(t, "read", say(err), "")
			want(t, "open", st.Open, c.want == "")
			_, err = h.PublishRules(ctx, h.host, camp.RulesDraft{Texts: []string{"Be kind, please.", "Ask first."}, Small: true})
			want(t, "the next change can be published", say(err) == "", c.want != "")
		})
	}
}

// TestObjectionsNeeded: three, and in a small camp half of the others.
func TestObjectionsNeeded(t *testing.T) {
	for _, c := range []struct{ others, want int }{{1, 1}, {2, 1}, {3, 2}, {4, 2}, {5, 3}, {6, 3}, {9, 3}} {
		h := newHouse(t)
		var who []camp.Actor
		for i := range c.others {
			who = append(who, h.add("m"+strconv.Itoa(i), camp.RoleMember))
		}
		h.add("gus", camp.RoleGuest) // does not count
		h.small("Be kind!", "Ask first.")
		n := 0
		for _, a := range who {
			n++
			want(t, "object", say(h.Object(t.Context(), a, 2, true)), "")
			if r, _ := h.Rules(t.Context()); r.Version == 3 {
				break
			}
		}
		want(t, strconv.Itoa(c.others)+" others: needed", n, c.want)
	}
}

// TestObjectorRemoved: to remove who objected does not undo what they said.
func TestObjectorRemoved(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	a, b := h.add("ada", camp.RoleMember), h.add("ben", camp.RoleHelper)
	h.add("cem", camp.RoleMember)
	h.small("Be kind!", "Ask first.")
	want(t, "object", say(h.Object(ctx, a, 2, true)), "")
	want(t, "remove", say(h.Remove(ctx, h.host, "ada", true)), "")
	want(t, "object", say(h.Object(ctx, b, 2, true)), "")
	r, err := h.Rules(ctx)
	want(t, "read", say(err), "")
	want(t, "taken back", r.Back, 2)
}

// TestAloneAgain: with everybody gone an open change does not bind the host.
func TestAloneAgain(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	for _, n := range []string{"ada", "ben", "cem"} {
		h.add(n, camp.RoleMember)
	}
	h.small("Be kind!", "Ask first.")
	ada, err := h.ByName(ctx, "ada")
	want(t, "read", say(err), "")
	want(t, "object", say(h.Object(ctx, camp.Actor{Member: ada.ID}, 2, true)), "")
	for _, n := range []string{"ada", "ben", "cem"} {
		want(t, "remove", say(h.Remove(ctx, h.host, n, false)), "")
	}
	_, err = h.PublishRules(ctx, h.host, camp.RulesDraft{Texts: []string{"One rule."}})
	want(t, "alone again", say(err), "")
	want(t, "tidy", say(h.Tidy(ctx)), "")
	want(t, "objections kept", h.objections(), 0)
}

// TestObjectionsToOneVersion: what was said against a former change does not count
// against the next, also where nothing was tidied between.
func TestObjectionsToOneVersion(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	a, b := h.add("ada", camp.RoleMember), h.add("ben", camp.RoleMember)
	h.add("cem", camp.RoleMember)
	h.small("Be kind!", "Ask first.")
	want(t, "object", say(h.Object(ctx, a, 2, true)), "")
	h.clock.add(camp.ObjectTime)
	next := h.small("Be kind, please.", "Ask first.")
	want(t, "object to the next", say(h.Object(ctx, b, next.Version, true)), "")
	r, err := h.Rules(ctx)
	want(t, "read", say(err), "")
	want(t, "version", r.Version, next.Version)
}
