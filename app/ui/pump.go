package ui

import (
	"context"
	"sync"
	"time"

	"fyne.io/fyne/v2"

	"camp/node/camp"
)

// Times after which a deed that has not come back is given up, and after which
// the window says that it takes long.
const (
	deedTime  = time.Minute
	longTime  = 2 * time.Hour // a backup, a check, bringing back: they depend on the size of the camp
	slowAfter = 20 * time.Second
	tickTime  = 30 * time.Second // "2 minutes ago" moves on
	busyTick  = 5 * time.Second
)

// working is a deed that is under way.
type working struct {
	say   string // key of what goes on
	since time.Time
	turn  int // tells a deed from one that was given up
}

// Run is the pump: it brings snapshots and finished deeds into Fyne until ctx
// ends or the camp's program has gone. It waits for all that it started. gone
// reports that the camp's program ended.
func (v *View) Run(ctx context.Context) (gone bool) {
	ctx, cancel := context.WithCancel(ctx)
	var deeds sync.WaitGroup
	defer deeds.Wait()
	defer cancel()
	done := make(chan func())
	states := v.desk.Watch(ctx)
	tick := time.NewTicker(busyTick)
	defer tick.Stop()
	last := v.now()
	for {
		var enter func()
		select {
		case <-ctx.Done():
			return false
		case st, ok := <-states:
			if !ok {
				return ctx.Err() == nil
			}
			enter = func() { v.apply(st) }
		case work := <-v.later:
			deeds.Go(func() {
				result := work(ctx)
				select {
				case done <- result:
				case <-ctx.Done():
				}
			})
			continue
		case enter = <-done:
		case <-tick.C:
			due := v.now().Sub(last) >= tickTime
			if due {
				last = v.now()
			}
			enter = func() { v.tickOver(due) }
		}
		fyne.Do(enter)
	}
}

// tickOver redraws times that have moved on, and waits that have become long.
func (v *View) tickOver(due bool) {
	if !v.closed && (due || len(v.busy) > 0 || v.st.Phase == camp.Starting) {
		v.draw()
	}
}

// do asks the camp for something off the window's goroutine. say is the key of
// what goes on meanwhile, "" for something that is over at once. then, which
// may be nil, gets the answer; a refusal is shown in words with again as the way out.
func (v *View) do(in camp.Intent, say string, then func(camp.Answer)) {
	if _, twice := v.busy[in.Do]; twice {
		return
	}
	in.Language = v.words.Language
	limit := deedTime
	switch in.Do {
	case camp.DoBackup, camp.DoCheck, camp.DoRestore, camp.DoExport, camp.DoRescue, camp.DoMakeRoom, camp.DoJoinLook,
		camp.DoJoin, camp.DoJoinAround, camp.DoJoinNearby, camp.DoFriendCopy, camp.DoReachStatus, camp.DoReach, camp.DoInvite,
		camp.DoWorldOn, camp.DoWorldOff, camp.DoWorldCheck:
		limit = longTime
	}
	v.turns++
	turn := v.turns
	v.busy[in.Do] = working{say, v.now(), turn}
	v.strip = strip{}
	v.spawn(func(ctx context.Context) func() {
		ctx, cancel := context.WithTimeout(ctx, limit)
		defer cancel()
		ans, err := v.desk.Do(ctx, in)
		return func() {
			if v.busy[in.Do].turn != turn {
				return // nobody waits for it any more
			}
			delete(v.busy, in.Do)
			if err != nil {
				v.failed(in, err, func() { v.do(in, say, then) })
			} else if then != nil {
				then(ans)
			}
			v.draw()
		}
	})
	v.draw()
}

// forgo stops waiting for deeds: what comes of them is not shown.
func (v *View) forgo(deeds ...string) {
	for _, d := range deeds {
		delete(v.busy, d)
	}
}

// during reports whether one of these deeds is under way.
func (v *View) during(deeds ...string) bool {
	for _, d := range deeds {
		if _, ok := v.busy[d]; ok {
			return true
		}
	}
	return false
}
