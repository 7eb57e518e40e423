package ap

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Bounds of a cleaned text (reliability.md 7).
const (
	maxTreeDepth = 16
	maxNodes     = 5000
)

// Clean gives HTML of strangers in a form that is safe to show: parsed like a
// browser does, then written anew from the tree with what federation.md 8
// allows. Everything else goes; its words stay. Clean(Clean(s)) == Clean(s).
//
// What is written is nested so that no parser sees another tree in it: a
// paragraph holds only words, a list only entries, a link no link. That, and
// never the look of the text, keeps out what only becomes a script when it is
// read a second time.
func Clean(s string) string {
	out, _ := clean(s, true)
	return out
}

// CleanLinks is Clean without the classes that hide parts of a text: for lines
// of a profile, where a link must be seen whole (Mastodon CVE-2023-36462).
func CleanLinks(s string) string {
	out, _ := clean(s, false)
	return out
}

// clean tells besides whether a bound cut something off.
func clean(s string, classes bool) (out string, short bool) {
	short = len(s) > MaxContent
	s = cut(strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\r\n", "\n"), MaxContent)
	if !strings.ContainsAny(s, "<&") {
		return shorten(s, short)
	}
	if heavy(s) {
		return shorten(words(s), short)
	}
	w := rewriter{classes: classes}
	nodes, err := html.ParseFragmentWithOptions(strings.NewReader(s), &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div}, html.ParseOptionEnableScripting(false))
	if err != nil { // nested beyond the parser's own bound
		return shorten(words(s), short)
	}
	for _, n := range nodes {
		w.node(n)
	}
	return w.out.String(), short || w.short
}

// shorten escapes plain words.
func shorten(s string, short bool) (string, bool) {
	s = escapeText(signs(s))
	out := fit(s, MaxContent)
	return out, short || len(out) < len(s)
}

// words takes the words from what is too deep for a tree.
func words(s string) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(s))
	skip := 0
	for {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			if skip == 0 {
				b.Write(z.Text())
			}
		case html.StartTagToken:
			name, _ := z.TagName()
			if gone(atom.Lookup(name)) {
				skip++
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			if gone(atom.Lookup(name)) && skip > 0 {
				skip--
			}
		}
	}
}

// signs drops what no text needs: controls, and signs that turn the direction
// of what stands beside them.
func signs(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == '\r':
			return '\n'
		case r < 0x20, r >= 0x7f && r < 0xa0, r == 0x202d, r == 0x202e, r == 0xfeff, r == 0xfffd, r >= 0xfff9 && r <= 0xfffb, r&0xfffe == 0xfffe:
			return -1
		}
		return r
	}, s)
}

var (
	escapes     = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;")
	textEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
)

// escape writes a text so that it is no markup, in attributes as well.
func escape(s string) string { return escapes.Replace(s) }

// escapeText is escape for what stands between tags: quotes stay.
func escapeText(s string) string { return textEscapes.Replace(s) }

// place is where the writer stands.
type place uint8

const (
	inFlow  place = iota // at the top, in a quotation or an entry: paragraphs, lists, words
	inList               // in ul or ol: entries
	inWords              // in a paragraph or a word: words
)

type rewriter struct {
	out     strings.Builder
	classes bool
	nodes   int
	closing int    // bytes that the open elements still need for their end
	depth   int    // open elements
	at      place  // what may be written here
	within  string // the innermost open element
	link    bool   // a link is open
	gap     bool   // a block ended or began that was not written
	inline  bool   // a word stands on the line so far
	begun   bool   // the last thing written was <pre>
	short   bool   // a bound left something out
	whole   bool   // the text of the open link says where it leads
}

func (w *rewriter) children(n *html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		w.node(c)
	}
}

func (w *rewriter) node(n *html.Node) {
	if w.nodes >= maxNodes {
		w.short = true
		return
	}
	switch n.Type {
	case html.TextNode:
		w.text(n.Data)
	case html.ElementNode:
		w.element(n)
	case html.DocumentNode:
		w.children(n)
	}
}

// element writes an element that is allowed where it stands; of others only what
// is within.
func (w *rewriter) element(n *html.Node) {
	switch {
	case n.Namespace == "svg" || gone(n.DataAtom):
		return
	case n.Namespace == "math":
		if n.Data != "annotation-xml" && n.Data != "annotation" {
			w.children(n)
		}
		return
	}
	tag := n.DataAtom
	switch tag {
	case atom.Br:
		w.br()
	case atom.Img: // a small picture that stands for its code
		if alt := attr(n, "alt"); len(alt) > 2 && alt[0] == ':' && alt[len(alt)-1] == ':' && isCode(alt[1:len(alt)-1]) {
			w.text(alt)
		}
	case atom.P, atom.Pre, atom.Blockquote, atom.Ul, atom.Ol:
		w.block(n, tag)
	case atom.Li:
		if w.at == inList {
			w.wrap(n, "li", w.attrs(n), inFlow)
			return
		}
		w.block(n, atom.P)
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		w.heading(n)
	case atom.A:
		w.anchor(n)
	case atom.Span, atom.Del, atom.S, atom.U, atom.Em, atom.Strong, atom.B, atom.I, atom.Code, atom.Ruby:
		w.phrase(n, n.Data)
	case atom.Rt, atom.Rp:
		if w.within == "ruby" {
			w.phrase(n, n.Data)
			return
		}
		w.children(n)
	default:
		w.loose(n)
	}
}

// loose leaves an element out and keeps what it holds. What stood on lines of
// its own does so still.
func (w *rewriter) loose(n *html.Node) {
	apart := false
	switch n.DataAtom {
	case atom.Div, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Main, atom.Aside, atom.Nav, atom.Figure, atom.Figcaption,
		atom.Dl, atom.Dt, atom.Dd, atom.Table, atom.Caption, atom.Tr, atom.Hr, atom.Details, atom.Summary, atom.Address, atom.Form,
		atom.Fieldset, atom.Center, atom.P, atom.Pre, atom.Blockquote, atom.Ul, atom.Ol, atom.Li, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		apart = true
	case atom.Td, atom.Th:
		if w.inline && !w.gap {
			w.text(" ")
		}
	}
	w.gap = w.gap || apart
	w.children(n)
	w.gap = w.gap || apart
}

// block writes a paragraph, quotation or list; among words, and in a list
// outside its entries, it is only a break.
func (w *rewriter) block(n *html.Node, tag atom.Atom) {
	if w.at != inFlow {
		w.loose(n)
		return
	}
	name, within := tag.String(), inFlow
	switch tag {
	case atom.P, atom.Pre:
		within = inWords
	case atom.Ul, atom.Ol:
		within = inList
	}
	w.wrap(n, name, w.attrs(n), within)
}

// heading becomes a paragraph in bold.
func (w *rewriter) heading(n *html.Node) {
	if w.at != inFlow {
		w.loose(n)
		return
	}
	w.gap = false
	if !w.open("p", "") {
		w.children(n)
		return
	}
	was := w.at
	w.at = inWords
	w.wrap(n, "strong", "", inWords)
	w.at = was
	w.close("p")
}

func (w *rewriter) phrase(n *html.Node, name string) {
	if w.at == inList {
		w.loose(n)
		return
	}
	w.wrap(n, name, w.attrs(n), inWords)
}

// wrap writes an element with what it holds. Where there is no room for it only
// the content is written.
func (w *rewriter) wrap(n *html.Node, name, attrs string, within place) {
	words := inlineName(name)
	if words && w.gap {
		w.breakLine()
	}
	if !words {
		w.gap = false
	}
	was, outer := w.at, w.within
	if !w.open(name, attrs) {
		w.loose(n)
		return
	}
	w.at, w.within = within, name
	w.children(n)
	w.at, w.within = was, outer
	w.close(name)
}

func inlineName(name string) bool {
	switch name {
	case "p", "pre", "blockquote", "ul", "ol", "li":
		return false
	}
	return true
}

func (w *rewriter) room() int { return MaxContent - w.out.Len() - w.closing }

func (w *rewriter) open(name, attrs string) bool {
	need := len(name) + len("</>")
	if w.depth >= maxTreeDepth || w.nodes >= maxNodes || w.room() < 2*need+len(attrs) {
		return false
	}
	w.nodes++
	w.depth++
	w.closing += need
	w.out.WriteByte('<')
	w.out.WriteString(name)
	w.out.WriteString(attrs)
	w.out.WriteByte('>')
	w.begun = name == "pre"
	if !inlineName(name) {
		w.gap, w.inline = false, false
	}
	return true
}

func (w *rewriter) close(name string) {
	w.depth--
	w.closing -= len(name) + len("</>")
	w.out.WriteString("</")
	w.out.WriteString(name)
	w.out.WriteByte('>')
	w.begun = false
	if !inlineName(name) {
		w.gap, w.inline = false, false
	}
}

// breakLine stands for the edge of a block that was not written.
func (w *rewriter) breakLine() {
	w.gap = false
	if w.inline && w.at != inList {
		w.br()
	}
}

func (w *rewriter) br() {
	w.gap = false
	if w.at == inList || w.nodes >= maxNodes || w.room() < len("<br>") {
		return
	}
	w.nodes++
	w.out.WriteString("<br>")
	w.begun, w.inline = false, false
}

func (w *rewriter) text(s string) {
	s = signs(s)
	if s == "" {
		return
	}
	blank := strings.Trim(s, " \n\t\f") == ""
	if w.at == inList || w.gap && blank {
		if w.at == inList && !blank && w.open("li", "") {
			w.at = inFlow
			w.text(s)
			w.at = inList
			w.close("li")
		}
		return
	}
	if w.gap {
		w.breakLine()
		s = strings.TrimLeft(s, " \n\t\f")
	}
	out := escapeText(s)
	// A parser drops the first line break of a pre.
	if w.begun && strings.HasPrefix(out, "\n") {
		out = "\n" + out
	}
	whole := len(out)
	out = fit(out, w.room())
	w.short = w.short || len(out) < whole
	if out == "" {
		return
	}
	w.nodes++
	w.out.WriteString(out)
	w.begun = false
	w.inline = w.inline || !blank
}

// fit shortens an escaped text between signs.
func fit(s string, room int) string {
	if len(s) <= room {
		return s
	}
	s = cut(s, max(room, 0))
	if amp := strings.LastIndexByte(s, '&'); amp >= 0 && !strings.Contains(s[amp:], ";") {
		s = s[:amp]
	}
	return s
}

// gone are elements of which nothing stays, words included.
func gone(a atom.Atom) bool {
	switch a {
	case atom.Script, atom.Style, atom.Template, atom.Iframe, atom.Noembed, atom.Noframes, atom.Object, atom.Embed, atom.Applet,
		atom.Textarea, atom.Select, atom.Option, atom.Datalist, atom.Title, atom.Head, atom.Frameset:
		return true
	}
	return false
}
