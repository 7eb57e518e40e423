package posts_test

import (
	"slices"
	"strings"
	"testing"

	"camp/node/camp"
	"camp/node/posts"
)

func TestTray(t *testing.T) {
	s := newScene(t)
	s.set("far.example", camp.LevelLimit)
	first := s.letter(s.bob, "1", s.ben)
	want(t, "it waits", s.held(s.ben), "mention of bob@far.example")
	s.errorsNot(s.posts.LetIn(t.Context(), s.ben, s.bob.ID, false))
	want(t, "refused: the tray", s.held(s.ben), "")
	want(t, "refused: the letter", s.reads(s.ben, first), false)
	s.letter(s.bob, "2", s.ben)
	s.errorsNot(s.posts.LetIn(t.Context(), s.ben, s.bob.ID, true))
	want(t, "let in: the tray", s.held(s.ben), "")
	want(t, "let in: for you", s.notices(s.ben), "mention of bob@far.example")
	s.arrive(s.bob, "3", func(a *posts.Arrival) { a.Post.Mentions = []camp.MemberID{s.ben.Member} })
	want(t, "from then on", s.notices(s.ben), "mention of bob@far.example, mention of bob@far.example")
	s.bordered.follow(s.ana, s.ben)
	want(t, "who asks to follow", s.held(s.ben), "ask of ana@far.example")
	s.errorsNot(s.posts.AnswerFollow(t.Context(), s.ben, s.ana.ID, true))
	want(t, "after the yes", s.held(s.ben), "")
	want(t, "told of the yes", slices.Contains(kinds(s.errands()), camp.ErrandAccept), true)
	want(t, "somebody who was never here", say(s.posts.LetIn(t.Context(), s.ben, s.ada.Member, true)), "posts.nobody.say")
}

// Two letters that wait for one member stay apart from what waits for another.
func TestNoToALetterIsOneMembersNo(t *testing.T) {
	s := newScene(t)
	s.set("far.example", camp.LevelLimit)
	both := s.arrive(s.bob, "both", func(a *posts.Arrival) {
		a.Post.Audience, a.Post.Mentions = camp.AudienceLetter, []camp.MemberID{s.ada.Member, s.ben.Member}
	})
	s.errorsNot(s.posts.LetIn(t.Context(), s.ben, s.bob.ID, false))
	want(t, "for the other", s.reads(s.ada, both), true)
	want(t, "in the other's tray", s.held(s.ada), "mention of bob@far.example, follow of bob@far.example")
}

func TestFollowAgain(t *testing.T) {
	s := newScene(t)
	kept := s.arrive(s.ana, "f", func(a *posts.Arrival) { a.Post.Audience = camp.AudienceFollowers })
	change := s.set("far.example", camp.LevelBlock)
	want(t, "while it stands", len(s.again(s.ada)), 0)
	s.errorsNot(s.border.Undo(t.Context(), s.host, change))
	want(t, "asked", len(s.again(s.ada)), 1)
	want(t, "another is not", len(s.again(s.ben)), 0)
	want(t, "what they had been let to read", s.reads(s.ada, kept), true)
	lost, err := s.posts.FollowersLost(t.Context(), s.host)
	s.errorsNot(err)
	if len(lost) != 1 || lost[0].Who.ID != s.bob.ID || lost[0].Whom.ID != s.ada.Member {
		t.Errorf("followers lost: %+v", lost)
	}
	none, err := s.posts.FollowersLost(t.Context(), s.ben)
	s.errorsNot(err)
	want(t, "followers of others, to a member", len(none), 0)
	n, err := s.posts.FollowAgain(t.Context(), s.ada, true)
	s.errorsNot(err)
	want(t, "follows again", n, 1)
	want(t, "told", slices.Equal(kinds(s.errands()), []camp.ErrandKind{camp.ErrandFollow}), true)
	want(t, "asked once", len(s.again(s.ada)), 0)
	want(t, "while they wait", s.reads(s.ada, kept), true)
	s.in(func(tx posts.Tx) ([]camp.Event, error) { return posts.FarAnswer(tx, s.ana.ID, s.ada.Member, "", true) })
	want(t, "after the yes", s.reads(s.ada, kept), true)
	s.in(func(tx posts.Tx) ([]camp.Event, error) {
		_, ok, err := tx.Severed(s.ada.Member, s.ana.ID)
		want(t, "still remembered", ok, false)
		return nil, err
	})
	s.bordered.follow(s.bob, s.ada)
	lost, err = s.posts.FollowersLost(t.Context(), s.host)
	s.errorsNot(err)
	want(t, "followers lost, after they came back", len(lost), 0)
}

func (b *bordered) again(by camp.Actor) []posts.Tie {
	b.t.Helper()
	list, err := b.posts.Again(b.t.Context(), by)
	b.errorsNot(err)
	return list
}

func TestNotFollowingAgain(t *testing.T) {
	s := newScene(t)
	kept := s.arrive(s.ana, "f", func(a *posts.Arrival) { a.Post.Audience = camp.AudienceFollowers })
	s.set("far.example", camp.LevelBlock)
	s.lift("far.example")
	if _, err := s.posts.FollowAgain(t.Context(), s.ada, false); err != nil {
		t.Fatal(err)
	}
	want(t, "asked again", len(s.again(s.ada)), 0)
	want(t, "what was for followers", s.reads(s.ada, kept), false)
	want(t, "home", strings.Contains(s.home(s.ada), "elderberry"), false)
	want(t, "told", len(s.errands()), 0)
}
