package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestReplaceKeepsTheOldCamp(t *testing.T) {
	dir := t.TempDir()
	db := openTest(t, testOptions(t, dir))
	phrase := house(t, db, 50)
	want := sumOf(t, db)
	file := filepath.Join(dir, "backup", "a.campbackup") // where backups lie by themselves
	if err := os.Mkdir(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	backupTo(t, db, file)
	write(t, db, 30)
	picture(t, db, "taken later")
	later := sumOf(t, db)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "settings.json"), []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := restoreTo(t, file, phrase, dir, true); err != nil {
		t.Fatal(err)
	}
	back := openTest(t, testOptions(t, dir))
	if sumOf(t, back) != want {
		t.Error("the camp brought back holds something else")
	}
	if err := back.Close(); err != nil {
		t.Fatal(err)
	}
	aside := filepath.Join(dir, beforeRestore+time.Now().UTC().Format(dayForm))
	old := openTest(t, testOptions(t, aside))
	if sumOf(t, old) != later {
		t.Error("the camp put aside holds something else")
	}
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"settings.json", "backup"} {
		if !there(filepath.Join(dir, name)) {
			t.Errorf("%s is gone", name)
		}
	}
	if _, err := restoreTo(t, file, phrase, dir, true); err != nil { // twice on one day
		t.Fatal(err)
	}
	if !there(aside+"-2") || there(filepath.Join(dir, swapFile)) {
		t.Errorf("after the second: %q", names(t, dir))
	}
	if n, err := ForgetBefore(dir, time.Now().Add(29*24*time.Hour)); err != nil || n != 0 {
		t.Errorf("ForgetBefore too early = %d, %v", n, err)
	}
	if n, err := ForgetBefore(dir, time.Now().Add(32*24*time.Hour)); err != nil || n != 2 {
		t.Errorf("ForgetBefore = %d, %v", n, err)
	}
}

// TestCrashInTheSwap stops after every one of the renames and goes on.
func TestCrashInTheSwap(t *testing.T) {
	for _, had := range []bool{true, false} {
		moves := 0
		for at := 0; at <= moves; at++ {
			dir := t.TempDir()
			p := swapPlan{Fresh: "restore-0a0b0c0d", Aside: beforeRestore + "2026-11-22", Names: []string{"db", "journal", "media", "format", "db.note"}}
			old := []string{"db", "journal", "format", "db.note"}
			if !had {
				old = nil
			}
			put := func(path, body string) {
				path = filepath.Join(dir, path)
				if err := errors.Join(os.MkdirAll(path, 0o700), os.WriteFile(filepath.Join(path, "of"), []byte(body), 0o600)); err != nil {
					t.Fatal(err)
				}
			}
			for _, n := range old {
				put(n, "old")
			}
			for _, n := range []string{"db", "journal", "media", "format"} {
				put(filepath.Join(p.Fresh, n), "new")
			}
			// make the first moves by hand, as move does
			var list [][2]string
			for _, n := range old {
				list = append(list, [2]string{n, filepath.Join(p.Aside, n)})
			}
			for _, n := range []string{"db", "journal", "media", "format"} {
				list = append(list, [2]string{filepath.Join(p.Fresh, n), n})
			}
			moves = len(list)
			if err := os.MkdirAll(filepath.Join(dir, p.Aside), 0o700); err != nil {
				t.Fatal(err)
			}
			for _, m := range list[:at] {
				if err := os.Rename(filepath.Join(dir, m[0]), filepath.Join(dir, m[1])); err != nil {
					t.Fatal(err)
				}
			}
			plan := fmt.Sprintf(`{"fresh":%q,"aside":%q,"names":["db","journal","media","format","db.note"]}`, p.Fresh, p.Aside)
			if err := writeWhole(filepath.Join(dir, swapFile), []byte(plan)); err != nil {
				t.Fatal(err)
			}
			for range 2 { // the second time there is nothing to do
				if err := FinishRestore(dir); err != nil {
					t.Fatalf("after %d moves: %v", at, err)
				}
			}
			for _, n := range []string{"db", "journal", "media", "format"} {
				if b, err := os.ReadFile(filepath.Join(dir, n, "of")); err != nil || string(b) != "new" {
					t.Errorf("after %d moves: %s is %q, %v", at, n, b, err)
				}
			}
			for _, n := range old {
				if b, err := os.ReadFile(filepath.Join(dir, p.Aside, n, "of")); err != nil || string(b) != "old" {
					t.Errorf("after %d moves: the old %s is %q, %v", at, n, b, err)
				}
			}
			wantNames := 5
			if !had {
				wantNames = 4
			}
			if got := names(t, dir); len(got) != wantNames {
				t.Errorf("after %d moves: %q", at, got)
			}
		}
	}
}

func TestHostileSwapPlan(t *testing.T) {
	for _, plan := range []string{
		`{"fresh":"../x","aside":"before-restore-1","names":["db"]}`,
		`{"fresh":"restore-00000000","aside":"/etc","names":["db"]}`,
		`{"fresh":"restore-00000000","aside":"before-restore-1","names":["../../home"]}`,
		`{"fresh":"restore-00000000","aside":"before-restore-1","names":["."]}`,
		`{"fresh":"restore-00000000","aside":"before-restore-1","names":null}`,
		`{`,
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, swapFile), []byte(plan), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := FinishRestore(dir); err == nil {
			t.Errorf("%s was followed", plan)
		}
	}
}
