package people

import (
	"context"
	"errors"
	"fmt"
	"time"

	"camp/node/camp"
)

// How long things are kept (community.md 10).
const (
	tidyEvery   = time.Hour
	tidySlice   = 100 // rows in one act
	profileKept = 30 * 24 * time.Hour
	agreedKept  = 365 * 24 * time.Hour
	logNames    = 365 * 24 * time.Hour
)

// Run tidies at once and then every hour until ctx ends. It returns nil then;
// a failed round is logged and tried again an hour later.
func (s *Service) Run(ctx context.Context) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	wipe := time.NewTimer(time.Hour)
	wipe.Stop()
	defer wipe.Stop()
	away := time.NewTimer(time.Hour)
	away.Stop()
	defer away.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-s.soon:
			wipe.Reset(answerTime + time.Second)
			away.Reset(withdrawnTime + time.Second)
			continue
		case <-wipe.C:
			s.wipe(ctx)
			continue
		case <-away.C:
			s.wipe(ctx)
			continue
		case <-timer.C:
		}
		if err := s.Tidy(ctx); err != nil && ctx.Err() == nil {
			s.log.WarnContext(ctx, "tidying people stopped early", "err", err)
		}
		timer.Reset(tidyEvery)
	}
}

// wipe takes away keys whose time is over.
func (s *Service) wipe(ctx context.Context) {
	if err := errors.Join(s.wipeUsed(ctx), s.dropTurnedAway(ctx)); err != nil && ctx.Err() == nil {
		s.log.WarnContext(ctx, "keys that are over not wiped", "err", err)
	}
	s.tellTunnel(ctx)
}

// Tidy takes away what has been kept long enough: links and sessions that are
// over, stays of guests, profiles and agreements of those who left, days of
// visits, and names in old lines of the log. Where nothing is due it writes
// nothing. The tunnel hears in any case: some keys end by time alone.
func (s *Service) Tidy(ctx context.Context) error {
	defer s.tellTunnel(ctx)
	for _, step := range []func(context.Context) error{
		s.tidyLinks, s.tidySessions, s.wipeUsed, s.dropTurnedAway, s.tidyAsked, s.tidyPeople, s.tidyDeviceDays, s.tidyLog, s.tidyReports, s.tidyObjections, s.tidyTunnelKey,
	} {
		if err := step(ctx); err != nil {
			return fmt.Errorf("tidy people: %w", err)
		}
	}
	return nil
}

// wakeSoon has Run take an invite's secret once the answer to its last use has arrived.
func (s *Service) wakeSoon() {
	select {
	case s.soon <- struct{}{}:
	default:
	}
}

// inSlices finds rows that are due and drops them, a slice an act, until none is left.
func inSlices[T any](ctx context.Context, st Store, due func(Tx) ([]T, error), drop func(Tx, T) error) error {
	for ctx.Err() == nil {
		var list []T
		err := st.View(ctx, func(tx Tx) (err error) {
			list, err = due(tx)
			return err
		})
		if err != nil || len(list) == 0 {
			return err
		}
		err = st.Update(ctx, func(tx Tx) error {
			for _, row := range list {
				if err := drop(tx, row); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}

// tidyJoining is inSlices for what host and helpers see of joining; where
// something was due, those who watch are told.
func tidyJoining[T any](ctx context.Context, s *Service, due func(Tx) ([]T, error), drop func(Tx, T) error) error {
	changed := false
	err := inSlices(ctx, s.store, due, func(tx Tx, row T) error {
		changed = true
		return drop(tx, row)
	})
	if changed {
		s.publish.Publish(camp.Event{Kind: camp.EventJoin})
	}
	return err
}

func (s *Service) tidyLinks(ctx context.Context) error {
	return inSlices(ctx, s.store,
		func(tx Tx) ([]LinkRow, error) { return tx.LinksOver(tx.Now(), tidySlice) },
		func(tx Tx, l LinkRow) error { return tx.DropLink(l.Hash) })
}

func (s *Service) tidySessions(ctx context.Context) error {
	return inSlices(ctx, s.store,
		func(tx Tx) ([]SessionRow, error) { return tx.SessionsOver(tx.Now(), tidySlice) },
		func(tx Tx, r SessionRow) error {
			now, ok, err := tx.Session(r.Hash)
			if err != nil || !ok || tx.Now().Before(now.Ends) { // renewed since we looked
				return err
			}
			return tx.DropSession(r.Hash)
		})
}

func (s *Service) tidyLog(ctx context.Context) error {
	return inSlices(ctx, s.store,
		func(tx Tx) ([]camp.Entry, error) {
			return tx.EntriesBefore(firstEntry(tx.Now().Add(-logNames)), tidySlice)
		},
		func(tx Tx, e camp.Entry) error { return tx.PutEntry(unname(e)) })
}

// firstEntry is the smallest id that an entry of this time can have.
func firstEntry(t time.Time) camp.EntryID { return camp.EntryID(max(t.UnixMilli(), 0)) << 16 }

// tidyPeople ends stays that are over and takes away what is left of people
// who went long enough ago.
func (s *Service) tidyPeople(ctx context.Context) error {
	var all []camp.Member
	var now time.Time
	err := s.store.View(ctx, func(tx Tx) (err error) {
		now = tx.Now()
		all, err = tx.Members()
		return err
	})
	if err != nil {
		return err
	}
	for _, m := range all {
		if err := s.tidyPerson(ctx, m, now); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) tidyPerson(ctx context.Context, m camp.Member, now time.Time) error {
	switch {
	case m.Standing.In() && !m.Ends.IsZero() && !now.Before(m.Ends):
		return s.endStay(ctx, m.ID)
	case m.Standing == camp.Suspended && !m.Until.IsZero() && !now.Before(m.Until):
		return s.endBreak(ctx, m.ID)
	case m.Standing.In() && !m.Final.IsZero() && !now.Before(m.Final):
		return s.goes(ctx, m.ID)
	case m.Standing == camp.Removed && !m.Final.IsZero() && !now.Before(m.Final):
		return s.finish(ctx, m.ID)
	case !m.Ended.IsZero() && now.Sub(m.Ended) > profileKept && (m.Display != "" || m.About != "" || m.Picture != ""):
		return s.changeEnded(ctx, m.ID, forgetProfile)
	case !m.Ended.IsZero() && now.Sub(m.Ended) > agreedKept && m.Agreed != 0:
		return s.changeEnded(ctx, m.ID, func(tx Tx, m camp.Member) error {
			m.Agreed = 0
			if err := tx.PutMember(m); err != nil {
				return err
			}
			return tx.DropAgreements(m.ID)
		})
	}
	return s.tidySeen(ctx, m, now)
}

func (s *Service) endStay(ctx context.Context, id camp.MemberID) error {
	return s.reach(ctx, "end stay", func(tx Tx) ([]camp.Event, error) {
		m, ok, err := tx.Member(id)
		if err != nil || !ok || here(tx, m) {
			return nil, err
		}
		events, err := s.end(tx, m, camp.Expired, false)
		if err != nil {
			return nil, err
		}
		return events, note(tx, 0, "log.stay_over", m.ID, nil)
	})
}

// changeEnded runs change on the present row of somebody who is gone.
func (s *Service) changeEnded(ctx context.Context, id camp.MemberID, change func(Tx, camp.Member) error) error {
	return s.store.Update(ctx, func(tx Tx) error {
		m, ok, err := tx.Member(id)
		if err != nil || !ok || m.Ended.IsZero() {
			return err
		}
		return change(tx, m)
	})
}

func forgetProfile(tx Tx, m camp.Member) error {
	if m.Picture != "" {
		if err := tx.DropMedia(m.Picture); err != nil {
			return err
		}
	}
	m.Display, m.About, m.Picture = "", "", ""
	return tx.PutMember(m)
}

func (s *Service) tidySeen(ctx context.Context, m camp.Member, now time.Time) error {
	var seen string
	err := s.store.View(ctx, func(tx Tx) (err error) {
		seen, err = tx.Seen(m.ID)
		return err
	})
	if err != nil {
		return err
	}
	want := seen
	if t, bad := time.Parse(day, seen); bad == nil && now.Sub(t) > seenKept {
		want = camp.LastSeenLong
	}
	if !m.Ended.IsZero() {
		want = ""
	}
	if want == seen {
		return nil
	}
	return s.store.Loose(ctx, func(tx Tx) error { return tx.PutSeen(m.ID, want) })
}
