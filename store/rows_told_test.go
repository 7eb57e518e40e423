package store

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"camp/node/camp"
)

func TestRowsOfWhatWasToldKeepEverything(t *testing.T) {
	db := rowsDB(t)
	day := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	reached := camp.Reached{Member: 3, Host: "far.example", Inbox: "https://far.example/inbox", Shared: true, Open: day, Inner: day.Add(-48 * time.Hour)}
	farewell, stamp := filled[camp.Farewell](t), filled[camp.Stamp](t)
	rowsUpdate(t, db, func(tx *Tx) error {
		return errors.Join(tx.PutReached(reached), tx.PutFarewell(farewell), tx.PutStamp(stamp), tx.PutFavourite(3, 7, day.Add(time.Minute)))
	})
	same := sameRow(t)
	err := db.View(t.Context(), func(tx *Tx) error {
		all, err := tx.ReachedBy(3)
		same("reached", []camp.Reached{reached}, all, true, err)
		f, ok, err := tx.Farewell(farewell.Member)
		same("farewell", farewell, f, ok, err)
		list, err := tx.Farewells()
		same("farewells", []camp.Farewell{farewell}, list, true, err)
		s, ok, err := tx.Stamp(stamp.ID)
		same("stamp", stamp, s, ok, err)
		at, err := tx.FavouriteAt(3, 7)
		same("mark", day.Add(time.Minute), at, true, err)
		at, err = tx.FavouriteAt(3, 8)
		same("no mark", time.Time{}, at, true, err)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	rowsUpdate(t, db, func(tx *Tx) error { return tx.DropReachedBy(3) })
	err = db.View(t.Context(), func(tx *Tx) error {
		all, err := tx.ReachedBy(3)
		same("reached no more", []camp.Reached(nil), all, true, err)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A day counts once and never goes back; what is for followers and what is for
// all are two things.
func TestReachedKeepsTheLastDay(t *testing.T) {
	db := rowsDB(t)
	day := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	r := camp.Reached{Member: 3, Host: "far.example", Inbox: "https://far.example/inbox"}
	put := func(open, inner time.Time) {
		r := r
		r.Open, r.Inner = open, inner
		rowsUpdate(t, db, func(tx *Tx) error { return tx.PutReached(r) })
	}
	put(day.Add(13*time.Hour), time.Time{})
	seq := db.Seq()
	put(day.Add(20*time.Hour), time.Time{})
	if db.Seq() != seq {
		t.Error("the same day is written twice")
	}
	put(time.Time{}, day.Add(-24*time.Hour))
	put(day.Add(-72*time.Hour), day.Add(-72*time.Hour))
	r.Open, r.Inner = day, day.Add(-24*time.Hour)
	err := db.View(t.Context(), func(tx *Tx) error {
		all, err := tx.ReachedBy(3)
		if d := cmp.Diff([]camp.Reached{r}, all); d != "" {
			t.Error(d)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// What a member let out is found by itself; what is for the camp is not among it.
func TestOpenBy(t *testing.T) {
	db := rowsDB(t)
	put := func(p camp.Post) {
		p.Author, p.Root = 3, p.ID
		rowsUpdate(t, db, func(tx *Tx) error { return tx.PutPost(p, nil) })
	}
	put(camp.Post{ID: 10, Audience: camp.AudienceCamp})
	put(camp.Post{ID: 11, Audience: camp.AudiencePublic})
	put(camp.Post{ID: 12, Audience: camp.AudienceLetter})
	put(camp.Post{ID: 13, Audience: camp.AudienceQuiet})
	put(camp.Post{ID: 14, Audience: camp.AudienceFollowers})
	put(camp.Post{ID: 15, Audience: camp.AudiencePublic, URI: "https://far.example/n/1"})
	put(camp.Post{ID: 16, Audience: camp.AudiencePublic, BoostOf: 15})
	want := func(p camp.Page, ids []camp.PostID, audiences ...camp.Audience) {
		t.Helper()
		var got []camp.PostID
		err := db.View(t.Context(), func(tx *Tx) error {
			list, err := tx.OpenBy(3, p, audiences...)
			for _, p := range list {
				got = append(got, p.ID)
			}
			return err
		})
		if d := cmp.Diff(ids, got); d != "" || err != nil {
			t.Error(d, err)
		}
	}
	want(camp.Page{}, []camp.PostID{16, 13, 11}, camp.AudiencePublic, camp.AudienceQuiet)
	want(camp.Page{}, []camp.PostID{16, 14, 11}, camp.AudiencePublic, camp.AudienceFollowers)
	want(camp.Page{Limit: 1}, []camp.PostID{16}, camp.AudiencePublic)
	want(camp.Page{Before: 16}, []camp.PostID{11}, camp.AudiencePublic)
	want(camp.Page{After: 13}, []camp.PostID{16}, camp.AudiencePublic)
	want(camp.Page{}, nil, camp.AudienceCamp, camp.AudienceLetter)
	rowsUpdate(t, db, func(tx *Tx) error {
		p, _, err := tx.Post(11)
		return errors.Join(err, tx.PutStamp(camp.Stamp{ID: 5, Post: 11}), tx.PutStamp(camp.Stamp{ID: 6, Post: 13}), tx.DropPost(p))
	})
	want(camp.Page{}, []camp.PostID{16, 13}, camp.AudiencePublic, camp.AudienceQuiet)
	err := db.View(t.Context(), func(tx *Tx) error {
		n, err := tx.OpenCount(3, camp.AudiencePublic)
		if n != 1 {
			t.Errorf("%d public ones", n)
		}
		_, gone, err2 := tx.Stamp(5)
		_, stays, err3 := tx.Stamp(6)
		if gone || !stays {
			t.Errorf("stamp of the post that went: %v; of another: %v", gone, stays)
		}
		return errors.Join(err, err2, err3)
	})
	if err != nil {
		t.Fatal(err)
	}
}
