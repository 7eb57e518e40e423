package media

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"runtime"
	"testing"
)

func FuzzLook(f *testing.F) {
	for _, b := range carriers(f, 24, 16) {
		f.Add(b)
	}
	f.Add(rawGIF(3, 3, 101))
	f.Add(webpOf("VP8X", "\x02\x00\x00\x00\x03\x00\x00\x03\x00\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := look(b)
		if err != nil {
			return
		}
		if s.width < 1 || s.height < 1 || s.width > MaxSide || s.height > MaxSide || s.frames < 1 || s.frames > MaxFrames || s.pixels > MaxPixels || s.memory > maxMemory || s.turn < 1 || s.turn > 8 {
			t.Fatalf("look let %+v through", s)
		}
		if s.pixels > 1<<14 {
			return // decoding millions of pixels is for the other tests
		}
		m, err := decode(t.Context(), b, s)
		if err != nil {
			return
		}
		if m.Bounds().Dx() != s.width || m.Bounds().Dy() != s.height {
			t.Fatalf("decoded %v, looked like %d x %d", m.Bounds(), s.width, s.height)
		}
	})
}

func FuzzOrientation(f *testing.F) {
	f.Add([]byte(exif(binary.BigEndian, 6, canary)))
	f.Add([]byte(exif(binary.LittleEndian, 3, canary)))
	f.Add([]byte("II*\x00\xff\xff\xff\xff"))
	f.Add([]byte("MM\x00*\x00\x00\x00\x08\xff\xff"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if n := orientation(b); n < 0 || n > 8 {
			t.Fatalf("orientation = %d", n)
		}
	})
}

func TestOrientation(t *testing.T) {
	for turn := range uint16(10) {
		want := int(turn)
		if turn == 9 {
			want = 0
		}
		for _, o := range []binary.AppendByteOrder{binary.BigEndian, binary.LittleEndian} {
			if got := orientation([]byte(exif(o, turn, canary))); got != want {
				t.Errorf("%v: %d read as %d", o, turn, got)
			}
		}
	}
	whole := exif(binary.BigEndian, 6, canary)
	for n := range len(whole) {
		if got := orientation([]byte(whole[:n])); got != 0 && got != 6 {
			t.Errorf("cut at %d: %d", n, got)
		}
	}
}

// TestShrinkIsTheMean compares with the plain sum over each area.
func TestShrinkIsTheMean(t *testing.T) {
	src := image.NewNRGBA(image.Rect(3, 5, 3+37, 5+53))
	for i := range src.Pix {
		src.Pix[i] = uint8(i*i + i/7)
		if i%4 == 3 {
			src.Pix[i] = 255
		}
	}
	for _, to := range []image.Point{{37, 53}, {36, 52}, {10, 7}, {1, 1}, {37, 1}, {20, 53}} {
		got, err := shrink(t.Context(), src, src.Rect, to.X, to.Y)
		if err != nil {
			t.Fatal(err)
		}
		for y := range to.Y {
			for x := range to.X {
				want := mean(src, float64(x)*37/float64(to.X), float64(x+1)*37/float64(to.X), float64(y)*53/float64(to.Y), float64(y+1)*53/float64(to.Y))
				c := got.NRGBAAt(x, y)
				for k, v := range []uint8{c.R, c.G, c.B} {
					if d := float64(v) - want[k]; d > 0.51 || d < -0.51 {
						t.Fatalf("%v at %d,%d: %v, want %v", to, x, y, c, want)
					}
				}
			}
		}
	}
	see := image.NewNRGBA(image.Rect(0, 0, 2, 1))
	see.SetNRGBA(0, 0, color.NRGBA{R: 255, A: 255})
	see.SetNRGBA(1, 0, color.NRGBA{G: 255, A: 0})
	got, err := shrink(t.Context(), see, see.Rect, 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	if c := got.NRGBAAt(0, 0); c.R != 255 || c.G != 0 || c.A != 128 {
		t.Errorf("a see-through neighbour coloured the edge: %v", c)
	}
}

func mean(m *image.NRGBA, x0, x1, y0, y1 float64) [3]float64 {
	var sum [3]float64
	var area float64
	for y := int(y0); float64(y) < y1 && y < m.Rect.Dy(); y++ {
		for x := int(x0); float64(x) < x1 && x < m.Rect.Dx(); x++ {
			w := (min(x1, float64(x+1)) - max(x0, float64(x))) * (min(y1, float64(y+1)) - max(y0, float64(y)))
			c := m.NRGBAAt(x+m.Rect.Min.X, y+m.Rect.Min.Y)
			sum[0], sum[1], sum[2] = sum[0]+w*float64(c.R), sum[1]+w*float64(c.G), sum[2]+w*float64(c.B)
			area += w
		}
	}
	for k := range sum {
		sum[k] /= area
	}
	return sum
}

// TestMemory takes the largest picture that is allowed and looks at how much
// was made for it, all in all: no copy of it in another form.
func TestMemory(t *testing.T) {
	if raced {
		return // it counts bytes, not races
	}
	m := image.NewGray(image.Rect(0, 0, 8000, 5000))
	b := jpegOf(t, m)
	r := newRig(t)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := r.Take(t.Context(), mara, bytes.NewReader(b), false); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if n := (after.TotalAlloc - before.TotalAlloc) >> 20; n > 100 {
		t.Errorf("%d MiB were made for 40 MB of grey pixels", n)
	}
}

func BenchmarkTake12Megapixels(b *testing.B) {
	m := photo(4000, 3000)
	raw := withSegments(jpegOf(b, m), segment(0xe1, "Exif\x00\x00"+exif(binary.BigEndian, 6, canary)))
	r := newRig(b)
	b.ReportAllocs()
	b.SetBytes(int64(len(raw)))
	b.ResetTimer()
	var peak uint64
	for range b.N {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if _, err := r.Take(b.Context(), mara, bytes.NewReader(raw), false); err != nil {
			b.Fatal(err)
		}
		runtime.ReadMemStats(&after)
		peak = max(peak, after.HeapSys-after.HeapReleased)
	}
	b.ReportMetric(float64(peak>>20), "heapMiB")
}
