package web

import (
	"bytes"
	"context"
	"io"
	"slices"
	"testing"

	"camp/node/camp"
)

// What the fake has of the wider world.

const ana camp.MemberID = 5001 // of far.example

// open makes a fake camp that talks with others: Ana lives elsewhere.
func openFake() *fake {
	f := newFake()
	f.outside = true
	f.remotes = map[camp.MemberID]camp.Remote{ana: {
		ID: ana, URI: "https://far.example/users/ana", Domain: "far.example", At: "far.example", Name: "ana", Display: "Ana :blob: Duarte",
		Face: "https://cdn.far.example/ana.png", Emoji: []camp.Emoji{{Code: "blob", URL: "https://far.example/blob.png"}},
	}}
	f.home, f.votes = map[camp.PostID]bool{}, map[camp.PostID]map[camp.MemberID][]int{}
	return f
}

// arrive puts a post of Ana's into the camp.
func (f *fake) arrive(change func(*camp.Post)) camp.PostID {
	f.mu.Lock()
	defer f.mu.Unlock()
	id := camp.PostID(f.id())
	p := camp.Post{
		ID: id, Root: id, Author: ana, Audience: camp.AudiencePublic, URI: "https://far.example/notes/" + id.String(), Page: "https://far.example/@ana/" + id.String(),
		Body: "<p>from afar</p>", Text: "from afar", Written: f.now,
	}
	if change != nil {
		change(&p)
	}
	f.posts[id], f.home[id] = p, true
	f.publish(camp.Event{Kind: camp.EventHome, Post: id, Root: p.Root, Member: ana, To: mara})
	return id
}

func (f *fake) openThread(_ context.Context, _ camp.Actor, id camp.PostID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.opened = append(f.opened, id)
}

func (f *fake) SetUsual(_ context.Context, by camp.Actor, a camp.Audience) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	m := f.members[by.Member]
	m.Usual = a
	f.members[m.ID] = m
	return nil
}

func (p *fakePosts) who(id camp.MemberID) camp.Member {
	f := p.f()
	if r, ok := f.remotes[id]; ok {
		return r.Shown()
	}
	return f.members[id]
}

// farther adds to a view what posts of the camp do not have.
func (p *fakePosts) farther(reader camp.Actor, v *camp.PostView) {
	f := p.f()
	if r, ok := f.remotes[v.Author]; ok {
		v.From = &r
	}
	v.MayBoost = f.outside && v.Audience.Leaves()
	for _, x := range f.posts {
		if x.BoostOf == v.ID {
			v.Boosts++
			v.Boosted = v.Boosted || x.Author == reader.Member
		}
	}
	v.Votes, v.Voted = f.votes[v.ID][reader.Member], len(f.votes[v.ID][reader.Member]) > 0
	if of, ok := f.posts[v.Quote]; ok {
		of.Quote = 0
		inside := p.view(reader, of)
		v.Inside = &inside
	}
}

func (p *fakePosts) Home(_ context.Context, r camp.Actor, pg camp.Page) ([]camp.PostView, error) {
	f := p.f()
	return p.page(r, pg, func(x camp.Post) bool {
		return f.home[x.ID] || x.ReplyTo == 0 && x.Here() && x.BoostOf == 0 && x.Audience != camp.AudienceLetter
	}), nil
}

func (p *fakePosts) Boost(_ context.Context, by camp.Actor, id camp.PostID, on bool) (camp.PostID, error) {
	f := p.f()
	f.mu.Lock()
	defer f.mu.Unlock()
	of, ok := f.posts[id]
	switch {
	case !ok:
		return 0, errFakeNone
	case !of.Audience.Leaves():
		return 0, &camp.Fault{Kind: camp.NotAllowed, Say: "posts.no_boost.say"}
	}
	for b, x := range f.posts {
		if x.BoostOf == id && x.Author == by.Member {
			delete(f.posts, b)
		}
	}
	if !on {
		return 0, nil
	}
	b := camp.PostID(f.id())
	f.posts[b], f.home[b] = camp.Post{ID: b, Root: b, Author: by.Member, Audience: of.Audience, BoostOf: id, Written: f.now}, true
	return b, nil
}

func (p *fakePosts) Vote(_ context.Context, by camp.Actor, id camp.PostID, choices []int) error {
	f := p.f()
	f.mu.Lock()
	defer f.mu.Unlock()
	post, ok := f.posts[id]
	if !ok || post.Poll == nil {
		return errFakeNone
	}
	poll := *post.Poll
	poll.Choices = slices.Clone(poll.Choices)
	for _, c := range choices {
		if c < 0 || c >= len(poll.Choices) {
			return &camp.Fault{Kind: camp.Invalid, Say: "posts.no_choice.say"}
		}
		poll.Choices[c].Votes++
	}
	poll.Voters++
	post.Poll = &poll
	if f.votes == nil {
		f.votes = map[camp.PostID]map[camp.MemberID][]int{}
	}
	if f.votes[id] == nil {
		f.votes[id] = map[camp.MemberID][]int{}
	}
	f.posts[id], f.votes[id][by.Member] = post, choices
	f.publish(camp.Event{Kind: camp.EventCounts, Post: id, Root: post.Root})
	return nil
}

func (p *fakePosts) Narrow(_ context.Context, by camp.Actor, id camp.PostID) (camp.PostID, error) {
	f := p.f()
	f.mu.Lock()
	defer f.mu.Unlock()
	post, ok := f.posts[id]
	if !ok || post.Author != by.Member || !post.Audience.Leaves() {
		return 0, errFakeNone
	}
	delete(f.posts, id)
	post.ID, post.Audience = camp.PostID(f.id()), camp.AudienceCamp
	post.Root = post.ID
	f.posts[post.ID] = post
	return post.ID, nil
}

func (p *fakePosts) Person(_ context.Context, _ camp.Actor, id camp.MemberID) (camp.Remote, error) {
	f := p.f()
	f.mu.Lock()
	defer f.mu.Unlock()
	if r, ok := f.remotes[id]; ok {
		return r, nil
	}
	return camp.Remote{}, errFakeNone
}

func (p *fakePosts) PersonCalled(_ context.Context, _ camp.Actor, handle string) (camp.Remote, error) {
	f := p.f()
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, r := range f.remotes {
		if r.Handle() == handle {
			return r, nil
		}
	}
	return camp.Remote{}, errFakeNone
}

func (p *fakeMedia) OpenFar(_ context.Context, reader camp.Actor, file camp.FarFile, _ bool) (camp.MediaFile, io.ReadSeekCloser, error) {
	f := (*fake)(p)
	f.mu.Lock()
	defer f.mu.Unlock()
	if reader.Member == 0 {
		return camp.MediaFile{}, nil, errFakeNone
	}
	f.fetched = append(f.fetched, file)
	return camp.MediaFile{Type: "image/png"}, seekCloser{bytes.NewReader(onePixel)}, nil
}

// aPost gives a post of the fake as it lies there.
func (f *fake) aPost(t *testing.T, id camp.PostID) camp.Post {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	p, ok := f.posts[id]
	if !ok {
		t.Fatalf("there is no post %s", id)
	}
	return p
}
