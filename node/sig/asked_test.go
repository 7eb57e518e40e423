package sig

import (
	"errors"
	"net/http"
	"strings"
	"testing"
)

func TestAsked(t *testing.T) {
	for name, c := range map[string]struct {
		value string
		want  string // Signature-Input of the POST that follows
	}{
		"our least": {`sig1=("@method" "@target-uri");created`, `sig1=("@method" "@target-uri" "content-digest" "content-type");created=1795348800;keyid="` +
			keyID + `";alg="rsa-v1_5-sha256"`},
		"nothing, which is not enough": {`a=()`, `a=("@method" "@target-uri" "content-digest" "content-type");created=1795348800;keyid="` +
			keyID + `";alg="rsa-v1_5-sha256"`},
		"all that there is": {
			`b=("@authority" "date" "content-digest" "@query" "@path");created;expires;nonce="n\"1";tag="app";alg="rsa-v1_5-sha256";keyid="` + keyID + `"`,
			`b=("@authority" "date" "content-digest" "@query" "@path" "@method" "@target-uri" "content-type");created=1795348800;expires=1795352400;keyid="` +
				keyID + `";alg="rsa-v1_5-sha256";nonce="n\"1";tag="app"`,
		},
		"the second, as the first is of an answer": {`a=("@status"), b=("@method")`, `b=("@method" "@target-uri" "content-digest" "content-type");created=1795348800;keyid="` +
			keyID + `";alg="rsa-v1_5-sha256"`},
	} {
		t.Run(name, func(t *testing.T) {
			ask, err := Asked(http.Header{"Accept-Signature": {c.value}})
			if err != nil {
				t.Fatal(err)
			}
			r := post(t, "https://far.example/inbox?a=b")
			if err := ask.Sign(r, body, ring().rsa, noon); err != nil {
				t.Fatal(err)
			}
			if got := r.Header.Get("Signature-Input"); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if err := claim(t, arrive(t, r)).Verify(ring().rsa.Public()); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestAskedRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		lines []string
		want  error
	}{
		"nothing":             {nil, ErrNone},
		"empty":               {[]string{""}, ErrMalformed},
		"two lines":           {[]string{`a=()`, `b=()`}, ErrMalformed},
		"too long":            {[]string{`a=("` + strings.Repeat("x", maxSignature) + `")`}, ErrMalformed},
		"no structured field": {[]string{`{}`}, ErrMalformed},
		"four":                {[]string{`a=(), b=(), c=(), d=()`}, ErrMalformed},
		"twice":               {[]string{`a=(), a=("date")`}, ErrMalformed},
		"no list":             {[]string{`a="date"`}, ErrUnfit},
		"of an answer":        {[]string{`a=("@status")`}, ErrUnfit},
		"of our cookies":      {[]string{`a=("cookie")`}, ErrUnfit},
		"with parameters":     {[]string{`a=("date";sf)`}, ErrUnfit},
		"a part twice":        {[]string{`a=("date" "date")`}, ErrUnfit},
		"a made-up parameter": {[]string{`a=();speed`}, ErrUnfit},
		"a time of theirs":    {[]string{`a=();created=5`}, ErrUnfit},
		"an end of theirs":    {[]string{`a=();expires=5`}, ErrUnfit},
		"a nonce too long":    {[]string{`a=();nonce="` + strings.Repeat("x", maxRepeat+1) + `"`}, ErrUnfit},
		"a tag of no text":    {[]string{`a=();tag=5`}, ErrUnfit},
		"no algorithm":        {[]string{`a=();alg=""`}, ErrUnfit},
		"no key":              {[]string{`a=();keyid`}, ErrUnfit},
	} {
		if _, err := Asked(http.Header{"Accept-Signature": c.lines}); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
}

func TestAskDoesNotFit(t *testing.T) {
	for _, value := range []string{`a=();alg="ed25519"`, `a=();alg="hmac-sha256"`, `a=();keyid="https://far.example/k"`, `a=("accept")`, `a=("content-type")`} {
		ask, err := Asked(http.Header{"Accept-Signature": {value}})
		if err != nil {
			t.Fatal(value, err)
		}
		r := get(t, "https://far.example/x")
		if err := ask.Sign(r, nil, ring().rsa, noon); !errors.Is(err, ErrUnfit) {
			t.Errorf("%s: got %v", value, err)
		}
		if r.Header.Get("Signature") != "" {
			t.Errorf("%s: signed all the same", value)
		}
	}
}
