package ap

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"camp/node/camp"
)

// Activity is somebody's act. Which acts mean what is the caller's business;
// unknown types are read like any other.
type Activity struct {
	Type  string
	ID    string
	Actor string
	// Unnamed: it came without id, and ID was made up from its bytes
	// (federation.md 5); JSON leaves it out again.
	Unnamed bool

	Object  Object
	Objects []string // every id that object names: of a Flag, the actor and the posts
	Target  string
	Origin  string

	To, Cc, Bto, Bcc []string
	Audience         []string // groups (FEP-1b12)

	Published, Updated time.Time

	// Content is plain text: the sign of a reaction (content or
	// _misskey_reaction), the words of a Flag.
	Content string
	Emoji   []camp.Emoji // for Content

	Result     Object // of an Accept: the stamp
	Instrument Object // of a QuoteRequest: the post that wants to quote

	// Raw are the bytes of an act as it was brought, for handing it on; whoever
	// takes it in sets them, JSON does not look at them. nil for none.
	Raw []byte
}

// Bounds of lists (reliability.md 3).
const (
	maxRecipients = 1000
	maxObjects    = 100
	maxWords      = 5000 // characters of a Flag
)

// ParseActivity reads an activity. It demands a type, an actor and an id; only
// Follow, Undo, Accept and Reject may come without, and then get one made up.
// Errors: the gate's, ErrShape, ErrNoActor, ErrNoID.
func ParseActivity(b []byte) (Activity, error) {
	v, err := decodeObject(b)
	if err != nil {
		return Activity{}, err
	}
	t := v.typ()
	if v.family(t) != anActivity && (t == "" || families[t] != strange || v.get("actor").kind == none) {
		return Activity{}, fmt.Errorf("%w: %q is no activity", ErrShape, t)
	}
	return finishActivity(v.activity(t, maxNested), b)
}

func finishActivity(a *Activity, b []byte) (Activity, error) {
	if a.Actor == "" {
		return Activity{}, ErrNoActor
	}
	if a.ID == "" {
		switch a.Type {
		case "Follow", "Undo", "Accept", "Reject":
			sum := sha256.Sum256(b)
			a.ID, a.Unnamed = a.Actor+"#unnamed-"+hex.EncodeToString(sum[:16]), true
		default:
			return Activity{}, ErrNoID
		}
	}
	return *a, nil
}

func (v value) activity(t string, depth int) *Activity {
	a := &Activity{
		Type: t, ID: idOf(v.get("id")), Actor: idOf(v.get("actor")),
		Object: v.get("object").object(depth - 1), Objects: v.get("object").ids(maxObjects),
		Target: idOf(v.get("target")), Origin: idOf(v.get("origin")),
		Audience:  v.get("audience").ids(maxRecipients),
		Published: v.get("published").date(), Updated: v.get("updated").date(),
		Result: v.get("result").object(depth - 1), Instrument: v.get("instrument").object(depth - 1),
	}
	v.recipients(&a.To, &a.Cc, &a.Bto, &a.Bcc)
	switch t {
	case "Like", "EmojiReact", "Dislike":
		word := v.get("content").str()
		if word == "" {
			word = v.get("_misskey_reaction").str()
		}
		a.Content = camp.CleanLine(word, 100)
		a.Emoji = v.emoji(a.Content)
	default:
		a.Content = camp.CleanText(Text(Clean(v.mapped("content"))), maxWords)
	}
	return a
}

// recipients reads the addresses; together they are bounded.
func (v value) recipients(lists ...*[]string) {
	left := maxRecipients
	for i, name := range []string{"to", "cc", "bto", "bcc"} {
		*lists[i] = v.get(name).ids(left)
		left -= len(*lists[i])
		for j, id := range *lists[i] {
			if everybody(id) {
				(*lists[i])[j] = Public
			}
		}
	}
}

// Arrived sets back to now what claims to be of later, here and in what it holds.
func (a *Activity) Arrived(now time.Time) {
	notAfter(&a.Published, now)
	notAfter(&a.Updated, now)
	a.Object.Arrived(now)
	a.Instrument.Arrived(now)
}
