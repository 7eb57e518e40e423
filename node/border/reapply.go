package border

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"camp/node/camp"
)

// Reapply makes again, in an older state of a camp that was brought back from a
// backup, the decisions about servers that keep more away than it does
// (reliability.md 2); what was lifted since stays as the backup has it. n counts
// them. What hangs on them is brought into line when the camp starts.
func Reapply(ctx context.Context, old, fresh Store) (n int, err error) {
	var rows []camp.BlockRow
	changes := map[string]camp.BlockChange{}
	err = old.View(ctx, func(tx Tx) error {
		if rows, err = tx.Blocks(); err != nil {
			return err
		}
		for _, b := range rows {
			c, ok, err := tx.BlockChange(b.Change)
			if err != nil {
				return err
			}
			if ok {
				changes[b.Change] = c
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("read what was blocked: %w", err)
	}
	for some := range slices.Chunk(rows, inOneAct) {
		more := 0
		err := fresh.Update(ctx, func(tx Tx) error {
			more = 0
			for _, b := range some {
				again, err := blockAgain(tx, b, changes[b.Change])
				if err != nil {
					return err
				}
				if again {
					more++
				}
			}
			return nil
		})
		if n += more; err != nil {
			return n, fmt.Errorf("block again: %w", err)
		}
	}
	if n == 0 {
		return 0, nil
	}
	return n, fresh.Update(ctx, func(tx Tx) error {
		return tx.PutEntry(camp.Entry{
			ID: camp.EntryID(tx.NextID()), At: tx.Now(), Deed: "log.blocked_again", Args: map[string]string{"N": strconv.Itoa(n)},
		})
	})
}

// inOneAct is how many decisions are made again at once.
const inOneAct = 500

func blockAgain(tx Tx, b camp.BlockRow, c camp.BlockChange) (bool, error) {
	now, there, err := tx.Block(b.Domain)
	if err != nil || there && now.Level.Rank() >= b.Level.Rank() {
		return false, err
	}
	if c.ID != "" {
		if err := tx.PutBlockChange(c); err != nil {
			return false, err
		}
	}
	if err := tx.PutBlock(b); err != nil {
		return false, err
	}
	return true, tx.PutCutting(camp.Cutting{Domain: b.Domain, At: tx.Now()})
}
