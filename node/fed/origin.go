package fed

import (
	"context"
	"errors"
	"fmt"
	"time"

	"camp/node/ap"
	"camp/node/camp"
	"camp/node/outside"
)

// origin reads people and posts where they live. It believes of each thing what
// the thing's own host gave, and nothing else (FEP-fe34).
type origin struct {
	store  TakeStore
	docs   Documents
	client Client
	may    func(host camp.Domain) error
	now    func() time.Time
}

// found is a post with its author, both from their own host.
type found struct {
	post *ap.Post
	from Signer
}

// object fetches one thing of any kind, if the camp speaks with its host.
func (o *origin) object(ctx context.Context, as camp.MemberID, id string) (ap.Object, error) {
	host := hostName(id)
	if host == "" {
		return ap.Object{}, fmt.Errorf("%w: no address", ErrID)
	}
	if err := o.may(host); err != nil {
		return ap.Object{}, fmt.Errorf("%w: %w", ErrShutOut, err)
	}
	body, _, err := o.docs.Document(ctx, as, id)
	if f := (*camp.Fault)(nil); as != 0 && errors.As(err, &f) && f.Kind == camp.NotFound { // they are no member any more
		body, _, err = o.docs.Document(ctx, 0, id)
	}
	if err != nil {
		return ap.Object{}, err
	}
	x, err := ap.ParseAny(body)
	if err != nil {
		return ap.Object{}, err
	}
	if x.Tombstone != nil {
		return ap.Object{}, &GoneError{Status: 410}
	}
	x.Arrived(o.now())
	return x, nil
}

// post fetches a post and makes sure of its author.
func (o *origin) post(ctx context.Context, as camp.MemberID, id string) (found, error) {
	x, err := o.object(ctx, as, id)
	if err != nil {
		return found{}, err
	}
	if a := x.Activity; a != nil && a.Type == "Create" && ap.SameHost(a.Object.ID, x.ID) { // the act in place of the post
		if x, err = o.object(ctx, as, a.Object.ID); err != nil {
			return found{}, err
		}
	}
	return o.postOf(ctx, as, x)
}

func (o *origin) postOf(ctx context.Context, as camp.MemberID, x ap.Object) (found, error) {
	p := x.Post
	if p == nil {
		return found{}, fmt.Errorf("%w: %s", ap.ErrShape, "no post")
	}
	if !ap.SameHost(p.By(), p.ID) {
		return found{}, fmt.Errorf("%w: an author on another host", ErrDisowned)
	}
	from, err := o.person(ctx, as, p.By(), refreshAfter)
	return found{p, from}, err
}

// person gives somebody elsewhere: as kept, where that is not older than age,
// else by their document. Where it is not to be had, what is kept is good enough.
func (o *origin) person(ctx context.Context, as camp.MemberID, id string, age time.Duration) (Signer, error) {
	var r camp.Remote
	var ok bool
	err := o.store.View(ctx, func(tx TakeTx) (err error) {
		r, ok, err = tx.RemoteByURI(id)
		return err
	})
	if err != nil {
		return Signer{}, err
	}
	kept := Signer{URI: id, Remote: r, Host: ap.HostOf(id)}
	if ok && r.Gone.IsZero() && o.now().Sub(r.Fetched) < age {
		return kept, nil
	}
	a, err := o.actor(ctx, as, id)
	switch {
	case err != nil && ok && r.Gone.IsZero() && age > 0 && !lasting(err):
		return kept, nil
	case err != nil:
		return Signer{}, err
	}
	return Signer{URI: id, Remote: r, Actor: a, Host: ap.HostOf(id)}, nil
}

// actor fetches somebody's document, which must be under that very id.
func (o *origin) actor(ctx context.Context, as camp.MemberID, id string) (*ap.Actor, error) {
	x, err := o.object(ctx, as, id)
	switch {
	case err != nil:
		return nil, err
	case x.Actor == nil:
		return nil, fmt.Errorf("%w: %s", ap.ErrShape, "no actor")
	case x.ID != id:
		return nil, fmt.Errorf("%w: they are called otherwise", ErrID)
	}
	return x.Actor, nil
}

// lasting reports whether asking again would give the same: then what was wanted
// is given up.
func lasting(err error) bool {
	var gone *GoneError
	var answer *AnswerError
	switch {
	case errors.As(err, &gone):
		return true
	case errors.As(err, &answer):
		return answer.Status/100 == 4 && answer.Status != 408 && answer.Status != 429
	case errors.Is(err, ErrID), errors.Is(err, ErrDisowned), errors.Is(err, ErrOwner), errors.Is(err, ErrShutOut), errors.Is(err, errUnreadable):
		return true
	}
	for _, shape := range shapes {
		if errors.Is(err, shape) {
			return true
		}
	}
	switch outside.KindOf(err) {
	case outside.Rule, outside.Blocked, outside.Address, outside.Big, outside.Type, outside.Hops, outside.Unsigned:
		return true
	}
	return false
}

// errUnreadable is a document that is not what it should be.
var errUnreadable = errors.New("fed: not to be read")

// shapes are the errors by which ap refuses a document.
var shapes = []error{
	ap.ErrShape, ap.ErrNoID, ap.ErrNoActor, ap.ErrNoInbox, ap.ErrTooBig, ap.ErrTooDeep, ap.ErrTooMany, ap.ErrTwice, ap.ErrEncoding, ap.ErrSyntax, ap.ErrReshaping,
}

// away reports whether a server did not answer as one that works, and for how
// long it asked to be left alone.
func away(err error) (is bool, after time.Duration) {
	var answer *AnswerError
	if errors.As(err, &answer) {
		return answer.Status == 429 || answer.Status/100 == 5, answer.After
	}
	switch outside.KindOf(err) {
	case outside.DNS, outside.Connect, outside.TLS, outside.Timeout, outside.Broken:
		return true, 0
	}
	return false, 0
}
