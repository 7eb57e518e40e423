package sig

import (
	"crypto"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// knownErrors are the errors that callers tell apart.
var knownErrors = []error{ErrNone, ErrMalformed, ErrUncovered, ErrAlgorithm, ErrClock, ErrDigest}

// What is read can be written and is then read as the same.
func FuzzCavage(f *testing.F) {
	for _, form := range []string{
		`keyId="` + keyID + `",algorithm="rsa-sha256",headers="(request-target) host date digest content-type",signature="AAAA"`,
		`keyId="k",algorithm="hs2019",created=1402170695,expires=1402170699,headers="(request-target) (created) (expires) host",signature="AAAA"`,
		`keyId="k",signature="AAAA"`, `keyId=k , x="y" , signature="AA=="`, `keyId="a",KEYID="b"`, `keyId="\"",signature=""`, `=,`, ``,
	} {
		f.Add(form)
	}
	for _, v := range vectors(f, "cavage*") {
		f.Add(v.incoming().Header.Get("Signature"))
	}
	f.Fuzz(func(t *testing.T, value string) {
		c, err := parseCavage(value)
		if err != nil {
			return
		}
		if len(c.parts) == 0 || len(c.parts) > maxParts || c.keyID == "" || len(c.signature) == 0 {
			t.Fatalf("read %+v", c)
		}
		if strings.ContainsAny(c.keyID+c.algorithm, `"\`) {
			t.Fatalf("read %+v out of its quotes", c)
		}
		again, err := parseCavage(c.String())
		if err != nil || again.keyID != c.keyID || again.algorithm != c.algorithm || !slices.Equal(again.parts, c.parts) ||
			string(again.signature) != string(c.signature) {
			t.Fatalf("read %+v, then %+v, %v", c, again, err)
		}
	})
}

// The base ends in the parameters as they stood in the field, so that two readers
// cannot differ over them.
func FuzzMessage(f *testing.F) {
	for _, v := range vectors(f, "rfc-9421*") {
		in := v.incoming()
		f.Add(in.Header.Get("Signature-Input"), in.Header.Get("Signature"))
	}
	f.Add(`sig1=("@method" "@target-uri");created=1;keyid="k";alg="ed25519"`, "sig1=:AAAA:")
	f.Add(`a=("@method");created=1;keyid="k", b=();created=1;keyid="k"`, "a=:AAAA:, b=:AAAA:")
	f.Add(`a=("x");created=1;created=2;keyid="k"`, "a=:AA==:")
	f.Add(`a=("x";sf "y");created=@1;keyid=%"x"`, "a=?1")
	f.Fuzz(func(t *testing.T, input, signature string) {
		ms, errs, err := parseMessages(input, signature)
		if err != nil {
			return
		}
		if n := len(ms) + len(errs); n == 0 || n > maxLabels {
			t.Fatalf("%d labels", n)
		}
		for _, m := range ms {
			m.parts = nil // their values are not here
			base, err := m.base(request{})
			if err != nil {
				t.Fatalf("no base: %v", err)
			}
			params, ok := strings.CutPrefix(string(base), `"@signature-params": `)
			if !ok || !strings.Contains(squeeze(input), squeeze(params)) {
				t.Fatalf("params %q of %q", params, input)
			}
		}
	})
}

func FuzzDigest(f *testing.F) {
	f.Add(digestOf(body), body)
	f.Add(contentDigestOf(body), body)
	f.Add("SHA-256=x,sha-256=y", body)
	f.Add("md5=AAAA, sha-512=:AAAA:", []byte{})
	f.Fuzz(func(t *testing.T, value string, body []byte) {
		// Whatever else it says, a value that passes holds the true sum.
		_, sum256, _ := strings.Cut(digestOf(body), "=")
		sum512 := b64(sum(crypto.SHA512, body))
		for name, check := range map[string]func(string, []byte) error{"Digest": checkDigest, "Content-Digest": checkContentDigest} {
			if check(value, body) == nil && !strings.Contains(value, sum256) && !strings.Contains(value, sum512) {
				t.Fatalf("%s %q passed", name, value)
			}
		}
	})
}

// Nothing that a stranger puts into a header makes a claim that verifies, unless
// it is what was signed.
func FuzzRead(f *testing.F) {
	type fields struct{ date, digest, contentDigest, input, signature, target string }
	for _, form := range []Form{FormCavage, FormMessage} {
		r := post(f, "https://far.example/inbox?a=b")
		// Not RSA: this key is the same in every process of the fuzzer.
		if err := Sign(r, body, ring().ed, form, noon); err != nil {
			f.Fatal(err)
		}
		in := arrive(f, r)
		h := in.Header
		s := fields{h.Get("Date"), h.Get("Digest"), h.Get("Content-Digest"), h.Get("Signature-Input"), h.Get("Signature"), in.Target}
		f.Add(s.date, s.digest, s.contentDigest, s.input, s.signature, s.target, true)
		f.Add(s.date, s.digest, s.contentDigest, s.input, s.signature, s.target, false)
	}
	pub := ring().ed.Public()
	f.Fuzz(func(t *testing.T, date, digest, contentDigest, input, signature, target string, full bool) {
		in := Incoming{Method: "POST", Host: "far.example", Target: target, Header: http.Header{"Content-Type": {"application/activity+json"}}}
		if full {
			in.Body = body
		}
		for name, value := range map[string]string{
			"Date": date, "Digest": digest, "Content-Digest": contentDigest, "Signature-Input": input, "Signature": signature,
		} {
			if value != "" {
				in.Header.Set(name, value)
			}
		}
		claims, err := Read(in, noon)
		if err != nil {
			if len(claims) > 0 || !slices.ContainsFunc(knownErrors, func(known error) bool { return errors.Is(err, known) }) {
				t.Fatalf("%d claims, %v", len(claims), err)
			}
			return
		}
		for _, c := range claims {
			if c.Verify(pub) == nil && (!full || target != "/inbox?a=b") {
				t.Fatalf("believed %+v of %+v", c, in)
			}
		}
	})
}

func FuzzAsked(f *testing.F) {
	f.Add(`sig1=("@method" "@target-uri" "content-digest");created;expires;nonce="x";tag="y";keyid="` + keyID + `"`)
	f.Add(`a=(), b=("date" "@query")`)
	f.Fuzz(func(t *testing.T, value string) {
		ask, err := Asked(http.Header{"Accept-Signature": {value}})
		if err != nil {
			return
		}
		r := post(t, "https://far.example/inbox?a=b")
		if err := ask.Sign(r, body, ring().ed, noon); err != nil {
			if !errors.Is(err, ErrUnfit) {
				t.Fatal(err)
			}
			return
		}
		// What we sign, however asked, is what we would take ourselves.
		if err := claim(t, arrive(t, r)).Verify(ring().ed.Public()); err != nil {
			t.Fatalf("asked %q, signed %q: %v", value, r.Header.Get("Signature-Input"), err)
		}
	})
}

func FuzzParsePublic(f *testing.F) {
	for _, k := range []Key{ring().rsa, ring().ed} {
		der, err := k.SPKI()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(der)
	}
	f.Fuzz(func(t *testing.T, der []byte) {
		pub, err := ParsePublic(der)
		if err != nil {
			if !errors.Is(err, ErrKey) {
				t.Fatal(err)
			}
			return
		}
		if err := sound(pub); err != nil {
			t.Fatal(err)
		}
		if err := (Claim{bases: [][]byte{nil}, kinds: kinds{rsa: crypto.SHA512, ed: true}}).Verify(pub); !errors.Is(err, ErrWrong) {
			t.Fatalf("an empty signature: %v", err)
		}
	})
}
