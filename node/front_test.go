package node

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"reflect"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"camp/node/fed"
	"camp/node/fed/queue"
	"camp/node/people"
)

// letters are rows of a queue that nobody looks at.
type letters struct{}

func (letters) Loose(context.Context, func(queue.Tx) error) error  { return nil }
func (letters) Update(context.Context, func(queue.Tx) error) error { return nil }
func (letters) View(context.Context, func(queue.Tx) error) error   { return nil }

// What may be left out of the queue's options is there all the same: without it
// the host would not hear of a leak, nor a home without a network be forgiven.
func TestTheQueueHasAllThatItCanHave(t *testing.T) {
	t.Parallel()
	f := &front{n: &Node{opt: Options{Now: time.Now, Rand: rand.Reader, Log: slog.New(slog.DiscardHandler)}}}
	w := &World{Stores: WorldStores{Queue: letters{}}, Online: func() bool { return true }, Alarm: func(error) {}}
	o := reflect.ValueOf(f.queueOptions(w, fed.NewSender(fed.SenderOptions{})))
	for i := range o.NumField() {
		if o.Field(i).IsZero() {
			t.Errorf("%s is not set", o.Type().Field(i).Name)
		}
	}
}

// flaky is a store that cannot be read the first times.
type flaky struct {
	people.Store
	fails atomic.Int32
}

func (s *flaky) View(context.Context, func(people.Tx) error) error {
	if s.fails.Add(-1) >= 0 {
		return errors.New("the disk is busy")
	}
	return nil
}

// A read that fails is no reason for a camp to end: the name is read again.
func TestANameThatCannotBeReadEndsNoCamp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := slog.New(slog.DiscardHandler)
		store := &flaky{}
		store.fails.Store(2)
		f := &front{n: &Node{opt: Options{Log: log}, People: people.New(people.Options{Store: store, Log: log})}, renamed: make(chan struct{}, 1)}
		was := "old"
		f.n.title.Store(&was)
		ctx, end := context.WithCancel(t.Context())
		over := make(chan error, 1)
		go func() { over <- f.named(ctx) }()
		f.renamed <- struct{}{}
		for n := range 3 {
			synctest.Wait()
			if got, want := f.title() != "old", n == 2; got != want {
				t.Errorf("after %d minutes: %q", n, f.title())
			}
			time.Sleep(namedAgain)
		}
		end()
		if err := <-over; err != nil {
			t.Error(err)
		}
	})
}
