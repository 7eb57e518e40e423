package web

import (
	"net/http"

	"camp/node/camp"
)

// nearbyPage is the door for somebody in the same room.
type nearbyPage struct {
	frame
	Open, Compare bool
	Until         string
	Check, Words  string
	Sent          bool
	Ended         string // why the door closed, in words
	Told          bool   // the host said the same, and the other computer is being told
	Waits         bool   // something was just asked for
}

// What the page looks for by itself, in seconds. While two numbers are to be
// compared it stays still, for those who read it slowly.
const lookAgain = "4"

func (v *visit) nearby() error {
	p, err := v.nearbyPage()
	if err != nil {
		return err
	}
	switch {
	case p.Waits && !p.Open: // what was just asked for does not show yet
		v.w.Header().Set("Refresh", "1; url=/host/nearby")
	case p.Open || p.Told:
		v.w.Header().Set("Refresh", lookAgain)
	}
	return v.render(http.StatusOK, "nearby", p)
}

func (v *visit) nearbyPage() (*nearbyPage, error) {
	n := v.s.o.Desk.State().Nearby
	p := &nearbyPage{Open: n.State == "open", Compare: n.State == "compare", Sent: n.State == "sent", Check: n.Check, Words: n.Words}
	asked := v.r.URL.Query().Get("asked")
	p.Told, p.Waits = asked == "same" && p.Compare, asked != "" && n.Say == "" && !p.Sent
	if p.Open || p.Compare {
		p.Until = n.Until.In(v.now().Location()).Format("15:04")
	}
	if n.Say != "" {
		p.Ended = v.say(n.Say)
	}
	var err error
	if p.frame, err = v.frame("host", v.say("window.nearby.title")); err != nil {
		return nil, err
	}
	p.Live = ""
	return p, nil
}

func (v *visit) nearbyAgain(f *camp.Fault) error {
	p, err := v.nearbyPage()
	if err != nil {
		return err
	}
	p.Fault = v.sayFault(f)
	return v.render(v.status(f), "nearby", p)
}

// nearbyDo opens the door, closes it, or says whether both screens show the same.
func (v *visit) nearbyDo() error {
	in, to := camp.Intent{Do: camp.DoNearby}, "/host/nearby?asked="+v.form.Get("do")
	switch v.form.Get("do") {
	case "open":
	case "same":
		in = camp.Intent{Do: camp.DoNearbySame, Same: true}
	case "differ":
		in = camp.Intent{Do: camp.DoNearbySame}
	case "close":
		in.Do, to = camp.DoNearbyClose, "/invites"
	default:
		return &camp.Fault{Kind: camp.Invalid, Say: "web.fault.invalid"}
	}
	if _, err := v.ask(in); err != nil {
		return err
	}
	return v.to(to)
}
