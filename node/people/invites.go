package people

import (
	"context"
	"errors"
	"slices"
	"time"

	"camp/node/camp"
)

// What a member who is neither host nor helper may invite (community.md 2).
const (
	memberYear   = 10
	memberAfter  = 14 * 24 * time.Hour
	inviteSecret = 16 // bytes
	inviteKept   = 365 * 24 * time.Hour
	// withdrawnTime is how long the key of whoever took their request back stays:
	// an answer that was lost on its way can be asked for again.
	withdrawnTime = time.Minute
	// answerTime is how long a used invite's key stays, so that the answer to
	// whoever used it last arrives.
	answerTime = 5 * time.Second
)

var errNoDerive = errors.New("people: nothing derives an invite's keys")

// NewInvite makes an invite: for a newcomer by the host, a helper or a member
// within their allowance, with w.Device for a further device of by's own, with
// w.Back by the host for somebody who lost theirs, with w.Phone for the key of
// w. Its secret is in what it returns.
func (s *Service) NewInvite(ctx context.Context, by camp.Actor, w camp.InviteWish) (inv camp.Invite, err error) {
	inv = camp.Invite{Note: camp.CleanLine(w.Note, camp.MaxNote), Uses: max(w.Uses, 1), Nearby: w.Nearby, Phone: w.Phone, State: camp.InviteOpen}
	if single := w.Phone || w.Device || w.Back != ""; inv.Uses > camp.MaxInviteUses || single && inv.Uses > 1 || w.Phone && w.Device || w.Back != "" && (w.Phone || w.Device) {
		return inv, refuse(camp.Invalid, "people.invite_uses.say", "Most", number(camp.MaxInviteUses))
	}
	life := w.Life
	switch {
	case w.Device:
		life = camp.DeviceLife
	case life == 0:
		life = camp.InviteLife
	}
	if life < time.Minute || life > camp.InviteLongest {
		return inv, refuse(camp.Invalid, "people.invite_life.say", "Most", number(int(camp.InviteLongest.Hours()/24)))
	}
	if inv, err = s.withSecret(inv, w); err != nil {
		return inv, err
	}
	return inv, s.reach(ctx, "make invite", func(tx Tx) ([]camp.Event, error) {
		m, err := writing(tx, by)
		if err != nil {
			return nil, err
		}
		switch {
		case w.Device:
			err = dropDeviceInvites(tx, m.ID)
		case w.Back != "":
			err = wayBack(tx, m, w.Back, &inv)
		default:
			err = mayInvite(tx, m)
		}
		if err != nil {
			return nil, err
		}
		inv.By, inv.Made, inv.Ends = m.ID, tx.Now(), tx.Now().Add(life)
		if w.Device {
			inv.For = m.ID
			if err := roomForDevice(tx, m.ID); err != nil {
				return nil, err
			}
		}
		if w.Phone {
			if err := freshPhone(tx, inv.Key); err != nil {
				return nil, err
			}
			if inv.Serial, err = tx.NextSerial(); err != nil {
				return nil, err
			}
		}
		if err := tx.PutInvite(inv); err != nil || inv.For != 0 {
			return nil, err
		}
		return []camp.Event{{Kind: camp.EventJoin, Member: m.ID}}, noteRight(tx, m, "log.invite_made", 0)
	})
}

// withSecret draws what the invite's keys are made from, or takes a phone's.
func (s *Service) withSecret(inv camp.Invite, w camp.InviteWish) (camp.Invite, error) {
	if w.Phone {
		if w.Key == ([32]byte{}) {
			return inv, refuse(camp.Invalid, "people.key_bad.say")
		}
		id, err := s.draw(8)
		inv.ID, inv.Key, inv.Preshared = camp.InviteID(hexOf(id)), w.Key, w.Shared
		return inv, err
	}
	raw, err := s.draw(inviteSecret)
	if err != nil {
		return inv, err
	}
	if s.derive == nil {
		return inv, errNoDerive
	}
	inv.Secret = camp.NewSecret(raw)
	inv.ID, err = s.derive(inv.Secret)
	return inv, err
}

// freshPhone refuses a phone's key that somebody has, had, or was promised.
func freshPhone(tx Tx, key [32]byte) error {
	_, taken, err := tx.DeviceByKey(key)
	if err == nil && !taken {
		taken, err = tx.Buried(key)
	}
	if err == nil && !taken {
		taken, err = heldByPhone(tx, key)
	}
	if err == nil && taken {
		err = refuse(camp.Invalid, "people.key_bad.say")
	}
	return err
}

// heldByPhone reports whether the key is that of an open invite for a phone.
func heldByPhone(tx Tx, key [32]byte) (bool, error) {
	all, err := tx.Invites()
	return slices.ContainsFunc(all, func(i camp.Invite) bool { return i.Phone && i.Key == key && known(i, tx.Now()) }), err
}

// dropDeviceInvites makes room for a new invite for a device: it takes the place
// of the one before. One just used stays until its answer has arrived.
func dropDeviceInvites(tx Tx, m camp.MemberID) error {
	all, err := tx.Invites()
	if err != nil {
		return err
	}
	for _, i := range all {
		if i.For != m || i.State == camp.InviteUsed && known(i, tx.Now()) {
			continue
		}
		if err := tx.DropInvite(i.ID); err != nil {
			return err
		}
	}
	return nil
}

// mayInvite checks that somebody may let newcomers ask: they agreed to the
// rules of now (community.md 2), and the numbers of invites.
func mayInvite(tx Tx, m camp.Member) error {
	r, ok, err := tx.Rules(0)
	if err != nil {
		return err
	}
	if ok && m.Agreed < max(r.Asks, 1) {
		return refuse(camp.NotAllowed, "people.agree.say")
	}
	all, err := tx.Invites()
	if err != nil {
		return err
	}
	open, own, year := 0, 0, 0
	now := tx.Now()
	for _, i := range all {
		if i.For != 0 {
			continue
		}
		live := i.State.Open() && now.Before(i.Ends)
		if live {
			open++
		}
		if i.By == m.ID {
			if live {
				own++
			}
			if now.Sub(i.Made) < inviteKept {
				year++
			}
		}
	}
	switch {
	case m.Role == camp.RoleGuest:
		return refuse(camp.NotAllowed, "people.guest_invites.say")
	case open >= camp.MaxInvites:
		return refuse(camp.Full, "people.invites_full.say", "Most", number(camp.MaxInvites))
	case m.Role == camp.RoleHost || m.Role == camp.RoleHelper:
		return nil
	case now.Sub(m.Joined) < memberAfter:
		return refuse(camp.NotAllowed, "people.invite_early.say", "Days", number(int(memberAfter.Hours()/24)))
	case m.MayHaveOpen() == 0:
		return refuse(camp.NotAllowed, "people.no_invites.say")
	case own >= m.MayHaveOpen() || year >= max(memberYear, m.MayHaveOpen()):
		return refuse(camp.Full, "people.invite_allowance.say", "Open", number(m.MayHaveOpen()), "Year", number(max(memberYear, m.MayHaveOpen())))
	}
	return nil
}

// Invites gives the invites that by may see, newest first: all to host and
// helpers, their own to others. Those for further devices are nobody's business.
func (s *Service) Invites(ctx context.Context, by camp.Actor) (list []camp.Invite, err error) {
	err = s.view(ctx, "list invites", func(tx Tx) error {
		m, err := actor(tx, by)
		if err != nil {
			return err
		}
		all, err := tx.Invites()
		now := tx.Now()
		for _, i := range all {
			if i.For == 0 && (i.By == m.ID || helps(m)) {
				list = append(list, asOf(i, now))
			}
		}
		return err
	})
	slices.SortFunc(list, func(a, b camp.Invite) int { return b.Made.Compare(a.Made) })
	return list, err
}

// Invite gives one invite that by may see, with its secret while it is open.
func (s *Service) Invite(ctx context.Context, by camp.Actor, id camp.InviteID) (inv camp.Invite, err error) {
	err = s.view(ctx, "read invite", func(tx Tx) error {
		m, err := actor(tx, by)
		if err != nil {
			return err
		}
		inv, err = ownInvite(tx, m, id)
		inv = asOf(inv, tx.Now())
		return err
	})
	return inv, err
}

// Proof gives the secret of an invite that somebody stands behind, also in the
// seconds after its last use; for checking that they hold it.
func (s *Service) Proof(ctx context.Context, id camp.InviteID) (secret camp.Secret, err error) {
	err = s.view(ctx, "read invite", func(tx Tx) error {
		i, ok, err := tx.Invite(id)
		if ok && known(i, tx.Now()) {
			secret = i.Secret
		}
		return err
	})
	return secret, err
}

func ownInvite(tx Tx, m camp.Member, id camp.InviteID) (camp.Invite, error) {
	i, ok, err := tx.Invite(id)
	if err == nil && (!ok || i.By != m.ID && (!helps(m) || i.For != 0)) {
		err = refuse(camp.NotFound, "people.invite_none.say")
	}
	return i, err
}

// CancelInvite ends an open invite, by whoever made it, the host or a helper.
// One that is over already stays as it is.
func (s *Service) CancelInvite(ctx context.Context, by camp.Actor, id camp.InviteID) error {
	return s.reach(ctx, "cancel invite", func(tx Tx) ([]camp.Event, error) {
		m, err := actor(tx, by)
		if err != nil {
			return nil, err
		}
		i, err := ownInvite(tx, m, id)
		if err != nil || !asOf(i, tx.Now()).State.Open() {
			return nil, err
		}
		if i.By != m.ID && onBreak(tx, m) {
			return nil, refuse(camp.NotAllowed, "people.on_break.say")
		}
		if err := tx.PutInvite(closed(i, camp.InviteCancelled)); err != nil {
			return nil, err
		}
		return []camp.Event{{Kind: camp.EventJoin, Member: m.ID}}, noteRight(tx, m, "log.invite_cancelled", 0)
	})
}

// closed is an invite's tombstone.
func closed(i camp.Invite, state camp.InviteState) camp.Invite {
	i.State, i.Secret, i.Preshared = state, camp.Secret{}, camp.Secret{}
	return i
}

// asOf is the invite as it stands at now: one whose time is over is over,
// whether tidying was here or not.
func asOf(i camp.Invite, now time.Time) camp.Invite {
	if i.State.Open() && !now.Before(i.Ends) {
		return closed(i, camp.InviteOver)
	}
	if !i.State.Open() {
		i.Secret, i.Preshared = camp.Secret{}, camp.Secret{}
	}
	return i
}

// known reports whether the invite's key is known to the tunnel at now.
func known(i camp.Invite, now time.Time) bool {
	if i.State.Open() {
		return now.Before(i.Ends)
	}
	return i.State == camp.InviteUsed && !i.Phone && now.Sub(i.LastUse) < answerTime
}

// use counts one use of the invite.
func use(tx Tx, i camp.Invite) error {
	i.Used++
	i.LastUse, i.State = tx.Now(), camp.InviteAsked
	if i.Used >= i.Uses {
		i.State = camp.InviteUsed // the secret goes once the answer has arrived: wipeUsed
	}
	if i.Phone {
		i = closed(i, camp.InviteUsed) // its key is the device's from now on
	}
	return tx.PutInvite(i)
}

// wipeUsed takes the secrets of invites that were used up some seconds ago.
func (s *Service) wipeUsed(ctx context.Context) error {
	return tidyJoining(ctx, s, func(tx Tx) (list []camp.Invite, err error) {
		all, err := tx.Invites()
		for _, i := range all {
			if spent(i, tx.Now()) {
				list = append(list, i)
			}
		}
		return list, err
	}, func(tx Tx, i camp.Invite) error {
		fresh, ok, err := tx.Invite(i.ID)
		if err != nil || !ok || !spent(fresh, tx.Now()) {
			return err
		}
		state := fresh.State
		if state.Open() {
			state = camp.InviteOver
		}
		return tx.PutInvite(closed(fresh, state))
	})
}

// spent reports whether an invite still holds a secret that opens nothing.
func spent(i camp.Invite, now time.Time) bool {
	return (len(i.Secret.Reveal()) > 0 || len(i.Preshared.Reveal()) > 0 || i.State.Open()) && !known(i, now)
}

// cancelInvitesOf ends the open invites of somebody who goes.
func cancelInvitesOf(tx Tx, m camp.MemberID) error {
	all, err := tx.Invites()
	if err != nil {
		return err
	}
	for _, i := range all {
		if i.By == m && i.State.Open() {
			if err := tx.PutInvite(closed(i, camp.InviteCancelled)); err != nil {
				return err
			}
		}
	}
	return nil
}
