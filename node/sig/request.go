package sig

import (
	"fmt"
	"net/http"
	"net/textproto"
	"strings"
)

// Form is a generation of HTTP signatures.
type Form uint8

// The forms in use (federation.md 4). The zero Form is neither.
const (
	FormCavage  Form = iota + 1 // draft-cavage-http-signatures-12
	FormMessage                 // RFC 9421, HTTP Message Signatures
)

// String gives the form's name in logs.
func (f Form) String() string {
	switch f {
	case FormCavage:
		return "cavage-12"
	case FormMessage:
		return "rfc9421"
	}
	return "no form"
}

// request is what both forms sign and verify: method and address as we know
// them, never as a header claims them (RFC 9421 §7.4.3), and the header's fields.
type request struct {
	method string // upper case
	host   string // lower case, with the port where there is one
	target string // path and query, as sent
	header http.Header
	mark   string // what some add to the address of a key: see addBases
}

// plain is the request without its query string, and whether it had one.
func (r request) plain() (request, bool) {
	path, _, had := strings.Cut(r.target, "?")
	r.target = path
	return r, had
}

// reads says whether a request only reads: then it needs no digest, and less time.
func (r request) reads() bool { return r.method == http.MethodGet || r.method == http.MethodHead }

// field gives a header field as it is signed: its lines, each trimmed, joined by
// a comma (cavage-12 §2.3, RFC 9421 §2.1). name is in lower case. Fields that
// decide anything may stand on one line only, so that whoever reads the first
// and whoever reads the last read the same.
func (r request) field(name string) (string, error) {
	if name == "host" {
		return r.host, nil
	}
	lines := r.header[textproto.CanonicalMIMEHeaderKey(name)]
	if len(lines) == 0 {
		return "", fmt.Errorf("%w: %s is signed but not there", ErrMalformed, name)
	}
	if len(lines) > 1 && single(name) {
		return "", fmt.Errorf("%w: %d lines of %s", ErrMalformed, len(lines), name)
	}
	trimmed := make([]string, len(lines))
	for i, line := range lines {
		trimmed[i] = strings.Trim(line, " \t")
		if !printable(trimmed[i]) {
			return "", fmt.Errorf("%w: control character in %s", ErrMalformed, name)
		}
	}
	return strings.Join(trimmed, ", "), nil
}

// single names the fields that decide something, or that two readers could take
// for two things.
func single(name string) bool {
	switch name {
	case "date", "digest", "content-digest", "content-type", "content-length", "signature", "signature-input":
		return true
	}
	return false
}

// printable refuses what could begin a new line of a signing string.
func printable(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' && s[i] != '\t' || s[i] == 0x7f {
			return false
		}
	}
	return true
}

// token says whether s is the name of a header field in lower case.
func token(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' {
			return false
		}
	}
	return s != ""
}
