package store

import (
	"crypto/sha256"
	"errors"
	"fmt"

	"camp/node/camp"
)

// Letters to other servers: one row for each activity, one for each inbox that it
// goes to. Both are written by Update; what came of a try may be written by Loose,
// as a letter that is sent again after a power cut keeps its id.

var errNoLetter = errors.New("store: a letter without leave")

type letterV1 struct {
	URI      string          `cbor:"1,keyasint,omitempty"`
	Object   string          `cbor:"2,keyasint,omitempty"`
	Body     []byte          `cbor:"3,keyasint,omitempty"`
	By       camp.MemberID   `cbor:"4,keyasint,omitempty"`
	Post     camp.PostID     `cbor:"5,keyasint,omitempty"`
	Audience camp.Audience   `cbor:"6,keyasint,omitempty"`
	Do       camp.ErrandKind `cbor:"7,keyasint,omitempty"`
	At       int64           `cbor:"8,keyasint,omitempty"`
}

// PutLetter keeps a letter. A new one is given its id and its time; one without
// leave is refused.
func (tx *Tx) PutLetter(l camp.Letter) (camp.Letter, error) {
	if !l.Leave() {
		return camp.Letter{}, errNoLetter
	}
	r := l.Row()
	if r.ID == 0 {
		r.ID, r.At = tx.NextID(), tx.Now()
	}
	err := tx.save(kLetter.at(up(r.ID)), letterV1{
		URI: r.URI, Object: r.Object, Body: r.Body, By: r.By, Post: r.Post, Audience: r.Audience, Do: r.Do, At: millis(r.At),
	})
	return camp.LetterReadBack(r), err
}

// Letter gives one.
func (tx *Tx) Letter(id uint64) (l camp.Letter, ok bool, err error) {
	var v letterV1
	if ok, err = tx.load(kLetter.at(up(id)), &v); !ok || err != nil {
		return camp.Letter{}, false, err
	}
	return camp.LetterReadBack(camp.LetterRow{
		ID: id, URI: v.URI, Object: v.Object, Body: v.Body, By: v.By, Post: v.Post, Audience: v.Audience, Do: v.Do, At: moment(v.At),
	}), true, nil
}

type orderV1 struct {
	Host   string          `cbor:"1,keyasint,omitempty"`
	Inbox  string          `cbor:"2,keyasint,omitempty"`
	Shared bool            `cbor:"3,keyasint,omitempty"`
	Do     camp.ErrandKind `cbor:"4,keyasint,omitempty"`
	Object uint64          `cbor:"5,keyasint,omitempty"`
	Tries  int             `cbor:"6,keyasint,omitempty"`
	Next   int64           `cbor:"7,keyasint,omitempty"`
	Last   string          `cbor:"8,keyasint,omitempty"`
}

// orderKey lies below its letter; the inbox stands there by the half of its hash.
func orderKey(letter uint64, inbox string) []byte {
	sum := sha256.Sum256([]byte(inbox))
	return kOrder.at(up(letter), sum[:16])
}

// PutOrder keeps an order, or what came of a try.
func (tx *Tx) PutOrder(o camp.Order) error {
	return tx.save(orderKey(o.Letter, o.Inbox), orderV1{
		Host: string(o.Host), Inbox: o.Inbox, Shared: o.Shared, Do: o.Do, Object: o.Object, Tries: o.Tries, Next: millis(o.Next), Last: o.Last,
	})
}

// Orders hands over every order, by letter, oldest first.
func (tx *Tx) Orders(fn func(camp.Order) error) error {
	return tx.all(kOrder.at(), 0, func(key, value []byte) error {
		var v orderV1
		if err := decode(value, &v); err != nil {
			return err
		}
		return fn(camp.Order{
			Letter: idAt[uint64](key, len(kOrder.prefix)), Host: camp.Domain(v.Host), Inbox: v.Inbox, Shared: v.Shared, Do: v.Do, Object: v.Object,
			Tries: v.Tries, Next: moment(v.Next), Last: v.Last,
		})
	})
}

// DropOrders ends orders, and the letters that nobody waits for any more.
func (tx *Tx) DropOrders(list []camp.Order) error {
	letters := map[uint64]bool{}
	for _, o := range list {
		if err := tx.del(orderKey(o.Letter, o.Inbox)); err != nil {
			return err
		}
		letters[o.Letter] = true
	}
	for id := range letters {
		left, err := tx.keysBelow(kOrder.at(up(id)), 1)
		if err != nil {
			return err
		}
		if len(left) > 0 {
			continue
		}
		if err := tx.del(kLetter.at(up(id))); err != nil {
			return fmt.Errorf("drop a letter: %w", err)
		}
	}
	return nil
}

type roadV1 struct {
	Failed  []int         `cbor:"1,keyasint,omitempty"`
	Asleep  int64         `cbor:"2,keyasint,omitempty"`
	Since   int64         `cbor:"3,keyasint,omitempty"`
	Next    int64         `cbor:"4,keyasint,omitempty"`
	Success int64         `cbor:"5,keyasint,omitempty"`
	Slow    bool          `cbor:"6,keyasint,omitempty"`
	Form    camp.SignForm `cbor:"7,keyasint,omitempty"`
	FormAt  int64         `cbor:"8,keyasint,omitempty"`
	Last    string        `cbor:"9,keyasint,omitempty"`
}

// PutRoad keeps what is known of how a server takes letters.
func (tx *Tx) PutRoad(r camp.Road) error {
	return tx.save(kRoad.at([]byte(r.Host)), roadV1{
		Failed: r.Failed, Asleep: millis(r.Asleep), Since: millis(r.Since), Next: millis(r.Next), Success: millis(r.Success), Slow: r.Slow,
		Form: r.Form, FormAt: millis(r.FormAt), Last: r.Last,
	})
}

// Roads gives all of them, by name.
func (tx *Tx) Roads() ([]camp.Road, error) {
	var list []camp.Road
	err := tx.all(kRoad.at(), 0, func(key, value []byte) error {
		var v roadV1
		if err := decode(value, &v); err != nil {
			return err
		}
		list = append(list, camp.Road{
			Host: camp.Domain(kRoad.tail(key, 0)), Failed: v.Failed, Asleep: moment(v.Asleep), Since: moment(v.Since), Next: moment(v.Next),
			Success: moment(v.Success), Slow: v.Slow, Form: v.Form, FormAt: moment(v.FormAt), Last: v.Last,
		})
		return nil
	})
	return list, err
}

// DropRoad forgets it.
func (tx *Tx) DropRoad(host camp.Domain) error { return tx.del(kRoad.at([]byte(host))) }
