// Package ration bounds how much of something each may do: so much at once, and
// so much a second in the long run. Who did nothing for a while has all of it
// again. Nothing is kept on disk, and whoever asks says what time it is.
//
//	all ┤██████                 Take ─▶ one less, or no
//	    │      ██████  ▲        as time goes by ─▶ more, up to all
//	  0 ┴────────────▶ time     Give ─▶ one back, for what was not done
package ration

import (
	"sync"
	"time"
)

// Kept is for how many a Ration remembers what they did. Past that it forgets
// those who have all of theirs, and if there are none of these, everybody.
const Kept = 8192

// Ration counts what each did. Safe for concurrent use.
type Ration[K comparable] struct {
	usual Share

	mu   sync.Mutex // guards list
	list map[K]level
}

// Share is what one may do: Most at once, and PerSecond in the long run.
type Share struct{ PerSecond, Most float64 }

// level is how much somebody has left, of what.
type level struct {
	Share
	left float64
	at   time.Time // when left was so
}

// New makes a Ration of which everybody has the same share.
func New[K comparable](perSecond, most float64) *Ration[K] {
	return &Ration[K]{usual: Share{perSecond, most}, list: map[K]level{}}
}

// Take reports whether one more may be done now, and counts it if so.
func (r *Ration[K]) Take(who K, now time.Time) bool { return r.TakeOf(who, r.usual, now) }

// TakeOf is Take of another share than the usual.
func (r *Ration[K]) TakeOf(who K, of Share, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	l, known := r.list[who]
	if !known {
		if len(r.list) >= Kept {
			r.forget(now)
		}
		l = level{left: of.Most, at: now}
	}
	l.Share = of
	l.left, l.at = l.has(now), l.since(now)
	ok := l.left >= 1
	if ok {
		l.left--
	}
	r.list[who] = l
	return ok
}

// Has reports whether Take would say yes; it counts nothing.
func (r *Ration[K]) Has(who K, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	l, known := r.list[who]
	return !known || l.has(now) >= 1
}

// Give gives one back that was taken and not used.
func (r *Ration[K]) Give(who K) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if l, known := r.list[who]; known {
		l.left = min(l.Most, l.left+1)
		r.list[who] = l
	}
}

// Known is how many are remembered.
func (r *Ration[K]) Known() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.list)
}

// has is what is there at a time. A clock that was set back adds nothing and takes
// nothing away.
func (l level) has(now time.Time) float64 {
	return min(l.Most, l.left+max(now.Sub(l.at).Seconds(), 0)*l.PerSecond)
}

// since is from when on time counts for what is there. Those who ask at once may
// come a little out of order, which must not count a moment twice; where the clock
// was set back, nobody waits until it has caught up.
func (l level) since(now time.Time) time.Time {
	if early := l.at.Sub(now); early > 0 && early < outOfOrder {
		return l.at
	}
	return now
}

const outOfOrder = time.Minute

// forget makes room; the caller has the mutex.
func (r *Ration[K]) forget(now time.Time) {
	for who, l := range r.list {
		if l.has(now) >= l.Most {
			delete(r.list, who)
		}
	}
	if len(r.list) >= Kept {
		clear(r.list)
	}
}
