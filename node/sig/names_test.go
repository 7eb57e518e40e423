package sig

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

// Who a request says that it is from is read even where its signature is worth nothing.
func TestKeyIDs(t *testing.T) {
	long := strings.Repeat("x", maxSignature)
	for name, c := range map[string]struct {
		signature, input string
		want             []string
	}{
		"none":                    {},
		"old form":                {signature: `keyId="https://a.example/u#k",headers="date",signature="AA=="`, want: []string{"https://a.example/u#k"}},
		"old form, no signature":  {signature: `keyId="https://a.example/u#k"`, want: []string{"https://a.example/u#k"}},
		"old form, odd case":      {signature: `KEYID="https://a.example/u#k",signature="!"`, want: []string{"https://a.example/u#k"}},
		"new form":                {signature: `s=:AA==:`, input: `s=("@method");keyid="https://a.example/u#k"`, want: []string{"https://a.example/u#k"}},
		"new form, no signature":  {input: `s=();keyid="https://a.example/u#k"`, want: []string{"https://a.example/u#k"}},
		"new form, odd parameter": {input: `s=("date");x;created=1;keyid="https://a.example/u#k"`, want: []string{"https://a.example/u#k"}},
		"new form, two labels":    {input: `s=();keyid="a", u=();keyid="b"`, want: []string{"a", "b"}},
		"both forms":              {signature: `keyId="a"`, input: `s=();keyid="b"`, want: []string{"a", "b"}},
		"not readable":            {signature: `keyId="a`, input: `s=(`},
		"no text":                 {input: `s=();keyid=1, t=1`},
		"too long":                {signature: `keyId="` + long + `"`, input: `s=();keyid="` + long + `"`},
	} {
		h := http.Header{}
		if c.signature != "" {
			h.Set("Signature", c.signature)
		}
		if c.input != "" {
			h.Set("Signature-Input", c.input)
		}
		if got := KeyIDs(h); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
