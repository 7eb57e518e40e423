package posts_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"camp/node/camp"
	"camp/node/posts"
	"camp/node/posts/poststest"
	"camp/store"
)

// town is a camp with people here and elsewhere who did all sorts of things.
type town struct {
	*bordered
	members []camp.Actor
	far     []camp.Remote
	written []camp.PostID
	rnd     *rand.Rand
	n       int
}

func newTown(t *testing.T, seed uint64) *town {
	w := &town{bordered: newBordered(t), rnd: rand.New(rand.NewPCG(seed, seed))}
	for _, name := range []string{"ada", "ben", "cem"} {
		w.members = append(w.members, w.add(name, camp.RoleMember))
	}
	w.members = append(w.members, w.host)
	for _, at := range []camp.Domain{"far.example", "sub.far.example", "xfar.example", "other.example"} {
		for i := range 3 {
			w.far = append(w.far, w.remote(fmt.Sprintf("p%d", i), at))
		}
	}
	return w
}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// act does one thing of many, by somebody.
func (w *town) act() {
	w.n++
	m, r := pick(w.rnd, w.members), pick(w.rnd, w.far)
	some := func() camp.PostID {
		if len(w.written) == 0 {
			w.written = append(w.written, w.bordered.open(m, "first", 0))
		}
		return pick(w.rnd, w.written)
	}
	name := fmt.Sprint(w.n)
	switch w.rnd.IntN(14) {
	case 0:
		w.follows(m, r)
	case 1:
		w.bordered.follow(r, m)
	case 2:
		w.add1(w.bordered.open(m, "word"+name+" https://"+string(r.Domain)+"/x", 0))
	case 3:
		w.add1(w.write(m, "inner"+name, 0))
	case 4, 5, 6:
		w.add1(w.arrive(r, name, func(a *posts.Arrival) {
			a.Post.Audience = pick(w.rnd, []camp.Audience{camp.AudiencePublic, camp.AudienceQuiet, camp.AudienceFollowers})
			a.Post.Files = []camp.File{{URL: "https://" + string(r.Domain) + "/a.png"}}
			if w.rnd.IntN(2) == 0 {
				a.Post.Mentions = []camp.MemberID{m.Member}
			}
			if w.rnd.IntN(2) == 0 {
				a.ReplyTo = posts.LocalScheme + some().String()
			}
		}))
	case 7:
		w.add1(w.letter(r, name, m))
	case 8:
		w.farLike(r, some())
	case 9:
		w.farBoost(r, some())
	case 10:
		_ = w.posts.Favourite(w.t.Context(), m, some(), true) // what they cannot see they cannot like
	case 11:
		_ = w.posts.Keep(w.t.Context(), m, some(), true)
	case 12:
		_, _ = w.posts.Boost(w.t.Context(), m, some(), true)
	case 13:
		if id, err := w.posts.Write(w.t.Context(), m, camp.Draft{Text: "answer" + name, ReplyTo: some()}); err == nil {
			w.add1(id)
		}
	}
	w.clock.add(time.Second)
}

func (w *town) add1(id camp.PostID) {
	if id != 0 {
		w.written = append(w.written, id)
	}
}

// seen is all that everybody here sees, but the follows that a decision cuts.
func (w *town) seen() map[string]any {
	w.t.Helper()
	all := map[string]any{}
	for _, by := range w.members {
		note := func(what string, v any, err error) {
			w.t.Helper()
			all[fmt.Sprintf("%d %s", by.Member, what)] = fmt.Sprintf("%+v %s", v, say(err))
		}
		ctx, page := w.t.Context(), camp.Page{Limit: 40}
		for what, read := range map[string]func() ([]camp.PostView, error){
			"fire": func() ([]camp.PostView, error) { return w.posts.Fire(ctx, by, page) },
			"home": func() ([]camp.PostView, error) { return w.posts.Home(ctx, by, page) },
			"kept": func() ([]camp.PostView, error) { return w.posts.Kept(ctx, by, page) },
			"favs": func() ([]camp.PostView, error) { return w.posts.Favourites(ctx, by, page) },
		} {
			list, err := read()
			note(what, plain(list), err)
		}
		notices, err := w.posts.Notices(ctx, by, page)
		note("notices", w.said(notices, nil), err)
		n, err := w.posts.Unread(ctx, by)
		note("unread", n, err)
		for _, r := range w.far {
			list, err := w.posts.By(ctx, by, r.ID, page)
			note("by "+r.Handle(), plain(list), err)
			who, err := w.posts.Person(ctx, by, r.ID)
			note("person "+r.Handle(), who, err)
		}
		for _, id := range w.written {
			th, err := w.posts.Thread(ctx, by, id)
			note("thread "+id.String(), plain(append(append(slices.Clone(th.Above), th.Focus), th.Below...)), err)
		}
	}
	return all
}

// plain shows posts with all that is shown of them.
func plain(list []camp.PostView) string {
	var b strings.Builder
	for _, p := range list {
		fmt.Fprintf(&b, "%d by %s: %s%s %d files %t, %d answers %d likes %d boosts, %t %t %t, in answer to %q;\n",
			p.ID, p.By.Name, p.Text, p.Body, len(p.Files), p.NoFiles, p.Replies, p.Favourites, p.Boosts, p.Favourited, p.Kept, p.Boosted, p.ReplyBy)
	}
	return b.String()
}

// TestUndoLeavesEverythingAsItWas: block then undo with nothing in between leaves
// what everybody sees equal, but follows that wait for the other side.
func TestUndoLeavesEverythingAsItWas(t *testing.T) {
	for _, level := range []camp.Level{camp.LevelMedia, camp.LevelLimit, camp.LevelBlock, camp.LevelFirewall} {
		for seed := range uint64(4) {
			t.Run(fmt.Sprint(level, seed), func(t *testing.T) {
				t.Parallel()
				w := newTown(t, seed)
				for range 120 {
					w.act()
				}
				before := w.seen()
				change := w.set("far.example", level)
				during := w.seen()
				if cmp.Equal(before, during) {
					t.Error("the decision did nothing")
				}
				w.clock.add(time.Duration(w.rnd.IntN(29)) * 24 * time.Hour)
				w.settled()
				if err := w.border.Undo(t.Context(), w.host, change); err != nil {
					t.Fatal(err)
				}
				if d := cmp.Diff(before, w.seen()); d != "" {
					t.Error(d)
				}
			})
		}
	}
}

// TestNothingOfABlockedServerIsSeen: whatever came before, nobody reads a word of
// a server that is blocked, nor hears of anybody there.
func TestNothingOfABlockedServerIsSeen(t *testing.T) {
	for seed := range uint64(4) {
		w := newTown(t, seed+100)
		for range 120 {
			w.act()
		}
		w.set("far.example", camp.LevelFirewall)
		for key, v := range w.seen() {
			if strings.Contains(key, " person ") {
				continue // by nothing but their name
			}
			text := strings.ReplaceAll(fmt.Sprint(v), "xfar.example", "")
			// A member sees their own words, also where they hold a link.
			if strings.Contains(text, "@far.example") || strings.Contains(text, "@sub.far.example") || strings.Contains(text, "far.example/a.png") {
				t.Errorf("%s: %s", key, text)
			}
		}
	}
}

// BenchmarkTies counts what binds a camp to a server of 500 people and 10,000 posts.
func BenchmarkTies(b *testing.B) {
	h := newBordered(b)
	var far []camp.Remote
	for i := range 500 {
		far = append(far, h.remote(fmt.Sprintf("p%d", i), "far.example"))
	}
	if _, err := poststest.Seed(b.Context(), store.As[posts.Tx](h.db), []camp.Actor{h.host}, 1000, 1); err != nil {
		b.Fatal(err)
	}
	for n := 0; n < 10_000; n += 200 {
		err := h.db.Update(b.Context(), func(tx *store.Tx) error {
			for i := range 200 {
				r := far[(n+i)%len(far)]
				id := camp.PostID(tx.NextID())
				p := camp.Post{ID: id, Root: id, Author: r.ID, URI: fmt.Sprint(r.URI, "/", n+i), Audience: camp.AudiencePublic, Written: tx.Now()}
				if err := tx.PutPost(p, nil); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	p50(b, func() error {
		p, err := h.border.Preview(b.Context(), "far.example", camp.LevelBlock)
		if p.PostsHidden != 10_000 {
			b.Fatalf("%d posts", p.PostsHidden)
		}
		return err
	})
}
