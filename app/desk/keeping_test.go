package desk

import (
	"os"
	"slices"
	"testing"

	"camp/node/camp"
)

// TestKeptIsWhole: every file of a camp's folder is spoken of on the page "What
// this camp keeps", by the line that stands beside it here.
func TestKeptIsWhole(t *testing.T) {
	rows, own := "kept.house.what", "" // rows: each kind has a line of its own; own: the program's, about nobody
	told := map[string]string{
		"db": rows, "journal": rows, "media": "kept.media.what", "keys": rows, "backup": "kept.backups.what", "log": "kept.techlog.what",
		"settings.json": "kept.choices.what", "endpoints": "kept.places.what",
		"format": own, "db.clean": own, "db.manifest": own, "db.note": own, "store.lock": own, "lock": own, "control": own, "ballast": own,
	}
	dir := t.TempDir()
	h, m := hosting(t, dir), visiting(t, t.TempDir())
	m.ask(h.do(camp.Intent{Do: camp.DoInvite}).Invite.Code, "Ana")
	h.until("somebody waits", waiting(1))
	h.do(camp.Intent{Do: camp.DoApprove, Person: "ana"})
	m.until("connected", connected)
	h.do(camp.Intent{Do: camp.DoBackup})
	var said []string
	for _, k := range h.State().Kept {
		said = append(said, k.What)
	}
	if err := h.end(); err != nil { // what is remembered of devices is written at the end
		t.Fatal(err)
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, f := range files {
		seen[f.Name()] = true
		what, known := told[f.Name()]
		switch {
		case !known:
			t.Errorf("no line of the page speaks of %s", f.Name())
		case what != own && !slices.Contains(said, what):
			t.Errorf("%s is kept, and the page has no line %q", f.Name(), what)
		}
	}
	for _, want := range []string{"db", "journal", "backup", "endpoints", "settings.json"} {
		if !seen[want] {
			t.Errorf("the test sees no %s: %v", want, files)
		}
	}
}
