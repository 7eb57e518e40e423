package store

import (
	"encoding/binary"
	"errors"
	"slices"
	"time"

	"camp/node/camp"
)

// What came from elsewhere is looked at again after a while: whether anybody here
// holds on to it (community.md 10). A row says when. Two kinds of rows tell what
// nothing else would: which posts name somebody, and which show a post in them.

// dueAfter is when what is new is looked at for the first time.
const dueAfter = camp.FarKept

// dueDay is the key part of a day, oldest first.
func dueDay(t time.Time) []byte { return up(uint64(max(t.Unix(), 0)) / (24 * 3600)) }

// PutDue has a post from elsewhere, or somebody there, looked at again on the day
// of at, and on no other.
func (tx *Tx) PutDue(d camp.Due) error {
	if err := tx.DropDue(d); err != nil {
		return err
	}
	k, id := dueOf(d)
	day := dueDay(d.At)
	return errors.Join(tx.put(k.at(day, up(id)), nil), tx.put(kDueOf.at([]byte(k.prefix), up(id)), day))
}

// DropDue has it looked at no more; on which day that was to be does not matter.
func (tx *Tx) DropDue(d camp.Due) error {
	k, id := dueOf(d)
	own := kDueOf.at([]byte(k.prefix), up(id))
	day, err := tx.get(own)
	if errors.Is(err, ErrNone) {
		return nil
	}
	if err != nil {
		return err
	}
	return errors.Join(tx.del(k.at(day, up(id))), tx.del(own))
}

// dueOf gives of which kind the row of something is, and its id.
func dueOf(d camp.Due) (k *kind, id uint64) {
	if d.Person != 0 {
		return kDueFace, uint64(d.Person)
	}
	return kDuePost, uint64(d.Post)
}

// DuePosts gives the posts from elsewhere whose day has come, at most limit.
func (tx *Tx) DuePosts(limit int) ([]camp.Due, error) {
	return tx.due(kDuePost, limit, func(d *camp.Due, id uint64) { d.Post = camp.PostID(id) })
}

// DuePeople gives those elsewhere whose day has come, at most limit.
func (tx *Tx) DuePeople(limit int) ([]camp.Due, error) {
	return tx.due(kDueFace, limit, func(d *camp.Due, id uint64) { d.Person = camp.MemberID(id) })
}

func (tx *Tx) due(k *kind, limit int, of func(*camp.Due, uint64)) ([]camp.Due, error) {
	keys, err := tx.keysBelow(k.at(), limit)
	if err != nil {
		return nil, err
	}
	today := binary.BigEndian.Uint64(dueDay(tx.now))
	var list []camp.Due
	for _, key := range keys {
		day := idAt[uint64](key, len(k.prefix))
		if day > today {
			break
		}
		d := camp.Due{At: time.Unix(int64(day)*24*3600, 0).UTC()}
		of(&d, lastID[uint64](key))
		list = append(list, d)
	}
	return list, nil
}

// NamedIn gives posts that name somebody elsewhere, at most limit.
func (tx *Tx) NamedIn(who camp.MemberID, limit int) ([]camp.PostID, error) {
	return tx.idsBelow(kNames.at(up(who)), limit)
}

// ShownIn gives posts that show a post within themselves, at most limit.
func (tx *Tx) ShownIn(p camp.PostID, limit int) ([]camp.PostID, error) {
	return tx.idsBelow(kShows.at(up(p)), limit)
}

func (tx *Tx) idsBelow(prefix []byte, limit int) ([]camp.PostID, error) {
	keys, err := tx.keysBelow(prefix, limit)
	list := make([]camp.PostID, len(keys))
	for i, key := range keys {
		list[i] = lastID[camp.PostID](key)
	}
	return list, err
}

// holdKeys gives the rows by which it is found whom a post names elsewhere, and
// what it shows.
func (tx *Tx) holdKeys(p *camp.Post) ([][]byte, error) {
	var keys [][]byte
	if p.Quote != 0 {
		keys = append(keys, kShows.at(up(p.Quote), up(p.ID)))
	}
	for _, id := range p.Mentions {
		here, err := tx.exists(kMember.at(up(id)))
		if err != nil {
			return nil, err
		}
		if !here {
			keys = append(keys, kNames.at(up(id), up(p.ID)))
		}
	}
	return keys, nil
}

// rehold brings those rows from what a post was to what it is; either may be nil.
func (tx *Tx) rehold(p, old *camp.Post) error {
	if p != nil && old != nil && p.Quote == old.Quote && slices.Equal(p.Mentions, old.Mentions) {
		return nil
	}
	if old != nil {
		keys, err := tx.holdKeys(old)
		if err != nil {
			return err
		}
		if err := tx.delAll(keys, nil); err != nil {
			return err
		}
	}
	if p == nil {
		return tx.DropDue(camp.Due{Post: old.ID})
	}
	keys, err := tx.holdKeys(p)
	if err != nil {
		return err
	}
	for _, key := range keys {
		if err := tx.put(key, nil); err != nil {
			return err
		}
	}
	if old == nil && p.URI != "" {
		return tx.PutDue(camp.Due{Post: p.ID, At: tx.now.Add(dueAfter)})
	}
	return nil
}

// keyHolds says how far a store from before these rows, or one brought back from
// a backup, has been looked through: the number of the kind, then the last id.
// Behind the last kind all is done.
var keyHolds = kSys.at([]byte("holds"))

// holdKinds are looked through, each newest first; those elsewhere come last.
var holdKinds = [...]*kind{kPost, kReply, kFar, kRemote}

func holdsAt(kind int, id uint64) []byte {
	return append([]byte{byte(kind)}, binary.BigEndian.AppendUint64(nil, id)...)
}

// FillHolds makes these rows for a store that lacks them, for at most limit posts
// or people, and says whether all is done. Twice is as once.
func (tx *Tx) FillHolds(limit int) (done bool, err error) {
	b, err := tx.get(keyHolds)
	if err != nil && !errors.Is(err, ErrNone) {
		return false, err
	}
	if err != nil {
		b = holdsAt(0, 0)
	}
	if len(b) != 9 || int(b[0]) >= len(holdKinds) {
		return true, nil
	}
	k, last := int(b[0]), binary.BigEndian.Uint64(b[1:])
	fill := tx.fillPosts
	if holdKinds[k] == kRemote {
		fill = tx.fillPeople
	}
	last, more, err := fill(holdKinds[k], last, limit)
	if err != nil {
		return false, err
	}
	if !more {
		k, last = k+1, 0
	}
	return k >= len(holdKinds), tx.put(keyHolds, holdsAt(k, last))
}

func (tx *Tx) fillPosts(k *kind, before uint64, limit int) (last uint64, more bool, err error) {
	var list []camp.Post
	err = tx.newest(k.at(), camp.Page{Before: before}, false, func(id uint64, value []byte) (bool, error) {
		p, err := decodePost(camp.PostID(id), value)
		list = append(list, p)
		return len(list) < limit, err
	})
	if err != nil {
		return 0, false, err
	}
	for _, p := range list {
		if err := tx.rehold(&p, nil); err != nil {
			return 0, false, err
		}
		last = uint64(p.ID)
	}
	return last, len(list) == limit, nil
}

func (tx *Tx) fillPeople(k *kind, after uint64, limit int) (last uint64, more bool, err error) {
	var list []camp.MemberID
	err = tx.scan(k.at(), k.at(up(after+1)), true, func(key, _ []byte) bool {
		list = append(list, lastID[camp.MemberID](key))
		return len(list) < limit
	})
	if err != nil {
		return 0, false, err
	}
	for _, id := range list {
		if err := tx.PutDue(camp.Due{Person: id, At: tx.now.Add(dueAfter)}); err != nil {
			return 0, false, err
		}
		last = uint64(id)
	}
	return last, len(list) == limit, nil
}
