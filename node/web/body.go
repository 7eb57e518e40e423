package web

import (
	"html/template"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"

	"camp/node/camp"
	"camp/node/posts"
)

// How much of a text from elsewhere is shown: in lists the beginning, on its own
// page what a person may want to read (reliability.md 3).
const (
	bodyShort  = 2000 // characters
	bodyLong   = 10_000
	bodyQuoted = 400
	bodyDepth  = 24  // open elements
	bodyEmoji  = 100 // small pictures
)

// bodyTags are the elements that a text from elsewhere may hold (federation.md 8).
// It was cleaned when it came; what is written here is written anew once more,
// so that nothing else can come out, whatever lies in the store.
var bodyTags = map[string]bool{
	"p": true, "br": true, "span": true, "a": true, "del": true, "s": true, "u": true, "em": true, "strong": true, "b": true, "i": true,
	"pre": true, "code": true, "blockquote": true, "ul": true, "ol": true, "li": true, "ruby": true, "rt": true, "rp": true,
}

// body writes a text from elsewhere for the page.
type body struct {
	post  *camp.PostView
	out   strings.Builder
	open  []string // elements that wait for their end
	left  int      // characters that may still come
	cut   bool
	emoji emojis
	skip  int // within the line that stands for a quoted post: open elements

	link   string // where the open link leads; "" for none is open
	class  string // of the open link, as it came
	before string // what stood before the open link
}

// bodyOf gives at most most characters of a post from elsewhere, and whether
// there are more. Those whom it names, and tags, lead to pages of the camp.
func bodyOf(p *camp.PostView, most int) (text template.HTML, cut bool) {
	w := body{post: p, left: most, emoji: emojisOf(p.Emoji, "/media/emoji/"+p.ID.String()+"/")}
	z := html.NewTokenizer(strings.NewReader(p.Body))
	for !w.cut {
		switch z.Next() {
		case html.ErrorToken:
			return w.end(), w.cut
		case html.TextToken:
			w.text(z.Token().Data)
		case html.StartTagToken, html.SelfClosingTagToken:
			w.begin(z.Token())
		case html.EndTagToken:
			w.close(z.Token().Data)
		}
	}
	return w.end(), true
}

func (w *body) end() template.HTML {
	for len(w.open) > 0 {
		w.pop()
	}
	return template.HTML(w.out.String()) //nolint:gosec // each piece was written from the list above or escaped
}

func (w *body) text(s string) {
	if w.skip > 0 {
		return
	}
	if n := utf8.RuneCountInString(s); n > w.left {
		s = strings.TrimRight(string([]rune(s)[:w.left]), " \n") + "…"
		w.cut, w.left = true, 0
	} else {
		w.left -= n
	}
	w.emoji.write(&w.out, s)
}

func (w *body) begin(t html.Token) {
	if t.Data == "br" {
		if w.skip == 0 {
			w.out.WriteString("<br>")
		}
		return
	}
	class := strings.Fields(value(t, "class"))
	switch {
	case w.skip > 0 || w.post.Inside != nil && slices.Contains(class, "quote-inline"):
		w.skip++
		w.open = append(w.open, unwritten+t.Data)
		return
	case !bodyTags[t.Data] || len(w.open) >= bodyDepth:
		w.open = append(w.open, unwritten+t.Data)
		return
	case t.Data == "a":
		w.beginLink(t, class)
		return
	}
	w.open = append(w.open, t.Data)
	w.out.WriteString("<" + t.Data)
	if t.Data == "span" && w.link != "" { // only a link says where it leads anyway
		for _, c := range class {
			if c == "invisible" || c == "ellipsis" {
				w.out.WriteString(` class="` + c + `"`)
				break
			}
		}
	}
	w.number(t)
	if l := value(t, "lang"); l != "" {
		w.out.WriteString(` lang="` + template.HTMLEscapeString(l) + `"`)
	}
	if d := value(t, "dir"); d == "ltr" || d == "rtl" || d == "auto" {
		w.out.WriteString(` dir="` + d + `"`)
	}
	w.out.WriteByte('>')
}

// number keeps where a list begins.
func (w *body) number(t html.Token) {
	name := map[string]string{"ol": "start", "li": "value"}[t.Data]
	if n, err := strconv.Atoi(value(t, name)); name != "" && err == nil {
		w.out.WriteString(" " + name + `="` + itoa(n) + `"`)
	}
}

// beginLink puts a link aside until its words are known.
func (w *body) beginLink(t html.Token, class []string) {
	href := value(t, "href")
	if w.link != "" || !webAddress(href) {
		w.open = append(w.open, unwritten+t.Data)
		return
	}
	w.open = append(w.open, "a")
	w.link, w.class, w.before = href, strings.Join(class, " "), w.out.String()
	w.out.Reset()
}

func (w *body) endLink() {
	words, class, href := w.out.String(), strings.Fields(w.class), w.link
	w.out.Reset()
	w.out.WriteString(w.before)
	said := plainText(words)
	if said == "" && !strings.Contains(words, "<img ") { // a link that nobody could see
		words = template.HTMLEscapeString(shortLink(href))
	}
	switch name, ok := w.named(said, href, class); {
	case ok:
		w.out.WriteString(`<a class="mention" href="/@` + template.HTMLEscapeString(name) + `">`)
	case w.isTag(said, class):
		w.out.WriteString(`<a class="tag" href="/tag/` + url.PathEscape(posts.FoldTag(said)) + `">`)
	default:
		w.out.WriteString(`<a href="` + template.HTMLEscapeString(href) + `" rel="nofollow noopener noreferrer">`)
	}
	w.out.WriteString(words + "</a>")
	w.link, w.class, w.before = "", "", ""
}

// named finds whom a link of the class mention means, among those whom the post
// names: by the name and the server, or by the name where only one has it.
func (w *body) named(said, href string, class []string) (string, bool) {
	if !slices.Contains(class, "mention") || !strings.HasPrefix(said, "@") {
		return "", false
	}
	name, server, _ := strings.Cut(strings.ToLower(strings.TrimPrefix(said, "@")), "@")
	if server == "" {
		server = hostOf(href)
	}
	found := ""
	for _, m := range w.post.Named {
		if m.Name == name+"@"+server {
			return m.Name, true
		}
		if first, _, _ := strings.Cut(m.Name, "@"); first == name {
			if found != "" {
				return "", false
			}
			found = m.Name
		}
	}
	return found, found != ""
}

func (w *body) isTag(said string, class []string) bool {
	return slices.Contains(class, "hashtag") && strings.HasPrefix(said, "#") && slices.Contains(w.post.Tags, posts.FoldTag(said))
}

// close ends an element, and what was left open within it; one that is not open
// ends nothing.
func (w *body) close(name string) {
	at := len(w.open) - 1
	for at >= 0 && strings.TrimPrefix(w.open[at], unwritten) != name {
		at--
	}
	for at >= 0 && len(w.open) > at {
		w.pop()
	}
}

// unwritten stands before the name of an element of which only what it holds is written.
const unwritten = "!"

func (w *body) pop() {
	top := w.open[len(w.open)-1]
	w.open = w.open[:len(w.open)-1]
	switch {
	case w.skip > 0:
		w.skip--
	case top == "a":
		w.endLink()
	case !strings.HasPrefix(top, unwritten):
		w.out.WriteString("</" + top + ">")
	}
}

func value(t html.Token, name string) string {
	for _, a := range t.Attr {
		if a.Key == name && a.Namespace == "" {
			return a.Val
		}
	}
	return ""
}

// webAddress reports whether people may be led to an address: http or https, a
// host, and no name before it that could be taken for one.
func webAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Hostname() != "" && u.User == nil
}

// hostOf gives the server of an address, "" for none.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}

// plainText takes the words out of markup that was written above.
func plainText(s string) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(s))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return strings.TrimSpace(b.String())
		case html.TextToken:
			b.WriteString(z.Token().Data)
		}
	}
}

// emojis are the small pictures of one text, by their codes.
type emojis struct {
	at   string // what stands before their numbers in their addresses
	code map[string]int
	left int
}

func emojisOf(list []camp.Emoji, at string) emojis {
	e := emojis{at: at, left: bodyEmoji}
	if len(list) > 0 {
		e.code = make(map[string]int, len(list))
	}
	for i, x := range list {
		if _, twice := e.code[x.Code]; !twice && x.Code != "" && len(x.Code) <= 64 {
			e.code[x.Code] = i
		}
	}
	return e
}

// write escapes a text; :code: of a picture that is known becomes the picture.
func (e *emojis) write(b *strings.Builder, s string) {
	for len(e.code) > 0 && e.left > 0 {
		from := strings.IndexByte(s, ':')
		if from < 0 {
			break
		}
		n := strings.IndexByte(s[from+1:], ':')
		if n < 0 {
			break
		}
		code := s[from+1 : from+1+n]
		i, known := e.code[code]
		if !known { // the second colon may begin one
			b.WriteString(template.HTMLEscapeString(s[:from+1+n]))
			s = s[from+1+n:]
			continue
		}
		b.WriteString(template.HTMLEscapeString(s[:from]))
		shown := template.HTMLEscapeString(":" + code + ":")
		b.WriteString(`<img class="emoji" src="` + e.at + itoa(i) + `" alt="` + shown + `" title="` + shown + `" width="20" height="20" loading="lazy">`)
		s = s[from+1+n+1:]
		e.left--
	}
	b.WriteString(template.HTMLEscapeString(s))
}

// nameOf writes a shown name with its small pictures.
func nameOf(name string, list []camp.Emoji, at string) template.HTML {
	if len(list) == 0 {
		return ""
	}
	var b strings.Builder
	e := emojisOf(list, at)
	e.write(&b, name)
	return template.HTML(b.String()) //nolint:gosec // every piece was escaped
}
