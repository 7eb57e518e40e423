package fed

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"camp/node/ap"
	"camp/node/camp"
	"camp/node/fed/queue"
	"camp/store"
)

const badHost = "bad.example"

// what a letter came to at the time of sending.
const (
	asQueued = iota
	unnamed  // sent, without the name of the server
	notSent
)

// TestWhatWaitedForABlock is for letters to one server that speak of another,
// which the camp shuts out while they wait, and lets in again.
func TestWhatWaitedForABlock(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		do   func(y *yard, bad camp.Remote)
		want int
	}{
		"a boost of theirs": {func(y *yard, bad camp.Remote) {
			_, err := y.posts.Boost(y.t.Context(), y.ana, y.farPost(bad, bad.URI+"/1", camp.AudiencePublic).ID, true)
			must(y.t, err)
		}, notSent},
		"a boost taken back": {func(y *yard, bad camp.Remote) {
			p := y.farPost(bad, bad.URI+"/1", camp.AudiencePublic)
			_, err := y.posts.Boost(y.t.Context(), y.ana, p.ID, true)
			must(y.t, err)
			y.tellAll()
			y.drain()
			_, err = y.posts.Boost(y.t.Context(), y.ana, p.ID, false)
			must(y.t, err)
		}, asQueued},
		"an answer to theirs": {func(y *yard, bad camp.Remote) {
			y.writeDraft(camp.Draft{Text: "Yes", Audience: camp.AudiencePublic, ReplyTo: y.farPost(bad, bad.URI+"/1", camp.AudiencePublic).ID})
		}, unnamed},
		"an answer to theirs that is gone": {func(y *yard, bad camp.Remote) {
			id := y.writeDraft(camp.Draft{Text: "Yes", Audience: camp.AudiencePublic})
			y.update(func(tx *store.Tx) error {
				p, _, err := tx.Post(id)
				was := p
				p.Answers = bad.URI + "/1"
				return errors.Join(err, tx.PutPost(p, &was))
			})
		}, unnamed},
		"a quote of theirs": {func(y *yard, bad camp.Remote) {
			y.writeDraft(camp.Draft{Text: "Look", Audience: camp.AudiencePublic, Quote: y.farPost(bad, bad.URI+"/1", camp.AudiencePublic).ID})
		}, unnamed},
		"a post that calls somebody there": {func(y *yard, bad camp.Remote) {
			y.writeDraft(camp.Draft{Text: "Hello @mal@" + badHost, Audience: camp.AudiencePublic})
		}, unnamed},
		"a changed one that does": {func(y *yard, bad camp.Remote) {
			id := y.writeDraft(camp.Draft{Text: "Hello", Audience: camp.AudiencePublic})
			y.tellAll()
			y.drain()
			must(y.t, y.posts.Edit(y.t.Context(), y.ana, id, camp.Draft{Text: "Hello @mal@" + badHost}))
		}, unnamed},
		"a post that does not": {func(y *yard, _ camp.Remote) { y.write(y.ana, camp.AudiencePublic, "Hello") }, asQueued},
		"a boost of a member's": {func(y *yard, _ camp.Remote) {
			_, err := y.posts.Boost(y.t.Context(), y.ana, y.write(y.host, camp.AudiencePublic, "Hello"), true)
			must(y.t, err)
		}, asQueued},
		"a move there": {func(y *yard, bad camp.Remote) {
			y.update(func(tx *store.Tx) error {
				m, _, err := tx.Member(y.ana.Member)
				m.Moved = bad.URI
				return errors.Join(err, tx.PutMember(m), tx.PutErrand(camp.Errand{ID: tx.NextID(), Do: camp.ErrandMove, By: m.ID, URI: bad.URI, At: at}))
			})
		}, notSent},
		"somebody's answer to theirs, handed on": {func(y *yard, bad camp.Remote) {
			dee, post := y.meet("dee", "dee.example", true), y.write(y.ana, camp.AudiencePublic, "What do you think?")
			y.tellAll()
			y.drain()
			y.brings(bad, comment(1, bad.URI, here.Post(post), "bad", ap.Public))
			y.brings(dee, comment(1, dee.URI, bad.URI+"/n/1", "fine", ap.Public, here.Of("ana", "followers"), here.Actor("ana")))
		}, notSent},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			y := newYard(t)
			y.follows(y.meet("fan", "fan.example", true), y.ana.Member)
			row.do(y, y.meet("mal", badHost, true))
			l, ok := y.letterTo("https://fan.example/inbox")
			if !ok {
				t.Fatal("nothing was queued")
			}
			for shut, want := range []int{asQueued, row.want, asQueued} { // before the block, with it, and after it was lifted
				y.shut[badHost] = shut == 1
				now, err := y.sender.Check(t.Context(), l)
				got := asQueued
				switch {
				case errors.Is(err, queue.ErrMoot):
					got = notSent
				case err != nil:
					t.Fatal(err)
				case string(now.Row().Body) != string(l.Row().Body):
					got = unnamed
				}
				if got != want {
					t.Errorf("blocked %v: got %d, want %d: %s", shut == 1, got, want, now.Row().Body)
				}
				if got == unnamed {
					y.sameButUnnamed(l.Row(), now.Row())
				}
			}
		})
	}
}

// letterTo gives the letter that waits for an inbox.
func (y *yard) letterTo(inbox string) (camp.Letter, bool) {
	y.t.Helper()
	for _, l := range y.tellAll() {
		for _, to := range l.to {
			if to == inbox {
				return camp.LetterReadBack(l.LetterRow), true
			}
		}
	}
	return camp.Letter{}, false
}

// sameButUnnamed wants a letter to be the same act on the same post, with no
// address in it that leads to the server which is shut out.
func (y *yard) sameButUnnamed(was, now camp.LetterRow) {
	y.t.Helper()
	if !strings.Contains(string(was.Body), "https://"+badHost) || strings.Contains(string(now.Body), "https://"+badHost) {
		y.t.Errorf("was %s\nis %s", was.Body, now.Body)
	}
	old, err := ap.ParseActivity(was.Body)
	must(y.t, err)
	a, err := ap.ParseActivity(now.Body)
	must(y.t, err)
	if got, want := fmt.Sprint(a.ID, a.Type, a.Object.ID, a.Object.Post.Updated), fmt.Sprint(old.ID, old.Type, old.Object.ID, old.Object.Post.Updated); got != want {
		y.t.Errorf("got %s, want %s", got, want)
	}
	was.Body, now.Body = nil, nil
	if now.ID = was.ID; fmt.Sprint(now.URI, now.Object, now.By, now.Post, now.Do, now.Audience) != fmt.Sprint(was.URI, was.Object, was.By, was.Post, was.Do, was.Audience) {
		y.t.Errorf("got %+v, want %+v", now, was)
	}
}
