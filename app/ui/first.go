package ui

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"camp/assets"
	"camp/node/camp"
)

// firstScreen is what somebody sees who has no camp here yet.
func (v *View) firstScreen() fyne.CanvasObject {
	switch {
	case v.st.Phase == camp.Starting || v.during(camp.DoStart):
		return v.stagesScreen()
	case v.first == PageRestore:
		return v.restoreScreen()
	case v.first == PageJoin || v.joiningNow():
		return v.joinScreen()
	case v.first == PageSettings:
		return v.guestSettings()
	case len(v.st.Memberships) > 0 && v.st.Phase == camp.Off:
		return v.guestHome()
	case v.st.Phase == camp.Trouble || v.st.Problem != nil:
		return v.alone(v.troubleParts()...)
	}
	return v.choices()
}

// alone is a screen without the side bar: a column in the middle.
func (v *View) alone(parts ...fyne.CanvasObject) fyne.CanvasObject {
	l := v.look
	all := append(v.strips(), some(parts)...)
	half := &column{gap: l.gap(16), springs: []int{1, len(all) + 1}} // as much air above as below
	content := container.New(&inset{x: l.gap(26), y: l.gap(26), most: l.text(560)}, container.New(half, all...))
	c, s := newSheet(content)
	v.scroll = s
	return c
}

// choices are the three ways in. Nothing is sent anywhere here.
func (v *View) choices() fyne.CanvasObject {
	l := v.look
	mark := v.tent("", false, 64)
	name := v.para("Camp", 26, l.ink).strong().centred()
	line := v.soft(v.say("window.first.line")).centred()
	head := container.New(&inset{most: l.text(340)}, stackOf(l.gap(3), mark, name, line))
	language := container.New(&wrap{gap: 0, trailing: true}, v.languageButton())
	parts := append(v.strips(), container.New(&inset{y: l.gap(6)}, head),
		v.choice("window.first.start", "window.first.start.line", v.tent("", false, 42), true, v.start),
		v.choice("window.first.join", "window.first.join.line", v.icon("key", l.moss, 42), false, func() { v.first = PageJoin; v.draw() }),
		v.choice("window.first.restore", "window.first.restore.line", v.icon("box", l.moss, 42), false, func() { v.first = PageRestore; v.draw() }))
	middle := container.New(&inset{x: 0, y: 0, most: l.text(520)}, stackOf(l.gap(12), parts...))
	all := container.New(&column{gap: l.gap(4), springs: []int{1, 2}}, middle, language)
	c, s := newSheet(container.New(&inset{x: l.gap(20), y: l.gap(10)}, all))
	v.scroll = s
	return c
}

// tent is the mark of Camp in one of its shapes: "" for the plain mark, else
// that of the phase; needs for one that has something waiting.
func (v *View) tent(phase camp.Phase, needs bool, size float32) fyne.CanvasObject {
	s := v.look.gap(size)
	key := fmt.Sprintf("tent-%s-%t-%s-%.0f.svg", phase, needs, v.look.name, s)
	res, ok := v.drawings[key]
	if !ok {
		dark := v.look.name == "dark"
		raw := assets.Tent(dark)
		if phase != "" {
			raw = assets.IconSVG(string(phase), needs, dark)
		}
		res = fyne.NewStaticResource(key, raw)
		v.drawings[key] = res
	}
	img := canvas.NewImageFromResource(res)
	img.FillMode = canvas.ImageFillContain
	return container.New(&fixed{fyne.NewSize(s, s)}, img)
}

// choice is a large card that is one button.
func (v *View) choice(key, line string, mark fyne.CanvasObject, first bool, tap func()) *press {
	l := v.look
	box := container.New(&fixed{fyne.NewSquareSize(l.text(42))}, mark)
	text := stackOf(l.gap(2), v.para(v.say(key), sizeLarge, l.ink).strong(), v.soft(v.say(line)))
	p := v.press(key, v.say(key), container.New(&row{gap: l.gap(18), mark: true}, box, text), tap)
	p.x, p.y, p.round = l.gap(22), l.gap(12), radius
	p.fill, p.edge, p.edgeW = l.card, l.line, 1
	if first {
		p.edge, p.edgeW = l.moss, 2
	}
	return p
}

// languageButton shows the language and opens the list of languages.
func (v *View) languageButton() *press {
	name := ""
	for _, t := range assets.Tongues {
		if t.Code == v.words.Language {
			name = t.Name
		}
	}
	var b *press
	b = v.buttonSay("language", name, plain, "", func() {
		var items []*fyne.MenuItem
		for _, t := range assets.Tongues {
			item := fyne.NewMenuItem(t.Name, func() { v.setLanguage(t.Code) })
			item.Checked = t.Code == v.words.Language
			items = append(items, item)
		}
		menu := widget.NewPopUpMenu(fyne.NewMenu("", items...), v.window.Canvas())
		at := fyne.CurrentApp().Driver().AbsolutePositionForObject(b)
		menu.ShowAtPosition(fyne.NewPos(at.X+b.Size().Width-menu.MinSize().Width, at.Y-menu.MinSize().Height-4))
		v.window.Canvas().Focus(menu)
	})
	l := v.look
	b.content = container.New(&row{gap: l.gap(5), deeds: true}, v.para(name, sizeBody, l.soft).line(), v.icon("down", l.soft, 18))
	return b
}

// setLanguage changes the words at once and asks the camp to keep the choice.
func (v *View) setLanguage(code string) {
	v.cfg.Language = code
	s := v.st.Settings
	s.Language = code
	v.st.Settings = s
	v.dress()
	v.draw()
	v.do(camp.Intent{Do: camp.DoSettings, Settings: &s}, "", nil)
}

// start makes a camp, or starts the one there is.
func (v *View) start() {
	v.do(camp.Intent{Do: camp.DoStart}, "", func(camp.Answer) { v.page, v.first = PageHome, "" })
}

// stagesScreen shows a start: every wait has a stage in words.
func (v *View) stagesScreen() fyne.CanvasObject {
	l := v.look
	rows := []fyne.CanvasObject{}
	for i, s := range v.stages {
		ink, mark := l.ink, v.icon("right", l.moss, 20)
		if i < len(v.stages)-1 {
			ink, mark = l.soft, v.icon("check", l.moss, 20)
		}
		rows = append(rows, v.item(mark, v.para(v.sayMap(s, nil, ""), sizeBody, ink)))
	}
	if len(rows) == 0 {
		rows = append(rows, v.item(v.icon("right", l.moss, 20), v.body(v.say("window.starting.first"))))
	}
	parts := []fyne.CanvasObject{
		v.tent(camp.Starting, false, 78),
		v.para(v.say("window.starting"), sizeHead, l.ink).strong().centred(),
		v.card(rows...),
	}
	if w, ok := v.busy[camp.DoStart]; ok && v.now().Sub(w.since) >= slowAfter {
		parts = append(parts, v.wash(l.emberWash, l.ember, v.say("window.busy.slow")))
	}
	return v.alone(parts...)
}

// joiningNow reports whether a join is under way.
func (v *View) joiningNow() bool {
	switch v.st.Joining.Stage {
	case "looking", "asking", "compare", "read":
		return true
	}
	return false
}

// joinScreen is joining before there is a camp of one's own.
func (v *View) joinScreen() fyne.CanvasObject {
	back := func() {
		v.first, v.page = "", PageHome
		if v.st.Joining.Stage != "" {
			v.stopJoin()
		}
		v.draw()
	}
	return v.alone(append([]fyne.CanvasObject{v.backButton(back)}, v.joinParts()...)...)
}

// backButton is the arrow that leads one screen up.
func (v *View) backButton(tap func()) fyne.CanvasObject {
	b := v.button("window.back", plain, "back", tap)
	b.id, b.x, b.y = "back", v.look.gap(4), v.look.gap(4)
	return v.deeds(b)
}
