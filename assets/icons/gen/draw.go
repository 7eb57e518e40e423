package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/image/vector"
)

var (
	// sizes are the pixels of the PNG files.
	sizes = []int{16, 22, 32, 48, 64, 128, 256, 512}
	// icoSizes are those of the ICO files: the tray of Windows at 100 to 300 %.
	icoSizes = []int{16, 20, 24, 32, 48}
	// onDark gives for each colour of the light drawings the one for dark panels.
	onDark = map[color.NRGBA]color.NRGBA{
		{0x1b, 0x6e, 0x53, 255}: {0x5c, 0xc8, 0xa0, 255}, // moss
		{0xb4, 0x48, 0x0f, 255}: {0xff, 0x9a, 0x5c, 255}, // ember
		{0xb3, 0x26, 0x1e, 255}: {0xff, 0x8a, 0x80, 255}, // stop
		{0x6a, 0x62, 0x57, 255}: {0xac, 0xa2, 0x94, 255}, // soft
	}
)

// drawAll gives the contents of all files by name: state_NAME_light_SIZE.png,
// state_NAME_dark_SIZE.png, state_NAME_light.ico, state_NAME_dark.ico, app_SIZE.png, app.ico and Icon.png.
func drawAll(folder string) (map[string][]byte, error) {
	out := map[string][]byte{}
	states, err := filepath.Glob(filepath.Join(folder, "state_*.svg"))
	if err != nil || len(states) == 0 {
		return nil, fmt.Errorf("no drawings of states in %s (%v)", folder, err)
	}
	for _, file := range states {
		d, err := readSVG(file)
		if err != nil {
			return nil, err
		}
		name := strings.TrimSuffix(filepath.Base(file), ".svg")
		if err := drawState(out, name+"_light", d); err != nil {
			return nil, err
		}
		if err := drawState(out, name+"_dark", d.dark()); err != nil {
			return nil, err
		}
	}
	app, err := readSVG(filepath.Join(folder, "app.svg"))
	if err != nil {
		return nil, err
	}
	for _, size := range sizes {
		if out[fmt.Sprintf("app_%d.png", size)], err = encodePNG(app.render(size)); err != nil {
			return nil, err
		}
	}
	out["Icon.png"] = out["app_512.png"]
	out["app.ico"] = encodeICO(app.renderAll(append(append([]int{}, icoSizes...), 64)))
	return out, nil
}

func drawState(out map[string][]byte, name string, d drawing) error {
	for _, size := range sizes {
		raw, err := encodePNG(d.render(size))
		if err != nil {
			return err
		}
		out[fmt.Sprintf("%s_%d.png", name, size)] = raw
	}
	out[name+".ico"] = encodeICO(d.renderAll(icoSizes))
	return nil
}

func readSVG(file string) (drawing, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return drawing{}, fmt.Errorf("read drawing: %w", err)
	}
	d, err := parseSVG(raw)
	if err != nil {
		return drawing{}, fmt.Errorf("%s: %w", filepath.Base(file), err)
	}
	return d, nil
}

// dark is the drawing in the colours for a dark panel.
func (d drawing) dark() drawing {
	out := drawing{box: d.box, paths: make([]shape, len(d.paths))}
	for i, p := range d.paths {
		if c, ok := onDark[p.fill]; ok {
			p.fill = c
		}
		out.paths[i] = p
	}
	return out
}

func (d drawing) renderAll(sizes []int) []*image.NRGBA {
	all := make([]*image.NRGBA, len(sizes))
	for i, s := range sizes {
		all[i] = d.render(s)
	}
	return all
}

// render draws at size×size pixels.
func (d drawing) render(size int) *image.NRGBA {
	scale := float64(size) / d.box
	img := image.NewRGBA(image.Rect(0, 0, size, size))
	for _, p := range d.paths {
		r := vector.NewRasterizer(size, size)
		for _, c := range hint(p.cmds, scale) {
			to := c.pts[2]
			switch c.op {
			case 'M':
				r.MoveTo(float32(to.x), float32(to.y))
			case 'L':
				r.LineTo(float32(to.x), float32(to.y))
			case 'C':
				r.CubeTo(float32(c.pts[0].x), float32(c.pts[0].y), float32(c.pts[1].x), float32(c.pts[1].y), float32(to.x), float32(to.y))
			case 'Z':
				r.ClosePath()
			}
		}
		r.DrawOp = draw.Over
		r.Draw(img, img.Bounds(), image.NewUniform(p.fill), image.Point{})
	}
	out := image.NewNRGBA(img.Bounds())
	draw.Draw(out, out.Bounds(), img, image.Point{}, draw.Src)
	return out
}

// hint scales a path and moves the ends of upright and level edges to whole
// pixels, so that bars and ground lines are sharp at 16 and 22 pixels.
func hint(cmds []cmd, scale float64) []cmd {
	out := append([]cmd{}, cmds...)
	for i := range out {
		for j := range out[i].pts {
			out[i].pts[j].x *= scale
			out[i].pts[j].y *= scale
		}
	}
	start := 0
	for i, c := range cmds {
		switch c.op {
		case 'M':
			start = i
		case 'L':
			snap(cmds[i-1].pts[2], c.pts[2], &out[i-1].pts[2], &out[i].pts[2])
		case 'Z':
			snap(cmds[i-1].pts[2], cmds[start].pts[2], &out[i-1].pts[2], &out[start].pts[2])
		}
	}
	return out
}

// snap rounds what a and b have in common in the scaled points to and from.
func snap(a, b point, from, to *point) {
	if a.x == b.x {
		from.x, to.x = math.Round(from.x), math.Round(to.x)
	}
	if a.y == b.y {
		from.y, to.y = math.Round(from.y), math.Round(to.y)
	}
}

func encodePNG(img image.Image) ([]byte, error) {
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, img); err != nil {
		return nil, fmt.Errorf("encode icon: %w", err)
	}
	return b.Bytes(), nil
}

// encodeICO writes an icon file with one 32-bit bitmap for each image, bottom
// row first, each followed by an empty mask (the alpha channel decides).
func encodeICO(imgs []*image.NRGBA) []byte {
	const dirEntry, fileHeader, bitmapHeader = 16, 6, 40
	var head, body bytes.Buffer
	le := binary.LittleEndian
	head.Write(le.AppendUint16(le.AppendUint16(le.AppendUint16(nil, 0), 1), uint16(len(imgs))))
	at := fileHeader + dirEntry*len(imgs)
	for _, img := range imgs {
		side := img.Bounds().Dx()
		mask := (side + 31) / 32 * 4 * side
		length := bitmapHeader + 4*side*side + mask
		head.Write([]byte{byte(side), byte(side), 0, 0, 1, 0, 32, 0})
		head.Write(le.AppendUint32(le.AppendUint32(nil, uint32(length)), uint32(at)))
		at += length
		b := le.AppendUint32(nil, bitmapHeader)
		b = le.AppendUint32(le.AppendUint32(b, uint32(side)), uint32(2*side)) // picture and mask
		b = le.AppendUint16(le.AppendUint16(b, 1), 32)
		body.Write(append(b, make([]byte, 24)...))
		for y := side - 1; y >= 0; y-- {
			for x := range side {
				c := img.NRGBAAt(x, y)
				body.Write([]byte{c.B, c.G, c.R, c.A})
			}
		}
		body.Write(make([]byte, mask))
	}
	return append(head.Bytes(), body.Bytes()...)
}
