package fed

import (
	"context"
	"fmt"
	"time"

	"camp/node/ap"
	"camp/node/camp"
	"camp/node/posts"
)

// Bounds of one list elsewhere (reliability.md 3).
const (
	mostPages   = 5
	mostItems   = 100
	mostFetched = 50
	walkTime    = 30 * time.Second
)

// walk gives the ids in a list of another server, page by page. What lies on
// another host than the list is no page of it; a page that was seen ends the walk.
func (o *origin) walk(ctx context.Context, as camp.MemberID, id string) ([]string, error) {
	ctx, end := context.WithTimeout(ctx, walkTime)
	defer end()
	var ids []string
	have, seen := map[string]bool{}, map[string]bool{}
	home := id
	for range mostPages {
		if id == "" || seen[id] || !ap.SameHost(id, home) {
			return ids, nil
		}
		seen[id] = true
		x, err := o.object(ctx, as, id)
		if err != nil {
			if len(ids) > 0 {
				return ids, nil
			}
			return nil, err
		}
		l := x.Collection
		if l == nil {
			return ids, fmt.Errorf("%w: no list", ap.ErrShape)
		}
		for _, page := range []*ap.Collection{l, l.Page} {
			if page == nil {
				continue
			}
			for _, item := range page.Items {
				if item.ID != "" && !have[item.ID] && len(ids) < mostItems {
					have[item.ID] = true
					ids = append(ids, item.ID)
				}
			}
		}
		switch {
		case l.Page != nil:
			id = l.Page.Next
		case l.Next != "":
			id = l.Next
		default:
			id = l.First
		}
	}
	return ids, nil
}

// replies looks for answers to a post that a member opened, and wants those that
// are not known. Only their ids count; each is fetched from its own server.
func (g *Gatherer) replies(ctx context.Context, row *camp.Wanted) error {
	x, err := g.object(ctx, row.By, row.URI)
	if err != nil {
		return err
	}
	if x.Post == nil || x.ID != row.URI {
		return fmt.Errorf("%w: no post", ap.ErrShape)
	}
	var ids []string
	if ap.SameHost(x.Post.Replies, x.ID) {
		if ids, err = g.walk(ctx, row.By, x.Post.Replies); err != nil {
			return err
		}
	}
	return g.end(ctx, row, func(w *taking) ([]camp.Event, error) {
		n := 0
		for _, id := range ids {
			if n >= mostFetched {
				break
			}
			if _, known, err := w.post(id); err != nil {
				return nil, err
			} else if known || g.may(hostName(id)) != nil {
				continue
			}
			n++
			if err := w.want(camp.Wanted{Do: camp.WantedReply, URI: id, By: row.By, Post: row.Post, Depth: mostClimbed}); err != nil {
				return nil, err
			}
		}
		return nil, nil
	})
}

// quote shows what a post quotes once its author said yes: it is their own, or
// the stamp that it names lies on their host and says just this (FEP-044f,
// "Verifying").
func (g *Gatherer) quote(ctx context.Context, row *camp.Wanted) error {
	q, of, err := g.quoting(ctx, row)
	if err != nil || q.ID == 0 {
		return err
	}
	author := of.from.URI
	yes := q.Author == of.from.Remote.ID && q.Author != 0
	if !yes && row.About != "" && ap.SameHost(row.About, author) {
		x, err := g.object(ctx, row.By, row.About)
		if err != nil {
			return err
		}
		s := x.Stamp
		yes = s != nil && x.ID == row.About && s.By == author && s.From == q.URI && s.Target == row.URI
	}
	if !yes {
		return fmt.Errorf("%w: the quoted author did not say yes", ErrDisowned)
	}
	return g.end(ctx, row, func(w *taking) ([]camp.Event, error) {
		if err := w.as(of.from); err != nil {
			return nil, err
		}
		if !forAll(of.post, w.who.Followers) && w.who.ID != q.Author {
			return nil, nil
		}
		id, events, err := w.keep(of.post, true, mostClimbed)
		if err != nil || id == 0 {
			return events, err
		}
		p, ok, err := w.tx.Post(id)
		if err != nil || !ok {
			return events, err
		}
		more, err := posts.ApproveQuote(w.in, q.ID, p, row.About)
		return append(events, more...), err
	})
}

// quoting gives a post that quotes, zero where it is gone, and what it quotes.
func (g *Gatherer) quoting(ctx context.Context, row *camp.Wanted) (q camp.Post, of found, err error) {
	err = g.store.View(ctx, func(tx TakeTx) (err error) {
		var ok bool
		if q, ok, err = tx.Post(row.Post); !ok || q.Quoted != row.URI {
			q = camp.Post{}
		}
		return err
	})
	if err != nil {
		return q, of, err
	}
	if q.ID == 0 {
		return q, of, g.end(ctx, row, nil)
	}
	of, err = g.post(ctx, row.By, row.URI)
	return q, of, err
}
