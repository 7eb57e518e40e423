package posts_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"camp/node/camp"
	"camp/node/posts"
	"camp/store"
)

func (h *house) sweep() {
	h.t.Helper()
	if err := h.posts.Sweep(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
}

// there reports whether a post is in the store.
func (h *house) there(id camp.PostID) (ok bool) {
	h.t.Helper()
	h.in(func(tx posts.Tx) ([]camp.Event, error) {
		var err error
		_, ok, err = tx.Post(id)
		return nil, err
	})
	return ok
}

func (h *house) knows(r camp.Remote) (ok bool) {
	h.t.Helper()
	h.in(func(tx posts.Tx) ([]camp.Event, error) {
		var err error
		_, ok, err = tx.RemoteByURI(r.URI)
		return nil, err
	})
	return ok
}

// What comes from elsewhere goes after sixty days if nobody here holds on to it,
// and stays as long as somebody does (community.md 10).
func TestSweepOfPosts(t *testing.T) {
	h := openHouse(t)
	ada := h.add("ada", camp.RoleMember)
	bo, cy, friend := h.remote("bo", "far.example"), h.remote("cy", "far.example"), h.remote("fay", "far.example")
	h.follows(ada, friend)
	asked := func(a *posts.Arrival) { a.Asked = true }
	bare := h.arrive(bo, "bare", asked)
	old := h.arrive(bo, "old", func(a *posts.Arrival) { a.Asked, a.Post.Written = true, h.clock.now().AddDate(-3, 0, 0) })
	ids := map[string]camp.PostID{
		"by somebody followed": h.arrive(friend, "followed", nil),
		"names a member":       h.arrive(bo, "names", func(a *posts.Arrival) { a.Post.Mentions = []camp.MemberID{ada.Member} }),
		"kept":                 h.arrive(bo, "kept", asked),
		"liked":                h.arrive(bo, "liked", asked),
		"passed on here":       h.arrive(bo, "boosted", asked),
		"passed on by a friend": func() camp.PostID {
			id := h.arrive(bo, "shared", asked)
			h.in(func(tx posts.Tx) ([]camp.Event, error) {
				p, _, err := tx.Post(id)
				if err != nil {
					return nil, err
				}
				return posts.FarBoost(tx, friend.ID, p, friend.URI+"/boost", h.clock.now())
			})
			return id
		}(),
		"answered here": h.arrive(bo, "answered", asked),
		"quoted here":   h.arrive(bo, "quoted", asked),
		"voted in": h.arrive(bo, "poll", func(a *posts.Arrival) {
			a.Asked, a.Post.Poll = true, &camp.Poll{Choices: []camp.Choice{{Text: "yes"}, {Text: "no"}}}
		}),
		"reported":           h.arrive(bo, "reported", asked),
		"above a friend's":   h.arrive(bo, "above", asked),
		"came a while later": 0,
	}
	ctx := t.Context()
	below := h.arrive(cy, "below", func(a *posts.Arrival) { a.Asked, a.ReplyTo = true, bo.URI+"/answered" })
	h.arrive(friend, "answer", func(a *posts.Arrival) { a.ReplyTo = bo.URI + "/above" })
	passed := camp.PostID(0)
	h.in(func(tx posts.Tx) ([]camp.Event, error) {
		p, _, err := tx.Post(bare)
		if err != nil {
			return nil, err
		}
		ev, err := posts.FarBoost(tx, cy.ID, p, cy.URI+"/boost", h.clock.now())
		if err != nil {
			return nil, err
		}
		passed, _, err = tx.Boost(bare, cy.ID)
		return ev, err
	})
	_, boosted := h.posts.Boost(ctx, ada, ids["passed on here"], true)
	_, quoting := h.posts.Write(ctx, ada, camp.Draft{Text: "see this", Audience: camp.AudiencePublic, Quote: ids["quoted here"]})
	_, reporting := h.posts.Report(ctx, ada, camp.ReportDraft{Whom: bo.ID, Posts: []camp.PostID{ids["reported"]}})
	for what, err := range map[string]error{
		"keep": h.posts.Keep(ctx, ada, ids["kept"], true), "like": h.posts.Favourite(ctx, ada, ids["liked"], true), "boost": boosted, "quote": quoting,
		"vote": h.posts.Vote(ctx, ada, ids["voted in"], []int{0}), "report": reporting,
	} {
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	h.write(ada, "my answer", ids["answered here"])
	local := h.write(ada, "only the camp's", 0)
	h.clock.add(59 * 24 * time.Hour)
	ids["came a while later"] = h.arrive(bo, "late", asked)
	h.sweep()
	if !h.there(bare) || !h.there(old) {
		t.Error("gone before its time, though it is old")
	}
	h.errands()
	h.clock.add(2 * 24 * time.Hour)
	h.ear.take()
	h.sweep()
	if h.there(bare) || h.there(old) || h.there(passed) {
		t.Errorf("still there: %v, the old one %v, who passed it on %v", h.there(bare), h.there(old), h.there(passed))
	}
	for name, id := range ids {
		if !h.there(id) {
			t.Errorf("gone, though %s", name)
		}
	}
	if !h.there(below) || !h.there(local) {
		t.Error("the rest of a conversation, or a post of the camp, is gone")
	}
	if list := h.errands(); len(list) > 0 {
		t.Errorf("others are told: %v", kinds(list))
	}
	told := slices.ContainsFunc(h.ear.take(), func(e camp.Event) bool { return e.Kind == camp.EventPostGone && e.Post == bare })
	want(t, "whoever looks at it is told", told, true)
	// Whoever asks for it has it again.
	if again := h.arrive(bo, "bare", asked); again == 0 || !h.there(again) {
		t.Error("what was forgotten cannot come again")
	}
	// Once nobody holds on to it, it goes at the next look.
	if err := h.posts.Keep(ctx, ada, ids["kept"], false); err != nil {
		t.Fatal(err)
	}
	h.clock.add(61 * 24 * time.Hour)
	h.sweep()
	if h.there(ids["kept"]) || !h.there(ids["liked"]) {
		t.Errorf("kept no more %v, still liked %v", h.there(ids["kept"]), h.there(ids["liked"]))
	}
}

func TestSweepOfPeople(t *testing.T) {
	h := openHouse(t)
	ada := h.add("ada", camp.RoleMember)
	ctx := t.Context()
	who := func(name string) camp.Remote { return h.remote(name, "far.example") }
	none, seen := who("nobody"), who("seen")
	stay := map[string]camp.Remote{}
	for _, name := range []string{"followed", "follows", "wrote", "likes", "named", "blocked", "blocks", "welcome", "reported"} {
		stay[name] = who(name)
	}
	h.follows(ada, stay["followed"])
	mine := h.write(ada, "hello", 0)
	if _, err := h.posts.Write(ctx, ada, camp.Draft{Text: "dear @named@far.example", Audience: camp.AudiencePublic}); err != nil {
		t.Fatal(err)
	}
	open, err := h.posts.Write(ctx, ada, camp.Draft{Text: "to all", Audience: camp.AudiencePublic})
	if err != nil || mine == 0 {
		t.Fatal(err)
	}
	h.arrive(stay["wrote"], "x", func(a *posts.Arrival) { a.Post.Mentions = []camp.MemberID{ada.Member} })
	h.in(func(tx posts.Tx) ([]camp.Event, error) {
		p, _, err := tx.Post(open)
		if err != nil {
			return nil, err
		}
		if _, err := posts.FarLike(tx, stay["likes"].ID, p, true); err != nil {
			return nil, err
		}
		if _, err := posts.FarBlock(tx, stay["blocks"].ID, ada.Member, true); err != nil {
			return nil, err
		}
		if err := tx.PutWelcome(ada.Member, stay["welcome"].ID, true); err != nil {
			return nil, err
		}
		return posts.FarFollow(tx, stay["follows"].ID, ada.Member, stay["follows"].URI+"/f", false)
	})
	_, reporting := h.posts.Report(ctx, ada, camp.ReportDraft{Whom: stay["reported"].ID})
	for _, err := range []error{h.posts.Block(ctx, ada, stay["blocked"].ID, true), reporting} {
		if err != nil {
			t.Fatal(err)
		}
	}
	h.errands()
	h.clock.add(61 * 24 * time.Hour)
	err = h.db.Update(ctx, func(tx *store.Tx) error {
		was := seen
		seen.Fetched = tx.Now().Add(-time.Hour)
		return tx.PutRemote(seen, &was)
	})
	if err != nil {
		t.Fatal(err)
	}
	h.sweep()
	if h.knows(none) || !h.knows(seen) {
		t.Errorf("of nobody %v, seen an hour ago %v", h.knows(none), h.knows(seen))
	}
	for name, r := range stay {
		if !h.knows(r) {
			t.Errorf("%s: forgotten", name)
		}
	}
	h.clock.add(61 * 24 * time.Hour)
	h.sweep()
	if h.knows(seen) {
		t.Error("seen long ago, and still there")
	}
}

// Of many some go in each round, and all in the end.
func TestSweepHasBounds(t *testing.T) {
	h := openHouse(t)
	bo := h.remote("bo", "far.example")
	var ids []camp.PostID
	for n := range 250 {
		ids = append(ids, h.arrive(bo, fmt.Sprint(n), func(a *posts.Arrival) { a.Asked = true }))
	}
	h.clock.add(61 * 24 * time.Hour)
	left := func() (n int) {
		for _, id := range ids {
			if h.there(id) {
				n++
			}
		}
		return n
	}
	for _, want := range []int{50, 0} {
		h.sweep()
		if got := left(); got != want {
			t.Errorf("%d left, want %d", got, want)
		}
	}
	h.clock.add(61 * 24 * time.Hour) // they were looked at while some were left
	h.sweep()
	if h.knows(bo) {
		t.Error("whose every post is gone stays")
	}
}
