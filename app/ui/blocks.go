package ui

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"camp/node/camp"
)

// blocksDrawn is how many rows are drawn at once.
const blocksDrawn = 200

// blocksScreen is the panel of servers that are kept away, for everybody.
func (v *View) blocksScreen() fyne.CanvasObject {
	l := v.look
	blocked, distance := 0, 0
	for _, b := range v.st.Blocks {
		switch {
		case b.Lifted:
		case b.Level.Rank() >= camp.LevelBlock.Rank():
			blocked++
		case b.Level.Rank() > 0:
			distance++
		}
	}
	parts := []fyne.CanvasObject{
		v.title(v.say("window.blocks.title"), v.say("window.blocks.head", "Blocked", blocked, "Distance", distance)),
		v.undoStrip(),
	}
	if !v.st.World.On {
		parts = append(parts, v.wash(l.lakeWash, l.lake, v.say("window.blocks.quiet")))
	}
	off := v.st.Phase != camp.On
	name := v.field("block.name", v.say("window.blocks.name.hint"), 1, v.addBlock)
	reason := v.field("block.reason", v.say("window.blocks.reason.hint"), 1, v.addBlock)
	add := []fyne.CanvasObject{
		v.bold(v.say("window.blocks.add")), name, reason,
		v.pick("level", v.levels(), string(v.blockLevel()), func(x string) { v.level = camp.Level(x); v.draw() }), v.soft(v.say("window.blocks.what." + string(v.blockLevel()))),
	}
	typed := v.typed("block.name") != ""
	name.OnChanged = func(text string) {
		if (text != "") != typed {
			v.draw()
		}
	}
	if typed { // until then the list below is what matters
		add = append(add, v.soft(v.say("border.again")), v.pick("again", v.reviews(), v.reviewChoice(), func(x string) { v.review = x; v.draw() }))
	}
	if v.wide {
		add = append(add, v.tick("window.blocks.wide", v.wideYes, func(on bool) { v.wideYes = on; v.draw() }))
	}
	parts = append(parts, v.card(append(add, v.deeds(v.button("window.blocks.do", main, "", v.addBlock).disabled(off || v.during(camp.DoBlock))))...))
	if len(v.st.Blocks) > 8 {
		parts = append(parts, v.searchField("block.search", v.say("window.blocks.search")))
	}
	wanted := strings.ToLower(v.typed("block.search"))
	var rows, lifted []fyne.CanvasObject
	for _, b := range v.st.Blocks {
		if wanted != "" && !strings.Contains(strings.ToLower(b.Shown+" "+string(b.Domain)+" "+b.Reason), wanted) || len(rows) >= blocksDrawn {
			continue
		}
		if b.Lifted {
			lifted = append(lifted, v.blockRow(b, off))
		} else {
			rows = append(rows, v.blockRow(b, off))
		}
	}
	switch {
	case len(rows) > 0:
		parts = append(parts, v.card(append([]fyne.CanvasObject{v.bold(v.say("window.blocks.own"))}, v.lines(rows...))...))
	case len(lifted) == 0 && wanted == "":
		parts = append(parts, v.empty("shield", v.say("window.blocks.none")))
	}
	if len(rows) >= blocksDrawn {
		parts = append(parts, v.soft(v.say("window.blocks.more")))
	}
	if len(lifted) > 0 {
		parts = append(parts, v.card(append([]fyne.CanvasObject{v.bold(v.say("window.blocks.lifted"))}, v.lines(lifted...))...))
	}
	return v.pane(parts...)
}

func (v *View) levels() [][2]string {
	var all [][2]string
	for _, x := range camp.Levels[1:] {
		all = append(all, [2]string{string(x), v.say("window.blocks.level." + string(x))})
	}
	return all
}

func (v *View) blockLevel() camp.Level {
	if v.level == "" {
		return camp.LevelBlock
	}
	return v.level
}

func (v *View) addBlock() {
	name := v.typed("block.name")
	if name == "" {
		return
	}
	in := camp.Intent{Do: camp.DoBlock, Domain: name, Level: v.blockLevel(), Reason: v.typed("block.reason"), Wide: v.wideYes, Review: v.review}
	v.do(in, "", func(a camp.Answer) {
		v.forgetFields()
		v.wide, v.wideYes = false, false
		if a.Preview != nil {
			v.undo = undoable{domain: a.Preview.Domain, say: v.say("window.blocks.done", "Name", a.Preview.Shown, "Level", v.say("window.blocks.level."+string(in.Level)))}
		}
	})
}

// undoable is the change that was just made.
type undoable struct {
	domain camp.Domain
	say    string
}

// undoStrip says what was just changed, and takes it back.
func (v *View) undoStrip() fyne.CanvasObject {
	if v.undo.say == "" {
		return nil
	}
	i := slices.IndexFunc(v.st.Blocks, func(b camp.Block) bool { return b.Domain == v.undo.domain })
	t := v.para(v.undo.say, sizeBody, v.look.moss)
	if i < 0 || v.st.Blocks[i].Change == "" {
		return v.cardIn(v.look.mossWash, v.look.mossWash, 6, v.item(v.icon("check", v.look.moss, 19), t))
	}
	change := v.st.Blocks[i].Change
	undo := v.button("window.blocks.undo", quiet, "", func() {
		v.do(camp.Intent{Do: camp.DoBlockUndo, ID: change}, "", func(camp.Answer) { v.undo = undoable{} })
	}).disabled(v.during(camp.DoBlockUndo))
	return v.cardIn(v.look.mossWash, v.look.mossWash, 6, v.item(v.icon("check", v.look.moss, 19), t, undo))
}

// blockRow is a box: ticked while the decision stands, and one click changes it
// for everybody.
func (v *View) blockRow(b camp.Block, off bool) fyne.CanvasObject {
	l := v.look
	name := b.Shown
	if b.Shown != string(b.Domain) {
		name += " (" + string(b.Domain) + ")"
	}
	below := v.say("window.blocks.row", "Level", v.say("window.blocks.level."+string(b.Level)), "By", b.By, "Day", v.day(b.At))
	if b.Lifted {
		below = v.say("window.blocks.row_lifted", "Day", v.day(b.Until))
	}
	text := []fyne.CanvasObject{v.bold(name).cut(), v.soft(below)}
	if b.Reason != "" {
		reason := b.Reason
		if list := b.Claim(); list != "" {
			reason = v.say("border.claim", "List", list, "Reason", reason)
		}
		text = append(text, v.body(reason).cut())
	}
	if b.Mixed {
		text = append(text, v.para(v.say("window.blocks.mixed"), sizeBody, l.ember))
	}
	p := v.tick("window.blocks.box", !b.Lifted, func(bool) { v.toggleBlock(b) })
	p.id, p.label = "block."+string(b.Domain), v.say("window.blocks.box", "Name", b.Shown)
	p.content = v.tickContent(!b.Lifted, stackOf(l.gap(2), text...))
	p.off = off || v.during(camp.DoBlockUndo, camp.DoUnblock)
	parts := []fyne.CanvasObject{p}
	if !b.Lifted && b.Level.Rank() < camp.LevelBlock.Rank() { // of whom the camp keeps away nothing is taken anyway
		parts = append(parts, v.reportsBox(b, off))
	}
	if b.Due(v.now()) {
		parts = append(parts, v.reviewCard(b, off))
	}
	return stackOf(l.gap(6), parts...)
}

// reportsBox is ticked while the camp takes what a server reports.
func (v *View) reportsBox(b camp.Block, off bool) fyne.CanvasObject {
	text := v.say("window.blocks.reports", "Name", b.Shown)
	p := v.tick("window.blocks.reports", !b.NoReports, func(on bool) {
		v.do(camp.Intent{Do: camp.DoBlockReports, Domain: string(b.Domain), On: on}, "", nil)
	})
	p.id, p.label = "reports."+string(b.Domain), text
	p.content = v.tickContent(!b.NoReports, v.soft(text).cut())
	p.off = off || v.during(camp.DoBlockReports)
	return p
}

func (v *View) toggleBlock(b camp.Block) {
	if b.Lifted {
		v.do(camp.Intent{Do: camp.DoBlockUndo, ID: b.Change}, "", func(camp.Answer) {
			v.undo = undoable{domain: b.Domain, say: v.say("window.blocks.done", "Name", b.Shown, "Level", v.say("window.blocks.level."+string(b.Level)))}
		})
		return
	}
	v.do(camp.Intent{Do: camp.DoUnblock, Domain: string(b.Domain)}, "", func(camp.Answer) {
		v.undo = undoable{domain: b.Domain, say: v.say("window.blocks.lifted_done", "Name", b.Shown)}
	})
}
