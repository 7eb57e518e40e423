package fed

import (
	"context"
	"slices"

	"camp/node/ap"
	"camp/node/camp"
)

// An answer from elsewhere to an open post of a member's is handed on to the
// member's followers, as it came, where all of ActivityPub §7.1.2 holds: it was
// not seen before, it is addressed to those followers, and it is about a post of
// this camp. Nothing of the camp is in it, and nothing is added: whoever gets it
// believes its proof, or asks its origin.

const (
	mostForward = 64 << 10 // bytes of an act that is handed on
	mostUp      = 20       // posts between an answer and what it began with

	// A server may have this many handed on at once, and then one in ten seconds:
	// each goes to many others.
	forwardBurst  = 20
	forwardSecond = 0.1
)

// forward leaves word to hand an act on, which is about a post by who acts that is
// known here.
func (w *taking) forward(a *ap.Activity, p camp.Post) ([]camp.Event, error) {
	if len(a.Raw) == 0 || len(a.Raw) > mostForward || w.held || !open(p.Audience) || p.Author != w.who.ID {
		return nil, nil
	}
	above, err := w.whoseFollowers(a, p)
	if err != nil || above.ID == 0 {
		return nil, err
	}
	apart, err := w.tx.Apart(above.Author, w.who.ID)
	if err != nil || apart.Any() {
		return nil, err
	}
	if !w.t.o.Unlimited && !w.t.forwards.Take(registered(a.Actor), w.now) {
		return nil, nil
	}
	e := camp.Errand{
		ID: w.tx.NextID(), Do: camp.ErrandForward, By: above.Author, Post: above.ID, Whom: w.who.ID, At: w.now, URI: a.ID, Text: string(a.Raw), More: []string{p.URI},
	}
	return []camp.Event{{Kind: camp.EventErrand}}, w.tx.PutErrand(e)
}

// whoseFollowers gives the open post of this camp above an answer, to the
// followers of whose author the act is addressed; zero for none.
func (w *taking) whoseFollowers(a *ap.Activity, p camp.Post) (camp.Post, error) {
	to := slices.Concat(a.To, a.Cc, a.Audience)
	for range mostUp {
		above, ok, err := w.tx.Post(p.ReplyTo)
		if err != nil || !ok {
			return camp.Post{}, err
		}
		if p = above; !p.Here() {
			continue
		}
		m, ok, err := w.tx.Member(p.Author)
		if err != nil {
			return camp.Post{}, err
		}
		if ok && reachable(m) && open(p.Audience) && p.BoostOf == 0 && slices.Contains(to, w.t.o.Names.Of(m.Name, "followers")) {
			return p, nil
		}
	}
	return camp.Post{}, nil
}

// forwarded hands an act of somebody elsewhere on to the member's followers, but
// those on the server that it came from.
func (w *telling) forwarded() error {
	p, ok, err := w.tx.Post(w.e.Post)
	if err == nil && (!ok || p.Author != w.me.ID || len(w.e.More) != 1) {
		err = errMoot
	}
	if err != nil {
		return err
	}
	leave, err := camp.Release(p, w.e.Do)
	if err != nil {
		return err
	}
	from, ok, err := w.tx.Remote(w.e.Whom)
	if err == nil && (!ok || !from.Gone.IsZero() || w.shut(from.URI)) {
		err = errMoot
	}
	if err != nil {
		return err
	}
	people, err := w.followers()
	if err != nil {
		return err
	}
	people, err = w.wanted(slices.DeleteFunc(people, func(r camp.Remote) bool { return ap.SameHost(r.URI, from.URI) }))
	if err != nil {
		return err
	}
	if to := w.inboxes(people, true); len(to) > 0 {
		w.out = append(w.out, outgoing{letter: leave.Letter(w.me.ID, w.e.URI, w.e.More[0], []byte(w.e.Text)), to: to})
	}
	return nil
}

// Carried is told of an act that somebody else brought than who did it, and that
// nothing proves. Where it may concern anybody here, and the bringer is followed
// here, what it is about is asked for at its own server (federation.md 4).
func (t *Taker) Carried(ctx context.Context, from Signer, a ap.Activity) error {
	return t.run(ctx, func(w *taking) ([]camp.Event, error) {
		ok, err := w.find(from.URI)
		if err != nil || !ok {
			return nil, err
		}
		return nil, w.carried(&a)
	})
}

func (w *taking) carried(a *ap.Activity) error {
	id := a.Object.ID
	if !ap.SameHost(id, a.Actor) || id == a.Actor {
		return nil
	}
	if yes, err := w.followed(w.who.ID); err != nil || !yes {
		return err
	}
	known, there, err := w.tx.PostByURI(id)
	if err != nil || there && known.BoostOf != 0 {
		return err
	}
	switch {
	case there && a.Type == "Delete":
		return w.want(camp.Wanted{Do: camp.WantedCheck, URI: id})
	case there && a.Type == "Update":
		return w.want(camp.Wanted{Do: camp.WantedPost, URI: id})
	case there || a.Type != "Create" || a.Object.Post == nil:
		return nil
	}
	if yes, err := w.mayConcern(a); err != nil || !yes {
		return err
	}
	return w.want(camp.Wanted{Do: camp.WantedPost, URI: id})
}

// mayConcern reports whether a post that nobody vouches for says that it is by
// somebody followed here, names a member, or answers a post of this camp.
func (w *taking) mayConcern(a *ap.Activity) (bool, error) {
	r, ok, err := w.tx.RemoteByURI(a.Actor)
	if err != nil {
		return false, err
	}
	if ok {
		if yes, err := w.followed(r.ID); err != nil || yes {
			return yes, err
		}
	}
	p := a.Object.Post
	above, ok, err := w.post(p.InReplyTo)
	if err != nil || ok && above.Here() {
		return ok, err
	}
	for _, id := range p.Named() {
		if _, ours, err := w.ours(id); err != nil || ours {
			return ours, err
		}
	}
	return false, nil
}
