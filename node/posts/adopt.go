package posts

import (
	"camp/node/camp"
)

// Bounds of what is hung elsewhere at once.
const (
	mostAdopted  = 50  // posts that waited for one
	mostRehanged = 500 // answers below one of them
)

// Adopt hangs posts that answer p, and came before it, where they belong. uri is
// the id by which they name it: its own, or one that its server leads from there.
func Adopt(tx Tx, uri string, p camp.Post) ([]camp.Event, error) {
	if uri == "" {
		return nil, nil
	}
	waiting, err := tx.PostsNaming(uri, mostAdopted)
	if err != nil {
		return nil, err
	}
	var events []camp.Event
	for _, c := range waiting {
		if c.Answers != uri || c.ReplyTo != 0 || c.ID == p.Root { // the last: p stands below it
			continue
		}
		more, err := rehang(tx, c, p.ID)
		if err != nil {
			return nil, err
		}
		events = append(events, more...)
	}
	return events, nil
}

// rehang puts a post that began a thread, with all below it, below another.
func rehang(tx Tx, c camp.Post, parent camp.PostID) ([]camp.Event, error) {
	above, ok, err := tx.Post(parent)
	if err != nil || !ok {
		return nil, err
	}
	refs, err := tx.ReplyTree(c.ID, mostRehanged+1)
	if err != nil || len(refs) > mostRehanged {
		return nil, err // so long a thread stays on its own
	}
	direct := 0
	for _, r := range refs {
		if r.Parent == c.ID {
			direct++
		}
		d, ok, err := tx.Post(r.ID)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		was := d
		d.Root = above.Root
		if err := tx.Rehang(d, was); err != nil {
			return nil, err
		}
	}
	was := c
	c.ReplyTo, c.Root, c.Answers, c.Replies = above.ID, above.Root, "", direct
	if err := tx.Rehang(c, was); err != nil {
		return nil, err
	}
	return countHung(tx, above, 1+len(refs), c.Author)
}

// countHung counts answers that came all at once: on the root all of them, on
// the parent the one that is directly below it.
func countHung(tx Tx, above camp.Post, n int, by camp.MemberID) ([]camp.Event, error) {
	root := above
	if above.Root != above.ID {
		was := above
		above.Replies++
		if err := tx.PutPost(above, &was); err != nil {
			return nil, err
		}
		var ok bool
		var err error
		if root, ok, err = tx.Post(above.Root); err != nil || !ok {
			return nil, err
		}
	}
	was := root
	root.Replies += n
	if err := tx.PutPost(root, &was); err != nil {
		return nil, err
	}
	return []camp.Event{{Kind: camp.EventCounts, Post: root.ID, Root: root.ID, Member: by}}, nil
}
