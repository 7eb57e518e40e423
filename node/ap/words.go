package ap

import (
	"strings"

	"golang.org/x/net/html"
)

// Text gives the words of cleaned HTML: a line break for br, an empty line
// between paragraphs. It is for searching, notices and places without markup.
func Text(cleaned string) string {
	if !strings.ContainsAny(cleaned, "<&") {
		return cleaned
	}
	var b strings.Builder
	lines := 0 // wanted before the next words
	z := html.NewTokenizer(strings.NewReader(cleaned))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			t := string(z.Text())
			if lines > 0 && strings.TrimSpace(t) == "" {
				continue
			}
			if b.Len() > 0 {
				b.WriteString(strings.Repeat("\n", lines))
			}
			lines = 0
			b.WriteString(html.UnescapeString(t))
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			switch string(name) {
			case "br":
				lines = min(lines+1, 2)
			case "p", "pre", "blockquote", "ul", "ol":
				lines = 2
			case "li":
				lines = max(lines, 1)
			}
		}
	}
}

// Plain gives plain text as HTML: paragraphs, and breaks for line breaks.
func Plain(text string) string {
	text = strings.ReplaceAll(strings.ReplaceAll(strings.ToValidUTF8(text, ""), "\r\n", "\n"), "\r", "\n")
	text = cut(text, MaxContent)
	var b strings.Builder
	for para := range strings.SplitSeq(text, "\n\n") {
		if para = strings.Trim(para, "\n"); strings.TrimSpace(para) == "" {
			continue
		}
		b.WriteString("<p>" + strings.ReplaceAll(escapeText(para), "\n", "<br>") + "</p>")
	}
	return Clean(b.String())
}
