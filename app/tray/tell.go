package tray

import (
	"camp/assets"
	"camp/node/camp"
)

// notice is something that a host must know although no window is open.
type notice struct{ key, text, page string }

// noticesOf gives what a state has to tell: a camp that could not start, a
// backup that is missing, a disk that fills up. Everything else can wait until
// somebody looks.
func noticesOf(st camp.State, w *assets.Words) []notice {
	var all []notice
	if st.Phase == camp.Trouble {
		text := w.Say("tray.notice.trouble")
		if st.Problem != nil && w.Has(st.Problem.Say) {
			text = w.SayMap(st.Problem.Say, st.Problem.Args)
		}
		all = append(all, notice{key: "trouble", text: text})
	}
	for _, n := range st.Needs {
		if (n.Kind == "backup" || n.Kind == "space") && w.Has(n.Say) {
			all = append(all, notice{key: n.Kind, text: w.SayMap(n.Say, n.Args), page: n.Page})
		}
	}
	return all
}

// tell gives each notice once, and takes away those that are over.
func (t *tray) tell() {
	w := t.say()
	now := map[string]bool{}
	for _, n := range noticesOf(t.state, w) {
		if now[n.key] { // one of a kind is enough
			continue
		}
		now[n.key] = true
		if t.told[n.key] {
			continue // a changed number of days is no news
		}
		t.told[n.key] = true
		t.notices.say(n.key, n.text, w.Say("tray.notice.show"), n.page)
	}
	for key := range t.told {
		if !now[key] {
			delete(t.told, key)
			t.notices.drop(key)
		}
	}
}

// mute is for systems without notices of ours.
type mute struct{}

func (mute) say(string, string, string, string) {}
func (mute) drop(string)                        {}
func (mute) clicked() <-chan string             { return nil }
