package outside

import (
	"context"
	"sync"
)

// Fetches at once (reliability.md 3). Deliveries have limits of their own, kept
// by whoever delivers.
const (
	mostAtOnce  = 32
	mostPerHost = 2
	mostWaiting = 5000
)

// slots lets so many fetches run at once, and so many to one host; the others
// wait, up to a number.
type slots struct {
	all     chan struct{}
	perHost int
	waiting int // at most

	mu     sync.Mutex // guards what follows
	inside int        // running or waiting
	hosts  map[string]*hostSlots
}

type hostSlots struct {
	free  chan struct{}
	users int // running or waiting
}

func newSlots(all, perHost, waiting int) *slots {
	return &slots{all: make(chan struct{}, all), perHost: perHost, waiting: waiting, hosts: map[string]*hostSlots{}}
}

// take waits for a slot and gives what frees it.
func (s *slots) take(ctx context.Context, host string) (func(), error) {
	h, err := s.enter(host)
	if err != nil {
		return nil, err
	}
	select {
	case h.free <- struct{}{}:
	case <-ctx.Done():
		s.leave(host, h)
		return nil, &Error{Kind: waited(ctx), Host: host, Err: ctx.Err()}
	}
	select {
	case s.all <- struct{}{}:
	case <-ctx.Done():
		<-h.free
		s.leave(host, h)
		return nil, &Error{Kind: waited(ctx), Host: host, Err: ctx.Err()}
	}
	return func() {
		<-s.all
		<-h.free
		s.leave(host, h)
	}, nil
}

func (s *slots) enter(host string) (*hostSlots, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.inside >= s.waiting+cap(s.all) {
		return nil, refuse(Busy, host, "%d requests wait", s.waiting)
	}
	s.inside++
	h := s.hosts[host]
	if h == nil {
		h = &hostSlots{free: make(chan struct{}, s.perHost)}
		s.hosts[host] = h
	}
	h.users++
	return h, nil
}

func (s *slots) leave(host string, h *hostSlots) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.inside--
	if h.users--; h.users == 0 {
		delete(s.hosts, host)
	}
}
