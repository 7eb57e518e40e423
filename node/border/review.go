package border

import (
	"context"
	"slices"
	"strconv"
	"time"

	"camp/node/camp"
)

// reviewOn is the day on which a decision is looked at again (community.md 4.2):
// a year from now where nothing was chosen, zero for never.
func reviewOn(now time.Time, choice string) (time.Time, error) {
	if choice == "" {
		choice = "12"
	}
	if !slices.Contains(camp.Reviews, choice) {
		return time.Time{}, refuse(camp.Invalid, "border.review.say")
	}
	months, err := strconv.Atoi(choice)
	if err != nil { // never
		return time.Time{}, nil
	}
	return now.AddDate(0, months, 0), nil
}

// SetReview keeps a decision as it is and says when to look at it again; none is
// NotFound. It cuts nothing anew, and the decision can be undone as before.
func (s *Service) SetReview(ctx context.Context, by camp.Actor, typed, choice string) error {
	d, err := ParseDomain(typed)
	if err != nil {
		return err
	}
	return s.update(ctx, "keep a decision", func(tx Tx) (bool, error) {
		m, was, err := standing(tx, by, d)
		if err != nil {
			return false, err
		}
		next := was
		if next.Review, err = reviewOn(tx.Now(), choice); err != nil || next.Review.Equal(was.Review) {
			return false, err
		}
		if err := tx.PutBlock(next); err != nil {
			return false, err
		}
		if c, ok, err := tx.BlockChange(was.Change); err != nil {
			return false, err
		} else if ok && c.To == was { // what undoes it knows it by how it stands
			c.To = next
			if err := tx.PutBlockChange(c); err != nil {
				return false, err
			}
		}
		return true, tx.PutEntry(camp.Entry{
			ID: camp.EntryID(tx.NextID()), At: tx.Now(), By: m.ID, Deed: "log.block_review", Args: map[string]string{"Name": Shown(d)},
		})
	})
}
