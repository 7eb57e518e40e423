package fed

import (
	"context"
	"fmt"
	"sync"
	"time"

	"camp/node/camp"
	"camp/node/sig"
)

// KeyTx is what the keys are read from and written to.
type KeyTx interface {
	Member(id camp.MemberID) (m camp.Member, ok bool, err error)
	ActorKey(m camp.MemberID) (k camp.ActorKey, ok bool, err error)
	PutActorKey(k camp.ActorKey) error
	Now() time.Time
}

// KeyStore keeps them.
type KeyStore interface {
	View(ctx context.Context, fn func(KeyTx) error) error
	Update(ctx context.Context, fn func(KeyTx) error) error
}

// Ring holds the keys by which members, and the camp itself, sign. A key is made
// when it is needed for the first time and stays; Turn makes a new one. Safe for
// concurrent use.
type Ring struct {
	names Names
	store KeyStore

	turning chan struct{} // holds one token while nobody's key is turned

	mu   sync.Mutex // guards what follows
	keys map[camp.MemberID]sig.Key
}

// NewRing makes a Ring.
func NewRing(names Names, store KeyStore) *Ring {
	r := &Ring{names: names, store: store, turning: make(chan struct{}, 1), keys: map[camp.MemberID]sig.Key{}}
	r.turning <- struct{}{}
	return r
}

// Key gives somebody's key, 0 for the camp's own. NotFound for a member whom
// other servers may not know; who left keeps the key they had, to say farewell
// with, until it is dropped.
func (r *Ring) Key(ctx context.Context, who camp.MemberID) (sig.Key, error) {
	r.mu.Lock()
	k, ok := r.keys[who]
	r.mu.Unlock()
	if ok {
		return k, nil
	}
	id, found, err := r.read(ctx, who)
	if err != nil {
		return sig.Key{}, fmt.Errorf("read key: %w", err)
	}
	if !found.Since.IsZero() {
		return r.keep(who, id, found.Private, false)
	}
	return r.make(ctx, who, id, false)
}

// Has reports whether somebody has a key already, 0 for the camp itself.
func (r *Ring) Has(ctx context.Context, who camp.MemberID) (bool, error) {
	_, k, err := r.read(ctx, who)
	if err != nil && camp.AsFault(err).Kind == camp.NotFound { // nor will they get one
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read key: %w", err)
	}
	return !k.Since.IsZero(), nil
}

// Turn makes somebody a new key in place of the one they have. The old one signs
// nothing from then on; telling others of the new one is the caller's.
func (r *Ring) Turn(ctx context.Context, who camp.MemberID) (sig.Key, error) {
	select { // one at a time: what is held is what was written last
	case <-r.turning:
		defer func() { r.turning <- struct{}{} }()
	case <-ctx.Done():
		return sig.Key{}, ctx.Err()
	}
	id, _, err := r.read(ctx, who)
	if err != nil {
		return sig.Key{}, fmt.Errorf("read key: %w", err)
	}
	return r.make(ctx, who, id, true)
}

// Forget drops what is held of somebody who is no more.
func (r *Ring) Forget(who camp.MemberID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.keys, who)
}

// read gives the id that somebody's key has, and the key where there is one.
func (r *Ring) read(ctx context.Context, who camp.MemberID) (id string, k camp.ActorKey, err error) {
	id = r.names.Camp() + keyMark
	err = r.store.View(ctx, func(tx KeyTx) error {
		if who != 0 {
			m, ok, err := tx.Member(who)
			if err != nil {
				return err
			}
			if k, _, err = tx.ActorKey(who); err != nil {
				return err
			}
			if !ok || !reachable(m) && k.Since.IsZero() {
				return &camp.Fault{Kind: camp.NotFound, Say: "fed.no_key.say"}
			}
			id = r.names.Actor(m.Name) + keyMark
			return nil
		}
		var err error
		k, _, err = tx.ActorKey(who)
		return err
	})
	return id, k, err
}

// keyMark is what a key's id adds to its owner's (federation.md 3).
const keyMark = "#main-key"

// make makes a key. Where two make one at once, the first that is written counts
// for both; a turned key takes the place of whatever is there.
func (r *Ring) make(ctx context.Context, who camp.MemberID, id string, turned bool) (sig.Key, error) {
	_, private, err := sig.NewKey(id) // takes its time: not within a transaction
	if err != nil {
		return sig.Key{}, fmt.Errorf("make key: %w", err)
	}
	err = r.store.Update(ctx, func(tx KeyTx) error {
		was, ok, err := tx.ActorKey(who)
		if err != nil {
			return err
		}
		if ok && !turned {
			private = was.Private
			return nil
		}
		return tx.PutActorKey(camp.ActorKey{Member: who, Private: private, Since: tx.Now()})
	})
	if err != nil {
		return sig.Key{}, fmt.Errorf("keep key: %w", err)
	}
	return r.keep(who, id, private, turned)
}

// keep holds a key. One that was read gives way to what is held: it may have been
// turned meanwhile.
func (r *Ring) keep(who camp.MemberID, id string, private camp.Secret, turned bool) (sig.Key, error) {
	k, err := sig.ParsePrivate(id, private)
	if err != nil {
		return sig.Key{}, fmt.Errorf("read key: %w", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if held, ok := r.keys[who]; ok && !turned {
		return held, nil
	}
	r.keys[who] = k
	return k, nil
}
