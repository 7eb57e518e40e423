package ui

import (
	"strconv"

	"fyne.io/fyne/v2"

	"camp/node/camp"
)

// rulesDraft is the rules while the host writes them anew; the words are in fields.
type rulesDraft struct {
	old   camp.Rules
	n     int  // of rules
	small bool // said to be other words alone
}

// changeScreen is where the host writes them: all of it while alone in the camp,
// other words for the same rules else.
func (v *View) changeScreen() fyne.CanvasObject {
	if v.draft == nil {
		v.draft = &rulesDraft{old: v.st.Rules, n: len(v.st.Rules.Texts)}
	}
	d, alone := v.draft, v.st.Alone()
	title, say := "web.rules.words", "web.rules.words_say"
	if alone {
		title, say = "web.rules.all", "web.rules.alone_say"
	}
	var rows []fyne.CanvasObject
	for i := range d.n {
		rows = append(rows, v.ruleRow(i, alone))
	}
	parts := []fyne.CanvasObject{v.lines(rows...)}
	if alone {
		add := v.button("window.rules.add", quiet, "", func() { v.rewrite(append(v.typedRules(), "")) }).disabled(d.n >= camp.MaxRules)
		parts = append(parts, v.deeds(add))
	} else {
		parts = append(parts, v.tick("web.rules.sure", d.small, func(on bool) { d.small = on; v.draw() }), v.soft(v.say("web.rules.then")))
	}
	word := "web.rules.publish"
	if !alone {
		word = "web.rules.publish_small"
	}
	publish := v.button(word, main, "", v.publishRules).disabled(!alone && !d.small || v.during(camp.DoRulesChange))
	parts = append(parts, v.deeds(publish, v.button("window.cancel", quiet, "", func() { v.visit(PageRules) })))
	return v.pane(v.backButton(func() { v.visit(PageRules) }), v.title(v.say(title), v.say(say)), v.card(parts...))
}

// ruleRow is one rule being written. A host alone can move it and take it out; with
// others it stands beside what holds.
func (v *View) ruleRow(i int, alone bool) fyne.CanvasObject {
	d, id := v.draft, ruleField(i)
	_, had := v.fields[id]
	f := v.field(id, "", 3, nil)
	if !had && i < len(d.old.Texts) {
		f.Text = d.old.Texts[i]
	}
	if !alone {
		old := ""
		if i < len(d.old.Texts) {
			old = d.old.Texts[i]
		}
		return v.beside(v.told("web.rules.before", old), stackOf(v.look.gap(2), v.soft(v.say("web.rules.now_n", "N", i+1)), f))
	}
	up := v.button("window.rules.up", plain, "", func() {
		t := v.typedRules()
		t[i-1], t[i] = t[i], t[i-1]
		v.rewrite(t)
	}).disabled(i == 0)
	out := v.button("window.rules.out", plain, "", func() {
		t := v.typedRules()
		v.rewrite(append(t[:i:i], t[i+1:]...))
	}).disabled(d.n == 1)
	up.id, up.label = "up."+v.number(i), v.say("window.rules.up_n", "N", i+1)
	out.id, out.label = "out."+v.number(i), v.say("window.rules.out_n", "N", i+1)
	return stackOf(v.look.gap(4), v.item(v.para(v.number(i+1), sizeBody, v.look.moss).strong().line(), f), v.deeds(up, out))
}

func ruleField(i int) string { return "rule." + strconv.Itoa(i) }

// typedRules are the texts of the fields, in their order.
func (v *View) typedRules() []string {
	texts := make([]string, v.draft.n)
	for i := range texts {
		texts[i] = v.typed(ruleField(i))
	}
	return texts
}

// rewrite puts these texts into the fields.
func (v *View) rewrite(texts []string) {
	v.draft.n = len(texts)
	for i, t := range texts {
		v.field(ruleField(i), "", 3, nil).SetText(t)
	}
	v.draw()
}

func (v *View) publishRules() {
	d := v.draft
	v.do(camp.Intent{Do: camp.DoRulesChange, Texts: v.typedRules(), Small: d.small, Hash: d.old.Hash}, "", func(a camp.Answer) {
		v.visit(PageRules)
		if a.Rules != nil && a.Rules.Small() {
			v.good(v.say("web.said.rules_small"))
			return
		}
		v.good(v.say("web.said.rules"))
	})
}
