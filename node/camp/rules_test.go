package camp

import (
	"slices"
	"strings"
	"testing"
	"time"
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

// TestParseRules: one rule a line, or a paragraph where empty lines part them.
func TestParseRules(t *testing.T) {
	for name, c := range map[string]struct {
		text         string
		file, typed  []string
		sameAsInFile bool
	}{
		"nothing":            {text: " \n\r\n ", sameAsInFile: true},
		"lines":              {text: "Be kind.\n  Ask first. \n", file: []string{"Be kind.", "Ask first."}, sameAsInFile: true},
		"of Windows":         {text: "\r\nBe kind.\r\nAsk first.\r\n\r\n", file: []string{"Be kind.", "Ask first."}, sameAsInFile: true},
		"of an old Mac":      {text: "Be kind.\rAsk first.", file: []string{"Be kind.", "Ask first."}, sameAsInFile: true},
		"paragraphs":         {text: "Be kind,\nto all.\n \n\nAsk first.", file: []string{"Be kind, to all.", "Ask first."}, typed: []string{"Be kind,", "to all.", "Ask first."}},
		"numbered":           {text: "1. Be kind.\n2.Ask first.", file: []string{"Be kind.", "Ask first."}, sameAsInFile: true},
		"numbered in part":   {text: "1. Be kind.\nAsk first.", file: []string{"1. Be kind.", "Ask first."}, sameAsInFile: true},
		"numbers alone":      {text: "1.\n2.", file: []string{"1.", "2."}, sameAsInFile: true},
		"numbered otherwise": {text: "2. Be kind.\n1. Ask first.", file: []string{"2. Be kind.", "1. Ask first."}, sameAsInFile: true},
	} {
		if got := ParseRules(c.text); !slices.Equal(got, c.file) {
			t.Errorf("%s: in a file %q, want %q", name, got, c.file)
		}
		if c.sameAsInFile {
			c.typed = c.file
		}
		if got := RuleLines(c.text); !slices.Equal(got, c.typed) {
			t.Errorf("%s: typed %q, want %q", name, got, c.typed)
		}
	}
}

func TestRulesBar(t *testing.T) {
	for others, want := range []int{1, 1, 1, 2, 2, 3, 3, 3, 3} {
		if got := RulesBar(others); got != want {
			t.Errorf("%d others: %d, want %d", others, got, want)
		}
	}
}

func TestRulesOpen(t *testing.T) {
	made := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		bar   int
		after time.Duration
		want  bool
	}{
		"a real one": {0, 0, false}, "at once": {1, 0, true}, "nearly over": {3, 72*time.Hour - 1, true}, "over": {3, 72 * time.Hour, false},
	} {
		if got := (Rules{Date: made, Bar: c.bar}).Open(made.Add(c.after)); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestAlone: a host is alone where nobody belongs to the camp and nobody waits.
func TestAlone(t *testing.T) {
	host := Person{Name: "vera", Role: RoleHost, Standing: Joined}
	for name, c := range map[string]struct {
		who  Person
		want bool
	}{
		"a member": {Person{Role: RoleMember, Standing: Joined}, false}, "a guest": {Person{Role: RoleGuest, Standing: Joined}, false},
		"on a break": {Person{Role: RoleMember, Standing: Suspended}, false}, "waits": {Person{Role: RoleMember, Standing: Waiting}, false},
		"declined": {Person{Role: RoleMember, Standing: Declined}, true}, "removed": {Person{Role: RoleMember, Standing: Removed}, true},
	} {
		if got := (State{People: []Person{host, c.who}}).Alone(); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
