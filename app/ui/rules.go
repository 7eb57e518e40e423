package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"camp/node/camp"
)

// rulesScreen shows the rules as they stand, and the way to change them.
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
	return v.pane(v.title(v.say("window.rules.title"), below), v.lastChange(), v.card(v.lines(rows...)), v.soft(v.say("window.rules.line")), v.rulesWay())
}

// lastChange shows a small change while it can be objected to, and one that was
// taken back: before and now.
func (v *View) lastChange() fyne.CanvasObject {
	r, old := v.st.Rules, v.st.Former
	var parts []fyne.CanvasObject
	switch {
	case r.Back > 0:
		parts = append(parts, v.bold(v.say("web.rules.back_title")), v.body(v.say("web.rules.back", "Version", r.Back)))
	case r.Open(v.now()):
		parts = append(parts, v.bold(v.say("web.rules.small")), v.body(v.say("web.rules.small_until", "Until", v.moment(r.Until()), "N", r.Bar)))
	default:
		return nil
	}
	var rows []fyne.CanvasObject
	for i, t := range r.Texts {
		if i < len(old.Texts) && old.Texts[i] != t {
			rows = append(rows, v.beside(v.told("web.rules.before", old.Texts[i]), v.told("web.rules.now", t)))
		}
	}
	if len(rows) > 0 {
		parts = append(parts, v.lines(rows...))
	}
	if r.Back > 0 {
		parts = append(parts, v.soft(v.say("web.rules.back_vote")))
	}
	return v.card(parts...)
}

// told is words below what they are.
func (v *View) told(key, text string) fyne.CanvasObject {
	return stackOf(v.look.gap(1), v.soft(v.say(key)), v.body(text))
}

// rulesWay leads to changing the rules.
func (v *View) rulesWay() fyne.CanvasObject {
	if v.st.Phase != camp.On {
		return nil
	}
	if v.st.Alone() {
		return v.card(v.soft(v.say("web.rules.alone")), v.deeds(v.button("web.rules.change", quiet, "", func() { v.visit(pageChange) })))
	}
	if v.st.Rules.Open(v.now()) {
		return nil
	}
	return v.deeds(v.button("web.rules.change_small", quiet, "", func() { v.visit(pageChange) }))
}
