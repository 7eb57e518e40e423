package main

import (
	"runtime"
	"runtime/debug"
	"sync"
	"testing"
	"time"
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
			rest := restful{held: free()}
			was := rest.held
			burst()
			after()
			if now := heap(); now.used+now.loose < was.used+was.loose+32<<20 {
				t.Fatalf("%+v after the burst, %+v before", now, was)
			}
			if rest.look(); rest.used > was.used+memoryMore || rest.used+rest.loose > was.used+was.loose+16<<20 {
				t.Errorf("%+v after giving back, %+v before", rest, was)
			}
		})
	}
}

// What was needed when things came to rest, and is needed no more, goes back too,
// though nothing comes to be in use.
func TestGiveBackWhatIsLetGo(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	before := free()
	for range 32 {
		hoard = append(hoard, make([]byte, 1<<20))
	}
	rest := restful{held: free()}
	if rest.used < before.used+24<<20 {
		t.Fatalf("%+v with the hoard, %+v before", rest, before)
	}
	hoard = nil
	for range memoryCalm {
		rest.look()
	}
	if rest.used > before.used+8<<20 {
		t.Errorf("%+v after %d looks, %+v before", rest, memoryCalm, before)
	}
}

// At rest nothing is collected for nothing: twice after a while, and no more.
func TestGiveBackRests(t *testing.T) {
	rest := restful{held: free()}
	forced := func(looks int) uint32 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range looks {
			rest.look()
		}
		runtime.ReadMemStats(&after)
		return after.NumForcedGC - before.NumForcedGC
	}
	forced(2 * memoryCalm)
	if n := forced(10 * memoryCalm); n != 0 {
		t.Errorf("%d collections at rest", n)
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
	for range 3 {
		runtime.GC()
	}
	select {
	case <-told: // one may have been on its way
	default:
	}
	runtime.GC()
	select {
	case <-told:
		t.Error("told after the end")
	case <-time.After(20 * time.Millisecond):
	}
}
