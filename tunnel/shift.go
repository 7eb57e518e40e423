package tunnel

import (
	"context"
	"net"
	"slices"
	"time"
)

// Shift is what can happen to the computer under a tunnel.
type Shift uint8

// The shifts.
const (
	Woke  Shift = 1 << iota // it slept
	Moved                   // its addresses changed
)

// How a shift is noticed.
const (
	shiftTick = 2 * time.Second
	shiftJump = 20 * time.Second
)

// Shifts calls tell, from one goroutine, when the computer woke up or its
// addresses changed, until ctx ends. Sleep is seen by the wall clock of now
// having moved over 20 seconds more than time did.
func Shifts(ctx context.Context, now func() time.Time, tell func(Shift)) {
	t := time.NewTicker(shiftTick)
	defer t.Stop()
	was, addrs := now(), localAddrs()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		at := now()
		var s Shift
		if slept(was, at) {
			s |= Woke
		}
		was = at
		if next := localAddrs(); next != nil && !slices.Equal(addrs, next) {
			addrs = next
			s |= Moved
		}
		if s != 0 {
			tell(s)
		}
	}
}

// slept reports whether the wall clock moved over 20 seconds more than time did.
// Where the times carry no monotonic part (a test's), the wall decides.
func slept(was, now time.Time) bool {
	wall := now.Round(0).Sub(was.Round(0))
	return wall-now.Sub(was) > shiftJump || now == now.Round(0) && wall > shiftTick+shiftJump
}

// localAddrs gives the addresses of this computer in a fixed order, nil where
// the system does not tell.
func localAddrs() []string {
	all, err := net.InterfaceAddrs()
	if err != nil {
		return nil
	}
	list := make([]string, 0, len(all))
	for _, a := range all {
		list = append(list, a.String())
	}
	slices.Sort(list)
	return list
}
