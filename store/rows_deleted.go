package store

import (
	"time"

	"camp/node/camp"
)

// MarkDeleted keeps that a post of a member's was deleted, so that an older
// backup does not bring it back.
func (tx *Tx) MarkDeleted(id camp.PostID) error {
	return tx.put(kDeleted.at(up(uint64(millis(tx.now))), up(id)), nil)
}

// DeletedPosts gives them all, by the time they were deleted, oldest first.
func (tx *Tx) DeletedPosts() ([]camp.PostID, error) {
	keys, err := tx.keysBelow(kDeleted.at(), 0)
	if err != nil {
		return nil, err
	}
	list := make([]camp.PostID, len(keys))
	for i, key := range keys {
		list[i] = lastID[camp.PostID](key)
	}
	return list, nil
}

// ForgetDeleted forgets which posts were deleted before a time, at most limit.
func (tx *Tx) ForgetDeleted(before time.Time, limit int) (more bool, err error) {
	keys, err := tx.keysBelow(kDeleted.at(), limit)
	if err != nil {
		return false, err
	}
	for i, key := range keys {
		if idAt[uint64](key, len(kDeleted.prefix)) >= uint64(millis(before)) {
			return false, tx.delAll(keys[:i], nil)
		}
	}
	return len(keys) == limit, tx.delAll(keys, nil)
}
