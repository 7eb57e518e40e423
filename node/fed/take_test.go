package fed

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"camp/node/ap"
	"camp/node/camp"
	"camp/node/people"
	"camp/node/posts"
	"camp/store"
)

// What the store gives is what federation asks for.
var (
	_ TakeTx    = (*store.Tx)(nil)
	_ KeyTx     = (*store.Tx)(nil)
	_ WitnessTx = (*store.Tx)(nil)
)

// ear remembers what was published.
type ear struct {
	mu     sync.Mutex // guards events
	events []camp.Event
}

func (e *ear) Publish(ev camp.Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.events = append(e.events, ev)
}

// hearth is a camp over a real store, with somebody elsewhere.
type hearth struct {
	*Taker
	t         testing.TB
	db        *store.DB
	posts     *posts.Service
	host, ana camp.Actor
	held      bool
	level     map[camp.Domain]camp.Level // the camp's decisions
	n         int
	mu        sync.Mutex // guards clock
	clock     time.Time
}

func (h *hearth) time() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.clock
}

func (h *hearth) later(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.clock = h.clock.Add(d)
}

func newHearth(t testing.TB) *hearth {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	h := &hearth{t: t, clock: at}
	db, err := store.Open(context.WithoutCancel(t.Context()), store.Options{Dir: t.TempDir(), Now: h.time, Rand: rand.Reader, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	h.db = db
	p := people.New(people.Options{Store: store.As[people.Tx](db), Publish: &ear{}, Rand: rand.Reader, Log: log})
	_, host, err := p.Found(t.Context(), people.Founding{Name: "Hearth", Host: "hal", Display: "Hal", Language: "en", Rules: []string{"Be kind."}, Phrase: "one two"})
	if err != nil {
		t.Fatal(err)
	}
	h.host = camp.Actor{Member: host.ID, Role: camp.RoleHost}
	ana, _, err := p.AddMember(t.Context(), h.host, "ana", camp.RoleMember)
	if err == nil {
		_, _, err = p.AddMember(t.Context(), h.host, "gus", camp.RoleGuest)
	}
	if err != nil {
		t.Fatal(err)
	}
	h.ana = camp.Actor{Member: ana.ID, Role: camp.RoleMember}
	h.posts = posts.New(posts.Options{
		Store: store.As[posts.Tx](db), Publish: &ear{}, Log: log, Outside: func() bool { return true }, Level: func(d camp.Domain) camp.Level { return h.level[d] },
	})
	h.Taker = NewTaker(TakerOptions{
		Names: here, Store: store.As[TakeTx](db), In: h.posts.In, Publish: &ear{}, Held: func(camp.Domain) bool { return h.held }, Now: h.time,
		Reports: func(camp.Domain) bool { return true },
	})
	return h
}

// by is a signer whose document was just fetched.
func by(t testing.TB, id string) Signer {
	t.Helper()
	a, err := ap.ParseActor([]byte(document(t, map[string]any{
		"type": "Person", "id": id, "preferredUsername": id[strings.LastIndexByte(id, '/')+1:], "inbox": id + "/inbox", "followers": id + "/followers",
	})))
	if err != nil {
		t.Fatal(err)
	}
	return Signer{URI: id, Actor: &a, Host: ap.HostOf(id)}
}

// bring takes an activity with an object as JSON; each has an id of its own.
func (h *hearth) bring(kind, actor, object string) error {
	h.t.Helper()
	h.n++
	return h.bringAs(fmt.Sprint(actor, "/acts/", h.n), kind, actor, object)
}

func (h *hearth) bringAs(id, kind, actor, object string) error {
	h.t.Helper()
	a, err := ap.ParseActivity([]byte(fmt.Sprintf(`{"id":%q,"type":%q,"actor":%q,"object":%s}`, id, kind, actor, object)))
	if err != nil {
		h.t.Fatal(err)
	}
	return h.Take(h.t.Context(), by(h.t, actor), a)
}

func (h *hearth) look(fn func(tx TakeTx)) {
	h.t.Helper()
	if err := store.As[TakeTx](h.db).View(h.t.Context(), func(tx TakeTx) error { fn(tx); return nil }); err != nil {
		h.t.Fatal(err)
	}
}

func (h *hearth) errands() (list []camp.Errand) {
	h.t.Helper()
	err := h.db.View(h.t.Context(), func(tx *store.Tx) (err error) {
		list, err = tx.Errands(100)
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return list
}

func (h *hearth) write(who camp.Actor, audience camp.Audience, text string) camp.PostID {
	h.t.Helper()
	id, err := h.posts.Write(h.t.Context(), who, camp.Draft{Text: text, Audience: audience})
	if err != nil {
		h.t.Fatal(err)
	}
	return id
}

func quoted(s string) string { return fmt.Sprintf("%q", s) }

func aNote(author, id, more string) string {
	return fmt.Sprintf(`{"type":"Note","id":%q,"attributedTo":%q,"content":"<p>hello</p>"%s}`, id, author, more)
}

func (h *hearth) known(uri string) (r camp.Remote, ok bool) {
	h.look(func(tx TakeTx) { r, ok, _ = tx.RemoteByURI(uri) })
	return r, ok
}

func (h *hearth) post(uri string) (p camp.Post, ok bool) {
	h.look(func(tx TakeTx) { p, ok, _ = tx.PostByURI(uri) })
	return p, ok
}

func TestTakeFollow(t *testing.T) {
	h := newHearth(t)
	if err := h.bringAs(bo+"/acts/f", "Follow", bo, quoted(here.Actor("ana"))); err != nil {
		t.Fatal(err)
	}
	r, ok := h.known(bo)
	var f camp.Follow
	h.look(func(tx TakeTx) { f, _, _ = tx.Follow(r.ID, h.ana.Member) })
	list := h.errands()
	if !ok || !f.Accepted || f.URI != bo+"/acts/f" || len(list) != 1 || list[0].Do != camp.ErrandAccept || list[0].URI != bo+"/acts/f" {
		t.Errorf("%+v, %+v, errands %+v", r, f, list)
	}
	if err := h.bringAs(bo+"/acts/f", "Follow", bo, quoted(here.Actor("ana"))); err != nil || len(h.errands()) != 1 {
		t.Errorf("the same again: %v, %d errands", err, len(h.errands()))
	}
	if err := h.bring("Undo", bo, `{"type":"Follow","id":"`+bo+`/acts/f","actor":"`+bo+`","object":"`+here.Actor("ana")+`"}`); err != nil {
		t.Fatal(err)
	}
	var still bool
	h.look(func(tx TakeTx) { _, still, _ = tx.Follow(r.ID, h.ana.Member) })
	if still {
		t.Error("still follows")
	}
}

// Who is not there for others cannot be followed, and nothing stays of the asking.
func TestTakeFollowOfNobody(t *testing.T) {
	h := newHearth(t)
	for _, id := range []string{here.Actor("gus"), here.Actor("nobody"), here.Page("ana"), here.Camp(), "https://two.example/ap/ana"} {
		if err := h.bring("Follow", bo, quoted(id)); err != nil {
			t.Errorf("%s: %v", id, err)
		}
	}
	if _, ok := h.known(bo); ok || len(h.errands()) > 0 {
		t.Errorf("%d errands", len(h.errands()))
	}
	h.held = true
	if err := h.bring("Follow", bo, quoted(here.Actor("ana"))); err != nil {
		t.Fatal(err)
	}
	r, _ := h.known(bo)
	var f camp.Follow
	h.look(func(tx TakeTx) { f, _, _ = tx.Follow(r.ID, h.ana.Member) })
	if f.Accepted || len(h.errands()) > 0 {
		t.Error("a follower from a server that is held is let in without the member's yes")
	}
}

func TestTakeCreate(t *testing.T) {
	h := newHearth(t)
	const id = "https://far.example/n/1"
	to := `,"published":"2026-11-25T11:00:00Z","to":["` + here.Actor("ana") + `"]`
	if err := h.bring("Create", bo, aNote(bo, "https://far.example/n/0", "")); err != nil {
		t.Fatal(err)
	}
	if _, ok := h.known(bo); ok {
		t.Error("a post that concerns nobody brings its author in")
	}
	if err := h.bring("Create", bo, aNote(bo, id, to)); err != nil {
		t.Fatal(err)
	}
	p, ok := h.post(id)
	r, _ := h.known(bo)
	if !ok || p.Author != r.ID || p.Text != "hello" || p.Audience != camp.AudienceLetter || len(p.Mentions) != 1 || p.Mentions[0] != h.ana.Member {
		t.Errorf("%+v, %v", p, ok)
	}
	if err := h.bring("Update", bo, strings.Replace(aNote(bo, id, to+`,"updated":"2026-11-25T11:59:00Z"`), "hello", "hello again", 1)); err != nil {
		t.Fatal(err)
	}
	if p, _ = h.post(id); p.Text != "hello again" {
		t.Errorf("after the change: %q", p.Text)
	}
	if err := h.bring("Delete", bo, quoted(id)); err != nil {
		t.Fatal(err)
	}
	if _, ok := h.post(id); ok {
		t.Error("still there after it was taken back")
	}
	if err := h.bring("Create", bo, aNote(bo, id, to)); err != nil {
		t.Fatal(err)
	}
	if _, ok := h.post(id); ok {
		t.Error("a late copy brings it back")
	}
}

// Nobody speaks for somebody else.
// What takes place somewhere, and a page that is pointed at, as Mobilizon and
// Lemmy send them; a change of the time is a change.
func TestTakeEventAndLink(t *testing.T) {
	h := newHearth(t)
	const id = "https://far.example/e/1"
	event := func(start, more string) string {
		return `{"type":"Event","id":"` + id + `","attributedTo":"` + bo + `","name":"Evening at the mill","content":"<p>Come!</p>","url":"https://far.example/events/1",
			"published":"2026-11-25T11:00:00Z","startTime":"` + start + `","endTime":"2026-12-05T22:30:00+01:00","to":["` + here.Actor("ana") + `"],
			"location":[{"type":"Place","name":"The mill","address":{"type":"PostalAddress","streetAddress":"Water Lane 3","addressLocality":"Oakham"}},
				{"type":"VirtualLocation","url":"https://meet.example/mill"}],
			"attachment":[{"type":"Link","href":"https://news.example/mill"},{"type":"Link","href":"javascript:x"}]` + more + `}`
	}
	if err := h.bring("Create", bo, event("2026-12-05T19:00:00+01:00", "")); err != nil {
		t.Fatal(err)
	}
	p, ok := h.post(id)
	if !ok {
		t.Fatal("not kept")
	}
	want := &camp.Occasion{
		Start: time.Date(2026, 12, 5, 18, 0, 0, 0, time.UTC), End: time.Date(2026, 12, 5, 21, 30, 0, 0, time.UTC),
		Place: "The mill, Water Lane 3, Oakham", Page: "https://meet.example/mill",
	}
	if !p.Event.Same(want) || p.Title != "Evening at the mill" || !slices.Equal(p.Links, []string{"https://news.example/mill"}) {
		t.Errorf("kept %+v, %q, %v", p.Event, p.Title, p.Links)
	}
	if err := h.bring("Update", bo, event("2026-12-05T20:00:00+01:00", `,"updated":"2026-11-25T11:59:00Z"`)); err != nil {
		t.Fatal(err)
	}
	if p, _ = h.post(id); p.Event == nil || p.Event.Start.Hour() != 19 || p.Edited.IsZero() {
		t.Errorf("after the change: %+v, changed %v", p.Event, p.Edited)
	}
	h.level = map[camp.Domain]camp.Level{"meet.example": camp.LevelFirewall, "news.example": camp.LevelFirewall}
	v, err := h.posts.Post(t.Context(), h.ana, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	if v.Event.Page != "" || v.Event.Place == "" || len(v.Links) != 0 {
		t.Errorf("leads to servers that are to find nobody here: %+v, %v", v.Event, v.Links)
	}
	h.level = nil
	if v, err = h.posts.Post(t.Context(), h.ana, p.ID); err != nil || v.Event.Page == "" || len(v.Links) != 1 {
		t.Errorf("after the decision was taken back: %+v, %v, %v", v.Event, v.Links, err)
	}
}

func TestTakeDisowned(t *testing.T) {
	h := newHearth(t)
	const eve = "https://evil.example/u/eve"
	to := `,"to":["` + here.Actor("ana") + `"]`
	if err := h.bring("Create", bo, aNote(bo, "https://far.example/n/1", to)); err != nil {
		t.Fatal(err)
	}
	if err := h.bring("Create", eve, aNote(eve, "https://evil.example/n/1", to)); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{ // known here, of these her copy counts nothing: see TestCopiesAreNotBelieved
		"a post of another's":    h.bring("Create", eve, aNote(bo, "https://far.example/n/2", to)),
		"a post at another's":    h.bring("Create", eve, aNote(eve, "https://far.example/n/2", to)),
		"another's post at hers": h.bring("Create", eve, aNote(bo, "https://evil.example/n/2", to)),
	} {
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	const mal = "https://mal.example/u/mal"
	for name, err := range map[string]error{
		"a stranger's post of another's": h.bring("Create", mal, aNote(bo, "https://far.example/n/2", to)),
		"a change of another's":          h.bring("Update", eve, aNote(bo, "https://far.example/n/1", to+`,"updated":"2026-11-25T11:59:00Z"`)),
		"taking back another's":          h.bring("Delete", eve, quoted("https://far.example/n/1")),
		"taking another away":            h.bring("Delete", eve, quoted(bo)),
		"undoing what another did":       h.bring("Undo", eve, `{"type":"Like","id":"`+bo+`/l","actor":"`+bo+`","object":"https://far.example/n/1"}`),
		"an act with another host's id":  h.bringAs(bo+"/acts/99", "Like", eve, quoted("https://far.example/n/1")),
		"a post of ours":                 h.bring("Create", eve, aNote(here.Actor("ana"), here.Post(7), "")),
	} {
		if !errors.Is(err, ErrDisowned) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// A neighbour on the same server neither changes nor takes back.
	const cy = "https://far.example/u/cy"
	if err := h.bring("Delete", cy, quoted("https://far.example/n/1")); err != nil && !errors.Is(err, ErrDisowned) {
		t.Error(err)
	}
	if p, ok := h.post("https://far.example/n/1"); !ok || p.Text != "hello" {
		t.Errorf("%+v, %v", p, ok)
	}
	if _, ok := h.post("https://far.example/n/2"); ok {
		t.Error("somebody wrote in another's name")
	}
}

// What is for the camp alone was never there for others: nothing of theirs can
// hang on it, and nothing tells that it is there.
func TestNothingHangsOnCampPosts(t *testing.T) {
	h := newHearth(t)
	inside, outside := h.write(h.ana, camp.AudienceCamp, "ours"), h.write(h.ana, camp.AudiencePublic, "for all")
	to := `,"to":["` + here.Actor("ana") + `"]`
	for _, id := range []string{here.Post(inside), here.Post(9)} {
		for _, kind := range []string{"Like", "Announce"} {
			if err := h.bring(kind, bo, quoted(id)); err != nil {
				t.Errorf("%s of %s: %v", kind, id, err)
			}
		}
	}
	if _, ok := h.known(bo); ok {
		t.Error("a mark on what is not there brings its author in")
	}
	if err := h.bring("Create", bo, aNote(bo, "https://far.example/n/1", to+`,"inReplyTo":"`+here.Post(inside)+`"`)); err != nil {
		t.Fatal(err)
	}
	if p, ok := h.post("https://far.example/n/1"); ok && p.ReplyTo != 0 {
		t.Error("an answer hangs on a post of the camp's")
	}
	for _, kind := range []string{"Like", "Announce"} {
		if err := h.bring(kind, bo, quoted(here.Post(outside))); err != nil {
			t.Fatal(err)
		}
	}
	h.look(func(tx TakeTx) {
		in, _, _ := tx.Post(inside)
		out, _, _ := tx.Post(outside)
		if in.Favourites+in.Boosts+in.Replies != 0 || out.Favourites != 1 || out.Boosts != 1 {
			t.Errorf("inside %+v\noutside %+v", in, out)
		}
	})
	like := `{"type":"Like","id":"` + bo + `/l","actor":"` + bo + `","object":"` + here.Post(outside) + `"}`
	if err := h.bring("Undo", bo, like); err != nil {
		t.Fatal(err)
	}
	h.look(func(tx TakeTx) {
		if out, _, _ := tx.Post(outside); out.Favourites != 0 {
			t.Errorf("%d like it after it was undone", out.Favourites)
		}
	})
}

func TestTakeAnswerAndEnd(t *testing.T) {
	h := newHearth(t)
	if err := h.bring("Like", bo, quoted(here.Post(h.write(h.ana, camp.AudiencePublic, "hi")))); err != nil { // so that they are known
		t.Fatal(err)
	}
	r, _ := h.known(bo)
	asking := `{"type":"Follow","id":"https://one.example/x","actor":"` + here.Actor("ana") + `","object":"` + bo + `"}`
	if err := h.bring("Accept", bo, asking); err != nil {
		t.Fatal(err)
	}
	follows := func() (f camp.Follow, ok bool) {
		h.look(func(tx TakeTx) { f, ok, _ = tx.Follow(h.ana.Member, r.ID) })
		return f, ok
	}
	if _, ok := follows(); ok {
		t.Error("a yes that nobody asked for makes a follow")
	}
	if _, err := h.posts.Follow(t.Context(), h.ana, r.ID, false); err != nil {
		t.Fatal(err)
	}
	if err := h.bring("Accept", "https://evil.example/u/eve", asking); err != nil {
		t.Fatal(err)
	}
	if f, _ := follows(); f.Accepted {
		t.Error("somebody else says yes")
	}
	if err := h.bring("Accept", bo, asking); err != nil {
		t.Fatal(err)
	}
	if f, _ := follows(); !f.Accepted {
		t.Error("the yes is not heard")
	}
	if err := h.bring("Delete", bo, quoted(bo)); err != nil {
		t.Fatal(err)
	}
	if r, _ := h.known(bo); r.Gone.IsZero() {
		t.Error("they are not gone")
	}
	if _, ok := follows(); ok {
		t.Error("somebody who is gone is still followed")
	}
}

func TestTakeBlock(t *testing.T) {
	h := newHearth(t)
	if err := h.bring("Follow", bo, quoted(here.Actor("ana"))); err != nil {
		t.Fatal(err)
	}
	if err := h.bring("Block", bo, quoted(here.Actor("ana"))); err != nil {
		t.Fatal(err)
	}
	r, _ := h.known(bo)
	h.look(func(tx TakeTx) {
		a, _ := tx.Apart(h.ana.Member, r.ID)
		if _, still, _ := tx.Follow(r.ID, h.ana.Member); !a.Theirs || still {
			t.Errorf("%+v, follows %v", a, still)
		}
	})
	if err := h.bring("Undo", bo, `{"type":"Block","id":"`+bo+`/b","actor":"`+bo+`","object":"`+here.Actor("ana")+`"}`); err != nil {
		t.Fatal(err)
	}
	h.look(func(tx TakeTx) {
		if a, _ := tx.Apart(h.ana.Member, r.ID); a.Theirs {
			t.Error("still blocked")
		}
	})
}

// What means nothing here is taken and leaves nothing.
func TestTakeUnknownKinds(t *testing.T) {
	h := newHearth(t)
	for _, kind := range []string{"View", "Dislike", "Join", "Whatever"} {
		if err := h.bring(kind, bo, quoted(here.Actor("ana"))); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
	}
	if _, ok := h.known(bo); ok {
		t.Error("it leaves somebody behind")
	}
}

// A stranger whose acts concern nobody leaves no row behind, however many come;
// what was done once is known when it comes again.
func TestStrangersFillNoDisk(t *testing.T) {
	h := newHearth(t)
	heard := func(actor, id string) (was bool) {
		h.look(func(tx TakeTx) { was, _ = tx.Heard(actor, id) })
		return was
	}
	for kind, object := range map[string]string{
		"Create": aNote(bo, "https://far.example/n/1", ""), "Like": quoted(here.Post(9)), "Follow": quoted(here.Actor("nobody")), "Delete": quoted("https://far.example/n/1"),
	} {
		if err := h.bringAs(bo+"/acts/"+kind, kind, bo, object); err != nil {
			t.Fatal(err)
		}
		if _, ok := h.known(bo); ok || heard(bo, bo+"/acts/"+kind) {
			t.Errorf("%s leaves something", kind)
		}
	}
	if err := h.bringAs(bo+"/acts/f", "Follow", bo, quoted(here.Actor("ana"))); err != nil || !heard(bo, bo+"/acts/f") {
		t.Errorf("a follow is not remembered: %v", err)
	}
}

// Whoever was forgotten between the proof and the act is not made up.
func TestTakeOfTheForgotten(t *testing.T) {
	h := newHearth(t)
	a, err := ap.ParseActivity([]byte(act("Follow", bo, here.Actor("ana"))))
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Take(t.Context(), Signer{URI: bo, Host: "far.example"}, a); err == nil || errors.Is(err, ErrDisowned) {
		t.Errorf("%v", err)
	}
	if r, ok := h.known(""); ok {
		t.Errorf("%+v", r)
	}
}

// Where the act and the post that it brings are addressed differently the narrower
// holds, and a post that says nothing leaves it to the act (federation.md 7).
func TestNarrowerAddressHolds(t *testing.T) {
	everybody, followers, ana := `"https://www.w3.org/ns/activitystreams#Public"`, quoted(bo+"/followers"), quoted(here.Actor("ana"))
	for name, row := range map[string]struct {
		act, post string
		want      camp.Audience
	}{
		"both for all":           {everybody, everybody, camp.AudiencePublic},
		"the act is for fewer":   {ana, everybody + "," + ana, camp.AudienceLetter},
		"the post is for fewer":  {everybody, followers + "," + ana, camp.AudienceFollowers},
		"the post says nothing":  {everybody + "," + ana, "", camp.AudiencePublic},
		"the post, to followers": {followers + "," + ana, "", camp.AudienceFollowers},
		"the act says nothing":   {"", everybody + "," + ana, camp.AudiencePublic},
	} {
		h := newHearth(t)
		h.act(bo+"/f", "Follow", bo, quoted(here.Actor("ana")), "")
		r, _ := h.known(bo)
		if _, err := h.posts.Follow(t.Context(), h.ana, r.ID, false); err != nil {
			t.Fatal(err)
		}
		h.act(bo+"/a", "Accept", bo, `{"type":"Follow","id":"https://one.example/x","actor":"`+here.Actor("ana")+`","object":"`+bo+`"}`, "")
		more := ""
		if row.post != "" {
			more = `,"to":[` + row.post + `]`
		}
		h.act(bo+"/c", "Create", bo, aNote(bo, "https://far.example/n/1", more), `,"to":[`+row.act+`]`)
		if p, ok := h.post("https://far.example/n/1"); ok != (row.want != 0) || p.Audience != row.want {
			t.Errorf("%s: %s, %v", name, p.Audience, ok)
		}
	}
}

// Letters concern those whom they name, whoever follows their author.
func TestLettersOfOthers(t *testing.T) {
	h := newHearth(t)
	h.act(bo+"/f", "Follow", bo, quoted(here.Actor("ana")), "")
	r, _ := h.known(bo)
	if _, err := h.posts.Follow(t.Context(), h.ana, r.ID, false); err != nil {
		t.Fatal(err)
	}
	h.act(bo+"/a", "Accept", bo, `{"type":"Follow","id":"https://one.example/x","actor":"`+here.Actor("ana")+`","object":"`+bo+`"}`, "")
	h.act(bo+"/c", "Create", bo, aNote(bo, "https://far.example/n/1", `,"to":["https://third.example/u/x"]`), "")
	if p, ok := h.post("https://far.example/n/1"); ok {
		t.Errorf("kept: %+v", p)
	}
}
