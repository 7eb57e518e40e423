package people_test

import (
	"crypto/rand"
	"log/slog"
	"strings"
	"testing"
	"time"

	"camp/node/camp"
	"camp/node/people"
	"camp/store"
)

// abroad makes the house talk with others, as willow.example; off: stops it.
func (h *house) abroad() (off func()) {
	on := true
	h.Service = people.New(people.Options{
		Store: store.As[people.Tx](h.db), Publish: h.ear, Rand: rand.Reader, Log: slog.New(slog.DiscardHandler), Derive: derived,
		Outside: func() bool { return on }, Account: func(name string) string { return "https://willow.example/ap/" + name },
	})
	return func() { on = false }
}

// errands takes what is to be told elsewhere.
func (h *house) errands() string {
	h.t.Helper()
	var said []string
	err := h.db.Update(h.t.Context(), func(tx *store.Tx) error {
		list, err := tx.Errands(100)
		if err != nil {
			return err
		}
		for _, e := range list {
			word := map[camp.ErrandKind]string{camp.ErrandProfile: "profile", camp.ErrandMove: "move"}[e.Do]
			if e.By == 0 || e.At.IsZero() {
				word = "of nobody"
			}
			said = append(said, strings.TrimSpace(word+" "+e.URI))
			if err := tx.DropErrand(e.ID); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return strings.Join(said, ", ")
}

func TestProfileIsToldElsewhere(t *testing.T) {
	h := newHouse(t)
	by := h.add("joost", camp.RoleMember)
	if err := h.SetProfile(t.Context(), by, camp.Member{Display: "Joost"}); err != nil {
		t.Fatal(err)
	}
	if got := h.errands(); got != "" {
		t.Errorf("a silent camp tells %q", got)
	}
	off := h.abroad()
	guest := h.add("gast", camp.RoleGuest)
	for _, row := range []struct {
		name string
		do   func() error
		want string
		say  string
	}{
		{"profile", func() error { return h.SetProfile(t.Context(), by, camp.Member{Display: "Joost B."}) }, "profile", ""},
		{"a guest's", func() error {
			return h.SetProfile(t.Context(), guest, camp.Member{Display: "Gast"})
		}, "", ""},
		{"reach", func() error {
			return h.SetReach(t.Context(), by, camp.Member{Locked: true, Indexable: true, Name: "other", Role: camp.RoleHost})
		}, "profile", ""},
		{"the same", func() error { return h.SetReach(t.Context(), by, camp.Member{Locked: true, Indexable: true}) }, "", ""},
		{"a guest's reach", func() error { return h.SetReach(t.Context(), guest, camp.Member{Locked: true}) }, "", "people.guest_outside.say"},
		{"nobody's", func() error { return h.SetReach(t.Context(), camp.Actor{}, camp.Member{Locked: true}) }, "", "people.not_member.say"},
		{"silent again", func() error { off(); return h.SetReach(t.Context(), by, camp.Member{}) }, "", "people.no_outside.say"},
	} {
		if got := say(row.do()); got != row.say {
			t.Errorf("%s: refused with %q, want %q", row.name, got, row.say)
		}
		if got := h.errands(); got != row.want {
			t.Errorf("%s: tells %q, want %q", row.name, got, row.want)
		}
	}
	got, err := h.Member(t.Context(), by.Member)
	if err != nil || !got.Locked || !got.Indexable || got.Shy || got.Discoverable || got.Name != "joost" || got.Role != camp.RoleMember {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestOtherAccounts(t *testing.T) {
	h := newHouse(t)
	by := h.add("joost", camp.RoleMember)
	h.abroad()
	at := func(uri string) camp.Remote { return camp.Remote{ID: 5, URI: uri} }
	for range 2 {
		if err := h.AddAlso(t.Context(), by, at("https://far.example/1")); err != nil {
			t.Fatal(err)
		}
	}
	if got := h.errands(); got != "profile" {
		t.Errorf("tells %q", got)
	}
	if got := say(h.DropAlso(t.Context(), h.host, "https://far.example/1")); got != "people.also_none.say" {
		t.Errorf("another took it out: %q", got)
	}
	for i := range 9 {
		if err := h.AddAlso(t.Context(), by, at("https://far.example/x"+string(rune('a'+i)))); err != nil {
			t.Fatal(err)
		}
	}
	if got := say(h.AddAlso(t.Context(), by, at("https://far.example/more"))); got != "people.also_full.say" {
		t.Errorf("an eleventh: %q", got)
	}
	if err := h.DropAlso(t.Context(), by, "https://far.example/1"); err != nil {
		t.Fatal(err)
	}
	got, err := h.Member(t.Context(), by.Member)
	if err != nil || len(got.Also) != 9 || got.Also[0] != "https://far.example/xa" {
		t.Errorf("%v, %v", got.Also, err)
	}
}

func TestMove(t *testing.T) {
	h := newHouse(t)
	by := h.add("joost", camp.RoleMember)
	off := h.abroad()
	mine := "https://willow.example/ap/joost"
	target := camp.Remote{ID: 7, Name: "new", Domain: "far.example", URI: "https://far.example/new", Also: []string{"https://x.example/y", mine}}
	with := func(change func(*camp.Remote)) camp.Remote { r := target; change(&r); return r }
	for _, row := range []struct {
		name string
		to   camp.Remote
		say  string
	}{
		{"nobody", camp.Remote{}, "people.move_gone.say"},
		{"gone", with(func(r *camp.Remote) { r.Gone = h.clock.now() }), "people.move_gone.say"},
		{"moved on", with(func(r *camp.Remote) { r.Moved = "https://z.example/" }), "people.move_moved.say"},
		{"says nothing of us", with(func(r *camp.Remote) { r.Also = []string{mine + "x", "https://willow.example/ap/mia"} }), "people.move_unknown.say"},
	} {
		if got := say(h.MayMove(t.Context(), by, row.to)); got != row.say {
			t.Errorf("%s: %q, want %q", row.name, got, row.say)
		}
		if got := say(h.Move(t.Context(), by, row.to)); got != row.say {
			t.Errorf("%s: %q, want %q", row.name, got, row.say)
		}
	}
	if got := say(h.Move(t.Context(), h.host, target)); got != "people.move_unknown.say" {
		t.Errorf("another moves to Joost's account: %q", got)
	}
	if err := h.MayMove(t.Context(), by, target); err != nil {
		t.Fatal(err)
	}
	if got := h.errands(); got != "" {
		t.Fatalf("looking tells %q", got)
	}
	if err := h.Move(t.Context(), by, target); err != nil {
		t.Fatal(err)
	}
	if got := h.errands(); got != "move https://far.example/new" {
		t.Errorf("tells %q", got)
	}
	other := with(func(r *camp.Remote) { r.ID, r.URI = 8, "https://far.example/newer" })
	if got := say(h.Move(t.Context(), by, target)); got != "people.move_again.say" {
		t.Errorf("twice to the same: %q", got)
	}
	h.clock.add(7*day - time.Minute)
	if got := say(h.Move(t.Context(), by, other)); got != "people.move_soon.say" {
		t.Errorf("within a week: %q", got)
	}
	h.clock.add(2 * time.Minute)
	if err := h.Move(t.Context(), by, other); err != nil {
		t.Errorf("after a week: %v", err)
	}
	got, err := h.Member(t.Context(), by.Member)
	if err != nil || got.Moved != other.URI || !got.Standing.In() {
		t.Errorf("%+v, %v", got, err)
	}
	off()
	h.clock.add(8 * day)
	if got := say(h.Move(t.Context(), by, target)); got != "people.no_outside.say" {
		t.Errorf("in a silent camp: %q", got)
	}
}
