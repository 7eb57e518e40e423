package store

import (
	"math"

	"camp/node/camp"
)

type houseV1 struct {
	Name        string        `cbor:"1,keyasint,omitempty"`
	Slug        string        `cbor:"2,keyasint,omitempty"`
	Fingerprint string        `cbor:"3,keyasint,omitempty"`
	Domain      string        `cbor:"4,keyasint,omitempty"`
	Host        camp.MemberID `cbor:"5,keyasint,omitempty"`
	Language    string        `cbor:"6,keyasint,omitempty"`
	Made        int64         `cbor:"7,keyasint,omitempty"` // milliseconds since 1970
	Picture     camp.MediaID  `cbor:"8,keyasint,omitempty"`
}

// House gives what the camp knows about itself; ok false before it was founded.
func (tx *Tx) House() (h camp.House, ok bool, err error) {
	var v houseV1
	if ok, err = tx.load(kHouse.at(), &v); !ok || err != nil {
		return camp.House{}, false, err
	}
	return camp.House{
		Name: v.Name, Slug: v.Slug, Fingerprint: v.Fingerprint, Domain: v.Domain,
		Host: v.Host, Language: v.Language, Made: moment(v.Made), Picture: v.Picture,
	}, true, nil
}

// PutHouse writes it.
func (tx *Tx) PutHouse(h camp.House) error {
	return tx.save(kHouse.at(), houseV1{
		Name: h.Name, Slug: h.Slug, Fingerprint: h.Fingerprint, Domain: h.Domain,
		Host: h.Host, Language: h.Language, Made: millis(h.Made), Picture: h.Picture,
	})
}

type keysV1 struct {
	Identity []byte `cbor:"1,keyasint,omitempty"`
	Tunnel   []byte `cbor:"2,keyasint,omitempty"`
	Phrase   []byte `cbor:"3,keyasint,omitempty"`
	Former   []byte `cbor:"4,keyasint,omitempty"`
	Renewed  int64  `cbor:"5,keyasint,omitempty"`
	Ends     int64  `cbor:"6,keyasint,omitempty"` // of Former
}

// Keys gives the camp's own keys and recovery phrase.
func (tx *Tx) Keys() (k camp.Keys, ok bool, err error) {
	var v keysV1
	if ok, err = tx.load(kKeys.at(), &v); !ok || err != nil {
		return camp.Keys{}, false, err
	}
	return camp.Keys{
		Identity: camp.NewSecret(v.Identity), Tunnel: camp.NewSecret(v.Tunnel), Phrase: camp.NewSecret(v.Phrase),
		Former: secretOf(v.Former), Renewed: moment(v.Renewed), Ends: moment(v.Ends),
	}, true, nil
}

// PutKeys writes them.
func (tx *Tx) PutKeys(k camp.Keys) error {
	return tx.save(kKeys.at(), keysV1{
		Identity: k.Identity.Reveal(), Tunnel: k.Tunnel.Reveal(), Phrase: k.Phrase.Reveal(),
		Former: k.Former.Reveal(), Renewed: millis(k.Renewed), Ends: millis(k.Ends),
	})
}

type rulesV1 struct {
	Date  int64    `cbor:"1,keyasint,omitempty"`
	Texts []string `cbor:"2,keyasint,omitempty"`
	Hash  string   `cbor:"3,keyasint,omitempty"`
	Asks  int      `cbor:"4,keyasint,omitempty"`
	Bar   int      `cbor:"5,keyasint,omitempty"`
	Back  int      `cbor:"6,keyasint,omitempty"`
}

// Rules gives one version of the rules, 0 for the newest.
func (tx *Tx) Rules(version int) (r camp.Rules, ok bool, err error) {
	if version == 0 {
		var now rulesNowV1
		if ok, err = tx.load(kRulesNow.at(), &now); !ok || err != nil {
			return camp.Rules{}, false, err
		}
		version = now.Version
	}
	if version < 0 || version > math.MaxInt32 {
		return camp.Rules{}, false, nil
	}
	var v rulesV1
	if ok, err = tx.load(kRules.at(up(uint64(version))), &v); !ok || err != nil {
		return camp.Rules{}, false, err
	}
	return v.rules(version), true, nil
}

func (v rulesV1) rules(version int) camp.Rules {
	return camp.Rules{Version: version, Date: moment(v.Date), Texts: v.Texts, Hash: v.Hash, Asks: v.Asks, Bar: v.Bar, Back: v.Back}
}

type rulesNowV1 struct {
	Version int `cbor:"1,keyasint,omitempty"`
}

// PutRules writes one version, which is the newest from now on.
func (tx *Tx) PutRules(r camp.Rules) error {
	if err := tx.save(kRulesNow.at(), rulesNowV1{Version: r.Version}); err != nil {
		return err
	}
	return tx.save(kRules.at(up(uint64(r.Version))), rulesV1{Date: millis(r.Date), Texts: r.Texts, Hash: r.Hash, Asks: r.Asks, Bar: r.Bar, Back: r.Back})
}

// AllRules gives all versions, oldest first.
func (tx *Tx) AllRules() ([]camp.Rules, error) {
	var list []camp.Rules
	err := tx.all(kRules.at(), 0, func(key, value []byte) error {
		var v rulesV1
		if err := decode(value, &v); err != nil {
			return err
		}
		list = append(list, v.rules(int(lastID[uint64](key))))
		return nil
	})
	return list, err
}
