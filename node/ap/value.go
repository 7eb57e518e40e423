package ap

import (
	"iter"
	"strconv"
	"strings"
	"time"

	"camp/node/camp"
)

// get gives the member of that name, nothing where there is none.
func (v value) get(name string) value {
	if v.kind == isObject {
		for i := range v.items {
			if v.items[i].name == name {
				return v.items[i]
			}
		}
	}
	return value{}
}

// all goes through the values of a property: none, one, or several, where a
// list may hold one more level of lists.
func (v value) all() iter.Seq[value] {
	return func(yield func(value) bool) {
		switch v.kind {
		case none:
			return
		case isList:
		default:
			yield(v)
			return
		}
		for _, one := range v.items {
			if one.kind != isList {
				if one.kind != none && !yield(one) {
					return
				}
				continue
			}
			for _, inner := range one.items {
				if inner.kind != none && inner.kind != isList && !yield(inner) {
					return
				}
			}
		}
	}
}

// one is the first of the values.
func (v value) one() value {
	for first := range v.all() {
		return first
	}
	return value{}
}

// str is the text of the first value: a text, or a JSON-LD value object.
func (v value) str() string {
	switch f := v.one(); f.kind {
	case isText:
		return f.text
	case isObject:
		return f.get("@value").plain()
	}
	return ""
}

func (v value) plain() string {
	if v.kind == isText {
		return v.text
	}
	return ""
}

// id is what the first value names: a text, an object with id, a Link with href.
func (v value) id() string {
	f := v.one()
	if f.kind == isObject {
		if id := f.get("id").plain(); id != "" {
			return id
		}
		return f.get("href").plain()
	}
	return f.plain()
}

// idOf is id, or "" where it cannot be one.
func idOf(v value) string {
	if id := v.id(); isID(id) {
		return id
	}
	return ""
}

// ids gives every id a property names, once each, at most limit.
func (v value) ids(limit int) []string {
	var ids []string
	for one := range v.all() {
		if id := idOf(one); id != "" && !holds(ids, id) && len(ids) < limit {
			ids = append(ids, id)
		}
	}
	return ids
}

func holds(list []string, s string) bool {
	for _, one := range list {
		if one == s {
			return true
		}
	}
	return false
}

// bool is true for true; some say it in quotes.
func (v value) bool() bool {
	f := v.one()
	return (f.kind == isBool || f.kind == isText) && f.text == "true"
}

// count is a whole number from 0 to a thousand million, else 0.
func (v value) count() int {
	f := v.one()
	if f.kind != isNumber && f.kind != isText {
		return 0
	}
	n, err := strconv.ParseFloat(f.text, 64)
	if err != nil || !(n >= 0 && n <= 1e9) {
		return 0
	}
	return int(n)
}

// typ is the first known type, else the first named at all. Prefixes that mean
// the same are left out.
func (v value) typ() string {
	first := ""
	for t := range v.get("type").all() {
		name := term(t.plain())
		if known(name) {
			return name
		}
		if first == "" {
			first = name
		}
	}
	return camp.CleanLine(first, 200)
}

// mapped is a text by language: what stands under the name itself, or else one
// of those in the map beside it ("nameMap"), or a map in place of the text.
func (v value) mapped(name string) string {
	own := v.get(name)
	if t := own.str(); t != "" {
		return t
	}
	m := v.get(name + "Map")
	if m.kind != isObject && own.kind == isObject {
		m = own
	}
	if m.kind != isObject || m.get("type").kind != none {
		return ""
	}
	if t := m.get("en").str(); t != "" {
		return t
	}
	for _, one := range m.items {
		if t := one.str(); t != "" && one.name != "@context" && one.name != "id" {
			return t
		}
	}
	return ""
}

// language tells the language of a text from the map beside it: the one whose
// text is the same, else the only one (federation.md 8).
func (v value) language(name string) string {
	m := v.get(name + "Map")
	if m.kind != isObject {
		return ""
	}
	text := v.mapped(name)
	lang := ""
	for _, one := range m.items {
		if one.kind == isText && (len(m.items) == 1 || text != "" && one.text == text) {
			lang = one.name
			break
		}
	}
	return languageTag(lang)
}

// languageTag gives a language in the form of BCP 47, "" for none or not said.
func languageTag(s string) string {
	if len(s) < 2 || len(s) > 35 || strings.EqualFold(s, "und") {
		return ""
	}
	for _, c := range []byte(s) {
		if (c|0x20 < 'a' || c|0x20 > 'z') && (c < '0' || c > '9') && c != '-' {
			return ""
		}
	}
	return s
}

// Dates come as RFC 3339, some without seconds or zone (AS2 core §2.3), a few
// with a blank for the T. What names no zone is taken for UTC.
var dates = []string{time.RFC3339Nano, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02"}

// date is in UTC; zero where there is none that can be read.
func (v value) date() time.Time {
	s := v.str()
	if len(s) < 10 || len(s) > 40 {
		return time.Time{}
	}
	for _, layout := range dates {
		if t, err := time.Parse(layout, s); err == nil {
			if t.Year() < 1 || t.Year() > 9999 {
				return time.Time{}
			}
			return t.UTC()
		}
	}
	return time.Time{}
}
