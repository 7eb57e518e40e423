package fed

import (
	"context"
	"errors"

	"camp/node/ap"
	"camp/node/camp"
	"camp/node/posts"
)

// do fetches what a row wants and has it kept. Without an error the row has
// ended, in the same transaction.
func (g *Gatherer) do(ctx context.Context, row *camp.Wanted) error {
	switch row.Do {
	case camp.WantedPost:
		return g.ifThere(ctx, row, g.freshPost)
	case camp.WantedParent, camp.WantedReply, camp.WantedBoost, camp.WantedPin:
		return g.postFor(ctx, row)
	case camp.WantedReplies:
		return g.replies(ctx, row)
	case camp.WantedQuote:
		return g.quote(ctx, row)
	case camp.WantedCheck:
		return g.ifThere(ctx, row, func(ctx context.Context, row *camp.Wanted) error {
			if _, err := g.object(ctx, row.By, row.URI); err != nil {
				return err
			}
			return g.end(ctx, row, nil)
		})
	case camp.WantedActor, camp.WantedEnd:
		return g.refresh(ctx, row)
	case camp.WantedHandle:
		return g.handle(ctx, row)
	case camp.WantedAct:
		return g.act(ctx, row)
	case camp.WantedMove:
		return g.move(ctx, row)
	}
	return g.end(ctx, row, nil)
}

// end does something in one transaction with the end of a row. Where the row is
// gone meanwhile, nothing is done: it is not wanted any more.
func (g *Gatherer) end(ctx context.Context, row *camp.Wanted, fn func(*taking) ([]camp.Event, error)) error {
	return g.t.run(ctx, func(w *taking) ([]camp.Event, error) {
		_, ok, err := w.tx.Wanted(*row)
		if err != nil || !ok {
			return nil, err
		}
		if err := w.tx.DropWanted(*row); err != nil || fn == nil {
			return nil, err
		}
		return fn(w)
	})
}

// ifThere runs fn; where the post's own server says that it is no more, it goes
// here too.
func (g *Gatherer) ifThere(ctx context.Context, row *camp.Wanted, fn func(context.Context, *camp.Wanted) error) error {
	err := fn(ctx, row)
	var gone *GoneError
	if !errors.As(err, &gone) {
		return err
	}
	return g.end(ctx, row, func(w *taking) ([]camp.Event, error) {
		p, ok, err := w.tx.PostByURI(row.URI)
		if err != nil || !ok || p.BoostOf != 0 {
			return nil, err
		}
		return posts.Gone(w.in, p.Author, row.URI)
	})
}

// freshPost keeps a post of which somebody else had sent a copy, or what changed
// in it.
func (g *Gatherer) freshPost(ctx context.Context, row *camp.Wanted) error {
	f, err := g.post(ctx, row.By, row.URI)
	if err != nil {
		return err
	}
	return g.end(ctx, row, func(w *taking) ([]camp.Event, error) {
		if err := w.as(f.from); err != nil {
			return nil, err
		}
		if _, known, err := w.tx.PostByURI(f.post.ID); err != nil {
			return nil, err
		} else if known {
			return w.change(f.post)
		}
		asked, err := w.ofGroup(row, f.post)
		if err != nil {
			return nil, err
		}
		id, events, err := w.keep(f.post, asked, 0)
		if err != nil || id == 0 || !asked || f.post.InReplyTo != "" {
			return events, err
		}
		more, err := w.boost(row, id)
		return append(events, more...), err
	})
}

// ofGroup reports whether a post is kept because a group that is followed here
// passed it on: one that begins a thread, or answers in one that is known.
func (w *taking) ofGroup(row *camp.Wanted, p *ap.Post) (bool, error) {
	followed, err := w.followed(row.Whom)
	if err != nil || !followed || !forAll(p, w.who.Followers) {
		return false, err
	}
	if p.InReplyTo == "" {
		return true, nil
	}
	_, known, err := w.post(p.InReplyTo)
	return known, err
}

// forAll reports whether everybody may read a post.
func forAll(p *ap.Post, followers string) bool {
	a := p.Audience(followers)
	return a == camp.AudiencePublic || a == camp.AudienceQuiet
}

// boost keeps that whom a row names passed a post on.
func (w *taking) boost(row *camp.Wanted, id camp.PostID) ([]camp.Event, error) {
	of, ok, err := w.tx.Post(id)
	if err != nil || !ok {
		return nil, err
	}
	return posts.FarBoost(w.in, row.Whom, of, row.About, row.At)
}

// postFor keeps a post that is wanted for another, or by the word of somebody who
// is followed here. Only what everybody may read is kept so, or what a member
// asked for by their own key and may read.
func (g *Gatherer) postFor(ctx context.Context, row *camp.Wanted) error {
	f, err := g.post(ctx, row.By, row.URI)
	if err != nil {
		return err
	}
	return g.end(ctx, row, func(w *taking) ([]camp.Event, error) {
		if ok, err := w.stillWanted(row, f.post); err != nil || !ok {
			return nil, err
		}
		if err := w.as(f.from); err != nil {
			return nil, err
		}
		own := row.Do == camp.WantedBoost && w.who.ID == row.Whom // their own, for their followers
		if !forAll(f.post, w.who.Followers) && !own && row.By == 0 || f.post.Audience(w.who.Followers) == camp.AudienceLetter {
			return nil, nil
		}
		if row.Do == camp.WantedPin && w.who.ID != row.Whom {
			return nil, nil
		}
		id, events, err := w.keep(f.post, true, row.Depth)
		if err != nil || id == 0 {
			return events, err
		}
		more, err := w.after(row, id)
		return append(events, more...), err
	})
}

// stillWanted looks once more at the reason: it may have gone meanwhile.
func (w *taking) stillWanted(row *camp.Wanted, p *ap.Post) (bool, error) {
	switch row.Do {
	case camp.WantedParent:
		list, err := w.tx.PostsNaming(row.URI, 1)
		return len(list) > 0, err
	case camp.WantedBoost, camp.WantedPin:
		return w.followed(row.Whom)
	case camp.WantedReply:
		if p.InReplyTo == "" {
			return false, nil
		}
		if _, known, err := w.post(p.InReplyTo); err != nil || known {
			return known, err
		}
		// Or it answers an answer that is on its way.
		_, coming, err := w.tx.Wanted(camp.Wanted{Do: camp.WantedReply, URI: p.InReplyTo, Host: hostName(p.InReplyTo), Post: row.Post})
		return coming, err
	}
	return false, nil
}

// after does what a post was wanted for.
func (w *taking) after(row *camp.Wanted, id camp.PostID) ([]camp.Event, error) {
	p, ok, err := w.tx.Post(id)
	if err != nil || !ok {
		return nil, err
	}
	switch row.Do {
	case camp.WantedBoost:
		return w.boost(row, id)
	case camp.WantedPin:
		return nil, w.pin(p)
	case camp.WantedParent:
		return posts.Adopt(w.in, row.URI, p)
	}
	return nil, nil
}
