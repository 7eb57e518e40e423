package fed

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// pace bounds how often what other servers ask for may cost a look at who they
// are, each and all together. Safe for concurrent use.
type pace struct {
	unlimited bool
	all       *rate.Limiter

	mu   sync.Mutex               // guards each
	each map[string]*rate.Limiter // by host of the key
}

const (
	paceSecond = 10
	paceBurst  = 100
	pacePause  = 10 // seconds, after which a whole burst may come again
)

func newPace(unlimited bool) *pace {
	return &pace{unlimited: unlimited, all: rate.NewLimiter(allSecond, allBurst), each: map[string]*rate.Limiter{}}
}

// may reports whether a server may ask now.
func (p *pace) may(host string, now time.Time) bool {
	if p.unlimited {
		return true
	}
	p.mu.Lock()
	l, known := p.each[host]
	if !known {
		if len(p.each) >= maxMeters {
			clear(p.each) // gives each of them one more burst
		}
		l = rate.NewLimiter(paceSecond, paceBurst)
		p.each[host] = l
	}
	p.mu.Unlock()
	return l.AllowN(now, 1) && p.all.AllowN(now, 1)
}
