package latest

import (
	"context"
	"sync"
	"testing"

	"camp/node/camp"
)

func TestASlowWatcherSkipsToTheNewest(t *testing.T) {
	var l States
	l.Set(camp.State{Show: 1})
	w := l.Watch(t.Context())
	for n := 2; n <= 50; n++ {
		l.Set(camp.State{Show: n})
	}
	if st := <-w; st.Show != 50 {
		t.Errorf("the watcher got %d, want the newest, 50", st.Show)
	}
	select {
	case st := <-w:
		t.Errorf("and then %d", st.Show)
	default:
	}
}

func TestWatchEnds(t *testing.T) {
	var l States
	ctx, cancel := context.WithCancel(t.Context())
	one, two := l.Watch(ctx), l.Watch(t.Context())
	<-one
	<-two
	cancel()
	if _, open := <-one; open {
		t.Error("open after its context")
	}
	l.Set(camp.State{Show: 7})
	l.Close()
	l.Close()
	l.Set(camp.State{Show: 8})
	if st, open := <-two; !open || st.Show != 7 {
		t.Errorf("what was not read at the end is lost: %v %v", st.Show, open)
	}
	if _, open := <-two; open {
		t.Error("open after Close")
	}
	late := l.Watch(t.Context())
	if st, open := <-late; !open || st.Show != 7 {
		t.Error("a late watcher does not get the last state")
	}
	if _, open := <-late; open {
		t.Error("a late watch stays open")
	}
}

func TestManyAtOnce(t *testing.T) {
	var l States
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for n := range 500 {
				l.Set(camp.State{Show: n})
			}
		})
		all.Go(func() {
			for range 50 {
				ctx, cancel := context.WithCancel(t.Context())
				<-l.Watch(ctx)
				cancel()
			}
		})
	}
	all.Wait()
	l.Close()
}
