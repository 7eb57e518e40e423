package web

import (
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"camp/node/camp"
)

// everyPage is a camp in which every page has something to show, and the pages.
func everyPage(t *testing.T) (*fake, []string) {
	t.Helper()
	f, id, _ := withPost(t)
	posts := (*fakePosts)(f)
	ctx := t.Context()
	write := func(by camp.MemberID, d camp.Draft) camp.PostID {
		got, err := posts.Write(ctx, camp.Actor{Member: by}, d)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	noted := write(vera, camp.Draft{Text: "hidden <b>words</b> @mara", Note: "a note", ReplyTo: id})
	for i, to := 0, noted; i < 8; i++ {
		to = write([]camp.MemberID{vera, mara}[i%2], camp.Draft{Text: "deeper", ReplyTo: to})
	}
	f.members[tom] = withAgreed(f.members[tom])
	write(tom, camp.Draft{Text: "from somebody who left"})
	gone := f.members[tom]
	gone.Standing = camp.Removed
	f.members[tom] = gone
	for _, set := range []func() error{
		func() error { return posts.Favourite(ctx, camp.Actor{Member: vera}, id, true) },
		func() error { return posts.Keep(ctx, camp.Actor{Member: vera}, id, true) },
		func() error { return posts.Edit(ctx, camp.Actor{Member: vera}, noted, camp.Draft{Text: "changed"}) },
	} {
		if err := set(); err != nil {
			t.Fatal(err)
		}
	}
	f.notices[vera] = append(f.notices[vera], camp.NoticeView{ID: 1, Kind: camp.NoticeFavourite, From: f.members[mara], At: f.now})
	f.log = []camp.Entry{{ID: 9, At: f.now, By: vera, Deed: "log.member_added", Whom: mara}}
	f.rules = append(f.rules, camp.Rules{Version: 2, Asks: 2, Date: f.now, Texts: []string{"Be kinder."}, Hash: camp.RulesHash(2, []string{"Be kinder."})})
	v := f.members[vera]
	v.Agreed, v.Picture, v.About = 2, "aaaaaaaaaaaaaaaaaaaaaaaaaa", "I keep this camp."
	f.members[vera] = v
	f.answer = camp.Answer{Phrase: "one two three four", URL: "http://127.0.0.1:4123/in/x"}
	f.state.Problem = &camp.Problem{Say: "web.fault.full", Detail: "disk"}
	at := "/post/" + noted.String()
	return f, []string{
		"/", "/?said=deleted", "/post/" + id.String(), at, at + "/edit", at + "/history", at + "/likes", "/post/" + id.String() + "/likes", at + "/delete",
		"/@vera", "/@mara", "/for-you", "/letters", "/kept-posts", "/liked", "/tag/lakes", "/tag/none", "/search", "/search?q=canary", "/search?q=zzz", "/people", "/small",
		"/rules", "/kept", "/log", "/me", "/host", "/host/people", "/host/people/mara", "/host/people/vera", "/host/backups", "/host/recovery",
		"/host/log", "/host/settings", "/host/rules", "/nowhere",
	}
}

func TestEveryPage(t *testing.T) {
	for _, lang := range []string{"en", "nl"} {
		f, pages := everyPage(t)
		m := f.members[vera]
		m.Language = lang
		f.members[vera] = m
		b := f.browser(t, vera)
		for _, path := range pages {
			t.Run(lang+path, func(t *testing.T) { checkPage(t, lang, b.get(path)) })
		}
		for what, w := range map[string]*httptest.ResponseRecorder{
			"refused post":    b.post("/post", "text", ""),
			"refused profile": b.post("/me", "display", ""),
			"new link":        b.post("/me/link"),
			"member added":    b.post("/host/people", "name", "joost", "role", "member"),
			"bad name":        b.post("/host/people", "name", "ö", "role", "member"),
			"refused plan":    b.post("/host/backups/plan", "folder", "/x", "daily", "0", "weekly", "x"),
			"checked":         b.post("/host/backups/check"),
			"link for":        b.post("/host/people/mara/link"),
		} {
			t.Run(lang+" "+what, func(t *testing.T) { checkPage(t, lang, w) })
		}
		m.Agreed = 1
		f.members[vera] = m
		t.Run(lang+" asks to agree", func(t *testing.T) {
			checkPage(t, lang, b.get("/rules"))
			checkPage(t, lang, b.get("/"))
			checkPage(t, lang, b.post("/rules", "hash", f.rules[1].Hash))
		})
		out := f.browser(t, 0)
		out.lang = lang
		t.Run(lang+" signed out", func(t *testing.T) { checkPage(t, lang, out.get("/")) })
	}
}

// key is what a sentence without words looks like.
var key = regexp.MustCompile(`\b(web|posts|people|kept|log|media|fault)\.[a-z_]+(\.[a-z_]+)*\b|\[\[|\{\{`)

func checkPage(t *testing.T, lang string, w *httptest.ResponseRecorder) {
	t.Helper()
	if w.Code >= 500 {
		t.Fatalf("status %d\n%s", w.Code, w.Body)
	}
	doc, err := html.Parse(strings.NewReader(w.Body.String()))
	if err != nil {
		t.Fatal(err)
	}
	c := pageCheck{t: t, ids: map[string]bool{}, labels: map[string]bool{}}
	c.walk(doc)
	if c.h1 != 1 {
		t.Errorf("%d headings of the first rank, want 1", c.h1)
	}
	if c.main != 1 || c.title == "" || c.lang != lang {
		t.Errorf("main %d, title %q, language %q (want %q)", c.main, c.title, c.lang, lang)
	}
	for id := range c.wantLabel {
		if !c.labels[id] {
			t.Errorf("field %q has no label", id)
		}
	}
	for _, h := range c.local {
		if !c.ids[h] {
			t.Errorf("link to #%s, which is not on the page", h)
		}
	}
}

type pageCheck struct {
	t           *testing.T
	h1, main    int
	title, lang string
	ids, labels map[string]bool
	wantLabel   map[string]bool
	local       []string
	inLabel     int
}

func attr(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

func (c *pageCheck) walk(n *html.Node) {
	if n.Type == html.TextNode {
		if m := key.FindString(n.Data); m != "" {
			c.t.Errorf("%q stands on the page instead of words", m)
		}
	}
	if n.Type == html.ElementNode {
		c.element(n)
	}
	if n.Data == "label" {
		c.inLabel++
		defer func() { c.inLabel-- }()
	}
	for k := n.FirstChild; k != nil; k = k.NextSibling {
		c.walk(k)
	}
}

func (c *pageCheck) element(n *html.Node) {
	for _, a := range n.Attr {
		if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
			c.t.Errorf("<%s %s=…>: inline", n.Data, a.Key)
		}
		if m := key.FindString(a.Val); m != "" && (a.Key == "aria-label" || a.Key == "title" || a.Key == "placeholder" || a.Key == "alt" || strings.HasPrefix(a.Key, "data-")) {
			c.t.Errorf("%s=%q: words are missing", a.Key, a.Val)
		}
		if (a.Key == "src" || a.Key == "href" || a.Key == "action" || a.Key == "formaction") && n.Data != "a" && !strings.HasPrefix(a.Val, "/") {
			c.t.Errorf("<%s %s=%q> leads away from the camp", n.Data, a.Key, a.Val)
		}
	}
	if id, ok := attr(n, "id"); ok {
		if c.ids[id] {
			c.t.Errorf("id %q stands twice", id)
		}
		c.ids[id] = true
	}
	switch n.Data {
	case "h1":
		c.h1++
	case "main":
		c.main++
	case "title":
		c.title = n.FirstChild.Data
	case "html":
		c.lang, _ = attr(n, "lang")
	case "style":
		c.t.Error("inline style")
	case "script":
		if src, _ := attr(n, "src"); src == "" || n.FirstChild != nil {
			c.t.Error("inline script")
		}
	case "img":
		if _, ok := attr(n, "alt"); !ok {
			c.t.Error("picture without alt")
		}
	case "label":
		if id, ok := attr(n, "for"); ok {
			c.labels[id] = true
		}
	case "a":
		c.link(n)
	case "input", "textarea", "select":
		c.field(n)
	case "button":
		if label, _ := attr(n, "aria-label"); label == "" && strings.TrimSpace(textOf(n)) == "" {
			c.t.Error("button without a name")
		}
	}
}

func (c *pageCheck) link(n *html.Node) {
	href, _ := attr(n, "href")
	label, _ := attr(n, "aria-label")
	if href == "" || href == "#" {
		c.t.Error("a link to nowhere")
	}
	if h, ok := strings.CutPrefix(href, "#"); ok {
		c.local = append(c.local, h)
	}
	if strings.HasPrefix(href, "http") {
		if rel, _ := attr(n, "rel"); rel != "nofollow noopener noreferrer" {
			c.t.Errorf("link to %s with rel %q", href, rel)
		}
	}
	if label == "" && strings.TrimSpace(textOf(n)) == "" && !hasAlt(n) {
		c.t.Errorf("link to %s without a name", href)
	}
}

func hasAlt(n *html.Node) bool {
	for k := n.FirstChild; k != nil; k = k.NextSibling {
		if alt, ok := attr(k, "alt"); ok && alt != "" {
			return true
		}
	}
	return false
}

func (c *pageCheck) field(n *html.Node) {
	if kind, _ := attr(n, "type"); kind == "hidden" || c.inLabel > 0 {
		return
	}
	id, _ := attr(n, "id")
	if id == "" {
		c.t.Error("a field without id, so without label")
		return
	}
	if c.wantLabel == nil {
		c.wantLabel = map[string]bool{}
	}
	c.wantLabel[id] = true
}

func textOf(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	var b strings.Builder
	for k := n.FirstChild; k != nil; k = k.NextSibling {
		b.WriteString(textOf(k))
	}
	return b.String()
}

// TestNoDeadLinks follows every link of every page that stays in the camp.
func TestNoDeadLinks(t *testing.T) {
	f, pages := everyPage(t)
	b := f.browser(t, vera)
	seen := map[string]bool{"/me/export": true}
	href := regexp.MustCompile(` (?:href|src)="(/[^"#]*)`)
	for _, path := range pages {
		for _, m := range href.FindAllStringSubmatch(b.get(path).Body.String(), -1) {
			link := html.UnescapeString(m[1])
			if seen[link] {
				continue
			}
			seen[link] = true
			if w := b.get(link); w.Code != 200 && !strings.HasPrefix(link, "/media/aaaa") {
				t.Errorf("%s links to %s: %d", path, link, w.Code)
			}
		}
	}
	if len(seen) < 30 {
		t.Errorf("only %d links found: the test is blind", len(seen))
	}
}
