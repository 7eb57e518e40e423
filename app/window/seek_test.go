//go:build window

package main

import (
	"image"
	"image/color"
)

// Colours of the look by which things are found on a picture of the screen.
var (
	mossLight  = color.RGBA{0x1b, 0x6e, 0x53, 255} // the main button, the edge of the first choice
	softLight  = color.RGBA{0x6a, 0x62, 0x57, 255} // the edge of a box that is not ticked
	mossPanel  = color.RGBA{0x5c, 0xc8, 0xa0, 255} // the tent on a dark panel
	emberPanel = color.RGBA{0xff, 0x9a, 0x5c, 255} // the tent that needs its host, there
	softPanel  = color.RGBA{0xac, 0xa2, 0x94, 255} // the outline of a camp that is off, there
)

// blob is a connected patch of one colour.
type blob struct {
	box    image.Rectangle
	pixels int
}

// full is the share of the box that has the colour.
func (b blob) full() float64 { return float64(b.pixels) / float64(b.box.Dx()*b.box.Dy()) }

func (b blob) middle() image.Point { return b.box.Min.Add(b.box.Size().Div(2)) }

// blobs finds the patches of a colour within an area.
func blobs(img image.Image, area image.Rectangle, c color.RGBA) []blob {
	area = area.Intersect(img.Bounds())
	seen := map[image.Point]bool{}
	var all []blob
	for y := area.Min.Y; y < area.Max.Y; y++ {
		for x := area.Min.X; x < area.Max.X; x++ {
			if p := image.Pt(x, y); !seen[p] && near(img.At(x, y), c) {
				all = append(all, grow(img, area, c, p, seen))
			}
		}
	}
	return all
}

func grow(img image.Image, area image.Rectangle, c color.RGBA, from image.Point, seen map[image.Point]bool) blob {
	b := blob{box: image.Rectangle{Min: from, Max: from.Add(image.Pt(1, 1))}}
	queue := []image.Point{from}
	seen[from] = true
	for len(queue) > 0 {
		p := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		b.pixels++
		b.box = b.box.Union(image.Rectangle{Min: p, Max: p.Add(image.Pt(1, 1))})
		for _, d := range []image.Point{{X: 1}, {X: -1}, {Y: 1}, {Y: -1}} {
			if q := p.Add(d); q.In(area) && !seen[q] && near(img.At(q.X, q.Y), c) {
				seen[q] = true
				queue = append(queue, q)
			}
		}
	}
	return b
}

func near(got color.Color, want color.RGBA) bool {
	g := color.RGBAModel.Convert(got).(color.RGBA)
	off := func(a, b uint8) int { return max(int(a)-int(b), int(b)-int(a)) }
	const most = 48 // a thin line is blended with what lies beside it
	return off(g.R, want.R) <= most && off(g.G, want.G) <= most && off(g.B, want.B) <= most
}

// find gives the largest patch that fits, and false where none does.
func find(img image.Image, area image.Rectangle, c color.RGBA, fits func(blob) bool) (blob, bool) {
	var best blob
	for _, b := range blobs(img, area, c) {
		if fits(b) && b.box.Dx()*b.box.Dy() > best.box.Dx()*best.box.Dy() {
			best = b
		}
	}
	return best, best.pixels > 0
}

// isUpperEdge: the upper edge of the first choice, a card with a thin line of
// moss around it. (Of two as large find gives the upper one; the corners are
// too pale to hold the line together.)
func isUpperEdge(b blob) bool { return b.box.Dx() > 300 && b.box.Dy() <= 4 }

// isMainButton: a button filled with moss, with words on it.
func isMainButton(b blob) bool {
	return b.box.Dx() >= 80 && b.box.Dx() < 360 && b.box.Dy() >= 24 && b.box.Dy() < 70 && b.full() > 0.6
}

// isTent: an icon on the panel.
func isTent(b blob) bool { return b.box.Dx() >= 8 && b.box.Dx() <= 32 && b.box.Dy() >= 8 }
