package fed

import (
	"context"
	"fmt"

	"camp/node/ap"
	"camp/node/camp"
)

// act fetches what a group passed on by its id: a post, or an act of somebody's,
// which then counts as if it had arrived (FEP-1b12).
func (g *Gatherer) act(ctx context.Context, row *camp.Wanted) error {
	x, err := g.object(ctx, row.By, row.URI)
	if err != nil {
		return err
	}
	if x.Post != nil {
		return g.asBoost(ctx, row, x)
	}
	a := x.Activity
	if a == nil || !ap.SameHost(a.ID, a.Actor) {
		return fmt.Errorf("%w: no act of theirs", ErrDisowned)
	}
	var from Signer
	like := a.Type == "Like" || a.Type == "EmojiReact"
	if like {
		if from, err = g.person(ctx, row.By, a.Actor, refreshAfter); err != nil {
			return err
		}
	}
	return g.end(ctx, row, func(w *taking) ([]camp.Event, error) {
		if ok, err := w.followed(row.Whom); err != nil || !ok {
			return nil, err
		}
		if !like {
			next := camp.Wanted{URI: row.URI, Whom: row.Whom, About: row.About, At: row.At}
			return nil, w.unwrap(next, a.Type, a.Object.ID)
		}
		if err := w.as(from); err != nil {
			return nil, err
		}
		return w.like(a)
	})
}

// asBoost is a plain post that a group passed on.
func (g *Gatherer) asBoost(ctx context.Context, row *camp.Wanted, x ap.Object) error {
	f, err := g.postOf(ctx, row.By, x)
	if err != nil {
		return err
	}
	return g.end(ctx, row, func(w *taking) ([]camp.Event, error) {
		if ok, err := w.followed(row.Whom); err != nil || !ok {
			return nil, err
		}
		if err := w.as(f.from); err != nil {
			return nil, err
		}
		if !forAll(f.post, w.who.Followers) {
			return nil, nil
		}
		id, events, err := w.keep(f.post, true, mostClimbed)
		if err != nil || id == 0 {
			return events, err
		}
		more, err := w.boost(row, id)
		return append(events, more...), err
	})
}
