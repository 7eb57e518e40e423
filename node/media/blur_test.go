package media

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"testing"

	"github.com/bbrks/go-blurhash"
)

// halves is a picture of two colours, one beside the other.
func halves(w, h int, left, right color.Color) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	draw.Draw(m, image.Rect(0, 0, w/2, h), image.NewUniform(left), image.Point{}, draw.Src)
	draw.Draw(m, image.Rect(w/2, 0, w, h), image.NewUniform(right), image.Point{}, draw.Src)
	return m
}

var (
	red  = color.NRGBA{R: 255, A: 255}
	blue = color.NRGBA{B: 255, A: 255}
)

// What others draw from a picture's blurhash is the picture in a few soft colours.
func TestBlur(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		m     *image.NRGBA
		first byte // says how many colours across and down
		signs int
	}{
		"wide": {halves(640, 480, red, blue), 'L', 28}, "upright": {halves(300, 640, red, blue), 'T', 28},
		"very flat": {halves(640, 1, red, blue), '3', 12}, "one point": {halves(1, 1, blue, blue), '0', 6},
	} {
		hash, err := blur(t.Context(), c.m)
		if err != nil || len(hash) != c.signs || hash[0] != c.first {
			t.Errorf("%s: %q, %v", name, hash, err)
			continue
		}
		seen, err := blurhash.Decode(hash, 32, 32, 1)
		if err != nil {
			t.Fatal(err)
		}
		left, right := color.NRGBAModel.Convert(seen.At(6, 16)).(color.NRGBA), color.NRGBAModel.Convert(seen.At(26, 16)).(color.NRGBA)
		if c.m.Rect.Dx() > 1 && (left.R < 180 || left.B > left.R/2 || right.B < 180 || right.R > right.B/2) {
			t.Errorf("%s: seen as %v and %v", name, left, right)
		}
	}
	// The middle colour stands in the third to the sixth sign; white is TSUA.
	if hash, err := blur(t.Context(), halves(64, 64, color.Transparent, color.White)); err != nil || hash[2:6] != "TSUA" {
		t.Errorf("what shows through: %q, %v", hash, err)
	}
	if hash, err := blur(t.Context(), nil); err != nil || hash != "" {
		t.Errorf("of nothing: %q, %v", hash, err)
	}
}

// Every picture of a post has one, whatever kind it is; faces have none.
func TestTakenPicturesHaveABlurhash(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	large, small := halves(1200, 900, red, blue), halves(100, 80, red, blue)
	for name, c := range map[string]struct {
		b    []byte
		face bool
	}{
		"a photo": {jpegOf(t, large), false}, "a drawing": {pngOf(t, large), false}, "a small one": {pngOf(t, small), false},
		"a moving one": {gifOf(t, 200, 100, 3), false}, "a face": {jpegOf(t, large), true},
	} {
		f, err := r.Take(t.Context(), mara, bytes.NewReader(c.b), c.face)
		if err != nil || (f.Blur != "") == c.face || f.Blur != "" && len(f.Blur) != 28 {
			t.Errorf("%s: %q, %v", name, f.Blur, err)
			continue
		}
		if kept := r.store.media[f.ID]; kept.Blur != f.Blur {
			t.Errorf("%s: kept as %q", name, kept.Blur)
		}
	}
}

func BenchmarkBlur(b *testing.B) {
	m := halves(640, 480, red, blue)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := blur(b.Context(), m); err != nil {
			b.Fatal(err)
		}
	}
}
