package people

import (
	"bytes"
	"context"
	"fmt"

	"camp/node/camp"
)

// past is what a camp that is replaced by an older state of itself knows about
// who may not come in.
type past struct {
	keys    Keys
	people  []camp.Member
	told    map[camp.MemberID]camp.Farewell
	buried  []camp.BuriedKey
	invites map[camp.InviteID]camp.Invite
	open    map[string]bool // hashes of sessions and tokens that open something
}

// Reapply does again, in an older state of a camp that was brought back from a
// backup, what shut people out since (reliability.md 2): removals, members who
// left, breaks, helpers who are none any more, refused keys, codes, browsers and
// tokens that are over. n counts the people who would have been members again.
// Where old is another camp, same is false and nothing changes.
func Reapply(ctx context.Context, old, fresh Store) (same bool, n int, err error) {
	p := past{told: map[camp.MemberID]camp.Farewell{}, invites: map[camp.InviteID]camp.Invite{}, open: map[string]bool{}}
	if err := old.View(ctx, p.read); err != nil {
		return false, 0, fmt.Errorf("read who was shut out: %w", err)
	}
	err = fresh.View(ctx, func(tx Tx) error {
		k, _, err := tx.Keys()
		same = bytes.Equal(k.Identity.Reveal(), p.keys.Identity.Reveal())
		return err
	})
	if err != nil || !same {
		return same, 0, err
	}
	err = fresh.Update(ctx, func(tx Tx) error {
		n = 0
		if err := p.keyAgain(tx); err != nil {
			return err
		}
		for _, m := range p.people {
			shut, err := p.shutAgain(tx, m)
			if err != nil {
				return err
			}
			if shut {
				n++
			}
		}
		if err := p.closeAgain(tx); err != nil || n == 0 {
			return err
		}
		return note(tx, 0, "log.shut_again", 0, map[string]string{"N": number(n)})
	})
	if err != nil {
		return same, 0, fmt.Errorf("shut out again: %w", err)
	}
	return same, n, nil
}

func (p *past) read(tx Tx) (err error) {
	if p.keys, _, err = tx.Keys(); err != nil {
		return err
	}
	if p.people, err = tx.Members(); err != nil {
		return err
	}
	for _, m := range p.people {
		if f, ok, err := tx.Farewell(m.ID); err != nil {
			return err
		} else if ok {
			p.told[m.ID] = f
		}
		sessions, err := tx.SessionsOf(m.ID)
		if err != nil {
			return err
		}
		for _, s := range sessions {
			p.open[s.Hash] = true
		}
		tokens, err := tx.TokensOf(m.ID)
		if err != nil {
			return err
		}
		for _, t := range tokens {
			p.open[t.Hash] = true
		}
	}
	if p.buried, err = tx.AllBuried(); err != nil {
		return err
	}
	all, err := tx.Invites()
	for _, i := range all {
		p.invites[i.ID] = i
	}
	return err
}

// shutAgain brings one person to where they stood, if that was outside.
func (p *past) shutAgain(tx Tx, was camp.Member) (shut bool, err error) {
	m, ok, err := tx.Member(was.ID)
	if err != nil || !ok {
		return false, err
	}
	switch {
	case m.Role == camp.RoleHost:
		return false, nil
	case was.Standing == camp.Suspended && m.Standing.In():
		m.Standing, m.Until = was.Standing, was.Until
		return false, tx.PutMember(m)
	case was.Standing.In() && m.Standing.In(): // who leaves goes on leaving, who no longer helps does not
		if m.Final.Equal(was.Final) && m.Erase == was.Erase && (!helps(m) || helps(was)) {
			return false, nil
		}
		m.Final, m.Erase = was.Final, was.Erase
		if helps(m) && !helps(was) {
			m.Role, m.Ends, m.Offered = was.Role, was.Ends, false
		}
		return false, tx.PutMember(m)
	case was.Standing != camp.Removed && was.Standing != camp.Left && was.Standing != camp.Expired, !m.Standing.In() && m.Standing != camp.Waiting:
		return false, nil
	case m.Standing == camp.Waiting && was.Standing == camp.Expired: // nobody decided: the host still can
		return false, nil
	}
	if err := endAsked(tx, m); err != nil {
		return false, err
	}
	if err := dropRights(tx, m, was.Standing); err != nil {
		return false, err
	}
	m.Standing, m.Ended, m.Final, m.Erase = was.Standing, was.Ended, was.Final, was.Erase
	if err := tx.PutMember(m); err != nil {
		return false, err
	}
	return true, p.eraseAgain(tx, m)
}

// endAsked closes the request of somebody who waited when the backup was made.
func endAsked(tx Tx, m camp.Member) error {
	a, ok, err := tx.Asked(m.ID)
	if err != nil || !ok || !a.Decided.IsZero() {
		return err
	}
	a.Decided = tx.Now()
	return tx.PutAsked(a)
}

// eraseAgain leaves the job of erasing what came back with the backup. Those
// elsewhere were told already.
func (p *past) eraseAgain(tx Tx, m camp.Member) error {
	if !m.Final.IsZero() { // it can still be undone
		if !m.Erase {
			return nil
		}
		return tx.PutErasing(camp.Erasing{Member: m.ID, Posts: true, Only: true})
	}
	if err := dropNear(tx, m.ID); err != nil {
		return err
	}
	if f, ok := p.told[m.ID]; ok {
		if err := tx.PutFarewell(f); err != nil {
			return err
		}
	}
	return tx.PutErasing(camp.Erasing{Member: m.ID, Posts: m.Erase})
}

// closeAgain shuts what opened doors when the backup was made, and did not any
// more: keys, codes, browsers and tokens.
func (p *past) closeAgain(tx Tx) error {
	for _, b := range p.buried {
		if err := tx.BuryKey(b.Key, b.At); err != nil {
			return err
		}
		if d, ok, err := tx.DeviceByKey(b.Key); err != nil || ok {
			if err == nil {
				err = tx.DropDevice(d.Serial)
			}
			if err != nil {
				return err
			}
		}
	}
	invites, err := tx.Invites()
	if err != nil {
		return err
	}
	for _, i := range invites {
		was, ok := p.invites[i.ID]
		if !i.State.Open() || ok && was.State.Open() {
			continue
		}
		state := was.State
		if !ok {
			state = camp.InviteCancelled
		}
		if err := tx.PutInvite(closed(i, state)); err != nil {
			return err
		}
	}
	return p.signOutAgain(tx)
}

func (p *past) signOutAgain(tx Tx) error {
	all, err := tx.Members()
	if err != nil {
		return err
	}
	for _, m := range all {
		sessions, err := tx.SessionsOf(m.ID)
		if err != nil {
			return err
		}
		for _, s := range sessions {
			if !p.open[s.Hash] {
				if err := tx.DropSession(s.Hash); err != nil {
					return err
				}
			}
		}
		tokens, err := tx.TokensOf(m.ID)
		if err != nil {
			return err
		}
		for _, t := range tokens {
			if !p.open[t.Hash] {
				if err := tx.DropToken(t.Hash); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
