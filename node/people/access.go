package people

import (
	"context"
	"slices"
	"time"

	"camp/node/camp"
)

// How long things open a door, and how many a person has at once.
const (
	linkLife    = 10 * time.Minute
	sessionLife = 400 * 24 * time.Hour // at most, counted from signing in
	sessionIdle = 30 * 24 * time.Hour  // without a visit it ends earlier
	renewAfter  = 24 * time.Hour       // a visit moves the end at most once a day
	maxSessions = 50
	maxLabel    = 80 // characters
)

// NewLinkFor makes a one-time link for another browser of the same person and
// gives its secret, which is stored nowhere.
func (s *Service) NewLinkFor(ctx context.Context, by camp.Actor) (string, error) {
	return s.newLink(ctx, func(tx Tx) (camp.Member, error) { return actor(tx, by) })
}

// HandOut finds the person of whom the host saves what all may read, and notes it
// in the log; of their own things nothing is noted. Faults: not allowed for all
// but the host, not found.
func (s *Service) HandOut(ctx context.Context, by camp.Actor, name string) (m camp.Member, err error) {
	err = s.update(ctx, "save a person's posts", func(tx Tx) ([]camp.Event, error) {
		who, err := actor(tx, by)
		if err != nil {
			return nil, err
		}
		if who.Role != camp.RoleHost {
			return nil, refuse(camp.NotAllowed, "people.only_host.say")
		}
		if m, err = named(tx, name); err != nil || m.ID == who.ID {
			return nil, err
		}
		return nil, note(tx, who.ID, "log.handed_out", m.ID, nil)
	})
	return m, err
}

// LinkFor makes a one-time link for the named person: for oneself by anybody,
// for others by the host alone, since whoever has it signs in as them; that
// stands in the host's log.
func (s *Service) LinkFor(ctx context.Context, by camp.Actor, name string) (string, error) {
	return s.newLink(ctx, func(tx Tx) (camp.Member, error) {
		who, err := actor(tx, by)
		if err != nil {
			return camp.Member{}, err
		}
		m, err := joinedNamed(tx, name)
		if err != nil || m.ID == who.ID {
			return m, err
		}
		if who.Role != camp.RoleHost {
			return camp.Member{}, refuse(camp.NotAllowed, "people.only_host.say")
		}
		return m, note(tx, who.ID, "log.link_made", m.ID, nil)
	})
}

func (s *Service) newLink(ctx context.Context, forWhom func(Tx) (camp.Member, error)) (string, error) {
	secret, err := s.secret()
	if err != nil {
		return "", err
	}
	err = s.update(ctx, "make link", func(tx Tx) ([]camp.Event, error) {
		m, err := forWhom(tx)
		if err != nil {
			return nil, err
		}
		return nil, putLink(tx, m.ID, secret)
	})
	if err != nil {
		return "", err
	}
	return secret, nil
}

func putLink(tx Tx, m camp.MemberID, secret string) error {
	return tx.PutLink(LinkRow{Hash: hashed(secret), Member: m, Ends: tx.Now().Add(linkLife)})
}

// UseLink turns a one-time link's secret into a session and gives the cookie's
// value. A link that is unknown, used or over, or whose person is gone, is
// NotFound in the same words. label says which browser it is.
func (s *Service) UseLink(ctx context.Context, secret, label string) (cookie string, m camp.Member, err error) {
	if cookie, err = s.secret(); err != nil {
		return "", camp.Member{}, err
	}
	handle, err := s.handle()
	if err != nil {
		return "", camp.Member{}, err
	}
	err = s.update(ctx, "use link", func(tx Tx) ([]camp.Event, error) {
		over := refuse(camp.NotFound, "people.link_over.say")
		l, ok, err := tx.Link(hashed(secret))
		if err != nil {
			return nil, err
		}
		if !ok || !tx.Now().Before(l.Ends) {
			return nil, over
		}
		if m, ok, err = tx.Member(l.Member); err != nil {
			return nil, err
		}
		if !ok || !here(tx, m) {
			return nil, over
		}
		if err := tx.DropLink(l.Hash); err != nil {
			return nil, err
		}
		return nil, putSession(tx, m, cookie, handle, label)
	})
	if err != nil {
		return "", camp.Member{}, err
	}
	return cookie, m, nil
}

// putSession signs a browser in.
func putSession(tx Tx, m camp.Member, cookie, handle, label string) error {
	if err := makeRoom(tx, m.ID); err != nil {
		return err
	}
	now := tx.Now()
	return tx.PutSession(SessionRow{Hash: hashed(cookie), Session: camp.Session{
		ID: handle, Member: m.ID, Label: camp.CleanLine(label, maxLabel), Made: now, Ends: now.Add(sessionIdle),
	}})
}

// makeRoom ends the sessions that would end first until one more fits.
func makeRoom(tx Tx, m camp.MemberID) error {
	list, err := tx.SessionsOf(m)
	if err != nil {
		return err
	}
	slices.SortFunc(list, func(a, b SessionRow) int { return a.Ends.Compare(b.Ends) })
	for len(list) >= maxSessions {
		if err := tx.DropSession(list[0].Hash); err != nil {
			return err
		}
		list = list[1:]
	}
	return nil
}

// SignedIn gives the session of a cookie and its person. No session, one that
// is over, or a person who lost the right is NotFound. It keeps the day of the
// visit and moves the session's end; where that cannot be written it goes on.
func (s *Service) SignedIn(ctx context.Context, cookie string) (camp.Session, camp.Member, error) {
	var row SessionRow
	var m camp.Member
	var today string
	var now time.Time
	err := s.view(ctx, "find session", func(tx Tx) error {
		none := refuse(camp.NotFound, "people.signed_out.say")
		var ok bool
		var err error
		now = tx.Now()
		if row, ok, err = tx.Session(hashed(cookie)); err != nil {
			return err
		}
		if !ok || !now.Before(row.Ends) {
			return none
		}
		if m, ok, err = tx.Member(row.Member); err != nil {
			return err
		}
		if !ok || !here(tx, m) {
			return none
		}
		today = now.Format(day)
		m.LastSeen, err = tx.Seen(m.ID)
		return err
	})
	if err != nil {
		return camp.Session{}, camp.Member{}, err
	}
	s.visited(ctx, &row, &m, today, now)
	return row.Session, m, nil
}

// visited keeps that somebody was here, by the day.
func (s *Service) visited(ctx context.Context, row *SessionRow, m *camp.Member, today string, now time.Time) {
	if m.LastSeen != today {
		m.LastSeen = today
		err := s.store.Loose(ctx, func(tx Tx) error { return tx.PutSeen(m.ID, today) })
		if err != nil {
			s.log.DebugContext(ctx, "day of visit not kept", "err", err)
		}
	}
	end := now.Add(sessionIdle)
	if last := row.Made.Add(sessionLife); end.After(last) {
		end = last
	}
	if end.Sub(row.Ends) < renewAfter {
		return
	}
	err := s.store.Update(ctx, func(tx Tx) error {
		fresh, ok, err := tx.Session(row.Hash)
		if err != nil || !ok { // ended since we looked
			return err
		}
		fresh.Ends = end
		*row = fresh
		return tx.PutSession(fresh)
	})
	if err != nil {
		s.log.DebugContext(ctx, "session not renewed", "err", err)
	}
}

// Sessions gives by's own signed-in browsers, the newest first.
func (s *Service) Sessions(ctx context.Context, by camp.Actor) (list []camp.Session, err error) {
	err = s.view(ctx, "list sessions", func(tx Tx) error {
		m, err := actor(tx, by)
		if err != nil {
			return err
		}
		rows, err := tx.SessionsOf(m.ID)
		for _, r := range rows {
			if tx.Now().Before(r.Ends) {
				list = append(list, r.Session)
			}
		}
		return err
	})
	slices.SortFunc(list, func(a, b camp.Session) int { return b.Made.Compare(a.Made) })
	return list, err
}

// EndSession signs one of by's own browsers out; id is the public handle. One
// that is gone already is no error.
func (s *Service) EndSession(ctx context.Context, by camp.Actor, id string) error {
	return s.update(ctx, "end session", func(tx Tx) ([]camp.Event, error) {
		m, err := actor(tx, by)
		if err != nil {
			return nil, err
		}
		rows, err := tx.SessionsOf(m.ID)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			if r.ID == id {
				return []camp.Event{{Kind: camp.EventSessionEnd, Member: m.ID, To: m.ID, Session: id}}, tx.DropSession(r.Hash)
			}
		}
		return nil, nil
	})
}
