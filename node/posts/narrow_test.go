package posts_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"camp/node/camp"
	"camp/node/posts"
)

func TestNarrow(t *testing.T) {
	h := openHouse(t)
	ada, ben := h.add("ada", camp.RoleMember), h.add("ben", camp.RoleMember)
	ana := h.remote("ana", "far.example")
	pic := h.upload(ada, false)
	id, err := h.posts.Write(t.Context(), ada, camp.Draft{
		Text: "to all, @ben and @ana@far.example #lakes", Note: "long", Audience: camp.AudiencePublic, Pictures: []camp.DraftPicture{{ID: pic, Alt: "a lake"}},
		Poll: &camp.Poll{Choices: []camp.Choice{{Text: "yes"}, {Text: "no"}}, Ends: h.clock.now().Add(time.Hour)},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.posts.Boost(t.Context(), ben, id, true); err != nil {
		t.Fatal(err)
	}
	if err := h.posts.Vote(t.Context(), ben, id, []int{0}); err != nil {
		t.Fatal(err)
	}
	answer := h.write(ben, "an answer", id)
	h.errands()
	h.clock.add(time.Minute)

	for by, who := range map[string]camp.Actor{"the host": h.host, "somebody else": ben} {
		if _, err := h.posts.Narrow(t.Context(), who, id); camp.AsFault(err).Kind != camp.NotAllowed {
			t.Errorf("%s may take it back into the camp: %v", by, err)
		}
	}
	now, err := h.posts.Narrow(t.Context(), ada, id)
	if err != nil {
		t.Fatal(err)
	}
	want(t, "another id", now != id, true)
	if _, err := h.posts.Post(t.Context(), ada, id); camp.AsFault(err).Kind != camp.NotFound {
		t.Errorf("the public one is still there: %v", err)
	}
	p, err := h.posts.Post(t.Context(), ben, now)
	if err != nil {
		t.Fatal(err)
	}
	want(t, "audience", p.Audience, camp.AudienceCamp)
	want(t, "words", p.Text+"|"+p.Note, "to all, @ben and @ana@far.example #lakes|long")
	want(t, "picture's description", p.Pictures[0].Alt, "a lake")
	want(t, "the picture's address is another", p.Pictures[0].ID != pic && p.Pictures[0].ID != "", true)
	want(t, "votes", p.Poll.Choices[0].Votes+p.Poll.Voters, 0)
	want(t, "passed on", p.Boosts, 0)
	want(t, "names people elsewhere", slices.Contains(p.Mentions, ana.ID), false)
	want(t, "names people here", slices.Contains(p.Mentions, ben.Member), true)
	told := h.errands()
	want(t, "what leaves", len(told), 1)
	want(t, "it is a delete", told[0].Do, camp.ErrandDelete)
	want(t, "of the public one", told[0].Post, id)
	if _, err := h.posts.Post(t.Context(), ben, answer); err != nil {
		t.Errorf("the answer is gone: %v", err)
	}
	if _, err := h.posts.Narrow(t.Context(), ada, now); camp.AsFault(err).Say != "posts.narrow_is.say" {
		t.Errorf("a camp post is narrowed: %v", err)
	}
	h.outside = true
	public := h.writeFor(ada, "again", camp.AudiencePublic)
	h.outside = false
	if _, err := h.posts.Narrow(t.Context(), ada, public); camp.AsFault(err).Say != "posts.narrow_later.say" {
		t.Errorf("narrowed though nobody can be told: %v", err)
	}
}

// writeFor posts a text for an audience.
func (h *house) writeFor(by camp.Actor, text string, a camp.Audience) camp.PostID {
	h.t.Helper()
	id, err := h.posts.Write(h.t.Context(), by, camp.Draft{Text: text, Audience: a})
	if err != nil {
		h.t.Fatal(err)
	}
	return id
}

// A page that is not full is the last one, whatever the reader cannot see or does
// not want to.
func TestPagesAreFull(t *testing.T) {
	h := openHouse(t)
	ada, ben := h.add("ada", camp.RoleMember), h.add("ben", camp.RoleMember)
	ana, zoe := h.remote("ana", "far.example"), h.remote("zoe", "else.example")
	h.follows(ada, ana)
	h.follows(ada, zoe)
	for range 3 {
		h.arrive(ana, "old "+h.clock.now().String(), nil)
	}
	for range 7 {
		h.arrive(zoe, h.clock.now().String(), nil)
		h.write(ben, "ben", 0)
		h.clock.add(time.Second)
	}
	if err := h.posts.Mute(t.Context(), ada, ben.Member, true); err != nil {
		t.Fatal(err)
	}
	h.level["else.example"] = camp.LevelBlock
	list, err := h.posts.Home(t.Context(), ada, camp.Page{Limit: 3})
	if err != nil {
		t.Fatal(err)
	}
	want(t, "posts on a page of three", len(list), 3)
	for _, p := range list {
		want(t, "author", p.Author, ana.ID)
	}
	rest, err := h.posts.Home(t.Context(), ada, camp.Page{Limit: 3, Before: uint64(list[2].ID)})
	want(t, "the page after", len(rest), 0)
	want(t, "error", err, nil)
}

// What the reader did with a post that somebody passed on is shown beside it.
func TestMarksOfWhatIsPassedOn(t *testing.T) {
	h := openHouse(t)
	ada, ben := h.add("ada", camp.RoleMember), h.add("ben", camp.RoleMember)
	ana := h.remote("ana", "far.example")
	h.follows(ada, ana)
	if _, err := h.posts.Follow(t.Context(), ada, ben.Member, false); err != nil {
		t.Fatal(err)
	}
	id := h.arrive(ana, "old", nil)
	if err := h.posts.Favourite(t.Context(), ada, id, true); err != nil {
		t.Fatal(err)
	}
	h.clock.add(time.Hour)
	h.write(ben, "between", 0)
	if _, err := h.posts.Boost(t.Context(), ben, id, true); err != nil {
		t.Fatal(err)
	}
	list, err := h.posts.Home(t.Context(), ada, camp.Page{Limit: 1})
	if err != nil || len(list) != 1 || list[0].PassedBy == nil {
		t.Fatalf("home = %+v, %v", list, err)
	}
	want(t, "liked", list[0].Favourited, true)
	want(t, "may pass on", list[0].MayBoost, true)
	h.outside = false
	p, err := h.posts.Post(t.Context(), ada, id)
	want(t, "error", err, nil)
	want(t, "may pass on in a silent camp", p.MayBoost, false)
}

// Of a server whose pictures the camp keeps away none is named to the pages.
func TestPicturesAreKeptAway(t *testing.T) {
	h := openHouse(t)
	ada := h.add("ada", camp.RoleMember)
	ana := h.remote("ana", "far.example")
	h.in(func(tx posts.Tx) ([]camp.Event, error) { return nil, nil })
	h.follows(ada, ana)
	id := h.arrive(ana, "1", func(a *posts.Arrival) {
		a.Post.Files = []camp.File{{URL: "https://far.example/a.png"}}
		a.Post.Emoji = []camp.Emoji{{Code: "x", URL: "https://far.example/x.png"}}
	})
	for _, row := range []struct {
		level camp.Level
		shown bool
	}{{camp.LevelNone, true}, {camp.LevelMedia, false}, {camp.LevelLimit, true}} {
		h.level["far.example"] = row.level
		p, err := h.posts.Post(t.Context(), ada, id)
		if err != nil {
			t.Fatal(err)
		}
		want(t, string(row.level)+": files", len(p.Files) == 1 && len(p.Emoji) == 1, row.shown)
		want(t, string(row.level)+": a note", p.NoFiles, !row.shown)
	}
}

func TestGuestsWriteInsideOnly(t *testing.T) {
	h := openHouse(t)
	ada, gus := h.add("ada", camp.RoleMember), h.add("gus", camp.RoleGuest)
	ana := h.remote("ana", "far.example")
	h.follows(ada, ana)
	id := h.arrive(ana, "1", nil)
	mine, err := h.posts.Write(t.Context(), gus, camp.Draft{Text: "hm", ReplyTo: id})
	if err != nil {
		t.Fatal(err)
	}
	p, err := h.posts.Post(t.Context(), gus, mine)
	want(t, "error", err, nil)
	want(t, "a guest's answer", p.Audience, camp.AudienceCamp)
	for _, a := range []camp.Audience{camp.AudiencePublic, camp.AudienceFollowers, camp.AudienceLetter} {
		_, err := h.posts.Write(t.Context(), gus, camp.Draft{Text: "hm", ReplyTo: id, Audience: a})
		if f := camp.AsFault(err); f == nil || !strings.HasPrefix(f.Say, "posts.guest_out") {
			t.Errorf("a guest may answer for %s: %v", a, err)
		}
	}
	want(t, "what leaves", len(h.errands()), 0)
}
