package store

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"testing"

	"camp/node/camp"
)

func TestPhraseOfKnownBits(t *testing.T) {
	p, err := NewPhrase(bytes.NewReader([]byte("\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f")))
	if err != nil {
		t.Fatal(err)
	}
	got := string(p.Reveal())
	if !strings.HasPrefix(got, "000G4-0R40M-30E20-9185G-R38E1") || len(got) != 35 {
		t.Errorf("phrase = %q", got)
	}
	if _, err := NewPhrase(bytes.NewReader(make([]byte, 15))); err == nil {
		t.Error("a phrase was drawn from too little chance")
	}
}

func TestPhraseIsForgiving(t *testing.T) {
	for range 200 {
		p, err := NewPhrase(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		want := string(p.Reveal())
		o := strings.NewReplacer("0", "O", "1", "l")
		i := strings.NewReplacer("0", "o", "1", "I")
		for name, typed := range map[string]string{
			"as printed": want,
			"lower case": strings.ToLower(want),
			"no hyphens": strings.ReplaceAll(want, "-", ""),
			"blanks":     " " + strings.ReplaceAll(want, "-", "  ") + "\n",
			"lines":      strings.ReplaceAll(want, "-", "\r\n"),
			"long dash":  strings.ReplaceAll(want, "-", " – "),
			"O and l":    o.Replace(want),
			"o and I":    i.Replace(want),
		} {
			got, err := ParsePhrase(typed)
			if err != nil || string(got.Reveal()) != want {
				t.Fatalf("%s: ParsePhrase(%q) = %q, %v; want %q", name, typed, got.Reveal(), err, want)
			}
		}
	}
}

func TestPhraseMistakesAreNoticed(t *testing.T) {
	p, err := NewPhrase(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	good := string(p.Reveal())
	for i := range good { // every single mistyped sign
		if good[i] == '-' {
			continue
		}
		for _, d := range phraseDigits {
			if byte(d) == good[i] {
				continue
			}
			if _, err := ParsePhrase(good[:i] + string(d) + good[i+1:]); err == nil {
				// 22 check bits let one in four million through; never a neighbour of this phrase in 930 tries
				t.Fatalf("sign %d changed to %c was not noticed", i, d)
			}
		}
	}
	for typed, say := range map[string]string{
		"":                          "backup.phrase_length.say",
		good[:20]:                   "backup.phrase_length.say",
		good + "7":                  "backup.phrase_length.say",
		"U" + good[1:]:              "backup.phrase_wrong.say",
		"é" + good[1:]:              "backup.phrase_wrong.say",
		strings.Repeat("0", 30):     "backup.phrase_wrong.say",
		strings.Repeat(good, 1<<10): "backup.phrase_wrong.say",
	} {
		_, err := ParsePhrase(typed)
		var f *camp.Fault
		if !errors.As(err, &f) || f.Say != say || f.Kind != camp.Invalid {
			t.Errorf("%d signs: got %v, want %s", len(typed), err, say)
		}
		if err != nil && len(typed) > 20 && strings.Contains(err.Error(), good[:11]) {
			t.Error("the fault holds part of the phrase")
		}
	}
	if s := fmt.Sprintf("%v %+v %#v %s", p, p, p, p); strings.Contains(s, good[:5]) {
		t.Errorf("a phrase prints itself: %s", s)
	}
}

func FuzzPhrase(f *testing.F) {
	f.Add("000G4-0R40M-30E20-9185G-R38E1-00000")
	f.Add("oil O I L – \u00a0")
	f.Fuzz(func(t *testing.T, typed string) {
		p, err := ParsePhrase(typed)
		if err != nil {
			return
		}
		again, err := ParsePhrase(string(p.Reveal()))
		if err != nil || !bytes.Equal(again.Reveal(), p.Reveal()) {
			t.Fatalf("printed phrase does not read back: %v", err)
		}
	})
}
