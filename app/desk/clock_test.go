package desk

import (
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"camp/node/camp"
)

// TestDateIsAsked: a camp that finds the date far ahead of its last act asks its
// host, in a line of its own, and takes the answer; the question is gone at once
// and does not come back.
func TestDateIsAsked(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var ahead atomic.Int64
	clock := func(o *Options) { o.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) } }
	k := keep(t, dir, clock)
	k.do(camp.Intent{Do: camp.DoStart})
	asks := func(st camp.State) bool {
		return slices.ContainsFunc(st.Needs, func(n camp.Need) bool { return n.Deed == camp.DoClockRight })
	}
	on := func(st camp.State) bool { return st.Phase == camp.On }
	if st := k.until("on", on); asks(st) {
		t.Errorf("a new camp asks: %+v", st.Needs)
	}
	if err := k.end(); err != nil {
		t.Fatal(err)
	}
	ahead.Store(int64(500 * 24 * time.Hour))
	k = keep(t, dir, clock)
	st := k.until("on, and asking", func(st camp.State) bool { return on(st) && asks(st) })
	if st.Problem != nil {
		t.Errorf("shown as a problem: %+v", st.Problem)
	}
	if a := k.do(camp.Intent{Do: camp.DoClockRight}); a.Say != "program.clock_right.say" {
		t.Errorf("answered %+v", a)
	}
	k.until("no question any more", func(st camp.State) bool { return on(st) && !asks(st) })
}
