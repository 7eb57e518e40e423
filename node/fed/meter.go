package fed

import (
	"net/netip"
	"sync"
	"time"
)

// meters count how much of something each may do: so much at once, and so much
// a second on the long run. What was not done can be given back.
type meters struct {
	perSecond, most float64

	mu   sync.Mutex // guards list
	list map[string]meter
}

type meter struct {
	left float64
	at   time.Time
}

const maxMeters = 4096 // remembered

// take reports whether one more may be done now.
func (m *meters) take(who string, now time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.list == nil {
		m.list = map[string]meter{}
	}
	x, known := m.list[who]
	if !known {
		if len(m.list) >= maxMeters {
			m.dropFull(now)
		}
		x = meter{left: m.most, at: now}
	}
	if d := now.Sub(x.at); d > 0 {
		x.left, x.at = min(m.most, x.left+d.Seconds()*m.perSecond), now
	}
	ok := x.left >= 1
	if ok {
		x.left--
	}
	m.list[who] = x
	return ok
}

// give gives one back.
func (m *meters) give(who string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if x, known := m.list[who]; known {
		x.left = min(m.most, x.left+1)
		m.list[who] = x
	}
}

// dropFull forgets those who may do all again, else everybody; the caller has the
// mutex.
func (m *meters) dropFull(now time.Time) {
	for who, x := range m.list {
		if x.left+now.Sub(x.at).Seconds()*m.perSecond >= m.most {
			delete(m.list, who)
		}
	}
	if len(m.list) >= maxMeters {
		clear(m.list)
	}
}

// sourceOf gives whom the address of a request stands for: a single one, or the
// network that one household has (IPv6). "" where there is none to tell.
func sourceOf(addr string) string {
	at, err := netip.ParseAddrPort(addr)
	if err != nil {
		return ""
	}
	ip, bits := at.Addr().Unmap().WithZone(""), 32
	if ip.Is6() {
		bits = 64
	}
	p, err := ip.Prefix(bits)
	if err != nil {
		return ""
	}
	return p.String()
}
