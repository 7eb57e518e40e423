package fed

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"camp/node/camp"
	"camp/node/sig"
)

// safe is a store of keys.
type safe struct {
	mu     sync.Mutex
	people map[camp.MemberID]camp.Member
	keys   map[camp.MemberID]camp.ActorKey
	made   int
}

func newSafe() *safe {
	return &safe{
		people: map[camp.MemberID]camp.Member{
			1: {ID: 1, Name: "ana", Role: camp.RoleMember, Standing: camp.Joined},
			2: {ID: 2, Name: "lea", Role: camp.RoleMember, Standing: camp.Left},
		},
		keys: map[camp.MemberID]camp.ActorKey{},
	}
}

func (s *safe) View(_ context.Context, fn func(KeyTx) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return fn(s)
}
func (s *safe) Update(ctx context.Context, fn func(KeyTx) error) error { return s.View(ctx, fn) }

func (s *safe) Member(id camp.MemberID) (camp.Member, bool, error) {
	m, ok := s.people[id]
	return m, ok, nil
}

func (s *safe) ActorKey(m camp.MemberID) (camp.ActorKey, bool, error) {
	k, ok := s.keys[m]
	return k, ok, nil
}

func (s *safe) PutActorKey(k camp.ActorKey) error {
	s.made++
	s.keys[k.Member] = k
	return nil
}
func (s *safe) Now() time.Time { return at }

func spki(t *testing.T, k sig.Key, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	der, err := k.SPKI()
	if err != nil {
		t.Fatal(err)
	}
	return string(der)
}

// A key is made once, however many ask at once, and is the same after a restart.
func TestRingMakesOneKey(t *testing.T) {
	s := newSafe()
	r := NewRing(here, s)
	var all sync.WaitGroup
	got := make([]sig.Key, 4)
	errs := make([]error, len(got))
	for i := range got {
		all.Go(func() { got[i], errs[i] = r.Key(t.Context(), 1) })
	}
	all.Wait()
	first := spki(t, got[0], errs[0])
	for i := range got {
		if spki(t, got[i], errs[i]) != first {
			t.Errorf("key %d is another", i)
		}
	}
	if got[0].ID != "https://one.example/ap/ana#main-key" || s.made != 1 {
		t.Errorf("%s, %d written", got[0].ID, s.made)
	}
	again, err := NewRing(here, s).Key(t.Context(), 1)
	if spki(t, again, err) != first || s.made != 1 {
		t.Error("another key after a restart")
	}
}

func TestRingOfTheCampAndOthers(t *testing.T) {
	r := NewRing(here, newSafe())
	k, err := r.Key(t.Context(), 0)
	if spki(t, k, err); k.ID != "https://one.example/ap/-#main-key" {
		t.Errorf("the camp's is %s", k.ID)
	}
	for _, who := range []camp.MemberID{2, 9} {
		var f *camp.Fault
		if _, err := r.Key(t.Context(), who); !errors.As(err, &f) || f.Kind != camp.NotFound {
			t.Errorf("%v: %v", who, err)
		}
	}
}

// meanwhile is a store in which something happens after the first reading.
type meanwhile struct {
	*safe
	do func()
}

func (m *meanwhile) View(ctx context.Context, fn func(KeyTx) error) error {
	err := m.safe.View(ctx, fn)
	if do := m.do; do != nil {
		m.do = nil
		do()
	}
	return err
}

// A key that was read just before another took its place signs nothing any more.
func TestTurnWhileTheOldKeyIsRead(t *testing.T) {
	s := newSafe()
	was, err := NewRing(here, s).Key(t.Context(), 1)
	old := spki(t, was, err)
	m := &meanwhile{safe: s}
	r := NewRing(here, m)
	m.do = func() {
		if _, err := r.Turn(t.Context(), 1); err != nil {
			t.Error(err)
		}
	}
	for range 2 {
		k, err := r.Key(t.Context(), 1)
		if spki(t, k, err) == old {
			t.Error("the old key is in use")
		}
	}
}

func TestTurn(t *testing.T) {
	s := newSafe()
	r := NewRing(here, s)
	k, err := r.Key(t.Context(), 1)
	old := spki(t, k, err)
	k, err = r.Turn(t.Context(), 1)
	turned := spki(t, k, err)
	k, err = r.Key(t.Context(), 1)
	if now := spki(t, k, err); now != turned || now == old {
		t.Error("the old key is still in use")
	}
	k, err = NewRing(here, s).Key(t.Context(), 1)
	if spki(t, k, err) != turned {
		t.Error("the old key is back after a restart")
	}
}
