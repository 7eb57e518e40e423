package store

import (
	"errors"
	"slices"
	"testing"

	"camp/node/camp"
)

// TestClimb: a page that climbs has the rows right after its bound, newest first,
// in every list; outside a View it is refused.
func TestClimb(t *testing.T) {
	db := rowsDB(t)
	rowsUpdate(t, db, func(tx *Tx) error {
		for id := camp.PostID(1); id <= 50; id++ {
			a := camp.AudienceCamp
			if id%5 == 0 {
				a = camp.AudienceLetter
			}
			err := errors.Join(
				tx.PutPost(camp.Post{ID: id, Author: 3, Audience: a, Root: id, Tags: []string{"odd"}}, nil),
				tx.PutHome(3, id), tx.PutNotice(3, camp.Notice{ID: camp.NoticeID(id), Post: id}), tx.PutFavourite(3, id, tx.Now()),
				tx.PutPost(camp.Post{ID: 1000 + id, Author: 4, Audience: camp.AudienceCamp, ReplyTo: id, Root: id}, nil),
			)
			if err != nil {
				return err
			}
		}
		return nil
	})
	posts := func(list []camp.Post, err error) ([]uint64, error) {
		var ids []uint64
		for _, p := range list {
			ids = append(ids, uint64(p.ID))
		}
		return ids, err
	}
	for _, row := range []struct {
		name string
		page camp.Page
		want []uint64 // in lists of everything
		fire []uint64 // without letters
	}{
		{"right after", camp.Page{After: 10, Climb: true, Limit: 3}, []uint64{13, 12, 11}, []uint64{13, 12, 11}},
		{"past some that are left out", camp.Page{After: 13, Climb: true, Limit: 4}, []uint64{17, 16, 15, 14}, []uint64{18, 17, 16, 14}},
		{"up to the newest", camp.Page{After: 47, Climb: true, Limit: 10}, []uint64{50, 49, 48}, []uint64{49, 48}},
		{"between", camp.Page{After: 20, Before: 24, Climb: true, Limit: 10}, []uint64{23, 22, 21}, []uint64{23, 22, 21}},
		{"from nothing", camp.Page{Climb: true, Limit: 2}, []uint64{2, 1}, []uint64{2, 1}},
		{"nothing newer", camp.Page{After: 50, Climb: true, Limit: 2}, nil, nil},
	} {
		err := db.View(t.Context(), func(tx *Tx) error {
			for name, read := range map[string]func() ([]uint64, error){
				"by":   func() ([]uint64, error) { return posts(tx.PostsBy(3, row.page)) },
				"tag":  func() ([]uint64, error) { return posts(tx.PostsTagged("odd", row.page)) },
				"fire": func() ([]uint64, error) { return posts(tx.Fire(row.page)) },
				"home": func() ([]uint64, error) {
					list, err := tx.HomeIDs(3, row.page)
					return raw(list), err
				},
				"likes": func() ([]uint64, error) {
					list, err := tx.FavouritesBy(3, row.page)
					return raw(list), err
				},
				"notices": func() ([]uint64, error) {
					list, err := tx.Notices(3, row.page)
					var ids []uint64
					for _, n := range list {
						ids = append(ids, uint64(n.ID))
					}
					return ids, err
				},
			} {
				got, err := read()
				if err != nil {
					return err
				}
				want := row.want
				if name == "fire" {
					want = row.fire
				}
				if !slices.Equal(got, want) {
					t.Errorf("%s, %s: %v, want %v", row.name, name, got, want)
				}
			}
			n, err := tx.CountBy(3, 1000)
			if n != 50 {
				t.Errorf("count: %d", n)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	err := db.Update(t.Context(), func(tx *Tx) error {
		_, err := tx.Fire(camp.Page{Climb: true})
		return err
	})
	if !errors.Is(err, errClimb) {
		t.Errorf("in an Update: %v", err)
	}
}

func raw(list []camp.PostID) (ids []uint64) {
	for _, id := range list {
		ids = append(ids, uint64(id))
	}
	return ids
}
