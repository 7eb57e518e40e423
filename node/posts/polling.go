package posts

import (
	"context"
	"slices"
	"time"

	"camp/node/camp"
)

// pollEvery is how often new counts of a poll go out at most (federation.md 8).
const pollEvery = 5 * time.Minute

// watchPoll keeps the poll of a post in sight; fresh says that somebody voted.
func watchPoll(tx Tx, p camp.Post, fresh bool) error {
	if p.Poll == nil || p.Poll.Over(tx.Now()) {
		return nil
	}
	w, ok, err := tx.Polling(p.ID)
	if err != nil || ok && (w.Fresh || !fresh) {
		return err
	}
	w.Post, w.Fresh = p.ID, fresh
	return tx.PutPolling(w)
}

// Polls tells others how our polls stand, and whom it concerns that one is over.
func (s *Service) Polls(ctx context.Context) error {
	var due []camp.PostID
	err := s.view(ctx, "look at polls", func(tx Tx) error {
		list, err := tx.Pollings()
		if err != nil {
			return err
		}
		for _, w := range list {
			p, ok, err := tx.Post(w.Post)
			if err != nil {
				return err
			}
			if over(tx, p, ok) || tellsCounts(tx, w) {
				due = append(due, w.Post)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, id := range due {
		if err := s.update(ctx, "tell of a poll", func(tx Tx) ([]camp.Event, error) { return pollDue(tx, id) }); err != nil {
			return err
		}
	}
	return nil
}

// over reports whether there is nothing left to keep in sight.
func over(tx Tx, p camp.Post, ok bool) bool {
	return !ok || p.Poll == nil || p.Poll.Over(tx.Now())
}

func tellsCounts(tx Tx, w camp.Polling) bool { return w.Fresh && tx.Now().Sub(w.Told) >= pollEvery }

func pollDue(tx Tx, id camp.PostID) ([]camp.Event, error) {
	w, ok, err := tx.Polling(id)
	if err != nil || !ok {
		return nil, err
	}
	p, ok, err := tx.Post(id)
	if err != nil {
		return nil, err
	}
	if over(tx, p, ok) {
		if err := tx.DropPolling(id); err != nil || !ok || p.Poll == nil {
			return nil, err
		}
		return pollOver(tx, p)
	}
	if !tellsCounts(tx, w) {
		return nil, nil
	}
	w.Fresh, w.Told = false, tx.Now()
	if err := tx.PutPolling(w); err != nil {
		return nil, err
	}
	return toldCounts(tx, p)
}

// toldCounts leaves word of how a poll of ours stands.
func toldCounts(tx Tx, p camp.Post) ([]camp.Event, error) {
	out, err := leaves(tx, p)
	if err != nil || !out {
		return nil, err
	}
	return errand(tx, camp.Errand{Do: camp.ErrandPoll, By: p.Author, Post: p.ID})
}

// pollOver tells the author of a poll and those here who voted in it that the
// votes are in, and others the last counts.
func pollOver(tx Tx, p camp.Post) ([]camp.Event, error) {
	events, err := toldCounts(tx, p)
	if err != nil {
		return nil, err
	}
	to, err := tx.VotersOf(p.ID)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(to, p.Author) {
		to = append(to, p.Author)
	}
	for _, m := range to {
		if err := tell(tx, m, camp.Notice{Kind: camp.NoticePoll, From: p.Author, Post: p.ID}, p, &events); err != nil {
			return nil, err
		}
	}
	return append(events, camp.Event{Kind: camp.EventCounts, Post: p.ID, Root: p.Root, Member: p.Author}), nil
}
