package web

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"camp/node/camp"
)

// fake is a camp in memory that keeps the contracts of needs.go, by hand.
type fake struct {
	guests   *guests
	mu       sync.Mutex
	now      time.Time
	last     uint64
	house    camp.House
	members  map[camp.MemberID]camp.Member
	rules    []camp.Rules
	posts    map[camp.PostID]camp.Post
	past     map[camp.PostID][]camp.Revision
	liked    map[camp.PostID]map[camp.MemberID]bool
	kept     map[camp.PostID]map[camp.MemberID]bool
	notices  map[camp.MemberID][]camp.NoticeView
	read     map[camp.MemberID]camp.NoticeID
	links    map[string]camp.MemberID
	sessions map[string]camp.Session
	files    map[camp.MediaID]camp.MediaFile
	once     map[string]camp.PostID
	watchers map[chan camp.Event]bool
	log      []camp.Entry
	asked    []camp.Intent
	state    camp.State
	answer   camp.Answer
	fault    error // what the next write or intent gives
}

const (
	vera camp.MemberID = 1001 // host
	mara camp.MemberID = 1002
	tom  camp.MemberID = 1003 // has not agreed to the rules yet
)

func newFake() *fake {
	zone := time.FixedZone("CET", 3600)
	f := &fake{
		now: time.Date(2026, 11, 22, 14, 30, 0, 0, zone), members: map[camp.MemberID]camp.Member{},
		posts: map[camp.PostID]camp.Post{}, past: map[camp.PostID][]camp.Revision{}, liked: map[camp.PostID]map[camp.MemberID]bool{},
		kept: map[camp.PostID]map[camp.MemberID]bool{}, notices: map[camp.MemberID][]camp.NoticeView{}, read: map[camp.MemberID]camp.NoticeID{},
		links: map[string]camp.MemberID{}, sessions: map[string]camp.Session{}, files: map[camp.MediaID]camp.MediaFile{},
		once: map[string]camp.PostID{}, watchers: map[chan camp.Event]bool{},
	}
	f.house = camp.House{Name: "Pinewood", Slug: "pinewood", Fingerprint: "abcdefghijklmnop", Host: vera, Language: "en", Made: f.now.AddDate(0, -3, 0)}
	for _, m := range []camp.Member{
		{ID: vera, Name: "vera", Display: "Vera", Role: camp.RoleHost, Agreed: 1},
		{ID: mara, Name: "mara", Display: "Mara Lindqvist", Role: camp.RoleMember, Agreed: 1, About: "I swim before breakfast.\nAsk me about #lakes."},
		{ID: tom, Name: "tom", Display: "Tom", Role: camp.RoleMember, ByWord: true},
	} {
		m.Standing, m.Joined = camp.Joined, f.now.AddDate(0, -2, 0)
		f.members[m.ID] = m
	}
	r := camp.Rules{Version: 1, Asks: 1, Date: f.house.Made, Texts: []string{"Be kind.", "What is said here stays here."}}
	r.Hash = camp.RulesHash(r.Version, r.Texts)
	f.rules = []camp.Rules{r}
	f.state = camp.State{
		Phase: camp.On, Exists: true, Name: "Pinewood", Address: f.house.Address(), Members: 3, Version: "0.1", FirstPost: true, Data: "/data",
		Kept:   []camp.Keeping{{What: "web.home.title", Why: "web.home.empty", About: "web.nav.people", Readers: "web.nav.host", HowLong: "web.when.yesterday", Export: true}},
		Backup: camp.Backup{Last: f.now.Add(-6 * time.Hour), File: "/b/x.camp", Bytes: 84 << 20, Checked: true, Folder: "/b", Daily: 7, Weekly: 4},
		Space:  camp.Space{Free: 40 << 30, Total: 100 << 30, Used: 84 << 20, Level: "ok"},
		Needs:  []camp.Need{{Kind: "recovery", Say: "web.sheet.offer", Deed: camp.DoRecovery}},
	}
	return f
}

// options are those of a whole site over the fake.
func (f *fake) options() Options {
	if f.guests == nil {
		f.guests = &guests{host: vera}
	}
	return Options{
		Joining: f.guests, Border: wall{f.guests}, Code: testCode, Words: testWords,
		People: f, Posts: (*fakePosts)(f), Media: (*fakeMedia)(f), Live: (*fakeLive)(f), Desk: (*fakeDesk)(f),
		Now: func() time.Time { return f.clock() }, Rand: rand.Reader, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Hosts: func() []string { return []string{"127.0.0.1:4123"} }, Cookie: "camp_test",
	}
}

func (f *fake) clock() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

func (f *fake) later(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = f.now.Add(d)
}

func (f *fake) id() uint64 {
	id := uint64(f.now.UnixMilli()) << 16
	if id <= f.last {
		id = f.last + 1
	}
	f.last = id
	return id
}

func (f *fake) publish(e camp.Event) {
	for w := range f.watchers {
		select {
		case w <- e:
		default: // too slow: cut off, as the contract says
			close(w)
			delete(f.watchers, w)
		}
	}
}

// signIn gives a cookie of the member without a link.
func (f *fake) signIn(m camp.MemberID) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.session(m, "Firefox · Linux")
}

func (f *fake) session(m camp.MemberID, label string) string {
	c := rand.Text()
	f.sessions[c] = camp.Session{ID: strings.ToLower(rand.Text())[:16], Member: m, Label: label, Made: f.now, Ends: f.now.AddDate(0, 1, 0)}
	return c
}

var errFakeNone = &camp.Fault{Kind: camp.NotFound, Say: "web.nowhere.say", Err: errors.New("no such thing")}

// People

func (f *fake) House(context.Context) (camp.House, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.house, nil
}

func (f *fake) Member(_ context.Context, id camp.MemberID) (camp.Member, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	m, ok := f.members[id]
	if !ok {
		return m, errFakeNone
	}
	return m, nil
}

func (f *fake) ByName(_ context.Context, name string) (camp.Member, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, m := range f.members {
		if m.Name == name && m.Standing == camp.Joined {
			return m, nil
		}
	}
	return camp.Member{}, errFakeNone
}

func (f *fake) Members(context.Context) ([]camp.Member, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var list []camp.Member
	for _, m := range f.members {
		if m.Standing == camp.Joined {
			list = append(list, m)
		}
	}
	slices.SortFunc(list, func(a, b camp.Member) int { return cmp.Compare(a.Display, b.Display) })
	return list, nil
}

func (f *fake) SetProfile(_ context.Context, by camp.Actor, p camp.Member) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.fault != nil {
		return f.fault
	}
	if p.Display == "" {
		return &camp.Fault{Kind: camp.Invalid, Say: "web.fault.invalid"}
	}
	m := f.members[by.Member]
	m.Display, m.About, m.Picture, m.Language = p.Display, p.About, p.Picture, p.Language
	f.members[m.ID] = m
	return nil
}

func (f *fake) Rules(context.Context) (camp.Rules, error) { return f.rules[len(f.rules)-1], nil }

func (f *fake) AllRules(context.Context) ([]camp.Rules, error) {
	all := slices.Clone(f.rules)
	slices.Reverse(all)
	return all, nil
}

func (f *fake) Agree(_ context.Context, by camp.Actor, version int, hash string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if r := f.rules[len(f.rules)-1]; r.Version != version || r.Hash != hash {
		return &camp.Fault{Kind: camp.Conflict, Say: "web.fault.conflict"}
	}
	m := f.members[by.Member]
	m.Agreed, m.ByWord = version, false
	f.members[m.ID] = m
	return nil
}

func (f *fake) Log(context.Context, camp.Page) ([]camp.Entry, error) { return f.log, nil }

func (f *fake) LogFor(context.Context, camp.Actor, camp.Page) ([]camp.LogLine, error) {
	var list []camp.LogLine
	for _, e := range f.log {
		list = append(list, camp.LogLine{At: e.At, Deed: e.Deed, Args: map[string]string{"By": f.members[e.By].Display, "Whom": f.members[e.Whom].Display}})
	}
	return list, nil
}

func (f *fake) UseLink(_ context.Context, secret, label string) (string, camp.Member, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	m, ok := f.links[secret]
	if !ok {
		return "", camp.Member{}, errFakeNone
	}
	delete(f.links, secret)
	return f.session(m, label), f.members[m], nil
}

func (f *fake) SignedIn(_ context.Context, cookie string) (camp.Session, camp.Member, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s, ok := f.sessions[cookie]
	if !ok || f.members[s.Member].Standing != camp.Joined {
		return camp.Session{}, camp.Member{}, errFakeNone
	}
	return s, f.members[s.Member], nil
}

func (f *fake) Sessions(_ context.Context, by camp.Actor) ([]camp.Session, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var list []camp.Session
	for _, s := range f.sessions {
		if s.Member == by.Member {
			list = append(list, s)
		}
	}
	slices.SortFunc(list, func(a, b camp.Session) int { return cmp.Compare(a.ID, b.ID) })
	return list, nil
}

func (f *fake) EndSession(_ context.Context, by camp.Actor, id string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for c, s := range f.sessions {
		if s.ID == id && s.Member == by.Member {
			delete(f.sessions, c)
			f.publish(camp.Event{Kind: camp.EventSessionEnd, To: s.Member, Session: id})
			return nil
		}
	}
	return errFakeNone
}

func (f *fake) NewLinkFor(_ context.Context, by camp.Actor) (string, error) {
	return f.link(by.Member), nil
}

func (f *fake) link(m camp.MemberID) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := strings.ToLower(rand.Text())
	f.links[s] = m
	return s
}

func (f *fake) AddMember(_ context.Context, _ camp.Actor, name string, role camp.Role) (camp.Member, string, error) {
	m := camp.Member{ID: camp.MemberID(2000 + len(f.members)), Name: name, Display: name, Role: role, Standing: camp.Joined, ByWord: true}
	f.mu.Lock()
	f.members[m.ID] = m
	f.mu.Unlock()
	return m, f.link(m.ID), nil
}

func (f *fake) LinkFor(ctx context.Context, _ camp.Actor, name string) (string, error) {
	m, err := f.ByName(ctx, name)
	if err != nil {
		return "", err
	}
	return f.link(m.ID), nil
}

func (f *fake) SetRole(ctx context.Context, _ camp.Actor, name string, role camp.Role) error {
	m, err := f.ByName(ctx, name)
	if err != nil {
		return err
	}
	m.Role = role
	f.mu.Lock()
	defer f.mu.Unlock()
	f.members[m.ID] = m
	return nil
}

func (f *fake) AnswerOffer(_ context.Context, by camp.Actor, yes bool) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	m := f.members[by.Member]
	if !m.Offered {
		return &camp.Fault{Kind: camp.Conflict, Say: "people.not_offered.say"}
	}
	m.Offered = false
	if yes {
		m.Role = camp.RoleHelper
	}
	f.members[m.ID] = m
	return nil
}

func (f *fake) LayDown(_ context.Context, by camp.Actor) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	m := f.members[by.Member]
	if m.Role != camp.RoleHelper {
		return &camp.Fault{Kind: camp.Conflict, Say: "people.no_helper.say"}
	}
	m.Role = camp.RoleMember
	f.members[m.ID] = m
	return nil
}

func (f *fake) Remove(ctx context.Context, _ camp.Actor, name string, _ bool) error {
	m, err := f.ByName(ctx, name)
	if err != nil {
		return err
	}
	m.Standing = camp.Removed
	f.mu.Lock()
	defer f.mu.Unlock()
	f.members[m.ID] = m
	f.publish(camp.Event{Kind: camp.EventMemberGone, To: m.ID})
	return nil
}

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
	post := camp.Post{ID: id, Root: id, Author: by.Member, Audience: camp.AudienceCamp, Text: text, Note: d.Note, ReplyTo: d.ReplyTo, Written: f.now}
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
		Post: post, By: f.members[post.Author], Favourited: f.liked[post.ID][reader.Member], Kept: f.kept[post.ID][reader.Member],
		Mine: post.Author == reader.Member, MayDelete: post.Author == reader.Member || reader.May(),
	}
	v.Favourites = len(f.liked[post.ID])
	for _, m := range post.Mentions {
		v.Named = append(v.Named, f.members[m])
	}
	if parent, ok := f.posts[post.ReplyTo]; ok {
		v.ReplyBy = f.members[parent.Author].Display
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
		if out = append(out, p.view(r, x)); len(out) == pg.Size() {
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
	return p.page(r, pg, func(x camp.Post) bool { return x.ReplyTo == 0 }), nil
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

// fakeMedia is the fake as Media; every file is the same small picture.
type fakeMedia fake

var onePixel, _ = hex.DecodeString("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360f8cfc0f01f0005000180ffa0b0f2900000000049454e44ae426082")

func (p *fakeMedia) Take(_ context.Context, by camp.Actor, r io.Reader, avatar bool) (camp.MediaFile, error) {
	f := (*fake)(p)
	raw, err := io.ReadAll(r)
	if err != nil {
		return camp.MediaFile{}, err
	}
	if !bytes.HasPrefix(raw, []byte("\x89PNG")) {
		return camp.MediaFile{}, &camp.Fault{Kind: camp.Invalid, Say: "web.fault.invalid"}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	m := camp.MediaFile{ID: camp.MediaID(strings.ToLower(rand.Text())), Owner: by.Member, Type: "image/png", Width: 640, Height: 480, Avatar: avatar, Bytes: int64(len(onePixel))}
	f.files[m.ID] = m
	return m, nil
}

type seekCloser struct{ *bytes.Reader }

func (seekCloser) Close() error { return nil }

func (p *fakeMedia) Open(_ context.Context, reader camp.Actor, id camp.MediaID, _ bool) (camp.MediaFile, io.ReadSeekCloser, error) {
	f := (*fake)(p)
	f.mu.Lock()
	defer f.mu.Unlock()
	m, ok := f.files[id]
	if !ok || reader.Member == 0 || m.Post == 0 && !m.Avatar && m.Owner != reader.Member {
		return m, nil, errFakeNone
	}
	return m, seekCloser{bytes.NewReader(onePixel)}, nil
}

// fakeLive is the fake as Live.
type fakeLive fake

func (p *fakeLive) Watch(camp.Actor, string) (<-chan camp.Event, func()) {
	f := (*fake)(p)
	f.mu.Lock()
	defer f.mu.Unlock()
	ch := make(chan camp.Event, 16)
	f.watchers[ch] = true
	return ch, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		delete(f.watchers, ch)
	}
}

func (p *fakeLive) Here() []camp.MemberID { return []camp.MemberID{vera, mara} }

// fakeDesk is the fake as Desk.
type fakeDesk fake

func (p *fakeDesk) Do(_ context.Context, in camp.Intent) (camp.Answer, error) {
	f := (*fake)(p)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = append(f.asked, in)
	return f.answer, f.fault
}

func (p *fakeDesk) State() camp.State {
	f := (*fake)(p)
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.state
}
