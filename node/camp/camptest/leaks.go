// Package camptest has what the tests of several rooms share. It holds no test
// of a room itself, and no program imports it.
package camptest

import (
	"fmt"
	"net/http"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
)

// patience is how long goroutines may take to end after the last test: one that
// was told to may still be waiting for a processor, on a busy machine.
const patience = 20 * time.Second

// Stays is a goroutine that may be left when all tests of a package have ended:
// by a function of its stack, and why nobody can end it.
type Stays struct{ Func, Why string }

// The libraries' own, which start once for the whole program and have no end.
var everywhere = []Stays{
	{"os/signal.loop", "the system's signals come in as long as the program runs"},
	{"runtime.ensureSigM", "as above"},
	{"testing.(*M).startAlarm", "the time limit of the tests"},
}

// Refused are what Badger leaves behind where it gives up opening files that are
// damaged (v4.9.6): an error ends Open before its closers. A store that somebody
// forgot to close is not excused by them: it has writers, too.
var Refused = []Stays{
	{"github.com/dgraph-io/badger/v4.(*DB).monitorCache", refused},
	{"github.com/dgraph-io/badger/v4.(*DB).updateSize", refused},
	{"github.com/dgraph-io/badger/v4/y.(*WaterMark).process", refused},
	{"github.com/dgraph-io/ristretto/v2.(*Cache[...]).processItems", refused},
	{"github.com/dgraph-io/ristretto/v2.(*defaultPolicy[...]).processItems", refused},
	{"github.com/dgraph-io/ristretto/v2/z.(*AllocatorPool).freeupAllocators", refused},
}

const refused = "Badger's Open gave an error, and so no handle by which to end it"

// Main runs the tests of a package and fails where they, or what they tested,
// left goroutines behind (reliability.md 11). Each package calls it once:
//
//	func TestMain(m *testing.M) { os.Exit(camptest.Main(m)) }
func Main(m *testing.M, stay ...Stays) (status int) { return After(m.Run(), stay...) }

// After is the second half of Main, for a package that has to end something of
// its own between: status is what the tests came to.
func After(status int, stay ...Stays) int {
	if left := Left(stay...); len(left) > 0 && status == 0 {
		status = 1
		_, _ = fmt.Fprintf(os.Stderr, "FAIL: %d goroutines are left after the last test:\n\n%s\n", len(left), strings.Join(left, "\n\n"))
	}
	return status
}

// Left gives the stacks of the goroutines that run on although nothing should,
// having waited for them to end.
func Left(stay ...Stays) (left []string) {
	if t, ok := http.DefaultTransport.(*http.Transport); ok {
		t.CloseIdleConnections()
	}
	late := time.NewTimer(patience)
	defer late.Stop()
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for {
		if left = others(stay); len(left) == 0 {
			return nil
		}
		select {
		case <-late.C:
			return left
		case <-look.C:
		}
	}
}

// others gives all goroutines but the caller's and those that may stay.
func others(stay []Stays) (left []string) {
	all := strings.Split(strings.TrimSpace(stacks()), "\n\n")
	for _, stack := range all[1:] { // the first is the caller's
		if !stays(stack, everywhere) && !stays(stack, stay) {
			left = append(left, stack)
		}
	}
	return left
}

func stays(stack string, list []Stays) bool {
	for _, s := range list {
		if strings.Contains(stack, s.Func+"(") || strings.Contains(stack, "created by "+s.Func+" in ") {
			return true
		}
	}
	return false
}

func stacks() string {
	for b := make([]byte, 64<<10); ; b = make([]byte, 2*len(b)) {
		if n := runtime.Stack(b, true); n < len(b) {
			return string(b[:n])
		}
	}
}
