package assets

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"strconv"
	"testing"
)

// states are one phase for each drawing.
var states = []struct {
	name  string
	phase string
	needs bool
}{
	{"on", "on", false},
	{"half", "starting", false},
	{"paused", "paused", false},
	{"needs", "on", true},
	{"news", "news", false},
	{"off", "off", false},
	{"trouble", "trouble", true},
}

func TestIconSizes(t *testing.T) {
	for _, s := range states {
		for _, dark := range []bool{false, true} {
			for _, size := range []int{16, 22, 32, 48, 64, 128} {
				if got := decode(t, Icon(s.phase, s.needs, dark, size)).Bounds().Dx(); got != size {
					t.Errorf("icon %s, dark %v: %d pixels, want %d", s.name, dark, got, size)
				}
			}
		}
	}
	for _, c := range []struct{ ask, want int }{{1, 16}, {17, 22}, {200, 256}, {512, 512}, {900, 512}} {
		if got := decode(t, AppIcon(c.ask)).Bounds().Dx(); got != c.want {
			t.Errorf("app icon for %d pixels has %d, want %d", c.ask, got, c.want)
		}
	}
}

func TestIconPhases(t *testing.T) {
	for _, c := range []struct {
		phase string
		needs bool
		want  string
	}{
		{"on", false, "state_on"},
		{"on", true, "state_needs"},
		{"news", true, "state_news"},
		{"starting", true, "state_half"},
		{"stopping", false, "state_half"},
		{"paused", true, "state_paused"},
		{"trouble", true, "state_trouble"},
		{"off", true, "state_off"},
		{"", false, "state_off"},
		{"something new", false, "state_off"},
	} {
		if got := stateFile(c.phase, c.needs); got != c.want {
			t.Errorf("drawing of %q, needs %v: %s, want %s", c.phase, c.needs, got, c.want)
		}
	}
}

// TestIconShapes holds that states differ by shape: seen in one colour, by the
// coverage of each pixel alone, any two differ in a good part of the tent.
func TestIconShapes(t *testing.T) {
	for _, size := range []int{16, 22, 32} {
		for i, a := range states {
			for _, b := range states[i+1:] {
				got := differ(decode(t, Icon(a.phase, a.needs, false, size)), decode(t, Icon(b.phase, b.needs, false, size)))
				if least := size * size / 20; got < least {
					t.Errorf("%s and %s at %d pixels differ in %d pixels of shape, want at least %d", a.name, b.name, size, got, least)
				}
			}
		}
	}
}

// TestIconGround holds that every state stands out from the ground it is made
// for: 3 : 1 for what carries meaning in a picture (WCAG 2.2 §1.4.11).
func TestIconGround(t *testing.T) {
	for _, dark := range []bool{false, true} {
		ground := color.NRGBA{0xf2, 0xf2, 0xf2, 255}
		if dark {
			ground = color.NRGBA{0x33, 0x33, 0x33, 255}
		}
		for _, s := range states {
			img := decode(t, Icon(s.phase, s.needs, dark, 64))
			for y := range 64 {
				for x := range 64 {
					c := color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA)
					if c.A == 255 && contrast(c, ground) < 3 {
						t.Fatalf("%s, dark %v: colour %v has contrast %.1f", s.name, dark, c, contrast(c, ground))
					}
				}
			}
		}
	}
}

func TestDrawings(t *testing.T) {
	drawings := map[string]func(bool) []byte{"mark": Tent}
	for _, s := range states {
		drawings["state "+s.name] = func(dark bool) []byte { return IconSVG(s.phase, s.needs, dark) }
	}
	for name, draw := range drawings {
		light, dark := draw(false), draw(true)
		wellFormed(t, name, light)
		wellFormed(t, name, dark)
		if bytes.Equal(light, dark) {
			t.Errorf("%s: the same on light and dark ground", name)
		}
	}
}

func wellFormed(t *testing.T, name string, raw []byte) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(raw))
	n := 0
	for {
		_, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			return
		}
		n++
	}
	if n < 3 {
		t.Errorf("%s is empty", name)
	}
}

func decode(t *testing.T, raw []byte) image.Image {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("decode icon of %d bytes: %v", len(raw), err)
	}
	if img.Bounds().Dx() != img.Bounds().Dy() {
		t.Fatalf("icon is %s, not square", strconv.Itoa(img.Bounds().Dx())+"×"+strconv.Itoa(img.Bounds().Dy()))
	}
	return img
}

// differ counts pixels whose coverage differs by more than a half.
func differ(a, b image.Image) int {
	n := 0
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			_, _, _, p := a.At(x, y).RGBA()
			_, _, _, q := b.At(x, y).RGBA()
			if max(p, q)-min(p, q) > 0x8000 {
				n++
			}
		}
	}
	return n
}

// contrast is the ratio of WCAG 2.2.
func contrast(a, b color.NRGBA) float64 {
	p, q := luminance(a), luminance(b)
	return (max(p, q) + 0.05) / (min(p, q) + 0.05)
}

func luminance(c color.NRGBA) float64 {
	part := func(v uint8) float64 {
		s := float64(v) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*part(c.R) + 0.7152*part(c.G) + 0.0722*part(c.B)
}
