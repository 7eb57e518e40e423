package people

import (
	"context"
	"slices"
	"strings"

	"camp/node/camp"
)

const maxTokens = 20

// scopes that a token can have; also with ":" and more behind it.
var scopes = []string{"read", "write", "follow", "push"}

// NewToken makes a token for programs that act as the named person and gives its
// secret, which is stored nowhere. Host only; it stands in the host's log. No
// scopes means all. An unknown scope is Invalid.
func (s *Service) NewToken(ctx context.Context, by camp.Actor, name string, want []string) (string, error) {
	want, err := parseScopes(want)
	if err != nil {
		return "", err
	}
	secret, err := s.secret()
	if err != nil {
		return "", err
	}
	handle, err := s.handle()
	if err != nil {
		return "", err
	}
	err = s.update(ctx, "make token", func(tx Tx) ([]camp.Event, error) {
		who, err := hostActor(tx, by)
		if err != nil {
			return nil, err
		}
		m, err := joinedNamed(tx, name)
		if err != nil {
			return nil, err
		}
		if list, err := tx.TokensOf(m.ID); err != nil || len(list) >= maxTokens {
			if err == nil {
				err = refuse(camp.Full, "people.tokens_full.say", "Most", number(maxTokens))
			}
			return nil, err
		}
		err = tx.PutToken(TokenRow{Hash: hashed(secret), Token: camp.Token{ID: handle, Member: m.ID, Scopes: want, Made: tx.Now(), Tool: true}})
		if err != nil {
			return nil, err
		}
		return nil, note(tx, who.ID, "log.token_made", m.ID, nil)
	})
	if err != nil {
		return "", err
	}
	return secret, nil
}

func parseScopes(want []string) ([]string, error) {
	if len(want) == 0 {
		return slices.Clone(scopes), nil
	}
	var list []string
	for _, w := range want {
		for _, one := range strings.Fields(w) {
			top, _, _ := strings.Cut(one, ":")
			if !slices.Contains(scopes, top) || len(one) > 40 {
				return nil, refuse(camp.Invalid, "people.scope_bad.say", "Scope", camp.CleanLine(one, 40))
			}
			if !slices.Contains(list, one) {
				list = append(list, one)
			}
		}
	}
	return list, nil
}

// ByToken gives the token of a secret and its person; NotFound for an unknown
// one or a person who lost the right.
func (s *Service) ByToken(ctx context.Context, secret string) (t camp.Token, m camp.Member, err error) {
	err = s.view(ctx, "find token", func(tx Tx) error {
		none := refuse(camp.NotFound, "people.signed_out.say")
		row, ok, err := tx.Token(hashed(secret))
		if err != nil {
			return err
		}
		if !ok {
			return none
		}
		if m, ok, err = tx.Member(row.Member); err != nil {
			return err
		}
		if !ok || !here(tx, m) {
			return none
		}
		t = row.Token
		return nil
	})
	return t, m, err
}

// Tokens gives the tokens that act as by, the newest first.
func (s *Service) Tokens(ctx context.Context, by camp.Actor) (list []camp.Token, err error) {
	err = s.view(ctx, "list tokens", func(tx Tx) error {
		m, err := actor(tx, by)
		if err != nil {
			return err
		}
		rows, err := tx.TokensOf(m.ID)
		for _, r := range rows {
			list = append(list, r.Token)
		}
		return err
	})
	slices.SortFunc(list, func(a, b camp.Token) int { return b.Made.Compare(a.Made) })
	return list, err
}

// EndToken ends a token that acts as by; id is its handle. One that is gone
// already is no error.
func (s *Service) EndToken(ctx context.Context, by camp.Actor, id string) error {
	return s.update(ctx, "end token", func(tx Tx) ([]camp.Event, error) {
		m, err := actor(tx, by)
		if err != nil {
			return nil, err
		}
		rows, err := tx.TokensOf(m.ID)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			if r.ID == id {
				return nil, tx.DropToken(r.Hash)
			}
		}
		return nil, nil
	})
}
