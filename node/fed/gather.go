package fed

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"camp/node/camp"
)

// GathererOptions are what a Gatherer needs; all must be set.
type GathererOptions struct {
	Taker  *Taker
	Docs   Documents
	Client Client                       // for WebFinger
	May    func(host camp.Domain) error // the border's word about a server
	Now    func() time.Time
	Rand   io.Reader // spreads tries
	Log    *slog.Logger
}

// Gatherer fetches what is wanted from elsewhere, and has the Taker keep it. What
// is wanted lies in the store, and is bounded (camp.MaxWanted).
//
//	Taker, Finder ─▶ rows of what is wanted ─▶ Gatherer ─▶ the thing's own host
//	      ▲                    ▲ later, for three days         │
//	      └──────── kept, in one transaction with the row's end┘
//
// Safe for concurrent use.
type Gatherer struct {
	*origin
	t    *Taker
	rand io.Reader
	log  *slog.Logger
	kick chan struct{}

	mu     sync.Mutex // guards what follows
	list   map[string]*sought
	lanes  map[camp.Domain]*lane
	flying int
}

// sought is one row of what is wanted.
type sought struct {
	row   camp.Wanted
	next  time.Time
	out   bool
	fresh *camp.Wanted // wanted anew while it is out
}

// lane is how it goes with a server.
type lane struct {
	flying int
	fails  int
	pause  time.Time
}

const (
	mostOut     = 32 // at once (reliability.md 3)
	mostOutHost = 2
	wantedKept  = 3 * 24 * time.Hour
	outTime     = time.Minute // of one of them, whatever it takes to fetch
	tidyGap     = time.Hour
)

// NewGatherer makes a Gatherer, and has the Taker hand on to it what is wanted.
func NewGatherer(o GathererOptions) *Gatherer {
	g := &Gatherer{
		origin: &origin{store: o.Taker.o.Store, docs: o.Docs, client: o.Client, may: o.May, now: o.Now},
		t:      o.Taker, rand: o.Rand, log: o.Log, kick: make(chan struct{}, 1),
		list: map[string]*sought{}, lanes: map[camp.Domain]*lane{},
	}
	o.Taker.gather, o.Taker.count = g.add, g.count
	return g
}

// Wake has Run look at once; servers that were left alone for failing are tried
// again: the computer slept, or its network changed.
func (g *Gatherer) Wake() {
	g.mu.Lock()
	for _, h := range g.lanes {
		h.pause = time.Time{}
	}
	g.mu.Unlock()
	g.wake()
}

func (g *Gatherer) wake() {
	select {
	case g.kick <- struct{}{}:
	default:
	}
}

// add takes rows that were written.
func (g *Gatherer) add(rows []camp.Wanted) {
	g.mu.Lock()
	for _, r := range rows {
		g.put(r)
	}
	g.mu.Unlock()
	g.wake()
}

// count gives how much is wanted.
func (g *Gatherer) count() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.list)
}

// put has a row done; the caller has the mutex.
func (g *Gatherer) put(r camp.Wanted) {
	key := string(r.Host) + "\x00" + r.Mark()
	switch e := g.list[key]; {
	case e == nil && len(g.list) < camp.MaxWanted:
		g.list[key] = &sought{row: r, next: r.Next}
	case e != nil && e.out:
		e.fresh = &r
	}
}

// Run fetches until ctx ends, and returns nil once nothing is under way.
func (g *Gatherer) Run(ctx context.Context) error {
	if err := g.load(ctx); err != nil {
		return err
	}
	var out sync.WaitGroup
	defer out.Wait()
	timer := time.NewTimer(0)
	defer timer.Stop()
	var tidied time.Time
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-g.kick:
		case <-timer.C:
		}
		if now := g.now(); now.Sub(tidied) >= tidyGap || now.Before(tidied) {
			tidied = now
			g.tidy(ctx)
		}
		timer.Reset(g.start(ctx, &out))
	}
}

// load reads what was wanted when the camp last stopped.
func (g *Gatherer) load(ctx context.Context) error {
	var rows []camp.Wanted
	err := g.store.View(ctx, func(tx TakeTx) error {
		return tx.EachWanted(func(w camp.Wanted) error { rows = append(rows, w); return nil })
	})
	if err != nil {
		return fmt.Errorf("read what is wanted: %w", err)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, r := range rows {
		if soon := g.now().Add(wantedKept); r.Next.After(soon) { // the clock was wrong
			r.Next = time.Time{}
		}
		g.put(r)
	}
	return nil
}

// tidy forgets acts that were dealt with long ago.
func (g *Gatherer) tidy(ctx context.Context) {
	for more := true; more && ctx.Err() == nil; {
		err := g.store.Update(ctx, func(tx TakeTx) (err error) {
			more, err = tx.DropHeardOver(tidyOnce)
			return err
		})
		if err != nil {
			g.log.WarnContext(ctx, "could not forget old acts", "err", err)
			return
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	for name, h := range g.lanes {
		if h.flying == 0 && h.pause.Before(g.now()) && h.fails == 0 {
			delete(g.lanes, name)
		}
	}
}

const tidyOnce = 500

// start begins what can be, and gives how long there is nothing more to begin.
func (g *Gatherer) start(ctx context.Context, out *sync.WaitGroup) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	now, wait := g.now(), tidyGap
	for key, e := range g.list {
		if e.out || g.flying >= mostOut {
			continue
		}
		h := g.lane(e.row.Host)
		at := e.next
		if h.pause.After(at) {
			at = h.pause
		}
		if at.After(now) {
			wait = min(wait, at.Sub(now))
			continue
		}
		if h.flying >= mostOutHost {
			continue
		}
		e.out = true
		h.flying++
		g.flying++
		out.Go(func() { g.work(ctx, key, e.row) })
	}
	return max(wait, time.Millisecond)
}

func (g *Gatherer) lane(name camp.Domain) *lane {
	h := g.lanes[name]
	if h == nil {
		h = &lane{}
		g.lanes[name] = h
	}
	return h
}

// work does one row and notes what came of it.
func (g *Gatherer) work(ctx context.Context, key string, row camp.Wanted) {
	err := g.safely(ctx, &row)
	if err == nil {
		g.landed(key, row.Host, outcome{})
		return
	}
	if ctx.Err() != nil { // broken off: it is done after the next start
		g.landed(key, row.Host, outcome{later: true, next: g.now(), tries: row.Tries, err: err})
		return
	}
	o := outcome{err: err}
	o.next, o.later = g.again(&row, err)
	o.tries = row.Tries
	bad := g.store.Loose(ctx, func(tx TakeTx) error {
		if o.later {
			return tx.WantedAgain(row, row.Tries, o.next)
		}
		return tx.DropWanted(row)
	})
	if bad != nil {
		g.log.WarnContext(ctx, "could not note what came of a fetch", "err", bad)
	}
	g.log.DebugContext(ctx, "not fetched", "domain", string(row.Host), "kind", int(row.Do), "again", o.later, "err", err)
	g.landed(key, row.Host, o)
}

// outcome is what came of a row: done, given up, or put off.
type outcome struct {
	later bool
	next  time.Time
	tries int
	err   error
}

// safely does one row; what breaks there breaks nothing else.
func (g *Gatherer) safely(ctx context.Context, row *camp.Wanted) (err error) {
	defer func() {
		if r := recover(); r != nil {
			g.log.ErrorContext(ctx, "a fetch broke", "kind", int(row.Do), "panic", fmt.Sprint(r))
			err = errUnreadable
		}
	}()
	ctx, end := context.WithTimeout(ctx, outTime)
	defer end()
	return g.do(ctx, row)
}

// fetchSteps are the pauses between tries; after them the last again.
var fetchSteps = [...]time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour}

// again tells whether and when a row that failed is tried again.
func (g *Gatherer) again(row *camp.Wanted, err error) (time.Time, bool) {
	now := g.now()
	if err == nil || lasting(err) || now.Sub(row.Since) > wantedKept {
		return time.Time{}, false
	}
	pause := fetchSteps[min(row.Tries, len(fetchSteps)-1)]
	if _, after := away(err); after > pause {
		pause = after
	}
	row.Tries++
	return now.Add(g.jitter(pause)), true
}

// jitter makes a pause up to a fifth longer, so that not all come back at once.
func (g *Gatherer) jitter(d time.Duration) time.Duration {
	var b [1]byte
	if _, err := io.ReadFull(g.rand, b[:]); err != nil {
		return d
	}
	return d + d/5*time.Duration(b[0])/256
}

// landed gives back what start took.
func (g *Gatherer) landed(key string, host camp.Domain, o outcome) {
	g.mu.Lock()
	g.flying--
	l := g.lane(host)
	l.flying--
	switch is, after := away(o.err); {
	case is:
		l.fails++
		pause := min(30*time.Second<<min(l.fails-1, 7), time.Hour)
		l.pause = g.now().Add(max(pause, min(after, time.Hour)))
	case o.err == nil:
		l.fails, l.pause = 0, time.Time{}
	}
	if e := g.list[key]; e != nil {
		switch {
		case o.later:
			e.out, e.next, e.fresh, e.row.Tries = false, o.next, nil, o.tries
		case e.fresh != nil:
			g.list[key] = &sought{row: *e.fresh, next: e.fresh.Next}
		default:
			delete(g.list, key)
		}
	}
	g.mu.Unlock()
	g.wake()
}
