package invite

import (
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
)

// Keys is what both ends derive from an invite: HKDF-SHA-256 with the secret as
// input and the camp's tunnel public key as salt (RFC 5869).
type Keys struct {
	ID         [8]byte  // inner address, log name, tombstone
	Private    [32]byte // the invite's WireGuard key, clamped (RFC 7748 §5)
	Public     [32]byte
	Preshared  [32]byte
	RouteProof [32]byte // proof to a relay
	bind       [32]byte
}

// String hides the keys.
func (Keys) String() string { return "[invite keys]" }

// GoString hides the keys from %#v.
func (Keys) GoString() string { return "[invite keys]" }

// Derive gives the keys of a secret for the camp of this tunnel public key.
func Derive(secret [16]byte, campKey [32]byte) (Keys, error) {
	var k Keys
	for _, d := range []struct {
		label string
		to    []byte
	}{
		{"camp invite 1 id", k.ID[:]},
		{"camp invite 1 key", k.Private[:]},
		{"camp invite 1 psk", k.Preshared[:]},
		{"camp invite 1 route", k.RouteProof[:]},
		{"camp invite 1 bind", k.bind[:]},
	} {
		b, err := hkdf.Key(sha256.New, secret[:], campKey[:], d.label, len(d.to))
		if err != nil {
			return Keys{}, fmt.Errorf("derive %q: %w", d.label, err)
		}
		copy(d.to, b)
	}
	Clamp(&k.Private)
	priv, err := ecdh.X25519().NewPrivateKey(k.Private[:])
	if err != nil {
		return Keys{}, fmt.Errorf("derive invite key: %w", err)
	}
	copy(k.Public[:], priv.PublicKey().Bytes())
	return k, nil
}

// Clamp makes 32 bytes an X25519 private key (RFC 7748 §5).
func Clamp(k *[32]byte) {
	k[0] &= 248
	k[31] = k[31]&127 | 64
}

// Bind authenticates a join request: HMAC-SHA-256 by the bind key.
func (k Keys) Bind(request []byte) []byte {
	m := hmac.New(sha256.New, k.bind[:])
	m.Write(request)
	return m.Sum(nil)
}

// Bound reports whether mac is Bind of the request, in constant time.
func (k Keys) Bound(request, mac []byte) bool { return hmac.Equal(k.Bind(request), mac) }
