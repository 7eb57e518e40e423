// Package tunnel connects members' devices with a camp through WireGuard. One
// wgtypes.Config drives either a device embedded in this process (wireguard-go
// on a network stack in user space: no driver, no administrator) or an
// interface of the system that an administrator made.
//
// It knows keys, addresses and what each may reach; it does not know who people
// are, nor what they read.
package tunnel

import (
	"errors"

	"golang.zx2c4.com/wireguard/wgctrl/wgtypes"
)

// ErrNoBackend is returned where a system interface cannot be used by this user.
var ErrNoBackend = errors.New("tunnel: no such WireGuard interface, or not permitted")

// Backend is a WireGuard device. Configure applies a difference, or the whole
// with ReplacePeers; Device reads back what is set. Both are safe for
// concurrent use. Close ends the device.
type Backend interface {
	Configure(wgtypes.Config) error
	Device() (*wgtypes.Device, error)
	Close() error
}
