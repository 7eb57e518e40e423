package ui

import (
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// para is text of one size, style and colour that wraps at its width. It is
// plain: what people wrote is never read as a format.
type para struct {
	widget.BaseWidget
	text     string
	size     float32
	style    fyne.TextStyle
	ink      color.Color
	align    fyne.TextAlign
	anywhere bool // long words (links, folders) may be cut at any letter
	oneLine  bool // never wraps: its whole width is its smallest

	width       float32 // at which lines were made
	lines       []string
	least, want float32 // widths, once they were measured: the text never changes
	tall        float32 // of one line
}

func (v *View) para(text string, size float32, ink color.Color) *para {
	p := &para{text: text, size: v.look.text(size), ink: ink}
	p.ExtendBaseWidget(p)
	return p
}

// body, soft, bold and head are the four voices of a screen.
func (v *View) body(text string) *para { return v.para(text, sizeBody, v.look.ink) }
func (v *View) soft(text string) *para { return v.para(text, sizeBody, v.look.soft) }
func (v *View) bold(text string) *para { return v.para(text, sizeBody, v.look.ink).strong() }
func (v *View) head(text string) *para { return v.para(text, sizeHead, v.look.ink).strong() }

func (p *para) strong() *para { p.style.Bold = true; return p }
func (p *para) mono() *para   { p.style.Monospace = true; p.anywhere = true; return p }
func (p *para) centred() *para {
	p.align = fyne.TextAlignCenter
	return p
}
func (p *para) cut() *para  { p.anywhere = true; return p }
func (p *para) line() *para { p.oneLine = true; return p }

func (p *para) measure(s string) float32 { return fyne.MeasureText(s, p.size, p.style).Width }

func (p *para) lineTall() float32 {
	if p.tall == 0 {
		p.tall = fyne.MeasureText("Mg", p.size, p.style).Height
	}
	return p.tall
}

// wrapAt breaks the text into lines that fit width.
func (p *para) wrapAt(width float32) []string {
	if p.width == width && p.lines != nil {
		return p.lines
	}
	var lines []string
	for part := range strings.SplitSeq(p.text, "\n") {
		lines = append(lines, p.wrapLine(part, width)...)
	}
	p.width, p.lines = width, lines
	return lines
}

func (p *para) wrapLine(text string, width float32) []string {
	if p.oneLine || p.wantWidth() <= width || p.measure(text) <= width {
		return []string{text}
	}
	var lines []string
	line := ""
	space := p.measure(" ")
	used := float32(0)
	for _, word := range strings.Fields(text) {
		w := p.measure(word)
		if line != "" && used+space+w <= width {
			line += " " + word
			used += space + w
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		for w > width {
			head, tail := p.cutWord(word, width)
			if tail == "" {
				break
			}
			lines = append(lines, head)
			word, w = tail, p.measure(tail)
		}
		line, used = word, w
	}
	return append(lines, line)
}

// cutWord splits a word that is wider than the line, behind a hyphen where one
// stands in the line's second half; the head has one letter at least.
func (p *para) cutWord(word string, width float32) (head, tail string) {
	r := []rune(word)
	n := 1
	for n < len(r) && p.measure(string(r[:n+1])) <= width {
		n++
	}
	for i := n; i > n/2 && n < len(r); i-- {
		if r[i-1] == '-' {
			n = i
			break
		}
	}
	return string(r[:n]), string(r[n:])
}

func (p *para) wantWidth() float32 {
	if p.want == 0 {
		for part := range strings.SplitSeq(p.text, "\n") {
			p.want = max(p.want, p.measure(part))
		}
		p.want++
	}
	return p.want
}

// leastWidth is that of the longest word, or of everything where it never wraps.
func (p *para) leastWidth() float32 {
	switch {
	case p.oneLine:
		return p.wantWidth()
	case p.anywhere:
		return min(p.size*6, p.wantWidth())
	case p.least == 0:
		for _, word := range strings.Fields(p.text) {
			p.least = max(p.least, p.measure(word))
		}
		p.least++
	}
	return p.least
}

func (p *para) tallFor(width float32) float32 {
	return float32(len(p.wrapAt(width))) * p.lineTall()
}

// MinSize is as wide as the longest word, and as tall as the text at the width it has.
func (p *para) MinSize() fyne.Size {
	w := p.leastWidth()
	return fyne.NewSize(w, p.tallFor(max(w, p.Size().Width)))
}

// AccessibilityLabel is the text itself.
func (p *para) AccessibilityLabel() string { return p.text }

// AccessibilityRole is that of text.
func (p *para) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// CreateRenderer is Fyne's way to draw it.
func (p *para) CreateRenderer() fyne.WidgetRenderer {
	r := &paraRenderer{p: p}
	r.remake(p.Size().Width)
	return r
}

type paraRenderer struct {
	p    *para
	made float32
	objs []fyne.CanvasObject
}

func (r *paraRenderer) remake(width float32) {
	r.made = width
	lines := r.p.wrapAt(width)
	r.objs = make([]fyne.CanvasObject, 0, len(lines))
	for _, l := range lines {
		t := canvas.NewText(l, r.p.ink)
		t.TextSize, t.TextStyle, t.Alignment = r.p.size, r.p.style, r.p.align
		r.objs = append(r.objs, t)
	}
}

func (r *paraRenderer) Layout(size fyne.Size) {
	if size.Width != r.made {
		r.remake(size.Width)
	}
	h := r.p.lineTall()
	for i, o := range r.objs {
		o.Move(fyne.NewPos(0, float32(i)*h))
		o.Resize(fyne.NewSize(size.Width, h))
	}
}

func (r *paraRenderer) MinSize() fyne.Size           { return r.p.MinSize() }
func (r *paraRenderer) Refresh()                     { r.remake(r.p.Size().Width); r.Layout(r.p.Size()) }
func (r *paraRenderer) Objects() []fyne.CanvasObject { return r.objs }
func (r *paraRenderer) Destroy()                     {}
