package web

import (
	"bytes"
	"cmp"
	"context"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"camp/node/camp"
	"camp/node/carry"
	"camp/node/posts"
)

// abroad is the wider world of a fake, in memory: people on other servers, who
// follows whom, who keeps away, and what was asked of others.
type abroad struct {
	f  *fake
	mu sync.Mutex // guards what follows

	off     bool // the camp talks with nobody
	known   map[camp.MemberID]camp.Remote
	unmet   map[string]camp.Remote // by handle, for the finder alone
	follows map[[2]camp.MemberID]camp.Follow
	apart   map[[2]camp.MemberID]camp.Apart
	looked  []string
	anew    int // times that somebody was looked up anew
	imports map[camp.MemberID][]camp.Import
	brought string
	backlog []camp.Backlog
	moved   []string
	fault   error // what the finder says
}

const (
	eva camp.MemberID = 5002 // of a server that is blocked
	bot camp.MemberID = 5003
)

const hostile = `<p>Hi <script>alert(1)</script><img src=x onerror=alert(2)><a href="javascript:alert(3)" onclick="x()">no</a> <a href="https://far.example/x?a=1&b=2" rel="me" class="u">yes</a></p><style>*{}</style><iframe src="https://evil.example"></iframe>`

func newAbroad(f *fake) *abroad {
	a := &abroad{
		f: f, known: map[camp.MemberID]camp.Remote{}, unmet: map[string]camp.Remote{}, follows: map[[2]camp.MemberID]camp.Follow{},
		apart: map[[2]camp.MemberID]camp.Apart{}, imports: map[camp.MemberID][]camp.Import{},
	}
	for _, r := range []camp.Remote{
		{
			ID: ana, Name: "ana", Domain: "far.example", At: "far.example", Kind: camp.RemotePerson, Display: `Ana <b>"&'</b> :blob:`, About: hostile, Locked: true,
			Page: "https://far.example/@ana", URI: "https://far.example/users/ana", Born: f.now.AddDate(-2, 0, 0),
			Fields: []camp.Field{{Name: "<i>Site</i>", Value: `<a href="https://ana.example/" target="_blank">ana.example</a><script>1</script>`}},
		},
		{ID: eva, Name: "eva", Domain: "sub.angry.example", At: "sub.angry.example", Kind: camp.RemotePerson, Display: "Eva", About: "<p>secret words</p>", URI: "https://sub.angry.example/eva", Page: "https://sub.angry.example/eva"},
		{
			ID: bot, Name: "news", Domain: "far.example", At: "far.example", Kind: camp.RemoteProgram, Display: "News", Page: "javascript:alert(1)", URI: "https://far.example/news",
			Moved: "https://far.example/users/ana", Gone: f.now,
		},
	} {
		a.known[r.ID] = r
	}
	a.unmet["new@far.example"] = camp.Remote{ID: 5009, Name: "new", Domain: "far.example", At: "far.example", Display: "New", URI: "https://far.example/users/new", Kind: camp.RemotePerson}
	return a
}

func (a *abroad) fill(o *Options) {
	o.Outside = func() bool { return !a.off }
	o.Ties, o.Finder, o.Reach, o.Carry = a, finder{a}, a, a
	o.Backlog = func(context.Context) ([]camp.Backlog, error) { return a.backlog, nil }
}

var errFakeNobody = &camp.Fault{Kind: camp.NotFound, Say: "posts.nobody.say"}

func (a *abroad) there(id camp.MemberID) bool {
	_, far := a.known[id]
	_, here := a.f.members[id]
	return far || here
}

func (a *abroad) shown(id camp.MemberID) camp.Member {
	if r, ok := a.known[id]; ok {
		return r.Shown()
	}
	return a.f.members[id]
}

// Ties

func (a *abroad) Follow(_ context.Context, by camp.Actor, whom camp.MemberID, noBoosts bool) (camp.Follow, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	key := [2]camp.MemberID{by.Member, whom}
	if !a.there(whom) {
		return camp.Follow{}, errFakeNobody
	}
	if a.apart[key].Blocked {
		return camp.Follow{}, &camp.Fault{Kind: camp.NotAllowed, Say: "posts.follow_apart.say"}
	}
	f, ok := a.follows[key]
	if !ok {
		f = camp.Follow{From: by.Member, To: whom, At: a.f.now, Accepted: !a.known[whom].Locked}
	}
	f.NoBoosts = noBoosts
	a.follows[key] = f
	return f, nil
}

func (a *abroad) Unfollow(_ context.Context, by camp.Actor, whom camp.MemberID) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.follows, [2]camp.MemberID{by.Member, whom})
	return nil
}

func (a *abroad) AnswerFollow(_ context.Context, by camp.Actor, who camp.MemberID, yes bool) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	key := [2]camp.MemberID{who, by.Member}
	f, ok := a.follows[key]
	if !ok {
		return &camp.Fault{Kind: camp.NotFound, Say: "posts.no_asking.say"}
	}
	f.Accepted = true
	a.follows[key] = f
	if !yes {
		delete(a.follows, key)
	}
	return nil
}

func (a *abroad) keep(by camp.Actor, whom camp.MemberID, change func(*camp.Apart)) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.there(whom) {
		return errFakeNobody
	}
	key := [2]camp.MemberID{by.Member, whom}
	x := a.apart[key]
	x.Who, x.Whom, x.At = by.Member, whom, a.f.now
	change(&x)
	if a.apart[key] = x; x.Blocked {
		delete(a.follows, key)
	}
	return nil
}

func (a *abroad) Mute(_ context.Context, by camp.Actor, whom camp.MemberID, on bool) error {
	return a.keep(by, whom, func(x *camp.Apart) { x.Muted = on })
}

func (a *abroad) Block(_ context.Context, by camp.Actor, whom camp.MemberID, on bool) error {
	return a.keep(by, whom, func(x *camp.Apart) { x.Blocked = on })
}

func (a *abroad) Relations(_ context.Context, by camp.Actor, whom []camp.MemberID) (list []posts.Relation, _ error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, id := range whom {
		r := posts.Relation{Whom: id, Apart: a.apart[[2]camp.MemberID{by.Member, id}]}
		if f, ok := a.follows[[2]camp.MemberID{by.Member, id}]; ok {
			r.Follows = &f
		}
		if f, ok := a.follows[[2]camp.MemberID{id, by.Member}]; ok {
			r.Followed = &f
		}
		list = append(list, r)
	}
	return list, nil
}

func (a *abroad) list(after camp.MemberID, want func(camp.Follow) bool, other func(camp.Follow) camp.MemberID) (list []posts.Tie) {
	a.mu.Lock()
	defer a.mu.Unlock()
	all := slices.SortedFunc(maps.Values(a.follows), func(x, y camp.Follow) int { return cmp.Compare(other(x), other(y)) })
	for _, f := range all {
		if want(f) && other(f) > after && len(list) < 80 {
			list = append(list, posts.Tie{Follow: f, Who: a.shown(other(f))})
		}
	}
	return list
}

func (a *abroad) Following(_ context.Context, by camp.Actor, after camp.MemberID) ([]posts.Tie, error) {
	return a.list(after, func(f camp.Follow) bool { return f.From == by.Member }, func(f camp.Follow) camp.MemberID { return f.To }), nil
}

func (a *abroad) Followers(_ context.Context, by camp.Actor, after camp.MemberID) ([]posts.Tie, error) {
	return a.list(after, func(f camp.Follow) bool { return f.To == by.Member }, func(f camp.Follow) camp.MemberID { return f.From }), nil
}

func (a *abroad) Asking(_ context.Context, by camp.Actor) ([]posts.Tie, error) {
	return a.list(0, func(f camp.Follow) bool { return f.To == by.Member && !f.Accepted }, func(f camp.Follow) camp.MemberID { return f.From }), nil
}

func (a *abroad) AwayFrom(_ context.Context, by camp.Actor) (list []posts.Away, _ error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, x := range slices.SortedFunc(maps.Values(a.apart), func(x, y camp.Apart) int { return cmp.Compare(x.Whom, y.Whom) }) {
		if x.Who == by.Member && (x.Muted || x.Blocked) {
			list = append(list, posts.Away{Apart: x, Who: a.shown(x.Whom)})
		}
	}
	return list, nil
}

func (a *abroad) Person(_ context.Context, _ camp.Actor, id camp.MemberID) (camp.Remote, error) {
	return a.one(func(r camp.Remote) bool { return r.ID == id })
}

func (a *abroad) PersonCalled(_ context.Context, _ camp.Actor, handle string) (camp.Remote, error) {
	return a.one(func(r camp.Remote) bool { return r.Handle() == handle })
}

func (a *abroad) PersonAt(_ context.Context, _ camp.Actor, uri string) (camp.Remote, error) {
	return a.one(func(r camp.Remote) bool { return r.URI == uri })
}

func (a *abroad) one(is func(camp.Remote) bool) (camp.Remote, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, r := range a.known {
		if is(r) {
			return r, nil
		}
	}
	return camp.Remote{}, errFakeNobody
}

// finder is the abroad as Finder: whom it finds, the camp knows from then on.
type finder struct{ *abroad }

func (x finder) Person(_ context.Context, _ camp.Actor, typed string) (camp.Remote, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.looked = append(x.looked, typed)
	if x.fault != nil {
		return camp.Remote{}, x.fault
	}
	if r, ok := x.unmet[strings.TrimPrefix(typed, "@")]; ok {
		x.known[r.ID] = r
	}
	for _, r := range x.known {
		if r.Handle() == strings.TrimPrefix(typed, "@") || r.URI == typed || r.Page == typed {
			return r, nil
		}
	}
	return camp.Remote{}, errFakeNobody
}

func (x finder) Anew(ctx context.Context, by camp.Actor, typed string) (camp.Remote, error) {
	x.mu.Lock()
	x.anew++
	x.mu.Unlock()
	return x.Person(ctx, by, typed)
}

func (x finder) Post(_ context.Context, _ camp.Actor, address string) (camp.PostID, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if address != "https://far.example/posts/1" {
		return 0, &camp.Fault{Kind: camp.NotFound, Say: "posts.gone.say"}
	}
	return 42, nil
}

// Reach

func (a *abroad) change(by camp.Actor, fn func(*camp.Member)) error {
	a.f.mu.Lock()
	defer a.f.mu.Unlock()
	m := a.f.members[by.Member]
	fn(&m)
	a.f.members[m.ID] = m
	return nil
}

func (a *abroad) SetReach(_ context.Context, by camp.Actor, w camp.Member) error {
	return a.change(by, func(m *camp.Member) {
		m.Locked, m.Shy, m.Discoverable, m.Indexable = w.Locked, w.Shy, w.Discoverable, w.Indexable
	})
}

func (a *abroad) AddAlso(_ context.Context, by camp.Actor, from camp.Remote) error {
	return a.change(by, func(m *camp.Member) { m.Also = append(m.Also, from.URI) })
}

func (a *abroad) DropAlso(_ context.Context, by camp.Actor, uri string) error {
	if !slices.Contains(a.f.members[by.Member].Also, uri) {
		return &camp.Fault{Kind: camp.NotFound, Say: "people.also_none.say"}
	}
	return a.change(by, func(m *camp.Member) {
		m.Also = slices.DeleteFunc(slices.Clone(m.Also), func(x string) bool { return x == uri })
	})
}

func (a *abroad) MayMove(_ context.Context, _ camp.Actor, to camp.Remote) error {
	if to.ID != 5009 {
		return &camp.Fault{Kind: camp.Conflict, Say: "people.move_unknown.say", Args: map[string]string{"Name": to.Handle(), "Mine": "https://home.example/ap/mara"}}
	}
	return nil
}

func (a *abroad) Move(ctx context.Context, by camp.Actor, to camp.Remote) error {
	if err := a.MayMove(ctx, by, to); err != nil {
		return err
	}
	a.moved = append(a.moved, to.URI)
	return a.change(by, func(m *camp.Member) { m.Moved, m.MovedAt = to.URI, a.f.now })
}

// Carry

func (a *abroad) Export(_ context.Context, by camp.Actor, what camp.ListKind) ([]byte, error) {
	return []byte("list of " + by.Member.String() + " " + what.String() + "\n"), nil
}

func (a *abroad) Import(_ context.Context, by camp.Actor, what camp.ListKind, file io.Reader) (camp.Import, error) {
	raw, err := io.ReadAll(file)
	if err != nil {
		return camp.Import{}, err
	}
	rows, err := carry.Read(bytes.NewReader(raw))
	if err != nil {
		return camp.Import{}, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.brought = string(raw)
	i := camp.Import{ID: uint64(len(a.imports[by.Member]) + 7), Member: by.Member, What: what, At: a.f.now, Rows: len(rows)}
	a.imports[by.Member] = append(a.imports[by.Member], i)
	return i, nil
}

func (a *abroad) Imports(_ context.Context, by camp.Actor) ([]camp.Import, error) {
	return a.imports[by.Member], nil
}

func (a *abroad) Bad(_ context.Context, by camp.Actor, id uint64) ([]camp.ImportRow, error) {
	return []camp.ImportRow{
		{Import: id, Line: 3, Handle: "<script>@far.example", Why: "carry.address.say"},
		{Import: id, Line: 4, Handle: "tom@far.example", Why: "no.such.key"},
	}, nil
}

func (a *abroad) End(_ context.Context, by camp.Actor, id uint64) error {
	at := slices.IndexFunc(a.imports[by.Member], func(i camp.Import) bool { return i.ID == id })
	if at < 0 {
		return &camp.Fault{Kind: camp.NotFound, Say: "carry.none.say"}
	}
	a.imports[by.Member] = slices.Delete(a.imports[by.Member], at, at+1)
	return nil
}

// busy fills it, so that every list has something to show.
func (a *abroad) busy(t interface{ Helper() }) {
	t.Helper()
	put := func(from, to camp.MemberID, yes, quiet bool) {
		a.follows[[2]camp.MemberID{from, to}] = camp.Follow{From: from, To: to, At: a.f.now.AddDate(0, -1, 0), Accepted: yes, NoBoosts: quiet}
	}
	for _, me := range []camp.MemberID{vera, mara} {
		put(me, ana, true, true)
		put(me, eva, false, false)
		put(bot, me, true, false)
		put(ana, me, false, false)
		a.apart[[2]camp.MemberID{me, tom}] = camp.Apart{Who: me, Whom: tom, At: a.f.now, Muted: true}
		a.apart[[2]camp.MemberID{me, bot}] = camp.Apart{Who: me, Whom: bot, At: a.f.now, Blocked: true}
		a.imports[me] = []camp.Import{
			{ID: 7, Member: me, What: camp.ListFollows, At: a.f.now, Rows: 120, Done: 80, Bad: 2, Pass: 1, Next: a.f.now.Add(9 * time.Minute)},
			{ID: 8, Member: me, What: camp.ListBlocks, At: a.f.now.AddDate(0, 0, -3), Rows: 5, Done: 5},
		}
		a.f.notices[me] = append(a.f.notices[me],
			camp.NoticeView{ID: 31, Kind: camp.NoticeAsk, From: a.shown(ana), At: a.f.now},
			camp.NoticeView{ID: 30, Kind: camp.NoticeFollow, From: a.shown(bot), At: a.f.now},
			camp.NoticeView{ID: 29, Kind: camp.NoticeMoved, From: a.shown(bot), At: a.f.now},
			camp.NoticeView{ID: 28, Kind: camp.NoticeBoost, From: a.shown(ana), At: a.f.now},
			camp.NoticeView{ID: 27, Kind: camp.NoticePoll, From: a.shown(ana), At: a.f.now},
		)
		m := a.f.members[me]
		m.Also, m.Moved, m.MovedAt, m.Locked = []string{"https://far.example/users/ana", "https://gone.example/users/<me>"}, "https://far.example/news", a.f.now, true
		a.f.members[me] = m
	}
	a.backlog = []camp.Backlog{
		{Host: "far.example", Count: 3, Since: a.f.now.Add(-26 * time.Hour), Next: a.f.now.Add(20 * time.Hour), Why: "fed.unreachable.say"},
		{Host: "slow.example", Count: 1, Since: a.f.now.Add(-time.Minute)},
		{Host: camp.Domain(strings.Repeat("long.", 12) + "example"), Count: 1200, Since: a.f.now.AddDate(0, 0, -8), Next: a.f.now.Add(2 * time.Hour), Asleep: true},
	}
}
