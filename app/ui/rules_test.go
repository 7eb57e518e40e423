package ui

import (
	"slices"
	"testing"
	"time"

	"camp/node/camp"
)

// TestRulesAreChangedAlone: a host alone adds, moves, takes out and words anew.
func TestRulesAreChangedAlone(t *testing.T) {
	b := newBench(t, newState(), "en")
	b.view.visit(PageRules)
	b.wantText(b.say("web.rules.alone"))
	b.tap("web.rules.change")
	b.wantText(b.say("web.rules.all"))
	b.tap("window.rules.add")
	b.typeInto("rule.2", "No adverts.")
	b.tap("up.2")
	b.tap("up.1")
	if got := b.view.typedRules(); len(got) != 3 || got[0] != "No adverts." || got[2] != "What is said here stays here." {
		t.Fatalf("moved up twice: %q", got)
	}
	b.tap("out.1")
	b.desk.answers[camp.DoRulesChange] = camp.Answer{Rules: &camp.Rules{Version: 2}}
	b.tap("web.rules.publish")
	if in := b.desk.last(); in.Do != camp.DoRulesChange || in.Small || !slices.Equal(in.Texts, []string{"No adverts.", "What is said here stays here."}) {
		t.Errorf("asked %+v", in)
	}
	if b.view.page != PageRules || b.view.draft != nil {
		t.Errorf("published, and still on %q", b.view.page)
	}
	b.wantText(b.say("web.said.rules"))
	b.tap("web.rules.change")
	if got := b.view.typedRules(); len(got) != 2 || got[0] != newState().Rules.Texts[0] {
		t.Errorf("opened again it holds %q", got)
	}
}

// TestRulesWithOthersAreReworded: old beside new, and only what is said to be
// small can be published.
func TestRulesWithOthersAreReworded(t *testing.T) {
	st := fullState()
	b := newBench(t, st, "en")
	b.view.visit(PageRules)
	if slices.Contains(b.buttons(), "web.rules.change") {
		t.Error("with others in the camp the rules seem free")
	}
	b.tap("web.rules.change_small")
	b.wantText(st.Rules.Texts[0])
	for _, id := range []string{"window.rules.add", "up.1", "out.1", "web.rules.publish"} {
		if slices.Contains(b.buttons(), id) {
			t.Errorf("with others in the camp there is %q", id)
		}
	}
	b.typeInto("rule.1", "!")
	if !b.button("web.rules.publish_small").off {
		t.Error("published without a word that it is small")
	}
	b.tap("web.rules.sure")
	b.desk.answers[camp.DoRulesChange] = camp.Answer{Rules: &camp.Rules{Version: 2, Bar: 3}}
	b.tap("web.rules.publish_small")
	if in := b.desk.last(); !in.Small || in.Hash != st.Rules.Hash || len(in.Texts) != len(st.Rules.Texts) || in.Texts[1] == st.Rules.Texts[1] || in.Texts[0] != st.Rules.Texts[0] {
		t.Errorf("asked %+v", in)
	}
	b.wantText(b.say("web.said.rules_small"))
}

// TestRulesRefusedStayTyped: what was written is still there after a no.
func TestRulesRefusedStayTyped(t *testing.T) {
	b := newBench(t, newState(), "en")
	b.view.visit(pageChange)
	b.typeInto("rule.0", "Oh! ")
	b.desk.faults[camp.DoRulesChange] = camp.NewFault(camp.NotAllowed, "people.rules_vote.say", nil)
	b.tap("web.rules.publish")
	b.wantText(b.say("people.rules_vote.say"))
	if got := b.view.typedRules()[0]; got == newState().Rules.Texts[0] || b.view.page != pageChange {
		t.Errorf("on %q with %q", b.view.page, got)
	}
}

// TestRulesSmallChangeIsShown: before and now, while members can object and after
// they took it back.
func TestRulesSmallChangeIsShown(t *testing.T) {
	st := rulesState(testNow(), 3, 0)
	b := newBench(t, st, "en")
	b.view.visit(PageRules)
	b.wantText(b.say("web.rules.small"))
	b.wantText(st.Former.Texts[0])
	for _, id := range []string{"web.rules.change", "web.rules.change_small"} {
		if slices.Contains(b.buttons(), id) {
			t.Errorf("while members can object there is %q", id)
		}
	}
	b.view.apply(rulesState(testNow().Add(-camp.ObjectTime), 3, 0))
	if slices.Contains(b.texts(), b.say("web.rules.small")) {
		t.Error("after 72 hours it seems open")
	}
	b.button("web.rules.change_small")
	b.view.apply(rulesState(testNow(), 0, 2))
	b.wantText(b.say("web.rules.back", "Version", 2))
	b.wantText(b.say("web.rules.back_vote"))
}

// rulesState is a camp whose newest rules are a small change of that time, or
// took one back.
func rulesState(at time.Time, bar, back int) camp.State {
	st := fullState()
	st.Former = st.Rules
	texts := slices.Clone(st.Rules.Texts)
	texts[0] = "Be kind. Speak as you would beside a fire."
	st.Rules = camp.Rules{Version: 3, Date: at, Texts: texts, Bar: bar, Back: back}
	return st
}

// themed keeps the settings that a bench was made with.
func themed(b *bench, st camp.State) camp.State {
	st.Settings = b.desk.st.Settings
	return st
}
