package fed

import (
	"context"
	"slices"
	"sync"
	"testing"

	"camp/node/camp"
	"camp/store"
)

// toil notes what is read to answer.
type toil struct {
	ObjectsStore
	mu  sync.Mutex // guards did
	did []string
}

func (s *toil) View(ctx context.Context, fn func(ObjectsTx) error) error {
	return s.ObjectsStore.View(ctx, func(tx ObjectsTx) error { return fn(toilTx{tx, s}) })
}

func (s *toil) note(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.did = append(s.did, what)
}

func (s *toil) took() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	did := s.did
	s.did = nil
	return did
}

// toilTx are all readings that showing something makes.
type toilTx struct {
	ObjectsTx
	s *toil
}

func (t toilTx) Post(id camp.PostID) (camp.Post, bool, error) {
	t.s.note("post")
	return t.ObjectsTx.Post(id)
}

func (t toilTx) Member(id camp.MemberID) (camp.Member, bool, error) {
	t.s.note("member")
	return t.ObjectsTx.Member(id)
}

func (t toilTx) MemberByName(name string) (camp.Member, bool, error) {
	t.s.note("member by name")
	return t.ObjectsTx.MemberByName(name)
}

func (t toilTx) Remote(id camp.MemberID) (camp.Remote, bool, error) {
	t.s.note("remote")
	return t.ObjectsTx.Remote(id)
}

func (t toilTx) PostByURI(uri string) (camp.Post, bool, error) {
	t.s.note("post by uri")
	return t.ObjectsTx.PostByURI(uri)
}

func (t toilTx) Apart(who, whom camp.MemberID) (camp.Apart, error) {
	t.s.note("apart")
	return t.ObjectsTx.Apart(who, whom)
}

func (t toilTx) Follow(from, to camp.MemberID) (camp.Follow, bool, error) {
	t.s.note("follow")
	return t.ObjectsTx.Follow(from, to)
}

func (t toilTx) Stamp(id uint64) (camp.Stamp, bool, error) {
	t.s.note("stamp")
	return t.ObjectsTx.Stamp(id)
}

func (t toilTx) ReplyTree(root camp.PostID, limit int) ([]camp.ReplyRef, error) {
	t.s.note("replies")
	return t.ObjectsTx.ReplyTree(root, limit)
}

func (t toilTx) Media(id camp.MediaID) (camp.MediaFile, bool, error) {
	t.s.note("media")
	return t.ObjectsTx.Media(id)
}

// What is the camp's alone costs who asks for it as much as what never was: the same
// rows are looked for, in the same order, so that the time tells nothing (community.md
// 3.2).
func TestTheCampsAloneTakesNoOtherWork(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	fan := y.meet("fan", "fan.example", true)
	y.follows(fan, y.ana.Member)
	work := &toil{ObjectsStore: store.As[ObjectsTx](y.db)}
	y.objects.o.Store = work
	top := y.write(y.ana, camp.AudienceCamp, "one with @fan@fan.example in it")
	open := y.write(y.ana, camp.AudiencePublic, "for all")
	const never = camp.PostID(117000000000000001)
	for _, as := range []string{"", fan.URI} {
		for _, accept := range []string{activity, "text/html"} {
			for name, at := range map[string]func(camp.PostID) string{
				"the post": here.Post, "its stamp": func(id camp.PostID) string { return here.Stamp(uint64(id)) },
				"answers": below("replies"), "likes": below("likes"), "passed on": below("shares"), "conversation": below("context"),
			} {
				y.get(at(never), as, accept)
				want := work.took()
				y.get(at(top), as, accept)
				if got := work.took(); !slices.Equal(got, want) {
					t.Errorf("%s to %q as %s: reads %q, want as for what never was, %q", name, as, accept, got, want)
				}
				y.get(at(open), as, accept)
				if got := work.took(); name == "the post" && slices.Equal(got, want) {
					t.Errorf("%s to %q as %s: what is for all takes no more than %q, so the test sees nothing", name, as, accept, got)
				}
			}
		}
	}
}

func below(what string) func(camp.PostID) string {
	return func(id camp.PostID) string { return here.Below(id, what) }
}
