package store

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"camp/node/camp"
)

// Letters of a person's, in the conversations that they make: a letter belongs
// to the one of the letter that it answers, else it begins one. Each person has
// rows of their own, so that nobody's list says what others wrote to each other.

// parties are the people of this camp who wrote a letter or are named in it;
// nobody for any other post.
func (tx *Tx) parties(p *camp.Post) ([]camp.MemberID, error) {
	if p.Audience != camp.AudienceLetter {
		return nil, nil
	}
	var list []camp.MemberID
	for _, m := range append([]camp.MemberID{p.Author}, p.Mentions...) {
		here, err := tx.exists(kMember.at(up(m)))
		if err != nil {
			return nil, err
		}
		if here && !slices.Contains(list, m) {
			list = append(list, m)
		}
	}
	return list, nil
}

// retalk brings the rows of a letter from what it was to what it is.
func (tx *Tx) retalk(p, old *camp.Post) error {
	if p.Audience != camp.AudienceLetter {
		return nil
	}
	var was []camp.MemberID
	if old != nil {
		if old.ReplyTo == p.ReplyTo && old.Root == p.Root && slices.Equal(old.Mentions, p.Mentions) {
			return nil
		}
		var err error
		if was, err = tx.parties(old); err != nil {
			return err
		}
	}
	is, err := tx.parties(p)
	if err != nil {
		return err
	}
	for _, m := range was {
		if !slices.Contains(is, m) {
			if err := tx.dropTalk(m, p.ID); err != nil {
				return err
			}
		}
	}
	for _, m := range is {
		if err := tx.hangTalk(m, p); err != nil {
			return err
		}
	}
	return nil
}

// hangTalk puts a letter into the conversation where it belongs. One that began
// a conversation takes along what is in that.
func (tx *Tx) hangTalk(m camp.MemberID, p *camp.Post) error {
	was, there, err := tx.TalkOf(m, p.ID)
	if err != nil {
		return err
	}
	now, err := tx.talkFor(m, p)
	if err != nil || there && was == now {
		return err
	}
	ids := []camp.PostID{p.ID}
	if there && was == p.ID {
		if ids, err = tx.LettersIn(m, was, 0); err != nil {
			return err
		}
	}
	for _, id := range ids {
		if err := tx.dropTalk(m, id); err != nil {
			return err
		}
	}
	for _, id := range ids {
		if err := tx.putTalk(m, id, now); err != nil {
			return err
		}
	}
	return nil
}

// talkFor is the conversation where a letter belongs: that of what it answers,
// or where that is gone of what began the thread.
func (tx *Tx) talkFor(m camp.MemberID, p *camp.Post) (camp.PostID, error) {
	for _, above := range []camp.PostID{p.ReplyTo, p.Root} {
		if above == 0 || above == p.ID {
			continue
		}
		if talk, ok, err := tx.TalkOf(m, above); err != nil || ok {
			return talk, err
		}
	}
	return p.ID, nil
}

// TalkOf gives the conversation that a letter is in, as somebody has it.
func (tx *Tx) TalkOf(m camp.MemberID, letter camp.PostID) (talk camp.PostID, ok bool, err error) {
	b, err := tx.get(kTalkOf.at(up(m), up(letter)))
	if errors.Is(err, ErrNone) {
		return 0, false, nil
	}
	if err != nil || len(b) != 8 {
		return 0, false, errors.Join(err, lengthIs(kTalkOf, b, 8))
	}
	return camp.PostID(binary.BigEndian.Uint64(b)), true, nil
}

func (tx *Tx) putTalk(m camp.MemberID, letter, talk camp.PostID) error {
	newest, err := tx.LettersIn(m, talk, 1)
	if err != nil {
		return err
	}
	if err := errors.Join(tx.put(kTalkOf.at(up(m), up(letter)), up(talk)), tx.put(kTalkIn.at(up(m), up(talk), down(letter)), nil)); err != nil {
		return err
	}
	if len(newest) > 0 {
		if newest[0] >= letter {
			return nil
		}
		if err := tx.del(kTalk.at(up(m), down(newest[0]))); err != nil {
			return err
		}
	}
	return tx.put(kTalk.at(up(m), down(letter)), up(talk))
}

func (tx *Tx) dropTalk(m camp.MemberID, letter camp.PostID) error {
	talk, ok, err := tx.TalkOf(m, letter)
	if err != nil || !ok {
		return err
	}
	two, err := tx.LettersIn(m, talk, 2)
	if err != nil {
		return err
	}
	keys := [][]byte{kTalkOf.at(up(m), up(letter)), kTalkIn.at(up(m), up(talk), down(letter))}
	if len(two) == 0 || two[0] != letter {
		return tx.delAll(keys, nil)
	}
	keys = append(keys, kTalk.at(up(m), down(letter)))
	if len(two) == 1 { // the last
		return tx.delAll(append(keys, kTalkRead.at(up(m), up(talk))), nil)
	}
	if err := tx.delAll(keys, nil); err != nil {
		return err
	}
	return tx.put(kTalk.at(up(m), down(two[1])), up(talk))
}

// dropTalks takes a letter out of everybody's conversations.
func (tx *Tx) dropTalks(p *camp.Post) error {
	if p.Audience != camp.AudienceLetter {
		return nil
	}
	for _, m := range append([]camp.MemberID{p.Author}, p.Mentions...) {
		if err := tx.dropTalk(m, p.ID); err != nil {
			return err
		}
	}
	return nil
}

// Talks gives a page of somebody's conversations by letters, by the newest
// letter of each.
func (tx *Tx) Talks(m camp.MemberID, p camp.Page) ([]camp.TalkRef, error) {
	var list []camp.TalkRef
	err := tx.newest(kTalk.at(up(m)), p, false, func(id uint64, value []byte) (bool, error) {
		if err := lengthIs(kTalk, value, 8); err != nil {
			return false, err
		}
		list = append(list, camp.TalkRef{ID: camp.PostID(binary.BigEndian.Uint64(value)), Newest: camp.PostID(id)})
		return len(list) < p.Size(), nil
	})
	if p.Climb {
		slices.Reverse(list)
	}
	return list, err
}

// LettersIn gives the letters of a conversation, newest first, at most limit; 0 for all.
func (tx *Tx) LettersIn(m camp.MemberID, talk camp.PostID, limit int) ([]camp.PostID, error) {
	keys, err := tx.keysBelow(kTalkIn.at(up(m), up(talk)), limit)
	list := make([]camp.PostID, 0, len(keys))
	for _, key := range keys {
		list = append(list, lastDownID[camp.PostID](key))
	}
	return list, err
}

type talkReadV1 struct {
	UpTo camp.PostID `cbor:"1,keyasint,omitempty"`
}

// PutTalkRead keeps up to which letter somebody has read a conversation; loose.
func (tx *Tx) PutTalkRead(m camp.MemberID, talk, upTo camp.PostID) error {
	return tx.save(kTalkRead.at(up(m), up(talk)), talkReadV1{UpTo: upTo})
}

// TalkRead gives it, 0 for none.
func (tx *Tx) TalkRead(m camp.MemberID, talk camp.PostID) (camp.PostID, error) {
	var v talkReadV1
	_, err := tx.load(kTalkRead.at(up(m), up(talk)), &v)
	return v.UpTo, err
}

// dropTalksOf forgets at most limit rows of somebody's conversations.
func (tx *Tx) dropTalksOf(m camp.MemberID, limit int) (more bool, err error) {
	for _, k := range []*kind{kTalk, kTalkIn, kTalkOf, kTalkRead} {
		keys, err := tx.keysBelow(k.at(up(m)), limit)
		if err != nil {
			return false, err
		}
		if len(keys) > 0 {
			return true, tx.delAll(keys, nil)
		}
	}
	return false, nil
}

// keyTalks says that the letters are in their conversations: a store from before
// there were such rows, or from a backup, is put in order once.
var keyTalks = kSys.at([]byte("talks"))

// talksSlice is how many letters one step of that takes.
const talksSlice = 500

// indexTalks puts the letters into their conversations, where that was never
// done. It may be ended between two steps, and then goes on at the next start.
func (db *DB) indexTalks(ctx context.Context) error {
	letters, done, err := db.lettersToIndex(ctx)
	if err != nil || done {
		return err
	}
	for len(letters) > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		n := min(len(letters), talksSlice)
		err := db.direct(func(tx *Tx) error {
			for _, id := range letters[:n] {
				if err := tx.indexLetter(id); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("put letters in order: %w", err)
		}
		letters = letters[n:]
	}
	return db.direct(func(tx *Tx) error { return tx.put(keyTalks, []byte{1}) })
}

// talksInOrder reports whether the rows of a store without that word are such
// that nothing is left to do: there is no letter, or the rows came with them.
func (db *DB) talksInOrder(ctx context.Context) (bool, error) {
	letters, _, err := db.lettersToIndex(ctx)
	if err != nil || len(letters) == 0 {
		return err == nil, err
	}
	some := false
	err = db.View(ctx, func(tx *Tx) error {
		keys, err := tx.keysBelow(kTalkOf.at(), 1)
		some = len(keys) > 0
		return err
	})
	return some, err
}

func (tx *Tx) indexLetter(id camp.PostID) error {
	p, ok, err := tx.Post(id)
	if err != nil || !ok {
		return err
	}
	return tx.retalk(&p, nil)
}

// lettersToIndex gives all letters, oldest first; done says that they are in order.
func (db *DB) lettersToIndex(ctx context.Context) (list []camp.PostID, done bool, err error) {
	err = db.View(ctx, func(tx *Tx) error {
		if done, err = tx.exists(keyTalks); err != nil || done {
			return err
		}
		for _, k := range []*kind{kPost, kReply, kFar} {
			err := tx.all(k.at(), 0, func(key, value []byte) error {
				p, err := decodePost(lastDownID[camp.PostID](key), value)
				if err == nil && p.Audience == camp.AudienceLetter {
					list = append(list, p.ID)
				}
				return errors.Join(err, ctx.Err())
			})
			if err != nil {
				return fmt.Errorf("look for letters: %w", err)
			}
		}
		slices.Sort(list)
		return nil
	})
	return list, done, err
}
