package main

import (
	"runtime"
	"runtime/debug"
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
			needed := free()
			held, loose := heap()
			burst()
			after()
			nowHeld, nowLoose := heap()
			if nowHeld+nowLoose < held+loose+32<<20 {
				t.Fatalf("%d bytes held and %d loose after the burst, %d and %d before", nowHeld, nowLoose, held, loose)
			}
			if got := look(needed); got > needed+memoryMore {
				t.Errorf("%d bytes needed after giving back, %d before", got, needed)
			}
			if nowHeld, nowLoose = heap(); nowHeld+nowLoose > held+loose+16<<20 {
				t.Errorf("%d bytes held and %d loose after giving back, %d and %d before", nowHeld, nowLoose, held, loose)
			}
		})
	}
}

// At rest nothing is collected for nothing.
func TestGiveBackRests(t *testing.T) {
	needed := free()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 5 {
		needed = look(needed)
	}
	if runtime.ReadMemStats(&after); after.NumForcedGC != before.NumForcedGC {
		t.Errorf("%d collections at rest", after.NumForcedGC-before.NumForcedGC)
	}
}
