package web

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"camp/node/camp"
)

// fakePosts is the fake as Posts.
type fakePosts fake

func (p *fakePosts) f() *fake { return (*fake)(p) }

func (p *fakePosts) Write(_ context.Context, by camp.Actor, d camp.Draft) (camp.PostID, error) {
	f := p.f()
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.fault != nil {
		return 0, f.fault
	}
	if id, ok := f.once[d.Key]; ok && d.Key != "" {
		return id, nil
	}
	if f.members[by.Member].Agreed == 0 {
		return 0, &camp.Fault{Kind: camp.Conflict, Say: "web.agree.first_say"}
	}
	text := camp.CleanText(d.Text, camp.MaxText+1)
	if text == "" && len(d.Pictures) == 0 || len([]rune(text)) > camp.MaxText {
		return 0, &camp.Fault{Kind: camp.Invalid, Say: "web.fault.invalid"}
	}
	id := camp.PostID(f.id())
	post := camp.Post{
		ID: id, Root: id, Author: by.Member, Audience: d.Audience, Text: text, Note: d.Note, ReplyTo: d.ReplyTo, Written: f.now, Poll: d.Poll, Quote: d.Quote,
	}
	if post.Audience == 0 {
		post.Audience = camp.AudienceCamp
	}
	if parent, ok := f.posts[d.ReplyTo]; ok && post.Audience.Wider(parent.Audience) {
		return 0, &camp.Fault{Kind: camp.NotAllowed, Say: "posts.audience_wider.say"}
	}
	if parent, ok := f.posts[d.ReplyTo]; ok {
		post.Root = parent.Root
		for up := parent; ; up = f.posts[up.ReplyTo] {
			up.Replies++
			f.posts[up.ID] = up
			if up.ReplyTo == 0 {
				break
			}
		}
		if parent.Author != by.Member {
			n := camp.NoticeView{ID: camp.NoticeID(f.id()), Kind: camp.NoticeReply, From: f.members[by.Member], At: f.now}
			view := p.view(by, post)
			n.Post = &view
			f.notices[parent.Author] = append([]camp.NoticeView{n}, f.notices[parent.Author]...)
			defer f.publish(camp.Event{Kind: camp.EventNotice, To: parent.Author})
		}
	}
	for _, w := range strings.Fields(text) {
		for _, m := range f.members {
			if w == "@"+m.Name {
				post.Mentions = append(post.Mentions, m.ID)
			}
		}
		if tag, ok := strings.CutPrefix(w, "#"); ok {
			post.Tags = append(post.Tags, strings.ToLower(tag))
		}
	}
	for _, x := range d.Pictures {
		file := f.files[x.ID]
		file.Post = id
		f.files[x.ID] = file
		post.Pictures = append(post.Pictures, camp.Picture{ID: x.ID, Alt: x.Alt, Type: "image/png", Width: 640, Height: 480})
	}
	f.posts[id] = post
	if d.Key != "" {
		f.once[d.Key] = id
	}
	f.publish(camp.Event{Kind: camp.EventPost, Post: id, Root: post.Root, Member: by.Member})
	return id, nil
}

func (p *fakePosts) view(reader camp.Actor, post camp.Post) camp.PostView {
	f := p.f()
	v := camp.PostView{
		Post: post, By: p.who(post.Author), Favourited: f.liked[post.ID][reader.Member], Kept: f.kept[post.ID][reader.Member],
		Mine: post.Author == reader.Member, MayDelete: post.Author == reader.Member || reader.May(),
	}
	v.Favourites = len(f.liked[post.ID])
	p.farther(reader, &v)
	for _, m := range post.Mentions {
		v.Named = append(v.Named, p.who(m))
	}
	if parent, ok := f.posts[post.ReplyTo]; ok {
		v.ReplyBy = p.who(parent.Author).Display
	}
	return v
}

func (p *fakePosts) Edit(_ context.Context, by camp.Actor, id camp.PostID, d camp.Draft) error {
	f := p.f()
	f.mu.Lock()
	defer f.mu.Unlock()
	post, ok := f.posts[id]
	if !ok || post.Author != by.Member {
		return errFakeNone
	}
	if d.Text == "" {
		return &camp.Fault{Kind: camp.Invalid, Say: "web.fault.invalid"}
	}
	f.past[id] = append(f.past[id], camp.Revision{At: f.now, Text: post.Text, Note: post.Note, Pictures: post.Pictures})
	post.Text, post.Note, post.Edited = d.Text, d.Note, f.now
	f.posts[id] = post
	f.publish(camp.Event{Kind: camp.EventPostEdited, Post: id, Root: post.Root})
	return nil
}

func (p *fakePosts) Delete(_ context.Context, by camp.Actor, id camp.PostID) error {
	f := p.f()
	f.mu.Lock()
	defer f.mu.Unlock()
	post, ok := f.posts[id]
	if !ok || post.Author != by.Member && !by.May() {
		return errFakeNone
	}
	delete(f.posts, id)
	f.publish(camp.Event{Kind: camp.EventPostGone, Post: id, Root: post.Root})
	return nil
}

func (p *fakePosts) set(m map[camp.PostID]map[camp.MemberID]bool, by camp.Actor, id camp.PostID, on bool) error {
	f := p.f()
	f.mu.Lock()
	defer f.mu.Unlock()
	post, ok := f.posts[id]
	if !ok {
		return errFakeNone
	}
	if m[id] == nil {
		m[id] = map[camp.MemberID]bool{}
	}
	delete(m[id], by.Member)
	if on {
		m[id][by.Member] = true
	}
	f.publish(camp.Event{Kind: camp.EventCounts, Post: id, Root: post.Root, Member: by.Member})
	return nil
}

// React is Favourite that remembers the sign.
func (p *fakePosts) React(ctx context.Context, by camp.Actor, id camp.PostID, sign string) error {
	if !camp.LoneEmoji(sign) {
		return camp.NewFault(camp.Invalid, "posts.no_sign.say", nil)
	}
	p.signs = append(p.signs, sign)
	return p.Favourite(ctx, by, id, true)
}

func (p *fakePosts) Favourite(_ context.Context, by camp.Actor, id camp.PostID, on bool) error {
	return p.set(p.f().liked, by, id, on)
}

func (p *fakePosts) Keep(_ context.Context, by camp.Actor, id camp.PostID, on bool) error {
	return p.set(p.f().kept, by, id, on)
}

func (p *fakePosts) Post(_ context.Context, r camp.Actor, id camp.PostID) (camp.PostView, error) {
	f := p.f()
	f.mu.Lock()
	defer f.mu.Unlock()
	post, ok := f.posts[id]
	if !ok {
		return camp.PostView{}, errFakeNone
	}
	return p.view(r, post), nil
}

func (p *fakePosts) Thread(_ context.Context, r camp.Actor, id camp.PostID) (camp.Thread, error) {
	f := p.f()
	f.mu.Lock()
	defer f.mu.Unlock()
	post, ok := f.posts[id]
	if !ok {
		return camp.Thread{}, errFakeNone
	}
	t := camp.Thread{Focus: p.view(r, post)}
	for up, ok := f.posts[post.ReplyTo]; ok; up, ok = f.posts[up.ReplyTo] {
		t.Above = append([]camp.PostView{p.view(r, up)}, t.Above...)
	}
	var below func(id camp.PostID, depth int)
	below = func(id camp.PostID, depth int) {
		for _, c := range f.sorted(func(x camp.Post) bool { return x.ReplyTo == id }, true) {
			t.Below, t.Depth = append(t.Below, p.view(r, c)), append(t.Depth, depth)
			below(c.ID, depth+1)
		}
	}
	below(id, 1)
	return t, nil
}

func (f *fake) sorted(keep func(camp.Post) bool, oldest bool) []camp.Post {
	var list []camp.Post
	for _, x := range f.posts {
		if keep(x) {
			list = append(list, x)
		}
	}
	slices.SortFunc(list, func(a, b camp.Post) int { return cmp.Compare(b.ID, a.ID) })
	if oldest {
		slices.Reverse(list)
	}
	return list
}

func (p *fakePosts) page(r camp.Actor, pg camp.Page, keep func(camp.Post) bool) []camp.PostView {
	f := p.f()
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []camp.PostView
	for _, x := range f.sorted(keep, false) {
		if (pg.Before != 0 && uint64(x.ID) >= pg.Before) || uint64(x.ID) <= pg.After {
			continue
		}
		v := p.view(r, x)
		if of, ok := f.posts[x.BoostOf]; ok {
			by := p.who(x.Author)
			v = p.view(r, of)
			v.PassedBy, v.Passing = &by, x.ID
		}
		if out = append(out, v); len(out) == pg.Size() {
			break
		}
	}
	return out
}

func (p *fakePosts) History(_ context.Context, _ camp.Actor, id camp.PostID) ([]camp.Revision, error) {
	f := p.f()
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, ok := f.posts[id]; !ok {
		return nil, errFakeNone
	}
	return f.past[id], nil
}

func (p *fakePosts) FavouritedBy(_ context.Context, _ camp.Actor, id camp.PostID) ([]camp.Member, error) {
	f := p.f()
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, ok := f.posts[id]; !ok {
		return nil, errFakeNone
	}
	var list []camp.Member
	for m := range f.liked[id] {
		list = append(list, f.members[m])
	}
	return list, nil
}

func (p *fakePosts) Fire(_ context.Context, r camp.Actor, pg camp.Page) ([]camp.PostView, error) {
	return p.page(r, pg, func(x camp.Post) bool {
		return x.ReplyTo == 0 && x.Here() && x.BoostOf == 0 && x.Audience != camp.AudienceLetter && x.Audience != camp.AudienceFollowers
	}), nil
}

func (p *fakePosts) By(_ context.Context, r camp.Actor, who camp.MemberID, pg camp.Page) ([]camp.PostView, error) {
	return p.page(r, pg, func(x camp.Post) bool { return x.Author == who }), nil
}

func (p *fakePosts) Tagged(_ context.Context, r camp.Actor, tag string, pg camp.Page) ([]camp.PostView, error) {
	return p.page(r, pg, func(x camp.Post) bool { return slices.Contains(x.Tags, tag) }), nil
}

func (p *fakePosts) Favourites(_ context.Context, r camp.Actor, pg camp.Page) ([]camp.PostView, error) {
	return p.page(r, pg, func(x camp.Post) bool { return p.f().liked[x.ID][r.Member] }), nil
}

func (p *fakePosts) Kept(_ context.Context, r camp.Actor, pg camp.Page) ([]camp.PostView, error) {
	return p.page(r, pg, func(x camp.Post) bool { return p.f().kept[x.ID][r.Member] }), nil
}

func (p *fakePosts) Search(_ context.Context, r camp.Actor, words string, pg camp.Page) ([]camp.PostView, uint64, error) {
	found := p.page(r, pg, func(x camp.Post) bool {
		for _, w := range strings.Fields(strings.ToLower(words)) {
			if !strings.Contains(strings.ToLower(x.Text), w) {
				return false
			}
		}
		return true
	})
	if len(found) == pg.Size() {
		return found, uint64(found[len(found)-1].ID), nil
	}
	return found, 0, nil
}

func (p *fakePosts) Notices(_ context.Context, r camp.Actor, pg camp.Page) ([]camp.NoticeView, error) {
	f := p.f()
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []camp.NoticeView
	for _, n := range f.notices[r.Member] {
		if pg.Before == 0 || uint64(n.ID) < pg.Before {
			n.New = n.ID > f.read[r.Member]
			out = append(out, n)
		}
	}
	return out[:min(len(out), pg.Size())], nil
}

func (p *fakePosts) MarkRead(_ context.Context, r camp.Actor, upTo camp.NoticeID) error {
	f := p.f()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.read[r.Member] = max(f.read[r.Member], upTo)
	f.publish(camp.Event{Kind: camp.EventRead, To: r.Member})
	return nil
}

func (p *fakePosts) Unread(_ context.Context, r camp.Actor) (int, error) {
	f := p.f()
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	for _, x := range f.notices[r.Member] {
		if x.ID > f.read[r.Member] {
			n++
		}
	}
	return min(n, 99), nil
}
