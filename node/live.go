package node

import (
	"sync"

	"camp/node/camp"
)

// EventHere tells that somebody opened their first stream or closed their last.
// It goes to the tap alone.
const EventHere camp.EventKind = "here"

// liveBuffer is how many events wait for one watcher; one who is slower is cut
// off and starts afresh from the lists.
const liveBuffer = 64

// Hub tells those who watch what changed. Publish never waits for anybody.
// Safe for concurrent use.
type Hub struct {
	tap func(camp.Event) // must not block; sees everything

	mu       sync.Mutex // guards what follows
	watchers map[*watcher]struct{}
	closed   bool
}

type watcher struct {
	member  camp.MemberID
	session string
	events  chan camp.Event
	quiet   bool // a program that waits for news, nobody who reads
}

// tell hands e over; false to one who is too slow. Who only waits for news has
// them where some wait already.
func (w *watcher) tell(e camp.Event) bool {
	select {
	case w.events <- e:
		return true
	default:
		return w.quiet
	}
}

// NewHub makes a hub. tap, where not nil, is called for every event, outside
// all locks; it must not block.
func NewHub(tap func(camp.Event)) *Hub {
	if tap == nil {
		tap = func(camp.Event) {}
	}
	return &Hub{tap: tap, watchers: map[*watcher]struct{}{}}
}

// Publish tells everybody whom e concerns. Whoever lost every right, and whose
// session ended, is told and cut off.
func (h *Hub) Publish(e camp.Event) {
	h.mu.Lock()
	was := len(h.watchers)
	for w := range h.watchers {
		if e.To != 0 && e.To != w.member {
			continue
		}
		if e.Kind == camp.EventSessionEnd && e.Session != w.session {
			continue
		}
		if !w.tell(e) {
			h.cut(w)
			continue
		}
		if e.Kind == camp.EventMemberGone || e.Kind == camp.EventSessionEnd {
			h.cut(w)
		}
	}
	here := len(h.watchers) != was
	h.mu.Unlock()
	h.tap(e)
	if here {
		h.tap(camp.Event{Kind: EventHere})
	}
}

// Watch gives events for one open stream until stop is called or the channel
// closes: because the watcher was too slow, lost the right, or the camp ends.
func (h *Hub) Watch(reader camp.Actor, session string) (events <-chan camp.Event, stop func()) {
	w := &watcher{member: reader.Member, session: session, events: make(chan camp.Event, liveBuffer)}
	h.mu.Lock()
	if h.closed {
		close(w.events)
	} else {
		h.watchers[w] = struct{}{}
	}
	h.mu.Unlock()
	h.tap(camp.Event{Kind: EventHere})
	return w.events, func() {
		h.mu.Lock()
		h.cut(w)
		h.mu.Unlock()
		h.tap(camp.Event{Kind: EventHere})
	}
}

// Knock is Watch for a program that only wants to hear that something changed:
// it makes nobody count as being here, hears of many changes at once as of one,
// and is never too slow.
func (h *Hub) Knock(of camp.MemberID) (events <-chan camp.Event, stop func()) {
	w := &watcher{member: of, events: make(chan camp.Event, 1), quiet: true}
	h.mu.Lock()
	if h.closed {
		close(w.events)
	} else {
		h.watchers[w] = struct{}{}
	}
	h.mu.Unlock()
	return w.events, func() {
		h.mu.Lock()
		h.cut(w)
		h.mu.Unlock()
	}
}

// Here gives the people with an open stream, each once, in no order.
func (h *Hub) Here() []camp.MemberID {
	h.mu.Lock()
	defer h.mu.Unlock()
	seen := make(map[camp.MemberID]struct{}, len(h.watchers))
	var all []camp.MemberID
	for w := range h.watchers {
		if _, twice := seen[w.member]; !twice && !w.quiet {
			seen[w.member] = struct{}{}
			all = append(all, w.member)
		}
	}
	return all
}

// CutOthers ends every stream but those of one person: the camp pauses.
func (h *Hub) CutOthers(but camp.MemberID) {
	h.mu.Lock()
	for w := range h.watchers {
		if w.member != but {
			h.cut(w)
		}
	}
	h.mu.Unlock()
	h.tap(camp.Event{Kind: EventHere})
}

// Close ends every stream, and every later Watch at once: the camp stops.
func (h *Hub) Close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for w := range h.watchers {
		h.cut(w)
	}
}

// cut ends one watch; the caller holds mu.
func (h *Hub) cut(w *watcher) {
	if _, open := h.watchers[w]; open {
		delete(h.watchers, w)
		close(w.events)
	}
}
