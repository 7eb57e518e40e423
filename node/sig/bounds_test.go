package sig

import (
	"crypto/rsa"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// distinct gives n names of fields, no two alike, each as format writes it.
func distinct(n int, format string) string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf(format, i)
	}
	return strings.Join(names, " ")
}

// The bound on a list is the number alone, not that a name stands twice in it.
func TestLongLists(t *testing.T) {
	for n, want := range map[int]error{maxParts: nil, maxParts + 1: ErrMalformed} {
		if _, err := parseParts(distinct(n, "x-%d")); !errors.Is(err, want) {
			t.Errorf("%d parts: %v", n, err)
		}
		input := `a=(` + distinct(n, `"x-%d"`) + `);created=1;keyid="k"`
		messages, errs, err := parseMessages(input, "a=:AA==:")
		if err != nil || len(messages)+len(errs) != 1 {
			t.Fatal(messages, errs, err)
		}
		if got := len(errs) == 0; got != (want == nil) {
			t.Errorf("%d components: %v", n, errs)
		}
	}
}

// cavage-12 §2.3: an algorithm that names RSA does not go with (created).
func TestCreatedWithOldAlgorithm(t *testing.T) {
	in := arrived(t, FormCavage, http.MethodPost)
	c := cavage{algorithm: algHS2019, created: fmt.Sprint(noon.Unix()), parts: strings.Fields("(request-target) (created) host digest")}
	in = craft(t, in, c, ring().rsa)
	if err := claim(t, in).Verify(ring().rsa.Public()); err != nil {
		t.Fatal(err)
	}
	in.Header.Set("Signature", strings.Replace(in.Header.Get("Signature"), algHS2019, algRSASHA256, 1))
	if _, err := Read(in, noon); !errors.Is(err, ErrMalformed) {
		t.Errorf("got %v", err)
	}
}

// One signature has one spelling: bits behind the last byte are refused.
func TestLooseSignature(t *testing.T) {
	for _, form := range []Form{FormCavage, FormMessage} {
		in := arrived(t, form, http.MethodPost)
		value := in.Header.Get("Signature")
		at := strings.Index(value, "==") - 1 // 256 bytes end in "x==", x one of A, Q, g, w
		if at < 0 {
			t.Fatal("no end of base64 in", value)
		}
		in.Header.Set("Signature", value[:at]+string(value[at]+1)+value[at+1:])
		if _, err := Read(in, noon); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: got %v", form, err)
		}
	}
}

// A path keeps its capitals; only the method is written small (cavage-12 §2.3).
func TestTargetKeepsItsCase(t *testing.T) {
	r := request{method: "POST", host: "far.example", target: "/Inbox?Q=R"}
	base, err := cavage{parts: []string{partTarget}}.base(r)
	if got, want := string(base), "(request-target): post /Inbox?Q=R"; err != nil || got != want {
		t.Errorf("got %q %v, want %q", got, err, want)
	}
}

// Signature and Signature-Input speak of the same labels, none more.
func TestLabelWithoutInput(t *testing.T) {
	in := arrived(t, FormMessage, http.MethodPost)
	in.Header.Set("Signature", in.Header.Get("Signature")+", other=:AAAA:")
	if _, err := Read(in, noon); !errors.Is(err, ErrMalformed) {
		t.Errorf("got %v", err)
	}
}

// An exponent may be as large as 2³¹ and no larger (reliability.md 3).
func TestLargeExponent(t *testing.T) {
	pub := ring().rsa.Public().(*rsa.PublicKey)
	for e, want := range map[int]error{maxExponent - 1: nil, maxExponent + 1: ErrKey} {
		if err := soundRSA(&rsa.PublicKey{N: pub.N, E: e}); !errors.Is(err, want) {
			t.Errorf("exponent %d: %v", e, err)
		}
	}
}
