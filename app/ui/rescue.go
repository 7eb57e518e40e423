package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"camp/node/camp"
)

// troubleParts is the screen of a camp that cannot be on: what happened, what
// it means, and the ways out, the safest first.
func (v *View) troubleParts() []fyne.CanvasObject {
	l := v.look
	head := v.item(v.tent(camp.Trouble, false, 56), v.pair(v.say("window.trouble.title"), v.say("window.trouble.line")))
	parts := []fyne.CanvasObject{v.card(head)}
	if p := v.st.Problem; p != nil {
		t := v.problemOf(p)
		deed := t.deed
		if deed == camp.DoRescue || deed == camp.DoStart {
			t.deed = "" // stands below, in its order
		}
		parts = append(parts, v.troubleCard(t))
		if deed == camp.DoRescue {
			parts = append(parts, v.rescueCard())
		}
	}
	try := v.item(nil, v.pair(v.say("window.trouble.again"), v.say("window.trouble.again.line")),
		v.button("window.deed.start", quiet, "", v.start).disabled(v.during(camp.DoStart)))
	bring := v.item(nil, v.pair(v.say("window.first.restore"), v.say("window.trouble.bring.line")),
		v.button("window.backup.bring.do", quiet, "", func() { v.first = PageRestore; v.visit(PageRestore) }))
	end := v.item(nil, v.pair(v.say("window.settings.end"), v.say("window.trouble.end.line")), v.button("window.settings.end.do", quiet, "", v.endAsked))
	return append(parts, v.card(v.lines(try, bring, end)), container.New(&inset{x: l.gap(4)}, v.soft(v.say("window.trouble.kept"))))
}

// rescueCard offers the two ways out of damaged files. Where the camp's own
// copy of the phrase is lost too, it asks for the one on the recovery sheet.
func (v *View) rescueCard() fyne.CanvasObject {
	parts := []fyne.CanvasObject{v.bold(v.say("window.rescue.title"))}
	if v.wantsPhrase {
		parts = append(parts, v.body(v.say("window.rescue.phrase")),
			v.field("rescue.phrase", v.say("window.bring.phrase.hint"), 2, nil))
	}
	return v.card(append(parts, v.lines(
		v.item(nil, v.pair(v.say("window.rescue.backup"), v.say("window.rescue.backup.line")),
			v.button("window.rescue.backup.do", main, "", func() { v.rescue("backup") }).disabled(v.during(camp.DoRescue))),
		v.item(nil, v.pair(v.say("window.rescue.export"), v.say("window.rescue.export.line")),
			v.button("window.rescue.export.do", quiet, "folder", v.rescueExport).disabled(v.during(camp.DoRescue)))))...)
}

// phraseNeeded is the camp's refusal that asks for the recovery phrase.
const phraseNeeded = "program.phrase_needed.say"

func (v *View) rescue(how string) {
	v.do(camp.Intent{Do: camp.DoRescue, Page: how, Phrase: v.typed("rescue.phrase")}, "window.busy.rescue", func(a camp.Answer) {
		v.wantsPhrase = false
		v.good(v.answerOr(a, "window.rescue.done"))
	})
}

func (v *View) rescueExport() {
	v.chooser.Folder("", func(folder string) {
		v.do(camp.Intent{Do: camp.DoRescue, Page: "export", Folder: folder, Phrase: v.typed("rescue.phrase")}, "window.busy.rescue", func(a camp.Answer) {
			v.good(v.answerOr(a, "window.rescue.exported"))
		})
	})
}
