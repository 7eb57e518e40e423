package posts_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"camp/node/border"
	"camp/node/camp"
	"camp/node/posts"
	"camp/store"
)

// bordered is a camp with a border of its own, over one store.
type bordered struct {
	*house
	border   *border.Service
	cut      []camp.Domain // what was asked to be dropped
	cutFails error
}

func newBordered(t testing.TB) *bordered {
	t.Helper()
	b := &bordered{house: newHouse(t)}
	b.outside = true
	b.rewire()
	return b
}

// rewire makes the services anew, as after a start.
func (b *bordered) rewire() {
	b.t.Helper()
	b.border = border.New(border.Options{
		Store: store.As[border.Tx](b.db), Publish: b.ear, Log: b.slog(), Ties: ties{b}, After: func(ctx context.Context) error { return b.posts.Settle(ctx) },
	})
	b.posts = posts.New(posts.Options{
		Store: store.As[posts.Tx](b.db), Publish: b.ear, Log: b.slog(), Outside: func() bool { return b.outside },
		Level: func(d camp.Domain) camp.Level { return b.border.Admit(d, border.In).Level },
		Cut: func(_ context.Context, d camp.Domain) error {
			b.cut = append(b.cut, d)
			return b.cutFails
		},
		Shut: func(string) string { return "[blocked server]" },
	})
	if err := b.border.Load(b.t.Context()); err != nil {
		b.t.Fatal(err)
	}
}

type ties struct{ b *bordered }

func (t ties) Ties(ctx context.Context, d camp.Domain, falls func(camp.Domain) bool) (int, int, int, error) {
	return t.b.posts.Ties(ctx, d, falls)
}

// set decides, and gives the change by which that is undone.
func (b *bordered) set(name string, l camp.Level) string {
	b.t.Helper()
	if l == camp.LevelNone {
		return ""
	}
	if _, err := b.border.Decide(b.t.Context(), b.host, camp.Decision{Name: name, Level: l, Reason: "hate"}); err != nil {
		b.t.Fatal(err)
	}
	list, err := b.border.List(b.t.Context())
	if err != nil {
		b.t.Fatal(err)
	}
	for _, x := range list {
		if string(x.Domain) == name {
			return x.Change
		}
	}
	b.t.Fatalf("%s is not on the list", name)
	return ""
}

func (b *bordered) lift(name string) {
	b.t.Helper()
	if err := b.border.Lift(b.t.Context(), b.host, name); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bordered) notices(by camp.Actor) string {
	b.t.Helper()
	list, err := b.posts.Notices(b.t.Context(), by, camp.Page{})
	return b.said(list, err)
}

func (b *bordered) held(by camp.Actor) string {
	b.t.Helper()
	list, err := b.posts.Held(b.t.Context(), by, camp.Page{})
	return b.said(list, err)
}

func (b *bordered) said(list []camp.NoticeView, err error) string {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
	var out []string
	for _, n := range list {
		out = append(out, string(n.Kind)+" of "+n.From.Name)
	}
	return strings.Join(out, ", ")
}

func (b *bordered) reads(by camp.Actor, id camp.PostID) bool {
	_, err := b.posts.Post(b.t.Context(), by, id)
	return err == nil
}

func (b *bordered) follow(who camp.Remote, whom camp.Actor) {
	b.t.Helper()
	b.in(func(tx posts.Tx) ([]camp.Event, error) {
		return posts.FarFollow(tx, who.ID, whom.Member, who.URI+"/f"+whom.Member.String(), false)
	})
}

func (b *bordered) open(by camp.Actor, text string, replyTo camp.PostID) camp.PostID {
	b.t.Helper()
	id, err := b.posts.Write(b.t.Context(), by, camp.Draft{Text: text, Audience: camp.AudiencePublic, ReplyTo: replyTo})
	if err != nil {
		b.t.Fatal(err)
	}
	b.clock.add(time.Second)
	return id
}

func (b *bordered) farLike(who camp.Remote, id camp.PostID) {
	b.t.Helper()
	b.in(func(tx posts.Tx) ([]camp.Event, error) {
		p, _, err := tx.Post(id)
		if err != nil {
			return nil, err
		}
		return posts.FarLike(tx, who.ID, p, true)
	})
}

func (b *bordered) farBoost(who camp.Remote, id camp.PostID) {
	b.t.Helper()
	b.in(func(tx posts.Tx) ([]camp.Event, error) {
		p, _, err := tx.Post(id)
		if err != nil {
			return nil, err
		}
		return posts.FarBoost(tx, who.ID, p, who.URI+"/boost"+id.String(), b.clock.now())
	})
	b.clock.add(time.Second)
}

// scene is a camp whose member ada follows ana on far.example, and who is
// followed by bob there; ben follows nobody. All of it was so before a decision.
type scene struct {
	*bordered
	ada, ben      camp.Actor
	ana, bob, zoe camp.Remote // zoe lives elsewhere, and is followed by ben
	old           camp.PostID // of ana's, public, with a picture
	mine          camp.PostID
}

func newScene(t testing.TB) *scene {
	t.Helper()
	s := &scene{bordered: newBordered(t)}
	s.ada, s.ben = s.add("ada", camp.RoleMember), s.add("ben", camp.RoleMember)
	s.ana, s.bob, s.zoe = s.remote("ana", "far.example"), s.remote("bob", "far.example"), s.remote("zoe", "other.example")
	s.follows(s.ada, s.ana)
	s.follows(s.ben, s.zoe)
	s.bordered.follow(s.bob, s.ada)
	s.errands()
	s.old = s.arrive(s.ana, "old", func(a *posts.Arrival) {
		a.Post.Body, a.Post.Text = "<p>elderberry</p>", "elderberry"
		a.Post.Files = []camp.File{{URL: "https://far.example/a.png", Alt: "a berry"}}
	})
	s.mine = s.bordered.open(s.ada, "to all", 0)
	s.errands()
	return s
}

// TestEffects goes through the table of community.md 4, a row for each cell.
func TestEffects(t *testing.T) {
	type cell struct {
		level camp.Level
		want  string
	}
	media, limit, block, firewall := camp.LevelMedia, camp.LevelLimit, camp.LevelBlock, camp.LevelFirewall
	has := func(ok bool, word string) string {
		if ok {
			return word + " "
		}
		return ""
	}
	far := "far.example"
	for _, effect := range []struct {
		name string
		do   func(s *scene, level camp.Level) string
		want []cell
	}{
		{"stored posts", func(s *scene, l camp.Level) string {
			s.set(far, l)
			p, err := s.posts.Post(s.t.Context(), s.ada, s.old)
			return has(err == nil, "follower") + has(s.reads(s.ben, s.old), "other") + has(err == nil && p.NoFiles && len(p.Files) == 0, "note")
		}, []cell{{media, "follower other note "}, {limit, "follower "}, {block, ""}, {firewall, ""}}},

		{"new posts of somebody followed", func(s *scene, l camp.Level) string {
			s.set(far, l)
			id := s.arrive(s.ana, "new", func(a *posts.Arrival) {
				a.Post.Files = []camp.File{{URL: "https://far.example/a.png", Alt: "a berry"}}
			})
			if id == 0 {
				return "refused"
			}
			p := s.post(s.ada, id)
			var kept camp.Post
			s.in(func(tx posts.Tx) (_ []camp.Event, err error) {
				kept, _, err = tx.Post(id)
				return nil, err
			})
			return "kept " + has(p.NoFiles, "note") + has(kept.Files[0].URL != "", "picture") + has(kept.Files[0].Alt == "a berry", "words")
		}, []cell{{media, "kept note words "}, {limit, "kept picture words "}, {block, "refused"}, {firewall, "refused"}}},

		{"new posts of somebody unfollowed who names a member", func(s *scene, l camp.Level) string {
			s.set(far, l)
			id := s.arrive(s.bob, "new", func(a *posts.Arrival) { a.Post.Mentions = []camp.MemberID{s.ada.Member} })
			return has(id != 0, "kept")
		}, []cell{{media, "kept "}, {limit, ""}, {block, ""}, {firewall, ""}}},

		{"new posts that answer a member", func(s *scene, l camp.Level) string {
			s.set(far, l)
			return has(s.arrive(s.bob, "new", func(a *posts.Arrival) { a.ReplyTo = posts.LocalScheme + s.mine.String() }) != 0, "kept")
		}, []cell{{media, "kept "}, {limit, ""}, {block, ""}, {firewall, ""}}},

		{"follows of ours", func(s *scene, l camp.Level) string {
			s.set(far, l)
			list, err := s.posts.Following(s.t.Context(), s.ada, 0)
			s.errorsNot(err)
			told := len(s.errands())
			if l.Rank() >= block.Rank() {
				s.lift(far)
			}
			again, err := s.posts.Again(s.t.Context(), s.ada)
			s.errorsNot(err)
			return has(len(list) == 1, "stay") + has(len(again) == 1, "remembered") + has(told > 0, "told")
		}, []cell{{media, "stay "}, {limit, "stay "}, {block, "remembered "}, {firewall, "remembered "}}},

		{"new follows of ours", func(s *scene, l camp.Level) string {
			s.set(far, l)
			_, err := s.posts.Follow(s.t.Context(), s.ada, s.bob.ID, false)
			return say(err)
		}, []cell{{media, ""}, {limit, ""}, {block, "border.shut.say"}, {firewall, "border.shut.say"}}},

		{"follows of theirs", func(s *scene, l camp.Level) string {
			s.set(far, l)
			list, err := s.posts.Followers(s.t.Context(), s.ada, 0)
			s.errorsNot(err)
			return has(len(list) == 1, "stay") + has(len(s.errands()) > 0, "told")
		}, []cell{{media, "stay "}, {limit, "stay "}, {block, ""}, {firewall, ""}}},

		{"new follows of theirs", func(s *scene, l camp.Level) string {
			s.set(far, l)
			s.bordered.follow(s.ana, s.ben)
			list, err := s.posts.Followers(s.t.Context(), s.ben, 0)
			s.errorsNot(err)
			return has(len(list) == 1 && list[0].Accepted, "follows") + has(len(list) == 1 && !list[0].Accepted, "asks") + has(len(s.errands()) > 0, "told")
		}, []cell{{media, "follows told "}, {limit, "asks "}, {block, ""}, {firewall, ""}}},

		{"avatars and emoji", func(s *scene, l camp.Level) string {
			s.redo(s.ana, func(r *camp.Remote) {
				r.Face, r.Emoji = "https://far.example/face.png", []camp.Emoji{{Code: "cat", URL: "https://far.example/cat.png"}}
			})
			s.set(far, l)
			r, err := s.posts.Person(s.t.Context(), s.ada, s.ana.ID)
			s.errorsNot(err)
			return has(r.Face != "", "face") + has(len(r.Emoji) > 0, "emoji")
		}, []cell{{media, ""}, {limit, "face emoji "}, {block, ""}, {firewall, ""}}},

		{"notifications that were there", func(s *scene, l camp.Level) string {
			s.farLike(s.ana, s.mine)
			s.farLike(s.bob, s.mine)
			s.set(far, l)
			return s.notices(s.ada) + "; held " + s.held(s.ada)
		}, []cell{
			{media, "favourite of bob@far.example, favourite of ana@far.example, follow of bob@far.example; held "},
			{limit, "favourite of ana@far.example; held favourite of bob@far.example, follow of bob@far.example"},
			{block, "; held "},
			{firewall, "; held "},
		}},

		{"new notifications", func(s *scene, l camp.Level) string {
			s.set(far, l)
			for _, who := range []camp.Remote{s.ana, s.bob} {
				s.farLike(who, s.mine)
				s.farBoost(who, s.mine)
			}
			if l.Rank() >= block.Rank() {
				s.lift(far) // were any written?
			}
			return s.notices(s.ada) + "; held " + s.held(s.ada)
		}, []cell{
			{media, "boost of bob@far.example, favourite of bob@far.example, boost of ana@far.example, favourite of ana@far.example, follow of bob@far.example; held "},
			{limit, "boost of ana@far.example, favourite of ana@far.example; held boost of bob@far.example, favourite of bob@far.example, follow of bob@far.example"},
			{block, "follow of bob@far.example; held "},
			{firewall, "follow of bob@far.example; held "},
		}},

		{"the count of new notifications", func(s *scene, l camp.Level) string {
			s.farLike(s.ana, s.mine)
			s.farLike(s.bob, s.mine)
			s.set(far, l)
			n, err := s.posts.Unread(s.t.Context(), s.ada)
			s.errorsNot(err)
			return []string{"none", "one", "two", "three"}[n]
		}, []cell{{media, "three"}, {limit, "one"}, {block, "none"}, {firewall, "none"}}},

		{"letters of somebody unfollowed", func(s *scene, l camp.Level) string {
			s.set(far, l)
			id := s.letter(s.bob, "psst", s.ada)
			return has(id != 0, "kept") + has(id != 0 && strings.Contains(s.held(s.ada), "mention of bob"), "held") +
				has(strings.Contains(s.notices(s.ada), "mention of bob"), "told")
		}, []cell{{media, "kept told "}, {limit, "kept held "}, {block, ""}, {firewall, ""}}},

		{"letters of somebody followed", func(s *scene, l camp.Level) string {
			s.set(far, l)
			id := s.letter(s.ana, "psst", s.ada)
			return has(id != 0, "kept") + has(strings.Contains(s.held(s.ada), "mention"), "held") + has(strings.Contains(s.notices(s.ada), "mention of ana"), "told")
		}, []cell{{media, "kept told "}, {limit, "kept told "}, {block, ""}, {firewall, ""}}},

		{"letters of ours", func(s *scene, l camp.Level) string {
			s.set(far, l)
			_, err := s.posts.Write(s.t.Context(), s.ada, camp.Draft{Text: "@bob@far.example hi", Audience: camp.AudienceLetter})
			return say(err) + has(len(s.errands()) > 0, "sent")
		}, []cell{{media, "sent "}, {limit, "sent "}, {block, "border.shut.say"}, {firewall, "border.shut.say"}}},

		{"posts of ours that wait for them", func(s *scene, l camp.Level) string {
			s.set(far, l)
			return has(slices.Contains(s.cut, camp.Domain(far)), "dropped")
		}, []cell{{media, ""}, {limit, ""}, {block, "dropped "}, {firewall, "dropped "}}},

		{"our posts for them", func(s *scene, l camp.Level) string {
			s.set(far, l)
			ok := false
			s.in(func(tx posts.Tx) ([]camp.Event, error) {
				p, _, err := tx.Post(s.mine)
				if err == nil {
					ok, err = posts.FarSees(tx, s.bob.ID, p)
				}
				return nil, err
			})
			return has(ok, "seen")
		}, []cell{{media, "seen "}, {limit, "seen "}, {block, ""}, {firewall, ""}}},

		{"boosts by third parties", func(s *scene, l camp.Level) string {
			s.follows(s.ada, s.zoe)
			s.set(far, l)
			s.farBoost(s.zoe, s.old)
			list, err := s.posts.By(s.t.Context(), s.ada, s.zoe.ID, camp.Page{})
			s.errorsNot(err)
			other, err := s.posts.By(s.t.Context(), s.ben, s.zoe.ID, camp.Page{})
			s.errorsNot(err)
			if l.Rank() >= block.Rank() {
				s.lift(far) // was it kept?
				list, err = s.posts.By(s.t.Context(), s.ada, s.zoe.ID, camp.Page{})
				s.errorsNot(err)
			}
			return has(len(list) == 1, "follower") + has(len(other) == 1, "other") + has(len(list) == 1 && len(list[0].Files) > 0, "picture")
		}, []cell{{media, "follower other "}, {limit, "follower picture "}, {block, ""}, {firewall, ""}}},

		{"boosts by third parties that were there", func(s *scene, l camp.Level) string {
			s.farBoost(s.zoe, s.old)
			s.set(far, l)
			return has(strings.Contains(s.home(s.ben), "elderberry"), "other")
		}, []cell{{media, "other "}, {limit, ""}, {block, ""}, {firewall, ""}}},

		{"links in the text of third parties", func(s *scene, l camp.Level) string {
			id := s.arrive(s.zoe, "link", func(a *posts.Arrival) {
				a.Post.Body = `<p>look <a href="https://x.far.example/p?a=1&amp;b=2" rel="nofollow">far.example/p</a>, <a href="https://fine.example/">fine</a></p>`
			})
			s.set(far, l)
			return s.post(s.ben, id).Body
		}, []cell{
			{media, `<p>look <a href="https://x.far.example/p?a=1&amp;b=2" rel="nofollow">far.example/p</a>, <a href="https://fine.example/">fine</a></p>`},
			{limit, `<p>look <a href="https://x.far.example/p?a=1&amp;b=2" rel="nofollow">far.example/p</a>, <a href="https://fine.example/">fine</a></p>`},
			{block, `<p>look <a href="https://x.far.example/p?a=1&amp;b=2" rel="nofollow">far.example/p</a>, <a href="https://fine.example/">fine</a></p>`},
			{firewall, `<p>look [blocked server], <a href="https://fine.example/">fine</a></p>`},
		}},

		{"links in the text of members", func(s *scene, l camp.Level) string {
			id := s.write(s.ada, "see HTTPS://far.example/p. And https://fine.example too", 0)
			s.set(far, l)
			want(s.t, "who wrote it", s.post(s.ada, id).Text, "see HTTPS://far.example/p. And https://fine.example too")
			return s.post(s.ben, id).Text
		}, []cell{
			{media, "see HTTPS://far.example/p. And https://fine.example too"},
			{limit, "see HTTPS://far.example/p. And https://fine.example too"},
			{block, "see HTTPS://far.example/p. And https://fine.example too"},
			{firewall, "see [blocked server]. And https://fine.example too"},
		}},

		{"profile", func(s *scene, l camp.Level) string {
			s.redo(s.ana, func(r *camp.Remote) { r.Display, r.About, r.Banner = "Ana", "<p>me</p>", "https://far.example/b.png" })
			s.set(far, l)
			r, err := s.posts.Person(s.t.Context(), s.ben, s.ana.ID)
			s.errorsNot(err)
			level, name, err := s.posts.PersonLevel(s.t.Context(), s.ben, s.ana.ID)
			s.errorsNot(err)
			why, _, err := s.border.About(s.t.Context(), name)
			s.errorsNot(err)
			return has(r.Display != "", "name") + has(r.About != "", "text") + has(r.Banner != "", "picture") + string(level) + " " + why.Reason + has(!why.At.IsZero(), " dated")
		}, []cell{{media, "name text media hate dated "}, {limit, "name text picture limit hate dated "}, {block, "block hate dated "}, {firewall, "firewall hate dated "}}},

		{"search by full address", func(s *scene, l camp.Level) string {
			s.set(far, l)
			list, _, err := s.posts.Search(s.t.Context(), s.ada, s.ana.URI+"/old", camp.Page{})
			s.errorsNot(err)
			return has(len(list) == 1, "found")
		}, []cell{{media, "found "}, {limit, "found "}, {block, ""}, {firewall, ""}}},

		{"mention in the composer", func(s *scene, l camp.Level) string {
			s.set(far, l)
			m, err := s.posts.MentionLevels(s.t.Context(), s.ada, "hi @bob@far.example, @nobody@x.far.example and @zoe@other.example")
			s.errorsNot(err)
			return string(m["bob@far.example"]) + " " + string(m["nobody@x.far.example"]) + string(m["zoe@other.example"])
		}, []cell{{media, "media media"}, {limit, "limit limit"}, {block, "block block"}, {firewall, "firewall firewall"}}},

		{"mention in a public post", func(s *scene, l camp.Level) string {
			s.set(far, l)
			p := s.post(s.ada, s.bordered.open(s.ada, "hi @bob@far.example", 0))
			return has(slices.Contains(p.Mentions, s.bob.ID), "named")
		}, []cell{{media, "named "}, {limit, "named "}, {block, ""}, {firewall, ""}}},

		{"pictures of theirs in posts of others", func(s *scene, l camp.Level) string {
			id := s.arrive(s.zoe, "pic", func(a *posts.Arrival) {
				a.Post.Files = []camp.File{{URL: "https://media.far.example/a.png"}, {URL: "https://other.example/b.png"}}
				a.Post.Emoji = []camp.Emoji{{Code: "cat", URL: "https://far.example/cat.png"}}
			})
			s.set(far, l)
			p := s.post(s.ben, id)
			return []string{"none", "one", "two"}[len(p.Files)] + " " + has(p.NoFiles, "note") + has(len(p.Emoji) > 0, "emoji")
		}, []cell{{media, "one note "}, {limit, "two emoji "}, {block, "one note "}, {firewall, "one note "}}},
	} {
		for _, c := range effect.want {
			t.Run(string(c.level)+"/"+effect.name, func(t *testing.T) {
				t.Parallel()
				if got := effect.do(newScene(t), c.level); got != c.want {
					t.Errorf("got %q, want %q", got, c.want)
				}
			})
		}
	}
}

func (b *bordered) errorsNot(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// redo changes what is known of somebody elsewhere.
func (b *bordered) redo(r camp.Remote, change func(*camp.Remote)) {
	b.t.Helper()
	b.errorsNot(b.db.Update(b.t.Context(), func(tx *store.Tx) error {
		was, _, err := tx.Remote(r.ID)
		if err != nil {
			return err
		}
		is := was
		change(&is)
		return tx.PutRemote(is, &was)
	}))
}

// letter lets a letter come from elsewhere.
func (b *bordered) letter(from camp.Remote, n string, to camp.Actor) camp.PostID {
	b.t.Helper()
	return b.arrive(from, n, func(a *posts.Arrival) {
		a.Post.Audience, a.Post.Mentions = camp.AudienceLetter, []camp.MemberID{to.Member}
	})
}

// A decision about the server behind a handle is about whoever goes by it.
func TestTheNameBehindAHandleCounts(t *testing.T) {
	s := newScene(t)
	s.redo(s.ana, func(r *camp.Remote) { r.At = "nice.example" })
	s.set("nice.example", camp.LevelBlock)
	want(t, "their posts", s.reads(s.ada, s.old), false)
	list, err := s.posts.Following(t.Context(), s.ada, 0)
	s.errorsNot(err)
	want(t, "follows", len(list), 0)
}

// An exception below a decision stays as it was.
func TestALongerDecisionExcepts(t *testing.T) {
	s := newScene(t)
	good := s.remote("gil", "good.far.example")
	s.follows(s.ada, good)
	if _, err := s.border.Decide(t.Context(), s.host, camp.Decision{Name: "good.far.example", Level: camp.LevelNone}); err != nil {
		t.Fatal(err)
	}
	s.cut = nil
	p, err := s.border.Preview(t.Context(), "far.example", "")
	s.errorsNot(err)
	want(t, "follows that would be lost", p.FollowsLost, 1)
	s.set("far.example", camp.LevelBlock)
	list, err := s.posts.Following(t.Context(), s.ada, 0)
	s.errorsNot(err)
	if len(list) != 1 || list[0].Who.Name != "gil@good.far.example" {
		t.Errorf("follows: %+v", list)
	}
	want(t, "letters dropped", slices.Equal(s.cut, []camp.Domain{"far.example"}), true)
}

// Blocked again before they said yes again: what was remembered still is.
func TestBlockedTwice(t *testing.T) {
	s := newScene(t)
	kept := s.arrive(s.ana, "f", func(a *posts.Arrival) { a.Post.Audience = camp.AudienceFollowers })
	s.set("far.example", camp.LevelBlock)
	s.lift("far.example")
	if _, err := s.posts.FollowAgain(t.Context(), s.ada, true); err != nil {
		t.Fatal(err)
	}
	s.set("far.example", camp.LevelBlock)
	s.lift("far.example")
	want(t, "asked", len(s.again(s.ada)), 1)
	want(t, "what was for followers", s.reads(s.ada, kept), true)
}

// A kill at any step leaves a job that the next start goes on with.
func TestCuttingGoesOnAfterAKill(t *testing.T) {
	s := newScene(t)
	s.cutFails = errors.New("the queue cannot write")
	s.set("far.example", camp.LevelBlock)
	s.errorsNot(s.db.Close())
	s.house.open()
	s.cutFails, s.cut = nil, nil
	s.rewire()
	s.errorsNot(s.posts.Settle(t.Context()))
	want(t, "dropped", slices.Equal(s.cut, []camp.Domain{"far.example"}), true)
	s.cut = nil
	s.errorsNot(s.posts.Settle(t.Context()))
	want(t, "dropped again", len(s.cut), 0)
	list, err := s.posts.Following(t.Context(), s.ada, 0)
	s.errorsNot(err)
	want(t, "follows", len(list), 0)
}

// Decided, and killed before anything followed from it.
func TestCuttingIsInTheSameTransaction(t *testing.T) {
	s := newScene(t)
	alone := border.New(border.Options{Store: store.As[border.Tx](s.db), Publish: s.ear, Log: s.slog()})
	if _, err := alone.Decide(t.Context(), s.host, camp.Decision{Name: "far.example", Level: camp.LevelBlock}); err != nil {
		t.Fatal(err)
	}
	s.rewire()
	s.errorsNot(s.posts.Settle(t.Context()))
	list, err := s.posts.Following(t.Context(), s.ada, 0)
	s.errorsNot(err)
	want(t, "follows", len(list), 0)
}

// After thirty days what is blocked is erased, to the last trace.
func TestErasedAfterTheTimeToUndo(t *testing.T) {
	s := newScene(t)
	s.farLike(s.bob, s.mine)
	s.farBoost(s.bob, s.mine)
	s.set("far.example", camp.LevelBlock)
	later := s.remote("eve", "sub.far.example")
	s.clock.add(20 * 24 * time.Hour)
	s.settled()
	s.lift("far.example")
	want(t, "after 20 days", s.reads(s.ada, s.old), true)
	s.follows(s.ada, later)
	young := s.arrive(later, "young", nil)
	s.set("far.example", camp.LevelBlock)
	s.clock.add(20 * 24 * time.Hour)
	s.settled()
	s.lift("far.example")
	want(t, "after 20 days more", s.reads(s.ada, s.old), true)
	s.set("far.example", camp.LevelBlock)
	s.clock.add(10 * 24 * time.Hour)
	s.set("sub.far.example", camp.LevelFirewall)
	s.clock.add(21 * 24 * time.Hour)
	s.settled()
	s.lift("far.example")
	want(t, "after 31 days", s.reads(s.ada, s.old), false)
	p := s.post(s.ada, s.mine)
	want(t, "their marks", p.Favourites+p.Boosts, 0)
	want(t, "what they told", s.notices(s.ada), "")
	want(t, "follows to ask about", len(s.again(s.ada)), 0)
	s.lift("sub.far.example")
	want(t, "what was decided about later", s.reads(s.ada, young), true)
}

// settled does what the background work does.
func (b *bordered) settled() {
	b.t.Helper()
	b.errorsNot(b.posts.Settle(b.t.Context()))
	b.errorsNot(b.posts.Resume(b.t.Context()))
}

// Lifted, and thirty days later: nobody is asked any more.
func TestTheQuestionEnds(t *testing.T) {
	s := newScene(t)
	s.set("far.example", camp.LevelBlock)
	s.lift("far.example")
	s.clock.add(31 * 24 * time.Hour)
	s.settled()
	want(t, "asked", len(s.again(s.ada)), 0)
	want(t, "posts", s.reads(s.ada, s.old), true)
}

func TestPreviewCounts(t *testing.T) {
	s := newScene(t)
	s.arrive(s.ana, "2", nil)
	for name, c := range map[string]struct {
		level camp.Level
		want  [3]int
	}{
		"far.example": {camp.LevelBlock, [3]int{1, 1, 2}}, "other.example": {camp.LevelFirewall, [3]int{1, 0, 0}},
		"ar.example": {camp.LevelBlock, [3]int{}}, "x.far.example": {camp.LevelBlock, [3]int{}}, "unknown.example": {camp.LevelBlock, [3]int{}},
	} {
		p, err := s.border.Preview(t.Context(), name, c.level)
		s.errorsNot(err)
		if got := [3]int{p.FollowsLost, p.FollowersLost, p.PostsHidden}; got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	p, err := s.border.Preview(t.Context(), "far.example", camp.LevelLimit)
	s.errorsNot(err)
	want(t, "limit cuts", p.FollowsLost+p.FollowersLost, 0)
}

// However an address is written, it is the server's that it leads to.
func TestAddressesInDisguise(t *testing.T) {
	s := newScene(t)
	s.set("far.example", camp.LevelFirewall)
	for name, url := range map[string]string{
		"as it is": "https://far.example/a.png", "in capitals": "https://FAR.Example/a.png", "with a dot": "https://far.example./a.png",
		"with a port": "https://far.example:8443/a.png", "with somebody before it": "https://fine.example@far.example/a.png",
		"in full widths": "https://ｆａｒ.example/a.png", "with another dot": "https://far。example/a.png", "below it": "https://a.b.far.example/a.png",
		"without a path": "https://far.example?x", "with a mark": "https://far.example#x",
	} {
		id := s.arrive(s.zoe, name, func(a *posts.Arrival) { a.Post.Files, a.Post.Page = []camp.File{{URL: url}}, "" })
		want(t, name, len(s.post(s.ben, id).Files), 0)
	}
	id := s.arrive(s.zoe, "fine", func(a *posts.Arrival) {
		a.Post.Files = []camp.File{{URL: "https://xfar.example/a.png"}, {URL: "https://fine.example/far.example"}}
	})
	want(t, "of others", len(s.post(s.ben, id).Files), 2)
	page := s.arrive(s.zoe, "page", func(a *posts.Arrival) { a.Post.Page = "https://far.example/p" })
	want(t, "a page there", page != 0, false)
}

// What is hidden leaves no holes: what is older stands on the same page.
func TestHiddenPostsLeaveNoHoles(t *testing.T) {
	s := newScene(t)
	old := s.arrive(s.zoe, "older", nil)
	for i := range 50 {
		n := string(rune('a'+i%26)) + string(rune('a'+i/26))
		s.errorsNot(s.posts.Keep(t.Context(), s.ada, s.arrive(s.ana, n, nil), true))
	}
	s.errorsNot(s.posts.Keep(t.Context(), s.ada, old, true))
	s.follows(s.ada, s.zoe)
	s.follows(s.ben, s.ana)
	s.set("far.example", camp.LevelBlock)
	kept, err := s.posts.Kept(t.Context(), s.ada, camp.Page{})
	s.errorsNot(err)
	want(t, "kept", bodies(kept), "<p>older</p>|")
	want(t, "home", s.home(s.ada), "<p>older</p>|to all|")
	want(t, "home of another", s.home(s.ben), "<p>older</p>|to all|")
}
