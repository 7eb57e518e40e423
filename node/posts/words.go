package posts

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"camp/node/camp"
)

// maxWord is the length at which a searched word is cut, in bytes.
const maxWord = 64

// wordsOf calls each with every word of a text as search knows it: folded, and
// "@name" and "#tag" beside the bare word. Of scripts written without blanks
// every sign is a word.
func wordsOf(text string, each func(word string)) {
	folded := fold(text)
	start := -1
	end := func(i int) {
		if start < 0 {
			return
		}
		w := folded[start:i]
		if w[0] == '@' || w[0] == '#' {
			if len(w) == 1 {
				start = -1
				return
			}
			each(cut(w))
			w = w[1:]
		}
		each(cut(w))
		start = -1
	}
	for i, r := range folded {
		switch {
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai):
			end(i)
			each(string(r))
		case unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_':
			if start < 0 {
				start = i
			}
		case r == '@' || r == '#':
			end(i)
			start = i
		default:
			end(i)
		}
	}
	end(len(folded))
}

func cut(w string) string {
	if len(w) <= maxWord {
		return w
	}
	n := maxWord
	for n > 0 && w[n]&0xC0 == 0x80 {
		n--
	}
	return w[:n]
}

// fold takes case and accents off, and writes the letters that have no plain
// form as people type them.
func fold(s string) string {
	if ascii(s) {
		return strings.ToLower(s)
	}
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range norm.NFKD.String(s) {
		if unicode.Is(unicode.Mn, r) {
			continue
		}
		switch r = unicode.ToLower(r); r {
		case 'ß':
			b.WriteString("ss")
		case 'æ':
			b.WriteString("ae")
		case 'œ':
			b.WriteString("oe")
		case 'ø':
			b.WriteByte('o')
		case 'ł':
			b.WriteByte('l')
		case 'đ', 'ð':
			b.WriteByte('d')
		case 'ı':
			b.WriteByte('i')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// postWords calls each with the words by which a post is found: of its text,
// its note and the descriptions of its pictures.
func postWords(p *camp.Post, each func(string)) {
	wordsOf(p.Text, each)
	if p.Note != "" {
		wordsOf(p.Note, each)
	}
	for _, pic := range p.Pictures {
		wordsOf(pic.Alt, each)
	}
}

// holds reports whether a post has all the words.
func holds(p *camp.Post, words []string) bool {
	missing := len(words)
	found := make([]bool, len(words))
	postWords(p, func(w string) {
		for i, want := range words {
			if !found[i] && w == want {
				found[i] = true
				missing--
			}
		}
	})
	return missing == 0
}
