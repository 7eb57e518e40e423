package people

import (
	"context"

	"camp/node/camp"
)

// AskBack asks somebody who waits a question, by the host or a helper
// (community.md 2.4). A new question takes the place of the one before, and of
// its answer.
func (s *Service) AskBack(ctx context.Context, by camp.Actor, name, question string) error {
	text, err := shortText(question, camp.MaxAnswer)
	if err != nil {
		return err
	}
	if text == "" {
		return refuse(camp.Invalid, "people.question_empty.say")
	}
	return s.update(ctx, "ask back", func(tx Tx) ([]camp.Event, error) {
		who, m, a, err := overWaiting(tx, by, name)
		if err != nil {
			return nil, err
		}
		a.Question, a.Put, a.Reply = text, tx.NextID(), ""
		if err := tx.PutAsked(a); err != nil {
			return nil, err
		}
		return joined(m), note(tx, who.ID, "log.asked_back", m.ID, nil)
	})
}

// Reply answers the question, once, by the device of whoever waits. The same
// answer again is no error: it may have been lost on the way back.
func (s *Service) Reply(ctx context.Context, serial uint64, answer string) error {
	text, err := shortText(answer, camp.MaxMessage)
	if err != nil {
		return err
	}
	if text == "" {
		return refuse(camp.Invalid, "people.reply_empty.say")
	}
	return s.update(ctx, "answer question", func(tx Tx) ([]camp.Event, error) {
		m, a, err := askedBy(tx, serial)
		switch {
		case err != nil || m.ID == 0:
			return nil, err
		case m.Standing != camp.Waiting:
			return nil, refuse(camp.Conflict, "people.not_waiting.say", "Name", m.Name)
		case a.Reply == text:
			return nil, nil
		case a.Question == "" || a.Reply != "":
			return nil, refuse(camp.Conflict, "people.no_question.say")
		}
		a.Reply = text
		return joined(m), tx.PutAsked(a)
	})
}

// shortText makes what somebody wrote safe to keep and to show.
func shortText(s string, most int) (string, error) {
	text := camp.CleanText(s, most+1)
	if len([]rune(text)) > most {
		return "", refuse(camp.Invalid, "people.message_long.say", "Most", number(most))
	}
	return text, nil
}
