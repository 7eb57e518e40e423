package posts

import (
	"camp/node/camp"
)

// FarFollow keeps that somebody elsewhere follows somebody here, or asks to. uri
// is the id of their asking; again with another id is an asking too. Where the
// answer is yes at once, word of it is left. held says that the camp wants a
// member's own yes for followers from there.
func FarFollow(tx Tx, who, whom camp.MemberID, uri string, held bool) ([]camp.Event, error) {
	m, ok, err := tx.Member(whom)
	if err != nil || !ok || !m.Standing.In() {
		return nil, err
	}
	level, err := levelOfPerson(tx, who)
	if err != nil || shutOut(level) {
		return nil, err
	}
	held = held || level == camp.LevelLimit
	a, err := tx.Apart(whom, who)
	if err != nil {
		return nil, err
	}
	if a.Blocked {
		return errand(tx, camp.Errand{Do: camp.ErrandReject, By: whom, Whom: who, URI: uri})
	}
	f, had, err := tx.Follow(who, whom)
	if err != nil {
		return nil, err
	}
	if err := tx.DropSevered(who, whom); err != nil {
		return nil, err
	}
	was := f.Accepted
	f = camp.Follow{From: who, To: whom, At: tx.Now(), URI: uri, Accepted: was || !m.Locked && !held}
	var events []camp.Event
	if had {
		err = tx.PutFollow(f)
	} else {
		events, err = asked(tx, f)
	}
	if err != nil || !f.Accepted {
		return events, err
	}
	more, err := errand(tx, camp.Errand{Do: camp.ErrandAccept, By: whom, Whom: who, URI: uri})
	return append(events, more...), err
}

// FarUnfollow ends it.
func FarUnfollow(tx Tx, who, whom camp.MemberID) ([]camp.Event, error) {
	if err := tx.DropSevered(who, whom); err != nil {
		return nil, err
	}
	_, had, err := tx.Follow(who, whom)
	if err != nil || !had {
		return nil, err
	}
	if err := tx.DropFollow(who, whom); err != nil {
		return nil, err
	}
	notices, err := tx.NoticesAbout(0)
	if err != nil {
		return nil, err
	}
	for _, n := range notices {
		if n.To == whom && n.From == who {
			if err := tx.DropNotice(n.To, n.Notice); err != nil {
				return nil, err
			}
		}
	}
	return []camp.Event{tied(whom)}, nil
}

// FarAnswer keeps the yes or no of somebody elsewhere to a member who asked to
// follow them. uri is the id of that asking as this camp wrote it, or "".
func FarAnswer(tx Tx, who, asker camp.MemberID, uri string, yes bool) ([]camp.Event, error) {
	f, ok, err := tx.Follow(asker, who)
	if err != nil || !ok || uri != "" && f.URI != uri || yes && f.Accepted {
		return nil, err
	}
	if err := tx.DropSevered(asker, who); err != nil {
		return nil, err
	}
	if !yes {
		if err := tx.DropFollow(asker, who); err != nil {
			return nil, err
		}
		return []camp.Event{tied(asker)}, clearHome(tx, asker, who)
	}
	f.Accepted = true
	if err := tx.PutFollow(f); err != nil {
		return nil, err
	}
	return []camp.Event{tied(asker)}, fillHome(tx, asker, who)
}

// FarBlock keeps that somebody elsewhere does not want to see a member, or does
// again. The member is not told.
func FarBlock(tx Tx, who, whom camp.MemberID, on bool) ([]camp.Event, error) {
	m, ok, err := tx.Member(whom)
	if err != nil || !ok {
		return nil, err
	}
	a, err := tx.Apart(m.ID, who)
	if err != nil {
		return nil, err
	}
	a.Who, a.Whom, a.Theirs = m.ID, who, on
	if !a.Blocked {
		a.At = tx.Now()
	}
	if err := tx.PutApart(a); err != nil || !on {
		return nil, err
	}
	one, err := unfollow(tx, m.ID, who, false)
	if err != nil {
		return nil, err
	}
	two, err := FarUnfollow(tx, who, m.ID)
	return append(one, two...), err
}

// FarMoved makes those here who follow somebody elsewhere follow the account
// that they moved to; both were checked.
func FarMoved(tx Tx, from, to camp.MemberID) ([]camp.Event, error) {
	followers, err := tx.FollowersOf(from, 0, 0)
	if err != nil {
		return nil, err
	}
	var events []camp.Event
	for _, f := range followers {
		m, here, err := tx.Member(f.From)
		if err != nil {
			return nil, err
		}
		if !here || !f.Accepted {
			continue
		}
		gone, err := unfollow(tx, m.ID, from, true)
		if err != nil {
			return nil, err
		}
		events = append(events, gone...)
		if _, has, err := tx.Follow(m.ID, to); err != nil || has || m.ID == to {
			if err != nil {
				return nil, err
			}
			continue
		}
		n := camp.Follow{From: m.ID, To: to, At: tx.Now(), NoBoosts: f.NoBoosts}
		more, err := follow(tx, &n)
		if err != nil {
			return nil, err
		}
		events = append(events, more...)
	}
	return events, nil
}

// FarGone takes somebody elsewhere away: their follows at once, what they wrote
// slice by slice by Run.
func FarGone(tx Tx, r camp.Remote) ([]camp.Event, error) {
	var events []camp.Event
	theirs, err := tx.FollowsOf(r.ID, 0, 0)
	if err != nil {
		return nil, err
	}
	for _, f := range theirs {
		more, err := FarUnfollow(tx, r.ID, f.To)
		if err != nil {
			return nil, err
		}
		events = append(events, more...)
	}
	ours, err := tx.FollowersOf(r.ID, 0, 0)
	if err != nil {
		return nil, err
	}
	for _, f := range ours {
		more, err := unfollow(tx, f.From, r.ID, false)
		if err != nil {
			return nil, err
		}
		events = append(events, more...)
	}
	return events, tx.PutErasing(camp.Erasing{Member: r.ID, Posts: true})
}
