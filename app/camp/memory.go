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
	memoryLook  = time.Minute
	memoryLoose = 6 << 20 // bytes kept for nothing
)

// giveBack returns memory that a burst of work left behind to the system, from
// a minute on, until ctx ends.
func giveBack(ctx context.Context) error {
	tick := time.NewTicker(memoryLook)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if looseMemory() > memoryLoose {
			debug.FreeOSMemory()
		}
	}
}

// looseMemory gives the bytes that are free within the program and not
// given back to the system.
func looseMemory() uint64 {
	s := []metrics.Sample{{Name: "/memory/classes/heap/free:bytes"}, {Name: "/memory/classes/heap/unused:bytes"}}
	metrics.Read(s)
	var n uint64
	for _, v := range s {
		if v.Value.Kind() == metrics.KindUint64 {
			n += v.Value.Uint64()
		}
	}
	return n
}
