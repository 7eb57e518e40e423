package posts_test

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"camp/node/posts"
)

// countingStore refuses each transaction and counts them: one a round, since
// the first step of the background work fails.
type countingStore struct{ views atomic.Int64 }

var errCounting = errors.New("counting")

func (c *countingStore) View(context.Context, func(posts.Tx) error) error {
	c.views.Add(1)
	return errCounting
}

func (c *countingStore) Update(context.Context, func(posts.Tx) error) error { return errCounting }
func (c *countingStore) Loose(context.Context, func(posts.Tx) error) error  { return errCounting }

// TestRunLooks: two seconds after the start, then every minute and when woken;
// a failing round does not end it, its context does.
func TestRunLooks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := &countingStore{}
		s := posts.New(posts.Options{Store: st, Log: slog.New(slog.DiscardHandler)})
		ctx, cancel := context.WithTimeout(t.Context(), 150*time.Second)
		defer cancel()
		done := make(chan error)
		go func() { done <- s.Run(ctx) }()
		time.Sleep(time.Second)
		want(t, "rounds after a second", st.views.Load(), 0)
		time.Sleep(2 * time.Second)
		want(t, "rounds after three seconds", st.views.Load(), 1)
		time.Sleep(60 * time.Second)
		want(t, "rounds a minute later", st.views.Load(), 2)
		s.Wake()
		synctest.Wait()
		want(t, "rounds after waking", st.views.Load(), 3)
		want(t, "end", <-done, nil)
		want(t, "rounds in all", st.views.Load(), 4)
	})
}
