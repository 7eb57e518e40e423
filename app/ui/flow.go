package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// Height for width: Fyne asks an object for one smallest size, which says
// nothing about text that wraps. What is drawn here can be asked how tall it
// is at a given width, so that a whole page is laid out in one pass.

// taller is an object that knows its height at a width.
type taller interface{ tallFor(width float32) float32 }

// tallLayout is a layout that knows the height of its objects at a width.
type tallLayout interface {
	fyne.Layout
	tallFor(objects []fyne.CanvasObject, width float32) float32
}

func tallFor(o fyne.CanvasObject, width float32) float32 {
	switch o := o.(type) {
	case taller:
		return o.tallFor(width)
	case *fyne.Container:
		if l, ok := o.Layout.(tallLayout); ok {
			return l.tallFor(o.Objects, width)
		}
	}
	return o.MinSize().Height
}

func widest(objects []fyne.CanvasObject) (w float32) {
	for _, o := range objects {
		w = max(w, o.MinSize().Width)
	}
	return w
}

// column puts objects below each other at full width. springs are indexes + 1
// of objects before which the free height goes, in equal parts.
type column struct {
	gap     float32
	springs []int
	last    float32 // the width of the last layout
}

func (c *column) tallFor(objects []fyne.CanvasObject, width float32) float32 {
	h := float32(0)
	for i, o := range objects {
		if i > 0 {
			h += c.gap
		}
		h += tallFor(o, width)
	}
	return h
}

func (c *column) MinSize(objects []fyne.CanvasObject) fyne.Size {
	w := widest(objects)
	return fyne.NewSize(w, c.tallFor(objects, max(w, c.last)))
}

func (c *column) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	c.last = size.Width
	free := max(0, size.Height-c.tallFor(objects, size.Width))
	if n := len(c.springs); n > 1 {
		free /= float32(n)
	}
	y := float32(0)
	for i, o := range objects {
		if i > 0 {
			y += c.gap
		}
		if slices.Contains(c.springs, i+1) {
			y += free
		}
		h := tallFor(o, size.Width)
		o.Move(fyne.NewPos(0, y))
		o.Resize(fyne.NewSize(size.Width, h))
		y += h
	}
}

func stackOf(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&column{gap: gap}, objects...)
}

// row puts a fixed mark, text that takes the rest, and deeds beside each other;
// where the text would get less than room, the deeds move below it.
type row struct {
	gap, room float32
	mark      bool // the first object is a mark of fixed size
	deeds     bool // the last object holds deeds
	top       bool // align at the top instead of the middle
	beside    bool // the deeds never move below
	last      float32
}

func (r *row) parts(objects []fyne.CanvasObject) (mark, text, deeds fyne.CanvasObject) {
	i, j := 0, len(objects)
	if r.mark {
		mark, i = objects[0], 1
	}
	if r.deeds {
		j--
		deeds = objects[j]
	}
	return mark, objects[i], deeds
}

// plan gives the width of the text and of the deeds, and whether these go below.
func (r *row) plan(objects []fyne.CanvasObject, width float32) (textX, textW, deedsW float32, below bool) {
	mark, text, deeds := r.parts(objects)
	if mark != nil {
		textX = mark.MinSize().Width + r.gap
	}
	textW = max(0, width-textX)
	if deeds == nil {
		return textX, textW, 0, false
	}
	deedsW = wantWidth(deeds)
	if r.beside {
		return textX, max(0, textW-deedsW-r.gap), deedsW, false
	}
	need := min(wantWidth(text), max(r.room, text.MinSize().Width))
	if textW-deedsW-r.gap < need {
		return textX, textW, textW, true
	}
	return textX, textW - deedsW - r.gap, deedsW, false
}

// wantWidth is the width at which an object needs no second line.
func wantWidth(o fyne.CanvasObject) float32 {
	if w, ok := o.(interface{ wantWidth() float32 }); ok {
		return w.wantWidth()
	}
	if c, ok := o.(*fyne.Container); ok {
		switch l := c.Layout.(type) {
		case *wrap:
			w := float32(0)
			for i, o := range c.Objects {
				if i > 0 {
					w += l.gap
				}
				w += wantWidth(o)
			}
			return w
		case *row:
			w := float32(0)
			for i, o := range c.Objects {
				if i > 0 {
					w += l.gap
				}
				w += wantWidth(o)
			}
			return w
		case *column:
			w := float32(0)
			for _, o := range c.Objects {
				w = max(w, wantWidth(o))
			}
			return w
		}
	}
	return o.MinSize().Width
}

func (r *row) tallFor(objects []fyne.CanvasObject, width float32) float32 {
	mark, text, deeds := r.parts(objects)
	_, textW, deedsW, below := r.plan(objects, width)
	h := tallFor(text, textW)
	if deeds != nil {
		d := tallFor(deeds, deedsW)
		if below {
			h += r.gap*0.6 + d
		} else {
			h = max(h, d)
		}
	}
	if mark != nil {
		h = max(h, mark.MinSize().Height)
	}
	return h
}

func (r *row) MinSize(objects []fyne.CanvasObject) fyne.Size {
	mark, text, deeds := r.parts(objects)
	w := text.MinSize().Width
	switch {
	case deeds != nil && r.beside:
		w += r.gap + wantWidth(deeds)
	case deeds != nil:
		w = max(w, deeds.MinSize().Width)
	}
	if mark != nil {
		w += mark.MinSize().Width + r.gap
	}
	return fyne.NewSize(w, r.tallFor(objects, max(w, r.last)))
}

func (r *row) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	r.last = size.Width
	mark, text, deeds := r.parts(objects)
	textX, textW, deedsW, below := r.plan(objects, size.Width)
	textH := tallFor(text, textW)
	body := textH
	if deeds != nil {
		d := tallFor(deeds, deedsW)
		y := textH + r.gap*0.6
		x := textX
		if !below {
			body = max(textH, d)
			y, x = (size.Height-d)/2, size.Width-deedsW
			if r.top {
				y = 0
			}
		} else {
			body = y + d
		}
		deeds.Move(fyne.NewPos(x, y))
		deeds.Resize(fyne.NewSize(deedsW, d))
	}
	y := float32(0)
	if !below && !r.top {
		y = (size.Height - textH) / 2
	}
	text.Move(fyne.NewPos(textX, y))
	text.Resize(fyne.NewSize(textW, textH))
	if mark != nil {
		m := mark.MinSize()
		my := (min(size.Height, max(body, m.Height)) - m.Height) / 2
		if below || r.top {
			my = max(0, (min(textH, size.Height)-m.Height)/2)
		}
		mark.Move(fyne.NewPos(0, my))
		mark.Resize(m)
	}
}

// wrap puts objects beside each other, on as many lines as they need.
type wrap struct {
	gap      float32
	trailing bool // lines end at the right edge
	centre   bool
	last     float32
}

func (w *wrap) lines(objects []fyne.CanvasObject, width float32) [][]fyne.CanvasObject {
	var lines [][]fyne.CanvasObject
	x := float32(0)
	for _, o := range objects {
		ow := min(wantWidth(o), width)
		if len(lines) == 0 || x+w.gap+ow > width+0.5 {
			lines = append(lines, []fyne.CanvasObject{o})
			x = ow
			continue
		}
		lines[len(lines)-1] = append(lines[len(lines)-1], o)
		x += w.gap + ow
	}
	return lines
}

func lineSize(line []fyne.CanvasObject, gap, width float32) (w, h float32) {
	for i, o := range line {
		if i > 0 {
			w += gap
		}
		ow := min(wantWidth(o), width)
		w += ow
		h = max(h, tallFor(o, ow))
	}
	return w, h
}

func (w *wrap) tallFor(objects []fyne.CanvasObject, width float32) float32 {
	total := float32(0)
	for i, line := range w.lines(objects, width) {
		if i > 0 {
			total += w.gap
		}
		_, h := lineSize(line, w.gap, width)
		total += h
	}
	return total
}

func (w *wrap) MinSize(objects []fyne.CanvasObject) fyne.Size {
	min := widest(objects)
	return fyne.NewSize(min, w.tallFor(objects, max(min, w.last)))
}

func (w *wrap) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	w.last = size.Width
	y := float32(0)
	for _, line := range w.lines(objects, size.Width) {
		lw, lh := lineSize(line, w.gap, size.Width)
		x := float32(0)
		if w.trailing {
			x = max(0, size.Width-lw)
		} else if w.centre {
			x = max(0, (size.Width-lw)/2)
		}
		for _, o := range line {
			ow := min(wantWidth(o), size.Width)
			oh := tallFor(o, ow)
			o.Move(fyne.NewPos(x, y+(lh-oh)/2))
			o.Resize(fyne.NewSize(ow, oh))
			x += ow + w.gap
		}
		y += lh + w.gap
	}
}

// inset lays its last object out within a border; objects before it (a
// background) fill the whole. most, where not 0, limits the width of the last
// object, which is then centred.
type inset struct {
	x, y float32
	most float32
	last float32
}

func (p *inset) inner(width float32) float32 {
	w := max(0, width-2*p.x)
	if p.most > 0 {
		w = min(w, p.most)
	}
	return w
}

func (p *inset) tallFor(objects []fyne.CanvasObject, width float32) float32 {
	return 2*p.y + tallFor(objects[len(objects)-1], p.inner(width))
}

func (p *inset) MinSize(objects []fyne.CanvasObject) fyne.Size {
	w := 2*p.x + objects[len(objects)-1].MinSize().Width
	return fyne.NewSize(w, p.tallFor(objects, max(w, p.last)))
}

func (p *inset) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	p.last = size.Width
	for _, o := range objects[:len(objects)-1] {
		o.Move(fyne.NewPos(0, 0))
		o.Resize(size)
	}
	w := p.inner(size.Width)
	o := objects[len(objects)-1]
	o.Move(fyne.NewPos((size.Width-w)/2, p.y))
	o.Resize(fyne.NewSize(w, max(tallFor(o, w), size.Height-2*p.y)))
}

// fixed gives its one object exactly a size, in the middle of what there is.
type fixed struct{ size fyne.Size }

func (f *fixed) MinSize([]fyne.CanvasObject) fyne.Size { return f.size }

func (f *fixed) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Resize(f.size)
		o.Move(fyne.NewPos((size.Width-f.size.Width)/2, (size.Height-f.size.Height)/2))
	}
}
