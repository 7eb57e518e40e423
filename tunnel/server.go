package tunnel

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	"golang.org/x/crypto/curve25519"
	"golang.zx2c4.com/wireguard/conn"
	"golang.zx2c4.com/wireguard/wgctrl/wgtypes"

	"camp/node/camp"
)

// ServerOptions say how a camp's side of the tunnel is made. Key, Now and Log
// must be set.
type ServerOptions struct {
	Key    camp.Secret    // the camp's tunnel key: X25519, 32 bytes, clamped
	Listen netip.AddrPort // outer address; unspecified: all of them; port 0: of the system's choice
	Device string         // name of an interface of the system to drive; "": a device of our own
	Now    func() time.Time
	Rand   io.Reader
	Log    *slog.Logger

	Remembered []byte       // where devices were last, as Remember was given it; nil for nothing
	Remember   func([]byte) // keeps it, at most once a minute; nil: not kept
}

// Server is the camp's side of the tunnel. It knows keys and what each is, not
// people. Safe for concurrent use.
type Server struct {
	opt    ServerOptions
	public [32]byte
	plan   Plan
	dev    Backend
	own    *Embedded // nil where the system's interface is driven
	outer  netip.AddrPort
	inner  []netip.Addr
	table  *table
	places *places

	mu    sync.Mutex // guards what follows; one change of the device at a time
	known map[wgtypes.Key]installed
	fresh bool // no peers were ever set
	sent  meter
}

// installed is a peer as the device knows it.
type installed struct {
	peer    camp.Peer
	addrs   []netip.Addr
	psk     wgtypes.Key
	renewed time.Time // when it was last added
}

// NewServer opens the camp's outer door. It answers nobody before SetPeers.
func NewServer(opt ServerOptions) (*Server, error) {
	s := &Server{opt: opt, table: newTable(), known: map[wgtypes.Key]installed{}, fresh: true}
	pub, err := curve25519.X25519(opt.Key.Reveal(), curve25519.Basepoint)
	if err != nil {
		return nil, fmt.Errorf("read the camp's tunnel key: %w", err)
	}
	copy(s.public[:], pub)
	s.plan = NewPlan(s.public)
	six, four := s.plan.Host()
	s.inner = []netip.Addr{six, four}
	s.places = readPlaces(opt.Remembered, opt.Now())
	if err := s.open(); err != nil {
		return nil, err
	}
	return s, nil
}

// open makes the device and gives it the camp's key.
func (s *Server) open() error {
	key, err := wgtypes.NewKey(s.opt.Key.Reveal())
	if err != nil {
		return fmt.Errorf("read the camp's tunnel key: %w", err)
	}
	port := int(s.opt.Listen.Port())
	c := wgtypes.Config{PrivateKey: &key, ListenPort: &port, ReplacePeers: true}
	if s.opt.Device != "" {
		d, err := OpenSystem(s.opt.Device)
		if err != nil {
			return err
		}
		s.dev = d
		if port == 0 {
			c.ListenPort = nil // the administrator's choice stays
		}
		return s.bring(c)
	}
	var bind conn.Bind
	if a := s.opt.Listen.Addr(); a.IsValid() && !a.IsUnspecified() {
		bind = &oneBind{addr: a}
	}
	host := map[netip.Addr]bool{}
	for _, a := range s.inner {
		host[a] = true
	}
	e, err := newEmbedded(s.inner, bind, s.opt.Log, func(d tunDevice) tunDevice { return &sieve{Device: d, t: s.table, host: host} })
	if err != nil {
		return err
	}
	s.own, s.dev = e, e
	return s.bring(c)
}

func (s *Server) bring(c wgtypes.Config) error {
	err := s.dev.Configure(c)
	if err == nil && s.own != nil {
		err = s.own.Up()
	}
	var d *wgtypes.Device
	if err == nil {
		d, err = s.dev.Device()
	}
	if err != nil {
		_ = s.dev.Close()
		return err
	}
	addr := s.opt.Listen.Addr()
	if !addr.IsValid() {
		addr = netip.IPv4Unspecified()
	}
	s.outer = netip.AddrPortFrom(addr, uint16(d.ListenPort))
	return nil
}

// CampKey is the public half of the camp's tunnel key.
func (s *Server) CampKey() [32]byte { return s.public }

// Addr is the outer address; unspecified where it is all of this computer's.
func (s *Server) Addr() netip.AddrPort { return s.outer }

// Inner gives the camp's own addresses in the tunnel, IPv6 first.
func (s *Server) Inner() []netip.Addr { return slices.Clone(s.inner) }

// Behind says whose inner address it is.
func (s *Server) Behind(a netip.Addr) (camp.Peer, bool) { return s.table.behind(a) }

// Listen accepts connections to the camp's inner addresses from those whom the
// tunnel knows. A connection is closed when its peer loses the right.
func (s *Server) Listen(port uint16) ([]net.Listener, error) {
	var all []net.Listener
	for _, a := range s.inner {
		at := netip.AddrPortFrom(a, port)
		var l net.Listener
		var err error
		if s.own != nil {
			l, err = s.own.Listen(at)
		} else {
			l, err = net.Listen("tcp", at.String())
		}
		if err != nil {
			for _, l := range all {
				_ = l.Close()
			}
			return nil, fmt.Errorf("listen in the tunnel: %w", err)
		}
		all = append(all, &gated{Listener: l, t: s.table})
	}
	return all, nil
}

// Rebind closes and opens the outer socket, after the computer's addresses changed.
func (s *Server) Rebind() error {
	if s.own == nil {
		return nil // the system does so by itself
	}
	return s.own.Rebind()
}

// Close ends the device and every connection through it. An interface of the
// system stays, without the camp's peers.
func (s *Server) Close() error {
	s.table.set(nil)
	s.look()
	s.keepPlaces()
	var err error
	if s.own == nil {
		err = s.dev.Configure(wgtypes.Config{ReplacePeers: true})
	}
	return errors.Join(err, s.dev.Close())
}

// Run keeps the tunnel well until ctx ends: it remembers where devices are,
// speaks first after a sleep or a change of address, and keeps invites for
// several people usable.
func (s *Server) Run(ctx context.Context) error {
	shifts := make(chan Shift, 1)
	done := make(chan struct{})
	go func() {
		defer close(done)
		Shifts(ctx, s.opt.Now, func(sh Shift) {
			select {
			case shifts <- sh:
			default: // one round is as good as two
			}
		})
	}()
	defer func() { <-done }()
	second := time.NewTicker(time.Second)
	defer second.Stop()
	minute := time.NewTicker(time.Minute)
	defer minute.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-shifts:
			if err := s.Rebind(); err != nil {
				s.opt.Log.Warn("tunnel socket does not open again", "err", err)
			}
			s.greetAnew()
		case <-second.C:
			s.renewShared()
		case <-minute.C:
			s.look()
			s.keepPlaces()
		}
	}
}
