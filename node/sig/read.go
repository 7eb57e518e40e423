package sig

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Bounds of a request's header (reliability.md 3).
const (
	maxHeader    = 32 << 10 // bytes of names and values
	maxLines     = 100
	maxSignature = 4 << 10 // bytes of Signature, and of Signature-Input
)

// The clock (federation.md 4). Home clocks drift, hence hours and not minutes.
const (
	maxAhead   = time.Hour
	maxAgePost = 12 * time.Hour // Mastodon's window
	maxAgeGet  = time.Hour
	maxLapse   = time.Hour // a signature is still taken this long after its own "expires"
)

// Incoming is a request as it arrived. Host is the name that we own and were
// reached under, lower case, never what a forwarding header says; Target is path
// and query as they stood in the request line.
type Incoming struct {
	Method string
	Host   string
	Target string
	Header http.Header
	Body   []byte // whole; nil on a GET
}

// Claim is a signature that passed all that can be seen without its key. It is
// worth nothing before Verify; whether KeyID's owner may sign this is for the
// caller to see.
type Claim struct {
	KeyID string // printable ASCII, at most 2048 bytes; not yet known to be an address
	Form  Form
	Made  time.Time // by the signer's clock, to the second

	bases     [][]byte // as sent; then, of a GET, as without the query string
	kinds     kinds
	signature []byte
}

// Read checks the signatures of a request as far as is possible without a key
// and gives at least one claim, at most three. A request with Signature-Input is
// in the new form, whatever else it carries. Where one of several labels is bad
// and another good, the good one comes out.
//
// Errors: ErrNone, ErrMalformed, ErrUncovered, ErrAlgorithm, ErrClock, ErrDigest.
func Read(in Incoming, now time.Time) ([]Claim, error) {
	r, err := in.request()
	if err != nil {
		return nil, err
	}
	signature, err := bounded(r, "signature")
	if err != nil {
		return nil, err
	}
	input, err := bounded(r, "signature-input")
	if err != nil {
		return nil, err
	}
	switch {
	case signature == "" && input == "":
		return nil, ErrNone
	case signature == "":
		return nil, fmt.Errorf("%w: Signature-Input alone", ErrMalformed)
	case input == "":
		return in.readCavage(r, signature, now)
	}
	return in.readMessages(r, input, signature, now)
}

// request checks the bounds and takes what is signed out of a request.
func (in Incoming) request() (request, error) {
	lines, size := 0, 0
	for name, values := range in.Header {
		for _, v := range values {
			lines, size = lines+1, size+len(name)+len(v)
		}
	}
	if lines > maxLines || size > maxHeader {
		return request{}, fmt.Errorf("%w: header of %d lines, %d bytes", ErrMalformed, lines, size)
	}
	blank := func(c rune) bool { return c <= ' ' || c == 0x7f }
	small := func(c rune) bool { return c < 'A' || c > 'Z' } // the old form would sign "Post" and "POST" alike
	if in.Method == "" || strings.ContainsFunc(in.Method, small) || in.Host == "" || !strings.HasPrefix(in.Target, "/") ||
		strings.ContainsFunc(in.Host+in.Target, blank) {
		return request{}, fmt.Errorf("%w: request line", ErrMalformed)
	}
	return request{method: in.Method, host: in.Host, target: in.Target, header: in.Header}, nil
}

// bounded gives the one line of a signature's field, "" where there is none.
func bounded(r request, name string) (string, error) {
	switch n := len(r.header[http.CanonicalHeaderKey(name)]); {
	case n == 0:
		return "", nil
	case n > 1:
		return "", fmt.Errorf("%w: %d lines of %s", ErrMalformed, n, name)
	}
	value, err := r.field(name)
	if err == nil && (value == "" || len(value) > maxSignature) {
		err = fmt.Errorf("%w: %s of %d bytes", ErrMalformed, name, len(value))
	}
	return value, err
}

func (r request) maxAge() time.Duration {
	if r.reads() {
		return maxAgeGet
	}
	return maxAgePost
}

func (in Incoming) readCavage(r request, value string, now time.Time) ([]Claim, error) {
	c, err := parseCavage(value)
	if err != nil {
		return nil, err
	}
	kinds, err := c.kinds()
	if err != nil {
		return nil, err
	}
	if err := c.covers(bears(in.Method, in.Body)); err != nil {
		return nil, err
	}
	made, until, err := c.moments(r)
	if err != nil {
		return nil, err
	}
	if err := checkClock(made, until, r.maxAge(), now); err != nil {
		return nil, err
	}
	if slices.Contains(c.parts, digestField) {
		if err := in.checkBody(r, digestField, checkDigest); err != nil {
			return nil, err
		}
	}
	claim := Claim{KeyID: c.keyID, Form: FormCavage, Made: made[0], kinds: kinds, signature: c.signature}
	if err := claim.addBases(r, c.base); err != nil {
		return nil, err
	}
	return []Claim{claim}, nil
}

func (in Incoming) readMessages(r request, input, signature string, now time.Time) ([]Claim, error) {
	messages, errs, err := parseMessages(input, signature)
	if err != nil {
		return nil, err
	}
	var claims []Claim
	digested := false
	for _, m := range messages {
		claim, err := in.readMessage(r, m, now)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		digested = digested || slices.Contains(m.parts, contentDigestField)
		claims = append(claims, claim)
	}
	if len(claims) == 0 {
		return nil, errs[0]
	}
	if digested {
		if err := in.checkBody(r, contentDigestField, checkContentDigest); err != nil {
			return nil, err
		}
	}
	return claims, nil
}

func (in Incoming) readMessage(r request, m message, now time.Time) (Claim, error) {
	if err := m.covers(bears(in.Method, in.Body)); err != nil {
		return Claim{}, err
	}
	if err := checkClock([]time.Time{m.created}, m.expires, r.maxAge(), now); err != nil {
		return Claim{}, err
	}
	kinds, err := m.kinds()
	if err != nil {
		return Claim{}, err
	}
	claim := Claim{KeyID: m.keyID, Form: FormMessage, Made: m.created, kinds: kinds, signature: m.signature}
	err = claim.addBases(r, m.base)
	return claim, err
}

func (in Incoming) checkBody(r request, field string, check func(string, []byte) error) error {
	value, err := r.field(field)
	if err != nil {
		return err
	}
	return check(value, in.Body)
}

// keyMark ends the id of a key. Whoever fetches one by its id need not send the
// mark (RFC 9110 §4.2.5), but Fedify 2.3 signs it, seen 2026-11.
const keyMark = "#main-key"

// addBases makes what was signed: the request as it came, and a GET also without
// its query string, and with the mark of a key, as some sign it (federation.md 4).
// What changes something is signed whole.
func (c *Claim) addBases(r request, base func(request) ([]byte, error)) error {
	whole, err := base(r)
	if err != nil {
		return err
	}
	c.bases = [][]byte{whole}
	if plain, had := r.plain(); had && r.reads() {
		short, err := base(plain)
		if err != nil {
			return err
		}
		c.bases = append(c.bases, short)
	}
	if r.reads() {
		r.mark = keyMark
		marked, err := base(r)
		if err != nil {
			return err
		}
		if !bytes.Equal(marked, whole) {
			c.bases = append(c.bases, marked)
		}
	}
	return nil
}

// checkClock holds the times of a signature against now. maxAge counts from the
// earliest, maxAhead to the latest.
func checkClock(made []time.Time, until time.Time, maxAge time.Duration, now time.Time) error {
	for _, at := range made {
		if at.After(now.Add(maxAhead)) {
			return fmt.Errorf("%w: %s ahead", ErrClock, at.Sub(now).Round(time.Second))
		}
		if at.Before(now.Add(-maxAge)) {
			return fmt.Errorf("%w: %s old", ErrClock, now.Sub(at).Round(time.Second))
		}
	}
	if !until.IsZero() && until.Before(now.Add(-maxLapse)) {
		return fmt.Errorf("%w: over since %s", ErrClock, now.Sub(until).Round(time.Second))
	}
	return nil
}
