package fed

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"camp/node/ap"
	"camp/node/camp"
	"camp/node/fed/queue"
)

// mine gives the member's own post that the errand is about, in its shape.
func (w *telling) mine() (camp.Post, released, error) {
	p, ok, err := w.tx.Post(w.e.Post)
	if err == nil && (!ok || p.Author != w.me.ID || p.BoostOf != 0) {
		err = errMoot
	}
	if err != nil {
		return p, released{}, err
	}
	r, err := w.post(w.tx, p, w.me, w.e.Do)
	return p, r, err
}

// written tells of a new post, and asks for the yes to what it quotes.
func (w *telling) written() error {
	p, r, err := w.mine()
	if err != nil {
		return err
	}
	to, err := w.readers(p, r.parties, false)
	if err != nil {
		return err
	}
	w.send(r.leave, ap.Created(w.n.Act(uint64(p.ID)), r.post), r.post.ID, to, p.Audience)
	return w.askToQuote(p, r, w.n.Act(uint64(p.ID))+"/quote")
}

func (w *telling) edited() error {
	p, r, err := w.mine()
	if err != nil {
		return err
	}
	to, err := w.readers(p, r.parties, true)
	if err != nil {
		return err
	}
	w.send(r.leave, ap.Edited(w.n.Act(w.e.ID), r.post), r.post.ID, to, p.Audience)
	return nil
}

// counted tells of new counts of a poll: without a time, or peers would take it
// for a change of the words (federation.md 14).
func (w *telling) counted() error {
	p, r, err := w.mine()
	if err == nil && p.Poll == nil {
		err = errMoot
	}
	if err != nil {
		return err
	}
	to, err := w.readers(p, r.parties, true)
	if err != nil {
		return err
	}
	r.post.Updated = time.Time{}
	w.send(r.leave, ap.Edited(w.n.Act(w.e.ID), r.post), r.post.ID, to, p.Audience)
	return nil
}

// deleted takes a post back from all who may have had it: where things of the
// member's went since it was written, whom it named, who answered or passed it
// on. A letter is taken back from those alone whom it named.
func (w *telling) deleted() error {
	leave, err := camp.ReleaseGone(w.e)
	if err != nil {
		return err
	}
	people, ids, err := w.called(w.e.More)
	if err != nil {
		return err
	}
	to := w.inboxes(people, w.e.Old.Leaves())
	if w.e.Old.Leaves() {
		if to, err = w.everywhere(to); err != nil {
			return err
		}
	}
	gone := &ap.Tombstone{ID: w.n.Post(w.e.Post), Deleted: w.e.At}
	toWhom, cc, err := ap.Address(w.e.Old, w.n.Of(w.me.Name, "followers"), ids)
	if err != nil {
		return fmt.Errorf("%w: %w", camp.ErrCampOnly, err)
	}
	w.send(leave, ap.Deleted(w.n.Act(w.e.ID), w.actor, gone, toWhom, cc), gone.ID, to, 0)
	return nil
}

// everywhere adds where a thing that is taken back may have gone.
func (w *telling) everywhere(to []queue.Inbox) ([]queue.Inbox, error) {
	had, err := w.reached(made(w.e.Post).Add(-24*time.Hour), w.e.Old) // a day more: clocks are set back at times
	if err != nil {
		return nil, err
	}
	followers, err := w.followers()
	return merged(slices.Concat(to, had, w.inboxes(followers, true))), err
}

// passing is the Announce of a boost.
func (w *telling) passing(boost camp.PostID, of, author string, audience camp.Audience) (*ap.Activity, error) {
	var named []string
	if author != "" && author != w.actor {
		named = []string{author}
	}
	to, cc, err := ap.Address(audience, w.n.Of(w.me.Name, "followers"), named)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", camp.ErrCampOnly, err)
	}
	return ap.Act("Announce", w.n.Act(uint64(boost)), w.actor, of, "", to, cc), nil
}

func (w *telling) boosted() error {
	b, ok, err := w.tx.Post(w.e.Post)
	if err == nil && (!ok || b.BoostOf == 0 || b.Author != w.me.ID) {
		err = errMoot
	}
	if err != nil {
		return err
	}
	leave, err := camp.Release(b, w.e.Do)
	if err != nil {
		return err
	}
	of, ok, err := w.tx.Post(b.BoostOf)
	if err == nil && (!ok || !of.Here() && !open(of.Audience)) { // its author let fewer people read it since
		err = errMoot
	}
	if err != nil {
		return err
	}
	if _, err := camp.ReleaseAct(w.e.Do, &of); err != nil {
		return err
	}
	id, author, far, err := w.authored(w.tx, of)
	if err != nil {
		return err
	}
	a, err := w.passing(b.ID, id, author, b.Audience)
	if err != nil {
		return err
	}
	a.Published = b.Written
	to, err := w.readers(b, far, false)
	if err != nil {
		return err
	}
	w.send(leave, a, a.ID, to, b.Audience)
	return nil
}

// authored gives the id of a post from here or elsewhere, and its author; errMoot
// where others may not know them.
func (s shaper) authored(tx OwnTx, p camp.Post) (id, author string, far []party, err error) {
	if p.Here() {
		m, ok, err := tx.Member(p.Author)
		if err == nil && (!ok || !reachable(m)) {
			err = errMoot
		}
		return s.n.Post(p.ID), s.n.Actor(m.Name), nil, err
	}
	r, ok, err := tx.Remote(p.Author)
	if err == nil && (!ok || !s.reaches(r) || s.shut(p.URI)) {
		err = errMoot
	}
	return p.URI, r.URI, []party{{id: r.URI, far: &r}}, err
}

func (w *telling) unboosted() error {
	leave, err := camp.ReleaseGone(w.e)
	if err != nil {
		return err
	}
	of := w.n.there(w.e.URI)
	if of == "" {
		return errMoot
	}
	people, err := w.remotes([]camp.MemberID{w.e.Whom})
	if err != nil {
		return err
	}
	author := ""
	for _, r := range people {
		author = r.URI
	}
	a, err := w.passing(w.e.Post, of, author, w.e.Old)
	if err != nil {
		return err
	}
	to, err := w.everywhere(w.inboxes(people, true))
	if err != nil {
		return err
	}
	w.send(leave, w.undo(a), a.ID, to, 0)
	return nil
}

// pinned tells that a post stands at the top of a profile, or does no more.
func (w *telling) pinned() error {
	kind, audience := "Add", camp.Audience(0)
	if w.e.Do == camp.ErrandUnpin {
		kind = "Remove"
	}
	p, ok, err := w.tx.Post(w.e.Post)
	if err != nil {
		return err
	}
	var leave camp.Outbound
	switch {
	case ok && p.Author == w.me.ID && p.BoostOf == 0:
		leave, err = camp.Release(p, w.e.Do)
		audience = p.Audience
	case !ok && w.e.Do == camp.ErrandUnpin:
		leave, err = camp.ReleaseGone(w.e)
		audience = w.e.Old
	default:
		err = errMoot
	}
	if err != nil {
		return err
	}
	to, cc, err := ap.Address(audience, w.n.Of(w.me.Name, "followers"), nil)
	if err != nil {
		return fmt.Errorf("%w: %w", camp.ErrCampOnly, err)
	}
	followers, err := w.followers()
	if err != nil {
		return err
	}
	id := w.n.Post(w.e.Post)
	a := ap.Act(kind, w.n.Act(w.e.ID), w.actor, id, w.n.Of(w.me.Name, "featured"), to, cc)
	w.send(leave, a, id, w.inboxes(followers, true), audience)
	return nil
}

// quoting asks again for the yes to what a post of the member's quotes (FEP-044f).
func (w *telling) quoting() error {
	p, r, err := w.mine()
	if err != nil {
		return err
	}
	return w.askToQuote(p, r, w.n.Act(w.e.ID))
}

// askToQuote asks the author of what a post quotes, who lives elsewhere. They see
// the whole post by it: nobody is asked who may not read it.
func (w *telling) askToQuote(p camp.Post, r released, id string) error {
	if r.post.Quote == "" || p.Quoted == "" || !p.Audience.Leaves() {
		return nil
	}
	of, ok, err := w.tx.Post(p.Quote)
	if err != nil || !ok {
		return err
	}
	author, ok, err := w.tx.Remote(of.Author)
	if err != nil || !ok || !open(p.Audience) && !slices.Contains(p.Mentions, author.ID) {
		return err
	}
	leave, err := camp.Release(p, camp.ErrandQuote)
	if err != nil {
		return err
	}
	if _, err := camp.ReleaseAct(camp.ErrandQuote, &of); err != nil {
		return err
	}
	w.send(leave, ap.QuoteAsked(id, r.post, author.URI), r.post.ID+"#quote", w.inboxes([]camp.Remote{author}, false), 0)
	return nil
}

// asking is somebody's QuoteRequest, as far as it is kept.
func (w *telling) asking(who camp.Remote) *ap.Activity {
	a := ap.Act("QuoteRequest", w.e.URI, who.URI, w.n.Post(w.e.Post), "", nil, nil)
	if len(w.e.More) > 0 {
		a.Instrument = ap.Object{ID: w.e.More[0]}
	}
	return a
}

// stamped says yes to somebody elsewhere who quotes a post of the member's; the
// yes itself lies at an address of its own.
func (w *telling) stamped() error {
	p, ok, err := w.tx.Post(w.e.Post)
	if err == nil && (!ok || p.Author != w.me.ID) {
		err = errMoot
	}
	if err != nil {
		return err
	}
	leave, err := camp.Release(p, w.e.Do)
	if err != nil {
		return err
	}
	number, err := strconv.ParseUint(w.e.Text, 10, 64)
	if err != nil || number == 0 {
		return errMoot
	}
	who, to, err := w.whom()
	if err != nil {
		return err
	}
	a := ap.Answer("Accept", w.n.Act(w.e.ID), w.actor, w.asking(who), []string{who.URI}, nil)
	a.Result = ap.Object{ID: w.n.Stamp(number)}
	w.send(leave, a, w.e.URI, to, 0)
	return nil
}
