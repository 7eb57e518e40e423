package web

import (
	"strconv"
	"time"

	"camp/node/camp"
)

// stay is until when a guest is here, and what can be chosen: days as a form
// writes them.
type stay struct{ Until, Day, First, Last string }

// allowed is how many invites a member may have open at once.
type allowed struct{ N, Most int }

// bounds shows what the host may choose about a guest's stay or a member's invites.
func (v *visit) bounds(p *hostPersonPage, m camp.Member) {
	switch m.Role {
	case camp.RoleGuest:
		now := v.now().Local()
		p.Ends = &stay{
			Until: v.words.exact(m.Ends, v.now()), Day: m.Ends.Local().Format(time.DateOnly),
			First: now.Format(time.DateOnly), Last: now.Add(camp.GuestLongest).Format(time.DateOnly),
		}
	case camp.RoleMember:
		p.Invites = &allowed{N: m.MayHaveOpen(), Most: camp.MostInvites}
	}
}

// guestEnd has a guest stay until the end of a day, on the clock of the camp's computer.
func (v *visit) guestEnd() error {
	name, now := v.r.PathValue("name"), v.now().Local()
	day, err := time.ParseInLocation(time.DateOnly, v.form.Get("day"), now.Location())
	if err != nil {
		return &camp.Fault{Kind: camp.Invalid, Say: "people.guest_end.say", Args: map[string]string{"Most": itoa(int(camp.GuestLongest.Hours() / 24))}}
	}
	left := day.AddDate(0, 0, 1).Add(-time.Second).Sub(now)
	if over := left - camp.GuestLongest; over > 0 && over < 25*time.Hour { // the last of these days, as far as it goes
		left = camp.GuestLongest
	}
	if _, err := v.ask(camp.Intent{Do: camp.DoGuestEnd, Person: name, For: left}); err != nil {
		return err
	}
	return v.to("/host/people/" + name + "?said=saved")
}

// memberInvites sets how many invites a member may have open at once.
func (v *visit) memberInvites() error {
	name := v.r.PathValue("name")
	n, err := strconv.Atoi(v.form.Get("most"))
	if err != nil {
		return &camp.Fault{Kind: camp.Invalid, Say: "people.invites_most.say", Args: map[string]string{"Most": itoa(camp.MostInvites)}}
	}
	if _, err := v.ask(camp.Intent{Do: camp.DoAllowance, Person: name, Uses: n}); err != nil {
		return err
	}
	return v.to("/host/people/" + name + "?said=saved")
}
