package posts

import (
	"context"
	"errors"
	"slices"

	"camp/node/camp"
)

// Talk is a conversation by letters as one of those in it sees it.
type Talk struct {
	ID     camp.PostID // of the conversation
	At     camp.PostID // where it stands in the list: its newest letter, seen or not
	With   []camp.Member
	Abroad []*camp.Remote // those of With who live elsewhere
	Newest camp.PostView  // its newest letter that is shown
	Unread bool           // the reader was told of a letter in it and has not read that
}

// Bounds of a list of letters.
const (
	lettersLooked = 40 // letters of one conversation, for the newest that is shown
	talksLooked   = 25 // pages of conversations, for a whole one
)

// Letters gives a page of the conversations by letters that the reader is in,
// by the newest letter of each. What waits in the tray is not among them, nor
// what the reader does not want to see.
func (s *Service) Letters(ctx context.Context, by camp.Actor, p camp.Page) (list []Talk, err error) {
	err = s.view(ctx, "list letters", func(tx Tx) error {
		m, err := reader(tx, by)
		if err != nil {
			return err
		}
		r, err := newLetters(tx, m)
		if err != nil {
			return err
		}
		list, err = r.page(p)
		return err
	})
	return list, err
}

// Letter gives the one of these conversations that a letter is in, or that it
// began.
func (s *Service) Letter(ctx context.Context, by camp.Actor, letter camp.PostID) (t Talk, err error) {
	err = s.view(ctx, "read letters", func(tx Tx) error {
		m, err := reader(tx, by)
		if err != nil {
			return err
		}
		r, err := newLetters(tx, m)
		if err != nil {
			return err
		}
		talk, ok, err := tx.TalkOf(m.ID, letter)
		if err != nil {
			return err
		}
		if !ok {
			talk = letter
		}
		newest, err := tx.LettersIn(m.ID, talk, 1)
		if err != nil {
			return err
		}
		if ok = len(newest) > 0; ok {
			t, ok, err = r.one(camp.TalkRef{ID: talk, Newest: newest[0]})
		}
		if err == nil && !ok {
			err = refuse(camp.NotFound, "posts.gone.say")
		}
		return err
	})
	return t, err
}

// ReadLetters says that the reader has read the conversation that a letter is in,
// as far as it goes. Where it is not in their list, nothing happens.
func (s *Service) ReadLetters(ctx context.Context, by camp.Actor, letter camp.PostID) error {
	t, err := s.Letter(ctx, by, letter)
	if f := (*camp.Fault)(nil); errors.As(err, &f) && f.Kind == camp.NotFound {
		return nil
	}
	if err != nil || !t.Unread {
		return err
	}
	err = s.store.Loose(ctx, func(tx Tx) error {
		was, err := tx.TalkRead(by.Member, t.ID)
		if err != nil || was >= t.At {
			return err
		}
		return tx.PutTalkRead(by.Member, t.ID, t.At)
	})
	if err == nil {
		s.publish.Publish(camp.Event{Kind: camp.EventRead, Member: by.Member, To: by.Member})
	}
	return err
}

// letters reads conversations for one reader.
type letters struct {
	*viewing
	fresh map[camp.PostID]camp.PostID // of conversations, the newest letter that the reader was told of since they last looked
	away  map[camp.MemberID]bool      // people whose letters wait in the tray, or who are shut out
}

func newLetters(tx Tx, m camp.Member) (*letters, error) {
	r := &letters{viewing: newViewing(tx, m), fresh: map[camp.PostID]camp.PostID{}, away: map[camp.MemberID]bool{}}
	r.withoutMuted()
	mark, err := tx.ReadMark(m.ID)
	if err != nil {
		return nil, err
	}
	page := camp.Page{After: uint64(mark), Limit: 40}
	for looked := 0; looked < noticesLooked; looked += page.Limit {
		some, err := tx.Notices(m.ID, page)
		if err != nil {
			return nil, err
		}
		for _, n := range some {
			if away, err := r.isAway(n.From); err != nil || away {
				if err != nil {
					return nil, err
				}
				continue
			}
			talk, ok, err := tx.TalkOf(m.ID, n.Post)
			if err != nil {
				return nil, err
			}
			if ok {
				r.fresh[talk] = max(r.fresh[talk], n.Post)
			}
		}
		if len(some) < page.Limit {
			break
		}
		page.Before = uint64(some[len(some)-1].ID)
	}
	return r, nil
}

func (r *letters) page(p camp.Page) ([]Talk, error) {
	var list []Talk
	size := p.Size()
	for range talksLooked {
		refs, err := r.tx.Talks(r.viewer.ID, p)
		if err != nil || len(refs) == 0 {
			return list, err
		}
		var more []Talk
		for _, ref := range refs {
			t, ok, err := r.one(ref)
			if err != nil {
				return nil, err
			}
			if ok {
				more = append(more, t)
			}
		}
		if p.Climb {
			list, p.After = append(more, list...), uint64(refs[0].Newest)
			list = list[max(len(list)-size, 0):]
		} else {
			list, p.Before = append(list, more...), uint64(refs[len(refs)-1].Newest)
			list = list[:min(len(list), size)]
		}
		if len(list) == size || len(refs) < size {
			break
		}
	}
	return list, nil
}

// one gives a conversation; ok is false where nothing in it is shown.
func (r *letters) one(ref camp.TalkRef) (t Talk, ok bool, err error) {
	ids, err := r.tx.LettersIn(r.viewer.ID, ref.ID, lettersLooked)
	if err != nil {
		return t, false, err
	}
	for _, id := range ids {
		p, there, err := r.tx.Post(id)
		if err != nil {
			return t, false, err
		}
		if there {
			there, err = r.shown(p)
		}
		if err != nil {
			return t, false, err
		}
		if !there {
			continue
		}
		t = Talk{ID: ref.ID, At: ref.Newest}
		if t.Newest, err = r.viewing.one(p); err != nil {
			return t, false, err
		}
		if err := r.with(&t, p); err != nil {
			return t, false, err
		}
		t.Unread, err = r.unread(ref.ID, id)
		return t, err == nil, err
	}
	return t, false, nil
}

// shown reports whether a letter is to be in the list. One of the reader's own is
// not where it went only to people whom they do not want to see.
func (r *letters) shown(p camp.Post) (bool, error) {
	if p.Audience != camp.AudienceLetter {
		return false, nil
	}
	ok, err := r.sees(p)
	if err != nil || !ok {
		return false, err
	}
	if p.Author != r.viewer.ID {
		away, err := r.isAway(p.Author)
		return !away, err
	}
	for _, id := range p.Mentions {
		if id != r.viewer.ID && !r.apart[id].Any() {
			return true, nil
		}
	}
	return false, nil
}

// isAway reports whether what somebody writes waits in the reader's tray, or is
// shown nowhere.
func (r *letters) isAway(id camp.MemberID) (bool, error) {
	if away, known := r.away[id]; known {
		return away, nil
	}
	where, err := placeOf(r.tx, r.viewer.ID, camp.Notice{From: id})
	r.away[id] = where != noticeShown
	return r.away[id], err
}

// with adds the other people that a letter is between.
func (r *letters) with(t *Talk, p camp.Post) error {
	var ids []camp.MemberID
	for _, id := range append([]camp.MemberID{p.Author}, p.Mentions...) {
		if id == r.viewer.ID || slices.Contains(ids, id) {
			continue
		}
		ids = append(ids, id)
		m, err := r.member(id)
		if err != nil {
			return err
		}
		t.With, t.Abroad = append(t.With, m), r.withAbroad(t.Abroad, id)
	}
	return nil
}

// unread reports whether the reader was told of a letter in a conversation, not
// newer than what is shown of it, and has not read so far.
func (r *letters) unread(talk, shown camp.PostID) (bool, error) {
	told := r.fresh[talk]
	if told == 0 || told > shown {
		return false, nil
	}
	upTo, err := r.tx.TalkRead(r.viewer.ID, talk)
	return told > upTo, err
}
