package ap

import (
	"runtime"
	"strconv"
	"strings"
	"testing"
)

func TestClean(t *testing.T) {
	const rel = ` rel="nofollow noopener noreferrer"`
	for _, r := range []struct{ name, give, want string }{
		{"plain", `a > b "c"`, `a &gt; b "c"`},
		{"paragraphs", `<p>a</p><p>b</p>`, `<p>a</p><p>b</p>`},
		{"attributes go", `<p class="x" id="y" style="z" onclick="e()">a</p>`, `<p>a</p>`},
		{"language and direction", `<p lang="ar" dir="RTL">a</p>`, `<p lang="ar" dir="rtl">a</p>`},
		{"numbered list", `<ol start="3" reversed><li value="7">a</li></ol>`, `<ol start="3" reversed=""><li value="7">a</li></ol>`},
		{"headings", `<h1>a</h1><h3>b</h3>`, `<p><strong>a</strong></p><p><strong>b</strong></p>`},
		{"boxes become lines", `<div>a</div><div>b</div>c`, `a<br>b<br>c`},
		{"a table", `<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>`, `a b<br>c`},
		{"a block in a link", `<a href="https://a.example/"><div>a</div><p>b</p></a>`, `<a href="https://a.example/"` + rel + `>a<br>b</a>`},
		{"a paragraph in a paragraph", `<p><object><p>a</p></object></p>`, `<p></p>`},
		{"words in a list", `<ul>a<li>b</li></ul>`, `<ul><li>a</li><li>b</li></ul>`},
		{"an entry without list", `<li>a</li>`, `<p>a</p>`},
		{"ruby", `<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>`, `<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>`},
		{"a pre keeps its first line", "<pre>\n\na</pre>", "<pre>\n\na</pre>"},
		{"an emoji drawn", `<p>a <img src="https://a.example/x.png" alt=":blob:"> b</p>`, `<p>a :blob: b</p>`},
		{"a picture", `<p>a<img src="https://a.example/x.png" alt="logo"></p>`, `<p>a</p>`},
		{"form", `<form action="https://evil.example"><input name="p"><button>go</button></form>`, `go`},
		{"mention", `<span class="h-card"><a href="https://a.example/@ana" class="u-url mention evil" rel="x" target="_blank">@<span>ana</span></a></span>`, `<span class="h-card"><a href="https://a.example/@ana" class="u-url mention"` + rel + `>@<span>ana</span></a></span>`},
		{"tag and proof", `<a href="https://a.example/" rel="me tag evil">x</a>`, `<a href="https://a.example/" rel="tag me nofollow noopener noreferrer">x</a>`},
		{"odd schemes", `<a href="mailto:a@b.example">a</a><a href="ftp://a.example">b</a><a href="/c">c</a>`, `abc`},
		{"a name before the host", `<a href="https://bank.example@evil.example/">x</a>`, `x`},
		{"turned text", "a\u202eb\u202dc\u0007", "abc"},
		{"a quotation's line", `<p>a</p><p class="quote-inline">RE: x</p>`, `<p>a</p><p class="quote-inline">RE: x</p>`},
		{"ends of half a mark", `a<b`, `a`},
	} {
		t.Run(r.name, func(t *testing.T) {
			got := Clean(r.give)
			if got != r.want {
				t.Errorf("got  %s\nwant %s", got, r.want)
			}
			checkClean(t, got)
		})
	}
}

// Attacks leave words at most. The list is in testdata; what a mark may look
// like is said once more in checkClean.
func TestCleanAttacks(t *testing.T) {
	if len(attacks) < 50 {
		t.Fatalf("%d attacks", len(attacks))
	}
	for _, s := range attacks {
		checkClean(t, Clean(s))
		checkClean(t, CleanLinks(s))
	}
}

// Mastodon CVE-2023-36459: markup that oEmbed and posts brought in was not
// rebuilt, and scripts came through.
func TestMastodonCVE202336459(t *testing.T) {
	for give, want := range map[string]string{
		`<iframe srcdoc="<script>alert(1)</script>"></iframe>x`:                                 `x`,
		`<p>a<script>alert(1)</script>b</p>`:                                                    `<p>ab</p>`,
		`<svg/onload=alert(1)>x`:                                                                ``,
		`<a href="https://a.example/" onmouseover="alert(1)">x</a>`:                             `<a href="https://a.example/" rel="nofollow noopener noreferrer">x</a>`,
		`<object data="data:text/html,<script>alert(1)</script>">x</object>`:                    ``,
		`<video src="https://a.example/x" onerror="alert(1)"><track onerror=alert(1)>x</video>`: `x`,
	} {
		if got := Clean(give); got != want {
			t.Errorf("%q gives %q, want %q", give, got, want)
		}
	}
}

// Mastodon CVE-2023-36462: classes that hide a part of a link made a verified
// link look like one to another place.
func TestMastodonCVE202336462(t *testing.T) {
	for _, s := range []string{
		`<a href="https://evil.example/"><span class="invisible">https://evil.example/</span>bank.example</a>`,
		`<a href="https://evil.example/bank.example"><span class="invisible">https://evil.example/</span>bank.example</a>`,
		`<a href="https://evil.example/?bank.example/"><span class="invisible">https://evil.example/?</span><span>bank.example/</span></a>`,
		`<a href="https://bank.example.evil.example/"><span class="invisible">https://</span>bank.example<span class="invisible">.evil.example/</span></a>`,
		`<a href="https://evil.example/"><style>https://evil.example/</style><span class="invisible">x</span>bank.example</a>`,
		`<span class="invisible">hidden</span>`,
		`<a href="https://evil.example/" class="invisible">https://evil.example/</a>`,
	} {
		if got := Clean(s); strings.Contains(got, "invisible") || strings.Contains(got, "ellipsis") {
			t.Errorf("%s\nhides a part: %s", s, got)
		}
	}
	long := `<a href="https://www.one.example/a/long/path" rel="nofollow noopener noreferrer"><span class="invisible">https://www.</span><span class="ellipsis">one.example/a/lo</span><span class="invisible">ng/path</span></a>`
	if got := Clean(long); got != long {
		t.Errorf("an honest link lost its short form: %s", got)
	}
	if got := CleanLinks(long); strings.Contains(got, "class") {
		t.Errorf("a profile hides a part of a link: %s", got)
	}
}

// Misskey CVE-2025-46340: styles reached through what was let pass and covered
// the page.
func TestMisskeyCVE202546340(t *testing.T) {
	for _, s := range []string{
		`<span style="position:fixed;inset:0">x</span>`,
		`<p class="_modal" data-mfm-fg="x;position:fixed">x</p>`,
		`<style>*{display:none}</style><p>x</p>`,
		`<p style=x><link rel=stylesheet href=https://evil.example>x</p>`,
		`<math style="position:fixed"><mi style="x">x</mi></math>`,
	} {
		if got := Clean(s); strings.Contains(got, "style") || strings.Contains(got, "class") || strings.Contains(got, "data-") || strings.Contains(got, "fixed") || !strings.Contains(got, "x") {
			t.Errorf("%s gives %s", s, got)
		}
	}
}

func TestCleanBounds(t *testing.T) {
	deep := Clean(strings.Repeat("<blockquote>", 60) + "x" + strings.Repeat("</blockquote>", 60))
	if n := strings.Count(deep, "<blockquote>"); n != maxTreeDepth || !strings.Contains(deep, "x") {
		t.Errorf("%d deep: %s", n, deep)
	}
	checkClean(t, deep)
	wide := Clean(strings.Repeat("<br>", 10_000))
	if n := strings.Count(wide, "<br>"); n != maxNodes {
		t.Errorf("%d nodes", n)
	}
	for _, s := range []string{strings.Repeat("é<b>&</b>", 10_000), strings.Repeat("&", MaxContent+1), "<p>" + strings.Repeat("<", MaxContent), strings.Repeat("<p>ab", MaxContent/4)} {
		out, short := clean(s, true)
		checkClean(t, out)
		if !short {
			t.Errorf("%.20q was cut without a word", s)
		}
	}
	if _, short := clean("<p>x</p>", true); short {
		t.Error("a short text was cut")
	}
}

// What makes a parser open marks again and again must be refused before it is
// parsed: 64 kB of it took 950 MB.
func TestCleanBombs(t *testing.T) {
	var marks strings.Builder
	for i := range 400 {
		marks.WriteString("<b i=" + strconv.Itoa(i) + ">")
	}
	fill := func(head, piece string) string {
		return head + strings.Repeat(piece, (MaxContent-len(head))/len(piece))
	}
	some := marks.String()[:strings.Index(marks.String(), "<b i=100>")]
	for name, s := range map[string]string{
		"opened again in each box":        fill("<p>"+some, "<div>x</div>"),
		"opened again in each paragraph":  fill("<p>"+marks.String(), "<p>x"),
		"left open by ends that are none": fill(strings.Repeat("<b id=1>"+strings.Repeat("<div>", 10)+"</b>"+strings.Repeat("</div>", 10), 200), "<p>x"),
		"hidden in a style":               fill("<svg><style>"+marks.String()+"</style></svg><p>", "<p>x"),
		"ends in a comment":               fill("<p>"+marks.String()+"<!--"+strings.Repeat("</b>", 400)+"-->", "<p>x"),
		"ends in an attribute":            fill("<p>"+marks.String()+"<i title='"+strings.Repeat("</b>", 400)+"'>", "<p>x"),
		"links":                           fill("", "<a>"),
		"tables":                          fill("", "<table><a>"),
		"ends of nothing":                 fill(strings.Repeat("<b>", 500), "</p>"),
		"ruby":                            fill("", "<ruby><rt>"),
		"lists":                           fill("", "<ul><li>"),
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			out := Clean(s)
			runtime.ReadMemStats(&after)
			if used := (after.TotalAlloc - before.TotalAlloc) >> 20; used > 32 {
				t.Errorf("%d MB for %d kB", used, len(s)>>10)
			}
			checkClean(t, out)
		})
	}
}

func TestText(t *testing.T) {
	for give, want := range map[string]string{
		`plain`:                             "plain",
		`<p>a<br>b</p><p>c &amp; d</p>`:     "a\nb\n\nc & d",
		`<ul><li>a</li><li>b</li></ul>c`:    "a\nb\n\nc",
		`<p>a</p>` + "\n" + `<p>b</p>`:      "a\n\nb",
		`<a href="https://x.example">x</a>`: "x",
		``:                                  "",
	} {
		if got := Text(give); got != want {
			t.Errorf("Text(%q) = %q, want %q", give, got, want)
		}
	}
}

func TestPlain(t *testing.T) {
	if got, want := Plain("a <b>\r\nc\n\n\n\nd\n"), "<p>a &lt;b&gt;<br>c</p><p>d</p>"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Marks in any order, by a fixed draw: what comes out is stable and lawful.
func TestCleanRandomMarks(t *testing.T) {
	names := strings.Fields("p br span a del s u em strong b i pre code blockquote ul ol li ruby rt rp h1 h4 div table tr td dl dt dd svg math mi style title select option button object form template font nobr textarea noscript iframe caption col frameset body html head section xmp marquee details summary x-own annotation-xml foreignObject desc mglyph")
	words := []string{"x", " ", "\n", "&lt;", "&amp;", "https://a.example/", "<!-- x -->", "\r\n", "]]>", "&#0;", "é"}
	attrs := []string{"", "", ` class="invisible"`, ` href="https://a.example/"`, ` class="mention x ellipsis"`, ` lang="en" dir="ltr"`, ` href="javascript:x"`, ` value="3"`}
	state := uint64(2463534242)
	draw := func(n int) int {
		state ^= state << 13
		state ^= state >> 7
		state ^= state << 17
		return int(state % uint64(n))
	}
	runs := 4000
	if *manyTexts > 0 {
		runs = *manyTexts
	}
	for range runs {
		var b strings.Builder
		for range 1 + draw(25) {
			switch draw(5) {
			case 0, 1:
				b.WriteString("<" + names[draw(len(names))] + attrs[draw(len(attrs))] + ">")
			case 2:
				b.WriteString("</" + names[draw(len(names))] + ">")
			default:
				b.WriteString(words[draw(len(words))])
			}
		}
		out := Clean(b.String())
		if again := Clean(out); again != out {
			t.Fatalf("%q gives\n%q, and that\n%q", b.String(), out, again)
		}
		checkClean(t, out)
	}
}
