package posts

import (
	"html"
	"slices"
	"strings"

	"camp/node/camp"
)

// ruled takes out of a view what the camp's decisions keep from being shown in
// it: pictures, and links to servers that are to find nobody here. Whoever wrote
// it sees their own words.
func (v *viewing) ruled(pv *camp.PostView) error {
	if !pv.Here() {
		level, err := levelOf(v.tx, pv.Post)
		if err != nil {
			return err
		}
		pv.Files, pv.NoFiles = filesShown(v.tx, level, pv.Files)
		pv.Emoji = emojiShown(v.tx, level, pv.Emoji)
		pv.Event, pv.Links = v.pointed(pv.Event, pv.Links)
	}
	if l, ok := v.tx.(levels); ok && !pv.Mine {
		pv.Text = l.withoutLinks(pv.Text, false, v.viewer.Language)
		pv.Body = l.withoutLinks(pv.Body, true, v.viewer.Language)
	}
	return nil
}

// pointed leaves out the pages beside a text that lie on servers which are to
// find nobody here.
func (v *viewing) pointed(e *camp.Occasion, links []string) (*camp.Occasion, []string) {
	shut := func(address string) bool { return levelAt(v.tx, address) == camp.LevelFirewall }
	if e != nil && e.Page != "" && shut(e.Page) {
		kept := *e
		kept.Page = ""
		e = &kept
	}
	if slices.ContainsFunc(links, shut) {
		links = slices.DeleteFunc(slices.Clone(links), shut)
	}
	return e, links
}

// withoutLinks puts a word in place of each link to a server that is to find
// nobody here. A marked text is HTML as it was cleaned when it came.
func (l levels) withoutLinks(text string, marked bool, language string) string {
	if !strings.Contains(text, "://") {
		return text
	}
	var b strings.Builder
	for rest := text; rest != ""; {
		from, n := l.shutLink(rest, marked)
		if n == 0 {
			if b.Len() == 0 {
				return text
			}
			b.WriteString(rest)
			break
		}
		word := l.shut(language)
		if marked {
			word = html.EscapeString(word)
		}
		b.WriteString(rest[:from])
		b.WriteString(word)
		rest = rest[from+n:]
	}
	return b.String()
}

// shutLink finds the first such link: where it begins, and its length with all
// that shows it; 0 for none.
func (l levels) shutLink(text string, marked bool) (from, n int) {
	for at := 0; at < len(text); {
		i := strings.IndexAny(text[at:], "<hH")
		if i < 0 {
			return 0, 0
		}
		at += i
		if text[at] == '<' {
			if !marked {
				at++
				continue
			}
			if n := l.shutAnchor(text[at:]); n > 0 {
				return at, n
			}
			at += tagLength(text[at:])
			continue
		}
		if n := l.shutAddress(text[at:], marked); n > 0 {
			return at, n
		}
		at++
	}
	return 0, 0
}

func tagLength(text string) int {
	if i := strings.IndexByte(text, '>'); i >= 0 {
		return i + 1
	}
	return len(text)
}

// shutAnchor gives the length of the link that a text begins with, from tag to
// tag, if it leads to such a server.
func (l levels) shutAnchor(text string) int {
	tag := text[:tagLength(text)]
	if !strings.HasPrefix(tag, "<a ") {
		return 0
	}
	_, ref, ok := strings.Cut(tag, `href="`)
	if !ok {
		return 0
	}
	ref, _, _ = strings.Cut(ref, `"`)
	if l.of(hostOf(html.UnescapeString(ref))) != camp.LevelFirewall {
		return 0
	}
	if end := strings.Index(text, "</a>"); end >= 0 {
		return end + len("</a>")
	}
	return len(text)
}

// shutAddress is shutAnchor for an address that stands as such in a text.
func (l levels) shutAddress(text string, marked bool) int {
	scheme := 0
	for _, s := range []string{"https://", "http://"} {
		if len(text) > len(s) && strings.EqualFold(text[:len(s)], s) {
			scheme = len(s)
			break
		}
	}
	if scheme == 0 {
		return 0
	}
	stop := " \t\n\r\u00a0"
	if marked {
		stop += "<"
	}
	end := strings.IndexAny(text, stop)
	if end < 0 {
		end = len(text)
	}
	link := text[:end]
	if marked {
		link = html.UnescapeString(link)
	}
	if l.of(hostOf(trimLink(link))) != camp.LevelFirewall {
		return 0
	}
	if short := trimLink(text[:end]); len(short) > scheme {
		return len(short)
	}
	return end
}
