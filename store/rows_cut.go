package store

import (
	"errors"
	"slices"
	"strings"

	"camp/node/camp"
)

// What decisions about servers cut, and by which names people elsewhere go.

type cuttingV1 struct {
	At   int64 `cbor:"1,keyasint,omitempty"`
	Done bool  `cbor:"2,keyasint,omitempty"`
}

// PutCutting leaves the job of bringing what hangs on a name into line.
func (tx *Tx) PutCutting(c camp.Cutting) error {
	return tx.save(kCutting.at(word(string(c.Domain))), cuttingV1{At: millis(c.At), Done: c.Done})
}

// Cuttings gives all such jobs, by name.
func (tx *Tx) Cuttings() ([]camp.Cutting, error) {
	var list []camp.Cutting
	err := tx.all(kCutting.at(), 0, func(key, value []byte) error {
		var v cuttingV1
		if err := decode(value, &v); err != nil {
			return err
		}
		name := strings.TrimSuffix(kCutting.tail(key, 0), "\x00")
		list = append(list, camp.Cutting{Domain: camp.Domain(name), At: moment(v.At), Done: v.Done})
		return nil
	})
	return list, err
}

// DropCutting ends one; none is no error.
func (tx *Tx) DropCutting(d camp.Domain) error { return tx.del(kCutting.at(word(string(d)))) }

type severedV1 struct {
	At       int64  `cbor:"1,keyasint,omitempty"`
	Accepted bool   `cbor:"2,keyasint,omitempty"`
	URI      string `cbor:"3,keyasint,omitempty"`
	NoBoosts bool   `cbor:"4,keyasint,omitempty"`
	Cut      int64  `cbor:"5,keyasint,omitempty"`
	Asked    bool   `cbor:"6,keyasint,omitempty"`
}

// PutSevered remembers a follow that was cut.
func (tx *Tx) PutSevered(s camp.Severed) error {
	return errors.Join(
		tx.save(kSevered.at(up(s.From), up(s.To)), severedV1{
			At: millis(s.At), Accepted: s.Accepted, URI: s.URI, NoBoosts: s.NoBoosts, Cut: millis(s.Cut), Asked: s.Asked,
		}),
		tx.put(kSeveredTo.at(up(s.To), up(s.From)), nil),
	)
}

// DropSevered forgets it; none is no error.
func (tx *Tx) DropSevered(from, to camp.MemberID) error {
	return errors.Join(tx.del(kSevered.at(up(from), up(to))), tx.del(kSeveredTo.at(up(to), up(from))))
}

// Severed gives it.
func (tx *Tx) Severed(from, to camp.MemberID) (s camp.Severed, ok bool, err error) {
	var v severedV1
	if ok, err = tx.load(kSevered.at(up(from), up(to)), &v); !ok || err != nil {
		return camp.Severed{}, false, err
	}
	return v.severed(from, to), true, nil
}

func (v severedV1) severed(from, to camp.MemberID) camp.Severed {
	return camp.Severed{
		Follow: camp.Follow{From: from, To: to, At: moment(v.At), Accepted: v.Accepted, URI: v.URI, NoBoosts: v.NoBoosts}, Cut: moment(v.Cut), Asked: v.Asked,
	}
}

// SeveredFrom gives the cut follows of somebody, by whom they followed.
func (tx *Tx) SeveredFrom(from camp.MemberID) ([]camp.Severed, error) {
	var list []camp.Severed
	err := tx.all(kSevered.at(up(from)), 0, func(key, value []byte) error {
		var v severedV1
		if err := decode(value, &v); err != nil {
			return err
		}
		list = append(list, v.severed(from, lastID[camp.MemberID](key)))
		return nil
	})
	return list, err
}

// SeveredTo gives the cut follows of others to somebody, by who followed.
func (tx *Tx) SeveredTo(to camp.MemberID) ([]camp.Severed, error) {
	keys, err := tx.keysBelow(kSeveredTo.at(up(to)), 0)
	if err != nil {
		return nil, err
	}
	list := make([]camp.Severed, 0, len(keys))
	for _, key := range keys {
		s, ok, err := tx.Severed(lastID[camp.MemberID](key), to)
		if err != nil {
			return nil, err
		}
		if ok {
			list = append(list, s)
		}
	}
	return list, nil
}

// dropCutOf forgets at most limit of what decisions about servers left behind of
// a member, and says whether more may be left.
func (tx *Tx) dropCutOf(m camp.MemberID, limit int) (more bool, err error) {
	from, err := tx.SeveredFrom(m)
	if err != nil {
		return false, err
	}
	to, err := tx.SeveredTo(m)
	if err != nil {
		return false, err
	}
	list := slices.Concat(from, to)
	for _, s := range list[:min(len(list), limit)] {
		if err := tx.DropSevered(s.From, s.To); err != nil {
			return false, err
		}
	}
	welcome, err := tx.keysBelow(kWelcome.at(up(m)), limit)
	if err != nil {
		return false, err
	}
	return len(list) > limit || len(welcome) == limit, tx.delAll(welcome, nil)
}

// turned writes the words of a name in turn, so that all below a name lies
// together: "example.far." for "far.example".
func turned(d camp.Domain) []byte {
	words := strings.Split(string(d), ".")
	slices.Reverse(words)
	return []byte(strings.Join(words, ".") + ".")
}

func turnedBack(s string) camp.Domain {
	words := strings.Split(strings.TrimSuffix(s, "."), ".")
	slices.Reverse(words)
	return camp.Domain(strings.Join(words, "."))
}

func residentKey(d camp.Domain, id camp.MemberID) []byte {
	return kResident.at(turned(d), []byte{0}, up(id))
}

// putResidence writes under which names somebody elsewhere is found; old is what
// was known of them, nil for nothing.
func (tx *Tx) putResidence(r camp.Remote, old *camp.Remote) error {
	is := r.Hosts()
	var was []camp.Domain
	if old != nil {
		was = old.Hosts()
	}
	for _, d := range was {
		if !slices.Contains(is, d) {
			if err := tx.del(residentKey(d, r.ID)); err != nil {
				return err
			}
		}
	}
	for _, d := range is {
		if !slices.Contains(was, d) {
			if err := tx.put(residentKey(d, r.ID), nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// Residents gives who is found under a name and all below it, after one of
// them, at most limit; 0 for all. Somebody who goes by several names stands
// there several times.
func (tx *Tx) Residents(under camp.Domain, after camp.Resident, limit int) ([]camp.Resident, error) {
	prefix := kResident.at(turned(under))
	var from []byte
	if after.Person != 0 {
		from = residentKey(after.Host, after.Person+1)
	}
	var list []camp.Resident
	err := tx.scan(prefix, from, true, func(key, _ []byte) bool {
		host := key[len(kResident.prefix) : len(key)-9]
		list = append(list, camp.Resident{Host: turnedBack(string(host)), Person: lastID[camp.MemberID](key)})
		return limit == 0 || len(list) < limit
	})
	return list, err
}

// CountPostsBy counts what somebody wrote and passed on.
func (tx *Tx) CountPostsBy(m camp.MemberID) (n int, err error) {
	err = tx.scan(kBy.at(up(m)), nil, true, func(_, _ []byte) bool {
		n++
		return true
	})
	return n, err
}

type welcomeV1 struct {
	At int64 `cbor:"1,keyasint,omitempty"`
}

// PutWelcome keeps that a member lets somebody of a limited server through, or
// does no more.
func (tx *Tx) PutWelcome(m, person camp.MemberID, on bool) error {
	if !on {
		return tx.del(kWelcome.at(up(m), up(person)))
	}
	return tx.save(kWelcome.at(up(m), up(person)), welcomeV1{At: millis(tx.now)})
}

// Welcome reports whether they do.
func (tx *Tx) Welcome(m, person camp.MemberID) (bool, error) {
	return tx.exists(kWelcome.at(up(m), up(person)))
}
