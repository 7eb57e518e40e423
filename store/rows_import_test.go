package store

import (
	"testing"
	"time"

	"camp/node/camp"
)

func TestRowsOfImportsKeepEverything(t *testing.T) {
	db := rowsDB(t)
	i, row := filled[camp.Import](t), filled[camp.ImportRow](t)
	row.Import, row.Tries = i.ID, 2
	rowsUpdate(t, db, func(tx *Tx) error {
		if err := tx.PutImport(i); err != nil {
			return err
		}
		return tx.PutImportRow(row)
	})
	same := sameRow(t)
	err := db.View(t.Context(), func(tx *Tx) error {
		got, ok, err := tx.Import(i.Member, i.ID)
		same("import", i, got, ok, err)
		list, err := tx.Imports(i.Member)
		same("of a member", []camp.Import{i}, list, true, err)
		list, err = tx.Imports(0)
		same("of all", []camp.Import{i}, list, true, err)
		none, err := tx.Imports(i.Member + 1)
		same("of another", []camp.Import(nil), none, true, err)
		rows, err := tx.ImportRows(i.ID, 0, 0)
		same("row", []camp.ImportRow{row}, rows, true, err)
		rows, err = tx.ImportRows(i.ID, 3, 0)
		same("tried more often", []camp.ImportRow(nil), rows, true, err)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestImportRowsComeByTries(t *testing.T) {
	db := rowsDB(t)
	_, _, before := rowsOf(t, db)
	put := func(id uint64, tries, line int) camp.ImportRow {
		return camp.ImportRow{Import: id, Tries: tries, Line: line, Handle: "a@far.example"}
	}
	rowsUpdate(t, db, func(tx *Tx) error {
		for _, r := range []camp.ImportRow{put(7, 3, 1), put(7, 1, 2), put(7, 0, 300), put(7, 0, 9), put(8, 0, 1)} {
			if err := tx.PutImportRow(r); err != nil {
				return err
			}
		}
		return tx.PutImport(camp.Import{ID: 7, Member: 3, What: camp.ListMutes, At: time.UnixMilli(5)})
	})
	err := db.View(t.Context(), func(tx *Tx) error {
		rows, err := tx.ImportRows(7, 0, 3)
		want := []camp.ImportRow{put(7, 0, 9), put(7, 0, 300), put(7, 1, 2)}
		sameRow(t)("rows", want, rows, true, err)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	rowsUpdate(t, db, func(tx *Tx) error {
		if err := tx.DropImport(camp.Import{ID: 7, Member: 3}); err != nil {
			return err
		}
		return tx.DropImportRow(put(8, 0, 1))
	})
	if _, _, after := rowsOf(t, db); len(after) != len(before) {
		t.Errorf("%d rows are left", len(after)-len(before))
	}
}
