package fed

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"camp/node/ap"
	"camp/node/camp"
	"camp/store"
)

// asked leaves an errand as the rooms below do.
func (y *yard) asked(e camp.Errand) {
	y.t.Helper()
	y.update(func(tx *store.Tx) error {
		e.ID = tx.NextID()
		if e.At.IsZero() {
			e.At = tx.Now()
		}
		return tx.PutErrand(e)
	})
}

func (y *yard) writeDraft(d camp.Draft) camp.PostID {
	y.t.Helper()
	id, err := y.posts.Write(y.t.Context(), y.ana, d)
	if err != nil {
		y.t.Fatal(err)
	}
	return id
}

// farPost keeps a post of somebody elsewhere.
func (y *yard) farPost(by camp.Remote, id string, audience camp.Audience, mentions ...camp.MemberID) camp.Post {
	y.t.Helper()
	p := camp.Post{URI: id, Page: id + ".html", Author: by.ID, Audience: audience, Body: "<p>x</p>", Text: "x", Written: at, Mentions: mentions}
	p.Poll = &camp.Poll{Choices: []camp.Choice{{Text: "tea"}, {Text: "milk"}}, Ends: at.Add(time.Hour)}
	y.update(func(tx *store.Tx) error {
		p.ID = camp.PostID(tx.NextID())
		p.Root = p.ID
		return tx.PutPost(p, nil)
	})
	return p
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Every kind of errand, as others get it. The files are read as text.
func TestTellEveryKind(t *testing.T) {
	for name, row := range map[string]struct {
		do func(y *yard, bo camp.Remote)
		to []string
	}{
		"create": {func(y *yard, bo camp.Remote) {
			y.follows(bo, y.ana.Member)
			y.write(y.ana, camp.AudiencePublic, "Hello @bo@far.example #lakes")
		}, []string{"https://far.example/inbox"}},
		"create-poll": {func(y *yard, bo camp.Remote) {
			y.follows(bo, y.ana.Member)
			y.writeDraft(camp.Draft{Text: "Which?", Audience: camp.AudiencePublic, Poll: &camp.Poll{Choices: []camp.Choice{{Text: "tea"}, {Text: "milk"}}, Ends: at.Add(time.Hour)}})
		}, []string{"https://far.example/inbox"}},
		"letter": {func(y *yard, _ camp.Remote) {
			y.write(y.ana, camp.AudienceLetter, "Psst @bo@far.example")
		}, []string{bo + "/inbox"}},
		"update": {func(y *yard, bo camp.Remote) {
			id := y.write(y.ana, camp.AudiencePublic, "Helo")
			y.tellAll()
			y.follows(bo, y.ana.Member)
			must(y.t, y.posts.Edit(y.t.Context(), y.ana, id, camp.Draft{Text: "Hello"}))
		}, []string{"https://far.example/inbox"}},
		"update-poll": {func(y *yard, bo camp.Remote) {
			id := y.writeDraft(camp.Draft{Text: "Which?", Audience: camp.AudiencePublic, Poll: &camp.Poll{Choices: []camp.Choice{{Text: "tea"}, {Text: "milk"}}, Ends: at.Add(time.Hour)}})
			y.tellAll()
			y.follows(bo, y.ana.Member)
			must(y.t, y.posts.Edit(y.t.Context(), y.ana, id, camp.Draft{Text: "Which one?"}))
			y.tellAll()
			y.drain()
			must(y.t, y.posts.Vote(y.t.Context(), y.host, id, []int{1}))
			y.asked(camp.Errand{Do: camp.ErrandPoll, By: y.ana.Member, Post: id})
		}, []string{"https://far.example/inbox"}},
		"delete": {func(y *yard, bo camp.Remote) {
			y.follows(bo, y.ana.Member)
			id := y.write(y.ana, camp.AudiencePublic, "Hello")
			y.tellAll()
			y.drain()
			must(y.t, y.posts.Delete(y.t.Context(), y.ana, id))
		}, []string{"https://far.example/inbox"}},
		"like": {func(y *yard, bo camp.Remote) {
			p := y.farPost(bo, "https://far.example/n/1", camp.AudiencePublic)
			must(y.t, y.posts.Favourite(y.t.Context(), y.ana, p.ID, true))
		}, []string{bo + "/inbox"}},
		"undo-like": {func(y *yard, bo camp.Remote) {
			p := y.farPost(bo, "https://far.example/n/1", camp.AudiencePublic)
			must(y.t, y.posts.Favourite(y.t.Context(), y.ana, p.ID, true))
			y.tellAll()
			y.drain()
			must(y.t, y.posts.Favourite(y.t.Context(), y.ana, p.ID, false))
		}, []string{bo + "/inbox"}},
		"announce": {func(y *yard, bo camp.Remote) {
			p := y.farPost(bo, "https://far.example/n/1", camp.AudienceQuiet)
			y.follows(y.meet("cy", "cy.example", false), y.ana.Member)
			_, err := y.posts.Boost(y.t.Context(), y.ana, p.ID, true)
			must(y.t, err)
		}, []string{"https://cy.example/u/cy/inbox", "https://far.example/inbox"}},
		"undo-announce": {func(y *yard, bo camp.Remote) {
			p := y.farPost(bo, "https://far.example/n/1", camp.AudiencePublic)
			y.follows(y.meet("cy", "cy.example", false), y.ana.Member)
			_, err := y.posts.Boost(y.t.Context(), y.ana, p.ID, true)
			must(y.t, err)
			y.tellAll()
			y.drain()
			_, err = y.posts.Boost(y.t.Context(), y.ana, p.ID, false)
			must(y.t, err)
		}, []string{"https://cy.example/u/cy/inbox", "https://far.example/inbox"}},
		"follow": {func(y *yard, bo camp.Remote) {
			_, err := y.posts.Follow(y.t.Context(), y.ana, bo.ID, false)
			must(y.t, err)
		}, []string{bo + "/inbox"}},
		"undo-follow": {func(y *yard, bo camp.Remote) {
			_, err := y.posts.Follow(y.t.Context(), y.ana, bo.ID, false)
			must(y.t, err)
			y.tellAll()
			y.drain()
			must(y.t, y.posts.Unfollow(y.t.Context(), y.ana, bo.ID))
		}, []string{bo + "/inbox"}},
		"accept": {func(y *yard, _ camp.Remote) {
			must(y.t, y.bringAs(bo+"/acts/f", "Follow", bo, quoted(here.Actor("ana"))))
		}, []string{bo + "/inbox"}},
		"accept-unnamed": {func(y *yard, r camp.Remote) {
			y.asked(camp.Errand{Do: camp.ErrandAccept, By: y.ana.Member, Whom: r.ID, URI: bo + "#unnamed-00"})
		}, []string{bo + "/inbox"}},
		"reject": {func(y *yard, r camp.Remote) {
			y.follows(r, y.ana.Member)
			must(y.t, y.posts.AnswerFollow(y.t.Context(), y.ana, r.ID, false))
		}, []string{bo + "/inbox"}},
		"vote": {func(y *yard, bo camp.Remote) {
			p := y.farPost(bo, "https://far.example/q/1", camp.AudiencePublic)
			must(y.t, y.posts.Vote(y.t.Context(), y.ana, p.ID, []int{1}))
		}, []string{bo + "/inbox"}},
		"update-person": {func(y *yard, bo camp.Remote) {
			y.follows(bo, y.ana.Member)
			must(y.t, y.Renew(y.t.Context(), y.ana.Member))
		}, []string{"https://far.example/inbox"}},
		"block": {func(y *yard, bo camp.Remote) {
			must(y.t, y.posts.Block(y.t.Context(), y.ana, bo.ID, true))
		}, []string{bo + "/inbox"}},
		"undo-block": {func(y *yard, bo camp.Remote) {
			must(y.t, y.posts.Block(y.t.Context(), y.ana, bo.ID, true))
			y.tellAll()
			y.drain()
			must(y.t, y.posts.Mute(y.t.Context(), y.ana, bo.ID, true))
			must(y.t, y.posts.Block(y.t.Context(), y.ana, bo.ID, false))
		}, []string{bo + "/inbox"}},
		"flag": {func(y *yard, bo camp.Remote) {
			y.farPost(bo, "https://far.example/n/1", camp.AudiencePublic)
			y.asked(camp.Errand{Do: camp.ErrandReport, By: y.ana.Member, Whom: bo.ID, Text: "Rude words", More: []string{"https://far.example/n/1", "https://cy.example/n/2", here.Post(5), "https://far.example/n/unknown"}})
		}, []string{bo + "/inbox"}},
		"move": {func(y *yard, bo camp.Remote) {
			y.follows(bo, y.ana.Member)
			y.update(func(tx *store.Tx) error {
				m, _, err := tx.Member(y.ana.Member)
				m.Moved = "https://new.example/u/ana"
				return errors.Join(err, tx.PutMember(m))
			})
			y.asked(camp.Errand{Do: camp.ErrandMove, By: y.ana.Member, URI: "https://new.example/u/ana"})
		}, []string{"https://far.example/inbox"}},
		"add": {func(y *yard, bo camp.Remote) {
			id := y.write(y.ana, camp.AudiencePublic, "Hello")
			y.tellAll()
			y.follows(bo, y.ana.Member)
			y.asked(camp.Errand{Do: camp.ErrandPin, By: y.ana.Member, Post: id})
		}, []string{"https://far.example/inbox"}},
		"remove": {func(y *yard, bo camp.Remote) {
			y.follows(bo, y.ana.Member)
			y.asked(camp.Errand{Do: camp.ErrandUnpin, By: y.ana.Member, Post: 77, Old: camp.AudienceQuiet})
		}, []string{"https://far.example/inbox"}},
		"delete-person": {func(y *yard, bo camp.Remote) {
			y.follows(bo, y.ana.Member)
			y.part(camp.Left)
			y.asked(camp.Errand{Do: camp.ErrandGone, By: y.ana.Member})
		}, []string{"https://far.example/inbox"}},
		"accept-quote": {func(y *yard, bo camp.Remote) {
			id := y.write(y.ana, camp.AudiencePublic, "Hello")
			y.tellAll()
			y.asked(camp.Errand{Do: camp.ErrandStamp, By: y.ana.Member, Post: id, Whom: bo.ID, URI: bo.URI + "/ask/1", Text: "77", More: []string{"https://far.example/n/8"}})
		}, []string{bo + "/inbox"}},
		"reject-quote": {func(y *yard, bo camp.Remote) {
			id := y.write(y.ana, camp.AudienceFollowers, "Hello")
			y.tellAll()
			y.asked(camp.Errand{Do: camp.ErrandReject, By: y.ana.Member, Post: id, Whom: bo.ID, URI: bo.URI + "/ask/1", More: []string{"https://far.example/n/8"}})
		}, []string{bo + "/inbox"}},
		"quote-request": {func(y *yard, bo camp.Remote) {
			p := y.farPost(bo, "https://far.example/n/1", camp.AudiencePublic)
			y.writeDraft(camp.Draft{Text: "Look", Audience: camp.AudiencePublic, Quote: p.ID})
		}, []string{bo + "/inbox"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			y := newYard(t)
			r := y.meet("bo", "far.example", true)
			row.do(y, r)
			list := y.tellAll()
			if len(list) == 0 {
				t.Fatalf("nothing is told; log: %s", y.log.String())
			}
			l := list[len(list)-1]
			if !slices.Equal(l.to, row.to) {
				t.Errorf("goes to %v", l.to)
			}
			golden(t, "told-"+name, steady(t, l.Body))
			a, err := ap.ParseActivity(l.Body)
			if err != nil || a.ID != l.URI && !a.Unnamed || ap.HostOf(a.ID) != string(here.Domain) || !strings.HasPrefix(a.ID, here.Camp()+"/a/") {
				t.Errorf("read back: %+v, %v", a, err)
			}
			want := y.ana.Member
			if name == "flag" {
				want = 0
				if strings.Contains(string(l.Body), "/ap/ana") {
					t.Error("it tells who reported")
				}
			}
			if l.By != want {
				t.Errorf("signed by %v", l.By)
			}
			if _, err := y.sender.Check(t.Context(), camp.LetterReadBack(l.LetterRow)); err != nil {
				t.Errorf("Check: %v", err)
			}
		})
	}
}

// part ends ana's membership.
func (y *yard) part(how camp.Standing) {
	y.t.Helper()
	if _, err := y.ring.Key(y.t.Context(), y.ana.Member); err != nil {
		y.t.Fatal(err)
	}
	y.update(func(tx *store.Tx) error {
		m, _, err := tx.Member(y.ana.Member)
		m.Standing, m.Ended = how, tx.Now()
		return errors.Join(err, tx.PutMember(m))
	})
}

// An act that is taken back names the act as it was, so that all find it.
func TestUndoNamesTheActAsItWas(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	r := y.meet("bo", "far.example", false)
	p := y.farPost(r, "https://far.example/n/1", camp.AudiencePublic)
	for _, act := range []struct{ on, off func() error }{
		{func() error { return y.posts.Favourite(t.Context(), y.ana, p.ID, true) }, func() error { return y.posts.Favourite(t.Context(), y.ana, p.ID, false) }},
		{func() error { _, err := y.posts.Boost(t.Context(), y.ana, p.ID, true); return err }, func() error { _, err := y.posts.Boost(t.Context(), y.ana, p.ID, false); return err }},
		{func() error { _, err := y.posts.Follow(t.Context(), y.ana, r.ID, false); return err }, func() error { return y.posts.Unfollow(t.Context(), y.ana, r.ID) }},
		{func() error { return y.posts.Block(t.Context(), y.ana, r.ID, true) }, func() error { return y.posts.Block(t.Context(), y.ana, r.ID, false) }},
	} {
		must(t, act.on())
		did := y.tellAll()
		y.drain()
		must(t, act.off())
		undid := y.tellAll()
		y.drain()
		if len(did) != 1 || len(undid) != 1 {
			t.Fatalf("%d and %d letters", len(did), len(undid))
		}
		was, now := parsed(t, did[0].Body), parsed(t, undid[0].Body)
		inner, _ := now["object"].(map[string]any)
		if now["type"] != "Undo" || inner["id"] != was["id"] || inner["type"] != was["type"] || inner["object"] != was["object"] || now["id"] == was["id"] {
			t.Errorf("%v: undone as %v, %v", was["type"], now["id"], inner)
		}
		if did[0].Object != undid[0].Object {
			t.Errorf("%v: the queue does not find the two together: %s, %s", was["type"], did[0].Object, undid[0].Object)
		}
	}
}

// The time that tells one like from the next is that of the like.
func TestUndoGoesByTheTimeOfTheAct(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	r := y.meet("bo", "far.example", false)
	p := y.farPost(r, "https://far.example/n/1", camp.AudiencePublic)
	for on, off := range map[camp.ErrandKind]camp.ErrandKind{camp.ErrandLike: camp.ErrandUnlike, camp.ErrandBlock: camp.ErrandUnblock} {
		e := camp.Errand{Do: on, By: y.ana.Member, Post: p.ID, Whom: r.ID, URI: p.URI, At: at}
		y.asked(e)
		e.Do, e.At, e.Done = off, at.Add(time.Hour), at
		did := y.tellAll()
		y.drain()
		y.asked(e)
		undid := y.tellAll()
		y.drain()
		if inner, _ := parsed(t, undid[0].Body)["object"].(map[string]any); inner["id"] != did[0].URI {
			t.Errorf("%d: %s is undone as %v", on, did[0].URI, inner["id"])
		}
	}
}

// A sign goes out as what a like says beside it (FEP-c0e0); what is no single
// emoji stays here, and a like alone is as ever.
func TestLikeWithASign(t *testing.T) {
	t.Parallel()
	for sign, want := range map[string]any{"🎉": "🎉", "👍🏽": "👍🏽", "": nil, "two words": nil, "<b>": nil} {
		y := newYard(t)
		r := y.meet("bo", "far.example", false)
		p := y.farPost(r, "https://far.example/n/1", camp.AudiencePublic)
		y.asked(camp.Errand{Do: camp.ErrandLike, By: y.ana.Member, Post: p.ID, Whom: r.ID, URI: p.URI, At: at, Text: sign})
		told := y.tellAll()
		if len(told) != 1 {
			t.Fatalf("%q: %d letters", sign, len(told))
		}
		if a := parsed(t, told[0].Body); a["type"] != "Like" || a["content"] != want || a["object"] != p.URI {
			t.Errorf("%q: %s", sign, told[0].Body)
		}
	}
}

// Who is asked for their yes to a quote sees the whole post: not what is for others.
func TestNobodyIsAskedWhoMayNotRead(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	r := y.meet("bo", "far.example", false)
	p := y.farPost(r, "https://far.example/n/1", camp.AudiencePublic)
	for _, row := range []struct {
		text string
		want []camp.ErrandKind
	}{{"Look", nil}, {"Look, @bo@far.example", []camp.ErrandKind{camp.ErrandPost, camp.ErrandQuote}}} {
		y.writeDraft(camp.Draft{Text: row.text, Audience: camp.AudienceFollowers, Quote: p.ID})
		var got []camp.ErrandKind
		for _, l := range y.tellAll() {
			got = append(got, l.Do)
		}
		if !slices.Equal(got, row.want) {
			t.Errorf("%s: %v", row.text, got)
		}
		y.drain()
	}
}

// What failed half way is told under the same id the next time, and once.
func TestTellAgainUnderTheSameID(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	r := y.meet("bo", "far.example", true)
	y.follows(r, y.ana.Member)
	p := y.farPost(r, "https://far.example/n/1", camp.AudiencePublic)
	y.write(y.ana, camp.AudiencePublic, "Hello")
	must(t, y.posts.Favourite(t.Context(), y.ana, p.ID, true))
	must(t, y.posts.Block(t.Context(), y.host, r.ID, true))
	y.asked(camp.Errand{Do: camp.ErrandProfile, By: y.ana.Member})
	_, err := y.ring.Key(t.Context(), y.ana.Member)
	must(t, err)

	broken := errors.New("the disk")
	half := &halfway{TellStore: y.Teller.o.Store, err: broken}
	y.Teller.o.Store = half
	for _, e := range y.errands() {
		if err := y.tell(t.Context(), e); !errors.Is(err, broken) {
			t.Fatalf("got %v", err)
		}
	}
	if len(y.errands()) != 4 || len(y.letters()) != 0 {
		t.Fatalf("%d errands, %d letters after a failure", len(y.errands()), len(y.letters()))
	}
	half.err = nil
	var got []string
	for _, l := range y.tellAll() {
		got = append(got, l.URI)
	}
	slices.Sort(got)
	slices.Sort(half.ids)
	if len(got) != 4 || !slices.Equal(got, half.ids) {
		t.Errorf("first %v\nthen %v", half.ids, got)
	}
}

// halfway does the work and then fails; it remembers what was written.
type halfway struct {
	TellStore
	err error
	ids []string
}

func (h *halfway) Update(ctx context.Context, fn func(TellTx) error) error {
	return h.TellStore.Update(ctx, func(tx TellTx) error {
		if h.err == nil {
			return fn(tx)
		}
		return errors.Join(fn(spy{tx, h}), h.err)
	})
}

type spy struct {
	TellTx
	h *halfway
}

func (s spy) PutLetter(l camp.Letter) (camp.Letter, error) {
	s.h.ids = append(s.h.ids, l.Row().URI)
	return s.TellTx.PutLetter(l)
}

func TestTellWhom(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	one, two := y.meet("one", "far.example", true), y.meet("two", "far.example", true)
	alone, shut, apart := y.meet("alone", "alone.example", false), y.meet("shut", "evil.example", true), y.meet("apart", "apart.example", false)
	waits, gone, odd := y.meet("waits", "waits.example", false), y.meet("gone", "gone.example", false), y.meet("odd", "odd.example", false)
	cross := y.meet("cross", "cross.example", false)
	for _, r := range []camp.Remote{one, two, y.meet("three", "far.example", false), alone, shut, apart, cross, gone, odd} {
		y.follows(r, y.ana.Member)
	}
	y.update(func(tx *store.Tx) error {
		was, strange := gone, odd
		gone.Gone, odd.Inbox = at, "https://victim.example/inbox"
		return errors.Join(tx.PutFollow(camp.Follow{From: waits.ID, To: y.ana.Member, At: at}), tx.PutRemote(gone, &was), tx.PutRemote(odd, &strange),
			tx.PutApart(camp.Apart{Who: y.ana.Member, Whom: apart.ID, Blocked: true}), tx.PutApart(camp.Apart{Who: y.ana.Member, Whom: cross.ID, Theirs: true}))
	})
	y.shut["evil.example"] = true
	for audience, want := range map[camp.Audience][]string{
		camp.AudiencePublic:    {"https://alone.example/u/alone/inbox", "https://far.example/inbox"},
		camp.AudienceQuiet:     {"https://alone.example/u/alone/inbox", "https://far.example/inbox"},
		camp.AudienceFollowers: {"https://alone.example/u/alone/inbox", "https://far.example/inbox"},
		camp.AudienceLetter:    {"https://far.example/u/two/inbox"},
	} {
		y.write(y.ana, audience, "Hello @two@far.example @shut@evil.example @apart@apart.example @cross@cross.example @gone@gone.example @odd@odd.example @hal")
		list := y.tellAll()
		if len(list) != 1 || !slices.Equal(list[0].to, want) {
			t.Errorf("%s: %+v", audience, list)
			continue
		}
		for _, no := range []string{"evil", "victim"} {
			if strings.Contains(string(list[0].Body), `"https://`+no) {
				t.Errorf("%s names %s", audience, no)
			}
		}
		y.drain()
	}
}

// Who had something hears that it is gone, also who follows no more; who never
// can have had it does not.
func TestDeleteGoesWhereItWas(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	fan, left, late := y.meet("fan", "fan.example", true), y.meet("left", "left.example", false), y.meet("late", "late.example", false)
	named, booster, answers := y.meet("named", "named.example", false), y.meet("booster", "booster.example", false), y.meet("answers", "answers.example", false)
	y.follows(fan, y.ana.Member)
	y.follows(left, y.ana.Member)
	open := y.write(y.ana, camp.AudiencePublic, "Hello @named@named.example")
	inner := y.write(y.ana, camp.AudienceFollowers, "Hello")
	letter := y.write(y.ana, camp.AudienceLetter, "Hello @late@late.example")
	y.tellAll()
	y.drain()
	must(t, y.bring("Announce", booster.URI, quoted(here.Post(open))))
	must(t, y.bring("Create", answers.URI, aNote(answers.URI, "https://answers.example/n/1", `,"inReplyTo":"`+here.Post(open)+`","to":["`+ap.Public+`"]`)))
	y.update(func(tx *store.Tx) error { return tx.DropFollow(left.ID, y.ana.Member) })
	for _, row := range []struct {
		id   camp.PostID
		want []string
	}{
		{open, []string{"https://answers.example/u/answers/inbox", "https://booster.example/u/booster/inbox", "https://fan.example/inbox", "https://left.example/u/left/inbox", "https://named.example/u/named/inbox"}},
		{inner, []string{"https://fan.example/inbox", "https://left.example/u/left/inbox"}},
		{letter, []string{"https://late.example/u/late/inbox"}},
	} {
		must(t, y.posts.Delete(t.Context(), y.ana, row.id))
		list := y.tellAll()
		if len(list) != 1 || list[0].Do != camp.ErrandDelete || !slices.Equal(list[0].to, row.want) {
			t.Errorf("%s goes to %+v", row.id, list)
		}
		y.drain()
	}
	_, _ = named, late
}

// What may not leave is dropped, said in the log, and keeps nobody else waiting.
func TestErrandThatMayNotLeave(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	r := y.meet("bo", "far.example", true)
	y.follows(r, y.ana.Member)
	ours := y.write(y.ana, camp.AudienceCamp, "between us")
	for _, do := range []camp.ErrandKind{camp.ErrandPost, camp.ErrandEdit, camp.ErrandPin, camp.ErrandUnpin, camp.ErrandStamp, camp.ErrandQuote, camp.ErrandPoll} {
		y.asked(camp.Errand{Do: do, By: y.ana.Member, Post: ours, Whom: r.ID, URI: "x", Text: "1"})
	}
	for _, do := range []camp.ErrandKind{camp.ErrandDelete, camp.ErrandUnboost, camp.ErrandUnpin} {
		y.asked(camp.Errand{Do: do, By: y.ana.Member, Post: 77, Old: camp.AudienceCamp, Whom: r.ID, URI: "https://far.example/n/1"})
	}
	y.asked(camp.Errand{Do: camp.ErrandReject, By: y.ana.Member, Post: ours, Whom: r.ID, URI: "x"})
	y.asked(camp.Errand{Do: 99, By: y.ana.Member})
	y.write(y.ana, camp.AudiencePublic, "for all")
	list := y.tellAll()
	if len(list) != 1 || list[0].Do != camp.ErrandPost {
		t.Errorf("got %+v", list)
	}
	if n := strings.Count(y.log.String(), "may not leave"); n != 12 {
		t.Errorf("%d lines in the log:\n%s", n, y.log.String())
	}
	if strings.Contains(y.log.String(), "between us") {
		t.Error("the log holds what was written")
	}
}

// A guest is not there for others: nothing of theirs is told, nor that it is gone.
func TestNothingOfGuestsIsTold(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	r := y.meet("bo", "far.example", true)
	var gus camp.Actor
	y.view(func(tx *store.Tx) error {
		m, _, err := tx.MemberByName("gus")
		gus = camp.Actor{Member: m.ID, Role: m.Role}
		return err
	})
	y.follows(r, gus.Member)
	root := y.write(y.ana, camp.AudiencePublic, "one")
	y.tellAll()
	y.drain()
	id, err := y.posts.Write(t.Context(), gus, camp.Draft{Text: "two @bo@far.example", ReplyTo: root})
	must(t, err)
	y.update(func(tx *store.Tx) error { // as if a guest's answer could go out
		p, _, err := tx.Post(id)
		if err != nil {
			return err
		}
		old := p
		p.Audience = camp.AudiencePublic
		if err := tx.PutPost(p, &old); err != nil {
			return err
		}
		return tx.PutErrand(camp.Errand{ID: tx.NextID(), Do: camp.ErrandPost, By: gus.Member, Post: id, At: tx.Now()})
	})
	must(t, y.posts.Edit(t.Context(), gus, id, camp.Draft{Text: "three @bo@far.example"}))
	must(t, y.posts.Delete(t.Context(), gus, id))
	if list := y.tellAll(); len(list) > 0 {
		t.Errorf("told: %s", list[0].Body)
	}
}
