package fed

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"camp/node/camp"
	"camp/node/outside"
	"camp/store"
)

const (
	cy     = "https://third.example/u/cy"
	cyNote = "https://third.example/n/9"
)

// What somebody passes on is fetched from where it was written, if anybody here
// follows them.
func TestBoostsAreFetched(t *testing.T) {
	t.Parallel()
	o := newOutpost(t)
	o.somebody(bo)
	o.somebody(cy)
	o.far.put(cyNote, aNote(cy, cyNote, public))
	forged := strings.Replace(aNote(cy, cyNote, public), "hello", "forged", 1)
	if err := o.bring("Announce", bo, forged); err != nil {
		t.Fatal(err)
	}
	if o.settle(); len(o.wanted()) > 0 || len(o.far.took()) > 0 {
		t.Error("a stranger's word has us ask")
	}
	o.follows(bo)
	if err := o.bring("Announce", bo, forged); err != nil {
		t.Fatal(err)
	}
	o.settle()
	p, ok := o.post(cyNote)
	r, _ := o.known(cy)
	if !ok || p.Text != "hello" || r.ID != p.Author || p.Boosts != 1 || r.At != "third.example" {
		t.Errorf("%+v, %v by %+v", p, ok, r)
	}
	if got := o.home(); !slices.Equal(got, []string{cyNote + " by bo@far.example"}) {
		t.Errorf("home: %v", got)
	}
	if left := o.wanted(); len(left) > 0 {
		t.Errorf("still wanted: %+v", left)
	}
}

// Private posts are not passed on by others, whoever hands them out.
func TestBoostOfPrivatePost(t *testing.T) {
	t.Parallel()
	o := newOutpost(t)
	o.somebody(bo)
	o.somebody(cy)
	o.follows(bo)
	for i, to := range []string{`,"to":["` + cy + `/followers"]`, `,"to":["` + here.Actor("ana") + `"]`, ""} {
		id := fmt.Sprint(cyNote, i)
		o.far.put(id, aNote(cy, id, to))
		if err := o.bring("Announce", bo, quoted(id)); err != nil {
			t.Fatal(err)
		}
		if o.settle(); len(o.wanted()) > 0 {
			t.Error("asked for again")
		}
		if p, ok := o.post(id); ok {
			t.Errorf("kept: %+v", p)
		}
	}
	own := "https://far.example/n/5"
	o.far.put(own, aNote(bo, own, `,"to":["`+bo+`/followers"]`))
	if err := o.bring("Announce", bo, quoted(own)); err != nil {
		t.Fatal(err)
	}
	o.settle()
	if p, ok := o.post(own); !ok || p.Audience != camp.AudienceFollowers || p.Boosts != 1 {
		t.Errorf("one's own, for one's followers: %+v %v", p, ok)
	}
}

// Taken back before it came, it does not come.
func TestBoostUndoneWhileWanted(t *testing.T) {
	t.Parallel()
	o := newOutpost(t)
	o.somebody(bo)
	o.somebody(cy)
	o.follows(bo)
	o.far.put(cyNote, aNote(cy, cyNote, public))
	if err := o.bring("Announce", bo, quoted(cyNote)); err != nil {
		t.Fatal(err)
	}
	if err := o.bring("Undo", bo, `{"type":"Announce","id":"`+bo+`/acts/x","actor":"`+bo+`","object":"`+cyNote+`"}`); err != nil {
		t.Fatal(err)
	}
	o.settle()
	if _, ok := o.post(cyNote); ok {
		t.Error("kept")
	}
}

// Whom nobody here follows any more by the time it comes passes on nothing.
func TestBoostOfSomebodyUnfollowed(t *testing.T) {
	t.Parallel()
	o := newOutpost(t)
	o.somebody(bo)
	o.somebody(cy)
	r := o.follows(bo)
	o.far.put(cyNote, aNote(cy, cyNote, public))
	o.mustBring("Announce", bo, quoted(cyNote))
	if err := o.hearth.posts.Unfollow(t.Context(), o.ana, r.ID); err != nil {
		t.Fatal(err)
	}
	o.settle()
	if _, ok := o.post(cyNote); ok || len(o.wanted()) > 0 {
		t.Errorf("kept %v, wanted %v", ok, o.wanted())
	}
}

// Who is called otherwise than they were asked for is nobody.
func TestAuthorsUnderAnotherName(t *testing.T) {
	t.Parallel()
	o := newOutpost(t)
	o.somebody(bo)
	o.somebody("https://third.example/u/other")
	o.follows(bo)
	o.far.set(cy, page{moved: "https://third.example/u/other"})
	o.far.put(cyNote, aNote(cy, cyNote, public))
	o.mustBring("Announce", bo, quoted(cyNote))
	o.settle()
	if p, ok := o.post(cyNote); ok {
		t.Errorf("%+v", p)
	}
}

// The camp asks the border before each, also where a row was written before.
func TestGathererAsksTheBorder(t *testing.T) {
	t.Parallel()
	o := newOutpost(t)
	o.somebody(bo)
	o.somebody(cy)
	o.follows(bo)
	o.far.put(cyNote, aNote(cy, cyNote, public))
	if err := o.bring("Announce", bo, quoted(cyNote)); err != nil {
		t.Fatal(err)
	}
	o.shut["third.example"] = true
	o.settle()
	if asked := o.far.took(); len(asked) > 0 || len(o.wanted()) > 0 {
		t.Errorf("asked %v, wanted %v", asked, o.wanted())
	}
}

// Up to twenty posts above one are fetched, and what came first hangs below them.
func TestParents(t *testing.T) {
	t.Parallel()
	o := newOutpost(t)
	o.somebody(bo)
	o.somebody(cy)
	r := o.follows(bo)
	note := func(n int) string { return fmt.Sprint("https://third.example/n/", n) }
	for n := range 30 {
		more := public + fmt.Sprintf(`,"published":"2026-11-25T10:00:%02dZ"`, n)
		if n > 0 {
			more += `,"inReplyTo":"` + note(n-1) + `"`
		}
		o.far.put(note(n), aNote(cy, note(n), more))
	}
	last := "https://far.example/n/1"
	if err := o.bring("Create", bo, aNote(bo, last, public+`,"published":"2026-11-25T10:01:00Z","inReplyTo":"`+note(29)+`"`)); err != nil {
		t.Fatal(err)
	}
	o.settle()
	p, _ := o.post(last)
	top, ok := o.post(note(10))
	if _, beyond := o.post(note(9)); !ok || beyond || p.Root != top.ID || p.Answers != "" || top.Answers != note(9) {
		t.Errorf("up to %v, beyond %v: root %v of %+v", top.ID, beyond, p.Root, p)
	}
	if top.Replies != 20 {
		t.Errorf("%d answers counted", top.Replies)
	}
	th, err := o.hearth.posts.Thread(t.Context(), o.ana, p.ID)
	if err != nil || len(th.Above) != 20 || th.Above[19].URI != note(29) {
		t.Errorf("%d above, %v", len(th.Above), err)
	}
	_ = r
}

// A thread that would stand below itself does not.
func TestParentsInACircle(t *testing.T) {
	t.Parallel()
	o := newOutpost(t)
	o.somebody(bo)
	o.follows(bo)
	a, b, c := "https://far.example/n/a", "https://far.example/n/b", "https://far.example/n/c"
	o.far.put(b, aNote(bo, b, public+`,"inReplyTo":"`+c+`"`))
	o.far.put(c, aNote(bo, c, public+`,"inReplyTo":"`+a+`"`))
	if err := o.bring("Create", bo, aNote(bo, a, public+`,"inReplyTo":"`+b+`"`)); err != nil {
		t.Fatal(err)
	}
	o.settle()
	for _, id := range []string{a, b, c} {
		p, ok := o.post(id)
		if !ok {
			t.Errorf("%s is not kept", id)
		}
		th, err := o.hearth.posts.Thread(t.Context(), o.ana, p.ID)
		if err != nil || len(th.Above) > 2 {
			t.Errorf("%s: %d above it, %v", id, len(th.Above), err)
		}
	}
}

// The copy of a post that somebody else holds counts nothing: its own server is
// asked (FEP-fe34).
func TestCopiesAreNotBelieved(t *testing.T) {
	t.Parallel()
	const eve, evil = "https://evil.example/u/eve", "https://evil.example/n/2"
	to := public + `,"tag":[{"type":"Mention","href":"` + here.Actor("ana") + `"}],"cc":["` + here.Actor("ana") + `"]`
	o := newOutpost(t)
	o.somebody(bo)
	o.somebody(eve)
	if err := o.bring("Follow", eve, quoted(here.Actor("ana"))); err != nil { // she is known here
		t.Fatal(err)
	}
	theirs := "https://far.example/n/2"
	o.far.put(theirs, aNote(bo, theirs, to))
	o.far.put(evil, aNote(bo, evil, to))
	for _, id := range []string{theirs, evil, "https://far.example/n/3"} {
		if err := o.bring("Create", eve, strings.Replace(aNote(bo, id, to), "hello", "forged", 1)); err != nil {
			t.Errorf("%s: %v", id, err)
		}
	}
	o.settle()
	if p, ok := o.post(theirs); !ok || p.Text != "hello" {
		t.Errorf("theirs: %+v, %v", p, ok)
	}
	for _, id := range []string{evil, "https://far.example/n/3"} {
		if p, ok := o.post(id); ok {
			t.Errorf("%s: %+v", id, p)
		}
	}
	if left := o.wanted(); len(left) > 0 {
		t.Errorf("still wanted: %+v", left)
	}
	// What it fetches must concern somebody too.
	dull := "https://far.example/n/4"
	o.far.put(dull, aNote(bo, dull, public))
	if err := o.bring("Create", eve, aNote(bo, dull, public)); err != nil {
		t.Fatal(err)
	}
	if o.settle(); len(o.wanted()) > 0 {
		t.Error("still wanted")
	}
	if _, ok := o.post(dull); ok {
		t.Error("what concerns nobody is kept")
	}
}

// A server that does not answer is asked again, ever more seldom, for three days.
func TestTriesAgain(t *testing.T) {
	t.Parallel()
	o := newOutpost(t)
	o.somebody(bo)
	o.follows(bo)
	o.far.set(cyNote, page{err: &outside.Error{Kind: outside.Timeout, Host: "third.example"}})
	if err := o.bring("Announce", bo, quoted(cyNote)); err != nil {
		t.Fatal(err)
	}
	tries := 0
	for range 4 * 24 * 60 {
		o.settle()
		tries += len(o.far.took())
		o.later(time.Minute)
		if len(o.wanted()) == 0 {
			break
		}
	}
	if days := o.time().Sub(at); tries < 8 || tries > 20 || days < 70*time.Hour || days > 90*time.Hour || len(o.wanted()) > 0 || len(o.g.list) > 0 {
		t.Errorf("%d tries in %s, still wanted %d", tries, days, len(o.wanted()))
	}
	o.g.Wake() // it was left alone for failing
	for name, p := range map[string]page{
		"not there": {status: http.StatusNotFound}, "gone": {status: http.StatusGone}, "not for us": {status: http.StatusForbidden},
		"a page": {kind: "text/html", body: "x"}, "no JSON": {kind: "application/activity+json", body: "{"}, "somebody": {kind: "application/activity+json", body: `{"type":"Person","id":"` + cyNote + `","inbox":"` + cyNote + `/i"}`},
		"too long": {err: &outside.Error{Kind: outside.Big}}, "inside": {err: &outside.Error{Kind: outside.Address}},
	} {
		o.far.set(cyNote, p)
		if err := o.bring("Announce", bo, quoted(cyNote)); err != nil {
			t.Fatal(err)
		}
		if o.settle(); len(o.wanted()) > 0 {
			t.Errorf("%s: wanted again", name)
		}
	}
	o.far.set(cyNote, page{status: http.StatusTooManyRequests, header: http.Header{"Retry-After": {"7200"}}})
	if err := o.bring("Announce", bo, quoted(cyNote)); err != nil {
		t.Fatal(err)
	}
	o.settle()
	if w := o.wanted(); len(w) != 1 || w[0].Next.Before(o.time().Add(2*time.Hour)) {
		t.Errorf("does not wait as asked: %+v", w)
	}
}

// What was wanted when the camp stopped is fetched after it started.
func TestWantedSurvives(t *testing.T) {
	t.Parallel()
	o := newOutpost(t)
	o.somebody(bo)
	o.somebody(cy)
	o.follows(bo)
	o.far.put(cyNote, aNote(cy, cyNote, public))
	if err := o.bring("Announce", bo, quoted(cyNote)); err != nil {
		t.Fatal(err)
	}
	ear := make(signal, 100)
	o.Taker.o.Publish = ear
	again := NewGatherer(GathererOptions{
		Taker: o.Taker, Docs: o.g.docs, Client: o.far, May: o.g.may, Now: o.time, Rand: rand.Reader, Log: slog.New(slog.DiscardHandler),
	})
	ctx, end := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- again.Run(ctx) }()
	for {
		if e := <-ear; e.Kind == camp.EventHome {
			break
		}
	}
	end()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if _, ok := o.post(cyNote); !ok {
		t.Error("not fetched")
	}
}

// signal hands on what is published.
type signal chan camp.Event

func (s signal) Publish(e camp.Event) { s <- e }

// At most 32 at once, two of them at one server.
func TestGathererIsBounded(t *testing.T) {
	t.Parallel()
	o := newOutpost(t)
	o.somebody(bo)
	o.follows(bo)
	gate := make(chan struct{})
	busy := &held{far: o.far, gate: gate, hosts: map[string]int{}}
	o.g.docs = NewFetcher(busy, &ring{}, o.time)
	for n := range 60 {
		for _, path := range []string{"a", "b", "c"} {
			if err := o.bring("Announce", bo, quoted(fmt.Sprintf("https://s%d.example/%s", n, path))); err != nil {
				t.Fatal(err)
			}
		}
	}
	ctx, end := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- o.g.Run(ctx) }()
	for range 3 * 60 {
		gate <- struct{}{}
	}
	end()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if busy.most > mostOut || busy.mostHost > mostOutHost || busy.most < mostOut/2 {
		t.Errorf("%d at once, %d at one server", busy.most, busy.mostHost)
	}
}

// Strangers fill half of it: what members want, and what comes from those whom
// they follow, finds room all the same.
func TestStrangersLeaveRoomForWhatIsWanted(t *testing.T) {
	t.Parallel()
	o := newOutpost(t)
	o.somebody(bo)
	o.follows(bo)
	o.somebody(cy)
	o.mustBring("Follow", cy, quoted(here.Actor("ana"))) // known from now on
	o.settle()
	for n := range camp.MaxWanted / 2 {
		o.g.add([]camp.Wanted{{Do: camp.WantedPost, URI: fmt.Sprint("https://y.example/", n), Host: "y.example", Next: o.time().Add(time.Hour)}})
	}
	before := len(o.wanted())
	o.mustBring("Create", cy, quoted(cy+"/n/1"))
	if got := len(o.wanted()); got != before {
		t.Errorf("a stranger makes %d more wanted", got-before)
	}
	o.mustBring("Announce", bo, quoted(cyNote))
	if got := len(o.wanted()); got != before+1 {
		t.Errorf("of somebody who is followed %d more are wanted", got-before)
	}
}

// The queue takes so many of one server, and no more in all.
func TestWantedIsBounded(t *testing.T) {
	t.Parallel()
	o := newOutpost(t)
	kept := 0
	err := store.As[TakeTx](o.db).Update(t.Context(), func(tx TakeTx) error {
		for n := range camp.MaxWantedHost + 50 {
			ok, err := tx.AddWanted(camp.Wanted{Do: camp.WantedPost, URI: fmt.Sprint("https://x.example/", n), Host: "x.example"})
			if err != nil {
				return err
			}
			if ok {
				kept++
			}
		}
		again, err := tx.AddWanted(camp.Wanted{Do: camp.WantedPost, URI: "https://x.example/1", Host: "x.example"})
		if again {
			t.Error("twice the same")
		}
		return err
	})
	if err != nil || kept != camp.MaxWantedHost {
		t.Errorf("%d kept, %v", kept, err)
	}
	o.somebody(bo)
	o.follows(bo)
	for n := range 2 * camp.MaxWanted {
		o.g.add([]camp.Wanted{{Do: camp.WantedPost, URI: fmt.Sprint("https://y.example/", n), Host: "y.example", Next: o.time().Add(time.Hour)}})
	}
	before := len(o.wanted())
	o.mustBring("Announce", bo, quoted(cyNote))
	if len(o.g.list) != camp.MaxWanted || len(o.wanted()) != before {
		t.Errorf("%d in all, %d more", len(o.g.list), len(o.wanted())-before)
	}
}
