package posts_test

import (
	"errors"
	"strconv"
	"testing"
	"time"

	"camp/node/camp"
	"camp/node/posts"
	"camp/store"
)

func TestTallies(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	joost, ana := h.add("joost", camp.RoleMember), h.remote("ana", "far.example")
	for i := range 3 {
		h.write(joost, "post "+strconv.Itoa(i), 0)
	}
	last := h.clock.now().Add(-time.Second)
	h.follows(joost, ana)
	if _, err := h.posts.Follow(t.Context(), h.host, joost.Member, false); err != nil {
		t.Fatal(err)
	}
	h.in(func(tx posts.Tx) ([]camp.Event, error) {
		return nil, tx.PutFollow(camp.Follow{From: ana.ID, To: joost.Member, At: tx.Now()}) // asks
	})
	list, err := h.posts.Tallies(t.Context(), h.host, []camp.MemberID{joost.Member, ana.ID})
	if err != nil {
		t.Fatal(err)
	}
	want(t, "joost", list[0], posts.Tally{Of: joost.Member, Posts: 3, Followers: 1, Following: 1, Asking: 1, Last: last})
	want(t, "ana", list[1], posts.Tally{Of: ana.ID, Followers: 1})
	_, err = h.posts.Tallies(t.Context(), camp.Actor{}, nil)
	want(t, "nobody", say(err), "people.not_member.say")
}

func TestFollowsOfOthers(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	joost, ana := h.add("joost", camp.RoleMember), h.remote("ana", "far.example")
	if _, err := h.posts.Follow(t.Context(), joost, ana.ID, false); err != nil {
		t.Fatal(err)
	}
	number := func(by camp.Actor) int {
		list, err := h.posts.FollowingOf(t.Context(), by, joost.Member, 0)
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	want(t, "one's own, asked", number(joost), 1)
	want(t, "of another, asked", number(h.host), 0)
	h.follows(joost, ana)
	want(t, "of another", number(h.host), 1)
	err := h.db.Update(t.Context(), func(tx *store.Tx) error {
		m, _, err := tx.Member(joost.Member)
		m.Shy = true
		return errors.Join(err, tx.PutMember(m))
	})
	want(t, "err", say(err), "")
	want(t, "of somebody shy", number(h.host), 0)
	want(t, "their own", number(joost), 1)
}

func TestAway(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	joost, ana := h.add("joost", camp.RoleMember), h.remote("ana", "far.example")
	for _, do := range []func() error{
		func() error { return h.posts.Mute(t.Context(), h.host, joost.Member, true) },
		func() error { return h.posts.Block(t.Context(), h.host, ana.ID, true) },
	} {
		if err := do(); err != nil {
			t.Fatal(err)
		}
	}
	list, err := h.posts.AwayFrom(t.Context(), h.host)
	if err != nil || len(list) != 2 {
		t.Fatalf("%v, %v", list, err)
	}
	want(t, "muted", list[0].Muted && list[0].Who.Name == "joost", true)
	want(t, "blocked", list[1].Blocked && list[1].From != nil, true)
	list, err = h.posts.AwayFrom(t.Context(), joost)
	want(t, "nobody is told", len(list), 0)
	want(t, "err", say(err), "")
}

func TestDropNotices(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	joost := h.add("joost", camp.RoleMember)
	for range 250 {
		h.write(joost, "@mia", 0)
	}
	list, err := h.posts.Notices(t.Context(), h.host, camp.Page{Limit: 3})
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []camp.NoticeID{list[1].ID, list[1].ID, 1} { // twice, and one that never was
		if err := h.posts.DropNotices(t.Context(), h.host, id); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.posts.DropNotices(t.Context(), joost, list[0].ID); err != nil { // not theirs
		t.Fatal(err)
	}
	left, err := h.posts.Notices(t.Context(), h.host, camp.Page{Limit: 2})
	if err != nil || left[0].ID != list[0].ID || left[1].ID != list[2].ID {
		t.Errorf("left %v, %v", left, err)
	}
	if err := h.posts.DropNotices(t.Context(), h.host, 0); err != nil {
		t.Fatal(err)
	}
	left, err = h.posts.Notices(t.Context(), h.host, camp.Page{})
	if err != nil || len(left) != 0 {
		t.Errorf("left %d, %v", len(left), err)
	}
}

// A letter that stays within names nobody elsewhere, whatever it says and answers.
func TestLetterWithin(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	joost, ana := h.add("joost", camp.RoleMember), h.remote("ana", "far.example")
	theirs := h.arrive(ana, "letter", func(a *posts.Arrival) {
		a.Post.Audience, a.Post.Mentions = camp.AudienceLetter, []camp.MemberID{h.host.Member}
	})
	h.errands()
	for _, row := range []struct {
		name  string
		draft camp.Draft
		say   string
	}{
		{"to both", camp.Draft{Text: "@joost @ana@far.example"}, ""},
		{"to her alone", camp.Draft{Text: "@ana@far.example"}, "posts.letter_nobody.say"},
		{"in answer to hers", camp.Draft{Text: "thanks", ReplyTo: theirs}, "posts.letter_wider.say"},
	} {
		row.draft.Audience, row.draft.Within = camp.AudienceLetter, true
		id, err := h.posts.Write(t.Context(), h.host, row.draft)
		want(t, row.name, say(err), row.say)
		if err == nil {
			want(t, row.name+": named", len(h.post(joost, id).Mentions), 1)
		}
	}
	want(t, "told elsewhere", len(h.errands()), 0)
}

func TestSensitive(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	yes, no := true, false
	id, err := h.posts.Write(t.Context(), h.host, camp.Draft{Text: "x", Sensitive: &yes})
	if err != nil {
		t.Fatal(err)
	}
	want(t, "written", h.post(h.host, id).Sensitive, true)
	if err := h.posts.Edit(t.Context(), h.host, id, camp.Draft{Text: "y"}); err != nil { // as pages do, which do not ask
		t.Fatal(err)
	}
	want(t, "nothing said", h.post(h.host, id).Sensitive, true)
	if err := h.posts.Edit(t.Context(), h.host, id, camp.Draft{Text: "y", Sensitive: &no}); err != nil {
		t.Fatal(err)
	}
	want(t, "taken back", h.post(h.host, id).Sensitive, false)
}

// A short page means the end of the list, whatever lies between that is not for the reader.
func TestPagesPutTogetherAreFull(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	joost, ben := h.add("joost", camp.RoleMember), h.add("ben", camp.RoleMember)
	var shown []camp.PostID
	for i := range 10 {
		shown = append(shown, h.write(h.host, "for all", 0))
		for range 8 {
			if _, err := h.posts.Write(t.Context(), h.host, camp.Draft{Text: "@joost", Audience: camp.AudienceLetter}); err != nil {
				t.Fatal(err)
			}
		}
		h.write(joost, "muted "+strconv.Itoa(i), 0)
	}
	if err := h.posts.Mute(t.Context(), ben, joost.Member, true); err != nil {
		t.Fatal(err)
	}
	for name, read := range map[string]func(camp.Page) ([]camp.PostView, error){
		"profile": func(p camp.Page) ([]camp.PostView, error) { return h.posts.By(t.Context(), ben, h.host.Member, p) },
		"fire":    func(p camp.Page) ([]camp.PostView, error) { return h.posts.Fire(t.Context(), ben, p) },
		"home":    func(p camp.Page) ([]camp.PostView, error) { return h.posts.Home(t.Context(), ben, p) },
	} {
		list, err := read(camp.Page{Limit: 4})
		if err != nil || len(list) != 4 || list[3].ID != shown[6] {
			t.Errorf("%s: %d posts, %v", name, len(list), err)
		}
		list, err = read(camp.Page{Limit: 4, After: uint64(shown[1]), Climb: true})
		if err != nil || len(list) != 4 || list[3].ID != shown[2] || list[0].ID != shown[5] {
			t.Errorf("%s upwards: %d posts, %v", name, len(list), err)
		}
	}
}

// Marks on what somebody passed on are seen also where it is older than the page.
func TestMarksOnWhatWasPassedOn(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	joost := h.add("joost", camp.RoleMember)
	ana := h.remote("ana", "far.example")
	old := h.arrive(ana, "old", func(a *posts.Arrival) { a.Asked = true })
	for _, do := range []func() error{
		func() error { return h.posts.Favourite(t.Context(), h.host, old, true) },
		func() error { return h.posts.Keep(t.Context(), h.host, old, true) },
		func() error { _, err := h.posts.Follow(t.Context(), h.host, joost.Member, false); return err },
		func() error { _, err := h.posts.Boost(t.Context(), joost, old, true); return err },
	} {
		want(t, "err", say(do()), "")
	}
	list, err := h.posts.Home(t.Context(), h.host, camp.Page{Limit: 1})
	if err != nil || len(list) != 1 || list[0].PassedBy == nil {
		t.Fatalf("%v, %v", list, err)
	}
	want(t, "liked", list[0].Favourited, true)
	want(t, "kept", list[0].Kept, true)
}
