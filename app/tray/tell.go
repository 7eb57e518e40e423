package tray

import (
	"strconv"
	"time"

	"camp/assets"
	"camp/node/camp"
)

// waitingKind is the kind of need of people who ask to join.
const waitingKind = "waiting"

// openCamp begins the page of a notice whose click opens a camp of somebody
// else's; its ID follows.
const openCamp = "camp:"

// notice is something that a person must know although no window is open. It is
// given again when it is about something that the last one was not about.
type notice struct {
	key, text, page string
	about           []string
	loud            bool // the quiet hours do not hold it back
}

// noticesOf gives what a state has to tell: a camp that could not start, a
// backup that is missing, a disk that fills up, somebody who asks to join, and
// answers in camps of others. Everything else can wait until somebody looks.
func (t *tray) noticesOf(st camp.State, w *assets.Words) []notice {
	var all []notice
	if st.Phase == camp.Trouble {
		text := w.Say("tray.notice.trouble")
		if st.Problem != nil && w.Has(st.Problem.Say) {
			text = w.SayMap(st.Problem.Say, st.Problem.Args)
		}
		all = append(all, notice{key: "trouble", text: text, about: []string{""}, loud: true})
	}
	for _, n := range st.Needs {
		if (n.Kind == "backup" || n.Kind == "space") && w.Has(n.Say) { // a changed number of days is no news
			all = append(all, notice{key: n.Kind, text: w.SayMap(n.Say, n.Args), page: n.Page, about: []string{""}})
		}
	}
	if n, some := askedNotice(st, w); some {
		all = append(all, n)
	}
	for _, m := range st.Memberships {
		key := "tray.notice.let_in"
		switch t.let[m.ID] {
		case camp.Joined:
		case camp.Declined:
			key = "tray.notice.answered"
		default:
			continue
		}
		all = append(all, notice{key: "let " + m.ID, text: w.Say(key, "Camp", nameOf(m.Camp), "Host", nameOf(m.Host)), page: "others", about: []string{string(t.let[m.ID])}})
	}
	if n, some := newsNotice(st, w); some {
		all = append(all, n)
	}
	return all
}

// askedNotice names who asks to join; more than two are counted.
func askedNotice(st camp.State, w *assets.Words) (notice, bool) {
	n := notice{key: waitingKind, page: "people"}
	var names []string
	for _, p := range st.People {
		if p.Standing == camp.Waiting {
			n.about = append(n.about, p.Name)
			name := nameOf(p.Display)
			if name == "" {
				name = "@" + p.Name
			}
			names = append(names, name)
		}
	}
	switch len(names) {
	case 0:
		return n, false
	case 1:
		n.text = w.Say("tray.notice.asks", "Who", names[0])
	case 2:
		n.text = w.Say("tray.notice.ask_two", "Who", names[0], "Other", names[1])
	default:
		n.text = w.Say("tray.notice.ask", "N", len(names))
	}
	return n, true
}

// newsNotice is the one wordless notice for answers and letters in camps of others.
func newsNotice(st camp.State, w *assets.Words) (notice, bool) {
	from := answered(st.Memberships)
	if len(from) == 0 || st.Settings.NoNotices {
		return notice{}, false
	}
	n := notice{key: news, text: newsLine(from, w), page: "others"}
	if len(from) == 1 {
		n.page = openCamp + from[0].ID
	}
	for _, m := range from {
		n.about = append(n.about, m.ID+" "+strconv.FormatUint(m.LastWord, 10))
	}
	return n, true
}

// decided remembers which requests were answered while this program runs.
func (t *tray) decided() {
	now := map[string]camp.Standing{}
	for _, m := range t.state.Memberships {
		now[m.ID] = m.State
		if t.stood[m.ID] == camp.Waiting && (m.State == camp.Joined || m.State == camp.Declined) {
			t.let[m.ID] = m.State
		}
	}
	t.stood = now
}

// tell gives each notice when it has something new, and takes away those that
// are over. In quiet hours it holds back all but a camp that could not start.
func (t *tray) tell() {
	w := t.say()
	quiet, left := quietAt(t.state.Settings, t.opt.Now())
	held := false
	now := map[string]bool{}
	for _, n := range t.noticesOf(t.state, w) {
		if now[n.key] { // one of a kind is enough
			continue
		}
		now[n.key] = true
		fresh := t.fresh(n)
		if fresh && quiet && !n.loud {
			held = true
			continue
		}
		t.told[n.key] = map[string]bool{}
		for _, a := range n.about {
			t.told[n.key][a] = true
		}
		if fresh {
			t.notices.say(n.key, n.text, w.Say("tray.notice.show"), n.page)
		}
	}
	for key := range t.told {
		if !now[key] {
			delete(t.told, key)
			t.notices.drop(key)
		}
	}
	if held {
		t.alarm.Reset(left)
	}
}

// fresh reports whether a notice is about something that was not told yet.
func (t *tray) fresh(n notice) bool {
	for _, a := range n.about {
		if !t.told[n.key][a] {
			return true
		}
	}
	return false
}

// quietAt reports whether a time lies in the quiet hours, and how long they last.
func quietAt(s camp.Settings, now time.Time) (quiet bool, left time.Duration) {
	from, to, at := s.QuietFrom, s.QuietTo, now.Hour()*60+now.Minute()
	switch {
	case from == to:
		return false, 0
	case from < to:
		quiet = at >= from && at < to
	default:
		quiet = at >= from || at < to
	}
	const day = 24 * 60
	left = time.Duration((to-at+day)%day)*time.Minute - time.Duration(now.Second())*time.Second
	return quiet, left
}

// mute is for systems without notices of ours.
type mute struct{}

func (mute) say(string, string, string, string) {}
func (mute) drop(string)                        {}
func (mute) clicked() <-chan string             { return nil }
