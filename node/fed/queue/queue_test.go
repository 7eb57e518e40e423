package queue

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"camp/node/camp"
)

func TestALetterArrives(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.start()
		w.add(letter(camp.ErrandPost, "o", "hello"), inbox("a.example"), inbox("b.example"), inbox("a.example"))
		sent := w.take()
		if len(sent) != 2 {
			t.Fatalf("sent %v", sent)
		}
		for _, x := range sent {
			if x.parcel.Form != camp.SignNew || string(x.parcel.Letter.Body) != "hello" || x.parcel.Inbox != "https://"+string(x.parcel.Host)+"/inbox" {
				t.Errorf("%+v", x.parcel)
			}
		}
		w.empty()
		if r := w.store.road("a.example"); r.Form != camp.SignNew || r.Success.IsZero() || r.Slow || !r.Since.IsZero() {
			t.Errorf("%+v", r)
		}
	})
}

func TestOnlyWhatWasLetOutIsQueued(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.s = New(w.o)
		if _, err := w.s.Begin(t.Context()); !errors.Is(err, errUnread) {
			t.Errorf("before Load: %v", err)
		}
		w.start()
		b, err := w.s.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		err = w.store.Update(t.Context(), func(tx Tx) error {
			return b.Add(tx, camp.Outbound{}.Letter(1, "u", "o", []byte("x")), []Inbox{inbox("a.example")})
		})
		b.End(err)
		if !errors.Is(err, ErrNoLeave) {
			t.Errorf("queued: %v", err)
		}
		w.add(letter(camp.ErrandPost, "o", "to nobody"))
		w.empty()
	})
}

// The pauses are those of federation.md 11, each at most a fifth longer, until
// the letter is a week old.
func TestBackOff(t *testing.T) {
	for name, answer := range map[string]Result{
		"away": {Trouble: Unreachable}, "late": {Trouble: Late}, "no name": {Trouble: NoName}, "tls": {Trouble: BadTLS}, "error": {Status: 500}, "busy for nothing": {Status: 503}, "redirect": {Status: 302},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.start()
				w.answers(func(context.Context, Parcel) Result { return answer })
				w.add(letter(camp.ErrandPost, "o", "x"), inbox("a.example"))
				time.Sleep(10 * 24 * time.Hour)
				var at []time.Duration
				for _, x := range w.take() {
					if len(at) == 0 || x.at != at[len(at)-1] { // the second knock comes at once
						at = append(at, x.at)
					}
				}
				want := append(slices.Clone(steps[:]), aday, aday, aday, aday, aday, aday)
				if len(at) < 11 || len(at) > 14 || at[len(at)-1] > 8*aday {
					t.Fatalf("%d tries: %v", len(at), at)
				}
				for i, pause := range want[:len(at)-1] {
					if got := at[i+1] - at[i]; got < pause || got > pause+pause/5+time.Second {
						t.Errorf("pause %d: %v, want %v and up to a fifth", i+1, got, pause)
					}
				}
				w.empty()
			})
		})
	}
}

func TestWhatIsFinal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.start()
		for _, status := range []int{400, 401, 403, 404, 405, 410, 413, 415, 422} {
			host := fmt.Sprintf("s%d.example", status)
			w.answers(func(context.Context, Parcel) Result { return Result{Status: status} })
			w.add(letter(camp.ErrandPost, "o", "x"), inbox(host))
			want := 1
			if status <= 403 {
				want = 2 // knocks
			}
			if n := len(w.take()); n != want {
				t.Errorf("%d: sent %d times", status, n)
			}
		}
		w.empty()
		time.Sleep(8 * aday)
		if n := len(w.take()); n != 0 {
			t.Errorf("tried again %d times", n)
		}
		if !slices.Equal(w.gone, []string{"https://s410.example/inbox"}) {
			t.Errorf("gone: %v", w.gone)
		}
	})
}

func TestRetryAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.start()
		w.answers(func(context.Context, Parcel) Result { return Result{Status: 429, After: 42 * time.Minute} })
		w.addAll([]camp.Letter{letter(camp.ErrandPost, "1", "1"), letter(camp.ErrandPost, "2", "2")}, inbox("a.example"))
		if n := len(w.take()); n != 1 {
			t.Errorf("a server never tried got %d letters at once", n)
		}
		w.s.Wake("a.example")
		w.s.Woke() // the server asked for rest, whatever we slept
		time.Sleep(41 * time.Minute)
		if n := len(w.take()); n != 0 {
			t.Errorf("%d letters before the time", n)
		}
		if r := w.road("a.example"); len(r.Failed) != 0 || !r.Since.IsZero() {
			t.Errorf("who asks for rest does not fail: %+v", r)
		}
		w.answers(func(context.Context, Parcel) Result { return Result{Status: 202} })
		time.Sleep(2 * time.Minute)
		if n := len(w.take()); n != 2 {
			t.Errorf("%d letters after it", n)
		}
		w.empty()
	})
}

func TestSevenDaysToBed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.start()
		w.answers(func(context.Context, Parcel) Result { return Result{Trouble: Unreachable} })
		for day := range 12 {
			w.add(letter(camp.ErrandPost, fmt.Sprint(day), fmt.Sprint(day)), inbox("a.example"))
			time.Sleep(aday)
		}
		w.take()
		r := w.store.road("a.example")
		if len(r.Failed) != daysToBed || r.Asleep.IsZero() {
			t.Fatalf("%+v", r)
		}
		time.Sleep(4 * aday)
		if n := len(w.take()); n < 3 || n > 4 {
			t.Errorf("%d tries in four days asleep", n)
		}
		w.answers(func(context.Context, Parcel) Result { return Result{Status: 500} })
		time.Sleep(4 * aday)
		if n := len(w.take()); n < 2 || n > 8 { // each with two knocks
			t.Errorf("%d tries in four days asleep, of one that answers", n)
		}
		w.add(letter(camp.ErrandPost, "new", "new"), inbox("a.example"))
		w.take()
		list, err := w.s.Waiting(t.Context())
		if err != nil || len(list) != 1 || !list[0].Asleep || list[0].Why != "fed.asleep.say" || list[0].Next.IsZero() {
			t.Errorf("%+v %v", list, err)
		}
		w.answers(func(context.Context, Parcel) Result { return Result{Status: 202} })
		w.s.Wake("a.example")
		w.take()
		w.empty()
		if r := w.store.road("a.example"); !r.Asleep.IsZero() || len(r.Failed) != 0 || r.Last != "" {
			t.Errorf("awake: %+v", r)
		}
	})
}

// A server's own letters bring a try forward, but not one each.
func TestWakeIsNoHammer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.start()
		w.answers(func(context.Context, Parcel) Result { return Result{Trouble: Unreachable} })
		w.add(letter(camp.ErrandPost, "o", "x"), inbox("a.example"))
		time.Sleep(2 * time.Hour)
		w.take()
		for range 50 {
			w.s.Wake("a.example")
			time.Sleep(time.Second)
		}
		if n := len(w.take()); n != 1 {
			t.Errorf("%d tries", n)
		}
		w.s.Wake("unknown.example")
	})
}

func TestDoubleKnock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.start()
		takes := camp.SignOld
		refusal := 401
		w.answers(func(_ context.Context, p Parcel) Result {
			if p.Form == takes {
				return Result{Status: 202}
			}
			return Result{Status: refusal}
		})
		knocks := func(want ...camp.SignForm) {
			t.Helper()
			w.add(letter(camp.ErrandPost, "", "x"), inbox("a.example"))
			var got []camp.SignForm
			for _, x := range w.take() {
				got = append(got, x.parcel.Form)
			}
			if !slices.Equal(got, want) {
				t.Errorf("knocked %v, want %v", got, want)
			}
		}
		knocks(camp.SignNew, camp.SignOld)
		knocks(camp.SignOld)
		if m, never := w.s.Form("a.example"), w.s.Form("b.example"); m.Form != camp.SignOld || m.At.IsZero() || never.Form != 0 {
			t.Errorf("tells %+v, of a stranger %+v", m, never)
		}
		time.Sleep(29 * aday)
		knocks(camp.SignOld)
		takes = camp.SignNew // the server was renewed
		knocks(camp.SignOld, camp.SignNew)
		knocks(camp.SignNew)
		time.Sleep(31 * aday)
		takes, refusal = camp.SignOld, 500 // some answer so to what they do not know
		knocks(camp.SignNew, camp.SignOld)
		knocks(camp.SignOld)
		takes = 0 // a failure of its own: one knock, and what worked is forgotten
		knocks(camp.SignOld)
		if f := w.road("a.example").Form; f != 0 {
			t.Errorf("remembers %v", f)
		}
	})
}

func TestOrderAboutOneThing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.start()
		hold := make(chan struct{})
		w.answers(func(context.Context, Parcel) Result { return Result{Status: 202} })
		w.add(letter(camp.ErrandPost, "other", "known"), inbox("a.example")) // so that two go at once
		w.take()
		w.answers(func(context.Context, Parcel) Result { <-hold; return Result{Status: 202} })
		w.add(letter(camp.ErrandPost, "o", "create"), inbox("a.example"))
		w.add(letter(camp.ErrandEdit, "o", "update 1"), inbox("a.example"))
		w.add(letter(camp.ErrandEdit, "o", "update 2"), inbox("a.example"))
		w.add(letter(camp.ErrandPost, "p", "another"), inbox("a.example"))
		got := w.bodies()
		slices.Sort(got) // both at once
		if d := cmp.Diff([]string{"another", "create"}, got); d != "" {
			t.Error(d)
		}
		w.add(letter(camp.ErrandDelete, "o", "delete"), inbox("a.example"))
		close(hold)
		if d := cmp.Diff([]string{"delete"}, w.bodies()); d != "" { // the updates are not needed any more
			t.Error(d)
		}
		w.empty()
	})
}

func TestAFailingFirstHoldsBackTheNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.start()
		w.answers(func(_ context.Context, p Parcel) Result {
			if string(p.Letter.Body) == "create" && time.Since(w.begun) < 30*time.Second {
				return Result{Status: 408}
			}
			return Result{Status: 202}
		})
		w.add(letter(camp.ErrandPost, "o", "create"), inbox("a.example"))
		w.take()
		w.add(letter(camp.ErrandEdit, "o", "update"), inbox("a.example"))
		w.add(letter(camp.ErrandPost, "p", "another"), inbox("a.example"))
		if d := cmp.Diff([]string{"another"}, w.bodies()); d != "" {
			t.Error(d)
		}
		time.Sleep(2 * time.Minute)
		if d := cmp.Diff([]string{"create", "update"}, w.bodies()); d != "" {
			t.Error(d)
		}
		w.empty()
	})
}

func TestFoldAndCancel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.start()
		w.answers(func(context.Context, Parcel) Result { return Result{Trouble: Unreachable} })
		a, b := inbox("a.example"), inbox("b.example")
		w.add(letter(camp.ErrandPost, "first", "first"), a, b)
		w.take()
		w.add(letter(camp.ErrandEdit, "first", "update 1"), a)
		w.add(letter(camp.ErrandEdit, "first", "update 2"), a)
		w.add(letter(camp.ErrandPoll, "first", "update 3"), a)
		w.add(letter(camp.ErrandPost, "second", "second"), a)
		w.add(letter(camp.ErrandEdit, "second", "second again"), a)
		w.add(letter(camp.ErrandDelete, "second", "no second"), a, b) // b never was to have it: who knows what it has
		w.add(letter(camp.ErrandLike, "liked", "like"), a)
		w.add(letter(camp.ErrandUnlike, "liked", "unlike"), a)
		w.add(letter(camp.ErrandLike, "liked", "like again"), a)
		w.addAll([]camp.Letter{letter(camp.ErrandFollow, "f", "follow"), letter(camp.ErrandUnfollow, "f", "unfollow")}, a)
		elses := camp.LetterReadBack(func() camp.LetterRow {
			r := letter(camp.ErrandUnlike, "liked", "another's unlike").Row()
			r.By = 4
			return r
		}())
		w.add(elses, a)
		if letters, orders := w.store.left(); letters != 5 || orders != 6 {
			t.Errorf("%d letters, %d orders", letters, orders)
		}
		w.answers(func(context.Context, Parcel) Result { return Result{Status: 202} })
		time.Sleep(2 * time.Minute)
		got := map[camp.Domain][]string{}
		for _, x := range w.take() {
			got[x.parcel.Host] = append(got[x.parcel.Host], string(x.parcel.Letter.Body))
		}
		for _, list := range got {
			slices.Sort(list)
		}
		want := map[camp.Domain][]string{"a.example": {"another's unlike", "first", "like again", "update 3"}, "b.example": {"first", "no second"}}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
		w.empty()
	})
}

// What may have arrived is taken back by a letter, not in silence.
func TestWhatMayHaveArrivedIsTakenBack(t *testing.T) {
	for name, first := range map[string]Result{"late": {Trouble: Late}, "error": {Status: 502}} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t)
			w.start()
			w.answers(func(context.Context, Parcel) Result { return first })
			w.add(letter(camp.ErrandPost, "o", "create"), inbox("a.example"))
			w.take()
			w.add(letter(camp.ErrandDelete, "o", "delete"), inbox("a.example"))
			w.answers(func(context.Context, Parcel) Result { return Result{Status: 202} })
			time.Sleep(2 * time.Minute)
			if d := cmp.Diff([]string{"create", "delete"}, w.bodies()); d != "" {
				t.Errorf("%s: %s", name, d)
			}
			w.empty()
		})
	}
}

func TestAFailedTransactionChangesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.start()
		w.answers(func(context.Context, Parcel) Result { return Result{Trouble: Unreachable} })
		w.add(letter(camp.ErrandPost, "known", "known"), inbox("a.example"))
		w.take()
		w.add(letter(camp.ErrandPost, "o", "create"), inbox("a.example"))
		b, err := w.s.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		no := errors.New("no")
		err = w.store.Update(t.Context(), func(tx Tx) error {
			return errors.Join(b.Add(tx, letter(camp.ErrandDelete, "o", "delete"), []Inbox{inbox("a.example"), inbox("b.example")}), no)
		})
		b.End(err)
		b.End(err) // once is enough
		w.answers(func(context.Context, Parcel) Result { return Result{Status: 202} })
		time.Sleep(2 * time.Minute)
		got := w.bodies()
		slices.Sort(got)
		if d := cmp.Diff([]string{"create", "known"}, got); d != "" {
			t.Error(d)
		}
		w.empty()
	})
}
