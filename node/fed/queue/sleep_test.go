package queue

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"camp/node/camp"
)

// After sleep: five letters a second at most, newest first, and one at a time to
// each server; the whole load of a night is spread out.
func TestWokeIsGentle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.start()
		w.answers(func(context.Context, Parcel) Result { return Result{Trouble: Unreachable} })
		var hosts []Inbox
		for i := range 30 {
			hosts = append(hosts, inbox(fmt.Sprintf("h%02d.example", i)))
		}
		for i := range 20 {
			w.add(letter(camp.ErrandPost, fmt.Sprint(i), fmt.Sprintf("%02d", i)), hosts...)
			time.Sleep(time.Minute)
		}
		time.Sleep(8 * time.Hour)
		w.take()
		w.answers(func(context.Context, Parcel) Result { return Result{Status: 202} })
		woke := time.Since(w.begun)
		w.s.Woke()
		time.Sleep(gentleTime - time.Second)
		sent := w.take()
		if len(sent) != 600 {
			t.Errorf("%d letters", len(sent))
		}
		last := map[camp.Domain]string{}
		for i, x := range sent {
			for _, later := range sent[i+1 : min(i+6, len(sent))] {
				if later.at-x.at < 200*time.Millisecond && later.at != x.at || later.at == x.at {
					t.Fatalf("%v and %v", x, later)
				}
			}
			body := string(x.parcel.Letter.Body)
			if l := last[x.parcel.Host]; l != "" && l < body {
				t.Fatalf("%s got %s after %s", x.parcel.Host, body, l)
			}
			last[x.parcel.Host] = body
		}
		if first := sent[0].at - woke; first > time.Second {
			t.Errorf("begins after %v", first)
		}
		w.empty()
	})
}

func TestGentleToOneServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.start()
		w.s.Woke()
		for i := range 20 {
			w.add(letter(camp.ErrandPost, fmt.Sprint(i), fmt.Sprint(i)), inbox("a.example"))
		}
		time.Sleep(5 * time.Second)
		if n := len(w.take()); n < 9 || n > 11 {
			t.Errorf("%d letters to one server in five seconds", n)
		}
	})
}

// Servers that hang take their share, and no more; the others do not notice.
func TestSlowServersHoldUpNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.start()
		hangs := func(p Parcel) bool { return p.Host[0] == 'z' }
		w.answers(func(ctx context.Context, p Parcel) Result {
			if hangs(p) {
				select {
				case <-ctx.Done():
				case <-time.After(30 * time.Second):
				}
				return Result{Trouble: Late}
			}
			time.Sleep(50 * time.Millisecond)
			return Result{Status: 202}
		})
		var good, bad []Inbox
		for i := range 100 {
			good = append(good, inbox(fmt.Sprintf("a%d.example", i)))
			bad = append(bad, inbox(fmt.Sprintf("z%d.example", i)))
		}
		w.add(letter(camp.ErrandPost, "1", "known"), good...)
		time.Sleep(time.Second)
		w.take()
		w.add(letter(camp.ErrandPost, "2", "to the dead"), bad...)
		time.Sleep(time.Second)
		if n := len(w.take()); n != mostUntried {
			t.Errorf("%d letters to servers never tried", n)
		}
		at := time.Since(w.begun)
		w.add(letter(camp.ErrandPost, "3", "to all"), append(good, bad...)...)
		time.Sleep(2 * time.Second)
		reached := 0
		for _, x := range w.take() {
			if !hangs(x.parcel) {
				reached++
				if x.at-at > 300*time.Millisecond { // 100 servers by 24
					t.Errorf("%s waited %v", x.parcel.Host, x.at-at)
				}
			}
		}
		if reached != len(good) {
			t.Errorf("%d of %d reached", reached, len(good))
		}
		time.Sleep(3 * time.Minute) // by now all bad ones failed
		w.take()
		w.s.Woke()
		time.Sleep(gentleTime + time.Minute)
		w.mu.Lock()
		defer w.mu.Unlock()
		slow := 0
		for h, n := range w.now {
			if h[0] == 'z' {
				slow += n
			}
		}
		if slow > mostSlow || w.mostAt > mostAtOnce {
			t.Errorf("%d slow at once, %d in all", slow, w.mostAt)
		}
		for h, n := range w.most {
			if n > mostPerHost || h[0] == 'z' && n > 1 {
				t.Errorf("%d at once to %s", n, h)
			}
		}
	})
}

// A failed second look stops everything, and says so once.
func TestALeakStopsTheQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.o.Check = func(_ context.Context, l camp.Letter) (camp.Letter, error) {
			switch string(l.Row().Body) {
			case "camp only":
				return l, fmt.Errorf("post 7: %w", ErrLeak)
			case "moot":
				return l, ErrMoot
			case "with a name":
				return letter(camp.ErrandPost, "5", "without a name"), nil
			}
			return l, nil
		}
		w.start()
		w.add(letter(camp.ErrandPost, "0", "moot"), inbox("a.example"))
		w.add(letter(camp.ErrandPost, "1", "fine"), inbox("a.example"))
		w.add(letter(camp.ErrandPost, "5", "with a name"), inbox("a.example"))
		if got := w.bodies(); !slices.Equal(got, []string{"fine", "without a name"}) {
			t.Errorf("sent %v", got)
		}
		w.add(letter(camp.ErrandPost, "2", "camp only"), inbox("a.example"), inbox("b.example"))
		w.add(letter(camp.ErrandPost, "3", "fine too"), inbox("a.example"))
		time.Sleep(time.Hour)
		w.s.Woke()
		time.Sleep(time.Hour)
		for _, b := range w.bodies() {
			if b != "fine too" { // may have been under way already
				t.Errorf("sent %q", b)
			}
		}
		w.add(letter(camp.ErrandPost, "4", "later"), inbox("c.example"))
		time.Sleep(time.Hour)
		if got := w.bodies(); len(got) != 0 {
			t.Errorf("sent %v", got)
		}
		if len(w.alarms) != 1 || !errors.Is(w.alarms[0], ErrLeak) {
			t.Errorf("alarms %v", w.alarms)
		}
	})
}

func TestForget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		stop := w.start()
		broken := 0
		w.answers(func(ctx context.Context, p Parcel) Result {
			if string(p.Letter.Body) == "under way" && p.Host != "b.example" {
				<-ctx.Done()
				w.mu.Lock()
				broken++
				w.mu.Unlock()
				return Result{Trouble: Late}
			}
			return Result{Trouble: Unreachable}
		})
		to := []Inbox{inbox("evil.example"), inbox("x.evil.example"), inbox("notevil.example"), inbox("b.example")}
		w.add(letter(camp.ErrandPost, "1", "under way"), to...)
		w.add(letter(camp.ErrandPost, "2", "waits"), to...)
		w.take()
		if err := w.s.Forget(t.Context(), "evil.example"); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if broken != 2 {
			t.Errorf("%d broken off", broken)
		}
		time.Sleep(time.Second)
		if _, orders := w.store.left(); orders != 4 || w.total() != 4 {
			t.Errorf("%d orders on disk, %d in memory", orders, w.total())
		}
		list, err := w.s.Waiting(t.Context())
		if err != nil || len(list) != 2 {
			t.Errorf("%+v %v", list, err)
		}
		stop()
		if _, there := w.store.roads["evil.example"]; there {
			t.Error("the road is remembered")
		}
	})
}

func TestTheBorderIsAskedAtSending(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		var mu sync.Mutex
		blocked := false
		w.o.May = func(h camp.Domain) error {
			mu.Lock()
			defer mu.Unlock()
			if blocked && h == "a.example" {
				return errors.New("kept away")
			}
			return nil
		}
		w.start()
		w.answers(func(context.Context, Parcel) Result { return Result{Trouble: Unreachable} })
		w.add(letter(camp.ErrandPost, "1", "1"), inbox("a.example"), inbox("b.example"))
		w.take()
		mu.Lock()
		blocked = true
		mu.Unlock()
		w.answers(func(context.Context, Parcel) Result { return Result{Status: 202} })
		time.Sleep(2 * time.Minute)
		if sent := w.take(); len(sent) != 1 || sent[0].parcel.Host != "b.example" {
			t.Errorf("sent %v", sent)
		}
		w.empty()
	})
}

// A computer without a network blames nobody.
func TestOffline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.o.Online = func() bool { return time.Since(w.begun) > 5*aday }
		w.start()
		w.answers(func(context.Context, Parcel) Result {
			if !w.o.Online() {
				return Result{Trouble: NoName}
			}
			return Result{Status: 202}
		})
		w.add(letter(camp.ErrandPost, "1", "1"), inbox("a.example"))
		time.Sleep(5*aday + 2*time.Minute)
		w.empty()
		if r := w.store.road("a.example"); len(r.Failed) != 0 || r.Success.IsZero() {
			t.Errorf("%+v", r)
		}
	})
}

// What is on disk goes on after a stop, with its tries and pauses; what came of
// deliveries is written in few transactions.
func TestGoesOnAfterAStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		stop := w.start()
		w.answers(func(_ context.Context, p Parcel) Result {
			if p.Host == "a.example" {
				return Result{Trouble: Unreachable}
			}
			return Result{Status: 202}
		})
		var to []Inbox
		for i := range 500 {
			to = append(to, inbox(fmt.Sprintf("b%d.example", i)))
		}
		w.add(letter(camp.ErrandPost, "1", "1"), append(to, inbox("a.example"))...)
		time.Sleep(time.Second)
		if n := w.store.transactions(); n > 5 {
			t.Errorf("%d transactions for 501 deliveries", n)
		}
		if letters, orders := w.store.left(); letters != 1 || orders != 1 {
			t.Errorf("%d letters, %d orders", letters, orders)
		}
		time.Sleep(10 * time.Minute)
		w.take()
		stop()
		w.answers(func(context.Context, Parcel) Result { return Result{Status: 202} })
		time.Sleep(time.Minute)
		w.start()
		time.Sleep(time.Minute)
		if n := len(w.take()); n != 0 {
			t.Error("the pause was forgotten")
		}
		time.Sleep(20 * time.Minute)
		if n := len(w.take()); n != 1 {
			t.Errorf("%d sent", n)
		}
		w.empty()
	})
}

// A stop in the middle of a delivery loses nothing.
func TestStopInTheMiddle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		stop := w.start()
		w.answers(func(ctx context.Context, _ Parcel) Result { <-ctx.Done(); return Result{Trouble: Late} })
		w.add(letter(camp.ErrandPost, "1", "1"), inbox("a.example"))
		w.take()
		stop()
		if _, orders := w.store.left(); orders != 1 || len(w.store.road("a.example").Failed) != 0 {
			t.Errorf("%d orders, %+v", orders, w.store.roads)
		}
		w.answers(func(context.Context, Parcel) Result { return Result{Status: 202} })
		w.start()
		w.take()
		w.empty()
	})
}

// The store may refuse for a while: nothing is forgotten.
func TestStoreRefuses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.start()
		w.add(letter(camp.ErrandPost, "1", "1"), inbox("a.example"), inbox("b.example"))
		w.store.mu.Lock()
		w.store.broken = errors.New("disk full")
		w.store.mu.Unlock()
		time.Sleep(time.Minute)
		w.store.mu.Lock()
		w.store.broken = nil
		w.store.mu.Unlock()
		time.Sleep(10 * time.Second)
		w.empty()
		if n := len(w.take()); n != 2 {
			t.Errorf("sent %d", n)
		}
	})
}

// A clock that is set while the queue runs, or was wrong when it began, makes
// nothing old.
func TestClockJumps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		stop := w.start()
		w.answers(func(context.Context, Parcel) Result { return Result{Trouble: Unreachable} })
		w.add(letter(camp.ErrandPost, "1", "1"), inbox("a.example"))
		time.Sleep(time.Second)
		w.take()
		stop()
		w.o.Now = func() time.Time { return time.Now().AddDate(10, 0, 0) }
		w.answers(func(context.Context, Parcel) Result { return Result{Status: 202} })
		w.start()
		if n := len(w.take()); n != 1 {
			t.Errorf("sent %d: given up by a wrong clock", n)
		}
		w.empty()
	})
}
