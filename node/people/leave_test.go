package people_test

import (
	"testing"
	"time"

	"camp/node/camp"
)

// Who leaves has seven days to think better of it; then all doors shut, the
// name stays taken, and the log says so.
func TestLeave(t *testing.T) {
	t.Parallel()
	for _, erase := range []bool{false, true} {
		h := newHouse(t)
		ctx := t.Context()
		ada := h.add("ada", camp.RoleMember)
		cookie := h.signIn(ada)
		_, err := h.AddDevice(ctx, ada, camp.Device{Key: [32]byte{1}})
		want(t, "device", say(err), "")
		m, err := h.Leave(ctx, ada, erase)
		want(t, "leave", say(err), "")
		want(t, "the day", m.Final, h.clock.now().Add(7*day))
		h.clock.add(2 * day)
		m, err = h.Leave(ctx, ada, erase)
		want(t, "leave again", say(err), "")
		want(t, "the day stays", m.Final, h.clock.now().Add(5*day))
		h.clock.add(5*day - time.Minute)
		want(t, "tidy", say(h.Tidy(ctx)), "")
		_, _, err = h.SignedIn(ctx, cookie)
		want(t, "still here", say(err), "")
		list, err := h.Persons(ctx)
		want(t, "list", say(err), "")
		if i := len(list) - 1; i != 1 || list[1].Final.IsZero() || list[1].Erase != erase {
			t.Errorf("the host sees %+v", list)
		}
		h.clock.add(time.Minute)
		want(t, "tidy", say(h.Tidy(ctx)), "")
		want(t, "standing", h.member(ada.Member).Standing, camp.Left)
		_, _, err = h.SignedIn(ctx, cookie)
		want(t, "gone", say(err), "people.signed_out.say")
		if jobs := h.erasing(); len(jobs) != 1 || jobs[0] != (camp.Erasing{Member: ada.Member, Posts: erase}) {
			t.Errorf("jobs %+v", jobs)
		}
		_, _, err = h.AddMember(ctx, h.host, "ada", camp.RoleMember)
		want(t, "the name", say(err), "people.name_gone.say")
		want(t, "no undoing by the host", say(h.TakeBack(ctx, h.host, "ada")), "people.no_way_back.say")
		deed := map[bool]string{false: "log.left", true: "log.left_erased"}[erase]
		log, err := h.Log(ctx, camp.Page{Limit: 1})
		want(t, "log", say(err), "")
		want(t, "deed", log[0].Deed, deed)
	}
}

func TestLeaveAndStay(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	ada := h.add("ada", camp.RoleMember)
	want(t, "stay without leaving", say(h.Stay(ctx, ada)), "")
	_, err := h.Leave(ctx, ada, true)
	want(t, "leave", say(err), "")
	h.clock.add(6 * day)
	want(t, "stay", say(h.Stay(ctx, ada)), "")
	h.clock.add(60 * day)
	want(t, "tidy", say(h.Tidy(ctx)), "")
	m := h.member(ada.Member)
	want(t, "standing", m.Standing, camp.Joined)
	want(t, "no trace", m.Final.IsZero() && !m.Erase && len(h.erasing()) == 0, true)
}

// The host cannot leave, nor somebody who is none of the camp; and whoever is
// removed while leaving is removed.
func TestWhoCannotLeave(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	_, err := h.Leave(ctx, h.host, false)
	want(t, "the host", say(err), "people.host_leaves.say")
	_, err = h.Leave(ctx, camp.Actor{Member: 77}, false)
	want(t, "nobody", say(err), "people.not_member.say")
	ada := h.add("ada", camp.RoleMember)
	_, err = h.Leave(ctx, ada, true)
	want(t, "leave", say(err), "")
	want(t, "remove", say(h.Remove(ctx, h.host, "ada", false)), "")
	h.clock.add(8 * day)
	want(t, "tidy", say(h.Tidy(ctx)), "")
	want(t, "standing", h.member(ada.Member).Standing, camp.Removed)
	want(t, "stay after being removed", say(h.Stay(ctx, ada)), "people.not_member.say")
	want(t, "undo", say(h.TakeBack(ctx, h.host, "ada")), "")
	h.clock.add(60 * day)
	want(t, "tidy", say(h.Tidy(ctx)), "")
	want(t, "does not leave any more", h.member(ada.Member).Standing, camp.Joined)
}
