package posts_test

import (
	"slices"
	"testing"
	"time"

	"camp/node/camp"
	"camp/node/posts"
	"camp/store"
)

func (h *house) polls() []camp.Errand {
	h.t.Helper()
	if err := h.posts.Polls(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
	return slices.DeleteFunc(h.errands(), func(e camp.Errand) bool { return e.Do != camp.ErrandPoll })
}

// told counts how often somebody was told that a poll is over.
func (h *house) told(by camp.Actor, id camp.PostID) (n int) {
	h.t.Helper()
	list, err := h.posts.Notices(h.t.Context(), by, camp.Page{})
	if err != nil {
		h.t.Fatal(err)
	}
	for _, x := range list {
		if x.Kind == camp.NoticePoll && x.Post != nil && x.Post.ID == id {
			n++
		}
	}
	return n
}

func (h *house) inSight() (n int) {
	h.t.Helper()
	err := h.db.View(h.t.Context(), func(tx *store.Tx) error {
		list, err := tx.Pollings()
		n = len(list)
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return n
}

func (h *house) poll(by camp.Actor, a camp.Audience, d time.Duration) camp.PostID {
	h.t.Helper()
	poll := &camp.Poll{Choices: []camp.Choice{{Text: "tea"}, {Text: "coffee"}}, Ends: h.clock.now().Add(d)}
	id, err := h.posts.Write(h.t.Context(), by, camp.Draft{Text: "what?", Poll: poll, Audience: a})
	if err != nil {
		h.t.Fatal(err)
	}
	h.errands()
	return id
}

// New counts go out at most every five minutes, and only where somebody voted.
func TestCountsOfAPollGoOut(t *testing.T) {
	h := openHouse(t)
	ada, ben, cas := h.add("ada", camp.RoleMember), h.add("ben", camp.RoleMember), h.add("cas", camp.RoleMember)
	ana := h.remote("ana", "far.example")
	id := h.poll(ada, camp.AudiencePublic, time.Hour)
	want(t, "before a vote", len(h.polls()), 0)
	want(t, "vote", say(h.posts.Vote(t.Context(), ben, id, []int{1})), "")
	list := h.polls()
	if len(list) != 1 || list[0].Post != id || list[0].By != ada.Member {
		t.Errorf("after a vote: %+v", list)
	}
	want(t, "vote", say(h.posts.Vote(t.Context(), cas, id, []int{1})), "")
	h.clock.add(5*time.Minute - time.Second)
	want(t, "within five minutes", len(h.polls()), 0)
	h.clock.add(time.Second)
	want(t, "after five minutes", len(h.polls()), 1)
	h.clock.add(10 * time.Minute)
	want(t, "without a vote since", len(h.polls()), 0)
	h.in(func(tx posts.Tx) ([]camp.Event, error) {
		p, _, err := tx.Post(id)
		if err != nil {
			return nil, err
		}
		return posts.FarVote(tx, ana.ID, p, "tea")
	})
	want(t, "after a vote from elsewhere", len(h.polls()), 1)
	h.clock.add(time.Hour)
	want(t, "at the end", len(h.polls()), 1)
	want(t, "after the end", len(h.polls()), 0)
	want(t, "in sight", h.inSight(), 0)
	for _, by := range []camp.Actor{ada, ben, cas} {
		want(t, "told", h.told(by, id), 1)
	}
	want(t, "who did not vote", h.told(h.host, id), 0)
}

// A poll of the camp tells nobody outside of it; its end is told inside.
func TestPollOfTheCampStaysInside(t *testing.T) {
	h := openHouse(t)
	ada, ben := h.add("ada", camp.RoleMember), h.add("ben", camp.RoleMember)
	id := h.poll(ada, camp.AudienceCamp, 10*time.Minute)
	gone := h.poll(ada, camp.AudiencePublic, 10*time.Minute)
	want(t, "vote", say(h.posts.Vote(t.Context(), ben, id, []int{1})), "")
	want(t, "vote", say(h.posts.Vote(t.Context(), ben, gone, []int{1})), "")
	want(t, "take back", say(h.posts.Delete(t.Context(), ada, gone)), "")
	h.errands()
	want(t, "while votes come", len(h.polls()), 0)
	h.clock.add(10 * time.Minute)
	want(t, "at the end", len(h.polls()), 0)
	want(t, "its author", h.told(ada, id), 1)
	want(t, "who voted", h.told(ben, id), 1)
	want(t, "in sight", h.inSight(), 0)
}

// Who voted in a poll elsewhere hears that it is over, once its own server says
// so or its time is up.
func TestPollElsewhereEnds(t *testing.T) {
	h := openHouse(t)
	ada, ben := h.add("ada", camp.RoleMember), h.add("ben", camp.RoleMember)
	ana := h.remote("ana", "far.example")
	h.follows(ada, ana)
	poll := &camp.Poll{Choices: []camp.Choice{{Text: "tea"}, {Text: "coffee"}}, Ends: h.clock.now().Add(time.Hour)}
	id := h.arrive(ana, "1", func(a *posts.Arrival) { a.Post.Poll = poll })
	want(t, "in sight before a vote", h.inSight(), 0)
	want(t, "vote", say(h.posts.Vote(t.Context(), ada, id, []int{0})), "")
	h.clock.add(59 * time.Minute)
	want(t, "counts of others told", len(h.polls()), 0)
	want(t, "told early", h.told(ada, id), 0)
	h.clock.add(time.Minute)
	want(t, "counts of others told", len(h.polls()), 0)
	want(t, "who voted", h.told(ada, id), 1)
	want(t, "who did not", h.told(ben, id), 0)
	want(t, "in sight", h.inSight(), 0)
}
