package web

import (
	"html/template"
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// What may stand in a text of somebody elsewhere. It was cleaned when it came
// in; this is the second gate, so that neither alone can let anything through.
var farTags = map[atom.Atom]bool{
	atom.P: true, atom.Br: true, atom.A: true, atom.B: true, atom.Strong: true, atom.I: true, atom.Em: true, atom.U: true, atom.Del: true, atom.S: true,
	atom.Code: true, atom.Pre: true, atom.Blockquote: true, atom.Ul: true, atom.Ol: true, atom.Li: true, atom.Sub: true, atom.Sup: true,
}

// Their text is no text.
var farMute = map[atom.Atom]bool{
	atom.Script: true, atom.Style: true, atom.Template: true, atom.Iframe: true, atom.Object: true, atom.Noscript: true, atom.Textarea: true,
	atom.Title: true, atom.Select: true, atom.Svg: true, atom.Math: true, atom.Noembed: true, atom.Noframes: true, atom.Xmp: true, atom.Plaintext: true,
}

const farDepth = 20 // elements within each other

// foreignHTML writes the markup of a text from elsewhere: a few tags, links to
// pages only, no other attribute.
func foreignHTML(s string) template.HTML {
	where := &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div}
	nodes, err := html.ParseFragment(strings.NewReader(s), where)
	if err != nil {
		return template.HTML(template.HTMLEscapeString(s)) //nolint:gosec // escaped
	}
	var b strings.Builder
	for _, n := range nodes {
		writeForeign(&b, n, 0, false)
	}
	return template.HTML(b.String()) //nolint:gosec // every tag is of the list above, every text escaped
}

func writeForeign(b *strings.Builder, n *html.Node, depth int, inLink bool) {
	if n.Type == html.TextNode {
		b.WriteString(template.HTMLEscapeString(n.Data))
		return
	}
	if n.Type != html.ElementNode || depth > farDepth || farMute[n.DataAtom] || n.Namespace != "" {
		return
	}
	open, end := "", ""
	switch {
	case n.DataAtom == atom.Br:
		b.WriteString("<br>")
		return
	case n.DataAtom == atom.A:
		if href := pageAddress(hrefOf(n)); href != "" && !inLink {
			open, end = `<a href="`+template.HTMLEscapeString(href)+`" rel="nofollow noopener noreferrer">`, "</a>"
			inLink = true
		}
	case farTags[n.DataAtom]:
		open, end = "<"+n.DataAtom.String()+">", "</"+n.DataAtom.String()+">"
	}
	b.WriteString(open)
	for k := n.FirstChild; k != nil; k = k.NextSibling {
		writeForeign(b, k, depth+1, inLink)
	}
	b.WriteString(end)
}

func hrefOf(n *html.Node) string {
	for _, a := range n.Attr {
		if a.Key == "href" && a.Namespace == "" {
			return a.Val
		}
	}
	return ""
}

// pageAddress gives an address if it is that of a page of the web, else "".
func pageAddress(s string) string {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || len(s) > 2000 {
		return ""
	}
	return u.String()
}
