package ap

// JSON is the activity as it is sent. The actor is a bare id (Threads fails on
// more); to and cc are arrays; bto and bcc are never written. What Object holds
// is written whole, else its id; for a Flag, all of Objects.
func (a *Activity) JSON() []byte { return document(a.write) }

func (a *Activity) write(w *writer) {
	if !a.Unnamed {
		w.text("id", a.ID)
	}
	w.text("type", a.Type)
	w.text("actor", a.Actor)
	w.time("published", a.Published)
	w.time("updated", a.Updated)
	w.texts("to", a.To)
	w.texts("cc", a.Cc)
	if len(a.Audience) > 0 {
		w.texts("audience", a.Audience)
	}
	w.text("content", a.Content)
	if len(a.Emoji) > 0 {
		w.list("tag", func() { writeEmoji(w, a.Emoji) })
	}
	if len(a.Objects) > 1 {
		w.texts("object", a.Objects)
	} else {
		a.Object.write(w, "object")
	}
	w.text("target", a.Target)
	w.text("origin", a.Origin)
	a.Instrument.write(w, "instrument")
	a.Result.write(w, "result")
}

// write writes an object as a member, or as an entry where name is "".
func (o Object) write(w *writer, name string) {
	var fill func(*writer)
	switch {
	case o.Post != nil:
		fill = o.Post.write
	case o.Actor != nil:
		fill = o.Actor.write
	case o.Activity != nil:
		fill = o.Activity.write
	case o.Tombstone != nil:
		fill = o.Tombstone.write
	case o.Stamp != nil:
		fill = o.Stamp.write
	case o.Collection != nil:
		fill = o.Collection.write
	case name == "" && o.ID != "":
		w.entry(o.ID)
		return
	default:
		w.text(name, o.ID)
		return
	}
	w.object(name, func() { fill(w) })
}

// JSON is what is served with 410 where something was.
func (t *Tombstone) JSON() []byte { return document(t.write) }

func (t *Tombstone) write(w *writer) {
	w.text("id", t.ID)
	w.text("type", "Tombstone")
	w.text("formerType", t.Former)
	w.time("deleted", t.Deleted)
}

// JSON is the stamp as it is served (FEP-044f).
func (s *Stamp) JSON() []byte { return document(s.write) }

func (s *Stamp) write(w *writer) {
	w.text("id", s.ID)
	w.text("type", "QuoteAuthorization")
	w.text("attributedTo", s.By)
	w.text("interactingObject", s.From)
	w.text("interactionTarget", s.Target)
}

// JSON is the collection, or the page of one, as it is served. A Page is written
// whole in the place of First.
func (l *Collection) JSON() []byte { return document(l.write) }

func (l *Collection) write(w *writer) {
	w.text("id", l.ID)
	w.text("type", l.Type)
	w.text("partOf", l.Part)
	if l.Total >= 0 {
		w.int("totalItems", l.Total)
	}
	if l.Page != nil {
		w.object("first", func() { l.Page.write(w) })
	} else {
		w.text("first", l.First)
	}
	w.text("last", l.Last)
	w.text("next", l.Next)
	w.text("prev", l.Prev)
	name := "items"
	page := false
	switch l.Type {
	case "OrderedCollection":
		name = "orderedItems"
	case "OrderedCollectionPage":
		name, page = "orderedItems", true
	case "CollectionPage":
		page = true
	}
	if len(l.Items)+len(l.Tags) == 0 && !page {
		return
	}
	w.list(name, func() {
		for _, o := range l.Items {
			o.write(w, "")
		}
		for _, h := range l.Tags {
			h.write(w)
		}
	})
}
