package clientapi

import (
	"strings"
	"testing"
	"time"

	"camp/node/camp"
	"camp/node/posts"
	"camp/store"
)

// What is held between two answers never shows what was: the same timeline is
// asked twice, so that all of it is held, then something changes, then it is
// asked again.
func TestHomeIsFreshAfterEachChange(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(g *rig, r camp.Remote, id camp.PostID)
		gone   string // must not stand in the answer any more
		there  string // must stand in it; "" for nothing new
	}{
		{"the post is edited", func(g *rig, r camp.Remote, id camp.PostID) {
			a := posts.Arrival{Post: camp.Post{Author: r.ID, URI: r.URI + "/1", Audience: camp.AudiencePublic, Body: "<p>said anew</p>", Written: g.clock.now()}}
			g.in(func(tx posts.Tx) ([]camp.Event, error) { return posts.Change(tx, a, g.clock.now()) })
		}, "first words", "said anew"},
		{"the post is deleted", func(g *rig, r camp.Remote, id camp.PostID) {
			g.in(func(tx posts.Tx) ([]camp.Event, error) { return posts.Gone(tx, r.ID, r.URI+"/1") })
		}, "first words", ""},
		{"its author has another name", func(g *rig, r camp.Remote, id camp.PostID) {
			next := r
			next.Display = "Someone new"
			if err := g.db.Update(g.t.Context(), func(tx *store.Tx) error { return tx.PutRemote(next, &r) }); err != nil {
				g.t.Fatal(err)
			}
		}, "The ana", "Someone new"},
		{"its author is gone", func(g *rig, r camp.Remote, id camp.PostID) {
			g.in(func(tx posts.Tx) ([]camp.Event, error) { return posts.FarGone(tx, r) })
			if err := g.posts.Tidy(g.t.Context()); err != nil {
				g.t.Fatal(err)
			}
		}, "first words", ""},
		{"the reader blocks them", func(g *rig, r camp.Remote, id camp.PostID) {
			g.send(g.mia, "/api/v1/accounts/"+r.ID.String()+"/block").want(200)
		}, "first words", ""},
		{"they block the reader", func(g *rig, r camp.Remote, id camp.PostID) {
			g.in(func(tx posts.Tx) ([]camp.Event, error) { return posts.FarBlock(tx, r.ID, g.host.Member, true) })
		}, "first words", ""},
		{"the reader mutes them", func(g *rig, r camp.Remote, id camp.PostID) {
			g.send(g.mia, "/api/v1/accounts/"+r.ID.String()+"/mute").want(200)
		}, "first words", ""},
		{"the camp blocks their server", func(g *rig, r camp.Remote, id camp.PostID) {
			g.level["far.example"] = camp.LevelBlock
		}, "first words", ""},
		{"the camp shuts their server out", func(g *rig, r camp.Remote, id camp.PostID) {
			g.level["far.example"] = camp.LevelFirewall
		}, "first words", ""},
		{"somebody likes it", func(g *rig, r camp.Remote, id camp.PostID) {
			g.send(g.mia, "/api/v1/statuses/"+id.String()+"/favourite").want(200)
		}, `"favourites_count":0`, `"favourites_count":1`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			g := newRig(t)
			g.outside = true
			r := g.remote("ana", "far.example")
			g.follows(g.host, r)
			id := g.arrive(r, "1", func(a *posts.Arrival) { a.Asked, a.Post.Body = false, "<p>first words</p>" })
			g.clock.add(time.Minute)
			const home = "/api/v1/timelines/home?limit=40"
			for range 2 {
				if got := string(g.get(g.mia, home).want(200).body); !strings.Contains(got, tt.gone) {
					t.Fatalf("before: %q does not stand in %.300s", tt.gone, got)
				}
			}
			tt.change(g, r, id)
			got := string(g.get(g.mia, home).want(200).body)
			if strings.Contains(got, tt.gone) {
				t.Errorf("%q still stands in %.600s", tt.gone, got)
			}
			if !strings.Contains(got, tt.there) {
				t.Errorf("%q does not stand in %.600s", tt.there, got)
			}
		})
	}
}

// Somebody who may not read a post does not see it because another just did.
func TestWhatOneReadIsNotForAnother(t *testing.T) {
	t.Parallel()
	g := newRig(t)
	g.outside = true
	_, tom := g.add("tom")
	r := g.remote("ana", "far.example")
	g.follows(g.host, r)
	id := g.arrive(r, "1", func(a *posts.Arrival) {
		a.Asked, a.Post.Body, a.Post.Audience = false, "<p>for those who follow</p>", camp.AudienceFollowers
	})
	for range 2 {
		g.get(g.mia, "/api/v1/statuses/"+id.String()).want(200)
		g.get(tom, "/api/v1/statuses/"+id.String()).want(404)
	}
}
