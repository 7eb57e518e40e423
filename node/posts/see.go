package posts

import (
	"slices"

	"camp/node/camp"
)

// CanSee is the one answer to "may this person read this post?". What it does
// not know it refuses. follows says whether the author let the viewer follow.
func CanSee(viewer camp.Member, p camp.Post, follows bool) bool {
	if viewer.ID == 0 || !viewer.Standing.In() {
		return false
	}
	named := slices.Contains(p.Mentions, viewer.ID)
	switch p.Audience {
	case camp.AudienceCamp:
		if !p.Here() {
			return false
		}
	case camp.AudienceLetter:
		if p.Author != viewer.ID && !named {
			return false
		}
	case camp.AudienceFollowers:
		if p.Author != viewer.ID && !named && !follows {
			return false
		}
	case camp.AudienceQuiet, camp.AudiencePublic:
	default:
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

// sees is CanSee with what it needs to know, the camp's decision about the
// author's server and what the two decided about each other.
func sees(tx Tx, viewer camp.Member, p camp.Post) (bool, error) {
	ok, err := readable(tx, viewer, p)
	if err != nil || !ok || p.Author == viewer.ID {
		return ok, err
	}
	a, err := tx.Apart(viewer.ID, p.Author)
	return !a.Hidden(), err
}

// readable is sees without what the two decided about each other.
func readable(tx Tx, viewer camp.Member, p camp.Post) (bool, error) {
	level, err := levelOf(tx, p)
	if err != nil || shutOut(level) {
		return false, err
	}
	follows := false
	if p.Author != viewer.ID && (p.Audience == camp.AudienceFollowers || level == camp.LevelLimit) {
		if follows, err = followed(tx, viewer.ID, p.Author); err != nil {
			return false, err
		}
	}
	if !CanSee(viewer, p, follows) {
		return false, nil
	}
	return level != camp.LevelLimit || follows || slices.Contains(p.Mentions, viewer.ID), nil
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
	if ok {
		ok, err = sees(tx, viewer, p)
	}
	if err == nil && !ok {
		err = refuse(camp.NotFound, "posts.gone.say")
	}
	if err != nil {
		return camp.Post{}, err
	}
	return p, nil
}
