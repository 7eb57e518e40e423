package fed

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"camp/node/camp"
	"camp/node/sig"
)

// silence is servers that take the call and say nothing.
type silence struct {
	mu      sync.Mutex
	now     int
	most    int
	fetched int
}

func (s *silence) Document(ctx context.Context, _ camp.MemberID, _ string) ([]byte, string, error) {
	s.mu.Lock()
	s.now++
	s.fetched++
	s.most = max(s.most, s.now)
	s.mu.Unlock()
	<-ctx.Done()
	s.mu.Lock()
	s.now--
	s.mu.Unlock()
	return nil, "", ctx.Err()
}

func (s *silence) atOnce() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.most
}

// Whoever names keys on servers that never answer holds only so many looks at the
// same time, from one address fewer, and none of them for long.
func TestSlowKeysLeaveRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v, w := newVillage(t)
		docs := &silence{}
		w.docs = docs
		ask := func(from, key string) error {
			ctx := WithSource(t.Context(), netip.MustParseAddr(from))
			_, err := w.Signer(ctx, []sig.Claim{{KeyID: key}})
			return err
		}
		var all sync.WaitGroup
		var refused atomic.Int32
		for n := range 30 {
			all.Go(func() {
				if err := ask("9.9.9.9", fmt.Sprintf("https://slow%d.example/u/x#main-key", n)); errors.Is(err, errNoTurn) {
					refused.Add(1)
				}
			})
		}
		synctest.Wait()
		if got := refused.Load(); got != 30-2*mostTurnsEach {
			t.Errorf("%d of one address are refused at once", got)
		}
		if got := docs.atOnce(); got != mostTurnsEach {
			t.Errorf("one address has %d keys looked up at once", got)
		}
		for n := range 60 {
			all.Go(func() {
				_ = ask(fmt.Sprintf("9.9.8.%d", n/4), fmt.Sprintf("https://slow%d.example/u/y#main-key", n))
			})
		}
		synctest.Wait()
		if got := docs.atOnce(); got != mostTurns {
			t.Errorf("%d keys are looked up at once", got)
		}
		begun := time.Now()
		all.Wait()
		if took := time.Since(begun); took > proofTime {
			t.Errorf("the last gave up after %s", took)
		}
		if len(w.turns.each) != 0 || len(w.turns.all) != 0 {
			t.Error("turns are still held")
		}
		key, der := newKeyOf(t, bo+"#main-key")
		v.docs[bo] = person(t, bo, bo+"#main-key", bo, der)
		w.docs = v
		claims, err := w.Read(arrived(t, key, sig.FormMessage, v.now))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Signer(t.Context(), claims); err != nil {
			t.Errorf("afterwards: %v", err)
		}
	})
}

// A server that took too long is not asked again at once, though several keys
// on it are named; one that never had its turn is.
func TestASlowKeyIsRemembered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, w := newVillage(t)
		docs := &silence{}
		w.docs = docs
		begun := time.Now()
		slow := sig.Claim{KeyID: "https://slow.example/u/x#main-key"}
		if _, err := w.Signer(t.Context(), []sig.Claim{slow, slow, slow}); err == nil || time.Since(begun) != proofTime {
			t.Errorf("%v after %s", err, time.Since(begun))
		}
		if _, err := w.Signer(t.Context(), []sig.Claim{slow}); err == nil || docs.fetched != 1 {
			t.Errorf("%v, asked %d times", err, docs.fetched)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := w.Signer(ctx, []sig.Claim{{KeyID: "https://far.example/u/x#main-key"}}); err == nil {
			t.Error("proven by nobody")
		}
		if err := w.failedBefore("https://far.example/u/x#main-key"); err != nil || errors.Is(err, errNoTurn) {
			t.Errorf("that we gave up is held against them: %v", err)
		}
	})
}
