package posts_test

import (
	"testing"

	"camp/node/camp"
	"camp/node/posts"
)

// What strangers see is what was written for everybody, without a trace of the rest.
func TestStrangersSeeWhatIsForEverybody(t *testing.T) {
	h := openHouse(t)
	ada, ben := h.add("ada", camp.RoleMember), h.add("ben", camp.RoleMember)
	ana := h.remote("ana", "far.example")
	ids := map[camp.Audience]camp.PostID{}
	for _, a := range []camp.Audience{camp.AudienceCamp, camp.AudienceLetter, camp.AudienceFollowers, camp.AudienceQuiet, camp.AudiencePublic} {
		id, err := h.posts.Write(t.Context(), ada, camp.Draft{Text: a.String() + " @ben", Audience: a})
		if err != nil {
			t.Fatal(err)
		}
		ids[a] = id
	}
	if _, err := h.posts.Write(t.Context(), ben, camp.Draft{Text: "among ourselves", Audience: camp.AudienceCamp, ReplyTo: ids[camp.AudiencePublic]}); err != nil {
		t.Fatal(err)
	}
	if err := h.posts.Favourite(t.Context(), ben, ids[camp.AudiencePublic], true); err != nil {
		t.Fatal(err)
	}
	far := h.arrive(ana, "1", func(a *posts.Arrival) { a.Asked = true })

	for a, id := range ids {
		pv, err := h.posts.OpenPost(t.Context(), id)
		open := a == camp.AudienceQuiet || a == camp.AudiencePublic
		want(t, a.String()+" is shown", err == nil, open)
		if !open {
			want(t, a.String(), say(err), "posts.gone.say")
			continue
		}
		want(t, "replies told", pv.Replies, 0)
		want(t, "likes told", pv.Favourites, 0)
		want(t, "named", len(pv.Named), 1)
	}
	_, err := h.posts.OpenPost(t.Context(), far)
	want(t, "of elsewhere", say(err), "posts.gone.say")
	_, err = h.posts.OpenPost(t.Context(), 1)
	want(t, "that never was", say(err), "posts.gone.say")

	list, err := h.posts.OpenBy(t.Context(), ada.Member, 20)
	if err != nil {
		t.Fatal(err)
	}
	want(t, "ada's page", texts(list), "public @ben")
	list, err = h.posts.OpenBy(t.Context(), ben.Member, 20)
	if err != nil {
		t.Fatal(err)
	}
	want(t, "ben's page", texts(list), "")
}
