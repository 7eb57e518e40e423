package main

import (
	"runtime/debug"
	"testing"
)

var hoard [][]byte

// TestLooseMemory: what a burst left is seen, and giving it back takes it away.
func TestLooseMemory(t *testing.T) {
	for range 64 {
		hoard = append(hoard, make([]byte, 1<<20))
	}
	hoard = nil
	debug.FreeOSMemory()
	before := looseMemory()
	for range 64 {
		b := make([]byte, 1<<20)
		b[len(b)/2] = 1
		hoard = append(hoard, b)
	}
	hoard = nil
	percent := debug.SetGCPercent(1) // free, and not yet given back
	defer debug.SetGCPercent(percent)
	if before > 48<<20 {
		t.Errorf("%d bytes are loose after all was given back", before)
	}
	debug.FreeOSMemory()
	if after := looseMemory(); after > before+32<<20 {
		t.Errorf("%d bytes are loose after giving back, %d before", after, before)
	}
}
