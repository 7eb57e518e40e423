package fed

import (
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"camp/node/camp"
	"camp/store"
)

// marker stands in all that must not leave, and nowhere else.
const marker = "quagmirezephyrvortex"

// life is a member's random doings, of which nothing may leave; or, with open,
// the same of what everybody may read, to see that the test would find it.
type life struct {
	*yard
	chance *rand.Rand
	open   bool
	passed map[camp.PostID]bool
	mine   []camp.PostID
	all    []camp.PostID // also what is gone
}

func (l *life) one() camp.PostID { return l.mine[l.chance.IntN(len(l.mine))] }

func (l *life) audience() camp.Audience {
	switch {
	case l.open:
		return camp.AudiencePublic
	case l.chance.IntN(3) == 0:
		return camp.AudienceLetter
	}
	return camp.AudienceCamp
}

func (l *life) who() camp.Actor {
	if l.chance.IntN(2) == 0 {
		return l.host
	}
	return l.ana
}

// step does one thing; that much of it is refused is no matter.
func (l *life) step() {
	ctx, who := l.t.Context(), l.who()
	text := marker + " @hal @ana #" + marker + " @fan@fan.example https://fan.example/" + marker
	if !l.open && l.chance.IntN(2) == 0 { // letters that name members alone
		text = marker + " @hal @ana"
	}
	switch n := l.chance.IntN(12); {
	case len(l.mine) == 0 || n < 4:
		d := camp.Draft{Text: text, Note: marker, Audience: l.audience()}
		if d.Audience == camp.AudienceLetter {
			d.Text = marker + " @hal @ana"
		}
		if len(l.mine) > 0 && l.chance.IntN(2) == 0 {
			d.ReplyTo = l.one()
			d.Audience = 0
		}
		if len(l.mine) > 0 && l.chance.IntN(4) == 0 {
			d.Quote = l.one()
		}
		if l.chance.IntN(2) == 0 && d.ReplyTo == 0 {
			d.Poll = &camp.Poll{Choices: []camp.Choice{{Text: marker}, {Text: marker + "2"}}, Ends: at.Add(time.Hour)}
		}
		if id, err := l.posts.Write(ctx, who, d); err == nil {
			l.mine, l.all = append(l.mine, id), append(l.all, id)
		}
	case n == 4:
		_ = l.posts.Edit(ctx, who, l.one(), camp.Draft{Text: text + fmt.Sprint(l.chance.Int())})
	case n == 5:
		_ = l.posts.Favourite(ctx, who, l.one(), l.chance.IntN(2) == 0)
	case n == 6:
		id := l.mine[0] // the same again, so that some are taken back
		if l.chance.IntN(2) == 0 {
			id = l.one()
		}
		if _, err := l.posts.Boost(ctx, who, id, !l.passed[id]); err == nil {
			l.passed[id] = !l.passed[id]
		}
	case n == 7:
		id := l.one()
		if l.posts.Vote(ctx, who, id, []int{l.chance.IntN(2)}) == nil {
			l.view(func(tx *store.Tx) error {
				p, _, err := tx.Post(id)
				who.Member = p.Author
				return err
			})
			l.asked(camp.Errand{Do: camp.ErrandPoll, By: who.Member, Post: id})
		}
	case n == 8:
		id := l.one()
		if err := l.posts.Delete(ctx, who, id); err == nil {
			l.mine = slices.DeleteFunc(l.mine, func(o camp.PostID) bool { return o == id })
		}
	case n == 9:
		_ = l.posts.Keep(ctx, who, l.one(), true)
	default: // what a fault of a room below would leave
		kinds := []camp.ErrandKind{
			camp.ErrandPost, camp.ErrandEdit, camp.ErrandDelete, camp.ErrandBoost, camp.ErrandUnboost, camp.ErrandPoll, camp.ErrandPin, camp.ErrandUnpin,
			camp.ErrandStamp, camp.ErrandQuote, camp.ErrandLike, camp.ErrandUnlike, camp.ErrandVote, camp.ErrandReject, camp.ErrandAccept, camp.ErrandForward,
		}
		e := camp.Errand{Do: kinds[l.chance.IntN(len(kinds))], By: who.Member, Post: l.one(), Whom: l.fan().ID, URI: "https://fan.example/n/1", Text: "1", Old: camp.AudienceCamp}
		if l.open {
			e.Old = camp.AudiencePublic
		}
		l.asked(e)
	}
}

func (l *life) fan() (r camp.Remote) {
	l.view(func(tx *store.Tx) (err error) { r, _, err = tx.RemoteByURI("https://fan.example/u/fan"); return err })
	return r
}

// addresses are all at which something of a post could be shown.
func (l *life) addresses(id camp.PostID) []string {
	list := []string{here.Post(id), here.Stamp(uint64(id)), here.Act(uint64(id))}
	for _, what := range []string{"replies", "likes", "shares", "context"} {
		list = append(list, here.Below(id, what), here.Below(id, what)+"?page=true")
	}
	return list
}

func (l *life) run(steps int) (letters []sent) {
	for range steps {
		l.step()
		if l.chance.IntN(10) == 0 {
			letters = append(letters, l.tellAll()...)
			l.drain()
		}
	}
	return append(letters, l.tellAll()...)
}

func newLife(t *testing.T, seed uint64, open bool) *life {
	l := &life{yard: newYard(t), chance: rand.New(rand.NewPCG(seed, 1)), open: open, passed: map[camp.PostID]bool{}}
	l.objects.pace = newPace(true)
	fan := l.meet("fan", "fan.example", true)
	l.follows(fan, l.ana.Member)
	l.follows(fan, l.host.Member)
	return l
}

// Nothing of what is the camp's alone leaves or is shown, whatever is done with
// it; and what everybody may read does, by the same steps (community.md 3.2).
func TestNothingOfTheCampLeaves(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2) {
		l := newLife(t, seed, false)
		if letters := l.run(150); len(letters) > 0 {
			t.Errorf("seed %d: %d letters, the first %s", seed, len(letters), letters[0].Body)
		}
		const fan = "https://fan.example/u/fan"
		for _, as := range []string{"", fan} {
			for _, accept := range []string{activity, "text/html"} {
				nothing := l.unknown(as, accept)
				for _, id := range l.all {
					for _, address := range l.addresses(id) {
						if w := l.get(address, as, accept); !same(w, nothing) {
							t.Errorf("seed %d: %s to %q: %d %s", seed, address, as, w.Code, w.Body)
						}
					}
				}
			}
			for _, address := range l.lists() {
				if w := l.get(address, as); strings.Contains(w.Body.String(), marker) || strings.Contains(w.Body.String(), "/ap/-/p/") || strings.Contains(w.Body.String(), `"totalItems":1`) {
					t.Errorf("seed %d: %s to %q shows %s", seed, address, as, w.Body)
				}
			}
		}
		if len(l.all) < 20 || strings.Contains(l.log.String(), marker) {
			t.Errorf("seed %d: %d posts, log:\n%.2000s", seed, len(l.all), l.log.String())
		}
	}
}

func (l *life) lists() (list []string) {
	for _, name := range []string{"ana", "hal"} {
		list = append(list, here.Actor(name), here.Of(name, "outbox"), here.Of(name, "outbox")+"?page=true", here.Of(name, "featured"), here.Of(name, "tags"), here.Of(name, "following"))
	}
	return list
}

// The control: the same doings with what everybody may read are all found.
func TestLeakTestIsNotBlind(t *testing.T) {
	t.Parallel()
	l := newLife(t, 1, true)
	letters := l.run(250)
	kinds := map[camp.ErrandKind]bool{}
	for _, m := range letters {
		kinds[m.Do] = true
	}
	for _, do := range []camp.ErrandKind{camp.ErrandPost, camp.ErrandEdit, camp.ErrandDelete, camp.ErrandBoost, camp.ErrandUnboost, camp.ErrandPoll, camp.ErrandPin} {
		if !kinds[do] {
			t.Errorf("errand %d is never told", do)
		}
	}
	found := func(w *httptest.ResponseRecorder) bool { return w.Code == 200 }
	for _, id := range l.mine {
		if w := l.get(here.Post(id), "https://fan.example/u/fan"); !found(w) || !strings.Contains(w.Body.String(), marker) {
			t.Errorf("%s is not shown: %d", id, w.Code)
		}
	}
	if w := l.get(here.Of("ana", "outbox")+"?page=true", "https://fan.example/u/fan"); !found(w) || !strings.Contains(w.Body.String(), marker) {
		t.Errorf("the outbox: %d", w.Code)
	}
}
