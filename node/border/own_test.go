package border_test

import (
	"crypto/rand"
	"errors"
	"log/slog"
	"testing"

	"camp/node/camp"
	"camp/node/people"
	"camp/store"
)

// TestOwnNames: the camp's own names, and what is above or below them, cannot be
// blocked (community.md 4.1), with a domain and without one.
func TestOwnNames(t *testing.T) {
	h := newHouse(t)
	p := people.New(people.Options{Store: store.As[people.Tx](h.db), Rand: rand.Reader, Log: slog.New(slog.DiscardHandler)})
	house, err := p.House(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	check := func(name string, own bool) {
		t.Helper()
		err := h.decide(h.host, camp.Decision{Name: name, Level: camp.LevelFirewall})
		said := ""
		if f := (*camp.Fault)(nil); errors.As(err, &f) {
			said = f.Say
		} else if err != nil {
			t.Fatal(err)
		}
		if refused := said == "border.own.say"; refused != own || said != "" && !own {
			t.Errorf("%s: %q, own %v", name, said, own)
		}
	}
	inside := house.Address()
	for _, name := range []string{inside, "Deep." + inside + ".", "camp.internal"} {
		check(name, true)
	}
	check("other-abcdefghijklmnop.camp.internal", false)
	check("oak.example", false)
	if err := h.Lift(t.Context(), h.host, "oak.example"); err != nil {
		t.Fatal(err)
	}
	if err := p.SetDomain(t.Context(), h.host, "camp.oak.example"); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"oak.example", "camp.oak.example", "deep.camp.oak.example", inside} {
		check(name, true)
	}
	check("other.oak.example", false)
	if list := h.list(); len(list) != 3 { // the one that was lifted still shows
		t.Errorf("listed: %+v", list)
	}
}
