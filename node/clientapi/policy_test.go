package clientapi

import (
	"fmt"
	"testing"

	"camp/node/camp"
	"camp/node/posts"
)

// What the author of a post lets others do is told to apps: quoting in the words
// of Mastodon, the rest in those of GoToSocial, where anything was said.
func TestPolicies(t *testing.T) {
	t.Parallel()
	g := newRig(t)
	g.outside = true
	_, token := g.add("joost")
	ana := g.remote("ana", "far.example")
	g.follows(g.host, ana) // mia follows, joost does not
	post := func(n string, audience camp.Audience, p camp.Policy) string {
		return g.arrive(ana, n, func(a *posts.Arrival) { a.Post.Policy, a.Post.Audience = p, audience }).String()
	}
	none := camp.Policy(0)
	closed := none.With(camp.DeedReply, false, true).With(camp.DeedLike, false, false).With(camp.DeedBoost, false, false).WithAsk(camp.DeedBoost)
	own := g.write(g.mia, "for all", "visibility", "public")
	inner := g.write(g.mia, "for us")
	letter := g.write(g.mia, "@joost psst", "visibility", "direct")
	e := readEntities(t)
	for name, row := range map[string]struct {
		token, id string
		quote     string // automatic, manual, the caller
		rules     string // like, reply, boost: always, with approval
	}{
		"nothing said":                   {token, post("1", camp.AudiencePublic, none), "[] [] unknown", "<nil>"},
		"closed, a stranger":             {token, post("2", camp.AudiencePublic, closed), "[] [] unknown", "[author] [] / [followers mentioned author] [] / [author] [public]"},
		"closed, a follower":             {g.mia, post("3", camp.AudiencePublic, closed), "[] [] unknown", "[author] [] / [followers mentioned author me] [] / [author] [public]"},
		"open, as said":                  {token, post("4", camp.AudiencePublic, none.With(camp.DeedReply, true, false)), "[] [] unknown", "[public author me] [] / [public mentioned author me] [] / [public author me] []"},
		"quotes for all":                 {token, post("5", camp.AudienceQuiet, none.With(camp.DeedQuote, true, false)), "[public] [] automatic", "<nil>"},
		"for followers, a stranger":      {token, post("6", camp.AudiencePublic, none.With(camp.DeedQuote, false, true)), "[followers] [] denied", "<nil>"},
		"for followers, one of them":     {g.mia, post("7", camp.AudiencePublic, none.With(camp.DeedQuote, false, true)), "[followers] [] automatic", "<nil>"},
		"who asks":                       {token, post("8", camp.AudiencePublic, none.With(camp.DeedQuote, false, true).WithAsk(camp.DeedQuote)), "[followers] [public] manual", "<nil>"},
		"for nobody":                     {g.mia, post("9", camp.AudiencePublic, none.With(camp.DeedQuote, false, false)), "[] [] denied", "<nil>"},
		"a post for followers":           {g.mia, post("10", camp.AudienceFollowers, none.With(camp.DeedQuote, true, false)), "[] [] denied", "<nil>"},
		"of a member, public":            {token, own, "[public] [] automatic", "<nil>"},
		"of a member, of the camp":       {token, inner, "[] [] automatic", "<nil>"},
		"a letter":                       {token, letter, "[] [] denied", "<nil>"},
		"of a member, public, by theirs": {g.mia, own, "[public] [] automatic", "<nil>"},
	} {
		v := g.get(row.token, "/api/v1/statuses/"+row.id).want(200).object()
		for _, w := range e.check(name, "Status", v) {
			t.Error(w)
		}
		q, _ := v["quote_approval"].(map[string]any)
		want(t, name+": quotes", fmt.Sprint(q["automatic"], " ", q["manual"], " ", q["current_user"]), row.quote)
		got := "<nil>"
		if p, ok := v["interaction_policy"].(map[string]any); ok {
			of := func(k string) string {
				r, _ := p[k].(map[string]any)
				return fmt.Sprint(r["always"], " ", r["with_approval"])
			}
			got = of("can_favourite") + " / " + of("can_reply") + " / " + of("can_reblog")
		} else if x, there := v["interaction_policy"]; !there || x != nil {
			t.Errorf("%s: %v", name, x)
		}
		want(t, name, got, row.rules)
	}
}
