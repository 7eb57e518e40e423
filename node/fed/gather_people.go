package fed

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"camp/node/ap"
	"camp/node/camp"
	"camp/node/posts"
)

// refresh fetches somebody's document afresh. That they are no more is believed
// where their server says so plainly (410, a tombstone), or says that there is
// nothing after word came that they went.
func (g *Gatherer) refresh(ctx context.Context, row *camp.Wanted) error {
	a, err := g.actor(ctx, row.By, row.URI)
	var gone *GoneError
	switch {
	case errors.As(err, &gone) && (gone.Status == http.StatusGone || row.Do == camp.WantedEnd):
		return g.end(ctx, row, func(w *taking) ([]camp.Event, error) {
			if ok, err := w.find(row.URI); err != nil || !ok {
				return nil, err
			}
			return w.end()
		})
	case err != nil:
		return err
	}
	at, bad := g.agreed(ctx, a)
	return g.end(ctx, row, func(w *taking) ([]camp.Event, error) {
		if ok, err := w.find(row.URI); err != nil || !ok {
			return nil, err
		}
		return nil, w.renew(a, at, bad)
	})
}

// AskGone has somebody's server asked whether they are no more: word came of it
// that nobody could prove.
func (t *Taker) AskGone(ctx context.Context, actor string) error {
	return t.run(ctx, func(w *taking) ([]camp.Event, error) {
		if ok, err := w.find(actor); err != nil || !ok {
			return nil, err
		}
		return nil, w.want(camp.Wanted{Do: camp.WantedEnd, URI: actor})
	})
}

// AskGoneAt is AskGone for whoever has an inbox of which their server says that
// it is no more (federation.md 11). That of a whole server says nothing of anybody.
// They are looked for in small reads: a server may have thousands of people here.
func (t *Taker) AskGoneAt(ctx context.Context, host camp.Domain, inbox string) error {
	uri := ""
	for after := camp.MemberID(0); uri == ""; {
		var list []camp.Remote
		err := t.o.Store.View(ctx, func(tx TakeTx) (err error) {
			list, err = tx.RemotesOf(host, after, gonePage)
			return err
		})
		if err != nil {
			return fmt.Errorf("look whose inbox is no more: %w", err)
		}
		if len(list) == 0 {
			return nil
		}
		for _, r := range list {
			if r.Inbox == inbox && r.Shared != inbox && r.Gone.IsZero() {
				uri = r.URI
				break
			}
		}
		after = list[len(list)-1].ID
	}
	return t.AskGone(ctx, uri)
}

const gonePage = 200

// find makes somebody who is kept the one who acts.
func (w *taking) find(uri string) (ok bool, err error) {
	w.who, ok, err = w.tx.RemoteByURI(uri)
	w.kept = ok && w.who.Gone.IsZero()
	return w.kept, err
}

// renew puts somebody's document in place of what is kept, and their handle as
// both sides agree, unless that could not be asked just now.
func (w *taking) renew(a *ap.Actor, at camp.Domain, unasked error) error {
	was := w.who
	w.who = remoteOf(a, was, w.now)
	if unasked == nil {
		w.who.At = at
	}
	if !w.kept {
		return w.known()
	}
	return w.tx.PutRemote(w.who, &was)
}

// handle asks whether somebody's handle leads back to them.
func (g *Gatherer) handle(ctx context.Context, row *camp.Wanted) error {
	var r camp.Remote
	var ok bool
	err := g.store.View(ctx, func(tx TakeTx) (err error) {
		r, ok, err = tx.RemoteByURI(row.URI)
		return err
	})
	if err != nil {
		return err
	}
	at := camp.Domain("")
	if ok {
		if at, err = g.agreed(ctx, &ap.Actor{ID: r.URI, Username: r.Name}); err != nil {
			return err
		}
	}
	return g.end(ctx, row, func(w *taking) ([]camp.Event, error) {
		ok, err := w.find(row.URI)
		if err != nil || !ok || w.who.Name != r.Name || w.who.At == at {
			return nil, err
		}
		was := w.who
		w.who.At = at
		return nil, w.tx.PutRemote(w.who, &was)
	})
}

// move asks both sides whether somebody moved: the old account must say where to,
// the new one that it is theirs.
func (g *Gatherer) move(ctx context.Context, row *camp.Wanted) error {
	from, err := g.actor(ctx, 0, row.URI)
	if err != nil {
		return err
	}
	if from.Moved != row.About {
		return fmt.Errorf("%w: they do not say so", ErrDisowned)
	}
	if name := g.t.o.Names.Handle(row.About); name != "" {
		return g.end(ctx, row, func(w *taking) ([]camp.Event, error) { return w.moveHere(row, from) })
	}
	to, err := g.person(ctx, 0, row.About, 0)
	if err != nil {
		return err
	}
	if !slices.Contains(to.Actor.Also, row.URI) {
		return fmt.Errorf("%w: the other account does not say so", ErrDisowned)
	}
	return g.end(ctx, row, func(w *taking) ([]camp.Event, error) {
		if err := w.as(to); err != nil {
			return nil, err
		}
		if err := w.known(); err != nil {
			return nil, err
		}
		return w.goAlong(row, from, w.who.ID)
	})
}

// moveHere is a move into this camp: the member must have said that the other
// account is theirs.
func (w *taking) moveHere(row *camp.Wanted, from *ap.Actor) ([]camp.Event, error) {
	m, ok, err := w.ours(row.About)
	if err != nil || !ok || !slices.Contains(m.Also, row.URI) {
		return nil, err
	}
	return w.goAlong(row, from, m.ID)
}

// goAlong has those who follow the old account follow the new one.
func (w *taking) goAlong(row *camp.Wanted, from *ap.Actor, to camp.MemberID) ([]camp.Event, error) {
	ok, err := w.find(row.URI)
	if err != nil || !ok || !w.who.Went.IsZero() && w.now.Sub(w.who.Went) < moveGap {
		return nil, err
	}
	if err := w.renew(from, w.who.At, nil); err != nil {
		return nil, err
	}
	was := w.who
	w.who.Went = w.now
	if err := w.tx.PutRemote(w.who, &was); err != nil {
		return nil, err
	}
	return posts.FarMoved(w.in, w.who.ID, to)
}
