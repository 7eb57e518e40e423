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
	laters
	ruling
	guests   *guests
	tray     []string // what was answered there
	signs    []string // that came with likes
	abroad   *abroad
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
	answers  map[string]camp.Answer // to intents of a kind; answer to all others
	state    camp.State
	answer   camp.Answer
	fault    error // what the next write or intent gives

	outside bool // the camp talks with the wider world
	remotes map[camp.MemberID]camp.Remote
	home    map[camp.PostID]bool // what came into everybody's home timeline
	votes   map[camp.PostID]map[camp.MemberID][]int
	opened  []camp.PostID // conversations that somebody opened
	fetched []camp.FarFile

	lettersRead map[camp.PostID]bool // by their root
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
	f.abroad = newAbroad(f)
	return f
}

// options are those of a whole site over the fake.
func (f *fake) options() Options {
	if f.guests == nil {
		f.guests = &guests{host: vera}
	}
	o := Options{
		Joining: f.guests, Border: wall{f.guests}, Code: testCode, Words: testWords,
		People: f, Posts: (*fakePosts)(f), Media: (*fakeMedia)(f), Live: (*fakeLive)(f), Desk: (*fakeDesk)(f),
		Now: func() time.Time { return f.clock() }, Rand: rand.Reader, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Hosts: func() []string { return []string{"127.0.0.1:4123"} }, Cookie: "camp_test",
		Report: nobodyReports{}, Reports: nobodyReports{},
		Outside: func() bool { return f.outside }, OpenThread: f.openThread,
	}
	f.abroad.fill(&o)
	return o
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
		if m.Name == name && m.Standing.In() {
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
		if m.Standing.In() {
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
	if m.Offered = role == camp.RoleHelper; !m.Offered { // who is to help is asked
		m.Role = role
	}
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

func (f *fake) Leave(_ context.Context, by camp.Actor, erase bool) (camp.Member, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	m := f.members[by.Member]
	if m.Role == camp.RoleHost {
		return m, &camp.Fault{Kind: camp.NotAllowed, Say: "people.host_leaves.say"}
	}
	m.Final, m.Erase = f.now.Add(7*24*time.Hour), erase
	f.members[by.Member] = m
	return m, nil
}

func (f *fake) Stay(_ context.Context, by camp.Actor) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	m := f.members[by.Member]
	m.Final, m.Erase = time.Time{}, false
	f.members[by.Member] = m
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
	if a, ok := f.answers[in.Do]; ok {
		return a, f.fault
	}
	return f.answer, f.fault
}

func (p *fakeDesk) State() camp.State {
	f := (*fake)(p)
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.state
}
