package store

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"camp/node/camp"
)

func ordersOf(t *testing.T, db *DB) (list []camp.Order) {
	t.Helper()
	err := db.View(t.Context(), func(tx *Tx) error {
		return tx.Orders(func(o camp.Order) error { list = append(list, o); return nil })
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func letterOf(t *testing.T, db *DB, id uint64) (l camp.Letter, ok bool) {
	t.Helper()
	err := db.View(t.Context(), func(tx *Tx) (err error) { l, ok, err = tx.Letter(id); return err })
	if err != nil {
		t.Fatal(err)
	}
	return l, ok
}

func TestRowsOfLettersKeepEverything(t *testing.T) {
	db := rowsDB(t)
	letter, order, road := filled[camp.LetterRow](t), filled[camp.Order](t), filled[camp.Road](t)
	order.Letter = letter.ID
	rowsUpdate(t, db, func(tx *Tx) error {
		_, err := tx.PutLetter(camp.LetterReadBack(letter))
		return errors.Join(err, tx.PutOrder(order), tx.PutRoad(road))
	})
	same := sameRow(t)
	err := db.View(t.Context(), func(tx *Tx) error {
		l, ok, err := tx.Letter(letter.ID)
		same("letter", letter, l.Row(), ok, err)
		roads, err := tx.Roads()
		same("road", []camp.Road{road}, roads, true, err)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]camp.Order{order}, ordersOf(t, db)); d != "" {
		t.Error(d)
	}
	rowsUpdate(t, db, func(tx *Tx) error {
		return errors.Join(tx.DropOrders([]camp.Order{order}), tx.DropRoad(road.Host))
	})
	if rows, _, by := rowsOf(t, db); rows != 0 {
		t.Errorf("rows are left: %v", by)
	}
}

func TestOnlyALetterWithLeaveIsKept(t *testing.T) {
	db := rowsDB(t)
	err := db.Update(t.Context(), func(tx *Tx) error {
		_, err := tx.PutLetter(camp.Outbound{}.Letter(1, "https://camp.example/a/1", "", []byte("x")))
		return err
	})
	if !errors.Is(err, errNoLetter) {
		t.Errorf("kept: %v", err)
	}
	o, err := camp.Release(camp.Post{ID: 7, Audience: camp.AudiencePublic}, camp.ErrandPost)
	if err != nil {
		t.Fatal(err)
	}
	var kept camp.Letter
	rowsUpdate(t, db, func(tx *Tx) (err error) {
		kept, err = tx.PutLetter(o.Letter(3, "https://camp.example/a/1", "https://camp.example/p/7", []byte("{}")))
		return err
	})
	r := kept.Row()
	want := camp.LetterRow{
		ID: r.ID, URI: "https://camp.example/a/1", Object: "https://camp.example/p/7", Body: []byte("{}"), By: 3, Post: 7,
		Audience: camp.AudiencePublic, Do: camp.ErrandPost, At: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC),
	}
	got, ok := letterOf(t, db, r.ID)
	if d := cmp.Diff(want, got.Row()); !ok || r.ID == 0 || d != "" {
		t.Errorf("%v %s", ok, d)
	}
}

// TestALetterGoesWithItsLastOrder: by Loose, in one transaction or several; an
// inbox longer than a key may be is no obstacle.
func TestALetterGoesWithItsLastOrder(t *testing.T) {
	db := rowsDB(t)
	long := "https://far.example/" + strings.Repeat("x", 2000)
	a := camp.Order{Letter: 5, Host: "far.example", Inbox: long + "1"}
	b := camp.Order{Letter: 5, Host: "far.example", Inbox: long + "2"}
	c := camp.Order{Letter: 6, Host: "far.example", Inbox: long + "1"}
	rowsUpdate(t, db, func(tx *Tx) error {
		for _, id := range []uint64{5, 6} {
			if _, err := tx.PutLetter(camp.LetterReadBack(camp.LetterRow{ID: id, Do: camp.ErrandPost})); err != nil {
				return err
			}
		}
		return errors.Join(tx.PutOrder(a), tx.PutOrder(b), tx.PutOrder(c))
	})
	drop := func(list ...camp.Order) {
		t.Helper()
		if err := db.Loose(t.Context(), func(tx *Tx) error { return tx.DropOrders(list) }); err != nil {
			t.Fatal(err)
		}
	}
	drop(a)
	if _, ok := letterOf(t, db, 5); !ok {
		t.Error("a letter went while somebody waits for it")
	}
	drop(b)
	if _, ok := letterOf(t, db, 5); ok {
		t.Error("a letter is left that nobody waits for")
	}
	if d := cmp.Diff([]camp.Order{c}, ordersOf(t, db)); d != "" {
		t.Error(d)
	}
	tries := c
	tries.Tries, tries.Last = 2, "fed.late.say"
	if err := db.Loose(t.Context(), func(tx *Tx) error { return tx.PutOrder(tries) }); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]camp.Order{tries}, ordersOf(t, db)); d != "" {
		t.Error(d)
	}
}
