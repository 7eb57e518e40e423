package tunnel

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strings"

	"golang.zx2c4.com/wireguard/conn"
	"golang.zx2c4.com/wireguard/device"
	"golang.zx2c4.com/wireguard/tun"
	"golang.zx2c4.com/wireguard/wgctrl/wgtypes"
)

// MTU is the size of an inner packet, both families. It fits PPPoE, mobile
// networks and a relay's framing (bytes).
const MTU = 1280

// Embedded is a WireGuard device within this process, with a network stack of
// its own: one interface, no forwarding, no route to any network of this
// computer.
type Embedded struct {
	dev   *device.Device
	stack caller
}

// caller takes and makes connections within the tunnel.
type caller interface {
	listen(at netip.AddrPort) (net.Listener, error)
	dial(ctx context.Context, to netip.AddrPort) (net.Conn, error)
}

var _ Backend = (*Embedded)(nil)

// NewEmbedded starts a device with these inner addresses; bind carries its
// packets (nil: an ordinary UDP socket). It answers nobody before it is
// configured and Up is called.
func NewEmbedded(addrs []netip.Addr, bind conn.Bind, log *slog.Logger) (*Embedded, error) {
	return newEmbedded(addrs, bind, log, func(d tunDevice) tunDevice { return d })
}

// tunDevice is what lies between WireGuard and the network stack.
type tunDevice = tun.Device

// newEmbedded is NewEmbedded with something put between device and stack.
func newEmbedded(addrs []netip.Addr, bind conn.Bind, log *slog.Logger, between func(tunDevice) tunDevice) (*Embedded, error) {
	stack, err := newInnerNet(addrs)
	if err != nil {
		return nil, fmt.Errorf("make inner network stack: %w", err)
	}
	if bind == nil {
		bind = newBind()
	}
	// The library's messages hold addresses of people: only that there was one is kept.
	quiet := &device.Logger{
		Verbosef: device.DiscardLogf,
		Errorf:   func(string, ...any) { log.Debug("message from the tunnel's device") },
	}
	return &Embedded{dev: device.NewDevice(asideIn{between(stack)}, asideOut{bind}, quiet), stack: stack}, nil
}

// Up opens the socket.
func (e *Embedded) Up() error {
	if err := e.dev.Up(); err != nil {
		return fmt.Errorf("open tunnel socket: %w", err)
	}
	return nil
}

// Configure applies c; see Backend.
func (e *Embedded) Configure(c wgtypes.Config) error {
	if err := e.dev.IpcSet(uapiText(c)); err != nil {
		return fmt.Errorf("configure tunnel: %w", err)
	}
	return nil
}

// Device reads back what is set; see Backend.
func (e *Embedded) Device() (*wgtypes.Device, error) {
	text, err := e.dev.IpcGet()
	if err != nil {
		return nil, fmt.Errorf("ask tunnel: %w", err)
	}
	return parseUAPI(strings.NewReader(text))
}

// Rebind closes and opens the socket, after the computer's addresses changed.
func (e *Embedded) Rebind() error {
	if err := e.dev.BindUpdate(); err != nil {
		return fmt.Errorf("reopen tunnel socket: %w", err)
	}
	return nil
}

// Listen accepts connections to an inner address.
func (e *Embedded) Listen(at netip.AddrPort) (net.Listener, error) {
	l, err := e.stack.listen(at)
	if err != nil {
		return nil, fmt.Errorf("listen in the tunnel: %w", err)
	}
	return l, nil
}

// Dial connects to an inner address.
func (e *Embedded) Dial(ctx context.Context, to netip.AddrPort) (net.Conn, error) {
	c, err := e.stack.dial(ctx, to)
	if err != nil {
		return nil, fmt.Errorf("dial in the tunnel: %w", err)
	}
	return c, nil
}

// Close ends the device and all connections through it.
func (e *Embedded) Close() error {
	e.dev.Close()
	return nil
}
