package posts_test

import (
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"camp/node/posts"
)

func marked(text string) string {
	var b strings.Builder
	for _, s := range posts.Spans(text) {
		switch s.Kind {
		case posts.SpanLink:
			b.WriteString("<" + s.Ref + ">")
		case posts.SpanMention:
			b.WriteString("{@" + s.Ref + "}")
		case posts.SpanFar:
			b.WriteString("{@@" + s.Ref + "}")
		case posts.SpanTag:
			b.WriteString("{#" + s.Ref + "}")
		default:
			b.WriteString(s.Text)
		}
	}
	return b.String()
}

func TestSpans(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", ""},
		{"plain", "plain"},
		{"@mia", "{@mia}"},
		{"@Mia, @ben_2!", "{@mia}, {@ben_2}!"},
		{"(@mia)", "({@mia})"},
		{"a@mia.example", "a@mia.example"},
		{"@mia@far.example, @ben", "{@@mia@far.example}, {@ben}"},
		{"@Mia.B-x@Far.Example.", "{@@mia.b-x@far.example}."},
		{"(@mia@bücher.example)", "({@@mia@bücher.example})"},
		{"@mia@far", "@mia@far"},
		{"@mia@far..example", "@mia@far..example"},
		{"@.mia@far.example", "@.mia@far.example"},
		{"@mia@far.example@x", "{@@mia@far.example}@x"},
		{"@mia@", "@mia@"},
		{"@@mia", "@@mia"},
		{"@12", "@12"},
		{"@_", "@_"},
		{"@mié", "@mié"},
		{"@" + strings.Repeat("a", 30), "{@" + strings.Repeat("a", 30) + "}"},
		{"@" + strings.Repeat("a", 31), "@" + strings.Repeat("a", 31)},
		{"#Tag #été #日本 #snake_case", "{#tag} {#été} {#日本} {#snake_case}"},
		{"#e\u0301te\u0301", "{#été}"},
		{"no#tag #1 # ##x &#39;", "no#tag #1 # ##x &#39;"},
		{"#2026gala", "{#2026gala}"},
		{"https://x.example", "<https://x.example>"},
		{"see https://x.example/a?b=c#d.", "see <https://x.example/a?b=c#d>."},
		{"https://x.example/#tag @mia", "<https://x.example/#tag> {@mia}"},
		{"https://x.example/@mia", "<https://x.example/@mia>"},
		{"(https://x.example/a_(b))", "(<https://x.example/a_(b)>)"},
		{"(https://x.example/a).", "(<https://x.example/a>)."},
		{"<https://x.example>", "<<https://x.example>>"},
		{"HTTPS://X.example", "<https://X.example>"},
		{"xhttps://x.example", "xhttps://x.example"},
		{"https://", "https://"},
		{"https://.", "https://."},
		{"https://bank.example@evil.example/", "https://bank.example@evil.example/"},
		{"javascript:alert(1) data:text/html,x ftp://x.example", "javascript:alert(1) data:text/html,x ftp://x.example"},
		{"https://" + strings.Repeat("a", 1992), "<https://" + strings.Repeat("a", 1992) + ">"},
		{"https://" + strings.Repeat("a", 1993), "https://" + strings.Repeat("a", 1993)},
		{"hhttp", "hhttp"},
		{"https://x.example/ü\nnext", "<https://x.example/%C3%BC>\nnext"},
	} {
		if d := cmp.Diff(c.want, marked(c.text)); d != "" {
			t.Errorf("%q: %s", c.text, d)
		}
	}
}

func FuzzSpans(f *testing.F) {
	for _, s := range []string{
		"hello", "@mia @ben@far.example #tag https://x.example/a_(b)).", "https://[::1]:80/x", "#", "@", "http://", "h\xff@\x80#é",
		"@@@@", "https://https://https://", strings.Repeat("(", 50) + "https://a" + strings.Repeat(")", 50),
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var b strings.Builder
		last := posts.SpanLink
		for i, s := range posts.Spans(text) {
			b.WriteString(s.Text)
			if s.Text == "" {
				t.Fatal("an empty span")
			}
			if s.Kind == posts.SpanPlain && last == posts.SpanPlain && i > 0 {
				t.Fatal("two plain spans in a row")
			}
			last = s.Kind
			switch s.Kind {
			case posts.SpanLink:
				u, err := url.Parse(s.Ref)
				if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
					t.Fatalf("link %q", s.Ref)
				}
				if strings.ContainsAny(s.Ref, "<>\"`\n ") {
					t.Fatalf("link with signs that end one: %q", s.Ref)
				}
			case posts.SpanMention:
				if strings.ToLower(s.Text) != "@"+s.Ref || len(s.Ref) > 30 || len(s.Ref) == 0 {
					t.Fatalf("mention %q of %q", s.Ref, s.Text)
				}
			case posts.SpanTag:
				if s.Ref != posts.FoldTag(s.Ref) || s.Ref == "" {
					t.Fatalf("tag %q is not folded", s.Ref)
				}
			}
		}
		if b.String() != text {
			t.Fatalf("put together: %q, want %q", b.String(), text)
		}
		if utf8.ValidString(text) {
			for _, s := range posts.Spans(text) {
				if !utf8.ValidString(s.Text) {
					t.Fatal("a character was cut")
				}
			}
		}
	})
}

// BenchmarkSpansWorst reads texts made to be slow: it must stay linear.
func BenchmarkSpansWorst(b *testing.B) {
	for name, text := range map[string]string{
		"links":    strings.Repeat("https://", 2500),
		"brackets": "https://a" + strings.Repeat(")", 1900),
		"at":       strings.Repeat("@a@", 6000),
		"tags":     strings.Repeat("#", 20000),
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				posts.Spans(text)
			}
		})
	}
}
