package sig

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
)

// kinds is what a signature may have been made with. What it does not name does
// not verify, whatever the key (algorithm confusion).
type kinds struct {
	rsa crypto.Hash // with PKCS #1 v1.5; zero: not by RSA
	ed  bool        // by Ed25519
}

// Verify says whether the key made the signature: nil if so. ErrAlgorithm for a
// key of a kind that the signature does not speak of, ErrKey for one that
// ParsePublic would refuse, ErrWrong for a signature of another key or over
// other bytes.
func (c Claim) Verify(pub crypto.PublicKey) error {
	if err := sound(pub); err != nil {
		return err
	}
	right, fits := func([]byte) bool { return false }, false
	switch key := pub.(type) {
	case *rsa.PublicKey:
		fits = c.kinds.rsa != 0
		right = func(base []byte) bool {
			return rsa.VerifyPKCS1v15(key, c.kinds.rsa, sum(c.kinds.rsa, base), c.signature) == nil
		}
	case ed25519.PublicKey:
		fits = c.kinds.ed
		right = func(base []byte) bool { return ed25519.Verify(key, base, c.signature) }
	}
	if !fits {
		return fmt.Errorf("%w: %T", ErrAlgorithm, pub)
	}
	for _, base := range c.bases {
		if right(base) {
			return nil
		}
	}
	return ErrWrong
}

func sum(h crypto.Hash, b []byte) []byte {
	if h == crypto.SHA512 {
		s := sha512.Sum512(b)
		return s[:]
	}
	s := sha256.Sum256(b)
	return s[:]
}
