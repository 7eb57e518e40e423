package ap

import "time"

// The activities that a member can cause, as they go out. id is the id of the
// activity; to and cc come from Address, or are those of the object. Callers add
// what only some need (Published, Content).

// Created tells of a new post, addressed like the post.
func Created(id string, p *Post) *Activity {
	return &Activity{Type: "Create", ID: id, Actor: p.By(), Published: p.Published, To: p.To, Cc: p.Cc, Object: Object{ID: p.ID, Type: p.Type, Post: p}, Objects: []string{p.ID}}
}

// Edited tells of a changed post, or of new counts of a poll. Updated stays zero
// in the latter, else peers mark the post as edited (federation.md 14).
func Edited(id string, p *Post) *Activity {
	a := Created(id, p)
	a.Type, a.Published, a.Updated = "Update", time.Time{}, p.Updated
	return a
}

// Changed tells of a changed profile.
func Changed(id string, who *Actor, to, cc []string) *Activity {
	return &Activity{Type: "Update", ID: id, Actor: who.ID, To: to, Cc: cc, Object: Object{ID: who.ID, Type: who.Type, Actor: who}, Objects: []string{who.ID}}
}

// Deleted tells that a post is no more. Of an actor the object is its bare id:
// use Act.
func Deleted(id, actor string, gone *Tombstone, to, cc []string) *Activity {
	return &Activity{Type: "Delete", ID: id, Actor: actor, To: to, Cc: cc, Object: Object{ID: gone.ID, Type: "Tombstone", Tombstone: gone}, Objects: []string{gone.ID}}
}

// Act is an activity on something known by id: Follow, Like, Announce, Block,
// Delete of oneself, and with a target Add, Remove and Move.
func Act(kind, id, actor, object, target string, to, cc []string) *Activity {
	return &Activity{Type: kind, ID: id, Actor: actor, To: to, Cc: cc, Object: Object{ID: object}, Objects: []string{object}, Target: target}
}

// Answer is an activity on another activity, which it holds as that came or went:
// Undo, Accept, Reject. It is for whom the other is or was for.
func Answer(kind, id, actor string, about *Activity, to, cc []string) *Activity {
	a := &Activity{Type: kind, ID: id, Actor: actor, To: to, Cc: cc, Object: Object{Type: about.Type, Activity: about}}
	if !about.Unnamed {
		a.Object.ID = about.ID
		a.Objects = []string{about.ID}
	}
	return a
}

// Flagged reports an actor and posts of theirs with plain words.
func Flagged(id, by, whom string, posts []string, words string) *Activity {
	all := append([]string{whom}, posts...)
	return &Activity{Type: "Flag", ID: id, Actor: by, To: []string{whom}, Content: words, Object: Object{ID: whom}, Objects: all}
}

// QuoteAsked asks the author of a quoted post for their yes (FEP-044f).
func QuoteAsked(id string, p *Post, author string) *Activity {
	return &Activity{Type: "QuoteRequest", ID: id, Actor: p.By(), To: []string{author}, Object: Object{ID: p.Quote}, Objects: []string{p.Quote}, Instrument: Object{ID: p.ID, Type: p.Type, Post: p}}
}
