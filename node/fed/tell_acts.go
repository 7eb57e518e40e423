package fed

import (
	"strconv"
	"strings"

	"camp/node/ap"
	"camp/node/camp"
)

// act is an act of the member's on somebody, or on something of theirs.
func (w *telling) act(kind, id, object string, who camp.Remote) *ap.Activity {
	return ap.Act(kind, id, w.actor, object, "", []string{who.URI}, nil)
}

// liked tells that the member likes a post from elsewhere, or no more.
func (w *telling) liked() error {
	p, ok, err := w.tx.Post(w.e.Post)
	if err == nil && (!ok || p.Here()) {
		err = errMoot
	}
	if err != nil {
		return err
	}
	leave, err := camp.ReleaseAct(w.e.Do, &p)
	if err != nil {
		return err
	}
	who, to, err := w.whom()
	if err != nil {
		return err
	}
	at, back := w.e.At, w.e.Do == camp.ErrandUnlike
	if back {
		at = w.e.Done
	}
	a := w.act("Like", w.n.Mark("like", w.me.ID, uint64(p.ID), at.UnixMilli()), p.URI, who)
	if !back && camp.LoneEmoji(w.e.Text) {
		a.Content = w.e.Text // a like to those who know no signs (FEP-c0e0, Misskey)
	}
	id := a.ID
	if back {
		a = w.undo(a)
	}
	w.send(leave, a, id, to, 0)
	return nil
}

// voted tells of one choice in a poll elsewhere.
func (w *telling) voted() error {
	p, ok, err := w.tx.Post(w.e.Post)
	if err == nil && (!ok || p.Here() || p.Poll == nil) {
		err = errMoot
	}
	if err != nil {
		return err
	}
	leave, err := camp.ReleaseAct(w.e.Do, &p)
	if err != nil {
		return err
	}
	who, to, err := w.whom()
	if err != nil {
		return err
	}
	id := w.n.Act(w.e.ID)
	vote := ap.VoteNote(id+"/vote", w.actor, p.URI, who.URI, w.e.Text)
	w.send(leave, ap.Created(id, vote), vote.ID, to, 0)
	return nil
}

// followed tells that the member wants to follow somebody, or no more.
func (w *telling) followed() error {
	leave, err := camp.ReleaseAct(w.e.Do, nil)
	if err != nil {
		return err
	}
	who, to, err := w.whom()
	if err != nil {
		return err
	}
	number, err := strconv.ParseUint(w.e.URI, 10, 64)
	if err != nil {
		return errMoot // never asked
	}
	a := w.act("Follow", w.n.Act(number), who.URI, who)
	id := a.ID
	if w.e.Do == camp.ErrandUnfollow {
		a = w.undo(a)
	}
	w.send(leave, a, id, to, 0)
	return nil
}

// answered says yes or no to somebody who asked to follow the member, or to
// quote them; the asking is held as it came (federation.md 6).
func (w *telling) answered() error {
	var about *camp.Post
	if w.e.Post != 0 {
		p, ok, err := w.tx.Post(w.e.Post)
		if err == nil && (!ok || p.Author != w.me.ID) {
			err = errMoot
		}
		if err != nil {
			return err
		}
		about = &p
	}
	leave, err := camp.ReleaseAct(w.e.Do, about)
	if err != nil {
		return err
	}
	who, to, err := w.whom()
	if err != nil {
		return err
	}
	asked := ap.Act("Follow", w.e.URI, who.URI, w.actor, "", nil, nil)
	if about != nil {
		asked = w.asking(who)
	}
	asked.Unnamed = strings.HasPrefix(w.e.URI, who.URI+"#unnamed-") // its id is of our making
	kind := "Accept"
	if w.e.Do == camp.ErrandReject {
		kind = "Reject"
	}
	w.send(leave, ap.Answer(kind, w.n.Act(w.e.ID), w.actor, asked, []string{who.URI}, nil), w.e.URI, to, 0)
	return nil
}

// blocked tells somebody's server that the member does not want to see them, or
// does again; the person is not told (federation.md 6).
func (w *telling) blocked() error {
	leave, err := camp.ReleaseAct(w.e.Do, nil)
	if err != nil {
		return err
	}
	who, to, err := w.whom()
	if err != nil {
		return err
	}
	at, back := w.e.At, w.e.Do == camp.ErrandUnblock
	if back {
		at = w.e.Done
	}
	a := w.act("Block", w.n.Mark("block", w.me.ID, uint64(who.ID), at.UnixMilli()), who.URI, who)
	id := a.ID
	if back {
		a = w.undo(a)
	}
	w.send(leave, a, id, to, 0)
	return nil
}

// reported tells another server of somebody there, and of posts of theirs, in the
// name of the camp.
func (w *telling) reported() error {
	who, to, err := w.whom()
	if err != nil {
		return err
	}
	leave, err := camp.ReleaseAct(w.e.Do, nil)
	if err != nil {
		return err
	}
	var list []string
	for _, id := range w.e.More {
		p, ok, err := w.tx.PostByURI(id)
		if err != nil {
			return err
		}
		if !ok || p.Author != who.ID { // their server judges what is theirs
			continue
		}
		if leave, err = camp.ReleaseAct(w.e.Do, &p); err != nil {
			return err
		}
		list = append(list, id)
	}
	w.send(leave, ap.Flagged(w.n.Act(w.e.ID), w.actor, who.URI, list, w.e.Text), who.URI, to, 0)
	return nil
}

// changed tells of a changed profile, or a new key.
func (w *telling) changed() error {
	leave, err := camp.ReleaseAct(w.e.Do, nil)
	if err != nil {
		return err
	}
	if w.key.ID == "" {
		return errMoot
	}
	me, err := w.person(w.tx, w.me, w.key)
	if err != nil {
		return err
	}
	people, err := w.acquainted()
	if err != nil {
		return err
	}
	a := ap.Changed(w.n.Act(w.e.ID), me, []string{ap.Public}, []string{me.Followers})
	w.send(leave, a, me.ID, w.inboxes(people, true), 0)
	return nil
}

// acquainted gives those elsewhere who follow the member, or whom they follow.
func (w *telling) acquainted() ([]camp.Remote, error) {
	people, err := w.followers()
	if err != nil {
		return nil, err
	}
	follows, err := w.tx.FollowsOf(w.me.ID, 0, 0)
	if err != nil {
		return nil, err
	}
	var ids []camp.MemberID
	for _, f := range follows {
		ids = append(ids, f.To)
	}
	more, err := w.remotes(ids)
	return append(people, more...), err
}

// moved tells followers where the member went; the errand's URI is the new account.
func (w *telling) moved() error {
	leave, err := camp.ReleaseAct(w.e.Do, nil)
	if err != nil {
		return err
	}
	if ap.HostOf(w.e.URI) == "" || w.e.URI != w.me.Moved || w.shut(w.e.URI) {
		return errMoot
	}
	followers, err := w.followers()
	if err != nil {
		return err
	}
	a := ap.Act("Move", w.n.Act(w.e.ID), w.actor, w.actor, w.e.URI, []string{w.n.Of(w.me.Name, "followers")}, nil)
	w.send(leave, a, w.actor, w.inboxes(followers, true), 0)
	return nil
}

// gone tells all who ever had anything of the member's that they are no more.
func (w *telling) gone() error {
	if reachable(w.me) {
		return errMoot
	}
	leave, err := camp.ReleaseAct(w.e.Do, nil)
	if err != nil {
		return err
	}
	people, err := w.acquainted()
	if err != nil {
		return err
	}
	to := w.inboxes(people, true)
	for _, audience := range []camp.Audience{camp.AudiencePublic, camp.AudienceFollowers} {
		had, err := w.reached(made(0), audience)
		if err != nil {
			return err
		}
		to = append(to, had...)
	}
	a := ap.Act("Delete", w.n.Act(w.e.ID), w.actor, w.actor, "", []string{ap.Public}, nil)
	w.send(leave, a, w.actor, merged(to), 0)
	if err := w.tx.DropReachedBy(w.me.ID); err != nil {
		return err
	}
	return w.tx.PutFarewell(camp.Farewell{Member: w.me.ID, At: w.e.At})
}
