package people_test

import (
	"testing"
	"time"

	"camp/node/camp"
	"camp/store"
)

// erasing gives the jobs of erasing that are left to do.
func (h *house) erasing() (list []camp.Erasing) {
	h.t.Helper()
	err := h.db.View(h.t.Context(), func(tx *store.Tx) (err error) {
		list, err = tx.Erasings()
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return list
}

func (h *house) member(id camp.MemberID) camp.Member {
	h.t.Helper()
	m, err := h.Member(h.t.Context(), id)
	if err != nil {
		h.t.Fatal(err)
	}
	return m
}

// A removal is undone as if it had not been, but for what opened doors: who
// comes back needs the code that the host makes for them.
func TestTakeBack(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	ada, ben := h.add("ada", camp.RoleHelper), h.add("ben", camp.RoleMember)
	cookie := h.signIn(ada)
	key := [32]byte{1}
	_, err := h.AddDevice(ctx, ada, camp.Device{Key: key, Label: "laptop"})
	want(t, "device", say(err), "")
	want(t, "profile", say(h.SetProfile(ctx, ada, camp.Member{Display: "Ada", About: "me"})), "")
	h.update(func(tx *store.Tx) error {
		return tx.PutFollow(camp.Follow{From: ada.Member, To: ben.Member, At: tx.Now(), Accepted: true})
	})
	want(t, "nothing to take back", say(h.TakeBack(ctx, h.host, "ada")), "people.no_way_back.say")
	want(t, "remove", say(h.Remove(ctx, h.host, "ada", false)), "")
	list, err := h.Back(ctx, h.host)
	want(t, "list", say(err), "")
	if len(list) != 1 || list[0].Name != "ada" || list[0].Standing != camp.Removed || !list[0].Final.Equal(h.clock.now().Add(30*day)) {
		t.Fatalf("can be taken back: %+v", list)
	}
	_, err = h.Back(ctx, ben)
	want(t, "a member's list", say(err), "people.only_host.say")
	want(t, "by a member", say(h.TakeBack(ctx, ben, "ada")), "people.only_host.say")
	h.clock.add(30*day - time.Minute)
	want(t, "tidy", say(h.Tidy(ctx)), "")
	want(t, "undo", say(h.TakeBack(ctx, h.host, "ada")), "")
	m := h.member(ada.Member)
	want(t, "standing", m.Standing, camp.Joined)
	want(t, "role", m.Role, camp.RoleHelper)
	want(t, "profile kept", m.Display+m.About, "Adame")
	want(t, "no end", m.Ended.IsZero() && m.Final.IsZero(), true)
	want(t, "whom they follow", h.tied(ada.Member, ben.Member), true)
	want(t, "jobs", len(h.erasing()), 0)
	_, _, err = h.SignedIn(ctx, cookie)
	want(t, "the old browser", say(err), "people.signed_out.say")
	_, err = h.AddDevice(ctx, ada, camp.Device{Key: key})
	want(t, "the old device", say(err), "people.key_over.say")
	inv, err := h.NewInvite(ctx, h.host, camp.InviteWish{Back: "ada"})
	want(t, "code", say(err), "")
	v, err := h.AddDeviceBy(ctx, inv.ID, [32]byte{2}, "new laptop")
	want(t, "comes back", say(err), "")
	want(t, "as", v.Member.ID, ada.Member)
	h.clock.add(60 * day)
	want(t, "tidy", say(h.Tidy(ctx)), "")
	want(t, "later", h.member(ada.Member).Standing, camp.Joined)
	want(t, "nothing is erased later", len(h.erasing()), 0)
}

// After thirty days it is final, whether tidying was here or not.
func TestTakeBackTooLate(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	ada := h.add("ada", camp.RoleMember)
	want(t, "remove", say(h.Remove(ctx, h.host, "ada", false)), "")
	h.clock.add(30 * day)
	want(t, "before tidying", say(h.TakeBack(ctx, h.host, "ada")), "people.no_way_back.say")
	want(t, "tidy", say(h.Tidy(ctx)), "")
	want(t, "after", say(h.TakeBack(ctx, h.host, "ada")), "people.no_way_back.say")
	want(t, "standing", h.member(ada.Member).Standing, camp.Removed)
	if jobs := h.erasing(); len(jobs) != 1 || jobs[0] != (camp.Erasing{Member: ada.Member}) {
		t.Errorf("jobs %+v", jobs)
	}
	list, err := h.Back(ctx, h.host)
	want(t, "list", say(err), "")
	want(t, "nobody", len(list), 0)
}

// What they wrote is erased at once where the host chose that, and nothing else
// is; nobody comes back into the middle of it.
func TestTakeBackWhileErasing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	ada := h.add("ada", camp.RoleMember)
	want(t, "remove", say(h.Remove(ctx, h.host, "ada", true)), "")
	if jobs := h.erasing(); len(jobs) != 1 || jobs[0] != (camp.Erasing{Member: ada.Member, Posts: true, Only: true}) {
		t.Fatalf("jobs %+v", jobs)
	}
	want(t, "at once", say(h.TakeBack(ctx, h.host, "ada")), "people.still_erasing.say")
	h.update(func(tx *store.Tx) error { return tx.DropErasing(ada.Member) })
	want(t, "then", say(h.TakeBack(ctx, h.host, "ada")), "")
}

// Somebody who comes back needs a place like anybody else, and a guest whose
// stay is over meanwhile has none to come back to.
func TestTakeBackNeedsRoom(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	h.add("ada", camp.RoleMember)
	h.add("gus", camp.RoleGuest)
	h.clock.add(20 * day)
	want(t, "remove", say(h.Remove(ctx, h.host, "ada", false)), "")
	want(t, "remove the guest", say(h.Remove(ctx, h.host, "gus", false)), "")
	h.crowd(camp.MaxMembers - 1)
	want(t, "full", say(h.TakeBack(ctx, h.host, "ada")), "people.camp_full.say")
	want(t, "remove another", say(h.Remove(ctx, h.host, "m0", false)), "")
	want(t, "room", say(h.TakeBack(ctx, h.host, "ada")), "")
	want(t, "a break", say(h.Suspend(ctx, h.host, "m2", 3*day)), "")
	want(t, "remove in it", say(h.Remove(ctx, h.host, "m2", false)), "")
	want(t, "back", say(h.TakeBack(ctx, h.host, "m2")), "")
	m2, err := h.ByName(ctx, "m2")
	want(t, "read", say(err), "")
	want(t, "the break goes on", m2.Standing, camp.Suspended)
	want(t, "remove one more", say(h.Remove(ctx, h.host, "m1", false)), "")
	h.clock.add(11 * day)
	want(t, "a stay that is over", say(h.TakeBack(ctx, h.host, "gus")), "people.no_way_back.say")
}
