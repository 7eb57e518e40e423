package node

import (
	"context"
	"crypto/rand"
	"log/slog"
	"reflect"
	"testing"
	"time"

	"camp/node/fed"
	"camp/node/fed/queue"
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
