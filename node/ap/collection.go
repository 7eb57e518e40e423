package ap

import "fmt"

// Collection is a collection or a page of one.
type Collection struct {
	Type  string // "Collection", "OrderedCollection" or the page of either
	ID    string
	Total int // totalItems; -1 for not said

	First string // id of the first page, also where it came whole
	Next  string
	Prev  string
	Last  string
	Part  string // partOf

	// Page is the first page, where it came within the collection.
	Page *Collection

	// Items are ids, and objects where they came whole. Whole ones of another
	// host than the collection's are ids only (FEP-fe34).
	Items []Object
	Tags  []Hashtag // after them; written, not read
}

const maxItems = 200 // of one document; callers take fewer

// ParseCollection reads a collection or a page.
func ParseCollection(b []byte) (Collection, error) {
	v, err := decodeObject(b)
	if err != nil {
		return Collection{}, err
	}
	t := v.typ()
	if families[t] != aList {
		return Collection{}, fmt.Errorf("%w: %q is no collection", ErrShape, t)
	}
	return *v.list(t, maxNested), nil
}

func (v value) list(t string, depth int) *Collection {
	l := &Collection{Type: t, ID: idOf(v.get("id")), Total: -1, First: idOf(v.get("first")), Next: idOf(v.get("next")), Prev: idOf(v.get("prev")), Last: idOf(v.get("last")), Part: idOf(v.get("partOf"))}
	if total := v.get("totalItems").one(); total.kind == isNumber {
		l.Total = total.count()
	}
	if first := v.get("first").one(); first.kind == isObject && families[first.typ()] == aList && depth > 0 {
		l.Page = first.list(first.typ(), depth-1)
		if l.Page.Part == "" {
			l.Page.Part = l.ID
		}
	}
	home := l.ID
	if home == "" {
		home = l.Part
	}
	for _, name := range []string{"orderedItems", "items"} {
		for one := range v.get(name).all() {
			if len(l.Items) >= maxItems {
				return l
			}
			o := one.object(depth - 1)
			if o.ID != "" && !SameHost(o.ID, home) {
				o = Object{ID: o.ID}
			}
			if o.ID != "" || o.Type != "" {
				l.Items = append(l.Items, o)
			}
		}
	}
	return l
}
