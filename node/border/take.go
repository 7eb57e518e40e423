package border

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"camp/node/camp"
)

// Bounds of the decisions of one import: they are one act on the disk.
const (
	maxTaken      = 5000
	maxTakenBytes = 4 << 20 // about
)

// maxSource bounds the name of a list, in characters.
const maxSource = 60

// Taking says how a list is read in.
type Taking struct {
	File    []byte
	Source  string     // by what name its decisions go
	Ceiling camp.Level // none is taken above; "" for block
	Look    bool       // nothing is changed
}

// Take reads a list in: all readable rows, none above the ceiling, in one act
// (community.md 5, 6). What the camp decided itself goes before what a list says,
// and a list only ever keeps further away. With Look it tells what would come.
func (s *Service) Take(ctx context.Context, by camp.Actor, t Taking) (camp.BlockImport, error) {
	if t.Ceiling == "" {
		t.Ceiling = camp.LevelBlock
	}
	if _, ok := camp.ParseLevel(string(t.Ceiling)); !ok || t.Ceiling == camp.LevelNone {
		return camp.BlockImport{}, refuse(camp.Invalid, "border.level.say", "Level", camp.CleanLine(string(t.Ceiling), 20))
	}
	own, err := s.ownName(ctx)
	if err != nil {
		return camp.BlockImport{}, err
	}
	list, err := ParseList(t.File, own)
	if err != nil {
		return camp.BlockImport{}, err
	}
	if t.Source = camp.CleanLine(t.Source, maxSource); t.Source == "" || t.Source == camp.OwnBlock {
		t.Source = list.Layout
	}
	told := tell(list, t.Source)
	var next []taken
	weigh := func(tx Tx) (m camp.Member, err error) {
		if m, err = keeper(tx, by); err != nil {
			return m, err
		}
		next, told.Stands, err = weighed(tx, list.Rows, t)
		told.Set = len(next)
		return m, err
	}
	if t.Look {
		err = s.o.Store.View(ctx, func(tx Tx) error { _, err := weigh(tx); return err })
		if err == nil {
			err = s.cuts(ctx, next, &told)
		}
	} else {
		err = s.update(ctx, "read a list of servers in", func(tx Tx) (bool, error) {
			m, err := weigh(tx)
			if err != nil || len(next) == 0 {
				return false, err
			}
			return true, write(tx, m, next, t.Source)
		})
	}
	if err != nil {
		return camp.BlockImport{}, fmt.Errorf("take a list: %w", err)
	}
	return told, nil
}

func (s *Service) ownName(ctx context.Context) (own camp.Domain, err error) {
	err = s.o.Store.View(ctx, func(tx Tx) error {
		h, ok, err := tx.House()
		if ok {
			own = camp.Domain(h.Address())
		}
		return err
	})
	return own, err
}

// tell begins the answer with what the list itself says.
func tell(list List, source string) camp.BlockImport {
	told := camp.BlockImport{
		Layout: list.Layout, Source: source, Withdrawn: len(list.Withdrawn), Shared: []camp.Domain{}, Skipped: map[string]int{},
		Lines: append([]camp.ListSkip{}, list.Skipped[:min(len(list.Skipped), camp.MaxListSkips)]...),
	}
	for _, r := range list.Shared {
		told.Shared = append(told.Shared, r.Domain)
	}
	for _, x := range list.Skipped {
		told.Skipped[x.Why]++
	}
	return told
}

// taken is a decision that comes from a list, and the one before it.
type taken struct{ from, to camp.BlockRow }

// weighed gives the decisions that a list would bring, those about wider names
// first; stands counts the rows that bring none.
func weighed(tx Tx, rows []ListRow, t Taking) (next []taken, stands int, err error) {
	all, err := tx.Blocks()
	if err != nil {
		return nil, 0, err
	}
	review, err := reviewOn(tx.Now(), "")
	if err != nil {
		return nil, 0, err
	}
	had, in := map[camp.Domain]camp.BlockRow{}, rules{}
	for _, b := range all {
		had[b.Domain], in[b.Domain] = b, b.Level
	}
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(a, b ListRow) int {
		return cmp.Compare(strings.Count(string(a.Domain), "."), strings.Count(string(b.Domain), "."))
	})
	weight := 0
	for _, r := range rows {
		level := r.Level
		if level.Rank() > t.Ceiling.Rank() {
			level = t.Ceiling
		}
		v := in.verdict(r.Domain)
		if over, ok := had[v.By]; v.Level.Rank() >= level.Rank() || ok && over.Source == "" {
			stands++
			continue
		}
		from, there := had[r.Domain]
		if !there && len(in) >= maxBlocks {
			return nil, 0, refuse(camp.Full, "border.full.say")
		}
		// The names and reasons stand in the decision, and before and after in its change.
		if weight += 400 + 3*len(r.Domain) + 2*len(r.Reason) + len(from.Reason); len(next) >= maxTaken || weight > maxTakenBytes {
			return nil, 0, refuse(camp.Full, "border.take_many.say")
		}
		in[r.Domain] = level
		next = append(next, taken{from: from, to: camp.BlockRow{
			Domain: r.Domain, Level: level, Reason: r.Reason, At: tx.Now(), Review: review, NoReports: r.NoReports || from.NoReports, Source: t.Source,
		}})
	}
	return next, stands, nil
}

// write makes the decisions, with one line in the host's log for all of them.
func write(tx Tx, m camp.Member, next []taken, source string) error {
	batch := fmt.Sprintf("%018d", tx.NextID())
	for _, x := range next {
		x.to.By = m.ID
		if _, err := alter(tx, m, x.from, x.to, batch); err != nil {
			return err
		}
	}
	return tx.PutEntry(camp.Entry{
		ID: camp.EntryID(tx.NextID()), At: tx.Now(), By: m.ID, Deed: "log.blocked_list",
		Args: map[string]string{"N": strconv.Itoa(len(next)), "List": source},
	})
}

// UndoList undoes all that came by the same list as a change, within 30 days; n
// counts them, and left those that stay since the name was decided about anew. A
// change that came by no list is undone alone.
func (s *Service) UndoList(ctx context.Context, by camp.Actor, id string) (n, left int, err error) {
	err = s.update(ctx, "undo a list", func(tx Tx) (bool, error) {
		n, left = 0, 0
		m, err := keeper(tx, by)
		if err != nil {
			return false, err
		}
		first, err := undoable(tx, id)
		if err != nil {
			return false, err
		}
		changes, err := tx.BlockChanges()
		if err != nil {
			return false, err
		}
		for _, c := range changes {
			if c.Done || c.ID != first.ID && (c.Batch == "" || c.Batch != first.Batch) {
				continue
			}
			_, good, err := back(tx, c)
			if err != nil {
				return false, err
			}
			if good {
				n++
			} else {
				left++
			}
		}
		if n == 0 {
			return false, refuse(camp.Conflict, "border.undo_newer.say", "Name", Shown(first.Domain()))
		}
		if first.Batch == "" {
			return true, noteAbout(tx, m, "log.block_undone", first.Domain())
		}
		return true, tx.PutEntry(camp.Entry{
			ID: camp.EntryID(tx.NextID()), At: tx.Now(), By: m.ID, Deed: "log.list_undone", Args: map[string]string{"N": strconv.Itoa(n), "List": first.To.Source},
		})
	})
	return n, left, err
}

// cuts counts what the decisions would cut and hide.
func (s *Service) cuts(ctx context.Context, next []taken, told *camp.BlockImport) error {
	if s.o.Ties == nil {
		return nil
	}
	for _, x := range next {
		if x.to.Level.Rank() < camp.LevelBlock.Rank() {
			continue
		}
		a, b, c, err := s.o.Ties.Ties(ctx, x.to.Domain, s.falls(x.to.Domain))
		if err != nil {
			return fmt.Errorf("count what a list cuts: %w", err)
		}
		told.FollowsLost, told.FollowersLost, told.PostsHidden = told.FollowsLost+a, told.FollowersLost+b, told.PostsHidden+c
	}
	return nil
}

// falls says which servers a decision about d would newly shut out.
func (s *Service) falls(d camp.Domain) func(camp.Domain) bool {
	return func(host camp.Domain) bool {
		v := s.Admit(host, Out)
		return !v.Refused() && (v.By == d || !v.By.Within(d))
	}
}
