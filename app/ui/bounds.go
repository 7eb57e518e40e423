package ui

import (
	"strconv"
	"time"

	"fyne.io/fyne/v2"

	"camp/node/camp"
)

// boundsRow is until when a guest stays, or how many invites a member may have
// open at once; nil for who has neither.
func (v *View) boundsRow(p camp.Person, off bool) fyne.CanvasObject {
	name := shown(p)
	switch {
	case p.Role == camp.RoleGuest && !p.Ends.IsZero():
		return v.item(nil, v.pair(v.say("window.stay"), v.say("window.stay.line", "Who", name, "Day", v.day(p.Ends))),
			v.button("window.stay.change", quiet, "", func() { v.stayAsked(p) }).disabled(off || v.during(camp.DoGuestEnd)))
	case p.Role == camp.RoleMember:
		b := v.button("window.stay.change", quiet, "", func() { v.allowanceAsked(p) })
		b.id = "allowance"
		return v.item(nil, v.pair(v.say("window.allowance"), v.say("window.allowance.line", "Who", name, "N", p.Invites)),
			b.disabled(off || v.during(camp.DoAllowance)))
	}
	return nil
}

// stays are the days that a guest may be given at once.
var stays = []int{7, 30, 60, 90}

func (v *View) stayAsked(p camp.Person) {
	var deeds []*press
	for _, n := range stays {
		deeds = append(deeds, v.buttonSay("stay."+strconv.Itoa(n), v.say("window.stay.days", "N", n), quiet, "", func() {
			v.do(camp.Intent{Do: camp.DoGuestEnd, Person: p.Name, For: time.Duration(n) * 24 * time.Hour}, "", func(camp.Answer) {
				v.good(v.say("window.stay.done", "Who", shown(p), "N", n))
			})
		}))
	}
	v.ask(question{title: v.say("window.stay.title", "Who", shown(p)), parts: []fyne.CanvasObject{v.body(v.say("window.stay.line", "Who", shown(p), "Day", v.day(p.Ends)))}, deeds: deeds, safe: v.button("window.cancel", main, "", nil)})
}

// allowances are the numbers of invites to choose from.
var allowances = []int{0, 1, 3, 5, 10, camp.MostInvites}

func (v *View) allowanceAsked(p camp.Person) {
	var deeds []*press
	for _, n := range allowances {
		deeds = append(deeds, v.buttonSay("allowance."+strconv.Itoa(n), strconv.Itoa(n), quiet, "", func() {
			v.do(camp.Intent{Do: camp.DoAllowance, Person: p.Name, Uses: n}, "", nil)
		}))
	}
	v.ask(question{title: v.say("window.allowance.title", "Who", shown(p)), parts: []fyne.CanvasObject{v.body(v.say("window.allowance.line", "Who", shown(p), "N", p.Invites))}, deeds: deeds, safe: v.button("window.cancel", main, "", nil)})
}
