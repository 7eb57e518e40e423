package posts_test

import (
	"slices"
	"testing"
	"time"

	"camp/node/camp"
	"camp/node/posts"
	"camp/store"
)

// errand is the one errand that was left.
func (h *house) errand() camp.Errand {
	h.t.Helper()
	list := h.errands()
	if len(list) != 1 {
		h.t.Fatalf("errands: %+v", list)
	}
	return list[0]
}

// What is taken back is told by when it was made, so that it can be named.
func TestErrandsSayWhenWhatTheyTakeBackWasMade(t *testing.T) {
	h := openHouse(t)
	ada := h.add("ada", camp.RoleMember)
	ana := h.remote("ana", "far.example")
	h.follows(ada, ana)
	id := h.arrive(ana, "1", nil)
	did := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		h.clock.add(time.Minute)
	}
	did(h.posts.Favourite(t.Context(), ada, id, true))
	made := h.errand().At
	did(h.posts.Favourite(t.Context(), ada, id, false))
	want(t, "the like that is taken back", h.errand().Done, made)

	did(h.posts.Block(t.Context(), ada, ana.ID, true))
	list := h.errands()
	made = list[len(list)-1].At
	did(h.posts.Mute(t.Context(), ada, ana.ID, true))
	h.in(func(tx posts.Tx) ([]camp.Event, error) { return posts.FarBlock(tx, ana.ID, ada.Member, true) })
	h.clock.add(time.Minute)
	did(h.posts.Block(t.Context(), ada, ana.ID, false))
	want(t, "the block that is taken back", h.errand().Done, made)
	did(h.posts.Block(t.Context(), ada, ana.ID, true))
	if again := h.errand(); !again.At.After(made) {
		t.Error("two blocks have one time")
	}
}

// A boost that is taken back names what it passed on, also a post of this camp.
func TestUnboostNamesWhatWasPassedOn(t *testing.T) {
	h := openHouse(t)
	ada, ben := h.add("ada", camp.RoleMember), h.add("ben", camp.RoleMember)
	mine, err := h.posts.Write(t.Context(), ben, camp.Draft{Text: "to all", Audience: camp.AudiencePublic})
	if err != nil {
		t.Fatal(err)
	}
	h.errands()
	for _, on := range []bool{true, false} {
		if _, err := h.posts.Boost(t.Context(), ada, mine, on); err != nil {
			t.Fatal(err)
		}
	}
	list := h.errands()
	want(t, "named", list[1].URI, posts.LocalScheme+mine.String())
}

// A post that is taken back names those who surely had it.
func TestDeleteNamesWhoHadIt(t *testing.T) {
	h := openHouse(t)
	ada, ben := h.add("ada", camp.RoleMember), h.add("ben", camp.RoleMember)
	named, booster, answers := h.remote("named", "far.example"), h.remote("booster", "far.example"), h.remote("answers", "far.example")
	id, err := h.posts.Write(t.Context(), ada, camp.Draft{Text: "hello @named@far.example @ben", Audience: camp.AudiencePublic})
	if err != nil {
		t.Fatal(err)
	}
	h.in(func(tx posts.Tx) ([]camp.Event, error) {
		p, _, err := tx.Post(id)
		if err != nil {
			return nil, err
		}
		return posts.FarBoost(tx, booster.ID, p, booster.URI+"/b", h.clock.now())
	})
	h.arrive(answers, "1", func(a *posts.Arrival) { a.ReplyTo = posts.LocalScheme + id.String() })
	if _, err := h.posts.Write(t.Context(), ben, camp.Draft{Text: "me too", ReplyTo: id, Audience: camp.AudienceCamp}); err != nil {
		t.Fatal(err)
	}
	h.errands()
	if err := h.posts.Delete(t.Context(), ada, id); err != nil {
		t.Fatal(err)
	}
	e := h.errand()
	slices.Sort(e.More)
	want(t, "told", e.Do, camp.ErrandDelete)
	want(t, "whom", slices.Equal(e.More, []string{answers.URI, booster.URI, named.URI}), true)
}

// What is within the camp is quoted in no letter that goes beyond it.
func TestLetterBeyondTheCampQuotesNothingWithin(t *testing.T) {
	h := openHouse(t)
	ada, ben := h.add("ada", camp.RoleMember), h.add("ben", camp.RoleMember)
	h.remote("ana", "far.example")
	inner := h.write(ben, "camp only", 0)
	letter, err := h.posts.Write(t.Context(), ben, camp.Draft{Text: "@ada psst", Audience: camp.AudienceLetter})
	if err != nil {
		t.Fatal(err)
	}
	for _, of := range []camp.PostID{inner, letter} {
		_, err := h.posts.Write(t.Context(), ada, camp.Draft{Text: "@ana@far.example look", Audience: camp.AudienceLetter, Quote: of})
		want(t, "to somebody elsewhere", say(err), "posts.no_quote.say")
		_, err = h.posts.Write(t.Context(), ada, camp.Draft{Text: "@ben look", Audience: camp.AudienceLetter, Quote: of})
		want(t, "within", say(err), "")
	}
	var left []camp.Errand
	err = h.db.View(t.Context(), func(tx *store.Tx) (err error) {
		left, err = tx.Errands(10)
		return err
	})
	want(t, "told", len(left), 0)
	want(t, "read", err, nil)
}
