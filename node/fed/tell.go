package fed

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"camp/node/ap"
	"camp/node/camp"
	"camp/node/fed/queue"
	"camp/node/posts"
	"camp/node/sig"
)

// TellTx is one transaction in which an errand becomes letters.
type TellTx interface {
	posts.Tx
	queue.Adding
	RemoteByURI(uri string) (r camp.Remote, ok bool, err error)
	Errands(limit int) ([]camp.Errand, error) // oldest first
	DropErrand(id uint64) error
	PutReached(r camp.Reached) error
	ReachedBy(m camp.MemberID) ([]camp.Reached, error)
	DropReachedBy(m camp.MemberID) error
	PutFarewell(f camp.Farewell) error
	Farewells() ([]camp.Farewell, error)
	ActorKey(m camp.MemberID) (k camp.ActorKey, ok bool, err error)
	DropActorKey(m camp.MemberID) error
}

// TellStore gives it.
type TellStore interface {
	View(ctx context.Context, fn func(TellTx) error) error
	Update(ctx context.Context, fn func(TellTx) error) error
}

// TellerOptions are what a Teller needs; all must be set.
type TellerOptions struct {
	Names Names
	Store TellStore
	Queue *queue.Service // loaded before Run
	Ring  *Ring
	May   func(host camp.Domain) error // the border's word; an error leaves a server out
	Log   *slog.Logger
}

// Teller turns errands into letters, in their order. It talks to nobody.
//
//	errand ─▶ leave ─▶ activity, recipients ─▶ queue.Batch, and the errand goes: one transaction
//	            │ none: the errand goes, the host's log hears of it
//
// The id of an activity follows from what it tells, so that an errand that is
// told twice, by a crash between, is told under the same one.
type Teller struct {
	o    TellerOptions
	wake chan struct{}
}

const (
	tellSlice = 50              // errands read at once
	tellEvery = time.Minute     // also without Wake
	tellAgain = 5 * time.Second // after the store or the queue refused
	tidyEvery = 24 * time.Hour
	keyLinger = 8 * 24 * time.Hour // after the farewell; the queue keeps a letter for seven days
)

var (
	// errMoot is for what nobody needs to hear any more.
	errMoot = errors.New("fed: nothing to tell any more")
	// errBroken is for an errand that our own code stumbled over.
	errBroken = errors.New("fed: could not tell it")
)

// NewTeller makes a Teller.
func NewTeller(o TellerOptions) *Teller { return &Teller{o: o, wake: make(chan struct{}, 1)} }

// Wake says that there is something to tell (camp.EventErrand). It does not block.
func (t *Teller) Wake() {
	select {
	case t.wake <- struct{}{}:
	default:
	}
}

// Run tells whatever comes until ctx ends.
func (t *Teller) Run(ctx context.Context) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	tidy := time.NewTicker(tidyEvery)
	defer tidy.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return nil
		case <-tidy.C:
			err = t.tidy(ctx)
		case <-timer.C:
			err = t.Tell(ctx)
		case <-t.wake:
			err = t.Tell(ctx)
		}
		next := tellEvery
		if err != nil && ctx.Err() == nil {
			t.o.Log.ErrorContext(ctx, "could not turn what was done here into letters", "err", err)
			next = tellAgain
		}
		timer.Reset(next)
	}
}

// Tell tells all that is to be told now.
func (t *Teller) Tell(ctx context.Context) error {
	for {
		var list []camp.Errand
		err := t.o.Store.View(ctx, func(tx TellTx) (err error) {
			list, err = tx.Errands(tellSlice)
			return err
		})
		if err != nil {
			return fmt.Errorf("read errands: %w", err)
		}
		for _, e := range list {
			if err := t.tell(ctx, e); err != nil {
				return fmt.Errorf("tell errand %d: %w", e.Do, err)
			}
		}
		if len(list) == 0 {
			return nil
		}
	}
}

// Renew makes somebody a new key and leaves word of it, so that others learn it
// before they see a signature that does not fit. The camp itself, 0, has no
// followers: who finds such a signature asks for its key.
func (t *Teller) Renew(ctx context.Context, who camp.MemberID) error {
	if _, err := t.o.Ring.Turn(ctx, who); err != nil {
		return err
	}
	if who == 0 {
		return nil
	}
	err := t.o.Store.Update(ctx, func(tx TellTx) error {
		return tx.PutErrand(camp.Errand{ID: tx.NextID(), Do: camp.ErrandProfile, By: who, At: tx.Now()})
	})
	if err != nil {
		return fmt.Errorf("tell of a new key: %w", err)
	}
	t.Wake()
	return nil
}

// RenewAll is Renew for those of some who have a key; who has none yet gets a
// fresh one when it is needed. It stops at the first that fails.
func (t *Teller) RenewAll(ctx context.Context, all []camp.MemberID) error {
	for _, who := range all {
		has, err := t.o.Ring.Has(ctx, who)
		if err != nil {
			return err
		}
		if !has {
			continue
		}
		if err := t.Renew(ctx, who); err != nil {
			return err
		}
	}
	return nil
}

// tell turns one errand into letters, or drops it where there is nothing to tell.
func (t *Teller) tell(ctx context.Context, e camp.Errand) error {
	key, err := t.key(ctx, e)
	if err != nil {
		return err
	}
	batch, err := t.o.Queue.Begin(ctx)
	if err != nil {
		return err
	}
	var why error // nothing is told
	err = t.o.Store.Update(ctx, func(tx TellTx) error {
		w := &telling{shaper: shaper{n: t.o.Names, may: t.o.May}, tx: tx, e: e, key: key}
		if why = w.do(); why == nil {
			if err := w.queue(batch); err != nil {
				return err
			}
		} else if !settled(why) {
			return why
		}
		return tx.DropErrand(e.ID)
	})
	batch.End(err)
	if err == nil && (errors.Is(why, camp.ErrCampOnly) || errors.Is(why, errBroken)) {
		t.o.Log.ErrorContext(ctx, "an errand was dropped that may not leave, or that could not be told", "do", int(e.Do), "post", e.Post.String(), "err", why)
	}
	return err
}

// settled reports whether an errand that is not told can go.
func settled(why error) bool {
	for _, is := range []error{errMoot, errNobody, errBroken, camp.ErrCampOnly} {
		if errors.Is(why, is) {
			return true
		}
	}
	return false
}

// key gives the key that a changed profile shows; making one takes its time.
func (t *Teller) key(ctx context.Context, e camp.Errand) (sig.Key, error) {
	if e.Do != camp.ErrandProfile || e.By == 0 {
		return sig.Key{}, nil
	}
	key, err := t.o.Ring.Key(ctx, e.By)
	if err != nil && camp.AsFault(err).Kind == camp.NotFound {
		return sig.Key{}, nil
	}
	return key, err
}

// tidy drops the keys of those who said farewell, once no letter needs them.
func (t *Teller) tidy(ctx context.Context) error {
	err := t.o.Store.Update(ctx, func(tx TellTx) error {
		list, err := tx.Farewells()
		if err != nil {
			return err
		}
		for _, f := range list {
			_, has, err := tx.ActorKey(f.Member)
			if err != nil {
				return err
			}
			if !has || tx.Now().Sub(f.At) < keyLinger {
				continue
			}
			if err := tx.DropActorKey(f.Member); err != nil {
				return err
			}
			t.o.Ring.Forget(f.Member)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("drop keys that nobody needs: %w", err)
	}
	return nil
}

// telling is one errand in work.
type telling struct {
	shaper
	tx  TellTx
	e   camp.Errand
	key sig.Key // for a changed profile

	me    camp.Member
	actor string
	out   []outgoing
}

// outgoing is one letter and where it goes.
type outgoing struct {
	letter   camp.Letter
	to       []queue.Inbox
	audience camp.Audience // that it spreads to; 0: it is for somebody alone
}

// tellings says how each kind of errand is told.
var tellings = map[camp.ErrandKind]func(*telling) error{
	camp.ErrandPost:     (*telling).written,
	camp.ErrandEdit:     (*telling).edited,
	camp.ErrandPoll:     (*telling).counted,
	camp.ErrandDelete:   (*telling).deleted,
	camp.ErrandBoost:    (*telling).boosted,
	camp.ErrandUnboost:  (*telling).unboosted,
	camp.ErrandPin:      (*telling).pinned,
	camp.ErrandUnpin:    (*telling).pinned,
	camp.ErrandStamp:    (*telling).stamped,
	camp.ErrandQuote:    (*telling).quoting,
	camp.ErrandForward:  (*telling).forwarded,
	camp.ErrandLike:     (*telling).liked,
	camp.ErrandUnlike:   (*telling).liked,
	camp.ErrandVote:     (*telling).voted,
	camp.ErrandFollow:   (*telling).followed,
	camp.ErrandUnfollow: (*telling).followed,
	camp.ErrandAccept:   (*telling).answered,
	camp.ErrandReject:   (*telling).answered,
	camp.ErrandBlock:    (*telling).blocked,
	camp.ErrandUnblock:  (*telling).blocked,
	camp.ErrandReport:   (*telling).reported,
	camp.ErrandProfile:  (*telling).changed,
	camp.ErrandMove:     (*telling).moved,
	camp.ErrandGone:     (*telling).gone,
}

// afterwards are the errands of those, too, who are not there for others any more.
func afterwards(do camp.ErrandKind) bool {
	switch do {
	case camp.ErrandDelete, camp.ErrandUnboost, camp.ErrandUnpin, camp.ErrandUnlike, camp.ErrandUnfollow, camp.ErrandUnblock, camp.ErrandReject, camp.ErrandGone:
		return true
	}
	return false
}

// do finds what is to be told, and whom. What it writes itself goes only with the errand.
func (w *telling) do() (err error) {
	defer func() {
		if r := recover(); r != nil {
			w.out = nil
			err = fmt.Errorf("%w: %v\n%s", errBroken, r, debug.Stack())
		}
	}()
	tell := tellings[w.e.Do]
	if tell == nil {
		return fmt.Errorf("%w: no such errand", errBroken)
	}
	if w.e.Do == camp.ErrandReport { // nobody is told by whom
		w.actor = w.n.Camp()
		return tell(w)
	}
	m, ok, err := w.tx.Member(w.e.By)
	if err != nil {
		return err
	}
	if !ok {
		return errMoot
	}
	if !reachable(m) {
		if err := w.wasKnown(m.ID); err != nil {
			return err
		}
	}
	w.me, w.actor = m, w.n.Actor(m.Name)
	return tell(w)
}

// wasKnown refuses what is to be told of somebody who is not there for others:
// all but what takes back, and that too where nothing can have been told before,
// as of a guest, who never had a key to sign it with.
func (w *telling) wasKnown(m camp.MemberID) error {
	if !afterwards(w.e.Do) {
		return errMoot
	}
	_, had, err := w.tx.ActorKey(m)
	if err == nil && !had && w.e.Do != camp.ErrandGone {
		err = errMoot
	}
	return err
}

// send puts a letter with the others; object is what it is about.
func (w *telling) send(leave camp.Outbound, a *ap.Activity, object string, to []queue.Inbox, audience camp.Audience) {
	if len(to) == 0 {
		return
	}
	w.out = append(w.out, outgoing{letter: leave.Letter(w.me.ID, a.ID, object, a.JSON()), to: to, audience: audience})
}

// undo takes an act back, with all that the act had (federation.md 6).
func (w *telling) undo(what *ap.Activity) *ap.Activity {
	return ap.Answer("Undo", w.n.Act(w.e.ID), w.actor, what, what.To, what.Cc)
}

// queue hands the letters over, and keeps where they go.
func (w *telling) queue(batch *queue.Batch) error {
	for _, o := range w.out {
		if err := batch.Add(w.tx, o.letter, o.to); err != nil {
			return err
		}
		if !o.audience.Leaves() {
			continue
		}
		for _, in := range o.to {
			r := camp.Reached{Member: w.me.ID, Host: in.Host, Inbox: in.URL, Shared: in.Shared, Open: w.tx.Now()}
			if !open(o.audience) {
				r.Open, r.Inner = time.Time{}, r.Open
			}
			if err := w.tx.PutReached(r); err != nil {
				return err
			}
		}
	}
	return nil
}
