package posts

import (
	"context"
	"slices"
	"time"
	"unicode/utf8"

	"camp/node/camp"
)

// Bounds of a poll made here.
const (
	PollChoices  = 8
	PollText     = 100 // characters of a choice
	PollShortest = 5 * time.Minute
	PollLongest  = 31 * 24 * time.Hour
)

// pollOf checks the poll of a draft.
func pollOf(tx Tx, d *camp.Poll) (*camp.Poll, error) {
	if d == nil {
		return nil, nil
	}
	if len(d.Choices) < 2 || len(d.Choices) > PollChoices {
		return nil, refuse(camp.Invalid, "posts.poll_choices.say", "Most", number(PollChoices))
	}
	p := camp.Poll{Multiple: d.Multiple, Ends: d.Ends}
	for _, c := range d.Choices {
		text := camp.CleanLine(c.Text, PollText+1)
		if text == "" || utf8.RuneCountInString(text) > PollText {
			return nil, refuse(camp.Invalid, "posts.poll_text.say", "Most", number(PollText))
		}
		if slices.ContainsFunc(p.Choices, func(o camp.Choice) bool { return o.Text == text }) {
			return nil, refuse(camp.Invalid, "posts.poll_twice.say")
		}
		p.Choices = append(p.Choices, camp.Choice{Text: text})
	}
	if left := p.Ends.Sub(tx.Now()); left < PollShortest || left > PollLongest {
		return nil, refuse(camp.Invalid, "posts.poll_ends.say")
	}
	return &p, nil
}

// Vote takes choices of a poll, by their places from 0. Each votes once.
func (s *Service) Vote(ctx context.Context, by camp.Actor, id camp.PostID, choices []int) error {
	return s.update(ctx, "vote", func(tx Tx) ([]camp.Event, error) {
		m, err := active(tx, by)
		if err != nil {
			return nil, err
		}
		p, err := visible(tx, m, id)
		if err != nil {
			return nil, err
		}
		events, err := vote(tx, m.ID, p, choices)
		if err != nil || p.Here() {
			return events, err
		}
		for _, c := range choices {
			more, err := errand(tx, camp.Errand{Do: camp.ErrandVote, By: m.ID, Post: p.ID, Whom: p.Author, URI: p.URI, Text: p.Poll.Choices[c].Text})
			if err != nil {
				return nil, err
			}
			events = append(events, more...)
		}
		return events, nil
	})
}

// vote counts somebody's choices, from here or from elsewhere.
func vote(tx Tx, who camp.MemberID, p camp.Post, choices []int) ([]camp.Event, error) {
	if p.Poll == nil {
		return nil, refuse(camp.NotFound, "posts.no_poll.say")
	}
	if p.Poll.Over(tx.Now()) {
		return nil, refuse(camp.Conflict, "posts.poll_over.say")
	}
	had, again, err := tx.Vote(p.ID, who)
	if err != nil {
		return nil, err
	}
	if len(choices) == 0 || !p.Poll.Multiple && len(had)+len(choices) > 1 {
		return nil, refuse(camp.Conflict, "posts.voted.say")
	}
	was := p
	poll := *p.Poll
	poll.Choices = slices.Clone(poll.Choices)
	for _, c := range choices {
		if c < 0 || c >= len(poll.Choices) {
			return nil, refuse(camp.Invalid, "posts.no_choice.say")
		}
		if slices.Contains(had, c) {
			return nil, refuse(camp.Conflict, "posts.voted.say")
		}
		had = append(had, c)
		poll.Choices[c].Votes++
	}
	if !again {
		poll.Voters++
	}
	p.Poll = &poll
	if err := tx.PutVote(p.ID, who, had); err != nil {
		return nil, err
	}
	if err := tx.PutPost(p, &was); err != nil {
		return nil, err
	}
	return []camp.Event{{Kind: camp.EventCounts, Post: p.ID, Root: p.Root, Member: who}}, watchPoll(tx, p, true)
}

// quoting lets a new post show another within itself. What is for few cannot be
// shown to more (federation.md 8: only members quote a camp post).
func quoting(tx Tx, m camp.Member, p *camp.Post, id camp.PostID) error {
	if id == 0 {
		return nil
	}
	of, err := visible(tx, m, id)
	if err != nil {
		return err
	}
	if of.BoostOf != 0 {
		return refuse(camp.NotFound, "posts.gone.say")
	}
	if err := mayQuote(tx, m, p, of); err != nil {
		return err
	}
	if p.Audience.Wider(of.Audience) && !(of.Audience.Leaves() && of.Audience != camp.AudienceFollowers) {
		return refuse(camp.NotAllowed, "posts.no_quote.say")
	}
	if p.Audience == camp.AudienceLetter && !of.Audience.Leaves() { // what is within the camp is shown to nobody beyond it
		for _, to := range p.Mentions {
			if _, here, err := tx.Member(to); err != nil || !here {
				return orElse(err, refuse(camp.NotAllowed, "posts.no_quote.say"))
			}
		}
	}
	p.Quote, p.Quoted = of.ID, of.URI
	return nil
}
