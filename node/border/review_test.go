package border_test

import (
	"testing"
	"time"

	"camp/node/camp"
)

// TestReview: a decision is looked at again when it was chosen, a year later where
// nothing was; keeping it moves the day, cuts nothing anew, and leaves the way back
// as it was (community.md 4.2).
func TestReview(t *testing.T) {
	h := newHouse(t)
	made := h.now
	day := func(name camp.Domain) time.Time {
		t.Helper()
		for _, b := range h.list() {
			if b.Domain == name {
				return b.Review
			}
		}
		t.Fatalf("%s is not listed", name)
		return time.Time{}
	}
	for choice, want := range map[string]time.Time{
		"3": made.AddDate(0, 3, 0), "6": made.AddDate(0, 6, 0), "12": made.AddDate(1, 0, 0), "": made.AddDate(1, 0, 0), "never": {},
	} {
		if _, err := h.Decide(t.Context(), h.host, camp.Decision{Name: "bad" + choice + ".example", Review: choice}); err != nil {
			t.Fatal(err)
		}
		if got := day(camp.Domain("bad" + choice + ".example")); !got.Equal(want) {
			t.Errorf("%q: looked at again on %v, want %v", choice, got, want)
		}
	}
	h.set("loud.example", camp.LevelLimit)
	h.set("loud.example", camp.LevelBlock)
	before := h.list()
	if err := h.SetReview(t.Context(), h.host, "Loud.example.", "never"); err != nil {
		t.Fatal(err)
	}
	var change string
	for i, b := range h.list() {
		was := before[i]
		if b.Domain == "loud.example" {
			change, was.Review = b.Change, time.Time{}
		}
		if b != was {
			t.Errorf("it is %+v, was %+v", b, was)
		}
	}
	told := h.ear.n.Load()
	if err := h.SetReview(t.Context(), h.host, "loud.example", "never"); err != nil || h.ear.n.Load() != told {
		t.Errorf("twice: %v", err)
	}
	if err := h.Undo(t.Context(), h.host, change); err != nil {
		t.Errorf("it cannot be undone any more: %v", err)
	}
	if got := day("loud.example"); !got.Equal(made.AddDate(1, 0, 0)) {
		t.Errorf("after the undo it is looked at again on %v", got)
	}
	for want, err := range map[string]error{
		"border.none.say":        h.SetReview(t.Context(), h.host, "unknown.example", "3"),
		"border.review.say":      h.SetReview(t.Context(), h.host, "loud.example", "13"),
		"people.only_helper.say": h.SetReview(t.Context(), camp.Actor{Member: 99}, "loud.example", "3"),
	} {
		if err == nil || camp.AsFault(err).Say != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if _, err := h.Decide(t.Context(), h.host, camp.Decision{Name: "x.example", Review: "soon"}); err == nil {
		t.Error("taken: soon")
	}
}

func TestSofter(t *testing.T) {
	for l, want := range map[camp.Level]camp.Level{
		camp.LevelFirewall: camp.LevelBlock, camp.LevelBlock: camp.LevelLimit, camp.LevelLimit: camp.LevelMedia, camp.LevelMedia: "", camp.LevelNone: "", "x": "",
	} {
		if got := l.Softer(); got != want {
			t.Errorf("softer than %q: %q, want %q", l, got, want)
		}
	}
}
