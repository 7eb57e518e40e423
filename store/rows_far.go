package store

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"camp/node/camp"
)

// What only posts from elsewhere have: their rows are in rows_posts.go.

type fileV1 struct {
	URL    string  `cbor:"1,keyasint,omitempty"`
	Type   string  `cbor:"2,keyasint,omitempty"`
	Alt    string  `cbor:"3,keyasint,omitempty"`
	Width  int     `cbor:"4,keyasint,omitempty"`
	Height int     `cbor:"5,keyasint,omitempty"`
	Blur   string  `cbor:"6,keyasint,omitempty"`
	FocusX float64 `cbor:"7,keyasint,omitempty"`
	FocusY float64 `cbor:"8,keyasint,omitempty"`
}

type emojiV1 struct {
	Code string `cbor:"1,keyasint,omitempty"`
	URL  string `cbor:"2,keyasint,omitempty"`
}

type pollV1 struct {
	Choices  []choiceV1 `cbor:"1,keyasint,omitempty"`
	Multiple bool       `cbor:"2,keyasint,omitempty"`
	Ends     int64      `cbor:"3,keyasint,omitempty"`
	Closed   bool       `cbor:"4,keyasint,omitempty"`
	Voters   int        `cbor:"5,keyasint,omitempty"`
}

type choiceV1 struct {
	Text  string `cbor:"1,keyasint,omitempty"`
	Votes int    `cbor:"2,keyasint,omitempty"`
}

// each turns a list into one of another type; an empty one into nil.
func each[A, B any](list []A, turn func(A) B) []B {
	if len(list) == 0 {
		return nil
	}
	out := make([]B, len(list))
	for i, a := range list {
		out[i] = turn(a)
	}
	return out
}

func filesV1(list []camp.File) []fileV1 {
	return each(list, func(f camp.File) fileV1 { return fileV1(f) })
}

func filesOf(list []fileV1) []camp.File {
	return each(list, func(f fileV1) camp.File { return camp.File(f) })
}

func emojiV1s(list []camp.Emoji) []emojiV1 {
	return each(list, func(e camp.Emoji) emojiV1 { return emojiV1(e) })
}

func emojiOf(list []emojiV1) []camp.Emoji {
	return each(list, func(e emojiV1) camp.Emoji { return camp.Emoji(e) })
}

func pollToV1(p *camp.Poll) *pollV1 {
	if p == nil {
		return nil
	}
	return &pollV1{
		Choices:  each(p.Choices, func(c camp.Choice) choiceV1 { return choiceV1(c) }),
		Multiple: p.Multiple, Ends: millis(p.Ends), Closed: p.Closed, Voters: p.Voters,
	}
}

func (v *pollV1) poll() *camp.Poll {
	if v == nil {
		return nil
	}
	return &camp.Poll{
		Choices:  each(v.Choices, func(c choiceV1) camp.Choice { return camp.Choice(c) }),
		Multiple: v.Multiple, Ends: moment(v.Ends), Closed: v.Closed, Voters: v.Voters,
	}
}

// mark16 is the key part that stands for a long id.
func mark16(uri string) []byte {
	sum := sha256.Sum256([]byte(uri))
	return sum[:16]
}

// putFarIndex writes the rows by which a post from elsewhere, or a boost, is found.
func (tx *Tx) putFarIndex(p *camp.Post) error {
	if p.URI != "" {
		if err := tx.put(kFarURI.at(mark16(p.URI)), up(p.ID)); err != nil {
			return err
		}
	}
	if p.BoostOf != 0 {
		return tx.put(kBoost.at(up(p.BoostOf), up(p.Author)), up(p.ID))
	}
	return nil
}

// farKeys gives the keys of those rows, and of the home timelines and votes
// that name the post.
func (tx *Tx) farKeys(p *camp.Post) ([][]byte, error) {
	var keys [][]byte
	if p.URI != "" {
		keys = append(keys, kFarURI.at(mark16(p.URI)))
	}
	if p.BoostOf != 0 {
		keys = append(keys, kBoost.at(up(p.BoostOf), up(p.Author)))
	}
	keys = append(keys, waitKeys(p)...)
	if p.URI != "" {
		keys = append(keys, kPin.at(up(p.Author), up(p.ID)))
	}
	if p.Poll != nil {
		votes, err := tx.keysBelow(kVote.at(up(p.ID)), 0)
		if err != nil {
			return nil, err
		}
		keys = append(keys, votes...)
	}
	if p.Here() && p.Audience == camp.AudienceCamp {
		return keys, nil // in nobody's home timeline but by being of the camp
	}
	members, err := tx.keysBelow(kMember.at(), 0)
	if err != nil {
		return nil, err
	}
	for _, m := range members {
		key := kHome.at(up(lastID[camp.MemberID](m)), down(p.ID))
		there, err := tx.exists(key)
		if err != nil {
			return nil, err
		}
		if there {
			keys = append(keys, key)
		}
	}
	return keys, nil
}

// PostByURI gives the post that has this id elsewhere.
func (tx *Tx) PostByURI(uri string) (p camp.Post, ok bool, err error) {
	b, err := tx.get(kFarURI.at(mark16(uri)))
	if errors.Is(err, ErrNone) {
		return camp.Post{}, false, nil
	}
	if err != nil {
		return camp.Post{}, false, err
	}
	if len(b) != 8 {
		return camp.Post{}, false, fmt.Errorf("store: a row of %s has %d bytes", kFarURI.prefix, len(b))
	}
	p, ok, err = tx.Post(camp.PostID(binary.BigEndian.Uint64(b)))
	return p, ok && p.URI == uri, err
}

// Boost gives the post by which somebody passes another on.
func (tx *Tx) Boost(of camp.PostID, by camp.MemberID) (id camp.PostID, ok bool, err error) {
	b, err := tx.get(kBoost.at(up(of), up(by)))
	if errors.Is(err, ErrNone) {
		return 0, false, nil
	}
	if err != nil || len(b) != 8 {
		return 0, false, errors.Join(err, lengthIs(kBoost, b, 8))
	}
	return camp.PostID(binary.BigEndian.Uint64(b)), true, nil
}

func lengthIs(k *kind, b []byte, n int) error {
	if len(b) != n {
		return fmt.Errorf("store: a row of %s has %d bytes", k.prefix, len(b))
	}
	return nil
}

// BoostsOf gives who passes a post on, and by which posts, at most limit.
func (tx *Tx) BoostsOf(of camp.PostID, limit int) (by map[camp.MemberID]camp.PostID, err error) {
	by = map[camp.MemberID]camp.PostID{}
	err = tx.all(kBoost.at(up(of)), limit, func(key, value []byte) error {
		if err := lengthIs(kBoost, value, 8); err != nil {
			return err
		}
		by[lastID[camp.MemberID](key)] = camp.PostID(binary.BigEndian.Uint64(value))
		return nil
	})
	return by, err
}

// BoostedIn gives which of the posts somebody passes on.
func (tx *Tx) BoostedIn(m camp.MemberID, list []camp.PostID) (map[camp.PostID]bool, error) {
	var out map[camp.PostID]bool
	for _, id := range list {
		there, err := tx.exists(kBoost.at(up(id), up(m)))
		if err != nil {
			return nil, err
		}
		if there {
			if out == nil {
				out = map[camp.PostID]bool{}
			}
			out[id] = true
		}
	}
	return out, nil
}

// PutHome puts a post into somebody's home timeline; twice is as once.
func (tx *Tx) PutHome(m camp.MemberID, p camp.PostID) error {
	return tx.put(kHome.at(up(m), down(p)), nil)
}

// DropHome takes it out; where it is not there, nothing happens.
func (tx *Tx) DropHome(m camp.MemberID, p camp.PostID) error {
	return tx.del(kHome.at(up(m), down(p)))
}

// HomeIDs gives a page of somebody's home timeline beyond the camp.
func (tx *Tx) HomeIDs(m camp.MemberID, p camp.Page) ([]camp.PostID, error) {
	return newestIDs[camp.PostID](tx, kHome.at(up(m)), p)
}

// heardMonth is the bucket of an act: thirty days each.
func heardMonth(t time.Time) uint64 { return uint64(max(t.Unix(), 0)) / (30 * 24 * 3600) }

// PutHeard remembers that an act from elsewhere was dealt with, for thirty to
// sixty days.
func (tx *Tx) PutHeard(actor, uri string) error {
	return tx.put(kHeard.at(up(heardMonth(tx.now)), mark16(actor+"\x00"+uri)), nil)
}

// Heard reports whether it was.
func (tx *Tx) Heard(actor, uri string) (bool, error) {
	mark, month := mark16(actor+"\x00"+uri), heardMonth(tx.now)
	for _, m := range []uint64{month, max(month, 1) - 1} {
		if there, err := tx.exists(kHeard.at(up(m), mark)); err != nil || there {
			return there, err
		}
	}
	return false, nil
}

// DropHeardOver forgets acts of more than sixty days ago, at most limit.
func (tx *Tx) DropHeardOver(limit int) (more bool, err error) {
	oldest := max(heardMonth(tx.now), 1) - 1
	keys, err := tx.keysBelow(kHeard.at(), limit)
	if err != nil {
		return false, err
	}
	for i, key := range keys {
		if idAt[uint64](key, len(kHeard.prefix)) >= oldest {
			return false, tx.delAll(keys[:i], nil)
		}
	}
	return len(keys) == limit, tx.delAll(keys, nil)
}

type voteV1 struct {
	Choices []int `cbor:"1,keyasint,omitempty"`
}

// PutVote keeps which choices of a poll somebody took.
func (tx *Tx) PutVote(p camp.PostID, m camp.MemberID, choices []int) error {
	return tx.save(kVote.at(up(p), up(m)), voteV1{Choices: choices})
}

// Vote gives them; ok is false where they have not voted.
func (tx *Tx) Vote(p camp.PostID, m camp.MemberID) (choices []int, ok bool, err error) {
	var v voteV1
	ok, err = tx.load(kVote.at(up(p), up(m)), &v)
	return v.Choices, ok, err
}
