package media

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"sort"
)

// Delays of a moving picture, in hundredths of a second.
const (
	leastDelay = 2
	usualDelay = 10 // for a delay that says nothing
	mostDelay  = 6000
)

// stage plays a moving picture: next gives the whole picture after each frame.
type stage struct {
	g      *gif.GIF
	i      int
	canvas *image.NRGBA
	before *image.NRGBA // for frames that are taken away again
}

func newStage(g *gif.GIF) *stage {
	return &stage{g: g, canvas: image.NewNRGBA(image.Rect(0, 0, g.Config.Width, g.Config.Height))}
}

// next draws the next frame. The picture is the stage's own and good until the
// next call. GIF89a §23.c.iv (disposal).
func (s *stage) next() *image.NRGBA {
	if s.i > 0 {
		switch s.g.Disposal[s.i-1] {
		case gif.DisposalBackground:
			draw.Draw(s.canvas, s.g.Image[s.i-1].Rect, image.Transparent, image.Point{}, draw.Src)
		case gif.DisposalPrevious:
			copy(s.canvas.Pix, s.before.Pix)
		}
	}
	if s.g.Disposal[s.i] == gif.DisposalPrevious {
		s.before = &image.NRGBA{Pix: append([]byte(nil), s.canvas.Pix...), Stride: s.canvas.Stride, Rect: s.canvas.Rect}
	}
	f := s.g.Image[s.i]
	draw.Draw(s.canvas, f.Rect, f, f.Rect.Min, draw.Over)
	s.i++
	return s.canvas
}

// moving decodes a moving picture and writes it anew, and gives its first
// picture for the small version. Only frames, their times and the number of
// repeats are carried over.
func moving(ctx context.Context, b []byte, s shape) (out made, first *image.NRGBA, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: decoder: %v", errBroken, p)
		}
	}()
	g, err := gif.DecodeAll(&bounded{ctx: ctx, r: bytes.NewReader(b)})
	if ctx.Err() != nil {
		return out, nil, errTooLong
	}
	if err != nil || g.Config.Width != s.width || g.Config.Height != s.height || len(g.Image) != s.frames {
		return out, nil, fmt.Errorf("%w: %v", errBroken, err)
	}
	for i, d := range g.Delay {
		g.Delay[i] = min(d, mostDelay)
		if d < leastDelay {
			g.Delay[i] = usualDelay
		}
	}
	opening := newStage(g).next()
	if first, err = whole(ctx, opening, 1, smallSide); err != nil {
		return out, nil, err
	}
	w, h := fit(s.width, s.height, longSide)
	if w != s.width || h != s.height {
		if g, err = scaled(ctx, g, w, h); err != nil {
			return out, nil, err
		}
	}
	g.BackgroundIndex = 0
	dst := &bounded{ctx: ctx}
	if err := gif.EncodeAll(dst, g); err != nil {
		return out, nil, encodeError(ctx, err)
	}
	return made{bytes: dst.buf.Bytes(), typ: typeGIF, width: w, height: h}, first, nil
}

// scaled gives the moving picture w by h pixels large, each frame whole and
// with colours of its own.
func scaled(ctx context.Context, g *gif.GIF, w, h int) (*gif.GIF, error) {
	out := &gif.GIF{LoopCount: g.LoopCount, Delay: g.Delay, Config: image.Config{Width: w, Height: h}}
	st := newStage(g)
	for range g.Image {
		m := st.next()
		small, err := shrink(ctx, m, m.Rect, w, h)
		if err != nil {
			return nil, err
		}
		out.Image = append(out.Image, quantise(small))
		out.Disposal = append(out.Disposal, gif.DisposalBackground)
	}
	return out, nil
}

// A cell is one of 32,768 small cubes of the colour cube: five bits a colour.
const cells = 1 << 15

func cellOf(r, g, b uint8) int { return int(r>>3)<<10 | int(g>>3)<<5 | int(b>>3) }

// box is a run of cells that will share one colour of the palette.
type box struct {
	cells []int
	count int
}

// quantise gives m in at most 255 colours and one see-through, by median cut.
func quantise(m *image.NRGBA) *image.Paletted {
	var count [cells]int
	for i := 0; i < len(m.Pix); i += 4 {
		if m.Pix[i+3] >= 128 {
			count[cellOf(m.Pix[i], m.Pix[i+1], m.Pix[i+2])]++
		}
	}
	var all box
	for c, n := range count {
		if n > 0 {
			all.cells, all.count = append(all.cells, c), all.count+n
		}
	}
	boxes := cut(all, &count)
	palette := color.Palette{color.NRGBA{}}
	var index [cells]uint8
	for _, b := range boxes {
		for _, c := range b.cells {
			index[c] = uint8(len(palette))
		}
		palette = append(palette, b.colour(&count))
	}
	out := image.NewPaletted(m.Rect, palette)
	for i := 0; i < len(m.Pix); i += 4 {
		if m.Pix[i+3] >= 128 {
			out.Pix[i/4] = index[cellOf(m.Pix[i], m.Pix[i+1], m.Pix[i+2])]
		}
	}
	return out
}

// cut halves the fullest box until there are 255 or none can be halved.
func cut(all box, count *[cells]int) []box {
	if len(all.cells) == 0 {
		return nil
	}
	boxes := []box{all}
	for len(boxes) < 255 {
		at, most := -1, 0
		for i, b := range boxes {
			if len(b.cells) > 1 && b.count > most {
				at, most = i, b.count
			}
		}
		if at < 0 {
			break
		}
		a, b := boxes[at].halves(count)
		boxes[at] = a
		boxes = append(boxes, b)
	}
	return boxes
}

// halves parts a box of at least two cells along its longest side.
func (b box) halves(count *[cells]int) (box, box) {
	var low, high [3]int
	for i, c := range b.cells {
		for k := range 3 {
			v := c >> (5 * k) & 31
			if i == 0 || v < low[k] {
				low[k] = v
			}
			if i == 0 || v > high[k] {
				high[k] = v
			}
		}
	}
	axis := 0
	for k := range 3 {
		if high[k]-low[k] > high[axis]-low[axis] {
			axis = k
		}
	}
	sort.Slice(b.cells, func(i, j int) bool {
		x, y := b.cells[i]>>(5*axis)&31, b.cells[j]>>(5*axis)&31
		return x < y || x == y && b.cells[i] < b.cells[j]
	})
	half, n := 0, 0
	for half < len(b.cells)-1 && (half == 0 || 2*n < b.count) {
		n += count[b.cells[half]]
		half++
	}
	return box{cells: b.cells[:half:half], count: n}, box{cells: b.cells[half:], count: b.count - n}
}

// colour is the mean of the box.
func (b box) colour(count *[cells]int) color.NRGBA {
	var sum [3]int
	for _, c := range b.cells {
		for k := range 3 {
			sum[k] += (c>>(5*k)&31*255 + 15) / 31 * count[c]
		}
	}
	n := max(b.count, 1)
	return color.NRGBA{R: uint8(sum[2] / n), G: uint8(sum[1] / n), B: uint8(sum[0] / n), A: 255}
}
