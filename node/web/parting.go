package web

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"sync"
	"time"

	"camp/node/camp"
)

// A program of a member always has one request open that waits for news. When
// its device loses the right to ask, that request is answered once more before
// the key is taken away: so whoever is removed is told at once, and by the camp
// itself. Nobody else hears anything, as always.

// partTime is how long the tunnel waits for such answers to be on their way.
const partTime = 300 * time.Millisecond

// held are the requests that wait for news. Safe for concurrent use.
type held struct {
	mu   sync.Mutex // guards open
	open map[*holding]struct{}
}

// holding is one of them.
type holding struct {
	serial uint64
	poke   chan struct{} // holds one token while it is to look whether its device may still ask
	done   chan struct{} // closed when it was answered
}

func (h *held) enter(serial uint64) *holding {
	k := &holding{serial: serial, poke: make(chan struct{}, 1), done: make(chan struct{})}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.open == nil {
		h.open = map[*holding]struct{}{}
	}
	h.open[k] = struct{}{}
	return k
}

func (h *held) leave(k *holding) {
	h.mu.Lock()
	delete(h.open, k)
	h.mu.Unlock()
	close(k.done)
}

// gone gives those whose device does not stay.
func (h *held) gone(stays func(serial uint64) bool) (list []*holding) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for k := range h.open {
		if !stays(k.serial) {
			list = append(list, k)
		}
	}
	return list
}

// Part answers the requests that wait for news on devices that do not stay, and
// returns when all were answered, or a moment is over.
func (d *Door) Part(ctx context.Context, stays func(serial uint64) bool) {
	list := d.held.gone(stays)
	if len(list) == 0 {
		return
	}
	late := time.NewTimer(partTime)
	defer late.Stop()
	for _, k := range list {
		select {
		case k.poke <- struct{}{}:
		default: // it is told already
		}
	}
	for _, k := range list {
		select {
		case <-k.done:
		case <-late.C:
			return // they do not read: that delays nothing
		case <-ctx.Done():
			return
		}
	}
}

// goodbye is the last answer to a device that may ask nothing any more: where
// its person stands now, and nothing else of the camp.
func (c *call) goodbye() error {
	a := camp.JoinAnswer{State: camp.Removed, Serial: c.who.Peer.Serial, Paths: []string{}}
	m, err := c.d.o.People.Member(c.ctx(), c.who.Member.ID)
	switch {
	case err != nil && camp.AsFault(err).Kind == camp.NotFound: // forgotten altogether
	case err != nil:
		return err
	case m.Standing.In() && !m.Ends.IsZero() && !c.d.o.Now().Before(m.Ends):
		a.State = camp.Expired
	case m.Standing.In():
		a.Shut = true
	case m.Standing.Over():
		a.State = m.Standing
	default:
		panic(http.ErrAbortHandler) // a refusal that was there long enough to be read
	}
	raw, err := json.Marshal(a)
	if err != nil {
		return err
	}
	h := c.w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Content-Length", strconv.Itoa(len(raw)))
	h.Set("Connection", "close")
	_, _ = c.w.Write(raw)
	_ = http.NewResponseController(c.w).Flush() // on its way before the key is taken; they went away: nobody to tell
	return nil
}
