package posts

import (
	"camp/node/camp"
)

// CanSee is the one answer to "may this person read this post?". What it does
// not know it refuses.
func CanSee(viewer camp.Member, p camp.Post) bool {
	if viewer.ID == 0 || !viewer.Standing.In() {
		return false
	}
	if p.Audience != camp.AudienceCamp {
		return false
	}
	if p.Author == viewer.ID {
		return true
	}
	switch viewer.Role {
	case camp.RoleHost, camp.RoleHelper, camp.RoleMember:
		return true
	case camp.RoleGuest:
		return !p.Written.Before(viewer.Joined)
	}
	return false
}

// within narrows a page to what the viewer can see by its age.
func within(viewer camp.Member, p camp.Page) camp.Page {
	if viewer.Role == camp.RoleGuest {
		p.After = max(p.After, uint64(max(viewer.Joined.UnixMilli(), 1))<<16-1)
	}
	return p
}

// reader gives the row of somebody who wants to read: a person of the camp.
func reader(tx Tx, by camp.Actor) (camp.Member, error) {
	if by.Member == 0 {
		return camp.Member{}, refuse(camp.NotAllowed, "people.not_member.say")
	}
	m, ok, err := tx.Member(by.Member)
	if err != nil {
		return camp.Member{}, err
	}
	if !ok || !m.Standing.In() || !m.Ends.IsZero() && !tx.Now().Before(m.Ends) {
		return camp.Member{}, refuse(camp.NotAllowed, "people.not_member.say")
	}
	return m, nil
}

// active is reader for what a break keeps somebody from (community.md 7).
func active(tx Tx, by camp.Actor) (camp.Member, error) {
	m, err := reader(tx, by)
	if err == nil {
		err = noBreak(tx, m)
	}
	return m, err
}

func noBreak(tx Tx, m camp.Member) error {
	if m.Standing == camp.Suspended && (m.Until.IsZero() || tx.Now().Before(m.Until)) {
		return refuse(camp.NotAllowed, "people.on_break.say")
	}
	return nil
}

// writer is active for somebody who wants to write: they have agreed to the
// rules since their last real change (community.md 2).
func writer(tx Tx, by camp.Actor) (camp.Member, error) {
	m, err := active(tx, by)
	if err != nil {
		return m, err
	}
	r, ok, err := tx.Rules(0)
	if err != nil {
		return m, err
	}
	if ok && m.Agreed < max(r.Asks, 1) {
		return m, refuse(camp.NotAllowed, "people.agree.say")
	}
	return m, nil
}

// visible gives a post that the viewer can see. One they cannot see and one
// that never was are told in the same words.
func visible(tx Tx, viewer camp.Member, id camp.PostID) (camp.Post, error) {
	p, ok, err := tx.Post(id)
	if err != nil {
		return camp.Post{}, err
	}
	if !ok || !CanSee(viewer, p) {
		return camp.Post{}, refuse(camp.NotFound, "posts.gone.say")
	}
	return p, nil
}

// viewing turns posts into what one reader sees, reading each person once.
type viewing struct {
	tx     Tx
	viewer camp.Member
	people map[camp.MemberID]camp.Member
	liked  func(camp.PostID) (bool, error)
	kept   func(camp.PostID) (bool, error)
}

// newViewing looks the viewer's marks up post by post.
func newViewing(tx Tx, viewer camp.Member) *viewing {
	return &viewing{
		tx: tx, viewer: viewer, people: map[camp.MemberID]camp.Member{viewer.ID: viewer},
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
	v.liked = func(id camp.PostID) (bool, error) { return liked[id], nil }
	v.kept = func(id camp.PostID) (bool, error) { return kept[id], nil }
	return nil
}

func (v *viewing) member(id camp.MemberID) (camp.Member, error) {
	if m, ok := v.people[id]; ok {
		return m, nil
	}
	m, _, err := v.tx.Member(id)
	if err != nil {
		return camp.Member{}, err
	}
	m.ID = id
	v.people[id] = m
	return m, nil
}

// all gives the views of the posts that the viewer can see.
func (v *viewing) all(list []camp.Post) ([]camp.PostView, error) {
	views := make([]camp.PostView, 0, len(list))
	for _, p := range list {
		if !CanSee(v.viewer, p) {
			continue
		}
		pv, err := v.one(p)
		if err != nil {
			return nil, err
		}
		views = append(views, pv)
	}
	return views, nil
}

// one gives the view of a post that the viewer can see.
func (v *viewing) one(p camp.Post) (camp.PostView, error) {
	pv := camp.PostView{Post: p, Mine: p.Author == v.viewer.ID}
	pv.MayDelete = pv.Mine || v.viewer.Role == camp.RoleHost || v.viewer.Role == camp.RoleHelper
	var err error
	if pv.By, err = v.member(p.Author); err != nil {
		return pv, err
	}
	for _, id := range p.Mentions {
		m, err := v.member(id)
		if err != nil {
			return pv, err
		}
		if m.Standing.In() {
			pv.Named = append(pv.Named, m)
		}
	}
	if pv.ReplyBy, err = v.replyBy(p); err != nil {
		return pv, err
	}
	if pv.Favourited, err = v.liked(p.ID); err != nil {
		return pv, err
	}
	pv.Kept, err = v.kept(p.ID)
	return pv, err
}

func (v *viewing) replyBy(p camp.Post) (string, error) {
	if p.ReplyTo == 0 {
		return "", nil
	}
	parent, ok, err := v.tx.Post(p.ReplyTo)
	if err != nil || !ok || !CanSee(v.viewer, parent) {
		return "", err
	}
	m, err := v.member(parent.Author)
	return m.Display, err
}
