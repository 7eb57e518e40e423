package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// press is everything that can be pressed: buttons, rows, choices, ticks. It
// shows a ring when the keyboard is on it, and Space and Enter press it.
type press struct {
	widget.BaseWidget
	v       *View
	id      string // remembered, so that the keyboard stays where it was after a redraw
	label   string
	tap     func()
	off     bool
	content fyne.CanvasObject
	x, y    float32 // inner distances
	round   float32
	fill    color.Color
	over    color.Color // laid over fill while pointed at
	edge    color.Color
	edgeW   float32
	middle  bool // content keeps its own width, in the middle

	hovered, focused bool
}

var (
	_ fyne.Tappable      = (*press)(nil)
	_ fyne.Focusable     = (*press)(nil)
	_ fyne.Disableable   = (*press)(nil)
	_ fyne.Accessible    = (*press)(nil)
	_ desktop.Hoverable  = (*press)(nil)
	_ desktop.Cursorable = (*press)(nil)
	_ fyne.Tabbable      = (*field)(nil)
)

func (v *View) press(id, label string, content fyne.CanvasObject, tap func()) *press {
	p := &press{v: v, id: id, label: label, content: content, tap: tap, fill: color.Transparent, over: v.look.hover, edge: color.Transparent}
	p.ExtendBaseWidget(p)
	return p
}

// The weights of a button.
type weight int

const (
	quiet  weight = iota // a thin line
	main                 // the deed of the screen
	danger               // what cannot be taken back
	plain                // words only
	chosen               // the picked one of several
)

// button is a deed in words; its id is its key. icon may be "".
func (v *View) button(key string, w weight, icon string, tap func()) *press {
	return v.buttonSay(key, v.say(key), w, icon, tap)
}

func (v *View) buttonSay(id, label string, w weight, icon string, tap func()) *press {
	l := v.look
	ink, fill, edge := l.ink, color.Color(l.card), color.Color(l.line)
	switch w {
	case main:
		ink, fill, edge = l.mossInk, l.moss, color.Transparent
	case danger:
		ink, edge = l.stop, l.stop
	case plain:
		ink, fill, edge = l.lake, color.Transparent, color.Transparent
	case chosen:
		ink, fill, edge = l.moss, l.mossWash, l.moss
	}
	t := v.para(label, sizeBody, ink).line()
	t.style.Bold = w != quiet && w != plain
	var content fyne.CanvasObject = t
	if icon != "" {
		content = container.New(&row{gap: l.gap(7), mark: true}, v.icon(icon, ink, 18), t)
	}
	p := v.press(id, label, content, tap)
	p.middle, p.round = true, 99
	p.x, p.y = l.gap(17), l.gap(8)
	if w == plain {
		p.x = l.gap(8)
	}
	p.fill, p.edge, p.edgeW = fill, edge, 1
	if w == main {
		p.over = color.NRGBA{R: 255, G: 255, B: 255, A: 0x26}
	}
	return p
}

// disabled greys a button out and keeps the keyboard away from it.
func (p *press) disabled(off bool) *press { p.off = off; return p }

func (p *press) innerWidth(width float32) float32 {
	if p.middle {
		return min(width-2*p.x, wantWidth(p.content))
	}
	return width - 2*p.x
}

func (p *press) wantWidth() float32 { return wantWidth(p.content) + 2*p.x }

func (p *press) tallFor(width float32) float32 {
	return tallFor(p.content, p.innerWidth(width)) + 2*p.y
}

func (p *press) MinSize() fyne.Size {
	w := p.content.MinSize().Width + 2*p.x
	if p.middle {
		w = p.wantWidth()
	}
	return fyne.NewSize(w, p.tallFor(max(w, p.Size().Width)))
}

// Tapped is a press by pointer.
func (p *press) Tapped(*fyne.PointEvent) {
	if !p.off && p.tap != nil {
		p.tap()
	}
}

// FocusGained draws the ring and brings the thing into view.
func (p *press) FocusGained() { p.focused = true; p.Refresh(); p.v.reveal(p) }

// FocusLost takes the ring away.
func (p *press) FocusLost() { p.focused = false; p.Refresh() }

// TypedRune does nothing: nothing here is typed into.
func (p *press) TypedRune(rune) {}

// TypedKey presses on Space and Enter and leaves other keys to the window.
func (p *press) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		p.Tapped(nil)
	case fyne.KeyDown:
		p.v.window.Canvas().FocusNext()
	case fyne.KeyUp:
		p.v.window.Canvas().FocusPrevious()
	default:
		p.v.key(e)
	}
}

// MouseIn and its fellows follow the pointer.
func (p *press) MouseIn(*desktop.MouseEvent) { p.hovered = true; p.Refresh() }

// MouseMoved is of no interest.
func (p *press) MouseMoved(*desktop.MouseEvent) {}

// MouseOut ends what MouseIn began.
func (p *press) MouseOut() { p.hovered = false; p.Refresh() }

// Cursor is a hand over what can be pressed.
func (p *press) Cursor() desktop.Cursor {
	if p.off {
		return desktop.DefaultCursor
	}
	return desktop.PointerCursor
}

// Disable, Enable and Disabled let the keyboard pass by what is greyed out.
func (p *press) Disable()       { p.off = true; p.Refresh() }
func (p *press) Enable()        { p.off = false; p.Refresh() }
func (p *press) Disabled() bool { return p.off }

// AccessibilityLabel is what it does, in words.
func (p *press) AccessibilityLabel() string { return p.label }

// AccessibilityRole is that of a button.
func (p *press) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// CreateRenderer is Fyne's way to draw it.
func (p *press) CreateRenderer() fyne.WidgetRenderer {
	r := &pressRenderer{p: p, back: canvas.NewRectangle(p.fill), over: canvas.NewRectangle(color.Transparent), ring: canvas.NewRectangle(color.Transparent), veil: canvas.NewRectangle(color.Transparent)}
	r.paint()
	return r
}

type pressRenderer struct {
	p                      *press
	back, over, ring, veil *canvas.Rectangle
}

func (r *pressRenderer) paint() {
	p := r.p
	r.back.FillColor, r.back.StrokeColor, r.back.StrokeWidth, r.back.CornerRadius = p.fill, p.edge, p.edgeW, p.round
	r.over.CornerRadius = p.round
	r.over.FillColor = color.Transparent
	if p.hovered && !p.off {
		r.over.FillColor = p.over
	}
	r.ring.CornerRadius = p.round + 3
	r.ring.StrokeWidth, r.ring.StrokeColor = 0, color.Transparent
	if p.focused {
		r.ring.StrokeWidth, r.ring.StrokeColor = 3, p.v.look.focus
	}
	r.veil.CornerRadius = p.round
	r.veil.FillColor = color.Transparent
	if p.off {
		r.veil.FillColor = alphaOf(p.v.look.card, 0x98)
	}
}

func (r *pressRenderer) Layout(size fyne.Size) {
	for _, o := range []*canvas.Rectangle{r.back, r.over, r.veil} {
		o.Move(fyne.NewPos(0, 0))
		o.Resize(size)
	}
	r.ring.Move(fyne.NewPos(-3, -3))
	r.ring.Resize(size.AddWidthHeight(6, 6))
	p := r.p
	w := p.innerWidth(size.Width)
	h := tallFor(p.content, w)
	p.content.Resize(fyne.NewSize(w, h))
	x := p.x
	if p.middle {
		x = (size.Width - w) / 2
	}
	p.content.Move(fyne.NewPos(x, (size.Height-h)/2))
}

func (r *pressRenderer) MinSize() fyne.Size { return r.p.MinSize() }

func (r *pressRenderer) Refresh() {
	r.paint()
	for _, o := range []*canvas.Rectangle{r.back, r.over, r.ring, r.veil} {
		o.Refresh()
	}
	canvas.Refresh(r.p)
}

func (r *pressRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.back, r.over, r.p.content, r.veil, r.ring}
}
func (r *pressRenderer) Destroy() {}

// tick is a box with words: on or off.
func (v *View) tick(key string, on bool, change func(on bool)) *press {
	p := v.press(key, v.say(key), v.tickContent(on, v.body(v.say(key))), func() { change(!on) })
	p.round, p.y, p.x = 8, v.look.gap(5), v.look.gap(2)
	return p
}

// tickContent is a box, ticked or not, and what stands beside it.
func (v *View) tickContent(on bool, text fyne.CanvasObject) fyne.CanvasObject {
	l := v.look
	var box fyne.CanvasObject
	side := l.text(21)
	back := canvas.NewRectangle(color.Transparent)
	back.CornerRadius, back.StrokeWidth, back.StrokeColor = 6, 2, l.soft
	parts := []fyne.CanvasObject{back}
	if on {
		back.FillColor, back.StrokeColor = l.moss, l.moss
		parts = append(parts, v.drawing("check", l.mossInk, side*0.8, side*0.8))
	}
	box = container.New(&fixed{fyne.NewSize(side, side)}, parts...)
	return container.New(&row{gap: l.gap(11), mark: true}, box, text)
}

// pick shows choices beside each other, the chosen one marked by a tick and a wash.
func (v *View) pick(id string, options [][2]string, chosenValue string, change func(value string)) fyne.CanvasObject {
	var all []fyne.CanvasObject
	for _, o := range options {
		w, icon := quiet, ""
		if o[0] == chosenValue {
			w, icon = chosen, "check"
		}
		all = append(all, v.buttonSay(id+"."+o[0], o[1], w, icon, func() { change(o[0]) }))
	}
	return container.New(&wrap{gap: v.look.gap(8)}, all...)
}

// field is a place to type one line, or several.
type field struct {
	widget.Entry
	v *View
}

// field gives the field of this id; it lives as long as its screen is shown, so
// that a redraw loses no letter.
func (v *View) field(id, hint string, lines int, done func()) *field {
	f, ok := v.fields[id]
	if !ok {
		f = &field{v: v}
		f.ExtendBaseWidget(f)
		v.fields[id] = f
	}
	f.PlaceHolder = hint
	if lines > 1 {
		f.MultiLine, f.Wrapping = true, fyne.TextWrapWord
		f.SetMinRowsVisible(lines)
	}
	f.OnSubmitted = func(string) {
		if done != nil {
			done()
		}
	}
	return f
}

// AcceptsTab lets Tab lead on, also out of a field of several lines.
func (f *field) AcceptsTab() bool { return false }

// TypedKey lets Escape out of the field; Enter means done, also in several lines.
func (f *field) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyEscape:
		f.v.key(e)
	case fyne.KeyReturn, fyne.KeyEnter:
		f.OnSubmitted(f.Text)
	default:
		f.Entry.TypedKey(e)
	}
}

// TypedShortcut hands the window's own shortcuts on and keeps the rest.
func (f *field) TypedShortcut(s fyne.Shortcut) {
	if c, ok := s.(*desktop.CustomShortcut); ok && f.v.shortcut(c) {
		return
	}
	f.Entry.TypedShortcut(s)
}

// FocusGained brings the field into view.
func (f *field) FocusGained() { f.Entry.FocusGained(); f.v.reveal(f) }
