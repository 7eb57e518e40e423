package camp

import "slices"

// The first steps that are offered to a new host. Each may be skipped; the
// names are also those by which DoSkip knows them.
const (
	StepName     = "name"
	StepInvite   = "invite"
	StepRules    = "rules"
	StepBackups  = "backups"
	StepRecovery = "recovery"
	StepStay     = "stay" // the camp stays on while its host is away
)

// Steps are those first steps that are still open, in their order; none while
// the camp is not on.
func (s State) Steps() []string {
	if s.Phase != On {
		return nil
	}
	all := []string{StepName, StepInvite, StepRules, StepBackups, StepRecovery, StepStay}
	return slices.DeleteFunc(all, func(step string) bool { return slices.Contains(s.Skipped, step) || s.taken(step) })
}

// taken reports whether a step was taken already, or is not due yet.
func (s State) taken(step string) bool {
	invited := len(s.Invites) > 0
	switch step {
	case StepRecovery: // once it waits for the host, it stands among the needs
		return s.Recovery || slices.ContainsFunc(s.Needs, func(n Need) bool { return n.Kind == "recovery" })
	case StepInvite:
		return invited || s.belong() > 1
	case StepStay:
		return !invited || s.Settings.StartAtLogin && s.Settings.KeepAwake
	}
	return false
}

// belong counts those who take a place in the camp.
func (s State) belong() (n int) {
	for _, p := range s.People {
		if p.Standing.Counts() {
			n++
		}
	}
	return n
}
