package fed

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"camp/node/ap"
	"camp/node/camp"
	"camp/node/fed/queue"
)

// comment is the Create of an answer as it comes, addressed as said.
func comment(n int, by, answers, words string, to ...string) string {
	list := `"` + strings.Join(to, `","`) + `"`
	return fmt.Sprintf(`{"@context":"https://www.w3.org/ns/activitystreams","id":"%s/acts/c%d","type":"Create","actor":"%s","to":[%s],
	  "object":{"id":"%s/n/%d","type":"Note","attributedTo":"%s","content":"<p>%s</p>","inReplyTo":"%s","to":[%s]}}`, by, n, by, list, by, n, by, words, answers, list)
}

// brings takes an act as an inbox hands it on, with its bytes.
func (y *yard) brings(r camp.Remote, body string) {
	y.t.Helper()
	a, err := ap.ParseActivity([]byte(body))
	if err != nil {
		y.t.Fatal(err)
	}
	a.Raw = []byte(body)
	if err := y.Take(y.t.Context(), Signer{URI: r.URI, Remote: r, Host: ap.HostOf(r.URI)}, a); err != nil {
		y.t.Fatal(err)
	}
}

// handedOn gives the letters that hand something on.
func handedOn(list []sent) []sent {
	return slices.DeleteFunc(list, func(l sent) bool { return l.Do != camp.ErrandForward })
}

// An answer that is addressed to the author's followers goes on to them byte for
// byte, and to nobody on the server that it came from (ActivityPub §7.1.2).
func TestAnswersAreHandedOn(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	dee, fan, near := y.meet("dee", "dee.example", true), y.meet("fan", "fan.example", true), y.meet("ned", "dee.example", true)
	y.follows(fan, y.ana.Member)
	y.follows(near, y.ana.Member)
	post := y.write(y.ana, camp.AudiencePublic, "What do you think?")
	y.tellAll()
	y.drain()
	body := comment(1, dee.URI, here.Post(post), "fine", ap.Public, here.Of("ana", "followers"))
	y.brings(dee, body)
	list := handedOn(y.tellAll())
	if len(list) != 1 || string(list[0].Body) != body || list[0].By != y.ana.Member || !slices.Equal(list[0].to, []string{"https://fan.example/inbox"}) {
		t.Fatalf("%+v", list)
	}
	l := camp.LetterReadBack(list[0].LetterRow)
	if _, err := y.sender.Check(t.Context(), l); err != nil {
		t.Errorf("not sent: %v", err)
	}
	y.drain()
	y.brings(dee, body)
	if list := handedOn(y.tellAll()); len(list) > 0 {
		t.Errorf("again: %+v", list)
	}
	// One further down is about the same conversation.
	y.brings(dee, comment(2, dee.URI, dee.URI+"/n/1", "and more", ap.Public, here.Of("ana", "followers"), here.Actor("ana")))
	if list := handedOn(y.tellAll()); len(list) != 1 {
		t.Errorf("an answer to the answer: %+v", list)
	}
	y.drain()
	// What was handed on changes, and ends, in the same way.
	update := fmt.Sprintf(`{"id":"%s/acts/u","type":"Update","actor":"%s","to":["%s","%s"],"object":{"id":"%s/n/1","type":"Note","attributedTo":"%s","content":"<p>better</p>",
	  "inReplyTo":"%s","updated":"2030-01-01T00:00:00Z","to":["%s","%s"]}}`, dee.URI, dee.URI, ap.Public, here.Of("ana", "followers"), dee.URI, dee.URI, here.Post(post), ap.Public, here.Of("ana", "followers"))
	y.later(time.Hour)
	y.brings(dee, update)
	if list := handedOn(y.tellAll()); len(list) != 1 || string(list[0].Body) != update {
		t.Errorf("a change: %+v", list)
	}
	y.drain()
	end := fmt.Sprintf(`{"id":"%s/acts/d","type":"Delete","actor":"%s","to":["%s","%s"],"object":"%s/n/1"}`, dee.URI, dee.URI, ap.Public, here.Of("ana", "followers"), dee.URI)
	y.brings(dee, end)
	if list := handedOn(y.tellAll()); len(list) != 1 || string(list[0].Body) != end {
		t.Errorf("its end: %+v", list)
	}
	// Whose server is kept away meanwhile is not handed on, and another's is.
	y.shut["dee.example"] = true
	if _, err := y.sender.Check(t.Context(), l); !errors.Is(err, queue.ErrMoot) {
		t.Errorf("of a server that is shut out: %v", err)
	}
	delete(y.shut, "dee.example")
	y.shut["other.example"] = true
	if _, err := y.sender.Check(t.Context(), l); err != nil {
		t.Errorf("another server is shut out: %v", err)
	}
	// Whose post is gone meanwhile is not spoken of any more.
	must(t, y.posts.Delete(t.Context(), y.ana, post))
	if _, err := y.sender.Check(t.Context(), l); err == nil {
		t.Error("sent, though the post is gone")
	}
}

// All three conditions must hold, and what is not for everybody never goes on.
func TestWhatIsNotHandedOn(t *testing.T) {
	t.Parallel()
	followers := here.Of("ana", "followers")
	for name, row := range map[string]struct {
		audience camp.Audience
		to       []string
		change   func(y *yard, dee camp.Remote)
		body     func(body string) string
	}{
		"not addressed to them":          {audience: camp.AudiencePublic, to: []string{ap.Public, here.Actor("ana")}},
		"another's followers":            {audience: camp.AudiencePublic, to: []string{ap.Public, here.Of("hal", "followers")}},
		"to a post for followers":        {audience: camp.AudienceFollowers, to: []string{ap.Public, followers}},
		"to a post of the camp":          {audience: camp.AudienceCamp, to: []string{ap.Public, followers}},
		"itself not for everybody":       {audience: camp.AudiencePublic, to: []string{followers, here.Actor("ana")}},
		"too long":                       {audience: camp.AudiencePublic, to: []string{ap.Public, followers}, body: func(b string) string { return b + strings.Repeat(" ", mostForward) }},
		"by somebody whom she blocks":    {audience: camp.AudiencePublic, to: []string{ap.Public, followers}, change: func(y *yard, dee camp.Remote) { must(y.t, y.posts.Block(y.t.Context(), y.ana, dee.ID, true)) }},
		"by a server kept at a distance": {audience: camp.AudiencePublic, to: []string{ap.Public, followers}, change: func(y *yard, _ camp.Remote) { y.held = true }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			y := newYard(t)
			dee, fan := y.meet("dee", "dee.example", true), y.meet("fan", "fan.example", true)
			y.follows(fan, y.ana.Member)
			y.follows(dee, y.ana.Member)
			post := y.write(y.ana, row.audience, "words")
			y.tellAll()
			y.drain()
			if row.change != nil {
				row.change(y, dee)
			}
			body := comment(1, dee.URI, here.Post(post), "fine", row.to...)
			if row.body != nil {
				body = row.body(body)
			}
			y.brings(dee, body)
			for _, e := range y.errands() {
				if e.Do == camp.ErrandForward {
					t.Error("word is left of it")
				}
			}
			if list := handedOn(y.tellAll()); len(list) > 0 {
				t.Errorf("handed on: %+v", list)
			}
		})
	}
	// Also where a fault below would leave word of it.
	y := newYard(t)
	y.follows(y.meet("fan", "fan.example", true), y.ana.Member)
	dee := y.meet("dee", "dee.example", true)
	for _, audience := range []camp.Audience{camp.AudienceCamp, camp.AudienceLetter, camp.AudienceFollowers} {
		y.asked(camp.Errand{Do: camp.ErrandForward, By: y.ana.Member, Post: y.write(y.ana, audience, "words @hal"), Whom: dee.ID, URI: dee.URI + "/a", Text: "{}", More: []string{dee.URI + "/n"}})
	}
	y.shut["dee.example"] = true
	y.asked(camp.Errand{Do: camp.ErrandForward, By: y.ana.Member, Post: y.write(y.ana, camp.AudiencePublic, "words"), Whom: dee.ID, URI: dee.URI + "/a", Text: "{}", More: []string{dee.URI + "/n"}})
	if list := handedOn(y.tellAll()); len(list) > 0 {
		t.Errorf("handed on: %+v", list)
	}
}

// One server cannot have the camp write to everybody without end.
func TestHandingOnHasARate(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	dee := y.meet("dee", "dee.example", true)
	y.follows(y.meet("fan", "fan.example", true), y.ana.Member)
	post := y.write(y.ana, camp.AudiencePublic, "words")
	y.tellAll()
	y.drain()
	for n := range 2 * forwardBurst {
		y.brings(dee, comment(n, dee.URI, here.Post(post), "fine", ap.Public, here.Of("ana", "followers")))
	}
	if got := len(handedOn(y.tellAll())); got != forwardBurst {
		t.Errorf("%d handed on", got)
	}
}

// What nothing proves is asked for at its own server, if who brought it is followed
// here and it may concern somebody; else it is nothing (federation.md 4).
func TestHints(t *testing.T) {
	t.Parallel()
	o := newOutpost(t)
	o.somebody(bo)
	o.somebody(cy)
	post := o.write(o.ana, camp.AudiencePublic, "hello")
	carry := func(kind, id, rest string) {
		t.Helper()
		body := fmt.Sprintf(`{"id":"%s#%s","type":%q,"actor":%q,"to":[%q],"object":{"id":%q,"type":"Note","attributedTo":%q,"content":"<p>forged</p>"%s}}`, id, kind, kind, cy, ap.Public, id, cy, rest)
		a, err := ap.ParseActivity([]byte(body))
		if err == nil {
			err = o.Carried(t.Context(), Signer{URI: bo, Host: ap.HostOf(bo)}, a)
		}
		if err != nil {
			t.Fatal(err)
		}
		o.settle()
	}
	answer := `,"inReplyTo":"` + here.Post(post) + `"`
	o.far.put(cyNote, aNote(cy, cyNote, public+answer))
	if carry("Create", cyNote, answer); len(o.far.took()) > 0 {
		t.Error("a stranger's word has us ask")
	}
	o.follows(bo)
	if carry("Create", cyNote, ""); len(o.far.took()) > 0 {
		t.Error("asked for what concerns nobody")
	}
	carry("Create", cyNote, answer)
	if p, ok := o.post(cyNote); !ok || p.Text != "hello" || p.ReplyTo != post {
		t.Errorf("an answer: %v %+v", ok, p)
	}
	o.far.put(cyNote, strings.Replace(aNote(cy, cyNote, public+answer), "hello", "better", 1))
	carry("Update", cyNote, answer)
	const other = "https://third.example/n/10"
	if carry("Update", other, answer); len(o.far.took()) == 0 {
		t.Error("the change was not asked for")
	}
	if _, ok := o.post(other); ok {
		t.Error("a change of what is not known")
	}
	if carry("Delete", cyNote, ""); !is(o.post(cyNote)) {
		t.Error("gone by somebody else's word")
	}
	o.far.set(cyNote, page{status: 410})
	if carry("Delete", cyNote, ""); is(o.post(cyNote)) {
		t.Error("still there, though its server says that it is gone")
	}
}

func is(_ camp.Post, ok bool) bool { return ok }
