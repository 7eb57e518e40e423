package posts

import (
	"context"
	"fmt"
	"math"
	"runtime/debug"
	"slices"
	"time"

	"camp/node/camp"
)

// Rhythm and bounds of the background work.
const (
	firstLook   = 2 * time.Second // the start of a camp has better to do
	lookEvery   = time.Minute
	tidyEvery   = time.Hour
	slice       = 20  // posts erased in one act
	tidySlice   = 200 // rows dropped in one act
	noticesKept = 90 * 24 * time.Hour
	deletedKept = 31 * 24 * time.Hour  // backups are kept for thirty days
	manyPosts   = 20_000               // sifted at once, worth giving memory back afterwards
	siftRest    = 5 * time.Millisecond // between two runs; sifting one takes about as long
)

// Run does the background work from two seconds on until ctx ends: it tells how polls stand and
// that they are over, erases what people who went left behind, also what a kill interrupted, keeps the sieves of search, forgets
// what came from elsewhere and nobody holds on to, and drops what has been kept long enough. It returns nil then; what fails is
// logged and tried again a minute later.
func (s *Service) Run(ctx context.Context) error {
	timer := time.NewTimer(firstLook)
	defer timer.Stop()
	var tidied time.Time
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
		case <-s.wake:
		}
		if err := s.round(ctx, &tidied); err != nil && ctx.Err() == nil {
			s.log.WarnContext(ctx, "background work stopped early", "err", err)
		}
		timer.Reset(lookEvery)
	}
}

func (s *Service) round(ctx context.Context, tidied *time.Time) error {
	s.fresh.Store(0)
	if err := s.Settle(ctx); err != nil {
		return err
	}
	if err := s.Polls(ctx); err != nil {
		return err
	}
	if err := s.Resume(ctx); err != nil {
		return err
	}
	if err := s.Sift(ctx); err != nil {
		return err
	}
	if err := s.Sweep(ctx); err != nil {
		return err
	}
	var now time.Time
	if err := s.view(ctx, "read clock", func(tx Tx) error { now = tx.Now(); return nil }); err != nil {
		return err
	}
	if now.Sub(*tidied) < tidyEvery {
		return nil
	}
	*tidied = now
	return s.Tidy(ctx)
}

// wrote wakes Run once a run of posts is full.
func (s *Service) wrote(n int64) {
	if s.fresh.Add(n) >= runSize {
		s.Wake()
	}
}

// Resume works off what ended memberships left behind, until nothing is left.
// Each slice is an act of its own, so that a kill loses nothing but time.
func (s *Service) Resume(ctx context.Context) error {
	var jobs []camp.Erasing
	err := s.view(ctx, "read erasings", func(tx Tx) (err error) {
		jobs, err = tx.Erasings()
		return err
	})
	if err != nil {
		return err
	}
	for _, j := range jobs {
		if j.Posts {
			if err := s.EraseAllOf(ctx, j.Member); err != nil {
				return err
			}
		}
		if !j.Only {
			if later, err := s.eraseRest(ctx, j.Member); err != nil || later {
				if err != nil {
					return err
				}
				continue
			}
		}
		if err := s.endErasing(ctx, j); err != nil {
			return err
		}
		s.log.InfoContext(ctx, "erased what a former member left", "posts", j.Posts)
	}
	return nil
}

// eraseRest takes away what only somebody who went for good used, and whom they
// knew; later means that the job must stay.
func (s *Service) eraseRest(ctx context.Context, m camp.MemberID) (later bool, err error) {
	err = s.inSlices(ctx, "erase marks", func(tx Tx) (bool, []camp.Event, error) {
		more, err := tx.DropMarksOf(m, tidySlice)
		return more, nil, err
	})
	if err != nil {
		return false, err
	}
	return s.dropTies(ctx, m)
}

// endErasing ends a job, unless there is more to erase by now.
func (s *Service) endErasing(ctx context.Context, j camp.Erasing) error {
	return s.update(ctx, "end erasing", func(tx Tx) ([]camp.Event, error) {
		now, err := tx.Erasings()
		if err != nil || !slices.Contains(now, j) {
			return nil, err
		}
		return nil, tx.DropErasing(j.Member)
	})
}

// inSlices repeats an act until it says that nothing is left.
func (s *Service) inSlices(ctx context.Context, op string, act func(Tx) (more bool, events []camp.Event, err error)) error {
	for more := true; more; {
		if ctx.Err() != nil {
			return fmt.Errorf("%s: %w", op, ctx.Err())
		}
		err := s.update(ctx, op, func(tx Tx) (events []camp.Event, err error) {
			more, events, err = act(tx)
			return events, err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// EraseAllOf erases everything that somebody wrote and liked, in slices.
func (s *Service) EraseAllOf(ctx context.Context, m camp.MemberID) error {
	err := s.inSlices(ctx, "erase posts", func(tx Tx) (bool, []camp.Event, error) {
		list, err := tx.PostsBy(m, camp.Page{Limit: slice})
		if err != nil {
			return false, nil, err
		}
		var events []camp.Event
		for _, p := range list {
			gone, err := takeAway(tx, p, m)
			if err != nil {
				return false, nil, err
			}
			events = append(events, gone...)
		}
		return len(list) > 0, events, nil
	})
	if err != nil {
		return err
	}
	return s.inSlices(ctx, "erase favourites", func(tx Tx) (bool, []camp.Event, error) {
		ids, err := tx.FavouritesBy(m, camp.Page{Limit: slice})
		if err != nil {
			return false, nil, err
		}
		var events []camp.Event
		for _, id := range ids {
			p, ok, err := tx.Post(id)
			if err != nil {
				return false, nil, err
			}
			if !ok {
				if err := tx.DropFavourite(m, id); err != nil {
					return false, nil, err
				}
				continue
			}
			counted, err := unlike(tx, m, p)
			if err != nil {
				return false, nil, err
			}
			events = append(events, counted...)
		}
		return len(ids) > 0, events, nil
	})
}

// Sift makes the sieves of all runs that are full, and anew those in which
// posts were changed or taken back.
func (s *Service) Sift(ctx context.Context) error {
	var ids []camp.PostID
	err := s.view(ctx, "find new posts", func(tx Tx) error {
		newest, err := tx.Sieves(0, 1)
		if err != nil {
			return err
		}
		var last camp.PostID
		if len(newest) > 0 {
			last = newest[0].Last
		}
		ids, err = tx.PostIDsAfter(last)
		return err
	})
	if err != nil {
		return err
	}
	if len(ids) >= manyPosts {
		defer debug.FreeOSMemory() // after an import; the collector alone gives it back late
	}
	for ; len(ids) >= runSize; ids = ids[runSize:] {
		if err := s.siftRun(ctx, ids[0], ids[runSize-1]); err != nil {
			return err
		}
		if err := rest(ctx, siftRest); err != nil {
			return fmt.Errorf("sift: %w", err)
		}
	}
	return s.siftAgain(ctx)
}

// rest leaves the machine to readers for a while.
func rest(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

func (s *Service) siftRun(ctx context.Context, first, last camp.PostID) error {
	return s.update(ctx, "sift", func(tx Tx) ([]camp.Event, error) {
		run, err := tx.PostsBetween(first, last, runSize)
		if err != nil {
			return nil, err
		}
		return nil, tx.PutSieve(sift(first, last, run))
	})
}

func (s *Service) siftAgain(ctx context.Context) error {
	var list []camp.PostID
	err := s.view(ctx, "find changed runs", func(tx Tx) (err error) {
		list, err = tx.Resifts(math.MaxInt)
		return err
	})
	if err != nil {
		return err
	}
	for _, first := range list {
		if ctx.Err() != nil {
			return fmt.Errorf("sift again: %w", ctx.Err())
		}
		err := s.update(ctx, "sift again", func(tx Tx) ([]camp.Event, error) { return nil, siftOnceMore(tx, first) })
		if err != nil {
			return err
		}
	}
	return nil
}

func siftOnceMore(tx Tx, first camp.PostID) error {
	old, ok, err := tx.SieveOver(first)
	if err != nil {
		return err
	}
	if ok {
		run, err := tx.PostsBetween(old.First, old.Last, runSize)
		if err != nil {
			return err
		}
		if err := tx.PutSieve(sift(old.First, old.Last, run)); err != nil {
			return err
		}
	}
	return tx.DropResift(first)
}

// Tidy drops notices older than 90 days and idempotency keys whose hour is
// over. Where nothing is due it writes nothing.
func (s *Service) Tidy(ctx context.Context) error {
	if err := s.tidyKeys(ctx); err != nil {
		return err
	}
	if err := s.tidyDeleted(ctx); err != nil {
		return err
	}
	due := map[camp.MemberID]bool{}
	var border camp.NoticeID
	err := s.view(ctx, "tidy notices", func(tx Tx) error {
		border = camp.NoticeID(max(tx.Now().Add(-noticesKept).UnixMilli(), 0)) << 16
		people, err := tx.Members()
		if err != nil {
			return err
		}
		for _, m := range people {
			old, err := tx.NoticesBefore(m.ID, border, 1)
			if err != nil {
				return err
			}
			due[m.ID] = len(old) > 0
		}
		return nil
	})
	if err != nil {
		return err
	}
	for m, some := range due {
		if !some {
			continue
		}
		err := s.inSlices(ctx, "tidy notices", func(tx Tx) (bool, []camp.Event, error) {
			old, err := tx.NoticesBefore(m, border, tidySlice)
			if err != nil {
				return false, nil, err
			}
			for _, n := range old {
				if err := tx.DropNotice(m, n); err != nil {
					return false, nil, err
				}
			}
			return len(old) == tidySlice, nil, nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) tidyKeys(ctx context.Context) error {
	due := false
	err := s.view(ctx, "tidy keys", func(tx Tx) (err error) {
		due, err = tx.AnyOnceOver(tx.Now())
		return err
	})
	if err != nil || !due {
		return err
	}
	return s.inSlices(ctx, "tidy keys", func(tx Tx) (bool, []camp.Event, error) {
		more, err := tx.DropOnceOver(tx.Now(), tidySlice)
		return more, nil, err
	})
}

// tidyDeleted forgets which posts were deleted, once no backup is as old.
func (s *Service) tidyDeleted(ctx context.Context) error {
	return s.inSlices(ctx, "tidy what was deleted", func(tx Tx) (bool, []camp.Event, error) {
		more, err := tx.ForgetDeleted(tx.Now().Add(-deletedKept), tidySlice)
		return more, nil, err
	})
}
