package posts

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// SpanKind says what a piece of a text is.
type SpanKind uint8

// The kinds of spans.
const (
	SpanPlain   SpanKind = iota
	SpanLink             // Ref: the address, http or https
	SpanMention          // Ref: the handle, lower case; whether somebody has it is not asked
	SpanTag              // Ref: the tag as FoldTag gives it
	SpanFar              // Ref: name and server of somebody elsewhere, lower case: "ana@far.example"
)

// Span is a piece of a text. Put together, the Texts of all spans are the text.
type Span struct {
	Kind SpanKind
	Text string
	Ref  string
}

// What is longer than this is plain text.
const (
	maxLink   = 2000 // bytes
	maxHandle = 30   // bytes
	maxTag    = 100  // bytes

	maxFarName = 64  // bytes
	maxFarHost = 253 // bytes
)

// Spans cuts a text into plain pieces, links, mentions and tags. An address
// keeps no sign that ends a sentence; one with a name before its host
// (https://bank.example@…) is no link.
func Spans(text string) []Span {
	var out []Span
	plain := 0
	for i := 0; i < len(text); {
		s, size := spanAt(text, i)
		if s.Kind == SpanPlain {
			i += size
			continue
		}
		if plain < i {
			out = append(out, Span{Text: text[plain:i]})
		}
		out = append(out, s)
		i += size
		plain = i
	}
	if plain < len(text) {
		out = append(out, Span{Text: text[plain:]})
	}
	return out
}

// spanAt looks at what begins at i and says how many bytes it takes; of plain
// text, how many can be passed over.
func spanAt(text string, i int) (Span, int) {
	switch c := text[i]; {
	case c == 'h' || c == 'H':
		return linkAt(text, i)
	case c == '@':
		return mentionAt(text, i)
	case c == '#':
		return tagAt(text, i)
	case c < utf8.RuneSelf:
		return Span{}, 1
	}
	_, n := utf8.DecodeRuneInString(text[i:])
	return Span{}, n
}

// wordBefore reports whether what ends before i forbids that a mention, tag or
// link begins at i.
func wordBefore(text string, i int) bool {
	if i == 0 {
		return false
	}
	r, _ := utf8.DecodeLastRuneInString(text[:i])
	return inWord(r) || strings.ContainsRune("/@#&=", r)
}

func inWord(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == '_'
}

func linkAt(text string, i int) (Span, int) {
	rest := text[i:]
	if wordBefore(text, i) || !foldPrefix(rest, "http://") && !foldPrefix(rest, "https://") {
		return Span{}, 1
	}
	window := rest[:min(len(rest), maxLink+1)]
	end := strings.IndexFunc(window, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune("<>\"`{}|\\^", r)
	})
	if end < 0 {
		end = len(window)
	}
	if end > maxLink {
		return Span{}, whole(rest, end)
	}
	link := trimLink(rest[:end])
	u, err := url.Parse(link)
	if err != nil || u.Hostname() == "" || u.User != nil {
		return Span{}, whole(rest, len("http://"))
	}
	return Span{Kind: SpanLink, Text: link, Ref: u.String()}, len(link)
}

// whole moves a cut forward to where a character begins.
func whole(s string, n int) int {
	for n < len(s) && !utf8.RuneStart(s[n]) {
		n++
	}
	return n
}

func foldPrefix(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// trimLink takes off the signs that end a sentence, and closing brackets that
// were opened before the link.
func trimLink(link string) string {
	open := map[byte]int{}
	for i := range len(link) {
		switch link[i] {
		case '(', '[':
			open[link[i]]++
		case ')':
			open['(']--
		case ']':
			open['[']--
		}
	}
	for link != "" {
		r, n := utf8.DecodeLastRuneInString(link)
		switch {
		case strings.ContainsRune(".,;:!?'*_~…’”»", r):
		case r == ')' && open['('] < 0:
			open['(']++
		case r == ']' && open['['] < 0:
			open['[']++
		default:
			return link
		}
		link = link[:len(link)-n]
	}
	return link
}

func mentionAt(text string, i int) (Span, int) {
	if wordBefore(text, i) {
		return Span{}, 1
	}
	if s, n := farAt(text, i); n > 0 {
		return s, n
	}
	end := i + 1
	letter := false
	for end < len(text) && handleByte(text[end]) {
		letter = letter || text[end] > '9' && text[end] != '_'
		end++
	}
	if n := end - i - 1; n == 0 || n > maxHandle || !letter {
		return Span{}, end - i
	}
	if r, _ := utf8.DecodeRuneInString(text[end:]); end < len(text) && inWord(r) {
		return Span{}, end - i
	}
	return Span{Kind: SpanMention, Text: text[i:end], Ref: strings.ToLower(text[i+1 : end])}, end - i
}

// farAt finds "@ana@far.example" at i; n is 0 where something else stands there.
// With a second @ but no proper server behind it, all of it is plain text.
func farAt(text string, i int) (s Span, n int) {
	at := i + 1
	for at < len(text) && (handleByte(text[at]) || text[at] == '.' || text[at] == '-') {
		at++
	}
	if at == i+1 || at == len(text) || text[at] != '@' {
		return Span{}, 0
	}
	end := at + 1
	for end < len(text) {
		r, size := utf8.DecodeRuneInString(text[end:])
		if !inWord(r) && r != '.' && r != '-' || r == utf8.RuneError {
			break
		}
		end += size
	}
	host := strings.TrimRight(text[at+1:end], ".-")
	end = at + 1 + len(host)
	name := text[i+1 : at]
	if len(name) > maxFarName || len(host) > maxFarHost || strings.Trim(name, ".-") != name || !strings.Contains(host, ".") || strings.Contains(host, "..") {
		return Span{}, end - i
	}
	return Span{Kind: SpanFar, Text: text[i:end], Ref: strings.ToLower(name + "@" + host)}, end - i
}

func handleByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_'
}

func tagAt(text string, i int) (Span, int) {
	end := i + 1
	letter := false
	for end < len(text) {
		r, n := utf8.DecodeRuneInString(text[end:])
		if !inWord(r) {
			break
		}
		letter = letter || unicode.IsLetter(r)
		end += n
	}
	if wordBefore(text, i) || !letter || end-i-1 > maxTag {
		return Span{}, end - i
	}
	return Span{Kind: SpanTag, Text: text[i:end], Ref: FoldTag(text[i+1 : end])}, end - i
}

// FoldTag gives the one form of a tag: lower case, composed, without #.
func FoldTag(tag string) string {
	return norm.NFC.String(strings.ToLower(strings.TrimPrefix(strings.TrimSpace(tag), "#")))
}
