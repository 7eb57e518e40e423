package posts

import (
	"context"
	"slices"
	"time"

	"camp/node/camp"
)

// noticeLimit is the largest number that Unread counts to.
const noticeLimit = 99

// tell writes a notice, unless it would be to oneself (but for the end of one's own poll) or to somebody who cannot
// see the post.
func tell(tx Tx, to camp.MemberID, n camp.Notice, p camp.Post, events *[]camp.Event) error {
	if to == n.From && n.Kind != camp.NoticePoll {
		return nil
	}
	m, ok, err := tx.Member(to)
	if err != nil || !ok {
		return err
	}
	if ok, err = sees(tx, m, p); err != nil || !ok {
		return err
	}
	a, err := tx.Apart(to, n.From)
	if err != nil || a.Any() {
		return err
	}
	n.ID, n.At = camp.NoticeID(tx.NextID()), tx.Now()
	if err := tx.PutNotice(to, n); err != nil {
		return err
	}
	*events = append(*events, camp.Event{Kind: camp.EventNotice, Post: n.Post, Root: p.Root, Member: n.From, To: to})
	return nil
}

// tellMentioned tells the people whom a post names, but those in told.
func tellMentioned(tx Tx, p camp.Post, told []camp.MemberID, events *[]camp.Event) error {
	for _, to := range p.Mentions {
		if slices.Contains(told, to) {
			continue
		}
		err := tell(tx, to, camp.Notice{Kind: camp.NoticeMention, From: p.Author, Post: p.ID}, p, events)
		if err != nil {
			return err
		}
	}
	return nil
}

// editedAgain is how long nobody is told of another change of the same post.
const editedAgain = 24 * time.Hour

// tellEdited tells those who answered a post or kept it that it was changed.
func tellEdited(tx Tx, p camp.Post, about []camp.NoticeTo, events *[]camp.Event) error {
	to, err := tx.KeptOf(p.ID, camp.MaxMembers)
	if err != nil {
		return err
	}
	refs, err := tx.ReplyTree(p.Root, treeLimit)
	if err != nil {
		return err
	}
	for _, r := range refs {
		if r.Parent != p.ID {
			continue
		}
		reply, ok, err := tx.Post(r.ID)
		if err != nil {
			return err
		}
		if ok {
			to = append(to, reply.Author)
		}
	}
	slices.Sort(to)
	for _, m := range slices.Compact(to) {
		again := slices.ContainsFunc(about, func(n camp.NoticeTo) bool {
			return n.To == m && n.Kind == camp.NoticeEdited && tx.Now().Sub(n.At) < editedAgain
		})
		if again {
			continue
		}
		err := tell(tx, m, camp.Notice{Kind: camp.NoticeEdited, From: p.Author, Post: p.ID}, p, events)
		if err != nil {
			return err
		}
	}
	return nil
}

// Notices gives a page of what the reader was told.
func (s *Service) Notices(ctx context.Context, by camp.Actor, p camp.Page) (list []camp.NoticeView, err error) {
	err = s.view(ctx, "list notices", func(tx Tx) error {
		m, err := reader(tx, by)
		if err != nil {
			return err
		}
		mark, err := tx.ReadMark(m.ID)
		if err != nil {
			return err
		}
		notices, err := noticesOf(tx, m.ID, p, noticeShown)
		if err != nil {
			return err
		}
		v := newViewing(tx, m)
		for _, n := range notices {
			nv, err := v.notice(n)
			if err != nil {
				return err
			}
			nv.New = n.ID > mark
			list = append(list, nv)
		}
		return nil
	})
	return list, err
}

func (v *viewing) notice(n camp.Notice) (camp.NoticeView, error) {
	nv := camp.NoticeView{ID: n.ID, Kind: n.Kind, At: n.At, Report: n.Report}
	var err error
	if nv.From, err = v.member(n.From); err != nil {
		return nv, err
	}
	nv.Far = v.remotes[n.From]
	if n.Post == 0 {
		return nv, nil
	}
	p, ok, err := v.tx.Post(n.Post)
	if err != nil || !ok {
		return nv, err
	}
	if ok, err = v.sees(p); err != nil || !ok {
		return nv, err
	}
	if n.Kind == camp.NoticeFavourite {
		r, err := v.tx.Reaction(n.From, n.Post)
		if err != nil {
			return nv, err
		}
		nv.Sign = r.Sign
	}
	pv, err := v.one(p)
	nv.Post = &pv
	return nv, err
}

// MarkRead says that the reader has seen all notices up to this one. It never
// goes back.
func (s *Service) MarkRead(ctx context.Context, by camp.Actor, upTo camp.NoticeID) error {
	var who camp.MemberID
	err := s.view(ctx, "mark read", func(tx Tx) error {
		m, err := reader(tx, by)
		if err != nil {
			return err
		}
		mark, err := tx.ReadMark(m.ID)
		if err != nil || upTo <= mark {
			return err
		}
		newest, err := tx.Notices(m.ID, camp.Page{Limit: 1})
		if err != nil || len(newest) == 0 {
			return err
		}
		upTo = min(upTo, newest[0].ID)
		who = m.ID
		return nil
	})
	if err != nil || who == 0 {
		return err
	}
	err = s.store.Loose(ctx, func(tx Tx) error {
		mark, err := tx.ReadMark(who)
		if err != nil || upTo <= mark {
			return err
		}
		return tx.PutReadMark(who, upTo)
	})
	if err != nil {
		return err
	}
	s.publish.Publish(camp.Event{Kind: camp.EventRead, Member: who, To: who})
	return nil
}

// Unread counts the notices newer than the reader's mark, at most 99.
func (s *Service) Unread(ctx context.Context, by camp.Actor) (n int, err error) {
	err = s.view(ctx, "count notices", func(tx Tx) error {
		m, err := reader(tx, by)
		if err != nil {
			return err
		}
		mark, err := tx.ReadMark(m.ID)
		if err != nil {
			return err
		}
		n, err = freshOf(tx, m.ID, mark)
		return err
	})
	return n, err
}
