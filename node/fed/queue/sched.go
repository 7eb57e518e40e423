package queue

import (
	"container/heap"
	"context"
	"time"
)

// The classes of lanes. Each has its share of what is in flight, so that those
// who are slow, away or new never take all of it.
const (
	prompt  = iota // took the last letter, and quickly
	untried        // never yet took one
	slow           // failed or took long last time
	classes
)

type class struct {
	lanes  []*lane // with something to send, first come first served
	most   int     // in flight
	flying int
}

// classOf gives the class of a lane by what is known now.
func (l *lane) classOf() int {
	switch {
	case l.road.Slow || !l.road.Since.IsZero():
		return slow
	case l.road.Success.IsZero():
		return untried
	}
	return prompt
}

// room reports whether the lane may have one more in flight. One that may be
// dead is tried with a single letter.
func (l *lane) room() bool {
	if l.classOf() == prompt {
		return len(l.flying) < mostPerHost
	}
	return len(l.flying) < 1
}

// arrange puts a lane where it belongs: in the list of its class, or on the clock.
func (s *Service) arrange(l *lane, now time.Time) {
	if l.queued || l.count == 0 {
		return
	}
	l.due(now)
	wait := l.pause
	if s.gentle.After(now) && !l.lastGo.IsZero() && l.lastGo.Add(gentleHost).After(wait) {
		wait = l.lastGo.Add(gentleHost)
	}
	switch {
	case wait.After(now):
		s.timers.set(l, wait)
	case len(l.ready) == 0:
		if len(l.later) > 0 {
			s.timers.set(l, time.UnixMilli(l.later[0].next))
		}
	case l.room():
		l.queued = true
		c := &s.classes[l.classOf()]
		c.lanes = append(c.lanes, l)
	}
}

// job is one delivery.
type job struct {
	n   int // the class that it counts in
	l   *lane
	e   *entry
	ctx context.Context
	end context.CancelFunc
}

// pick takes the next delivery, nil where there is none now.
func (s *Service) pick(ctx context.Context, now time.Time) *job {
	for !s.leaked && s.flying < mostAtOnce {
		gentle := s.gentle.After(now)
		if gentle && s.nextGo.After(now) {
			return nil
		}
		n, l := s.turn()
		if l == nil {
			return nil
		}
		l.queued = false
		if l.pause.After(now) || !l.room() || l.classOf() != n {
			s.arrange(l, now)
			continue
		}
		e := l.pop(gentle || l.behind)
		if e == nil {
			s.arrange(l, now)
			continue
		}
		if gentle {
			s.nextGo, l.lastGo = now.Add(gentleGap), now
		}
		return s.start(ctx, l, e, n, now)
	}
	return nil
}

// turn takes the next lane of the class that has the smallest part of its share
// in flight.
func (s *Service) turn() (int, *lane) {
	best := -1
	for n := range s.classes {
		c := &s.classes[n]
		if len(c.lanes) == 0 || c.flying >= c.most {
			continue
		}
		if best < 0 || c.flying*s.classes[best].most < s.classes[best].flying*c.most {
			best = n
		}
	}
	if best < 0 {
		return 0, nil
	}
	c := &s.classes[best]
	l := c.lanes[0]
	c.lanes[0] = nil
	c.lanes = c.lanes[1:]
	return best, l
}

func (s *Service) start(ctx context.Context, l *lane, e *entry, n int, now time.Time) *job {
	j := &job{n: n, l: l, e: e}
	j.ctx, j.end = context.WithCancel(ctx)
	e.state = flying
	l.flying[e] = j.end
	s.classes[n].flying++
	s.flying++
	s.arrange(l, now)
	return j
}

// landed gives back what start took. n is the class that the delivery was counted in.
func (s *Service) landed(n int) {
	s.classes[n].flying--
	s.flying--
}

// timers is a heap of the times at which lanes are to be looked at.
type timers []timer

type timer struct {
	at time.Time
	l  *lane
}

// set has a lane looked at, unless it will be by then anyway.
func (t *timers) set(l *lane, at time.Time) {
	if !l.alarm.IsZero() && !at.Before(l.alarm) {
		return
	}
	l.alarm = at
	heap.Push(t, timer{at: at, l: l})
}

func (t timers) Len() int           { return len(t) }
func (t timers) Less(i, j int) bool { return t[i].at.Before(t[j].at) }
func (t timers) Swap(i, j int)      { t[i], t[j] = t[j], t[i] }
func (t *timers) Push(x any)        { *t = append(*t, x.(timer)) }
func (t *timers) Pop() any {
	old := *t
	n := len(old) - 1
	x := old[n]
	old[n] = timer{}
	*t = old[:n]
	return x
}

// ring looks at the lanes whose time has come.
func (s *Service) ring(now time.Time) {
	for len(s.timers) > 0 && !s.timers[0].at.After(now) {
		t := heap.Pop(&s.timers).(timer)
		l := t.l
		if !t.at.Equal(l.alarm) {
			continue // an earlier one took its place
		}
		l.alarm = time.Time{}
		s.arrange(l, now)
	}
}

// pauseTime gives how long there is nothing to do, unless somebody kicks.
func (s *Service) pauseTime(now time.Time) time.Duration {
	wait := time.Hour
	if len(s.timers) > 0 {
		wait = min(wait, s.timers[0].at.Sub(now))
	}
	if s.gentle.After(now) && s.nextGo.After(now) {
		wait = min(wait, s.nextGo.Sub(now))
	}
	return max(wait, time.Millisecond)
}
