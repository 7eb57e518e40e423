package posts_test

import (
	"testing"
	"time"

	"camp/node/camp"
	"camp/store"
)

func (h *house) pins(m camp.MemberID) (n int) {
	h.t.Helper()
	err := h.db.View(h.t.Context(), func(tx *store.Tx) error {
		list, err := tx.Pins(m, 0)
		n = len(list)
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return n
}

func TestPins(t *testing.T) {
	h := openHouse(t)
	ada, ben := h.add("ada", camp.RoleMember), h.add("ben", camp.RoleMember)
	write := func(a camp.Audience) camp.PostID {
		t.Helper()
		id, err := h.posts.Write(t.Context(), ada, camp.Draft{Text: "words", Audience: a})
		if err != nil {
			t.Fatal(err)
		}
		h.clock.add(time.Second)
		return id
	}
	var ids []camp.PostID
	for range camp.MostPins + 1 {
		ids = append(ids, write(camp.AudiencePublic))
	}
	for _, a := range []camp.Audience{camp.AudienceCamp, camp.AudienceFollowers, camp.AudienceQuiet} {
		want(t, a.String(), say(h.posts.Pin(t.Context(), ada, write(a), true)), "report.pin_public.say")
	}
	h.errands()
	want(t, "another's", say(h.posts.Pin(t.Context(), ben, ids[0], true)), "posts.not_yours.say")
	for _, id := range ids[:camp.MostPins] {
		want(t, "pin", say(h.posts.Pin(t.Context(), ada, id, true)), "")
	}
	want(t, "told", len(h.errands()), camp.MostPins)
	want(t, "twice", say(h.posts.Pin(t.Context(), ada, ids[0], true)), "")
	want(t, "told twice", len(h.errands()), 0)
	want(t, "one too many", say(h.posts.Pin(t.Context(), ada, ids[camp.MostPins], true)), "report.pin_many.say")
	list, err := h.posts.PinnedBy(t.Context(), ben, ada.Member)
	if err != nil || len(list) != camp.MostPins || list[0].ID != ids[camp.MostPins-1] || list[0].Pinned {
		t.Errorf("ben sees %+v, %v", list, err)
	}
	want(t, "pinned, to its author", h.post(ada, ids[0]).Pinned, true)
	want(t, "unpin", say(h.posts.Pin(t.Context(), ada, ids[0], false)), "")
	want(t, "pinned still", h.post(ada, ids[0]).Pinned, false)
	if told := h.errands(); len(told) != 1 || told[0].Do != camp.ErrandUnpin || told[0].Post != ids[0] {
		t.Errorf("told %+v", told)
	}
	// What is gone, or for the camp alone from now on, stands nowhere.
	want(t, "delete", say(h.posts.Delete(t.Context(), ada, ids[1])), "")
	_, err = h.posts.Narrow(t.Context(), ada, ids[2])
	want(t, "narrow", say(err), "")
	want(t, "left", h.pins(ada.Member), camp.MostPins-3)
}
