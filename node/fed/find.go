package fed

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"camp/node/ap"
	"camp/node/camp"
	"camp/node/outside"
)

// FinderOptions are what a Finder needs; all must be set.
type FinderOptions struct {
	Gatherer *Gatherer
	Outside  func() bool // whether the camp talks with the wider world
	// Sees gives a post that a member may read, a fault where they may not.
	Sees func(ctx context.Context, by camp.Actor, id camp.PostID) (camp.Post, error)
}

// Finder looks elsewhere for what a member names: somebody by handle or address,
// a post by its address, the rest of a conversation. It sends nothing but the
// question. Safe for concurrent use.
type Finder struct {
	o FinderOptions
	g *Gatherer

	mu     sync.Mutex // guards what follows
	failed map[string]miss
	opened map[camp.PostID]time.Time
}

// miss is why something was not found, and when.
type miss struct {
	fault *camp.Fault
	at    time.Time
}

const (
	missKept   = 10 * time.Minute // (reliability.md 3)
	openedKept = 15 * time.Minute // between two looks for the answers to one post
	mostMisses = 4096
	maxTyped   = 2 << 10 // bytes
	findTime   = 20 * time.Second
)

// NewFinder makes a Finder.
func NewFinder(o FinderOptions) *Finder {
	return &Finder{o: o, g: o.Gatherer, failed: map[string]miss{}, opened: map[camp.PostID]time.Time{}}
}

// Person gives somebody elsewhere whom a member names: "@ana@far.example", with
// or without the first @, or the address of their page. Who is known is given
// without asking, unless that was long ago. Faults: NotFound for nobody there or
// no such name, Offline where their server does not answer, NotAllowed where the
// camp blocks it, without any look-up, or is silent.
func (f *Finder) Person(ctx context.Context, by camp.Actor, typed string) (camp.Remote, error) {
	return f.person(ctx, by, typed, refreshAfter)
}

// Anew is Person as their own server says now, also where they are known: for what
// cannot be undone.
func (f *Finder) Anew(ctx context.Context, by camp.Actor, typed string) (camp.Remote, error) {
	return f.person(ctx, by, typed, 0)
}

// person gives somebody who was asked after no longer than most ago.
func (f *Finder) person(ctx context.Context, by camp.Actor, typed string, most time.Duration) (camp.Remote, error) {
	typed = strings.TrimSpace(typed)
	as, err := f.asker(ctx, by)
	if err != nil {
		return camp.Remote{}, err
	}
	name, domain := handleOf(typed)
	if domain == "" {
		return f.personAt(ctx, as, typed, most)
	}
	if err := f.open(camp.Domain(domain)); err != nil {
		return camp.Remote{}, err
	}
	handle := strings.ToLower(name) + "@" + domain
	r, ok, err := f.kept(ctx, func(tx TakeTx) (camp.Remote, bool, error) { return tx.RemoteByHandle(handle) })
	if err != nil || ok && r.At == camp.Domain(domain) && f.fresh(r, most) {
		return r, err
	}
	return once(f, "acct:"+handle, func() (camp.Remote, error) { return f.fingered(ctx, as, name, domain) })
}

// handleOf takes a handle apart; domain is "" for anything else.
func handleOf(typed string) (name, domain string) {
	if len(typed) > maxTyped || strings.Contains(typed, "/") {
		return "", ""
	}
	return ap.SplitAcct(typed)
}

// asker gives by whose key a question is signed: the member's, or the camp's for
// guests, whom other servers do not know.
func (f *Finder) asker(ctx context.Context, by camp.Actor) (camp.MemberID, error) {
	if !f.o.Outside() {
		return 0, camp.NewFault(camp.NotAllowed, "fed.silent.say", nil)
	}
	as := camp.MemberID(0)
	err := f.g.store.View(ctx, func(tx TakeTx) error {
		m, ok, err := tx.Member(by.Member)
		switch {
		case err != nil:
			return err
		case !ok || !m.Standing.In():
			return camp.NewFault(camp.NotAllowed, "people.not_member.say", nil)
		case reachable(m):
			as = m.ID
		}
		return nil
	})
	return as, err
}

// open says whether the camp speaks with a server at all.
func (f *Finder) open(host camp.Domain) error {
	if host == f.g.t.o.Names.Domain {
		return camp.NewFault(camp.NotFound, "fed.own.say", nil)
	}
	if err := f.g.may(host); err != nil {
		return &camp.Fault{Kind: camp.NotAllowed, Say: "fed.blocked.say", Args: map[string]string{"Name": string(host)}, Err: err}
	}
	return nil
}

func (f *Finder) kept(ctx context.Context, read func(TakeTx) (camp.Remote, bool, error)) (r camp.Remote, ok bool, err error) {
	err = f.g.store.View(ctx, func(tx TakeTx) error {
		r, ok, err = read(tx)
		return err
	})
	return r, ok && r.Gone.IsZero(), err
}

func (f *Finder) fresh(r camp.Remote, most time.Duration) bool {
	return f.g.now().Sub(r.Fetched) < most
}

// fingered asks a server whom a handle means, and that one's server for them.
func (f *Finder) fingered(ctx context.Context, as camp.MemberID, name, domain string) (camp.Remote, error) {
	ctx, end := context.WithTimeout(ctx, findTime)
	defer end()
	j, err := f.g.finger(ctx, name, domain)
	if err != nil {
		return camp.Remote{}, f.fault(err, domain)
	}
	id := j.Actor()
	if id == "" {
		return camp.Remote{}, f.fault(&GoneError{}, domain)
	}
	if err := f.open(hostName(id)); err != nil {
		return camp.Remote{}, err
	}
	return f.meet(ctx, as, id)
}

// personAt is somebody at an address: of their account, or of a page of theirs.
func (f *Finder) personAt(ctx context.Context, as camp.MemberID, address string, most time.Duration) (camp.Remote, error) {
	host := hostName(address)
	if host == "" || len(address) > maxTyped {
		return camp.Remote{}, camp.NewFault(camp.Invalid, "fed.no_address.say", nil)
	}
	if err := f.open(host); err != nil {
		return camp.Remote{}, err
	}
	r, ok, err := f.kept(ctx, func(tx TakeTx) (camp.Remote, bool, error) { return tx.RemoteByURI(address) })
	if err != nil || ok && f.fresh(r, most) {
		return r, err
	}
	return once(f, "person:"+address, func() (camp.Remote, error) {
		ctx, end := context.WithTimeout(ctx, findTime)
		defer end()
		x, err := f.g.pasted(ctx, as, address)
		if err != nil {
			return camp.Remote{}, f.fault(err, string(host))
		}
		if x.Actor == nil {
			return camp.Remote{}, f.fault(&GoneError{}, string(host))
		}
		return f.meet(ctx, as, x.ID)
	})
}

// meet makes somebody known, with the handle that both sides agree about.
func (f *Finder) meet(ctx context.Context, as camp.MemberID, id string) (camp.Remote, error) {
	a, err := f.g.actor(ctx, as, id)
	if err != nil {
		return camp.Remote{}, f.fault(err, string(hostName(id)))
	}
	at, unasked := f.g.agreed(ctx, a)
	var r camp.Remote
	err = f.g.t.run(ctx, func(w *taking) ([]camp.Event, error) {
		if _, err := w.find(id); err != nil {
			return nil, err
		}
		w.kept = w.who.URI != "" // also whoever had gone, and is back
		err := w.renew(a, at, unasked)
		r = w.who
		return nil, err
	})
	return r, err
}

// fault says in plain words why something was not found.
func (f *Finder) fault(err error, host string) error {
	args := map[string]string{"Name": host}
	var gone *GoneError
	switch {
	case errors.Is(err, ErrShutOut) || outside.KindOf(err) == outside.Blocked:
		return &camp.Fault{Kind: camp.NotAllowed, Say: "fed.blocked.say", Args: args, Err: err}
	case errors.As(err, &gone), outside.KindOf(err) == "" && lasting(err):
		return &camp.Fault{Kind: camp.NotFound, Say: "fed.nobody.say", Args: args, Err: err}
	case outside.KindOf(err) == outside.Type:
		return &camp.Fault{Kind: camp.NotFound, Say: "fed.nobody.say", Args: args, Err: err}
	}
	return &camp.Fault{Kind: camp.Offline, Say: "fed.no_answer.say", Args: args, Err: err}
}

// once asks, unless asking came to nothing a short while ago.
func once[T any](f *Finder, what string, ask func() (T, error)) (T, error) {
	now := f.g.now()
	f.mu.Lock()
	m, missed := f.failed[what]
	f.mu.Unlock()
	if missed && now.Sub(m.at) < missKept && !now.Before(m.at) {
		var none T
		return none, m.fault
	}
	found, err := ask()
	if fault := (*camp.Fault)(nil); errors.As(err, &fault) && !errors.Is(err, context.Canceled) {
		f.mu.Lock()
		if len(f.failed) >= mostMisses {
			clear(f.failed) // costs a question each
		}
		f.failed[what] = miss{fault, now}
		f.mu.Unlock()
	}
	return found, err
}
