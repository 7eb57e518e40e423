package sig

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/sha256"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
	"time"
)

const (
	maxProofs     = 3                                                            // of one document that are looked at
	maxMultibase  = 100                                                          // characters; 64 bytes take 89
	proofType     = "DataIntegrityProof"                                         // W3C Data Integrity §2.1
	proofSuite    = "eddsa-jcs-2022"                                             // W3C vc-di-eddsa §3.3
	proofPurpose  = "assertionMethod"                                            // FEP-8b32
	proofAlphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz" // base58 of Bitcoin, multibase "z"
)

// Proof is a proof inside a document that passed all that can be seen without its
// key (FEP-8b32). It is worth nothing before Verify; that KeyID is of the actor's
// host and listed by the actor is for the caller to see.
type Proof struct {
	KeyID string    // verificationMethod: printable ASCII, at most 2048 bytes
	Made  time.Time // by the signer's clock; zero where not said

	hash      []byte // of the proof's own members, then of the document
	signature []byte
}

// ReadProof takes the proofs eddsa-jcs-2022 out of a document as it was received
// and gives at least one, at most three. A document may be old: it is the caller
// who sees whether it was there before. What is covered is every member but
// "proof", as it stands in these bytes and in no other reading of them.
//
// Errors: ErrNone, ErrMalformed (also for what node/ap would not let in),
// ErrAlgorithm for other suites only, ErrUncovered where the proof speaks of
// another @context than the document, ErrClock.
func ReadProof(document []byte, now time.Time) ([]Proof, error) {
	doc, err := parseDocument(document)
	if err != nil {
		return nil, err
	}
	given, has := doc["proof"]
	if !has {
		return nil, fmt.Errorf("%w: no proof", ErrNone)
	}
	delete(doc, "proof")
	list, several := given.([]any)
	if !several {
		list = []any{given}
	}
	if len(list) == 0 || len(list) > maxProofs {
		return nil, fmt.Errorf("%w: %d proofs", ErrMalformed, len(list))
	}
	whole, err := canonical(doc)
	if err != nil {
		return nil, err
	}
	var proofs []Proof
	var refused error
	for _, one := range list {
		p, err := readProof(one, doc["@context"], whole, now)
		if err == nil {
			proofs = append(proofs, p)
		} else if refused == nil {
			refused = err
		}
	}
	if len(proofs) == 0 {
		return nil, refused
	}
	return proofs, nil
}

// readProof checks one proof (vc-di-eddsa §3.3.2, §3.3.5) of a document whose
// canonical form is whole.
func readProof(given, docContext any, whole []byte, now time.Time) (Proof, error) {
	members, ok := given.(map[string]any)
	if !ok {
		return Proof{}, fmt.Errorf("%w: proof is no object", ErrMalformed)
	}
	text := func(name string) string { s, _ := members[name].(string); return s }
	if text("type") != proofType || text("cryptosuite") != proofSuite {
		return Proof{}, fmt.Errorf("%w: proof of %.40q, %.40q", ErrAlgorithm, text("type"), text("cryptosuite"))
	}
	_, chained := members["previousProof"] // would have to be proved too
	if text("proofPurpose") != proofPurpose || chained {
		return Proof{}, fmt.Errorf("%w: proof for another purpose", ErrMalformed)
	}
	if err := checkContext(members, docContext); err != nil {
		return Proof{}, err
	}
	made, err := checkProofClock(members, now)
	if err != nil {
		return Proof{}, err
	}
	p := Proof{KeyID: text("verificationMethod"), Made: made}
	if err := checkKeyID(p.KeyID); err != nil {
		return Proof{}, err
	}
	if p.signature, ok = base58(text("proofValue")); !ok || len(p.signature) != ed25519.SignatureSize {
		return Proof{}, fmt.Errorf("%w: proofValue", ErrMalformed)
	}
	p.hash, err = proofHash(members, whole)
	return p, err
}

// proofHash is what is signed (vc-di-eddsa §3.3.4): the sums of the proof without
// its value and of the document without its proof, one after the other.
func proofHash(members map[string]any, whole []byte) ([]byte, error) {
	options := maps.Clone(members)
	delete(options, "proofValue")
	own, err := canonical(options)
	if err != nil {
		return nil, err
	}
	first, second := sha256.Sum256(own), sha256.Sum256(whole)
	return slices.Concat(first[:], second[:]), nil
}

// checkContext demands that the proof, if it names a context, names that of the
// document. The standard lets the document have more behind it; that would be a
// meaning which nobody signed.
func checkContext(members map[string]any, docContext any) error {
	own, has := members["@context"]
	if !has {
		return nil
	}
	x, err := canonical(own)
	if err != nil {
		return err
	}
	y, err := canonical(docContext)
	if err != nil {
		return err
	}
	if !bytes.Equal(x, y) {
		return fmt.Errorf("%w: @context of the document", ErrUncovered)
	}
	return nil
}

// checkProofClock reads created and expires, each of which may be absent.
func checkProofClock(members map[string]any, now time.Time) (made time.Time, err error) {
	var until time.Time
	for name, at := range map[string]*time.Time{"created": &made, "expires": &until} {
		given, has := members[name]
		if !has {
			continue
		}
		text, _ := given.(string)
		if *at, err = time.Parse(time.RFC3339, text); err != nil {
			return time.Time{}, fmt.Errorf("%w: %s of proof", ErrMalformed, name)
		}
	}
	if made.After(now.Add(maxAhead)) || !until.IsZero() && until.Before(now.Add(-maxLapse)) {
		return time.Time{}, fmt.Errorf("%w: proof", ErrClock)
	}
	return made.UTC(), nil
}

// base58 reads multibase "z". Each "1" in front is a byte of zero.
func base58(s string) ([]byte, bool) {
	digits, ok := strings.CutPrefix(s, "z")
	if !ok || len(s) > maxMultibase {
		return nil, false
	}
	zeros := len(digits) - len(strings.TrimLeft(digits, "1"))
	n := new(big.Int)
	for i := range len(digits) {
		at := strings.IndexByte(proofAlphabet, digits[i])
		if at < 0 {
			return nil, false
		}
		n.Mul(n, big.NewInt(58)).Add(n, big.NewInt(int64(at)))
	}
	return append(make([]byte, zeros), n.Bytes()...), true
}

// Verify says whether the key made the proof: nil if so. ErrAlgorithm for a key
// that is not Ed25519, ErrKey for none, ErrWrong for a proof of another key or
// over another document.
func (p Proof) Verify(pub crypto.PublicKey) error {
	if err := sound(pub); err != nil {
		return err
	}
	key, ok := pub.(ed25519.PublicKey)
	if !ok {
		return fmt.Errorf("%w: %T for a proof", ErrAlgorithm, pub)
	}
	if len(p.hash) == 0 || !ed25519.Verify(key, p.hash, p.signature) {
		return ErrWrong
	}
	return nil
}
