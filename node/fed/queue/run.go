package queue

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"camp/node/camp"
	"camp/node/fed/knock"
)

// Load reads what waits from the store. It is called once, before anything else.
func (s *Service) Load(ctx context.Context) error {
	var roads []camp.Road
	var orders []camp.Order
	err := s.o.Store.View(ctx, func(tx Tx) (err error) {
		if roads, err = tx.Roads(); err != nil {
			return err
		}
		return tx.Orders(func(o camp.Order) error { orders = append(orders, o); return nil })
	})
	if err != nil {
		return fmt.Errorf("read the queue: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	for _, r := range roads {
		l := s.lane(r.Host)
		l.road = r
		l.pause = sooner(r.Next, now)
		l.behind = !r.Since.IsZero()
	}
	for _, o := range orders {
		l := s.lane(o.Host)
		e := &entry{letter: o.Letter, object: o.Object, inbox: l.inboxNumber(o.Inbox), tries: uint16(min(max(o.Tries, 0), 1<<16-1)), do: o.Do, shared: o.Shared}
		l.insert(e)
		s.total++
		if next := sooner(o.Next, now); next.After(now) {
			l.delay(e, next)
		} else {
			l.line(e)
		}
	}
	if len(orders) > 0 { // the computer was off: begin slowly
		s.gentle = now.Add(gentleTime)
	}
	for _, l := range s.lanes {
		s.arrange(l, now)
	}
	s.loaded, s.started = true, now
	return nil
}

// sooner keeps a time from lying further ahead than any that was ever meant: the
// clock was wrong when it was written, or is now.
func sooner(t, now time.Time) time.Time {
	if most := now.Add(2 * 24 * time.Hour); t.After(most) {
		return most
	}
	return t
}

// Run delivers until ctx ends, and returns when every delivery has and what came
// of them is written down. It calls Load if nobody has.
func (s *Service) Run(ctx context.Context) error {
	s.mu.Lock()
	loaded := s.loaded
	s.mu.Unlock()
	if !loaded {
		if err := s.Load(ctx); err != nil {
			return err
		}
	}
	over := make(chan struct{}) // no delivery will report any more
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error { return s.keepBook(context.WithoutCancel(ctx), over) })
	g.Go(func() error {
		defer close(over)
		var out sync.WaitGroup
		defer out.Wait()
		return s.dispatch(gctx, &out)
	})
	if err := g.Wait(); err != nil && !errors.Is(err, ctx.Err()) {
		return fmt.Errorf("run the queue: %w", err)
	}
	return nil
}

// dispatch starts deliveries as they come due.
func (s *Service) dispatch(ctx context.Context, out *sync.WaitGroup) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	swept := s.o.Now()
	for {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if now := s.o.Now(); now.Sub(swept) >= time.Hour || now.Before(swept) {
			swept = now
			s.sweep()
		}
		timer.Reset(s.startAll(ctx, out))
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-s.kick:
		case <-timer.C:
		}
	}
}

// startAll starts what can be started and gives how long there is nothing more to do.
func (s *Service) startAll(ctx context.Context, out *sync.WaitGroup) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	s.ring(now)
	for {
		j := s.pick(ctx, now)
		if j == nil {
			return s.pauseTime(now)
		}
		out.Go(func() { s.deliver(j) })
	}
}

// deliver sends one letter and notes what came of it.
func (s *Service) deliver(j *job) {
	defer j.end()
	defer func() {
		if r := recover(); r != nil {
			s.o.Log.Error("delivery broke", "domain", string(j.l.host), "panic", fmt.Sprint(r))
			s.finish(j, outcome{what: again, ours: true})
		}
	}()
	s.finish(j, s.attempt(j))
}

// attempt sends a letter, in the other form too where the server did not like the first.
func (s *Service) attempt(j *job) outcome {
	if s.o.May != nil {
		if err := s.o.May(j.l.host); err != nil {
			return outcome{what: dropped}
		}
	}
	l, ok, err := s.cache.get(j.ctx, s.o.Store, j.e.letter)
	switch {
	case err != nil:
		return outcome{what: again, ours: true, err: err}
	case !ok:
		return outcome{what: dropped}
	}
	if s.expired(j.e) {
		return outcome{what: expired}
	}
	if s.o.Check != nil {
		switch l, err = s.o.Check(j.ctx, l); {
		case errors.Is(err, ErrLeak):
			return outcome{what: leaked, err: err}
		case errors.Is(err, ErrMoot):
			return outcome{what: dropped}
		case err != nil:
			return outcome{what: again, ours: true, err: err}
		}
	}
	return s.knock(j, l.Row())
}

// knock sends a letter in the form that the server takes, as far as is known, and
// in the other one too (federation.md 4, double knock).
func (s *Service) knock(j *job, r camp.LetterRow) outcome {
	s.mu.Lock()
	inbox, begun := j.l.inboxes[j.e.inbox], s.now()
	form, known := knock.Memory{Form: j.l.road.Form, At: j.l.road.FormAt}.First(begun)
	s.mu.Unlock()
	p := Parcel{Letter: r, Host: j.l.host, Inbox: inbox, Form: form}
	res := s.o.Send(j.ctx, p)
	if knock.Again(res.Status, known) && j.ctx.Err() == nil {
		p.Form = knock.Other(form)
		if second := s.o.Send(j.ctx, p); second.Status/100 == 2 || second.Trouble == Answered && !knock.Again(second.Status, false) {
			res = second
			form = p.Form
		} else {
			form = 0 // neither: forget what worked once
		}
	} else if res.Status/100 == 5 {
		form = 0
	}
	s.mu.Lock()
	took := s.now().Sub(begun)
	s.mu.Unlock()
	o := judge(res)
	o.form, o.took = form, took
	o.stopped = j.ctx.Err() != nil
	return o
}

// Form gives which form a server takes, as its letters showed.
func (s *Service) Form(host camp.Domain) knock.Memory {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.lanes[host]
	if l == nil {
		return knock.Memory{}
	}
	return knock.Memory{Form: l.road.Form, At: l.road.FormAt}
}

// expired reports whether a letter is too old to be sent. Just after the start
// nothing is: the clock may be wrong.
func (s *Service) expired(e *entry) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	return now.Sub(e.at()) > keptFor && now.Sub(s.started) > graceTime
}
