package people

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"camp/node/camp"
)

// Founding is what a new camp starts from.
type Founding struct {
	Name     string   // the camp's shown name
	Host     string   // the host's handle; HandleFrom makes one from any name
	Display  string   // the host's shown name; "" for the handle
	Language string   // its code; "" for English
	Rules    []string // the first rules, one text each
	Phrase   string   // the recovery phrase
}

const (
	maxCampName = 60 // characters
	maxDisplay  = 60
	maxSlug     = 40 // bytes; with the fingerprint it stays below a name's 63
	seedBytes   = 32
)

// Found makes the camp in one transaction: its keys and name, the host, who has
// agreed to the first rules by founding, and the rules. Where a camp lives
// already it is a Conflict and changes nothing.
func (s *Service) Found(ctx context.Context, f Founding) (h camp.House, host camp.Member, err error) {
	keys, fingerprint, err := s.newKeys(f.Phrase)
	if err != nil {
		return camp.House{}, camp.Member{}, fmt.Errorf("found camp: %w", err)
	}
	err = s.update(ctx, "found camp", func(tx Tx) ([]camp.Event, error) {
		h, host, err = found(tx, f, keys, fingerprint)
		return []camp.Event{{Kind: camp.EventHouse, Member: host.ID}}, err
	})
	if err != nil {
		return camp.House{}, camp.Member{}, err
	}
	s.log.InfoContext(ctx, "camp founded", "language", h.Language, "rules", len(f.Rules))
	return h, host, nil
}

func found(tx Tx, f Founding, keys Keys, fingerprint string) (camp.House, camp.Member, error) {
	var none camp.House
	if _, ok, err := tx.House(); err != nil || ok {
		if err == nil {
			err = refuse(camp.Conflict, "people.founded.say")
		}
		return none, camp.Member{}, err
	}
	name := camp.CleanLine(f.Name, maxCampName)
	if name == "" {
		return none, camp.Member{}, refuse(camp.Invalid, "people.camp_name.say")
	}
	handle, ok := camp.ParseName(f.Host)
	if !ok {
		return none, camp.Member{}, refuse(camp.Invalid, "people.name_bad.say", "Name", camp.CleanLine(f.Host, 40))
	}
	if !camp.LanguageCode(f.Language) {
		f.Language = "en"
	}
	now := tx.Now()
	rules, err := newRules(1, f.Rules, now, 1)
	if err != nil {
		return none, camp.Member{}, err
	}
	host := camp.Member{
		ID: camp.MemberID(tx.NextID()), Name: handle, Display: shownName(f.Display, asTyped(f.Host)), Role: camp.RoleHost,
		Standing: camp.Joined, Joined: now, Agreed: rules.Version, // their language stays unchosen: pages go after the browser
	}
	h := camp.House{
		Name: name, Slug: Slug(name), Fingerprint: fingerprint, Host: host.ID, Language: f.Language, Made: now,
	}
	for _, put := range []func() error{
		func() error { return tx.PutHouse(h) },
		func() error { return tx.PutKeys(keys) },
		func() error { return tx.PutMember(host) },
		func() error { return tx.PutRules(rules) },
		func() error {
			return tx.PutAgreement(camp.Agreement{Member: host.ID, Version: rules.Version, Hash: rules.Hash, At: now, By: "self"})
		},
		func() error { return note(tx, host.ID, "log.camp_founded", 0, nil) },
	} {
		if err := put(); err != nil {
			return none, camp.Member{}, err
		}
	}
	return h, host, nil
}

// newKeys draws the camp's two keys (design.md, decision 4) and makes the
// fingerprint: the first 16 letters of the base32 of SHA-256 over the identity
// key's public half, lower case as a name is.
func (s *Service) newKeys(phrase string) (Keys, string, error) {
	seed, err := s.draw(seedBytes)
	if err != nil {
		return Keys{}, "", err
	}
	tunnel, err := s.newTunnelKey()
	if err != nil {
		return Keys{}, "", err
	}
	public := ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey)
	sum := sha256.Sum256(public)
	fingerprint := strings.ToLower(base32.StdEncoding.EncodeToString(sum[:10]))
	return Keys{
		Identity: camp.NewSecret(seed), Tunnel: tunnel, Phrase: camp.NewSecret([]byte(phrase)),
	}, fingerprint, nil
}

func shownName(display, otherwise string) string {
	if d := camp.CleanLine(display, maxDisplay); d != "" {
		return d
	}
	return otherwise
}

// asTyped is the shown name of somebody of whom nothing but a handle was typed: its
// capitals stay. The handle was read by camp.ParseName.
func asTyped(handle string) string { return strings.TrimPrefix(strings.TrimSpace(handle), "@") }

// Slug makes the readable part of a camp's own name from its shown name: lower
// case ASCII letters, digits and single hyphens, "camp" where nothing is left.
func Slug(name string) string {
	s := plain(name, '-', maxSlug)
	if s == "" {
		return "camp"
	}
	return s
}

// HandleFrom makes a handle from any name ("Mia de Vries" gives "mia_de_vries"),
// "host" where nothing is left.
func HandleFrom(name string) string {
	s := plain(name, '_', 30)
	if h, ok := camp.ParseName(s); ok {
		return h
	}
	return "host"
}

// plain keeps the ASCII letters and digits of s, accents taken off, with single
// signs of sep between the rest, at most limit bytes.
func plain(s string, sep byte, limit int) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(s)) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case unicode.Is(unicode.Mn, r), r == '\'', r == '’':
		case b.Len() > 0 && b.String()[b.Len()-1] != sep:
			b.WriteByte(sep)
		}
		if b.Len() == limit {
			break
		}
	}
	return strings.Trim(b.String(), string(sep))
}

// House gives what the camp knows about itself; NotFound before it was founded.
func (s *Service) House(ctx context.Context) (h camp.House, err error) {
	err = s.view(ctx, "read house", func(tx Tx) error {
		var ok bool
		h, ok, err = tx.House()
		if err == nil && !ok {
			err = camp.NewFault(camp.NotFound, "people.no_camp.say", errNoCamp)
		}
		return err
	})
	return h, err
}

// Founded reports whether a camp lives in this store.
func (s *Service) Founded(ctx context.Context) (ok bool, err error) {
	err = s.view(ctx, "read house", func(tx Tx) error {
		_, ok, err = tx.House()
		return err
	})
	return ok, err
}

// HostActor gives the host as an actor: for the program's own faces, which act
// for the person at the camp's computer.
func (s *Service) HostActor(ctx context.Context) (camp.Actor, error) {
	h, err := s.House(ctx)
	return camp.Actor{Member: h.Host, Role: camp.RoleHost}, err
}

// Keys gives the camp's own keys and recovery phrase, for the program alone: no
// page may ask for them.
func (s *Service) Keys(ctx context.Context) (k Keys, err error) {
	err = s.view(ctx, "read keys", func(tx Tx) error {
		var ok bool
		k, ok, err = tx.Keys()
		if err == nil && !ok {
			err = camp.NewFault(camp.NotFound, "people.no_camp.say", errNoCamp)
		}
		return err
	})
	return k, err
}

// SetCampName changes the camp's shown name; host only. The slug stays, since
// others may know the camp by it.
func (s *Service) SetCampName(ctx context.Context, by camp.Actor, name string) error {
	return s.update(ctx, "name camp", func(tx Tx) ([]camp.Event, error) {
		m, err := hostActor(tx, by)
		if err != nil {
			return nil, err
		}
		h, ok, err := tx.House()
		if err != nil || !ok {
			return nil, err
		}
		clean := camp.CleanLine(name, maxCampName)
		if clean == "" {
			return nil, refuse(camp.Invalid, "people.camp_name.say")
		}
		if clean == h.Name {
			return nil, nil
		}
		h.Name = clean
		if err := tx.PutHouse(h); err != nil {
			return nil, err
		}
		return []camp.Event{{Kind: camp.EventHouse, Member: m.ID}}, note(tx, m.ID, "log.camp_named", 0, map[string]string{"Name": clean})
	})
}

// SetDomain gives the camp its name in the wider world. A name is given once:
// others know people here by it, and another would make strangers of them
// (design.md, decision 4). Another one is a Conflict and changes nothing.
func (s *Service) SetDomain(ctx context.Context, by camp.Actor, d camp.Domain) error {
	return s.update(ctx, "name camp in the wider world", func(tx Tx) ([]camp.Event, error) {
		m, err := hostActor(tx, by)
		if err != nil {
			return nil, err
		}
		h, ok, err := tx.House()
		switch {
		case err != nil || !ok:
			return nil, err
		case h.Domain == string(d):
			return nil, nil
		case h.Domain != "":
			return nil, refuse(camp.Conflict, "world.other_name.say", "Name", h.Domain, "Other", string(d))
		case d == "":
			return nil, refuse(camp.Invalid, "world.no_name.say")
		}
		h.Domain = string(d)
		if err := tx.PutHouse(h); err != nil {
			return nil, err
		}
		return []camp.Event{{Kind: camp.EventHouse, Member: m.ID}}, note(tx, m.ID, "log.camp_domain", 0, map[string]string{"Name": h.Domain})
	})
}

func number(n int) string { return strconv.Itoa(n) }
