package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// beside puts two things side by side where there is room.
func (v *View) beside(left, right fyne.CanvasObject) fyne.CanvasObject {
	return container.New(&halves{gap: v.look.gap(18), least: v.look.text(220)}, left, right)
}

// halves lays two things out side by side, or below each other where each would
// have less than least.
type halves struct{ gap, least, last float32 }

func (h *halves) half(width float32) (w float32, below bool) {
	if w = (width - h.gap) / 2; w < h.least {
		return width, true
	}
	return w, false
}

func (h *halves) tallFor(objects []fyne.CanvasObject, width float32) (tall float32) {
	w, below := h.half(width)
	for i, o := range objects {
		t := tallFor(o, w)
		switch {
		case !below:
			tall = max(tall, t)
		case i > 0:
			tall += h.gap/2 + t
		default:
			tall = t
		}
	}
	return tall
}

func (h *halves) MinSize(objects []fyne.CanvasObject) fyne.Size {
	w := widest(objects)
	return fyne.NewSize(w, h.tallFor(objects, max(w, h.last)))
}

func (h *halves) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	h.last = size.Width
	w, below := h.half(size.Width)
	at := fyne.NewPos(0, 0)
	for _, o := range objects {
		tall := tallFor(o, w)
		o.Move(at)
		o.Resize(fyne.NewSize(w, tall))
		if below {
			at.Y += tall + h.gap/2
		} else {
			at.X += w + h.gap
		}
	}
}
