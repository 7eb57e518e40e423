package store

import (
	"slices"

	"camp/node/camp"
)

type sieveV1 struct {
	Last  camp.PostID `cbor:"1,keyasint,omitempty"`
	Posts int         `cbor:"2,keyasint,omitempty"`
	Bits  []byte      `cbor:"3,keyasint,omitempty"`
}

// PutSieve keeps a sieve, in place of the one that begins with the same post.
func (tx *Tx) PutSieve(s camp.Sieve) error {
	return tx.save(kSieve.at(down(s.First)), sieveV1{Last: s.Last, Posts: s.Posts, Bits: s.Bits})
}

// Sieves gives sieves that begin before the post (0: all), newest first, at most limit.
func (tx *Tx) Sieves(before camp.PostID, limit int) ([]camp.Sieve, error) {
	var list []camp.Sieve
	err := tx.newest(kSieve.at(), camp.Page{Before: uint64(before)}, false, func(id uint64, value []byte) (bool, error) {
		var v sieveV1
		if err := decode(value, &v); err != nil {
			return false, err
		}
		list = append(list, camp.Sieve{First: camp.PostID(id), Last: v.Last, Posts: v.Posts, Bits: v.Bits})
		return len(list) < limit, nil
	})
	return list, err
}

// SieveOver gives the sieve that covers the post.
func (tx *Tx) SieveOver(p camp.PostID) (s camp.Sieve, ok bool, err error) {
	list, err := tx.Sieves(p+1, 1)
	if err != nil || len(list) == 0 || list[0].Last < p {
		return camp.Sieve{}, false, err
	}
	return list[0], true, nil
}

// PutResift asks that the run of this post be sifted anew.
func (tx *Tx) PutResift(p camp.PostID) error { return tx.put(kResift.at(up(p)), nil) }

// Resifts gives posts whose runs are to be sifted anew, at most limit.
func (tx *Tx) Resifts(limit int) ([]camp.PostID, error) {
	keys, err := tx.keysBelow(kResift.at(), limit)
	if err != nil {
		return nil, err
	}
	list := make([]camp.PostID, len(keys))
	for i, key := range keys {
		list[i] = lastID[camp.PostID](key)
	}
	return list, nil
}

// DropResift says that it was done.
func (tx *Tx) DropResift(p camp.PostID) error { return tx.del(kResift.at(up(p))) }

// PostIDsAfter gives the ids of all posts newer than the id, oldest first.
func (tx *Tx) PostIDsAfter(after camp.PostID) ([]camp.PostID, error) {
	var ids []camp.PostID
	for _, k := range []*kind{kPost, kReply} {
		err := tx.newest(k.at(), camp.Page{After: uint64(after)}, true, func(id uint64, _ []byte) (bool, error) {
			ids = append(ids, camp.PostID(id))
			return true, nil
		})
		if err != nil {
			return nil, err
		}
	}
	slices.Sort(ids)
	return ids, nil
}

// PostsBetween gives the posts from first to last, both included, newest first,
// at most limit.
func (tx *Tx) PostsBetween(first, last camp.PostID, limit int) ([]camp.Post, error) {
	page := camp.Page{Before: uint64(last) + 1}
	if first > 0 {
		page.After = uint64(first) - 1
	}
	var list []camp.Post
	for _, k := range []*kind{kPost, kReply} {
		n := 0
		err := tx.newest(k.at(), page, false, func(id uint64, value []byte) (bool, error) {
			p, err := decodePost(camp.PostID(id), value)
			if err != nil {
				return false, err
			}
			list = append(list, p)
			n++
			return n < limit, nil
		})
		if err != nil {
			return nil, err
		}
	}
	slices.SortFunc(list, func(a, b camp.Post) int {
		if a.ID > b.ID {
			return -1
		}
		return 1
	})
	return list[:min(len(list), limit)], nil
}
