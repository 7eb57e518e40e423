package people

import (
	"context"
	"slices"
	"strconv"

	"camp/node/camp"
)

// MyReports gives what by reported, newest first, and what they are told of it:
// that it has come, that it is decided, and the answer of who looked into it
// (community.md 7). Who that was, and what they noted among themselves, is not in it.
func (s *Service) MyReports(ctx context.Context, by camp.Actor) (list []camp.MyReport, err error) {
	err = s.view(ctx, "list somebody's own reports", func(tx Tx) error {
		m, err := actor(tx, by) // also on a break
		if err != nil {
			return err
		}
		all, err := tx.Reports()
		if err != nil {
			return err
		}
		for _, r := range slices.Backward(all) {
			if r.Maker != m.ID {
				continue
			}
			mine := camp.MyReport{ID: strconv.FormatUint(r.ID, 10), At: r.At, Rules: r.Rules, Words: r.Words, Closed: r.Closed, Answer: r.Answer}
			for _, id := range r.Whom {
				name, err := handleOf(tx, id)
				if err != nil {
					return err
				}
				if name != "" {
					mine.Whom = append(mine.Whom, name)
				}
			}
			list = append(list, mine)
		}
		return nil
	})
	return list, err
}

// tellMaker leaves word with who made a report that it is decided. The notice
// names nobody: not whom it is about, nor who decided.
func tellMaker(tx Tx, r camp.Report) ([]camp.Event, error) {
	if r.Maker == 0 || r.Maker == r.By {
		return nil, nil
	}
	m, ok, err := tx.Member(r.Maker)
	if err != nil || !ok || !m.Standing.In() {
		return nil, err
	}
	n := camp.Notice{ID: camp.NoticeID(tx.NextID()), Kind: camp.NoticeDecided, At: tx.Now(), Report: r.ID}
	return []camp.Event{{Kind: camp.EventNotice, To: m.ID}}, tx.PutNotice(m.ID, n)
}
