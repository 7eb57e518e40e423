package queue

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"camp/node/camp"
)

// fakeStore keeps rows in maps. It counts transactions.
type fakeStore struct {
	mu      sync.Mutex // guards what follows
	letters map[uint64]camp.Letter
	orders  map[string]camp.Order
	roads   map[camp.Domain]camp.Road
	last    uint64
	loose   int
	broken  error
}

func newFakeStore() *fakeStore {
	return &fakeStore{letters: map[uint64]camp.Letter{}, orders: map[string]camp.Order{}, roads: map[camp.Domain]camp.Road{}}
}

func (f *fakeStore) Update(ctx context.Context, fn func(Tx) error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.broken != nil {
		return f.broken
	}
	letters, orders, roads := maps.Clone(f.letters), maps.Clone(f.orders), maps.Clone(f.roads)
	err := errors.Join(ctx.Err(), fn(fakeTx{f}))
	if err != nil {
		f.letters, f.orders, f.roads = letters, orders, roads
	}
	return err
}

func (f *fakeStore) Loose(ctx context.Context, fn func(Tx) error) error {
	f.mu.Lock()
	f.loose++
	f.mu.Unlock()
	return f.Update(ctx, fn)
}

// transactions is how many loose ones there were.
func (f *fakeStore) transactions() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.loose
}

func (f *fakeStore) View(_ context.Context, fn func(Tx) error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return fn(fakeTx{f})
}

func (f *fakeStore) left() (letters, orders int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.letters), len(f.orders)
}

func (f *fakeStore) road(host camp.Domain) camp.Road {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.roads[host]
}

type fakeTx struct{ f *fakeStore }

func (t fakeTx) PutLetter(l camp.Letter) (camp.Letter, error) {
	r := l.Row()
	if r.ID == 0 {
		id := uint64(time.Now().UnixMilli()) << 16
		t.f.last = max(id, t.f.last+1)
		r.ID, r.At = t.f.last, time.Now()
	}
	t.f.letters[r.ID] = camp.LetterReadBack(r)
	return t.f.letters[r.ID], nil
}

func (t fakeTx) Letter(id uint64) (camp.Letter, bool, error) {
	l, ok := t.f.letters[id]
	return l, ok, nil
}

func key(o camp.Order) string { return fmt.Sprintf("%020d %s", o.Letter, o.Inbox) }

func (t fakeTx) PutOrder(o camp.Order) error { t.f.orders[key(o)] = o; return nil }

func (t fakeTx) Orders(fn func(camp.Order) error) error {
	for _, k := range slices.Sorted(maps.Keys(t.f.orders)) {
		if err := fn(t.f.orders[k]); err != nil {
			return err
		}
	}
	return nil
}

func (t fakeTx) DropOrders(list []camp.Order) error {
	for _, o := range list {
		delete(t.f.orders, key(o))
		left := false
		for _, other := range t.f.orders {
			left = left || other.Letter == o.Letter
		}
		if !left {
			delete(t.f.letters, o.Letter)
		}
	}
	return nil
}

func (t fakeTx) Roads() ([]camp.Road, error) { return slices.Collect(maps.Values(t.f.roads)), nil }

func (t fakeTx) PutRoad(r camp.Road) error { t.f.roads[r.Host] = r; return nil }

func (t fakeTx) DropRoad(h camp.Domain) error { delete(t.f.roads, h); return nil }

// world is a queue with servers that answer as they are told.
type world struct {
	t     *testing.T
	store *fakeStore
	s     *Service
	o     Options
	begun time.Time

	mu     sync.Mutex // guards what follows
	answer func(ctx context.Context, p Parcel) Result
	sent   []sending
	gone   []string
	alarms []error
	now    map[camp.Domain]int
	most   map[camp.Domain]int
	all    int
	mostAt int
}

type sending struct {
	at     time.Duration // since the world began
	parcel Parcel
}

func (x sending) String() string {
	return fmt.Sprintf("%s %s %s", x.at, x.parcel.Host, x.parcel.Letter.Body)
}

func newWorld(t *testing.T) *world {
	w := &world{t: t, store: newFakeStore(), begun: time.Now(), now: map[camp.Domain]int{}, most: map[camp.Domain]int{}}
	w.answer = func(context.Context, Parcel) Result { return Result{Status: 202} }
	w.o = Options{
		Store: w.store, Send: w.send, Now: time.Now, Rand: rand.Reader, Log: slog.New(slog.DiscardHandler),
		Gone:  func(_ camp.Domain, inbox string) { w.mu.Lock(); defer w.mu.Unlock(); w.gone = append(w.gone, inbox) },
		Alarm: func(err error) { w.mu.Lock(); defer w.mu.Unlock(); w.alarms = append(w.alarms, err) },
	}
	return w
}

func (w *world) send(ctx context.Context, p Parcel) Result {
	w.mu.Lock()
	w.sent = append(w.sent, sending{time.Since(w.begun), p})
	w.now[p.Host]++
	w.all++
	w.most[p.Host], w.mostAt = max(w.most[p.Host], w.now[p.Host]), max(w.mostAt, w.all)
	answer := w.answer
	w.mu.Unlock()
	r := answer(ctx, p)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now[p.Host]--
	w.all--
	return r
}

func (w *world) answers(fn func(ctx context.Context, p Parcel) Result) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.answer = fn
}

// road is what the queue knows of a server.
func (w *world) road(host camp.Domain) camp.Road {
	w.s.mu.Lock()
	defer w.s.mu.Unlock()
	return w.s.lanes[host].road
}

// total is how many orders the queue has in memory.
func (w *world) total() int {
	w.s.mu.Lock()
	defer w.s.mu.Unlock()
	return w.s.total
}

// take gives what was sent since it was last asked.
func (w *world) take() []sending {
	synctest.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	list := w.sent
	w.sent = nil
	return list
}

// bodies are what take gives, as text.
func (w *world) bodies() []string {
	list := []string{}
	for _, x := range w.take() {
		list = append(list, string(x.parcel.Letter.Body))
	}
	return list
}

// start runs the queue until stop, or the end of the test.
func (w *world) start() (stop func()) {
	w.t.Helper()
	w.s = New(w.o)
	if err := w.s.Load(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(w.t.Context())
	over := make(chan error, 1)
	go func() { over <- w.s.Run(ctx) }()
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-over; err != nil {
			w.t.Errorf("run: %v", err)
		}
	}
	w.t.Cleanup(stop)
	return stop
}

func letter(do camp.ErrandKind, object, body string) camp.Letter {
	return camp.LetterReadBack(camp.LetterRow{URI: "https://camp.example/" + body, Object: object, Body: []byte(body), By: 3, Post: 7, Audience: camp.AudiencePublic, Do: do})
}

func inbox(host string) Inbox {
	return Inbox{URL: "https://" + host + "/inbox", Shared: true, Host: camp.Domain(host)}
}

func (w *world) add(l camp.Letter, to ...Inbox) {
	w.t.Helper()
	w.addAll([]camp.Letter{l}, to...)
}

func (w *world) addAll(list []camp.Letter, to ...Inbox) {
	w.t.Helper()
	b, err := w.s.Begin(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	err = w.store.Update(w.t.Context(), func(tx Tx) error {
		for _, l := range list {
			if err := b.Add(tx, l, to); err != nil {
				return err
			}
		}
		return nil
	})
	b.End(err)
	if err != nil {
		w.t.Fatal(err)
	}
}

// empty demands that nothing waits any more, in memory or on disk.
func (w *world) empty() {
	w.t.Helper()
	time.Sleep(time.Second)
	synctest.Wait()
	if letters, orders := w.store.left(); letters != 0 || orders != 0 || w.total() != 0 {
		w.t.Errorf("%d letters and %d orders are left, %d in memory", letters, orders, w.total())
	}
}
