package ap

import (
	"errors"
	"fmt"
	"time"

	"camp/node/camp"
)

// Why something that is JSON is refused.
var (
	// ErrShape: no object, or one of another kind than was asked for.
	ErrShape = errors.New("not an object of that kind")
	// ErrNoID: without id it cannot be named, told from another or taken back; of
	// an actor the id must be an https address.
	ErrNoID = errors.New("no usable id")
	// ErrNoActor: an activity of nobody.
	ErrNoActor = errors.New("no actor")
	// ErrNoInbox: an actor without inbox, or with one that is not on its own https host.
	ErrNoInbox = errors.New("no inbox on its own host")
)

// Object is something that is known by id alone, or came whole. At most one of
// the pointers is set; none for an id alone and for types that mean nothing here.
type Object struct {
	ID   string // "" for none
	Type string // "" where only the id came

	Post       *Post
	Actor      *Actor // embedded ones may lack what ParseActor demands
	Activity   *Activity
	Tombstone  *Tombstone
	Collection *Collection
	Stamp      *Stamp
	Key        *Key
}

// Tombstone stands where something was. It is believed only from its own host.
type Tombstone struct {
	ID      string
	Former  string // type of what was; "" for not said
	Deleted time.Time
}

// Stamp says that one object may quote another (FEP-044f). It counts only if it
// was fetched from the host of the quoted post's author.
type Stamp struct {
	ID     string
	By     string // who allowed it: the quoted post's author
	From   string // interactingObject: the post that quotes
	Target string // interactionTarget: the quoted post
}

// maxNested is how deep objects are read within objects: an Announce of an
// Undo of a Like of a Note. What lies deeper is known by id.
const maxNested = 4

// ParseAny reads one object of any kind. An object whose type means nothing
// here has only ID and Type. Activities and actors that lack what ParseActivity
// and ParseActor demand are refused with the same errors.
func ParseAny(b []byte) (Object, error) {
	v, err := decodeObject(b)
	if err != nil {
		return Object{}, err
	}
	o := v.object(maxNested)
	switch {
	case o.Activity != nil:
		_, err = finishActivity(o.Activity, b)
		o.ID = o.Activity.ID
	case o.Actor != nil:
		err = o.Actor.check()
	}
	if err != nil {
		return Object{}, err
	}
	return o, nil
}

func decodeObject(b []byte) (value, error) {
	v, err := decode(b, MaxDocument)
	if err != nil {
		return value{}, err
	}
	if v.kind != isObject {
		return value{}, fmt.Errorf("%w: no object", ErrShape)
	}
	return v, nil
}

// object reads what a property names: an id, or an object down to depth.
func (v value) object(depth int) Object {
	f := v.one()
	o := Object{ID: idOf(f)}
	if f.kind != isObject {
		return o
	}
	o.Type = f.typ()
	if depth <= 0 {
		return o
	}
	switch f.family(o.Type) {
	case aPost:
		o.Post = f.post(o.Type)
	case anActor:
		o.Actor = f.actor(o.Type)
	case anActivity:
		o.Activity = f.activity(o.Type, depth)
	case aList:
		o.Collection = f.list(o.Type, depth)
	case aTombstone:
		o.Tombstone = &Tombstone{ID: o.ID, Former: camp.CleanLine(term(f.get("formerType").str()), 200), Deleted: f.get("deleted").date()}
	case aStamp:
		o.Stamp = &Stamp{ID: o.ID, By: idOf(f.get("attributedTo")), From: idOf(f.get("interactingObject")), Target: idOf(f.get("interactionTarget"))}
	case aKey:
		if k, ok := f.key(); ok {
			o.Key = &k
		}
	case strange:
	}
	return o
}

// family knows activities of strange types by what only activities have.
func (v value) family(t string) family {
	if f := families[t]; f != strange {
		return f
	}
	if idOf(v.get("actor")) != "" && idOf(v.get("object")) != "" && v.get("attributedTo").kind == none {
		return anActivity
	}
	return strange
}

// Arrived sets back to now the times of a thing that lie in the future, and
// those of what it holds (AS2 core §2.3). The end of a poll and an event stay.
func (o Object) Arrived(now time.Time) {
	switch {
	case o.Post != nil:
		o.Post.Arrived(now)
	case o.Activity != nil:
		o.Activity.Arrived(now)
	case o.Actor != nil:
		notAfter(&o.Actor.Published, now)
	case o.Tombstone != nil:
		notAfter(&o.Tombstone.Deleted, now)
	}
}

func notAfter(t *time.Time, now time.Time) {
	if t.After(now) {
		*t = now.UTC()
	}
}
