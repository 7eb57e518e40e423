package sig

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"io"

	"camp/node/camp"
)

// Bounds of keys (reliability.md 3).
const (
	minBits     = 2048 // of an RSA modulus
	maxBits     = 4096
	maxExponent = 1 << 31
	maxSPKI     = 2 << 10 // bytes; an RSA key of 4096 bits takes 550
	maxPKCS8    = 8 << 10 // bytes; an RSA key of 4096 bits takes 2400
)

// Key is a private key of ours and the id under which others fetch its public
// half. RSA is what every server takes, Ed25519 what few do. The zero Key signs
// nothing. No printer shows the private half: it lies inside a function.
type Key struct {
	ID string // https address, "…/ana#main-key"

	signer func() crypto.Signer
}

// NewKey makes a key to sign requests with: RSA of 2048 bits, which every server
// takes. Beside it stands its private half as PKCS #8 (DER), for the store. Its
// randomness is the system's: crypto/rsa takes no other.
func NewKey(id string) (Key, camp.Secret, error) {
	signer, err := rsa.GenerateKey(nil, minBits)
	if err != nil {
		return Key{}, camp.Secret{}, fmt.Errorf("make RSA key: %w", err)
	}
	return newKey(id, signer)
}

// NewProofKey makes an Ed25519 key for proofs from 32 bytes of random, with
// results as those of NewKey.
func NewProofKey(id string, random io.Reader) (Key, camp.Secret, error) {
	var seed [ed25519.SeedSize]byte
	if _, err := io.ReadFull(random, seed[:]); err != nil {
		return Key{}, camp.Secret{}, fmt.Errorf("draw Ed25519 key: %w", err)
	}
	return newKey(id, ed25519.NewKeyFromSeed(seed[:]))
}

func newKey(id string, signer crypto.Signer) (Key, camp.Secret, error) {
	if err := checkKeyID(id); err != nil {
		return Key{}, camp.Secret{}, err
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(signer)
	if err != nil {
		return Key{}, camp.Secret{}, fmt.Errorf("encode private key: %w", err)
	}
	return Key{ID: id, signer: func() crypto.Signer { return signer }}, camp.NewSecret(pkcs8), nil
}

// ParsePrivate reads a private key of ours from PKCS #8, as NewKey gave it: RSA
// of 2048 to 4096 bits, or Ed25519. ErrKey for all else, ErrMalformed for an id
// that is none. The error holds nothing of the key.
func ParsePrivate(id string, pkcs8 camp.Secret) (Key, error) {
	der := pkcs8.Reveal()
	if len(der) > maxPKCS8 {
		return Key{}, fmt.Errorf("%w: %d bytes", ErrKey, len(der))
	}
	parsed, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return Key{}, fmt.Errorf("%w: no private key in PKCS #8", ErrKey)
	}
	signer, ok := parsed.(crypto.Signer)
	if !ok {
		return Key{}, fmt.Errorf("%w: %T", ErrKey, parsed)
	}
	if err := sound(signer.Public()); err != nil {
		return Key{}, err
	}
	if err := checkKeyID(id); err != nil {
		return Key{}, err
	}
	return Key{ID: id, signer: func() crypto.Signer { return signer }}, nil
}

// Public gives the public half; nil for the zero Key.
func (k Key) Public() crypto.PublicKey {
	if k.signer == nil {
		return nil
	}
	return k.signer().Public()
}

// SPKI gives the public half as others read it (DER, what ap.Key holds); ErrKey
// for the zero Key.
func (k Key) SPKI() ([]byte, error) {
	der, err := x509.MarshalPKIXPublicKey(k.Public())
	if err != nil {
		return nil, fmt.Errorf("%w: none to encode", ErrKey)
	}
	return der, nil
}

// sign signs b, by the kind of the key: PKCS #1 v1.5 with SHA-256, or Ed25519.
func (k Key) sign(b []byte) ([]byte, error) {
	if k.signer == nil {
		return nil, fmt.Errorf("%w: none to sign with", ErrKey)
	}
	signer := k.signer()
	hash := crypto.Hash(0) // Ed25519 takes the whole
	if _, isRSA := signer.Public().(*rsa.PublicKey); isRSA {
		hash, b = crypto.SHA256, sum(crypto.SHA256, b)
	}
	signature, err := signer.Sign(nil, b, hash)
	if err != nil {
		return nil, fmt.Errorf("sign with %s: %w", k.ID, err)
	}
	return signature, nil
}

// ParsePublic reads a public key of anybody from SPKI (DER), as node/ap finds it
// in documents: RSA of 2048 to 4096 bits with an exponent of at most 2³¹, or
// Ed25519. ErrKey for all else.
func ParsePublic(der []byte) (crypto.PublicKey, error) {
	if len(der) > maxSPKI {
		return nil, fmt.Errorf("%w: %d bytes", ErrKey, len(der))
	}
	pub, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKey, err)
	}
	if err := sound(pub); err != nil {
		return nil, err
	}
	return pub, nil
}

// sound says whether a key is of a kind and strength that we take.
func sound(pub crypto.PublicKey) error {
	switch k := pub.(type) {
	case ed25519.PublicKey:
		if len(k) != ed25519.PublicKeySize {
			return fmt.Errorf("%w: Ed25519 key of %d bytes", ErrKey, len(k))
		}
		return nil
	case *rsa.PublicKey:
		return soundRSA(k)
	}
	return fmt.Errorf("%w: %T", ErrKey, pub)
}

func soundRSA(k *rsa.PublicKey) error {
	if k == nil || k.N == nil || k.N.Sign() <= 0 {
		return fmt.Errorf("%w: empty RSA key", ErrKey)
	}
	if bits := k.N.BitLen(); bits < minBits || bits > maxBits {
		return fmt.Errorf("%w: RSA key of %d bits", ErrKey, bits)
	}
	// An even modulus or exponent is no RSA key; an exponent of 1 signs nothing.
	if k.N.Bit(0) == 0 || k.E < 3 || k.E%2 == 0 || int64(k.E) > maxExponent {
		return fmt.Errorf("%w: RSA modulus or exponent out of order", ErrKey)
	}
	return nil
}
