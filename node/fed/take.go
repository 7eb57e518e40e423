package fed

import (
	"context"
	"fmt"
	"time"

	"camp/node/ap"
	"camp/node/camp"
	"camp/node/posts"
	"camp/node/ration"
)

// TakeTx is one transaction of what others bring: all that it means, and that it
// came, are written together or not at all.
type TakeTx interface {
	posts.Tx
	WantTx
	RemoteByURI(uri string) (r camp.Remote, ok bool, err error)
	RemotesOf(d camp.Domain, after camp.MemberID, limit int) ([]camp.Remote, error)
	PutRemote(r camp.Remote, old *camp.Remote) error
	LikedBy(who camp.MemberID, act string) (p camp.PostID, ok bool, err error)
	PutPin(who camp.MemberID, p camp.PostID) error
	DropPin(who camp.MemberID, p camp.PostID) error
	Pins(who camp.MemberID, limit int) ([]camp.PostID, error)
	PutReport(camp.Report) error
	Reports() ([]camp.Report, error)
}

// TakeStore gives it.
type TakeStore interface {
	Update(ctx context.Context, fn func(TakeTx) error) error
	Loose(ctx context.Context, fn func(TakeTx) error) error // may lose the last five seconds
	View(ctx context.Context, fn func(TakeTx) error) error
}

// TakerOptions are what a Taker needs; all but Unlimited must be set.
type TakerOptions struct {
	Names   Names
	Store   TakeStore
	In      func(posts.Tx) posts.Tx // posts.Service.In
	Publish posts.Publisher
	// Held reports whether the camp wants a member's own yes for followers from a
	// server, and shows what comes from there to followers alone.
	Held func(host camp.Domain) bool
	// Reports tells whether reports from a server are taken.
	Reports func(host camp.Domain) bool
	// Unlimited lifts the rate of newcomers, and nothing else; only for a lab.
	Unlimited bool
	Now       func() time.Time
}

// Taker does what activities mean, for whoever proved to be their actor
// (federation.md 5 and 6). What must be fetched first it leaves to a Gatherer.
type Taker struct {
	o      TakerOptions
	gather func([]camp.Wanted) // told of what is wanted, once that is on disk; nil: nobody
	count  func() int          // how much is wanted already; nil: nothing

	ended  ended                  // posts that strangers took back
	crowd  crowd                  // people whom a stranger's word made known
	quotes *ration.Ration[string] // askings to quote, by registered name
	// forwards are acts that are handed on, by registered name of who acts.
	forwards *ration.Ration[string]
}

// NewTaker makes a Taker.
func NewTaker(o TakerOptions) *Taker {
	return &Taker{o: o, crowd: newCrowd(), quotes: ration.New[string](quotesSecond, quotesBurst), forwards: ration.New[string](forwardSecond, forwardBurst)}
}

// taking is one activity in work.
type taking struct {
	t     *Taker
	tx    TakeTx
	in    posts.Tx // tx, with what the border says
	who   camp.Remote
	kept  bool // a row of theirs is in the store
	held  bool
	now   time.Time
	wants []camp.Wanted
	reach camp.Audience // of the act that brings a post: the post goes no further; 0 for not said
	alone bool          // nobody here asked for it: it came by itself
}

// effects says what each kind of activity does; any other kind means nothing.
var effects = map[string]func(*taking, *ap.Activity) ([]camp.Event, error){
	"Follow":       (*taking).follow,
	"Accept":       (*taking).accept,
	"Reject":       (*taking).reject,
	"Undo":         (*taking).undo,
	"Create":       (*taking).create,
	"Update":       (*taking).update,
	"Delete":       (*taking).delete,
	"Like":         (*taking).like,
	"EmojiReact":   (*taking).like,
	"Announce":     (*taking).announce,
	"Block":        (*taking).block,
	"Flag":         (*taking).flag,
	"Move":         (*taking).move,
	"Add":          (*taking).add,
	"Remove":       (*taking).remove,
	"QuoteRequest": (*taking).quoteRequest,
}

// Take does what an activity means, once: the same again changes nothing.
// ErrDisowned for what is not its actor's to do.
func (t *Taker) Take(ctx context.Context, from Signer, a ap.Activity) error {
	do, known := effects[a.Type]
	if ap.HostOf(a.ID) != from.Host && !a.Unnamed {
		return fmt.Errorf("%w: its id is of another host", ErrDisowned)
	}
	if !known {
		return nil
	}
	a.Arrived(t.o.Now())
	err := t.run(ctx, func(w *taking) ([]camp.Event, error) {
		w.alone = true
		if heard, err := w.tx.Heard(a.Actor, a.ID); err != nil || heard {
			return nil, err
		}
		if err := w.as(from); err != nil {
			return nil, err
		}
		if w.kept && w.now.Sub(w.who.Fetched) > refreshAfter {
			if err := w.refresh(); err != nil {
				return nil, err
			}
		}
		events, err := do(w, &a)
		if err != nil || !w.kept {
			return events, err // of whom nothing is kept, nothing was done: strangers fill no disk
		}
		return events, w.tx.PutHeard(a.Actor, a.ID)
	})
	if err != nil {
		return fmt.Errorf("take %s: %w", a.Type, err)
	}
	return nil
}

// run does something in one transaction, and tells of it once it is on disk.
func (t *Taker) run(ctx context.Context, fn func(*taking) ([]camp.Event, error)) error {
	var events []camp.Event
	var wants []camp.Wanted
	err := t.o.Store.Update(ctx, func(tx TakeTx) (err error) {
		w := &taking{t: t, tx: tx, in: t.o.In(tx), now: tx.Now()}
		events, err = fn(w)
		wants = w.wants
		return err
	})
	if err != nil {
		return err
	}
	for _, e := range events {
		t.o.Publish.Publish(e)
	}
	if t.gather != nil && len(wants) > 0 {
		t.gather(wants)
	}
	return nil
}

// as says who acts, finds them among those kept, and brings what is kept of them
// up to date where their document was just fetched. Who is not kept yet has no
// number; known gives them one when something of theirs stays.
func (w *taking) as(from Signer) error {
	w.held = w.t.o.Held(camp.Domain(withoutPort(from.Host)))
	was, ok, err := w.tx.RemoteByURI(from.URI)
	if err != nil {
		return err
	}
	w.who, w.kept = was, ok
	switch {
	case from.Actor != nil:
		w.who = remoteOf(from.Actor, was, w.now)
	case !ok: // forgotten since their key was looked at: their server tries again
		return fmt.Errorf("%s is not kept any more", from.Host)
	default:
		return nil
	}
	if ok {
		return w.tx.PutRemote(w.who, &was)
	}
	return nil
}

// known makes sure that who acts is kept, and has a number.
func (w *taking) known() error {
	if w.kept {
		return nil
	}
	if w.alone && !w.t.o.Unlimited && !w.t.crowd.may(w.who.URI, w.now) {
		return errCrowd
	}
	w.kept = true
	if w.who.ID == 0 {
		w.who.ID = camp.MemberID(w.tx.NextID())
	}
	if err := w.tx.PutRemote(w.who, nil); err != nil || w.who.At != "" {
		return err
	}
	return w.want(camp.Wanted{Do: camp.WantedHandle, URI: w.who.URI})
}

// ours gives the member whom an id means, if other servers know of them.
func (w *taking) ours(id string) (m camp.Member, ok bool, err error) {
	name := w.t.o.Names.Handle(id)
	if name == "" || w.t.o.Names.Actor(name) != id {
		return camp.Member{}, false, nil
	}
	m, ok, err = w.tx.MemberByName(name)
	return m, ok && err == nil && reachable(m), err
}

// post gives what an id means, from here or elsewhere. The camp's own posts of
// the camp alone are not there: to whoever asks from outside they never were.
func (w *taking) post(id string) (p camp.Post, ok bool, err error) {
	if number, here := w.t.o.Names.PostID(id); here {
		p, ok, err = w.tx.Post(number)
		return p, ok && p.Here() && p.BoostOf == 0 && p.Audience != camp.AudienceCamp, err
	}
	return w.tx.PostByURI(id)
}

func (w *taking) follow(a *ap.Activity) ([]camp.Event, error) {
	m, ok, err := w.ours(a.Object.ID)
	if err != nil || !ok {
		return nil, err
	}
	if err := w.known(); err != nil {
		return nil, err
	}
	return posts.FarFollow(w.in, w.who.ID, m.ID, a.ID, w.held)
}

func (w *taking) block(a *ap.Activity) ([]camp.Event, error) {
	m, ok, err := w.ours(a.Object.ID)
	if err != nil || !ok {
		return nil, err
	}
	if err := w.known(); err != nil {
		return nil, err
	}
	return posts.FarBlock(w.in, w.who.ID, m.ID, true)
}
