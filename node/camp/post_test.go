package camp

import "testing"

// The one order of audiences, narrowest first. Whoever changes it changes who
// can read what: community.md 3.
var byWidth = []Audience{AudienceLetter, AudienceCamp, AudienceFollowers, AudienceQuiet, AudiencePublic}

func TestWiderIsOneTotalOrder(t *testing.T) {
	for i, a := range byWidth {
		for j, b := range byWidth {
			if got, want := a.Wider(b), i > j; got != want {
				t.Errorf("%v.Wider(%v) = %v, want %v", a, b, got, want)
			}
		}
	}
}

// All 256 values, so that a forgotten or forged one is never taken for narrow.
func TestInvalidAudienceIsWidest(t *testing.T) {
	valid := map[Audience]bool{}
	for _, a := range byWidth {
		valid[a] = true
	}
	for n := range 256 {
		a := Audience(n)
		if valid[a] {
			continue
		}
		for _, b := range byWidth {
			if !a.Wider(b) || b.Wider(a) {
				t.Errorf("invalid audience %d is not wider than %v", n, b)
			}
		}
		if a.String() != "invalid" {
			t.Errorf("audience %d calls itself %q", n, a)
		}
	}
}

func TestParseAudience(t *testing.T) {
	seen := map[string]bool{}
	for _, a := range byWidth {
		if got, ok := ParseAudience(a.String()); !ok || got != a {
			t.Errorf("ParseAudience(%q) = %v, %v", a.String(), got, ok)
		}
		seen[a.String()] = true
	}
	if len(seen) != len(byWidth) {
		t.Errorf("two audiences share a word: %v", seen)
	}
	for _, s := range []string{"", "invalid", "Camp", "camp ", "unlisted", "direct", "private", "0", "1"} {
		if a, ok := ParseAudience(s); ok || a != 0 {
			t.Errorf("ParseAudience(%q) = %v, %v; want a refusal", s, a, ok)
		}
	}
}

func FuzzParseAudience(f *testing.F) {
	for _, s := range []string{"camp", "letter", "public", "invalid", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if a, ok := ParseAudience(s); ok != (a != 0) || ok && a.String() != s {
			t.Fatalf("ParseAudience(%q) = %v, %v", s, a, ok)
		}
	})
}

func TestPageSize(t *testing.T) {
	for limit, want := range map[int]int{-1: 20, 0: 20, 1: 1, 39: 39, 40: 40, 41: 40, 1 << 30: 40} {
		if got := (Page{Limit: limit}).Size(); got != want {
			t.Errorf("limit %d gives %d rows, want %d", limit, got, want)
		}
	}
}
