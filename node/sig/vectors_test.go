package sig

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// vector is one file of testdata/signatures, of either form.
type vector struct {
	Name, Algorithm    string
	PublicKeyPem       string
	SharedSecretBase64 []byte
	Signature          []byte

	KeyID   string
	Headers []string // cavage
	Request struct {
		Method, Target, Body string
		Headers              [][2]string
	}
	SigningString string

	Label, SignatureInput, SignatureBase string // RFC 9421
	Message                              struct {
		FirstLine, Body string
		Headers         [][2]string
	}
}

func vectors(t testing.TB, pattern string) []vector {
	t.Helper()
	names, err := filepath.Glob(filepath.Join("testdata", "signatures", pattern))
	if err != nil || len(names) == 0 {
		t.Fatalf("no vectors %s: %v", pattern, err)
	}
	var all []vector
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var v vector
		if err := json.Unmarshal(raw, &v); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		all = append(all, v)
	}
	return all
}

// incoming gives the vector's request as it would arrive.
func (v vector) incoming() Incoming {
	in := Incoming{Method: v.Request.Method, Target: v.Request.Target, Body: []byte(v.Request.Body), Header: http.Header{}}
	fields := v.Request.Headers
	if v.Message.FirstLine != "" {
		words := strings.Fields(v.Message.FirstLine)
		in.Method, in.Target, in.Body, fields = words[0], words[1], []byte(v.Message.Body), v.Message.Headers
		in.Header.Set("Signature-Input", v.Label+"="+v.SignatureInput)
		in.Header.Set("Signature", v.Label+"=:"+base64.StdEncoding.EncodeToString(v.Signature)+":")
	} else {
		c := cavage{keyID: v.KeyID, algorithm: v.Algorithm, parts: v.Headers, signature: v.Signature}
		in.Header.Set("Signature", c.String())
	}
	for _, f := range fields {
		if f[0] == "Host" {
			in.Host = f[1]
			continue
		}
		in.Header.Add(f[0], f[1])
	}
	return in
}

// The bases of the published examples come out byte for byte, and the published
// signatures are right over ours. They are then refused for what they are: keys
// of 1024 bits, or lists that leave out what must be covered.
func TestVectorsCavage(t *testing.T) {
	when := time.Date(2014, 1, 5, 21, 31, 40, 0, time.UTC)
	for _, v := range vectors(t, "cavage*") {
		t.Run(v.Name, func(t *testing.T) {
			in := v.incoming()
			c, err := parseCavage(in.Header.Get("Signature"))
			if err != nil {
				t.Fatal(err)
			}
			r, err := in.request()
			if err != nil {
				t.Fatal(err)
			}
			base, err := c.base(r)
			if err != nil || string(base) != v.SigningString {
				t.Fatalf("base %q, want %q (%v)", base, v.SigningString, err)
			}
			key, ok := spki(t, v.PublicKeyPem).(*rsa.PublicKey)
			if !ok || rsa.VerifyPKCS1v15(key, crypto.SHA256, sum(crypto.SHA256, base), c.signature) != nil {
				t.Fatal("the published signature is wrong over our base")
			}
			claims, err := Read(in, when)
			if v.Name != "draft-cavage-12 C.3 all" {
				if !errors.Is(err, ErrUncovered) {
					t.Errorf("got %v, want %v", err, ErrUncovered)
				}
				return
			}
			if err != nil || claims[0].KeyID != v.KeyID || !claims[0].Made.Equal(when) {
				t.Fatalf("claims %+v, %v", claims, err)
			}
			if err := claims[0].Verify(key); !errors.Is(err, ErrKey) {
				t.Errorf("a key of 1024 bits: got %v, want %v", err, ErrKey)
			}
		})
	}
}

func TestVectorsMessage(t *testing.T) {
	// Why Read refuses each, and whether we can make its base at all.
	cases := map[string]struct {
		made bool
		want error
	}{
		"RFC 9421 B.2.1": {true, ErrUncovered},  // an empty list
		"RFC 9421 B.2.2": {false, ErrMalformed}, // @query-param;name="Pet"
		"RFC 9421 B.2.4": {false, ErrMalformed}, // an answer
		"RFC 9421 B.2.5": {true, ErrUncovered},
		"RFC 9421 B.2.6": {true, ErrUncovered},
	}
	when := time.Unix(1618884473, 0)
	for _, v := range vectors(t, "rfc-9421*") {
		t.Run(v.Name, func(t *testing.T) {
			c, known := cases[v.Name]
			if !known {
				t.Fatal("a vector without a case")
			}
			in := v.incoming()
			if _, err := Read(in, when); !errors.Is(err, c.want) {
				t.Errorf("Read: got %v, want %v", err, c.want)
			}
			if !v.verifies(t, []byte(v.SignatureBase)) {
				t.Fatal("the published signature is wrong over the published base")
			}
			if !c.made {
				return
			}
			ms, errs, err := parseMessages(in.Header.Get("Signature-Input"), in.Header.Get("Signature"))
			if err != nil || len(errs) > 0 {
				t.Fatal(err, errs)
			}
			r, err := in.request()
			if err != nil {
				t.Fatal(err)
			}
			base, err := ms[0].base(r)
			if err != nil || string(base) != v.SignatureBase {
				t.Fatalf("base %q, want %q (%v)", base, v.SignatureBase, err)
			}
			if err := checkContentDigest(in.Header.Get("Content-Digest"), in.Body); err != nil {
				t.Error(err)
			}
		})
	}
}

// verifies checks with the standard library alone, also what we never accept.
func (v vector) verifies(t *testing.T, base []byte) bool {
	t.Helper()
	s256, s512 := sha256.Sum256(base), sha512.Sum512(base)
	if v.Algorithm == "hmac-sha256" {
		mac := hmac.New(sha256.New, v.SharedSecretBase64)
		mac.Write(base)
		return hmac.Equal(mac.Sum(nil), v.Signature)
	}
	switch key := spki(t, v.PublicKeyPem).(type) {
	case *rsa.PublicKey:
		return rsa.VerifyPSS(key, crypto.SHA512, s512[:], v.Signature, nil) == nil
	case ed25519.PublicKey:
		return ed25519.Verify(key, base, v.Signature)
	case *ecdsa.PublicKey:
		return ecdsa.VerifyASN1(key, s256[:], asn1Of(v.Signature))
	}
	return false
}

// asn1Of turns r‖s of P-256 into what the standard library takes.
func asn1Of(rs []byte) []byte {
	number := func(b []byte) []byte {
		b = append([]byte{0}, b...)
		for len(b) > 1 && b[0] == 0 && b[1] < 0x80 {
			b = b[1:]
		}
		return append([]byte{2, byte(len(b))}, b...)
	}
	both := append(number(rs[:32]), number(rs[32:])...)
	return append([]byte{0x30, byte(len(both))}, both...)
}

func spki(t testing.TB, text string) crypto.PublicKey {
	t.Helper()
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		t.Fatal("no PEM")
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return key
}
