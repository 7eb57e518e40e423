package ui

import (
	"slices"
	"testing"

	"camp/node/camp"
)

// From nothing to the wide world and back: a name is tried, what is missing is
// read, the name is given for good after one more question, and it is switched off.
func TestTheWideWorldIsSwitchedOnAndOff(t *testing.T) {
	b := newBench(t, fullState(), "en")
	b.view.visit(PageSettings)
	b.wantText(b.say("window.settings.world.off"))
	b.tap("to.world")
	b.wantText(b.say("window.world.opens.stays"))
	b.wantText(b.say("window.world.opens.find", "Who", "vera", "Name", "oak.example"))
	b.tap("window.world.try")
	if len(b.desk.asked) != 0 {
		t.Error("asked without a name")
	}
	if slices.Contains(b.buttons(), "window.world.on") {
		t.Error("it can be switched on without a name that was tried")
	}

	problems := testProblems()[1:]
	tryOak(b, problems)
	b.wantIntent(camp.Intent{Do: camp.DoWorldCheck, Domain: "oak.example"})
	for _, p := range problems {
		b.wantText(b.view.words.SayMap(p.Say, p.Args))
	}

	asked := len(b.desk.asked)
	b.tap("window.world.on")
	b.wantText(b.say("window.world.on.forever", "Name", "oak.example"))
	b.tap("window.world.on.not")
	if len(b.desk.asked) != asked {
		t.Error("the safe answer asked for something")
	}
	b.tap("window.world.on")
	b.tap("window.world.on.yes")
	b.wantIntent(camp.Intent{Do: camp.DoWorldOn, Domain: "oak.example"})
	b.wantText(b.say("window.world.on.done", "Name", "oak.example"))

	st := fullState()
	st.Settings.Theme = "light"
	st.World = camp.World{On: true, Domain: "oak.example", Address: "[::]:443", Door: "asking", Checked: testNow(), Problems: testProblems()}
	b.view.apply(st)
	b.wantText(b.say("window.world.lost"))
	b.tap("wide.details")
	b.wantText(testProblems()[0].Detail)
	b.tap("window.world.check")
	b.wantIntent(camp.Intent{Do: camp.DoWorldCheck})
	b.tap("window.world.apps")
	if got := b.desk.last(); got.Do != camp.DoSettings || got.Settings == nil || !got.Settings.Apps || got.Settings.Theme != "light" {
		t.Errorf("apps from outside: asked for %+v", got)
	}
	b.tap("window.world.keys.renew")
	b.wantText(b.say("window.world.keys.when"))
	b.tap("window.world.keys.not")
	if got := b.desk.last(); got.Do == camp.DoKeysRenewAll {
		t.Error("new signatures without a yes")
	}
	b.tap("window.world.keys.renew")
	b.tap("window.world.keys.yes")
	b.wantIntent(camp.Intent{Do: camp.DoKeysRenewAll})
	b.wantText(b.say("window.world.keys.done"))
	b.tap("window.world.check")
	b.tap("window.world.off")
	b.tap("window.world.off.not")
	b.wantIntent(camp.Intent{Do: camp.DoWorldCheck})
	b.tap("window.world.off")
	b.tap("window.world.off.yes")
	b.wantIntent(camp.Intent{Do: camp.DoWorldOff})

	st.World = camp.World{Domain: "oak.example", Door: "off"}
	b.view.apply(st)
	if _, ok := b.view.fields["wide.name"]; ok && b.view.onScreen(b.view.fields["wide.name"]) {
		t.Error("a camp with a name is asked for another")
	}
	b.tap("window.world.on")
	b.wantText(b.say("window.world.on.again", "Name", "oak.example"))
	b.tap("window.world.on.yes_again")
	b.wantIntent(camp.Intent{Do: camp.DoWorldOn, Domain: "oak.example"})
}

// What was tried is what is switched on, whatever stands in the field by then;
// a refusal says why and switches nothing.
func TestTheNameThatWasTried(t *testing.T) {
	b := newBench(t, fullState(), "en")
	tryOak(b, nil)
	b.wantText(b.say("window.world.tried", "Name", "oak.example"))
	b.desk.answers[camp.DoWorldCheck] = camp.Answer{World: &camp.World{Domain: "oak.example", Ready: true, Problems: testProblems()[1:2]}}
	b.tap("window.world.try")
	b.wantText(b.say("window.world.tried.but", "Name", "oak.example"))
	b.view.fields["wide.name"].SetText("elm.example")
	b.tap("window.world.on")
	b.desk.faults[camp.DoWorldOn] = camp.NewFault(camp.Conflict, "world.paused.say", nil)
	b.tap("window.world.on.yes")
	b.wantIntent(camp.Intent{Do: camp.DoWorldOn, Domain: "oak.example"})
	b.wantText(b.say("world.paused.say"))
	b.button("window.world.on") // and can be tried again
	b.view.visit(PageHome)
	b.view.visit(PageWorld)
	if slices.Contains(b.buttons(), "window.world.on") {
		t.Error("what was tried outlasts its screen")
	}
}

// Where the command line decides, or the camp is not on, nothing can be switched.
func TestTheWideWorldIsNotTheWindowsToSwitch(t *testing.T) {
	b := newBench(t, fullState(), "en")
	worldShot(camp.World{Fixed: true, Ready: true, Door: "off"}, false)(b)
	b.wantText(b.say("window.world.fixed"))
	if !b.button("window.world.off").off {
		t.Error("it can be switched off although the command line decided")
	}
	if b.button("window.world.check").off {
		t.Error("it cannot be looked at again")
	}
	for _, phase := range []camp.Phase{camp.Paused, camp.Off, camp.Starting} {
		st := fullState()
		st.Phase = phase
		b.view.apply(st)
		b.wantText(b.say("window.world.not_now"))
		if !b.button("window.world.try").off {
			t.Errorf("%s: a name can be tried", phase)
		}
	}
}

// A problem that the router's door solves has the button for it, and it looks again.
func TestTheRouterIsAskedForTheWideWorld(t *testing.T) {
	st := fullState()
	st.Reach.On = false
	b := newBench(t, st, "en")
	tryOak(b, testProblems()[1:])
	b.tap("ask_router.0")
	if n := len(b.desk.asked); n != 3 || b.desk.asked[1].Do != camp.DoReach || !b.desk.asked[1].On {
		t.Errorf("asked %+v", b.desk.asked)
	}
	b.wantIntent(camp.Intent{Do: camp.DoWorldCheck, Domain: "oak.example"})
}

// What is on screen elsewhere stays true when the wide world is on, and a need
// about it leads to its screen.
func TestOtherScreensKnowTheWideWorld(t *testing.T) {
	on := fullState()
	on.World = camp.World{On: true, Ready: true, Domain: "oak.example"}
	on.Needs = []camp.Need{{Kind: "world", Say: "world.check.nowhere", Args: map[string]string{"Name": "oak.example"}, Deed: camp.DoWorldCheck, Page: PageWorld}}
	for page, key := range map[string]string{PageHome: "window.home.contacts.router", PageBlocks: "window.blocks.quiet", PagePrivacy: "window.privacy.off", PageSettings: "window.settings.world.off"} {
		b := newBench(t, fullState(), "en")
		b.view.visit(page)
		b.wantText(b.say(key))
		b.view.apply(on)
		if slices.Contains(b.texts(), b.say(key)) {
			t.Errorf("%s still says %q", page, b.say(key))
		}
		if page == PageHome {
			b.wantText(b.say("window.who.world.found", "Name", "oak.example"))
			b.tap("need.world")
			if b.view.page != PageWorld {
				t.Errorf("the need leads to %q", b.view.page)
			}
		}
	}
}

// What waits is told in words, also what this window has no words for, and what
// is left out is counted.
func TestWhatWaitsToBeSent(t *testing.T) {
	b := newBench(t, fullState(), "en")
	worldShot(camp.World{Ready: true, Door: "off"}, true)(b)
	for _, want := range []string{
		"far.example", "214 letters, the oldest since 14 November 14:05", "It has been away for a week or more: tried once a day. Next try: tomorrow 14:05",
		"It did not answer in time. Next try: 14:25", "1 letter, since today 14:04", "It goes as soon as there is room.", "Next try: 14:06",
		"203 more letters wait for other servers.",
	} {
		b.wantText(want)
	}
	worldShot(camp.World{Ready: true, Door: "off"}, false)(b)
	b.wantText(b.say("window.world.wait.none"))
	b.view.apply(fullState())
	if slices.Contains(b.texts(), b.say("window.world.wait")) {
		t.Error("a camp that talks with nobody shows what waits")
	}
}
