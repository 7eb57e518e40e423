package assets

import (
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestDaysInWords(t *testing.T) {
	at := time.Date(2026, 5, 3, 9, 7, 0, 0, time.UTC)
	for language, want := range map[string][2]string{"en": {"3 May 2026", "3 May 2026, 09:07"}, "nl": {"3 mei 2026", "3 mei 2026, 09:07"}} {
		w, err := LoadWords(language)
		if err != nil {
			t.Fatal(err)
		}
		if day, moment := w.Day(at), w.Moment(at); day != want[0] || moment != want[1] {
			t.Errorf("%s: %q, %q", language, day, moment)
		}
		for given, shown := range map[string]string{"2026-05-03": want[0], "3 May": "3 May", "?": "?"} {
			if got, said := w.SayMap("join.silent.say", map[string]string{"Day": given}), w.Say("join.silent.say", "Day", shown); got != said {
				t.Errorf("%s, %s: %q, want %q", language, given, got, said)
			}
		}
	}
}

// TestPlainWords: no word of machines stands on what members read, and Dutch has
// one word for the person who keeps the camp.
func TestPlainWords(t *testing.T) {
	machine := regexp.MustCompile(`(?i)\b(tokens?|sessions?|sessies?|cookies?|caches?|urls?|dns|tls|https?|json|api|oauth|webfinger|peers?|nodes?|instances?|federat\w*|gastheer|gastvrouw|fingerprints?|vingerafdruk\w*)\b`)
	slots := regexp.MustCompile(`\{\{.*?\}\}|for instance`)
	for _, language := range Languages {
		w, err := LoadWords(language)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, area := range []string{"web", "log", "kept", "report", "letters", "letter", "posts", "people", "public", "open", "join", "media", "border"} {
			for _, all := range []map[string]string{w.one, w.other} {
				for key, words := range all {
					if !strings.HasPrefix(key, area+".") {
						continue
					}
					n++
					if found := machine.FindString(slots.ReplaceAllString(words, "")); found != "" {
						t.Errorf("%s, %s says %q: %s", language, key, found, words)
					}
				}
			}
		}
		if n < 500 {
			t.Errorf("%s: %d sentences read", language, n)
		}
	}
}
