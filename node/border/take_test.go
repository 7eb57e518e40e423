package border_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"camp/node/border"
	"camp/node/camp"
	"camp/store"
)

const aList = `domain,severity,public_comment,private_comment,reject_reports
x.folded.example,suspend,below it,,
folded.example,suspend,wide,our secret,true
mild.example,silence,loud,,
harder.example,suspend,worse,,
own.example,suspend,of the list,,
x.spared.example,suspend,of the list,,
github.io,suspend,shared,,
gone.example,noop,better now,,
no**.example,suspend,hidden,,
`

// stood gives every decision that stands, with where it came from.
func (h *house) stood() map[string]string {
	h.t.Helper()
	m := map[string]string{}
	for _, b := range h.list() {
		if !b.Lifted {
			m[string(b.Domain)] = string(b.Level) + " " + b.Source
		}
	}
	return m
}

// logged gives the newest line of the host's log.
func (h *house) logged() (e camp.Entry) {
	h.t.Helper()
	err := h.db.View(h.t.Context(), func(tx *store.Tx) error {
		list, err := tx.Entries(camp.Page{Limit: 1})
		if err == nil && len(list) == 1 {
			e = list[0]
		}
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return e
}

func (h *house) take(t border.Taking) camp.BlockImport {
	h.t.Helper()
	got, err := h.Take(h.t.Context(), h.host, t)
	if err != nil {
		h.t.Fatal(err)
	}
	return got
}

// What the camp decided itself stands; a list keeps further away and no nearer;
// a look changes nothing and tells what comes.
func TestTakeAList(t *testing.T) {
	h := newHouse(t)
	h.set("own.example", camp.LevelLimit)
	h.set("spared.example", camp.LevelNone)
	h.set("gone.example", camp.LevelBlock)
	before := h.stood()
	look := h.take(border.Taking{File: []byte(aList), Source: "a.csv", Look: true})
	if d := cmp.Diff(before, h.stood()); d != "" {
		t.Errorf("a look changed something:\n%s", d)
	}
	log := func() (n int) {
		t.Helper()
		err := h.db.View(t.Context(), func(tx *store.Tx) error {
			list, err := tx.Entries(camp.Page{Limit: 40})
			n = len(list)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	lines := log()
	got := h.take(border.Taking{File: []byte(aList), Source: "a.csv"})
	if d := cmp.Diff(look, got); d != "" {
		t.Errorf("what came is not what was told:\n%s", d)
	}
	if got.Set != 3 || got.Stands != 3 || got.Withdrawn != 1 || got.Skipped["obfuscated"] != 1 || len(got.Shared) != 1 || len(got.Lines) != 1 {
		t.Errorf("told: %+v", got)
	}
	want := map[string]string{
		"own.example": "limit own", "spared.example": "none own", "gone.example": "block own",
		"folded.example": "block a.csv", "mild.example": "limit a.csv", "harder.example": "block a.csv",
	}
	if d := cmp.Diff(want, h.stood()); d != "" {
		t.Errorf("decided:\n%s", d)
	}
	if n := log() - lines; n != 1 {
		t.Errorf("%d lines in the host's log, want one", n)
	}
	for _, b := range h.list() {
		if strings.Contains(b.Reason, "secret") || b.Domain == "folded.example" && (!b.NoReports || b.Reason != "wide") {
			t.Errorf("kept: %+v", b)
		}
	}

	if again := h.take(border.Taking{File: []byte(aList), Source: "b.csv"}); again.Set != 0 {
		t.Errorf("the same once more: %+v", again)
	}
	milder := h.take(border.Taking{File: []byte("domain,severity\nharder.example,silence\nmild.example,suspend\n"), Source: "b.csv"})
	if l := h.stood(); milder.Set != 1 || l["harder.example"] != "block a.csv" || l["mild.example"] != "block b.csv" {
		t.Errorf("another list: %+v, %v", milder, l)
	}

	// What a person confirms is the camp's own, and handed on; a list's is not.
	if err := h.decide(h.host, camp.Decision{Name: "harder.example", Level: camp.LevelBlock}); err != nil {
		t.Fatal(err)
	}
	if l := h.stood(); l["harder.example"] != "block own" {
		t.Errorf("confirmed: %v", l)
	}
	file, _, _, err := border.Share(h.list())
	if err != nil || strings.Contains(string(file), "folded") || !strings.Contains(string(file), "harder.example") {
		t.Errorf("handed on: %s, %v", file, err)
	}
	for _, b := range h.list() {
		if b.Domain == "folded.example" {
			if err := h.Undo(t.Context(), h.host, b.Change); err != nil {
				t.Error(err)
			}
		}
	}
	if _, there := h.stood()["folded.example"]; there {
		t.Error("what a list brought cannot be undone")
	}
}

// All that one list brought goes with it; what was decided about since stays, and
// so does what another list brought.
func TestUndoAList(t *testing.T) {
	h := newHouse(t)
	h.set("harder.example", camp.LevelLimit)
	h.take(border.Taking{File: []byte("a.example\nb.example\nc.example\n"), Source: "one"})
	h.take(border.Taking{File: []byte("d.example\n"), Source: "two"})
	h.set("c.example", camp.LevelFirewall)
	change := func(name camp.Domain) string {
		for _, b := range h.list() {
			if b.Domain == name {
				return b.Change
			}
		}
		t.Fatalf("no decision about %s", name)
		return ""
	}
	if _, _, err := h.UndoList(t.Context(), camp.Actor{Member: 99}, change("a.example")); camp.AsFault(err) == nil || camp.AsFault(err).Kind != camp.NotAllowed {
		t.Errorf("by a stranger: %v", err)
	}
	n, left, err := h.UndoList(t.Context(), h.host, change("a.example"))
	want := map[string]string{"harder.example": "limit own", "c.example": "firewall own", "d.example": "block two"}
	if d := cmp.Diff(want, h.stood()); err != nil || n != 2 || left != 1 || d != "" {
		t.Errorf("%d undone, %d left, %v\n%s", n, left, err, d)
	}
	if n, _, err := h.UndoList(t.Context(), h.host, change("harder.example")); err != nil || n != 1 {
		t.Errorf("of no list: %d, %v", n, err)
	}
	if e := h.logged(); e.Deed != "log.block_undone" || e.Args["Name"] != "harder.example" {
		t.Errorf("of no list, the log says %+v", e)
	}
	id := change("d.example")
	h.now = h.now.Add(camp.UndoTime + time.Hour)
	if _, _, err := h.UndoList(t.Context(), h.host, id); camp.AsFault(err) == nil || camp.AsFault(err).Kind != camp.NotFound {
		t.Errorf("too late: %v", err)
	}
}

// What a list gives as its reason is its maker's claim, and does not become the
// camp's own word where the host decides anew and gives none.
func TestAListsReasonStaysTheirs(t *testing.T) {
	h := newHouse(t)
	h.take(border.Taking{File: []byte("domain,severity,public_comment\na.example,suspend,they are liars\n"), Source: "one"})
	claim := func() (reason, list string) {
		for _, b := range h.list() {
			if b.Domain == "a.example" {
				return b.Reason, b.Claim()
			}
		}
		t.Fatal("no decision stands")
		return "", ""
	}
	if reason, list := claim(); reason != "they are liars" || list != "one" {
		t.Errorf("of the list: %q, said by %q", reason, list)
	}
	if err := h.decide(h.host, camp.Decision{Name: "a.example", Level: camp.LevelLimit}); err != nil {
		t.Fatal(err)
	}
	if reason, list := claim(); reason != "" || list != "" {
		t.Errorf("decided anew: %q, said by %q", reason, list)
	}
	if err := h.decide(h.host, camp.Decision{Name: "a.example", Level: camp.LevelLimit, Reason: "hate"}); err != nil {
		t.Fatal(err)
	}
	if err := h.decide(h.host, camp.Decision{Name: "a.example", Level: camp.LevelBlock}); err != nil {
		t.Fatal(err)
	}
	if reason, list := claim(); reason != "hate" || list != "" {
		t.Errorf("the camp's own reason: %q, said by %q", reason, list)
	}
}

func TestTakeNoneAboveTheCeiling(t *testing.T) {
	for ceiling, want := range map[camp.Level][2]string{
		"":                  {"block l", "limit l"},
		camp.LevelFirewall:  {"block l", "limit l"}, // never from a list
		camp.LevelLimit:     {"limit l", "limit l"},
		camp.LevelMedia:     {"media l", "media l"},
		camp.LevelNone:      {"border.level.say"},
		camp.Level("wrong"): {"border.level.say"},
	} {
		h := newHouse(t)
		_, err := h.Take(t.Context(), h.host, border.Taking{File: []byte("domain,severity\na.example,suspend\nb.example,silence\n"), Source: "l", Ceiling: ceiling})
		if f := camp.AsFault(err); f != nil {
			if f.Say != want[0] || len(h.stood()) != 0 {
				t.Errorf("%q: %v, %v", ceiling, err, h.stood())
			}
			continue
		}
		if l := h.stood(); l["a.example"] != want[0] || l["b.example"] != want[1] {
			t.Errorf("%q: %v", ceiling, l)
		}
	}
}

type countedTies struct{}

func (countedTies) Ties(_ context.Context, d camp.Domain, falls func(camp.Domain) bool) (int, int, int, error) {
	if !falls(d) {
		return 0, 0, 0, nil
	}
	return 1, 10, 100, nil
}

func TestTakeTellsWhatItCuts(t *testing.T) {
	h := newHouse(t)
	s := border.New(border.Options{Store: store.As[border.Tx](h.db), Publish: h.ear, Ties: countedTies{}, Log: slog.New(slog.DiscardHandler)})
	got, err := s.Take(t.Context(), h.host, border.Taking{File: []byte("domain,severity\na.example,suspend\nb.example,suspend\nc.example,silence\n"), Source: "l", Look: true})
	if err != nil || got.FollowsLost != 2 || got.FollowersLost != 20 || got.PostsHidden != 200 {
		t.Errorf("told %+v, %v", got, err)
	}
}

func TestWhoMayTakeAList(t *testing.T) {
	h := newHouse(t)
	for _, look := range []bool{true, false} {
		_, err := h.Take(t.Context(), camp.Actor{Member: 99}, border.Taking{File: []byte("a.example"), Look: look})
		if f := camp.AsFault(err); f == nil || f.Kind != camp.NotAllowed || len(h.stood()) != 0 {
			t.Errorf("%v, %v", err, h.stood())
		}
	}
	if _, err := h.Take(t.Context(), h.host, border.Taking{File: []byte("<html>")}); camp.AsFault(err) == nil || camp.AsFault(err).Say != "border.not_list.say" {
		t.Errorf("no list: %v", err)
	}
}

// The most that a file can bring is one act, and all of it is there; more is
// refused, and nothing of it is.
func TestTakeTheMost(t *testing.T) {
	rows := func(n, reason int) []byte {
		var b strings.Builder
		b.WriteString("domain,public_comment\n")
		for i := range n {
			fmt.Fprintf(&b, "a%d.example,%s\n", i, strings.Repeat("é", reason))
		}
		return []byte(b.String())
	}
	for _, row := range []struct {
		name      string
		n, reason int
		good      bool
	}{
		{"many", 5000, 80, true},
		{"one more", 5001, 0, false},
		{"long reasons", 1700, 490, true},
		{"too long", 3000, 490, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			h := newHouse(t)
			got, err := h.Take(t.Context(), h.host, border.Taking{File: rows(row.n, row.reason), Source: "l"})
			f := camp.AsFault(err)
			switch {
			case row.good && (err != nil || got.Set != row.n || len(h.stood()) != row.n):
				t.Errorf("%d decided, %d stand, %v", got.Set, len(h.stood()), err)
			case !row.good && (f == nil || f.Say != "border.take_many.say" || len(h.stood()) != 0):
				t.Errorf("%d stand, %v", len(h.stood()), err)
			}
		})
	}
}
