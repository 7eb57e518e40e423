package outside

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestSlots(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlots(3, 2, 4)
		var free []func()
		for _, host := range []string{"a", "a", "b"} {
			f, err := s.take(t.Context(), host)
			if err != nil {
				t.Fatal(err)
			}
			free = append(free, f)
		}
		var got atomic.Int32
		var all sync.WaitGroup
		for _, host := range []string{"a", "b", "c"} {
			all.Go(func() {
				f, err := s.take(t.Context(), host)
				if err != nil {
					t.Error(err)
					return
				}
				got.Add(1)
				f()
			})
		}
		synctest.Wait()
		if got.Load() != 0 {
			t.Error("more than three at once")
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := s.take(ctx, "a"); KindOf(err) != Timeout {
			t.Error(err)
		}
		free[2]()
		synctest.Wait()
		if got.Load() != 2 {
			t.Errorf("%d had their turn: of b and c both, of a none", got.Load())
		}
		free[0]()
		free[1]()
		all.Wait()
		if len(s.hosts) != 0 || s.inside != 0 || got.Load() != 3 {
			t.Errorf("%d hosts and %d requests are left", len(s.hosts), s.inside)
		}
	})
}

func TestTooManyWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlots(1, 1, 2)
		ctx, cancel := context.WithCancel(t.Context())
		free, err := s.take(ctx, "a")
		if err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		for range 2 {
			all.Go(func() {
				if _, err := s.take(ctx, "b"); KindOf(err) != Stopped {
					t.Error(err)
				}
			})
		}
		synctest.Wait()
		if _, err := s.take(ctx, "c"); KindOf(err) != Busy {
			t.Error(err)
		}
		cancel()
		all.Wait()
		free()
		if s.inside != 0 || len(s.hosts) != 0 {
			t.Error("something is left")
		}
	})
}

// At most two requests to one host, at any moment.
func TestTwoPerHost(t *testing.T) {
	l := newLab(t)
	var now, most atomic.Int32
	open := make(chan struct{})
	at := l.serve("far.example", func(w http.ResponseWriter, _ *http.Request) {
		n := now.Add(1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
		if n == 2 {
			close(open) // both are in; a third would come while they wait
		}
		<-open
		now.Add(-1)
		w.WriteHeader(http.StatusNoContent)
	})
	c := l.client()
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() {
			if _, err := c.Do(t.Context(), Request{URL: at}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if most.Load() != 2 {
		t.Errorf("%d at once", most.Load())
	}
}

func TestClocks(t *testing.T) {
	now := noon
	c := New(Options{Now: func() time.Time { return now }})
	if _, n := c.Skew(); n != 0 {
		t.Error("something was seen")
	}
	note := func(host string, ahead time.Duration) {
		c.clocks.note(host, now.Add(ahead).Format(http.TimeFormat), now)
	}
	note("a.example", 2*time.Minute)
	note("b.example", 3*time.Minute)
	note("c.example", 4*time.Minute)
	note("c.example", 100*time.Minute) // the newest counts, once
	for i := range 50 {
		note(fmt.Sprintf("x%d.d.example", i), -time.Hour) // one voice
	}
	c.clocks.note("e.example", "yesterday", now)
	if ahead, n := c.Skew(); ahead != 2*time.Minute || n != 4 {
		t.Errorf("%v of %d", ahead, n)
	}
	now = now.Add(23 * time.Hour)
	for i := range 200 {
		note(fmt.Sprintf("far%d.example", i), time.Minute)
	}
	if ahead, n := c.Skew(); ahead != time.Minute || n != mostClocks || len(c.clocks.seen) != mostClocks {
		t.Errorf("%v of %d", ahead, n)
	}
	now = now.Add(25 * time.Hour)
	if _, n := c.Skew(); n != 0 {
		t.Error("yesterday's count")
	}
}

func TestKindOf(t *testing.T) {
	if KindOf(nil) != "" || KindOf(errors.New("x")) != "" || KindOf(fmt.Errorf("x: %w", &Error{Kind: Big})) != Big {
		t.Error("kinds")
	}
	if got := (&Error{Kind: Hops, Host: "far.example"}).Error(); got != `ask "far.example": hops` {
		t.Error(got)
	}
}
