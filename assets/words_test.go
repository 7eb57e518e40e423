package assets

import (
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
