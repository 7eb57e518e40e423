package node

import (
	"testing"
	"time"
)

func TestOff(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		behind time.Duration
		voices int
		want   time.Duration
	}{
		"nobody said":    {0, 0, 0},
		"two are few":    {time.Hour, 2, 0},
		"a minute":       {time.Minute, 3, 0},
		"more, behind":   {61 * time.Second, 3, 61 * time.Second},
		"more, ahead":    {-2 * time.Hour, 9, -2 * time.Hour},
		"a minute ahead": {-time.Minute, 9, 0},
	} {
		if got := off(row.behind, row.voices); got != row.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if got := (&Node{}).ClockOff(); got != 0 {
		t.Errorf("a silent camp: %v", got)
	}
}
