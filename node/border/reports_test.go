package border_test

import (
	"testing"

	"camp/node/camp"
)

// Whether reports are taken is a part of a decision: it covers the names below, it
// survives another level and the next start, and it can be undone.
func TestReportsAreRefused(t *testing.T) {
	h := newHouse(t)
	h.set("loud.example", camp.LevelLimit)
	h.set("kind.loud.example", camp.LevelMedia)
	h.set("bad.example", camp.LevelBlock)
	takes := func(step string, want map[camp.Domain]bool) {
		t.Helper()
		if err := h.Load(t.Context()); err != nil {
			t.Fatal(err)
		}
		for d, yes := range want {
			if got := h.TakesReports(d); got != yes {
				t.Errorf("%s: taken from %s: %v", step, d, got)
			}
		}
	}
	takes("before", map[camp.Domain]bool{"loud.example": true, "fine.example": true, "bad.example": false, "x.bad.example": false})
	if err := h.SetReports(t.Context(), h.host, " Loud.example.", false); err != nil {
		t.Fatal(err)
	}
	off := map[camp.Domain]bool{"loud.example": false, "x.loud.example": false, "kind.loud.example": true, "xloud.example": true, "fine.example": true}
	takes("off", off)
	change := ""
	for _, b := range h.list() {
		if b.NoReports != (b.Domain == "loud.example") {
			t.Errorf("shown %+v", b)
		}
		if b.Domain == "loud.example" {
			change = b.Change
		}
	}
	told := h.ear.n.Load()
	if err := h.SetReports(t.Context(), h.host, "loud.example", false); err != nil || h.ear.n.Load() != told {
		t.Errorf("twice: %v", err)
	}
	if err := h.Undo(t.Context(), h.host, change); err != nil {
		t.Fatal(err)
	}
	takes("undone", map[camp.Domain]bool{"loud.example": true})
	if err := h.SetReports(t.Context(), h.host, "loud.example", false); err != nil {
		t.Fatal(err)
	}
	h.set("loud.example", camp.LevelMedia)
	takes("another level", off)
	if err := h.SetReports(t.Context(), h.host, "loud.example", true); err != nil {
		t.Fatal(err)
	}
	takes("on", map[camp.Domain]bool{"loud.example": true, "x.loud.example": true})
	for name, err := range map[string]error{
		"people.only_helper.say": h.SetReports(t.Context(), camp.Actor{Member: 99}, "loud.example", false),
		"border.none.say":        h.SetReports(t.Context(), h.host, "fine.example", false),
		"border.only_name.say":   h.SetReports(t.Context(), h.host, "no name", false),
	} {
		if err == nil || camp.AsFault(err).Say != name {
			t.Errorf("want %s, got %v", name, err)
		}
	}
}
