package tray

import (
	"time"

	"camp/assets"
	"camp/node/camp"
)

// deed is an entry of the menu that can be clicked. Those from deedCamp on open
// a camp of somebody else's, in the order in which they were drawn.
type deed int

const (
	deedNone deed = iota
	deedOpen
	deedShow
	deedWaiting
	deedNeeds
	deedInvite
	deedJoin
	deedHour
	deedTomorrow
	deedUntil
	deedSwitch
	deedEnd
	deedCamp
)

// maxCamps is how many camps of others the menu has room for; the window lists all.
const maxCamps = 6

// place is one of the entries, in the menu's order; those of a second level
// follow their parent.
type place int

const (
	placeStatus place = iota
	placeOpen
	placeCamp // the first of maxCamps
)

const (
	placeShow place = placeCamp + maxCamps + iota
	placeWaiting
	placeNeeds
	placeInvite
	placeJoin
	placePause
	placeHour
	placeTomorrow
	placeUntil
	placeSwitch
	placeEnd
	placeAsk
	placeEndNow
	places // how many there are
)

// entry is how an entry of the menu looks.
type entry struct {
	text   string
	hidden bool
	off    bool // greyed
}

// look is the whole of icon and menu for one state.
type look struct {
	phase   string // for assets.Icon
	needs   bool
	dark    bool
	tip     string
	entries [places]entry
	camps   [maxCamps]string // the membership that each of those entries opens
}

// lookOf draws a state. now is in the zone of the person at the desktop.
func lookOf(st camp.State, w *assets.Words, dark bool, now time.Time) look {
	on := st.Phase == camp.On
	l := look{phase: string(st.Phase), needs: len(st.Needs) > 0, dark: dark}
	line := statusOf(st, w, now)
	if onlyMember(st) {
		l.phase, line = memberPhase(st.Memberships), memberLine(st.Memberships, w)
	}
	if l.phase == string(camp.On) && !l.needs && replies(st.Memberships) > 0 {
		l.phase = news
	}
	l.tip = line
	say := func(key string, args ...any) entry { return entry{text: w.Say(key, args...)} }
	needs := otherNeeds(st.Needs)
	l.entries = [places]entry{
		placeStatus:   {text: line, off: true},
		placeOpen:     say("tray.open"),
		placeShow:     say("tray.show"),
		placeWaiting:  say("tray.waiting", "N", st.Waiting),
		placeNeeds:    say("tray.needs", "N", len(needs)),
		placeInvite:   say("tray.invite"),
		placeJoin:     say("tray.join"),
		placePause:    say("tray.pause"),
		placeHour:     say("tray.pause.hour"),
		placeTomorrow: say("tray.pause.tomorrow"),
		placeUntil:    say("tray.pause.until"),
		placeSwitch:   say(switchWord(st.Phase)),
		placeEnd:      say("tray.quit"),
		placeAsk:      say("tray.quit.ask"),
		placeEndNow:   say("tray.quit.now"),
	}
	drawCamps(&l, st.Memberships, w)
	l.entries[placeOpen].off = !on
	l.entries[placeOpen].hidden = onlyMember(st)
	l.entries[placeWaiting].hidden = st.Waiting == 0 || !on
	l.entries[placeNeeds].hidden = len(needs) == 0
	l.entries[placeInvite].off = !on
	l.entries[placeInvite].hidden = noCamp(st)
	l.entries[placeJoin].hidden = !noCamp(st) // one of the two always stands there, so that no two lines meet
	dormant := st.Phase == camp.Paused || st.Phase == camp.Trouble || st.Phase == camp.Off && st.Exists
	l.entries[placePause].off = !on
	l.entries[placePause].hidden = dormant || noCamp(st)
	l.entries[placeSwitch].hidden = !dormant
	l.entries[placeEnd].off = st.Phase == camp.Stopping
	l.entries[placeAsk].off = true
	l.entries[placeAsk].hidden = st.Phase == camp.Off || st.Phase == camp.Trouble // nobody is in who could miss it
	return l
}

// noCamp reports whether no camp lives on this computer.
func noCamp(st camp.State) bool { return st.Phase == camp.Off && !st.Exists }

// otherNeeds are those without an entry of their own.
func otherNeeds(all []camp.Need) (rest []camp.Need) {
	for _, n := range all {
		if n.Kind != waitingKind {
			rest = append(rest, n)
		}
	}
	return rest
}

func switchWord(p camp.Phase) string {
	switch p {
	case camp.Paused:
		return "tray.resume"
	case camp.Trouble:
		return "tray.retry"
	}
	return "tray.start"
}

// statusOf is the state in one line.
func statusOf(st camp.State, w *assets.Words, now time.Time) string {
	switch st.Phase {
	case camp.On:
		if len(st.Needs) > 0 {
			return w.Say("tray.on.needs")
		}
		if st.Here > 0 {
			return w.Say("tray.on.here", "N", st.Here)
		}
		return w.Say("tray.on")
	case camp.Starting:
		return w.Say("tray.starting")
	case camp.Stopping:
		return w.Say("tray.stopping")
	case camp.Paused:
		return pausedUntil(st.Until, w, now)
	case camp.Trouble:
		return w.Say("tray.trouble")
	}
	if !st.Exists {
		return w.Say("tray.none")
	}
	return w.Say("tray.off")
}

func pausedUntil(until time.Time, w *assets.Words, now time.Time) string {
	if until.IsZero() {
		return w.Say("tray.paused")
	}
	until = until.In(now.Location())
	switch until.Format(time.DateOnly) {
	case now.Format(time.DateOnly):
		return w.Say("tray.paused.until", "Time", until.Format("15:04"))
	case now.AddDate(0, 0, 1).Format(time.DateOnly):
		return w.Say("tray.paused.tomorrow", "Time", until.Format("15:04"))
	}
	return w.Say("tray.paused.until", "Time", until.Format("2006-01-02 15:04"))
}
