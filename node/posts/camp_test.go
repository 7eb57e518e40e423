package posts_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"sync"
	"testing"
	"time"

	"camp/node/camp"
	"camp/node/media"
	"camp/node/people"
	"camp/node/posts"
	"camp/store"
)

// What the store gives is what the rooms ask for.
var (
	_ people.Tx = (*store.Tx)(nil)
	_ posts.Tx  = (*store.Tx)(nil)
	_ media.Tx  = (*store.Tx)(nil)
)

// clock is a clock that tests move.
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

// ear remembers what was published.
type ear struct {
	mu     sync.Mutex
	events []camp.Event // guarded by mu
}

func (e *ear) Publish(ev camp.Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.events = append(e.events, ev)
}

func (e *ear) take() []camp.Event {
	e.mu.Lock()
	defer e.mu.Unlock()
	list := e.events
	e.events = nil
	return list
}

// paper is what the log is written on.
type paper struct {
	mu sync.Mutex
	b  bytes.Buffer // guarded by mu
}

func (p *paper) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.b.Write(b)
}

func (p *paper) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.b.String()
}

// house is a camp over a real store in a folder that goes with the test.
type house struct {
	t      testing.TB
	dir    string
	db     *store.DB
	people *people.Service
	posts  *posts.Service
	clock  *clock
	ear    *ear
	log    *paper
	host   camp.Actor

	outside bool                       // whether the camp talks with others
	level   map[camp.Domain]camp.Level // its decisions about servers
}

func newHouse(t testing.TB) *house {
	t.Helper()
	h := &house{
		t: t, dir: t.TempDir(), ear: &ear{}, log: &paper{},
		clock: &clock{t: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)},
	}
	h.open()
	t.Cleanup(func() {
		if err := h.db.Close(); err != nil {
			t.Errorf("close store: %v", err)
		}
	})
	_, host, err := h.people.Found(t.Context(), people.Founding{
		Name: "Willow Lane", Host: "mia", Display: "Mia", Language: "en", Rules: []string{"Be kind.", "Ask first."}, Phrase: "one two three",
	})
	if err != nil {
		t.Fatalf("found: %v", err)
	}
	h.host = camp.Actor{Member: host.ID, Role: camp.RoleHost}
	h.ear.take()
	return h
}

func (h *house) slog() *slog.Logger {
	return slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

func (h *house) open() {
	h.t.Helper()
	log := h.slog()
	db, err := store.Open(context.WithoutCancel(h.t.Context()), store.Options{Dir: h.dir, Now: h.clock.now, Rand: rand.Reader, Log: log})
	if err != nil {
		h.t.Fatalf("open store: %v", err)
	}
	h.db = db
	h.people = people.New(people.Options{Store: store.As[people.Tx](db), Publish: h.ear, Rand: rand.Reader, Log: log})
	h.posts = posts.New(posts.Options{
		Store: store.As[posts.Tx](db), Publish: h.ear, Log: log,
		Level:   func(d camp.Domain) camp.Level { return h.level[d] },
		Outside: func() bool { return h.outside },
	})
}

// add makes somebody a member and gives them as an actor.
func (h *house) add(name string, role camp.Role) camp.Actor {
	h.t.Helper()
	m, _, err := h.people.AddMember(h.t.Context(), h.host, name, role)
	if err != nil {
		h.t.Fatalf("add %s: %v", name, err)
	}
	if role == camp.RoleHelper {
		if err := h.people.AnswerOffer(h.t.Context(), camp.Actor{Member: m.ID, Role: m.Role}, true); err != nil {
			h.t.Fatalf("%s says yes: %v", name, err)
		}
		m.Role = role
	}
	return camp.Actor{Member: m.ID, Role: m.Role}
}

// write posts and moves the clock by a second.
func (h *house) write(by camp.Actor, text string, replyTo camp.PostID) camp.PostID {
	h.t.Helper()
	id, err := h.posts.Write(h.t.Context(), by, camp.Draft{Text: text, ReplyTo: replyTo})
	if err != nil {
		h.t.Fatalf("write: %v", err)
	}
	h.clock.add(time.Second)
	return id
}

func (h *house) post(by camp.Actor, id camp.PostID) camp.PostView {
	h.t.Helper()
	p, err := h.posts.Post(h.t.Context(), by, id)
	if err != nil {
		h.t.Fatalf("read post: %v", err)
	}
	return p
}

// say gives the locale key of a fault, "" for no error.
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

func texts(list []camp.PostView) string {
	var b bytes.Buffer
	for i, p := range list {
		if i > 0 {
			b.WriteString("|")
		}
		b.WriteString(p.Text)
	}
	return b.String()
}

// crowd gives n members.
func (h *house) crowd(n int) []camp.Actor {
	h.t.Helper()
	list := make([]camp.Actor, 0, n)
	for i := range n {
		list = append(list, h.add("m"+strconv.Itoa(i), camp.RoleMember))
	}
	return list
}

// upload puts a picture's row as node/media would.
func (h *house) upload(by camp.Actor, avatar bool) camp.MediaID {
	h.t.Helper()
	id := camp.MediaID(fmt.Sprintf("%026d", h.clock.now().UnixNano()))
	h.clock.add(time.Millisecond)
	err := h.db.Update(h.t.Context(), func(tx *store.Tx) error {
		return tx.PutMedia(camp.MediaFile{
			ID: id, Owner: by.Member, Hash: fmt.Sprintf("%064d", h.clock.now().UnixNano()), Thumb: fmt.Sprintf("%064d", h.clock.now().UnixNano()+1),
			Type: "image/jpeg", Width: 640, Height: 480, Bytes: 1000, Made: tx.Now(), Avatar: avatar, Blur: "LEHV6nWB2yk8pyo0adR*.7kCMdnj",
		})
	})
	if err != nil {
		h.t.Fatalf("upload: %v", err)
	}
	return id
}

// cutAfter ends a context once it hears of an erased post.
type cutAfter struct {
	cancel context.CancelFunc
}

func (c *cutAfter) Publish(e camp.Event) {
	if e.Kind == camp.EventPostGone {
		c.cancel()
	}
}

func newPosts(h *house, p posts.Publisher) *posts.Service {
	return posts.New(posts.Options{Store: store.As[posts.Tx](h.db), Publish: p, Log: slog.New(slog.NewTextHandler(h.log, nil))})
}
