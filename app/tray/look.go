package tray

import (
	"time"

	"camp/assets"
	"camp/node/camp"
)

// deed is an entry of the menu that can be clicked.
type deed int

const (
	deedNone deed = iota
	deedOpen
	deedShow
	deedNeeds
	deedHour
	deedTomorrow
	deedUntil
	deedSwitch
	deedEnd
)

// place is one of the entries, in the menu's order; those of a second level
// follow their parent.
type place int

const (
	placeStatus place = iota
	placeOpen
	placeShow
	placeNeeds
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
}

// lookOf draws a state. now is in the zone of the person at the desktop.
func lookOf(st camp.State, w *assets.Words, dark bool, now time.Time) look {
	on := st.Phase == camp.On
	l := look{phase: string(st.Phase), needs: len(st.Needs) > 0, dark: dark}
	line := statusOf(st, w, now)
	l.tip = line
	say := func(key string, args ...any) entry { return entry{text: w.Say(key, args...)} }
	l.entries = [places]entry{
		placeStatus:   {text: line, off: true},
		placeOpen:     say("tray.open"),
		placeShow:     say("tray.show"),
		placeNeeds:    say("tray.needs", "N", len(st.Needs)),
		placePause:    say("tray.pause"),
		placeHour:     say("tray.pause.hour"),
		placeTomorrow: say("tray.pause.tomorrow"),
		placeUntil:    say("tray.pause.until"),
		placeSwitch:   say(switchWord(st.Phase)),
		placeEnd:      say("tray.quit"),
		placeAsk:      say("tray.quit.ask"),
		placeEndNow:   say("tray.quit.now"),
	}
	l.entries[placeOpen].off = !on
	l.entries[placeNeeds].hidden = len(st.Needs) == 0
	// One of the two always stands there, so that no two lines meet.
	dormant := st.Phase == camp.Paused || st.Phase == camp.Trouble || st.Phase == camp.Off && st.Exists
	l.entries[placePause].off = !on
	l.entries[placePause].hidden = dormant
	l.entries[placeSwitch].hidden = !dormant
	l.entries[placeEnd].off = st.Phase == camp.Stopping
	l.entries[placeAsk].off = true
	l.entries[placeAsk].hidden = st.Phase == camp.Off || st.Phase == camp.Trouble // nobody is in who could miss it
	return l
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
