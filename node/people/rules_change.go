package people

import (
	"context"
	"slices"

	"camp/node/camp"
)

// PublishRules makes the next version, by the host (community.md 2). Alone in the
// camp the host changes them freely: whoever comes later agrees to what then holds.
// With others in it only a small change goes, which asks nobody again and stops
// nobody from writing; members can object to it for camp.ObjectTime.
//
// todo(spec): community.md 9: a real change with others in the camp needs a vote.
func (s *Service) PublishRules(ctx context.Context, by camp.Actor, d camp.RulesDraft) (r camp.Rules, err error) {
	err = s.update(ctx, "publish rules", func(tx Tx) ([]camp.Event, error) {
		who, err := hostActor(tx, by)
		if err != nil {
			return nil, err
		}
		now, _, err := tx.Rules(0)
		if err != nil {
			return nil, err
		}
		if d.Hash != "" && d.Hash != now.Hash {
			return nil, refuse(camp.Conflict, "people.rules_stale.say")
		}
		if r, err = newRules(now.Version+1, d.Texts, tx.Now(), now.Version+1); err != nil {
			return nil, err
		}
		if slices.Equal(r.Texts, now.Texts) {
			return nil, refuse(camp.Conflict, "people.rules_same.say")
		}
		with, err := othersOf(tx, who)
		if err != nil {
			return nil, err
		}
		var told []camp.Event
		if !with.alone {
			if err := mayChange(tx, now, r, d.Small); err != nil {
				return nil, err
			}
			r.Asks, r.Bar = now.Asks, camp.RulesBar(with.voices)
			if told, err = with.tell(tx, camp.Notice{Kind: camp.NoticeRules, From: who.ID}); err != nil {
				return nil, err
			}
		}
		if err := tx.PutRules(r); err != nil {
			return nil, err
		}
		if err := agree(tx, who, r, "self"); err != nil {
			return nil, err
		}
		deed := "log.rules_changed"
		if r.Small() {
			deed = "log.rules_small"
		}
		return append(told, camp.Event{Kind: camp.EventHouse, Member: who.ID}),
			note(tx, who.ID, deed, 0, map[string]string{"Version": number(r.Version)})
	})
	return r, err
}

// company is who there is beside the host.
type company struct {
	alone  bool // nobody belongs to the camp, and nobody waits
	people []camp.MemberID
	voices int // of those, who can object: members and helpers
}

func othersOf(tx Tx, host camp.Member) (c company, err error) {
	all, err := tx.Members()
	c.alone = true
	for _, m := range all {
		if m.ID == host.ID {
			continue
		}
		if m.Standing == camp.Waiting {
			c.alone = false
		}
		if !here(tx, m) {
			continue
		}
		c.alone, c.people = false, append(c.people, m.ID)
		if m.Role != camp.RoleGuest {
			c.voices++
		}
	}
	return c, err
}

// tell leaves word with each of them.
func (c company) tell(tx Tx, n camp.Notice) (events []camp.Event, err error) {
	for _, id := range c.people {
		n.ID, n.At = camp.NoticeID(tx.NextID()), tx.Now()
		if err := tx.PutNotice(id, n); err != nil {
			return nil, err
		}
		events = append(events, camp.Event{Kind: camp.EventNotice, To: id})
	}
	return events, nil
}

// mayChange checks what the host may do where others are in the camp: other
// words for the same rules in the same order, one change at a time, and not once
// more what members took back.
func mayChange(tx Tx, now, next camp.Rules, small bool) error {
	if len(next.Texts) != len(now.Texts) {
		return refuse(camp.NotAllowed, "people.rules_vote.say")
	}
	for i, t := range next.Texts {
		if t != now.Texts[i] && slices.Contains(now.Texts, t) { // it stood elsewhere
			return refuse(camp.NotAllowed, "people.rules_vote.say")
		}
	}
	switch {
	case !small:
		return refuse(camp.NotAllowed, "people.rules_small.say")
	case now.Open(tx.Now()):
		return refuse(camp.Conflict, "people.rules_open.say")
	}
	all, err := tx.AllRules()
	if err != nil {
		return err
	}
	for _, r := range all {
		if r.Back > 0 && r.Back <= len(all) && slices.Equal(all[r.Back-1].Texts, next.Texts) {
			return refuse(camp.NotAllowed, "people.rules_refused.say")
		}
	}
	return nil
}

// Object says, or takes back, that by finds a small change of the rules to be a
// real one. The objection that is one too many for camp.RulesBar takes the change
// back: the texts from before it hold as a new version, and everybody is told. How
// many could object is fixed as the change is published, so that who goes
// meanwhile, or is removed, counts on.
func (s *Service) Object(ctx context.Context, by camp.Actor, version int, on bool) error {
	return s.update(ctx, "object to rules", func(tx Tx) ([]camp.Event, error) {
		m, err := actor(tx, by)
		if err != nil {
			return nil, err
		}
		r, _, err := tx.Rules(0)
		switch {
		case err != nil:
			return nil, err
		case r.Version != version || !r.Open(tx.Now()):
			return nil, refuse(camp.Conflict, "people.object_over.say")
		case !mayObject(m, r):
			return nil, refuse(camp.NotAllowed, "people.object_not.say")
		}
		o := camp.Objection{Version: r.Version, Member: m.ID}
		if !on {
			return nil, tx.DropObjection(o)
		}
		if err := tx.PutObjection(o); err != nil {
			return nil, err
		}
		all, err := tx.Objections()
		if err != nil {
			return nil, err
		}
		all = slices.DeleteFunc(all, func(o camp.Objection) bool { return o.Version != r.Version })
		if len(all) < r.Bar {
			return nil, nil
		}
		return takeBack(tx, r, all)
	})
}

// mayObject: members and helpers who belonged to the camp as the change came.
// Who came later read the new words before they agreed; guests have no vote
// (community.md 1).
func mayObject(m camp.Member, r camp.Rules) bool {
	return (m.Role == camp.RoleMember || m.Role == camp.RoleHelper) && !m.Joined.After(r.Date)
}

// takeBack lets the texts from before a small change hold again.
func takeBack(tx Tx, r camp.Rules, said []camp.Objection) ([]camp.Event, error) {
	former, ok, err := tx.Rules(r.Version - 1)
	if err != nil || !ok {
		return nil, err
	}
	back, err := newRules(r.Version+1, former.Texts, tx.Now(), r.Asks)
	if err != nil {
		return nil, err
	}
	back.Back = r.Version
	if err := tx.PutRules(back); err != nil {
		return nil, err
	}
	for _, o := range said {
		if err := tx.DropObjection(o); err != nil {
			return nil, err
		}
	}
	with, err := othersOf(tx, camp.Member{}) // the host, too
	if err != nil {
		return nil, err
	}
	events, err := with.tell(tx, camp.Notice{Kind: camp.NoticeRulesBack})
	if err != nil {
		return nil, err
	}
	return append(events, camp.Event{Kind: camp.EventHouse}),
		note(tx, 0, "log.rules_back", 0, map[string]string{"Version": number(back.Version), "Change": number(r.Version)})
}

// RulesStand says how the rules in force stand for a reader.
func (s *Service) RulesStand(ctx context.Context, by camp.Actor) (st camp.RulesStand, err error) {
	err = s.view(ctx, "read how the rules stand", func(tx Tx) error {
		m, err := actor(tx, by)
		if err != nil {
			return err
		}
		h, _, err := tx.House()
		if err != nil {
			return err
		}
		with, err := othersOf(tx, camp.Member{ID: h.Host})
		if err != nil {
			return err
		}
		r, _, err := tx.Rules(0)
		if err != nil {
			return err
		}
		st = camp.RulesStand{Alone: with.alone, Open: r.Open(tx.Now())}
		st.May = st.Open && mayObject(m, r)
		all, err := tx.Objections()
		st.Mine = slices.Contains(all, camp.Objection{Version: r.Version, Member: m.ID})
		return err
	})
	return st, err
}

// tidyObjections erases who objected once that is decided.
func (s *Service) tidyObjections(ctx context.Context) error {
	return inSlices(ctx, s.store,
		func(tx Tx) ([]camp.Objection, error) {
			r, _, err := tx.Rules(0)
			if err != nil {
				return nil, err
			}
			all, err := tx.Objections()
			return slices.DeleteFunc(all, func(o camp.Objection) bool { return o.Version == r.Version && r.Open(tx.Now()) }), err
		},
		func(tx Tx, o camp.Objection) error { return tx.DropObjection(o) })
}
