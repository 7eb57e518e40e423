package ui

import (
	"fyne.io/fyne/v2"

	"camp/node/camp"
)

// wayKey gives the way in a new key, and while the old one works beside it, ends that.
func (v *View) wayKey() fyne.CanvasObject {
	r := v.st.Reach
	head := []fyne.CanvasObject{v.bold(v.say("window.waykey"))}
	off := v.st.Phase != camp.On || v.during(camp.DoTunnelKey) || v.during(camp.DoTunnelKeyEnd)
	if r.Former.IsZero() {
		return v.card(append(head, v.soft(v.say("window.waykey.line")), v.deeds(v.button("window.waykey.do", quiet, "", v.wayKeyAsked).disabled(off)))...)
	}
	return v.card(append(head, v.body(v.say("window.waykey.until", "Day", v.day(r.Former))), v.soft(v.lateLine("window.waykey.late", "window.waykey.none")),
		v.deeds(v.button("window.waykey.end", quiet, "", v.wayKeyEndAsked).disabled(off)))...)
}

// lateLine says how many devices still come by the old key.
func (v *View) lateLine(some, none string) string {
	if v.st.Reach.Late == 0 {
		return v.say(none)
	}
	return v.say(some, "N", v.st.Reach.Late)
}

func (v *View) wayKeyAsked() {
	v.ask(question{
		title: v.say("window.waykey.ask"),
		parts: []fyne.CanvasObject{v.body(v.say("window.waykey.then")), v.soft(v.say("window.waykey.backup"))},
		deeds: []*press{v.button("window.waykey.yes", danger, "", func() {
			v.do(camp.Intent{Do: camp.DoTunnelKey}, "", func(camp.Answer) { v.good(v.say("window.waykey.done")) })
		})},
		safe: v.button("window.cancel", main, "", nil),
	})
}

func (v *View) wayKeyEndAsked() {
	n := v.st.Reach.Late // as it is shown, and meant
	v.ask(question{
		title: v.say("window.waykey.end.ask"),
		parts: []fyne.CanvasObject{v.body(v.lateLine("window.waykey.end.late", "window.waykey.end.none"))},
		deeds: []*press{v.button("window.waykey.end.yes", danger, "", func() {
			v.do(camp.Intent{Do: camp.DoTunnelKeyEnd, Uses: n}, "", func(camp.Answer) { v.good(v.say("window.waykey.end.done")) })
		})},
		safe: v.button("window.cancel", main, "", nil),
	})
}

// byOldKey reports whether somebody still comes by the old key.
func byOldKey(p camp.Person) bool {
	for _, d := range p.Devices {
		if d.Former {
			return true
		}
	}
	return false
}
