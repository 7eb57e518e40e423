package store

import (
	"time"

	"camp/node/camp"
)

type linkV1 struct {
	Member camp.MemberID `cbor:"1,keyasint,omitempty"`
	Ends   int64         `cbor:"2,keyasint,omitempty"`
}

// PutLink keeps a one-time link.
func (tx *Tx) PutLink(l camp.LinkRow) error {
	if err := tx.put(kLinkOf.at(up(l.Member), word(l.Hash)), nil); err != nil {
		return err
	}
	return tx.save(kLink.at(word(l.Hash)), linkV1{Member: l.Member, Ends: millis(l.Ends)})
}

// Link gives the link of this hash, over or not.
func (tx *Tx) Link(hash string) (l camp.LinkRow, ok bool, err error) {
	var v linkV1
	if ok, err = tx.load(kLink.at(word(hash)), &v); !ok || err != nil {
		return camp.LinkRow{}, false, err
	}
	return camp.LinkRow{Hash: hash, Member: v.Member, Ends: moment(v.Ends)}, true, nil
}

// DropLink forgets it; none is no error.
func (tx *Tx) DropLink(hash string) error {
	l, ok, err := tx.Link(hash)
	if err != nil || !ok {
		return err
	}
	if err := tx.del(kLinkOf.at(up(l.Member), word(hash))); err != nil {
		return err
	}
	return tx.del(kLink.at(word(hash)))
}

// DropLinksOf forgets all links of a person.
func (tx *Tx) DropLinksOf(m camp.MemberID) error {
	hashes, err := tx.hashesOf(kLinkOf, m)
	if err != nil {
		return err
	}
	for _, hash := range hashes {
		if err := tx.DropLink(hash); err != nil {
			return err
		}
	}
	return nil
}

// LinksOver gives links that have ended, at most limit.
func (tx *Tx) LinksOver(now time.Time, limit int) ([]camp.LinkRow, error) {
	var list []camp.LinkRow
	err := tx.all(kLink.at(), 0, func(key, value []byte) error {
		var v linkV1
		if err := decode(value, &v); err != nil {
			return err
		}
		if over(v.Ends, now) && len(list) < limit {
			hash := kLink.tail(key, 0)
			list = append(list, camp.LinkRow{Hash: hash[:len(hash)-1], Member: v.Member, Ends: moment(v.Ends)})
		}
		return nil
	})
	return list, err
}

// hashesOf gives the hashes at the end of a person's index rows.
func (tx *Tx) hashesOf(k *kind, m camp.MemberID) ([]string, error) {
	keys, err := tx.keysBelow(k.at(up(m)), 0)
	if err != nil {
		return nil, err
	}
	list := make([]string, len(keys))
	for i, key := range keys {
		list[i] = k.tail(key[:len(key)-1], 8)
	}
	return list, nil
}

type sessionV1 struct {
	ID     string        `cbor:"1,keyasint,omitempty"`
	Member camp.MemberID `cbor:"2,keyasint,omitempty"`
	Label  string        `cbor:"3,keyasint,omitempty"`
	Made   int64         `cbor:"4,keyasint,omitempty"`
	Ends   int64         `cbor:"5,keyasint,omitempty"`
}

func (v *sessionV1) row(hash string) camp.SessionRow {
	return camp.SessionRow{Hash: hash, Session: camp.Session{
		ID: v.ID, Member: v.Member, Label: v.Label, Made: moment(v.Made), Ends: moment(v.Ends),
	}}
}

// PutSession keeps a signed-in browser.
func (tx *Tx) PutSession(s camp.SessionRow) error {
	if err := tx.put(kSessionOf.at(up(s.Member), word(s.Hash)), nil); err != nil {
		return err
	}
	return tx.save(kSession.at(word(s.Hash)), sessionV1{
		ID: s.ID, Member: s.Member, Label: s.Label, Made: millis(s.Made), Ends: millis(s.Ends),
	})
}

// Session gives the session of this hash, over or not.
func (tx *Tx) Session(hash string) (s camp.SessionRow, ok bool, err error) {
	var v sessionV1
	if ok, err = tx.load(kSession.at(word(hash)), &v); !ok || err != nil {
		return camp.SessionRow{}, false, err
	}
	return v.row(hash), true, nil
}

// SessionsOf gives a person's sessions, over or not.
func (tx *Tx) SessionsOf(m camp.MemberID) ([]camp.SessionRow, error) {
	hashes, err := tx.hashesOf(kSessionOf, m)
	if err != nil {
		return nil, err
	}
	var list []camp.SessionRow
	for _, hash := range hashes {
		s, ok, err := tx.Session(hash)
		if err != nil {
			return nil, err
		}
		if ok {
			list = append(list, s)
		}
	}
	return list, nil
}

// SessionsOver gives sessions that have ended, at most limit.
func (tx *Tx) SessionsOver(now time.Time, limit int) ([]camp.SessionRow, error) {
	var list []camp.SessionRow
	err := tx.all(kSession.at(), 0, func(key, value []byte) error {
		var v sessionV1
		if err := decode(value, &v); err != nil {
			return err
		}
		if over(v.Ends, now) && len(list) < limit {
			hash := kSession.tail(key, 0)
			list = append(list, v.row(hash[:len(hash)-1]))
		}
		return nil
	})
	return list, err
}

// DropSession forgets it; none is no error.
func (tx *Tx) DropSession(hash string) error {
	s, ok, err := tx.Session(hash)
	if err != nil || !ok {
		return err
	}
	if err := tx.del(kSessionOf.at(up(s.Member), word(hash))); err != nil {
		return err
	}
	return tx.del(kSession.at(word(hash)))
}

type tokenV1 struct {
	ID     string        `cbor:"1,keyasint,omitempty"`
	Member camp.MemberID `cbor:"2,keyasint,omitempty"`
	Scopes []string      `cbor:"3,keyasint,omitempty"`
	Made   int64         `cbor:"4,keyasint,omitempty"`
	Tool   bool          `cbor:"5,keyasint,omitempty"`
}

// PutToken keeps a token for programs.
func (tx *Tx) PutToken(t camp.TokenRow) error {
	if err := tx.put(kTokenOf.at(up(t.Member), word(t.Hash)), nil); err != nil {
		return err
	}
	return tx.save(kToken.at(word(t.Hash)), tokenV1{ID: t.ID, Member: t.Member, Scopes: t.Scopes, Made: millis(t.Made), Tool: t.Tool})
}

// Token gives the token of this hash.
func (tx *Tx) Token(hash string) (t camp.TokenRow, ok bool, err error) {
	var v tokenV1
	if ok, err = tx.load(kToken.at(word(hash)), &v); !ok || err != nil {
		return camp.TokenRow{}, false, err
	}
	return camp.TokenRow{Hash: hash, Token: camp.Token{ID: v.ID, Member: v.Member, Scopes: v.Scopes, Made: moment(v.Made), Tool: v.Tool}}, true, nil
}

// TokensOf gives a person's tokens.
func (tx *Tx) TokensOf(m camp.MemberID) ([]camp.TokenRow, error) {
	hashes, err := tx.hashesOf(kTokenOf, m)
	if err != nil {
		return nil, err
	}
	var list []camp.TokenRow
	for _, hash := range hashes {
		t, ok, err := tx.Token(hash)
		if err != nil {
			return nil, err
		}
		if ok {
			list = append(list, t)
		}
	}
	return list, nil
}

// DropToken forgets it; none is no error.
func (tx *Tx) DropToken(hash string) error {
	t, ok, err := tx.Token(hash)
	if err != nil || !ok {
		return err
	}
	if err := tx.del(kTokenOf.at(up(t.Member), word(hash))); err != nil {
		return err
	}
	return tx.del(kToken.at(word(hash)))
}
