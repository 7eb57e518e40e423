package border

import (
	"context"
	"log/slog"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"camp/node/camp"
)

// Rhythm of looking names up.
const (
	leastAge   = 10 * time.Minute // of an answer, whatever it says itself
	mostAge    = 6 * time.Hour
	unsaidAge  = time.Hour // of an answer that does not say; the system's resolver never does
	lookupTime = 10 * time.Second
	mostLooked = 16384 // names in one round

	lookedAtOnce = 8
	keepEvery    = 10 * time.Minute
	tidyEvery    = 24 * time.Hour
)

// AddressStore is what Addresses need of a store.
type AddressStore interface {
	Loose(ctx context.Context, fn func(AddressTx) error) error
	View(ctx context.Context, fn func(AddressTx) error) error
}

// AddressTx is one transaction over the rows that Addresses own, and the names of
// the servers of which anybody is known.
type AddressTx interface {
	Sightings() ([]camp.Sighting, error)
	PutSighting(camp.Sighting) error
	DropSightingsBefore(time.Time) error
	Servers(after camp.Domain, limit int) ([]camp.Domain, error)
}

// AddressesOptions are what Addresses need; Never and Nets may be nil.
type AddressesOptions struct {
	Rules *Service
	Store AddressStore
	// Lookup gives the addresses of a name, by the system's resolver, and how long
	// the answer is good; 0 where it does not say.
	Lookup func(ctx context.Context, host string) ([]netip.Addr, time.Duration, error)
	// Never gives what is never closed: the relay, the host's own network, the
	// tunnel.
	Never func() []netip.Prefix
	Nets  []netip.Prefix // a lab's networks, which count as the wide net
	Now   func() time.Time
	Log   *slog.Logger
}

// Addresses know from where the servers come that are to find nobody here. Run
// keeps them; Closed answers from a set that is never changed, only replaced.
// Safe for concurrent use.
type Addresses struct {
	o    AddressesOptions
	set  atomic.Pointer[shutters]
	kick chan struct{}

	mu    sync.Mutex // guards what follows
	whole bool       // all others were looked up, so that nothing of theirs closes
	book  book
	next  map[camp.Domain]time.Time // when a name is looked up again
	fresh book                      // not written down yet

	tidied time.Time
}

// NewAddresses makes Addresses that close nobody yet.
func NewAddresses(o AddressesOptions) *Addresses {
	a := &Addresses{o: o, kick: make(chan struct{}, 1), book: book{}, next: map[camp.Domain]time.Time{}, fresh: book{}}
	a.set.Store(&shutters{})
	return a
}

// Closed reports whether a connection from an address is to end unread.
func (a *Addresses) Closed(addr netip.Addr) bool {
	s := a.set.Load()
	return len(s.closed) > 0 && s.closed[keyOf(addr)]
}

// Shared reports whether a server that is to find nobody here has an address that
// others share: then it is known by its signature only.
func (a *Addresses) Shared(d camp.Domain) bool {
	for host := range a.set.Load().shared {
		if host.Within(d) {
			return true
		}
	}
	return false
}

// Seen notes from where a server made a request that was proven to be its own.
func (a *Addresses) Seen(host camp.Domain, addr netip.Addr) {
	k := keyOf(addr)
	if host == "" || !k.IsValid() {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.o.Now()
	was, known := a.book[host][k]
	if known && now.Sub(was) < keepEvery || !a.book.put(host, k, now) {
		return
	}
	a.fresh.put(host, k, now)
	if !known && a.closes(k) { // somebody else comes from there too
		a.draw()
	}
}

func (a *Addresses) closes(k netip.Prefix) bool { return a.set.Load().closed[k] }

// Changed is told that decisions changed: what is known closes or opens at once,
// the rest is looked up by Run. Nothing closes before all others were looked up.
func (a *Addresses) Changed() {
	a.mu.Lock()
	a.draw()
	a.mu.Unlock()
	select {
	case a.kick <- struct{}{}:
	default:
	}
}

// draw makes the set anew; the caller has the mutex.
func (a *Addresses) draw() {
	if !a.whole {
		a.set.Store(&shutters{})
		return
	}
	var never []netip.Prefix
	if a.o.Never != nil {
		never = a.o.Never()
	}
	a.set.Store(a.book.shutters(a.firewalled, func(addr netip.Addr) bool { return closable(addr, a.o.Nets, never) }))
}

func (a *Addresses) firewalled(d camp.Domain) bool {
	return a.o.Rules.Admit(d, In).Level == camp.LevelFirewall
}

// Run looks names up until ctx ends: those that are to find nobody here, and,
// while there are any, all others that are known, as an address of theirs must
// stay open. It returns nil then.
func (a *Addresses) Run(ctx context.Context) error {
	a.recall(ctx)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			a.keep(context.WithoutCancel(ctx))
			return nil
		case <-timer.C:
		case <-a.kick:
		}
		a.round(ctx)
		a.keep(ctx)
		timer.Reset(leastAge)
	}
}

// recall reads what was kept.
func (a *Addresses) recall(ctx context.Context) {
	var list []camp.Sighting
	err := a.o.Store.View(ctx, func(tx AddressTx) (err error) {
		list, err = tx.Sightings()
		return err
	})
	if err != nil {
		a.o.Log.WarnContext(ctx, "addresses of servers could not be read", "err", err)
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.o.Now()
	for _, s := range list {
		if k := keyOf(netip.AddrFrom16(s.Addr)); now.Sub(s.At) <= addressKept {
			a.book.put(s.Host, k, s.At)
		}
	}
}

// keep writes down what is new, and once a day forgets what is old.
func (a *Addresses) keep(ctx context.Context) {
	a.mu.Lock()
	fresh, now := a.fresh, a.o.Now()
	a.fresh = book{}
	tidy := now.Sub(a.tidied) >= tidyEvery
	a.mu.Unlock()
	if len(fresh) == 0 && !tidy {
		return
	}
	err := a.o.Store.Loose(ctx, func(tx AddressTx) error {
		for d, each := range fresh {
			for k, at := range each {
				if err := tx.PutSighting(camp.Sighting{Host: d, Addr: k.Addr().As16(), At: at}); err != nil {
					return err
				}
			}
		}
		if !tidy {
			return nil
		}
		return tx.DropSightingsBefore(now.Add(-addressKept))
	})
	a.mu.Lock()
	defer a.mu.Unlock()
	if err == nil {
		if tidy {
			a.tidied = now
		}
		return
	}
	a.o.Log.WarnContext(ctx, "addresses of servers could not be kept", "err", err)
	for d, each := range fresh { // once more, later
		for k, at := range each {
			a.fresh.put(d, k, at)
		}
	}
}

// known gives the servers of which anybody is known here.
func (a *Addresses) known(ctx context.Context) (list []camp.Domain, err error) {
	err = a.o.Store.View(ctx, func(tx AddressTx) (err error) {
		list, err = tx.Servers("", mostLooked)
		return err
	})
	return list, err
}

// round looks up what is due, and closes what that shows.
func (a *Addresses) round(ctx context.Context) {
	list, some := a.due(ctx)
	var g errgroup.Group
	g.SetLimit(lookedAtOnce)
	for _, d := range list {
		g.Go(func() error {
			a.lookUp(ctx, d)
			return nil
		})
	}
	_ = g.Wait() // none of them fails
	if ctx.Err() != nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.whole = some
	a.book.forget(a.o.Now())
	a.draw()
}

// due gives the names that are to be looked up now, and whether there is anybody
// to be closed at all and all others are among them; where not, nothing closes.
func (a *Addresses) due(ctx context.Context) (list []camp.Domain, some bool) {
	for d, l := range *a.o.Rules.rules.Load() {
		if l == camp.LevelFirewall {
			list = append(list, d)
		}
	}
	if len(list) == 0 {
		return nil, false
	}
	known, err := a.known(ctx)
	if err != nil {
		a.o.Log.WarnContext(ctx, "known servers could not be read", "err", err)
		return nil, false
	}
	list = append(list, known...)
	slices.Sort(list)
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.o.Now()
	list = slices.DeleteFunc(slices.Compact(list), func(d camp.Domain) bool { return now.Before(a.next[d]) })
	if len(a.next) > mostLooked {
		clear(a.next)
	}
	return list[:min(len(list), mostLooked)], len(list) <= mostLooked
}

// lookUp notes where a name leads. A failing look-up leaves what is known.
func (a *Addresses) lookUp(ctx context.Context, d camp.Domain) {
	ctx, cancel := context.WithTimeout(ctx, lookupTime)
	defer cancel()
	addrs, good, err := a.o.Lookup(ctx, string(d))
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.o.Now()
	if err != nil {
		a.next[d] = now.Add(leastAge)
		return
	}
	if good <= 0 {
		good = unsaidAge
	}
	if !a.firewalled(d) {
		good = mostAge
	}
	a.next[d] = now.Add(min(max(good, leastAge), mostAge))
	for _, addr := range addrs[:min(len(addrs), mostEach)] {
		if k := keyOf(addr); k.IsValid() {
			a.book.put(d, k, now)
		}
	}
}
