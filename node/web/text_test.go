package web

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/net/html"

	"camp/assets"
	"camp/node/camp"
)

func TestHTMLOf(t *testing.T) {
	named := []camp.Member{{Name: "mara"}}
	for _, row := range []struct{ name, text, want string }{
		{"plain", "hello", "<p>hello</p>"},
		{"lines", "a\nb\n\nc\n\n\nd", "<p>a<br>b</p><p>c</p><p>d</p>"},
		{"markup", `<img src=x onerror=alert(1)>"'&`, "<p>&lt;img src=x onerror=alert(1)&gt;&#34;&#39;&amp;</p>"},
		{"mention", "@Mara and @tom", `<p><a class="mention" href="/@mara">@Mara</a> and @tom</p>`},
		{"far", "@mara@far.example", "<p>@mara@far.example</p>"},
		{"tag", "#Walks!", `<p><a class="tag" href="/tag/walks">#Walks</a>!</p>`},
		{"script link", "javascript:alert(1)", "<p>javascript:alert(1)</p>"},
		{"link", "see https://a.example/x?y=1&z=2.", `<p>see <a href="https://a.example/x?y=1&amp;z=2" rel="nofollow noopener noreferrer">a.example/x?y=1&amp;z=2</a>.</p>`},
		{"quote in link", `https://a.example/"onclick="x`, `<p><a href="https://a.example/" rel="nofollow noopener noreferrer">a.example/</a>&#34;onclick=&#34;x</p>`},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := string(htmlOf(row.text, named)); got != row.want {
				t.Errorf("got  %s\nwant %s", got, row.want)
			}
		})
	}
}

func TestShortLink(t *testing.T) {
	long := "https://host.example/" + strings.Repeat("a", 100)
	if got := shortLink(long); !strings.HasPrefix(got, "host.example/") || !strings.HasSuffix(got, "…") || len([]rune(got)) != 60 {
		t.Errorf("got %q", got)
	}
	host := "https://" + strings.Repeat("long.", 20) + "example/x"
	if got := shortLink(host); got != strings.TrimPrefix(host, "https://") {
		t.Errorf("a host must stay whole, got %q", got)
	}
}

// The pages of a language are read when it is first needed: what is wrong with
// one is to be seen here.
func TestTonguesRead(t *testing.T) {
	st, err := readStatic(assets.FS)
	if err != nil {
		t.Fatal(err)
	}
	all, err := readTongues(assets.FS, st)
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range assets.Languages {
		if pages, err := all[lang].pages(); err != nil || pages.Lookup("home") == nil {
			t.Errorf("%s: %v", lang, err)
		}
	}
	if _, err := all["en"].read(fstest.MapFS{"web/page/home.tmpl": {Data: []byte("[[web.no_such_word]]")}}, st); err == nil {
		t.Error("a page with a word that nobody has is taken")
	}
}

func TestWhen(t *testing.T) {
	st, err := readStatic(assets.FS)
	if err != nil {
		t.Fatal(err)
	}
	tongues, err := readTongues(assets.FS, st)
	if err != nil {
		t.Fatal(err)
	}
	zone := time.FixedZone("CET", 3600)
	now := time.Date(2026, 3, 1, 0, 30, 0, 0, zone) // half past midnight on a Sunday
	for _, row := range []struct {
		at      time.Time
		ago, nl string
		day     string
	}{
		{now.Add(-20 * time.Second), "just now", "zojuist", ""},
		{now.Add(-4*time.Minute - 30*time.Second), "4 min", "4 min", ""},
		{now.Add(-59 * time.Minute), "59 min", "59 min", "Yesterday"},
		{now.Add(-2 * time.Hour).UTC(), "yesterday 22:30", "gisteren 22:30", "Yesterday"},
		{now.AddDate(0, 0, -3), "26 Feb", "26 feb", "Thursday"},
		{now.AddDate(0, 0, -20), "9 Feb", "9 feb", "Monday 9 February"},
		{now.AddDate(-1, 0, 0), "1 Mar 2025", "1 mrt 2025", "Saturday 1 March 2025"},
		{now.Add(2 * time.Hour), "1 Mar 02:30", "1 mrt 02:30", ""},
	} {
		en := tongues["en"]
		if got := en.ago(row.at, now); got != row.ago {
			t.Errorf("ago(%s) = %q, want %q", row.at, got, row.ago)
		}
		if got := tongues["nl"].ago(row.at, now); got != row.nl {
			t.Errorf("nl ago(%s) = %q, want %q", row.at, got, row.nl)
		}
		if got := en.day(row.at, now); got != row.day {
			t.Errorf("day(%s) = %q, want %q", row.at, got, row.day)
		}
	}
	if got := tongues["nl"].exact(now, now); got != "zondag 1 maart 2026, 00:30" {
		t.Errorf("exact = %q", got)
	}
}

func TestBrowserName(t *testing.T) {
	for agent, want := range map[string]string{
		"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0":                                                                  "Firefox · Linux",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0":           "Edge · Windows",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1": "Safari · iPhone",
		"curl/8": "",
		"":       "",
	} {
		if got := browserName(agent); got != want {
			t.Errorf("browserName(%q) = %q, want %q", agent, got, want)
		}
	}
}

func TestFill(t *testing.T) {
	st, err := readStatic(assets.FS)
	if err != nil {
		t.Fatal(err)
	}
	words, err := assets.LoadWords("en")
	if err != nil {
		t.Fatal(err)
	}
	tn := &tongue{lang: "en", words: words}
	if _, err := tn.fill("[[web.no.such.words]]", st); err == nil {
		t.Error("a template with an unknown key must not be read")
	}
}

func FuzzHTMLOf(f *testing.F) {
	for _, s := range []string{"", "@mara https://a.example #tag", "<script>", "a\n\n\n\nb", "https://[::1]/\"'<>", "\x00\xff@\u202e#"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		doc, err := html.Parse(strings.NewReader(string(htmlOf(s, []camp.Member{{Name: "mara"}}))))
		if err != nil {
			t.Fatal(err)
		}
		for n := range doc.Descendants() {
			if n.Type != html.ElementNode {
				continue
			}
			if !strings.Contains(" html head body p br a ", " "+n.Data+" ") {
				t.Errorf("%q makes a <%s>", s, n.Data)
			}
			for _, at := range n.Attr {
				ok := at.Key == "rel" || at.Key == "class" || at.Key == "href" &&
					(strings.HasPrefix(at.Val, "http://") || strings.HasPrefix(at.Val, "https://") || strings.HasPrefix(at.Val, "/@") || strings.HasPrefix(at.Val, "/tag/"))
				if n.Data != "a" || !ok {
					t.Errorf("%q makes <%s %s=%q>", s, n.Data, at.Key, at.Val)
				}
			}
		}
	})
}
