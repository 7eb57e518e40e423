// Package border keeps the camp's decisions about servers: which are kept away,
// how far, for everybody. It only answers "may we, in this direction?"; it never
// talks to anybody.
//
//	a name as typed ─ParseDomain─▶ Domain ─▶ the rule set: the longest rule that covers it
package border

import (
	"net/netip"
	"strings"
	"unicode"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"

	"camp/node/camp"
)

// maxTyped bounds what is looked at of a typed name, in bytes.
const maxTyped = 1024

// lookup is the IDNA profile for names that are looked up (UTS 46).
var lookup = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(true), idna.VerifyDNSLength(false))

// ParseDomain reads the name of a server as somebody typed it: in any case, with
// a dot at the end, a leading "*." or ".", in any script. Addresses, paths,
// accounts, single labels and registry suffixes are refused with a *camp.Fault.
func ParseDomain(typed string) (camp.Domain, error) {
	bad := func(say string) (camp.Domain, error) {
		return "", &camp.Fault{Kind: camp.Invalid, Say: say, Args: map[string]string{"Name": camp.CleanLine(typed[:min(len(typed), 200)], 80)}}
	}
	s := strings.TrimSpace(typed)
	if len(s) > maxTyped || s == "" {
		return bad("border.name.say")
	}
	if strings.ContainsAny(s, "/@:?#\\ \t\r\n_%") || strings.ContainsFunc(s, unicode.IsControl) {
		return bad("border.only_name.say")
	}
	s = strings.TrimPrefix(strings.TrimPrefix(s, "*"), ".")
	s = strings.TrimSuffix(s, ".")
	if _, err := netip.ParseAddr(strings.Trim(s, "[]")); err == nil {
		return bad("border.only_name.say")
	}
	ascii, err := lookup.ToASCII(s)
	if err != nil {
		return bad("border.name.say")
	}
	ascii = strings.ToLower(ascii)
	if again, err := lookup.ToASCII(ascii); err != nil || again != ascii {
		return bad("border.name.say")
	}
	if len(ascii) > 253 {
		return bad("border.name.say")
	}
	labels := strings.Split(ascii, ".")
	for _, l := range labels {
		if !label(l) {
			return bad("border.name.say")
		}
	}
	if len(labels) < 2 || strings.Trim(labels[len(labels)-1], "0123456789") == "" {
		return bad("border.name.say")
	}
	if suffix, icann := publicsuffix.PublicSuffix(ascii); icann && suffix == ascii {
		return bad("border.registry.say")
	}
	return camp.Domain(ascii), nil
}

// label reports whether l is 1 to 63 letters, digits and inner hyphens (RFC 1123 §2.1).
func label(l string) bool {
	if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' {
		return false
	}
	for i := range len(l) {
		if c := l[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}

// Shared reports whether many unrelated people live under the name: it is a
// suffix of the private section of the public suffix list, "github.io" for one.
func Shared(d camp.Domain) bool {
	suffix, icann := publicsuffix.PublicSuffix(string(d))
	return !icann && suffix == string(d) && strings.Contains(string(d), ".")
}

// Above gives the name under which d's owner registered it, where d is deeper:
// "b.example" for "x.b.example"; "" where there is none.
func Above(d camp.Domain) camp.Domain {
	own, err := publicsuffix.EffectiveTLDPlusOne(string(d))
	if err != nil || own == string(d) {
		return ""
	}
	return camp.Domain(own)
}

// Shown is the name in its own script, as people read it.
func Shown(d camp.Domain) string {
	s, err := idna.Display.ToUnicode(string(d))
	if err != nil {
		return string(d)
	}
	return s
}

// Mixed reports whether a label of the name mixes scripts, as names do that want
// to be taken for another.
func Mixed(d camp.Domain) bool {
	for _, l := range strings.Split(Shown(d), ".") {
		if scripts(l) > 1 {
			return true
		}
	}
	return false
}

func scripts(s string) int {
	found := map[string]bool{}
	for _, r := range s {
		if !unicode.IsLetter(r) {
			continue
		}
		for _, name := range []string{"Latin", "Cyrillic", "Greek", "Armenian", "Hebrew", "Arabic", "Thai", "Hangul", "Han", "Hiragana", "Katakana", "Georgian", "Devanagari"} {
			if unicode.Is(unicode.Scripts[name], r) {
				if name == "Han" || name == "Hiragana" || name == "Katakana" {
					name = "Japanese" // written together
				}
				found[name] = true
				break
			}
		}
	}
	return len(found)
}
