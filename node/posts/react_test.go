package posts_test

import (
	"slices"
	"testing"
	"time"

	"camp/node/camp"
	"camp/node/posts"
)

// A like may bear a sign; another takes its place, and each is told to where the
// post came from.
func TestReact(t *testing.T) {
	h := openHouse(t)
	ada := h.add("ada", camp.RoleMember)
	ana := h.remote("ana", "far.example")
	far := h.arrive(ana, "1", func(a *posts.Arrival) { a.Asked = true })
	h.errands()
	react := func(sign string) error { h.clock.add(time.Second); return h.posts.React(t.Context(), ada, far, sign) }
	for _, bad := range []string{"", "yes", "🎉🎉", "<b>", ":blob:"} {
		want(t, bad, say(react(bad)), "posts.no_sign.say")
	}
	want(t, "nothing is told", len(h.errands()), 0)
	want(t, "a sign", say(react("🎉")), "")
	want(t, "counted", h.post(ada, far).Favourites, 1)
	list := h.errands()
	if len(list) != 1 || list[0].Do != camp.ErrandLike || list[0].Text != "🎉" || list[0].Post != far {
		t.Fatalf("told %+v", list)
	}
	first := list[0].At
	want(t, "the same again", say(react("🎉")), "")
	want(t, "nothing new is told", len(h.errands()), 0)
	want(t, "another", say(react("🌱")), "")
	want(t, "still one like", h.post(ada, far).Favourites, 1)
	list = h.errands()
	if !slices.Equal(kinds(list), []camp.ErrandKind{camp.ErrandUnlike, camp.ErrandLike}) || list[1].Text != "🌱" || !list[0].Done.Equal(first) || !list[1].At.After(first) {
		t.Errorf("told %+v", list)
	}
	want(t, "taken back", say(h.posts.Favourite(t.Context(), ada, far, false)), "")
	want(t, "count after", h.post(ada, far).Favourites, 0)
	want(t, "told after", slices.Equal(kinds(h.errands()), []camp.ErrandKind{camp.ErrandUnlike}), true)
	want(t, "a like alone", say(h.posts.Favourite(t.Context(), ada, far, true)), "")
	if list = h.errands(); len(list) != 1 || list[0].Text != "" {
		t.Errorf("a sign of before is told again: %+v", list)
	}
	want(t, "what is not there", say(h.posts.React(t.Context(), ada, 1, "🎉")), "posts.gone.say")
}

// Within the camp a sign is for the author's eyes, and leaves no word for outside.
func TestReactInside(t *testing.T) {
	h := openHouse(t)
	ada, ben := h.add("ada", camp.RoleMember), h.add("ben", camp.RoleMember)
	h.add("cleo", camp.RoleMember)
	id := h.write(ada, "among ourselves", 0)
	letter, err := h.posts.Write(t.Context(), ada, camp.Draft{Text: "only @cleo", Audience: camp.AudienceLetter})
	if err != nil {
		t.Fatal(err)
	}
	h.errands()
	want(t, "a sign", say(h.posts.React(t.Context(), ben, id, "🔥")), "")
	want(t, "not for their eyes", say(h.posts.React(t.Context(), ben, letter, "🔥")), "posts.gone.say")
	notices, err := h.posts.Notices(t.Context(), ada, camp.Page{})
	if err != nil || len(notices) != 1 || notices[0].Kind != camp.NoticeFavourite || notices[0].Sign != "🔥" {
		t.Errorf("ada is told %+v, %v", notices, err)
	}
	want(t, "nothing is told outside", len(h.errands()), 0)
}
