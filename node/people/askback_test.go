package people_test

import (
	"strings"
	"testing"

	"camp/node/camp"
	"camp/store"
)

// Host or helper asks who waits; they answer once; a new question clears it.
func TestAskBack(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	hetty, ben := h.add("hetty", camp.RoleHelper), h.add("ben", camp.RoleMember)
	v := h.ask("Tom", 1)
	wantFault(t, "nothing to answer", h.Reply(ctx, v.Device.Serial, "Me!"), camp.Conflict, "people.no_question.say")
	wantFault(t, "a member asks", h.AskBack(ctx, ben, "tom", "Who are you?"), camp.NotAllowed, "people.only_helper.say")
	wantFault(t, "no question", h.AskBack(ctx, h.host, "tom", " \u200b "), camp.Invalid, "people.question_empty.say")
	wantFault(t, "a long one", h.AskBack(ctx, h.host, "tom", strings.Repeat("x", camp.MaxAnswer+1)), camp.Invalid, "people.message_long.say")
	wantFault(t, "of a member", h.AskBack(ctx, h.host, "ben", "Who?"), camp.Conflict, "people.not_waiting.say")
	want(t, "a helper asks", say(h.AskBack(ctx, hetty, "tom", "Who of us\u202e do you know?")), "")
	seen, err := h.Visitor(ctx, v.Peer)
	want(t, "look", say(err), "")
	want(t, "question", seen.Question, "Who of us do you know?")
	first := seen.Put
	want(t, "told", first > 0, true)
	wantFault(t, "a long answer", h.Reply(ctx, v.Device.Serial, strings.Repeat("x", camp.MaxMessage+1)), camp.Invalid, "people.message_long.say")
	wantFault(t, "an empty one", h.Reply(ctx, v.Device.Serial, "\n"), camp.Invalid, "people.reply_empty.say")
	want(t, "answer", say(h.Reply(ctx, v.Device.Serial, "Ben, from the choir.")), "")
	want(t, "the same again", say(h.Reply(ctx, v.Device.Serial, "Ben, from the choir.")), "")
	wantFault(t, "another", h.Reply(ctx, v.Device.Serial, "Hetty."), camp.Conflict, "people.no_question.say")
	list, err := h.Persons(ctx)
	want(t, "list", say(err), "")
	if p := list[len(list)-1]; p.Question != "Who of us do you know?" || p.Reply != "Ben, from the choir." {
		t.Errorf("the host sees %+v", p)
	}
	want(t, "ask anew", say(h.AskBack(ctx, h.host, "tom", "Which choir?")), "")
	seen, _ = h.Visitor(ctx, v.Peer)
	want(t, "the answer to the other is gone", seen.Question+seen.Reply, "Which choir?")
	want(t, "newer", seen.Put > first, true)
	want(t, "let in", say(h.Approve(ctx, h.host, "tom")), "")
	seen, _ = h.Visitor(ctx, v.Peer)
	want(t, "a member is asked nothing", seen.Question, "")
	wantFault(t, "answer of a member", h.Reply(ctx, v.Device.Serial, "x"), camp.Conflict, "people.not_waiting.say")
	log, err := h.Log(ctx, camp.Page{Limit: 2})
	want(t, "log", say(err), "")
	want(t, "in the log", log[1].Deed, "log.asked_back")
}

// What somebody wrote is forgotten where they take it back.
func TestQuestionGoesWithTheRequest(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	v := h.ask("Tom", 1)
	want(t, "ask", say(h.AskBack(ctx, h.host, "tom", "Who?")), "")
	want(t, "answer", say(h.Reply(ctx, v.Device.Serial, "Me.")), "")
	want(t, "take back", say(h.Withdraw(ctx, v.Device.Serial)), "")
	var a camp.Asked
	err := h.db.View(ctx, func(tx *store.Tx) (err error) { a, _, err = tx.Asked(v.Member.ID); return err })
	want(t, "read", say(err), "")
	want(t, "left", a.Message+a.Question+a.Reply, "")
}
