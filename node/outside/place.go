package outside

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/idna"

	"camp/node/camp"
)

const longestURL = 2048 // bytes

// names is the IDNA profile for names that are looked up (UTS 46), the one by
// which the border reads the names of its decisions.
var names = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(true), idna.VerifyDNSLength(false))

// inner are ends of names that mean something within one network only.
var inner = []string{"local", "localhost", "localdomain", "internal", "intranet", "private", "lan", "home", "corp", "box", "arpa", "onion", "alt", "invalid"}

// place reads an address: https, a name of the public kind, port 443. What it
// gives has the name in its one form; the path and the query are left as they
// are, and there is no fragment.
func place(raw string, ports []uint16) (*url.URL, camp.Domain, error) {
	if len(raw) > longestURL {
		return nil, "", refuse(Rule, "", "an address of %d bytes", len(raw))
	}
	const scheme = "https://"
	if len(raw) < len(scheme) || !strings.EqualFold(raw[:len(scheme)], scheme) {
		return nil, "", refuse(Rule, "", "not https")
	}
	u, err := url.Parse(raw)
	if err != nil {
		return nil, "", refuse(Rule, "", "no address")
	}
	// url.Parse decodes what it finds; two readings of a name are one too many.
	written := raw[len(scheme):]
	if i := strings.IndexAny(written, "/?#"); i >= 0 {
		written = written[:i]
	}
	if u.Opaque != "" || u.User != nil || strings.ContainsAny(written, `%\@[] `) {
		return nil, "", refuse(Rule, "", "an address that can be read in two ways")
	}
	host, err := Host(u.Hostname())
	if err != nil {
		return nil, "", refuse(Rule, "", "%w", err)
	}
	port := u.Port()
	if strings.HasSuffix(u.Host, ":") || port != "" && port != "443" {
		n, err := strconv.ParseUint(port, 10, 16)
		if err != nil || strconv.FormatUint(n, 10) != port || !slices.Contains(ports, uint16(n)) {
			return nil, "", refuse(Rule, string(host), "not on port 443")
		}
	}
	u.Host = string(host)
	if port != "" && port != "443" {
		u.Host += ":" + port
	}
	u.Fragment, u.RawFragment = "", ""
	return u, host, nil
}

// Host gives the one form of a server's name: lower case, punycode. It refuses
// what is no name of the public internet: addresses in any spelling, single
// labels, names that end in a dot or mean something within one network only.
func Host(name string) (camp.Domain, error) {
	if name == "" || len(name) > 1024 || strings.ContainsAny(name, "\u3002\uff0e\uff61") || strings.HasSuffix(name, ".") {
		return "", fmt.Errorf("no name of a server")
	}
	ascii, err := names.ToASCII(name)
	if err != nil {
		return "", fmt.Errorf("no name of a server")
	}
	ascii = strings.ToLower(ascii)
	if again, err := names.ToASCII(ascii); err != nil || again != ascii || len(ascii) > 253 {
		return "", fmt.Errorf("no name of a server")
	}
	labels := strings.Split(ascii, ".")
	if len(labels) < 2 {
		return "", fmt.Errorf("a name of one word")
	}
	for _, l := range labels {
		if !label(l) {
			return "", fmt.Errorf("no name of a server")
		}
	}
	last := labels[len(labels)-1]
	if !strings.HasPrefix(last, "xn--") && strings.Trim(last, "abcdefghijklmnopqrstuvwxyz") != "" {
		return "", fmt.Errorf("a number, not a name") // "127.1", "0x7f.1": no registry gives out such an end
	}
	if slices.Contains(inner, last) {
		return "", fmt.Errorf("a name of one network only")
	}
	return camp.Domain(ascii), nil
}

// label reports whether l is 1 to 63 letters, digits and inner hyphens (RFC 1123 §2.1).
func label(l string) bool {
	if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' {
		return false
	}
	return strings.Trim(l, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}
