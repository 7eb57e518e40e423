package desk

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"camp/node/camp"
)

// TestRouterIsAskedAfterSleep: the router counted its lease down while this
// computer slept, so it is asked at the next look, and not without a reason.
func TestRouterIsAskedAfterSleep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		var slept atomic.Int64
		var asked atomic.Int32
		began := time.Now()
		// A clock whose wall went on in sleep, while what it measures by did not.
		now := func() time.Time {
			return began.Round(0).Add(time.Since(began) + time.Duration(slept.Load()))
		}
		done := make(chan error, 1)
		go func() {
			done <- askAnew(ctx, now, func() { asked.Add(1) })
		}()
		time.Sleep(time.Minute)
		if n := asked.Load(); n != 0 {
			t.Errorf("asked %d times in a minute in which nothing happened", n)
		}
		slept.Store(int64(8 * time.Hour))
		time.Sleep(10 * time.Second)
		if n := asked.Load(); n != 1 {
			t.Errorf("asked %d times after a night, want once", n)
		}
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// TestFirstCodeOfThePagesAsksTheRouter: whoever has no window makes codes in the
// pages, and they too are to work from outside.
func TestFirstCodeOfThePagesAsksTheRouter(t *testing.T) {
	h := hosting(t, t.TempDir())
	if r := h.reach(); r.Asked {
		t.Fatal("the router is asked before anybody was invited")
	}
	s := h.on.Load()
	inv, err := s.node.People.NewInvite(t.Context(), s.node.Host(), camp.InviteWish{})
	if err != nil {
		t.Fatal(err)
	}
	line, err := s.ways.forNode().Code(t.Context(), inv)
	if err != nil || line.Code == "" {
		t.Fatalf("the code is %q, %v", line.Code, err)
	}
	if r := h.reach(); !r.Asked || !r.On {
		t.Errorf("after the first code: %+v", r)
	}
	h.do(camp.Intent{Do: camp.DoReach})
	if _, err := s.ways.forNode().Code(t.Context(), inv); err != nil {
		t.Fatal(err)
	}
	if r := h.reach(); r.On {
		t.Error("the host said no, and the next code asks again")
	}
}
