package ap

import (
	"strings"
	"unicode/utf8"
)

// SpanKind says what a piece of a member's text is.
type SpanKind uint8

// The kinds of spans.
const (
	SpanPlain   SpanKind = iota
	SpanLink             // Href: the address
	SpanMention          // Href: the page of whom it names, as in mentions[].url; Name: what stands behind the @
	SpanTag              // Href: the page of the tag; Name: the tag without #, else taken from Text
)

// Span is a piece of a text, with what it leads to already found. Without Href
// it is plain.
type Span struct {
	Kind SpanKind
	Text string
	Href string
	Name string
}

// HTML gives the content of a member's plain text (client-api.md 6): paragraphs
// at empty lines, <br> at line breaks, everything escaped. Links carry their
// whole address, of which the middle is shown. An empty text gives "".
func HTML(spans []Span) string {
	var b strings.Builder
	open, breaks := false, 0
	for _, s := range spans {
		if s.Kind != SpanPlain && webAddress(s.Href) != "" {
			begin(&b, &open, &breaks)
			writeSpan(&b, s)
			continue
		}
		text := strings.ReplaceAll(strings.ReplaceAll(strings.ToValidUTF8(s.Text, ""), "\r\n", "\n"), "\r", "\n")
		for line := range strings.SplitAfterSeq(text, "\n") {
			words := signs(strings.TrimSuffix(line, "\n"))
			if words != "" && (open && breaks == 0 || strings.TrimSpace(words) != "") {
				begin(&b, &open, &breaks)
				b.WriteString(escapeText(words))
			}
			if strings.HasSuffix(line, "\n") {
				breaks++
			}
		}
	}
	if open {
		b.WriteString("</p>")
	}
	return b.String()
}

// begin opens a paragraph where none is open, and writes the line breaks that
// stand before the next words.
func begin(b *strings.Builder, open *bool, breaks *int) {
	switch {
	case !*open:
		b.WriteString("<p>")
	case *breaks > 1:
		b.WriteString("</p><p>")
	case *breaks == 1:
		b.WriteString("<br>")
	}
	*open, *breaks = true, 0
}

func writeSpan(b *strings.Builder, s Span) {
	href := escape(s.Href)
	switch s.Kind {
	case SpanMention:
		name := s.Name
		if name == "" {
			name = strings.TrimPrefix(s.Text, "@")
		}
		b.WriteString(`<span class="h-card"><a href="` + href + `" class="u-url mention" rel="nofollow noopener noreferrer">@<span>` + escapeText(signs(name)) + `</span></a></span>`)
	case SpanTag:
		name := s.Name
		if name == "" {
			name = strings.TrimPrefix(s.Text, "#")
		}
		b.WriteString(`<a href="` + href + `" class="mention hashtag" rel="tag nofollow noopener noreferrer">#<span>` + escapeText(signs(name)) + `</span></a>`)
	case SpanLink, SpanPlain:
		b.WriteString(`<a href="` + href + `" rel="nofollow noopener noreferrer" target="_blank">`)
		writeAddress(b, s.Href)
		b.WriteString(`</a>`)
	}
}

const shownLink = 30 // characters of an address behind its scheme

// writeAddress writes an address whole and marks what a page may hide: the
// scheme, and the end of a long one.
func writeAddress(b *strings.Builder, href string) {
	at := strings.Index(href, "://") + 3
	scheme, rest := href[:at], href[at:]
	if strings.HasPrefix(rest, "www.") {
		scheme, rest = href[:at+4], href[at+4:]
	}
	b.WriteString(`<span class="invisible">` + escapeText(scheme) + `</span>`)
	if utf8.RuneCountInString(rest) <= shownLink {
		b.WriteString(escapeText(rest))
		return
	}
	runes := []rune(rest)
	b.WriteString(`<span class="ellipsis">` + escapeText(string(runes[:shownLink])) + `</span><span class="invisible">` + escapeText(string(runes[shownLink:])) + `</span>`)
}

// QuoteLink is the visible line that leads to a quoted post, for peers that know
// no quotes; those that do take it away by its class (FEP-044f).
func QuoteLink(page string) string {
	if webAddress(page) == "" {
		return ""
	}
	var b strings.Builder
	b.WriteString(`<p class="quote-inline">RE: `)
	writeSpan(&b, Span{Kind: SpanLink, Href: page})
	b.WriteString(`</p>`)
	return b.String()
}
