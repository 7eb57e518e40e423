package web

import (
	"strconv"
	"time"

	"camp/node/camp"
)

// breakLine says how long somebody's break lasts, "" for who has none.
func (v *visit) breakLine(m camp.Member) string {
	switch {
	case m.Standing != camp.Suspended:
		return ""
	case m.Until.IsZero():
		return v.say("window.break.open")
	}
	return v.say("window.break.until", "Time", v.words.exact(m.Until, v.now()))
}

// memberBreak gives somebody a break, or ends it.
func (v *visit) memberBreak() error {
	name := v.r.PathValue("name")
	in := camp.Intent{Do: camp.DoSuspend, Person: name}
	switch v.form.Get("for") {
	case "day":
		in.For = 24 * time.Hour
	case "week":
		in.For = 7 * 24 * time.Hour
	case "open":
	case "end":
		in.Do = camp.DoReturn
	default:
		return &camp.Fault{Kind: camp.Invalid, Say: "web.fault.invalid"}
	}
	if _, err := v.ask(in); err != nil {
		return err
	}
	return v.to("/host/people/" + name + "?said=saved")
}

// memberDevice shuts a device of somebody's out for good, or has the tunnel
// forget what keeps it from connecting.
func (v *visit) memberDevice() error {
	name := v.r.PathValue("name")
	serial, err := strconv.ParseUint(v.form.Get("serial"), 10, 64)
	if err != nil {
		return errNowhere
	}
	in, said := camp.Intent{Do: camp.DoReconnect, Person: name, Serial: serial}, "saved"
	switch v.form.Get("do") {
	case "again":
	case "gone":
		in.Do, said = camp.DoDeviceRemove, "gone"
	default:
		return &camp.Fault{Kind: camp.Invalid, Say: "web.fault.invalid"}
	}
	if _, err := v.ask(in); err != nil {
		return err
	}
	return v.to("/host/people/" + name + "?said=" + said)
}

// pause shuts everybody but the host out for a while, or lets them in again.
func (v *visit) pause() error {
	in := camp.Intent{Do: camp.DoPause}
	switch v.form.Get("for") {
	case "hour":
		in.For = time.Hour
	case "tomorrow":
		now := v.now().Local()
		y, m, d := now.Date()
		in.For = time.Date(y, m, d+1, 7, 0, 0, 0, now.Location()).Sub(now)
	case "open":
	case "end":
		in.Do = camp.DoResume
	default:
		return &camp.Fault{Kind: camp.Invalid, Say: "web.fault.invalid"}
	}
	if _, err := v.ask(in); err != nil {
		return err
	}
	return v.to("/host?said=saved")
}
