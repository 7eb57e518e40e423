package fed

import (
	"slices"
	"testing"
	"time"

	"camp/node/camp"
	"camp/store"
)

// Who left says so once, with the key they had, and everybody who ever had
// anything hears it.
func TestFarewell(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	fan, left := y.meet("fan", "fan.example", true), y.meet("left", "left.example", false)
	y.follows(fan, y.ana.Member)
	y.follows(left, y.ana.Member)
	y.write(y.ana, camp.AudiencePublic, "Hello")
	y.tellAll()
	y.drain()
	y.update(func(tx *store.Tx) error { return tx.DropFollow(left.ID, y.ana.Member) })
	y.asked(camp.Errand{Do: camp.ErrandGone, By: y.ana.Member})
	if list := y.tellAll(); len(list) != 0 {
		t.Errorf("a member who is here says farewell: %+v", list)
	}
	y.part(camp.Left)
	y.asked(camp.Errand{Do: camp.ErrandPost, By: y.ana.Member, Post: 1})
	y.asked(camp.Errand{Do: camp.ErrandProfile, By: y.ana.Member})
	y.asked(camp.Errand{Do: camp.ErrandGone, By: y.ana.Member})
	list := y.tellAll()
	want := []string{"https://fan.example/inbox", "https://left.example/u/left/inbox"}
	if len(list) != 1 || list[0].Do != camp.ErrandGone || !slices.Equal(list[0].to, want) {
		t.Errorf("got %+v", list)
	}
	if _, err := NewRing(here, y.ring.store).Key(t.Context(), y.ana.Member); err != nil {
		t.Errorf("nothing to sign the farewell with: %v", err)
	}
	y.view(func(tx *store.Tx) error {
		had, err := tx.ReachedBy(y.ana.Member)
		if len(had) > 0 {
			t.Errorf("still kept: %+v", had)
		}
		return err
	})
}

// The key goes when no letter can need it any more.
func TestKeyGoesAfterFarewell(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	y.part(camp.Removed)
	for _, row := range []struct {
		at   time.Time
		left bool
	}{{at.Add(-time.Hour), true}, {at.Add(-keyLinger), false}} {
		y.update(func(tx *store.Tx) error { return tx.PutFarewell(camp.Farewell{Member: y.ana.Member, At: row.at}) })
		must(t, y.tidy(t.Context()))
		if _, err := y.ring.Key(t.Context(), y.ana.Member); (err == nil) != row.left {
			t.Errorf("said %v ago: %v", at.Sub(row.at), err)
		}
	}
}
