package border_test

import (
	"testing"

	"camp/node/border"
	"camp/node/camp"
	"camp/store"
)

// levels are the levels of some names, as the camp would judge them after a start.
func (h *house) levels(names ...camp.Domain) map[camp.Domain]camp.Level {
	h.t.Helper()
	if err := h.Load(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
	m := map[camp.Domain]camp.Level{}
	for _, n := range names {
		m[n] = h.Admit(n, border.In).Level
	}
	return m
}

// No server comes nearer by bringing an older state of the camp back, and what
// that state kept away stays away.
func TestReapply(t *testing.T) {
	old, fresh := newHouse(t), newHouse(t)
	fresh.set("mild.example", camp.LevelLimit)
	fresh.set("hard.example", camp.LevelFirewall)
	fresh.set("lifted.example", camp.LevelBlock)
	fresh.set("ok.parent.example", camp.LevelNone)
	fresh.set("kept.example", camp.LevelBlock)

	old.set("mild.example", camp.LevelBlock)
	old.set("hard.example", camp.LevelLimit)
	old.set("new.example", camp.LevelBlock)
	old.set("parent.example", camp.LevelBlock)
	old.set("kept.example", camp.LevelBlock)
	old.set("friend.kept.example", camp.LevelNone)

	reapply := func() int {
		n, err := border.Reapply(t.Context(), store.As[border.Tx](old.db), store.As[border.Tx](fresh.db))
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := reapply(); n != 4 {
		t.Errorf("decided again: %d, want 4", n)
	}
	want := map[camp.Domain]camp.Level{
		"mild.example": camp.LevelBlock, "hard.example": camp.LevelFirewall, "lifted.example": camp.LevelBlock, "new.example": camp.LevelBlock,
		"parent.example": camp.LevelBlock, "ok.parent.example": camp.LevelBlock, "kept.example": camp.LevelBlock, "friend.kept.example": camp.LevelBlock,
		"other.example": camp.LevelNone,
	}
	for name, level := range want {
		if got := fresh.levels(name)[name]; got != level {
			t.Errorf("%s: %s, want %s", name, got, level)
		}
	}
	var jobs []camp.Cutting
	var log []camp.Entry
	err := fresh.db.View(t.Context(), func(tx *store.Tx) (err error) {
		if jobs, err = tx.Cuttings(); err == nil {
			log, err = tx.Entries(camp.Page{Limit: 1})
		}
		return err
	})
	if err != nil || len(jobs) != 7 || log[0].Deed != "log.blocked_again" || log[0].Args["N"] != "4" {
		t.Errorf("%d jobs, log %+v, %v", len(jobs), log, err)
	}
	for _, b := range fresh.list() {
		if b.Domain == "new.example" {
			if err := fresh.Undo(t.Context(), fresh.host, b.Change); err != nil {
				t.Errorf("what was decided again cannot be undone: %v", err)
			}
		}
	}
	if n := reapply(); n != 1 {
		t.Errorf("once more, after an undo: %d, want 1", n)
	}
	if n := reapply(); n != 0 {
		t.Errorf("and again: %d", n)
	}
}
