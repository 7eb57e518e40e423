package media

import (
	"context"
	"image"
	"image/draw"
)

// band is how many source rows are converted at a time.
const band = 16

// fit gives the size of a w by h picture whose long side is at most long; it
// never enlarges and never goes below one pixel.
func fit(w, h, long int) (int, int) {
	top := max(w, h)
	if top <= long {
		return w, h
	}
	return max(1, (w*long+top/2)/top), max(1, (h*long+top/2)/top)
}

// shrink draws the part r of src, w by h pixels large, each the average of the
// area that it covers. It makes nothing of the source's size: memory is that of
// the result and a band of rows. w and h must not be larger than r.
func shrink(ctx context.Context, src image.Image, r image.Rectangle, w, h int) (*image.NRGBA, error) {
	out := image.NewNRGBA(image.Rect(0, 0, w, h))
	rows := image.NewRGBA(image.Rect(0, 0, r.Dx(), band))
	acc, line := make([]uint64, 4*w), make([]uint64, 4*w)
	xs := spans(r.Dx(), w)
	ys := spans(r.Dy(), h)
	for y, d := 0, 0; y < r.Dy(); y++ {
		if y%band == 0 {
			if err := ctx.Err(); err != nil {
				return nil, errTooLong
			}
			draw.Draw(rows, rows.Rect, src, image.Pt(r.Min.X, r.Min.Y+y), draw.Src)
		}
		across(line, rows.Pix[(y%band)*rows.Stride:][:4*r.Dx()], xs)
		for d < h {
			add(acc, line, ys[d].weight(y))
			if y < ys[d].last {
				break
			}
			store(out.Pix[d*out.Stride:][:4*w], acc, ys[d].total*xs[0].total)
			clear(acc)
			if d++; d < h && ys[d].first > y {
				break
			}
		}
	}
	return out, nil
}

// span is the run of source pixels that one result pixel covers. The first and
// the last count in part; weights are in units of one n-th of a source pixel,
// n being the size of the result.
type span struct {
	first, last  int
	head, tail   uint64 // weight of the first and of the last
	whole, total uint64 // of those between, and of all together
}

func (s span) weight(i int) uint64 {
	switch {
	case i < s.first || i > s.last:
		return 0
	case i == s.first:
		return s.head
	case i == s.last:
		return s.tail
	}
	return s.whole
}

// spans cuts from source pixels into to equal parts, to <= from.
func spans(from, to int) []span {
	list := make([]span, to)
	for i := range list {
		a, b := i*from, (i+1)*from // in units of 1/to pixel
		s := span{first: a / to, last: (b - 1) / to, whole: uint64(to), total: uint64(from)}
		if s.first == s.last {
			s.head = uint64(b - a)
		} else {
			s.head = uint64((s.first+1)*to - a)
			s.tail = uint64(b - s.last*to)
		}
		list[i] = s
	}
	return list
}

// across sums one row of premultiplied pixels into line.
func across(line []uint64, row []byte, xs []span) {
	for i, s := range xs {
		p := row[4*s.first : 4*s.last+4]
		r, g, b, a := uint64(p[0])*s.head, uint64(p[1])*s.head, uint64(p[2])*s.head, uint64(p[3])*s.head
		var mr, mg, mb, ma uint64
		n := len(p)
		for k := 4; k < n-4; k += 4 {
			q := p[k : k+4 : k+4]
			mr, mg, mb, ma = mr+uint64(q[0]), mg+uint64(q[1]), mb+uint64(q[2]), ma+uint64(q[3])
		}
		r, g, b, a = r+mr*s.whole, g+mg*s.whole, b+mb*s.whole, a+ma*s.whole
		if n > 4 {
			q := p[n-4:]
			r, g, b, a = r+uint64(q[0])*s.tail, g+uint64(q[1])*s.tail, b+uint64(q[2])*s.tail, a+uint64(q[3])*s.tail
		}
		line[4*i], line[4*i+1], line[4*i+2], line[4*i+3] = r, g, b, a
	}
}

func add(acc, line []uint64, weight uint64) {
	if weight == 0 {
		return
	}
	for i, v := range line {
		acc[i] += v * weight
	}
}

// store writes the averages as plain (not premultiplied) pixels.
func store(pix []byte, acc []uint64, total uint64) {
	for i := 0; i < len(pix); i += 4 {
		a := acc[i+3]
		pix[i+3] = uint8((a + total/2) / total)
		if pix[i+3] == 0 {
			pix[i], pix[i+1], pix[i+2] = 0, 0, 0
			continue
		}
		for c := range 3 {
			pix[i+c] = uint8(min(255, (acc[i+c]*255+a/2)/a))
		}
	}
}
