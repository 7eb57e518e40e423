package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"camp/node/camp"
)

// privacyScreen says what is kept here, and what leaves this computer.
func (v *View) privacyScreen() fyne.CanvasObject {
	l := v.look
	leaves := v.card(
		v.bold(v.say("window.privacy.leaves")),
		v.lines(
			v.worldLeaves(),
			v.tick("window.privacy.lan", v.st.Reach.LAN, v.setLAN),
			v.tick("window.privacy.router", v.st.Reach.On, func(on bool) { v.do(camp.Intent{Do: camp.DoReach, On: on}, "", nil) }),
			v.item(nil, v.body(v.say("window.privacy.count")), v.para(v.say("window.privacy.never"), sizeBody, l.moss).line()),
		),
		v.soft(v.say("window.privacy.version")))
	parts := []fyne.CanvasObject{v.title(v.say("window.privacy.title"), v.say("window.privacy.line")), leaves, v.contactsCard()}
	var rows []fyne.CanvasObject
	for _, k := range v.st.Kept {
		rows = append(rows, v.keptRow(k))
	}
	if len(rows) > 0 {
		parts = append(parts, v.card(append([]fyne.CanvasObject{v.bold(v.say("window.privacy.kept")), v.soft(v.say("window.privacy.kept.line"))}, v.lines(rows...))...))
	} else {
		parts = append(parts, v.empty("shield", v.say("window.privacy.empty")))
	}
	host := slices.IndexFunc(v.st.People, func(p camp.Person) bool { return p.Role == camp.RoleHost })
	if host >= 0 {
		p := v.st.People[host]
		parts = append(parts, v.card(v.item(nil, v.pair(v.say("window.privacy.mine"), v.say("window.privacy.mine.line")),
			v.button("window.privacy.mine.do", quiet, "folder", func() { v.export(p) }).disabled(v.st.Phase != camp.On || v.during(camp.DoExport)))))
	}
	return v.pane(parts...)
}

// keptRow is one kind of thing the camp keeps; it opens into the reason.
func (v *View) keptRow(k camp.Keeping) fyne.CanvasObject {
	l := v.look
	name := "kept." + k.What
	what := v.sayMap(k.What, nil, "")
	icon := "right"
	if v.open[name] {
		icon = "down"
	}
	p := v.press(name, what, container.New(&row{gap: l.gap(9), mark: true, deeds: true, room: l.text(260)},
		v.icon(icon, l.soft, 16), v.body(what), container.New(&wrap{gap: 4}, v.soft(v.sayMap(k.HowLong, nil, "")))), func() {
		v.open[name] = !v.open[name]
		v.draw()
	})
	p.x, p.y, p.round = l.gap(3), l.gap(3), 8
	if !v.open[name] {
		return p
	}
	export := v.say("window.privacy.export.no")
	if k.Export {
		export = v.say("window.privacy.export.yes")
	}
	more := stackOf(l.gap(3), v.soft(v.say("window.privacy.why", "Why", v.sayMap(k.Why, nil, ""))),
		v.soft(v.say("window.privacy.about", "Who", v.sayMap(k.About, nil, ""))),
		v.soft(v.say("window.privacy.readers", "Who", v.sayMap(k.Readers, nil, ""))), v.soft(export))
	return stackOf(l.gap(4), p, container.New(&inset{x: l.gap(28)}, more))
}
