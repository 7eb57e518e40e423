package ui

import (
	"testing"

	"camp/node/camp"
)

// A date that is far ahead is a line under what needs the host, and one button
// says that it is right.
func TestDateIsRight(t *testing.T) {
	b := newBench(t, fullState(), "en")
	st := fullState()
	st.Needs = []camp.Need{{Kind: "clock", Say: "store.clock_held.say", Args: map[string]string{"Day": "2026-11-22"}, Deed: camp.DoClockRight}}
	b.view.apply(st)
	b.wantText(b.say("window.deed.clock"))
	b.desk.answers[camp.DoClockRight] = camp.Answer{Say: "program.clock_right.say"}
	b.tap("need.clock")
	b.wantIntent(camp.Intent{Do: camp.DoClockRight})
	b.wantText(b.say("program.clock_right.say"))
}

// Reports are looked into in the browser: the window leads there.
func TestReportsAreLookedIntoInTheBrowser(t *testing.T) {
	st := fullState()
	st.Needs = []camp.Need{{Kind: "report", Say: "program.need.reports", Args: map[string]string{"N": "2"}, Page: "reports"}}
	b := newBench(t, st, "en")
	b.tap("need.report")
	b.wantIntent(camp.Intent{Do: camp.DoOpen, Page: "reports"})
}
