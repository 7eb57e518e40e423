// Package carry takes the lists of people that are a member's own, whom they
// follow, block and mute, out of the camp as files and into it, in the layouts
// that other programs of the wider world read and write.
//
//	following_accounts.csv   Account address,Show boosts,Notify on new posts,Languages
//	blocked_accounts.csv     one address a line
//	muted_accounts.csv       Account address,Hide notifications
//
// A file that comes in is read whole, within bounds, and kept row by row. Run
// then takes the people in, one after the other: it has each looked up and hands
// them to node/posts, which decides. Nothing of it is lost when the camp stops.
//
//	Import ─▶ rows ─▶ Run: look up ─▶ follow, block or mute ─▶ row goes
//	                    │ no answer: again after 10 minutes, after an hour
//	                    └ came to nothing: the row stays, with why, for 30 days
package carry

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"time"

	"camp/node/camp"
)

// Bounds of a file that comes in, and of what is kept of it.
const (
	MaxFile  = 1 << 20 // bytes
	MaxRows  = 5000
	maxOpen  = 3 // imports of one member that are not over
	maxShown = 200
	keptFor  = 30 * 24 * time.Hour
)

// Store is what imports need of a store.
type Store interface {
	Update(ctx context.Context, fn func(Tx) error) error
	View(ctx context.Context, fn func(Tx) error) error
}

// Tx is one transaction over the rows that this package owns, and those that it reads.
type Tx interface {
	Reading
	Now() time.Time
	NextID() uint64
	MemberByName(name string) (m camp.Member, ok bool, err error)

	PutImport(camp.Import) error
	Import(m camp.MemberID, id uint64) (i camp.Import, ok bool, err error)
	Imports(m camp.MemberID) ([]camp.Import, error) // 0: everybody's
	DropImport(camp.Import) error                   // with its rows
	PutImportRow(camp.ImportRow) error
	DropImportRow(camp.ImportRow) error
	ImportRows(id uint64, tries, limit int) ([]camp.ImportRow, error) // tried so often or more, fewest tries first
}

// Ties does what a row asks for; whether it may be is decided there.
type Ties interface {
	Follow(ctx context.Context, by camp.Actor, whom camp.MemberID, noBoosts bool) (camp.Follow, error)
	Mute(ctx context.Context, by camp.Actor, whom camp.MemberID, on bool) error
	Block(ctx context.Context, by camp.Actor, whom camp.MemberID, on bool) error
}

// Finder looks somebody elsewhere up by their handle.
type Finder interface {
	Person(ctx context.Context, by camp.Actor, typed string) (camp.Remote, error)
}

// Options are what a Service needs. Finder nil: nobody elsewhere can be looked up.
type Options struct {
	Store  Store
	Ties   Ties
	Finder Finder
	Log    *slog.Logger
}

// Service carries lists. It is safe for concurrent use.
type Service struct {
	o    Options
	wake chan struct{} // there is something to take in
}

// New makes a Service; it starts nothing. Run takes in what was brought.
func New(o Options) *Service {
	o.Log = o.Log.With("component", "carry")
	return &Service{o: o, wake: make(chan struct{}, 1)}
}

// refuse makes a fault with placeholder pairs.
func refuse(kind camp.Kind, say string, args ...string) *camp.Fault {
	f := camp.NewFault(kind, say, nil)
	for i := 0; i+1 < len(args); i += 2 {
		if f.Args == nil {
			f.Args = map[string]string{}
		}
		f.Args[args[i]] = args[i+1]
	}
	return f
}

// owner gives the row of whoever's lists they are.
func owner(tx Tx, by camp.Actor) (camp.Member, error) {
	m, ok, err := tx.Member(by.Member)
	if err == nil && (by.Member == 0 || !ok || !m.Standing.In()) {
		err = refuse(camp.NotAllowed, "people.not_member.say")
	}
	return m, err
}

// Export gives one of by's lists as a file.
func (s *Service) Export(ctx context.Context, by camp.Actor, what camp.ListKind) ([]byte, error) {
	var b bytes.Buffer
	err := s.o.Store.View(ctx, func(tx Tx) error {
		m, err := owner(tx, by)
		if err != nil {
			return err
		}
		b.Reset()
		_, err = Write(&b, tx, m.ID, what)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("export a list: %w", err)
	}
	return b.Bytes(), nil
}

// Import reads a file whole and keeps it to be taken in. A file that is too
// large, or names nobody, is Invalid; nothing is kept then.
func (s *Service) Import(ctx context.Context, by camp.Actor, what camp.ListKind, file io.Reader) (camp.Import, error) {
	rows, err := Read(file)
	if err != nil {
		return camp.Import{}, err
	}
	var i camp.Import
	err = s.o.Store.Update(ctx, func(tx Tx) error {
		m, err := owner(tx, by)
		if err != nil {
			return err
		}
		had, err := tx.Imports(m.ID)
		if err != nil {
			return err
		}
		open := 0
		for _, h := range had {
			if !h.Over() {
				open++
			}
		}
		if open >= maxOpen {
			return refuse(camp.Conflict, "carry.many.say", "Most", strconv.Itoa(maxOpen))
		}
		i = camp.Import{ID: tx.NextID(), Member: m.ID, What: what, At: tx.Now(), Rows: len(rows)}
		for _, r := range rows {
			r.Import = i.ID
			if r.Why != "" {
				r.Tries = camp.ImportTries
				i.Bad++
			}
			if err := tx.PutImportRow(r); err != nil {
				return err
			}
		}
		return tx.PutImport(i)
	})
	if err != nil {
		return camp.Import{}, fmt.Errorf("keep an import: %w", err)
	}
	select {
	case s.wake <- struct{}{}:
	default:
	}
	return i, nil
}

// Imports gives by's imports, newest first.
func (s *Service) Imports(ctx context.Context, by camp.Actor) (list []camp.Import, err error) {
	err = s.o.Store.View(ctx, func(tx Tx) error {
		m, err := owner(tx, by)
		if err != nil {
			return err
		}
		all, err := tx.Imports(m.ID)
		list = nil
		for i := len(all) - 1; i >= 0; i-- {
			list = append(list, all[i])
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list imports: %w", err)
	}
	return list, nil
}

// Bad gives the people of an import of by's who came to nothing, with why, at
// most 200. Another's import is NotFound, as one that never was.
func (s *Service) Bad(ctx context.Context, by camp.Actor, id uint64) (list []camp.ImportRow, err error) {
	err = s.o.Store.View(ctx, func(tx Tx) error {
		i, err := own(tx, by, id)
		if err != nil {
			return err
		}
		list, err = tx.ImportRows(i.ID, camp.ImportTries, maxShown)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list what came to nothing: %w", err)
	}
	return list, nil
}

// End stops an import of by's and forgets it. Who was taken in stays.
func (s *Service) End(ctx context.Context, by camp.Actor, id uint64) error {
	err := s.o.Store.Update(ctx, func(tx Tx) error {
		i, err := own(tx, by, id)
		if err != nil {
			return err
		}
		return tx.DropImport(i)
	})
	if err != nil {
		return fmt.Errorf("end an import: %w", err)
	}
	return nil
}

func own(tx Tx, by camp.Actor, id uint64) (camp.Import, error) {
	m, err := owner(tx, by)
	if err != nil {
		return camp.Import{}, err
	}
	i, ok, err := tx.Import(m.ID, id)
	if err == nil && !ok {
		err = refuse(camp.NotFound, "carry.none.say")
	}
	return i, err
}
