package fed

import "sync"

// ended remembers what strangers took back, so that a copy which comes late does
// nothing. Of those who are known a row says so; strangers fill no disk, and so
// the last few thousand are remembered until the camp stops.
type ended struct {
	mu       sync.Mutex // guards what follows
	now, was map[[2]string]bool
}

const mostEnded = 2048 // in each of the two maps

func (e *ended) add(actor, id string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.now == nil || len(e.now) >= mostEnded {
		e.was, e.now = e.now, map[[2]string]bool{}
	}
	e.now[[2]string{actor, id}] = true
}

func (e *ended) has(actor, id string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	key := [2]string{actor, id}
	return e.now[key] || e.was[key]
}
