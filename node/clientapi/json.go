package clientapi

import (
	"strconv"
	"sync"
	"time"
	"unicode/utf8"
)

// out is one JSON value as it grows. Commas are put where they belong: before
// whatever does not follow an opening sign or the name of a member.
type out struct{ b []byte }

func (o *out) comma() {
	if n := len(o.b); n > 0 {
		switch o.b[n-1] {
		case '{', '[', ':':
		default:
			o.b = append(o.b, ',')
		}
	}
}

// key begins a member of an object; k is a name of ours and needs no escaping.
func (o *out) key(k string) {
	o.comma()
	o.b = append(o.b, '"')
	o.b = append(o.b, k...)
	o.b = append(o.b, '"', ':')
}

func (o *out) open(c byte)  { o.comma(); o.b = append(o.b, c) }
func (o *out) close(c byte) { o.b = append(o.b, c) }

// object and list begin the value of a member.
func (o *out) object(k string) { o.key(k); o.open('{') }
func (o *out) list(k string)   { o.key(k); o.open('[') }

func (o *out) raw(text string) { o.comma(); o.b = append(o.b, text...) }

func (o *out) null(k string)          { o.key(k); o.b = append(o.b, "null"...) }
func (o *out) empty(k string)         { o.key(k); o.b = append(o.b, "[]"...) }
func (o *out) num(k string, n int)    { o.key(k); o.b = strconv.AppendInt(o.b, int64(n), 10) }
func (o *out) yes(k string, v bool)   { o.key(k); o.b = strconv.AppendBool(o.b, v) }
func (o *out) str(k, v string)        { o.key(k); o.text(v) }
func (o *out) id(k string, id uint64) { o.key(k); o.digits(id) }

// pieces is str of three texts of ours in a row, which need no escaping.
func (o *out) pieces(k, a, b, c string) {
	o.key(k)
	o.b = append(o.b, '"')
	o.b = append(o.b, a...)
	o.b = append(o.b, b...)
	o.b = append(o.b, c...)
	o.b = append(o.b, '"')
}

// strOr is str, with null in place of "".
func (o *out) strOr(k, v string) {
	if v == "" {
		o.null(k)
		return
	}
	o.str(k, v)
}

// digits writes an id: 18 of them, as a string (client-api.md 1).
func (o *out) digits(id uint64) {
	o.comma()
	o.b = append(o.b, '"')
	at := len(o.b)
	o.b = strconv.AppendUint(o.b, id, 10)
	if short := idDigits - (len(o.b) - at); short > 0 {
		digits := string(o.b[at:])
		o.b = append(o.b[:at], "000000000000000000"[:short]...)
		o.b = append(o.b, digits...)
	}
	o.b = append(o.b, '"')
}

const idDigits = 18

// time writes UTC with three decimals, null for the zero time.
func (o *out) time(k string, t time.Time) {
	if t.IsZero() {
		o.null(k)
		return
	}
	o.key(k)
	o.b = append(o.b, '"')
	o.b = appendMoment(o.b, t.UTC())
	o.b = append(o.b, '"')
}

// appendMoment is AppendFormat with the layout of times of the protocol; there are
// two of them in each post and account.
func appendMoment(b []byte, t time.Time) []byte {
	year, month, day := t.Date()
	if year < 0 || year > 9999 {
		return t.AppendFormat(b, "2006-01-02T15:04:05.000Z")
	}
	hour, minute, second := t.Clock()
	b = append(digit2(digit2(b, year/100), year%100), '-')
	b = append(digit2(b, int(month)), '-')
	b = append(digit2(b, day), 'T')
	b = append(digit2(b, hour), ':')
	b = append(digit2(b, minute), ':')
	b = append(digit2(b, second), '.')
	ms := t.Nanosecond() / 1_000_000
	return append(digit2(append(b, byte('0'+ms/100)), ms%100), 'Z')
}

func digit2(b []byte, n int) []byte { return append(b, byte('0'+n/10), byte('0'+n%10)) }

// day writes a date, null for the zero time.
func (o *out) day(k string, t time.Time) {
	if t.IsZero() {
		o.null(k)
		return
	}
	o.str(k, t.UTC().Format(time.DateOnly))
}

const hexDigits = "0123456789abcdef"

// text writes a string value: what is no UTF-8 becomes the sign for that.
func (o *out) text(s string) {
	o.comma()
	b := append(o.b, '"')
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c >= ' ' && c != '"' && c != '\\' {
				i++
				continue
			}
			b = append(b, s[from:i]...)
			b = escaped(b, c)
			i++
			from = i
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			b = append(b, s[from:i]...)
			b = append(b, `\ufffd`...)
			from = i + 1
		} else if r == 0x2028 || r == 0x2029 { // line ends to old JavaScript
			b = append(b, s[from:i]...)
			b = append(b, `\u202`...)
			b = append(b, hexDigits[r&15])
			from = i + n
		}
		i += n
	}
	b = append(b, s[from:]...)
	o.b = append(b, '"')
}

func escaped(b []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(b, '\\', c)
	case '\n':
		return append(b, '\\', 'n')
	case '\r':
		return append(b, '\\', 'r')
	case '\t':
		return append(b, '\\', 't')
	}
	return append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
}

const (
	firstSize = 64 << 10
	mostSize  = 512 << 10 // a larger buffer is not kept for the next answer
)

var buffers = sync.Pool{New: func() any { return &out{b: make([]byte, 0, firstSize)} }}

func takeOut() *out {
	o, ok := buffers.Get().(*out)
	if !ok {
		return &out{}
	}
	o.b = o.b[:0]
	return o
}

func (o *out) giveBack() {
	if cap(o.b) <= mostSize {
		buffers.Put(o)
	}
}
