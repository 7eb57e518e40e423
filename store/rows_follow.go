package store

import (
	"errors"

	"camp/node/camp"
)

type followV1 struct {
	At       int64  `cbor:"1,keyasint,omitempty"`
	Accepted bool   `cbor:"2,keyasint,omitempty"`
	URI      string `cbor:"3,keyasint,omitempty"`
	NoBoosts bool   `cbor:"4,keyasint,omitempty"`
}

// PutFollow keeps that somebody follows, or asks to. It lies twice: under who,
// and under whom.
func (tx *Tx) PutFollow(f camp.Follow) error {
	v := followV1{At: millis(f.At), Accepted: f.Accepted, URI: f.URI, NoBoosts: f.NoBoosts}
	return errors.Join(
		tx.save(kFollow.at(up(f.From), up(f.To)), v),
		tx.save(kFollower.at(up(f.To), up(f.From)), v),
	)
}

// DropFollow ends it; none is no error.
func (tx *Tx) DropFollow(from, to camp.MemberID) error {
	return errors.Join(tx.del(kFollow.at(up(from), up(to))), tx.del(kFollower.at(up(to), up(from))))
}

// Follow gives it.
func (tx *Tx) Follow(from, to camp.MemberID) (f camp.Follow, ok bool, err error) {
	var v followV1
	if ok, err = tx.load(kFollow.at(up(from), up(to)), &v); !ok || err != nil {
		return camp.Follow{}, false, err
	}
	return v.follow(from, to), true, nil
}

func (v followV1) follow(from, to camp.MemberID) camp.Follow {
	return camp.Follow{From: from, To: to, At: moment(v.At), Accepted: v.Accepted, URI: v.URI, NoBoosts: v.NoBoosts}
}

// FollowsOf gives whom somebody follows or asks to, by id, after one of them,
// at most limit; 0 for all.
func (tx *Tx) FollowsOf(from, after camp.MemberID, limit int) ([]camp.Follow, error) {
	return tx.follows(kFollow, from, after, limit, func(id camp.MemberID, v followV1) camp.Follow { return v.follow(from, id) })
}

// FollowersOf gives who follows somebody or asks to, in the same way.
func (tx *Tx) FollowersOf(to, after camp.MemberID, limit int) ([]camp.Follow, error) {
	return tx.follows(kFollower, to, after, limit, func(id camp.MemberID, v followV1) camp.Follow { return v.follow(id, to) })
}

func (tx *Tx) follows(k *kind, of, after camp.MemberID, limit int, turn func(camp.MemberID, followV1) camp.Follow) ([]camp.Follow, error) {
	var list []camp.Follow
	var inner error
	err := tx.scan(k.at(up(of)), k.at(up(of), up(after+1)), false, func(key, value []byte) bool {
		var v followV1
		if inner = decode(value, &v); inner != nil {
			return false
		}
		list = append(list, turn(lastID[camp.MemberID](key), v))
		return limit == 0 || len(list) < limit
	})
	return list, errors.Join(err, inner)
}

type apartV1 struct {
	At     int64 `cbor:"1,keyasint,omitempty"`
	Muted  bool  `cbor:"2,keyasint,omitempty"`
	Block  bool  `cbor:"3,keyasint,omitempty"`
	Theirs bool  `cbor:"4,keyasint,omitempty"`
}

// PutApart keeps that somebody does not want to see somebody else, or is not
// wanted by them. With none of it the row goes.
func (tx *Tx) PutApart(a camp.Apart) error {
	if !a.Muted && !a.Blocked && !a.Theirs {
		return tx.del(kApart.at(up(a.Who), up(a.Whom)))
	}
	return tx.save(kApart.at(up(a.Who), up(a.Whom)), apartV1{At: millis(a.At), Muted: a.Muted, Block: a.Blocked, Theirs: a.Theirs})
}

// Apart gives it; the zero value stands for nothing of the kind.
func (tx *Tx) Apart(who, whom camp.MemberID) (a camp.Apart, err error) {
	var v apartV1
	if _, err = tx.load(kApart.at(up(who), up(whom)), &v); err != nil {
		return camp.Apart{}, err
	}
	return camp.Apart{Who: who, Whom: whom, At: moment(v.At), Muted: v.Muted, Blocked: v.Block, Theirs: v.Theirs}, nil
}

// ApartOf gives all that somebody keeps away from.
func (tx *Tx) ApartOf(who camp.MemberID) ([]camp.Apart, error) {
	var list []camp.Apart
	err := tx.all(kApart.at(up(who)), 0, func(key, value []byte) error {
		var v apartV1
		if err := decode(value, &v); err != nil {
			return err
		}
		list = append(list, camp.Apart{Who: who, Whom: lastID[camp.MemberID](key), At: moment(v.At), Muted: v.Muted, Blocked: v.Block, Theirs: v.Theirs})
		return nil
	})
	return list, err
}
