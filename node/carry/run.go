package carry

import (
	"context"
	"fmt"
	"strings"
	"time"

	"camp/node/camp"
)

// Rhythm of taking in.
const (
	firstLook = 10 * time.Second // the start of a camp has better to do
	rowEvery  = time.Second      // whoever is looked up is asked in peace
	lookEvery = 10 * time.Minute // where there is nothing to do
	lookTime  = time.Minute      // for one person
)

// again is how long somebody waits whose server did not answer, by tries before.
var again = [camp.ImportTries]time.Duration{0, 10 * time.Minute, time.Hour}

// Run takes in what was brought until ctx ends, a person a second. It returns
// nil then; what goes wrong on our side is logged, and tried again.
func (s *Service) Run(ctx context.Context) error {
	timer := time.NewTimer(firstLook)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
		case <-s.wake:
		}
		rest, err := s.round(ctx)
		if err != nil {
			rest = lookEvery
			if ctx.Err() == nil {
				s.o.Log.WarnContext(ctx, "taking in a list stopped early", "err", err)
			}
		}
		timer.Reset(rest)
	}
}

// round takes one person of each import that is due, forgets what is old, and
// says when to come back.
func (s *Service) round(ctx context.Context) (rest time.Duration, err error) {
	var all []camp.Import
	var now time.Time
	err = s.o.Store.View(ctx, func(tx Tx) (err error) {
		now = tx.Now()
		all, err = tx.Imports(0)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("read imports: %w", err)
	}
	rest = lookEvery
	for _, i := range all {
		switch wait := i.Next.Sub(now); {
		case i.Over() && now.Sub(i.At) > keptFor:
			err = s.forget(ctx, i)
		case i.Over():
		case wait > 0:
			rest = min(rest, wait)
		default:
			rest = rowEvery
			err = s.one(ctx, i)
		}
		if err != nil {
			return 0, err
		}
	}
	return rest, nil
}

func (s *Service) forget(ctx context.Context, i camp.Import) error {
	err := s.o.Store.Update(ctx, func(tx Tx) error { return tx.DropImport(i) })
	if err != nil {
		return fmt.Errorf("forget an import: %w", err)
	}
	return nil
}

// one takes in the next person of an import, or puts off what is left of it.
func (s *Service) one(ctx context.Context, i camp.Import) error {
	var by camp.Member
	var here camp.MemberID
	var row camp.ImportRow
	found := false
	err := s.o.Store.View(ctx, func(tx Tx) error {
		m, ok, err := tx.Member(i.Member)
		if err != nil || !ok || !m.Standing.In() {
			return err
		}
		by = m
		list, err := tx.ImportRows(i.ID, 0, 1)
		if err != nil || len(list) == 0 {
			return err
		}
		row, found = list[0], list[0].Tries < camp.ImportTries
		here, err = inCamp(tx, row.Handle)
		return err
	})
	if err != nil {
		return fmt.Errorf("read an import: %w", err)
	}
	switch {
	case by.ID == 0, !found: // its owner left, or its rows are gone
		return s.forget(ctx, i)
	case row.Tries > i.Pass && row.Tries < camp.ImportTries:
		return s.putOff(ctx, i, row.Tries)
	}
	err = s.take(ctx, camp.Actor{Member: by.ID, Role: by.Role}, i.What, row, here)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return s.done(ctx, i, row, camp.AsFault(err))
}

// inCamp gives the member whom an address names, 0 for nobody of the camp.
func inCamp(tx Tx, address string) (camp.MemberID, error) {
	h, _, err := tx.House()
	if err != nil {
		return 0, err
	}
	name, host, _ := strings.Cut(address, "@")
	if host != h.Address() {
		return 0, nil
	}
	if name, ok := camp.ParseName(name); ok {
		m, ok, err := tx.MemberByName(name)
		if err != nil || ok && m.Standing.In() {
			return m.ID, err
		}
	}
	return 0, nil
}

func (s *Service) take(ctx context.Context, by camp.Actor, what camp.ListKind, row camp.ImportRow, whom camp.MemberID) error {
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	if whom == 0 {
		if s.o.Finder == nil {
			return refuse(camp.NotAllowed, "people.no_outside.say")
		}
		r, err := s.o.Finder.Person(ctx, by, row.Handle)
		if err != nil {
			return err
		}
		whom = r.ID
	}
	switch what {
	case camp.ListFollows:
		_, err := s.o.Ties.Follow(ctx, by, whom, row.NoBoosts)
		return err
	case camp.ListBlocks:
		return s.o.Ties.Block(ctx, by, whom, true)
	case camp.ListMutes:
		return s.o.Ties.Mute(ctx, by, whom, true)
	}
	return refuse(camp.Invalid, "carry.none.say")
}

// putOff leaves what is left of an import for later: all of it was tried.
func (s *Service) putOff(ctx context.Context, i camp.Import, pass int) error {
	return s.write(ctx, i, func(tx Tx, i *camp.Import) error {
		i.Pass, i.Next = pass, tx.Now().Add(again[pass])
		return nil
	})
}

// done writes what came of a person. Whose server does not answer, or we
// ourselves fail, is tried again at the end.
func (s *Service) done(ctx context.Context, i camp.Import, row camp.ImportRow, f *camp.Fault) error {
	if f != nil && f.Kind == camp.Internal {
		s.o.Log.WarnContext(ctx, "somebody of a list not taken in", "import", i.ID, "err", f.Err)
		f = refuse(camp.Offline, "carry.ours.say")
	}
	return s.write(ctx, i, func(tx Tx, i *camp.Import) error {
		if err := tx.DropImportRow(row); err != nil {
			return err
		}
		if f == nil {
			i.Done++
			return nil
		}
		row.Tries++
		row.Why, row.Args = f.Say, f.Args
		if f.Kind != camp.Offline && f.Kind != camp.Full {
			row.Tries = camp.ImportTries
		}
		if row.Tries == camp.ImportTries {
			i.Bad++
		}
		return tx.PutImportRow(row)
	})
}

// write changes an import as it stands, unless its owner ended it meanwhile.
func (s *Service) write(ctx context.Context, i camp.Import, fn func(Tx, *camp.Import) error) error {
	err := s.o.Store.Update(ctx, func(tx Tx) error {
		now, ok, err := tx.Import(i.Member, i.ID)
		if err != nil || !ok {
			return err
		}
		if err := fn(tx, &now); err != nil {
			return err
		}
		return tx.PutImport(now)
	})
	if err != nil {
		return fmt.Errorf("write an import: %w", err)
	}
	return nil
}
