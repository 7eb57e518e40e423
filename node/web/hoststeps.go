package web

import (
	"slices"

	"camp/node/camp"
)

// hostStep is one of the small optional first steps.
type hostStep struct{ Name, Title, Line, Deed, Skip string }

// hostSteps are those that are still open.
func (v *visit) hostSteps(st camp.State) (list []hostStep) {
	for _, s := range st.Steps() {
		title := v.say("window.step." + s)
		list = append(list, hostStep{
			Name: s, Title: title, Line: v.say("window.step." + s + ".line"), Deed: v.say("window.step." + s + ".deed"), Skip: v.say("window.step.skip.what", "What", title),
		})
	}
	return list
}

// stepPages are where the steps are taken.
var stepPages = map[string]string{
	camp.StepName: "/host/settings", camp.StepInvite: "/invites", camp.StepRules: "/rules", camp.StepBackups: "/host/backups",
	camp.StepRecovery: "/host/recovery", camp.StepStay: "/host?said=saved",
}

// hostStep takes a step, or skips it. Reading the rules is done by opening them.
func (v *visit) hostStep() error {
	st, step := v.s.o.Desk.State(), v.form.Get("step")
	to, known := stepPages[step]
	if !known {
		return errNowhere
	}
	skip := v.form.Get("do") == "skip"
	var in camp.Intent
	switch {
	case skip || slices.Contains([]string{camp.StepRules, camp.StepBackups}, step):
		in = camp.Intent{Do: camp.DoSkip, Page: step}
	case step == camp.StepStay:
		set := st.Settings
		set.StartAtLogin, set.KeepAwake = true, true
		in = camp.Intent{Do: camp.DoSettings, Settings: &set}
	}
	if in.Do != "" {
		if _, err := v.ask(in); err != nil {
			return err
		}
	}
	if skip {
		to = "/host"
	}
	return v.to(to)
}

// testReach asks the router anew how people on other computers get in.
func (v *visit) testReach() error {
	a, err := v.ask(camp.Intent{Do: camp.DoReachStatus})
	if err != nil {
		return err
	}
	if a.Reach != nil && a.Reach.State == "open" {
		return v.to("/host?said=open")
	}
	return v.to("/host?said=looked")
}
