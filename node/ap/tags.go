package ap

import (
	"strings"

	"camp/node/camp"
)

// tags reads mentions and hashtags; what it does not know it passes over.
func (v value) tags(p *Post) {
	read := 0
	for tag := range v.get("tag").all() {
		if read++; read > maxTags {
			return
		}
		if tag.kind != isObject {
			continue
		}
		href := idOf(tag.get("href"))
		switch tag.typ() {
		case "Mention":
			m := Mention{Href: href, Name: camp.CleanLine(tag.get("name").str(), 300)}
			if m != (Mention{}) && !p.mentions(m) {
				p.Mentions = append(p.Mentions, m)
			}
		case "Hashtag":
			name := strings.TrimPrefix(camp.CleanLine(tag.get("name").str(), 200), "#")
			if name != "" && !strings.ContainsAny(name, " #") && !p.tagged(name) {
				p.Hashtags = append(p.Hashtags, Hashtag{Name: name, Href: href})
			}
		}
	}
}

func (p *Post) mentions(m Mention) bool {
	for _, old := range p.Mentions {
		if m.Href != "" && old.Href == m.Href || m.Href == "" && old.Name == m.Name {
			return true
		}
	}
	return false
}

func (p *Post) tagged(name string) bool {
	for _, old := range p.Hashtags {
		if strings.EqualFold(old.Name, name) {
			return true
		}
	}
	return false
}

// emoji gives the small pictures whose codes stand in the words (FEP-9098).
func (v value) emoji(words ...string) []camp.Emoji {
	var found []camp.Emoji
	read := 0
	for tag := range v.get("tag").all() {
		if read++; read > 2*maxTags || len(found) >= maxTags {
			break
		}
		if tag.kind != isObject || tag.typ() != "Emoji" {
			continue
		}
		code := strings.Trim(tag.get("name").str(), ":")
		url := tag.get("icon").one().picture()
		if !isCode(code) || url == "" || !standsIn(":"+code+":", words) {
			continue
		}
		e := camp.Emoji{Code: code, URL: url}
		if !hasCode(found, code) {
			found = append(found, e)
		}
	}
	return found
}

func hasCode(list []camp.Emoji, code string) bool {
	for _, e := range list {
		if e.Code == code {
			return true
		}
	}
	return false
}

func standsIn(s string, words []string) bool {
	for _, w := range words {
		if strings.Contains(w, s) {
			return true
		}
	}
	return false
}

// isCode takes letters of any script, digits and few signs; "blob@far.example"
// is how Misskey names one of another server.
func isCode(s string) bool {
	return s != "" && len(s) <= 128 && camp.CleanLine(s, 128) == s && !strings.ContainsAny(s, " :<>&\"'/\\")
}
