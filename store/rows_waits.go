package store

import (
	"encoding/binary"
	"errors"

	"camp/node/camp"
)

// Posts that name something elsewhere are found by its id: what they answer and
// is not known here, and the yes by which they quote.

// waitKeys gives the rows by which a post is found so.
func waitKeys(p *camp.Post) [][]byte {
	var keys [][]byte
	for _, id := range []string{p.Answers, p.Stamp} {
		if id != "" {
			keys = append(keys, kWaits.at(mark16(id), up(p.ID)))
		}
	}
	return keys
}

// rewait brings those rows from what a post was to what it is.
func (tx *Tx) rewait(p, old *camp.Post) error {
	if old != nil && old.Answers == p.Answers && old.Stamp == p.Stamp {
		return nil
	}
	if old != nil {
		if err := tx.delAll(waitKeys(old), nil); err != nil {
			return err
		}
	}
	for _, key := range waitKeys(p) {
		if err := tx.put(key, nil); err != nil {
			return err
		}
	}
	return nil
}

// PostsNaming gives posts from elsewhere that answer what has this id, or are
// allowed to quote by it, oldest first, at most limit.
func (tx *Tx) PostsNaming(uri string, limit int) ([]camp.Post, error) {
	keys, err := tx.keysBelow(kWaits.at(mark16(uri)), limit)
	if err != nil {
		return nil, err
	}
	var list []camp.Post
	for _, key := range keys {
		p, ok, err := tx.Post(lastID[camp.PostID](key))
		if err != nil {
			return nil, err
		}
		if ok && (p.Answers == uri || p.Stamp == uri) {
			list = append(list, p)
		}
	}
	return list, nil
}

// Rehang writes a post that now stands elsewhere in threads than old did.
func (tx *Tx) Rehang(p, old camp.Post) error {
	if old.ReplyTo != 0 {
		if err := tx.del(kThread.at(up(old.Root), up(p.ID))); err != nil {
			return err
		}
	}
	if p.ReplyTo != 0 {
		if err := tx.save(kThread.at(up(p.Root), up(p.ID)), threadV1{Parent: p.ReplyTo}); err != nil {
			return err
		}
	}
	return tx.PutPost(p, &old)
}

// PutReaction keeps what came with a like that is there already.
func (tx *Tx) PutReaction(m camp.MemberID, p camp.PostID, r camp.Reaction) error {
	key := kFav.at(up(m), down(p))
	var v markV1
	if ok, err := tx.load(key, &v); err != nil || !ok {
		return err
	}
	v.Sign, v.Pic, v.URI = r.Sign, r.Pic, r.URI
	if r.URI != "" {
		if err := tx.put(kAct.at(actMark(m, r.URI)), up(p)); err != nil {
			return err
		}
	}
	return tx.save(key, v)
}

func actMark(m camp.MemberID, uri string) []byte { return mark16(m.String() + "\x00" + uri) }

// Reaction gives what came with a like.
func (tx *Tx) Reaction(m camp.MemberID, p camp.PostID) (camp.Reaction, error) {
	var v markV1
	_, err := tx.load(kFav.at(up(m), down(p)), &v)
	return camp.Reaction{Sign: v.Sign, Pic: v.Pic, URI: v.URI}, err
}

// LikedBy gives the post that somebody likes by the act with this id.
func (tx *Tx) LikedBy(m camp.MemberID, uri string) (p camp.PostID, ok bool, err error) {
	b, err := tx.get(kAct.at(actMark(m, uri)))
	if errors.Is(err, ErrNone) {
		return 0, false, nil
	}
	if err != nil || len(b) != 8 {
		return 0, false, errors.Join(err, lengthIs(kAct, b, 8))
	}
	return camp.PostID(binary.BigEndian.Uint64(b)), true, nil
}

// actKey gives the row by which the mark under own is found by its act, none
// where it came without.
func (tx *Tx) actKey(own []byte, m camp.MemberID) ([][]byte, error) {
	var v markV1
	if ok, err := tx.load(own, &v); err != nil || !ok || v.URI == "" {
		return nil, err
	}
	return [][]byte{kAct.at(actMark(m, v.URI))}, nil
}

// PutPin keeps that somebody elsewhere pinned a post to their profile.
func (tx *Tx) PutPin(m camp.MemberID, p camp.PostID) error { return tx.put(kPin.at(up(m), up(p)), nil) }

// DropPin takes that back; none is no error.
func (tx *Tx) DropPin(m camp.MemberID, p camp.PostID) error { return tx.del(kPin.at(up(m), up(p))) }

// Pins gives what they pinned, oldest first, at most limit.
func (tx *Tx) Pins(m camp.MemberID, limit int) (list []camp.PostID, err error) {
	keys, err := tx.keysBelow(kPin.at(up(m)), limit)
	for _, key := range keys {
		list = append(list, lastID[camp.PostID](key))
	}
	return list, err
}

// StampFor gives the yes by which a post elsewhere quotes a post here.
func (tx *Tx) StampFor(p camp.PostID, uri string) (s camp.Stamp, ok bool, err error) {
	keys, err := tx.keysBelow(kStampOf.at(up(p)), 0)
	if err != nil {
		return camp.Stamp{}, false, err
	}
	for _, key := range keys {
		if s, ok, err = tx.Stamp(lastID[uint64](key)); err != nil || ok && s.URI == uri {
			return s, ok, err
		}
	}
	return camp.Stamp{}, false, nil
}
