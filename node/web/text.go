package web

import (
	"html/template"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"camp/node/camp"
)

// spanKind says what a piece of a text is.
type spanKind uint8

const (
	spanText spanKind = iota
	spanLink
	spanMention
	spanTag
)

// span is a piece of a text. Ref is the address of a link, the name of a
// mention, the folded tag.
type span struct {
	Kind spanKind
	Text string
	Ref  string
}

// spansOf cuts a text into plain pieces, links, mentions of the people given
// and tags. Put together, the pieces' texts are the text.
func spansOf(text string, named []camp.Member) []span {
	var out []span
	plain := 0
	for i := 0; i < len(text); {
		s, ok := spanAt(text, i, named)
		if !ok {
			_, n := utf8.DecodeRuneInString(text[i:])
			i += n
			continue
		}
		if plain < i {
			out = append(out, span{Text: text[plain:i]})
		}
		out = append(out, s)
		i += len(s.Text)
		plain = i
	}
	if plain < len(text) {
		out = append(out, span{Text: text[plain:]})
	}
	return out
}

func spanAt(text string, i int, named []camp.Member) (span, bool) {
	switch text[i] {
	case 'h', 'H':
		return linkAt(text, i)
	case '@':
		return mentionAt(text, i, named)
	case '#':
		return tagAt(text, i)
	}
	return span{}, false
}

// atWord reports whether a word of its own can begin at i.
func atWord(text string, i int) bool {
	r, _ := utf8.DecodeLastRuneInString(text[:i])
	return i == 0 || !(unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' || r == '/' || r == '@' || r == '&')
}

func linkAt(text string, i int) (span, bool) {
	rest := text[i:]
	if !atWord(text, i) || (!hasFold(rest, "http://") && !hasFold(rest, "https://")) {
		return span{}, false
	}
	end := strings.IndexFunc(rest, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("<>\"`", r) })
	if end < 0 {
		end = len(rest)
	}
	link := strings.TrimRight(rest[:end], ".,;:!?'…")
	for _, pair := range []string{"()", "[]", "{}"} {
		for strings.HasSuffix(link, pair[1:]) && strings.Count(link, pair[1:]) > strings.Count(link, pair[:1]) {
			link = strings.TrimRight(link[:len(link)-1], ".,;:!?'…")
		}
	}
	u, err := url.Parse(link)
	if err != nil || u.Host == "" || len(link) > 2000 {
		return span{}, false
	}
	return span{Kind: spanLink, Text: link, Ref: u.String()}, true
}

func hasFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

func mentionAt(text string, i int, named []camp.Member) (span, bool) {
	if !atWord(text, i) {
		return span{}, false
	}
	end := i + 1
	for end < len(text) && (text[end] == '_' || text[end] < 0x80 && (unicode.IsLetter(rune(text[end])) || unicode.IsDigit(rune(text[end])))) {
		end++
	}
	if end < len(text) && text[end] == '@' {
		return span{}, false // somebody of another server: plain text
	}
	name := strings.ToLower(text[i+1 : end])
	for _, m := range named {
		if m.Name == name {
			return span{Kind: spanMention, Text: text[i:end], Ref: name}, true
		}
	}
	return span{}, false
}

func tagAt(text string, i int) (span, bool) {
	if !atWord(text, i) {
		return span{}, false
	}
	end, letter := i+1, false
	for end < len(text) {
		r, n := utf8.DecodeRuneInString(text[end:])
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' && !unicode.IsMark(r) {
			break
		}
		letter = letter || unicode.IsLetter(r)
		end += n
	}
	if !letter {
		return span{}, false
	}
	return span{Kind: spanTag, Text: text[i:end], Ref: strings.ToLower(text[i+1 : end])}, true
}

// htmlOf writes a text as paragraphs: an empty line parts them, a line break
// stays one. Everything a person wrote is escaped.
func htmlOf(text string, named []camp.Member) template.HTML {
	var b strings.Builder
	b.Grow(len(text) + len(text)/4 + 16)
	b.WriteString("<p>")
	for _, s := range spansOf(text, named) {
		switch s.Kind {
		case spanLink:
			b.WriteString(`<a href="` + template.HTMLEscapeString(s.Ref) + `" rel="nofollow noopener noreferrer">`)
			b.WriteString(template.HTMLEscapeString(shortLink(s.Text)) + "</a>")
		case spanMention:
			b.WriteString(`<a class="mention" href="/@` + s.Ref + `">` + template.HTMLEscapeString(s.Text) + "</a>")
		case spanTag:
			b.WriteString(`<a class="tag" href="/tag/` + url.PathEscape(s.Ref) + `">` + template.HTMLEscapeString(s.Text) + "</a>")
		default:
			writeLines(&b, s.Text)
		}
	}
	b.WriteString("</p>")
	return template.HTML(b.String()) //nolint:gosec // every piece was escaped above
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
