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
