package tunnel

import (
	"golang.zx2c4.com/wireguard/conn"
	"golang.zx2c4.com/wireguard/tun"
)

// The library has two goroutines for each peer, and each keeps its list of
// packets from one round to the next. What it still points to is held in memory:
// the buffers of 64 KiB in which the last packets lay, some 12 MiB with a hundred
// devices that say little. The lists are ours to change while they are handed to
// us (tun.Device.Write, conn.Bind.Send), and what was written is taken out of
// them; the library looks at their lengths alone afterwards.

// asideIn takes packets that were handed to the network stack out of the list.
type asideIn struct{ tun.Device }

// Write hands packets on.
func (d asideIn) Write(bufs [][]byte, offset int) (int, error) {
	n, err := d.Device.Write(bufs, offset)
	clear(bufs)
	return n, err
}

// asideOut puts an empty packet of the same length in the place of each that was
// sent: the library counts the bytes.
type asideOut struct{ conn.Bind }

// Send sends packets.
func (b asideOut) Send(bufs [][]byte, to conn.Endpoint) error {
	err := b.Bind.Send(bufs, to)
	for i, p := range bufs {
		bufs[i] = nobody[:min(len(p), len(nobody))]
	}
	return err
}

// nobody is the packet that is put in the place of others; nothing reads it.
var nobody [1 << 16]byte
