package sig

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

func b64(b []byte) string { return base64.StdEncoding.EncodeToString(b) }

// claim reads what must pass.
func claim(t testing.TB, in Incoming) Claim {
	t.Helper()
	claims, err := Read(in, noon)
	if err != nil || len(claims) != 1 {
		t.Fatal(len(claims), err)
	}
	return claims[0]
}

// Whatever is covered and changed on the way shows.
func TestVerifyNotices(t *testing.T) {
	for name, change := range map[string]func(*Incoming){
		"another method":   func(in *Incoming) { in.Method = "PUT" },
		"another host":     func(in *Incoming) { in.Host = "other.example" },
		"another path":     func(in *Incoming) { in.Target = "/users/bob/inbox?a=b" },
		"another type":     func(in *Incoming) { in.Header.Set("Content-Type", "text/html") },
		"a path escaped":   func(in *Incoming) { in.Target = "/%69nbox?a=b" },
		"a signature bit":  flip,
		"a shorter number": shorten,
	} {
		for _, form := range []Form{FormCavage, FormMessage} {
			in := arrived(t, form, http.MethodPost)
			change(&in)
			if err := claim(t, in).Verify(ring().rsa.Public()); !errors.Is(err, ErrWrong) {
				t.Errorf("%s, %s: got %v", form, name, err)
			}
		}
	}
	in := arrived(t, FormCavage, http.MethodPost)
	in.Header.Set("Date", noon.Add(1e9).Format(http.TimeFormat))
	if err := claim(t, in).Verify(ring().rsa.Public()); !errors.Is(err, ErrWrong) {
		t.Errorf("another date: %v", err)
	}
	in = arrived(t, FormMessage, http.MethodPost)
	for was, is := range map[string]string{"1795348800": "1795348801", keyID: keyID + "2", ";alg": `;nonce="x";alg`} {
		other := in
		other.Header = in.Header.Clone()
		other.Header.Set("Signature-Input", strings.Replace(in.Header.Get("Signature-Input"), was, is, 1))
		if err := claim(t, other).Verify(ring().rsa.Public()); !errors.Is(err, ErrWrong) {
			t.Errorf("%s → %s: %v", was, is, err)
		}
	}
}

// edit changes the signature's bytes, in either form.
func edit(in *Incoming, change func([]byte) []byte) {
	value := in.Header.Get("Signature")
	open, end := "sig1=:", ":"
	if in.Header.Get("Signature-Input") == "" {
		open, end = `signature="`, `"`
	}
	before, rest, _ := strings.Cut(value, open)
	text, after, _ := strings.Cut(rest, end)
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(raw) != 256 {
		panic("no signature to edit")
	}
	in.Header.Set("Signature", before+open+b64(change(raw))+end+after)
}

func flip(in *Incoming)    { edit(in, func(b []byte) []byte { b[17] ^= 1; return b }) }
func shorten(in *Incoming) { edit(in, func(b []byte) []byte { return b[:255] }) }

// With the query string and without: some sign it, some do not (federation.md 4).
func TestQuery(t *testing.T) {
	for _, form := range []Form{FormCavage, FormMessage} {
		r := get(t, "https://far.example/outbox?page=2")
		if err := SignPlain(r, ring().rsa, form, noon); err != nil {
			t.Fatal(err)
		}
		in := arrive(t, r)
		if in.Target != "/outbox?page=2" {
			t.Fatalf("sent %s", in.Target)
		}
		if err := claim(t, in).Verify(ring().rsa.Public()); err != nil {
			t.Errorf("%s, signed without: %v", form, err)
		}
		in.Target = "/outbox" // as the servers see it for whom this is
		if err := claim(t, in).Verify(ring().rsa.Public()); err != nil {
			t.Errorf("%s, signed without, seen without: %v", form, err)
		}
		if err := Sign(r, nil, ring().rsa, form, noon); err != nil {
			t.Fatal(err)
		}
		in = arrive(t, r)
		in.Target = "/outbox"
		if err := claim(t, in).Verify(ring().rsa.Public()); !errors.Is(err, ErrWrong) {
			t.Errorf("%s, signed with, came without: %v", form, err)
		}
		in.Target = "/outbox?page=3"
		if err := claim(t, in).Verify(ring().rsa.Public()); !errors.Is(err, ErrWrong) {
			t.Errorf("%s, signed with another: %v", form, err)
		}
	}
	for _, form := range []Form{FormCavage, FormMessage} {
		in := arrived(t, form, http.MethodPost)
		if !strings.Contains(in.Target, "?") {
			t.Fatal("no query to lose")
		}
		short := in
		short.Target, _, _ = strings.Cut(in.Target, "?")
		switch form { // signed without, by one who may
		case FormCavage:
			short = craft(t, short, cavage{parts: strings.Fields("(request-target) host date digest")}, ring().rsa)
		case FormMessage:
			short = craftMessage(t, short, `("@method" "@target-uri" "content-digest");created=1795348800;keyid="k"`, ring().rsa)
		}
		if err := claim(t, short).Verify(ring().rsa.Public()); err != nil {
			t.Fatalf("%s: %v", form, err)
		}
		short.Target = in.Target
		if err := claim(t, short).Verify(ring().rsa.Public()); !errors.Is(err, ErrWrong) {
			t.Errorf("%s: a query string put on to a POST: %v", form, err)
		}
	}
	for _, form := range []Form{FormCavage, FormMessage} {
		in := arrived(t, form, http.MethodPost)
		in.Host += ":443"
		err := claim(t, in).Verify(ring().rsa.Public())
		// The new form takes https without its port (RFC 9421 §2.2.3), the old one what was sent.
		if form == FormMessage && err != nil || form == FormCavage && !errors.Is(err, ErrWrong) {
			t.Errorf("%s: with the port of https: %v", form, err)
		}
	}
	if err := SignPlain(post(t, "https://far.example/inbox?x"), ring().rsa, FormCavage, noon); !errors.Is(err, ErrMalformed) {
		t.Errorf("a POST without its query string: %v", err)
	}
}

// The key's kind must be one that the signature speaks of.
func TestAlgorithmConfusion(t *testing.T) {
	parts := []string{partTarget, "host", "date", digestField}
	rsaKey, ed := ring().rsa, ring().ed
	for _, c := range []struct {
		algorithm string
		signed    Key
		shown     crypto.PublicKey
		want      error
	}{
		{"", rsaKey, rsaKey.Public(), nil},
		{"hs2019", rsaKey, rsaKey.Public(), nil}, // GoToSocial
		{"rsa-sha256", rsaKey, rsaKey.Public(), nil},
		{"rsa-sha512", rsaKey, rsaKey.Public(), ErrWrong}, // made with SHA-256
		{"", ed, ed.Public(), nil},
		{"hs2019", ed, ed.Public(), nil},
		{"rsa-sha256", ed, ed.Public(), ErrAlgorithm},
		{"rsa-sha512", ed, ed.Public(), ErrAlgorithm},
		{"hs2019", ed, rsaKey.Public(), ErrWrong},
		{"hs2019", rsaKey, ed.Public(), ErrWrong},
		{"", rsaKey, nil, ErrKey},
		{"", rsaKey, "key", ErrKey},
		{"", rsaKey, (*rsa.PublicKey)(nil), ErrKey},
		{"", rsaKey, &rsa.PublicKey{}, ErrKey},
	} {
		in := craft(t, arrived(t, FormCavage, http.MethodPost), cavage{parts: parts, algorithm: c.algorithm}, c.signed)
		if err := claim(t, in).Verify(c.shown); !errors.Is(err, c.want) {
			t.Errorf("%q by %T, shown %T: got %v, want %v", c.algorithm, c.signed.Public(), c.shown, err, c.want)
		}
	}
	for _, c := range []struct {
		alg    string
		signed Key
		shown  crypto.PublicKey
		want   error
	}{
		{"", rsaKey, rsaKey.Public(), nil},
		{"", ed, ed.Public(), nil},
		{`;alg="rsa-v1_5-sha256"`, rsaKey, rsaKey.Public(), nil},
		{`;alg="ed25519"`, ed, ed.Public(), nil},
		{`;alg="rsa-v1_5-sha256"`, ed, ed.Public(), ErrAlgorithm},
		{`;alg="ed25519"`, rsaKey, rsaKey.Public(), ErrAlgorithm},
	} {
		list := `("@method" "@target-uri" "content-digest");created=1795348800;keyid="k"` + c.alg
		in := craftMessage(t, arrived(t, FormMessage, http.MethodPost), list, c.signed)
		if err := claim(t, in).Verify(c.shown); !errors.Is(err, c.want) {
			t.Errorf("%q by %T, shown %T: got %v, want %v", c.alg, c.signed.Public(), c.shown, err, c.want)
		}
	}
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if err := claim(t, arrived(t, FormCavage, http.MethodPost)).Verify(&ec.PublicKey); !errors.Is(err, ErrKey) {
		t.Errorf("a key of another curve: %v", err)
	}
	if err := (Claim{}).Verify(rsaKey.Public()); err == nil {
		t.Error("the zero Claim was believed")
	}
}

// RSA with SHA-512 of the old form, which we take and never make.
func TestSHA512(t *testing.T) {
	in := arrived(t, FormCavage, http.MethodPost)
	c := cavage{keyID: keyID, algorithm: "rsa-sha512", parts: []string{partTarget, "host", "date", digestField}}
	base, err := c.base(request{method: in.Method, host: in.Host, target: in.Target, header: in.Header})
	if err != nil {
		t.Fatal(err)
	}
	c.signature, err = rsa.SignPKCS1v15(nil, ring().rsa.signer().(*rsa.PrivateKey), crypto.SHA512, sum(crypto.SHA512, base))
	if err != nil {
		t.Fatal(err)
	}
	in.Header.Set("Signature", c.String())
	if err := claim(t, in).Verify(ring().rsa.Public()); err != nil {
		t.Error(err)
	}
}

// A signature with PSS is not taken, whatever it calls itself.
func TestPSS(t *testing.T) {
	in := arrived(t, FormMessage, http.MethodPost)
	base := claim(t, in).bases[0]
	made, err := rsa.SignPSS(rand.Reader, ring().rsa.signer().(*rsa.PrivateKey), crypto.SHA256, sum(crypto.SHA256, base), nil)
	if err != nil {
		t.Fatal(err)
	}
	in.Header.Set("Signature", "sig1=:"+b64(made)+":")
	if err := claim(t, in).Verify(ring().rsa.Public()); !errors.Is(err, ErrWrong) {
		t.Error(err)
	}
}

// What real servers write and the drafts allow.
func TestSpellings(t *testing.T) {
	in := arrived(t, FormCavage, http.MethodPost)
	value := in.Header.Get("Signature")
	for name, change := range map[string]func(string) string{
		"blanks after commas":  func(s string) string { return strings.ReplaceAll(s, `",`, `" , `) },
		"an unknown parameter": func(s string) string { return s + `,x="y",opaque=1` },
		"names in capitals":    func(s string) string { return strings.Replace(s, "keyId", "KEYID", 1) },
		"blanks around":        func(s string) string { return " " + s + "\t" },
		"another order": func(s string) string {
			p := strings.Split(s, ",")
			return strings.Join([]string{p[3], p[2], p[1], p[0]}, ",")
		},
	} {
		in.Header.Set("Signature", change(value))
		if err := claim(t, in).Verify(ring().rsa.Public()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, digest := range []string{
		strings.Replace(digestOf(body), "SHA", "sha", 1),
		"MD5=x, " + digestOf(body),
		digestOf(body) + ",SHA-512=" + b64(sum(crypto.SHA512, body)),
		"SHA-512=" + b64(sum(crypto.SHA512, body)),
	} {
		if err := checkDigest(digest, body); err != nil {
			t.Errorf("%s: %v", digest, err)
		}
	}
	for _, digest := range []string{
		contentDigestOf(body) + ", x=1", "sha-512=:" + b64(sum(crypto.SHA512, body)) + ":",
	} {
		if err := checkContentDigest(digest, body); err != nil {
			t.Errorf("%s: %v", digest, err)
		}
	}
	// Parameters that mean nothing to us are covered like the others.
	list := `("@authority" "@method" "@target-uri" "content-digest");created=1795348800;keyid="k";nonce="n";tag="t"`
	msg := craftMessage(t, arrived(t, FormMessage, http.MethodPost), list, ring().rsa)
	if err := claim(t, msg).Verify(ring().rsa.Public()); err != nil {
		t.Error(err)
	}
}

// Of several labels the good ones come out, in order; the caller takes the one
// whose owner is the actor.
func TestLabels(t *testing.T) {
	in := arrived(t, FormMessage, http.MethodPost)
	input, signature := in.Header.Get("Signature-Input"), in.Header.Get("Signature")
	proxy := `p=("@method");created=1795348800;keyid="https://proxy.example/k"`
	stale := strings.Replace(strings.Replace(input, "sig1", "s", 1), "1795348800", "1795248800", 1)
	in.Header.Set("Signature-Input", proxy+", "+input+", "+stale)
	in.Header.Set("Signature", "p=:AAAA:, "+signature+", s=:AAAA:")
	c := claim(t, in)
	if c.KeyID != keyID || c.Verify(ring().rsa.Public()) != nil {
		t.Errorf("claim of %s", c.KeyID)
	}
	in.Header.Set("Signature-Input", input+", "+strings.Replace(strings.Replace(input, "sig1", "b", 1), keyID, "https://b.example/k", 1))
	in.Header.Set("Signature", signature+", b=:AAAA:")
	claims, err := Read(in, noon)
	if err != nil || len(claims) != 2 || claims[0].KeyID != keyID || claims[1].KeyID != "https://b.example/k" {
		t.Fatal(claims, err)
	}
	if err := claims[1].Verify(ring().rsa.Public()); !errors.Is(err, ErrWrong) {
		t.Error(err)
	}
}

// A header that says who we are, or which form it is, changes nothing.
func TestHeadersDoNotDecide(t *testing.T) {
	for _, form := range []Form{FormCavage, FormMessage} {
		in := arrived(t, form, http.MethodPost)
		in.Host = "other.example"
		for _, name := range []string{"Host", "X-Forwarded-Host", "Forwarded", "X-Forwarded-Proto", ":authority", "@target-uri", "(request-target)"} {
			in.Header[name] = []string{"far.example"}
		}
		if err := claim(t, in).Verify(ring().rsa.Public()); !errors.Is(err, ErrWrong) {
			t.Errorf("%s: %v", form, err)
		}
	}
	if got := fmt.Sprint(Form(0), FormCavage, FormMessage); got != "no form cavage-12 rfc9421" {
		t.Error(got)
	}
}

// A key that is fetched by its id is asked for without the mark at the id's end;
// some sign it all the same. It makes no difference to what changes something.
func TestMarkOfAKeyMayBeSigned(t *testing.T) {
	t.Parallel()
	key, _, err := NewKey("https://one.example/ana#main-key")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		var body []byte
		if method == http.MethodPost {
			body = []byte("{}")
		}
		r, err := http.NewRequest(method, "https://two.example/ap/bo", bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if err := Sign(r, body, key, FormMessage, now); err != nil {
			t.Fatal(err)
		}
		claims, err := Read(Incoming{Method: method, Host: "two.example", Target: "/ap/bo", Header: r.Header, Body: body}, now)
		if err != nil {
			t.Fatal(err)
		}
		marked := slices.ContainsFunc(claims[0].bases, func(b []byte) bool {
			return strings.Contains(string(b), "\"@target-uri\": https://two.example/ap/bo#main-key\n")
		})
		if marked != (method == http.MethodGet) {
			t.Errorf("%s: as signed with the mark: %v", method, marked)
		}
	}
}
