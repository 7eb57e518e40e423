package store

import (
	"errors"
	"time"

	"camp/node/camp"
)

type wantedV1 struct {
	Do    camp.WantedKind `cbor:"1,keyasint,omitempty"`
	URI   string          `cbor:"2,keyasint,omitempty"`
	By    camp.MemberID   `cbor:"3,keyasint,omitempty"`
	Post  camp.PostID     `cbor:"4,keyasint,omitempty"`
	Whom  camp.MemberID   `cbor:"5,keyasint,omitempty"`
	About string          `cbor:"6,keyasint,omitempty"`
	At    int64           `cbor:"7,keyasint,omitempty"`
	Depth int             `cbor:"8,keyasint,omitempty"`
	Since int64           `cbor:"9,keyasint,omitempty"`
	Tries int             `cbor:"10,keyasint,omitempty"`
	Next  int64           `cbor:"11,keyasint,omitempty"`
}

func wantedKey(host camp.Domain, mark string) []byte {
	return kWanted.at(word(string(host)), mark16(mark))
}

func (v *wantedV1) wanted(host camp.Domain) camp.Wanted {
	return camp.Wanted{
		Do: v.Do, URI: v.URI, Host: host, By: v.By, Post: v.Post, Whom: v.Whom, About: v.About, At: moment(v.At), Depth: v.Depth,
		Since: moment(v.Since), Tries: v.Tries, Next: moment(v.Next),
	}
}

// AddWanted keeps what is to be fetched, from now on. kept is false where the
// same is wanted already, and where too much is of that server. How much is
// wanted in all is the caller's to bound.
func (tx *Tx) AddWanted(w camp.Wanted) (kept bool, err error) {
	there, err := tx.exists(wantedKey(w.Host, w.Mark()))
	if err != nil || there {
		return false, err
	}
	keys, err := tx.keysBelow(kWanted.at(word(string(w.Host))), camp.MaxWantedHost)
	if err != nil || len(keys) >= camp.MaxWantedHost {
		return false, err
	}
	w.Since, w.Tries = tx.now, 0
	return true, tx.putWanted(w)
}

func (tx *Tx) putWanted(w camp.Wanted) error {
	return tx.save(wantedKey(w.Host, w.Mark()), wantedV1{
		Do: w.Do, URI: w.URI, By: w.By, Post: w.Post, Whom: w.Whom, About: w.About, At: millis(w.At), Depth: w.Depth,
		Since: millis(w.Since), Tries: w.Tries, Next: millis(w.Next),
	})
}

// WantedAgain puts off what did not come, if it is still wanted.
func (tx *Tx) WantedAgain(w camp.Wanted, tries int, next time.Time) error {
	is, ok, err := tx.Wanted(w)
	if err != nil || !ok {
		return err
	}
	is.Tries, is.Next = tries, next
	return tx.putWanted(is)
}

// Wanted gives the row with the same mark, as it stands.
func (tx *Tx) Wanted(w camp.Wanted) (is camp.Wanted, ok bool, err error) {
	var v wantedV1
	ok, err = tx.load(wantedKey(w.Host, w.Mark()), &v)
	return v.wanted(w.Host), ok, err
}

// DropWanted ends it; none is no error.
func (tx *Tx) DropWanted(w camp.Wanted) error {
	key := wantedKey(w.Host, w.Mark())
	if there, err := tx.exists(key); err != nil || !there {
		return err
	}
	return tx.del(key)
}

// EachWanted hands over all that is wanted.
func (tx *Tx) EachWanted(fn func(camp.Wanted) error) error {
	return tx.all(kWanted.at(), 0, func(key, value []byte) error {
		var v wantedV1
		if err := decode(value, &v); err != nil {
			return err
		}
		if len(key) < len(kWanted.prefix)+17 {
			return errors.New("store: a row of wanted/ has a short key")
		}
		return fn(v.wanted(camp.Domain(key[len(kWanted.prefix) : len(key)-17])))
	})
}
