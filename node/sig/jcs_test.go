package sig

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// anyJSON reads what need not be an object, past the gate.
func anyJSON(t *testing.T, text string) any {
	t.Helper()
	doc, err := parseDocument([]byte(`{"v":` + text + `}`))
	if err != nil {
		t.Fatal(err)
	}
	return doc["v"]
}

func TestCanonicalVectors(t *testing.T) {
	names, err := filepath.Glob("testdata/jcs/*.json")
	if err != nil || len(names) != 4 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var v struct{ Input, Canonical, Hex string }
		if err := json.Unmarshal(raw, &v); err != nil {
			t.Fatal(err)
		}
		got, err := canonical(anyJSON(t, v.Input))
		if err != nil || string(got) != v.Canonical || hex.EncodeToString(got) != v.Hex {
			t.Errorf("%s: got %s, want %s (%v)", name, got, v.Canonical, err)
		}
	}
}

// RFC 8785, appendix B: doubles by their bits.
func TestCanonicalNumbers(t *testing.T) {
	for bits, want := range map[uint64]string{
		0x0000000000000000: "0",
		0x8000000000000000: "0",
		0x0000000000000001: "5e-324",
		0x8000000000000001: "-5e-324",
		0x7fefffffffffffff: "1.7976931348623157e+308",
		0xffefffffffffffff: "-1.7976931348623157e+308",
		0x4340000000000000: "9007199254740992",
		0xc340000000000000: "-9007199254740992",
		0x4430000000000000: "295147905179352830000",
		0x44b52d02c7e14af5: "9.999999999999997e+22",
		0x44b52d02c7e14af6: "1e+23",
		0x44b52d02c7e14af7: "1.0000000000000001e+23",
		0x444b1ae4d6e2ef4e: "999999999999999700000",
		0x444b1ae4d6e2ef4f: "999999999999999900000",
		0x444b1ae4d6e2ef50: "1e+21",
		0x3eb0c6f7a0b5ed8c: "9.999999999999997e-7",
		0x3eb0c6f7a0b5ed8d: "0.000001",
		0x41b3de4355555553: "333333333.3333332",
		0x41b3de4355555554: "333333333.33333325",
		0x41b3de4355555555: "333333333.3333333",
		0x41b3de4355555556: "333333333.3333334",
		0x41b3de4355555557: "333333333.33333343",
		0xbecbf647612f3696: "-0.0000033333333333333333",
		0x43143ff3c1cb0959: "1424953923781206.2",
	} {
		text := strconv.FormatFloat(math.Float64frombits(bits), 'e', 17, 64)
		if got, err := canonical(json.Number(text)); err != nil || string(got) != want {
			t.Errorf("%x: got %s, want %s (%v)", bits, got, want, err)
		}
	}
	for text, want := range map[string]error{
		"9007199254740991":  nil,
		"-9007199254740991": nil, "9007199254740993": ErrMalformed, // would be written …992
		"9007199254740992": ErrMalformed, "-9007199254740992": ErrMalformed, "1e400": ErrMalformed, "1e-400": nil,
	} {
		if _, err := canonical(json.Number(text)); !errors.Is(err, want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// Names are sorted by UTF-16 units: a pair of surrogates before U+E000 and after.
func TestNamesInOrder(t *testing.T) {
	got, err := canonical(anyJSON(t, `{"\ufb33":1,"\ud83d\ude00":2,"\u20ac":3,"\r":4,"1":5,"\u0080":6,"\u00f6":7,"a\u0001":8,"a":9,"":10}`))
	want := "{\"\":10,\"\\r\":4,\"1\":5,\"a\":9,\"a\\u0001\":8,\"\u0080\":6,\"ö\":7,\"€\":3,\"😀\":2,\"\ufb33\":1}"
	if err != nil || string(got) != want {
		t.Errorf("got  %s\nwant %s (%v)", got, want, err)
	}
}

// The canonical form means the same and is its own canonical form.
func FuzzCanonical(f *testing.F) {
	f.Add([]byte(`{"a":[1,2.50,-0,1e30,null,true,"\u000f\u20ac"],"\ud83d\ude00":{}}`))
	f.Add([]byte(`{"proof":{"@context":[]},"x":9007199254740993}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		doc, err := parseDocument(b)
		if err != nil {
			if !errors.Is(err, ErrMalformed) {
				t.Fatal(err)
			}
			return
		}
		once, err := canonical(doc)
		if err != nil {
			if !errors.Is(err, ErrMalformed) {
				t.Fatal(err)
			}
			return
		}
		var again any
		dec := json.NewDecoder(bytes.NewReader(once))
		dec.UseNumber()
		if err := dec.Decode(&again); err != nil {
			t.Fatalf("%s: %v", once, err)
		}
		twice, err := canonical(again)
		if err != nil || string(twice) != string(once) {
			t.Fatalf("%s, then %s, %v", once, twice, err)
		}
	})
}
