// Package posts holds the rules about what people write in a camp: writing,
// answering, changing and taking back, who may see what, the marks people make,
// what they are told, and finding words again. It knows nothing of HTTP, nor how
// its rows are stored.
//
// A post's way in, each step one function:
//
//	clean (no store) -> writer, parent, audience, pictures, names (may they?)
//	  -> put: the post, its parents' counts, notices (one transaction) -> events
//
// Search reads words in runs of posts; for runs that are full a sieve tells
// which of them cannot hold a word (search.go).
package posts

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"sync/atomic"

	"camp/node/camp"
)

// Options are what a Service needs. Publish, Level, Outside, Cut, Shut and Rand may be nil.
type Options struct {
	Store   Store
	Publish Publisher
	Log     *slog.Logger
	Level   func(camp.Domain) camp.Level // what the camp decided about a server
	Outside func() bool                  // whether the camp talks with the wider world; nil: never
	// Cut drops letters that wait for a server and all below it, connections to
	// it, and what is kept of its pictures. After an error it is called again.
	Cut func(ctx context.Context, d camp.Domain) error
	// Shut gives the word that stands in place of a link to a server that is to
	// find nobody here, in a language; nil: an ellipsis.
	Shut func(language string) string
	Rand io.Reader // draws ids of pictures that a narrowed post takes along, and lots; nil: the system's
}

// Service does what people ask about posts. It is safe for concurrent use.
type Service struct {
	store   Store
	publish Publisher
	log     *slog.Logger
	wake    chan struct{} // there may be work for Run
	fresh   atomic.Int64  // posts written since Run last looked
	held    atomic.Bool   // the store was looked through (sweep.go)
	level   func(camp.Domain) camp.Level
	outside func() bool
	cutOff  func(ctx context.Context, d camp.Domain) error
	shut    func(language string) string
	rand    io.Reader
}

// New makes a Service; it starts nothing. Run does its background work.
func New(o Options) *Service {
	if o.Publish == nil {
		o.Publish = deaf{}
	}
	if o.Level == nil {
		o.Level = func(camp.Domain) camp.Level { return camp.LevelNone }
	}
	if o.Outside == nil {
		o.Outside = func() bool { return false }
	}
	if o.Cut == nil {
		o.Cut = func(context.Context, camp.Domain) error { return nil }
	}
	if o.Shut == nil {
		o.Shut = func(string) string { return "…" }
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	return &Service{
		store: o.Store, publish: o.Publish, log: o.Log.With("component", "posts"), wake: make(chan struct{}, 1),
		level: o.Level, outside: o.Outside, cutOff: o.Cut, shut: o.Shut, rand: o.Rand,
	}
}

type deaf struct{}

func (deaf) Publish(camp.Event) {}

// refuse makes a fault with placeholder pairs.
func refuse(kind camp.Kind, say string, args ...string) *camp.Fault {
	f := camp.NewFault(kind, say, nil)
	for i := 0; i+1 < len(args); i += 2 {
		if f.Args == nil {
			f.Args = map[string]string{}
		}
		f.Args[args[i]] = args[i+1]
	}
	return f
}

func number(n int) string { return strconv.Itoa(n) }

// update runs fn and tells watchers what it returned once that is on disk.
func (s *Service) update(ctx context.Context, op string, fn func(Tx) ([]camp.Event, error)) error {
	var events []camp.Event
	err := s.store.Update(ctx, func(tx Tx) error {
		var err error
		events, err = fn(s.In(tx))
		return err
	})
	if err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	for _, e := range events {
		s.publish.Publish(e)
	}
	return nil
}

func (s *Service) view(ctx context.Context, op string, fn func(Tx) error) error {
	err := s.store.View(ctx, func(tx Tx) error { return fn(s.In(tx)) })
	if err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	return nil
}

// Wake tells Run to look for work now, for instance after somebody left.
func (s *Service) Wake() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// AnyPost reports whether anything has been posted here.
func (s *Service) AnyPost(ctx context.Context) (any bool, err error) {
	err = s.view(ctx, "look for a post", func(tx Tx) error {
		list, err := tx.Fire(camp.Page{Limit: 1})
		any = len(list) > 0
		return err
	})
	return any, err
}

// In makes the transaction of another service one of this package's: what is
// done in it knows the camp's decisions, as everything that Service does.
func (s *Service) In(tx Tx) Tx {
	return levels{Tx: tx, of: s.level, outside: s.outside, shut: s.shut, people: map[camp.MemberID]camp.Level{}, chance: s.rand}
}
