package fed

import (
	"errors"
	"time"

	"golang.org/x/net/publicsuffix"

	"camp/node/camp"
	"camp/node/ration"
)

// crowd bounds how many people a camp gets to know by what strangers send, of
// one registered name and of all: each takes rows that stay, and a server can
// invent people without end (federation.md 5). Safe for concurrent use.
type crowd struct{ each, all *ration.Ration[string] }

const (
	crowdBurst     = 1000 // of one name; a post that many like comes to that
	crowdSecond    = 0.05
	crowdAllBurst  = 5000
	crowdAllSecond = 0.2
)

// errCrowd: too many came at once; they are taken later.
var errCrowd = errors.New("fed: too many whom nobody here knows")

func newCrowd() crowd {
	return crowd{each: ration.New[string](crowdSecond, crowdBurst), all: ration.New[string](crowdAllSecond, crowdAllBurst)}
}

// may reports whether one more may be known now.
func (c *crowd) may(uri string, now time.Time) bool {
	name := registered(uri)
	if !c.each.Take(name, now) {
		return false
	}
	if !c.all.Take("", now) {
		c.each.Give(name)
		return false
	}
	return true
}

// registered is the name that somebody registered in an id, whatever stands below it.
func registered(uri string) string { return above(hostName(uri)) }

// above is the name that somebody registered of a server.
func above(host camp.Domain) string {
	if name, err := publicsuffix.EffectiveTLDPlusOne(string(host)); err == nil {
		return name
	}
	return string(host)
}

// Askings to quote, of one registered name.
const (
	quotesBurst  = 200
	quotesSecond = 1. / 30
)
