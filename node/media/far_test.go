package media

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/gif"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"camp/node/camp"
)

// abroad is a world of files by address.
type abroad struct {
	mu    sync.Mutex // guards what follows
	files map[string][]byte
	asked map[string]int
	most  map[string]int64
	err   error
	gate  chan struct{} // where not nil, a fetch waits for it
}

func (a *abroad) fetch(ctx context.Context, url string, most int64) ([]byte, string, error) {
	a.mu.Lock()
	a.asked[url]++
	a.most[url] = most
	b, err, gate := a.files[url], a.err, a.gate
	a.mu.Unlock()
	if gate != nil {
		select {
		case <-gate:
		case <-ctx.Done():
			return nil, "", ctx.Err()
		}
	}
	if err == nil && b == nil {
		err = errors.New("404")
	}
	return b, "text/html", err // what is said is not believed
}

type farHouse struct {
	*Media
	world *abroad
	now   atomic.Int64
	shut  atomic.Pointer[camp.Domain]
	gone  sync.Map
	room  atomic.Int64
}

var someone = camp.Actor{Member: 7, Role: camp.RoleMember}

func newFarHouse(t *testing.T) *farHouse {
	t.Helper()
	h := &farHouse{world: &abroad{files: map[string][]byte{}, asked: map[string]int{}, most: map[string]int64{}}}
	h.now.Store(time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC).Unix())
	now := func() time.Time { return time.Unix(h.now.Load(), 0).UTC() }
	h.Media = New(Options{
		Store: newFakeStore(now), Dir: t.TempDir(), Now: now, Rand: strings.NewReader(""), Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Limit: time.Minute, Fetch: h.world.fetch, FarRoom: h.room.Load,
		Shows: func(d camp.Domain) bool { shut := h.shut.Load(); return shut == nil || d != *shut },
		There: func(_ context.Context, id camp.PostID) (bool, error) { _, gone := h.gone.Load(id); return !gone, nil },
	})
	return h
}

func (h *farHouse) later(d time.Duration) { h.now.Add(int64(d / time.Second)) }

func attached(url string, post camp.PostID) camp.FarFile {
	return camp.FarFile{At: "far.example", URL: url, Use: camp.FarAttached, Post: post}
}

func (h *farHouse) read(t *testing.T, f camp.FarFile, small bool) (camp.MediaFile, []byte) {
	t.Helper()
	m, file, err := h.OpenFar(t.Context(), someone, f, small)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	b, err := io.ReadAll(file)
	if err != nil {
		t.Fatal(err)
	}
	return m, b
}

// aPNG draws a picture.
func aPNG(t *testing.T, w, h int) []byte {
	t.Helper()
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for i := range m.Pix {
		m.Pix[i] = byte(i/7) | 3
	}
	return pngOf(t, m)
}

func TestFarPicture(t *testing.T) {
	h := newFarHouse(t)
	raw := append(aPNG(t, 700, 500), "secret place"...)
	h.world.files["https://cdn.example/a"] = raw
	f := attached("https://cdn.example/a", 5)
	m, full := h.read(t, f, false)
	if bytes.Contains(full, []byte("secret place")) || !strings.HasPrefix(m.Type, "image/") || m.Bytes != int64(len(full)) {
		t.Errorf("the picture is not made anew: %+v", m)
	}
	_, small := h.read(t, f, true)
	pic, _, err := image.DecodeConfig(bytes.NewReader(small))
	if err != nil || pic.Width != smallSide {
		t.Errorf("small version: %+v, %v", pic, err)
	}
	if n := h.world.asked[f.URL]; n != 1 {
		t.Errorf("fetched %d times, want once", n)
	}
	if h.world.most[f.URL] != farFilm {
		t.Errorf("most = %d", h.world.most[f.URL])
	}
	f.Type = "image/png"
	f.URL = "https://cdn.example/b"
	h.world.files[f.URL] = raw
	h.read(t, f, false)
	if h.world.most[f.URL] != MaxBytes {
		t.Errorf("of a picture at most %d bytes are asked for, got %d", int64(MaxBytes), h.world.most[f.URL])
	}
}

func TestFarNotForNobody(t *testing.T) {
	h := newFarHouse(t)
	h.world.files["https://cdn.example/a"] = aPNG(t, 10, 10)
	far := camp.Domain("far.example")
	for what, try := range map[string]func() error{
		"nobody": func() error {
			_, _, err := h.OpenFar(t.Context(), camp.Actor{}, attached("https://cdn.example/a", 5), false)
			return err
		},
		"no address": func() error { _, _, err := h.OpenFar(t.Context(), someone, attached("", 5), false); return err },
		"a way out": func() error {
			f := attached("https://cdn.example/a", 5)
			f.At = "../../x"
			_, _, err := h.OpenFar(t.Context(), someone, f, false)
			return err
		},
		"no use": func() error {
			f := attached("https://cdn.example/a", 5)
			f.Use = 0
			_, _, err := h.OpenFar(t.Context(), someone, f, false)
			return err
		},
		"a server kept away": func() error {
			h.shut.Store(&far)
			defer h.shut.Store(nil)
			_, _, err := h.OpenFar(t.Context(), someone, attached("https://cdn.example/a", 5), false)
			return err
		},
	} {
		if f := camp.AsFault(try()); f == nil || f.Kind != camp.NotFound {
			t.Errorf("%s: %v, want not found", what, f)
		}
	}
	if len(h.world.asked) != 0 {
		t.Errorf("asked for %v", h.world.asked)
	}
}

func TestFarRefused(t *testing.T) {
	big := make([]byte, MaxBytes+1)
	copy(big, aPNG(t, 10, 10))
	tooLarge := aPNG(t, 10, 10)
	binary.BigEndian.PutUint32(tooLarge[16:], 9000)
	binary.BigEndian.PutUint32(tooLarge[20:], 9000)
	for name, row := range map[string]struct {
		b   []byte
		use camp.FarUse
	}{
		"a page": {[]byte("<!doctype html><script>x</script>"), camp.FarAttached}, "a drawing": {[]byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="x"/>`), camp.FarAttached},
		"nothing": {[]byte{}, camp.FarAttached}, "cut": {aPNG(t, 100, 100)[:60], camp.FarAttached}, "too many pixels": {tooLarge, camp.FarAttached}, "too many bytes": {big, camp.FarAttached},
		"a film as a face": {[]byte("\x00\x00\x00\x18ftypmp42 and more"), camp.FarFace},
	} {
		h := newFarHouse(t)
		f := camp.FarFile{At: "far.example", URL: "https://far.example/x", Use: row.use, Post: 5, Who: 6}
		h.world.files[f.URL] = row.b
		for range 3 {
			if _, _, err := h.OpenFar(t.Context(), someone, f, false); camp.AsFault(err) == nil || camp.AsFault(err).Kind != camp.NotFound {
				t.Errorf("%s: %v, want not found", name, err)
			}
		}
		if n := h.world.asked[f.URL]; n != 1 {
			t.Errorf("%s: asked %d times at once, want once", name, n)
		}
		h.later(farAgain)
		_, _, _ = h.OpenFar(t.Context(), someone, f, false)
		if n := h.world.asked[f.URL]; n != 2 {
			t.Errorf("%s: asked %d times after a while, want twice", name, n)
		}
		if list, _, err := h.farFiles(); err != nil || len(list) != 0 {
			t.Errorf("%s: %v is kept, %v", name, list, err)
		}
	}
}

func TestFarKinds(t *testing.T) {
	for _, row := range []struct{ head, said, want string }{
		{"\x00\x00\x00\x18ftypmp42", "", "video/mp4"},
		{"\x00\x00\x00\x18ftypM4A ", "audio/mp4", "audio/mp4"},
		{"\x1a\x45\xdf\xa3", "video/webm", "video/webm"},
		{"\x1a\x45\xdf\xa3", "audio/webm", "audio/webm"},
		{"OggS", "", "audio/ogg"},
		{"OggS", "video/ogg", "video/ogg"},
		{"ID3\x04", "", "audio/mpeg"},
		{"\xff\xfb\x90", "text/html", "audio/mpeg"},
		{"\x00\x00\x00\x18ftypavif", "image/avif", ""},
		{"<svg", "image/svg+xml", ""},
		{"<html", "video/mp4", ""},
		{"", "image/png", ""},
		{"\xff\xd8\xff", "video/mp4", "image/jpeg"},
	} {
		if got := farType([]byte(row.head), row.said); got != row.want {
			t.Errorf("%q said to be %q is %q, want %q", row.head, row.said, got, row.want)
		}
	}
	h := newFarHouse(t)
	film := []byte("\x00\x00\x00\x18ftypmp42" + strings.Repeat("film", 1000))
	h.world.files["https://far.example/f"] = film
	m, b := h.read(t, attached("https://far.example/f", 5), false)
	if m.Type != "video/mp4" || !bytes.Equal(b, film) {
		t.Errorf("a film comes back as %s, %d bytes", m.Type, len(b))
	}
}

// A face is square, what stands in a line is small and still.
func TestFarFacesAndEmoji(t *testing.T) {
	h := newFarHouse(t)
	h.world.files["https://far.example/face"] = aPNG(t, 500, 420)
	_, b := h.read(t, camp.FarFile{At: "far.example", URL: "https://far.example/face", Use: camp.FarFace, Who: 9}, false)
	if c, _, err := image.DecodeConfig(bytes.NewReader(b)); err != nil || c.Width != faceSide || c.Height != faceSide {
		t.Errorf("face: %+v, %v", c, err)
	}
	var moving bytes.Buffer
	frame := image.NewPaletted(image.Rect(0, 0, 300, 300), color.Palette{color.Black, color.White})
	if err := gif.EncodeAll(&moving, &gif.GIF{Image: []*image.Paletted{frame, frame}, Delay: []int{1, 1}}); err != nil {
		t.Fatal(err)
	}
	h.world.files["https://far.example/emoji"] = moving.Bytes()
	_, b = h.read(t, camp.FarFile{At: "far.example", URL: "https://far.example/emoji", Use: camp.FarEmoji}, false)
	if c, _, err := image.DecodeConfig(bytes.NewReader(b)); err != nil || c.Width != emojiSide {
		t.Errorf("emoji: %+v, %v", c, err)
	}
	if g, err := gif.DecodeAll(bytes.NewReader(b)); err == nil && len(g.Image) > 1 {
		t.Error("an emoji moves")
	}
	for url, most := range h.world.most {
		if most != farSmall {
			t.Errorf("%s: at most %d bytes, want %d", url, most, farSmall)
		}
	}
}

// Many who look at once fetch once; where the first goes away, another goes on.
func TestFarFetchedOnce(t *testing.T) {
	h := newFarHouse(t)
	f := attached("https://far.example/a", 5)
	h.world.files[f.URL] = aPNG(t, 20, 20)
	h.world.gate = make(chan struct{})
	ctx, leave := context.WithCancel(t.Context())
	first := make(chan error, 1)
	var wg sync.WaitGroup
	wg.Go(func() { _, _, err := h.OpenFar(ctx, someone, f, false); first <- err })
	for busy := false; !busy; {
		h.far.mu.Lock()
		busy = len(h.far.coming) == 1
		h.far.mu.Unlock()
	}
	var good atomic.Int64
	for range 8 {
		wg.Go(func() {
			if _, file, err := h.OpenFar(t.Context(), someone, f, false); err == nil {
				good.Add(1)
				_ = file.Close()
			}
		})
	}
	leave()
	if err := <-first; err == nil {
		t.Error("who went away got it")
	}
	close(h.world.gate)
	wg.Wait()
	if good.Load() != 8 || h.world.asked[f.URL] > 2 {
		t.Errorf("%d of 8 got it, fetched %d times", good.Load(), h.world.asked[f.URL])
	}
}

func TestFarRoom(t *testing.T) {
	h := newFarHouse(t)
	h.room.Store(50_000)
	film := func(n int) []byte { return append([]byte("\x00\x00\x00\x18ftypmp42"), make([]byte, n)...) }
	url := func(i int) string { return "https://far.example/" + string(rune('a'+i)) }
	for i := range 5 {
		h.world.files[url(i)] = film(9_900)
		h.read(t, attached(url(i), camp.PostID(i+1)), false)
		h.later(2 * time.Hour)
	}
	h.read(t, attached(url(0), 1), false) // looked at again: the second is the oldest now
	h.world.files[url(5)] = film(9_900)
	h.read(t, attached(url(5), 6), false)
	list, sum, err := h.farFiles()
	if err != nil || sum > 50_000 {
		t.Fatalf("%d bytes are kept, %v", sum, err)
	}
	left := map[camp.PostID]bool{}
	for _, e := range list {
		left[e.post] = true
	}
	if !left[1] || left[2] || !left[6] {
		t.Errorf("left are %v; the one nobody looked at for longest must go first", left)
	}
	h.read(t, attached(url(1), 2), false)
	if h.world.asked[url(1)] != 2 {
		t.Error("what went is not fetched again")
	}
}

func TestFarErased(t *testing.T) {
	h := newFarHouse(t)
	pic := aPNG(t, 660, 100)
	h.world.files["https://far.example/a"] = pic
	other := attached("https://far.example/a", 8)
	other.At = "else.example"
	face := camp.FarFile{At: "far.example", URL: "https://far.example/a", Use: camp.FarFace, Who: 9}
	all := []camp.FarFile{attached("https://far.example/a", 5), attached("https://far.example/a", 6), other, face}
	for _, f := range all {
		h.read(t, f, false)
	}
	there := func() string {
		out := ""
		for _, f := range all {
			path, err := h.farPath(f)
			if err != nil {
				t.Fatal(err)
			}
			_, err = os.Stat(path)
			_, serr := os.Stat(path + smallMark)
			if f.Use == camp.FarAttached && (err == nil) != (serr == nil) {
				t.Errorf("%v: one of two sizes is left", f)
			}
			out += map[bool]string{true: "1", false: "0"}[err == nil]
		}
		return out
	}
	for _, step := range []struct {
		what string
		do   func()
		want string
	}{
		{"nothing", func() {}, "1111"},
		{"a post went", func() { h.gone.Store(camp.PostID(5), true) }, "0111"},
		{"a server is kept away", func() { d := camp.Domain("else.example"); h.shut.Store(&d) }, "0101"},
		{"nobody looked for two weeks", func() { h.later(13 * 24 * time.Hour); h.read(t, face, false); h.later(2 * 24 * time.Hour) }, "0001"},
	} {
		step.do()
		if _, err := h.EraseFar(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := there(); got != step.want {
			t.Errorf("after %s: %s, want %s", step.what, got, step.want)
		}
	}
	if _, err := os.Stat(filepath.Join(h.farFolder(), "d-else.example")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the name of a server kept away is still on the disk: %v", err)
	}
}
