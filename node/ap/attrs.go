package ap

import (
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name && a.Namespace == "" {
			return a.Val
		}
	}
	return ""
}

// attrs writes the few attributes that any element may keep, in a fixed order.
func (w *rewriter) attrs(n *html.Node) string {
	if len(n.Attr) == 0 {
		return ""
	}
	var b strings.Builder
	switch n.DataAtom {
	case atom.Span, atom.P, atom.A:
		if c := w.class(attr(n, "class")); c != "" {
			b.WriteString(` class="` + c + `"`)
		}
	case atom.Ol:
		b.WriteString(number(n, "start"))
		for _, a := range n.Attr {
			if a.Key == "reversed" {
				b.WriteString(` reversed=""`)
				break
			}
		}
	case atom.Li:
		if w.at == inList {
			b.WriteString(number(n, "value"))
		}
	}
	if l := languageTag(attr(n, "lang")); l != "" {
		b.WriteString(` lang="` + l + `"`)
	}
	switch d := strings.ToLower(attr(n, "dir")); d {
	case "ltr", "rtl", "auto":
		b.WriteString(` dir="` + d + `"`)
	}
	return b.String()
}

func number(n *html.Node, name string) string {
	s := attr(n, name)
	i, err := strconv.Atoi(s)
	if err != nil || i < -99999 || i > 99999 {
		return ""
	}
	return ` ` + name + `="` + strconv.Itoa(i) + `"`
}

// class keeps the classes that mean something here, in a fixed order. Those that
// hide a part of a link stay only in a link whose text says where it leads.
func (w *rewriter) class(s string) string {
	if s == "" {
		return ""
	}
	given := strings.Fields(s)
	var kept []string
	for _, c := range []string{"quote-inline", "h-card", "u-url", "mention", "hashtag"} {
		if holds(given, c) {
			kept = append(kept, c)
		}
	}
	if w.link && w.whole && w.classes {
		for _, c := range []string{"invisible", "ellipsis"} {
			if holds(given, c) {
				kept = append(kept, c)
			}
		}
	}
	return strings.Join(kept, " ")
}

// anchor writes a link that leads to a web address and lies in no other link.
func (w *rewriter) anchor(n *html.Node) {
	href := webAddress(attr(n, "href"))
	if href == "" || w.link || w.at == inList {
		w.loose(n)
		return
	}
	rel := "nofollow noopener noreferrer"
	given := strings.Fields(strings.ToLower(attr(n, "rel")))
	for _, r := range []string{"me", "tag"} {
		if holds(given, r) {
			rel = r + " " + rel
		}
	}
	attrs := ` href="` + escape(href) + `"` + w.attrs(n) + ` rel="` + rel + `"`
	w.link, w.whole = true, w.saysWhere(n, href)
	w.wrap(n, "a", attrs, inWords)
	w.link, w.whole = false, false
}

// webAddress takes an address that people may open: http or https, with a host,
// without a name before the host that could be taken for it. "" for any other.
func webAddress(s string) string {
	s = strings.Trim(strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || r == '\r' { // browsers pass over them
			return -1
		}
		return r
	}, s), " ")
	if !isWeb(s) || len(s) > maxID || signs(s) != s {
		return ""
	}
	u, err := url.Parse(s)
	if err != nil || u.User != nil || u.Hostname() == "" || strings.ContainsAny(u.Host, "\\<>\"'`") {
		return ""
	}
	return s
}

// A link of which a part may be hidden is small.
const (
	maxParts = 32 // elements within it
	linkRoom = 24 << 10
)

// saysWhere reports whether parts of a link may be hidden: its words are its
// address, and what stays to be seen begins with the host (Mastodon
// CVE-2023-36462).
func (w *rewriter) saysWhere(n *html.Node, href string) bool {
	var all, seen strings.Builder
	if gather(&all, &seen, n) > maxParts || w.room() < linkRoom || w.nodes > maxNodes-2*maxParts || all.Len() > maxID {
		return false
	}
	join := func(s string) string { return bare(strings.Join(strings.Fields(signs(s)), "")) }
	address := bare(href)
	if join(all.String()) != address {
		return false
	}
	host := address
	if end := strings.IndexAny(host, "/?#"); end >= 0 {
		host = host[:end]
	}
	rest, ok := strings.CutPrefix(join(seen.String()), host)
	return ok && (rest == "" || strings.ContainsAny(rest[:1], "/?#"))
}

// bare is an address without what people leave out when they write it.
func bare(s string) string {
	if plain, err := url.PathUnescape(s); err == nil {
		s = plain
	}
	s = strings.TrimSuffix(s, "/")
	s = strings.TrimPrefix(strings.TrimPrefix(s, "https://"), "http://")
	return strings.TrimPrefix(s, "www.")
}

// gather collects the words that will be written of n, and those of them that
// would be seen, and counts elements.
func gather(all, seen *strings.Builder, n *html.Node) int {
	elements := 0
	for c := n.FirstChild; c != nil && elements <= maxParts && all.Len() <= maxID; c = c.NextSibling {
		switch c.Type {
		case html.TextNode:
			all.WriteString(c.Data)
			if seen != nil {
				seen.WriteString(c.Data)
			}
		case html.ElementNode:
			if elements++; c.Namespace == "svg" || gone(c.DataAtom) {
				continue
			}
			if c.Namespace == "math" || c.DataAtom == atom.Img { // too odd for an address
				elements += maxParts
			}
			visible := seen
			if holds(strings.Fields(attr(c, "class")), "invisible") {
				visible = nil
			}
			elements += gather(all, visible, c)
		}
	}
	return elements
}
