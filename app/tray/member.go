package tray

import (
	"camp/assets"
	"camp/node/camp"
)

// news is the phase, for assets.Icon, of somebody for whom there are answers.
const news = "news"

// nameMost bounds the name of a camp in the menu, in characters: its host
// chooses it, and a menu is as wide as its longest entry.
const nameMost = 40

func nameOf(s string) string { return camp.CleanLine(s, nameMost) }

// onlyMember reports whether this program serves camps of others alone.
func onlyMember(st camp.State) bool { return noCamp(st) && len(st.Memberships) > 0 }

// replies counts the answers and letters in camps of others that wait to be read.
func replies(all []camp.Membership) (n int) {
	for _, m := range all {
		if m.State.In() {
			n += m.Replies
		}
	}
	return n
}

// tally says how many memberships stand how, and names one of each kind.
type tally struct {
	on, waiting, looking, asleep int
	last                         [4]camp.Membership // in the same order
}

func tallyOf(all []camp.Membership) (t tally) {
	for _, m := range all {
		switch {
		case m.State == camp.Waiting:
			t.waiting, t.last[1] = t.waiting+1, m
		case !m.State.In():
		case m.Link == "connected":
			t.on, t.last[0] = t.on+1, m
		case m.Link == "asleep":
			t.asleep, t.last[3] = t.asleep+1, m
		default:
			t.looking, t.last[2] = t.looking+1, m
		}
	}
	return t
}

// memberPhase is the icon of somebody who is a member alone.
func memberPhase(all []camp.Membership) string {
	switch t := tallyOf(all); {
	case t.on > 0:
		return string(camp.On)
	case t.waiting+t.looking > 0:
		return string(camp.Starting)
	}
	return string(camp.Off)
}

// memberLine says in one line how it stands with the camps of others.
func memberLine(all []camp.Membership, w *assets.Words) string {
	if from := answered(all); len(from) > 0 {
		return newsLine(from, w)
	}
	t := tallyOf(all)
	switch {
	case t.on == 1:
		return w.Say("tray.member.on", "Camp", nameOf(t.last[0].Camp))
	case t.on > 1:
		return w.Say("tray.member.on_many", "N", t.on)
	case t.waiting > 0:
		return w.Say("tray.member.waiting", "Host", nameOf(t.last[1].Host))
	case t.looking > 0:
		return w.Say("tray.member.looking", "Camp", nameOf(t.last[2].Camp))
	case t.asleep == 1:
		return w.Say("tray.member.asleep", "Camp", nameOf(t.last[3].Camp))
	case t.asleep > 1:
		return w.Say("tray.member.asleep_all")
	}
	return w.Say("tray.none")
}

// answered are the camps in which there are answers or letters.
func answered(all []camp.Membership) (from []camp.Membership) {
	for _, m := range all {
		if m.State.In() && m.Replies > 0 {
			from = append(from, m)
		}
	}
	return from
}

// newsLine says where there is something new, and never what.
func newsLine(from []camp.Membership, w *assets.Words) string {
	if len(from) == 1 {
		return w.Say("tray.news", "Camp", nameOf(from[0].Camp))
	}
	return w.Say("tray.news.many", "N", len(from))
}

// drawCamps gives the camps of others their entries. What cannot be opened now
// is greyed and says why.
func drawCamps(l *look, all []camp.Membership, w *assets.Words) {
	i := 0
	for _, m := range all {
		if i == maxCamps || !m.State.In() && m.State != camp.Waiting {
			continue
		}
		e := entry{off: true}
		name := nameOf(m.Camp)
		switch {
		case m.State == camp.Waiting:
			e.text = w.Say("tray.camp.waiting", "Camp", name, "Host", nameOf(m.Host))
		case m.Link == "asleep":
			e.text = w.Say("tray.member.asleep", "Camp", name)
		case m.Link != "connected":
			e.text = w.Say("tray.member.looking", "Camp", name)
		case m.Replies > 0:
			e = entry{text: w.Say("tray.camp.news", "Camp", name, "N", m.Replies)}
		default:
			e = entry{text: w.Say("tray.camp.open", "Camp", name)}
		}
		l.entries[placeCamp+place(i)], l.camps[i] = e, m.ID
		i++
	}
	for ; i < maxCamps; i++ {
		l.entries[placeCamp+place(i)] = entry{text: w.Say("tray.camp.open", "Camp", ""), hidden: true}
	}
}
