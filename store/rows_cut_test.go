package store

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"camp/node/camp"
)

func TestRowsOfDecisionsKeepEverything(t *testing.T) {
	db := rowsDB(t)
	_, _, empty := rowsOf(t, db)
	cutting, severed, sighting := filled[camp.Cutting](t), filled[camp.Severed](t), filled[camp.Sighting](t)
	cutting.Domain, sighting.Host = "far.example", "far.example"
	rowsUpdate(t, db, func(tx *Tx) error {
		for _, err := range []error{tx.PutCutting(cutting), tx.PutSevered(severed), tx.PutSighting(sighting), tx.PutWelcome(1, 2, true)} {
			if err != nil {
				return err
			}
		}
		return nil
	})
	same := sameRow(t)
	err := db.View(t.Context(), func(tx *Tx) error {
		jobs, err := tx.Cuttings()
		same("job", []camp.Cutting{cutting}, jobs, true, err)
		got, ok, err := tx.Severed(severed.From, severed.To)
		same("cut follow", severed, got, ok, err)
		list, err := tx.SeveredFrom(severed.From)
		same("cut follows of one", []camp.Severed{severed}, list, true, err)
		list, err = tx.SeveredTo(severed.To)
		same("cut follows to one", []camp.Severed{severed}, list, true, err)
		seen, err := tx.Sightings()
		same("sighting", []camp.Sighting{sighting}, seen, true, err)
		for of, want := range map[camp.MemberID]bool{2: true, 3: false} {
			ok, err := tx.Welcome(1, of)
			same(fmt.Sprint("welcome ", of), want, ok, true, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	rowsUpdate(t, db, func(tx *Tx) error {
		for _, err := range []error{
			tx.DropCutting(cutting.Domain), tx.DropSevered(severed.From, severed.To), tx.DropSightingsBefore(sighting.At.Add(time.Millisecond)), tx.PutWelcome(1, 2, false),
		} {
			if err != nil {
				return err
			}
		}
		return nil
	})
	if _, _, left := rowsOf(t, db); cmp.Diff(empty, left) != "" {
		t.Errorf("rows are left: %s", cmp.Diff(empty, left))
	}
}

func TestResidents(t *testing.T) {
	db := rowsDB(t)
	_, _, empty := rowsOf(t, db)
	var all []camp.Remote
	rowsUpdate(t, db, func(tx *Tx) error {
		for i, d := range []camp.Domain{"far.example", "far.example", "sub.far.example", "a.sub.far.example", "xfar.example", "far.example.org", "farx.example", "example"} {
			r := camp.Remote{ID: camp.MemberID(i + 1), URI: fmt.Sprintf("https://%s/%d", d, i), Domain: d, Name: fmt.Sprint("p", i)}
			all = append(all, r)
			if err := tx.PutRemote(r, nil); err != nil {
				return err
			}
		}
		called := all[4]
		called.At = "far.example"
		err := tx.PutRemote(called, &all[4])
		all[4] = called
		return err
	})
	under := func(d camp.Domain) (ids []camp.MemberID) {
		t.Helper()
		err := db.View(t.Context(), func(tx *Tx) error {
			var at camp.Resident
			for {
				list, err := tx.Residents(d, at, 2)
				for _, r := range list {
					if !r.Host.Within(d) {
						t.Errorf("%s is not within %s", r.Host, d)
					}
					ids = append(ids, r.Person)
				}
				if len(list) < 2 || err != nil {
					return err
				}
				at = list[1]
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(ids)
		return ids
	}
	for d, want := range map[camp.Domain][]camp.MemberID{
		"far.example": {1, 2, 3, 4, 5}, "sub.far.example": {3, 4}, "xfar.example": {5}, "ar.example": nil, "far.example.org": {6}, "example": {1, 2, 3, 4, 5, 5, 7, 8},
	} {
		if got := under(d); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", d, got, want)
		}
	}
	rowsUpdate(t, db, func(tx *Tx) error {
		called := all[4]
		called.At = ""
		return tx.PutRemote(called, &all[4])
	})
	all[4].At = ""
	if got := under("far.example"); !slices.Equal(got, []camp.MemberID{1, 2, 3, 4}) {
		t.Errorf("after another handle: %v", got)
	}
	rowsUpdate(t, db, func(tx *Tx) error {
		for _, r := range all {
			if err := tx.DropRemote(r); err != nil {
				return err
			}
		}
		return nil
	})
	if _, _, left := rowsOf(t, db); cmp.Diff(empty, left) != "" {
		t.Errorf("rows are left: %s", cmp.Diff(empty, left))
	}
}

// What decisions left behind of a member goes with them.
func TestCutFollowsGoWithAMember(t *testing.T) {
	db := rowsDB(t)
	_, _, empty := rowsOf(t, db)
	rowsUpdate(t, db, func(tx *Tx) error {
		for i := range camp.MemberID(90) {
			for _, err := range []error{
				tx.PutSevered(camp.Severed{Follow: camp.Follow{From: 1, To: 100 + i}}), tx.PutSevered(camp.Severed{Follow: camp.Follow{From: 100 + i, To: 1}}), tx.PutWelcome(1, 100+i, true),
			} {
				if err != nil {
					return err
				}
			}
		}
		return nil
	})
	for more := true; more; {
		rowsUpdate(t, db, func(tx *Tx) (err error) {
			more, err = tx.DropMarksOf(1, 200)
			return err
		})
	}
	if _, _, left := rowsOf(t, db); cmp.Diff(empty, left) != "" {
		t.Errorf("rows are left: %s", cmp.Diff(empty, left))
	}
}
