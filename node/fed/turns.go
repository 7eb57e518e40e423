package fed

import (
	"context"
	"errors"
	"net/netip"
	"sync"
	"time"
)

// turns bounds how many keys are looked up at the same time on the word of
// strangers, in all and of one source, so that servers which answer slowly on
// purpose leave room for what the camp itself wants to fetch. Safe for concurrent
// use.
type turns struct {
	all chan struct{}

	mu   sync.Mutex // guards each
	each map[string]*turn
}

// turn is one source's.
type turn struct {
	free  chan struct{}
	users int // that look something up or wait
}

const (
	mostTurns     = mostOut / 2
	mostTurnsEach = 4                // and as many wait: who waits holds a turn of the server that they claim to be of
	proofTime     = 20 * time.Second // to find out who signed one request
)

var (
	// errNoTurn: too many others look something up.
	errNoTurn = errors.New("fed: too many keys are looked up")
	// errSlowProof: it took too long, which is the other side's fault.
	errSlowProof = errors.New("fed: it takes too long to find out who signed")
)

func newTurns() *turns { return &turns{all: make(chan struct{}, mostTurns), each: map[string]*turn{}} }

// take waits for a turn and gives what ends it; errNoTurn where none comes in
// time, or too many of the same source wait.
func (t *turns) take(ctx context.Context) (end func(), err error) {
	from, _ := ctx.Value(sourceKey{}).(netip.Addr)
	source := sourceOf(netip.AddrPortFrom(from, 0).String())
	t.mu.Lock()
	one := t.each[source]
	if one == nil {
		one = &turn{free: make(chan struct{}, mostTurnsEach)}
		t.each[source] = one
	}
	if one.users >= 2*mostTurnsEach {
		t.mu.Unlock()
		return nil, errNoTurn
	}
	one.users++
	t.mu.Unlock()
	select {
	case one.free <- struct{}{}:
	case <-ctx.Done():
		t.leave(source, one)
		return nil, errNoTurn
	}
	select {
	case t.all <- struct{}{}:
	case <-ctx.Done():
		<-one.free
		t.leave(source, one)
		return nil, errNoTurn
	}
	return func() {
		<-t.all
		<-one.free
		t.leave(source, one)
	}, nil
}

func (t *turns) leave(source string, one *turn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if one.users--; one.users == 0 {
		delete(t.each, source)
	}
}
