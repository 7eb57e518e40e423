package tunnel

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"sync"
	"syscall"

	"golang.zx2c4.com/wireguard/tun"
	"gvisor.dev/gvisor/pkg/buffer"
	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/adapters/gonet"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/link/channel"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv6"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/transport/icmp"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"
)

// innerQueue is how many packets of the stack may wait for the device.
const innerQueue = 1024

// innerNet is the network stack within the tunnel (gVisor's), as WireGuard's
// device sees it: packets go out by Read and come in by Write.
//
// The library's own adapter closes its channel of packets while the stack may
// still be sending on it, which ends a program; here closing is a signal of its
// own, and a packet that comes late is dropped.
type innerNet struct {
	stack  *stack.Stack
	ep     *channel.Endpoint
	out    chan *stack.PacketBuffer
	events chan tun.Event
	done   chan struct{}
	close  sync.Once
}

var (
	_ tun.Device           = (*innerNet)(nil)
	_ channel.Notification = (*innerNet)(nil)
)

// newInnerNet makes a stack with these addresses, which sends all it has to
// say through the tunnel.
func newInnerNet(addrs []netip.Addr) (*innerNet, error) {
	n := &innerNet{
		ep: channel.New(innerQueue, MTU, ""),
		stack: stack.New(stack.Options{
			NetworkProtocols:   []stack.NetworkProtocolFactory{ipv4.NewProtocol, ipv6.NewProtocol},
			TransportProtocols: []stack.TransportProtocolFactory{tcp.NewProtocol, icmp.NewProtocol4, icmp.NewProtocol6},
			HandleLocal:        true,
		}),
		out:    make(chan *stack.PacketBuffer),
		events: make(chan tun.Event, 1),
		done:   make(chan struct{}),
	}
	selective := tcpip.TCPSACKEnabled(true) // RFC 2018; off unless asked for
	if err := n.stack.SetTransportProtocolOption(tcp.ProtocolNumber, &selective); err != nil {
		return nil, fmt.Errorf("set up TCP: %s", err)
	}
	n.ep.AddNotify(n)
	if err := n.stack.CreateNIC(innerNIC, n.ep); err != nil {
		return nil, fmt.Errorf("make interface: %s", err)
	}
	for _, a := range addrs {
		at := tcpip.ProtocolAddress{Protocol: protocolOf(a), AddressWithPrefix: tcpip.AddrFromSlice(a.AsSlice()).WithPrefix()}
		if err := n.stack.AddProtocolAddress(innerNIC, at, stack.AddressProperties{}); err != nil {
			return nil, fmt.Errorf("add address: %s", err)
		}
		n.stack.AddRoute(tcpip.Route{Destination: everywhere(a), NIC: innerNIC})
	}
	n.events <- tun.EventUp
	return n, nil
}

// innerNIC is the stack's only interface.
const innerNIC tcpip.NICID = 1

func protocolOf(a netip.Addr) tcpip.NetworkProtocolNumber {
	if a.Is4() {
		return ipv4.ProtocolNumber
	}
	return ipv6.ProtocolNumber
}

func everywhere(a netip.Addr) tcpip.Subnet {
	if a.Is4() {
		return header.IPv4EmptySubnet
	}
	return header.IPv6EmptySubnet
}

// WriteNotify hands one packet of the stack to the device, and waits until it
// is taken: so the stack is never faster than the tunnel.
func (n *innerNet) WriteNotify() {
	p := n.ep.Read()
	if p == nil {
		return
	}
	select {
	case n.out <- p:
	case <-n.done:
		p.DecRef()
	}
}

// Read waits for the next packet to be sent through the tunnel.
func (n *innerNet) Read(bufs [][]byte, sizes []int, offset int) (int, error) {
	select {
	case p := <-n.out:
		size := 0
		for _, part := range p.AsSlices() {
			size += copy(bufs[0][offset+size:], part)
		}
		p.DecRef()
		sizes[0] = size
		return 1, nil
	case <-n.done:
		return 0, os.ErrClosed
	}
}

// Write gives packets that came through the tunnel to the stack.
func (n *innerNet) Write(bufs [][]byte, offset int) (int, error) {
	for _, b := range bufs {
		b = b[offset:]
		if len(b) == 0 {
			continue
		}
		var proto tcpip.NetworkProtocolNumber
		switch b[0] >> 4 {
		case 4:
			proto = header.IPv4ProtocolNumber
		case 6:
			proto = header.IPv6ProtocolNumber
		default:
			return 0, syscall.EAFNOSUPPORT
		}
		p := stack.NewPacketBuffer(stack.PacketBufferOptions{Payload: buffer.MakeWithData(b)})
		n.ep.InjectInbound(proto, p)
		p.DecRef()
	}
	return len(bufs), nil
}

// Close ends the stack and every connection of it.
func (n *innerNet) Close() error {
	n.close.Do(func() {
		close(n.done)
		n.stack.RemoveNIC(innerNIC)
		n.stack.Close()
		n.ep.Close()
		close(n.events)
	})
	return nil
}

// File is nil: there is no device of the system behind this.
func (n *innerNet) File() *os.File { return nil }

// MTU is the greatest inner packet in bytes.
func (n *innerNet) MTU() (int, error) { return MTU, nil }

// Name is what WireGuard calls the device in its messages.
func (n *innerNet) Name() (string, error) { return "camp", nil }

// Events tells the device that the interface is up, and when it is gone.
func (n *innerNet) Events() <-chan tun.Event { return n.events }

// BatchSize is how many packets go with one Read or Write.
func (n *innerNet) BatchSize() int { return 1 }

func (n *innerNet) full(at netip.AddrPort) tcpip.FullAddress {
	return tcpip.FullAddress{NIC: innerNIC, Addr: tcpip.AddrFromSlice(at.Addr().AsSlice()), Port: at.Port()}
}

func (n *innerNet) listen(at netip.AddrPort) (net.Listener, error) {
	return gonet.ListenTCP(n.stack, n.full(at), protocolOf(at.Addr()))
}

func (n *innerNet) dial(ctx context.Context, to netip.AddrPort) (net.Conn, error) {
	return gonet.DialContextTCP(ctx, n.stack, n.full(to), protocolOf(to.Addr()))
}
