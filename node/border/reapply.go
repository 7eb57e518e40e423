package border

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"camp/node/camp"
)

// inOneAct is how many decisions are made again at once.
const inOneAct = 500

// decided is what a camp decided about servers.
type decided struct {
	rows    []camp.BlockRow
	changes map[string]camp.BlockChange // by which a decision can be undone
	rules   rules
}

// Reapply makes again, in an older state of a camp that was brought back from a
// backup, the decisions about servers that keep more away than it does
// (reliability.md 2): afterwards no server is let nearer than before. What was
// lifted since stays as the backup has it. n counts the decisions. What hangs on
// them is brought into line when the camp starts.
func Reapply(ctx context.Context, old, fresh Store) (n int, err error) {
	was, err := decisionsOf(ctx, old)
	if err != nil {
		return 0, err
	}
	now, err := decisionsOf(ctx, fresh)
	if err != nil {
		return 0, err
	}
	var again []camp.BlockRow // a level of "" takes a milder one away
	for _, b := range was.rows {
		if now.rules.verdict(b.Domain).Level.Rank() < b.Level.Rank() {
			again = append(again, b)
		}
	}
	for _, b := range now.rows {
		if _, own := was.rules[b.Domain]; !own && b.Level.Rank() < was.rules.verdict(b.Domain).Level.Rank() {
			again = append(again, camp.BlockRow{Domain: b.Domain})
		}
	}
	if len(again) == 0 {
		return 0, nil
	}
	for some := range slices.Chunk(again, inOneAct) {
		err := fresh.Update(ctx, func(tx Tx) error {
			for _, b := range some {
				if err := decideAgain(tx, b, was.changes[b.Change]); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return n, fmt.Errorf("decide again: %w", err)
		}
		n += len(some)
	}
	return n, fresh.Update(ctx, func(tx Tx) error {
		return tx.PutEntry(camp.Entry{
			ID: camp.EntryID(tx.NextID()), At: tx.Now(), Deed: "log.blocked_again", Args: map[string]string{"N": strconv.Itoa(n)},
		})
	})
}

func decisionsOf(ctx context.Context, st Store) (d decided, err error) {
	d.changes, d.rules = map[string]camp.BlockChange{}, rules{}
	err = st.View(ctx, func(tx Tx) error {
		if d.rows, err = tx.Blocks(); err != nil {
			return err
		}
		for _, b := range d.rows {
			d.rules[b.Domain] = b.Level
			c, ok, err := tx.BlockChange(b.Change)
			if err != nil {
				return err
			}
			if ok {
				d.changes[b.Change] = c
			}
		}
		return nil
	})
	if err != nil {
		err = fmt.Errorf("read what was decided about servers: %w", err)
	}
	return d, err
}

func decideAgain(tx Tx, b camp.BlockRow, c camp.BlockChange) error {
	if b.Level == "" {
		if err := tx.DropBlock(b.Domain); err != nil {
			return err
		}
		return tx.PutCutting(camp.Cutting{Domain: b.Domain, At: tx.Now()})
	}
	if c.ID != "" {
		if err := tx.PutBlockChange(c); err != nil {
			return err
		}
	}
	if err := tx.PutBlock(b); err != nil {
		return err
	}
	return tx.PutCutting(camp.Cutting{Domain: b.Domain, At: tx.Now()})
}
