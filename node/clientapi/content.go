package clientapi

import (
	"html"
	"net/url"
	"strings"
	"time"

	"camp/node/camp"
	"camp/node/posts"
)

// contentHTML is what a post says, as apps show it. The addresses of mentions
// and tags in it are those beside it in the post: apps compare them
// (client-api.md 6).
func contentHTML(base string, p *camp.Post, named []namedLook) string {
	if p.Here() {
		return textHTML(base, p.Text, named)
	}
	var b strings.Builder
	if p.Title != "" {
		title := "<strong>" + html.EscapeString(p.Title) + "</strong>"
		if isAddress(p.Page) { // federation.md 8
			title = `<a href="` + html.EscapeString(p.Page) + `" rel="nofollow noopener" target="_blank">` + title + "</a>"
		}
		b.WriteString("<p>" + title + "</p>")
	}
	occasion(&b, p.Event)
	b.WriteString(p.Body) // cleaned when it came
	for _, l := range p.Links {
		onward(&b, "🔗 ", l)
	}
	for _, f := range p.Files {
		if kindOf(&f) == "" {
			fileLink(&b, f)
		}
	}
	return b.String()
}

// occasion says when and where something takes place, by signs: the answer is the
// same for readers of all languages.
func occasion(b *strings.Builder, o *camp.Occasion) {
	if o == nil {
		return
	}
	const day, hour = "2006-01-02 15:04", "15:04"
	if start, end := o.Start.UTC(), o.End.UTC(); !o.Start.IsZero() {
		b.WriteString("<p>📅 " + start.Format(day))
		switch {
		case !end.After(start):
		case end.Format(time.DateOnly) == start.Format(time.DateOnly):
			b.WriteString(" – " + end.Format(hour))
		default:
			b.WriteString(" – " + end.Format(day))
		}
		b.WriteString(" UTC</p>")
	}
	if o.Place != "" {
		b.WriteString("<p>📍 " + html.EscapeString(o.Place) + "</p>")
	}
	onward(b, "💻 ", o.Page)
}

// onward links to a page elsewhere.
func onward(b *strings.Builder, sign, address string) {
	if !isAddress(address) {
		return
	}
	b.WriteString("<p>" + sign)
	writeLink(b, posts.Span{Text: address, Ref: address})
	b.WriteString("</p>")
}

// fileLink names a file that lies elsewhere and is none that is shown: a paper,
// a map. It is a link, so that no app fetches it by itself from there: that would
// show who reads.
func fileLink(b *strings.Builder, f camp.File) {
	u, err := url.Parse(f.URL)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" {
		return
	}
	say := f.Alt
	if say == "" {
		say = u.Host
	}
	b.WriteString(`<p><a href="` + html.EscapeString(f.URL) + `" rel="nofollow noopener" target="_blank">📎 ` + html.EscapeString(say) + "</a></p>")
}

// noteHTML is a text about somebody.
func noteHTML(text string) string {
	if text == "" {
		return ""
	}
	var b strings.Builder
	b.WriteString("<p>")
	for _, s := range posts.Spans(text) {
		if s.Kind == posts.SpanLink {
			writeLink(&b, s)
		} else {
			writeLines(&b, s.Text)
		}
	}
	b.WriteString("</p>")
	return b.String()
}

func textHTML(base, text string, named []namedLook) string {
	if text == "" {
		return ""
	}
	var b strings.Builder
	b.Grow(len(text) + len(text)/4 + 16)
	b.WriteString("<p>")
	for _, s := range posts.Spans(text) {
		switch s.Kind {
		case posts.SpanLink:
			writeLink(&b, s)
		case posts.SpanTag:
			b.WriteString(`<a href="` + html.EscapeString(tagURL(base, s.Ref)) + `" class="mention hashtag" rel="tag">#<span>` +
				html.EscapeString(strings.TrimPrefix(s.Text, "#")) + "</span></a>")
		case posts.SpanMention, posts.SpanFar:
			writeMention(&b, base, s, named)
		default:
			writeLines(&b, s.Text)
		}
	}
	b.WriteString("</p>")
	return b.String()
}

func writeLink(b *strings.Builder, s posts.Span) {
	_, bare, _ := strings.Cut(s.Text, "://")
	b.WriteString(`<a href="` + html.EscapeString(s.Ref) + `" rel="nofollow noopener" target="_blank">` + html.EscapeString(bare) + "</a>")
}

// writeMention makes a link of those whom the post really names.
func writeMention(b *strings.Builder, base string, s posts.Span, named []namedLook) {
	for _, n := range named {
		if n.name == s.Ref {
			b.WriteString(`<span class="h-card"><a href="` + html.EscapeString(n.page(base)) + `" class="u-url mention">@<span>` +
				html.EscapeString(beforeAt(strings.TrimPrefix(s.Text, "@"))) + "</span></a></span>")
			return
		}
	}
	b.WriteString(html.EscapeString(s.Text))
}

func (n namedLook) page(base string) string {
	if n.url != "" {
		return n.url
	}
	return base + "/@" + n.name
}

func tagURL(base, tag string) string { return base + "/tag/" + url.PathEscape(tag) }

func writeLines(b *strings.Builder, text string) {
	for i, para := range strings.Split(text, "\n\n") {
		if i > 0 {
			b.WriteString("</p><p>")
		}
		for j, line := range strings.Split(strings.Trim(para, "\n"), "\n") {
			if j > 0 {
				b.WriteString("<br>")
			}
			b.WriteString(html.EscapeString(line))
		}
	}
}
