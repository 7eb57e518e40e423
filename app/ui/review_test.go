package ui

import (
	"slices"
	"testing"
	"time"

	"camp/node/camp"
)

// When the day has come to look at a decision again it is kept, softened or
// lifted; before, and for ever where that was chosen, nothing asks.
func TestLookAgain(t *testing.T) {
	b := newBench(t, fullState(), "en")
	b.view.visit(PageBlocks)
	st := fullState()
	due := func(review time.Time) {
		st.Blocks = []camp.Block{{Domain: "bad.example", Shown: "bad.example", Level: camp.LevelFirewall, By: "Mia", At: b.view.now().Add(-400 * 24 * time.Hour), Review: review}}
		b.view.apply(st)
	}
	for _, review := range []time.Time{{}, b.view.now().Add(time.Hour)} {
		due(review)
		if slices.Contains(b.texts(), b.say("border.again.due")) {
			t.Errorf("asks although the day is %v", review)
		}
	}
	due(b.view.now().Add(-time.Hour))
	b.wantText(b.say("border.again.due"))
	b.tap("again.bad.example.3")
	b.tap("keep.bad.example")
	b.wantIntent(camp.Intent{Do: camp.DoBlockReview, Domain: "bad.example", Review: "3"})
	b.tap("soften.bad.example")
	b.wantIntent(camp.Intent{Do: camp.DoBlock, Domain: "bad.example", Level: camp.LevelBlock, Wide: true, Review: "3"})
	b.tap("lift.bad.example")
	b.wantIntent(camp.Intent{Do: camp.DoUnblock, Domain: "bad.example"})
}
