package queue

import (
	"context"
	"fmt"
	"slices"
	"time"

	"camp/node/camp"
)

// Waiting is what waits for one server.
type Waiting struct {
	Host   camp.Domain
	Count  int
	Since  time.Time // of the oldest letter
	Next   time.Time // of the next try; zero: under way, or as soon as there is room
	Why    string    // locale key; "" where nothing failed
	Asleep bool      // tried once a day
}

// Waiting gives what waits for each server, most first.
func (s *Service) Waiting(ctx context.Context) ([]Waiting, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.loaded {
		return nil, errUnread
	}
	now := s.now()
	list := []Waiting{}
	for _, l := range s.lanes {
		if l.count == 0 {
			continue
		}
		w := Waiting{Host: l.host, Count: l.count, Why: l.road.Last, Asleep: !l.road.Asleep.IsZero()}
		live := 0
		l.each(func(e *entry) {
			if at := e.at(); live == 0 || at.Before(w.Since) {
				w.Since = at.UTC()
			}
			live++
		})
		switch {
		case l.pause.After(now):
			w.Next = l.pause
		case len(l.ready) == 0 && len(l.flying) == 0 && len(l.later) > 0:
			w.Next = time.UnixMilli(l.later[0].next).UTC()
		}
		if w.Asleep {
			w.Why = "fed.asleep.say"
		}
		if live > 0 {
			list = append(list, w)
		}
	}
	slices.SortFunc(list, func(a, b Waiting) int {
		if a.Count != b.Count {
			return b.Count - a.Count
		}
		if a.Host < b.Host {
			return -1
		}
		return 1
	})
	return list, nil
}

// Wake tries a server again that was given time or is asleep, as a valid letter
// came from it. It does so at most once in ten minutes for each.
func (s *Service) Wake(host camp.Domain) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l, now := s.lanes[host], s.now()
	if l == nil || l.road.Since.IsZero() || !l.lastWake.IsZero() && now.Sub(l.lastWake) < wakeGap {
		return
	}
	l.lastWake = now
	l.road.Failed, l.road.Asleep = nil, time.Time{}
	s.retry(l, now)
	s.book.roads[l] = true
	s.note()
	s.wake()
}

// retry ends the pauses of a lane, but one that the server asked for.
func (s *Service) retry(l *lane, now time.Time) {
	if l.asked && l.pause.After(now) {
		return
	}
	l.pause, l.road.Next = time.Time{}, time.Time{}
	for _, e := range l.later {
		if e.state == delayed {
			e.next = 0
			l.line(e)
		}
	}
	l.later = nil
	s.arrange(l, now)
}

// Woke is told that the computer slept, or that its network changed: what waits
// is tried again, newest first, but no more than five letters a second, for five
// minutes. Servers that are asleep stay so.
func (s *Service) Woke() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.base = s.o.Now()
	now := s.now()
	s.gentle, s.nextGo = now.Add(gentleTime), now
	for _, l := range s.lanes {
		if l.road.Asleep.IsZero() {
			s.retry(l, now)
		}
	}
	s.wake()
}

// Forget empties the queue for a name and all below it, as a block does: what is
// under way is broken off. What is known of those servers is forgotten too.
func (s *Service) Forget(ctx context.Context, name camp.Domain) error {
	s.mu.Lock()
	if !s.loaded {
		s.mu.Unlock()
		return errUnread
	}
	var orders []camp.Order
	var hosts []camp.Domain
	for host, l := range s.lanes {
		if !host.Within(name) {
			continue
		}
		hosts = append(hosts, host)
		l.each(func(e *entry) {
			if e.state != dead {
				orders = append(orders, l.order(e))
				s.drop(l, e)
			}
		})
		l.road = camp.Road{Host: host}
		delete(s.book.roads, l)
		l.pause, l.errors, l.asked, l.behind = time.Time{}, 0, false, false
	}
	s.mu.Unlock()
	s.cache.clear()
	for page := range slices.Chunk(orders, gatherMax) {
		if err := s.o.Store.Update(ctx, func(tx Tx) error { return tx.DropOrders(page) }); err != nil {
			s.mu.Lock()
			s.book.ended = append(s.book.ended, orders...) // once more, later
			s.mu.Unlock()
			s.note()
			return fmt.Errorf("empty the queue for a server: %w", err)
		}
	}
	err := s.o.Store.Update(ctx, func(tx Tx) error {
		for _, h := range hosts {
			if err := tx.DropRoad(h); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("forget a server: %w", err)
	}
	return nil
}

// sweep gives up what is too old, and forgets roads that nobody went for long.
func (s *Service) sweep() {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	old := func(t time.Time) bool { return now.Sub(t) > roadKept }
	if now.Sub(s.started) <= graceTime {
		return
	}
	for host, l := range s.lanes {
		l.each(func(e *entry) {
			if e.state != flying && e.state != dead && !e.taken && now.Sub(e.at()) > keptFor {
				s.ended(l, e)
			}
		})
		if l.count == 0 && old(l.road.Success) && old(l.road.Since) && !l.queued && l.alarm.IsZero() {
			delete(s.lanes, host)
			delete(s.book.roads, l)
			s.book.paths = append(s.book.paths, host)
			s.note()
		}
	}
}
