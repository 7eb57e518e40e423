package lan

import (
	"slices"
	"strings"
	"testing"
)

func TestWordList(t *testing.T) {
	if len(words) != 256 {
		t.Fatalf("%d words", len(words))
	}
	if !slices.IsSorted(words) {
		t.Error("the list is not in order, so a word that stands twice is easily missed")
	}
	for i, w := range words {
		if len(w) < 3 || len(w) > 8 || strings.ToLower(w) != w || slices.Index(words, w) != i {
			t.Errorf("%q is no good word, or stands twice", w)
		}
	}
	// The places, and so the list's order, are what both ends agree on.
	if got := SayWords([4]byte{0, 255, 59, 100}); got != words[0]+" "+words[255]+" "+words[59]+" "+words[100] || words[0] != "acorn" || words[255] != "zebra" {
		t.Errorf("%q", got)
	}
}

func TestCompareWords(t *testing.T) {
	want := strings.Join([]string{words[compareVector[0]], words[compareVector[1]], words[compareVector[2]], words[compareVector[3]]}, " ")
	if got := CompareWords([32]byte{}, [32]byte{}); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if CompareWords([32]byte{1}, [32]byte{}) == CompareWords([32]byte{}, [32]byte{1}) {
		t.Error("the two keys count the same")
	}
}

// compareVector was computed apart from this code, with Python's hashlib.
var compareVector = [4]byte{0xa7, 0x4c, 0xa3, 0x47}
