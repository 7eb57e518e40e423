package queue

import (
	"context"
	"fmt"
	"sync"
	"time"

	"camp/node/camp"
)

const (
	gatherFor = 200 * time.Millisecond // of what came of deliveries, before it is written down
	gatherMax = 512                    // orders in one transaction
	bookAgain = 5 * time.Second        // after the store refused
)

// book is what came of deliveries and is not written down yet. It is no larger
// than the queue.
type book struct {
	ended []camp.Order
	tried map[*entry]*lane
	roads map[*lane]bool
	paths []camp.Domain // roads to forget
}

func (b *book) clear() { *b = book{tried: map[*entry]*lane{}, roads: map[*lane]bool{}} }

func (b *book) empty() bool {
	return len(b.ended) == 0 && len(b.tried) == 0 && len(b.roads) == 0 && len(b.paths) == 0
}

func (s *Service) note() {
	select {
	case s.records <- struct{}{}:
	default:
	}
}

// keepBook writes down what came of deliveries, many at once, until over is
// closed and all is written.
func (s *Service) keepBook(ctx context.Context, over <-chan struct{}) error {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		select {
		case <-s.records:
		case <-over:
			return s.flush(ctx)
		}
		wait := gatherFor
		for again := true; again; {
			timer.Reset(wait)
			select {
			case <-timer.C:
			case <-over:
				return s.flush(ctx)
			}
			again = false
			if err := s.flush(ctx); err != nil {
				s.o.Log.Error("could not note what came of deliveries", "err", err)
				wait, again = bookAgain, true
			}
		}
	}
}

// flush writes all down.
func (s *Service) flush(ctx context.Context) error {
	for {
		s.mu.Lock()
		if s.book.empty() {
			s.mu.Unlock()
			return nil
		}
		b := s.book.page()
		s.mu.Unlock()
		if err := s.o.Store.Loose(ctx, func(tx Tx) error { return s.write(tx, b) }); err != nil {
			s.mu.Lock()
			s.book.back(b)
			s.mu.Unlock()
			return fmt.Errorf("note deliveries: %w", err)
		}
	}
}

// page takes as much as goes into one transaction.
func (b *book) page() book {
	var p book
	p.clear()
	n := min(len(b.ended), gatherMax)
	p.ended = b.ended[:n:n]
	if b.ended = b.ended[n:]; len(b.ended) == 0 {
		b.ended = nil
	}
	p.paths, b.paths = b.paths, nil
	for e, l := range b.tried {
		if len(p.tried) >= gatherMax {
			break
		}
		p.tried[e] = l
		delete(b.tried, e)
	}
	for l := range b.roads {
		if len(p.roads) >= gatherMax {
			break
		}
		p.roads[l] = true
		delete(b.roads, l)
	}
	return p
}

// back takes over what could not be written.
func (b *book) back(p book) {
	b.ended = append(p.ended, b.ended...)
	b.paths = append(p.paths, b.paths...)
	for e, l := range p.tried {
		b.tried[e] = l
	}
	for l := range p.roads {
		b.roads[l] = true
	}
}

// write writes a page, as things stand now: an order that was dropped meanwhile,
// by a transaction before this one, must not rise again.
func (s *Service) write(tx Tx, b book) error {
	var orders []camp.Order
	var roads []camp.Road
	s.mu.Lock()
	for e, l := range b.tried {
		if e.state != dead && !e.taken {
			orders = append(orders, l.order(e))
		}
	}
	for l := range b.roads {
		roads = append(roads, l.road)
	}
	s.mu.Unlock()
	for _, o := range orders {
		if err := tx.PutOrder(o); err != nil {
			return err
		}
	}
	for _, h := range b.paths {
		if err := tx.DropRoad(h); err != nil {
			return err
		}
	}
	for _, r := range roads {
		if err := tx.PutRoad(r); err != nil {
			return err
		}
	}
	return tx.DropOrders(b.ended)
}

// letters keeps the last few letters that were read: one goes to many inboxes.
type letters struct {
	mu   sync.Mutex // guards what follows
	last [8]camp.Letter
	next int
}

func (c *letters) get(ctx context.Context, store Store, id uint64) (l camp.Letter, ok bool, err error) {
	if l, ok = c.find(id); ok {
		return l, true, nil
	}
	err = store.View(ctx, func(tx Tx) error { l, ok, err = tx.Letter(id); return err })
	if err != nil || !ok {
		return camp.Letter{}, false, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last[c.next] = l
	c.next = (c.next + 1) % len(c.last)
	return l, true, nil
}

func (c *letters) find(id uint64) (camp.Letter, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, l := range c.last {
		if l.Leave() && l.Row().ID == id {
			return l, true
		}
	}
	return camp.Letter{}, false
}

func (c *letters) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last = [8]camp.Letter{}
}
