package main

import (
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"image/color"
	"strconv"
	"strings"
)

// drawing is an SVG file as far as the icons use it.
type drawing struct {
	box   float64 // side of the square view box
	paths []shape
}

type shape struct {
	fill color.NRGBA
	cmds []cmd
}

// cmd is one step of a path: 'M' and 'L' use the last of pts, 'C' all three, 'Z' none.
type cmd struct {
	op  byte
	pts [3]point
}

type point struct{ x, y float64 }

func parseSVG(raw []byte) (drawing, error) {
	var doc struct {
		ViewBox string `xml:"viewBox,attr"`
		Paths   []struct {
			Fill string `xml:"fill,attr"`
			D    string `xml:"d,attr"`
		} `xml:"path"`
	}
	if err := xml.Unmarshal(raw, &doc); err != nil {
		return drawing{}, fmt.Errorf("read svg: %w", err)
	}
	box := strings.Fields(doc.ViewBox)
	if len(box) != 4 || box[0] != "0" || box[1] != "0" || box[2] != box[3] {
		return drawing{}, fmt.Errorf("view box %q: not a square at 0 0", doc.ViewBox)
	}
	side, err := strconv.ParseFloat(box[2], 64)
	if err != nil || side <= 0 {
		return drawing{}, fmt.Errorf("view box %q: %v", doc.ViewBox, err)
	}
	d := drawing{box: side}
	for _, p := range doc.Paths {
		fill, err := parseFill(p.Fill)
		if err != nil {
			return drawing{}, err
		}
		cmds, err := parsePath(p.D)
		if err != nil {
			return drawing{}, fmt.Errorf("path %q: %w", p.D, err)
		}
		d.paths = append(d.paths, shape{fill: fill, cmds: cmds})
	}
	return d, nil
}

func parseFill(s string) (color.NRGBA, error) {
	b, err := hex.DecodeString(strings.TrimPrefix(s, "#"))
	if err != nil || len(b) != 3 {
		return color.NRGBA{}, fmt.Errorf("fill %q: not #rrggbb", s)
	}
	return color.NRGBA{R: b[0], G: b[1], B: b[2], A: 255}, nil
}

// parsePath reads absolute commands; numbers stand apart by blanks, commas or the next command.
func parsePath(s string) ([]cmd, error) {
	r := pathReader{rest: s}
	for {
		op, ok := r.op()
		if !ok {
			return r.out, r.err
		}
		if r.step(op); r.err != nil {
			return nil, r.err
		}
	}
}

type pathReader struct {
	rest string
	last byte
	at   point
	out  []cmd
	err  error
}

// op gives the next command letter; a number in its place repeats the last one.
func (r *pathReader) op() (byte, bool) {
	r.rest = strings.TrimLeft(r.rest, " ,\n\t")
	if r.rest == "" {
		return 0, false
	}
	if c := r.rest[0]; c >= 'A' && c <= 'z' {
		r.rest, r.last = r.rest[1:], c
		return c, true
	}
	if r.last == 'M' {
		r.last = 'L'
	}
	return r.last, true
}

func (r *pathReader) step(op byte) {
	c := cmd{op: op}
	switch op {
	case 'M', 'L':
		r.at = point{r.number(), r.number()}
		c.pts[2] = r.at
	case 'H':
		r.at.x = r.number()
		c = cmd{op: 'L', pts: [3]point{2: r.at}}
	case 'V':
		r.at.y = r.number()
		c = cmd{op: 'L', pts: [3]point{2: r.at}}
	case 'C':
		for i := range c.pts {
			c.pts[i] = point{r.number(), r.number()}
		}
		r.at = c.pts[2]
	case 'Z':
		r.last = 0
	default:
		r.err = fmt.Errorf("command %q is not understood", op)
	}
	r.out = append(r.out, c)
}

func (r *pathReader) number() float64 {
	r.rest = strings.TrimLeft(r.rest, " ,\n\t")
	end := strings.IndexFunc(r.rest, func(c rune) bool { return !strings.ContainsRune("-.0123456789", c) })
	if end < 0 {
		end = len(r.rest)
	}
	n, err := strconv.ParseFloat(r.rest[:end], 64)
	if err != nil && r.err == nil {
		r.err = err
	}
	r.rest = r.rest[end:]
	return n
}
