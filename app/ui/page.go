package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
)

// sheet scrolls a tall content vertically and lays it out at its own width in
// one pass.
type sheet struct {
	scroll  *container.Scroll
	content fyne.CanvasObject
}

func newSheet(content fyne.CanvasObject) (*fyne.Container, *container.Scroll) {
	s := container.NewVScroll(content)
	return container.New(&sheet{s, content}, s), s
}

func (s *sheet) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(s.content.MinSize().Width, 120)
}

func (s *sheet) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	h := max(size.Height, tallFor(s.content, size.Width))
	s.content.Resize(fyne.NewSize(size.Width, h))
	s.scroll.Move(fyne.NewPos(0, 0))
	s.scroll.Resize(size)
}

// reveal scrolls so far that an object which got the keyboard is seen.
func (v *View) reveal(o fyne.CanvasObject) {
	s := v.scroll
	if v.asking != nil {
		s = v.asking.scroll
	}
	if s == nil || s.Size().Height == 0 {
		return
	}
	d := fyne.CurrentApp().Driver()
	at, top := d.AbsolutePositionForObject(o), d.AbsolutePositionForObject(s)
	inside := d.AbsolutePositionForObject(s.Content)
	if at.X < top.X-1 || at.X > top.X+s.Size().Width {
		return // not in this sheet
	}
	y, h := at.Y-inside.Y, o.Size().Height
	const air = 16
	switch off := s.Offset.Y; {
	case y-air < off:
		s.ScrollToOffset(fyne.NewPos(0, max(0, y-air)))
	case y+h+air > off+s.Size().Height:
		s.ScrollToOffset(fyne.NewPos(0, y+h+air-s.Size().Height))
	}
}

// pane is the paper on which a screen lies: its parts below each other, kept
// to a width that reads well.
func (v *View) pane(parts ...fyne.CanvasObject) fyne.CanvasObject {
	l := v.look
	all := make([]fyne.CanvasObject, 0, len(parts)+2)
	for _, p := range append(v.strips(), parts...) {
		if p != nil {
			all = append(all, p)
		}
	}
	content := container.New(&inset{x: l.gap(26), y: l.gap(22), most: l.text(800)}, stackOf(l.gap(14), all...))
	c, s := newSheet(content)
	v.scroll = s
	return c
}

// card is a white card with round corners.
func (v *View) card(parts ...fyne.CanvasObject) fyne.CanvasObject {
	return v.cardIn(v.look.card, v.look.line, 10, parts...)
}

func (v *View) cardIn(fill, edge fyneColor, gap float32, parts ...fyne.CanvasObject) fyne.CanvasObject {
	back := canvas.NewRectangle(fill)
	back.CornerRadius, back.StrokeColor, back.StrokeWidth = radius, edge, 1
	return container.New(&inset{x: v.look.gap(17), y: v.look.gap(15)}, back, stackOf(v.look.gap(gap), some(parts)...))
}

func some(parts []fyne.CanvasObject) []fyne.CanvasObject {
	kept := make([]fyne.CanvasObject, 0, len(parts))
	for _, p := range parts {
		if p != nil {
			kept = append(kept, p)
		}
	}
	return kept
}

// title is the head of a screen with one soft line below it, which may be "".
func (v *View) title(text, below string) fyne.CanvasObject {
	if below == "" {
		return v.head(text)
	}
	return stackOf(v.look.gap(4), v.head(text), v.soft(below))
}

// line is a thin separator.
func (v *View) rule() fyne.CanvasObject {
	r := canvas.NewRectangle(v.look.line)
	return container.New(&hair{}, r)
}

// hair is one point tall, whatever the width.
type hair struct{}

func (*hair) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(1, 1) }
func (*hair) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Move(fyne.NewPos(0, 0))
	objects[0].Resize(fyne.NewSize(size.Width, 1))
}

// lines puts rows below each other with a thin line between.
func (v *View) lines(rows ...fyne.CanvasObject) fyne.CanvasObject {
	var all []fyne.CanvasObject
	for i, r := range some(rows) {
		if i > 0 {
			all = append(all, v.rule())
		}
		all = append(all, r)
	}
	return stackOf(v.look.gap(9), all...)
}

// item is a line of a list: mark (or nil), text, deeds (or nil).
func (v *View) item(mark fyne.CanvasObject, text fyne.CanvasObject, deeds ...fyne.CanvasObject) fyne.CanvasObject {
	r := &row{gap: v.look.gap(13), room: v.look.text(210)}
	var all []fyne.CanvasObject
	if mark != nil {
		r.mark = true
		all = append(all, mark)
	}
	all = append(all, text)
	if deeds = some(deeds); len(deeds) > 0 {
		r.deeds = true
		all = append(all, container.New(&wrap{gap: v.look.gap(8)}, deeds...))
	}
	return container.New(r, all...)
}

// pair is a bold line over a soft one.
func (v *View) pair(bold, soft string) fyne.CanvasObject {
	if soft == "" {
		return v.bold(bold)
	}
	return stackOf(v.look.gap(1), v.bold(bold), v.soft(soft))
}

// deeds is a line of buttons that wraps.
func (v *View) deeds(buttons ...fyne.CanvasObject) fyne.CanvasObject {
	return container.New(&wrap{gap: v.look.gap(10)}, some(buttons)...)
}

// empty is what a screen shows while there is nothing: a drawing, a friendly
// line, and the next deed.
func (v *View) empty(drawing, text string, deeds ...fyne.CanvasObject) fyne.CanvasObject {
	l := v.look
	parts := []fyne.CanvasObject{v.picture(drawing), v.soft(text).centred()}
	if deeds = some(deeds); len(deeds) > 0 {
		parts = append(parts, container.New(&wrap{gap: l.gap(10), centre: true}, deeds...))
	}
	return container.New(&inset{x: l.gap(10), y: l.gap(18)}, stackOf(l.gap(14), parts...))
}

// code is a sunk box for text to copy.
func (v *View) code(text string) fyne.CanvasObject {
	back := canvas.NewRectangle(v.look.sunk)
	back.CornerRadius = 10
	p := v.body(text).cut()
	p.style.Bold = true
	return container.New(&inset{x: v.look.gap(14), y: v.look.gap(11)}, back, p)
}

// wash is a coloured strip: ember for a warning, lake for information.
func (v *View) wash(fill, ink fyneColor, text string) fyne.CanvasObject {
	back := canvas.NewRectangle(fill)
	back.CornerRadius = 10
	return container.New(&inset{x: v.look.gap(13), y: v.look.gap(9)}, back, v.para(text, sizeBody, ink))
}
