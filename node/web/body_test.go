package web

import (
	"strings"
	"testing"

	"golang.org/x/net/html"

	"camp/node/camp"
)

func farView(body string, change func(*camp.PostView)) *camp.PostView {
	p := &camp.PostView{Post: camp.Post{
		ID: 7, URI: "https://far.example/7", Body: body, Tags: []string{"lakes"}, Emoji: []camp.Emoji{{Code: "blob", URL: "https://far.example/blob.png"}},
	}, Named: []camp.Member{{Name: "mara"}, {Name: "ana@far.example"}, {Name: "tom@one.example"}, {Name: "tom@two.example"}}}
	if change != nil {
		change(p)
	}
	return p
}

func TestBodyOf(t *testing.T) {
	const rel = ` rel="nofollow noopener noreferrer"`
	blob := `<img class="emoji" src="/media/emoji/000000000000000007/0" alt=":blob:" title=":blob:" width="20" height="20" loading="lazy">`
	for _, row := range []struct{ name, body, want string }{
		{"plain", "<p>hello<br>you</p><p>again</p>", "<p>hello<br>you</p><p>again</p>"},
		{"what is allowed", `<ol start="3"><li value="4"><strong>a</strong></li></ol><p lang="nl" dir="rtl">b</p>`, `<ol start="3"><li value="4"><strong>a</strong></li></ol><p lang="nl" dir="rtl">b</p>`},
		{"a script", `<p>a<script>alert(1)</script></p>`, "<p>aalert(1)</p>"},
		{"a picture", `<p><img src="https://spy.example/a.gif" onerror="x">a</p>`, "<p>a</p>"},
		{"handlers and styles", `<p onclick="x" style="color:red" class="huge" id="main">a</p>`, "<p>a</p>"},
		{"a form", `<form action="https://spy.example"><input name="x"><p>a</p></form>`, "<p>a</p>"},
		{"left open", "<p><em>a", "<p><em>a</em></p>"},
		{"ends nothing", "</div></p><p>a</p></article></main>", "<p>a</p>"},
		{"crossed", "<p><em>a</p>b</em>", "<p><em>a</em></p>b"},
		{"a link", `<a href="https://x.example/?a=1&amp;b=2" target="_top" rel="opener">x</a>`, `<a href="https://x.example/?a=1&amp;b=2"` + rel + `>x</a>`},
		{"a link to a script", `<a href="javascript:alert(1)">x</a>`, "x"},
		{"a link to data", `<a href="data:text/html,x">x</a><a href="//spy.example">y</a><a href="/me/out">z</a>`, "xyz"},
		{"a link with a name before the host", `<a href="https://bank.example@spy.example/">x</a>`, "x"},
		{"a link within a link", `<a href="https://a.example/">a<a href="https://b.example/">b</a></a>`, `<a href="https://a.example/"` + rel + `>ab</a>`},
		{"a link that nobody sees", `<a href="https://a.example/x"></a>`, `<a href="https://a.example/x"` + rel + `>a.example/x</a>`},
		{"somebody here", `<a class="u-url mention" href="https://camp.example/@mara">@<span>mara</span></a>`, `<a class="mention" href="/@mara">@<span>mara</span></a>`},
		{"somebody elsewhere", `<a class="mention" href="https://far.example/@ana">@ana</a>`, `<a class="mention" href="/@ana@far.example">@ana</a>`},
		{"one of two of a name", `<a class="mention" href="https://two.example/@tom">@tom</a>`, `<a class="mention" href="/@tom@two.example">@tom</a>`},
		{"neither of the two", `<a class="mention" href="https://spy.example/@tom">@tom</a>`, `<a href="https://spy.example/@tom"` + rel + `>@tom</a>`},
		{"somebody not named", `<a class="mention" href="https://spy.example/@vera">@vera</a>`, `<a href="https://spy.example/@vera"` + rel + `>@vera</a>`},
		{"a tag", `<a class="mention hashtag" href="https://far.example/tags/Lakes">#<span>Lakes</span></a>`, `<a class="tag" href="/tag/lakes">#<span>Lakes</span></a>`},
		{"not a tag of it", `<a class="hashtag" href="https://far.example/tags/x">#other</a>`, `<a href="https://far.example/tags/x"` + rel + `>#other</a>`},
		{"hidden parts of a link", `<a href="https://a.example/long"><span class="invisible">https://</span><span class="ellipsis">a.example/l</span></a>`, `<a href="https://a.example/long"` + rel + `><span class="invisible">https://</span><span class="ellipsis">a.example/l</span></a>`},
		{"hidden words without a link", `<p><span class="invisible">x</span></p>`, "<p><span>x</span></p>"},
		{"an emoji", "<p>a :blob: b :nope: :blob:</p>", "<p>a " + blob + " b :nope: " + blob + "</p>"},
		{"an emoji in an address", `<a href="https://a.example/:blob:">x</a>`, `<a href="https://a.example/:blob:"` + rel + `>x</a>`},
		{"what stands for a quoted post", `<p class="quote-inline">RE: x</p><p>a</p>`, "<p>RE: x</p><p>a</p>"},
		{"entities", "<p>&lt;b&gt; &amp;amp; &#34;</p>", "<p>&lt;b&gt; &amp;amp; &#34;</p>"},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, cut := bodyOf(farView(row.body, nil), 1000)
			if string(got) != row.want || cut {
				t.Errorf("got  %s (cut %v)\nwant %s", got, cut, row.want)
			}
		})
	}
	quoting := farView(`<p class="quote-inline">RE: <a href="https://x.example/">x</a></p><p>a</p>`, func(p *camp.PostView) { p.Inside = &camp.PostView{} })
	if got, _ := bodyOf(quoting, 1000); got != "<p>a</p>" {
		t.Errorf("the line beside the quoted post is shown: %s", got)
	}
}

func TestBodyIsCut(t *testing.T) {
	got, cut := bodyOf(farView("<p>one <a href=\"https://a.example/\">two three</a></p><p>four</p>", nil), 7)
	if want := `<p>one <a href="https://a.example/" rel="nofollow noopener noreferrer">two…</a></p>`; string(got) != want || !cut {
		t.Errorf("got %s, %v\nwant %s", got, cut, want)
	}
	many, _ := bodyOf(farView("<p>"+strings.Repeat(":blob:", 5000)+"</p>", nil), 1<<20)
	if n := strings.Count(string(many), "<img"); n != bodyEmoji {
		t.Errorf("%d small pictures in one text, want %d", n, bodyEmoji)
	}
	deep, _ := bodyOf(farView(strings.Repeat("<blockquote>", 1000)+"a", nil), 1000)
	if n := strings.Count(string(deep), "<blockquote>"); n != bodyDepth {
		t.Errorf("%d deep, want %d", n, bodyDepth)
	}
}

// What comes out holds nothing but what may stand on a page, whatever lay in the store.
func FuzzBodyOf(f *testing.F) {
	for _, s := range []string{
		"<p>a", "<script>x</script>", `<a href="javascript:x" class=mention>@mara</a>`, "<a href=https://a.example><a href=https://b.example>", ":blob:", "<p class=quote-inline>x",
		"<svg><style><img src=x onerror=x></style></svg>", "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">", "<textarea></p>", "<plaintext>", "<li value=1e9>",
		"<p lang='\"><b>'>", "<noscript><p title=\"</noscript><img src=x>\">",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		out, _ := bodyOf(farView(s, nil), 5000)
		doc, err := html.Parse(strings.NewReader("<!doctype html><body><article>" + string(out) + "</article><i id=after></i>"))
		if err != nil {
			t.Fatal(err)
		}
		closed := false
		for n := range doc.Descendants() {
			if n.Type != html.ElementNode {
				continue
			}
			if id, _ := attr(n, "id"); id == "after" {
				closed = n.Parent.Data == "body"
				continue
			}
			if !bodyTags[n.Data] && !strings.Contains(" html head body article img ", " "+n.Data+" ") {
				t.Errorf("%q makes a <%s>", s, n.Data)
			}
			for _, a := range n.Attr {
				checkBodyAttr(t, s, n.Data, a)
			}
		}
		if !closed {
			t.Errorf("%q is not closed: %s", s, out)
		}
	})
}

func checkBodyAttr(t *testing.T, s, tag string, a html.Attribute) {
	t.Helper()
	ok := false
	switch a.Key {
	case "href":
		ok = tag == "a" && (strings.HasPrefix(a.Val, "http") && webAddress(a.Val) || strings.HasPrefix(a.Val, "/@") || strings.HasPrefix(a.Val, "/tag/"))
	case "src":
		ok = tag == "img" && strings.HasPrefix(a.Val, "/media/emoji/")
	case "rel":
		ok = a.Val == "nofollow noopener noreferrer"
	case "class":
		ok = strings.Contains(" invisible ellipsis mention tag emoji ", " "+a.Val+" ")
	case "lang", "dir", "start", "value":
		ok = tag != "img"
	case "alt", "title", "width", "height", "loading":
		ok = tag == "img"
	}
	if !ok {
		t.Errorf("%q makes <%s %s=%q>", s, tag, a.Key, a.Val)
	}
}
