package invite

import (
	"encoding/hex"
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// sample is the invite that the vectors below belong to.
func sample() Invite {
	v := Invite{
		Flags:  NeedsApproval,
		Ends:   time.Date(2026, 11, 29, 12, 30, 0, 0, time.UTC),
		Direct: []netip.AddrPort{netip.MustParseAddrPort("192.168.1.20:51820"), netip.MustParseAddrPort("203.0.113.9:40112")},
	}
	for i := range v.Secret {
		v.Secret[i] = byte(i)
	}
	for i := range v.CampKey {
		v.CampKey[i] = byte(0x40 + i)
	}
	return v
}

var same = cmp.Options{cmpopts.EquateComparable(netip.AddrPort{}), cmpopts.EquateEmpty()}

func TestRoundTrip(t *testing.T) {
	six := sample()
	six.Direct = append(six.Direct, netip.MustParseAddrPort("[2001:db8::5]:51820"))
	relayed := sample()
	relayed.Flags |= HasRelay | LANOnly
	relayed.Relay = &Relay{Name: "relay.example", Port: 4500, Route: [8]byte{1, 2, 3, 4, 5, 6, 7, 8}}
	for name, v := range map[string]Invite{"two IPv4": sample(), "with IPv6": six, "with relay": relayed} {
		t.Run(name, func(t *testing.T) {
			code, err := v.Encode()
			if err != nil {
				t.Fatal(err)
			}
			got, err := Decode(code)
			if err != nil {
				t.Fatalf("%s: %v", code, err)
			}
			if d := cmp.Diff(v, got, same); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestSloppyInput(t *testing.T) {
	code, err := sample().Encode()
	if err != nil {
		t.Fatal(err)
	}
	bare := strings.TrimPrefix(code, prefix)
	for name, text := range map[string]string{
		"lower case":                 strings.ToLower(code),
		"link":                       "camp:" + code,
		"no hyphens":                 strings.ReplaceAll(code, "-", ""),
		"wrapped lines":              code[:40] + "\n" + code[40:80] + "\r\n   " + code[80:],
		"quoted":                     "“" + code + "”",
		"zero width signs":           strings.ReplaceAll(code, "-", "\u200b-\u2060"),
		"letters for digits":         strings.NewReplacer("0", "o", "1", "l").Replace(bare),
		"without CAMP1":              bare,
		"CAMP1 cut":                  code[2:],
		"CAMP1 mistyped":             "K" + code[1:],
		"CAMP1 doubled letter":       "CAAMP1-" + bare,
		"in a letter":                "Hi Jonas, come to our camp!\n\nPaste this: " + code + "\n\nSee you, Vera",
		"as written by a typesetter": strings.ReplaceAll(code, "-", "–"),
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Decode(text)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(sample(), got, same); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestEverySingleWrongCharacterIsFound(t *testing.T) {
	code, _ := sample().Encode()
	s := strings.ReplaceAll(strings.TrimPrefix(code, prefix), "-", "")
	for i := range len(s) {
		for _, c := range alphabet {
			if byte(c) == s[i] {
				continue
			}
			wrong := s[:i] + string(c) + s[i+1:]
			if v, err := Decode(prefix + wrong); err == nil {
				t.Fatalf("character %d as %c was accepted: %+v", i, c, v.Direct)
			}
		}
	}
}

func TestRefusals(t *testing.T) {
	code, _ := sample().Encode()
	for name, c := range map[string]struct {
		text string
		want error
	}{
		"empty":              {"", ErrNoCode},
		"a sentence":         {"hello there", ErrNoCode},
		"a web address":      {"https://example.org/", ErrNoCode},
		"far too long":       {strings.Repeat("A", MaxPaste+1), ErrNoCode},
		"only the start":     {code[:60], ErrPiece},
		"last group off":     {code[:len(code)-8], ErrPiece},
		"one wrong":          {code[:20] + other(code[20]) + code[21:], ErrCharacter},
		"an impossible sign": {code[:30] + "U" + code[31:], ErrCharacter},
		"newer":              {"CAMP2-" + code[6:], ErrNewer},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Decode(c.text); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}

func other(c byte) string {
	if c == 'Z' {
		return "Y"
	}
	return "Z"
}

func TestEncodeNeedsAWay(t *testing.T) {
	v := sample()
	v.Direct = nil
	if _, err := v.Encode(); !errors.Is(err, ErrEndpoints) {
		t.Errorf("no endpoint: got %v", err)
	}
	v.Direct = make([]netip.AddrPort, MaxEndpoints+1)
	if _, err := v.Encode(); !errors.Is(err, ErrEndpoints) {
		t.Errorf("too many: got %v", err)
	}
}

// The vectors were made by this code on the day the format was fixed; a change
// of any label, order or clamp breaks every code that is out.
func TestDerivationVectors(t *testing.T) {
	v := sample()
	k, err := Derive(v.Secret, v.CampKey)
	if err != nil {
		t.Fatal(err)
	}
	got := []string{
		hex.EncodeToString(k.ID[:]), hex.EncodeToString(k.Private[:]), hex.EncodeToString(k.Public[:]),
		hex.EncodeToString(k.Preshared[:]), hex.EncodeToString(k.RouteProof[:]), hex.EncodeToString(k.Bind([]byte("join"))),
	}
	if d := cmp.Diff(vectors, got); d != "" {
		t.Error(d)
	}
	if !k.Bound([]byte("join"), k.Bind([]byte("join"))) || k.Bound([]byte("join!"), k.Bind([]byte("join"))) {
		t.Error("Bound does not follow Bind")
	}
}

func FuzzDecode(f *testing.F) {
	code, _ := sample().Encode()
	for _, s := range []string{code, strings.ToLower(code), "", "CAMP1-", "CAMP9-AAAA", code[:50], "camp:" + code + "\n\nbye"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v, err := Decode(s)
		if err != nil {
			return
		}
		code, err := v.Encode()
		if err != nil {
			t.Fatalf("decoded but not encodable: %v", err)
		}
		again, err := Decode(code)
		if err != nil || !cmp.Equal(v, again, same) {
			t.Fatalf("not stable: %v", err)
		}
	})
}
