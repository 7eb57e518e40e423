package queue

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"camp/node/camp"
)

// Batch queues letters within one transaction of the caller's.
type Batch struct {
	s     *Service
	fresh []placed // held until End
	taken []placed // not wanted any more, if the transaction stands
}

type placed struct {
	l *lane
	e *entry
}

// Begin starts a batch; it waits until the one before has ended. End must be
// called, whatever came of the transaction.
func (s *Service) Begin(ctx context.Context) (*Batch, error) {
	select {
	case <-s.adding:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.loaded {
		s.adding <- struct{}{}
		return nil, errUnread
	}
	return &Batch{s: s}, nil
}

// Add writes a letter and its orders into the transaction. Letters by the same
// member about the same object find each other: an older change that still waits
// for the same inbox makes way for a newer one, and what takes something back ends
// what still waits; where that surely never arrived there is nothing to take back.
// A letter to nobody is not kept.
func (b *Batch) Add(tx Adding, l camp.Letter, to []Inbox) error {
	if !l.Leave() {
		return ErrNoLeave
	}
	if len(to) == 0 {
		return nil
	}
	l, err := tx.PutLetter(l)
	if err != nil {
		return fmt.Errorf("queue a letter: %w", err)
	}
	r := l.Row()
	object := objectOf(r)
	var drop, put []camp.Order
	seen := map[Inbox]bool{}
	b.s.mu.Lock()
	if b.s.total+len(to) > mostOrders {
		err = ErrFull
	}
	for _, in := range to {
		if err != nil {
			break
		}
		ln := b.s.lane(in.Host)
		n := ln.inboxNumber(in.URL)
		moot, older := ln.settles(r.Do, object, n)
		for _, e := range older {
			e.taken = true
			b.taken = append(b.taken, placed{ln, e})
			drop = append(drop, ln.order(e))
		}
		same := Inbox{URL: in.URL, Host: in.Host}
		if moot || seen[same] {
			continue
		}
		seen[same] = true
		e := &entry{letter: r.ID, object: object, inbox: n, do: r.Do, shared: in.Shared, clean: true}
		ln.insert(e)
		b.s.total++
		b.fresh = append(b.fresh, placed{ln, e})
		o := ln.order(e)
		o.Last = ""
		put = append(put, o)
	}
	b.s.mu.Unlock()
	if err != nil {
		return err
	}
	for _, o := range put {
		if err := tx.PutOrder(o); err != nil {
			return fmt.Errorf("queue a letter: %w", err)
		}
	}
	if len(put) == 0 { // nobody needs it
		drop = append(drop, camp.Order{Letter: r.ID})
	}
	if err := tx.DropOrders(drop); err != nil {
		return fmt.Errorf("queue a letter: %w", err)
	}
	return nil
}

// End says what came of the transaction: with nil the letters go their way, with
// an error all is as before.
func (b *Batch) End(err error) {
	if b.s == nil {
		return
	}
	s := b.s
	b.s = nil
	s.mu.Lock()
	now := s.now()
	if err == nil {
		for _, p := range b.taken {
			s.drop(p.l, p.e)
		}
		for _, p := range b.fresh {
			if p.e.state == held && !p.e.taken {
				p.l.line(p.e)
			}
			s.arrange(p.l, now)
		}
	} else {
		for _, p := range b.fresh {
			s.drop(p.l, p.e)
		}
		for _, p := range b.taken {
			if p.e.taken = false; p.e.state == ready {
				p.l.line(p.e)
			}
			s.arrange(p.l, now)
		}
	}
	s.mu.Unlock()
	s.adding <- struct{}{}
	s.wake()
}

// drop takes an entry out of the queue's memory.
func (s *Service) drop(l *lane, e *entry) {
	if e.state == dead {
		return
	}
	if end := l.flying[e]; end != nil {
		end()
	}
	l.remove(e)
	s.total--
}

// lane finds or makes the lane of a server.
func (s *Service) lane(host camp.Domain) *lane {
	l := s.lanes[host]
	if l == nil {
		l = newLane(host)
		s.lanes[host] = l
	}
	return l
}

// undoes says what each errand takes back, changes what may make way for a newer one.
var (
	undoes = map[camp.ErrandKind]camp.ErrandKind{
		camp.ErrandDelete: camp.ErrandPost, camp.ErrandUnlike: camp.ErrandLike, camp.ErrandUnboost: camp.ErrandBoost,
		camp.ErrandUnfollow: camp.ErrandFollow, camp.ErrandUnblock: camp.ErrandBlock, camp.ErrandUnpin: camp.ErrandPin,
	}
	changes = map[camp.ErrandKind]bool{camp.ErrandEdit: true, camp.ErrandPoll: true, camp.ErrandProfile: true}
)

// settles gives the waiting orders that a new one makes needless, and whether
// together with them it is needless itself. What is being sent is not touched.
func (l *lane) settles(do camp.ErrandKind, object uint64, inbox int32) (moot bool, older []*entry) {
	if object == 0 {
		return false, nil
	}
	first, undo := undoes[do]
	for e := l.object[object]; e != nil; e = e.prev {
		if e.inbox != inbox || e.taken || e.state == flying {
			continue
		}
		switch {
		case changes[e.do] && (changes[do] || do == camp.ErrandDelete):
			older = append(older, e)
		case undo && e.do == first && e.clean:
			return true, append(older, e)
		case undo && e.do == first || e.do == do && undo:
			return false, older // this far back, no further
		}
	}
	return false, older
}

// objectOf is the short mark by which letters by one member about one thing find
// each other, 0 for none.
func objectOf(r camp.LetterRow) uint64 {
	if r.Object == "" {
		return 0
	}
	h := sha256.New()
	h.Write(binary.BigEndian.AppendUint64(nil, uint64(r.By)))
	h.Write([]byte(r.Object))
	return binary.BigEndian.Uint64(h.Sum(nil)) | 1
}
