package queue

import (
	"container/heap"
	"context"
	"slices"
	"time"

	"camp/node/camp"
)

// state says where an entry stands.
type state uint8

const (
	held    state = iota // of a batch that has not ended
	ready                // in lane.ready
	delayed              // in lane.later, until next
	parked               // behind an older one about the same thing
	flying               // being sent
	dead                 // gone; still in some list
)

// entry is one order in memory. There may be very many: it is kept small.
type entry struct {
	letter uint64
	object uint64 // 0: about nothing
	next   int64  // ms since 1970, of a delayed one
	prev   *entry // the next older one about the same thing
	inbox  int32  // in lane.inboxes
	tries  uint16
	do     camp.ErrandKind
	state  state
	shared bool
	clean  bool // surely never arrived
	taken  bool // a batch is about to drop it: not to be sent
}

// at is when the letter was written: its id begins with it.
func (e *entry) at() time.Time { return time.UnixMilli(int64(e.letter >> 16)) }

// lane holds what waits for one server.
type lane struct {
	host    camp.Domain
	road    camp.Road
	inboxes []string
	number  map[string]int32 // of an inbox

	ready  []*entry // by letter, oldest first, with dead ones between
	later  later
	parked map[*entry]bool
	flying map[*entry]context.CancelFunc
	object map[uint64]*entry // the newest about a thing
	count  int

	pause    time.Time // nothing is sent before
	asked    bool      // the server asked for the pause: waking up does not end it
	errors   int       // answers 5xx in a row
	behind   bool      // something failed since the lane was last empty: newest first
	queued   bool      // in the list of its class
	alarm    time.Time // when it is to be looked at; zero for not
	lastGo   time.Time // within the gentle time
	lastWake time.Time
}

func newLane(host camp.Domain) *lane {
	return &lane{
		host: host, road: camp.Road{Host: host}, number: map[string]int32{}, parked: map[*entry]bool{}, flying: map[*entry]context.CancelFunc{}, object: map[uint64]*entry{},
	}
}

func (l *lane) inboxNumber(url string) int32 {
	if n, ok := l.number[url]; ok {
		return n
	}
	n := int32(len(l.inboxes))
	l.inboxes = append(l.inboxes, url)
	l.number[url] = n
	return n
}

// order is an entry as its row.
func (l *lane) order(e *entry) camp.Order {
	o := camp.Order{
		Letter: e.letter, Host: l.host, Inbox: l.inboxes[e.inbox], Shared: e.shared, Do: e.do, Object: e.object, Tries: int(e.tries), Last: l.road.Last,
	}
	if e.next != 0 {
		o.Next = time.UnixMilli(e.next).UTC()
	}
	return o
}

// insert brings an entry into the lane, where it stands by its letter; it is put
// into no list yet.
func (l *lane) insert(e *entry) {
	l.count++
	if e.object == 0 {
		return
	}
	newest := l.object[e.object]
	if newest == nil || newest.letter <= e.letter {
		e.prev = newest
		l.object[e.object] = e
		return
	}
	at := newest
	for at.prev != nil && at.prev.letter > e.letter {
		at = at.prev
	}
	e.prev, at.prev = at.prev, e
}

// remove takes an entry out. Lists that it stands in forget it when they come to it.
func (l *lane) remove(e *entry) {
	if e.state == dead {
		return
	}
	delete(l.parked, e)
	delete(l.flying, e)
	e.state = dead
	if l.count--; l.count == 0 {
		l.behind = false
		l.ready, l.later = nil, nil
	}
	if e.object == 0 {
		return
	}
	if l.object[e.object] == e {
		if e.prev == nil {
			delete(l.object, e.object)
		} else {
			l.object[e.object] = e.prev
		}
	} else {
		for at := l.object[e.object]; at != nil; at = at.prev {
			if at.prev == e {
				at.prev = e.prev
				break
			}
		}
	}
	e.prev = nil
	l.unpark(e.object)
}

// unpark puts those about a thing that waited for an older one back in line.
func (l *lane) unpark(object uint64) {
	for at := l.object[object]; at != nil; at = at.prev {
		if at.state == parked {
			delete(l.parked, at)
			l.line(at)
		}
	}
}

// line puts an entry among those that can be sent.
func (l *lane) line(e *entry) {
	e.state = ready
	if n := len(l.ready); n == 0 || l.ready[n-1].letter <= e.letter {
		l.ready = append(l.ready, e)
		return
	}
	at, _ := slices.BinarySearchFunc(l.ready, e.letter, func(x *entry, id uint64) int {
		if x.letter <= id {
			return -1
		}
		return 1
	})
	l.ready = slices.Insert(l.ready, at, e)
}

// delay puts an entry off.
func (l *lane) delay(e *entry, until time.Time) {
	e.state, e.next = delayed, until.UnixMilli()
	heap.Push(&l.later, e)
}

// due moves what was put off until now into line.
func (l *lane) due(now time.Time) {
	ms := now.UnixMilli()
	for len(l.later) > 0 && (l.later[0].state != delayed || l.later[0].next <= ms) {
		if e := heap.Pop(&l.later).(*entry); e.state == delayed {
			l.line(e)
		}
	}
}

// pop takes the next entry to send out of line, nil for none. What is about the
// same thing keeps its order.
func (l *lane) pop(newest bool) *entry {
	for len(l.ready) > 0 {
		var e *entry
		if newest {
			e = l.ready[len(l.ready)-1]
			l.ready[len(l.ready)-1] = nil
			l.ready = l.ready[:len(l.ready)-1]
		} else {
			e = l.ready[0]
			l.ready[0] = nil
			l.ready = l.ready[1:]
		}
		if e.state != ready || e.taken {
			continue
		}
		first := l.first(e)
		if first != e {
			e.state = parked
			l.parked[e] = true
		}
		if first != nil {
			return first
		}
	}
	return nil
}

// first gives the entry that must go before e, e itself for none, nil where that
// one cannot go now.
func (l *lane) first(e *entry) *entry {
	first := e
	if e.object == 0 {
		return e
	}
	for at := e.prev; at != nil; at = at.prev {
		if at.letter == e.letter || at.state == held || at.taken || at.inbox != e.inbox && at.tries > 0 && at.state != flying {
			continue // the same letter; or one that fails at another inbox, for which nobody waits
		}
		first = at
	}
	if first != e && first.state != ready {
		return nil
	}
	return first
}

// each calls fn for every entry of the lane but those of unfinished batches.
func (l *lane) each(fn func(*entry)) {
	for _, list := range [][]*entry{l.ready, l.later} {
		for _, e := range slices.Clone(list) {
			if e.state == ready || e.state == delayed {
				fn(e)
			}
		}
	}
	for e := range l.parked {
		fn(e)
	}
	for e := range l.flying {
		fn(e)
	}
}

// later is a heap of delayed entries, the next first.
type later []*entry

func (h later) Len() int           { return len(h) }
func (h later) Less(i, j int) bool { return h[i].next < h[j].next }
func (h later) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *later) Push(x any)        { *h = append(*h, x.(*entry)) }
func (h *later) Pop() any {
	old := *h
	n := len(old) - 1
	e := old[n]
	old[n] = nil
	*h = old[:n]
	return e
}
