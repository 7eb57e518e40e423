package store

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"camp/node/camp"
)

func TestWantedRows(t *testing.T) {
	db := openTest(t, testOptions(t, t.TempDir()))
	w := camp.Wanted{
		Do: camp.WantedBoost, URI: "https://far.example/n/1", Host: "far.example", By: 3, Post: 4, Whom: 5, About: "https://far.example/a/1",
		At: time.Unix(100, 0).UTC(), Depth: 2, Next: time.Unix(200, 0).UTC(),
	}
	other := w
	other.Whom = 6
	mustUpdate(t, db, func(tx *Tx) error {
		for n, x := range []camp.Wanted{w, w, other} {
			kept, err := tx.AddWanted(x)
			if err != nil || kept != (n != 1) {
				t.Errorf("%d: kept %v, %v", n, kept, err)
			}
		}
		return nil
	})
	var list []camp.Wanted
	mustView(t, db, func(tx *Tx) error {
		return tx.EachWanted(func(x camp.Wanted) error { list = append(list, x); return nil })
	})
	if len(list) != 2 {
		t.Fatalf("%+v", list)
	}
	got := list[0]
	if got.Whom != w.Whom {
		got = list[1]
	}
	if got.Since.IsZero() {
		t.Error("not known since when")
	}
	got.Since = time.Time{}
	if d := cmp.Diff(w, got); d != "" {
		t.Error(d)
	}
	err := db.Loose(t.Context(), func(tx *Tx) error { return tx.WantedAgain(w, 3, time.Unix(900, 0)) })
	if err != nil {
		t.Fatal(err)
	}
	mustView(t, db, func(tx *Tx) error {
		is, ok, err := tx.Wanted(w)
		if err != nil || !ok || is.Tries != 3 || !is.Next.Equal(time.Unix(900, 0)) || is.Depth != 2 {
			t.Errorf("%+v, %v, %v", is, ok, err)
		}
		return nil
	})
	mustUpdate(t, db, func(tx *Tx) error {
		if err := tx.DropWanted(w); err != nil {
			return err
		}
		if err := tx.DropWanted(w); err != nil {
			return err
		}
		if err := tx.WantedAgain(w, 9, time.Unix(900, 0)); err != nil { // what has ended does not rise again
			return err
		}
		if _, ok, err := tx.Wanted(w); ok || err != nil {
			t.Errorf("still there, %v", err)
		}
		return nil
	})
}

// What is wanted is bounded of each server.
func TestWantedBounds(t *testing.T) {
	db := openTest(t, testOptions(t, t.TempDir()))
	mustUpdate(t, db, func(tx *Tx) error {
		for _, host := range []camp.Domain{"one.example", "two.example"} {
			n := 0
			for i := range camp.MaxWantedHost + 10 {
				ok, err := tx.AddWanted(camp.Wanted{Do: camp.WantedPost, URI: fmt.Sprint(i), Host: host})
				if err != nil {
					return err
				}
				if ok {
					n++
				}
			}
			if n != camp.MaxWantedHost {
				t.Errorf("%d of %s", n, host)
			}
		}
		return nil
	})
}

// A post that goes takes with it how it is found, what came with its likes, and
// that it was pinned.
func TestNamesOfPostsGoWithThem(t *testing.T) {
	db := openTest(t, testOptions(t, t.TempDir()))
	p := camp.Post{ID: 10 << 16, Author: 7, Audience: camp.AudiencePublic, URI: "https://far.example/n/1", Answers: "https://far.example/n/0", Stamp: "https://far.example/s/1", Root: 10 << 16}
	r := camp.Reaction{Sign: "👍", URI: "https://far.example/l/1"}
	mustUpdate(t, db, func(tx *Tx) error {
		for _, err := range []error{
			tx.PutPost(p, nil), tx.PutFavourite(8, p.ID, time.Unix(1, 0)), tx.PutReaction(8, p.ID, r), tx.PutReaction(9, p.ID, r), tx.PutPin(7, p.ID),
		} {
			if err != nil {
				return err
			}
		}
		return nil
	})
	found := func(want bool) {
		t.Helper()
		mustView(t, db, func(tx *Tx) error {
			a, _ := tx.PostsNaming(p.Answers, 10)
			s, _ := tx.PostsNaming(p.Stamp, 10)
			id, liked, _ := tx.LikedBy(8, r.URI)
			_, other, _ := tx.LikedBy(9, r.URI)
			got, _ := tx.Reaction(8, p.ID)
			pins, err := tx.Pins(7, 10)
			if (len(a) == 1) != want || (len(s) == 1) != want || liked != want || want && id != p.ID || other || (got == r) != want || (len(pins) == 1) != want {
				t.Errorf("answers %d, stamps %d, liked %v, %+v, pins %v", len(a), len(s), liked, got, pins)
			}
			return err
		})
	}
	found(true)
	mustUpdate(t, db, func(tx *Tx) error { return tx.DropPost(p) })
	found(false)
	mustView(t, db, func(tx *Tx) error {
		for _, k := range []*kind{kWaits, kAct, kPin, kFav, kFavOf} {
			keys, err := tx.keysBelow(k.at(), 0)
			if err != nil || len(keys) > 0 {
				t.Errorf("%d rows left of %s, %v", len(keys), k.prefix, err)
			}
		}
		return nil
	})
}

func TestReportRows(t *testing.T) {
	db := openTest(t, testOptions(t, t.TempDir()))
	r := camp.Report{
		ID: 5, At: time.Unix(1, 0).UTC(), From: "far.example", Whom: []camp.MemberID{1, 2}, Posts: []camp.PostID{3}, Texts: []string{"x"}, Words: "w",
		Closed: time.Unix(2, 0).UTC(), By: 4, Note: "n",
	}
	mustUpdate(t, db, func(tx *Tx) error { return tx.PutReport(r) })
	mustView(t, db, func(tx *Tx) error {
		one, ok, err := tx.Report(5)
		all, bad := tx.Reports()
		if d := cmp.Diff(r, one); d != "" || !ok || err != nil || bad != nil || len(all) != 1 || cmp.Diff(r, all[0]) != "" {
			t.Errorf("%s %v %v %v", d, ok, err, bad)
		}
		return nil
	})
	mustUpdate(t, db, func(tx *Tx) error { return tx.DropReport(5) })
	mustView(t, db, func(tx *Tx) error {
		if _, ok, err := tx.Report(5); ok || err != nil {
			t.Errorf("still there, %v", err)
		}
		return nil
	})
}

func TestHandlesWithoutCase(t *testing.T) {
	db := openTest(t, testOptions(t, t.TempDir()))
	r := camp.Remote{ID: 7, URI: "https://far.example/u/Bo", Domain: "far.example", Name: "Bo"}
	mustUpdate(t, db, func(tx *Tx) error { return tx.PutRemote(r, nil) })
	mustView(t, db, func(tx *Tx) error {
		for _, h := range []string{"bo@far.example", "BO@far.example", "Bo@Far.Example"} {
			if got, ok, err := tx.RemoteByHandle(h); err != nil || !ok || got.ID != 7 {
				t.Errorf("%s: %+v, %v, %v", h, got, ok, err)
			}
		}
		return nil
	})
}

func mustUpdate(t *testing.T, db *DB, fn func(*Tx) error) {
	t.Helper()
	if err := db.Update(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func mustView(t *testing.T, db *DB, fn func(*Tx) error) {
	t.Helper()
	if err := db.View(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}
