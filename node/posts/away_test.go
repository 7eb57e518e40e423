package posts_test

import (
	"testing"

	"camp/node/camp"
	"camp/node/posts"
)

func TestAwayFrom(t *testing.T) {
	h := openHouse(t)
	joost, ana, eva := h.add("joost", camp.RoleMember), h.remote("ana", "far.example"), h.remote("eva", "far.example")
	ctx := t.Context()
	for _, err := range []error{
		h.posts.Mute(ctx, joost, h.host.Member, true), h.posts.Block(ctx, joost, ana.ID, true), h.posts.Mute(ctx, h.host, ana.ID, true),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	h.in(func(tx posts.Tx) ([]camp.Event, error) { return posts.FarBlock(tx, eva.ID, joost.Member, true) })
	h.in(func(tx posts.Tx) ([]camp.Event, error) { return posts.FarBlock(tx, ana.ID, joost.Member, true) })
	list, err := h.posts.AwayFrom(ctx, joost)
	if err != nil || len(list) != 2 {
		t.Fatalf("%+v, %v", list, err)
	}
	if a := list[0]; a.Whom != h.host.Member || !a.Muted || a.Blocked || a.Who.Name != "mia" || a.From != nil {
		t.Errorf("muted: %+v", a)
	}
	if a := list[1]; a.Whom != ana.ID || !a.Blocked || a.Theirs || a.Who.Name != "ana@far.example" || a.From == nil {
		t.Errorf("blocked: %+v", a)
	}
	if _, err := h.posts.AwayFrom(ctx, camp.Actor{}); camp.AsFault(err) == nil {
		t.Error("nobody sees a list")
	}
}

func TestAskingAndPersonAt(t *testing.T) {
	h := openHouse(t)
	joost, ana, eva := h.add("joost", camp.RoleMember), h.remote("ana", "far.example"), h.remote("eva", "far.example")
	ctx := t.Context()
	h.in(func(tx posts.Tx) ([]camp.Event, error) {
		return posts.FarFollow(tx, ana.ID, joost.Member, "https://far.example/f/1", true)
	})
	h.in(func(tx posts.Tx) ([]camp.Event, error) {
		return posts.FarFollow(tx, eva.ID, joost.Member, "https://far.example/f/2", false)
	})
	list, err := h.posts.Asking(ctx, joost)
	if err != nil || len(list) != 1 || list[0].Who.ID != ana.ID || list[0].Accepted {
		t.Fatalf("%+v, %v", list, err)
	}
	if err := h.posts.AnswerFollow(ctx, joost, ana.ID, true); err != nil {
		t.Fatal(err)
	}
	if list, err := h.posts.Asking(ctx, joost); err != nil || len(list) != 0 {
		t.Errorf("after the answer: %+v, %v", list, err)
	}
	if r, err := h.posts.PersonAt(ctx, joost, ana.URI); err != nil || r.ID != ana.ID {
		t.Errorf("%+v, %v", r, err)
	}
	if _, err := h.posts.PersonAt(ctx, joost, ana.URI+"x"); camp.AsFault(err) == nil || camp.AsFault(err).Kind != camp.NotFound {
		t.Errorf("nobody there: %v", err)
	}
}
