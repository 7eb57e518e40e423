package ap

import (
	"errors"
	"os"
	"strings"
	"testing"
)

func TestGateRefuses(t *testing.T) {
	for _, r := range []struct {
		name, doc string
		want      error
	}{
		{"nothing", ``, ErrSyntax},
		{"not JSON", `<html>`, ErrSyntax},
		{"two documents", `{} {}`, ErrSyntax},
		{"half a document", `{"a":[1,2`, ErrSyntax},
		{"comma too many", `[1,]`, ErrSyntax},
		{"no comma", `[1 2]`, ErrSyntax},
		{"name without quotes", `{a:1}`, ErrSyntax},
		{"number for a name", `{1:1}`, ErrSyntax},
		{"single quotes", `{'a':1}`, ErrSyntax},
		{"NaN", `{"a":NaN}`, ErrSyntax},
		{"Infinity", `{"a":-Infinity}`, ErrSyntax},
		{"leading zero", `[01]`, ErrSyntax},
		{"bare minus", `[-]`, ErrSyntax},
		{"no digits behind the point", `[1.]`, ErrSyntax},
		{"no digits in the exponent", `[1e]`, ErrSyntax},
		{"hexadecimal", `[0x1]`, ErrSyntax},
		{"line break in a text", "\"a\nb\"", ErrSyntax},
		{"unknown escape", `"\x41"`, ErrSyntax},
		{"short escape", `"\u12"`, ErrSyntax},
		{"byte order mark", "\ufeff{}", ErrSyntax},
		{"a name twice", `{"id":"a","id":"b"}`, ErrTwice},
		{"a name twice, case aside", `{"id":"a","ID":"b"}`, ErrTwice},
		{"a name twice by an escape", `{"id":"a","\u0069d":"b"}`, ErrTwice},
		{"a name twice by the Kelvin sign", `{"kind":"a","` + "\u212a" + `ind":"b"}`, ErrTwice},
		{"a name twice among many", `{` + many(40) + `,"N7":1}`, ErrTwice},
		{"a name with and without prefix", `{"actor":"a","as:actor":"b"}`, ErrTwice},
		{"a name and its keyword", `{"id":"a","@id":"b"}`, ErrTwice},
		{"a name twice deep inside", `{"a":[{"b":{"c":1,"C":2}}]}`, ErrTwice},
		{"a name twice in a context", `{"@context":{"a":"x","a":"y"}}`, ErrTwice},
		{"invalid UTF-8", "{\"a\":\"\xff\"}", ErrEncoding},
		{"overlong UTF-8", "{\"a\":\"\xc0\xaf\"}", ErrEncoding},
		{"high surrogate alone", `"\ud800"`, ErrEncoding},
		{"low surrogate alone", `"\udc00"`, ErrEncoding},
		{"two high surrogates", `"\ud800\ud800"`, ErrEncoding},
		{"surrogate as UTF-8", "\"\xed\xa0\x80\"", ErrEncoding},
		{"graph", `{"@graph":[]}`, ErrReshaping},
		{"included", `{"a":{"@included":[]}}`, ErrReshaping},
		{"reverse, by an escape", `{"\u0040reverse":{}}`, ErrReshaping},
		{"reverse in a context", `{"@context":{"x":{"@reverse":"as:object"}}}`, ErrReshaping},
		{"too deep", strings.Repeat("[", 33) + strings.Repeat("]", 33), ErrTooDeep},
		{"too deep by objects", strings.Repeat(`{"a":`, 33) + "1" + strings.Repeat("}", 33), ErrTooDeep},
		{"too many values", "[" + strings.Repeat("1,", 9998) + "1]", ErrTooMany},
		{"too many empty lists", "[" + strings.Repeat("[],", 4999) + "[]]", ErrTooMany},
		{"too many bytes", `"` + strings.Repeat("a", MaxDocument-1) + `"`, ErrTooBig},
	} {
		t.Run(r.name, func(t *testing.T) {
			if err := Check([]byte(r.doc)); !errors.Is(err, r.want) {
				t.Errorf("got %v, want %v", err, r.want)
			}
		})
	}
}

func TestGateTakes(t *testing.T) {
	for name, doc := range map[string]string{
		"the deepest":        strings.Repeat("[", 32) + strings.Repeat("]", 32),
		"the most":           "[" + strings.Repeat("1,", 9997) + "1]",
		"the biggest":        `"` + strings.Repeat("a", MaxDocument-2) + `"`,
		"blanks":             " \t\r\n{ \"a\" : [ ] , \"b\" : { } } \n",
		"numbers":            `[0,-0,1.5,-1e5,1E+5,123456789012345678901234567890]`,
		"words of a context": `{"@context":{"Object":"as:Object","object":"as:object","@id":"x","id":"@id"}}`,
		"a pair":             `"\ud83d\ude00"`,
		"many names":         `{` + many(300) + `}`,
	} {
		t.Run(name, func(t *testing.T) {
			if err := Check([]byte(doc)); err != nil {
				t.Error(err)
			}
		})
	}
}

func many(n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`"n` + itoa(i) + `":1`)
	}
	return b.String()
}

func itoa(i int) string {
	if i < 10 {
		return string(rune('0' + i))
	}
	return itoa(i/10) + string(rune('0'+i%10))
}

func TestGateText(t *testing.T) {
	v, err := decode([]byte(`["a\"\\\/\b\f\n\r\tz","\u00e9\ud83d\ude00","plain é😀"]`), MaxDocument)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"a\"\\/\b\f\n\r\tz", "é😀", "plain é😀"} {
		if got := v.items[i].text; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// fold must hold equal what strings.EqualFold does, or a big object would let
// pass what a small one does not.
func TestFoldIsEqualFold(t *testing.T) {
	words := []string{"id", "ID", "Id", "ſtraße", "STRAßE", "straße", "\u212aelvin", "kelvin", "Σ", "σ", "ς", "İ", "i", "ı", "I", "@type", "@TYPE", "[", "{"}
	for _, a := range words {
		for _, b := range words {
			if got, want := fold(a) == fold(b), strings.EqualFold(a, b); got != want {
				t.Errorf("%q and %q: fold says %v, EqualFold %v", a, b, got, want)
			}
		}
	}
}

func BenchmarkGate(b *testing.B) {
	doc := bigCreate(b)
	b.SetBytes(int64(len(doc)))
	b.ReportAllocs()
	for b.Loop() {
		if err := Check(doc); err != nil {
			b.Fatal(err)
		}
	}
}

// A Create of 3 kB, from bytes to the struct with cleaned text.
func BenchmarkActivity(b *testing.B) {
	doc := bigCreate(b)
	b.SetBytes(int64(len(doc)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseActivity(doc); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWrite(b *testing.B) {
	a, err := ParseActivity(bigCreate(b))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		_ = a.JSON()
	}
}

func bigCreate(b *testing.B) []byte {
	b.Helper()
	doc, err := os.ReadFile("testdata/fixtures/captured/create-diaspodon.fr-1.json")
	if err != nil {
		b.Fatal(err)
	}
	return doc
}
