package desk

import (
	"cmp"
	"context"
	"net"
	"slices"
	"sync"
	"time"

	"camp/node/camp"
)

// mostContacts is how many servers the ledger remembers; the one that was
// silent longest goes first.
const mostContacts = 500

// The ways by which something leaves this computer.
type outway int

const (
	byTunnel outway = iota
	byServer
	byPublic
	outways
)

// ledger counts what leaves this computer, and to which servers. It lives in
// memory: nobody needs to know it for longer. Safe for concurrent use.
type ledger struct {
	now   func() time.Time
	since time.Time

	mu      sync.Mutex // guards what follows
	day     string     // of sums, by this computer's clock
	sums    [outways]int64
	tunnel  int64 // what the tunnel had counted when it was asked last
	servers map[string]camp.Contact
}

func newLedger(now func() time.Time) *ledger {
	return &ledger{now: now, since: now().UTC(), servers: map[string]camp.Contact{}}
}

// today begins the sums anew with each day; called with mu held.
func (l *ledger) today() time.Time {
	now := l.now()
	if day := now.Local().Format(time.DateOnly); day != l.day {
		l.day, l.sums = day, [outways]int64{}
	}
	return now
}

func (l *ledger) add(by outway, n int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.today()
	l.sums[by] += n
}

// server notes that something was sent to a server.
func (l *ledger) server(host string, n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.today()
	l.sums[byServer] += int64(n)
	c, known := l.servers[host]
	if !known && len(l.servers) >= mostContacts {
		l.forget()
	}
	c.Kind, c.Name, c.Last = "server", host, now.UTC()
	c.Sent += int64(n)
	l.servers[host] = c
}

// forget drops the server that was silent longest; called with mu held.
func (l *ledger) forget() {
	oldest := ""
	for host, c := range l.servers {
		if oldest == "" || c.Last.Before(l.servers[oldest].Last) {
			oldest = host
		}
	}
	delete(l.servers, oldest)
}

// tunnelled takes in what a tunnel has sent since its start.
func (l *ledger) tunnelled(total int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.today()
	if total < l.tunnel {
		l.tunnel = 0 // another tunnel
	}
	l.sums[byTunnel] += total - l.tunnel
	l.tunnel = total
}

// contacts is what the ledger holds, the server that was spoken to last first.
func (l *ledger) contacts() camp.Contacts {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.today()
	c := camp.Contacts{Since: l.since, Tunnel: l.sums[byTunnel], Servers: l.sums[byServer], Public: l.sums[byPublic], List: []camp.Contact{}}
	for _, s := range l.servers {
		c.List = append(c.List, s)
	}
	slices.SortFunc(c.List, func(a, b camp.Contact) int { return cmp.Or(b.Last.Compare(a.Last), cmp.Compare(a.Name, b.Name)) })
	return c
}

// counting is a listener whose connections tell what they send.
func (l *ledger) counting(inner net.Listener) net.Listener { return countedListener{inner, l} }

type countedListener struct {
	net.Listener
	ledger *ledger
}

func (c countedListener) Accept() (net.Conn, error) {
	conn, err := c.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return countedConn{conn, c.ledger}, nil
}

type countedConn struct {
	net.Conn
	ledger *ledger
}

func (c countedConn) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	c.ledger.add(byPublic, int64(n))
	return n, err
}

const ledgerTick = time.Minute

// meter asks the tunnel each minute what it sent, so that each day has its own.
func (s *session) meter(ctx context.Context) error {
	t := time.NewTicker(ledgerTick)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
			s.askTunnel()
			s.showSent(shownStep)
		}
	}
}

func (s *session) askTunnel() {
	if s.ways.server() != nil {
		s.d.ledger.tunnelled(s.ways.sent())
	}
}

// shownStep is by how many bytes the snapshot may differ from the ledger: it
// says a size as people do, and is not to be made anew for less.
const shownStep = 1_000_000

// showSent puts what was sent today into the snapshot, where it differs by a step.
func (s *session) showSent(step int64) {
	now, shown := s.d.ledger.contacts().Today(), s.d.State().SentToday
	if now < shown || now >= shown+step {
		s.d.change(func(st *camp.State) { st.SentToday = now })
	}
}

// contacts tells whom this computer talked with: what the ledger counted, and
// before that the few that are known without counting.
func (s *session) contacts(context.Context, camp.Intent) (camp.Answer, error) {
	s.askTunnel()
	s.showSent(1)
	c, st := s.d.ledger.contacts(), s.d.State()
	var first []camp.Contact
	add := func(yes bool, kind, name string) {
		if yes {
			first = append(first, camp.Contact{Kind: kind, Name: name})
		}
	}
	add(st.Reach.On, "router", "")
	add(st.Reach.LAN, "home", "")
	authority := s.wide.authority()
	add(len(c.List) > 0 || authority != "" || st.World.On, "names", "")
	add(authority != "", "authority", authority)
	for _, m := range st.Memberships {
		add(m.State.In() || m.State == camp.Waiting, "camp", m.Camp)
	}
	c.List = append(first, c.List...)
	return camp.Answer{Contacts: &c}, nil
}
