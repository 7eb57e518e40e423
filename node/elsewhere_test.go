package node

import (
	"testing"
	"time"
)

func TestAFilmHasMoreTimeThanAFace(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		most int64
		want time.Duration
	}{{0, 10 * time.Second}, {2 << 20, 12 * time.Second}, {40 << 20, 50 * time.Second}} {
		if got := fileTime(row.most); got != row.want {
			t.Errorf("%d bytes: %s, want %s", row.most, got, row.want)
		}
	}
}
