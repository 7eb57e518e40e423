package store_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"image"
	"image/color"
	"image/png"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"camp/assets"
	"camp/node/camp"
	"camp/node/export"
	"camp/node/media"
	"camp/store"
)

func openStore(t *testing.T, dir string) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), store.Options{Dir: dir, Now: time.Now, Rand: rand.Reader, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil && !errors.Is(err, store.ErrClosed) {
			t.Error(err)
		}
	})
	return db
}

func mediaOf(db *store.DB, dir string) *media.Media {
	return media.New(media.Options{
		Store: store.As[media.Tx](db), Dir: dir, Now: time.Now, Rand: rand.Reader, Log: slog.New(slog.DiscardHandler), Limit: time.Minute,
		MaySee: func(context.Context, camp.Actor, camp.MediaFile) (bool, error) { return true, nil },
	})
}

// TestPictureThroughBackup takes a picture in, posts it, and looks at it again
// in the camp that was brought back, and in the author's archive.
func TestPictureThroughBackup(t *testing.T) {
	dir, ctx := t.TempDir(), t.Context()
	db := openStore(t, dir)
	m := mediaOf(db, dir)
	phrase, err := store.NewPhrase(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	var who camp.Actor
	err = db.Update(ctx, func(tx *store.Tx) error {
		id := camp.MemberID(tx.NextID())
		who = camp.Actor{Member: id, Role: camp.RoleHost}
		return errors.Join(tx.PutHouse(camp.House{Name: "Oak", Slug: "oak", Fingerprint: "abcdefghijklmnop", Host: id, Language: "en"}),
			tx.PutKeys(camp.Keys{Phrase: phrase}),
			tx.PutMember(camp.Member{ID: id, Name: "mara", Display: "Mara", Role: camp.RoleHost, Standing: camp.Joined}))
	})
	if err != nil {
		t.Fatal(err)
	}
	posted, loose := take(t, m, who, 900), take(t, m, who, 700)
	var post camp.PostID
	err = db.Update(ctx, func(tx *store.Tx) error {
		post = camp.PostID(tx.NextID())
		posted.Post = post
		return errors.Join(tx.PutMedia(posted), tx.PutPost(camp.Post{
			ID: post, Root: post, Author: who.Member, Audience: camp.AudienceCamp, Text: "Look", Written: tx.Now(),
			Pictures: []camp.Picture{{ID: posted.ID, Alt: "stripes", Type: posted.Type}},
		}, nil))
	})
	if err != nil {
		t.Fatal(err)
	}
	want := bytesOf(t, m, who, posted.ID)
	file := filepath.Join(t.TempDir(), "a.campbackup")
	if _, err := store.Backup(ctx, db, store.BackupOptions{File: file, Pace: -1}); err != nil {
		t.Fatal(err)
	}
	back := filepath.Join(t.TempDir(), "back")
	if _, err := store.Restore(ctx, store.RestoreOptions{File: file, Phrase: phrase, Dir: back, Now: time.Now, Rand: rand.Reader, Log: slog.New(slog.DiscardHandler)}); err != nil {
		t.Fatal(err)
	}
	db2 := openStore(t, back)
	m2 := mediaOf(db2, back)
	for id, w := range map[camp.MediaID][]byte{posted.ID: want, loose.ID: bytesOf(t, m, who, loose.ID)} {
		if !bytes.Equal(bytesOf(t, m2, who, id), w) {
			t.Error("a picture is not what it was")
		}
	}
	inArchive(t, db2, m2, who, want)
	erased(t, db2, m2, back, posted)
}

// take uploads a striped picture of that width.
func take(t *testing.T, m *media.Media, who camp.Actor, w int) camp.MediaFile {
	t.Helper()
	pic := image.NewRGBA(image.Rect(0, 0, w, 300))
	for i := range w * 300 {
		pic.Set(i%w, i/w, color.RGBA{R: uint8(i % w), G: uint8(i / w), B: 99, A: 255})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, pic); err != nil {
		t.Fatal(err)
	}
	f, err := m.Take(t.Context(), who, &b, false)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func bytesOf(t *testing.T, m *media.Media, who camp.Actor, id camp.MediaID) []byte {
	t.Helper()
	_, body, err := m.Open(t.Context(), who, id, false)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(body)
	if err := errors.Join(err, body.Close()); err != nil {
		t.Fatal(err)
	}
	return b
}

func inArchive(t *testing.T, db *store.DB, m *media.Media, who camp.Actor, picture []byte) {
	t.Helper()
	a := export.New(export.Options{
		Store: store.As[export.Tx](db), Files: m, Now: time.Now, Log: slog.New(slog.DiscardHandler),
		Words: func(l string) (export.Words, error) { return assets.LoadWords(l) },
	})
	var b bytes.Buffer
	if err := a.Write(t.Context(), who, &b); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		if !strings.HasPrefix(f.Name, "media/") {
			continue
		}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		if err != nil || !bytes.Equal(got, picture) {
			t.Errorf("%s in the archive: %d bytes, %v", f.Name, len(got), err)
		}
		return
	}
	t.Error("no picture in the archive")
}

// erased drops the post's picture and looks for its files.
func erased(t *testing.T, db *store.DB, m *media.Media, dir string, f camp.MediaFile) {
	t.Helper()
	if err := db.Update(t.Context(), func(tx *store.Tx) error { return tx.DropMedia(f.ID) }); err != nil {
		t.Fatal(err)
	}
	if n, err := m.Erase(t.Context()); err != nil || n != 2 {
		t.Errorf("Erase = %d, %v", n, err)
	}
	for _, h := range []string{f.Hash, f.Thumb} {
		if _, err := os.Stat(filepath.Join(dir, "media", h[:2], h)); err == nil {
			t.Error("an erased picture is still on the disk")
		}
	}
}

// TestSlowBackup is the camp that TestKilledWhileBackingUp kills; by itself it
// has nothing to do.
func TestSlowBackup(t *testing.T) {
	dir := os.Getenv("CAMP_TEST_BACKUP_DIR")
	if dir == "" {
		return
	}
	db := openStore(t, dir)
	if _, err := store.Backup(t.Context(), db, store.BackupOptions{File: os.Getenv("CAMP_TEST_BACKUP_FILE"), Pace: 50_000}); err != nil {
		t.Fatal(err)
	}
}

// TestKilledWhileBackingUp kills the process half way: no file of the final name
// may be there, and the next backup is whole.
func TestKilledWhileBackingUp(t *testing.T) {
	dir, folder := t.TempDir(), t.TempDir()
	file := filepath.Join(folder, "a.campbackup")
	phrase, err := store.NewPhrase(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	db := openStore(t, dir)
	err = db.Update(t.Context(), func(tx *store.Tx) error {
		err := errors.Join(tx.PutHouse(camp.House{Name: "Oak", Slug: "oak", Fingerprint: "abcdefghijklmnop"}), tx.PutKeys(camp.Keys{Phrase: phrase}))
		for range 300 {
			id := camp.PostID(tx.NextID())
			err = errors.Join(err, tx.PutPost(camp.Post{ID: id, Root: id, Author: 1, Audience: camp.AudienceCamp, Text: strings.Repeat("wandelen ", 500), Written: tx.Now()}, nil))
		}
		return err
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestSlowBackup$")
	cmd.Env = append(os.Environ(), "CAMP_TEST_BACKUP_DIR="+dir, "CAMP_TEST_BACKUP_FILE="+file)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	began := func() bool {
		st, err := os.Stat(file + ".part")
		return err == nil && st.Size() > 500_000
	}
	for deadline := time.Now().Add(30 * time.Second); !began(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Error("the backup did not begin")
			break
		}
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Error(err)
	}
	_ = cmd.Wait() // killed
	if _, err := os.Stat(file); err == nil {
		t.Fatal("a half backup has the final name")
	}
	if _, err := store.CheckBackup(t.Context(), file+".part", phrase); camp.AsFault(err) == nil || camp.AsFault(err).Say != "backup.cut.say" {
		t.Errorf("the half one is taken for %v", err)
	}
	db = openStore(t, dir)
	if _, err := store.Backup(t.Context(), db, store.BackupOptions{File: file, Pace: -1}); err != nil {
		t.Fatal(err)
	}
	if box, err := store.CheckBackup(t.Context(), file, phrase); err != nil || box.Posts != 300 {
		t.Errorf("the next one: %+v, %v", box, err)
	}
	if _, err := os.Stat(file + ".part"); err == nil {
		t.Error("what the killed one left is still there")
	}
}
