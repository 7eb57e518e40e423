package ui

import (
	"fyne.io/fyne/v2"

	"camp/node/camp"
)

// reviews are the choices of when to look at a decision again.
func (v *View) reviews() [][2]string {
	var all [][2]string
	for _, m := range camp.Reviews {
		all = append(all, [2]string{m, v.say("border.again." + m)})
	}
	return all
}

func (v *View) reviewChoice() string {
	if v.review == "" {
		return "12"
	}
	return v.review
}

// reviewCard asks, on the day that was chosen, whether a decision is kept,
// softened or lifted (community.md 4.2).
func (v *View) reviewCard(b camp.Block, off bool) fyne.CanvasObject {
	off = off || v.during(camp.DoBlockReview, camp.DoBlock, camp.DoUnblock)
	name := string(b.Domain)
	keep := v.button("web.blocks.keep", main, "", func() {
		v.do(camp.Intent{Do: camp.DoBlockReview, Domain: name, Review: v.reviewChoice()}, "", nil)
	})
	lift := v.button("web.blocks.lift", quiet, "", func() { v.toggleBlock(b) })
	keep.id, lift.id = "keep."+name, "lift."+name
	deeds := []fyne.CanvasObject{keep.disabled(off)}
	if s := b.Level.Softer(); s != "" {
		soften := v.buttonSay("soften."+name, v.say("web.blocks.soften", "Level", v.say("window.blocks.level."+string(s))), quiet, "", func() {
			v.do(camp.Intent{Do: camp.DoBlock, Domain: name, Level: s, Wide: true, Review: v.reviewChoice()}, "", nil)
		})
		deeds = append(deeds, soften.disabled(off))
	}
	again := v.pick("again."+name, v.reviews(), v.reviewChoice(), func(x string) { v.review = x; v.draw() })
	return v.cardIn(v.look.emberWash, v.look.emberWash, 8, v.body(v.say("border.again.due")), again, v.deeds(append(deeds, lift.disabled(off))...))
}
