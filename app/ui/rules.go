package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// rulesScreen shows the rules as they stand.
func (v *View) rulesScreen() fyne.CanvasObject {
	l, r := v.look, v.st.Rules
	if len(r.Texts) == 0 {
		return v.pane(v.title(v.say("window.rules.title"), ""), v.empty("path", v.say("window.rules.empty")))
	}
	below := v.say("window.rules.version", "Version", r.Version)
	if !r.Date.IsZero() {
		below = v.say("window.rules.since", "Version", r.Version, "Day", v.day(r.Date))
	}
	var rows []fyne.CanvasObject
	for i, t := range r.Texts {
		number := v.para(v.number(i+1), sizeBody, l.moss).strong().line()
		rows = append(rows, container.New(&row{gap: l.gap(13), mark: true, top: true}, number, v.body(t)))
	}
	return v.pane(v.title(v.say("window.rules.title"), below), v.card(v.lines(rows...)), v.soft(v.say("window.rules.line")))
}
