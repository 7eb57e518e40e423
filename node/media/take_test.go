package media

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"image"
	"image/color"
	"image/gif"
	_ "image/jpeg"
	_ "image/png"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"camp/node/camp"
)

const canary = "CANARY-zwerfkei-52.0907N-5.1214E"

// stored gives what Open gives to its owner.
func stored(t *testing.T, r *rig, f camp.MediaFile, small bool) (camp.MediaFile, []byte) {
	t.Helper()
	g, body, err := r.Open(t.Context(), camp.Actor{Member: f.Owner, Role: camp.RoleMember}, f.ID, small)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	b, err := io.ReadAll(body)
	if err := errors.Join(err, body.Close()); err != nil {
		t.Fatal(err)
	}
	if g.Bytes != int64(len(b)) {
		t.Errorf("Bytes = %d, read %d", g.Bytes, len(b))
	}
	return g, b
}

// files lists what lies on the disk.
func files(t *testing.T, r *rig) (list []string) {
	t.Helper()
	err := filepath.WalkDir(r.opt.Dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			list = append(list, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// carriers are files that hold the canary in every place we know of.
func carriers(t testing.TB, w, h int) map[string][]byte {
	j := jpegOf(t, photo(w, h))
	p := pngOf(t, photo(w, h))
	html := "<!doctype html><script>alert('" + canary + "')</script>"
	var g bytes.Buffer
	pal := image.NewPaletted(image.Rect(0, 0, 30, 20), color.Palette{color.Black, color.White})
	pal.SetColorIndex(3, 3, 1)
	if err := gif.EncodeAll(&g, &gif.GIF{Image: []*image.Paletted{pal, pal}, Delay: []int{5, 0}}); err != nil {
		t.Fatal(err)
	}
	gifHead := 13 + table(g.Bytes()[10])
	moving := append(append([]byte(nil), g.Bytes()[:gifHead]...), []byte("\x21\xfe"+string(byte(len(canary)))+canary+"\x00"+
		"\x21\xff\x0bXMP DataXMP"+string(byte(len(canary)))+canary+"\x00")...)
	moving = append(append(moving, g.Bytes()[gifHead:]...), html...)
	return map[string][]byte{
		"jpeg exif little":  withSegments(j, segment(0xe1, "Exif\x00\x00"+exif(binary.LittleEndian, 1, canary))),
		"jpeg exif big":     withSegments(j, segment(0xe1, "Exif\x00\x00"+exif(binary.BigEndian, 1, canary))),
		"jpeg xmp":          withSegments(j, segment(0xe1, "http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta>"+canary+"</x:xmpmeta>")),
		"jpeg iptc":         withSegments(j, segment(0xed, "Photoshop 3.0\x008BIM\x04\x04\x00\x00\x00\x00"+canary)),
		"jpeg icc":          withSegments(j, segment(0xe2, "ICC_PROFILE\x00\x01\x01"+canary)),
		"jpeg comment":      withSegments(j, segment(0xfe, canary)),
		"jpeg every app":    withSegments(j, segment(0xe3, canary), segment(0xe8, canary), segment(0xef, canary), segment(0xec, "Ducky"+canary)),
		"jpeg jfif":         withSegments(j, segment(0xe0, "JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"+canary)),
		"jpeg after end":    append(append([]byte(nil), j...), html...),
		"jpeg html in it":   withSegments(j, segment(0xfe, html)),
		"png text":          withChunks(p, chunk("tEXt", "Comment\x00"+canary), chunk("iTXt", "XML:com.adobe.xmp\x00\x00\x00\x00\x00"+canary)),
		"png exif":          withChunks(p, chunk("eXIf", exif(binary.BigEndian, 1, canary))),
		"png unknown chunk": withChunks(p, chunk("raNd", canary)),
		"png after end":     append(append([]byte(nil), p...), html...),
		"gif moving":        moving,
		"webp":              webpWith(t, chunkRIFF("EXIF", exif(binary.LittleEndian, 1, canary))+chunkRIFF("XMP ", canary)),
	}
}

func TestNothingSurvivesButThePicture(t *testing.T) {
	for name, b := range carriers(t, 300, 200) {
		t.Run(name, func(t *testing.T) {
			if !bytes.Contains(b, []byte(canary)) {
				t.Fatal("the test's file holds no canary")
			}
			for _, avatar := range []bool{false, true} {
				r := newRig(t)
				f, err := r.Take(t.Context(), mara, bytes.NewReader(b), avatar)
				if err != nil {
					t.Fatalf("take: %v", err)
				}
				if f.Avatar != avatar || f.Owner != mara.Member || f.Post != 0 || !f.Made.Equal(r.clock) {
					t.Errorf("row = %+v", f)
				}
				list := files(t, r)
				if len(list) == 0 || len(list) > 2 {
					t.Errorf("files on disk: %q", list)
				}
				for _, path := range list {
					got, err := os.ReadFile(path)
					if err != nil {
						t.Fatal(err)
					}
					for _, bad := range []string{canary, "zwerfkei", "Exif", "ns.adobe", "Photoshop", "<script", "<!doctype", "tEXt", "iTXt", "eXIf", "ICC"} {
						if bytes.Contains(got, []byte(bad)) {
							t.Errorf("%s holds %q", path, bad)
						}
					}
					if _, _, err := image.Decode(bytes.NewReader(got)); err != nil {
						t.Errorf("%s cannot be decoded: %v", path, err)
					}
				}
				stored(t, r, f, false)
			}
		})
	}
}

// TestEveryTurn uploads the same scene held in each of the eight ways, and
// wants it upright each time: red on the left, green above blue on the right.
func TestEveryTurn(t *testing.T) {
	for turn := 1; turn <= 8; turn++ {
		for _, size := range []image.Point{{300, 200}, {2100, 1050}} {
			if size.X > longSide && (raced || turn != 3 && turn != 6) {
				continue // the turning comes after the shrinking; two of them will do
			}
			t.Run(fmt.Sprintf("%d of %v", turn, size), func(t *testing.T) {
				raw := held(photo(size.X, size.Y), turn)
				b := withSegments(jpegOf(t, raw), segment(0xe1, "Exif\x00\x00"+exif(binary.BigEndian, uint16(turn), canary)))
				r := newRig(t)
				f, err := r.Take(t.Context(), mara, bytes.NewReader(b), false)
				if err != nil {
					t.Fatal(err)
				}
				w, h := fit(size.X, size.Y, longSide)
				if f.Width != w || f.Height != h || f.Type != typeJPEG {
					t.Errorf("%s of %d x %d, want %d x %d", f.Type, f.Width, f.Height, w, h)
				}
				for _, small := range []bool{false, true} {
					g, got := stored(t, r, f, small)
					upright(t, got, g.Width, g.Height)
				}
			})
		}
	}
}

// held gives the scene as a camera's sensor saw it, so that the orientation
// turn makes it upright again.
func held(m *image.RGBA, turn int) *image.RGBA {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	rw, rh := w, h
	if sideways(turn) {
		rw, rh = h, w
	}
	out := image.NewRGBA(image.Rect(0, 0, rw, rh))
	for y := range rh {
		for x := range rw {
			dx, dy := turnedTo(x, y, rw, rh, turn)
			out.Set(x, y, m.At(dx, dy))
		}
	}
	return out
}

func upright(t *testing.T, b []byte, w, h int) {
	t.Helper()
	m, _, err := image.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	if m.Bounds() != image.Rect(0, 0, w, h) {
		t.Fatalf("bounds %v, said %d x %d", m.Bounds(), w, h)
	}
	for want, at := range map[string]image.Point{"red": {w / 4, h / 4}, "red ": {w / 4, 3 * h / 4}, "green": {3 * w / 4, h / 4}, "blue": {3 * w / 4, 3 * h / 4}} {
		r, g, bl, _ := m.At(at.X, at.Y).RGBA()
		got := "red"
		if g > r && g > bl {
			got = "green"
		} else if bl > r {
			got = "blue"
		}
		if got != strings.TrimSpace(want) {
			t.Errorf("at %v: %s, want %s", at, got, want)
		}
	}
}

// TestTurnIsTheStandards holds the eight ways against the standard's own words:
// where the stored picture's first row and first column are shown.
func TestTurnIsTheStandards(t *testing.T) {
	for turn, want := range map[int]struct{ row, column string }{
		1: {"top", "left"}, 2: {"top", "right"}, 3: {"bottom", "right"}, 4: {"bottom", "left"},
		5: {"left", "top"}, 6: {"right", "top"}, 7: {"right", "bottom"}, 8: {"left", "bottom"},
	} {
		const w, h = 5, 3
		dw, dh := w, h
		if sideways(turn) {
			dw, dh = h, w
		}
		side := func(on func(i int) (int, int)) string {
			x0, y0 := on(0)
			x1, y1 := on(1)
			switch {
			case x0 == x1 && x0 == 0:
				return "left"
			case x0 == x1 && x0 == dw-1:
				return "right"
			case y0 == y1 && y0 == 0:
				return "top"
			case y0 == y1 && y0 == dh-1:
				return "bottom"
			}
			return "inside"
		}
		row := side(func(i int) (int, int) { return turnedTo(i, 0, w, h, turn) })
		column := side(func(i int) (int, int) { return turnedTo(0, i, w, h, turn) })
		if row != want.row || column != want.column {
			t.Errorf("orientation %d: row 0 at the %s, column 0 at the %s; want %s and %s", turn, row, column, want.row, want.column)
		}
	}
}

func TestSizesAndKinds(t *testing.T) {
	clear := image.NewNRGBA(image.Rect(0, 0, 700, 700))
	for i := range clear.Pix {
		clear.Pix[i] = uint8(i * 7)
	}
	flat := image.NewRGBA(image.Rect(0, 0, 900, 500))
	for i := range flat.Pix {
		flat.Pix[i] = 255
	}
	for x := range 900 {
		flat.Set(x, x%500, color.RGBA{R: 20, G: 90, B: 170, A: 255})
	}
	for _, c := range []struct {
		name        string
		b           []byte
		avatar      bool
		typ         string
		w, h        int
		smallW      int // 0: no small version
		smallH      int
		seeThrough  bool
		opaqueThumb bool
	}{
		{"small photo", jpegOf(t, photo(640, 480)), false, typeJPEG, 640, 480, 0, 0, false, false},
		{"photo", jpegOf(t, photo(641, 480)), false, typeJPEG, 641, 480, 640, 479, false, false},
		{"large photo", jpegOf(t, photo(2200, 1100)), false, typeJPEG, 2048, 1024, 640, 320, false, false},
		{"one line", pngOf(t, photo(8000, 1)), false, typePNG, 2048, 1, 640, 1, false, false},
		{"photo as png", pngOf(t, photo(1000, 800)), false, typeJPEG, 1000, 800, 640, 512, false, false},
		{"see-through", pngOf(t, clear), false, typePNG, 700, 700, 640, 640, true, false},
		{"drawing", pngOf(t, flat), false, typePNG, 900, 500, 640, 356, false, false},
		{"drawing as webp", webpWith(t, ""), false, typePNG, 4, 4, 0, 0, false, false},
		{"face", jpegOf(t, photo(1000, 600)), true, typeJPEG, 400, 400, 0, 0, false, false},
		{"small face", jpegOf(t, photo(100, 60)), true, typeJPEG, 60, 60, 0, 0, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if raced && len(c.b) > 200_000 {
				return // millions of pixels; the run without the detector takes them
			}
			r := newRig(t)
			f, err := r.Take(t.Context(), mara, bytes.NewReader(c.b), c.avatar)
			if err != nil {
				t.Fatal(err)
			}
			if f.Width != c.w || f.Height != c.h {
				t.Errorf("%d x %d, want %d x %d", f.Width, f.Height, c.w, c.h)
			}
			if f.Type != c.typ {
				t.Errorf("type %s, want %s", f.Type, c.typ)
			}
			if (f.Thumb != "") != (c.smallW != 0) {
				t.Errorf("small version %q", f.Thumb)
			}
			g, b := stored(t, r, f, true)
			m, _, err := image.Decode(bytes.NewReader(b))
			if err != nil {
				t.Fatal(err)
			}
			wantW, wantH := c.w, c.h
			if c.smallW != 0 {
				wantW, wantH = c.smallW, c.smallH
			}
			if m.Bounds().Dx() != wantW || m.Bounds().Dy() != wantH || g.Width != wantW || g.Height != wantH {
				t.Errorf("small: %v, said %d x %d, want %d x %d", m.Bounds(), g.Width, g.Height, wantW, wantH)
			}
			if o, ok := m.(interface{ Opaque() bool }); ok && o.Opaque() == c.seeThrough {
				t.Errorf("opaque = %v", o.Opaque())
			}
			var sum int64
			for _, path := range files(t, r) {
				st, err := os.Stat(path)
				if err != nil {
					t.Fatal(err)
				}
				if st.Mode().Perm() != 0o600 {
					t.Errorf("mode %v", st.Mode())
				}
				sum += st.Size()
			}
			if sum != f.Bytes {
				t.Errorf("Bytes = %d, on disk %d", f.Bytes, sum)
			}
		})
	}
}

func TestSameBytesTwice(t *testing.T) {
	r := newRig(t)
	b := jpegOf(t, photo(800, 60))
	one, err := r.Take(t.Context(), mara, bytes.NewReader(b), false)
	if err != nil {
		t.Fatal(err)
	}
	two, err := r.Take(t.Context(), tom, bytes.NewReader(b), false)
	if err != nil {
		t.Fatal(err)
	}
	if one.ID == two.ID || one.Hash != two.Hash || one.Thumb != two.Thumb {
		t.Errorf("%+v and %+v", one, two)
	}
	if _, err := camp.ParseMediaID(string(one.ID)); err != nil {
		t.Errorf("id %q: %v", one.ID, err)
	}
	if list := files(t, r); len(list) != 2 {
		t.Errorf("files: %q", list)
	}
	if strings.Contains(string(one.ID), one.Hash[:8]) {
		t.Error("the id shows the hash")
	}
}

// gifOf counts frames up without pixels to speak of.
func gifOf(t testing.TB, w, h, frames int) []byte {
	g := &gif.GIF{}
	for i := range frames {
		m := image.NewPaletted(image.Rect(0, 0, w, h), color.Palette{color.Black, color.White, color.RGBA{R: 200, A: 255}})
		for k := range m.Pix {
			m.Pix[k] = uint8((k + i) % 3)
		}
		g.Image, g.Delay = append(g.Image, m), append(g.Delay, i)
	}
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, g); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// rawGIF says that it has so many frames of that size, and holds next to nothing.
func rawGIF(w, h, frames int) []byte {
	size := string([]byte{byte(w), byte(w >> 8), byte(h), byte(h >> 8)})
	frame := ",\x00\x00\x00\x00" + size + "\x00\x02\x02\x4c\x01\x00"
	return []byte("GIF89a" + size + "\x80\x00\x00" + "\x00\x00\x00\xff\xff\xff" + strings.Repeat(frame, frames) + ";")
}

func TestMovingPictures(t *testing.T) {
	for _, c := range []struct{ w, h, frames, wantW, wantH int }{{40, 30, 5, 40, 30}, {2100, 60, 3, 2048, 59}} {
		r := newRig(t)
		f, err := r.Take(t.Context(), mara, bytes.NewReader(gifOf(t, c.w, c.h, c.frames)), false)
		if err != nil {
			t.Fatal(err)
		}
		_, b := stored(t, r, f, false)
		g, err := gif.DecodeAll(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		if f.Type != typeGIF || len(g.Image) != c.frames || g.Config.Width != c.wantW || g.Config.Height != c.wantH || f.Width != c.wantW || f.Height != c.wantH {
			t.Errorf("%s, %d frames of %d x %d", f.Type, len(g.Image), g.Config.Width, g.Config.Height)
		}
		if g.Delay[0] != usualDelay || g.Delay[2] != 2 {
			t.Errorf("delays %v", g.Delay)
		}
		if small, _ := stored(t, r, f, true); small.Type == typeGIF || small.Width > smallSide {
			t.Errorf("small version is %s of %d", small.Type, small.Width)
		}
		face, err := r.Take(t.Context(), mara, bytes.NewReader(gifOf(t, c.w, c.h, c.frames)), true)
		if err != nil || face.Type == typeGIF || face.Width != face.Height {
			t.Errorf("face: %+v, %v", face, err)
		}
	}
}

// TestColoursOfAMovingPicture plays a scaled one and compares its colours.
func TestColoursOfAMovingPicture(t *testing.T) {
	p := photo(2100, 60)
	q := quantise(&image.NRGBA{Pix: p.Pix, Stride: p.Stride, Rect: p.Rect})
	var worst, n, sum int
	for y := range 60 {
		for x := range 2100 {
			r, g, b, _ := p.At(x, y).RGBA()
			qr, qg, qb, _ := q.At(x, y).RGBA()
			d := 0
			for _, v := range [][2]uint32{{r, qr}, {g, qg}, {b, qb}} {
				d = max(d, int(max(v[0], v[1])-min(v[0], v[1]))>>8)
			}
			worst, sum, n = max(worst, d), sum+d, n+1
		}
	}
	if worst > 40 || sum/n > 8 {
		t.Errorf("colours off by %d at worst, %d on average", worst, sum/n)
	}
	if len(q.Palette) > 256 {
		t.Errorf("%d colours", len(q.Palette))
	}
}

func TestRefusals(t *testing.T) {
	whole := jpegOf(t, photo(200, 100))
	hugePNG := pngOf(t, photo(10, 10))
	binary.BigEndian.PutUint32(hugePNG[16:], 60000)
	binary.BigEndian.PutUint32(hugePNG[20:], 60000)
	hugeJPEG := bytes.Clone(whole)
	i := bytes.Index(hugeJPEG, []byte{0xff, 0xc0})
	binary.BigEndian.PutUint16(hugeJPEG[i+5:], 60000)
	binary.BigEndian.PutUint16(hugeJPEG[i+7:], 60000)
	manyPixels := bytes.Clone(whole)
	binary.BigEndian.PutUint16(manyPixels[i+5:], 8000)
	binary.BigEndian.PutUint16(manyPixels[i+7:], 8000)
	progressive := bytes.Clone(whole)
	progressive[i+1] = 0xc2
	binary.BigEndian.PutUint16(progressive[i+5:], 6000)
	binary.BigEndian.PutUint16(progressive[i+7:], 6600)
	for j := range 3 {
		progressive[i+10+3*j+1] = 0x11
	}
	hugeGIF := gifOf(t, 10, 10, 2)
	binary.LittleEndian.PutUint16(hugeGIF[6:], 60000)
	for _, c := range []struct {
		name string
		b    []byte
		say  string
	}{
		{"nothing", nil, "media.kind.say"},
		{"text", []byte("hello, I am a picture"), "media.kind.say"},
		{"svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>`), "media.kind.say"},
		{"html behind a gif's name", []byte("GIF89a<script>alert(1)</script>" + strings.Repeat(" ", 100)), "media.broken.say"},
		{"zip", []byte("PK\x03\x04" + strings.Repeat("\x00", 1000)), "media.kind.say"},
		{"tiff", []byte("II*\x00" + strings.Repeat("\x00", 1000)), "media.kind.say"},
		{"zip behind a png's name", append([]byte("\x89PNG\r\n\x1a\n"), "PK\x03\x04 and on it goes with some thirty bytes more of it"...), "media.broken.say"},
		{"png of 60000 x 60000", hugePNG, "media.too_large.say"},
		{"jpeg of 60000 x 60000", hugeJPEG, "media.too_large.say"},
		{"jpeg of 64 megapixels", manyPixels, "media.too_large.say"},
		{"progressive jpeg that needs half a gigabyte", progressive, "media.too_large.say"},
		{"gif 60000 wide", hugeGIF, "media.too_large.say"},
		{"gif of 50 megapixels in all", rawGIF(1000, 1000, 50), "media.too_large.say"},
		{"gif of 10,000 frames", rawGIF(1, 1, 10_000), "media.too_many_frames.say"},
		{"cut jpeg", whole[:len(whole)*2/3], "media.broken.say"},
		{"cut png", pngOf(t, photo(300, 200))[:500], "media.broken.say"},
		{"cut gif", gifOf(t, 50, 50, 3)[:300], "media.broken.say"},
		{"jpeg of a start alone", []byte("\xff\xd8\xff"), "media.broken.say"},
		{"jpeg without a frame", []byte("\xff\xd8\xff\xd9"), "media.broken.say"},
		{"lossless jpeg", withSegments([]byte("\xff\xd8"), segment(0xc3, "\x08\x00\x10\x00\x10\x01\x01\x11\x00")), "media.kind.say"},
		{"moving webp", webpOf("VP8X", "\x02\x00\x00\x00\x03\x00\x00\x03\x00\x00"), "media.moving.say"},
		{"webp that hides a large one", webpOf("VP8X", "\x00\x00\x00\x00\x03\x00\x00\x03\x00\x00", "VP8L", "\x2f\xff\xff\xff\x0f\x00"), "media.too_large.say"},
		{"16 MiB and a byte", append(bytes.Clone(whole), make([]byte, MaxBytes)...), "media.too_many_bytes.say"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t)
			_, err := r.Take(t.Context(), mara, bytes.NewReader(c.b), false)
			f := camp.AsFault(err)
			if f == nil || f.Say != c.say || f.Kind != camp.Invalid {
				t.Errorf("got %v, want %s", err, c.say)
			}
			if list := files(t, r); len(list) != 0 {
				t.Errorf("left on disk: %q", list)
			}
		})
	}
}

func TestRefusalsOfPeopleAndRoom(t *testing.T) {
	b := jpegOf(t, photo(200, 100))
	take := func(r *rig, by camp.Actor, src io.Reader) *camp.Fault {
		_, err := r.Take(t.Context(), by, src, false)
		return camp.AsFault(err)
	}
	r := newRig(t)
	if f := take(r, camp.Actor{}, bytes.NewReader(b)); f == nil || f.Kind != camp.NotAllowed {
		t.Errorf("nobody: %v", f)
	}
	if f := take(r, camp.Actor{Member: 3, Role: "waiting"}, bytes.NewReader(b)); f == nil || f.Kind != camp.NotAllowed {
		t.Errorf("no role: %v", f)
	}
	r.opt.Allowed = func() error { return camp.NewFault(camp.Full, "media.no_room.say", nil) }
	if f := take(r, mara, bytes.NewReader(b)); f == nil || f.Kind != camp.Full {
		t.Errorf("no room: %v", f)
	}
	r.opt.Allowed = nil
	if f := take(r, mara, iotest.ErrReader(errors.New("cut"))); f == nil || f.Say != "media.upload_cut.say" {
		t.Errorf("cut upload: %v", f)
	}
	r.opt.Share = func() int64 { return 5000 }
	if f := take(r, mara, bytes.NewReader(b)); f != nil {
		t.Errorf("first of a share: %v", f)
	}
	for f := take(r, mara, bytes.NewReader(jpegOf(t, photo(400, 100)))); f != nil; f = nil {
		t.Errorf("second of a share: %v", f)
	}
	if f := take(r, mara, bytes.NewReader(b)); f == nil || f.Say != "media.share_full.say" {
		t.Errorf("beyond the share: %v", f)
	}
	if f := take(r, tom, bytes.NewReader(b)); f != nil {
		t.Errorf("somebody else's share: %v", f)
	}
	if got := ShareOf(20<<30, 100); got < 120<<20 || got > 130<<20 {
		t.Errorf("share of a hundred = %d", got)
	}
	if got := ShareOf(1<<30, 100); got != 100<<20 {
		t.Errorf("least share = %d", got)
	}
}

// TestTimeLimit gives no time at all: the decoder must notice.
func TestTimeLimit(t *testing.T) {
	r := newRig(t)
	r.opt.Limit = 1
	for name, b := range map[string][]byte{"jpeg": jpegOf(t, photo(300, 300)), "png": pngOf(t, photo(300, 300)), "gif": gifOf(t, 300, 300, 3), "webp": webpWith(t, "")} {
		_, err := r.Take(t.Context(), mara, bytes.NewReader(b), false)
		if f := camp.AsFault(err); f == nil || f.Say != "media.too_slow.say" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestOneAtATime holds the turn and sees that a second upload waits for it, and
// gives up with its caller.
func TestOneAtATime(t *testing.T) {
	r := newRig(t)
	if err := r.wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		_, err := r.Take(ctx, mara, bytes.NewReader(jpegOf(t, photo(50, 50))), false)
		done <- err
	}()
	cancel()
	if f := camp.AsFault(<-done); f == nil || f.Kind != camp.Offline {
		t.Errorf("got %v", f)
	}
	if list := files(t, r); len(list) != 0 {
		t.Errorf("left: %q", list)
	}
}

func TestStoreFails(t *testing.T) {
	r := newRig(t)
	r.store.fail = camp.NewFault(camp.Full, "store.disk_full.say", nil)
	_, err := r.Take(t.Context(), mara, bytes.NewReader(jpegOf(t, photo(50, 50))), false)
	if f := camp.AsFault(err); f == nil || f.Say != "store.disk_full.say" {
		t.Errorf("the store's own words are lost: %v", err)
	}
}

// chunkRIFF is a chunk of a WebP file.
func chunkRIFF(id, body string) string {
	b := binary.LittleEndian.AppendUint32([]byte(id), uint32(len(body)))
	b = append(b, body...)
	if len(body)%2 == 1 {
		b = append(b, 0)
	}
	return string(b)
}

func webpOf(parts ...string) []byte {
	body := "WEBP"
	for i := 0; i+1 < len(parts); i += 2 {
		body += chunkRIFF(parts[i], parts[i+1])
	}
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
}

// webpWith is a lossless WebP of 4 x 4 pixels in one colour, with more chunks behind.
func webpWith(t testing.TB, more string) []byte {
	t.Helper()
	// size 4 x 4, no transform, no cache, no meta codes; five codes of one
	// symbol each: green 200, red 30, blue 60, alpha 255, distance 0
	bits := &bitWriter{}
	bits.put(0x2f, 8)
	bits.put(3, 14)
	bits.put(3, 14)
	bits.put(0, 1)
	bits.put(0, 3)
	bits.put(0, 1) // no transform
	bits.put(0, 1) // no colour cache
	bits.put(0, 1) // no meta code
	for _, v := range []uint32{200, 30, 60, 255, 0} {
		bits.put(1, 1) // a simple code
		bits.put(0, 1) // of one symbol
		bits.put(1, 1) // of eight bits
		bits.put(v, 8)
	}
	body := "WEBP" + chunkRIFF("VP8L", string(bits.b)) + more
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
}

type bitWriter struct {
	b []byte
	n int
}

func (w *bitWriter) put(v uint32, bits int) {
	for i := range bits {
		if w.n%8 == 0 {
			w.b = append(w.b, 0)
		}
		w.b[w.n/8] |= byte(v>>i&1) << (w.n % 8)
		w.n++
	}
}

// TestSameTwice: the same upload gives the same bytes, or hashes could not be shared.
func TestSameTwice(t *testing.T) {
	for name, b := range carriers(t, 90, 60) {
		var sums []uint64
		for range 2 {
			r := newRig(t)
			f, err := r.Take(t.Context(), mara, bytes.NewReader(b), false)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			h := fnv.New64()
			_, body := stored(t, r, f, false)
			h.Write(body)
			sums = append(sums, h.Sum64())
		}
		if sums[0] != sums[1] {
			t.Errorf("%s gives other bytes the second time", name)
		}
	}
}
