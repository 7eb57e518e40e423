package main

import (
	"context"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// How memory is given back. The library's own way takes many minutes, and a camp
// stands beside other work on somebody's computer.
const (
	memoryFirst = 5 * time.Second // after the start, which needs more than what comes after
	memoryLook  = time.Minute
	memoryLoose = 6 << 20  // bytes kept for nothing
	memoryMuch  = 32 << 20 // bytes of which some may be needed no more; a camp at rest needs less
)

// giveBack returns memory that a burst of work left behind to the system, until
// ctx ends: what the start left once, then looking every minute.
func giveBack(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case <-time.After(memoryFirst):
		debug.FreeOSMemory()
	}
	tick := time.NewTicker(memoryLook)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		look()
	}
}

// look gives back what is free, and sees whether much of what is not is needed.
// At rest the library itself would look every two minutes alone, and what then
// turns out to be free it would keep.
func look() {
	if held, loose := heap(); loose > memoryLoose || held > memoryMuch {
		debug.FreeOSMemory()
	}
}

// heap gives the bytes that are in use, or not yet known not to be; and those
// that are free within the program and not given back to the system.
func heap() (held, loose uint64) {
	s := []metrics.Sample{
		{Name: "/memory/classes/heap/objects:bytes"},
		{Name: "/memory/classes/heap/free:bytes"},
		{Name: "/memory/classes/heap/unused:bytes"},
	}
	metrics.Read(s)
	n := make([]uint64, len(s))
	for i, v := range s {
		if v.Value.Kind() == metrics.KindUint64 {
			n[i] = v.Value.Uint64()
		}
	}
	return n[0], n[1] + n[2]
}
