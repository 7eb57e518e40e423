package camp

import (
	"errors"
	"math"
	"strings"
	"testing"
)

func TestParseID(t *testing.T) {
	rows := []struct {
		name, text string
		want       uint64
		ok         bool
	}{
		{"an id of 2026", "115608123456789012", 115608123456789012, true},
		{"leading zeros", "000000000000000042", 42, true},
		{"largest", "999999999999999999", 999999999999999999, true},
		{"empty", "", 0, false},
		{"short", "11560812345678901", 0, false},
		{"long", "1156081234567890123", 0, false},
		{"sign", "+15608123456789012", 0, false},
		{"minus", "-15608123456789012", 0, false},
		{"underscore", "115_08123456789012", 0, false},
		{"hex", "0x5608123456789012", 0, false},
		{"blank", " 15608123456789012", 0, false},
		{"line end", "11560812345678901\n", 0, false},
		{"other digits, 18 bytes", strings.Repeat("٣", 9), 0, false},
		{"path", "../../../etc/passw", 0, false},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			post, err := ParsePostID(r.text)
			if (err == nil) != r.ok || uint64(post) != r.want {
				t.Errorf("ParsePostID(%q) = %d, %v; want %d, ok %v", r.text, post, err, r.want, r.ok)
			}
			if err != nil && !errors.Is(err, ErrID) {
				t.Errorf("error is %v, want ErrID", err)
			}
			member, errM := ParseMemberID(r.text)
			notice, errN := ParseNoticeID(r.text)
			entry, errE := ParseEntryID(r.text)
			if (errM == nil) != r.ok || (errN == nil) != r.ok || (errE == nil) != r.ok ||
				uint64(member) != r.want || uint64(notice) != r.want || uint64(entry) != r.want {
				t.Errorf("the four kinds of id disagree about %q", r.text)
			}
		})
	}
}

func TestIDsSortAsTheyCount(t *testing.T) {
	ids := []uint64{0, 1, 9, 10, 65535, 65536, 115608123456789012, 115608123456789013, 999999999999999999}
	for i := 1; i < len(ids); i++ {
		if a, b := PostID(ids[i-1]).String(), PostID(ids[i]).String(); a >= b {
			t.Errorf("%s does not sort before %s", a, b)
		}
	}
	if got := MemberID(7).String(); got != "000000000000000007" {
		t.Errorf("MemberID(7) = %q", got)
	}
	if NoticeID(7).String() != EntryID(7).String() {
		t.Error("notices and entries are written differently")
	}
}

// The year in which ids outgrow their 18 digits is far off, and known.
func TestIDsLastLongEnough(t *testing.T) {
	const year2400 = 13569465600000 // milliseconds since 1970
	if id := uint64(year2400)<<16 | math.MaxUint16; len(PostID(id).String()) != idLen {
		t.Errorf("ids of the year 2400 take %d digits", len(PostID(id).String()))
	}
}

func TestParseMediaID(t *testing.T) {
	good := "abcdefghijklmnopqrstuvwx09"
	if id, err := ParseMediaID(good); err != nil || string(id) != good {
		t.Errorf("ParseMediaID(%q) = %q, %v", good, id, err)
	}
	for name, bad := range map[string]string{
		"empty": "", "short": good[1:], "long": good + "a", "upper case": strings.ToUpper(good),
		"dots": "../../../../../../../../../"[:26], "slash": "abc/efghijklmnopqrstuvwx09",
		"zero byte": "abc\x00efghijklmnopqrstuvwx09", "accent, 26 bytes": "é" + good[2:],
		"blank": "abc efghijklmnopqrstuvwx09",
	} {
		if id, err := ParseMediaID(bad); !errors.Is(err, ErrID) || id != "" {
			t.Errorf("%s: ParseMediaID(%q) = %q, %v", name, bad, id, err)
		}
	}
}

func FuzzParseID(f *testing.F) {
	for _, s := range []string{"115608123456789012", "000000000000000000", "", "+15608123456789012", "９15608123456789"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		id, err := ParsePostID(s)
		if err != nil {
			if id != 0 {
				t.Fatalf("refused %q but gave %d", s, id)
			}
			return
		}
		if id.String() != s {
			t.Fatalf("%q reads as %d, which writes as %q", s, id, id.String())
		}
	})
}

func FuzzParseMediaID(f *testing.F) {
	f.Add("abcdefghijklmnopqrstuvwx09")
	f.Add("../../etc/passwd")
	f.Fuzz(func(t *testing.T, s string) {
		id, err := ParseMediaID(s)
		if err == nil && (string(id) != s || strings.ContainsAny(s, "./\\\x00 ")) {
			t.Fatalf("accepted %q as %q", s, id)
		}
	})
}
