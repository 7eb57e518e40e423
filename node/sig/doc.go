// Package sig signs requests to other servers, reads the signatures of theirs, and
// checks proofs inside documents. It is pure: no network, no store, no clock of its
// own. Whose a key is, and what its owner may do, is decided by the caller.
//
//	request of a stranger
//	   │ Read         bounds, syntax, what is covered, clock, digest: all before a key is fetched
//	   ▼
//	 []Claim          "key KeyID signed this", not yet believed
//	   │ the caller   fetches KeyID, sees that its owner lists it (federation.md 4, Keys)
//	   │ ParsePublic  from SPKI, only of a kind and strength that we take
//	   ▼
//	 Claim.Verify     nil, or ErrWrong, ErrAlgorithm
//
// Two generations are spoken (federation.md 4): FormCavage is the draft
// draft-cavage-http-signatures-12 that most servers know, FormMessage is
// RFC 9421. Requests are signed by RSA PKCS #1 v1.5 with SHA-256; Ed25519 is made
// and taken as well, where the key is one. A request must cover its method,
// address, time and (with a body) digest, else it counts as not signed.
//
// Proofs are those of FEP-8b32, eddsa-jcs-2022: Ed25519 over the canonical form
// of the document (RFC 8785). ReadProof and Proof.Verify go hand in hand as Read
// and Claim.Verify do. None are made here.
//
// Signed header values are taken byte for byte: what a caller acts upon must be
// what was covered. All functions are safe for concurrent use, as long as no two
// sign one request.
package sig

import "errors"

// Why a request or document is not believed. Errors of this package wrap one of
// these; the text behind it is for the log.
var (
	ErrNone      = errors.New("no signature")                              // nothing was signed
	ErrMalformed = errors.New("signature is malformed")                    // not to be read in one way only, or beyond a bound
	ErrUncovered = errors.New("signature leaves out what must be covered") // as good as no signature
	ErrAlgorithm = errors.New("signature algorithm is not accepted")       // or does not fit the key
	ErrClock     = errors.New("signature is too old or from the future")   // ours or theirs may be off
	ErrDigest    = errors.New("digest does not match the body")
	ErrWrong     = errors.New("signature is wrong") // fetch the key afresh once, then decide
	ErrKey       = errors.New("key is of a kind or strength not accepted")
	ErrUnfit     = errors.New("signature asked for is not one we make") // of Asked and Ask.Sign alone
)
