package people

import (
	"context"
	"slices"
	"time"

	"camp/node/camp"
)

// newRules makes one immutable version from texts as somebody wrote them.
func newRules(version int, texts []string, now time.Time, asks int) (camp.Rules, error) {
	var clean []string
	for _, t := range texts {
		line := camp.CleanLine(t, camp.MaxRule+1)
		if len([]rune(line)) > camp.MaxRule {
			return camp.Rules{}, refuse(camp.Invalid, "people.rule_long.say", "Most", number(camp.MaxRule))
		}
		if line != "" {
			clean = append(clean, line)
		}
	}
	if len(clean) == 0 || len(clean) > camp.MaxRules {
		return camp.Rules{}, refuse(camp.Invalid, "people.rules_number.say", "Most", number(camp.MaxRules))
	}
	return camp.Rules{
		Version: version, Date: now, Texts: clean, Hash: camp.RulesHash(version, clean), Asks: asks,
	}, nil
}

// Rules gives the newest rules.
func (s *Service) Rules(ctx context.Context) (r camp.Rules, err error) {
	err = s.view(ctx, "read rules", func(tx Tx) error {
		var ok bool
		r, ok, err = tx.Rules(0)
		if err == nil && !ok {
			err = camp.NewFault(camp.NotFound, "people.no_camp.say", errNoCamp)
		}
		return err
	})
	return r, err
}

// AllRules gives all versions, newest first.
func (s *Service) AllRules(ctx context.Context) (list []camp.Rules, err error) {
	err = s.view(ctx, "list rules", func(tx Tx) error {
		list, err = tx.AllRules()
		return err
	})
	slices.Reverse(list)
	return list, err
}

// Agree records that by agrees to the newest rules. version and hash are of the
// page they read: if the rules changed since, it is a Conflict.
func (s *Service) Agree(ctx context.Context, by camp.Actor, version int, hash string) error {
	return s.update(ctx, "agree", func(tx Tx) ([]camp.Event, error) {
		m, err := actor(tx, by)
		if err != nil {
			return nil, err
		}
		r, ok, err := tx.Rules(0)
		if err != nil {
			return nil, err
		}
		if !ok || r.Version != version || r.Hash != hash {
			return nil, refuse(camp.Conflict, "people.rules_newer.say")
		}
		if m.Agreed == r.Version && !m.ByWord {
			return nil, nil
		}
		return []camp.Event{{Kind: camp.EventMember, Member: m.ID}}, agree(tx, m, r, "self")
	})
}

func agree(tx Tx, m camp.Member, r camp.Rules, by string) error {
	m.Agreed, m.ByWord = r.Version, false
	if err := tx.PutMember(m); err != nil {
		return err
	}
	return tx.PutAgreement(camp.Agreement{Member: m.ID, Version: r.Version, Hash: r.Hash, At: tx.Now(), By: by})
}

// Agreements gives what by has agreed to, oldest version first.
func (s *Service) Agreements(ctx context.Context, by camp.Actor) (list []camp.Agreement, err error) {
	err = s.view(ctx, "list agreements", func(tx Tx) error {
		m, err := actor(tx, by)
		if err != nil {
			return err
		}
		list, err = tx.Agreements(m.ID)
		return err
	})
	return list, err
}
