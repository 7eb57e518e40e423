package posts_test

import (
	"testing"
	"time"

	"camp/node/camp"
	"camp/node/posts"
)

// What the author of a post elsewhere keeps for others is held back, and shown so;
// within the camp everybody can talk about it (federation.md 8).
func TestPolicyIsHeeded(t *testing.T) {
	h := openHouse(t)
	ada, ben := h.add("ada", camp.RoleMember), h.add("ben", camp.RoleMember)
	bo := h.remote("bo", "far.example")
	h.follows(ada, bo)
	closed := camp.Policy(0).With(camp.DeedReply, false, true).With(camp.DeedLike, false, true).With(camp.DeedBoost, false, false)
	post := h.arrive(bo, "1", func(a *posts.Arrival) { a.Post.Policy = closed })
	named := h.arrive(bo, "2", func(a *posts.Arrival) {
		a.Post.Policy, a.Post.Mentions = camp.Policy(0).With(camp.DeedReply, false, false), []camp.MemberID{ben.Member}
	})
	free := h.arrive(bo, "3", nil)
	answer := func(by camp.Actor, to camp.PostID, audience camp.Audience) error {
		_, err := h.posts.Write(t.Context(), by, camp.Draft{Text: "well", ReplyTo: to, Audience: audience})
		return err
	}
	boost := func(by camp.Actor, id camp.PostID) error {
		_, err := h.posts.Boost(t.Context(), by, id, true)
		return err
	}
	for name, row := range map[string]struct {
		err error
		say string
	}{
		"a stranger answers":              {answer(ben, post, camp.AudiencePublic), "posts.policy_reply.say"},
		"a stranger talks about it":       {answer(ben, post, camp.AudienceCamp), ""},
		"a follower answers":              {answer(ada, post, camp.AudiencePublic), ""},
		"who is named answers":            {answer(ben, named, camp.AudiencePublic), ""},
		"another answers that":            {answer(ada, named, camp.AudiencePublic), "posts.policy_reply.say"},
		"a stranger likes":                {h.posts.Favourite(t.Context(), ben, post, true), "posts.policy_like.say"},
		"a follower likes":                {h.posts.Favourite(t.Context(), ada, post, true), ""},
		"a follower passes on":            {boost(ada, post), "posts.policy_boost.say"},
		"nothing said, a stranger":        {answer(ben, free, camp.AudiencePublic), ""},
		"nothing said, likes":             {h.posts.Favourite(t.Context(), ben, free, true), ""},
		"nothing said, passes on":         {boost(ben, free), ""},
		"what is not liked is liked less": {h.posts.Favourite(t.Context(), ben, post, false), ""},
	} {
		want(t, name, say(row.err), row.say)
	}
	see := func(by camp.Actor, id camp.PostID) camp.PostView {
		p, err := h.posts.Post(t.Context(), by, id)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	for name, row := range map[string]struct {
		by                     camp.Actor
		id                     camp.PostID
		noReply, noLike, boost bool
	}{
		"a stranger": {ben, post, true, true, false}, "a follower": {ada, post, false, false, false}, "who is named": {ben, named, false, false, true}, "nothing said": {ben, free, false, false, true},
	} {
		if p := see(row.by, row.id); p.NoReply != row.noReply || p.NoLike != row.noLike || p.MayBoost != row.boost {
			t.Errorf("%s sees %v %v %v", name, p.NoReply, p.NoLike, p.MayBoost)
		}
	}
	// Quotes: whoever may ask is not refused; within the camp everybody may.
	asking := camp.Policy(0).With(camp.DeedQuote, false, true)
	kept := h.arrive(bo, "4", func(a *posts.Arrival) { a.Post.Policy = asking })
	ask := h.arrive(bo, "5", func(a *posts.Arrival) { a.Post.Policy = asking.WithAsk(camp.DeedQuote) })
	for name, row := range map[string]struct {
		by       camp.Actor
		of       camp.PostID
		audience camp.Audience
		say      string
		no       bool
	}{
		"a stranger quotes":          {ben, kept, camp.AudiencePublic, "posts.policy_quote.say", true},
		"a stranger, within":         {ben, kept, camp.AudienceCamp, "", true},
		"a follower quotes":          {ada, kept, camp.AudiencePublic, "", false},
		"a stranger asks":            {ben, ask, camp.AudiencePublic, "", true},
		"nothing said about quoting": {ben, free, camp.AudiencePublic, "", false},
	} {
		_, err := h.posts.Write(t.Context(), row.by, camp.Draft{Text: "look", Quote: row.of, Audience: row.audience})
		want(t, name, say(err), row.say)
		want(t, name+", as shown", see(row.by, row.of).NoQuote, row.no)
	}
	// The author changes their mind, and nothing else.
	h.clock.add(time.Hour)
	h.in(func(tx posts.Tx) ([]camp.Event, error) {
		p, _, err := tx.Post(post)
		if err != nil {
			return nil, err
		}
		p.Policy = 0
		return posts.Change(tx, posts.Arrival{Post: p}, h.clock.now())
	})
	want(t, "afterwards", say(h.posts.Favourite(t.Context(), ben, post, true)), "")
}
