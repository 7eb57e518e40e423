package main

import (
	"runtime"
	"runtime/debug"
	"sync"
	"testing"
)

var hoard [][]byte

// burst needs 64 MiB for a moment.
func burst() {
	for range 64 {
		b := make([]byte, 1<<20)
		b[len(b)/2] = 1
		hoard = append(hoard, b)
	}
	hoard = nil
}

// TestGiveBack: what a burst left goes back to the system, whether or not the
// library has found out meanwhile that it is free.
func TestGiveBack(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // it shall not look by itself
	for name, after := range map[string]func(){"not looked at": func() {}, "free": runtime.GC} {
		t.Run(name, func(t *testing.T) {
			rest := free()
			burst()
			after()
			if now := heap(); now.used+now.loose < rest.used+rest.loose+32<<20 {
				t.Fatalf("%+v after the burst, %+v before", now, rest)
			}
			if got := look(rest); got.used > rest.used+memoryMore || got.used+got.loose > rest.used+rest.loose+16<<20 {
				t.Errorf("%+v after giving back, %+v before", got, rest)
			}
		})
	}
}

// At rest nothing is collected for nothing.
func TestGiveBackRests(t *testing.T) {
	rest := free()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 5 {
		rest = look(rest)
	}
	if runtime.ReadMemStats(&after); after.NumForcedGC != before.NumForcedGC {
		t.Errorf("%d collections at rest", after.NumForcedGC-before.NumForcedGC)
	}
}

// What lies ready in pools is given back as well.
func TestGiveBackPools(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	before := free()
	var pool sync.Pool
	for range 32 {
		pool.Put(new([1 << 20]byte))
	}
	if after := free(); after.used > before.used+16<<20 {
		t.Errorf("%+v, %+v before the pool was filled", after, before)
	}
	runtime.KeepAlive(&pool)
}

// What may lie about beyond what is needed is about the same for every camp,
// within bounds.
func TestPercent(t *testing.T) {
	for needed, want := range map[uint64]int{0: 100, 4 << 20: 100, 12 << 20: 100, 24 << 20: 50, 32 << 20: 37, 40 << 20: 30, 1 << 40: 30} {
		if got := percent(needed); got != want {
			t.Errorf("%d bytes: %d, want %d", needed, got, want)
		}
	}
}

// Each collection is told of, the second as well as the first, until it is stopped.
func TestCollections(t *testing.T) {
	told, stop := collections()
	<-told // the first, without a collection
	for range 3 {
		runtime.GC()
		<-told
	}
	stop()
}
