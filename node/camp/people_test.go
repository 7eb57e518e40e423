package camp

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestParseName(t *testing.T) {
	rows := []struct {
		name, text, want string
		ok               bool
	}{
		{"plain", "noor", "noor", true},
		{"folded", "Noor", "noor", true},
		{"at sign", "@noor", "noor", true},
		{"blanks around", "  @Noor_2 ", "noor_2", true},
		{"one letter", "a", "a", true},
		{"digits and a letter", "2b", "2b", true},
		{"thirty", strings.Repeat("a", 30), strings.Repeat("a", 30), true},
		{"thirty-one", strings.Repeat("a", 31), "", false},
		{"empty", "", "", false},
		{"at sign alone", "@", "", false},
		{"two at signs", "@@noor", "", false},
		{"only digits", "2026", "", false},
		{"only underscores", "___", "", false},
		{"blank inside", "noor de wit", "", false},
		{"hyphen", "noor-de-wit", "", false},
		{"dot", "noor.w", "", false},
		{"address", "noor@camp.example", "", false},
		{"accent", "zoë", "", false},
		{"cyrillic a", "n\u043e\u043er", "", false},
		{"dotted capital I", "\u0130da", "", false},
		{"kelvin sign", "\u212aate", "", false},
		{"zero width", "no\u200bor", "", false},
		{"zero byte", "no\x00or", "", false},
		{"path", "../noor", "", false},
		{"not UTF-8", "no\xffor", "", false},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			got, ok := ParseName(r.text)
			if ok != r.ok || got != r.want {
				t.Errorf("ParseName(%q) = %q, %v; want %q, %v", r.text, got, ok, r.want, r.ok)
			}
		})
	}
}

func FuzzParseName(f *testing.F) {
	for _, s := range []string{"noor", "@Noor_2", "2026", "", "zoë", "\u212a", "a\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		name, ok := ParseName(s)
		if !ok {
			return
		}
		if again, ok := ParseName(name); !ok || again != name {
			t.Fatalf("%q became %q, which becomes %q, %v", s, name, again, ok)
		}
		if strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" || len(name) > 30 {
			t.Fatalf("%q became %q", s, name)
		}
	})
}

func TestCleanLine(t *testing.T) {
	rows := []struct{ name, text, want string }{
		{"plain", "Noor de Wit", "Noor de Wit"},
		{"blanks", "  Noor\t de \n Wit ", "Noor de Wit"},
		{"windows line end", "Noor\r\nde Wit", "Noor de Wit"},
		{"line separator", "Noor\u2028de Wit", "Noor de Wit"},
		{"no-break space", "Noor\u00a0de Wit", "Noor de Wit"},
		{"zero byte", "No\x00or", "Noor"},
		{"escape", "No\x1b[31mor", "No[31mor"},
		{"bidi override", "\u202eroon", "roon"},
		{"bidi isolate", "\u2066Noor\u2069", "Noor"},
		{"zero width space", "No\u200bor", "Noor"},
		{"soft hyphen", "No\u00ador", "Noor"},
		{"byte order mark", "\ufeffNoor", "Noor"},
		{"tag letters", "Noor\U000e0041\U000e0042", "Noor"},
		{"not UTF-8", "No\xff\xfeor", "Noor"},
		{"arabic stays", "نور", "نور"},
		{"joined emoji stays", "👩\u200d🚀", "👩\u200d🚀"},
		{"persian joiner stays", "می\u200cخواهم", "می\u200cخواهم"},
		{"accent built of two", "e\u0301", "e\u0301"},
		{"nothing to see: joiners", "\u200d\u200c\u200d", ""},
		{"nothing to see: hangul filler", "\u3164\u115f\u1160\uffa0", ""},
		{"nothing to see: braille blank", "\u2800\u2800", ""},
		{"nothing to see: variation selector", "\ufe0f\U000e0101", ""},
		{"nothing to see: accents alone", "\u0301\u034f", ""},
		{"empty", "", ""},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			if got := CleanLine(r.text, 60); got != r.want {
				t.Errorf("CleanLine(%+q) = %+q, want %+q", r.text, got, r.want)
			}
		})
	}
	if got := CleanLine("vuurplaats", 4); got != "vuur" {
		t.Errorf("limit 4: %q", got)
	}
	if got := CleanLine("vuur plaats", 5); got != "vuur" {
		t.Errorf("a cut at a blank leaves %q", got)
	}
	if got := CleanLine("🔥🔥🔥", 2); got != "🔥🔥" {
		t.Errorf("limit counts bytes, not characters: %q", got)
	}
	if got := CleanLine("vuur", 0); got != "" {
		t.Errorf("limit 0: %q", got)
	}
}

func TestCleanText(t *testing.T) {
	rows := []struct{ name, text, want string }{
		{"lines stay", "een\ntwee", "een\ntwee"},
		{"windows lines", "een\r\ntwee\rdrie", "een\ntwee\ndrie"},
		{"tab stays", "een\ttwee", "een\ttwee"},
		{"two empty lines stay", "een\n\n\ntwee", "een\n\n\ntwee"},
		{"three become two", "een\n\n\n\ntwee", "een\n\n\ntwee"},
		{"many become two", "een" + strings.Repeat("\n", 400) + "twee", "een\n\n\ntwee"},
		{"hidden between lines", "een\n\u200b\n\u200b\n\u200b\n\u200b\ntwee", "een\n\n\ntwee"},
		{"around", "\n\n een \n", "een"},
		{"indent stays", "een\n  twee", "een\n  twee"},
		{"override", "een\u202e twee", "een twee"},
		{"bell", "een\a", "een"},
		{"nothing to see", "\u200d\n\u2800\n", ""},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			if got := CleanText(r.text, MaxText); got != r.want {
				t.Errorf("CleanText(%+q) = %+q, want %+q", r.text, got, r.want)
			}
		})
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"Noor", "a\u202eb", "\r\n\r\n\r\n\r\n", "\xff\xfe", "👩\u200d🚀", "\u3164", "a \u200b b", "\u00a0x"} {
		f.Add(s, 60)
		f.Add(s, 3)
	}
	f.Fuzz(func(t *testing.T, s string, limit int) {
		if limit < 0 || limit > 10_000 {
			return
		}
		line, text := CleanLine(s, limit), CleanText(s, limit)
		if again := CleanLine(line, limit); again != line {
			t.Fatalf("line %+q cleaned again gives %+q", line, again)
		}
		if again := CleanText(text, limit); again != text {
			t.Fatalf("text %+q cleaned again gives %+q", text, again)
		}
		for what, got := range map[string]string{"line": line, "text": text} {
			if !utf8.ValidString(got) || utf8.RuneCountInString(got) > limit || strings.TrimSpace(got) != got {
				t.Fatalf("%s %+q: not UTF-8, too long or with blanks around", what, got)
			}
			for _, r := range got {
				bidi := unicode.Is(unicode.Bidi_Control, r)
				if bidi || unicode.IsControl(r) && (what == "line" || r != '\n' && r != '\t') {
					t.Fatalf("%s %+q holds %U", what, got, r)
				}
			}
		}
	})
}

func TestParseRole(t *testing.T) {
	for _, s := range []string{"host", "helper", "member", "guest"} {
		if r, ok := ParseRole(s); !ok || string(r) != s {
			t.Errorf("ParseRole(%q) = %q, %v", s, r, ok)
		}
	}
	for _, s := range []string{"", "Host", " host", "admin", "waiting", "owner"} {
		if r, ok := ParseRole(s); ok || r != "" {
			t.Errorf("ParseRole(%q) = %q, %v; want a refusal", s, r, ok)
		}
	}
}

func TestActorMay(t *testing.T) {
	rows := []struct {
		name string
		by   Actor
		want bool
	}{
		{"nobody", Actor{}, false},
		{"host's role without a person", Actor{Role: RoleHost}, false},
		{"host", Actor{Member: 1, Role: RoleHost}, true},
		{"helper", Actor{Member: 2, Role: RoleHelper}, true},
		{"member", Actor{Member: 3, Role: RoleMember}, false},
		{"guest", Actor{Member: 4, Role: RoleGuest}, false},
		{"person without a role", Actor{Member: 5}, false},
		{"unknown role", Actor{Member: 6, Role: "HOST"}, false},
	}
	for _, r := range rows {
		if got := r.by.May(); got != r.want {
			t.Errorf("%s: May = %v, want %v", r.name, got, r.want)
		}
	}
}

func TestStandingCounts(t *testing.T) {
	for s, want := range map[Standing]bool{
		Joined: true, Suspended: true,
		Waiting: false, Declined: false, Withdrawn: false, Expired: false, Left: false, Removed: false, "": false,
	} {
		if got := s.Counts(); got != want {
			t.Errorf("%q takes a place: %v, want %v", s, got, want)
		}
	}
}
