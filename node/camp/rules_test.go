package camp

import (
	"strings"
	"testing"
)

// The vectors were made with sha256sum, not with this package:
//
//	printf 'camp rules 1\n1. Be kind.\n' | sha256sum
func TestRulesHash(t *testing.T) {
	rows := []struct {
		name    string
		version int
		texts   []string
		want    string
	}{
		{"no rules", 0, nil, "fd0312e40dc2086fba3d70e7d137827c89d9f3bb7f6f7519c2b73ba66f8b6125"},
		{"one", 1, []string{"Be kind."}, "8c428b8f44b6a6f7047fb48ac5f042077a0764be949d9e87e28ec7d070e0b0c8"},
		{"a line end is a blank", 12, []string{"Be kind.", "Wat hier staat blijft hier.\nZo."}, "d0cae3333260621178056ce25c52af18725f9d004d64906a2cafd00842d1d383"},
	}
	for _, r := range rows {
		if got := RulesHash(r.version, r.texts); got != r.want {
			t.Errorf("%s: %s, want %s", r.name, got, r.want)
		}
	}
}

func FuzzRulesHash(f *testing.F) {
	f.Add(1, "Be kind.", "Stay.")
	f.Add(2, "a\n2. b", "")
	f.Fuzz(func(t *testing.T, version int, a, b string) {
		one := RulesHash(version, []string{a, b})
		if len(one) != 64 || strings.Trim(one, "0123456789abcdef") != "" {
			t.Fatalf("not a lower-case SHA-256: %q", one)
		}
		for what, other := range map[string]string{
			"another version":   RulesHash(version+1, []string{a, b}),
			"glued together":    RulesHash(version, []string{a + " " + b}),
			"glued with number": RulesHash(version, []string{a + "\n2. " + b}),
			"one more":          RulesHash(version, []string{a, b, ""}),
		} {
			if other == one {
				t.Fatalf("%s of %q and %q has the same hash", what, a, b)
			}
		}
	})
}
