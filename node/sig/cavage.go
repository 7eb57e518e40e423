package sig

import (
	"crypto"
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Parts of a request that have no field of their own (cavage-12 §2.3).
const (
	partTarget  = "(request-target)"
	partCreated = "(created)"
	partExpires = "(expires)"
)

// Algorithms that we write (federation.md 4).
const (
	algRSASHA256 = "rsa-sha256" // with RSA: Misskey wants the member
	algHS2019    = "hs2019"     // with Ed25519
)

const maxParts = 32 // names in one list of what is signed

// cavage is the one signature of a request in the old form.
type cavage struct {
	keyID     string
	algorithm string
	parts     []string // what is signed, in order
	signature []byte
	created   string // digits, "" where absent
	expires   string
}

// parseCavage reads the value of Signature. Unknown parameters are skipped (§2.2).
func parseCavage(value string) (cavage, error) {
	params, err := parseParams(value)
	if err != nil {
		return cavage{}, err
	}
	c := cavage{keyID: params["keyid"], algorithm: params["algorithm"], created: params["created"], expires: params["expires"]}
	if err := checkKeyID(c.keyID); err != nil {
		return cavage{}, err
	}
	if c.signature, err = base64.StdEncoding.Strict().DecodeString(params["signature"]); err != nil || len(c.signature) == 0 {
		return cavage{}, fmt.Errorf("%w: no signature in base64", ErrMalformed)
	}
	list, given := params["headers"]
	if !given {
		list = partCreated // the default (§2.1.6), and never enough
	}
	c.parts, err = parseParts(list)
	return c, err
}

// parseParams reads name="text" and name=token, separated by commas. Names come
// out in lower case. A name that stands twice, whatever its case, an escape, or
// anything left over is refused: two readers must not read two things.
func parseParams(value string) (map[string]string, error) {
	params := map[string]string{}
	for rest := strings.Trim(value, " \t"); ; {
		name, after, ok := strings.Cut(rest, "=")
		name = strings.ToLower(name)
		if _, twice := params[name]; !ok || !token(name) || twice {
			return nil, fmt.Errorf("%w: parameter without name or given twice", ErrMalformed)
		}
		text, left, ok := parseText(after)
		if !ok {
			return nil, fmt.Errorf("%w: value of parameter %s", ErrMalformed, name)
		}
		params[name] = text
		left = strings.TrimLeft(left, " \t")
		if left == "" {
			return params, nil
		}
		if left[0] != ',' {
			return nil, fmt.Errorf("%w: no comma after parameter %s", ErrMalformed, name)
		}
		rest = strings.TrimLeft(left[1:], " \t")
	}
}

// parseText takes "quoted" or a bare word off the front of s.
func parseText(s string) (text, rest string, ok bool) {
	if !strings.HasPrefix(s, `"`) {
		end := strings.IndexAny(s, ", \t")
		if end < 0 {
			end = len(s)
		}
		return s[:end], s[end:], end > 0 && !strings.ContainsAny(s[:end], `"\`) && printable(s[:end])
	}
	text, rest, ok = strings.Cut(s[1:], `"`)
	return text, rest, ok && !strings.Contains(text, `\`) && printable(text)
}

// parseParts reads the list of what is signed: each name once, in lower case.
func parseParts(list string) ([]string, error) {
	parts := strings.Split(list, " ")
	if len(parts) > maxParts {
		return nil, fmt.Errorf("%w: %d parts", ErrMalformed, len(parts))
	}
	for i, part := range parts {
		pseudo := part == partTarget || part == partCreated || part == partExpires
		if !pseudo && !token(part) || slices.Contains(parts[:i], part) {
			return nil, fmt.Errorf("%w: a part is unknown or listed twice", ErrMalformed)
		}
	}
	return parts, nil
}

const maxKeyID = 2048 // bytes

// checkKeyID refuses what is no address; whose it is, the caller sees.
func checkKeyID(id string) error {
	if id == "" || len(id) > maxKeyID || strings.ContainsFunc(id, func(c rune) bool { return c <= ' ' || c >= 0x7f }) {
		return fmt.Errorf("%w: key id", ErrMalformed)
	}
	return nil
}

// covers demands what makes a signature worth anything (federation.md 4): on a
// body its digest too.
func (c cavage) covers(body bool) error {
	for _, part := range []string{partTarget, "host", digestField} {
		if !slices.Contains(c.parts, part) && (part != digestField || body) {
			return fmt.Errorf("%w: %s", ErrUncovered, part)
		}
	}
	if !slices.Contains(c.parts, "date") && !slices.Contains(c.parts, partCreated) {
		return fmt.Errorf("%w: neither date nor %s", ErrUncovered, partCreated)
	}
	return nil
}

// kinds says by which keys and with which hash the signature may be made.
// GoToSocial writes hs2019 and means RSA with SHA-256; the draft lets the key's
// kind decide, and so do we.
func (c cavage) kinds() (kinds, error) {
	switch c.algorithm {
	case "", algHS2019:
		return kinds{rsa: crypto.SHA256, ed: true}, nil
	case algRSASHA256:
		return kinds{rsa: crypto.SHA256}, nil
	case "rsa-sha512":
		return kinds{rsa: crypto.SHA512}, nil
	}
	return kinds{}, fmt.Errorf("%w: %.40q", ErrAlgorithm, c.algorithm)
}

// moments gives the covered times of signing, Date and (created), and until when
// the signature holds, zero where that is not said.
func (c cavage) moments(r request) (made []time.Time, until time.Time, err error) {
	if slices.Contains(c.parts, "date") {
		date, err := r.field("date")
		if err != nil {
			return nil, until, err
		}
		at, err := http.ParseTime(date)
		if err != nil {
			return nil, until, fmt.Errorf("%w: date", ErrMalformed)
		}
		made = append(made, at)
	}
	if slices.Contains(c.parts, partCreated) {
		at, err := unix(c.created)
		if err != nil {
			return nil, until, err
		}
		made = append(made, at)
	}
	if c.expires != "" {
		until, err = unix(c.expires)
	}
	return made, until, err
}

// unix reads seconds since 1970 (§2.1.4).
func unix(digits string) (time.Time, error) {
	n, err := strconv.ParseUint(digits, 10, 40) // no sign; far beyond any clock
	if err != nil {
		return time.Time{}, fmt.Errorf("%w: time", ErrMalformed)
	}
	return time.Unix(int64(n), 0).UTC(), nil
}

// base is the signing string (§2.3).
func (c cavage) base(r request) ([]byte, error) {
	lines := make([]string, len(c.parts))
	for i, part := range c.parts {
		value, err := c.part(r, part)
		if err != nil {
			return nil, err
		}
		lines[i] = part + ": " + value
	}
	return []byte(strings.Join(lines, "\n")), nil
}

func (c cavage) part(r request, part string) (string, error) {
	switch part {
	case partTarget:
		return strings.ToLower(r.method) + " " + r.target, nil
	case partCreated, partExpires:
		value := c.created
		if part == partExpires {
			value = c.expires
		}
		// §2.3: not with algorithms older than these parts.
		if value == "" || strings.HasPrefix(c.algorithm, "rsa") {
			return "", fmt.Errorf("%w: %s", ErrMalformed, part)
		}
		return value, nil
	}
	return r.field(part)
}
