package people_test

import (
	"strings"
	"testing"

	"camp/node/camp"
)

// A helper is asked, and helps from their yes on (community.md 1).
func TestHelperIsAskedFirst(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ada := h.add("ada", camp.RoleMember)
	role := func() (camp.Role, bool) {
		m, err := h.Member(ctx, ada.Member)
		if err != nil {
			t.Fatal(err)
		}
		return m.Role, m.Offered
	}
	is := func(what string, wantRole camp.Role, wantOffered bool) {
		t.Helper()
		if r, o := role(); r != wantRole || o != wantOffered {
			t.Errorf("%s: %s, asked %v", what, r, o)
		}
	}
	want(t, "an answer nobody asked for", say(h.AnswerOffer(ctx, ada, true)), "people.not_offered.say")
	want(t, "laying down nothing", say(h.LayDown(ctx, ada)), "people.no_helper.say")
	is("before", camp.RoleMember, false)

	want(t, "asked", say(h.SetRole(ctx, h.host, "ada", camp.RoleHelper)), "")
	is("asked", camp.RoleMember, true)
	_, _, err := h.AddMember(ctx, ada, "zoe", camp.RoleMember)
	want(t, "a helper's right before the answer", say(err), "people.only_helper.say")
	want(t, "asked twice", say(h.SetRole(ctx, h.host, "ada", camp.RoleHelper)), "")

	want(t, "no", say(h.AnswerOffer(ctx, ada, false)), "")
	is("no", camp.RoleMember, false)
	want(t, "yes after no", say(h.AnswerOffer(ctx, ada, true)), "people.not_offered.say")

	want(t, "asked again", say(h.SetRole(ctx, h.host, "ada", camp.RoleHelper)), "")
	want(t, "taken back", say(h.SetRole(ctx, h.host, "ada", camp.RoleMember)), "")
	is("taken back", camp.RoleMember, false)
	want(t, "yes after that", say(h.AnswerOffer(ctx, ada, true)), "people.not_offered.say")

	want(t, "asked a third time", say(h.SetRole(ctx, h.host, "ada", camp.RoleHelper)), "")
	want(t, "yes", say(h.AnswerOffer(ctx, ada, true)), "")
	is("yes", camp.RoleHelper, false)
	_, _, err = h.AddMember(ctx, ada, "zoe", camp.RoleMember)
	want(t, "a helper's right", say(err), "")
	want(t, "laid down", say(h.LayDown(ctx, ada)), "")
	is("laid down", camp.RoleMember, false)
	_, _, err = h.AddMember(ctx, ada, "bea", camp.RoleMember)
	want(t, "a helper's right after", say(err), "people.only_helper.say")
	want(t, "laid down twice", say(h.LayDown(ctx, ada)), "people.no_helper.say")

	entries, err := h.Log(ctx, camp.Page{Limit: 20})
	if err != nil {
		t.Fatal(err)
	}
	var deeds []string
	for i := range entries {
		deeds = append(deeds, entries[len(entries)-1-i].Deed)
	}
	want(t, "log", strings.Join(deeds[len(deeds)-7:], " "),
		"log.helper_asked log.helper_asked log.helper_not_asked log.helper_asked log.helper_accepted log.member_added log.helper_laid_down")
}

// A guest who is asked and says yes stays as long as other members; who becomes
// a guest is asked no more.
func TestHelperFromGuest(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	gus, ada := h.add("gus", camp.RoleGuest), h.add("ada", camp.RoleMember)
	for _, name := range []string{"gus", "ada"} {
		want(t, "asked", say(h.SetRole(ctx, h.host, name, camp.RoleHelper)), "")
	}
	want(t, "yes", say(h.AnswerOffer(ctx, gus, true)), "")
	m, err := h.Member(ctx, gus.Member)
	if err != nil || m.Role != camp.RoleHelper || !m.Ends.IsZero() {
		t.Errorf("%+v, %v", m, err)
	}
	want(t, "guest", say(h.SetRole(ctx, h.host, "ada", camp.RoleGuest)), "")
	want(t, "too late", say(h.AnswerOffer(ctx, ada, true)), "people.not_offered.say")
}
