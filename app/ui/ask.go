package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// question is a dialog of our own: it stands over everything, Escape means the
// safe answer, the keyboard stands on the safe button, and each button says its deed.
type question struct {
	title  string
	parts  []fyne.CanvasObject
	deeds  []*press // besides the safe one
	safe   *press   // last on screen, first for the keyboard
	cancel func()   // what Escape does besides closing; nil for nothing
}

// asking is the question that is on screen.
type asking struct {
	veil   *veil
	scroll *container.Scroll
	cancel func()
	back   fyne.Focusable // had the keyboard before
}

// ask shows a question. Pressing any of its buttons closes it first.
func (v *View) ask(q question) {
	v.closeQuestion()
	l := v.look
	buttons := make([]fyne.CanvasObject, 0, len(q.deeds)+1)
	for _, b := range append(q.deeds, q.safe) {
		then := b.tap
		b.tap = func() {
			v.closeQuestion()
			if then != nil {
				then()
			}
		}
		buttons = append(buttons, b)
	}
	parts := append([]fyne.CanvasObject{v.head(q.title)}, some(q.parts)...)
	parts = append(parts, container.New(&wrap{gap: l.gap(10), trailing: true}, buttons...))
	body := container.New(&inset{x: l.gap(24), y: l.gap(20)}, stackOf(l.gap(14), parts...))
	card, s := newSheet(body)
	back := canvas.NewRectangle(l.card)
	back.CornerRadius, back.StrokeColor, back.StrokeWidth = radius+4, l.line, 1
	if v.window.Canvas().Focused() == nil {
		v.window.Canvas().Focus(nil)
	}
	a := &asking{scroll: s, cancel: q.cancel, back: v.window.Canvas().Focused()}
	a.veil = newVeil(canvas.NewRectangle(l.dim), back, card, body, l.text(480))
	v.asking = a
	v.window.Canvas().Overlays().Add(a.veil)
	v.window.Canvas().Focus(q.safe)
}

// closeQuestion takes the question away and gives the keyboard back.
func (v *View) closeQuestion() {
	a := v.asking
	if a == nil {
		return
	}
	v.asking = nil
	v.window.Canvas().Overlays().Remove(a.veil)
	if a.back != nil && v.onScreen(a.back) {
		v.window.Canvas().Focus(a.back)
	}
}

// cancelQuestion is Escape.
func (v *View) cancelQuestion() {
	a := v.asking
	v.closeQuestion()
	if a != nil && a.cancel != nil {
		a.cancel()
	}
}

// veil darkens the window and holds the card of a question in its middle.
type veil struct {
	widget.BaseWidget
	dim, back  *canvas.Rectangle
	card, body fyne.CanvasObject
	most       float32
}

func newVeil(dim, back *canvas.Rectangle, card, body fyne.CanvasObject, most float32) *veil {
	w := &veil{dim: dim, back: back, card: card, body: body, most: most}
	w.ExtendBaseWidget(w)
	return w
}

// Tapped swallows presses beside the card: a question wants an answer.
func (w *veil) Tapped(*fyne.PointEvent) {}

// CreateRenderer is Fyne's way to draw it.
func (w *veil) CreateRenderer() fyne.WidgetRenderer { return (*veilRenderer)(w) }

type veilRenderer veil

func (r *veilRenderer) Layout(size fyne.Size) {
	r.dim.Move(fyne.NewPos(0, 0))
	r.dim.Resize(size)
	w := min(r.most, size.Width-48)
	h := min(tallFor(r.body, w), size.Height-40)
	at := fyne.NewPos((size.Width-w)/2, (size.Height-h)*0.42)
	for _, o := range []fyne.CanvasObject{r.back, r.card} {
		o.Move(at)
		o.Resize(fyne.NewSize(w, h))
	}
}

func (r *veilRenderer) MinSize() fyne.Size {
	return fyne.NewSize(min(r.most, r.body.MinSize().Width)+48, 160)
}
func (r *veilRenderer) Refresh() {}
func (r *veilRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.dim, r.back, r.card}
}
func (r *veilRenderer) Destroy() {}
