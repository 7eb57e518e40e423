package media

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/webp"
)

// Sizes and qualities of what is kept.
const (
	longSide    = 2048 // pixels
	smallSide   = 640  // of the small version
	faceSide    = 400  // of a face, which is square
	jpegMark    = 85
	typeJPEG    = "image/jpeg"
	typePNG     = "image/png"
	typeGIF     = "image/gif"
	readPortion = 1 << 10
)

// made is a picture as it will be stored.
type made struct {
	bytes  []byte
	typ    string
	width  int
	height int
	drawn  *image.NRGBA // at most smallSide large, for blur; nil for none
}

// bounded reads and writes only while ctx lives, in small portions, so that a
// decoder that is fed slowly changing nonsense ends soon after the limit.
type bounded struct {
	ctx context.Context
	r   io.Reader
	buf bytes.Buffer
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.ctx.Err() != nil {
		return 0, errTooLong
	}
	return b.r.Read(p[:min(len(p), readPortion)])
}

func (b *bounded) Write(p []byte) (int, error) {
	if b.ctx.Err() != nil {
		return 0, errTooLong
	}
	if b.buf.Len()+len(p) > MaxBytes {
		return 0, errLarge
	}
	return b.buf.Write(p)
}

// decode reads one still picture; of a moving one its first frame.
func decode(ctx context.Context, b []byte, s shape) (m image.Image, err error) {
	defer func() {
		if p := recover(); p != nil { // a decoder's mistake must not end the camp
			m, err = nil, fmt.Errorf("%w: decoder: %v", errBroken, p)
		}
	}()
	r := &bounded{ctx: ctx, r: bytes.NewReader(b)}
	switch s.kind {
	case jpegKind:
		m, err = jpeg.Decode(r)
	case pngKind:
		m, err = png.Decode(r)
	case webpKind:
		m, err = webp.Decode(r)
	case gifKind:
		var g *gif.GIF
		if g, err = gif.DecodeAll(r); err == nil {
			m = newStage(g).next()
		}
	}
	switch {
	case ctx.Err() != nil:
		return nil, errTooLong
	case err != nil:
		return nil, fmt.Errorf("%w: %v", errBroken, err)
	case m.Bounds().Dx() != s.width || m.Bounds().Dy() != s.height:
		return nil, errBroken // not what the header said
	}
	return m, nil
}

// whole gives the picture upright, its long side at most long.
func whole(ctx context.Context, m image.Image, turn, long int) (*image.NRGBA, error) {
	r := m.Bounds()
	w, h := fit(r.Dx(), r.Dy(), long)
	out, err := shrink(ctx, m, r, w, h)
	if err != nil {
		return nil, err
	}
	return turned(out, turn), nil
}

// face gives the middle square of the picture, upright.
func face(ctx context.Context, m image.Image, turn int) (*image.NRGBA, error) {
	r := m.Bounds()
	side := min(r.Dx(), r.Dy())
	x, y := r.Min.X+(r.Dx()-side)/2, r.Min.Y+(r.Dy()-side)/2
	n := min(side, faceSide)
	out, err := shrink(ctx, m, image.Rect(x, y, x+side, y+side), n, n)
	if err != nil {
		return nil, err
	}
	return turned(out, turn), nil
}

// encode writes the picture as jpeg, or as png where part of it is see-through,
// or where it was drawn rather than photographed: not a jpeg before, and as a
// png hardly larger than as a jpeg.
func encode(ctx context.Context, m *image.NRGBA, from kind) (made, error) {
	out := made{width: m.Rect.Dx(), height: m.Rect.Dy(), typ: typeJPEG}
	opaque := m.Opaque()
	var err error
	if opaque {
		j := &bounded{ctx: ctx}
		// opaque pixels are the same in both forms, and the encoder is quick with this one
		if err := jpeg.Encode(j, &image.RGBA{Pix: m.Pix, Stride: m.Stride, Rect: m.Rect}, &jpeg.Options{Quality: jpegMark}); err != nil {
			return out, encodeError(ctx, err)
		}
		out.bytes = j.buf.Bytes()
		if from == jpegKind {
			return out, nil
		}
	}
	p := &bounded{ctx: ctx}
	if err = png.Encode(p, palettedOr(m)); err != nil {
		return out, encodeError(ctx, err)
	}
	if !opaque || p.buf.Len() <= len(out.bytes)+len(out.bytes)/5 {
		out.bytes, out.typ = p.buf.Bytes(), typePNG
	}
	return out, nil
}

func encodeError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return errTooLong
	}
	return fmt.Errorf("encode a picture: %w", err)
}

// palettedOr gives m with a palette if it has at most 256 colours, else m itself.
func palettedOr(m *image.NRGBA) image.Image {
	index := map[color.NRGBA]uint8{}
	var p color.Palette
	out := image.NewPaletted(m.Rect, nil)
	var last color.NRGBA
	at, known := uint8(0), false
	for i := 0; i < len(m.Pix); i += 4 {
		c := color.NRGBA{R: m.Pix[i], G: m.Pix[i+1], B: m.Pix[i+2], A: m.Pix[i+3]}
		if !known || c != last {
			k, ok := index[c]
			if !ok {
				if len(p) == 256 {
					return m
				}
				k = uint8(len(p))
				index[c], p = k, append(p, c)
			}
			last, at, known = c, k, true
		}
		out.Pix[i/4] = at
	}
	out.Palette = p
	return out
}
