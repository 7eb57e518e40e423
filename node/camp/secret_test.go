package camp

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

// A secret inside other values, as careless code would print it.
type keyring struct {
	Public string
	Key    Secret
	Ptr    *Secret
	List   []Secret
	ByName map[string]Secret
	hush   Secret
	deep   struct{ inner Secret }
}

func TestSecretIsNeverPrinted(t *testing.T) {
	const canary = "hollyhock"
	s := NewSecret([]byte(canary))
	ring := keyring{Public: "shown", Key: s, Ptr: &s, List: []Secret{s}, ByName: map[string]Secret{"k": s}, hush: s}
	ring.deep.inner = s

	var out bytes.Buffer
	values := map[string]any{"alone": s, "pointer": &s, "struct": ring, "struct pointer": &ring, "slice": []Secret{s}, "any": []any{s, ring}}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%o", "%b", "%c", "%U", "%t", "%w", "%08d", "%-20v"} {
		for name, v := range values {
			fmt.Fprintf(&out, name+" "+verb+"\n", v)
		}
	}
	out.WriteString(fmt.Errorf("open with %v: %w", ring, errors.New("no")).Error())
	for name, v := range values {
		b, err := json.Marshal(v)
		if err != nil {
			t.Errorf("json of %s: %v", name, err)
		}
		out.Write(b)
	}
	for _, h := range []slog.Handler{
		slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}),
		slog.NewJSONHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}),
	} {
		log := slog.New(h)
		for name, v := range values {
			log.Info("careless", name, v, slog.Group("g", "v", v))
		}
	}

	text := out.String()
	if !strings.Contains(text, "shown") || !strings.Contains(text, hidden) {
		t.Fatal("the printers printed nothing: this test is blind")
	}
	plain := []byte(canary)
	for name, needle := range map[string]string{
		"text":            canary,
		"hex":             hex.EncodeToString(plain),
		"spaced decimals": strings.Trim(fmt.Sprint(plain), "[]"),
		"base64":          "aG9sbHlob2Nr",
		"go syntax":       "0x68, 0x6f, 0x6c",
		"octal":           "150 157 154",
		"binary":          "1101000 1101111",
		"code points":     "U+0068 U+006F",
	} {
		if at := strings.Index(strings.ToLower(text), strings.ToLower(needle)); at >= 0 {
			t.Errorf("leaked as %s: …%s…", name, text[max(0, at-40):min(len(text), at+60)])
		}
	}
}

func TestSecretReveal(t *testing.T) {
	if got := (Secret{}).Reveal(); got != nil {
		t.Errorf("zero secret reveals %q, want nothing", got)
	}
	a, b, c := NewSecret([]byte("one")), NewSecret([]byte("one")), NewSecret([]byte("two"))
	if string(a.Reveal()) != "one" {
		t.Errorf("Reveal = %q", a.Reveal())
	}
	if !a.Equal(b) || a.Equal(c) || a.Equal(Secret{}) || !(Secret{}).Equal(Secret{}) {
		t.Error("Equal does not compare the bytes")
	}
}
