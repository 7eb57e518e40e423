package ap

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Bounds of what is given to the parser.
const (
	maxOpen = 128    // elements within each other
	maxWork = 40_000 // elements that it may have to open again
)

// heavy reports whether a text would cost a parser far more than its length. A
// browser opens marks again that were not closed, in each new paragraph: four
// hundred bold letters left open before twelve thousand paragraphs are millions
// of elements (measured: 6 s and 950 MB for 64 kB). What is nested beyond reason
// is heavy too.
func heavy(s string) bool {
	marks := 0
	for i := 0; i+1 < len(s); i++ {
		if s[i] == '<' {
			marks++
		}
	}
	if marks < maxOpen { // whatever they are
		return false
	}
	w := weight{}
	z := html.NewTokenizer(strings.NewReader(s))
	for !w.over() {
		switch z.Next() {
		case html.ErrorToken:
			return false
		case html.StartTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			z.NextIsNotRawText()
			w.start(atom.Lookup(name))
		case html.EndTagToken:
			name, _ := z.TagName()
			w.end(atom.Lookup(name))
		case html.TextToken, html.CommentToken, html.DoctypeToken:
		}
		if w.odd {
			w.work += w.formats
		}
	}
	return true
}

// weight counts like a parser would at worst. As long as every mark is closed
// where it should be, nothing is ever opened again; once something stands where
// it does not belong, no end is believed any more.
type weight struct {
	open    []atom.Atom
	formats int // marks that may be opened again
	work    int
	odd     bool
}

func (w *weight) over() bool { return len(w.open) > maxOpen || w.work > maxWork }

func (w *weight) top() atom.Atom {
	if len(w.open) == 0 {
		return 0
	}
	return w.open[len(w.open)-1]
}

func (w *weight) pop() { w.open = w.open[:len(w.open)-1] }

func (w *weight) start(a atom.Atom) {
	switch a {
	case atom.Br, atom.Img, atom.Hr, atom.Wbr, atom.Input, atom.Source, atom.Track, atom.Area, atom.Base, atom.Col, atom.Embed, atom.Link, atom.Meta, atom.Param:
		return
	case atom.Li, atom.Dd, atom.Dt, atom.Rt, atom.Rp: // end the one before
		for w.top() == atom.P || w.top() == a {
			w.pop()
		}
	case atom.Span, atom.Del, atom.Ins, atom.Sub, atom.Sup, atom.Ruby, atom.Mark:
	case atom.P, atom.Ul, atom.Ol, atom.Dl, atom.Pre, atom.Blockquote, atom.Div, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Section,
		atom.Article, atom.Header, atom.Footer, atom.Main, atom.Aside, atom.Nav, atom.Figure, atom.Figcaption, atom.Details, atom.Summary, atom.Address:
		if w.top() == atom.P {
			w.pop()
		}
		w.odd = w.odd || w.formats > 0 // a block in words may end a paragraph around them
	default: // tables, pictures drawn in place, raw texts, what is not known
		w.odd = w.odd || !formats(a)
	}
	if formats(a) {
		w.odd = w.odd || a == atom.A && w.links() || a == atom.Nobr
		w.formats++
	}
	w.open = append(w.open, a)
}

// links reports whether a link is open: a second one ends it.
func (w *weight) links() bool {
	for _, o := range w.open {
		if o == atom.A {
			return true
		}
	}
	return false
}

func (w *weight) end(a atom.Atom) {
	if a == atom.Br {
		return
	}
	for w.top() != a && mayStayOpen(w.top()) { // ended with what holds it
		w.pop()
	}
	if w.top() != a || a == 0 {
		w.odd = true
		return
	}
	w.pop()
	if formats(a) && !w.odd {
		w.formats--
	}
}

// mayStayOpen names the elements that need no end.
func mayStayOpen(a atom.Atom) bool {
	switch a {
	case atom.P, atom.Li, atom.Dd, atom.Dt, atom.Rt, atom.Rp:
		return true
	}
	return false
}

// formats names the elements that are opened again (HTML §13.2.4.3).
func formats(a atom.Atom) bool {
	switch a {
	case atom.A, atom.B, atom.Big, atom.Code, atom.Em, atom.Font, atom.I, atom.Nobr, atom.S, atom.Small, atom.Strike, atom.Strong, atom.Tt, atom.U:
		return true
	}
	return false
}
