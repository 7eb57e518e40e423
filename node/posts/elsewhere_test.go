package posts_test

import (
	"slices"
	"testing"
	"time"

	"camp/node/camp"
	"camp/node/posts"
	"camp/store"
)

// open makes a camp that talks with the wider world.
func openHouse(t *testing.T) *house {
	h := newHouse(t)
	h.outside, h.level = true, map[camp.Domain]camp.Level{}
	return h
}

// remote makes somebody elsewhere known.
func (h *house) remote(name string, domain camp.Domain) camp.Remote {
	h.t.Helper()
	var r camp.Remote
	err := h.db.Update(h.t.Context(), func(tx *store.Tx) error {
		uri := "https://" + string(domain) + "/users/" + name
		r = camp.Remote{ID: camp.MemberID(tx.NextID()), URI: uri, Domain: domain, At: domain, Name: name, Display: name, Inbox: uri + "/inbox", Kind: camp.RemotePerson}
		return tx.PutRemote(r, nil)
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return r
}

// in runs an act that federation would do.
func (h *house) in(fn func(posts.Tx) ([]camp.Event, error)) []camp.Event {
	h.t.Helper()
	var events []camp.Event
	err := h.db.Update(h.t.Context(), func(tx *store.Tx) (err error) {
		events, err = fn(h.posts.In(tx))
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return events
}

// errands takes what is to be told elsewhere.
func (h *house) errands() (list []camp.Errand) {
	h.t.Helper()
	err := h.db.Update(h.t.Context(), func(tx *store.Tx) (err error) {
		if list, err = tx.Errands(100); err != nil {
			return err
		}
		for _, e := range list {
			if err := tx.DropErrand(e.ID); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return list
}

func kinds(list []camp.Errand) []camp.ErrandKind {
	var out []camp.ErrandKind
	for _, e := range list {
		out = append(out, e.Do)
	}
	return out
}

// follows makes a member follow somebody elsewhere, who said yes.
func (h *house) follows(by camp.Actor, r camp.Remote) {
	h.t.Helper()
	if _, err := h.posts.Follow(h.t.Context(), by, r.ID, false); err != nil {
		h.t.Fatal(err)
	}
	h.in(func(tx posts.Tx) ([]camp.Event, error) { return posts.FarAnswer(tx, r.ID, by.Member, "", true) })
	h.errands()
}

// arrive lets a post come from elsewhere.
func (h *house) arrive(r camp.Remote, n string, change func(*posts.Arrival)) (id camp.PostID) {
	h.t.Helper()
	a := posts.Arrival{Post: camp.Post{
		Author: r.ID, URI: r.URI + "/" + n, Audience: camp.AudiencePublic, Body: "<p>" + n + "</p>", Written: h.clock.now(),
	}}
	if change != nil {
		change(&a)
	}
	h.in(func(tx posts.Tx) (events []camp.Event, err error) {
		id, events, err = posts.Arrive(tx, a)
		return events, err
	})
	h.clock.add(time.Second)
	return id
}

func bodies(list []camp.PostView) string {
	out := ""
	for _, p := range list {
		out += p.Body + p.Text + "|"
	}
	return out
}

func (h *house) home(by camp.Actor) string {
	h.t.Helper()
	list, err := h.posts.Home(h.t.Context(), by, camp.Page{})
	if err != nil {
		h.t.Fatal(err)
	}
	return bodies(list)
}

func TestOnlyWhatConcernsSomebodyIsKept(t *testing.T) {
	h := openHouse(t)
	ada, ben := h.add("ada", camp.RoleMember), h.add("ben", camp.RoleMember)
	ana, zoe := h.remote("ana", "far.example"), h.remote("zoe", "far.example")
	h.follows(ada, ana)
	mine, err := h.posts.Write(t.Context(), ben, camp.Draft{Text: "to all", Audience: camp.AudiencePublic})
	if err != nil {
		t.Fatal(err)
	}
	inner := h.write(ben, "camp only", 0)
	want(t, "of somebody followed", h.arrive(ana, "1", nil) != 0, true)
	want(t, "of a stranger", h.arrive(zoe, "2", nil) != 0, false)
	want(t, "that names a member", h.arrive(zoe, "3", func(a *posts.Arrival) { a.Post.Mentions = []camp.MemberID{ben.Member} }) != 0, true)
	want(t, "that names a stranger", h.arrive(zoe, "4", func(a *posts.Arrival) { a.Post.Mentions = []camp.MemberID{ana.ID} }) != 0, false)
	want(t, "that answers a public post", h.arrive(zoe, "5", func(a *posts.Arrival) { a.ReplyTo = posts.LocalScheme + mine.String() }) != 0, true)
	want(t, "that answers a camp post", h.arrive(zoe, "6", func(a *posts.Arrival) { a.ReplyTo = posts.LocalScheme + inner.String() }) != 0, false)
	want(t, "that was asked for", h.arrive(zoe, "7", func(a *posts.Arrival) { a.Asked = true }) != 0, true)
	want(t, "ada's home", h.home(ada), "<p>1</p>|camp only|to all|")
	want(t, "ben's home", h.home(ben), "camp only|to all|")
	fire, err := h.posts.Fire(t.Context(), ada, camp.Page{})
	if err != nil {
		t.Fatal(err)
	}
	want(t, "the camp's own page", bodies(fire), "camp only|to all|")
	want(t, "answers counted", h.post(ben, mine).Replies, 1)
	want(t, "answers to the camp post", h.post(ben, inner).Replies, 0)
	again := h.arrive(ana, "1", func(a *posts.Arrival) { a.Post.Body = "other" })
	want(t, "twice is as once", h.post(ada, again).Body, "<p>1</p>")
}

func TestFollowersPostsAreForFollowers(t *testing.T) {
	h := openHouse(t)
	ada, ben := h.add("ada", camp.RoleMember), h.add("ben", camp.RoleMember)
	ana := h.remote("ana", "far.example")
	h.follows(ada, ana)
	id := h.arrive(ana, "1", func(a *posts.Arrival) { a.Post.Audience = camp.AudienceFollowers })
	letter := h.arrive(ana, "2", func(a *posts.Arrival) {
		a.Post.Audience, a.Post.Mentions = camp.AudienceLetter, []camp.MemberID{ben.Member}
	})
	_, err := h.posts.Post(t.Context(), ben, id)
	want(t, "somebody who does not follow", say(err), "posts.gone.say")
	want(t, "who follows", h.post(ada, id).Body, "<p>1</p>")
	_, err = h.posts.Post(t.Context(), ada, letter)
	want(t, "a letter to another", say(err), "posts.gone.say")
	want(t, "a letter to oneself", h.post(ben, letter).Body, "<p>2</p>")
	_, err = h.posts.Post(t.Context(), h.host, letter)
	want(t, "the host and a letter", say(err), "posts.gone.say")
	if err := h.posts.Unfollow(t.Context(), ada, ana.ID); err != nil {
		t.Fatal(err)
	}
	_, err = h.posts.Post(t.Context(), ada, id)
	want(t, "after unfollowing", say(err), "posts.gone.say")
	want(t, "home after unfollowing", h.home(ada), "")
	want(t, "told", slices.Equal(kinds(h.errands()), []camp.ErrandKind{camp.ErrandUnfollow}), true)
}

func TestLevelsHideWhatIsThere(t *testing.T) {
	h := openHouse(t)
	ada, ben := h.add("ada", camp.RoleMember), h.add("ben", camp.RoleMember)
	ana := h.remote("ana", "far.example")
	h.follows(ada, ana)
	id := h.arrive(ana, "1", func(a *posts.Arrival) { a.Post.Files = []camp.File{{URL: "https://far.example/a.png"}} })
	for level, c := range map[camp.Level]struct {
		ada, ben string
		files    int
	}{
		camp.LevelNone:     {"", "", 1},
		camp.LevelMedia:    {"", "", 0},
		camp.LevelLimit:    {"", "posts.gone.say", 1},
		camp.LevelBlock:    {"posts.gone.say", "posts.gone.say", 0},
		camp.LevelFirewall: {"posts.gone.say", "posts.gone.say", 0},
	} {
		h.level["far.example"] = level
		p, err := h.posts.Post(t.Context(), ada, id)
		want(t, string(level)+": a follower", say(err), c.ada)
		want(t, string(level)+": files", len(p.Files), c.files)
		want(t, string(level)+": said so", p.NoFiles, level == camp.LevelMedia)
		_, err = h.posts.Post(t.Context(), ben, id)
		want(t, string(level)+": another", say(err), c.ben)
	}
}

func TestMuteAndBlock(t *testing.T) {
	h := openHouse(t)
	ada := h.add("ada", camp.RoleMember)
	ana := h.remote("ana", "far.example")
	h.follows(ada, ana)
	id := h.arrive(ana, "1", nil)
	if err := h.posts.Mute(t.Context(), ada, ana.ID, true); err != nil {
		t.Fatal(err)
	}
	want(t, "muted: home", h.home(ada), "")
	want(t, "muted: by its address", h.post(ada, id).Body, "<p>1</p>")
	h.arrive(ana, "2", func(a *posts.Arrival) { a.Post.Mentions = []camp.MemberID{ada.Member} })
	list, err := h.posts.Notices(t.Context(), ada, camp.Page{})
	if err != nil {
		t.Fatal(err)
	}
	want(t, "muted: told", len(list), 0)
	h.in(func(tx posts.Tx) ([]camp.Event, error) {
		return posts.FarFollow(tx, ana.ID, ada.Member, ana.URI+"/f", false)
	})
	h.errands()
	if err := h.posts.Block(t.Context(), ada, ana.ID, true); err != nil {
		t.Fatal(err)
	}
	_, err = h.posts.Post(t.Context(), ada, id)
	want(t, "blocked", say(err), "posts.gone.say")
	rel, err := h.posts.Relations(t.Context(), ada, []camp.MemberID{ana.ID})
	if err != nil {
		t.Fatal(err)
	}
	want(t, "follows cut both ways", rel[0].Follows == nil && rel[0].Followed == nil, true)
	want(t, "told", slices.Equal(kinds(h.errands()), []camp.ErrandKind{camp.ErrandUnfollow, camp.ErrandBlock}), true)
	h.in(func(tx posts.Tx) ([]camp.Event, error) {
		return posts.FarFollow(tx, ana.ID, ada.Member, ana.URI+"/g", false)
	})
	want(t, "a follow of somebody blocked", slices.Equal(kinds(h.errands()), []camp.ErrandKind{camp.ErrandReject}), true)
}

func TestWhoBlocksAMemberVanishes(t *testing.T) {
	h := openHouse(t)
	ada := h.add("ada", camp.RoleMember)
	ana := h.remote("ana", "far.example")
	h.follows(ada, ana)
	id := h.arrive(ana, "1", nil)
	h.in(func(tx posts.Tx) ([]camp.Event, error) { return posts.FarBlock(tx, ana.ID, ada.Member, true) })
	_, err := h.posts.Post(t.Context(), ada, id)
	want(t, "read", say(err), "posts.gone.say")
	_, err = h.posts.Follow(t.Context(), ada, ana.ID, false)
	want(t, "follow", say(err), "posts.follow_apart.say")
	want(t, "nothing is told", len(h.errands()), 0)
	h.in(func(tx posts.Tx) ([]camp.Event, error) { return posts.FarBlock(tx, ana.ID, ada.Member, false) })
	want(t, "after it was taken back", h.post(ada, id).Body, "<p>1</p>")
}

func TestBoosts(t *testing.T) {
	h := openHouse(t)
	ada, ben := h.add("ada", camp.RoleMember), h.add("ben", camp.RoleMember)
	ana := h.remote("ana", "far.example")
	if _, err := h.posts.Follow(t.Context(), ben, ada.Member, false); err != nil {
		t.Fatal(err)
	}
	inner := h.write(ada, "camp only", 0)
	_, err := h.posts.Boost(t.Context(), ben, inner, true)
	want(t, "a camp post", say(err), "posts.no_boost.say")
	far := h.arrive(ana, "1", func(a *posts.Arrival) { a.Asked = true })
	boost, err := h.posts.Boost(t.Context(), ada, far, true)
	if err != nil {
		t.Fatal(err)
	}
	twice, err := h.posts.Boost(t.Context(), ada, far, true)
	if err != nil || twice != boost {
		t.Fatalf("twice: %v %v", twice, err)
	}
	want(t, "count", h.post(ada, far).Boosts, 1)
	want(t, "mine", h.post(ada, far).Boosted, true)
	list, err := h.posts.Home(t.Context(), ben, camp.Page{})
	if err != nil || len(list) != 2 {
		t.Fatalf("ben's home: %v %v", bodies(list), err)
	}
	want(t, "passed on", list[0].Body, "<p>1</p>")
	want(t, "by", list[0].PassedBy.Name, "ada")
	want(t, "whose", list[0].By.Name, "ana@far.example")
	want(t, "told", slices.Equal(kinds(h.errands()), []camp.ErrandKind{camp.ErrandBoost}), true)
	if _, err := h.posts.Boost(t.Context(), ada, far, false); err != nil {
		t.Fatal(err)
	}
	want(t, "count after", h.post(ada, far).Boosts, 0)
	want(t, "home after", h.home(ben), "camp only|")
	want(t, "told after", slices.Equal(kinds(h.errands()), []camp.ErrandKind{camp.ErrandUnboost}), true)

	open, err := h.posts.Write(t.Context(), ada, camp.Draft{Text: "to all", Audience: camp.AudiencePublic})
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []camp.PostID{open, inner} {
		h.in(func(tx posts.Tx) ([]camp.Event, error) {
			p, _, err := tx.Post(id)
			if err != nil {
				return nil, err
			}
			return posts.FarBoost(tx, ana.ID, p, ana.URI+"/b"+id.String(), h.clock.now())
		})
	}
	want(t, "public post, from elsewhere", h.post(ada, open).Boosts, 1)
	want(t, "camp post, from elsewhere", h.post(ada, inner).Boosts, 0)
}

func TestPolls(t *testing.T) {
	h := openHouse(t)
	ada, ben := h.add("ada", camp.RoleMember), h.add("ben", camp.RoleMember)
	ana := h.remote("ana", "far.example")
	poll := &camp.Poll{Choices: []camp.Choice{{Text: "tea"}, {Text: "coffee"}}, Ends: h.clock.now().Add(time.Hour)}
	id, err := h.posts.Write(t.Context(), ada, camp.Draft{Text: "what?", Poll: poll, Audience: camp.AudiencePublic})
	if err != nil {
		t.Fatal(err)
	}
	want(t, "first vote", say(h.posts.Vote(t.Context(), ben, id, []int{1})), "")
	want(t, "second vote", say(h.posts.Vote(t.Context(), ben, id, []int{0})), "posts.voted.say")
	want(t, "two at once", say(h.posts.Vote(t.Context(), h.host, id, []int{0, 1})), "posts.voted.say")
	want(t, "no such choice", say(h.posts.Vote(t.Context(), h.host, id, []int{2})), "posts.no_choice.say")
	for range 2 {
		h.in(func(tx posts.Tx) ([]camp.Event, error) {
			p, _, err := tx.Post(id)
			if err != nil {
				return nil, err
			}
			return posts.FarVote(tx, ana.ID, p, "tea")
		})
	}
	p := h.post(ben, id)
	want(t, "tea", p.Poll.Choices[0].Votes, 1)
	want(t, "coffee", p.Poll.Choices[1].Votes, 1)
	want(t, "voters", p.Poll.Voters, 2)
	want(t, "voted", p.Voted && slices.Equal(p.Votes, []int{1}), true)
	h.clock.add(2 * time.Hour)
	want(t, "over", say(h.posts.Vote(t.Context(), h.host, id, []int{0})), "posts.poll_over.say")
}

// TestNothingOfTheCampLeaves: no act upon a camp post leaves word for elsewhere,
// whatever is done to it; the same acts upon a public post do.
func TestNothingOfTheCampLeaves(t *testing.T) {
	h := openHouse(t)
	ada, ben := h.add("ada", camp.RoleMember), h.add("ben", camp.RoleMember)
	ana := h.remote("ana", "far.example")
	h.in(func(tx posts.Tx) ([]camp.Event, error) {
		return posts.FarFollow(tx, ana.ID, ada.Member, ana.URI+"/f", false)
	})
	h.errands()
	acts := func(audience camp.Audience) []camp.ErrandKind {
		id, err := h.posts.Write(t.Context(), ada, camp.Draft{Text: "hello @ana@far.example", Audience: audience})
		if err != nil {
			t.Fatal(err)
		}
		reply, err := h.posts.Write(t.Context(), ben, camp.Draft{Text: "an answer", ReplyTo: id})
		if err != nil {
			t.Fatal(err)
		}
		for _, err := range []error{
			h.posts.Favourite(t.Context(), ben, id, true), h.posts.Keep(t.Context(), ben, id, true),
			h.posts.Edit(t.Context(), ada, id, camp.Draft{Text: "changed"}), h.posts.Favourite(t.Context(), ben, id, false),
			h.posts.Delete(t.Context(), ben, reply), h.posts.Delete(t.Context(), ada, id),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
		return kinds(h.errands())
	}
	if got := acts(camp.AudienceCamp); len(got) != 0 {
		t.Errorf("camp: %v", got)
	}
	want := []camp.ErrandKind{camp.ErrandPost, camp.ErrandPost, camp.ErrandEdit, camp.ErrandDelete, camp.ErrandDelete}
	if got := acts(camp.AudiencePublic); !slices.Equal(got, want) {
		t.Errorf("public: %v, want %v", got, want)
	}
}

func TestLetters(t *testing.T) {
	h := openHouse(t)
	ada, ben := h.add("ada", camp.RoleMember), h.add("ben", camp.RoleMember)
	ana := h.remote("ana", "far.example")
	letter, err := h.posts.Write(t.Context(), ada, camp.Draft{Text: "@ben come over", Audience: camp.AudienceLetter})
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.posts.Post(t.Context(), h.host, letter)
	want(t, "the host", say(err), "posts.gone.say")
	want(t, "whom it names", h.post(ben, letter).Text, "@ben come over")
	want(t, "within the camp", len(h.errands()), 0)
	_, err = h.posts.Write(t.Context(), ben, camp.Draft{Text: "@mia look", ReplyTo: letter})
	want(t, "an answer to more people", say(err), "posts.letter_wider.say")
	_, err = h.posts.Write(t.Context(), ben, camp.Draft{Text: "yes", ReplyTo: letter, Audience: camp.AudienceCamp})
	want(t, "an answer to the camp", say(err), "posts.audience_wider.say")
	back, err := h.posts.Write(t.Context(), ben, camp.Draft{Text: "yes", ReplyTo: letter})
	if err != nil {
		t.Fatal(err)
	}
	want(t, "the answer", h.post(ada, back).Audience, camp.AudienceLetter)
	_, err = h.posts.Boost(t.Context(), ben, letter, true)
	want(t, "passing on", say(err), "posts.no_boost.say")
	if _, err := h.posts.Write(t.Context(), ada, camp.Draft{Text: "@ana@far.example hello", Audience: camp.AudienceLetter}); err != nil {
		t.Fatal(err)
	}
	list := h.errands()
	want(t, "to somebody elsewhere", slices.Equal(kinds(list), []camp.ErrandKind{camp.ErrandPost}), true)
	_ = ana
	inner := h.write(ada, "camp only", 0)
	_, err = h.posts.Write(t.Context(), ben, camp.Draft{Text: "@ana@far.example psst", ReplyTo: inner, Audience: camp.AudienceLetter})
	want(t, "a letter about a camp post to somebody elsewhere", say(err), "posts.letter_wider.say")
}

func TestChangesFromElsewhere(t *testing.T) {
	h := openHouse(t)
	ada := h.add("ada", camp.RoleMember)
	ana, zoe := h.remote("ana", "far.example"), h.remote("zoe", "far.example")
	h.follows(ada, ana)
	id := h.arrive(ana, "1", nil)
	change := func(by camp.Remote, body string, at time.Time, audience camp.Audience) {
		h.in(func(tx posts.Tx) ([]camp.Event, error) {
			return posts.Change(tx, posts.Arrival{Post: camp.Post{Author: by.ID, URI: ana.URI + "/1", Body: body, Audience: audience}}, at)
		})
	}
	change(zoe, "of another", h.clock.now(), camp.AudiencePublic)
	want(t, "by another", h.post(ada, id).Body, "<p>1</p>")
	change(ana, "newer", h.clock.now(), camp.AudienceFollowers)
	want(t, "newer", h.post(ada, id).Body, "newer")
	want(t, "narrowed", h.post(ada, id).Audience, camp.AudienceFollowers)
	change(ana, "older", h.clock.now().Add(-time.Hour), camp.AudiencePublic)
	want(t, "older", h.post(ada, id).Body, "newer")
	history, err := h.posts.History(t.Context(), ada, id)
	if err != nil || len(history) != 1 {
		t.Fatalf("history: %v %v", history, err)
	}
	want(t, "the state before", history[0].Body, "<p>1</p>")
	_ = h.in(func(tx posts.Tx) ([]camp.Event, error) { return posts.Gone(tx, zoe.ID, ana.URI+"/1") })
	want(t, "taken back by another", h.post(ada, id).Body, "newer")
	_ = h.in(func(tx posts.Tx) ([]camp.Event, error) { return posts.Gone(tx, ana.ID, ana.URI+"/1") })
	_, err = h.posts.Post(t.Context(), ada, id)
	want(t, "taken back", say(err), "posts.gone.say")
	_ = h.in(func(tx posts.Tx) ([]camp.Event, error) { return posts.Gone(tx, ana.ID, ana.URI+"/2") })
	want(t, "a copy that comes after its end", h.arrive(ana, "2", nil) != 0, false)
	want(t, "home", h.home(ada), "")
}

func TestSomebodyElsewhereIsNoMore(t *testing.T) {
	h := openHouse(t)
	ada := h.add("ada", camp.RoleMember)
	ana := h.remote("ana", "far.example")
	h.follows(ada, ana)
	id := h.arrive(ana, "1", nil)
	open, err := h.posts.Write(t.Context(), ada, camp.Draft{Text: "to all", Audience: camp.AudiencePublic})
	if err != nil {
		t.Fatal(err)
	}
	h.in(func(tx posts.Tx) ([]camp.Event, error) {
		p, _, err := tx.Post(open)
		if err != nil {
			return nil, err
		}
		if _, err := posts.FarLike(tx, ana.ID, p, true); err != nil {
			return nil, err
		}
		p, _, err = tx.Post(open)
		if err != nil {
			return nil, err
		}
		return posts.FarBoost(tx, ana.ID, p, ana.URI+"/b", h.clock.now())
	})
	want(t, "liked", h.post(ada, open).Favourites, 1)
	h.in(func(tx posts.Tx) ([]camp.Event, error) { return posts.FarGone(tx, ana) })
	if err := h.posts.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, err = h.posts.Post(t.Context(), ada, id)
	want(t, "their post", say(err), "posts.gone.say")
	p := h.post(ada, open)
	want(t, "their like", p.Favourites, 0)
	want(t, "their boost", p.Boosts, 0)
	ties, err := h.posts.Following(t.Context(), ada, 0)
	if err != nil {
		t.Fatal(err)
	}
	want(t, "follows", len(ties), 0)
}

func TestMovedHouse(t *testing.T) {
	h := openHouse(t)
	ada := h.add("ada", camp.RoleMember)
	ana, next := h.remote("ana", "far.example"), h.remote("ana", "new.example")
	h.follows(ada, ana)
	h.in(func(tx posts.Tx) ([]camp.Event, error) { return posts.FarMoved(tx, ana.ID, next.ID) })
	want(t, "told", slices.Equal(kinds(h.errands()), []camp.ErrandKind{camp.ErrandUnfollow, camp.ErrandFollow}), true)
	ties, err := h.posts.Following(t.Context(), ada, 0)
	if err != nil || len(ties) != 1 {
		t.Fatalf("%v %v", ties, err)
	}
	want(t, "follows", ties[0].Who.Name, "ana@new.example")
}

func TestWithoutADomainNothingIsForOutside(t *testing.T) {
	h := newHouse(t)
	ada := h.add("ada", camp.RoleMember)
	for _, a := range []camp.Audience{camp.AudienceFollowers, camp.AudienceQuiet, camp.AudiencePublic} {
		_, err := h.posts.Write(t.Context(), ada, camp.Draft{Text: "x", Audience: a})
		want(t, a.String(), say(err), "posts.audience.say")
	}
	r := h.remote("ana", "far.example")
	_, err := h.posts.Follow(t.Context(), ada, r.ID, false)
	want(t, "follow", say(err), "posts.no_outside.say")
	want(t, "word left", len(h.errands()), 0)
}
