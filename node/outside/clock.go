package outside

import (
	"net/http"
	"slices"
	"sync"
	"time"

	"golang.org/x/net/publicsuffix"
)

const (
	mostClocks = 64             // servers whose clock is remembered
	clockLife  = 24 * time.Hour // after which what was seen says nothing any more
)

// clocks remembers how far the clocks of other servers were from ours. Whoever
// registered a name has one voice, however many servers stand under it.
type clocks struct {
	mu   sync.Mutex // guards seen
	seen map[string]sighting
}

type sighting struct {
	ahead time.Duration
	at    time.Time
}

// note takes the Date of an answer that came at now.
func (c *clocks) note(host, date string, now time.Time) {
	said, err := http.ParseTime(date)
	if err != nil {
		return
	}
	if above, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
		host = above
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.seen == nil {
		c.seen = map[string]sighting{}
	}
	if _, known := c.seen[host]; !known && len(c.seen) >= mostClocks {
		delete(c.seen, c.oldest())
	}
	c.seen[host] = sighting{ahead: said.Sub(now.Truncate(time.Second)), at: now}
}

func (c *clocks) oldest() (host string) {
	for h, s := range c.seen {
		if host == "" || s.at.Before(c.seen[host].at) {
			host = h
		}
	}
	return host
}

// Skew gives how far other servers' clocks are ahead of this computer's (less
// than zero: behind), by the median of what each last said within a day, and how
// many said something. Fewer than three prove little.
func (c *Client) Skew() (ahead time.Duration, samples int) {
	now := c.o.Now()
	c.clocks.mu.Lock()
	defer c.clocks.mu.Unlock()
	var all []time.Duration
	for _, s := range c.clocks.seen {
		if age := now.Sub(s.at); age < clockLife && age > -clockLife {
			all = append(all, s.ahead)
		}
	}
	if len(all) == 0 {
		return 0, 0
	}
	slices.Sort(all)
	return all[(len(all)-1)/2], len(all)
}
