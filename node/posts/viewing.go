package posts

import (
	"camp/node/camp"
)

// viewing turns posts into what one reader sees, reading each person once.
type viewing struct {
	tx      Tx
	viewer  camp.Member
	people  map[camp.MemberID]camp.Member
	remotes map[camp.MemberID]*camp.Remote
	apart   map[camp.MemberID]camp.Apart // of the viewer; nil: not read yet
	muting  bool                         // leave out whom the viewer muted
	liked   func(camp.PostID) (bool, error)
	kept    func(camp.PostID) (bool, error)

	pins     []camp.PostID // the viewer's own
	pinsRead bool
}

// newViewing looks the viewer's marks up post by post.
func newViewing(tx Tx, viewer camp.Member) *viewing {
	return &viewing{
		tx: tx, viewer: viewer, people: map[camp.MemberID]camp.Member{viewer.ID: viewer}, remotes: map[camp.MemberID]*camp.Remote{},
		liked: func(id camp.PostID) (bool, error) { return tx.Favourite(viewer.ID, id) },
		kept:  func(id camp.PostID) (bool, error) { return tx.KeptMark(viewer.ID, id) },
	}
}

// inOneRange is for posts that lie close together: the marks are read at once.
func (v *viewing) inOneRange(oldest, newest camp.PostID) error {
	liked, err := v.tx.FavouritesIn(v.viewer.ID, oldest, newest)
	if err != nil {
		return err
	}
	kept, err := v.tx.KeptIn(v.viewer.ID, oldest, newest)
	if err != nil {
		return err
	}
	tx, m := v.tx, v.viewer.ID
	v.liked = func(id camp.PostID) (bool, error) {
		if id < oldest || id > newest { // what somebody passed on may be older
			return tx.Favourite(m, id)
		}
		return liked[id], nil
	}
	v.kept = func(id camp.PostID) (bool, error) {
		if id < oldest || id > newest {
			return tx.KeptMark(m, id)
		}
		return kept[id], nil
	}
	return nil
}

// withoutMuted leaves out those whom the viewer does not want to see in lists.
func (v *viewing) withoutMuted() { v.muting = true }

// sees is the package's, reading once whom the viewer keeps away from.
func (v *viewing) sees(p camp.Post) (bool, error) {
	ok, err := readable(v.tx, v.viewer, p)
	if err != nil || !ok {
		return false, err
	}
	if v.apart == nil {
		list, err := v.tx.ApartOf(v.viewer.ID)
		if err != nil {
			return false, err
		}
		v.apart = make(map[camp.MemberID]camp.Apart, len(list))
		for _, a := range list {
			v.apart[a.Whom] = a
		}
	}
	a := v.apart[p.Author]
	return !a.Hidden() && (!a.Muted || !v.muting), nil
}

// member gives a person as they are shown, from here or from elsewhere.
func (v *viewing) member(id camp.MemberID) (camp.Member, error) {
	if m, ok := v.people[id]; ok {
		return m, nil
	}
	m, ok, err := v.tx.Member(id)
	if err != nil {
		return camp.Member{}, err
	}
	if !ok {
		return v.elsewhere(id)
	}
	v.people[id] = m
	return m, nil
}

// author is member for whoever wrote a post: what came from elsewhere was
// written by nobody of the camp.
func (v *viewing) author(p *camp.Post) (camp.Member, error) {
	if m, ok := v.people[p.Author]; ok {
		return m, nil
	}
	if p.Here() {
		return v.member(p.Author)
	}
	return v.elsewhere(p.Author)
}

func (v *viewing) elsewhere(id camp.MemberID) (camp.Member, error) {
	r, ok, err := v.tx.Remote(id)
	if err != nil {
		return camp.Member{}, err
	}
	m := camp.Member{ID: id}
	if ok {
		level, err := levelOfPerson(v.tx, id)
		if err != nil {
			return camp.Member{}, err
		}
		r = personShown(v.tx, level, r)
		v.remotes[id] = &r
		m = r.Shown()
	}
	v.people[id] = m
	return m, nil
}

// all gives the views of the posts that the viewer can see.
func (v *viewing) all(list []camp.Post) ([]camp.PostView, error) {
	views := takeViews(len(list))
	for i := range list {
		pv, ok, err := v.seen(list[i])
		if err != nil {
			return nil, err
		}
		if ok {
			views = append(views, pv)
		}
	}
	return views, nil
}

// seen gives the view of a post if the viewer can see it. In place of a boost
// stands what it passes on.
func (v *viewing) seen(p camp.Post) (pv camp.PostView, ok bool, err error) {
	if ok, err = v.sees(p); err != nil || !ok {
		return pv, false, err
	}
	if p.BoostOf == 0 {
		pv, err = v.one(p)
		return pv, err == nil, err
	}
	of, ok, err := v.tx.Post(p.BoostOf)
	if err != nil || !ok || of.BoostOf != 0 {
		return pv, false, err
	}
	if ok, err = v.sees(of); err != nil || !ok {
		return pv, false, err
	}
	by, err := v.member(p.Author)
	if err != nil {
		return pv, false, err
	}
	pv, err = v.one(of)
	pv.PassedBy, pv.Passing = &by, p.ID
	pv.Abroad = v.withAbroad(pv.Abroad, p.Author)
	return pv, err == nil, err
}

// one gives the view of a post that the viewer can see.
func (v *viewing) one(p camp.Post) (camp.PostView, error) {
	pv := camp.PostView{Post: p, Mine: p.Author == v.viewer.ID}
	pv.MayDelete = pv.Mine || p.Here() && (v.viewer.Role == camp.RoleHost || v.viewer.Role == camp.RoleHelper)
	var err error
	if pv.By, err = v.author(&p); err != nil {
		return pv, err
	}
	pv.From = v.remotes[p.Author]
	if err := v.ruled(&pv); err != nil {
		return pv, err
	}
	pv.MayBoost = passable(v.viewer, p) && v.viewer.Role != camp.RoleGuest && reaches(v.tx)
	if p.Policy != 0 {
		if err := v.policy(&pv); err != nil {
			return pv, err
		}
	}
	for _, id := range p.Mentions {
		m, err := v.member(id)
		if err != nil {
			return pv, err
		}
		if m.Standing.In() || m.Standing == camp.Elsewhere {
			pv.Named = append(pv.Named, m)
			pv.Abroad = v.withAbroad(pv.Abroad, id)
		}
	}
	if pv.ReplyBy, pv.ReplyByID, err = v.replyBy(p); err != nil {
		return pv, err
	}
	if pv.Favourited, err = v.liked(p.ID); err != nil {
		return pv, err
	}
	if pv.Kept, err = v.kept(p.ID); err != nil {
		return pv, err
	}
	if pv.Pinned, err = v.pinned(p); err != nil {
		return pv, err
	}
	return pv, v.beyond(&pv)
}

// beyond adds what most posts of the camp do not have: who passed it on, what
// it quotes, its poll.
func (v *viewing) beyond(pv *camp.PostView) error {
	if pv.Boosts > 0 {
		_, ok, err := v.tx.Boost(pv.ID, v.viewer.ID)
		if err != nil {
			return err
		}
		pv.Boosted = ok
	}
	if pv.Poll != nil {
		var err error
		if pv.Votes, pv.Voted, err = v.tx.Vote(pv.ID, v.viewer.ID); err != nil {
			return err
		}
	}
	if pv.Quote == 0 {
		return nil
	}
	of, ok, err := v.tx.Post(pv.Quote)
	if err != nil || !ok || of.BoostOf != 0 {
		return err
	}
	if ok, err = v.sees(of); err != nil || !ok {
		return err
	}
	of.Quote = 0 // one level
	inside, err := v.one(of)
	pv.Inside = &inside
	return err
}

func (v *viewing) replyBy(p camp.Post) (string, camp.MemberID, error) {
	if p.ReplyTo == 0 {
		return "", 0, nil
	}
	parent, ok, err := v.tx.Post(p.ReplyTo)
	if err != nil || !ok {
		return "", 0, err
	}
	if ok, err = v.sees(parent); err != nil || !ok {
		return "", 0, err
	}
	m, err := v.member(parent.Author)
	return m.Display, m.ID, err
}

// withAbroad adds somebody to the list if they live elsewhere.
func (v *viewing) withAbroad(list []*camp.Remote, id camp.MemberID) []*camp.Remote {
	if r := v.remotes[id]; r != nil {
		return append(list, r)
	}
	return list
}
