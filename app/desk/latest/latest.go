// Package latest holds the newest snapshot of a camp and hands it to those who
// watch. A watcher who is slow skips to the newest; nobody is ever waited for.
package latest

import (
	"context"
	"sync"

	"camp/node/camp"
)

// States is the newest State and its watchers. The zero value is ready; safe
// for concurrent use.
type States struct {
	mu       sync.Mutex // guards what follows
	now      camp.State
	closed   bool
	watchers map[chan camp.State]struct{}
}

// Set makes s the newest and tells every watcher. After Close it does nothing.
func (l *States) Set(s camp.State) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return
	}
	l.now = s
	for w := range l.watchers {
		offer(w, s)
	}
}

// offer replaces what waits in w by s. Only the holder of mu sends, so the
// second send finds room.
func offer(w chan camp.State, s camp.State) {
	select {
	case w <- s:
		return
	default:
	}
	select {
	case <-w:
	default:
	}
	w <- s
}

// State gives the newest.
func (l *States) State() camp.State {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.now
}

// Watch gives the newest state at once and then each newer one, skipping what
// the reader was too slow for. The channel closes when ctx ends or at Close.
func (l *States) Watch(ctx context.Context) <-chan camp.State {
	w := make(chan camp.State, 1)
	l.mu.Lock()
	defer l.mu.Unlock()
	w <- l.now
	if l.closed {
		close(w)
		return w
	}
	if l.watchers == nil {
		l.watchers = map[chan camp.State]struct{}{}
	}
	l.watchers[w] = struct{}{}
	context.AfterFunc(ctx, func() { l.drop(w) })
	return w
}

// Close ends every watch; what was not read yet can still be read.
func (l *States) Close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	for w := range l.watchers {
		close(w)
	}
	l.watchers = nil
}

func (l *States) drop(w chan camp.State) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, ok := l.watchers[w]; ok {
		delete(l.watchers, w)
		close(w)
	}
}
