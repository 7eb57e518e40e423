package web

import (
	"html/template"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"camp/node/camp"
	"camp/node/posts"
)

// htmlOf writes a text as paragraphs: an empty line parts them, a line break
// stays one. Everything a person wrote is escaped.
func htmlOf(text string, named []camp.Member) template.HTML {
	var b strings.Builder
	b.Grow(len(text) + len(text)/4 + 16)
	b.WriteString("<p>")
	for _, s := range posts.Spans(text) {
		switch {
		case s.Kind == posts.SpanLink:
			b.WriteString(`<a href="` + template.HTMLEscapeString(s.Ref) + `" rel="nofollow noopener noreferrer">`)
			b.WriteString(template.HTMLEscapeString(shortLink(s.Text)) + "</a>")
		case s.Kind == posts.SpanMention && isNamed(s.Ref, named):
			b.WriteString(`<a class="mention" href="/@` + s.Ref + `">` + template.HTMLEscapeString(s.Text) + "</a>")
		case s.Kind == posts.SpanTag:
			b.WriteString(`<a class="tag" href="/tag/` + url.PathEscape(s.Ref) + `">` + template.HTMLEscapeString(s.Text) + "</a>")
		default:
			writeLines(&b, s.Text)
		}
	}
	b.WriteString("</p>")
	return template.HTML(b.String()) //nolint:gosec // every piece was escaped above
}

func isNamed(name string, named []camp.Member) bool {
	return slices.ContainsFunc(named, func(m camp.Member) bool { return m.Name == name })
}

func writeLines(b *strings.Builder, text string) {
	for i, para := range strings.Split(text, "\n\n") {
		if i > 0 {
			b.WriteString("</p><p>")
		}
		for j, line := range strings.Split(strings.Trim(para, "\n"), "\n") {
			if j > 0 {
				b.WriteString("<br>")
			}
			b.WriteString(template.HTMLEscapeString(line))
		}
	}
}

// shortLink is what a link shows: the host always whole, a long path cut.
func shortLink(link string) string {
	_, bare, _ := strings.Cut(link, "://")
	const most = 60
	if utf8.RuneCountInString(bare) <= most {
		return bare
	}
	host := strings.IndexByte(bare, '/')
	r := []rune(bare)
	if host < 0 || utf8.RuneCountInString(bare[:host]) >= most {
		return bare
	}
	return string(r[:most-1]) + "…"
}
