package node

import "testing"

func TestPlacesOf(t *testing.T) {
	t.Parallel()
	for handles, want := range map[int]int{0: 512, 64: 16, 256: 32, 1024: 224, 20_000: 512, 1 << 30: 512} {
		if got := placesOf(handles); got != want {
			t.Errorf("%d handles: %d places, want %d", handles, got, want)
		}
		// Two public doors and this computer's own, a connection each, and the pictures they read.
		if handles >= 256 && handles < 2048 && 4*placesOf(handles) > handles-handlesKept {
			t.Errorf("%d handles: not enough is left for the store", handles)
		}
	}
}
