package fed

import (
	"context"
	"fmt"
	"time"

	"camp/node/ap"
	"camp/node/camp"
	"camp/node/posts"
)

// TakeTx is one transaction of what others bring: all that it means, and that it
// came, are written together or not at all.
type TakeTx interface {
	posts.Tx
	RemoteByURI(uri string) (r camp.Remote, ok bool, err error)
	PutRemote(r camp.Remote, old *camp.Remote) error
}

// TakeStore gives it.
type TakeStore interface {
	Update(ctx context.Context, fn func(TakeTx) error) error
}

// TakerOptions are what a Taker needs; all must be set.
type TakerOptions struct {
	Names   Names
	Store   TakeStore
	In      func(posts.Tx) posts.Tx // posts.Service.In
	Publish posts.Publisher
	// Held reports whether the camp wants a member's own yes for followers from a
	// server, and shows what comes from there to followers alone.
	Held func(host camp.Domain) bool
	Now  func() time.Time
}

// Taker does what activities mean, for whoever proved to be their actor
// (federation.md 5 and 6). What would have to be fetched first is not its business.
type Taker struct{ o TakerOptions }

// NewTaker makes a Taker.
func NewTaker(o TakerOptions) *Taker { return &Taker{o} }

// taking is one activity in work.
type taking struct {
	t    *Taker
	tx   TakeTx
	in   posts.Tx // tx, with what the border says
	who  camp.Remote
	kept bool // a row of theirs is in the store
	held bool
	now  time.Time
}

// effects says what each kind of activity does; any other kind means nothing.
var effects = map[string]func(*taking, *ap.Activity) ([]camp.Event, error){
	"Follow":   (*taking).follow,
	"Accept":   (*taking).accept,
	"Reject":   (*taking).reject,
	"Undo":     (*taking).undo,
	"Create":   (*taking).create,
	"Update":   (*taking).update,
	"Delete":   (*taking).delete,
	"Like":     (*taking).like,
	"Announce": (*taking).announce,
	"Block":    (*taking).block,
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
	a.Object.Arrived(t.o.Now())
	var events []camp.Event
	err := t.o.Store.Update(ctx, func(tx TakeTx) error {
		events = nil
		if heard, err := tx.Heard(a.Actor, a.ID); err != nil || heard {
			return err
		}
		w := &taking{t: t, tx: tx, in: t.o.In(tx), now: tx.Now(), held: t.o.Held(camp.Domain(withoutPort(from.Host)))}
		if err := w.meet(from); err != nil {
			return err
		}
		var err error
		if events, err = do(w, &a); err != nil || !w.kept {
			return err // of whom nothing is kept, nothing was done: strangers fill no disk
		}
		return tx.PutHeard(a.Actor, a.ID)
	})
	if err != nil {
		return fmt.Errorf("take %s: %w", a.Type, err)
	}
	for _, e := range events {
		t.o.Publish.Publish(e)
	}
	return nil
}

// meet finds who acts among those kept, and brings what is kept of them up to
// date where their document was just fetched. Who is not kept yet has no number;
// known gives them one when something of theirs stays.
func (w *taking) meet(from Signer) error {
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
	w.kept = true
	w.who.ID = camp.MemberID(w.tx.NextID())
	return w.tx.PutRemote(w.who, nil)
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

func (w *taking) accept(a *ap.Activity) ([]camp.Event, error) { return w.answer(a, true) }
func (w *taking) reject(a *ap.Activity) ([]camp.Event, error) { return w.answer(a, false) }

// answer is their yes or no to a member who asked to follow them. Where a server
// rewrote the id of the asking, who asked and whom is enough.
func (w *taking) answer(a *ap.Activity, yes bool) ([]camp.Event, error) {
	asking := a.Object.Activity
	if !w.kept || asking == nil || asking.Type != "Follow" || asking.Object.ID != w.who.URI {
		return nil, nil
	}
	m, ok, err := w.ours(asking.Actor)
	if err != nil || !ok {
		return nil, err
	}
	return posts.FarAnswer(w.in, w.who.ID, m.ID, "", yes)
}

func (w *taking) undo(a *ap.Activity) ([]camp.Event, error) {
	what := a.Object.Activity
	if !w.kept || what == nil {
		return nil, nil
	}
	if what.Actor != a.Actor {
		return nil, fmt.Errorf("%w: somebody else did it", ErrDisowned)
	}
	switch what.Type {
	case "Follow", "Block":
		m, ok, err := w.ours(what.Object.ID)
		if err != nil || !ok {
			return nil, err
		}
		if what.Type == "Block" {
			return posts.FarBlock(w.in, w.who.ID, m.ID, false)
		}
		return posts.FarUnfollow(w.in, w.who.ID, m.ID)
	case "Like", "Announce":
		p, ok, err := w.post(what.Object.ID)
		if err != nil || !ok {
			return nil, err
		}
		if what.Type == "Like" {
			return posts.FarLike(w.in, w.who.ID, p, false)
		}
		return posts.FarUnboost(w.in, w.who.ID, p)
	}
	return nil, nil
}

// theirs gives the post that an activity holds whole, if it is by who acts.
func (w *taking) theirs(a *ap.Activity) (*ap.Post, error) {
	p := a.Object.Post
	if p == nil {
		return nil, nil
	}
	if !ap.SameHost(p.ID, a.Actor) || p.By() != a.Actor {
		return nil, fmt.Errorf("%w: the post is not by them", ErrDisowned)
	}
	return p, nil
}

// arrival translates a post by who acts, and looks up whom it names.
func (w *taking) arrival(p *ap.Post) (posts.Arrival, error) {
	out := w.t.o.Names.writtenOf(p, w.who)
	out.post.Author = w.who.ID
	for _, id := range out.named {
		m, ok, err := w.ours(id)
		if err != nil {
			return posts.Arrival{}, err
		}
		if ok {
			out.post.Mentions = append(out.post.Mentions, m.ID)
			continue
		}
		r, ok, err := w.tx.RemoteByURI(id)
		if err != nil {
			return posts.Arrival{}, err
		}
		if ok {
			out.post.Mentions = append(out.post.Mentions, r.ID)
		}
	}
	return posts.Arrival{Post: out.post, ReplyTo: out.answers, Held: w.held}, nil
}

func (w *taking) create(a *ap.Activity) ([]camp.Event, error) {
	p, err := w.theirs(a)
	if err != nil || p == nil {
		return nil, err
	}
	if p.Vote != "" {
		poll, ok, err := w.post(p.InReplyTo)
		if err != nil || !ok || poll.Poll == nil || !poll.Here() {
			return nil, err
		}
		if err := w.known(); err != nil {
			return nil, err
		}
		return posts.FarVote(w.in, w.who.ID, poll, p.Vote)
	}
	if !w.kept { // a number to write the post under; it stays unused where the post is not kept
		w.who.ID = camp.MemberID(w.tx.NextID())
	}
	in, err := w.arrival(p)
	if err != nil {
		return nil, err
	}
	id, events, err := posts.Arrive(w.in, in)
	if err == nil && id != 0 && !w.kept {
		w.kept = true
		err = w.tx.PutRemote(w.who, nil)
	}
	return events, err
}

func (w *taking) update(a *ap.Activity) ([]camp.Event, error) {
	p, err := w.theirs(a)
	if err != nil || p == nil || !w.kept {
		return nil, err
	}
	in, err := w.arrival(p)
	if err != nil {
		return nil, err
	}
	return posts.Change(w.in, in, p.Updated)
}

func (w *taking) delete(a *ap.Activity) ([]camp.Event, error) {
	id := a.Object.ID
	if !w.kept || id == "" {
		return nil, nil
	}
	if !ap.SameHost(id, a.Actor) {
		return nil, fmt.Errorf("%w: it is of another host", ErrDisowned)
	}
	if id != a.Actor {
		return posts.Gone(w.in, w.who.ID, id)
	}
	was := w.who
	w.who.Gone = w.now
	if err := w.tx.PutRemote(w.who, &was); err != nil {
		return nil, err
	}
	return posts.FarGone(w.in, w.who)
}

func (w *taking) like(a *ap.Activity) ([]camp.Event, error) {
	p, ok, err := w.post(a.Object.ID)
	if err != nil || !ok {
		return nil, err
	}
	if err := w.known(); err != nil {
		return nil, err
	}
	return posts.FarLike(w.in, w.who.ID, p, true)
}

// announce passes on what is known here. What is not is not fetched here.
func (w *taking) announce(a *ap.Activity) ([]camp.Event, error) {
	p, ok, err := w.post(a.Object.ID)
	if err != nil || !ok {
		return nil, err
	}
	if err := w.known(); err != nil {
		return nil, err
	}
	return posts.FarBoost(w.in, w.who.ID, p, a.ID, a.Published)
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
