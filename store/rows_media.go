package store

import (
	"time"

	"camp/node/camp"
)

type mediaV1 struct {
	Owner  camp.MemberID `cbor:"1,keyasint,omitempty"`
	Post   camp.PostID   `cbor:"2,keyasint,omitempty"`
	Hash   string        `cbor:"3,keyasint,omitempty"`
	Thumb  string        `cbor:"4,keyasint,omitempty"`
	Type   string        `cbor:"5,keyasint,omitempty"`
	Width  int           `cbor:"6,keyasint,omitempty"`
	Height int           `cbor:"7,keyasint,omitempty"`
	Bytes  int64         `cbor:"8,keyasint,omitempty"`
	Made   int64         `cbor:"9,keyasint,omitempty"`
	Avatar bool          `cbor:"10,keyasint,omitempty"`
	Alt    string        `cbor:"11,keyasint,omitempty"`
	Blur   string        `cbor:"12,keyasint,omitempty"`
}

type mediaOfV1 struct {
	Bytes int64 `cbor:"1,keyasint,omitempty"`
}

// Media gives one use of a stored file.
func (tx *Tx) Media(id camp.MediaID) (f camp.MediaFile, ok bool, err error) {
	var v mediaV1
	if ok, err = tx.load(kMedia.at(word(string(id))), &v); !ok || err != nil {
		return camp.MediaFile{}, false, err
	}
	return camp.MediaFile{
		ID: id, Owner: v.Owner, Post: v.Post, Hash: v.Hash, Thumb: v.Thumb, Type: v.Type,
		Width: v.Width, Height: v.Height, Bytes: v.Bytes, Made: moment(v.Made), Avatar: v.Avatar, Alt: v.Alt, Blur: v.Blur,
	}, true, nil
}

// PutMedia writes a use and its index rows. Owner, hashes and the time it was
// made never change; Post does, once a post takes it.
func (tx *Tx) PutMedia(f camp.MediaFile) error {
	id := word(string(f.ID))
	err := tx.save(kMedia.at(id), mediaV1{
		Owner: f.Owner, Post: f.Post, Hash: f.Hash, Thumb: f.Thumb, Type: f.Type,
		Width: f.Width, Height: f.Height, Bytes: f.Bytes, Made: millis(f.Made), Avatar: f.Avatar, Alt: f.Alt, Blur: f.Blur,
	})
	if err != nil {
		return err
	}
	if err := tx.save(kMediaOf.at(up(f.Owner), id), mediaOfV1{Bytes: f.Bytes}); err != nil {
		return err
	}
	for _, hash := range hashesIn(&f) {
		if err := tx.put(kMediaHash.at(word(hash), id), nil); err != nil {
			return err
		}
		if err := tx.del(kMediaOrphan.at(word(hash))); err != nil {
			return err
		}
	}
	free := kMediaFree.at(timeKey(f.Made), id)
	if f.Post != 0 {
		return tx.del(free)
	}
	return tx.put(free, nil)
}

// hashesIn gives the hashes of the files that a use names.
func hashesIn(f *camp.MediaFile) []string {
	if f.Thumb == "" || f.Thumb == f.Hash {
		return []string{f.Hash}
	}
	return []string{f.Hash, f.Thumb}
}

// DropMedia ends a use; a file that nothing uses any more becomes an orphan.
// None is no error.
func (tx *Tx) DropMedia(id camp.MediaID) error {
	f, ok, err := tx.Media(id)
	if err != nil || !ok {
		return err
	}
	key := word(string(id))
	err = tx.delAll([][]byte{kMedia.at(key), kMediaOf.at(up(f.Owner), key), kMediaFree.at(timeKey(f.Made), key)}, nil)
	if err != nil {
		return err
	}
	for _, hash := range hashesIn(&f) {
		if err := tx.del(kMediaHash.at(word(hash), key)); err != nil {
			return err
		}
		left, err := tx.keysBelow(kMediaHash.at(word(hash)), 1)
		if err != nil {
			return err
		}
		if len(left) == 0 {
			if err := tx.put(kMediaOrphan.at(word(hash)), nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// MediaUses counts the uses that name the file of this hash, also as small version.
func (tx *Tx) MediaUses(hash string) (int, error) {
	keys, err := tx.keysBelow(kMediaHash.at(word(hash)), 0)
	return len(keys), err
}

// MediaOf gives a person's uses.
func (tx *Tx) MediaOf(m camp.MemberID) ([]camp.MediaFile, error) {
	keys, err := tx.keysBelow(kMediaOf.at(up(m)), 0)
	if err != nil {
		return nil, err
	}
	list := make([]camp.MediaFile, 0, len(keys))
	for _, key := range keys {
		f, ok, err := tx.Media(camp.MediaID(kMediaOf.tail(key[:len(key)-1], 8)))
		if err != nil {
			return nil, err
		}
		if ok {
			list = append(list, f)
		}
	}
	return list, nil
}

// MediaLoose gives uses made before the time that belong to no post, nor to a
// person's or the camp's face, oldest first, at most limit.
func (tx *Tx) MediaLoose(before time.Time, limit int) ([]camp.MediaFile, error) {
	house, _, err := tx.House()
	if err != nil {
		return nil, err
	}
	keys, err := tx.keysBelow(kMediaFree.at(), 0)
	if err != nil {
		return nil, err
	}
	var list []camp.MediaFile
	for _, key := range keys {
		f, ok, err := tx.Media(camp.MediaID(kMediaFree.tail(key[:len(key)-1], 8)))
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		if !f.Made.Before(before) || len(list) == limit {
			break
		}
		m, _, err := tx.Member(f.Owner)
		if err != nil {
			return nil, err
		}
		if f.ID != m.Picture && f.ID != house.Picture {
			list = append(list, f)
		}
	}
	return list, nil
}

// OrphanHashes gives hashes of files that nothing uses, at most limit.
func (tx *Tx) OrphanHashes(limit int) ([]string, error) {
	keys, err := tx.keysBelow(kMediaOrphan.at(), limit)
	if err != nil {
		return nil, err
	}
	list := make([]string, len(keys))
	for i, key := range keys {
		list[i] = kMediaOrphan.tail(key[:len(key)-1], 0)
	}
	return list, nil
}

// DropOrphan forgets a hash whose file has gone.
func (tx *Tx) DropOrphan(hash string) error { return tx.del(kMediaOrphan.at(word(hash))) }

// MediaBytes gives what a person's files take, in bytes.
func (tx *Tx) MediaBytes(m camp.MemberID) (int64, error) {
	var n int64
	err := tx.all(kMediaOf.at(up(m)), 0, func(_, value []byte) error {
		var v mediaOfV1
		if err := decode(value, &v); err != nil {
			return err
		}
		n += v.Bytes
		return nil
	})
	return n, err
}
