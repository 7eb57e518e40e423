package sig

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"strings"
	"testing"

	"camp/node/camp"
)

// rsaOf encodes an RSA key of any numbers.
func rsaOf(t *testing.T, n *big.Int, e int) []byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(&rsa.PublicKey{N: n, E: e})
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func TestParsePublicRefuses(t *testing.T) {
	modulus := func(bits int) *big.Int { // odd, of just so many bits
		n := new(big.Int).Lsh(big.NewInt(1), uint(bits-1))
		return n.Add(n, big.NewInt(1))
	}
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ecDER, err := x509.MarshalPKIXPublicKey(&ec.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		der  []byte
		good bool
	}{
		"2048 bits":         {rsaOf(t, modulus(2048), 65537), true},
		"4096 bits":         {rsaOf(t, modulus(4096), 3), true},
		"2047 bits":         {rsaOf(t, modulus(2047), 65537), false},
		"1024 bits":         {rsaOf(t, modulus(1024), 65537), false},
		"4097 bits":         {rsaOf(t, modulus(4097), 65537), false},
		"16384 bits":        {rsaOf(t, modulus(16384), 65537), false},
		"exponent 1":        {rsaOf(t, modulus(2048), 1), false},
		"exponent huge":     {rsaOf(t, modulus(2048), 1<<32+1), false},
		"exponent even":     {rsaOf(t, modulus(2048), 65536), false},
		"modulus even":      {rsaOf(t, new(big.Int).Lsh(big.NewInt(1), 2047), 65537), false},
		"modulus negative":  {rsaOf(t, new(big.Int).Neg(modulus(2048)), 65537), false},
		"another curve":     {ecDER, false},
		"empty":             {nil, false},
		"noise":             {[]byte("noise"), false},
		"something after":   {append(rsaOf(t, modulus(2048), 65537), 0), false},
		"longer than bound": {bytes.Repeat([]byte{0x30}, maxSPKI+1), false},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParsePublic(c.der)
			if good := err == nil; good != c.good || !good && !errors.Is(err, ErrKey) {
				t.Errorf("got %v, good: %v", err, c.good)
			}
		})
	}
}

func TestParsePrivateRefuses(t *testing.T) {
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ecDER, err := x509.MarshalPKCS8PrivateKey(ec)
	if err != nil {
		t.Fatal(err)
	}
	_, good, err := NewProofKey(keyID, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		id   string
		der  []byte
		want error
	}{
		"another curve": {keyID, ecDER, ErrKey},
		"empty":         {keyID, nil, ErrKey},
		"too long":      {keyID, make([]byte, maxPKCS8+1), ErrKey},
		"no id":         {"", good.Reveal(), ErrMalformed},
	} {
		if _, err := ParsePrivate(c.id, camp.NewSecret(c.der)); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
}

// What is too long is not parsed at all.
func TestKeysAreBounded(t *testing.T) {
	if _, err := ParsePublic(make([]byte, maxSPKI+1)); err == nil || !strings.Contains(err.Error(), "2049 bytes") {
		t.Error(err)
	}
	if _, err := ParsePrivate(keyID, camp.NewSecret(make([]byte, maxPKCS8+1))); err == nil || !strings.Contains(err.Error(), "8193 bytes") {
		t.Error(err)
	}
}

// However it is printed, a key does not show its private half.
func TestKeyIsNotPrinted(t *testing.T) {
	key := ring().rsa
	private := key.signer().(*rsa.PrivateKey)
	var out bytes.Buffer
	slog.New(slog.NewTextHandler(&out, nil)).Info("key", "key", key, "inside", struct{ k Key }{key})
	slog.New(slog.NewJSONHandler(&out, nil)).Info("key", "key", key)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d", "%x"} {
		fmt.Fprintf(&out, verb, key)
		fmt.Fprintf(&out, verb, []Key{key})
		fmt.Fprintf(&out, verb, struct{ k *Key }{&key})
	}
	for _, d := range []string{private.D.String(), private.D.Text(16), private.Primes[0].String()} {
		if strings.Contains(out.String(), d[8:40]) {
			t.Fatal("the private half was printed")
		}
	}
}
