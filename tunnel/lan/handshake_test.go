package lan

import (
	"bytes"
	"encoding/hex"
	"errors"
	"testing"
)

// counting gives bytes that count up from start, as the vectors want.
type counting struct{ next byte }

func (c *counting) Read(p []byte) (int, error) {
	for i := range p {
		p[i], c.next = c.next, c.next+1
	}
	return len(p), nil
}

func meet(t *testing.T) (h *Host, j *Joiner, hc, jc *Channel) {
	t.Helper()
	h, err := NewHost(&counting{0})
	if err != nil {
		t.Fatal(err)
	}
	if j, err = NewJoiner(&counting{100}, h.Commitment()); err != nil {
		t.Fatal(err)
	}
	reveal, hc, err := h.Answer(j.Offer())
	if err != nil {
		t.Fatal(err)
	}
	if jc, err = j.Finish(reveal); err != nil {
		t.Fatal(err)
	}
	return h, j, hc, jc
}

func TestHandshakeVectors(t *testing.T) {
	h, j, hc, jc := meet(t)
	words := hc.Words()
	sealed, err := hc.Seal([]byte("CAMP1-TEST"))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{
		"commitment": hex.EncodeToString(h.Commitment()),
		"offer":      hex.EncodeToString(j.Offer()),
		"reveal":     hex.EncodeToString(h.message()),
		"channel":    hex.EncodeToString(hc.key),
		"check":      hc.Check(),
		"words":      hex.EncodeToString(words[:]),
		"sealed":     hex.EncodeToString(sealed),
	}
	for name, want := range handshakeVectors {
		if got[name] != want {
			t.Errorf("%s: got %s, want %s", name, got[name], want)
		}
	}
	if hc.Check() != jc.Check() || hc.Words() != jc.Words() {
		t.Error("the two ends show different checks")
	}
	if open, err := jc.Open(sealed); err != nil || string(open) != "CAMP1-TEST" {
		t.Errorf("opened %q, %v", open, err)
	}
	sealed[3] ^= 1
	if _, err := jc.Open(sealed); !errors.Is(err, ErrSealed) {
		t.Errorf("a changed message: got %v", err)
	}
}

// Somebody between two ends holds one handshake with each; the checks differ,
// whichever of their own keys they use.
func TestManInTheMiddleShowsTwoNumbers(t *testing.T) {
	same := 0
	for i := range 200 {
		host, _ := NewHost(&counting{byte(i)})
		falseHost, _ := NewHost(&counting{byte(50 + i)})
		victim, _ := NewJoiner(&counting{byte(100 + i)}, falseHost.Commitment())
		falseJoiner, _ := NewJoiner(&counting{byte(150 + i)}, host.Commitment())
		_, hostSees, err := host.Answer(falseJoiner.Offer())
		if err != nil {
			t.Fatal(err)
		}
		reveal, _, err := falseHost.Answer(victim.Offer())
		if err != nil {
			t.Fatal(err)
		}
		victimSees, err := victim.Finish(reveal)
		if err != nil {
			t.Fatal(err)
		}
		if hostSees.Check() == victimSees.Check() {
			same++
		}
	}
	if same > 0 {
		t.Errorf("%d of 200 attacks show the same number", same)
	}
}

func TestHostCannotChangeItsMind(t *testing.T) {
	first, _ := NewHost(&counting{0})
	second, _ := NewHost(&counting{7})
	j, err := NewJoiner(&counting{100}, first.Commitment())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := j.Finish(second.message()); !errors.Is(err, ErrCommitment) {
		t.Errorf("another key: got %v", err)
	}
}

func TestHostileMessages(t *testing.T) {
	h, _ := NewHost(&counting{0})
	for name, offer := range map[string][]byte{
		"empty": nil, "short": make([]byte, OfferSize-1), "long": make([]byte, OfferSize+1), "key of low order": make([]byte, OfferSize),
	} {
		if _, _, err := h.Answer(offer); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, err := NewJoiner(&counting{0}, bytes.Repeat([]byte{1}, 5)); err == nil {
		t.Error("a short commitment was accepted")
	}
}
