package main

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestGolden holds that the committed pictures are those of the committed
// drawings. After a change of a drawing: go generate ./assets.
func TestGolden(t *testing.T) {
	files, err := drawAll("..")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join("..", name))
		if err != nil {
			t.Errorf("%v; run go generate ./assets", err)
			continue
		}
		if strings.HasSuffix(name, ".ico") {
			if len(got) != len(want) {
				t.Errorf("%s: %d bytes, drawn %d", name, len(got), len(want))
			}
			continue
		}
		if d := furthest(t, got, want); d > 2 { // machines round differently in the last digit
			t.Errorf("%s: colours are up to %d off what is drawn; run go generate ./assets", name, d)
		}
	}
	old, err := filepath.Glob("../*.[pi][nc][go]")
	if err != nil || len(old) != len(files) {
		t.Errorf("%d pictures lie there (%v), %d are drawn", len(old), err, len(files))
	}
}

func furthest(t *testing.T, a, b []byte) int {
	t.Helper()
	p, q := decodePNG(t, a), decodePNG(t, b)
	if p.Bounds() != q.Bounds() {
		return 255
	}
	most := 0
	for y := range p.Bounds().Dy() {
		for x := range p.Bounds().Dx() {
			c, d := rgba(p, x, y), rgba(q, x, y)
			for i := range c {
				most = max(most, int(c[i])-int(d[i]), int(d[i])-int(c[i]))
			}
		}
	}
	return most
}

func rgba(m image.Image, x, y int) [4]uint8 {
	c := color.RGBAModel.Convert(m.At(x, y)).(color.RGBA)
	return [4]uint8{c.R, c.G, c.B, c.A}
}

func decodePNG(t *testing.T, raw []byte) image.Image {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

func TestParseSVGRefuses(t *testing.T) {
	for _, c := range []struct{ name, svg string }{
		{"no xml", "tent"},
		{"not square", `<svg viewBox="0 0 32 16"></svg>`},
		{"colour by name", `<svg viewBox="0 0 32 32"><path fill="red" d="M1 1Z"/></svg>`},
		{"arc", `<svg viewBox="0 0 32 32"><path fill="#000000" d="M1 1A2 2 0 0 1 3 3Z"/></svg>`},
		{"number missing", `<svg viewBox="0 0 32 32"><path fill="#000000" d="M1 L3 3Z"/></svg>`},
	} {
		if _, err := parseSVG([]byte(c.svg)); err == nil {
			t.Errorf("%s: accepted", c.name)
		}
	}
}

func TestHintSharpensUprightEdges(t *testing.T) {
	d, err := parseSVG([]byte(`<svg viewBox="0 0 32 32"><path fill="#000000" d="M10 10H14V20H10Z"/></svg>`))
	if err != nil {
		t.Fatal(err)
	}
	img := d.render(22)
	for y := range 22 {
		for x := range 22 {
			if a := img.NRGBAAt(x, y).A; a != 0 && a != 255 {
				t.Fatalf("pixel %d %d is half covered (%d)", x, y, a)
			}
		}
	}
}
