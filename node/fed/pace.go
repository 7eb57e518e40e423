package fed

import (
	"time"

	"camp/node/ration"
)

// pace bounds how often what other servers ask for may cost a look at who they
// are, each and all together. Safe for concurrent use.
type pace struct {
	unlimited bool
	each, all *ration.Ration[string] // each: by host of the key
}

const (
	paceSecond = 10
	paceBurst  = 100
	pacePause  = 10 // seconds, after which a whole burst may come again
)

func newPace(unlimited bool) *pace {
	return &pace{unlimited: unlimited, each: ration.New[string](paceSecond, paceBurst), all: ration.New[string](allSecond, allBurst)}
}

// may reports whether a server may ask now.
func (p *pace) may(host string, now time.Time) bool {
	return p.unlimited || p.each.Take(host, now) && p.all.Take("", now)
}
