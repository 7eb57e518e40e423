package store

import (
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"camp/node/camp"
)

func warmRemote(t *testing.T, db *DB, id camp.MemberID, display string, old *camp.Remote) camp.Remote {
	t.Helper()
	n := strconv.Itoa(int(id))
	r := camp.Remote{ID: id, URI: "https://far.example/users/" + n, Domain: "far.example", Name: "p" + n, Display: display}
	if err := db.Update(t.Context(), func(tx *Tx) error { return tx.PutRemote(r, old) }); err != nil {
		t.Fatal(err)
	}
	return r
}

// seenAs reads somebody in a view of its own; "" for nobody.
func seenAs(t *testing.T, db *DB, id camp.MemberID) (display string) {
	t.Helper()
	err := db.View(t.Context(), func(tx *Tx) error {
		r, _, err := tx.Remote(id)
		display = r.Display
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return display
}

func TestWarmShowsEachChange(t *testing.T) {
	t.Parallel()
	db := openTest(t, testOptions(t, t.TempDir()))
	r := warmRemote(t, db, 7, "Ana", nil)
	for _, want := range []string{"Ana", "Ana", "Ana B.", "Anabel"} { // twice: the second comes from what is held
		if want != r.Display {
			next := r
			next.Display = want
			if err := db.Update(t.Context(), func(tx *Tx) error { return tx.PutRemote(next, &r) }); err != nil {
				t.Fatal(err)
			}
			r = next
		}
		if got := seenAs(t, db, 7); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if err := db.Update(t.Context(), func(tx *Tx) error { return tx.DropRemote(r) }); err != nil {
		t.Fatal(err)
	}
	if got := seenAs(t, db, 7); got != "" {
		t.Errorf("after they were forgotten: got %q", got)
	}
}

func TestWarmShowsEachStateOfAPost(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		post camp.Post
	}{
		{"of the camp", camp.Post{ID: 11, Author: 1, Root: 11, Audience: camp.AudienceCamp, Text: "one"}},
		{"an answer", camp.Post{ID: 12, Author: 1, Root: 11, ReplyTo: 11, Audience: camp.AudienceCamp, Text: "one"}},
		{"from elsewhere", camp.Post{ID: 13, Author: 7, Root: 13, URI: "https://far.example/1", Audience: camp.AudiencePublic, Text: "one"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			db := openTest(t, testOptions(t, t.TempDir()))
			look := func() (text string) {
				err := db.View(t.Context(), func(tx *Tx) error {
					p, _, err := tx.Post(tt.post.ID)
					text = p.Text
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
				return text
			}
			put := func(p camp.Post, old *camp.Post) {
				if err := db.Update(t.Context(), func(tx *Tx) error { return tx.PutPost(p, old) }); err != nil {
					t.Fatal(err)
				}
			}
			put(tt.post, nil)
			if got := look() + look(); got != "oneone" {
				t.Errorf("first: got %q", got)
			}
			next := tt.post
			next.Text = "two"
			put(next, &tt.post)
			if got := look() + look(); got != "twotwo" {
				t.Errorf("edited: got %q", got)
			}
			if err := db.Update(t.Context(), func(tx *Tx) error { return tx.DropPost(next) }); err != nil {
				t.Fatal(err)
			}
			if got := look(); got != "" {
				t.Errorf("deleted: got %q", got)
			}
			if _, held := db.warm.post(tt.post.ID, ^uint64(0)); held {
				t.Error("what was deleted is still held")
			}
		})
	}
}

// TestWarmKeepsStatesApart: a view reads one state to its end, whatever is
// written meanwhile, and leaves nothing of it to later ones.
func TestWarmKeepsStatesApart(t *testing.T) {
	t.Parallel()
	db := openTest(t, testOptions(t, t.TempDir()))
	r := warmRemote(t, db, 7, "before", nil)
	err := db.View(t.Context(), func(tx *Tx) error {
		next := r
		next.Display = "after"
		if err := db.Update(t.Context(), func(tx *Tx) error { return tx.PutRemote(next, &r) }); err != nil {
			return err
		}
		if got := seenAs(t, db, 7); got != "after" { // now held
			t.Errorf("a later view: got %q", got)
		}
		for range 2 {
			got, _, err := tx.Remote(7)
			if err != nil || got.Display != "before" {
				t.Errorf("a view that began before: got %q, %v", got.Display, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := seenAs(t, db, 7); got != "after" {
		t.Errorf("after that view ended: got %q", got)
	}
}

// TestWarmIsNotForWriters: an act sees what earlier acts wrote, also before it
// is synced, and its own.
func TestWarmIsNotForWriters(t *testing.T) {
	t.Parallel()
	db := openTest(t, testOptions(t, t.TempDir()))
	r := warmRemote(t, db, 7, "one", nil)
	seenAs(t, db, 7)
	err := db.Update(t.Context(), func(tx *Tx) error {
		next := r
		next.Display = "two"
		if err := tx.PutRemote(next, &r); err != nil {
			return err
		}
		got, _, err := tx.Remote(7)
		if got.Display != "two" {
			t.Errorf("its own write: got %q", got.Display)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestWarmUnderChange(t *testing.T) {
	t.Parallel()
	db := openTest(t, testOptions(t, t.TempDir()))
	r := warmRemote(t, db, 7, "0", nil)
	var wg sync.WaitGroup
	var over atomic.Bool
	for range 4 {
		wg.Go(func() {
			last := 0
			for !over.Load() {
				n, err := strconv.Atoi(seenAs(t, db, 7))
				if err != nil || n < last {
					t.Errorf("went back from %d to %d, %v", last, n, err)
					return
				}
				last = n
			}
		})
	}
	for i := range 50 {
		next := r
		next.Display = strconv.Itoa(i + 1)
		if err := db.Update(t.Context(), func(tx *Tx) error { return tx.PutRemote(next, &r) }); err != nil {
			t.Fatal(err)
		}
		r = next
		if got := seenAs(t, db, 7); got != next.Display {
			t.Errorf("right after it was written: got %q, want %q", got, next.Display)
		}
	}
	over.Store(true)
	wg.Wait()
}

func TestWarmIsBounded(t *testing.T) {
	t.Parallel()
	var w warm
	for i := range 5 * warmRows {
		w.keepPerson(camp.Remote{ID: camp.MemberID(i + 1)}, 1, warmBytes/100)
		if n := len(w.people.recent) + len(w.people.before); n > 2*warmRows || w.people.bytes > warmBytes {
			t.Fatalf("%d rows held, %d bytes in the newer half", n, w.people.bytes)
		}
	}
	w.keepPerson(camp.Remote{ID: 1 << 40}, 1, warmRow+1)
	if _, ok := w.person(1<<40, 1); ok {
		t.Error("a row that is too long is held")
	}
	if _, ok := w.person(5*warmRows, 1); !ok {
		t.Error("the newest is not held")
	}
	w.cool()
	w.cool()
	if n := len(w.people.recent) + len(w.people.before); n != 0 {
		t.Errorf("%d rows held after two rests", n)
	}
}
