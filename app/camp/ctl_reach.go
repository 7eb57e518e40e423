package main

import (
	"context"

	"camp/node/camp"
)

// reach is the shape of `reach status`.
type reach struct {
	On    bool     `json:"on"`
	State string   `json:"state"`
	How   string   `json:"how"`
	Outer string   `json:"outer"`
	LAN   bool     `json:"lan"`
	Ways  []string `json:"ways"`
	Say   string   `json:"say"`
}

func ctlReachStatus(ctx context.Context, e *env, c call) error {
	ans, err := e.do(ctx, c, camp.Intent{Do: camp.DoReachStatus})
	if err != nil {
		return err
	}
	e.reach(*ans.Reach)
	return nil
}

func ctlReachOn(ctx context.Context, e *env, c call) error  { return ctlReachSet(ctx, e, c, true) }
func ctlReachOff(ctx context.Context, e *env, c call) error { return ctlReachSet(ctx, e, c, false) }

func ctlReachSet(ctx context.Context, e *env, c call, on bool) error {
	ans, err := e.do(ctx, c, camp.Intent{Do: camp.DoReach, On: on})
	if err != nil {
		return err
	}
	e.reach(*ans.Reach)
	return nil
}

func (e *env) reach(r camp.Reach) {
	say := e.words.Say("ctl.reach.state." + r.State)
	if r.Problem != "" {
		say = e.words.Say(r.Problem)
	}
	if e.json {
		e.line(e.out, reach{On: r.On, State: r.State, How: r.How, Outer: r.Outer, LAN: r.LAN, Ways: append([]string{}, r.Ways...), Say: say})
		return
	}
	e.say("ctl.reach.line", "Line", say)
	if r.Outer != "" {
		e.say("ctl.reach.outer", "Address", r.Outer)
	}
}
