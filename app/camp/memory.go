package main

import (
	"context"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
	"time"
)

// How memory is given back. The library's own way takes many minutes, and a camp
// stands beside other work on somebody's computer.
const (
	memoryFirst = 3 * time.Second // after the start, which needs more than what comes after
	memoryLook  = 10 * time.Second
	memoryCalm  = 3       // so many looks at which nothing had changed, and once more after as many again
	memoryLoose = 2 << 20 // bytes free and kept for nothing, more than could be given back the last time
	memoryMore  = 1 << 20 // bytes more in use than after the last time, of which some may be needed no more
)

// How much may come to be in use before the library looks what of it is needed.
// By a share of what is needed alone, as is usual, a small camp would look all
// the time and a busy one would take much: so it is about the same for both.
const (
	headroom    = 12 << 20 // bytes
	percentMost = 100      // of what is needed
	percentMin  = 30
)

// percent gives that share for needed bytes.
func percent(needed uint64) int {
	return int(max(percentMin, min(percentMost, headroom*100/max(needed, 1))))
}

// giveBack returns memory that a burst of work left behind to the system, until
// ctx ends: what the start left once, then looking every few seconds. It keeps
// the headroom meanwhile, anew after each collection.
func giveBack(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case <-time.After(memoryFirst):
	}
	rest, share := restful{held: free()}, 0
	collected, stop := collections()
	defer stop()
	tick := time.NewTicker(memoryLook)
	defer tick.Stop()
	for {
		if now := percent(needed()); now != share { // setting it stops everything for a moment
			debug.SetGCPercent(now)
			share = now
		}
		select {
		case <-ctx.Done():
			return nil
		case <-collected:
		case <-tick.C:
			rest.look()
		}
	}
}

// collections tells after each collection of the library's that there was one, until
// stop: something that nobody holds is found by each, and made anew.
func collections() (told <-chan struct{}, stop func()) {
	var over atomic.Bool
	tell := make(chan struct{}, 1)
	var again func()
	again = func() {
		if over.Load() {
			return
		}
		select {
		case tell <- struct{}{}:
		default:
		}
		runtime.AddCleanup(new([16]byte), func(struct{}) { again() }, struct{}{})
	}
	again()
	return tell, func() { over.Store(true) }
}

// needed gives the bytes that were needed when the library looked last.
func needed() uint64 {
	s := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(s)
	if s[0].Value.Kind() != metrics.KindUint64 {
		return 0
	}
	return s[0].Value.Uint64()
}

// restful is what there is at rest, and for how many looks it has been so.
type restful struct {
	held
	calm int
}

// look gives back what is free, and sees whether what came to be in use since
// things were at rest is needed; and, after some looks at which nothing came, whether
// what was needed then is needed still: a cache may have let go of it. By itself the
// library would look every two minutes, and what then turns out to be free it would
// keep.
func (r *restful) look() {
	now := heap()
	if now.loose > r.loose+memoryLoose || now.used > r.used+memoryMore {
		r.held, r.calm = free(), 0
		return
	}
	r.held = held{used: min(r.used, now.used), loose: min(r.loose, now.loose)}
	if r.calm++; r.calm == memoryCalm || r.calm == 2*memoryCalm {
		r.held = free()
	}
}

// free gives all back that is not needed, and tells what stays. What lies ready
// in pools (sync.Pool) lives through one collection and goes with the second.
func free() held {
	runtime.GC()
	debug.FreeOSMemory()
	return heap()
}

// held is what the program has of the system's memory, in bytes.
type held struct {
	used  uint64 // in use, or not yet known not to be
	loose uint64 // free within the program and not given back; some lies between what is used and cannot be
}

func heap() held {
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
	return held{used: n[0], loose: n[1] + n[2]}
}
