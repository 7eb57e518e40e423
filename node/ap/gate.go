package ap

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Bounds of a document (reliability.md 3).
const (
	MaxDocument  = 1 << 20 // bytes of an activity or a fetched object
	MaxWebFinger = 64 << 10
	maxDepth     = 32
	maxTokens    = 10_000 // brackets, names and values
)

// Why a document is refused before anything is built from it.
var (
	ErrTooBig    = errors.New("document has too many bytes")
	ErrTooDeep   = errors.New("document is nested too deep")
	ErrTooMany   = errors.New("document has too many tokens")
	ErrTwice     = errors.New("a name stands twice in one object, case aside")
	ErrEncoding  = errors.New("text is no valid UTF-8 or half of a surrogate pair")
	ErrSyntax    = errors.New("not JSON")
	ErrReshaping = errors.New("document uses @graph, @included or @reverse")
)

type kind uint8

const (
	none kind = iota // absent, or null
	isBool
	isNumber
	isText
	isList
	isObject
)

// value is a node of a document. Members of an object are items with a name.
type value struct {
	name  string
	text  string // of a text or number; "true" or "false"
	items []value
	kind  kind
}

// decode reads one document and nothing behind it (RFC 8259). Names of
// ActivityStreams lose their prefix ("as:content", "@id"), so that no property
// can stand in a document under two names.
func decode(b []byte, limit int) (value, error) {
	if len(b) > limit {
		return value{}, ErrTooBig
	}
	if !utf8.Valid(b) {
		return value{}, ErrEncoding
	}
	g := gate{s: string(b)}
	g.space()
	v, err := g.value(1)
	if err != nil {
		return value{}, err
	}
	if g.space(); g.i < len(g.s) {
		return value{}, g.syntax()
	}
	return v, nil
}

// Check passes a document through the gate and says why it would be refused.
func Check(b []byte) error {
	_, err := decode(b, MaxDocument)
	return err
}

type gate struct {
	s       string
	i       int
	tokens  int
	context int     // above 0: inside an @context
	open    []value // items of the containers that are not closed yet
	room    []value // where the items of closed ones are put
}

func (g *gate) syntax() error { return fmt.Errorf("%w at byte %d", ErrSyntax, g.i) }

func (g *gate) token() error {
	if g.tokens++; g.tokens > maxTokens {
		return ErrTooMany
	}
	return nil
}

func (g *gate) space() {
	for g.i < len(g.s) && (g.s[g.i] == ' ' || g.s[g.i] == '\n' || g.s[g.i] == '\t' || g.s[g.i] == '\r') {
		g.i++
	}
}

func (g *gate) value(depth int) (value, error) {
	if err := g.token(); err != nil {
		return value{}, err
	}
	if g.i >= len(g.s) {
		return value{}, g.syntax()
	}
	switch c := g.s[g.i]; {
	case c == '"':
		t, err := g.str()
		return value{kind: isText, text: t}, err
	case c == '{' || c == '[':
		if depth > maxDepth {
			return value{}, ErrTooDeep
		}
		return g.container(c, depth)
	case c == '-' || c >= '0' && c <= '9':
		return g.number()
	case g.word("true"):
		return value{kind: isBool, text: "true"}, nil
	case g.word("false"):
		return value{kind: isBool, text: "false"}, nil
	case g.word("null"):
		return value{}, nil
	}
	return value{}, g.syntax()
}

func (g *gate) word(w string) bool {
	if !strings.HasPrefix(g.s[g.i:], w) {
		return false
	}
	g.i += len(w)
	return true
}

func (g *gate) container(c byte, depth int) (value, error) {
	v, end := value{kind: isList}, byte(']')
	if c == '{' {
		v.kind, end = isObject, '}'
	}
	g.i++
	start := len(g.open)
	for g.space(); ; g.space() {
		if g.i < len(g.s) && g.s[g.i] == end && len(g.open) == start {
			break // empty
		}
		if err := g.item(v.kind, depth); err != nil {
			return value{}, err
		}
		g.space()
		if g.i >= len(g.s) || g.s[g.i] != ',' && g.s[g.i] != end {
			return value{}, g.syntax()
		}
		if g.s[g.i] == end {
			break
		}
		g.i++
	}
	g.i++
	if err := g.token(); err != nil { // the closing bracket
		return value{}, err
	}
	v.items = g.keep(g.open[start:])
	g.open = g.open[:start]
	if v.kind == isObject && g.twice(v.items) {
		return value{}, ErrTwice
	}
	return v, nil
}

// item reads an element, or a name and its value, and leaves it in g.open.
func (g *gate) item(k kind, depth int) error {
	name := ""
	if k == isObject {
		if err := g.token(); err != nil {
			return err
		}
		if g.i >= len(g.s) || g.s[g.i] != '"' {
			return g.syntax()
		}
		var err error
		if name, err = g.str(); err != nil {
			return err
		}
		switch name {
		case "@graph", "@included", "@reverse":
			return ErrReshaping
		}
		if g.context == 0 {
			name = property(name)
		}
		if g.space(); g.i >= len(g.s) || g.s[g.i] != ':' {
			return g.syntax()
		}
		g.i++
		g.space()
	}
	if name == "@context" {
		g.context++
		defer func() { g.context-- }()
	}
	v, err := g.value(depth + 1)
	v.name = name
	g.open = append(g.open, v)
	return err
}

// keep copies finished items into one of few large pieces of memory.
func (g *gate) keep(items []value) []value {
	n := len(items)
	if n == 0 {
		return nil
	}
	if n > cap(g.room)-len(g.room) {
		g.room = make([]value, 0, max(n, min(len(g.s)/24, 512)))
	}
	at := len(g.room)
	g.room = append(g.room, items...)
	return g.room[at : at+n : at+n]
}

// twice looks for a name that stands twice, without regard to case: of two, one
// reader would take the first and another the last. Names inside an @context
// are words of a vocabulary that nobody here looks up; there "Object" and
// "object" are two.
func (g *gate) twice(items []value) bool {
	same := strings.EqualFold
	if g.context > 0 {
		same = func(a, b string) bool { return a == b }
	}
	if len(items) <= 24 {
		for i := range items {
			for j := range i {
				if same(items[i].name, items[j].name) {
					return true
				}
			}
		}
		return false
	}
	seen := make(map[string]bool, len(items))
	for _, m := range items {
		n := m.name
		if g.context == 0 {
			n = fold(n)
		}
		if seen[n] {
			return true
		}
		seen[n] = true
	}
	return false
}

// fold gives the same text for all that strings.EqualFold holds equal.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x80 && !unicode.IsLetter(r) {
			return r
		}
		least := r
		for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
			least = min(least, f)
		}
		return least
	}, s)
}

// number takes what RFC 8259 §6 allows and keeps its digits.
func (g *gate) number() (value, error) {
	start := g.i
	if g.s[g.i] == '-' {
		g.i++
	}
	lead := g.i
	if !g.digits() || g.s[lead] == '0' && g.i > lead+1 {
		return value{}, g.syntax()
	}
	if g.i < len(g.s) && g.s[g.i] == '.' {
		g.i++
		if !g.digits() {
			return value{}, g.syntax()
		}
	}
	if g.i < len(g.s) && (g.s[g.i] == 'e' || g.s[g.i] == 'E') {
		g.i++
		if g.i < len(g.s) && (g.s[g.i] == '+' || g.s[g.i] == '-') {
			g.i++
		}
		if !g.digits() {
			return value{}, g.syntax()
		}
	}
	return value{kind: isNumber, text: g.s[start:g.i]}, nil
}

func (g *gate) digits() bool {
	start := g.i
	for g.i < len(g.s) && g.s[g.i] >= '0' && g.s[g.i] <= '9' {
		g.i++
	}
	return g.i > start
}

// str reads a text; without escapes it is a piece of the document itself.
func (g *gate) str() (string, error) {
	g.i++
	start := g.i
	for g.i < len(g.s) {
		switch c := g.s[g.i]; {
		case c == '"':
			g.i++
			return g.s[start : g.i-1], nil
		case c == '\\':
			return g.escaped(start)
		case c < 0x20:
			return "", g.syntax()
		}
		g.i++
	}
	return "", g.syntax()
}

func (g *gate) escaped(start int) (string, error) {
	var b strings.Builder
	b.Grow(g.i - start + 64)
	for {
		b.WriteString(g.s[start:g.i])
		if g.i >= len(g.s) || g.s[g.i] < 0x20 {
			return "", g.syntax()
		}
		if g.s[g.i] == '"' {
			g.i++
			return b.String(), nil
		}
		if err := g.escape(&b); err != nil {
			return "", err
		}
		start = g.i
		for g.i < len(g.s) && g.s[g.i] != '"' && g.s[g.i] != '\\' && g.s[g.i] >= 0x20 {
			g.i++
		}
	}
}

// escape reads what follows a backslash.
func (g *gate) escape(b *strings.Builder) error {
	if g.i+1 >= len(g.s) {
		return g.syntax()
	}
	c := g.s[g.i+1]
	if c == 'u' {
		return g.unicode(b)
	}
	at := strings.IndexByte(`"\/bfnrt`, c)
	if at < 0 {
		return g.syntax()
	}
	b.WriteByte("\"\\/\b\f\n\r\t"[at])
	g.i += 2
	return nil
}

func (g *gate) unicode(b *strings.Builder) error {
	r, ok := g.hex()
	if !ok {
		return g.syntax()
	}
	if utf16.IsSurrogate(r) {
		low, ok := g.hex()
		if !ok {
			return ErrEncoding
		}
		if r = utf16.DecodeRune(r, low); r == utf8.RuneError {
			return ErrEncoding
		}
	}
	b.WriteRune(r)
	return nil
}

// hex reads \uXXXX.
func (g *gate) hex() (rune, bool) {
	if g.i+6 > len(g.s) || g.s[g.i] != '\\' || g.s[g.i+1] != 'u' {
		return 0, false
	}
	var r rune
	for _, c := range []byte(g.s[g.i+2 : g.i+6]) {
		switch {
		case c >= '0' && c <= '9':
			r = r<<4 | rune(c-'0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			r = r<<4 | rune(c|0x20-'a'+10)
		default:
			return 0, false
		}
	}
	g.i += 6
	return r, true
}
