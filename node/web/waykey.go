package web

import (
	"strconv"

	"camp/node/camp"
)

// wayKeyForm gives the way in a new key, or ends the one of before.
type wayKeyForm struct {
	Two   bool // the one of before still works
	Until string
	Late  string // who still comes by that
	N     int    // devices
}

func (v *visit) wayKeyForm(r camp.Reach) *wayKeyForm {
	if r.Former.IsZero() {
		return &wayKeyForm{}
	}
	f := &wayKeyForm{Two: true, N: r.Late, Until: v.say("window.waykey.until", "Day", v.words.date(r.Former, v.now())), Late: v.say("window.waykey.end.none")}
	if r.Late > 0 {
		f.Late = v.say("window.waykey.end.late", "N", r.Late)
	}
	return f
}

// wayKey carries out what the form says. The number of devices that are shut out
// is the one that the host was shown.
func (v *visit) wayKey() error {
	if v.form.Get("sure") != "yes" {
		return &camp.Fault{Kind: camp.Invalid, Say: "pages.waykey.tick"}
	}
	in, done := camp.Intent{Do: camp.DoTunnelKey}, "waykey"
	if v.form.Get("do") == "end" {
		n, err := strconv.Atoi(v.form.Get("late"))
		if err != nil || n < 0 {
			return &camp.Fault{Kind: camp.Invalid, Say: "web.fault.invalid"}
		}
		in, done = camp.Intent{Do: camp.DoTunnelKeyEnd, Uses: n}, "waykey_end"
	}
	if _, err := v.ask(in); err != nil {
		return err
	}
	return v.to("/host/settings?said=" + done)
}
