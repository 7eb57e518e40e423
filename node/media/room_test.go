package media

import (
	"bytes"
	"io/fs"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"camp/node/camp"
)

// inFolder adds up what lies in the media folder.
func inFolder(t *testing.T, r *rig) (bytes int64) {
	t.Helper()
	err := filepath.WalkDir(r.folder(), func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil // not there yet, or gone meanwhile
		}
		st, err := d.Info()
		if err == nil {
			bytes += st.Size()
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return bytes
}

// The disk fills while an upload comes in, or while it is looked at: it is refused
// with the disk's words before it takes what is left, and nothing of it stays.
func TestRoomIsAskedForAllAlong(t *testing.T) {
	full := camp.NewFault(camp.Full, "store.no_media.say", nil)
	noise := make([]byte, MaxBytes-1)
	if _, err := rand.NewChaCha8([32]byte{1}).Read(noise); err != nil {
		t.Fatal(err)
	}
	for name, row := range map[string]struct {
		upload []byte
		room   func(r *rig, asked int) bool
		most   int64 // bytes that it ever took
	}{
		"while it comes":    {noise, func(r *rig, _ int) bool { return inFolder(t, r) < 3<<20 }, 3<<20 + roomStep},
		"before it is kept": {pngOf(t, photo(64, 64)), func(_ *rig, asked int) bool { return asked < 3 }, 1 << 20},
	} {
		r := newRig(t)
		asked, most := 0, int64(0)
		r.opt.Allowed = func() error {
			asked++
			most = max(most, inFolder(t, r))
			if !row.room(r, asked) {
				return full
			}
			return nil
		}
		_, err := r.Take(t.Context(), mara, bytes.NewReader(row.upload), false)
		if f := camp.AsFault(err); f == nil || f.Kind != camp.Full || f.Say != full.Say {
			t.Errorf("%s: %v", name, err)
		}
		if got := inFolder(t, r); got != 0 || len(r.store.media) != 0 {
			t.Errorf("%s: %d bytes and %d rows are left", name, got, len(r.store.media))
		}
		if most > row.most {
			t.Errorf("%s: it took %d bytes, at most %d", name, most, row.most)
		}
		r.opt.Allowed = func() error { return nil }
		if _, err := r.Take(t.Context(), mara, bytes.NewReader(pngOf(t, photo(64, 64))), false); err != nil {
			t.Errorf("%s: with room again: %v", name, err)
		}
	}
}

// So many stored files are open for readers and no more; one that was closed
// makes room for the next.
func TestOpenFilesAreBounded(t *testing.T) {
	r := newRig(t)
	r.read = newReading(2)
	f, err := r.Take(t.Context(), mara, bytes.NewReader(pngOf(t, photo(64, 64))), false)
	if err != nil {
		t.Fatal(err)
	}
	_, first, err := r.Open(t.Context(), mara, f.ID, false)
	if err != nil {
		t.Fatal(err)
	}
	_, second, err := r.Show(f)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = r.Open(t.Context(), mara, f.ID, false)
	if got := camp.AsFault(err); got == nil || got.Kind != camp.Offline || got.Say != "media.busy.say" {
		t.Errorf("one too many: %v", err)
	}
	_ = first.Close()
	_ = first.Close() // twice is once
	_, third, err := r.Open(t.Context(), mara, f.ID, false)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := r.Show(f); err == nil {
		t.Error("a place was given back twice")
	}
	_ = second.Close()
	_ = third.Close()
}
