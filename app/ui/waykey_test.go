package ui

import (
	"testing"
	"time"

	"camp/node/camp"
)

// The way in gets a new key after one question; while the old one works, who
// still comes by it is shown, and it is ended with the number that was shown.
func TestTheWayInGetsANewKey(t *testing.T) {
	b := newBench(t, fullState(), "en")
	b.view.visit(PageSettings)
	b.wantText(b.say("window.waykey.line"))
	b.tap("window.waykey.do")
	b.wantText(b.say("window.waykey.then"))
	asked := len(b.desk.asked)
	b.tap("window.cancel")
	if len(b.desk.asked) != asked {
		t.Error("the safe answer asked for something")
	}
	b.tap("window.waykey.do")
	b.tap("window.waykey.yes")
	b.wantIntent(camp.Intent{Do: camp.DoTunnelKey})
	b.wantText(b.say("window.waykey.done"))

	st := fullState()
	st.Reach.Former, st.Reach.Late = testNow().Add(20*24*time.Hour), 1
	st.People[1].Devices[1].Former = true
	b.view.apply(st)
	b.wantText(b.say("window.waykey.late", "N", 1))
	b.tap("window.waykey.end")
	b.wantText(b.say("window.waykey.end.late", "N", 1))
	b.tap("window.waykey.end.yes")
	b.wantIntent(camp.Intent{Do: camp.DoTunnelKeyEnd, Uses: 1})
	b.wantText(b.say("window.waykey.end.done"))

	b.view.visit(PagePeople)
	b.wantText(b.say("window.waykey.device"))
	b.tap("person." + st.People[1].Name)
	b.wantText(b.say("window.waykey.device"))
	st.Reach.Late, st.People[1].Devices[1].Former = 0, false
	b.view.apply(st)
	b.view.visit(PageSettings)
	b.wantText(b.say("window.waykey.none"))
	b.tap("window.waykey.end")
	b.wantText(b.say("window.waykey.end.none"))
}
