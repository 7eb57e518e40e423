package ui

import (
	"fyne.io/fyne/v2"

	"camp/node/camp"
)

// strip is what stands at the top of a screen after a deed: what came of it.
type strip struct {
	good    string // it worked, in words; "" for nothing to say
	trouble *trouble
}

// strips are the lines above a screen: what goes on, and what came of it.
func (v *View) strips() []fyne.CanvasObject {
	var all []fyne.CanvasObject
	for _, name := range sortedKeys(v.busy) {
		w := v.busy[name]
		if w.say == "" {
			continue
		}
		text := v.say(w.say)
		if v.now().Sub(w.since) >= slowAfter {
			text += " " + v.say("window.busy.slow")
		}
		all = append(all, v.wash(v.look.lakeWash, v.look.lake, text))
	}
	if v.strip.good != "" {
		all = append(all, v.goodStrip())
	}
	if v.strip.trouble != nil {
		all = append(all, v.troubleCard(*v.strip.trouble))
	}
	return all
}

func (v *View) goodStrip() fyne.CanvasObject {
	fine := v.button("window.fine", plain, "", func() { v.strip = strip{}; v.draw() })
	fine.y = v.look.gap(3)
	t := v.para(v.strip.good, sizeBody, v.look.moss)
	return v.cardIn(v.look.mossWash, v.look.mossWash, 6, v.item(v.icon("check", v.look.moss, 19), t, fine))
}

// good says that a deed worked.
func (v *View) good(text string) { v.strip = strip{good: text} }

// failed says that a deed did not work.
func (v *View) failed(in camp.Intent, err error, again func()) {
	t := v.faultOf(err)
	t.again, v.details = again, false
	if f := camp.AsFault(err); in.Do == camp.DoRescue && f.Say == phraseNeeded {
		v.wantsPhrase, t.again = true, nil
	}
	if f := camp.AsFault(err); f.Say == "border.shared.say" {
		v.wide = true
	}
	v.strip = strip{trouble: &t}
	if v.scroll != nil {
		v.scroll.ScrollToTop()
	}
}

// troubleCard shows what happened, what it means and what can be done; the
// technical text stands behind Details and can be copied.
func (v *View) troubleCard(t trouble) fyne.CanvasObject {
	l := v.look
	what := v.bold(t.what)
	text := []fyne.CanvasObject{what}
	if t.means != "" {
		text = append(text, v.body(t.means))
	}
	parts := []fyne.CanvasObject{v.item(v.icon("warn", l.ember, 26), stackOf(l.gap(4), text...))}
	var deeds []fyne.CanvasObject
	if b := v.helpDeed(t.deed); b != nil {
		deeds = append(deeds, b)
	}
	if t.again != nil {
		deeds = append(deeds, v.button("window.again", quiet, "", t.again))
	}
	if t.detail != "" {
		key := "window.details"
		if v.details {
			key = "window.details.less"
		}
		deeds = append(deeds, v.button(key, plain, "", func() { v.details = !v.details; v.draw() }))
	}
	if len(deeds) > 0 {
		parts = append(parts, v.deeds(deeds...))
	}
	if v.details && t.detail != "" {
		parts = append(parts, v.code(t.detail), v.deeds(v.button("window.details.copy", quiet, "copy", func() { v.copy(t.detail) })))
	}
	return v.cardIn(l.emberWash, l.emberWash, 10, parts...)
}

// helpDeed is the button that helps with a problem, by its Do… constant.
func (v *View) helpDeed(deed string) *press {
	var key string
	var tap func()
	switch deed {
	case camp.DoMakeRoom:
		key, tap = "window.deed.room", v.makeRoom
	case camp.DoClockRight:
		key, tap = "window.deed.clock", v.clockRight
	case camp.DoStart:
		key, tap = "window.deed.start", v.start
	case camp.DoBackup:
		key, tap = "window.deed.backup", v.backUp
	case camp.DoBackupPlan:
		key, tap = "window.deed.folder", v.chooseFolder
	case camp.DoRecovery, camp.DoRecoveryDone:
		key, tap = "window.deed.recovery", func() { v.visit(PageRecovery) }
	case camp.DoRestore:
		key, tap = "window.deed.restore", func() { v.visit(PageRestore) }
	case camp.DoRescue:
		key, tap = "window.deed.rescue", func() { v.rescue("backup") }
	case camp.DoResume:
		key, tap = "window.deed.resume", v.resume
	case camp.DoStop:
		key, tap = "window.deed.stop", v.endAsked
	default:
		return nil
	}
	return v.button(key, main, "", tap).disabled(v.during(deed))
}

func (v *View) makeRoom() {
	v.do(camp.Intent{Do: camp.DoMakeRoom}, "window.busy.room", func(a camp.Answer) {
		v.good(v.answerOr(a, "window.room.done"))
	})
}

func (v *View) clockRight() {
	v.do(camp.Intent{Do: camp.DoClockRight}, "", func(a camp.Answer) { v.good(v.answerOr(a, "program.clock_right.say")) })
}

// answerOr is the sentence of an answer, or our own.
func (v *View) answerOr(a camp.Answer, key string) string {
	if a.Say != "" && v.words.Has(a.Say) {
		return v.words.SayMap(a.Say, a.Args)
	}
	return v.say(key)
}

// copy puts text on the clipboard and says so.
func (v *View) copy(text string) {
	fyne.CurrentApp().Clipboard().SetContent(text)
	v.good(v.say("window.copied"))
	v.draw()
}
