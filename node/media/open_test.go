package media

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"camp/node/camp"
)

func TestWhoMayOpen(t *testing.T) {
	r := newRig(t)
	b := jpegOf(t, photo(800, 60))
	take := func(avatar bool) camp.MediaID {
		f, err := r.Take(t.Context(), mara, bytes.NewReader(b), avatar)
		if err != nil {
			t.Fatal(err)
		}
		return f.ID
	}
	loose, face, posted, letter := take(false), take(true), take(false), take(false)
	for id, post := range map[camp.MediaID]camp.PostID{posted: 5, letter: 6} {
		f := r.store.media[id]
		f.Post = post
		r.store.media[id] = f
	}
	r.opt.MaySee = func(_ context.Context, reader camp.Actor, f camp.MediaFile) (bool, error) {
		return f.Post == 5 || f.Post == 6 && reader.Member == mara.Member, nil
	}
	nobody := camp.Actor{}
	waiting := camp.Actor{Member: 9, Role: "waiting"}
	_, _, never := r.Open(t.Context(), mara, "aaaaaaaaaaaaaaaaaaaaaaaaaa", false)
	for _, c := range []struct {
		name string
		who  camp.Actor
		id   camp.MediaID
		want bool
	}{
		{"own upload", mara, loose, true},
		{"somebody else's upload", tom, loose, false},
		{"a face", tom, face, true},
		{"a face, for nobody", nobody, face, false},
		{"a face, for somebody waiting", waiting, face, false},
		{"a camp post", tom, posted, true},
		{"a camp post, for nobody", nobody, posted, false},
		{"a camp post, for somebody waiting", waiting, posted, false},
		{"a letter, for its author", mara, letter, true},
		{"a letter, for another", tom, letter, false},
	} {
		for _, small := range []bool{false, true} {
			_, body, err := r.Open(t.Context(), c.who, c.id, small)
			if (err == nil) != c.want {
				t.Errorf("%s: %v", c.name, err)
			}
			if body != nil {
				_ = body.Close()
			}
			if err != nil && (err.Error() != never.Error() || camp.AsFault(err).Kind != camp.NotFound) {
				t.Errorf("%s: a refusal differs from an id that never was: %v", c.name, err)
			}
		}
	}
	r.opt.MaySee = nil
	if _, _, err := r.Open(t.Context(), mara, posted, false); err == nil {
		t.Error("with nobody to ask, a post's picture was shown")
	}
	r.opt.MaySee = func(context.Context, camp.Actor, camp.MediaFile) (bool, error) { return true, errors.New("disk") }
	if _, _, err := r.Open(t.Context(), mara, posted, false); err == nil {
		t.Error("an error of the check showed the picture")
	}
}

// TestOnlyOurTypes puts other things where a picture lay.
func TestOnlyOurTypes(t *testing.T) {
	for name, b := range map[string]string{"html": "<!doctype html><script>", "svg": "<svg onload=x>", "empty": "", "short": "\xff\xd8"} {
		r := newRig(t)
		f, err := r.Take(t.Context(), mara, bytes.NewReader(jpegOf(t, photo(50, 50))), false)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(r.path(f.Hash), []byte(b), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, _, err := r.Open(t.Context(), mara, f.ID, false); camp.AsFault(err) == nil {
			t.Errorf("%s was served", name)
		}
	}
	r := newRig(t)
	r.store.media["bbbbbbbbbbbbbbbbbbbbbbbbbb"] = camp.MediaFile{ID: "bbbbbbbbbbbbbbbbbbbbbbbbbb", Owner: mara.Member, Hash: "../../../../etc/passwd"}
	if _, _, err := r.Open(t.Context(), mara, "bbbbbbbbbbbbbbbbbbbbbbbbbb", false); err == nil {
		t.Error("a hash that leaves the folder was followed")
	}
}

func TestErase(t *testing.T) {
	r := newRig(t)
	take := func(w int) camp.MediaFile {
		f, err := r.Take(t.Context(), mara, bytes.NewReader(jpegOf(t, photo(w, 60))), false)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	post := func(f camp.MediaFile) {
		f.Post = 5
		r.store.media[f.ID] = f
	}
	gone, twice, stays := take(800), take(801), take(802)
	again := take(801)
	post(gone)
	post(twice)
	post(again)
	post(stays)
	old := take(803)
	erase := func(want int) {
		t.Helper()
		n, err := r.Erase(t.Context())
		if err != nil || n != want {
			t.Errorf("Erase = %d, %v; want %d", n, err, want)
		}
	}
	erase(0)
	drop := func(id camp.MediaID) {
		if err := r.store.Update(t.Context(), func(tx Tx) error { return tx.DropMedia(id) }); err != nil {
			t.Fatal(err)
		}
	}
	drop(gone.ID)
	drop(twice.ID)
	erase(2) // the picture and its small version; twice is still used by again
	drop(again.ID)
	erase(2)
	r.clock = r.clock.Add(23 * time.Hour)
	erase(0)
	young := take(804)
	r.clock = r.clock.Add(2 * time.Hour)
	erase(2) // old never got a post
	for f, want := range map[*camp.MediaFile]bool{&gone: false, &twice: false, &stays: true, &old: false, &young: true} {
		for _, h := range []string{f.Hash, f.Thumb} {
			if _, err := os.Stat(r.path(h)); (err == nil) != want {
				t.Errorf("file of width %d: %v, want %v", f.Width, err, want)
			}
		}
	}
	if len(r.store.orphans) != 0 {
		t.Errorf("still to be removed: %v", r.store.orphans)
	}
}

// TestTakenAgainWhileGoing uploads the bytes of a file that is to be removed.
func TestTakenAgainWhileGoing(t *testing.T) {
	r := newRig(t)
	b := jpegOf(t, photo(300, 200))
	one, err := r.Take(t.Context(), mara, bytes.NewReader(b), false)
	if err != nil {
		t.Fatal(err)
	}
	err = r.store.Update(t.Context(), func(tx Tx) error { return tx.DropMedia(one.ID) })
	if err != nil {
		t.Fatal(err)
	}
	two, err := r.Take(t.Context(), mara, bytes.NewReader(b), false)
	if err != nil {
		t.Fatal(err)
	}
	r.store.orphans[two.Hash] = true // as if it had been listed before
	if n, err := r.Erase(t.Context()); err != nil || n != 0 {
		t.Errorf("Erase = %d, %v", n, err)
	}
	stored(t, r, two, false)
}

// TestSweep leaves what crashes leave, and young files alone.
func TestSweep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.opt.Now = time.Now
		r.store.now = time.Now
		f, err := r.Take(t.Context(), mara, bytes.NewReader(jpegOf(t, photo(300, 200))), false)
		if err != nil {
			t.Fatal(err)
		}
		f.Post = 5
		r.store.media[f.ID] = f
		put := func(path string, age time.Duration) string {
			path = filepath.Join(r.folder(), path)
			if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte("x"), 0o600), os.Chtimes(path, time.Time{}, time.Now().Add(-age))); err != nil {
				t.Fatal(err)
			}
			return path
		}
		const h = "abcdefabcdefabcdefabcdefabcdefabcdefabcdefabcdefabcdefabcdefabcd"
		left := []string{put("take-123", 2*time.Hour), put("ab/take-9", 2*time.Hour), put("ab/"+h, 2*time.Hour)}
		young := []string{put("take-124", time.Minute), put("ab/"+h[:63]+"0", time.Minute), put("ab/notes.txt", 9*time.Hour)}
		kept := r.path(f.Hash)
		if err := os.Chtimes(kept, time.Time{}, time.Now().Add(-48*time.Hour)); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- r.Run(ctx) }()
		synctest.Wait()
		for _, path := range left {
			if _, err := os.Stat(path); err == nil {
				t.Errorf("%s was left", path)
			}
		}
		for _, path := range append(young, kept) {
			if _, err := os.Stat(path); err != nil {
				t.Errorf("%s was removed", path)
			}
		}
		f.ID = "cccccccccccccccccccccccccc"
		if err := r.store.Update(ctx, func(tx Tx) error { return tx.PutMedia(camp.MediaFile{ID: f.ID, Hash: f.Hash, Made: time.Now()}) }); err != nil {
			t.Fatal(err)
		}
		time.Sleep(25 * time.Hour)
		synctest.Wait()
		err = r.store.View(ctx, func(tx Tx) error {
			if _, ok, _ := tx.Media(f.ID); ok {
				t.Error("Run did not drop an upload of yesterday")
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(young[0]); err == nil {
			t.Error("Run swept only once")
		}
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
}

// Show opens what the caller judged, without asking who reads.
func TestShow(t *testing.T) {
	r := newRig(t)
	f, err := r.Take(t.Context(), mara, bytes.NewReader(jpegOf(t, photo(50, 50))), false)
	if err != nil {
		t.Fatal(err)
	}
	got, file, err := r.Show(f)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if b, err := io.ReadAll(file); err != nil || int64(len(b)) != got.Bytes || got.Type != "image/jpeg" {
		t.Errorf("%d bytes, %+v, %v", len(b), got, err)
	}
	f.Hash = strings.Repeat("a", 64)
	if _, _, err := r.Show(f); camp.AsFault(err).Kind != camp.NotFound {
		t.Errorf("of nothing: %v", err)
	}
}
