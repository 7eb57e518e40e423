package web

import "camp/node/camp"

// reachForm holds the host's choices about being found from other computers.
type reachForm struct {
	Awake, Door, Home bool
	Back              string // the page the form stands on: "invites" or "settings"
	Token             string
}

// reachForm shows the choices as they stand. Before the first code the router's
// door is ticked: that is what a code brings with it unless the host says no.
func (v *visit) reachForm(back string) *reachForm {
	st := v.s.o.Desk.State()
	return &reachForm{
		Awake: st.Settings.KeepAwake, Door: st.Reach.On || !st.Reach.Asked, Home: st.Reach.LAN, Back: back, Token: v.token,
	}
}

// firstInvite is the form before the very first code, for the host alone.
func (v *visit) firstInvite(list []camp.Invite) *reachForm {
	if !v.keeper() || len(list) > 0 || v.s.o.Desk.State().Reach.Asked {
		return nil
	}
	return v.reachForm("invites")
}

// outside says how people on other computers get in, in the words of the window.
func outside(st camp.State) string {
	switch {
	case st.NoTunnel != "":
		return "window.reach.none_yet"
	case st.Reach.State == "":
		return "window.reach.off.why"
	}
	return "window.reach." + st.Reach.State + ".why"
}

// saveReach carries out what the form changes, one thing after the other.
func (v *visit) saveReach() error {
	st := v.s.o.Desk.State()
	var asks []camp.Intent
	if on := v.form.Get("door") == "on"; on != st.Reach.On || !st.Reach.Asked {
		asks = append(asks, camp.Intent{Do: camp.DoReach, On: on})
	}
	if on := v.form.Get("home") == "on"; on != st.Reach.LAN {
		asks = append(asks, camp.Intent{Do: camp.DoLAN, On: on})
	}
	if on := v.form.Get("awake") == "on"; on != st.Settings.KeepAwake {
		set := st.Settings
		set.KeepAwake = on
		asks = append(asks, camp.Intent{Do: camp.DoSettings, Settings: &set})
	}
	for _, in := range asks {
		if _, err := v.ask(in); err != nil {
			return err
		}
	}
	if v.form.Get("back") == "invites" {
		return v.to("/invites?said=saved")
	}
	return v.to("/host/settings?said=saved")
}
