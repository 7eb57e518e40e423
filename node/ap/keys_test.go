package ap

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"strings"
	"testing"
)

// rsaKey is a new public key in SPKI.
func rsaKey(t *testing.T) []byte {
	t.Helper()
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(&k.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func TestKeyForms(t *testing.T) {
	der := rsaKey(t)
	pub, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		t.Fatal(err)
	}
	old := pem.EncodeToMemory(&pem.Block{Type: "RSA PUBLIC KEY", Bytes: x509.MarshalPKCS1PublicKey(pub.(*rsa.PublicKey))})
	for name, text := range map[string]string{"SPKI": pemOf(der), "PKCS 1": string(old), "blanks around": "\n  " + pemOf(der) + "\n\n"} {
		if got := derOf(text); string(got) != string(der) {
			t.Errorf("%s is not the same key", name)
		}
	}
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	secret := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(private)})
	for name, text := range map[string]string{"nothing": "", "a private key": string(secret), "no PEM": "AAAA"} {
		if derOf(text) != nil {
			t.Errorf("%s is taken for a key", name)
		}
	}
}

// The Multikey of FEP-521a, there and back.
func TestMultibase(t *testing.T) {
	const z = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
	if r := multibaseOf(derOf(testPEM)); !strings.HasPrefix(r, "z4MX") || !bytes.Equal(derOfMultibase(r), derOf(testPEM)) { // as did:key has RSA of 2048 bits
		t.Errorf("RSA is %q", r)
	}
	if got := multibaseOf(derOfMultibase(z)); got != z {
		t.Errorf("got %s", got)
	}
	for _, bad := range []string{"", "z", "u6Mk", z[:20], z + "1", "z" + string(make([]byte, 2000))} {
		if derOfMultibase(bad) != nil {
			t.Errorf("%.30q is taken for a key", bad)
		}
	}
}
