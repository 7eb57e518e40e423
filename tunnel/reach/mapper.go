package reach

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/netip"
	"sync"
	"time"

	"camp/node/camp"
)

// How long a router is asked, and for how long its door is asked for.
const (
	askTime   = 2 * time.Second
	askUPnP   = 6 * time.Second // its search alone takes two
	lease     = time.Hour
	retry     = 5 * time.Minute
	endTime   = 2 * time.Second
	firstPort = 20000 // doors are drawn from here on
)

// The states of the router's door (camp.Reach.State).
const (
	Off     = "off"
	Asking  = "asking"
	Open    = "open"
	None    = "none"    // no router answers
	Shared  = "shared"  // its own address is not one that the world can reach
	Refused = "refused" // it said no
	Taken   = "taken"   // the one door that is of use leads to somebody else
)

// mapping is one door of one router.
type mapping struct {
	how   string
	outer netip.AddrPort
	until time.Time // zero: for ever
	close func(context.Context) error
}

var (
	errNone    = errors.New("reach: no router answers")
	errShared  = errors.New("reach: the router shares its address")
	errRefused = errors.New("reach: the router refuses")
	errTaken   = errors.New("reach: the router's door leads elsewhere")
)

// Options are what a Mapper needs; all must be set but Kept, Lease, TCP and Exact.
type Options struct {
	Inner   uint16            // the port on this computer
	Wish    uint16            // the outer port of last time, 0 for none
	TCP     bool              // the door is for TCP, not UDP
	Exact   uint16            // the only outer port that is of use; 0: any is
	Kept    func(port uint16) // told which outer port the router gave; nil for nobody
	Changed func()            // told that Status gives something new; must not block
	Now     func() time.Time
	Rand    io.Reader
	Log     *slog.Logger
	Lease   time.Duration // 0: an hour

	// Roads to a router, in the order of preference; nil: NAT-PMP and UPnP.
	Roads []Road
}

// Road is a protocol by which a router can be asked for a door.
type Road interface {
	// Find looks for a router that speaks it; nothing is opened by that. Its
	// errors, and those of what it gives, are errNone, errShared, errRefused, errTaken or others.
	Find(ctx context.Context) (opener, error)
}

// opener asks the router that was found for a door.
type opener func(ctx context.Context, a asking) (mapping, error)

// asking is what is asked of a router.
type asking struct {
	tcp         bool
	inner, wish uint16 // ports: on this computer, and the router's
	exact       bool   // no other than wish is of use
	lease       time.Duration
}

// Mapper keeps a door in the router open while it is switched on. Safe for
// concurrent use.
type Mapper struct {
	opt     Options
	kick    chan struct{}
	looking sync.WaitGroup // searches that a faster road left behind; they end by their own time

	mu   sync.Mutex // guards what follows
	on   bool
	st   camp.Reach
	wait chan struct{} // closed when an answer has come since the last asking
}

// New makes a Mapper that is off; Run does its work.
func New(opt Options) *Mapper {
	if opt.Lease == 0 {
		opt.Lease = lease
	}
	if opt.Roads == nil {
		opt.Roads = []Road{natPMP{}, upnp{}}
	}
	return &Mapper{opt: opt, kick: make(chan struct{}, 1), st: camp.Reach{State: Off}, wait: make(chan struct{})}
}

// Set switches the asking on or off.
func (m *Mapper) Set(on bool) {
	m.mu.Lock()
	same := m.on == on
	m.on = on
	m.mu.Unlock()
	if !same {
		m.Renew()
	}
}

// Renew asks anew, after the network changed or somebody wants to know.
func (m *Mapper) Renew() {
	m.mu.Lock()
	if m.on {
		m.st.State = Asking
		select {
		case <-m.wait:
			m.wait = make(chan struct{})
		default:
		}
	}
	m.mu.Unlock()
	select {
	case m.kick <- struct{}{}:
	default:
	}
}

// Status says how the door stands: On, State, How, Outer, Until and Problem.
func (m *Mapper) Status() camp.Reach {
	m.mu.Lock()
	defer m.mu.Unlock()
	st := m.st
	st.On = m.on
	return st
}

// Door gives the outer address, invalid for none.
func (m *Mapper) Door() netip.AddrPort {
	st := m.Status()
	at, err := netip.ParseAddrPort(st.Outer)
	if err != nil || st.State != Open {
		return netip.AddrPort{}
	}
	return at
}

// Settled waits until the router has answered, or ctx ends.
func (m *Mapper) Settled(ctx context.Context) {
	m.mu.Lock()
	wait, on := m.wait, m.on
	m.mu.Unlock()
	if !on {
		return
	}
	select {
	case <-wait:
	case <-ctx.Done():
	}
}

// Run asks the router while it is switched on, renews the door at half its
// lease, and gives it back at the end. It returns nil when ctx ends.
func (m *Mapper) Run(ctx context.Context) error {
	defer m.looking.Wait()
	next := time.NewTimer(0)
	defer next.Stop()
	var open *mapping
	for {
		select {
		case <-ctx.Done():
			m.giveBack(context.WithoutCancel(ctx), open)
			return nil
		case <-m.kick:
		case <-next.C:
		}
		m.mu.Lock()
		on := m.on
		m.mu.Unlock()
		if !on {
			m.giveBack(ctx, open)
			open = nil
			m.tell(func(st *camp.Reach) { *st = camp.Reach{State: Off} })
			next.Reset(time.Hour)
			continue
		}
		got, err := m.ask(ctx)
		if ctx.Err() != nil {
			m.giveBack(context.WithoutCancel(ctx), open)
			return nil
		}
		wait := retry
		if err == nil {
			if open != nil && open.outer != got.outer {
				m.giveBack(ctx, open)
			}
			open, wait = &got, m.opt.Lease/2
		}
		m.settle(got, err)
		next.Reset(wait)
	}
}

// ask looks for a router by every road at the same time, and asks for a door by
// one after the other, until one opens: a router that speaks two protocols keeps
// one list of doors for both, so that giving back what the second opened would
// close what the first did.
func (m *Mapper) ask(ctx context.Context) (mapping, error) {
	ctx, enough := context.WithCancel(ctx)
	defer enough()
	type answer struct {
		open opener
		err  error
	}
	found := make([]chan answer, len(m.opt.Roads))
	for i, r := range m.opt.Roads {
		found[i] = make(chan answer, 1)
		m.looking.Go(func() {
			open, err := r.Find(ctx)
			found[i] <- answer{open, err}
		})
	}
	worst := errNone
	want := asking{tcp: m.opt.TCP, inner: m.opt.Inner, wish: m.wish(), exact: m.opt.Exact != 0, lease: m.opt.Lease}
	for i := range found {
		a := <-found[i]
		err := a.err
		if err == nil {
			var got mapping
			if got, err = a.open(ctx, want); err == nil {
				return got, nil
			}
		}
		if severity(err) > severity(worst) {
			worst = err
		}
	}
	return mapping{}, worst
}

// severity orders what routers say by how much it tells.
func severity(err error) int {
	switch {
	case errors.Is(err, errShared):
		return 3
	case errors.Is(err, errRefused), errors.Is(err, errTaken):
		return 2
	case errors.Is(err, errNone):
		return 0
	}
	return 1
}

// wish is the outer port that is asked for: the only one of use, else that of
// last time, else one drawn.
func (m *Mapper) wish() uint16 {
	if m.opt.Exact != 0 {
		return m.opt.Exact
	}
	if m.opt.Wish != 0 {
		return m.opt.Wish
	}
	var b [2]byte
	if _, err := io.ReadFull(m.opt.Rand, b[:]); err != nil {
		return m.opt.Inner
	}
	return firstPort + (uint16(b[0])<<8|uint16(b[1]))%30000
}

func (m *Mapper) settle(got mapping, err error) {
	if err == nil && m.opt.Wish != got.outer.Port() {
		m.opt.Wish = got.outer.Port() // Run alone reads and writes it
		if m.opt.Kept != nil {
			m.opt.Kept(m.opt.Wish)
		}
	}
	m.tell(func(st *camp.Reach) {
		*st = camp.Reach{State: Open}
		switch {
		case err == nil:
			st.How, st.Outer, st.Until = got.how, got.outer.String(), got.until
		case errors.Is(err, errShared):
			st.State = Shared
		case errors.Is(err, errRefused):
			st.State = Refused
		case errors.Is(err, errTaken):
			st.State = Taken
		default:
			st.State = None
		}
	})
	m.mu.Lock()
	select {
	case <-m.wait:
	default:
		close(m.wait)
	}
	m.mu.Unlock()
	m.opt.Log.Info("router asked", "state", m.Status().State, "how", got.how)
}

func (m *Mapper) tell(fn func(*camp.Reach)) {
	m.mu.Lock()
	fn(&m.st)
	m.mu.Unlock()
	m.opt.Changed()
}

func (m *Mapper) giveBack(ctx context.Context, open *mapping) {
	if open == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, endTime)
	defer cancel()
	if err := open.close(ctx); err != nil {
		m.opt.Log.Debug("router's door not given back", "err", err)
	}
}
