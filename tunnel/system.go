package tunnel

import (
	"fmt"

	"golang.zx2c4.com/wireguard/wgctrl"
	"golang.zx2c4.com/wireguard/wgctrl/wgtypes"
)

// System is a WireGuard interface of the operating system that an administrator
// made and this user may drive. It is never created here, and never needed.
type System struct {
	name   string
	client *wgctrl.Client
}

var _ Backend = (*System)(nil)

// OpenSystem takes the interface of this name, or returns ErrNoBackend where
// there is none or this user may not drive it.
func OpenSystem(name string) (*System, error) {
	c, err := wgctrl.New()
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrNoBackend, err)
	}
	if _, err := c.Device(name); err != nil {
		_ = c.Close()
		return nil, fmt.Errorf("%w: %v", ErrNoBackend, err)
	}
	return &System{name: name, client: c}, nil
}

// Configure applies c; see Backend.
func (s *System) Configure(c wgtypes.Config) error {
	if err := s.client.ConfigureDevice(s.name, c); err != nil {
		return fmt.Errorf("configure interface: %w", err)
	}
	return nil
}

// Device reads back what is set; see Backend.
func (s *System) Device() (*wgtypes.Device, error) {
	d, err := s.client.Device(s.name)
	if err != nil {
		return nil, fmt.Errorf("ask interface: %w", err)
	}
	return d, nil
}

// Close leaves the interface as it is and lets go of it.
func (s *System) Close() error { return s.client.Close() }
