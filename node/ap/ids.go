package ap

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

const maxID = 2048 // bytes

// isID reports whether a text can be an id at all. It is never changed: some
// ids hold whole addresses and odd percent signs (federation.md 14).
func isID(s string) bool {
	if s == "" || len(s) > maxID {
		return false
	}
	for i := range len(s) {
		if s[i] <= ' ' || s[i] == 0x7f {
			return false
		}
	}
	return true
}

// names is the profile for host names that are looked up (UTS 46).
var names = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(true))

// HostOf gives the host of an https address: lower case, punycode, with its port
// unless that is 443. "" for everything else: another scheme, a name before the
// host, an address that no two readers would understand alike.
func HostOf(id string) string {
	if len(id) < 9 || len(id) > maxID || !strings.EqualFold(id[:8], "https://") || !isID(id) {
		return ""
	}
	host := id[8:]
	if end := strings.IndexAny(host, "/?#"); end >= 0 {
		host = host[:end]
	}
	host, port, _ := strings.Cut(host, ":")
	if port == "443" {
		port = ""
	}
	if len(port) > 5 || strings.Trim(port, "0123456789") != "" || strings.HasPrefix(port, "0") {
		return ""
	}
	if host = hostName(host); host == "" {
		return ""
	}
	if port != "" {
		host += ":" + port
	}
	return host
}

// hostName normalises the name of a host, "" where it is none.
func hostName(s string) string {
	s = strings.TrimSuffix(s, ".")
	if s == "" {
		return ""
	}
	if isPlain(s) {
		return s
	}
	if !utf8.ValidString(s) {
		return ""
	}
	ascii, err := names.ToASCII(s)
	ascii = strings.ToLower(ascii)
	if err != nil || len(ascii) > 253 || ascii == "" || strings.HasSuffix(ascii, ".") || strings.Contains(ascii, "..") {
		return ""
	}
	// What does not stay the same would be two names to two readers.
	if again, err := names.ToASCII(ascii); err != nil || again != ascii {
		return ""
	}
	return ascii
}

// isPlain reports whether a name is in its last form already and hides no other
// script, so that no table has to be asked.
func isPlain(s string) bool {
	last := byte('.')
	for i := range len(s) {
		c := s[i]
		switch {
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
		case c == '.' || c == '-':
			if last == '.' || last == '-' { // "..", "--", ".-", "-."
				return false
			}
		default:
			return false
		}
		last = c
	}
	return last != '.' && last != '-' && len(s) <= 253
}

// SameHost reports whether two ids are https addresses of one host and port
// (RFC 6454). Nothing but an https address has a host.
func SameHost(a, b string) bool {
	h := HostOf(a)
	return h != "" && h == HostOf(b)
}
