package carry

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"camp/node/camp"
	"camp/node/people"
	"camp/node/posts"
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

// house is a camp that talks with others, over a real store, with a member Joost.
type house struct {
	*Service
	t      *testing.T
	dir    string
	db     *store.DB
	people *people.Service
	posts  *posts.Service
	far    *far
	clock  *clock
	host   camp.Actor
	joost  camp.Actor
}

// far finds people elsewhere, and keeps them as a camp does.
type far struct {
	h     *house
	mu    sync.Mutex // guards what follows
	asked []string
	say   map[string]error // by handle
	busy  func()           // called while somebody is looked up
}

func (f *far) Person(ctx context.Context, _ camp.Actor, typed string) (r camp.Remote, err error) {
	f.mu.Lock()
	f.asked = append(f.asked, typed)
	err = f.say[typed]
	f.mu.Unlock()
	if f.busy != nil {
		f.busy()
	}
	if ctx.Err() != nil {
		return r, ctx.Err()
	}
	if err != nil {
		return r, err
	}
	name, host, _ := strings.Cut(typed, "@")
	err = f.h.db.Update(ctx, func(tx *store.Tx) error {
		had, ok, err := tx.RemoteByHandle(typed)
		if err != nil || ok {
			r = had
			return err
		}
		r = camp.Remote{ID: camp.MemberID(tx.NextID()), URI: "https://" + host + "/" + name, Domain: camp.Domain(host), At: camp.Domain(host), Name: name, Inbox: "https://" + host + "/in"}
		return tx.PutRemote(r, nil)
	})
	return r, err
}

func (f *far) calls() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return strings.Join(f.asked, " ")
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{t: t, dir: t.TempDir(), clock: &clock{t: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)}}
	h.far = &far{h: h, say: map[string]error{}}
	h.open()
	_, host, err := h.people.Found(t.Context(), people.Founding{Name: "Willow Lane", Host: "mia", Display: "Mia", Language: "en", Rules: []string{"Be kind."}, Phrase: "one two"})
	if err != nil {
		t.Fatal(err)
	}
	h.host = camp.Actor{Member: host.ID, Role: camp.RoleHost}
	m, _, err := h.people.AddMember(t.Context(), h.host, "joost", camp.RoleMember)
	if err != nil {
		t.Fatal(err)
	}
	h.joost = camp.Actor{Member: m.ID, Role: camp.RoleMember}
	return h
}

func (h *house) open() {
	h.t.Helper()
	log := slog.New(slog.DiscardHandler)
	db, err := store.Open(context.WithoutCancel(h.t.Context()), store.Options{Dir: h.dir, Now: h.clock.now, Rand: rand.Reader, Log: log})
	if err != nil {
		h.t.Fatal(err)
	}
	h.db = db
	h.people = people.New(people.Options{Store: store.As[people.Tx](db), Rand: rand.Reader, Log: log})
	h.posts = posts.New(posts.Options{Store: store.As[posts.Tx](db), Log: log, Outside: func() bool { return true }})
	h.Service = New(Options{Store: store.As[Tx](db), Ties: h.posts, Finder: h.far, Log: log})
}

func (h *house) close() {
	h.t.Helper()
	if err := h.db.Close(); err != nil {
		h.t.Errorf("close store: %v", err)
	}
}

// pass lets so much time go by, with the rounds that Run would make in it.
func (h *house) pass(d time.Duration) {
	h.t.Helper()
	for end := h.clock.now().Add(d); h.clock.now().Before(end); {
		rest, err := h.round(h.t.Context())
		if err != nil {
			h.t.Fatalf("round: %v", err)
		}
		h.clock.add(min(rest, end.Sub(h.clock.now())))
	}
}

func (h *house) bring(what camp.ListKind, file string) camp.Import {
	h.t.Helper()
	i, err := h.Import(h.t.Context(), h.joost, what, strings.NewReader(file))
	if err != nil {
		h.t.Fatal(err)
	}
	return i
}

func (h *house) only() camp.Import {
	h.t.Helper()
	list, err := h.Imports(h.t.Context(), h.joost)
	if err != nil || len(list) != 1 {
		h.t.Fatalf("imports %+v, %v", list, err)
	}
	return list[0]
}

func (h *house) export(what camp.ListKind) string {
	h.t.Helper()
	b, err := h.Export(h.t.Context(), h.joost, what)
	if err != nil {
		h.t.Fatal(err)
	}
	return string(b)
}

// TestThereAndBack: what goes out as a file comes in again as it was.
func TestThereAndBack(t *testing.T) {
	h := newHouse(t)
	defer h.close()
	follows := "Account address,Show boosts,Notify on new posts,Languages\nana@far.example,true,false,\ntom@far.example,false,false,\n"
	home, err := h.people.House(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	mutes := "Account address,Hide notifications\nmia@" + home.Address() + ",true\n"
	blocks := "eva@other.example\n"
	h.bring(camp.ListFollows, follows)
	h.bring(camp.ListMutes, mutes)
	h.bring(camp.ListBlocks, blocks)
	if h.far.calls() != "" {
		t.Error("somebody was looked up while the file came in")
	}
	h.pass(time.Minute)
	for what, want := range map[camp.ListKind]string{camp.ListFollows: follows, camp.ListMutes: mutes, camp.ListBlocks: blocks} {
		if got := h.export(what); got != want {
			t.Errorf("%s: got\n%swant\n%s", what, got, want)
		}
	}
	if got := h.far.calls(); strings.Contains(got, "mia") {
		t.Errorf("a member of the camp was looked up elsewhere: %s", got)
	}
	list, err := h.Imports(t.Context(), h.joost)
	if err != nil || len(list) != 3 || slices.ContainsFunc(list, func(i camp.Import) bool { return !i.Over() || i.Bad != 0 }) {
		t.Errorf("%+v, %v", list, err)
	}
}

// TestRestartGoesOn: a camp that stops in the middle goes on with the rest, and
// asks nobody twice who was done.
func TestRestartGoesOn(t *testing.T) {
	h := newHouse(t)
	h.bring(camp.ListFollows, "a@far.example\nb@far.example\nc@far.example\nd@far.example\n")
	h.pass(1500 * time.Millisecond)
	if i := h.only(); i.Done == 0 || i.Over() {
		t.Fatalf("stopped too early or too late: %+v", i)
	}
	h.close()
	h.open()
	defer h.close()
	h.pass(time.Minute)
	if i := h.only(); i.Done != 4 || !i.Over() {
		t.Errorf("%+v", i)
	}
	if got := h.far.calls(); got != "a@far.example b@far.example c@far.example d@far.example" {
		t.Errorf("asked for %s", got)
	}
}

// TestStopInTheMiddleOfOne: who was being looked up is looked up again.
func TestStopInTheMiddleOfOne(t *testing.T) {
	h := newHouse(t)
	defer h.close()
	ctx, stop := context.WithCancel(t.Context())
	h.far.busy = stop
	h.bring(camp.ListFollows, "a@far.example\n")
	if _, err := h.round(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped with %v", err)
	}
	if i := h.only(); i.Done+i.Bad != 0 || i.Rows != 1 {
		t.Fatalf("%+v", i)
	}
	h.far.busy = nil
	h.pass(20 * time.Second)
	if i := h.only(); i.Done != 1 || !i.Over() {
		t.Errorf("%+v", i)
	}
}

// TestRunHearsOfAList: Run begins with a list when it is brought, and ends with ctx.
func TestRunHearsOfAList(t *testing.T) {
	h := newHouse(t)
	defer h.close()
	ctx, stop := context.WithCancel(t.Context())
	looked := make(chan struct{}, 1)
	h.far.busy = func() { looked <- struct{}{} }
	done := make(chan error, 1)
	go func() { done <- h.Run(ctx) }()
	h.bring(camp.ListFollows, "a@far.example\n")
	<-looked
	stop()
	if err := <-done; err != nil {
		t.Errorf("run: %v", err)
	}
}

// TestWhoDoesNotAnswer: a server that is off is tried three times, a no once;
// each stays on the list with why.
func TestWhoDoesNotAnswer(t *testing.T) {
	h := newHouse(t)
	defer h.close()
	h.far.say["off@far.example"] = camp.NewFault(camp.Offline, "fed.unreachable.say", nil)
	h.far.say["late@far.example"] = camp.NewFault(camp.Offline, "fed.late.say", nil)
	h.far.say["zoe@far.example"] = &camp.Fault{Kind: camp.NotFound, Say: "posts.nobody.say", Args: map[string]string{"Name": "zoe"}}
	h.far.say["ours@far.example"] = errors.New("disk")
	h.bring(camp.ListFollows, "off@far.example\nnonsense\nlate@far.example\nzoe@far.example\nana@far.example\nours@far.example\njoost@willow\n")
	h.pass(time.Minute)
	if i := h.only(); i.Done != 1 || i.Bad != 3 || i.Pass != 1 || !i.Next.After(h.clock.now()) {
		t.Errorf("after the first try: %+v", i)
	}
	h.far.mu.Lock()
	delete(h.far.say, "late@far.example")
	h.far.mu.Unlock()
	h.pass(2 * time.Hour)
	i := h.only()
	if i.Done != 2 || i.Bad != 5 || !i.Over() {
		t.Errorf("at the end: %+v", i)
	}
	if n := strings.Count(h.far.calls(), "off@"); n != camp.ImportTries {
		t.Errorf("a server that is off was asked %d times", n)
	}
	if n := strings.Count(h.far.calls(), "zoe@"); n != 1 {
		t.Errorf("a no was asked for %d times", n)
	}
	bad, err := h.Bad(t.Context(), h.joost, i.ID)
	if err != nil {
		t.Fatal(err)
	}
	why := map[string]string{}
	for _, b := range bad {
		why[b.Handle] = b.Why + b.Args["Name"]
	}
	for handle, want := range map[string]string{
		"off@far.example": "fed.unreachable.say", "nonsense": "carry.address.say", "zoe@far.example": "posts.nobody.sayzoe",
		"ours@far.example": "carry.ours.say", "joost@willow": "carry.address.say",
	} {
		if why[handle] != want {
			t.Errorf("%s: %q, want %q", handle, why[handle], want)
		}
	}
}

func TestImportsHaveAnEnd(t *testing.T) {
	h := newHouse(t)
	defer h.close()
	h.bring(camp.ListBlocks, "a@far.example\n")
	h.pass(time.Minute)
	if i := h.only(); !i.Over() {
		t.Errorf("%+v", i)
	}
	h.pass(29 * 24 * time.Hour)
	h.only()
	h.pass(2 * 24 * time.Hour)
	if list, err := h.Imports(t.Context(), h.joost); err != nil || len(list) != 0 {
		t.Errorf("after 31 days: %+v, %v", list, err)
	}
}

func TestNotForOthers(t *testing.T) {
	h := newHouse(t)
	defer h.close()
	ctx := t.Context()
	i := h.bring(camp.ListFollows, "a@far.example\nb@far.example\nx\n")
	for what, err := range map[string]error{
		"end": h.End(ctx, h.host, i.ID), "end of none": h.End(ctx, h.joost, i.ID+1),
		"bad": func() error { _, err := h.Bad(ctx, h.host, i.ID); return err }(),
	} {
		if f := camp.AsFault(err); f == nil || f.Say != "carry.none.say" {
			t.Errorf("%s: %v", what, err)
		}
	}
	if list, err := h.Imports(ctx, h.host); err != nil || len(list) != 0 {
		t.Errorf("the host sees %+v, %v", list, err)
	}
	for _, by := range []camp.Actor{{}, {Member: 99, Role: camp.RoleHost}} {
		if _, err := h.Export(ctx, by, camp.ListFollows); camp.AsFault(err) == nil || camp.AsFault(err).Kind != camp.NotAllowed {
			t.Errorf("export for %+v: %v", by, err)
		}
		if _, err := h.Import(ctx, by, camp.ListFollows, strings.NewReader("a@far.example")); camp.AsFault(err) == nil || camp.AsFault(err).Kind != camp.NotAllowed {
			t.Errorf("import for %+v: %v", by, err)
		}
	}
	for range 2 {
		h.bring(camp.ListMutes, "c@far.example\n")
	}
	if _, err := h.Import(ctx, h.joost, camp.ListMutes, strings.NewReader("d@far.example")); camp.AsFault(err) == nil || camp.AsFault(err).Say != "carry.many.say" {
		t.Errorf("a fourth list: %v", err)
	}
	if err := h.End(ctx, h.joost, i.ID); err != nil {
		t.Error(err)
	}
	if err := h.people.Remove(ctx, h.host, "joost", false); err != nil {
		t.Fatal(err)
	}
	h.pass(time.Minute)
	if h.far.calls() != "" {
		t.Errorf("for somebody who left, %s was asked for", h.far.calls())
	}
	err := h.db.View(ctx, func(tx *store.Tx) error {
		left, err := tx.Imports(0)
		rows, rerr := tx.ImportRows(i.ID, 0, 0)
		if len(left)+len(rows) != 0 {
			t.Errorf("left behind: %+v %+v", left, rows)
		}
		return errors.Join(err, rerr)
	})
	if err != nil {
		t.Error(err)
	}
}
