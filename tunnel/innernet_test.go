package tunnel

import (
	"context"
	"errors"
	"net/netip"
	"os"
	"testing"

	"golang.org/x/sync/errgroup"
)

// A camp stops while packets are on their way: nothing panics, no reader and no
// sender is left waiting.
func TestInnerNetClosesWhileSending(t *testing.T) {
	t.Parallel()
	for range 20 {
		n, err := newInnerNet([]netip.Addr{hostInner})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		var callers errgroup.Group
		for i := range 8 {
			callers.Go(func() error {
				c, err := n.dial(ctx, netip.AddrPortFrom(memberInner, uint16(1+i)))
				if err == nil {
					_ = c.Close()
					return errors.New("connected to nobody")
				}
				return nil
			})
		}
		bufs, sizes := [][]byte{make([]byte, MTU)}, []int{0}
		if _, err := n.Read(bufs, sizes, 0); err != nil { // one goes out; the others wait to be taken
			t.Fatal(err)
		}
		if _, to, proto, _, ok := headerOf(bufs[0][:sizes[0]]); !ok || to != memberInner || proto != protoTCP {
			t.Errorf("first packet goes to %v by %d", to, proto)
		}
		if err := n.Close(); err != nil {
			t.Error(err)
		}
		if _, err := n.Read(bufs, sizes, 0); !errors.Is(err, os.ErrClosed) {
			t.Errorf("read after close: %v", err)
		}
		cancel()
		if err := callers.Wait(); err != nil {
			t.Error(err)
		}
		if err := n.Close(); err != nil {
			t.Error("second close:", err)
		}
	}
}
