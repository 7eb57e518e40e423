package camptest

import (
	"strings"
	"testing"
)

// What was started and not ended is seen, unless it was named.
func TestOthers(t *testing.T) {
	before, end, begun, ended := len(others(nil)), make(chan struct{}), make(chan struct{}), make(chan struct{})
	go func() { defer close(ended); forgotten(begun, end) }()
	<-begun
	left := others(nil)
	if len(left) != before+1 || !strings.Contains(strings.Join(left, ""), "camptest.forgotten") {
		t.Errorf("%d goroutines, %d before:\n%s", len(left), before, strings.Join(left, "\n\n"))
	}
	for of, want := range map[string]int{
		"camp/node/camp/camptest.forgotten":  before, // by what it does
		"camp/node/camp/camptest.TestOthers": before, // by who started it
		"camp/node/camp/camptest.forgot":     before + 1,
	} {
		if got := len(others([]Stays{{of, "a test"}})); got != want {
			t.Errorf("with %s: %d goroutines, want %d", of, got, want)
		}
	}
	close(end)
	<-ended
	if left := Left(Stays{"testing.tRunner", "this test runs"}, Stays{"testing.(*M).Run", "as does the one that runs it"}, Stays{"main.main", "and the program"}); len(left) != 0 {
		t.Errorf("it has ended, and is still told:\n%s", strings.Join(left, "\n\n"))
	}
}

func forgotten(begun, end chan struct{}) {
	close(begun)
	<-end
}
