package posts

import (
	"strconv"

	"camp/node/camp"
)

// quoted finds the post that this one from elsewhere shows within itself. It is
// shown only with its author's yes: one's own post; one of this camp whose author
// said so; any other once its author's server said so, see ApproveQuote
// (federation.md 8, Quotes).
func quoted(tx Tx, p *camp.Post) error {
	of, err := parent(tx, p.Quoted)
	if err != nil || of == nil || !quotable(*of, p.Author) {
		return err
	}
	ok := of.Author == p.Author
	if !ok && of.Here() {
		if _, ok, err = tx.StampFor(of.ID, p.URI); err != nil {
			return err
		}
	}
	if ok {
		p.Quote = of.ID
	}
	return nil
}

// quotable reports whether somebody may show a post within one of theirs at all.
func quotable(of camp.Post, by camp.MemberID) bool {
	switch of.Audience {
	case camp.AudiencePublic, camp.AudienceQuiet:
		return of.BoostOf == 0
	case camp.AudienceFollowers:
		return of.BoostOf == 0 && of.Author == by
	}
	return false
}

// ApproveQuote shows a post within another from elsewhere: its author's server
// said that it may. stamp is the id of that yes, "" for none.
func ApproveQuote(tx Tx, id camp.PostID, of camp.Post, stamp string) ([]camp.Event, error) {
	p, ok, err := tx.Post(id)
	if err != nil || !ok || p.Here() || p.Quote == of.ID || !quotable(of, p.Author) {
		return nil, err
	}
	if stamp == "" {
		stamp = p.Stamp
	}
	return setQuote(tx, p, of.ID, stamp)
}

// QuoteTakenBack takes the post out of those that quote it by a yes that its
// author took back; author is checked here.
func QuoteTakenBack(tx Tx, author camp.MemberID, stamp string) ([]camp.Event, error) {
	list, err := tx.PostsNaming(stamp, mostAdopted)
	if err != nil {
		return nil, err
	}
	var events []camp.Event
	for _, p := range list {
		if p.Stamp != stamp || p.Quote == 0 {
			continue
		}
		of, ok, err := tx.Post(p.Quote)
		if err != nil {
			return nil, err
		}
		if !ok || of.Author != author {
			continue
		}
		more, err := setQuote(tx, p, 0, "")
		if err != nil {
			return nil, err
		}
		events = append(events, more...)
	}
	return events, nil
}

// setQuote changes what a post shows within itself, and by whose yes. Of one
// written here word is left for those who have it.
func setQuote(tx Tx, p camp.Post, of camp.PostID, stamp string) ([]camp.Event, error) {
	was := p
	p.Quote, p.Stamp = of, stamp
	if err := tx.PutPost(p, &was); err != nil {
		return nil, err
	}
	events := []camp.Event{{Kind: camp.EventPostEdited, Post: p.ID, Root: p.Root, Member: p.Author}}
	if out, err := leaves(tx, p); err != nil || !out {
		return events, err
	}
	more, err := errand(tx, camp.Errand{Do: camp.ErrandEdit, By: p.Author, Post: p.ID})
	return append(events, more...), err
}

// FarAnswersQuote keeps the answer of somebody elsewhere to a member who asked to
// quote them: a yes with its stamp, or, with none, a no, upon which the quote goes.
func FarAnswersQuote(tx Tx, p camp.Post, stamp string) ([]camp.Event, error) {
	if !p.Here() || p.Quote == 0 || p.Stamp == stamp && stamp != "" {
		return nil, nil
	}
	if stamp == "" {
		return setQuote(tx, p, 0, "")
	}
	return setQuote(tx, p, p.Quote, stamp)
}

// FarAsksToQuote answers somebody elsewhere who asks to show a post of this camp
// within theirs, whose id is from: yes for what everybody may read, no for what
// is for followers and to whom its author blocks. What is for fewer was never
// there for them. request is the id of the asking. (FEP-044f)
func FarAsksToQuote(tx Tx, who camp.MemberID, of camp.Post, from, request string) ([]camp.Event, error) {
	if !of.Here() || of.BoostOf != 0 || !of.Audience.Leaves() {
		return nil, nil
	}
	sees, err := farSees(tx, who, of)
	if err != nil {
		return nil, err
	}
	e := camp.Errand{Do: camp.ErrandReject, By: of.Author, Post: of.ID, Whom: who, URI: request, More: []string{from}}
	if !sees || !quotable(of, who) {
		if of.Audience == camp.AudienceFollowers && !sees {
			return nil, nil // they cannot know of it
		}
		return errand(tx, e)
	}
	s, had, err := tx.StampFor(of.ID, from)
	if err != nil {
		return nil, err
	}
	if had && s.By != who {
		_, known, err := tx.Remote(s.By)
		if err != nil {
			return nil, err
		}
		if known {
			return errand(tx, e)
		}
		s.By = who // they were forgotten meanwhile, and are back under another number
		if err := tx.PutStamp(s); err != nil {
			return nil, err
		}
	}
	if !had {
		s = camp.Stamp{ID: tx.NextID(), Post: of.ID, By: who, URI: from, At: tx.Now()}
		if err := tx.PutStamp(s); err != nil {
			return nil, err
		}
	}
	e.Do, e.Text = camp.ErrandStamp, strconv.FormatUint(s.ID, 10)
	events, err := errand(tx, e)
	if err != nil {
		return nil, err
	}
	p, ok, err := tx.PostByURI(from)
	if err != nil || !ok || p.Author != who {
		return events, err
	}
	more, err := ApproveQuote(tx, p.ID, of, "")
	return append(events, more...), err
}
