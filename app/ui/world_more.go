package ui

import (
	"fyne.io/fyne/v2"

	"camp/node/camp"
)

// waitsCard says what waits to be sent to other servers, since when and why.
func (v *View) waitsCard() fyne.CanvasObject {
	if !v.st.World.On && v.st.Letters == 0 {
		return nil
	}
	head := stackOf(v.look.gap(2), v.bold(v.say("window.world.wait")), v.soft(v.say("window.world.wait.line")))
	if v.st.Letters == 0 {
		return v.card(head, v.body(v.say("window.world.wait.none")))
	}
	rest := v.st.Letters
	var rows []fyne.CanvasObject
	for _, b := range v.st.Backlog {
		rows = append(rows, v.waitsRow(b))
		rest -= b.Count
	}
	parts := []fyne.CanvasObject{head, v.lines(rows...)}
	if rest > 0 {
		parts = append(parts, v.soft(v.say("window.world.wait.more", "N", rest)))
	}
	return v.card(parts...)
}

func (v *View) waitsRow(b camp.Backlog) fyne.CanvasObject {
	count := v.say("window.world.wait.row", "N", b.Count, "When", v.moment(b.Since))
	return stackOf(v.look.gap(2), v.bold(string(b.Host)).cut(), v.body(count), v.soft(v.waitsWhy(b)))
}

// waitsWhy says why letters wait, and when they are tried again.
func (v *View) waitsWhy(b camp.Backlog) string {
	why, next := "", b.Next.After(v.now())
	if v.words.Has(b.Why) {
		why = v.say(b.Why)
	}
	switch {
	case why != "" && next:
		return v.say("window.world.wait.why", "Why", why, "When", v.ahead(b.Next))
	case why != "":
		return why
	case next:
		return v.say("window.world.wait.next", "When", v.ahead(b.Next))
	}
	return v.say("window.world.wait.soon")
}

// worldEntry leads from the settings to the screen of the wide world.
func (v *View) worldEntry() fyne.CanvasObject {
	line := v.say("window.settings.world.off")
	if v.st.World.On {
		line = v.say("window.settings.world.on", "Name", v.st.World.Domain)
	}
	return v.card(v.item(nil, v.pair(v.say("window.settings.world"), line), v.worldButton("window.settings.world.look")))
}

func (v *View) worldButton(key string) *press {
	b := v.button(key, quiet, "", func() { v.visit(PageWorld) })
	b.id, b.label = "to.world", v.say("window.world.title")
	return b
}

// worldLeaves is the line of the wide world among what leaves this computer.
func (v *View) worldLeaves() fyne.CanvasObject {
	l := v.look
	state := v.para(v.say("window.privacy.off"), sizeBody, l.moss).line()
	if v.st.World.On {
		state = v.para(v.say("window.privacy.on"), sizeBody, l.lake).line()
	}
	return v.item(nil, v.body(v.say("window.privacy.world")), state, v.worldButton("window.privacy.look"))
}

// worldRow says on Home whether the wide world finds the camp.
func (v *View) worldRow() fyne.CanvasObject {
	w := v.st.World
	how, why := v.say("window.who.world.not"), v.say("window.who.world.why")
	good := w.On && w.Ready && v.st.Phase == camp.On
	switch {
	case w.On && v.st.Phase != camp.On:
		how, why = v.say("window.who.not_now"), v.say("window.who.world.open")
	case good:
		how, why = v.say("window.who.world.found", "Name", w.Domain), v.say("window.who.world.open")
	case w.On:
		how, why = v.say("window.who.world.lost"), v.say("window.who.world.open")
	}
	return v.whoRow("world", v.say("window.who.world"), how, good, why)
}

// contactsLine says with whom this computer talked.
func (v *View) contactsLine() string {
	if v.st.World.On {
		return v.say("window.home.contacts.world", "Name", v.st.World.Domain)
	}
	return v.say(v.contacts())
}

// worldKeys lets the camp and everybody in it sign with something new.
func (v *View) worldKeys() fyne.CanvasObject {
	b := v.button("window.world.keys.renew", quiet, "", v.worldKeysAsked).disabled(v.worldShut() || v.worldBusy() || v.during(camp.DoKeysRenewAll))
	return v.card(v.bold(v.say("window.world.keys")), v.soft(v.say("window.world.keys.line")), v.deeds(b))
}

func (v *View) worldKeysAsked() {
	v.ask(question{
		title: v.say("window.world.keys.ask"),
		parts: []fyne.CanvasObject{v.body(v.say("window.world.keys.when")), v.soft(v.say("window.world.keys.then"))},
		deeds: []*press{v.button("window.world.keys.yes", danger, "", func() {
			v.do(camp.Intent{Do: camp.DoKeysRenewAll}, "window.busy.keys", func(camp.Answer) { v.good(v.say("window.world.keys.done")) })
		})},
		safe: v.button("window.world.keys.not", main, "", nil),
	})
}
