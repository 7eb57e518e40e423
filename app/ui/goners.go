package ui

import (
	"fyne.io/fyne/v2"

	"camp/node/camp"
)

// gonersCard lists whom the host removed and can still take back.
func (v *View) gonersCard() fyne.CanvasObject {
	if len(v.st.Gone) == 0 {
		return nil
	}
	var rows []fyne.CanvasObject
	for _, p := range v.st.Gone {
		line := v.say("window.gone.line", "Day", v.day(p.Ended), "Until", v.ahead(p.Final))
		if p.Erase {
			line = v.say("window.gone.erased", "Day", v.day(p.Ended), "Until", v.ahead(p.Final))
		}
		undo := v.button("window.gone.undo", quiet, "", func() { v.undoAsked(p) }).disabled(v.st.Phase != camp.On || v.during(camp.DoMemberUndo))
		undo.id, undo.label = "undo."+p.Name, v.say("window.gone.undo_who", "Who", shown(p))
		rows = append(rows, v.item(v.face(shown(p), 38), stackOf(v.look.gap(1), v.bold(shown(p)).cut(), v.soft(line)), undo))
	}
	return v.card(v.bold(v.say("window.gone", "N", len(rows))), v.lines(rows...))
}

// undoAsked says what comes back and what does not, before anything does.
func (v *View) undoAsked(p camp.Person) {
	v.ask(question{
		title: v.say("window.gone.ask", "Who", shown(p)),
		parts: []fyne.CanvasObject{v.body(v.say("window.gone.ask.line", "Who", shown(p)))},
		deeds: []*press{v.button("window.gone.do", quiet, "", func() { v.undoRemoval(p) })},
		safe:  v.button("window.cancel", main, "", nil),
	})
}

// undoRemoval shows the person's screen, with the code made for them.
func (v *View) undoRemoval(p camp.Person) {
	v.do(camp.Intent{Do: camp.DoMemberUndo, Person: p.Name}, "window.busy.invite", func(a camp.Answer) {
		v.person = p.Name
		v.visit(pagePerson)
		v.back = a.Invite
		if a.Invite == nil {
			v.good(v.sayMap(a.Say, a.Args, ""))
			return
		}
		v.good(v.say("window.gone.done", "Who", shown(p)))
	})
}

// leavesLine says when a member leaves, and what becomes of their posts.
func (v *View) leavesLine(p camp.Person) string {
	if p.Erase {
		return v.say("window.people.leaves_erased", "Day", v.ahead(p.Final))
	}
	return v.say("window.people.leaves", "Day", v.ahead(p.Final))
}
