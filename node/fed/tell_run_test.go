package fed

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"camp/node/ap"
	"camp/node/camp"
)

// A broken row of ours does not hold up what comes after.
func TestTellStumbles(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	r := y.meet("bo", "far.example", true)
	y.follows(r, y.ana.Member)
	y.write(y.ana, camp.AudiencePublic, "one")
	y.Teller.o.Store = panics{y.Teller.o.Store}
	if list := y.tellAll(); len(list) != 0 || !strings.Contains(y.log.String(), "could not be told") {
		t.Errorf("%+v, log %s", list, y.log.String())
	}
}

type panics struct{ TellStore }

func (p panics) Update(ctx context.Context, fn func(TellTx) error) error {
	return p.TellStore.Update(ctx, func(tx TellTx) error { return fn(panicTx{tx}) })
}

type panicTx struct{ TellTx }

func (panicTx) FollowersOf(camp.MemberID, camp.MemberID, int) ([]camp.Follow, error) { panic("oops") }

func TestRenew(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	y.follows(y.meet("bo", "far.example", true), y.ana.Member)
	was, err := y.ring.Key(t.Context(), y.ana.Member)
	must(t, err)
	must(t, y.Renew(t.Context(), y.ana.Member))
	list := y.tellAll()
	now, err := y.ring.Key(t.Context(), y.ana.Member)
	if spki(t, now, err) == spki(t, was, nil) || len(list) != 1 {
		t.Fatalf("%d letters", len(list))
	}
	a, err := ap.ParseActivity(list[0].Body)
	if err != nil || a.Type != "Update" || a.Object.Actor == nil || string(a.Object.Actor.Keys[0].DER) != spki(t, now, nil) {
		t.Errorf("told of %+v, %v", a.Object.Actor, err)
	}
	must(t, y.Renew(t.Context(), 0))
	if len(y.errands()) != 0 {
		t.Error("the camp has followers")
	}
}

// Run looks when it is told to, by itself every minute, and soon again after a failure.
func TestTellerRun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := &looked{}
		tell := NewTeller(TellerOptions{Names: here, Store: store, Log: slog.New(slog.DiscardHandler)})
		ctx, stop := context.WithCancel(t.Context())
		over := make(chan error, 1)
		go func() { over <- tell.Run(ctx) }()
		want := func(n int, when string) {
			t.Helper()
			synctest.Wait()
			if got := store.count(); got != n {
				t.Errorf("%s: looked %d times, want %d", when, got, n)
			}
		}
		want(1, "at the start")
		time.Sleep(tellEvery)
		want(2, "a minute later")
		tell.Wake()
		want(3, "woken")
		store.fail(errors.New("the disk"))
		tell.Wake()
		want(4, "woken for nothing")
		time.Sleep(tellAgain)
		want(5, "after a failure")
		stop()
		if err := <-over; err != nil {
			t.Error(err)
		}
	})
}

// looked counts how often errands were looked for.
type looked struct {
	TellStore

	mu    sync.Mutex // guards what follows
	times int
	err   error
}

func (l *looked) View(context.Context, func(TellTx) error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.times++
	return l.err
}

func (l *looked) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.times
}

func (l *looked) fail(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.err = err
}
