package border

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"camp/node/camp"
)

const (
	maxReason = 500 // characters
	maxBlocks = 20000
)

// Store is what the border needs of a store.
type Store interface {
	Update(ctx context.Context, fn func(Tx) error) error
	View(ctx context.Context, fn func(Tx) error) error
}

// Tx is one transaction over the rows that this package owns, and those that it reads.
type Tx interface {
	Now() time.Time
	NextID() uint64
	House() (h camp.House, ok bool, err error)
	Member(camp.MemberID) (m camp.Member, ok bool, err error)
	PutEntry(camp.Entry) error

	PutBlock(camp.BlockRow) error
	Block(camp.Domain) (b camp.BlockRow, ok bool, err error)
	Blocks() ([]camp.BlockRow, error)
	DropBlock(camp.Domain) error
	PutBlockChange(camp.BlockChange) error
	BlockChange(id string) (c camp.BlockChange, ok bool, err error)
	BlockChanges() ([]camp.BlockChange, error) // newest first
	DropBlockChange(id string) error

	PutCutting(camp.Cutting) error // what is to follow from a change; whoever owns the ties works it off
	Cuttings() ([]camp.Cutting, error)
}

// Publisher is told what changed, after it is on disk. It must not block.
type Publisher interface{ Publish(camp.Event) }

// Ties counts what binds this camp to the servers of a name and all below it:
// follows of members, followers from there, and posts. falls says which of those
// servers a decision would newly shut out; the others do not count.
type Ties interface {
	Ties(ctx context.Context, d camp.Domain, falls func(camp.Domain) bool) (follows, followers, posts int, err error)
}

// Options are what a Service needs. Ties and After may be nil.
type Options struct {
	Store   Store
	Publish Publisher
	Ties    Ties
	// After brings what hangs on the decisions into line, once a change is in
	// force. What it does not manage, its owner goes on with by the rows.
	After func(ctx context.Context) error
	Log   *slog.Logger
}

// Service keeps the decisions. Safe for concurrent use.
type Service struct {
	o        Options
	changing sync.Mutex // one change at a time, so that the set in force is the newest
	rules    atomic.Pointer[rules]
	deaf     atomic.Pointer[map[camp.Domain]bool] // of which decisions no report is taken
}

// New makes a Service that knows no decision; Load reads them.
func New(o Options) *Service {
	s := &Service{o: o}
	s.rules.Store(&rules{})
	s.deaf.Store(&map[camp.Domain]bool{})
	return s
}

// Load reads the decisions from the store. It is called before anything is
// admitted, and after each change.
func (s *Service) Load(ctx context.Context) error {
	next, deaf := rules{}, map[camp.Domain]bool{}
	err := s.o.Store.View(ctx, func(tx Tx) error {
		all, err := tx.Blocks()
		for _, b := range all {
			next[b.Domain] = b.Level
			if b.NoReports {
				deaf[b.Domain] = true
			}
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("read what is blocked: %w", err)
	}
	s.rules.Store(&next)
	s.deaf.Store(&deaf)
	return nil
}

func refuse(kind camp.Kind, say string, args ...string) *camp.Fault {
	f := camp.NewFault(kind, say, nil)
	f.Args = map[string]string{}
	for i := 0; i+1 < len(args); i += 2 {
		f.Args[args[i]] = args[i+1]
	}
	return f
}

// keeper gives the row of somebody who may decide about servers.
func keeper(tx Tx, by camp.Actor) (camp.Member, error) {
	m, ok, err := tx.Member(by.Member)
	if err == nil && (!ok || m.Standing != camp.Joined || m.Role != camp.RoleHost && m.Role != camp.RoleHelper) {
		err = refuse(camp.NotAllowed, "people.only_helper.say")
	}
	return m, err
}

// standing is keeper, with what was decided about a server; nothing is NotFound.
func standing(tx Tx, by camp.Actor, d camp.Domain) (m camp.Member, was camp.BlockRow, err error) {
	if m, err = keeper(tx, by); err != nil {
		return m, was, err
	}
	was, there, err := tx.Block(d)
	if err == nil && !there {
		err = refuse(camp.NotFound, "border.none.say", "Name", Shown(d))
	}
	return m, was, err
}

// update carries out one change, puts it in force, sees to what follows, and tells.
func (s *Service) update(ctx context.Context, op string, fn func(Tx) (changed bool, err error)) error {
	changed, err := s.decide(ctx, fn)
	if err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	if !changed {
		return nil
	}
	if s.o.After != nil {
		if err := s.o.After(ctx); err != nil {
			s.o.Log.WarnContext(ctx, "what follows from a decision is left for later", "err", err)
		}
	}
	s.o.Publish.Publish(camp.Event{Kind: camp.EventBorder})
	return nil
}

// decide is update up to where the change is in force.
func (s *Service) decide(ctx context.Context, fn func(Tx) (changed bool, err error)) (changed bool, err error) {
	s.changing.Lock()
	defer s.changing.Unlock()
	err = s.o.Store.Update(ctx, func(tx Tx) (err error) {
		changed, err = fn(tx)
		return err
	})
	if err != nil || !changed {
		return false, err
	}
	return true, s.Load(context.WithoutCancel(ctx)) // decided is decided, whoever has gone
}

// Decide decides about a server: anew, or another level, reason or day to look at
// it again for what stands. The same again changes nothing, but that it is looked
// at again a year later once the day for that has come.
func (s *Service) Decide(ctx context.Context, by camp.Actor, w camp.Decision) (camp.Domain, error) {
	d, err := ParseDomain(w.Name)
	if err != nil {
		return "", err
	}
	if w.Level == "" {
		w.Level = camp.LevelBlock
	}
	if _, ok := camp.ParseLevel(string(w.Level)); !ok {
		return d, refuse(camp.Invalid, "border.level.say", "Level", camp.CleanLine(string(w.Level), 20))
	}
	if Shared(d) && !w.Wide {
		return d, refuse(camp.Conflict, "border.shared.say", "Name", Shown(d))
	}
	clean := camp.CleanLine(w.Reason, maxReason)
	return d, s.update(ctx, "decide about a server", func(tx Tx) (bool, error) {
		m, err := keeper(tx, by)
		if err != nil {
			return false, err
		}
		if err := notOwn(tx, d); err != nil {
			return false, err
		}
		review, err := reviewOn(tx.Now(), w.Review)
		if err != nil {
			return false, err
		}
		was, there, err := tx.Block(d)
		if err != nil {
			return false, err
		}
		due := !was.Review.IsZero() && !tx.Now().Before(was.Review)
		// Of a list: confirmed, and the camp's own from now on.
		if there && was.Level == w.Level && (clean == "" || clean == was.Reason) && !due && was.Source == "" && w.Review == "" {
			return false, nil
		}
		next := camp.BlockRow{
			Domain: d, Level: w.Level, Reason: clean, By: m.ID, At: tx.Now(), Review: review, NoReports: there && was.NoReports,
		}
		if there && clean == "" && was.Source == "" { // what a list says never becomes the camp's own word
			next.Reason = was.Reason
		}
		if !there {
			if all, err := tx.Blocks(); err != nil || len(all) >= maxBlocks {
				return false, refuse(camp.Full, "border.full.say")
			}
			was = camp.BlockRow{}
		}
		return true, change(tx, m, was, next, "log.blocked_"+string(w.Level))
	})
}

// notOwn refuses a name of the camp's own and what is above or below it
// (community.md 4.1): its domain, and what it is called without one.
func notOwn(tx Tx, d camp.Domain) error {
	h, ok, err := tx.House()
	if err != nil || !ok {
		return err
	}
	inside := h
	inside.Domain = ""
	for _, own := range []camp.Domain{camp.Domain(h.Address()), camp.Domain(inside.Address())} {
		if d.Within(own) || own.Within(d) {
			return refuse(camp.Invalid, "border.own.say")
		}
	}
	return nil
}

// Lift takes a decision back; none is NotFound.
func (s *Service) Lift(ctx context.Context, by camp.Actor, typed string) error {
	d, err := ParseDomain(typed)
	if err != nil {
		return err
	}
	return s.update(ctx, "lift a decision", func(tx Tx) (bool, error) {
		m, was, err := standing(tx, by, d)
		if err != nil {
			return false, err
		}
		return true, change(tx, m, was, camp.BlockRow{}, "log.unblocked_"+string(camp.LevelNone))
	})
}

// change writes a decision, what was before, and the host's log; deed is the log's
// key.
func change(tx Tx, m camp.Member, from, to camp.BlockRow, deed string) error {
	c, err := alter(tx, m, from, to, "")
	if err != nil {
		return err
	}
	return noteAbout(tx, m, deed, c.Domain())
}

// noteAbout writes a line of the host's log about a server.
func noteAbout(tx Tx, m camp.Member, deed string, d camp.Domain) error {
	return tx.PutEntry(camp.Entry{
		ID: camp.EntryID(tx.NextID()), At: tx.Now(), By: m.ID, Deed: deed, Args: map[string]string{"Name": Shown(d)},
	})
}

// alter is change without the log; batch is of all that come by one list.
func alter(tx Tx, m camp.Member, from, to camp.BlockRow, batch string) (c camp.BlockChange, err error) {
	id := tx.NextID()
	c = camp.BlockChange{ID: fmt.Sprintf("%018d", id), By: m.ID, At: tx.Now(), From: from, To: to, Batch: batch}
	if to.Level == "" {
		err = tx.DropBlock(c.Domain())
	} else {
		c.To.Change = c.ID
		err = tx.PutBlock(c.To)
	}
	if err != nil {
		return c, err
	}
	if err := tx.PutBlockChange(c); err != nil {
		return c, err
	}
	return c, tx.PutCutting(camp.Cutting{Domain: c.Domain(), At: tx.Now()})
}

// Undo takes a change back within 30 days: what was before stands again exactly
// as it was. A change after which the name was decided about anew is a Conflict.
func (s *Service) Undo(ctx context.Context, by camp.Actor, id string) error {
	return s.update(ctx, "undo a decision", func(tx Tx) (bool, error) {
		m, err := keeper(tx, by)
		if err != nil {
			return false, err
		}
		c, err := undoable(tx, id)
		if err != nil {
			return false, err
		}
		d, good, err := back(tx, c)
		if err != nil {
			return false, err
		}
		if !good {
			return false, refuse(camp.Conflict, "border.undo_newer.say", "Name", Shown(d))
		}
		return true, noteAbout(tx, m, "log.block_undone", d)
	})
}

// undoable gives a change that can still be undone; else NotFound.
func undoable(tx Tx, id string) (camp.BlockChange, error) {
	c, ok, err := tx.BlockChange(id)
	if err == nil && (!ok || c.Done || tx.Now().Sub(c.At) > camp.UndoTime) {
		err = refuse(camp.NotFound, "border.undo_none.say")
	}
	return c, err
}

// back has what was before a change stand again; good is false, and nothing is
// done, where the name was decided about anew since.
func back(tx Tx, c camp.BlockChange) (d camp.Domain, good bool, err error) {
	d = c.Domain()
	now, there, err := tx.Block(d)
	if err != nil || there != (c.To.Level != "") || there && now != c.To {
		return d, false, err
	}
	if c.From.Level == "" {
		err = tx.DropBlock(d)
	} else {
		err = tx.PutBlock(c.From)
	}
	if err != nil {
		return d, false, err
	}
	c.Done = true
	if err := tx.PutBlockChange(c); err != nil {
		return d, false, err
	}
	return d, true, tx.PutCutting(camp.Cutting{Domain: d, At: tx.Now()})
}

// List gives every decision, by name, and after them what was lifted in the
// last 30 days.
func (s *Service) List(ctx context.Context) (list []camp.Block, err error) {
	list = []camp.Block{}
	err = s.o.Store.View(ctx, func(tx Tx) error {
		rows, err := tx.Blocks()
		if err != nil {
			return err
		}
		in := rules{}
		for _, b := range rows {
			in[b.Domain] = b.Level
		}
		final, err := finals(tx)
		if err != nil {
			return err
		}
		names := map[camp.MemberID]string{}
		for _, b := range rows {
			x, err := shown(tx, b, names)
			if err != nil {
				return err
			}
			if b.Level.Rank() >= camp.LevelBlock.Rank() {
				x.Final = final[b.Domain]
			}
			list = append(list, x)
		}
		changes, err := tx.BlockChanges()
		if err != nil {
			return err
		}
		for _, c := range changes {
			if c.To.Level != "" || c.Done || tx.Now().Sub(c.At) > camp.UndoTime {
				continue
			}
			if _, again := in[c.From.Domain]; again || slices.ContainsFunc(list, func(b camp.Block) bool { return b.Domain == c.From.Domain }) {
				continue
			}
			x, err := shown(tx, c.From, names)
			if err != nil {
				return err
			}
			x.Lifted, x.Change, x.Until = true, c.ID, c.At.Add(camp.UndoTime)
			list = append(list, x)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list what is blocked: %w", err)
	}
	slices.SortStableFunc(list, func(a, b camp.Block) int {
		if a.Lifted != b.Lifted {
			return map[bool]int{false: -1, true: 1}[a.Lifted]
		}
		return strings.Compare(a.Shown, b.Shown)
	})
	return list, nil
}

func shown(tx Tx, b camp.BlockRow, names map[camp.MemberID]string) (camp.Block, error) {
	name, ok := names[b.By]
	if !ok {
		m, _, err := tx.Member(b.By)
		if err != nil {
			return camp.Block{}, err
		}
		name = m.Display
		names[b.By] = name
	}
	source := b.Source
	if source == "" {
		source = camp.OwnBlock
	}
	return camp.Block{
		Domain: b.Domain, Shown: Shown(b.Domain), Level: b.Level, Reason: b.Reason, Source: source, By: name, At: b.At, Review: b.Review,
		Shared: Shared(b.Domain), Mixed: Mixed(b.Domain), Change: b.Change, NoReports: b.NoReports,
	}, nil
}

// finals says for each name when what a decision hides is erased.
func finals(tx Tx) (map[camp.Domain]time.Time, error) {
	jobs, err := tx.Cuttings()
	m := make(map[camp.Domain]time.Time, len(jobs))
	for _, j := range jobs {
		m[j.Domain] = j.At.Add(camp.UndoTime)
	}
	return m, err
}

// About gives the decision that covers a name; ok is false where there is none.
func (s *Service) About(ctx context.Context, d camp.Domain) (b camp.Block, ok bool, err error) {
	v := s.Admit(d, In)
	if v.By == "" {
		return b, false, nil
	}
	err = s.o.Store.View(ctx, func(tx Tx) error {
		row, there, err := tx.Block(v.By)
		if err != nil || !there {
			return err
		}
		ok = true
		b, err = shown(tx, row, map[camp.MemberID]string{})
		return err
	})
	if err != nil {
		return camp.Block{}, false, fmt.Errorf("read a decision: %w", err)
	}
	return b, ok, nil
}

// Preview says what a decision would do, and changes nothing.
func (s *Service) Preview(ctx context.Context, typed string, level camp.Level) (camp.BlockPreview, error) {
	d, err := ParseDomain(typed)
	if err != nil {
		return camp.BlockPreview{}, err
	}
	if level == "" {
		level = camp.LevelBlock
	}
	v := s.Admit(d, Out)
	p := camp.BlockPreview{Domain: d, Shown: Shown(d), Level: level, Now: v.Level, Shared: Shared(d), Mixed: Mixed(d), Covers: []camp.Domain{}, Wider: Above(d)}
	if v.By != d {
		p.Covered = v.By
	}
	for o := range *s.rules.Load() {
		if o != d && o.Within(d) {
			p.Covers = append(p.Covers, o)
		}
	}
	slices.Sort(p.Covers)
	if s.o.Ties == nil || level.Rank() < camp.LevelBlock.Rank() {
		return p, nil // nothing is cut, and what is hidden depends on who reads
	}
	if p.FollowsLost, p.FollowersLost, p.PostsHidden, err = s.o.Ties.Ties(ctx, d, s.falls(d)); err != nil {
		return p, fmt.Errorf("count what a decision cuts: %w", err)
	}
	return p, nil
}

// Tidy forgets changes that can be undone no more.
func (s *Service) Tidy(ctx context.Context) error {
	return s.o.Store.Update(ctx, func(tx Tx) error {
		changes, err := tx.BlockChanges()
		if err != nil {
			return err
		}
		for _, c := range changes {
			if tx.Now().Sub(c.At) > camp.UndoTime {
				if err := tx.DropBlockChange(c.ID); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// Count says how many servers are shut out: blocked, or more.
func (s *Service) Count() (n int) {
	for _, l := range *s.rules.Load() {
		if l.Rank() >= camp.LevelBlock.Rank() {
			n++
		}
	}
	return n
}
