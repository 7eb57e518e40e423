package ui

import (
	"strconv"

	"fyne.io/fyne/v2"

	"camp/node/camp"
)

// joinScreen takes a code, shows the rules of its camp, and asks.
func (v *View) joinParts() []fyne.CanvasObject {
	j := v.st.Joining
	switch j.Stage {
	case "looking", "asking":
		return v.joinWaits(j)
	case "compare":
		return []fyne.CanvasObject{v.card(v.bold(v.say("window.join.compare")), v.para(j.Check, 40, v.look.ink).strong().centred(), v.para(j.Words, 20, v.look.ink).centred(),
			v.soft(v.say("window.join.compare.line")), v.deeds(v.button("window.cancel", quiet, "", v.stopJoin)))}
	case "read":
		if j.Info != nil {
			return v.joinReads(j)
		}
	}
	return v.joinCode(j)
}

// joinCode is the field for the code, and a look around.
func (v *View) joinCode(j camp.Joining) []fyne.CanvasObject {
	f := v.field("join.code", v.say("window.join.hint"), 5, v.lookAtCode)
	line := "window.join.line"
	if v.cfg.Code != "" {
		f.SetText(v.cfg.Code) // from a link: filled in, never acted on
		v.cfg.Code, v.linked = "", true
	}
	if v.linked && f.Text != "" {
		line = "window.join.linked"
	}
	parts := []fyne.CanvasObject{v.title(v.say("window.join.title"), v.say(line))}
	if j.Stage == "failed" && v.strip.trouble == nil { // else it stands above, with the way out
		t := trouble{what: v.sayMap(j.Say, j.Args, "")}
		if f.Text != "" {
			t.again = v.lookAtCode
		}
		parts = append(parts, v.troubleCard(t))
	}
	busy := v.during(camp.DoJoinLook, camp.DoJoinAround, camp.DoJoinNearby)
	parts = append(parts, v.card(f, v.deeds(
		v.button("window.join.look", main, "", v.lookAtCode).disabled(busy),
		v.button("window.join.picture", quiet, "file", v.codeFromPicture).disabled(busy))))
	around := []fyne.CanvasObject{v.item(nil, v.pair(v.say("window.join.around"), v.say("window.join.around.line")),
		v.button("window.join.around.do", quiet, "", func() { v.do(camp.Intent{Do: camp.DoJoinAround}, "window.busy.around", nil) }).disabled(busy))}
	if j.Stage == "around" {
		for _, o := range j.Around {
			b := v.button("window.join.around.ask", quiet, "", func() { v.do(camp.Intent{Do: camp.DoJoinNearby, Name: o.Key}, "", nil) }).disabled(busy)
			b.id = "near." + o.Key
			around = append(around, v.item(v.tent("", false, 30), v.bold(o.Name).cut(), b))
		}
		if j.Say != "" {
			around = append(around, v.soft(v.sayMap(j.Say, nil, "")))
		}
	}
	return append(parts, v.card(v.lines(around...)))
}

func (v *View) lookAtCode() {
	code := v.typed("join.code")
	if code == "" {
		return
	}
	v.agreed, v.linked = map[int]bool{}, false
	v.do(camp.Intent{Do: camp.DoJoinLook, Code: code}, "", nil)
}

// codeFromPicture reads a QR code out of a picture's file.
func (v *View) codeFromPicture() {
	v.chooser.File(func(path string) {
		text, err := scanFile(path)
		if err != nil {
			v.strip = strip{trouble: &trouble{what: v.say("window.join.no_qr"), means: v.say("window.join.no_qr.do"), detail: err.Error()}}
			v.draw()
			return
		}
		v.field("join.code", "", 5, nil).SetText(text)
		v.lookAtCode()
	})
}

// stopJoin gives up a join that was not sent yet.
func (v *View) stopJoin() {
	v.forgo(camp.DoJoinLook, camp.DoJoinAround, camp.DoJoinNearby, camp.DoJoin)
	v.do(camp.Intent{Do: camp.DoJoinStop}, "", nil)
}

func (v *View) joinWaits(j camp.Joining) []fyne.CanvasObject {
	key := "window.join.looking"
	if j.Stage == "asking" {
		key = "window.join.asking"
	}
	stop := v.button("window.cancel", quiet, "", v.stopJoin)
	return []fyne.CanvasObject{v.card(v.picture("path"), v.bold(v.say(key)), v.soft(v.say("window.join.wait")), v.deeds(stop))}
}

// joinReads shows the rules first, each to be ticked, then asks for name and words.
func (v *View) joinReads(j camp.Joining) []fyne.CanvasObject {
	i := j.Info
	stop := v.button("window.join.not", quiet, "", v.stopJoin)
	if i.Device != "" { // a further computer of one's own
		return []fyne.CanvasObject{v.card(v.picture("tent"), v.head(i.Camp), v.body(v.say("window.join.device", "Who", i.Device)),
			v.deeds(v.button("window.join.device.do", main, "", func() { v.sendJoin(i) }).disabled(v.during(camp.DoJoin)), stop))}
	}
	parts := []fyne.CanvasObject{v.title(i.Camp, v.say("window.join.kept_by", "Who", i.Host))}
	if j.Say != "" && v.strip.trouble == nil {
		parts = append(parts, v.troubleCard(trouble{what: v.sayMap(j.Say, j.Args, "")}))
	}
	all := true
	rules := []fyne.CanvasObject{v.bold(v.say("window.join.rules")), v.soft(v.say("window.join.rules.line"))}
	for n, t := range i.Rules.Texts {
		on := v.agreed[n]
		all = all && on
		rules = append(rules, v.tickSay("rule."+strconv.Itoa(n), t, on, func(on bool) { v.agreed[n] = on; v.draw() }))
	}
	parts = append(parts, v.card(rules...))
	kept := v.press("join.kept", v.say("window.join.kept"), v.item(v.icon("right", v.look.soft, 16), v.bold(v.say("window.join.kept"))), func() {
		v.open["join.kept"] = !v.open["join.kept"]
		v.draw()
	})
	more := []fyne.CanvasObject{kept}
	if v.open["join.kept"] {
		for _, k := range i.Kept {
			more = append(more, v.pair(k.What, k.HowLong))
		}
	}
	name := v.field("join.name", v.say("window.join.name.hint"), 1, nil)
	name.OnChanged = func(string) { v.draw() }
	message := v.field("join.message", v.say("window.join.message.hint"), 4, nil)
	ask := v.button("window.join.ask", main, "", func() { v.sendJoin(i) }).disabled(!all || v.typed("join.name") == "" || v.during(camp.DoJoin))
	ends := []fyne.CanvasObject{v.bold(v.say("window.join.name")), name, v.bold(v.say("window.join.message")), message, v.deeds(ask, stop)}
	if !all {
		ends = append(ends, v.soft(v.say("window.join.tick_all")))
	}
	return append(parts, v.card(more...), v.card(ends...))
}

func (v *View) sendJoin(i *camp.JoinInfo) {
	v.do(camp.Intent{Do: camp.DoJoin, Name: v.typed("join.name"), Message: v.typed("join.message"), Hash: i.Rules.Hash}, "", func(camp.Answer) {
		v.first, v.page = "", PageOthers
	})
}

// tickSay is tick with words of somebody else's.
func (v *View) tickSay(id, text string, on bool, change func(on bool)) *press {
	p := v.tick("window.join.rules", on, change)
	p.id, p.label = id, text
	p.content = v.tickContent(on, v.body(text).cut())
	return p
}
