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

// A program of a member always has one request open that waits for news, but for
// the moment between two. When its device loses the right to ask, that request, or
// the next, is answered once more before the key is taken away: so whoever is
// removed is told at once, and by the camp itself. Nobody else hears anything.

// partTime is how long the tunnel waits for such answers to be on their way, and
// for a program that is between two such requests. A program may give up on its
// request just as that is answered, since something moved: lingerTime is how long
// it has then to ask once more.
const (
	partTime    = 500 * time.Millisecond
	lingerTime  = 150 * time.Millisecond
	betweenTime = 2 * time.Second // so long after one a program is expected with the next
)

// held are the requests that wait for news. Safe for concurrent use.
type held struct {
	mu     sync.Mutex // guards what follows
	open   map[*holding]struct{}
	left   map[uint64]left // a device's last one, for betweenTime
	wanted map[uint64]chan *holding
}

// left is one that ended.
type left struct {
	at     time.Time
	member camp.Member
	told   bool // that its device is gone: it is not waited for again
}

// holding is one of them.
type holding struct {
	serial uint64
	member camp.Member
	poke   chan struct{} // holds one token while it is to look whether its device may still ask
	done   chan struct{} // closed when it was answered
}

// enter takes in a request. Of a device that is gone the camp knows no longer whose
// it was: then it is whose it was a moment ago.
func (h *held) enter(serial uint64, member camp.Member) *holding {
	k := &holding{serial: serial, member: member, poke: make(chan struct{}, 1), done: make(chan struct{})}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.open == nil {
		h.open, h.left, h.wanted = map[*holding]struct{}{}, map[uint64]left{}, map[uint64]chan *holding{}
	}
	if k.member.ID == 0 {
		k.member = h.left[serial].member
	}
	h.open[k] = struct{}{}
	if c := h.wanted[serial]; c != nil {
		c <- k // there is room for one of each
		delete(h.wanted, serial)
	}
	return k
}

func (h *held) leave(k *holding, now time.Time) {
	h.mu.Lock()
	delete(h.open, k)
	for serial, l := range h.left {
		if now.Sub(l.at) > betweenTime {
			delete(h.left, serial)
		}
	}
	h.left[k.serial] = left{at: now, member: k.member, told: h.left[k.serial].told}
	h.mu.Unlock()
	close(k.done)
}

// gone gives those whose device does not stay; between is how many more such
// devices are expected, and where they come.
func (h *held) gone(now time.Time, stays func(serial uint64) bool) (list []*holding, between int, come <-chan *holding) {
	h.mu.Lock()
	defer h.mu.Unlock()
	here := map[uint64]bool{}
	for k := range h.open {
		if !stays(k.serial) {
			list, here[k.serial] = append(list, k), true
		}
	}
	c := make(chan *holding, len(h.left))
	for serial, l := range h.left {
		if !stays(serial) && !here[serial] && !l.told && now.Sub(l.at) <= betweenTime {
			h.wanted[serial] = c
			between++
		}
	}
	return list, between, c
}

// told notes that a device has had its answer.
func (h *held) told(serial uint64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	l := h.left[serial]
	l.told = true
	h.left[serial] = l
}

// unwant ends the waiting of gone.
func (h *held) unwant() {
	h.mu.Lock()
	defer h.mu.Unlock()
	clear(h.wanted)
}

// Part answers the requests that wait for news on devices that do not stay, and
// returns a little after all were answered, or when a moment is over. One call runs at a time.
func (d *Door) Part(ctx context.Context, stays func(serial uint64) bool) {
	list, between, come := d.held.gone(d.o.Now(), stays)
	if len(list)+between == 0 {
		return
	}
	defer d.held.unwant()
	late := time.NewTimer(partTime)
	defer late.Stop()
	for _, k := range list {
		select {
		case k.poke <- struct{}{}:
		default: // it is told already
		}
	}
	for between > 0 || len(list) > 0 {
		var done chan struct{}
		if len(list) > 0 {
			done = list[0].done
		}
		select {
		case <-done:
			d.held.told(list[0].serial)
			list = list[1:]
		case k := <-come:
			list, between = append(list, k), between-1
		case <-late.C:
			return // they do not read, or do not come: that delays nothing
		case <-ctx.Done():
			return
		}
	}
	select { // whoever asks once more is answered at once
	case <-time.After(lingerTime):
	case <-late.C:
	case <-ctx.Done():
	}
}

// goodbye is the last answer to a device that may ask nothing any more: where
// its person stands now, and nothing else of the camp.
func (c *call) goodbye() error {
	if c.who.Member.ID == 0 {
		panic(http.ErrAbortHandler) // nobody knows who that was
	}
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
