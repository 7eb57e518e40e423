package clientapi

import (
	"net/http"
	"strconv"
	"sync"
	"time"

	"camp/node/camp"
)

// What one person may ask (reliability.md 9).
const (
	callsMost   = 300
	callsIn     = 5 * time.Minute
	writesMost  = 30
	uploadsMost = 10
	minute      = time.Minute
)

// meter counts what each person does in windows of time, whose end apps are shown
// and wait for: a ration, which fills up all the while, has none. Safe for
// concurrent use.
type meter struct {
	most int
	in   time.Duration
	off  bool // a lab's

	mu   sync.Mutex // guards seen
	seen map[camp.MemberID]window
}

type window struct {
	used int
	ends time.Time
}

func newMeter(most int, in time.Duration, off bool) *meter {
	return &meter{most: most, in: in, off: off, seen: map[camp.MemberID]window{}}
}

// take counts one more. left is what remains until reset; ok false: too many.
func (m *meter) take(who camp.MemberID, now time.Time) (left int, reset time.Time, ok bool) {
	if m.off {
		return m.most, now.Add(m.in), true
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	w := m.seen[who]
	if !now.Before(w.ends) || w.ends.Sub(now) > m.in { // over, or the clock was set back
		w = window{ends: now.Add(m.in)}
	}
	w.used++
	m.seen[who] = w // one line a member: at most as many as the camp holds
	return max(m.most-w.used, 0), w.ends, w.used <= m.most
}

// rated counts the call and says so in the answer.
func (c *call) rated() error {
	now := c.a.o.Now()
	left, reset, ok := c.a.calls.take(c.me.ID, now)
	h := c.w.Header()
	h.Set("X-RateLimit-Limit", strconv.Itoa(callsMost))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(left))
	h.Set("X-RateLimit-Reset", reset.UTC().Format("2006-01-02T15:04:05.000Z"))
	if ok && c.r.Method != http.MethodGet && c.r.Method != http.MethodHead {
		_, reset, ok = c.a.writes.take(c.me.ID, now)
	}
	if ok && c.route.upload {
		_, reset, ok = c.a.uploads.take(c.me.ID, now)
	}
	if !ok {
		h.Set("Retry-After", strconv.Itoa(max(int(reset.Sub(now).Seconds()), 1)))
		return errFast
	}
	return nil
}
