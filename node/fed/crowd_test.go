package fed

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"camp/node/camp"
)

// Whoever invents people without end fills no disk; others are not kept out by
// it, nor is anybody whom somebody here asks for (federation.md 5).
func TestACrowdIsBounded(t *testing.T) {
	t.Parallel()
	o := newOutpost(t)
	o.somebody(bo)
	o.somebody(cy)
	for n := range crowdBurst {
		if uri := fmt.Sprintf("https://s%d.far.example/u/x", n); !o.crowd.may(uri, o.time()) {
			t.Fatalf("the %dth is refused", n+1)
		}
	}
	follow := quoted(here.Actor("ana"))
	if err := o.bring("Follow", bo, follow); !errors.Is(err, errCrowd) {
		t.Errorf("one more of the same name: %v", err)
	}
	if _, ok := o.known(bo); ok {
		t.Error("they are kept all the same")
	}
	if err := o.bring("Follow", cy, follow); err != nil {
		t.Errorf("of another name: %v", err)
	}
	if _, err := o.find.Person(t.Context(), o.ana, "@bo@far.example"); err != nil {
		t.Errorf("whom a member looks up: %v", err)
	}
	if err := o.bring("Follow", bo, follow); err != nil {
		t.Errorf("who is known: %v", err)
	}
}

func TestACrowdOfAll(t *testing.T) {
	t.Parallel()
	c, now := newCrowd(), time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	taken := 0
	for n := range 2 * crowdAllBurst {
		if c.may(fmt.Sprintf("https://h%d.example/u/x", n), now) {
			taken++
		}
	}
	if taken != crowdAllBurst {
		t.Errorf("%d are taken", taken)
	}
	if now = now.Add(time.Hour); !c.may("https://later.example/u/x", now) {
		t.Error("an hour later there is room for nobody")
	}
}

// A server of which too many come is told to come again later.
func TestTheInboxTurnsACrowdAway(t *testing.T) {
	m := newMailbox(t)
	m.fails = fmt.Errorf("take Follow: %w", errCrowd)
	w := m.bring(act("Follow", bo, here.Actor("ana")), nil)
	if w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") == "" {
		t.Errorf("%d, again after %q", w.Code, w.Header().Get("Retry-After"))
	}
}

// Each yes to a quote is a row that stays: they are given at a walking pace.
func TestQuotesWithoutEnd(t *testing.T) {
	t.Parallel()
	o := newOutpost(t)
	id := o.write(o.ana, camp.AudiencePublic, "hello")
	ask := func(n int) error {
		a := actOf(t, fmt.Sprintf(`{"id":"%s/acts/%d","type":"QuoteRequest","actor":%q,"object":%q,"instrument":"https://far.example/n/%d"}`, bo, n, bo, here.Post(id), n))
		return o.Take(t.Context(), by(t, bo), a)
	}
	for n := range quotesBurst {
		if n == 0 || n == quotesBurst-1 {
			if err := ask(n); err != nil {
				t.Fatal(err)
			}
			continue
		}
		o.quotes.Take("far.example", o.time())
	}
	if err := ask(quotesBurst); !errors.Is(err, errCrowd) {
		t.Errorf("one more: %v", err)
	}
	if _, had, err := func() (s camp.Stamp, ok bool, err error) {
		o.look(func(tx TakeTx) { s, ok, err = tx.StampFor(id, fmt.Sprintf("https://far.example/n/%d", quotesBurst)) })
		return s, ok, err
	}(); had || err != nil {
		t.Errorf("kept all the same: %v, %v", had, err)
	}
}
