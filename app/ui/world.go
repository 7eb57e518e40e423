package ui

import (
	"strings"

	"fyne.io/fyne/v2"

	"camp/node/camp"
)

// worldScreen is where the host lets the camp talk with the wide world, sees
// what that opens before it is open, and what is missing.
func (v *View) worldScreen() fyne.CanvasObject {
	w := v.st.World
	head := "window.world.head.off"
	if w.On {
		head = "window.world.head.on"
	}
	parts := []fyne.CanvasObject{v.backButton(func() { v.visit(PageSettings) }), v.title(v.say("window.world.title"), v.say(head))}
	if v.worldShut() && !v.during(camp.DoWorldOn, camp.DoWorldOff) {
		parts = append(parts, v.wash(v.look.lakeWash, v.look.lake, v.say("window.world.not_now")))
	}
	if w.On {
		parts = append(parts, v.worldState(), v.worldMissing(v.todoTitle(), w.Problems), v.worldApps(), v.worldKeys())
	} else {
		parts = append(parts, v.worldOpens(), v.worldName(), v.worldTried())
	}
	return v.pane(append(parts, v.waitsCard())...)
}

// worldShut reports whether nothing about the wide world can be asked now.
func (v *View) worldShut() bool { return v.st.Phase != camp.On }

// worldBusy reports whether something about it is under way.
func (v *View) worldBusy() bool {
	return v.during(camp.DoWorldOn, camp.DoWorldOff, camp.DoWorldCheck, camp.DoReach)
}

// worldOpens says in plain words what switching on opens, and what it does not.
func (v *View) worldOpens() fyne.CanvasObject {
	l := v.look
	who, name := v.hostName(), v.st.World.Domain
	if name == "" {
		name = "oak.example"
	}
	say := func(icon string, ink fyneNRGBA, text string) fyne.CanvasObject {
		return v.item(v.icon(icon, ink, 20), v.body(text))
	}
	return v.card(v.bold(v.say("window.world.opens")),
		say("people", l.lake, v.say("window.world.opens.find", "Who", who, "Name", name)),
		say("privacy", l.moss, v.say("window.world.opens.stays")),
		say("open", l.lake, v.say("window.world.opens.door")),
		say("home", l.lake, v.say("window.world.opens.on")),
		say("key", l.ember, v.say("window.world.opens.name")))
}

// hostName is the host's own name in the camp, for an example that is true.
func (v *View) hostName() string {
	for _, p := range v.st.People {
		if p.Role == camp.RoleHost {
			return p.Name
		}
	}
	return "ana"
}

// worldName asks for a name to try; a camp that has one keeps it.
func (v *View) worldName() fyne.CanvasObject {
	off := v.worldShut() || v.worldBusy()
	if name := v.st.World.Domain; name != "" {
		return v.card(v.item(nil, v.pair(name, v.say("window.world.kept")),
			v.button("window.world.check", quiet, "", func() { v.tryName("") }).disabled(off),
			v.button("window.world.on", main, "", func() { v.worldOnAsked(name) }).disabled(off)))
	}
	try := func() {
		if name := v.typed("wide.name"); name != "" {
			v.tryName(name)
		}
	}
	return v.card(v.bold(v.say("window.world.name")), v.soft(v.say("window.world.name.line")),
		v.field("wide.name", v.say("window.world.name.hint"), 1, try),
		v.deeds(v.button("window.world.try", weightIf(v.tried == nil, main), "", try).disabled(off)))
}

// tryName asks whether a name leads here; "" is the camp's own.
func (v *View) tryName(name string) {
	v.do(camp.Intent{Do: camp.DoWorldCheck, Domain: name}, "window.busy.world_check", func(a camp.Answer) { v.tried = a.World })
}

// worldTried says what came of trying a name, and switches on by it.
func (v *View) worldTried() fyne.CanvasObject {
	t := v.tried
	if t == nil {
		return nil
	}
	var on fyne.CanvasObject
	if v.st.World.Domain == "" {
		on = v.deeds(v.button("window.world.on", main, "", func() { v.worldOnAsked(t.Domain) }).disabled(v.worldShut() || v.worldBusy()))
	}
	if len(t.Problems) == 0 {
		return v.card(v.item(v.icon("check", v.look.moss, 26), v.pair(v.say("window.world.tried", "Name", t.Domain), v.say("window.world.tried.good"))), on)
	}
	title := v.say("window.world.tried.missing", "Name", t.Domain)
	if t.Ready {
		title = v.say("window.world.tried.but", "Name", t.Domain)
	}
	return v.worldMissing(title, t.Problems, on)
}

// worldOnAsked says once more that a name stays, before it is given.
func (v *View) worldOnAsked(name string) {
	parts, yes := []fyne.CanvasObject{v.body(v.say("window.world.on.forever", "Name", name))}, "window.world.on.yes"
	if v.st.World.Domain != "" {
		parts, yes = []fyne.CanvasObject{v.body(v.say("window.world.on.again", "Name", name))}, "window.world.on.yes_again"
	}
	if v.tried != nil && len(v.tried.Problems) > 0 {
		parts = append(parts, v.body(v.say("window.world.on.missing")))
	}
	v.ask(question{
		title: v.say("window.world.on.ask", "Name", name),
		parts: append(parts, v.soft(v.say("window.world.on.starts"))),
		deeds: []*press{v.button(yes, weightIf(yes == "window.world.on.yes", danger), "", func() {
			v.do(camp.Intent{Do: camp.DoWorldOn, Domain: name}, "window.busy.world_on", func(camp.Answer) {
				v.tried = nil
				v.good(v.say("window.world.on.done", "Name", name))
			})
		})},
		safe: v.button("window.world.on.not", main, "", nil),
	})
}

// worldState is how it stands while it is on.
func (v *View) worldState() fyne.CanvasObject {
	l, w := v.look, v.st.World
	icon, ink, title, line := "warn", l.ember, v.say("window.world.lost"), v.say("window.world.lost.line")
	switch {
	case w.Checked.IsZero():
		icon, ink, title, line = "others", l.lake, v.say("window.world.looking"), ""
	case w.Ready:
		icon, ink, title, line = "check", l.moss, v.say("window.world.found"), v.sayMap("world.ready", map[string]string{"Name": w.Domain}, "")
	}
	off := v.worldShut() || v.worldBusy()
	check := v.button("window.world.check", quiet, "", func() {
		v.do(camp.Intent{Do: camp.DoWorldCheck}, "window.busy.world_check", nil)
	}).disabled(off)
	stop := v.button("window.world.off", quiet, "", v.worldOffAsked).disabled(off || w.Fixed)
	parts := []fyne.CanvasObject{
		v.item(v.icon(icon, ink, 30), v.pair(title, line)), v.rule(),
		v.lines(v.fact("window.world.as", w.Domain), v.fact("window.world.door", v.worldDoor()), v.fact("window.world.cert", v.worldCert()),
			v.fact("window.world.checked", v.worldChecked())),
		v.deeds(check, stop),
	}
	if w.Fixed {
		parts = append(parts, v.soft(v.say("window.world.fixed")))
	}
	return v.card(parts...)
}

// todoTitle stands over what was found: what keeps others away, or what does not.
func (v *View) todoTitle() string {
	if v.st.World.Ready {
		return v.say("window.world.todo.ready")
	}
	return v.say("window.world.todo")
}

// fact is a line with a name and what is so; nil for nothing.
func (v *View) fact(key, is string) fyne.CanvasObject {
	if is == "" {
		return nil
	}
	return v.item(nil, v.soft(v.say(key)), v.body(is).cut())
}

// worldApps is whether apps of members may come in by the name, too.
func (v *View) worldApps() fyne.CanvasObject {
	return v.card(
		v.tick("window.world.apps", v.st.Settings.Apps, func(on bool) { v.change(func(s *camp.Settings) { s.Apps = on }) }),
		v.soft(v.say("window.world.apps.line")))
}

// worldDoor says how the router's door stands, "" where a proxy stands in front.
func (v *View) worldDoor() string {
	w := v.st.World
	switch {
	case w.Address == "":
		return ""
	case w.Door == "open" && w.Outer != "":
		return v.say("window.world.door.open", "Address", w.Outer)
	case w.Door == "asking":
		return v.say("window.world.door.asking")
	}
	return v.say("window.world.door.other")
}

// worldCert says how long the certificate is good, "" where a proxy shows its own.
func (v *View) worldCert() string {
	w := v.st.World
	switch {
	case w.Address == "":
		return ""
	case w.Until.IsZero():
		return v.say("window.world.cert.none")
	}
	return v.say("window.world.cert.until", "Day", v.day(w.Until))
}

func (v *View) worldChecked() string {
	if v.st.World.Checked.IsZero() {
		return v.say("window.world.checked.never")
	}
	return v.moment(v.st.World.Checked)
}

func (v *View) worldOffAsked() {
	v.ask(question{
		title: v.say("window.world.off.ask"),
		parts: []fyne.CanvasObject{v.body(v.say("window.world.off.line")), v.body(v.say("window.world.kept")), v.soft(v.say("window.world.on.starts"))},
		deeds: []*press{v.button("window.world.off.yes", danger, "", func() {
			v.do(camp.Intent{Do: camp.DoWorldOff}, "window.busy.world_off", func(camp.Answer) { v.good(v.say("window.world.off.done")) })
		})},
		safe: v.button("window.world.off.not", main, "", nil),
	})
}

// worldMissing lists what is missing, each in a sentence that says what to do;
// the technical text stands behind Details.
func (v *View) worldMissing(title string, list []camp.Problem, more ...fyne.CanvasObject) fyne.CanvasObject {
	if len(list) == 0 {
		return nil
	}
	var rows []fyne.CanvasObject
	var details []string
	for i, p := range list {
		var deeds []fyne.CanvasObject
		if p.Deed == camp.DoReach && !v.st.Reach.On {
			ask := v.button("window.world.ask_router", quiet, "", v.askRouter).disabled(v.worldShut() || v.worldBusy())
			ask.id = "ask_router." + v.number(i)
			deeds = append(deeds, ask)
		}
		rows = append(rows, v.item(v.mark(v.number(i+1), v.look.faceGrey(), 26), v.body(v.sayMap(p.Say, p.Args, p.Say)).cut(), deeds...))
		if p.Detail != "" {
			details = append(details, p.Detail)
		}
	}
	parts := append([]fyne.CanvasObject{v.bold(title).cut(), v.lines(rows...)}, more...)
	return v.card(append(parts, v.worldDetails(strings.Join(details, "\n"))...)...)
}

func (v *View) worldDetails(text string) []fyne.CanvasObject {
	if text == "" {
		return nil
	}
	const name = "wide.details"
	key := "window.details"
	if v.open[name] {
		key = "window.details.less"
	}
	b := v.button(key, plain, "", func() { v.open[name] = !v.open[name]; v.draw() })
	b.id = name
	if !v.open[name] {
		return []fyne.CanvasObject{v.deeds(b)}
	}
	return []fyne.CanvasObject{v.deeds(b), v.code(text), v.deeds(v.button("window.details.copy", quiet, "copy", func() { v.copy(text) }))}
}

// askRouter lets the router be asked for a door, and looks again.
func (v *View) askRouter() {
	v.do(camp.Intent{Do: camp.DoReach, On: true}, "window.busy.reach", func(camp.Answer) {
		name := ""
		if v.tried != nil && v.st.World.Domain == "" {
			name = v.tried.Domain
		}
		v.tryName(name)
	})
}
