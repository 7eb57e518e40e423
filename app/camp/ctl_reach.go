package main

import (
	"context"
	"strconv"
	"time"

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

	Former string `json:"former"` // the camp has a new key: when the one before is over, "" for no such
	Late   int    `json:"late"`   // devices that still come by that

	Domain   string   `json:"domain"`   // the camp's name in the wider world, "" for none
	World    bool     `json:"world"`    // the wider world is switched on
	Ready    bool     `json:"ready"`    // nothing that is known keeps others from the public door
	HTTPS    string   `json:"https"`    // where it listens with a certificate, "" for nowhere
	HTTP     string   `json:"http"`     // where it listens for a proxy
	Door     string   `json:"door"`     // of the router, for it
	DoorAt   string   `json:"door_at"`  // from outside, "" for none
	Until    string   `json:"until"`    // the certificate's end, "" for none
	Problems []string `json:"problems"` // what is missing, in sentences
}

func ctlReachStatus(ctx context.Context, e *env, c call) error {
	ans, err := e.do(ctx, c, camp.Intent{Do: camp.DoReachStatus})
	if err != nil {
		return err
	}
	e.reach(*ans.Reach, ans.World)
	return nil
}

func ctlReachOn(ctx context.Context, e *env, c call) error  { return ctlReachSet(ctx, e, c, true) }
func ctlReachOff(ctx context.Context, e *env, c call) error { return ctlReachSet(ctx, e, c, false) }

func ctlReachSet(ctx context.Context, e *env, c call, on bool) error {
	ans, err := e.do(ctx, c, camp.Intent{Do: camp.DoReach, On: on})
	if err != nil {
		return err
	}
	e.reach(*ans.Reach, ans.World)
	return nil
}

// ctlReachRenew makes a new key for the way in.
func ctlReachRenew(ctx context.Context, e *env, c call) error {
	ans, err := e.do(ctx, c, camp.Intent{Do: camp.DoTunnelKey})
	if err != nil {
		return err
	}
	e.reach(*ans.Reach, nil)
	return nil
}

// ctlReachEnd ends the key of before. The number of devices that this shuts out
// has to be said, so that nobody is by surprise.
func ctlReachEnd(ctx context.Context, e *env, c call) error {
	in := camp.Intent{Do: camp.DoTunnelKeyEnd}
	if len(c.words) == 1 {
		n, err := strconv.Atoi(c.words[0])
		if err != nil || n < 0 {
			return usage("ctl.usage.devices", "Value", c.words[0])
		}
		in.Uses = n
	}
	ans, err := e.do(ctx, c, in)
	if err != nil {
		return err
	}
	e.reach(*ans.Reach, nil)
	return nil
}

// reach tells how the camp is reached; w is nil where that was not asked for, or
// the camp is not in the wider world.
func (e *env) reach(r camp.Reach, w *camp.World) {
	say := e.words.Say("ctl.reach.state." + r.State)
	if r.Problem != "" {
		say = e.words.Say(r.Problem)
	}
	if e.json {
		line := reach{On: r.On, State: r.State, How: r.How, Outer: r.Outer, LAN: r.LAN, Ways: append([]string{}, r.Ways...), Say: say, Late: r.Late, Door: "off", Problems: []string{}}
		if !r.Former.IsZero() {
			line.Former = r.Former.Format(time.RFC3339)
		}
		if w != nil {
			line.world(*w, e.problems(*w))
		}
		e.line(e.out, line)
		return
	}
	e.say("ctl.reach.line", "Line", say)
	if r.Outer != "" {
		e.say("ctl.reach.outer", "Address", r.Outer)
	}
	if !r.Former.IsZero() {
		e.say("ctl.reach.former", "Time", e.words.Moment(r.Former.Local()), "N", r.Late)
	}
	if w == nil {
		return
	}
	if w.Ready {
		e.say("world.ready", "Name", w.Domain)
	}
	for _, p := range e.problems(*w) {
		e.say("ctl.reach.line", "Line", p)
	}
}

func (r *reach) world(w camp.World, problems []string) {
	r.Domain, r.World, r.Ready, r.HTTPS, r.HTTP, r.Door, r.DoorAt, r.Problems = w.Domain, w.On, w.Ready, w.Address, w.Plain, w.Door, w.Outer, problems
	if !w.Until.IsZero() {
		r.Until = w.Until.Format(time.RFC3339)
	}
}

func (e *env) problems(w camp.World) []string {
	list := []string{}
	for _, p := range w.Problems {
		list = append(list, e.words.SayMap(p.Say, p.Args))
	}
	return list
}
