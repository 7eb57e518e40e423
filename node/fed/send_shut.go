package fed

import (
	"slices"
	"time"

	"camp/node/ap"
	"camp/node/camp"
)

// A letter may wait for days, and the camp may shut a server out meanwhile. So the
// border is asked at the time of sending not only about the server that gets the
// letter, but about those that it speaks of (federation.md 11, 12): what passes
// something of theirs on is not sent, and what a member wrote is sent without
// their names, as it would be told today. What takes something back helps nobody
// and goes.

// shut reports whether the camp keeps the server away that an id is of.
func (s shaper) shut(id string) bool {
	host := ap.HostOf(id)
	return host != "" && s.may(camp.Domain(withoutPort(host))) != nil
}

// carries reports whether a letter passes on what is of a server that is shut out
// now: an act that is handed on, a boost, an act on a post, a move there.
func (s shaper) carries(tx OwnTx, r camp.LetterRow) (bool, error) {
	switch {
	case r.Do == camp.ErrandForward:
		return s.forwards(r), nil
	case r.Do == camp.ErrandMove:
		m, ok, err := tx.Member(r.By)
		return ok && s.shut(m.Moved), err
	case r.Post == 0 || takesBack(r.Do):
		return false, nil
	}
	p, ok, err := tx.Post(r.Post)
	if err == nil && ok && p.BoostOf != 0 {
		p, ok, err = tx.Post(p.BoostOf)
	}
	if err != nil || !ok || p.Here() {
		return false, err
	}
	by, ok, err := tx.Remote(p.Author)
	return s.shut(p.URI) || ok && s.shut(by.URI), err
}

// forwards is carries for an act from elsewhere that is handed on: it falls by
// the same names by which it would be refused if it came today.
func (s shaper) forwards(r camp.LetterRow) bool {
	if s.shut(r.URI) || s.shut(r.Object) {
		return true
	}
	a, err := ap.ParseActivity(r.Body)
	if err != nil {
		return true
	}
	bears := NamesOf(&a, "")
	return bears.Over || slices.ContainsFunc(slices.Concat(bears.Own, bears.About), func(d camp.Domain) bool { return s.may(d) != nil })
}

// anew writes a letter about a member's own post again where the camp shut a
// server out that it names: as what it answers, what it quotes, or whom it calls.
// Any other letter comes back as it is.
func (s shaper) anew(tx OwnTx, l camp.Letter) (camp.Letter, error) {
	r := l.Row()
	if r.Do != camp.ErrandPost && r.Do != camp.ErrandEdit && r.Do != camp.ErrandPoll && r.Do != camp.ErrandQuote {
		return l, nil
	}
	p, ok, err := tx.Post(r.Post)
	if err != nil || !ok {
		return l, err
	}
	if yes, err := s.namesShut(tx, p); err != nil || !yes {
		return l, err
	}
	if r.Do == camp.ErrandQuote { // the asking shows the whole post, and can be done again
		return camp.Letter{}, errMoot
	}
	author, ok, err := tx.Member(p.Author)
	if err != nil || !ok {
		return l, err
	}
	now, err := s.post(tx, p, author, r.Do)
	if err != nil {
		return camp.Letter{}, err
	}
	a := ap.Created(r.URI, now.post)
	if r.Do != camp.ErrandPost {
		if r.Do == camp.ErrandPoll { // counts are no change of the words (federation.md 14)
			now.post.Updated = time.Time{}
		}
		a = ap.Edited(r.URI, now.post)
	}
	return now.leave.Letter(r.By, r.URI, r.Object, a.JSON()), nil
}

// namesShut reports whether a post names a server that is shut out.
func (s shaper) namesShut(tx OwnTx, p camp.Post) (bool, error) {
	if s.shut(p.Answers) || s.shut(p.Quoted) || s.shut(p.Thread) {
		return true, nil
	}
	for _, id := range []camp.PostID{p.ReplyTo, p.Quote} {
		of, ok, err := tx.Post(id)
		if err != nil || ok && !of.Here() && s.shut(of.URI) {
			return err == nil, err
		}
	}
	for _, id := range p.Mentions {
		r, ok, err := tx.Remote(id)
		if err != nil || ok && s.shut(r.URI) {
			return err == nil, err
		}
	}
	return false, nil
}
