package desk

import (
	"context"
	"time"

	"camp/node/camp"
)

// Waking up is seen by the wall clock having moved further than time did.
const (
	powerTick = 5 * time.Second
	powerJump = 20 * time.Second
	spaceTick = time.Minute
)

// tick looks every few seconds whether the computer has slept and whether the
// store has something to tell, and now and then how the disk stands and what waits
// to be sent.
func (s *session) tick(ctx context.Context) error {
	t := time.NewTicker(powerTick)
	defer t.Stop()
	was, disk := s.d.opt.Now(), s.d.opt.Now()
	level := s.space().Level
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
		}
		now := s.d.opt.Now()
		if slept(was, now) {
			s.woke(ctx)
		}
		was = now
		if s.needsMoved() {
			s.stale()
		}
		if l := s.space().Level; l != level || now.Sub(disk) >= spaceTick {
			moved := l != level
			level, disk = l, now
			if moved || s.spaceMoved() || s.waitsMoved(ctx) {
				s.stale()
			}
		}
	}
}

// slept reports whether the wall clock moved over 20 seconds more than time
// did. Where the times carry no monotonic part (a test's), the wall decides.
func slept(was, now time.Time) bool {
	wall := now.Round(0).Sub(was.Round(0))
	return wall-now.Sub(was) > powerJump || now == now.Round(0) && wall > powerTick+powerJump
}

// woke is what happens after sleep: a pause may be over, and what the window
// shows is old.
func (s *session) woke(ctx context.Context) {
	s.d.opt.Log.Info("computer woke up")
	s.stale()
	if until := s.d.State().Until; !until.IsZero() && !s.d.opt.Now().Before(until) {
		_, _ = s.d.ask(ctx, camp.Intent{Do: camp.DoResume}) // refused only where the camp is ending
	}
}
