package clientapi

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// What is appended is JSON and says what went in.
func FuzzText(f *testing.F) {
	for _, s := range []string{"", "plain", `"\`, "\x00\x1f\x7f", "ü\u2028\u2029", "\xff\xfe", "a\xffb\u00e9", "<script>", "\U0001F600", ":", "a:"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var o out
		o.open('{')
		o.str("a", s)
		o.list("b")
		o.text(s)
		o.text(s)
		o.close(']')
		o.close('}')
		var got struct {
			A string
			B []string
		}
		if err := json.Unmarshal(o.b, &got); err != nil {
			t.Fatalf("%v in %s", err, o.b)
		}
		if want := strings.ToValidUTF8(s, "\ufffd"); utf8.ValidString(s) && (got.A != s || got.B[1] != s) || strings.Count(got.A, "\ufffd") < strings.Count(want, "\ufffd") {
			t.Errorf("%q became %q", s, got.A)
		}
	})
}

func TestWriting(t *testing.T) {
	t.Parallel()
	var o out
	o.open('{')
	o.id("short", 7)
	o.id("long", 123456789012345678)
	o.time("at", time.Date(2026, 1, 2, 4, 4, 5, 678_900_000, time.FixedZone("", 3600)))
	o.time("never", time.Time{})
	o.day("day", time.Date(2026, 1, 2, 23, 0, 0, 0, time.UTC))
	o.strOr("none", "")
	o.empty("list")
	o.object("in")
	o.yes("y", true)
	o.close('}')
	o.num("n", -3)
	o.close('}')
	want(t, "JSON", string(o.b), `{"short":"000000000000000007","long":"123456789012345678","at":"2026-01-02T03:04:05.678Z","never":null,"day":"2026-01-02","none":null,"list":[],"in":{"y":true},"n":-3}`)
}

// What strangers send as a body costs little and breaks nothing.
func FuzzParams(f *testing.F) {
	for _, s := range []string{`{"a":1}`, `{"a":[1,{"b":[true,null]}]}`, `{"a":{"b":{"c":"d"}}}`, `[]`, `"x"`, `{`, `{"a":[[1]]}`, "a[]=1&b[c]=2&%zz", strings.Repeat(`{"a":`, 50)} {
		f.Add(s, true)
		f.Add(s, false)
	}
	f.Fuzz(func(t *testing.T, s string, asJSON bool) {
		r, err := http.NewRequest(http.MethodPost, base, strings.NewReader(s))
		if err != nil {
			t.Skip()
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if asJSON {
			r.Header.Set("Content-Type", "application/json")
		}
		var p params
		if err := p.readBody(nil, r); err != nil {
			return
		}
		if p.n > maxValues {
			t.Errorf("%d values", p.n)
		}
		p.page(40, 20)
		p.rows("a", 8, "id")
		p.all("a")
		p.ids("a", 3)
		p.yes("a", true)
	})
}

func TestAppendMoment(t *testing.T) {
	t.Parallel()
	for _, at := range []time.Time{
		{},
		time.Unix(0, 0), time.Date(2026, 1, 2, 3, 4, 5, 6_999_999, time.UTC), time.Date(2026, 12, 31, 23, 59, 59, 999_999_999, time.UTC),
		time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC), time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(-5, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(33, 10, 10, 10, 10, 10, 100_000_000, time.UTC),
	} {
		at = at.UTC()
		want(t, at.String(), string(appendMoment(nil, at)), at.Format("2006-01-02T15:04:05.000Z"))
	}
}
