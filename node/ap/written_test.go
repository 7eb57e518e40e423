package ap

import (
	"time"

	"camp/node/camp"
)

// written is an object as far as it is ever written: without bto and bcc,
// without what only a reader learns, times in whole seconds, items without
// name and id left out. Plain words that peers may take for HTML, and so do we,
// are as they would be read (told).
func written(o Object, told bool) Object {
	if o.Post == nil && o.Actor == nil && o.Activity == nil && o.Tombstone == nil && o.Collection == nil && o.Stamp == nil {
		return Object{ID: o.ID} // what means nothing here is written by id
	}
	sec := func(t time.Time) time.Time { return t.Truncate(time.Second) }
	switch {
	case o.Post != nil:
		p := *o.Post
		p.Bto, p.Bcc, p.Cut = nil, nil, false
		for _, c := range []struct {
			id    string
			count *int
		}{{p.Replies, &p.ReplyCount}, {p.Likes, &p.LikeCount}, {p.Shares, &p.ShareCount}} {
			if c.id == "" && *c.count == 0 {
				*c.count = -1 // nothing of nothing is not told
			}
		}
		p.Published, p.Updated = sec(p.Published), sec(p.Updated)
		if told {
			p.Summary = camp.CleanLine(Text(Clean(p.Summary)), maxLine)
		}
		o.Post = &p
		if p.Poll != nil {
			poll := *p.Poll
			poll.Ends = sec(poll.Ends)
			poll.Closed = poll.Closed && poll.Ends.IsZero() // a date tells it
			p.Poll = &poll
		}
		if p.Event != nil {
			e := *p.Event
			e.Start, e.End = sec(e.Start), sec(e.End)
			p.Event = &e
		}
		files := make([]camp.File, len(p.Files))
		copy(files, p.Files)
		for i := range files {
			files[i].Alt = camp.CleanText(files[i].Alt, camp.MaxAlt)
			if files[i].Width == 0 || files[i].Height == 0 {
				files[i].Width, files[i].Height = 0, 0
			}
		}
		p.Files = files
		*o.Post = p
	case o.Actor != nil:
		a := *o.Actor
		a.Published = sec(a.Published)
		a.KeyIDs = nil
		var keys []Key
		plain := false
		for _, k := range a.Keys {
			if !k.Multi && !plain {
				plain = true
				keys = append(keys, k)
			}
		}
		for _, k := range a.Keys {
			if k.Multi && multibaseOf(k.DER) != "" {
				keys = append(keys, k)
			}
		}
		a.Keys = keys
		o.Actor = &a
	case o.Activity != nil:
		a := *o.Activity
		a.Bto, a.Bcc = nil, nil
		if a.Unnamed {
			a.ID, o.ID, a.Unnamed = "", "", false
		}
		if told && a.Type != "Like" && a.Type != "EmojiReact" && a.Type != "Dislike" {
			a.Content = camp.CleanText(Text(Clean(a.Content)), maxWords)
		}
		a.Published, a.Updated = sec(a.Published), sec(a.Updated)
		if len(a.Objects) > 1 {
			a.Object = Object{ID: a.Objects[0]}
		}
		a.Object, a.Result, a.Instrument = written(a.Object, told), written(a.Result, told), written(a.Instrument, told)
		o.Activity = &a
	case o.Tombstone != nil:
		g := *o.Tombstone
		g.Deleted = sec(g.Deleted)
		o.Tombstone = &g
	case o.Collection != nil:
		l := *o.Collection
		l.Items = nil
		for _, one := range o.Collection.Items {
			if one = written(one, told); one != (Object{}) {
				l.Items = append(l.Items, one)
			}
		}
		if l.Page != nil {
			page := *l.Page
			l.Page = written(Object{Collection: &page}, told).Collection
		}
		o.Collection = &l
	}
	return o
}
