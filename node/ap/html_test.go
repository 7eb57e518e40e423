package ap

import "testing"

func TestHTML(t *testing.T) {
	link := func(s string) Span { return Span{Kind: SpanLink, Text: s, Href: s} }
	for _, r := range []struct {
		name  string
		spans []Span
		want  string
	}{
		{"nothing", nil, ""},
		{"blank", []Span{{Text: " \n\n "}}, ""},
		{"plain", []Span{{Text: `a <b> & "c"`}}, `<p>a &lt;b&gt; &amp; "c"</p>`},
		{"lines", []Span{{Text: "a\nb\r\nc"}}, "<p>a<br>b<br>c</p>"},
		{"paragraphs", []Span{{Text: "\n\na\n\n\n\nb\n"}}, "<p>a</p><p>b</p>"},
		{"a paragraph that begins with a link", []Span{{Text: "a\n\n"}, link("https://a.example/"), {Text: "\nb"}}, `<p>a</p><p><a href="https://a.example/" rel="nofollow noopener noreferrer" target="_blank"><span class="invisible">https://</span>a.example/</a><br>b</p>`},
		{"blanks between", []Span{link("https://a.example/x"), {Text: " "}, {Text: "b"}}, `<p><a href="https://a.example/x" rel="nofollow noopener noreferrer" target="_blank"><span class="invisible">https://</span>a.example/x</a> b</p>`},
		{"a long link", []Span{link("https://www.one.example/a/very/long/path?and=more&x=1")}, `<p><a href="https://www.one.example/a/very/long/path?and=more&amp;x=1" rel="nofollow noopener noreferrer" target="_blank"><span class="invisible">https://www.</span><span class="ellipsis">one.example/a/very/long/path?a</span><span class="invisible">nd=more&amp;x=1</span></a></p>`},
		{"mention", []Span{{Kind: SpanMention, Text: "@ana@one.example", Href: "https://one.example/@ana", Name: "ana"}}, `<p><span class="h-card"><a href="https://one.example/@ana" class="u-url mention" rel="nofollow noopener noreferrer">@<span>ana</span></a></span></p>`},
		{"mention of nobody", []Span{{Kind: SpanMention, Text: "@ana@one.example"}}, `<p>@ana@one.example</p>`},
		{"tag", []Span{{Kind: SpanTag, Text: "#Camp", Href: "https://one.example/tags/camp"}}, `<p><a href="https://one.example/tags/camp" class="mention hashtag" rel="tag nofollow noopener noreferrer">#<span>Camp</span></a></p>`},
		{"a link that is none", []Span{{Kind: SpanLink, Text: "javascript:x", Href: "javascript:x"}}, `<p>javascript:x</p>`},
		{"a link to break out of", []Span{{Kind: SpanLink, Text: "x", Href: `https://a.example/"><script>`}}, `<p><a href="https://a.example/&#34;&gt;&lt;script&gt;" rel="nofollow noopener noreferrer" target="_blank"><span class="invisible">https://</span>a.example/"&gt;&lt;script&gt;</a></p>`},
	} {
		t.Run(r.name, func(t *testing.T) {
			got := HTML(r.spans)
			if got != r.want {
				t.Errorf("got  %s\nwant %s", got, r.want)
			}
			checkClean(t, Clean(got))
		})
	}
}

// What a member wrote is read elsewhere as they wrote it.
func TestHTMLKeepsTheWords(t *testing.T) {
	spans := []Span{{Text: "a < b\n\n"}, {Kind: SpanLink, Text: "https://www.one.example/a/very/long/path?and=more", Href: "https://www.one.example/a/very/long/path?and=more"}, {Text: "\nend"}}
	if got, want := Text(Clean(HTML(spans))), "a < b\n\nhttps://www.one.example/a/very/long/path?and=more\nend"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := QuoteLink("javascript:x"); got != "" {
		t.Errorf("got %q", got)
	}
}
