package tunnel

import (
	"encoding/json"
	"net"
	"net/netip"
	"sync"
	"time"

	"golang.zx2c4.com/wireguard/wgctrl/wgtypes"
)

// placeKept is how long it is known where a device last was (community.md 10).
const placeKept = 24 * time.Hour

// maxPlaces bounds how many are read back.
const maxPlaces = 1000

// places are the outer addresses of devices, so that the camp can speak first
// after it was away. They are shown to nobody. Safe for concurrent use.
type places struct {
	mu     sync.Mutex // guards what follows
	list   map[uint64]place
	came   time.Time // somebody from outside
	edited bool
}

type place struct {
	At   netip.AddrPort `json:"at"`
	Seen time.Time      `json:"seen"`
}

// readPlaces reads what keep wrote; what is old or makes no sense is dropped.
func readPlaces(raw []byte, now time.Time) *places {
	p := &places{list: map[uint64]place{}}
	var list map[uint64]place
	if json.Unmarshal(raw, &list) != nil || len(list) > maxPlaces {
		return p
	}
	for serial, at := range list {
		if serial != 0 && at.At.IsValid() && at.At.Port() != 0 && !at.Seen.After(now) && now.Sub(at.Seen) < placeKept {
			p.list[serial] = at
		}
	}
	return p
}

func (p *places) at(serial uint64) (netip.AddrPort, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	at, ok := p.list[serial]
	return at.At, ok && serial != 0
}

func (p *places) forget(serial uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.list, serial)
	p.edited = true
}

func (p *places) outside() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.came
}

func (p *places) saw(serial uint64, at netip.AddrPort, when time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	at = netip.AddrPortFrom(at.Addr().Unmap(), at.Port())
	if !p.list[serial].Seen.Equal(when) || p.list[serial].At != at {
		p.list[serial] = place{At: at, Seen: when}
		p.edited = true
	}
	if a := at.Addr(); !a.IsPrivate() && !a.IsLoopback() && !a.IsLinkLocalUnicast() && when.After(p.came) {
		p.came = when
	}
}

// write gives what is to be kept, nil where nothing changed since the last time.
func (p *places) write(now time.Time) []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	for serial, at := range p.list {
		if now.Sub(at.Seen) >= placeKept {
			delete(p.list, serial)
			p.edited = true
		}
	}
	if !p.edited {
		return nil
	}
	raw, err := json.Marshal(p.list)
	if err != nil {
		return nil
	}
	p.edited = false
	return raw
}

// look notes where the connected devices are.
func (s *Server) look() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.see()
}

// see is look; the caller holds mu.
func (s *Server) see() {
	d, err := s.dev.Device()
	if err != nil {
		return
	}
	for _, p := range d.Peers {
		in, ok := s.known[p.PublicKey]
		if ok && in.peer.Serial != 0 && p.Endpoint != nil && !p.LastHandshakeTime.IsZero() {
			s.places.saw(in.peer.Serial, p.Endpoint.AddrPort(), p.LastHandshakeTime)
		}
	}
}

func (s *Server) keepPlaces() {
	if s.opt.Remember == nil {
		return
	}
	if raw := s.places.write(s.opt.Now()); raw != nil {
		s.opt.Remember(raw)
	}
}

// greet sends one packet to every device whose place is known, so that members
// need not wait until they notice that the camp is back. A keepalive is sent at
// once where it is switched on; it is switched off again, since between camp and
// member the member keeps the way open. The caller holds mu.
func (s *Server) greet() {
	var keys []wgtypes.Key
	for key := range s.known {
		keys = append(keys, key)
	}
	s.speak(keys...)
}

// greetAnew is greet by a handshake: a device that has begun to look for the
// camp has dropped what was agreed before, and hears nothing else.
func (s *Server) greetAnew() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.see()
	for key, in := range s.known {
		if _, ok := s.places.at(in.peer.Serial); !ok {
			continue
		}
		if err := s.renew(key, in); err != nil {
			s.opt.Log.Warn("device not renewed", "err", err)
		}
	}
	s.greet()
}

// speak is greet for some; the caller holds mu.
func (s *Server) speak(keys ...wgtypes.Key) {
	on, off := 25*time.Second, time.Duration(0)
	for _, every := range []*time.Duration{&on, &off} {
		var c wgtypes.Config
		for _, key := range keys {
			at, ok := s.places.at(s.known[key].peer.Serial)
			if !ok {
				continue
			}
			c.Peers = append(c.Peers, wgtypes.PeerConfig{
				PublicKey: key, UpdateOnly: true, PersistentKeepaliveInterval: every, Endpoint: net.UDPAddrFromAddrPort(at),
			})
		}
		if len(c.Peers) == 0 {
			return
		}
		if err := s.dev.Configure(c); err != nil {
			s.opt.Log.Warn("members not greeted", "err", err)
			return
		}
	}
}
