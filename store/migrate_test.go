package store

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"camp/node/camp"
)

var update = flag.Bool("update", false, "write testdata anew")

// growing is a history of formats that changes the rows below try/m/ in slices:
// step 2 doubles a letter, step 3 adds an end.
func growing(steps int) []migration {
	grow := func(done func(string) bool, to func(string) string) func(*Tx) (bool, error) {
		return func(tx *Tx) (bool, error) {
			var keys [][]byte
			var values []string
			err := tx.scan(tryKey("m/"), nil, false, func(k, v []byte) bool {
				if !done(string(v)) {
					keys, values = append(keys, append([]byte(nil), k...)), append(values, string(v))
				}
				return len(keys) < 7
			})
			for i, k := range keys {
				if err := tx.put(k, []byte(to(values[i]))); err != nil {
					return false, err
				}
			}
			return len(keys) == 0, err
		}
	}
	return append([]migration{migrations[0]},
		migration{to: 2, name: "double", do: grow(
			func(v string) bool { return strings.HasPrefix(v, "xx") },
			func(v string) string { return "x" + v })},
		migration{to: 3, name: "end", do: grow(
			func(v string) bool { return strings.HasSuffix(v, "!") },
			func(v string) string { return v + "!" })})[:steps]
}

func migrateRows(t *testing.T, db *DB) string {
	t.Helper()
	seen := map[string]int{}
	err := db.View(t.Context(), func(tx *Tx) error {
		n, err := tx.schema()
		seen[fmt.Sprint("format ", n)]++
		for _, r := range listTry(t, tx, "m/", "", false) {
			_, v, _ := strings.Cut(r, "=")
			seen[v]++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(seen)
}

func oldStore(t *testing.T, rows int) Options {
	t.Helper()
	opt := testOptions(t, t.TempDir())
	db := openTest(t, opt)
	for i := range rows {
		mustPut(t, db, fmt.Sprintf("m/%03d", i), "x")
	}
	closeTest(t, db)
	return opt
}

func TestUpgrade(t *testing.T) {
	opt := oldStore(t, 20)
	asked := 0
	opt.BeforeUpgrade = func(ctx context.Context, db *DB) error {
		asked++
		if got := migrateRows(t, db); got != "map[format 1:1 x:20]" {
			t.Errorf("before: %s", got)
		}
		return nil
	}
	opt.testOnlyMigrations = growing(3)
	db := openTest(t, opt)
	if got := migrateRows(t, db); got != "map[format 3:1 xx!:20]" {
		t.Errorf("after: %s", got)
	}
	if n, err := readFormat(opt.Dir); n != 3 || err != nil {
		t.Errorf("format file %d %v", n, err)
	}
	seq := db.Seq()
	closeTest(t, db)
	db = openTest(t, opt)
	if db.Seq() != seq || asked != 1 {
		t.Errorf("a second start did it again: %d, %d, asked %d", seq, db.Seq(), asked)
	}
	closeTest(t, db)
	// The older program refuses, untouched; the rows and the journal are as they were.
	opt.testOnlyMigrations = nil
	before := fingerprint(t, opt.Dir)
	if kind, say := faultOf(openErr(t, opt)); kind != camp.Conflict || say != "store.newer.say" {
		t.Errorf("%s %s", kind, say)
	}
	unchanged(t, "older program", before, fingerprint(t, opt.Dir))
}

func TestUpgradeOfANewStoreIsOneRow(t *testing.T) {
	opt := testOptions(t, t.TempDir())
	opt.testOnlyMigrations = growing(3)
	opt.BeforeUpgrade = func(context.Context, *DB) error { t.Error("asked about a new store"); return nil }
	db := openTest(t, opt)
	if got := migrateRows(t, db); got != "map[format 3:1]" {
		t.Errorf("%s", got)
	}
}

func TestUpgradeIsDeclined(t *testing.T) {
	opt := oldStore(t, 3)
	opt.testOnlyMigrations = growing(3)
	opt.BeforeUpgrade = func(context.Context, *DB) error { return errors.New("no backup") }
	if openErr(t, opt) == nil {
		t.Error("upgraded without the backup")
	}
	opt.testOnlyMigrations, opt.BeforeUpgrade = nil, nil
	db := openTest(t, opt) // and the older program still opens it
	if got := migrateRows(t, db); got != "map[format 1:1 x:3]" {
		t.Errorf("%s", got)
	}
}

// TestUpgradeKilled ends the upgrade after each of its syncs, as a kill does. The
// older program must then refuse and write nothing, and the next start of the
// newer one must finish it (reliability.md 11: 20 points).
func TestUpgradeKilled(t *testing.T) {
	rows, least := 20, 8
	if longTests {
		rows, least = 70, 20
	}
	base := oldStore(t, rows)
	want := fmt.Sprintf("map[format 3:1 xx!:%d]", rows)
	for point := 1; ; point++ {
		dir := t.TempDir()
		copyTree(t, base.Dir, dir)
		opt := testOptions(t, dir)
		opt.testOnlyMigrations = growing(3)
		killed := t.TempDir()
		b, n := newBrittle(), 0
		b.set(func() {
			b.sync = func(string) error {
				if n++; n == point {
					copyTree(t, dir, killed)
				}
				return nil
			}
		})
		opt.files = b
		closeTest(t, openTest(t, opt))
		if n < point {
			t.Logf("killed at %d points", point-1)
			if point <= least {
				t.Error("too few")
			}
			return
		}
		before := stamps(t, killed)
		if kind, say := faultOf(openErr(t, testOptions(t, killed))); kind != camp.Conflict || say != "store.newer.say" {
			t.Errorf("point %d: the older program says %s %s", point, kind, say)
		}
		if after := stamps(t, killed); !maps.Equal(before, after) {
			t.Errorf("point %d: the older program wrote something", point)
		}
		opt.Dir, opt.files = killed, nil
		db := openTest(t, opt)
		if got := migrateRows(t, db); got != want {
			t.Errorf("point %d: %s", point, got)
		}
		closeTest(t, db)
	}
}

func TestMigrationsAreInOrder(t *testing.T) {
	for i, m := range migrations {
		if m.to != i+1 || m.name == "" || m.do == nil {
			t.Errorf("step %d goes to %d", i, m.to)
		}
	}
}

// TestOldReleases opens the small store that each release left behind.
func TestOldReleases(t *testing.T) {
	if *update {
		writeRelease(t)
	}
	dirs, err := filepath.Glob("testdata/v*")
	if err != nil || len(dirs) != formatNow(migrations) {
		t.Fatalf("%v: one folder for each format, %v", dirs, err)
	}
	for _, from := range dirs {
		t.Run(filepath.Base(from), func(t *testing.T) {
			dir := t.TempDir()
			copyTree(t, from, dir)
			var size int
			for _, b := range fingerprint(t, dir) {
				size += len(b)
			}
			if size > 300_000 {
				t.Errorf("%d bytes", size)
			}
			db := openTest(t, testOptions(t, dir))
			if len(db.Needs()) > 1 || len(db.Needs()) == 1 && clockAsked(db) == "" { // it was used long ago
				t.Errorf("needs %v", db.Needs())
			}
			checkRelease(t, db)
			mustPut(t, db, "after", "x")
			// And made anew from its journal alone, it is the same.
			copied := t.TempDir()
			copyTree(t, from, copied)
			if err := os.RemoveAll(filepath.Join(copied, "db")); err != nil {
				t.Fatal(err)
			}
			checkRelease(t, openTest(t, testOptions(t, copied)))
		})
	}
}

func releasePost(i int) camp.Post {
	id := camp.PostID(uint64(1_795_000_000_000+i*60_000) << 16)
	p := camp.Post{ID: id, Author: 1, Audience: camp.AudienceCamp, Text: fmt.Sprint("A walk along the river, part ", i), Root: id}
	if i%3 == 2 {
		p.ReplyTo = id - 60_000<<16
		p.Root = p.ReplyTo
	}
	return p
}

const releasePosts = 60

// writeRelease makes testdata/vN of the format of today, once, before a release.
func writeRelease(t *testing.T) {
	t.Helper()
	opt := testOptions(t, t.TempDir())
	opt.segmentBytes = 8 << 10
	db := openTest(t, opt)
	err := db.Update(t.Context(), func(tx *Tx) error {
		return errors.Join(tx.PutHouse(camp.House{Name: "Old oak", Slug: "old-oak", Host: 1}),
			tx.PutMember(camp.Member{ID: 1, Name: "ada", Display: "Ada", Role: camp.RoleHost, Standing: camp.Joined}))
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range releasePosts {
		if err := db.Update(t.Context(), func(tx *Tx) error { return tx.PutPost(releasePost(i), nil) }); err != nil {
			t.Fatal(err)
		}
	}
	closeTest(t, db)
	to := fmt.Sprintf("testdata/v%d", formatNow(migrations))
	putBack(t, opt.Dir, to)
	if err := removeAll(to, lockName, "db/LOCK", "db/DISCARD", "db/000001.vlog"); err != nil {
		t.Fatal(err)
	}
}

func checkRelease(t *testing.T, db *DB) {
	t.Helper()
	err := db.View(t.Context(), func(tx *Tx) error {
		h, ok, err := tx.House()
		if err != nil || !ok || h.Name != "Old oak" {
			t.Errorf("house %+v %v %v", h, ok, err)
		}
		m, ok, err := tx.MemberByName("ada")
		if err != nil || !ok || m.Role != camp.RoleHost {
			t.Errorf("member %+v %v %v", m, ok, err)
		}
		for i := range releasePosts {
			want := releasePost(i)
			p, ok, err := tx.Post(want.ID)
			if err != nil || !ok || p.Text != want.Text || p.ReplyTo != want.ReplyTo {
				t.Errorf("post %d: %+v %v %v", i, p, ok, err)
			}
		}
		fire, err := tx.Fire(camp.Page{Limit: 40})
		if len(fire) != 40 {
			t.Errorf("%d posts at the fire", len(fire))
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
