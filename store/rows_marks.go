package store

import (
	"time"

	"camp/node/camp"
)

type markV1 struct {
	At   int64  `cbor:"1,keyasint,omitempty"`
	Sign string `cbor:"2,keyasint,omitempty"`
	Pic  string `cbor:"3,keyasint,omitempty"`
	URI  string `cbor:"4,keyasint,omitempty"`
}

// A mark is kept twice: under the member, newest post first, and under the post.

func (tx *Tx) putMark(own, of *kind, m camp.MemberID, p camp.PostID, at time.Time) error {
	if err := tx.put(of.at(up(p), up(m)), nil); err != nil {
		return err
	}
	return tx.save(own.at(up(m), down(p)), markV1{At: millis(at)})
}

func (tx *Tx) dropMark(own, of *kind, m camp.MemberID, p camp.PostID) error {
	key := own.at(up(m), down(p))
	act, err := tx.actKey(key, m)
	if err != nil {
		return err
	}
	return tx.delAll(append(act, of.at(up(p), up(m)), key), nil)
}

func (tx *Tx) marksIn(own *kind, m camp.MemberID, oldest, newest camp.PostID) (map[camp.PostID]bool, error) {
	var marks map[camp.PostID]bool
	page := camp.Page{Before: uint64(newest) + 1}
	if oldest > 0 {
		page.After = uint64(oldest) - 1
	}
	err := tx.newest(own.at(up(m)), page, true, func(id uint64, _ []byte) (bool, error) {
		if marks == nil {
			marks = map[camp.PostID]bool{}
		}
		marks[camp.PostID(id)] = true
		return true, nil
	})
	return marks, err
}

func (tx *Tx) markedBy(of *kind, p camp.PostID, limit int) ([]camp.MemberID, error) {
	keys, err := tx.keysBelow(of.at(up(p)), limit)
	if err != nil {
		return nil, err
	}
	list := make([]camp.MemberID, len(keys))
	for i, key := range keys {
		list[i] = lastID[camp.MemberID](key)
	}
	return list, nil
}

// PutFavourite marks a post as somebody's favourite; twice is as once.
func (tx *Tx) PutFavourite(m camp.MemberID, p camp.PostID, at time.Time) error {
	return tx.putMark(kFav, kFavOf, m, p, at)
}

// DropFavourite takes the mark away; none is no error.
func (tx *Tx) DropFavourite(m camp.MemberID, p camp.PostID) error {
	return tx.dropMark(kFav, kFavOf, m, p)
}

// Favourite reports whether the mark is there.
func (tx *Tx) Favourite(m camp.MemberID, p camp.PostID) (bool, error) {
	return tx.exists(kFav.at(up(m), down(p)))
}

// FavouriteAt gives when a post was marked; zero where it is not.
func (tx *Tx) FavouriteAt(m camp.MemberID, p camp.PostID) (time.Time, error) {
	var v markV1
	if _, err := tx.load(kFav.at(up(m), down(p)), &v); err != nil {
		return time.Time{}, err
	}
	return moment(v.At), nil
}

// FavouritesIn gives which posts between the two ids, both included, somebody
// likes: one range read. The map is nil for none.
func (tx *Tx) FavouritesIn(m camp.MemberID, oldest, newest camp.PostID) (map[camp.PostID]bool, error) {
	return tx.marksIn(kFav, m, oldest, newest)
}

// FavouritesBy gives a page of somebody's favourites, newest post first.
func (tx *Tx) FavouritesBy(m camp.MemberID, p camp.Page) ([]camp.PostID, error) {
	return newestIDs[camp.PostID](tx, kFav.at(up(m)), p)
}

// FavouritedBy gives who likes a post, in the order they came to the camp.
func (tx *Tx) FavouritedBy(p camp.PostID, limit int) ([]camp.MemberID, error) {
	return tx.markedBy(kFavOf, p, limit)
}

// PutKept marks a post as kept by somebody; twice is as once.
func (tx *Tx) PutKept(m camp.MemberID, p camp.PostID, at time.Time) error {
	return tx.putMark(kKept, kKeptOf, m, p, at)
}

// DropKept takes the mark away; none is no error.
func (tx *Tx) DropKept(m camp.MemberID, p camp.PostID) error {
	return tx.dropMark(kKept, kKeptOf, m, p)
}

// KeptMark reports whether the mark is there.
func (tx *Tx) KeptMark(m camp.MemberID, p camp.PostID) (bool, error) {
	return tx.exists(kKept.at(up(m), down(p)))
}

// KeptIn is FavouritesIn for kept posts.
func (tx *Tx) KeptIn(m camp.MemberID, oldest, newest camp.PostID) (map[camp.PostID]bool, error) {
	return tx.marksIn(kKept, m, oldest, newest)
}

// KeptBy gives a page of the posts that somebody kept, newest post first.
func (tx *Tx) KeptBy(m camp.MemberID, p camp.Page) ([]camp.PostID, error) {
	return newestIDs[camp.PostID](tx, kKept.at(up(m)), p)
}

// KeptOf gives who kept a post, in the order they came to the camp.
func (tx *Tx) KeptOf(p camp.PostID, limit int) ([]camp.MemberID, error) {
	return tx.markedBy(kKeptOf, p, limit)
}

type erasingV1 struct {
	Posts bool `cbor:"1,keyasint,omitempty"`
	Only  bool `cbor:"2,keyasint,omitempty"`
}

// PutErasing leaves the job of erasing what an ended membership left behind.
func (tx *Tx) PutErasing(e camp.Erasing) error {
	return tx.save(kErasing.at(up(e.Member)), erasingV1{Posts: e.Posts, Only: e.Only})
}

// Erasings gives the jobs still to do.
func (tx *Tx) Erasings() ([]camp.Erasing, error) {
	var list []camp.Erasing
	err := tx.all(kErasing.at(), 0, func(key, value []byte) error {
		var v erasingV1
		if err := decode(value, &v); err != nil {
			return err
		}
		list = append(list, camp.Erasing{Member: lastID[camp.MemberID](key), Posts: v.Posts, Only: v.Only})
		return nil
	})
	return list, err
}

// DropErasing ends a job.
func (tx *Tx) DropErasing(m camp.MemberID) error { return tx.del(kErasing.at(up(m))) }

// DropMarksOf removes at most limit of what only this person used: kept marks
// and notices, at last the read mark. more says that something may be left.
func (tx *Tx) DropMarksOf(m camp.MemberID, limit int) (more bool, err error) {
	page := camp.Page{Limit: min(limit, 40)}
	kept, err := tx.KeptBy(m, page)
	if err != nil {
		return false, err
	}
	for _, id := range kept {
		if err := tx.DropKept(m, id); err != nil {
			return false, err
		}
	}
	notices, err := tx.Notices(m, page)
	if err != nil {
		return false, err
	}
	for _, n := range notices {
		if err := tx.DropNotice(m, n); err != nil {
			return false, err
		}
	}
	if len(kept)+len(notices) > 0 {
		return true, nil
	}
	if more, err := tx.dropCutOf(m, page.Limit); err != nil || more {
		return more, err
	}
	if more, err := tx.dropTalksOf(m, page.Limit); err != nil || more {
		return more, err
	}
	return false, tx.del(kRead.at(up(m)))
}
