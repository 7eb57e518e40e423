package people_test

import (
	"testing"
	"time"

	"camp/node/camp"
	"camp/store"
)

// gone takes the errands that say that somebody is no more.
func (h *house) gone() (who []camp.MemberID) {
	h.t.Helper()
	err := h.db.Update(h.t.Context(), func(tx *store.Tx) error {
		list, err := tx.Errands(0)
		for _, e := range list {
			if e.Do == camp.ErrandGone && !e.At.IsZero() {
				who = append(who, e.By)
			}
			if err == nil {
				err = tx.DropErrand(e.ID)
			}
		}
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return who
}

func (h *house) update(fn func(*store.Tx) error) {
	h.t.Helper()
	if err := h.db.Update(h.t.Context(), fn); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) tied(from, to camp.MemberID) (ok bool) {
	h.t.Helper()
	err := h.db.View(h.t.Context(), func(tx *store.Tx) (err error) {
		_, ok, err = tx.Follow(from, to)
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return ok
}

// Whose membership ends is no more for others either, where the camp talks with
// any, and where they were known at all.
func TestEndIsToldElsewhere(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name    string
		role    camp.Role
		outside bool
		known   bool // has a key by which things were signed
		want    bool
	}{
		{"a member", camp.RoleMember, true, true, true},
		{"a member who never said a word", camp.RoleMember, true, false, true},
		{"of a camp that is silent", camp.RoleMember, false, true, false},
		{"a guest", camp.RoleGuest, true, false, false},
		{"a guest who was a member", camp.RoleGuest, true, true, true},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			by := h.add("joost", row.role)
			if row.outside {
				h.abroad()
			}
			if row.known {
				h.update(func(tx *store.Tx) error { return tx.PutActorKey(camp.ActorKey{Member: by.Member, Since: tx.Now()}) })
			}
			want(t, "remove", say(h.Remove(t.Context(), h.host, "joost", false)), "")
			if got := h.gone(); len(got) > 0 {
				t.Errorf("farewells of %v while it can be undone", got)
			}
			h.clock.add(30 * day)
			want(t, "tidy", say(h.Tidy(t.Context())), "")
			got := h.gone()
			if row.want != (len(got) == 1 && got[0] == by.Member) || !row.want && len(got) > 0 {
				t.Errorf("farewells of %v", got)
			}
			want(t, "heard", h.ear.has(camp.EventErrand, 0), row.want)
		})
	}
}

// A stay that ends by itself ends in the same way.
func TestStayOverIsToldElsewhere(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	by := h.add("gast", camp.RoleGuest)
	h.abroad()
	h.update(func(tx *store.Tx) error { return tx.PutActorKey(camp.ActorKey{Member: by.Member, Since: tx.Now()}) })
	h.clock.add(31 * day)
	want(t, "tidy", say(h.Tidy(t.Context())), "")
	if got := h.gone(); len(got) != 1 || got[0] != by.Member {
		t.Errorf("farewells of %v", got)
	}
}

// Follows within the camp end with the membership; those of people elsewhere last until
// these were told, as they are found by them.
func TestEndEndsFollows(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	joost, ada, far := h.add("joost", camp.RoleMember).Member, h.add("ada", camp.RoleMember).Member, camp.MemberID(77)
	h.abroad()
	h.update(func(tx *store.Tx) error {
		for _, f := range []camp.Follow{{From: joost, To: ada}, {From: ada, To: joost}, {From: far, To: joost}, {From: joost, To: far}, {From: ada, To: far}} {
			f.At, f.Accepted = tx.Now().Add(-time.Hour), true
			if err := tx.PutFollow(f); err != nil {
				return err
			}
		}
		return nil
	})
	want(t, "remove", say(h.Remove(t.Context(), h.host, "joost", true)), "")
	want(t, "while it can be undone", h.tied(joost, ada) && h.tied(ada, joost), true)
	h.clock.add(30 * day)
	want(t, "tidy", say(h.Tidy(t.Context())), "")
	want(t, "whom they follow here", h.tied(joost, ada), false)
	want(t, "who follows them here", h.tied(ada, joost), false)
	want(t, "who follows them elsewhere", h.tied(far, joost), true)
	want(t, "whom they follow elsewhere", h.tied(joost, far), true)
	want(t, "others", h.tied(ada, far), true)
}
