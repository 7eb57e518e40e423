package tunnel

import (
	"fmt"
	"net"
	"net/netip"
	"sync"

	"golang.zx2c4.com/wireguard/conn"
)

// oneBind carries a device's packets through one address of this computer. The
// library's own bind listens on all of them.
type oneBind struct {
	addr netip.Addr

	mu   sync.Mutex // guards sock
	sock *net.UDPConn
}

var _ conn.Bind = (*oneBind)(nil)

// Open opens the socket; with port 0 the system chooses one.
func (b *oneBind) Open(port uint16) ([]conn.ReceiveFunc, uint16, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.sock != nil {
		return nil, 0, conn.ErrBindAlreadyOpen
	}
	s, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(b.addr, port)))
	if err != nil {
		return nil, 0, fmt.Errorf("open tunnel socket: %w", err)
	}
	b.sock = s
	at, _ := netip.ParseAddrPort(s.LocalAddr().String())
	receive := func(packets [][]byte, sizes []int, eps []conn.Endpoint) (int, error) {
		n, from, err := s.ReadFromUDPAddrPort(packets[0])
		if err != nil {
			return 0, err
		}
		sizes[0] = n
		eps[0] = &conn.StdNetEndpoint{AddrPort: netip.AddrPortFrom(from.Addr().Unmap(), from.Port())}
		return 1, nil
	}
	return []conn.ReceiveFunc{receive}, at.Port(), nil
}

// Close closes the socket.
func (b *oneBind) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.sock == nil {
		return nil
	}
	err := b.sock.Close()
	b.sock = nil
	return err
}

// Send sends each packet to the endpoint.
func (b *oneBind) Send(bufs [][]byte, to conn.Endpoint) error {
	b.mu.Lock()
	s := b.sock
	b.mu.Unlock()
	if s == nil {
		return net.ErrClosed
	}
	e, ok := to.(*conn.StdNetEndpoint)
	if !ok {
		return conn.ErrWrongEndpointType
	}
	for _, p := range bufs {
		if _, err := s.WriteToUDPAddrPort(p, e.AddrPort); err != nil {
			return err
		}
	}
	return nil
}

// ParseEndpoint reads "address:port".
func (b *oneBind) ParseEndpoint(s string) (conn.Endpoint, error) {
	at, err := netip.ParseAddrPort(s)
	if err != nil {
		return nil, fmt.Errorf("read an outer address: %w", err)
	}
	return &conn.StdNetEndpoint{AddrPort: at}, nil
}

// SetMark does nothing: marks are for systems that route by them.
func (b *oneBind) SetMark(uint32) error { return nil }

// BatchSize is one packet at a time.
func (b *oneBind) BatchSize() int { return 1 }
