package sig

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"camp/node/ap"
)

// parseDocument reads a document into maps, lists and json.Number. The gate of
// node/ap goes first: bounds, no name twice, no half characters.
func parseDocument(document []byte) (map[string]any, error) {
	if err := ap.Check(document); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	dec := json.NewDecoder(bytes.NewReader(document))
	dec.UseNumber()
	var doc map[string]any
	if err := dec.Decode(&doc); err != nil || doc == nil {
		return nil, fmt.Errorf("%w: no object", ErrMalformed)
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, fmt.Errorf("%w: something after the document", ErrMalformed)
	}
	return doc, nil
}

// canonical writes what parseDocument read in the one form of RFC 8785.
func canonical(v any) ([]byte, error) {
	var b bytes.Buffer
	if err := writeValue(&b, v); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func writeValue(b *bytes.Buffer, v any) error {
	switch v := v.(type) {
	case nil:
		b.WriteString("null")
	case bool:
		b.WriteString(strconv.FormatBool(v))
	case string:
		writeText(b, v)
	case json.Number:
		return writeNumber(b, v.String())
	case []any:
		b.WriteByte('[')
		for i, item := range v {
			if i > 0 {
				b.WriteByte(',')
			}
			if err := writeValue(b, item); err != nil {
				return err
			}
		}
		b.WriteByte(']')
	case map[string]any:
		return writeObject(b, v)
	}
	return nil
}

func writeObject(b *bytes.Buffer, members map[string]any) error {
	names := make([]string, 0, len(members))
	for name := range members {
		names = append(names, name)
	}
	slices.SortFunc(names, compareUTF16)
	b.WriteByte('{')
	for i, name := range names {
		if i > 0 {
			b.WriteByte(',')
		}
		writeText(b, name)
		b.WriteByte(':')
		if err := writeValue(b, members[name]); err != nil {
			return err
		}
	}
	b.WriteByte('}')
	return nil
}

// compareUTF16 orders names by their UTF-16 units (RFC 8785 §3.2.3). That is the
// order of the characters, but that those beyond U+FFFF, being pairs of
// surrogates, come before U+E000.
func compareUTF16(x, y string) int {
	return slices.Compare(utf16.Encode([]rune(x)), utf16.Encode([]rune(y)))
}

// writeText quotes as RFC 8785 §3.2.2.2 does.
func writeText(b *bytes.Buffer, s string) {
	const short = "\b\t\n\f\r\"\\"
	b.WriteByte('"')
	for i := range len(s) {
		switch c := s[i]; {
		case strings.IndexByte(short, c) >= 0:
			b.WriteByte('\\')
			b.WriteByte(`btnfr"\`[strings.IndexByte(short, c)])
		case c < ' ':
			fmt.Fprintf(b, `\u%04x`, c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
}

const maxWhole = 1<<53 - 1 // above it two whole numbers could have one canonical form

// writeNumber writes a number as ECMAScript does (RFC 8785 §3.2.2.3). Refused are
// those that no double holds (I-JSON, RFC 7493 §2.2): whoever reads more digits
// than were signed would read another number.
func writeNumber(b *bytes.Buffer, text string) error {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || math.Abs(f) > maxWhole && !strings.ContainsAny(text, ".eE") {
		return fmt.Errorf("%w: number of too many digits", ErrMalformed)
	}
	if f == 0 { // also -0
		b.WriteByte('0')
		return nil
	}
	// ECMA-262, Number::toString: plain for 1e-6 ≤ |f| < 1e21.
	if size := math.Abs(f); size >= 1e-6 && size < 1e21 {
		b.WriteString(strconv.FormatFloat(f, 'f', -1, 64))
		return nil
	}
	digits, power, _ := strings.Cut(strconv.FormatFloat(f, 'e', -1, 64), "e")
	b.WriteString(digits + "e" + power[:1] + strings.TrimLeft(power[1:], "0"))
	return nil
}
