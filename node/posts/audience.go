package posts

import (
	"slices"

	"camp/node/camp"
)

// audienceFor decides who may read the new post (community.md 3.1, 5: a reply
// inherits, and is never wider than its parent).
func audienceFor(tx Tx, m camp.Member, want camp.Audience, above *camp.Post) (camp.Audience, error) {
	inherited := camp.AudienceCamp
	if above != nil {
		inherited = above.Audience
	}
	if want == 0 {
		want = inherited
		if want.Leaves() && (!reaches(tx) || m.Role == camp.RoleGuest) {
			want = camp.AudienceCamp // "talking among ourselves" below what came from elsewhere
		}
	}
	if above != nil && want.Wider(inherited) {
		return 0, refuse(camp.NotAllowed, "posts.audience_wider.say")
	}
	if m.Role == camp.RoleGuest && (want.Leaves() || want == camp.AudienceLetter && above != nil && !above.Here()) {
		return 0, refuse(camp.NotAllowed, "posts.guest_out.say")
	}
	switch {
	case want == camp.AudienceCamp, want == camp.AudienceLetter:
		return want, nil
	case want.Leaves() && reaches(tx):
		return want, nil
	}
	return 0, refuse(camp.NotAllowed, "posts.audience.say")
}

// mentioned gives the people behind the handles. People elsewhere stay plain
// text in what is for the camp alone (community.md 3.1, 8).
func mentioned(tx Tx, audience camp.Audience, c cleaned) ([]camp.MemberID, error) {
	var list []camp.MemberID
	for _, h := range c.handles {
		m, ok, err := tx.MemberByName(h)
		if err != nil {
			return nil, err
		}
		if ok && m.Standing.In() {
			list = append(list, m.ID)
		}
	}
	if audience == camp.AudienceCamp || !reaches(tx) {
		return list, nil
	}
	for _, h := range c.far {
		r, ok, err := tx.RemoteByHandle(h)
		if err != nil {
			return nil, err
		}
		if !ok || !r.Gone.IsZero() || slices.Contains(list, r.ID) {
			continue
		}
		level, err := levelOfPerson(tx, r.ID)
		switch {
		case err != nil:
			return nil, err
		case shutOut(level) && audience == camp.AudienceLetter:
			return nil, refuse(camp.NotAllowed, "border.shut.say", "Name", r.Handle())
		case !shutOut(level): // else the name stays text
			list = append(list, r.ID)
		}
	}
	return list, nil
}

// addressed adds whom an answer goes to, and holds letters to their rules: they
// name somebody, answer to nobody new, and what answers a camp post or a letter
// within the camp stays within.
func addressed(tx Tx, p *camp.Post, above *camp.Post) error {
	if p.Audience != camp.AudienceCamp && above != nil && above.Author != p.Author && !slices.Contains(p.Mentions, above.Author) {
		p.Mentions = append(p.Mentions, above.Author)
	}
	if p.Audience != camp.AudienceLetter {
		return nil
	}
	p.Mentions = slices.DeleteFunc(p.Mentions, func(id camp.MemberID) bool { return id == p.Author })
	if len(p.Mentions) == 0 {
		return refuse(camp.Invalid, "posts.letter_nobody.say")
	}
	if above == nil {
		return nil
	}
	for _, id := range p.Mentions {
		switch above.Audience {
		case camp.AudienceLetter:
			if id != above.Author && !slices.Contains(above.Mentions, id) {
				return refuse(camp.NotAllowed, "posts.letter_wider.say")
			}
		case camp.AudienceCamp:
			if _, ok, err := tx.Member(id); err != nil || !ok {
				return orElse(err, refuse(camp.NotAllowed, "posts.letter_wider.say"))
			}
		}
	}
	return nil
}

// staysWithin refuses a letter that goes to somebody elsewhere, also where that
// is who it answers.
func staysWithin(tx Tx, p camp.Post) error {
	if p.Audience != camp.AudienceLetter {
		return nil
	}
	for _, id := range p.Mentions {
		if _, here, err := tx.Member(id); err != nil || !here {
			return orElse(err, refuse(camp.NotAllowed, "posts.letter_wider.say"))
		}
	}
	return nil
}

func orElse(err error, f *camp.Fault) error {
	if err != nil {
		return err
	}
	return f
}

// leaves reports whether a post written here is to be told elsewhere.
func leaves(tx Tx, p camp.Post) (bool, error) {
	if !p.Here() || !reaches(tx) {
		return false, nil
	}
	if p.Audience.Leaves() {
		return true, nil
	}
	if p.Audience != camp.AudienceLetter {
		return false, nil
	}
	for _, id := range p.Mentions {
		_, here, err := tx.Member(id)
		if err != nil || !here {
			return !here, err
		}
	}
	return false, nil
}

// errand leaves word that something is to be told elsewhere.
func errand(tx Tx, e camp.Errand) ([]camp.Event, error) {
	e.ID, e.At = tx.NextID(), tx.Now()
	return []camp.Event{{Kind: camp.EventErrand}}, tx.PutErrand(e)
}

// goesOut puts a new post before those here who follow its author, and leaves
// word for elsewhere.
func goesOut(tx Tx, p camp.Post) ([]camp.Event, error) {
	var events []camp.Event
	if p.Audience == camp.AudienceFollowers || p.BoostOf != 0 {
		more, err := fanOut(tx, p, nil)
		if err != nil {
			return nil, err
		}
		if events = more; p.ReplyTo == 0 {
			if err := tx.PutHome(p.Author, p.ID); err != nil {
				return nil, err
			}
		}
	}
	out, err := leaves(tx, p)
	if err != nil || !out {
		return events, err
	}
	do := camp.ErrandPost
	if p.BoostOf != 0 {
		do = camp.ErrandBoost
	}
	more, err := errand(tx, camp.Errand{Do: do, By: p.Author, Post: p.ID})
	return append(events, more...), err
}

// fanOut puts a post into the home timelines of those here who follow its
// author. An answer only reaches those who also follow whom it answers.
func fanOut(tx Tx, p camp.Post, above *camp.Post) ([]camp.Event, error) {
	followers, err := tx.FollowersOf(p.Author, 0, 0)
	if err != nil {
		return nil, err
	}
	var events []camp.Event
	for _, f := range followers {
		if !f.Accepted || p.BoostOf != 0 && f.NoBoosts {
			continue
		}
		m, here, err := tx.Member(f.From)
		if err != nil {
			return nil, err
		}
		if !here || !m.Standing.In() {
			continue
		}
		wanted, err := wantsAnswer(tx, m.ID, p, above)
		if err != nil {
			return nil, err
		}
		if !wanted {
			continue
		}
		if err := tx.PutHome(m.ID, p.ID); err != nil {
			return nil, err
		}
		events = append(events, camp.Event{Kind: camp.EventHome, Post: p.ID, Root: p.Root, Member: p.Author, To: m.ID})
	}
	return events, nil
}

func wantsAnswer(tx Tx, m camp.MemberID, p camp.Post, above *camp.Post) (bool, error) {
	if p.ReplyTo == 0 && p.Answers == "" {
		return true, nil
	}
	if above == nil {
		return false, nil
	}
	if above.Author == p.Author || above.Author == m {
		return true, nil
	}
	f, ok, err := tx.Follow(m, above.Author)
	return ok && f.Accepted, err
}
