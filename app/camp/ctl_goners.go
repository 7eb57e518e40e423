package main

import (
	"context"
	"time"

	"camp/node/camp"
)

// goner is a line of `member removed`.
type goner struct {
	Name    string        `json:"name"`
	Display string        `json:"display"`
	State   camp.Standing `json:"state"`
	Removed time.Time     `json:"removed"`
	Until   time.Time     `json:"until"` // it can be undone
	Erased  bool          `json:"erased"`
}

// ctlMemberGone lists whom the host removed and can take back.
func ctlMemberGone(ctx context.Context, e *env, c call) error {
	ans, err := e.do(ctx, c, camp.Intent{Do: camp.DoMemberGone})
	if err != nil {
		return err
	}
	list := []goner{}
	for _, p := range ans.People {
		list = append(list, goner{Name: p.Name, Display: p.Display, State: p.Standing, Removed: p.Ended, Until: p.Final, Erased: p.Erase})
	}
	if e.json {
		e.line(e.out, map[string]any{"members": list})
		return nil
	}
	if len(list) == 0 {
		e.say("web.gone.nobody")
	}
	for _, g := range list {
		e.say("ctl.member.gone", "Name", g.Name, "Display", g.Display, "Time", e.words.Moment(g.Removed.Local()), "Until", e.words.Moment(g.Until.Local()))
	}
	return nil
}

// ctlMemberUndo takes somebody back and shows the code by which they come in.
func ctlMemberUndo(ctx context.Context, e *env, c call) error {
	ans, err := e.do(ctx, c, camp.Intent{Do: camp.DoMemberUndo, Person: c.words[0]})
	if err != nil {
		return err
	}
	if ans.Invite == nil {
		e.answer(map[string]any{"name": c.words[0], "state": camp.Joined}, ans.Say)
		return nil
	}
	i := e.invitation(*ans.Invite)
	e.answer(i, "ctl.member.undone", "Code", i.Code, "Name", c.words[0], "Time", e.words.Moment(i.Expires.Local()))
	return nil
}

// ctlMemberAsk asks somebody who waits a question.
func ctlMemberAsk(ctx context.Context, e *env, c call) error {
	if _, err := e.do(ctx, c, camp.Intent{Do: camp.DoAskBack, Person: c.words[0], Message: c.words[1]}); err != nil {
		return err
	}
	e.answer(map[string]string{"name": c.words[0], "question": c.words[1]}, "ctl.member.put", "Name", c.words[0])
	return nil
}

// ctlCampsReply answers what the host of a camp asks.
func ctlCampsReply(ctx context.Context, e *env, c call) error {
	if _, err := e.do(ctx, c, camp.Intent{Do: camp.DoJoinReply, Message: c.words[0], ID: c.id(1)}); err != nil {
		return err
	}
	e.answer(map[string]string{"reply": c.words[0]}, "ctl.camps.replied")
	return nil
}

// ctlCampsLeave begins to leave a camp.
func ctlCampsLeave(ctx context.Context, e *env, c call) error {
	ans, err := e.do(ctx, c, camp.Intent{Do: camp.DoJoinLeave, ID: c.id(0), Erase: c.has("erase")})
	if err != nil {
		return err
	}
	m := ans.Membership
	e.answer(map[string]any{"id": m.ID, "leaves": m.Leaves}, "ctl.camps.leaving", "Camp", m.Camp, "Time", e.words.Moment(m.Leaves.Local()))
	return nil
}

// ctlCampsStay takes leaving back.
func ctlCampsStay(ctx context.Context, e *env, c call) error {
	ans, err := e.do(ctx, c, camp.Intent{Do: camp.DoJoinStay, ID: c.id(0)})
	if err != nil {
		return err
	}
	e.answer(map[string]any{"id": ans.Membership.ID, "state": ans.Membership.State}, "ctl.camps.stays", "Camp", ans.Membership.Camp)
	return nil
}
