package ration

import (
	"sync"
	"testing"
	"time"
)

var at = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

// take takes n times and gives how often it might.
func take(r *Ration[string], who string, n int, now time.Time) (may int) {
	for range n {
		if r.Take(who, now) {
			may++
		}
	}
	return may
}

func TestTake(t *testing.T) {
	t.Parallel()
	r := New[string](2, 4)
	for _, step := range []struct {
		name string
		who  string
		now  time.Time
		want int // of ten
	}{
		{"all at once", "a", at, 4},
		{"another has their own", "b", at, 4},
		{"nothing is left", "a", at, 0},
		{"somebody came a little late", "a", at.Add(-time.Second), 0},
		{"no moment counts twice", "a", at, 0},
		{"a second later", "a", at.Add(time.Second), 2},
		{"half of one is none", "a", at.Add(1400 * time.Millisecond), 0},
		{"and then it is one", "a", at.Add(1500 * time.Millisecond), 1},
		{"the clock is set back", "a", at.Add(-24 * time.Hour), 0},
		{"then it goes on from there", "a", at.Add(-24*time.Hour + time.Second), 2},
		{"never more than all", "a", at.Add(time.Hour), 4},
	} {
		if has := r.Has(step.who, step.now); has != (step.want > 0) {
			t.Errorf("%s: has %v", step.name, has)
		}
		if got := take(r, step.who, 10, step.now); got != step.want {
			t.Errorf("%s: got %d, want %d", step.name, got, step.want)
		}
	}
	if !r.Has("nobody", at) || r.Known() != 2 {
		t.Errorf("to look counts: %d known", r.Known())
	}
}

func TestGive(t *testing.T) {
	t.Parallel()
	r := New[string](2, 4)
	if r.Give("nobody"); r.Known() != 0 {
		t.Error("what nobody took was given back")
	}
	take(r, "a", 4, at)
	if r.Give("a"); take(r, "a", 4, at) != 1 {
		t.Error("what is given back is not there")
	}
	for range 10 {
		r.Give("a")
	}
	if got := take(r, "a", 10, at); got != 4 {
		t.Errorf("given back more than all: %d", got)
	}
}

// One may have another share than the rest, and it may change.
func TestTakeOf(t *testing.T) {
	t.Parallel()
	r := New[string](1, 10)
	few := Share{PerSecond: 1. / 60, Most: 2}
	may := 0
	for range 5 {
		if r.TakeOf("a", few, at) {
			may++
		}
	}
	if may != 2 || take(r, "b", 20, at) != 10 {
		t.Errorf("of two: %d", may)
	}
	if r.TakeOf("a", few, at.Add(30*time.Second)) || !r.TakeOf("a", few, at.Add(time.Minute)) {
		t.Error("one a minute is not one a minute")
	}
	if got := take(r, "a", 20, at.Add(time.Minute+5*time.Second)); got != 5 {
		t.Errorf("with a larger share: %d", got)
	}
}

// However many come, only so many are remembered: those who have all again go first.
func TestForget(t *testing.T) {
	t.Parallel()
	r := New[int](1, 2)
	for n := range Kept {
		r.Take(n, at)
	}
	r.Take(0, at) // has nothing left
	for n := range Kept / 2 {
		r.Take(Kept+n, at.Add(time.Second))
		if r.Known() > Kept {
			t.Fatalf("%d are remembered", r.Known())
		}
	}
	if r.Take(0, at.Add(time.Second)); r.Take(0, at.Add(time.Second)) {
		t.Error("who had used theirs up has all of it again")
	}
	for n := range 2 * Kept { // nobody has all again: everybody is forgotten
		r.Take(-n, at.Add(time.Second))
	}
	if r.Known() > Kept {
		t.Errorf("%d are remembered", r.Known())
	}
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	r := New[string](1, 50)
	var all sync.WaitGroup
	may := make(chan int, 20)
	for range 20 {
		all.Go(func() { may <- take(r, "a", 10, at) })
	}
	all.Wait()
	close(may)
	sum := 0
	for n := range may {
		sum += n
	}
	if sum != 50 {
		t.Errorf("got %d, want 50", sum)
	}
}
