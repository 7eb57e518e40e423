package store

import (
	"slices"
	"testing"
	"time"

	"camp/node/camp"
)

// A store from before these rows is looked through, a part at a time; then it has
// what one has in which they were written from the first day.
func TestFillHolds(t *testing.T) {
	db := rowsDB(t)
	var all []kindRows
	rowsUpdate(t, db, func(tx *Tx) error {
		if err := tx.PutMember(camp.Member{ID: 1, Name: "ada"}); err != nil {
			return err
		}
		for n := range camp.MemberID(5) {
			if err := tx.PutRemote(camp.Remote{ID: 10 + n, URI: "https://far.example/" + n.String(), Domain: "far.example", Name: n.String()}, nil); err != nil {
				return err
			}
		}
		for n := range camp.PostID(7) {
			far := camp.Post{ID: 100 + n, Author: 10, URI: "https://far.example/p/" + n.String(), Audience: camp.AudiencePublic, Mentions: []camp.MemberID{1, 11}}
			own := camp.Post{ID: 200 + n, Author: 1, Audience: camp.AudiencePublic, Quote: far.ID, Mentions: []camp.MemberID{12}}
			if n > 3 {
				own.ReplyTo, own.Root = 200, 200
			}
			if err := tx.PutPost(far, nil); err != nil {
				return err
			}
			if err := tx.PutPost(own, nil); err != nil {
				return err
			}
		}
		return nil
	})
	all = holdRows(t, db)
	rowsUpdate(t, db, func(tx *Tx) error {
		done, err := tx.FillHolds(3)
		if !done {
			t.Error("a new store is looked through")
		}
		return err
	})
	rowsUpdate(t, db, func(tx *Tx) error {
		for _, k := range all {
			for _, key := range k.keys {
				if err := tx.del(key); err != nil {
					return err
				}
			}
		}
		return tx.del(keyHolds)
	})
	parts := 0
	for done := false; !done; parts++ {
		rowsUpdate(t, db, func(tx *Tx) (err error) { done, err = tx.FillHolds(3); return err })
		if parts > 50 {
			t.Fatal("it does not end")
		}
	}
	for i, k := range holdRows(t, db) {
		if !slices.EqualFunc(k.keys, all[i].keys, slices.Equal) || len(k.keys) == 0 {
			t.Errorf("%s: %d rows, want %d", k.kind.prefix, len(k.keys), len(all[i].keys))
		}
	}
	if parts < 8 {
		t.Errorf("all at once, in %d", parts)
	}
}

type kindRows struct {
	kind *kind
	keys [][]byte
}

func holdRows(t *testing.T, db *DB) (list []kindRows) {
	t.Helper()
	err := db.View(t.Context(), func(tx *Tx) error {
		for _, k := range []*kind{kDuePost, kDueFace, kDueOf, kNames, kShows} {
			keys, err := tx.keysBelow(k.at(), 0)
			if err != nil {
				return err
			}
			list = append(list, kindRows{k, keys})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// The rows follow what a post says, and go with it.
func TestHoldsFollowAPost(t *testing.T) {
	db := rowsDB(t)
	p := camp.Post{ID: 100, Author: 10, URI: "https://far.example/p", Audience: camp.AudiencePublic, Quote: 7, Mentions: []camp.MemberID{11, 12}}
	check := func(step string, named, shown []int) {
		t.Helper()
		err := db.View(t.Context(), func(tx *Tx) error {
			for i, who := range []camp.MemberID{11, 12, 13} {
				list, err := tx.NamedIn(who, 9)
				if err != nil || len(list) != named[i] {
					t.Errorf("%s: %d is named in %v, %v", step, who, list, err)
				}
			}
			for i, of := range []camp.PostID{7, 8} {
				list, err := tx.ShownIn(of, 9)
				if err != nil || len(list) != shown[i] {
					t.Errorf("%s: %d is shown in %v, %v", step, of, list, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	rowsUpdate(t, db, func(tx *Tx) error { return tx.PutPost(p, nil) })
	check("new", []int{1, 1, 0}, []int{1, 0})
	next := p
	next.Quote, next.Mentions = 8, []camp.MemberID{12, 13}
	rowsUpdate(t, db, func(tx *Tx) error { return tx.PutPost(next, &p) })
	check("changed", []int{0, 1, 1}, []int{0, 1})
	rowsUpdate(t, db, func(tx *Tx) error { return tx.DropPost(next) })
	check("gone", []int{0, 0, 0}, []int{0, 0})
}

// What is due is what lies before, oldest first, and no more than was asked for.
func TestDue(t *testing.T) {
	db := rowsDB(t)
	rowsUpdate(t, db, func(tx *Tx) error {
		for n := range camp.PostID(5) {
			if err := tx.PutDue(camp.Due{Post: n + 1, At: tx.now.AddDate(0, 0, 1-int(n))}); err != nil {
				return err
			}
		}
		return tx.PutDue(camp.Due{Person: 9, At: tx.now.Add(-time.Hour)})
	})
	err := db.View(t.Context(), func(tx *Tx) error {
		some, err := tx.DuePosts(2)
		if err != nil || len(some) != 2 || some[0].Post != 5 || some[1].Post != 4 {
			t.Errorf("%v, %v", some, err)
		}
		list, err := tx.DuePosts(10)
		if err != nil || len(list) != 4 || list[3].Post != 2 {
			t.Errorf("%v, %v", list, err)
		}
		people, err := tx.DuePeople(10)
		if err != nil || len(people) != 1 || people[0].Person != 9 {
			t.Errorf("%v, %v", people, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	rowsUpdate(t, db, func(tx *Tx) error {
		list, err := tx.DuePosts(10)
		for _, d := range list {
			if err := tx.DropDue(d); err != nil {
				return err
			}
		}
		return err
	})
	if n := len(holdRows(t, db)[0].keys); n != 1 {
		t.Errorf("%d rows left", n)
	}
}
