package main

import (
	"context"
	"slices"
	"strings"

	"camp/node/camp"
)

// ctlWorldOn has the camp talk with the wide world, by the name it has or the one
// given, which is its name from then on.
func ctlWorldOn(ctx context.Context, e *env, c call) error {
	return e.world(ctx, c, camp.Intent{Do: camp.DoWorldOn, Domain: c.id(0)})
}

func ctlWorldOff(ctx context.Context, e *env, c call) error {
	return e.world(ctx, c, camp.Intent{Do: camp.DoWorldOff})
}

// ctlWorldCheck tells whether a name leads here, and changes nothing.
func ctlWorldCheck(ctx context.Context, e *env, c call) error {
	return e.world(ctx, c, camp.Intent{Do: camp.DoWorldCheck, Domain: c.id(0)})
}

// world is the shape of the answers of `world`.
type world struct {
	On       bool     `json:"on"`
	Domain   string   `json:"domain"`
	Ready    bool     `json:"ready"`
	Problems []string `json:"problems"`
}

func (e *env) world(ctx context.Context, c call, in camp.Intent) error {
	ans, err := e.do(ctx, c, in)
	if err != nil {
		return err
	}
	w := *ans.World
	if e.json {
		e.line(e.out, world{On: w.On, Domain: w.Domain, Ready: w.Ready, Problems: e.problems(w)})
		return nil
	}
	switch {
	case in.Do == camp.DoWorldOff:
		e.say("ctl.world.off")
	case in.Do == camp.DoWorldOn:
		e.say("ctl.world.on", "Name", w.Domain)
	case w.Ready && w.On:
		e.say("world.ready", "Name", w.Domain)
	case w.Ready:
		e.say("ctl.world.leads", "Name", w.Domain)
	}
	if in.Do == camp.DoWorldOff {
		return nil
	}
	for _, p := range e.problems(w) {
		e.say("ctl.reach.line", "Line", p)
	}
	return nil
}

// ctlNearbyClose closes the door for somebody in the same room.
func ctlNearbyClose(ctx context.Context, e *env, c call) error {
	if _, err := e.do(ctx, c, camp.Intent{Do: camp.DoNearbyClose}); err != nil {
		return err
	}
	e.answer(map[string]bool{"open": false}, "ctl.nearby.shut")
	return nil
}

// ctlSteps lists the first steps that are still open; with one of them it is
// skipped.
func ctlSteps(ctx context.Context, e *env, c call) error {
	client, err := e.dial(ctx, c)
	if err != nil {
		return err
	}
	defer func() { _ = client.Close() }()
	open := append([]string{}, client.State().Steps()...)
	if step := c.id(0); step != "" {
		if !slices.Contains(open, step) {
			return &camp.Fault{Kind: camp.NotFound, Say: "ctl.steps.which.say", Args: camp.Args{"Step": camp.CleanLine(step, 40), "Steps": strings.Join(open, ", ")}}
		}
		if _, err := client.Do(ctx, camp.Intent{Do: camp.DoSkip, Page: step, Language: e.language}); err != nil {
			return gone(err)
		}
		open = slices.DeleteFunc(open, func(o string) bool { return o == step })
	}
	say := "ctl.steps.open"
	if len(open) == 0 {
		say = "ctl.steps.none"
	}
	e.answer(map[string][]string{"steps": open}, say, "Steps", strings.Join(open, ", "))
	return nil
}
