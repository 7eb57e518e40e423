package people_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"camp/node/camp"
	"camp/store"
)

func TestGuestStayEnds(t *testing.T) {
	h := newHouse(t)
	gus := h.add("gus", camp.RoleGuest)
	cookie := h.signIn(gus)
	h.clock.add(29 * day)
	_, _, err := h.SignedIn(t.Context(), cookie)
	want(t, "on the 29th day", say(err), "")
	h.clock.add(day)
	_, _, err = h.SignedIn(t.Context(), cookie)
	want(t, "on the last day, before tidying", say(err), "people.signed_out.say")
	want(t, "tidy", say(h.Tidy(t.Context())), "")
	m, err := h.ByName(t.Context(), "gus")
	want(t, "reading", say(err), "")
	want(t, "standing", m.Standing, camp.Expired)
	want(t, "event", h.ear.has(camp.EventMemberGone, gus.Member), true)
	list, err := h.Members(t.Context())
	want(t, "reading", say(err), "")
	want(t, "members", len(list), 1)
}

func TestWhatIsLeftOfSomebody(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ada := h.add("ada", camp.RoleMember)
	h.signIn(ada)
	want(t, "profile", say(h.SetProfile(ctx, ada, camp.Member{Display: "Ada", About: "me"})), "")
	want(t, "remove", say(h.Remove(ctx, h.host, "ada", false)), "")
	h.clock.add(30 * day)
	want(t, "tidy", say(h.Tidy(ctx)), "")
	m, err := h.Member(ctx, ada.Member)
	want(t, "reading", say(err), "")
	want(t, "on the 30th day", m.Display+m.About, "Adame")
	h.clock.add(day)
	want(t, "tidy", say(h.Tidy(ctx)), "")
	m, err = h.Member(ctx, ada.Member)
	want(t, "reading", say(err), "")
	want(t, "on the 31st", m.Display+m.About+m.LastSeen, "")
	want(t, "the name stays", m.Name, "ada")
	agreements := func() (n int) {
		err := h.db.View(ctx, func(tx *store.Tx) error {
			list, err := tx.Agreements(ada.Member)
			n = len(list)
			return err
		})
		want(t, "reading", say(err), "")
		return n
	}
	want(t, "agreements", agreements(), 1)
	h.clock.add(336 * day)
	want(t, "tidy", say(h.Tidy(ctx)), "")
	want(t, "agreements a year later", agreements(), 0)
}

func TestLastSeenFades(t *testing.T) {
	h := newHouse(t)
	cookie := h.signIn(h.host)
	_, _, err := h.SignedIn(t.Context(), cookie)
	want(t, "signed in", say(err), "")
	seen := func() string {
		m, err := h.Member(t.Context(), h.host.Member)
		want(t, "reading", say(err), "")
		return m.LastSeen
	}
	h.clock.add(29 * day)
	want(t, "29 days later", seen(), "2026-11-22")
	h.clock.add(2 * day)
	want(t, "31 days later, before tidying", seen(), camp.LastSeenLong)
	want(t, "tidy", say(h.Tidy(t.Context())), "")
	err = h.db.View(t.Context(), func(tx *store.Tx) error {
		row, err := tx.Seen(h.host.Member)
		want(t, "the row", row, camp.LastSeenLong)
		return err
	})
	want(t, "reading", say(err), "")
}

func TestTidyWritesNothingWhereNothingIsDue(t *testing.T) {
	h := newHouse(t)
	h.add("ada", camp.RoleMember)
	before := h.db.Seq()
	want(t, "tidy", say(h.Tidy(t.Context())), "")
	want(t, "acts", h.db.Seq()-before, 0)
}

// TestRunEnds: Run works off what is due at once, then every hour, and ends
// with its context.
func TestRunEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := &countingStore{}
		s := newService(st)
		ctx, cancel := context.WithTimeout(t.Context(), 150*time.Minute)
		defer cancel()
		if err := s.Run(ctx); err != nil {
			t.Error(err)
		}
		want(t, "rounds in two and a half hours", st.views, 3)
	})
}
