package people_test

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"strconv"
	"sync"
	"testing"
	"time"

	"camp/node/camp"
	"camp/node/people"
	"camp/store"
)

type clock struct {
	mu sync.Mutex
	t  time.Time // guarded by mu
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

type ear struct {
	mu     sync.Mutex
	events []camp.Event // guarded by mu
}

func (e *ear) Publish(ev camp.Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.events = append(e.events, ev)
}

func (e *ear) has(kind camp.EventKind, to camp.MemberID) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, ev := range e.events {
		if ev.Kind == kind && ev.To == to {
			return true
		}
	}
	return false
}

// house is a camp over a real store in a folder that goes with the test.
type house struct {
	*people.Service
	t     testing.TB
	db    *store.DB
	clock *clock
	ear   *ear
	host  camp.Actor
}

const day = 24 * time.Hour

func empty(t testing.TB) *house {
	t.Helper()
	h := &house{t: t, ear: &ear{}, clock: &clock{t: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)}}
	log := slog.New(slog.DiscardHandler)
	db, err := store.Open(t.Context(), store.Options{Dir: t.TempDir(), Now: h.clock.now, Rand: rand.Reader, Log: log})
	if err != nil {
		t.Fatalf("open store: %v", err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close store: %v", err)
		}
	})
	h.db = db
	h.Service = people.New(people.Options{Store: store.As[people.Tx](db), Publish: h.ear, Rand: rand.Reader, Log: log, Derive: derived})
	return h
}

func founding() people.Founding {
	return people.Founding{
		Name: "Willow  Lane ", Host: "@Mia", Display: "Mia", Language: "nl", Rules: []string{"Be kind.", " ", "Ask\nfirst."}, Phrase: "one two three",
	}
}

func newHouse(t testing.TB) *house {
	t.Helper()
	h := empty(t)
	_, host, err := h.Found(t.Context(), founding())
	if err != nil {
		t.Fatalf("found: %v", err)
	}
	h.host = camp.Actor{Member: host.ID, Role: camp.RoleHost}
	return h
}

func (h *house) add(name string, role camp.Role) camp.Actor {
	h.t.Helper()
	m, _, err := h.AddMember(h.t.Context(), h.host, name, role)
	if err != nil {
		h.t.Fatalf("add %s: %v", name, err)
	}
	if role == camp.RoleHelper {
		if err := h.AnswerOffer(h.t.Context(), camp.Actor{Member: m.ID, Role: m.Role}, true); err != nil {
			h.t.Fatalf("%s says yes: %v", name, err)
		}
		m.Role = role
	}
	return camp.Actor{Member: m.ID, Role: m.Role}
}

func (h *house) signIn(by camp.Actor) string {
	h.t.Helper()
	link, err := h.NewLinkFor(h.t.Context(), by)
	if err != nil {
		h.t.Fatal(err)
	}
	cookie, m, err := h.UseLink(h.t.Context(), link, "Firefox on Linux")
	if err != nil || m.ID != by.Member {
		h.t.Fatalf("use link: %v, %v", m.ID, err)
	}
	return cookie
}

func say(err error) string {
	if err == nil {
		return ""
	}
	var f *camp.Fault
	if !errors.As(err, &f) {
		return "not a fault: " + err.Error()
	}
	return f.Say
}

func want[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// crowd adds n members with one act.
func (h *house) crowd(n int) {
	h.t.Helper()
	for i := range n {
		h.add("m"+strconv.Itoa(i), camp.RoleMember)
	}
}

// countingStore refuses each transaction and counts them: one a round, since
// the first step of tidying fails.
type countingStore struct{ views int }

var errCounting = errors.New("counting")

func (c *countingStore) View(context.Context, func(people.Tx) error) error {
	c.views++
	return errCounting
}

func (c *countingStore) Update(context.Context, func(people.Tx) error) error { return errCounting }
func (c *countingStore) Loose(context.Context, func(people.Tx) error) error  { return errCounting }

func newService(st people.Store) *people.Service {
	return people.New(people.Options{Store: st, Rand: rand.Reader, Log: slog.New(slog.DiscardHandler)})
}
