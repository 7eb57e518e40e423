package posts_test

import (
	"errors"
	"testing"

	"camp/node/camp"
	"camp/store"
)

func (h *house) ties(m camp.MemberID) (n int) {
	h.t.Helper()
	err := h.db.View(h.t.Context(), func(tx *store.Tx) error {
		out, err := tx.FollowsOf(m, 0, 0)
		in, bad := tx.FollowersOf(m, 0, 0)
		n = len(out) + len(in)
		return errors.Join(err, bad)
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return n
}

func (h *house) erasings() (n int) {
	h.t.Helper()
	err := h.db.View(h.t.Context(), func(tx *store.Tx) error {
		list, err := tx.Erasings()
		n = len(list)
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return n
}

// The follows of who went end once others were told that they went.
func TestFollowsEndAfterTheFarewell(t *testing.T) {
	h := openHouse(t)
	ada, ben := h.add("ada", camp.RoleMember), h.add("ben", camp.RoleMember)
	ana := h.remote("ana", "far.example")
	h.follows(ada, ana)
	h.follows(ben, ana)
	many := 450 // more than one slice
	err := h.db.Update(t.Context(), func(tx *store.Tx) error {
		for i := range many {
			if err := tx.PutFollow(camp.Follow{From: camp.MemberID(1000 + i), To: ada.Member, At: tx.Now(), Accepted: true}); err != nil {
				return err
			}
		}
		return errors.Join(
			tx.PutErasing(camp.Erasing{Member: ada.Member}),
			tx.PutErrand(camp.Errand{ID: tx.NextID(), Do: camp.ErrandGone, By: ada.Member, At: tx.Now()}),
		)
	})
	if err != nil {
		t.Fatal(err)
	}
	want(t, "resume", h.posts.Resume(t.Context()), nil)
	want(t, "follows before it is told", h.ties(ada.Member), many+1)
	want(t, "jobs before it is told", h.erasings(), 1)
	h.errands()
	want(t, "resume", h.posts.Resume(t.Context()), nil)
	want(t, "follows after", h.ties(ada.Member), 0)
	want(t, "jobs after", h.erasings(), 0)
	want(t, "of others", h.ties(ben.Member), 1)
}
