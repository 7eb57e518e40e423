package posts

import (
	"context"
	"fmt"
	"slices"
	"time"

	"camp/node/camp"
)

// A decision about a server leaves a job. First what hangs on the name is brought
// into line: follows both ways are cut, and remembered, of those whom the
// decisions now shut out. Nobody there is told. When the time to undo is over,
// what is still shut out is erased, and what is not was taken back for good.
//
//	decided ─▶ Settle: residents under the name ─▶ cut, remember ─▶ Done ─ 30 days ─▶ erase or forget
//
// Each step is an act of its own and asks the decisions in its own transaction,
// so that a kill in between, or a decision in between, does no harm.

// settleSlice is how many people are dealt with in one act.
const settleSlice = 50

// Settle works off what decisions left to do.
func (s *Service) Settle(ctx context.Context) error {
	var jobs []camp.Cutting
	var now time.Time
	err := s.view(ctx, "read what decisions left to do", func(tx Tx) (err error) {
		now = tx.Now()
		jobs, err = tx.Cuttings()
		return err
	})
	if err != nil {
		return err
	}
	for _, j := range jobs {
		if !j.Done {
			err = s.align(ctx, j)
		} else if now.Sub(j.At) > camp.UndoTime {
			err = s.makeFinal(ctx, j, waiting(jobs, j, now))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// waiting gives the names below that of a job about which was decided later, so
// that they can still be undone.
func waiting(jobs []camp.Cutting, j camp.Cutting, now time.Time) []camp.Domain {
	var list []camp.Domain
	for _, o := range jobs {
		if o.Domain != j.Domain && o.Domain.Within(j.Domain) && now.Sub(o.At) <= camp.UndoTime {
			list = append(list, o.Domain)
		}
	}
	return list
}

// eachResident hands over everybody who is known under a name, with the level
// that holds for them in that very transaction, some in each.
func (s *Service) eachResident(ctx context.Context, op string, d camp.Domain, do func(Tx, camp.Resident, camp.Level) ([]camp.Event, error)) error {
	var at camp.Resident
	for {
		if ctx.Err() != nil {
			return fmt.Errorf("%s: %w", op, ctx.Err())
		}
		var list []camp.Resident
		err := s.update(ctx, op, func(tx Tx) (events []camp.Event, err error) {
			if list, err = tx.Residents(d, at, settleSlice); err != nil {
				return nil, err
			}
			for _, r := range list {
				level, err := ruledNow(tx, r.Person)
				if err != nil {
					return nil, err
				}
				more, err := do(tx, r, level)
				if err != nil {
					return nil, err
				}
				events = append(events, more...)
			}
			return events, nil
		})
		if err != nil || len(list) < settleSlice {
			return err
		}
		at = list[len(list)-1]
	}
}

// ruledNow is levelOfPerson by the decisions as they stand in the store.
func ruledNow(tx Tx, id camp.MemberID) (camp.Level, error) {
	r, ok, err := tx.Remote(id)
	if err != nil || !ok {
		return camp.LevelNone, err
	}
	return camp.LevelIn(tx.Block, r.Hosts())
}

// align brings what hangs on a name into line with the decisions.
func (s *Service) align(ctx context.Context, j camp.Cutting) error {
	shut := map[camp.Domain]bool{}
	all := true
	err := s.eachResident(ctx, "cut ties with a server", j.Domain, func(tx Tx, r camp.Resident, level camp.Level) ([]camp.Event, error) {
		if !shutOut(level) {
			all = false
			return askAgain(tx, r.Person)
		}
		shut[r.Host] = true
		return cutTies(tx, r.Person)
	})
	if err != nil {
		return err
	}
	if err := s.dropQueued(ctx, j.Domain, shut, all); err != nil {
		return err
	}
	err = s.update(ctx, "end cutting", func(tx Tx) ([]camp.Event, error) {
		if same, err := stands(tx, j); err != nil || !same {
			return nil, err
		}
		return nil, tx.PutCutting(camp.Cutting{Domain: j.Domain, At: j.At, Done: true})
	})
	if err == nil {
		s.log.InfoContext(ctx, "a decision about a server was carried out", "domain", j.Domain)
	}
	return err
}

// stands reports whether a job is still the newest about its name.
func stands(tx Tx, j camp.Cutting) (bool, error) {
	jobs, err := tx.Cuttings()
	for _, o := range jobs {
		if o.Domain == j.Domain {
			return o.At.Equal(j.At), err
		}
	}
	return false, err
}

// dropQueued ends what is on its way to a name; where somebody below it is not
// shut out, to those alone who are.
func (s *Service) dropQueued(ctx context.Context, d camp.Domain, shut map[camp.Domain]bool, all bool) error {
	var level camp.Level
	err := s.view(ctx, "read a decision", func(tx Tx) (err error) {
		level, err = camp.LevelIn(tx.Block, []camp.Domain{d})
		return err
	})
	if err != nil {
		return err
	}
	names := []camp.Domain{}
	if all && shutOut(level) {
		names = append(names, d)
	} else {
		for host := range shut {
			names = append(names, host)
		}
	}
	for _, name := range names {
		if err := s.cutOff(ctx, name); err != nil {
			return fmt.Errorf("drop what waits for a server: %w", err)
		}
	}
	return nil
}

// cutTies ends the follows between members and somebody who is shut out, and
// remembers them. What was put into home timelines stays there, unseen. Who asked
// to follow a member goes on waiting, unseen too.
func cutTies(tx Tx, who camp.MemberID) ([]camp.Event, error) {
	ours, theirs, err := tiesOf(tx, who)
	if err != nil {
		return nil, err
	}
	var events []camp.Event
	for _, f := range append(ours, theirs...) {
		events = append(events, tied(f.From), tied(f.To))
		if err := sever(tx, f); err != nil {
			return nil, err
		}
	}
	return events, nil
}

// tiesOf gives the follows that a decision cuts: those of members to somebody,
// also where they wait for a yes, and those of theirs that stand.
func tiesOf(tx Tx, who camp.MemberID) (ours, theirs []camp.Follow, err error) {
	if ours, err = tx.FollowersOf(who, 0, 0); err != nil {
		return nil, nil, err
	}
	theirs, err = tx.FollowsOf(who, 0, 0)
	theirs = slices.DeleteFunc(theirs, func(f camp.Follow) bool { return !f.Accepted })
	return ours, theirs, err
}

func sever(tx Tx, f camp.Follow) error {
	had, _, err := tx.Severed(f.From, f.To)
	if err != nil {
		return err
	}
	s := camp.Severed{Follow: f, Cut: tx.Now()}
	if had.Accepted && !f.Accepted { // cut again before they said yes again
		s.Accepted, s.At = true, had.At
	}
	if err := tx.PutSevered(s); err != nil {
		return err
	}
	return tx.DropFollow(f.From, f.To)
}

// makeFinal erases what is shut out under a name since the time to undo is over,
// and forgets the follows of what is not any more.
func (s *Service) makeFinal(ctx context.Context, j camp.Cutting, but []camp.Domain) error {
	err := s.eachResident(ctx, "erase what a decision hides", j.Domain, func(tx Tx, r camp.Resident, level camp.Level) ([]camp.Event, error) {
		for _, d := range but {
			if r.Host.Within(d) {
				return nil, nil
			}
		}
		if err := forgetTies(tx, r.Person, shutOut(level)); err != nil || !shutOut(level) {
			return nil, err
		}
		return nil, tx.PutErasing(camp.Erasing{Member: r.Person, Posts: true})
	})
	if err != nil {
		return err
	}
	return s.update(ctx, "end a decision's time", func(tx Tx) ([]camp.Event, error) {
		if same, err := stands(tx, j); err != nil || !same {
			return nil, err
		}
		return nil, tx.DropCutting(j.Domain)
	})
}

// forgetTies forgets the follows that were cut between members and somebody;
// with all, also what else the two have waiting for each other.
func forgetTies(tx Tx, who camp.MemberID, all bool) error {
	ours, err := tx.SeveredTo(who)
	if err != nil {
		return err
	}
	theirs, err := tx.SeveredFrom(who)
	if err != nil {
		return err
	}
	for _, s := range append(ours, theirs...) {
		if err := tx.DropSevered(s.From, s.To); err != nil {
			return err
		}
	}
	if !all {
		return nil
	}
	asking, err := tx.FollowsOf(who, 0, 0)
	if err != nil {
		return err
	}
	for _, f := range asking {
		if err := tx.DropFollow(f.From, f.To); err != nil {
			return err
		}
	}
	notices, err := tx.NoticesAbout(0)
	if err != nil {
		return err
	}
	for _, n := range notices {
		if n.From == who {
			if err := tx.DropNotice(n.To, n.Notice); err != nil {
				return err
			}
		}
	}
	return nil
}
