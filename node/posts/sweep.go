package posts

import (
	"context"
	"slices"

	"camp/node/camp"
)

// What comes from elsewhere does not stay for ever. After sixty days it is looked
// at, and goes if nobody here holds on to it (community.md 10); else it is looked
// at again later. Posts go first, and people once nothing of theirs is left:
//
//	arrives ─▶ Due in 60 days ─▶ Sweep: does anybody hold on to it? ─ no ─▶ forgotten
//	                 ▲                         │ yes
//	                 └──── 60 days later ◀─────┘
//
// Nobody is told, and no mark stays: whoever asks for it has it fetched anew.

const (
	sweepSlice = 20  // dealt with in one act
	sweepOnce  = 200 // dealt with in one round
	fillSlice  = 200
	fillOnce   = 5000
	sweepTree  = 500 // answers looked at in one conversation; a longer one stays
	sweepShown = 50  // and so does what more posts than that show
)

// Sweep forgets what came from elsewhere and nobody here holds on to, some of it.
func (s *Service) Sweep(ctx context.Context) error {
	ready, err := s.fillHolds(ctx)
	if err != nil || !ready {
		return err
	}
	if err := s.sweepDue(ctx, "forget posts", Tx.DuePosts, sweepPost); err != nil {
		return err
	}
	return s.sweepDue(ctx, "forget people", Tx.DuePeople, sweepPerson)
}

// fillHolds has a store from before looked through; until that is done nothing goes.
func (s *Service) fillHolds(ctx context.Context) (done bool, err error) {
	if s.held.Load() {
		return true, nil
	}
	for n := 0; n < fillOnce && !done; n += fillSlice {
		err := s.update(ctx, "look through what came", func(tx Tx) (_ []camp.Event, err error) {
			done, err = tx.FillHolds(fillSlice)
			return nil, err
		})
		if err != nil || done {
			s.held.Store(done)
			return done, err
		}
		if err := rest(ctx, siftRest); err != nil {
			return false, err
		}
	}
	return done, nil
}

// sweepDue deals with what is due of one sort.
func (s *Service) sweepDue(ctx context.Context, op string, due func(Tx, int) ([]camp.Due, error), one func(Tx, camp.Due, []camp.Report) (bool, []camp.Event, error)) error {
	var list []camp.Due
	err := s.view(ctx, op, func(tx Tx) (err error) { list, err = due(tx, sweepOnce); return err })
	if err != nil {
		return err
	}
	gone := 0
	for part := range slices.Chunk(list, sweepSlice) {
		if err := rest(ctx, siftRest); err != nil {
			return err
		}
		went := 0
		err := s.update(ctx, op, func(tx Tx) (events []camp.Event, err error) {
			went = 0
			reports, err := tx.Reports()
			if err != nil {
				return nil, err
			}
			for _, d := range part {
				stays, more, err := one(tx, d, reports)
				if err != nil {
					return nil, err
				}
				events = append(events, more...)
				if stays {
					d.At = tx.Now().Add(camp.FarKept)
					err = tx.PutDue(d)
				} else {
					went++
					err = tx.DropDue(d)
				}
				if err != nil {
					return nil, err
				}
			}
			return events, nil
		})
		if err != nil {
			return err
		}
		gone += went
	}
	if gone > 0 {
		s.log.InfoContext(ctx, "forgot what came from elsewhere", "what", op, "gone", gone)
	}
	return nil
}

// sweepPost forgets a post, unless somebody holds on to it.
func sweepPost(tx Tx, d camp.Due, reports []camp.Report) (stays bool, events []camp.Event, err error) {
	p, ok, err := tx.Post(d.Post)
	if err != nil || !ok || p.Here() {
		return false, nil, err
	}
	if p.BoostOf != 0 {
		if of, there, err := tx.Post(p.BoostOf); err != nil || there && of.Here() {
			return there, nil, err
		} else if there { // it goes with what it passes on
			p = of
		}
	}
	h := holding{tx: tx, reports: reports}
	if stays, err = h.post(p); err != nil || stays {
		return stays, nil, err
	}
	events, err = Forget(tx, p)
	return false, events, err
}

// holding asks who holds on to something.
type holding struct {
	tx      Tx
	reports []camp.Report
}

// post reports whether anybody of the camp holds on to a post from elsewhere, or to
// the conversation that it is in.
func (h holding) post(p camp.Post) (bool, error) {
	for _, ask := range []func(camp.Post) (bool, error){h.about, h.marked, h.passedOn, h.shown, h.talk} {
		if yes, err := ask(p); err != nil || yes {
			return yes, err
		}
	}
	return false, nil
}

// about: it is by somebody followed here, names a member, or a report is about it.
func (h holding) about(p camp.Post) (bool, error) {
	reported := slices.ContainsFunc(h.reports, func(r camp.Report) bool { return r.Closed.IsZero() && slices.Contains(r.Posts, p.ID) })
	if reported {
		return true, nil
	}
	for _, id := range p.Mentions {
		if _, here, err := h.tx.Member(id); err != nil || here {
			return here, err
		}
	}
	return h.followed(p.Author)
}

// followed reports whether a member follows somebody, asked to, or did until a
// decision about their server that can still be undone.
func (h holding) followed(who camp.MemberID) (bool, error) {
	list, err := h.tx.FollowersOf(who, 0, 1)
	if err != nil || len(list) > 0 {
		return len(list) > 0, err
	}
	cut, err := h.tx.SeveredTo(who)
	return len(cut) > 0, err
}

// marked: somebody here kept it, likes it, took part in its poll, or was told of it.
func (h holding) marked(p camp.Post) (bool, error) {
	kept, err := h.tx.KeptOf(p.ID, 1)
	if err != nil || len(kept) > 0 {
		return len(kept) > 0, err
	}
	told, err := h.tx.NoticesAbout(p.ID)
	if err != nil || len(told) > 0 {
		return len(told) > 0, err
	}
	people, err := h.tx.FavouritedBy(p.ID, 0)
	if err != nil {
		return false, err
	}
	voters, err := h.tx.VotersOf(p.ID)
	if err != nil {
		return false, err
	}
	return h.members(append(people, voters...))
}

func (h holding) members(list []camp.MemberID) (bool, error) {
	for _, id := range list {
		if _, here, err := h.tx.Member(id); err != nil || here {
			return here, err
		}
	}
	return false, nil
}

// passedOn: by a member, or by somebody followed here.
func (h holding) passedOn(p camp.Post) (bool, error) {
	by, err := h.tx.BoostsOf(p.ID, 0)
	if err != nil {
		return false, err
	}
	for who := range by {
		if _, here, err := h.tx.Member(who); err != nil || here {
			return here, err
		}
		if yes, err := h.followed(who); err != nil || yes {
			return yes, err
		}
	}
	return false, nil
}

// shown: within a post that somebody holds on to for another reason.
func (h holding) shown(p camp.Post) (bool, error) {
	list, err := h.tx.ShownIn(p.ID, sweepShown)
	if err != nil || len(list) >= sweepShown {
		return true, err
	}
	for _, id := range list {
		o, ok, err := h.tx.Post(id)
		if err != nil {
			return false, err
		}
		if !ok || o.ID == p.ID {
			continue
		}
		if o.Here() {
			return true, nil
		}
		for _, ask := range []func(camp.Post) (bool, error){h.about, h.marked, h.passedOn, h.talk} {
			if yes, err := ask(o); err != nil || yes {
				return yes, err
			}
		}
	}
	return false, nil
}

// talk: somebody here wrote in the conversation, or somebody followed here did.
func (h holding) talk(p camp.Post) (bool, error) {
	tree, err := h.tx.ReplyTree(p.Root, sweepTree)
	if err != nil || len(tree) >= sweepTree {
		return true, err
	}
	asked := map[camp.MemberID]bool{p.Author: true}
	for _, ref := range append(tree, camp.ReplyRef{ID: p.Root}) {
		o, ok, err := h.tx.Post(ref.ID)
		if err != nil {
			return false, err
		}
		if !ok || asked[o.Author] {
			continue
		}
		asked[o.Author] = true
		if o.Here() {
			return true, nil
		}
		if yes, err := h.followed(o.Author); err != nil || yes {
			return yes, err
		}
	}
	return false, nil
}

// sweepPerson forgets somebody elsewhere of whom nothing is here any more.
func sweepPerson(tx Tx, d camp.Due, reports []camp.Report) (stays bool, events []camp.Event, err error) {
	r, ok, err := tx.Remote(d.Person)
	if err != nil || !ok {
		return false, nil, err
	}
	if tx.Now().Sub(r.Fetched) < camp.FarKept {
		return true, nil, nil
	}
	h := holding{tx: tx, reports: reports}
	if stays, err = h.person(r); err != nil || stays {
		return stays, nil, err
	}
	return false, nil, tx.DropRemote(r)
}

// person reports whether anything here is by somebody elsewhere, about them, or
// hangs on them.
func (h holding) person(r camp.Remote) (bool, error) {
	if slices.ContainsFunc(h.reports, func(x camp.Report) bool { return slices.Contains(x.Whom, r.ID) }) {
		return true, nil
	}
	for _, ask := range []func(camp.MemberID) (bool, error){h.wrote, h.tied, h.named, h.treated, h.pending} {
		if yes, err := ask(r.ID); err != nil || yes {
			return yes, err
		}
	}
	return false, nil
}

func (h holding) wrote(who camp.MemberID) (bool, error) {
	one := camp.Page{Limit: 1}
	list, err := h.tx.PostsBy(who, one)
	if err != nil || len(list) > 0 {
		return len(list) > 0, err
	}
	liked, err := h.tx.FavouritesBy(who, one)
	return len(liked) > 0, err
}

// tied: by a follow in either direction, or one that was cut.
func (h holding) tied(who camp.MemberID) (bool, error) {
	if yes, err := h.followed(who); err != nil || yes {
		return yes, err
	}
	list, err := h.tx.FollowsOf(who, 0, 1)
	if err != nil || len(list) > 0 {
		return len(list) > 0, err
	}
	cut, err := h.tx.SeveredFrom(who)
	return len(cut) > 0, err
}

func (h holding) named(who camp.MemberID) (bool, error) {
	list, err := h.tx.NamedIn(who, 1)
	return len(list) > 0, err
}

// treated: a member blocks or mutes them, they blocked a member, or a member let
// them through.
func (h holding) treated(who camp.MemberID) (bool, error) {
	people, err := h.tx.Members()
	if err != nil {
		return false, err
	}
	for _, m := range people {
		a, err := h.tx.Apart(m.ID, who)
		if err != nil || a.Any() {
			return a.Any(), err
		}
		if yes, err := h.tx.Welcome(m.ID, who); err != nil || yes {
			return yes, err
		}
	}
	return false, nil
}

// pending: something is still to be told to them, was told of them, or their
// erasing goes on.
func (h holding) pending(who camp.MemberID) (bool, error) {
	waiting, err := h.tx.Errands(0)
	if err != nil || slices.ContainsFunc(waiting, func(e camp.Errand) bool { return e.Whom == who }) {
		return true, err
	}
	jobs, err := h.tx.Erasings()
	if err != nil || slices.ContainsFunc(jobs, func(e camp.Erasing) bool { return e.Member == who }) {
		return true, err
	}
	told, err := h.tx.NoticesAbout(0)
	return slices.ContainsFunc(told, func(n camp.NoticeTo) bool { return n.From == who }), err
}
