package store

import (
	"errors"
	"slices"
	"time"

	"camp/node/camp"
)

type postV1 struct {
	Author     camp.MemberID   `cbor:"1,keyasint,omitempty"`
	Audience   camp.Audience   `cbor:"2,keyasint,omitempty"`
	Text       string          `cbor:"3,keyasint,omitempty"`
	Note       string          `cbor:"4,keyasint,omitempty"`
	Language   string          `cbor:"5,keyasint,omitempty"`
	Pictures   []pictureV1     `cbor:"6,keyasint,omitempty"`
	ReplyTo    camp.PostID     `cbor:"7,keyasint,omitempty"`
	Root       camp.PostID     `cbor:"8,keyasint,omitempty"` // 0: the post itself
	Mentions   []camp.MemberID `cbor:"9,keyasint,omitempty"`
	Tags       []string        `cbor:"10,keyasint,omitempty"`
	Written    int64           `cbor:"11,keyasint,omitempty"` // milliseconds since 1970
	Edited     int64           `cbor:"12,keyasint,omitempty"`
	Replies    int             `cbor:"13,keyasint,omitempty"`
	Favourites int             `cbor:"14,keyasint,omitempty"`

	URI       string      `cbor:"15,keyasint,omitempty"`
	Page      string      `cbor:"16,keyasint,omitempty"`
	Title     string      `cbor:"17,keyasint,omitempty"`
	Body      string      `cbor:"18,keyasint,omitempty"`
	Files     []fileV1    `cbor:"19,keyasint,omitempty"`
	Emoji     []emojiV1   `cbor:"20,keyasint,omitempty"`
	Answers   string      `cbor:"21,keyasint,omitempty"`
	Sensitive bool        `cbor:"22,keyasint,omitempty"`
	Boosts    int         `cbor:"23,keyasint,omitempty"`
	BoostOf   camp.PostID `cbor:"24,keyasint,omitempty"`
	Poll      *pollV1     `cbor:"25,keyasint,omitempty"`
	Quote     camp.PostID `cbor:"26,keyasint,omitempty"`
	Quoted    string      `cbor:"27,keyasint,omitempty"`
	Stamp     string      `cbor:"28,keyasint,omitempty"`
	Thread    string      `cbor:"29,keyasint,omitempty"`
	Policy    camp.Policy `cbor:"30,keyasint,omitempty"`
	Event     *eventV1    `cbor:"31,keyasint,omitempty"`
	Links     []string    `cbor:"32,keyasint,omitempty"`
}

type eventV1 struct {
	Start int64  `cbor:"1,keyasint,omitempty"` // milliseconds since 1970
	End   int64  `cbor:"2,keyasint,omitempty"`
	Place string `cbor:"3,keyasint,omitempty"`
	Page  string `cbor:"4,keyasint,omitempty"`
}

func eventToV1(o *camp.Occasion) *eventV1 {
	if o == nil {
		return nil
	}
	return &eventV1{Start: millis(o.Start), End: millis(o.End), Place: o.Place, Page: o.Page}
}

func (v *eventV1) occasion() *camp.Occasion {
	if v == nil {
		return nil
	}
	return &camp.Occasion{Start: moment(v.Start), End: moment(v.End), Place: v.Place, Page: v.Page}
}

type pictureV1 struct {
	ID     camp.MediaID `cbor:"1,keyasint,omitempty"`
	Alt    string       `cbor:"2,keyasint,omitempty"`
	Type   string       `cbor:"3,keyasint,omitempty"`
	Width  int          `cbor:"4,keyasint,omitempty"`
	Height int          `cbor:"5,keyasint,omitempty"`
	Blur   string       `cbor:"6,keyasint,omitempty"`
}

func picturesV1(list []camp.Picture) []pictureV1 {
	if len(list) == 0 {
		return nil
	}
	out := make([]pictureV1, len(list))
	for i, p := range list {
		out[i] = pictureV1(p)
	}
	return out
}

func picturesOf(list []pictureV1) []camp.Picture {
	if len(list) == 0 {
		return nil
	}
	out := make([]camp.Picture, len(list))
	for i, p := range list {
		out[i] = camp.Picture(p)
	}
	return out
}

func decodePost(id camp.PostID, value []byte) (camp.Post, error) {
	var v postV1
	if err := decode(value, &v); err != nil {
		return camp.Post{}, err
	}
	p := camp.Post{
		ID: id, Author: v.Author, Audience: v.Audience, Text: v.Text, Note: v.Note, Language: v.Language,
		Pictures: picturesOf(v.Pictures), ReplyTo: v.ReplyTo, Root: v.Root, Mentions: v.Mentions, Tags: v.Tags,
		Written: moment(v.Written), Edited: moment(v.Edited), Replies: v.Replies, Favourites: v.Favourites,
		URI: v.URI, Page: v.Page, Title: v.Title, Body: v.Body, Files: filesOf(v.Files), Emoji: emojiOf(v.Emoji),
		Answers: v.Answers, Sensitive: v.Sensitive, Boosts: v.Boosts, BoostOf: v.BoostOf, Poll: v.Poll.poll(),
		Quote: v.Quote, Quoted: v.Quoted, Stamp: v.Stamp, Thread: v.Thread, Event: v.Event.occasion(), Links: v.Links, Policy: v.Policy,
	}
	if p.Root == 0 {
		p.Root = id
	}
	return p, nil
}

// postKey is where a post lies: those that answer lie apart, and so do those
// that came from elsewhere and those that only pass on another.
func postKey(p *camp.Post) []byte {
	switch {
	case p.URI != "" || p.BoostOf != 0:
		return kFar.at(down(p.ID))
	case p.ReplyTo != 0:
		return kReply.at(down(p.ID))
	}
	return kPost.at(down(p.ID))
}

// Post gives a post of any kind.
func (tx *Tx) Post(id camp.PostID) (p camp.Post, ok bool, err error) {
	if tx.views() {
		if p, ok := tx.db.warm.post(id, tx.at); ok {
			return p, true, nil
		}
	}
	b, err := tx.get(kPost.at(down(id)))
	for _, k := range []*kind{kReply, kFar} {
		if errors.Is(err, ErrNone) {
			b, err = tx.get(k.at(down(id)))
		}
	}
	if errors.Is(err, ErrNone) {
		return camp.Post{}, false, nil
	}
	if err != nil {
		return camp.Post{}, false, err
	}
	if p, err = decodePost(id, b); err != nil {
		return camp.Post{}, false, err
	}
	if tx.views() {
		tx.db.warm.keepPost(p, tx.at, len(b))
	}
	return p, true, nil
}

// PutPost writes the post and its index rows; old is what it replaces, nil for
// a new one. Author of a post never changes; ReplyTo and Root only by Rehang.
func (tx *Tx) PutPost(p camp.Post, old *camp.Post) error {
	v := postV1{
		Author: p.Author, Audience: p.Audience, Text: p.Text, Note: p.Note, Language: p.Language,
		Pictures: picturesV1(p.Pictures), ReplyTo: p.ReplyTo, Root: p.Root, Mentions: p.Mentions, Tags: p.Tags,
		Written: millis(p.Written), Edited: millis(p.Edited), Replies: p.Replies, Favourites: p.Favourites,
		URI: p.URI, Page: p.Page, Title: p.Title, Body: p.Body, Files: filesV1(p.Files), Emoji: emojiV1s(p.Emoji),
		Answers: p.Answers, Sensitive: p.Sensitive, Boosts: p.Boosts, BoostOf: p.BoostOf, Poll: pollToV1(p.Poll),
		Quote: p.Quote, Quoted: p.Quoted, Stamp: p.Stamp, Thread: p.Thread, Event: eventToV1(p.Event), Links: p.Links, Policy: p.Policy,
	}
	if v.Root == p.ID {
		v.Root = 0
	}
	if err := tx.save(postKey(&p), v); err != nil {
		return err
	}
	if old == nil {
		if err := tx.put(kBy.at(up(p.Author), down(p.ID)), nil); err != nil {
			return err
		}
		if p.ReplyTo != 0 {
			if err := tx.save(kThread.at(up(p.Root), up(p.ID)), threadV1{Parent: p.ReplyTo}); err != nil {
				return err
			}
		}
		if err := tx.putFarIndex(&p); err != nil {
			return err
		}
		if key := openKey(&p); key != nil {
			if err := tx.put(key, []byte{byte(p.Audience)}); err != nil {
				return err
			}
		}
	}
	if err := tx.rewait(&p, old); err != nil {
		return err
	}
	if err := tx.rehold(&p, old); err != nil {
		return err
	}
	if err := tx.retalk(&p, old); err != nil {
		return err
	}
	var was []string
	if old != nil {
		was = old.Tags
	}
	return tx.retag(p.ID, was, p.Tags)
}

type threadV1 struct {
	Parent camp.PostID `cbor:"1,keyasint,omitempty"`
}

// retag brings the tag rows of a post from was to is.
func (tx *Tx) retag(id camp.PostID, was, is []string) error {
	for _, t := range was {
		if !slices.Contains(is, t) {
			if err := tx.del(kTag.at(word(t), down(id))); err != nil {
				return err
			}
		}
	}
	for _, t := range is {
		if !slices.Contains(was, t) {
			if err := tx.put(kTag.at(word(t), down(id)), nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// DropPost removes the post, its index rows, its revisions and the marks that
// people made on it. What answers it keeps its place.
func (tx *Tx) DropPost(p camp.Post) error {
	if err := errors.Join(tx.retag(p.ID, p.Tags, nil), tx.dropTalks(&p), tx.rehold(nil, &p)); err != nil {
		return err
	}
	keys, err := tx.keysBelow(kRevision.at(up(p.ID)), 0)
	if err != nil {
		return err
	}
	keys = append(keys, postKey(&p), kBy.at(up(p.Author), down(p.ID)))
	if p.ReplyTo != 0 {
		keys = append(keys, kThread.at(up(p.Root), up(p.ID)))
	}
	far, err := tx.farKeys(&p)
	if err != nil {
		return err
	}
	keys = append(keys, far...)
	if key := openKey(&p); key != nil {
		keys = append(keys, key)
	}
	stamps, err := tx.stampKeys(p.ID)
	if err != nil {
		return err
	}
	keys = append(keys, stamps...)
	for _, mark := range []struct{ of, own *kind }{{kFavOf, kFav}, {kKeptOf, kKept}} {
		marks, err := tx.keysBelow(mark.of.at(up(p.ID)), 0)
		if err != nil {
			return err
		}
		for _, key := range marks {
			own := mark.own.at(up(lastID[camp.MemberID](key)), down(p.ID))
			act, err := tx.actKey(own, lastID[camp.MemberID](key))
			if err != nil {
				return err
			}
			keys = append(append(keys, key, own), act...)
		}
	}
	return tx.delAll(keys, nil)
}

// Fire gives a page of what was written here for the whole camp, or for more,
// and starts a thread: one range.
func (tx *Tx) Fire(p camp.Page) ([]camp.Post, error) {
	var list []camp.Post
	err := tx.newest(kPost.at(), p, false, func(id uint64, value []byte) (bool, error) {
		post, err := decodePost(camp.PostID(id), value)
		if err != nil {
			return false, err
		}
		if list == nil { // a page of posts is large, and many pages have none of the camp's own
			list = make([]camp.Post, 0, p.Size())
		}
		if post.Audience != camp.AudienceLetter && post.Audience != camp.AudienceFollowers {
			list = append(list, post)
		}
		return len(list) < p.Size(), nil
	})
	if p.Climb {
		slices.Reverse(list)
	}
	return list, err
}

// CountBy counts what somebody wrote or passed on, at most limit.
func (tx *Tx) CountBy(m camp.MemberID, limit int) (n int, err error) {
	err = tx.scan(kBy.at(up(m)), nil, true, func(_, _ []byte) bool {
		n++
		return n < limit
	})
	return n, err
}

// PostsBy gives a page of what somebody wrote.
func (tx *Tx) PostsBy(m camp.MemberID, p camp.Page) ([]camp.Post, error) {
	return tx.postsBelow(kBy.at(up(m)), p)
}

// PostsTagged gives a page of the posts with a tag, which must be folded.
func (tx *Tx) PostsTagged(tag string, p camp.Page) ([]camp.Post, error) {
	return tx.postsBelow(kTag.at(word(tag)), p)
}

// postsBelow reads the posts that a page of index rows names.
func (tx *Tx) postsBelow(prefix []byte, p camp.Page) ([]camp.Post, error) {
	ids, err := newestIDs[camp.PostID](tx, prefix, p)
	if err != nil {
		return nil, err
	}
	list := make([]camp.Post, 0, len(ids))
	for _, id := range ids {
		post, ok, err := tx.Post(id)
		if err != nil {
			return nil, err
		}
		if ok {
			list = append(list, post)
		}
	}
	return list, nil
}

// ReplyTree gives the places of all replies below the root, oldest first, at most limit.
func (tx *Tx) ReplyTree(root camp.PostID, limit int) ([]camp.ReplyRef, error) {
	var list []camp.ReplyRef
	err := tx.all(kThread.at(up(root)), limit, func(key, value []byte) error {
		var v threadV1
		if err := decode(value, &v); err != nil {
			return err
		}
		list = append(list, camp.ReplyRef{ID: lastID[camp.PostID](key), Parent: v.Parent})
		return nil
	})
	return list, err
}

type revisionV1 struct {
	At       int64       `cbor:"1,keyasint,omitempty"`
	Text     string      `cbor:"2,keyasint,omitempty"`
	Note     string      `cbor:"3,keyasint,omitempty"`
	Pictures []pictureV1 `cbor:"4,keyasint,omitempty"`
	Body     string      `cbor:"5,keyasint,omitempty"`
}

// PutRevision keeps an earlier state of a post under its number, 0 for the first.
func (tx *Tx) PutRevision(id camp.PostID, n int, r camp.Revision) error {
	return tx.save(kRevision.at(up(id), up(uint64(n))), revisionV1{
		At: millis(r.At), Text: r.Text, Note: r.Note, Pictures: picturesV1(r.Pictures), Body: r.Body,
	})
}

// Revisions gives the earlier states of a post, oldest first.
func (tx *Tx) Revisions(id camp.PostID) ([]camp.Revision, error) {
	var list []camp.Revision
	err := tx.all(kRevision.at(up(id)), 0, func(_, value []byte) error {
		var v revisionV1
		if err := decode(value, &v); err != nil {
			return err
		}
		list = append(list, camp.Revision{At: moment(v.At), Text: v.Text, Note: v.Note, Pictures: picturesOf(v.Pictures), Body: v.Body})
		return nil
	})
	return list, err
}

type onceV1 struct {
	Post  camp.PostID `cbor:"1,keyasint,omitempty"`
	Until int64       `cbor:"2,keyasint,omitempty"`
}

// PutOnce remembers an author's idempotency key until a time at most an hour away.
func (tx *Tx) PutOnce(m camp.MemberID, key string, p camp.PostID, until time.Time) error {
	return tx.save(onceKey(until, m, key), onceV1{Post: p, Until: millis(until)})
}

// Once gives the post that the author's key stands for, if its hour is not over.
func (tx *Tx) Once(m camp.MemberID, key string) (p camp.PostID, ok bool, err error) {
	now := tx.Now()
	for _, until := range []time.Time{now, now.Add(time.Hour)} {
		var v onceV1
		ok, err := tx.load(onceKey(until, m, key), &v)
		if err != nil {
			return 0, false, err
		}
		if ok && !over(v.Until, now) {
			return v.Post, true, nil
		}
	}
	return 0, false, nil
}

// AnyOnceOver reports whether there is a key whose hour is over.
func (tx *Tx) AnyOnceOver(now time.Time) (bool, error) {
	keys, err := tx.keysBelow(kOnce.at(), 1)
	return err == nil && len(keys) > 0 && onceOver(keys[0], now), err
}

// onceOver reports whether the key's bucket of hours lies wholly in the past.
func onceOver(key []byte, now time.Time) bool {
	border := kOnce.at(onceHour(now))
	return string(key[:len(border)]) < string(border)
}

// DropOnceOver forgets keys whose hour is over, at most limit.
func (tx *Tx) DropOnceOver(now time.Time, limit int) (more bool, err error) {
	keys, err := tx.keysBelow(kOnce.at(), limit)
	if err != nil {
		return false, err
	}
	for i, key := range keys {
		if !onceOver(key, now) {
			return false, tx.delAll(keys[:i], nil)
		}
	}
	return len(keys) == limit, tx.delAll(keys, nil)
}
