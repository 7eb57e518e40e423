package posts

import (
	"context"

	"camp/node/camp"
)

// dropTies ends the follows of somebody who went, in both directions. While
// those elsewhere are still to be told of it, later is true and all stays: by
// these follows they are found.
func (s *Service) dropTies(ctx context.Context, m camp.MemberID) (later bool, err error) {
	err = s.view(ctx, "look for a farewell", func(tx Tx) error {
		waiting, err := tx.Errands(0)
		for _, e := range waiting {
			later = later || e.Do == camp.ErrandGone && e.By == m
		}
		return err
	})
	if err != nil || later {
		return later, err
	}
	return false, s.inSlices(ctx, "end follows", func(tx Tx) (bool, []camp.Event, error) {
		out, err := tx.FollowsOf(m, 0, tidySlice)
		if err != nil {
			return false, nil, err
		}
		in, err := tx.FollowersOf(m, 0, tidySlice)
		if err != nil {
			return false, nil, err
		}
		for _, f := range append(out, in...) {
			if err := tx.DropFollow(f.From, f.To); err != nil {
				return false, nil, err
			}
		}
		return len(out)+len(in) > 0, nil, nil
	})
}
