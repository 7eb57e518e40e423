// Package memberships keeps the camps of others that this computer belongs to,
// or asks to: one file each in the folder of keys, one connection each, one door
// for the browser each.
//
//	code ─look─▶ rules ─ask─▶ waiting ─▶ member ─▶ the proxy lets the browser in
//	                             └─▶ declined, withdrawn
package memberships

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"camp/node/camp"
	"camp/node/seats"
	"camp/tunnel/guest"
)

// Options are what a Keeper needs; all must be set but Own and Browse.
type Options struct {
	Dir      string // the folder of keys; made where it is missing
	Now      func() time.Time
	Rand     io.Reader
	Log      *slog.Logger
	Language func() string
	Say      func(key string, args ...any) string                            // a sentence in that language
	Own      func(campKey [32]byte) bool                                     // whether it is of the camp that lives in the same data folder
	Browse   func(url string) error                                          // nil: no browser here
	Changed  func()                                                          // told that States or Joining give something new; must not block
	Web      string                                                          // address of the first browser's door; "" for one of the system's choice
	Quiet    func(w http.ResponseWriter, r *http.Request, m camp.Membership) // the page for a camp that sleeps, or is over for oneself
}

// Keeper keeps all memberships. Make it by New, let Run run. Safe for concurrent use.
type Keeper struct {
	opt Options

	mu      sync.Mutex // guards what follows; never held over I/O but that of the files
	list    []*member
	started func(*member) // set while Run runs
	joining camp.Joining
	looked  *looked
	calls   int                // counts looks, so that an older one tells nothing
	giveUp  context.CancelFunc // ends the newest look; nil before the first
}

// maxBrowser is how many connections of this computer's browsers a camp's door has
// at the same time; who is silent makes room.
const maxBrowser = 64

// member is one membership that is kept.
type member struct {
	k    *Keeper
	stop context.CancelFunc // ends its connection; nil before it runs
	done chan struct{}      // closed when that has ended

	saving   sync.Mutex // one write of the file at a time
	rekeying sync.Mutex // one new key at a time

	mu    sync.Mutex // guards what follows
	s     saved
	view  camp.Membership
	guest *guest.Keeper
	turn  context.CancelFunc // ends the present connection, so that one by a new key begins; nil while there is none
	heard chan struct{}      // closed when the camp answers by a new key; nil where the key is old

	offers chan struct{} // holds one token while saved.Next may be another than was looked at
}

// idOf names a camp without telling its key.
func idOf(campKey [32]byte) string {
	sum := sha256.Sum256(append([]byte("camp membership 1"), campKey[:]...))
	return hex.EncodeToString(sum[:6])
}

// New reads the memberships; it starts nothing.
func New(opt Options) (*Keeper, error) {
	k := &Keeper{opt: opt}
	list, err := k.load()
	if err != nil {
		return nil, err
	}
	for _, s := range list {
		k.list = append(k.list, newMember(k, s))
	}
	return k, nil
}

func newMember(k *Keeper, s saved) *member {
	m := &member{k: k, s: s, done: make(chan struct{}), offers: make(chan struct{}, 1)}
	m.view = camp.Membership{
		ID: s.ID, Camp: s.Camp, Host: s.Host, Name: s.Name, State: camp.Standing(s.State), Link: guest.Looking, Since: s.Since, Ends: s.Ends,
		Answer: s.Answer, Words: s.Words, Leaves: s.Leaves, Shut: s.Shut, Devices: []camp.DeviceLine{},
	}
	return m
}

// States gives all memberships, the oldest first; never nil.
func (k *Keeper) States() []camp.Membership {
	k.mu.Lock()
	defer k.mu.Unlock()
	all := make([]camp.Membership, 0, len(k.list))
	for _, m := range k.list {
		if m.now().State != asking {
			all = append(all, m.shown())
		}
	}
	slices.SortFunc(all, func(a, b camp.Membership) int { return a.Since.Compare(b.Since) })
	return all
}

// Joining gives the join under way.
func (k *Keeper) Joining() camp.Joining {
	k.mu.Lock()
	defer k.mu.Unlock()
	j := k.joining
	if j.Around == nil {
		j.Around = []camp.NearbyCamp{}
	}
	return j
}

// Run keeps every connection until ctx ends and returns when all have ended.
func (k *Keeper) Run(ctx context.Context) error {
	var all sync.WaitGroup
	k.mu.Lock()
	k.started = func(m *member) { // the caller holds mu
		own, stop := context.WithCancel(ctx)
		m.stop = stop
		all.Go(func() { defer close(m.done); defer stop(); m.run(own) })
	}
	for _, m := range k.list {
		if m.lives() {
			k.started(m)
		}
	}
	k.mu.Unlock()
	<-ctx.Done()
	k.mu.Lock()
	k.started = nil
	k.mu.Unlock()
	all.Wait()
	return nil
}

// lives reports whether there is a connection to keep.
func (m *member) lives() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch camp.Standing(m.s.State) {
	case camp.Waiting, camp.Joined, camp.Suspended, camp.Declined:
		return true
	}
	return false
}

// run keeps one connection, and the browser's door beside it.
func (m *member) run(ctx context.Context) {
	var all sync.WaitGroup
	all.Go(func() { m.serve(ctx) })
	for m.connect(ctx) {
	}
	all.Wait()
}

// connect keeps the connection by the present key; true where there is a newer one.
func (m *member) connect(ctx context.Context) bool {
	own, turn := context.WithCancel(ctx)
	defer turn()
	s := m.now()
	g := guest.NewKeeper(guest.KeepOptions{
		Key: s.key(s.campKey()), Language: m.k.opt.Language,
		Ways: func() []netip.AddrPort { m.mu.Lock(); defer m.mu.Unlock(); return m.s.ways() },
		Told: func(a camp.JoinAnswer) { m.toldBy(s, a) }, Changed: m.moved, Now: m.k.opt.Now, Rand: m.k.opt.Rand, Log: m.k.opt.Log,
	})
	m.mu.Lock()
	m.guest, m.turn = g, turn
	newer := m.turned(s) // came while this was made
	m.mu.Unlock()
	var beside sync.WaitGroup
	if !newer {
		beside.Go(func() { m.scout(own, s) })
		if err := g.Run(own); err != nil {
			m.k.opt.Log.Warn("connection not kept", "err", err)
		}
	}
	turn()
	beside.Wait()
	m.mu.Lock()
	defer m.mu.Unlock()
	m.guest, m.turn = nil, nil
	return ctx.Err() == nil && m.turned(s)
}

// link is the present connection, nil for none.
func (m *member) link() *guest.Link {
	m.mu.Lock()
	g := m.guest
	m.mu.Unlock()
	if g == nil || m.shown().State.Over() {
		return nil
	}
	return g.Link()
}

// serve opens the browser's door, at the port of last time where that is free.
func (m *member) serve(ctx context.Context) {
	s := m.now()
	addr := m.k.opt.Web
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	tries := []string{addr}
	if s.Port != "" {
		tries = []string{"127.0.0.1:" + s.Port, addr}
	}
	p := &guest.Proxy{
		Link: m.link, Log: m.k.opt.Log, Seats: seats.New(maxBrowser),
		Asleep: func(w http.ResponseWriter, r *http.Request) { m.k.opt.Quiet(w, r, m.shown()) },
	}
	for _, at := range tries {
		listeners, err := guest.ListenProxy(ctx, at)
		if err != nil {
			m.k.opt.Log.Warn("the browser's door does not open", "err", err)
			continue
		}
		at, err := netip.ParseAddrPort(listeners[0].Addr().String())
		if err == nil {
			m.change(func(s *saved, v *camp.Membership) bool {
				v.Web = "http://" + at.String()
				was := s.Port
				s.Port = strconv.Itoa(int(at.Port()))
				return was != s.Port
			})
		}
		if err := p.Run(ctx, s.ID, listeners); err != nil {
			m.k.opt.Log.Warn("the browser's door closed", "err", err)
		}
		return
	}
}

// shown is the membership as it is shown now.
func (m *member) shown() camp.Membership {
	m.mu.Lock()
	defer m.mu.Unlock()
	v := m.view
	if m.hasLeft() {
		v.State = camp.Left
	}
	return v
}

// told takes in what the camp said to the device of a serial.
func (m *member) told(serial uint64, a camp.JoinAnswer) {
	if a.State.Over() { // of what was before, all is still so
		m.change(func(s *saved, v *camp.Membership) bool {
			if a.Shut && s.Serial != serial {
				return false // of a key that this computer has no longer
			}
			s.State, v.State, s.Shut, v.Shut = string(a.State), a.State, a.Shut, a.Shut
			v.Unread, v.Replies, v.Devices = 0, 0, []camp.DeviceLine{}
			return true
		})
		return
	}
	m.change(func(s *saved, v *camp.Membership) bool {
		if m.heard != nil && s.Serial == serial {
			close(m.heard)
			m.heard = nil
		}
		before := *s
		s.State, s.Camp, s.Host, s.Name, s.Since, s.Answer, s.Words = string(a.State), a.Camp, a.Host, a.Name, a.Since, a.Answer, a.Words
		moved := s.withWays(a.Paths)
		v.State, v.Camp, v.Host, v.Name, v.Since, v.Answer, v.Words = a.State, a.Camp, a.Host, a.Name, a.Since, a.Answer, a.Words
		v.Unread, v.Replies, v.LastWord = a.Unread, a.Replies, a.LastWord
		v.Question, v.Reply, s.Leaves, v.Leaves = a.Question, a.Reply, a.Leaves, a.Leaves
		return moved || before.State != s.State || before.Camp != s.Camp || before.Host != s.Host || before.Name != s.Name ||
			before.Answer != s.Answer || before.Words != s.Words || !before.Leaves.Equal(s.Leaves)
	})
}

// moved notes where the connection stands.
func (m *member) moved(link, path string) {
	m.change(func(_ *saved, v *camp.Membership) bool { v.Link, v.Path = link, path; return false })
}

// change changes a membership, keeps it where fn says so, and tells.
func (m *member) change(fn func(*saved, *camp.Membership) (keep bool)) {
	m.mu.Lock()
	keep := fn(&m.s, &m.view)
	m.mu.Unlock()
	if keep {
		if err := m.save(); err != nil {
			m.k.opt.Log.Warn("membership not kept", "err", err)
		}
	}
	m.k.opt.Changed()
}

// save writes a membership as it is now: what changed last is never covered by
// what changed before.
func (m *member) save() error {
	m.saving.Lock()
	defer m.saving.Unlock()
	return m.k.write(m.now())
}

// find gives the membership of an id, or the only one where id is "".
func (k *Keeper) find(id string) (*member, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	var found *member
	for _, m := range k.list {
		if m.now().ID == id || id == "" && len(k.list) == 1 {
			found = m
		}
	}
	if found == nil {
		return nil, k.unknown(id)
	}
	return found, nil
}

// unknown says which memberships there are to one who named none of them; called
// with mu held.
func (k *Keeper) unknown(id string) error {
	names := make([]string, 0, len(k.list))
	for _, m := range k.list {
		v := m.shown()
		names = append(names, v.ID+" ("+v.Camp+")")
	}
	switch {
	case len(names) == 0:
		return camp.NewFault(camp.NotFound, "join.none.say", nil)
	case id == "":
		return &camp.Fault{Kind: camp.Invalid, Say: "join.several.say", Args: camp.Args{"Names": strings.Join(names, ", ")}}
	}
	return &camp.Fault{Kind: camp.NotFound, Say: "join.which.say", Args: camp.Args{"ID": camp.CleanLine(id, 40), "Names": strings.Join(names, ", ")}}
}

// drop ends a membership's connection and forgets its file.
func (k *Keeper) drop(m *member) error {
	k.mu.Lock()
	k.list = slices.DeleteFunc(k.list, func(o *member) bool { return o == m })
	stop := m.stop
	k.mu.Unlock()
	if stop != nil {
		stop()
		<-m.done
	}
	if err := os.Remove(k.path(m.now().ID)); err != nil && !os.IsNotExist(err) {
		return camp.NewFault(camp.Internal, "join.forget.say", err)
	}
	k.opt.Changed()
	return nil
}
