package people_test

import (
	"slices"
	"testing"
	"time"

	"camp/node/camp"
)

// TestGuestEnd: the host chooses the day on which a stay ends, at most ninety days
// ahead, and again; it is in the log, and the stay ends then.
func TestGuestEnd(t *testing.T) {
	s := newStanding(t)
	ctx := t.Context()
	noor, helper := s.add("noor", camp.RoleGuest), s.add("hal", camp.RoleHelper)
	s.add("ada", camp.RoleMember)
	at := func(d time.Duration) time.Time { return s.clock.now().Add(d) }
	for name, row := range map[string]struct {
		by   camp.Actor
		who  string
		long time.Duration
		want string
	}{
		"by a helper":    {helper, "noor", day, "people.only_host.say"},
		"by the guest":   {noor, "noor", day, "people.only_host.say"},
		"a member":       {s.host, "ada", day, "people.no_guest.say"},
		"the host":       {s.host, "mia", day, "people.host_stays.say"},
		"nobody":         {s.host, "zed", day, "people.nobody.say"},
		"now":            {s.host, "noor", 0, "people.guest_end.say"},
		"no day":         {s.host, "noor", -day, "people.guest_end.say"},
		"a day too long": {s.host, "noor", 90*day + time.Second, "people.guest_end.say"},
	} {
		want(t, name, say(s.SetGuestEnd(ctx, row.by, row.who, row.long)), row.want)
	}
	want(t, "the longest", say(s.SetGuestEnd(ctx, s.host, "noor", 90*day)), "")
	s.clock.add(80 * day)
	want(t, "prolonged", say(s.SetGuestEnd(ctx, s.host, "noor", 60*day)), "")
	want(t, "the same again", say(s.SetGuestEnd(ctx, s.host, "noor", 60*day)), "")
	log, err := s.LogFor(ctx, noor, camp.Page{Limit: 2})
	if err != nil || log[0].Deed != "log.guest_until" || log[0].Args["Day"] != at(60*day).Format(time.DateOnly) || log[1].Args["Day"] == log[0].Args["Day"] {
		t.Errorf("the log says %+v, %v", log, err)
	}
	s.clock.add(60*day - time.Second)
	_, err = s.NewLinkFor(ctx, noor)
	want(t, "a second before", say(err), "")
	s.clock.add(time.Second)
	_, err = s.NewLinkFor(ctx, noor)
	want(t, "the stay is over", say(err), "people.not_member.say")
}

// TestAllowance: how many invites a member may have open at once is the host's to
// choose, 0 to 20 (community.md 2).
func TestAllowance(t *testing.T) {
	s := newStanding(t)
	ctx := t.Context()
	noor, helper := s.add("noor", camp.RoleMember), s.add("hal", camp.RoleHelper)
	s.add("gus", camp.RoleGuest)
	s.clock.add(14 * day)
	for name, row := range map[string]struct {
		by   camp.Actor
		who  string
		most int
		want string
	}{
		"by a helper": {helper, "noor", 5, "people.only_host.say"}, "by themself": {noor, "noor", 5, "people.only_host.say"},
		"a guest": {s.host, "gus", 5, "people.no_allowance.say"}, "a helper": {s.host, "hal", 5, "people.no_allowance.say"},
		"the host": {s.host, "mia", 5, "people.host_stays.say"}, "too many": {s.host, "noor", 21, "people.invites_most.say"}, "fewer than none": {s.host, "noor", -1, "people.invites_most.say"},
	} {
		want(t, name, say(s.SetInvites(ctx, row.by, row.who, row.most)), row.want)
	}
	makes := func(n int, then string) {
		t.Helper()
		var open []camp.InviteID
		for i := range n {
			inv, err := s.NewInvite(ctx, noor, camp.InviteWish{})
			if err != nil {
				t.Fatalf("invite %d: %v", i+1, err)
			}
			open = append(open, inv.ID)
		}
		_, err := s.NewInvite(ctx, noor, camp.InviteWish{})
		want(t, "one more", say(err), then)
		for _, id := range open {
			want(t, "cancel", say(s.CancelInvite(ctx, noor, id)), "")
		}
		s.clock.add(366 * day) // another year of invites
		want(t, "tidy", say(s.Tidy(ctx)), "")
	}
	shown := func(want int) {
		t.Helper()
		list, err := s.Persons(ctx)
		i := slices.IndexFunc(list, func(p camp.Person) bool { return p.Name == "noor" })
		if err != nil || i < 0 || list[i].Invites != want {
			t.Errorf("shown %+v, %v, want %d invites", list, err, want)
		}
	}
	shown(camp.UsualInvites)
	makes(3, "people.invite_allowance.say")
	want(t, "none", say(s.SetInvites(ctx, s.host, "noor", 0)), "")
	shown(0)
	makes(0, "people.no_invites.say")
	want(t, "twelve", say(s.SetInvites(ctx, s.host, "noor", 12)), "")
	shown(12)
	log, err := s.Log(ctx, camp.Page{Limit: 1})
	if err != nil || log[0].Deed != "log.allowance" || log[0].Args["N"] != "12" {
		t.Errorf("the log says %+v, %v", log, err)
	}
	makes(12, "people.invite_allowance.say")
	want(t, "as everybody", say(s.SetInvites(ctx, s.host, "noor", 3)), "")
	shown(camp.UsualInvites)
}
