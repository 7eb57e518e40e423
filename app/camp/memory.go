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
	memoryFirst = 3 * time.Second // after the start, which needs more than what comes after
	memoryLook  = 10 * time.Second
	memoryLoose = 6 << 20 // bytes kept for nothing
	memoryMore  = 8 << 20 // bytes more in use than after the last time, of which some may be needed no more
)

// giveBack returns memory that a burst of work left behind to the system, until
// ctx ends: what the start left once, then looking every few seconds.
func giveBack(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case <-time.After(memoryFirst):
	}
	needed := free()
	tick := time.NewTicker(memoryLook)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		needed = look(needed)
	}
}

// look gives back what is free, and sees whether what came to be in use since
// needed bytes were is needed. At rest the library itself would look every two
// minutes alone, and what then turns out to be free it would keep. It returns
// what is needed now.
func look(needed uint64) uint64 {
	held, loose := heap()
	if loose > memoryLoose || held > needed+memoryMore {
		return free()
	}
	return min(needed, held)
}

// free gives all back that is not needed, and tells how much is.
func free() uint64 {
	debug.FreeOSMemory()
	held, _ := heap()
	return held
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
