package ap

import (
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"strings"
)

// Key is a public key. Whose it is is believed only after the owner's own
// document was seen to list it (reliability.md 5).
type Key struct {
	ID    string
	Owner string // owner or controller, as said; in an actor's document the actor where it is not said
	DER   []byte // SPKI
	Multi bool   // from assertionMethod: for proofs, not for signatures of requests
}

const (
	maxKeys = 3
	maxPEM  = 8 << 10
)

// ParseKeys reads the keys of any document that a key id may lead to: an actor,
// a stub of one, a key of its own. Errors: the gate's; ErrShape for no key.
func ParseKeys(b []byte) ([]Key, error) {
	v, err := decodeObject(b)
	if err != nil {
		return nil, err
	}
	if k, ok := v.key(); ok {
		return []Key{k}, nil
	}
	keys, _ := v.keys(idOf(v.get("id")))
	if len(keys) == 0 {
		return nil, fmt.Errorf("%w: no key", ErrShape)
	}
	return keys, nil
}

// keys reads what an actor lists: publicKey and assertionMethod, each one or
// several, whole or by id.
func (v value) keys(owner string) (keys []Key, ids []string) {
	for _, name := range []string{"publicKey", "assertionMethod"} {
		read := 0
		for one := range v.get(name).all() {
			if read++; read > maxKeys {
				break
			}
			if one.kind == isText {
				if isWeb(one.text) {
					ids = append(ids, one.text)
				}
				continue
			}
			k, ok := one.key()
			if !ok {
				continue
			}
			if k.Owner == "" {
				k.Owner = owner
			}
			keys = append(keys, k)
		}
	}
	return keys, ids
}

// key reads a CryptographicKey (PEM) or a Multikey (FEP-521a). The strength of a
// key is judged by whoever uses it.
func (v value) key() (Key, bool) {
	k := Key{ID: idOf(v.get("id")), Owner: idOf(v.get("owner"))}
	if k.Owner == "" {
		k.Owner = idOf(v.get("controller"))
	}
	if text := v.get("publicKeyPem").str(); text != "" {
		k.DER = derOf(text)
	} else if multi := v.get("publicKeyMultibase").str(); multi != "" {
		k.DER, k.Multi = derOfMultibase(multi), true
	}
	return k, k.ID != "" && k.DER != nil
}

// derOf takes SPKI, or the older PKCS #1 of RSA, from PEM; nil for neither.
func derOf(text string) []byte {
	if len(text) > maxPEM {
		return nil
	}
	block, _ := pem.Decode([]byte(strings.TrimSpace(text) + "\n"))
	if block == nil {
		return nil
	}
	if block.Type == "RSA PUBLIC KEY" {
		rsa, err := x509.ParsePKCS1PublicKey(block.Bytes)
		if err != nil {
			return nil
		}
		der, err := x509.MarshalPKIXPublicKey(rsa)
		if err != nil {
			return nil
		}
		return der
	}
	if _, err := x509.ParsePKIXPublicKey(block.Bytes); err != nil {
		return nil
	}
	return block.Bytes
}

// pemOf is the PEM of an SPKI key.
func pemOf(der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

const base58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz" // of Bitcoin, as multibase "z"

// Prefixes of multicodec: ed25519-pub and rsa-pub.
var (
	codecEd25519 = []byte{0xed, 0x01}
	codecRSA     = []byte{0x85, 0x24}
)

// derOfMultibase takes an Ed25519 or RSA key from a Multikey.
func derOfMultibase(s string) []byte {
	if len(s) > 1500 || !strings.HasPrefix(s, "z") {
		return nil
	}
	n := new(big.Int)
	for _, c := range []byte(s[1:]) {
		at := strings.IndexByte(base58, c)
		if at < 0 {
			return nil
		}
		n.Mul(n, big.NewInt(58)).Add(n, big.NewInt(int64(at)))
	}
	raw := n.Bytes()
	switch {
	case len(raw) == 34 && string(raw[:2]) == string(codecEd25519):
		der, err := x509.MarshalPKIXPublicKey(ed25519.PublicKey(raw[2:]))
		if err != nil {
			return nil
		}
		return der
	case len(raw) > 2 && string(raw[:2]) == string(codecRSA):
		rsa, err := x509.ParsePKCS1PublicKey(raw[2:])
		if err != nil {
			return nil
		}
		der, err := x509.MarshalPKIXPublicKey(rsa)
		if err != nil {
			return nil
		}
		return der
	}
	return nil
}

// multibaseOf is the Multikey form of an Ed25519 or RSA key in SPKI, "" for any other.
func multibaseOf(der []byte) string {
	pub, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return ""
	}
	var raw []byte
	switch pub := pub.(type) {
	case ed25519.PublicKey:
		raw = append(codecEd25519[:2:2], pub...)
	case *rsa.PublicKey:
		raw = append(codecRSA[:2:2], x509.MarshalPKCS1PublicKey(pub)...)
	default:
		return ""
	}
	n := new(big.Int).SetBytes(raw)
	digit := new(big.Int)
	var out []byte
	for n.Sign() > 0 {
		n.DivMod(n, big.NewInt(58), digit)
		out = append(out, base58[digit.Int64()])
	}
	for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
		out[i], out[j] = out[j], out[i]
	}
	return "z" + string(out)
}
