package store

import (
	"encoding/binary"
	"errors"
	"strings"

	"camp/node/camp"
)

type remoteV1 struct {
	URI       string          `cbor:"1,keyasint,omitempty"`
	Domain    camp.Domain     `cbor:"2,keyasint,omitempty"`
	Name      string          `cbor:"3,keyasint,omitempty"`
	At        camp.Domain     `cbor:"4,keyasint,omitempty"`
	Kind      camp.RemoteKind `cbor:"5,keyasint,omitempty"`
	Display   string          `cbor:"6,keyasint,omitempty"`
	About     string          `cbor:"7,keyasint,omitempty"`
	Page      string          `cbor:"8,keyasint,omitempty"`
	Inbox     string          `cbor:"9,keyasint,omitempty"`
	Shared    string          `cbor:"10,keyasint,omitempty"`
	Followers string          `cbor:"11,keyasint,omitempty"`
	Outbox    string          `cbor:"12,keyasint,omitempty"`
	Featured  string          `cbor:"13,keyasint,omitempty"`
	Keys      []remoteKeyV1   `cbor:"14,keyasint,omitempty"`
	Face      string          `cbor:"15,keyasint,omitempty"`
	Banner    string          `cbor:"16,keyasint,omitempty"`
	Fields    []fieldV1       `cbor:"17,keyasint,omitempty"`
	Emoji     []emojiV1       `cbor:"18,keyasint,omitempty"`
	Also      []string        `cbor:"19,keyasint,omitempty"`
	Moved     string          `cbor:"20,keyasint,omitempty"`
	Locked    bool            `cbor:"21,keyasint,omitempty"`
	Indexable bool            `cbor:"22,keyasint,omitempty"`
	Born      int64           `cbor:"23,keyasint,omitempty"`
	Fetched   int64           `cbor:"24,keyasint,omitempty"`
	Gone      int64           `cbor:"25,keyasint,omitempty"`
	Went      int64           `cbor:"26,keyasint,omitempty"`
}

type remoteKeyV1 struct {
	ID  string `cbor:"1,keyasint,omitempty"`
	DER []byte `cbor:"2,keyasint,omitempty"`
}

type fieldV1 struct {
	Name  string `cbor:"1,keyasint,omitempty"`
	Value string `cbor:"2,keyasint,omitempty"`
}

func (v *remoteV1) remote(id camp.MemberID) camp.Remote {
	return camp.Remote{
		ID: id, URI: v.URI, Domain: v.Domain, Name: v.Name, At: v.At, Kind: v.Kind, Display: v.Display, About: v.About, Page: v.Page,
		Inbox: v.Inbox, Shared: v.Shared, Followers: v.Followers, Outbox: v.Outbox, Featured: v.Featured,
		Keys: each(v.Keys, func(k remoteKeyV1) camp.RemoteKey { return camp.RemoteKey(k) }),
		Face: v.Face, Banner: v.Banner, Fields: each(v.Fields, func(f fieldV1) camp.Field { return camp.Field(f) }),
		Emoji: emojiOf(v.Emoji), Also: v.Also, Moved: v.Moved, Locked: v.Locked, Indexable: v.Indexable,
		Born: moment(v.Born), Fetched: moment(v.Fetched), Gone: moment(v.Gone), Went: moment(v.Went),
	}
}

// Remote gives somebody elsewhere.
func (tx *Tx) Remote(id camp.MemberID) (r camp.Remote, ok bool, err error) {
	if tx.views() {
		if r, ok := tx.db.warm.person(id, tx.at); ok {
			return r, true, nil
		}
	}
	b, err := tx.get(kRemote.at(up(id)))
	if errors.Is(err, ErrNone) {
		return camp.Remote{}, false, nil
	}
	if err != nil {
		return camp.Remote{}, false, err
	}
	var v remoteV1
	if err := decode(b, &v); err != nil {
		return camp.Remote{}, false, err
	}
	r = v.remote(id)
	if tx.views() {
		tx.db.warm.keepPerson(r, tx.at, len(b))
	}
	return r, true, nil
}

func (tx *Tx) remoteAt(key []byte) (r camp.Remote, ok bool, err error) {
	b, err := tx.get(key)
	if errors.Is(err, ErrNone) {
		return camp.Remote{}, false, nil
	}
	if err != nil {
		return camp.Remote{}, false, err
	}
	if len(b) != 8 {
		return camp.Remote{}, false, lengthIs(kRemoteURI, b, 8)
	}
	return tx.Remote(camp.MemberID(binary.BigEndian.Uint64(b)))
}

// RemoteByURI gives whoever has this id elsewhere.
func (tx *Tx) RemoteByURI(uri string) (r camp.Remote, ok bool, err error) {
	r, ok, err = tx.remoteAt(kRemoteURI.at(mark16(uri)))
	return r, ok && r.URI == uri, err
}

// handleKey is the key part of a handle; handles are compared without case.
func handleKey(handle string) []byte { return mark16(strings.ToLower(handle)) }

// RemoteByHandle gives whoever is called so: "ana@far.example", in any case.
func (tx *Tx) RemoteByHandle(handle string) (r camp.Remote, ok bool, err error) {
	return tx.remoteAt(kRemoteName.at(handleKey(handle)))
}

// PutRemote writes somebody elsewhere and the index rows; old is what it
// replaces, nil for somebody new. URI and Domain never change.
func (tx *Tx) PutRemote(r camp.Remote, old *camp.Remote) error {
	err := tx.save(kRemote.at(up(r.ID)), remoteV1{
		URI: r.URI, Domain: r.Domain, Name: r.Name, At: r.At, Kind: r.Kind, Display: r.Display, About: r.About, Page: r.Page,
		Inbox: r.Inbox, Shared: r.Shared, Followers: r.Followers, Outbox: r.Outbox, Featured: r.Featured,
		Keys: each(r.Keys, func(k camp.RemoteKey) remoteKeyV1 { return remoteKeyV1(k) }),
		Face: r.Face, Banner: r.Banner, Fields: each(r.Fields, func(f camp.Field) fieldV1 { return fieldV1(f) }),
		Emoji: emojiV1s(r.Emoji), Also: r.Also, Moved: r.Moved, Locked: r.Locked, Indexable: r.Indexable,
		Born: millis(r.Born), Fetched: millis(r.Fetched), Gone: millis(r.Gone), Went: millis(r.Went),
	})
	if err != nil {
		return err
	}
	if old == nil {
		err := errors.Join(
			tx.put(kRemoteURI.at(mark16(r.URI)), up(r.ID)), tx.put(kRemoteHost.at(word(string(r.Domain)), up(r.ID)), nil),
			tx.PutDue(camp.Due{Person: r.ID, At: tx.now.Add(dueAfter)}),
		)
		if err != nil {
			return err
		}
	}
	if err := tx.putResidence(r, old); err != nil {
		return err
	}
	if old != nil && old.Handle() == r.Handle() {
		return nil
	}
	if old != nil {
		if err := tx.dropHandle(*old); err != nil {
			return err
		}
	}
	return tx.put(kRemoteName.at(handleKey(r.Handle())), up(r.ID))
}

// dropHandle frees a handle where it still leads to its owner.
func (tx *Tx) dropHandle(r camp.Remote) error {
	has, ok, err := tx.RemoteByHandle(r.Handle())
	if err != nil || !ok || has.ID != r.ID {
		return err
	}
	return tx.del(kRemoteName.at(handleKey(r.Handle())))
}

// DropRemote forgets somebody elsewhere. What they wrote and whom they follow
// is the caller's to take away first.
func (tx *Tx) DropRemote(r camp.Remote) error {
	if err := tx.dropHandle(r); err != nil {
		return err
	}
	for _, d := range r.Hosts() {
		if err := tx.del(residentKey(d, r.ID)); err != nil {
			return err
		}
	}
	return errors.Join(
		tx.DropDue(camp.Due{Person: r.ID}),
		tx.del(kRemoteURI.at(mark16(r.URI))),
		tx.del(kRemoteHost.at(word(string(r.Domain)), up(r.ID))),
		tx.del(kRemote.at(up(r.ID))),
	)
}

// RemotesOf gives those known of a server, by id, after one of them, at most limit.
func (tx *Tx) RemotesOf(d camp.Domain, after camp.MemberID, limit int) ([]camp.Remote, error) {
	prefix := kRemoteHost.at(word(string(d)))
	var ids []camp.MemberID
	err := tx.scan(prefix, append(append([]byte(nil), prefix...), up(after+1)...), true, func(key, _ []byte) bool {
		ids = append(ids, lastID[camp.MemberID](key))
		return len(ids) < limit
	})
	if err != nil {
		return nil, err
	}
	list := make([]camp.Remote, 0, len(ids))
	for _, id := range ids {
		r, ok, err := tx.Remote(id)
		if err != nil {
			return nil, err
		}
		if ok {
			list = append(list, r)
		}
	}
	return list, nil
}

// Servers gives the names of the servers of which somebody is known, after one
// of them in the order of bytes, at most limit.
func (tx *Tx) Servers(after camp.Domain, limit int) ([]camp.Domain, error) {
	var list []camp.Domain
	for len(list) < limit {
		from := kRemoteHost.at(word(string(after)), up(^uint64(0)))
		var next camp.Domain
		err := tx.scan(kRemoteHost.at(), from, true, func(key, _ []byte) bool {
			name := camp.Domain(key[len(kRemoteHost.prefix) : len(key)-9])
			if name == after {
				return true
			}
			next = name
			return false
		})
		if err != nil || next == "" {
			return list, err
		}
		list, after = append(list, next), next
	}
	return list, nil
}
