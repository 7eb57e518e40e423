package store

import (
	"sync/atomic"
)

// covered is how far a verified backup reaches.
type covered struct{ seq atomic.Uint64 }

// Covered tells the store that a backup which was read back and found whole
// holds everything up to and with the sequence. Journal segments up to there may
// go once they are a week old. Safe for concurrent use; a smaller number than
// before changes nothing.
func (db *DB) Covered(seq uint64) {
	for {
		old := db.covered.seq.Load()
		if seq <= old || db.covered.seq.CompareAndSwap(old, seq) {
			return
		}
	}
}
