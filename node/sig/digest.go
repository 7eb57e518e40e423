package sig

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"github.com/dunglas/httpsfv"
)

// Fields that carry the digest of a body in the two forms.
const (
	digestField        = "digest"         // RFC 3230
	contentDigestField = "content-digest" // RFC 9530
)

// digestOf writes the value of Digest.
func digestOf(body []byte) string {
	sum := sha256.Sum256(body)
	return "SHA-256=" + base64.StdEncoding.EncodeToString(sum[:])
}

// contentDigestOf writes the value of Content-Digest.
func contentDigestOf(body []byte) string {
	sum := sha256.Sum256(body)
	return "sha-256=:" + base64.StdEncoding.EncodeToString(sum[:]) + ":"
}

// checkDigest takes the value of Digest (RFC 3230 §4.3.2): "SHA-256=…", the
// algorithm in any case, several separated by commas. One that we know must be
// there, and each that we know must match. ErrMalformed, ErrDigest.
func checkDigest(value string, body []byte) error {
	sums := map[string][]byte{}
	for part := range strings.SplitSeq(value, ",") {
		name, text, ok := strings.Cut(strings.Trim(part, " \t"), "=")
		name = strings.ToLower(name)
		if _, twice := sums[name]; !ok || !token(name) || twice {
			return fmt.Errorf("%w: Digest", ErrMalformed)
		}
		sum, err := base64.StdEncoding.Strict().DecodeString(text)
		if err != nil && known(name) {
			return fmt.Errorf("%w: Digest: %w", ErrMalformed, err)
		}
		sums[name] = sum
	}
	return matchSums(sums, body)
}

// checkContentDigest does the same for Content-Digest (RFC 9530 §2).
func checkContentDigest(value string, body []byte) error {
	dict, err := dictionary(value)
	if err != nil {
		return fmt.Errorf("%w: Content-Digest: %w", ErrMalformed, err)
	}
	sums := map[string][]byte{}
	for _, name := range dict.Names() {
		member, _ := dict.Get(name)
		item, ok := member.(httpsfv.Item)
		if !ok {
			return fmt.Errorf("%w: Content-Digest: list", ErrMalformed)
		}
		sum, ok := item.Value.([]byte)
		if !ok && known(name) {
			return fmt.Errorf("%w: Content-Digest: not bytes", ErrMalformed)
		}
		sums[name] = sum
	}
	return matchSums(sums, body)
}

func known(name string) bool { return name == "sha-256" || name == "sha-512" }

func matchSums(sums map[string][]byte, body []byte) error {
	matched := false
	for name, sum := range sums {
		var want []byte
		switch name {
		case "sha-256":
			s := sha256.Sum256(body)
			want = s[:]
		case "sha-512":
			s := sha512.Sum512(body)
			want = s[:]
		default:
			continue // weak or unknown: says nothing
		}
		if !bytes.Equal(sum, want) {
			return ErrDigest
		}
		matched = true
	}
	if !matched {
		return fmt.Errorf("%w: no algorithm that we know", ErrDigest)
	}
	return nil
}

// dictionary reads a dictionary of structured fields (RFC 9651 §3.2) that prints
// back as it was read, blanks aside. That refuses what the RFC would let the
// last one win: a name or parameter given twice.
func dictionary(value string) (*httpsfv.Dictionary, error) {
	dict, err := httpsfv.UnmarshalDictionary([]string{value})
	if err != nil {
		return nil, err
	}
	back, err := httpsfv.Marshal(dict)
	if err != nil {
		return nil, err
	}
	if squeeze(back) != squeeze(value) {
		return nil, errors.New("given twice, or spelt oddly")
	}
	return dict, nil
}

var blanks = strings.NewReplacer(" ", "", "\t", "")

func squeeze(s string) string { return blanks.Replace(s) }
