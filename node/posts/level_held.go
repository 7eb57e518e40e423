package posts

import (
	"context"
	"slices"

	"camp/node/camp"
)

// Of a limited server a member hears only from those whom they follow. What
// others there do waits in a tray until the member lets them through.

// place is where a notice is shown to the one it is for.
type place uint8

const (
	noticeShown place = iota
	noticeHeld        // in the tray
	noticeAway        // nowhere: from somebody who is shut out
)

// placeOf says where a notice belongs now.
func placeOf(tx Tx, to camp.MemberID, n camp.Notice) (place, error) {
	level, err := levelOfPerson(tx, n.From)
	switch {
	case err != nil:
		return noticeAway, err
	case shutOut(level):
		return noticeAway, nil
	case level != camp.LevelLimit:
		return noticeShown, nil
	}
	let, err := tx.Welcome(to, n.From)
	if err == nil && !let {
		let, err = followed(tx, to, n.From)
	}
	if err != nil || let {
		return noticeShown, err
	}
	return noticeHeld, nil
}

// noticesLooked bounds how many are looked at for one page.
const noticesLooked = 1000

// noticesOf gives a page of the notices that belong in one place.
func noticesOf(tx Tx, m camp.MemberID, p camp.Page, where place) ([]Notice, error) {
	var list []Notice
	at := camp.Page{Before: p.Before, After: p.After, Climb: p.Climb, Limit: 40}
	for looked := 0; looked < noticesLooked && len(list) < p.Size(); looked += at.Limit {
		some, err := tx.Notices(m, at)
		if err != nil {
			return nil, err
		}
		if p.Climb { // nearest first
			slices.Reverse(some)
		}
		for _, n := range some {
			is, err := placeOf(tx, m, n)
			if err != nil {
				return nil, err
			}
			if is == where && len(list) < p.Size() {
				list = append(list, n)
			}
		}
		if len(some) < at.Limit {
			break
		}
		if last := uint64(some[len(some)-1].ID); p.Climb {
			at.After = last
		} else {
			at.Before = last
		}
	}
	if p.Climb {
		slices.Reverse(list)
	}
	return list, nil
}

// freshOf counts the notices that are shown and newer than the mark, at most 99.
func freshOf(tx Tx, m camp.MemberID, mark camp.NoticeID) (int, error) {
	n, at := 0, camp.Page{After: uint64(mark), Limit: 40}
	for n < noticeLimit {
		some, err := noticesOf(tx, m, at, noticeShown)
		if err != nil {
			return 0, err
		}
		n += len(some)
		if len(some) < at.Limit {
			break
		}
		at.Before = uint64(some[len(some)-1].ID)
	}
	return min(n, noticeLimit), nil
}

// Held gives a page of what waits in the reader's tray.
func (s *Service) Held(ctx context.Context, by camp.Actor, p camp.Page) (list []camp.NoticeView, err error) {
	err = s.view(ctx, "list what is held", func(tx Tx) error {
		m, err := reader(tx, by)
		if err != nil {
			return err
		}
		held, err := noticesOf(tx, m.ID, p, noticeHeld)
		if err != nil {
			return err
		}
		v := newViewing(tx, m)
		for _, n := range held {
			nv, err := v.notice(n)
			if err != nil {
				return err
			}
			list = append(list, nv)
		}
		return nil
	})
	return list, err
}

// LetIn lets somebody of a limited server through to by from now on, with what
// waits in the tray. With no, what waits from them is dropped, letters with it;
// who asks to follow is answered by AnswerFollow.
func (s *Service) LetIn(ctx context.Context, by camp.Actor, whom camp.MemberID, yes bool) error {
	return s.update(ctx, "let somebody through", func(tx Tx) ([]camp.Event, error) {
		m, err := reader(tx, by)
		if err != nil {
			return nil, err
		}
		_, ok, err := tx.Remote(whom)
		if err == nil && ok {
			var level camp.Level
			level, err = levelOfPerson(tx, whom)
			ok = !shutOut(level)
		}
		if err != nil || !ok {
			return nil, orElse(err, refuse(camp.NotFound, "posts.nobody.say"))
		}
		if err := tx.PutWelcome(m.ID, whom, yes); err != nil {
			return nil, err
		}
		events := []camp.Event{{Kind: camp.EventNotice, Member: whom, To: m.ID}}
		if yes {
			return events, nil
		}
		more, err := dropHeld(tx, m.ID, whom)
		return append(events, more...), err
	})
}

// dropHeld drops what waits from somebody, and their letters to nobody else here.
func dropHeld(tx Tx, m, whom camp.MemberID) ([]camp.Event, error) {
	var events []camp.Event
	page := camp.Page{Limit: 40}
	for looked := 0; looked < noticesLooked; looked += page.Limit {
		held, err := noticesOf(tx, m, page, noticeHeld)
		if err != nil {
			return nil, err
		}
		for _, n := range held {
			if n.From != whom {
				continue
			}
			if err := tx.DropNotice(m, n); err != nil {
				return nil, err
			}
			more, err := dropLetter(tx, m, n.Post)
			if err != nil {
				return nil, err
			}
			events = append(events, more...)
		}
		if len(held) < page.Limit {
			break
		}
		page.Before = uint64(held[len(held)-1].ID)
	}
	return events, nil
}

// dropAsk drops the notice that somebody asks to follow a member, once they were
// answered.
func dropAsk(tx Tx, m, who camp.MemberID) error {
	notices, err := tx.NoticesAbout(0)
	if err != nil {
		return err
	}
	for _, n := range notices {
		if n.To == m && n.From == who && n.Kind == camp.NoticeAsk {
			if err := tx.DropNotice(m, n.Notice); err != nil {
				return err
			}
		}
	}
	return nil
}

func dropLetter(tx Tx, m camp.MemberID, id camp.PostID) ([]camp.Event, error) {
	p, ok, err := tx.Post(id)
	if err != nil || !ok || p.Here() || p.Audience != camp.AudienceLetter {
		return nil, err
	}
	for _, other := range p.Mentions {
		_, here, err := tx.Member(other)
		if err != nil || here && other != m {
			return nil, err
		}
	}
	return Forget(tx, p)
}

// MentionLevels says, for the composer, what the camp decided about the servers
// of the people elsewhere whom a text names: by handle, without those about whom
// nothing was decided. Nobody is looked up elsewhere.
func (s *Service) MentionLevels(ctx context.Context, by camp.Actor, text string) (map[string]camp.Level, error) {
	if len(text) > maxRaw {
		return nil, refuse(camp.Invalid, "posts.too_long.say", "Most", number(camp.MaxText))
	}
	levels := map[string]camp.Level{}
	err := s.view(ctx, "read levels of people named", func(tx Tx) error {
		if _, err := reader(tx, by); err != nil {
			return err
		}
		for _, span := range Spans(text) {
			if span.Kind != SpanFar {
				continue
			}
			level, err := levelOfHandle(tx, span.Ref)
			if err != nil {
				return err
			}
			if level != camp.LevelNone {
				levels[span.Ref] = level
			}
		}
		return nil
	})
	return levels, err
}
